//! What a change comes to, in one line: "two arms dead (support.tide:31, :44), one push rejected
//! (pushes.tide:9)".

use std::collections::BTreeSet;

use tidegate_diagnostics::{Code, Diagnostic, Severity, SourceMap, Span, codes};

use crate::analysis::Analysis;
use crate::hir::StepKind;
use crate::source::Loc;

/// One line about all that was found.
pub(super) fn of(found: &[Diagnostic], program: &Analysis) -> String {
    let arms = Arms::of(program);
    let mut kinds: Vec<(Kind, Vec<Span>)> = Vec::new();
    for diagnostic in found {
        let kind = Kind::of(diagnostic, &arms, &program.sources);
        let span = diagnostic.primary.span;
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, spans)) => spans.push(span),
            None => kinds.push((kind, vec![span])),
        }
    }
    kinds.sort();
    let told: Vec<String> =
        kinds.iter().map(|(kind, spans)| counted(*kind, spans, &program.sources)).collect();
    told.join(", ")
}

/// What is found at a place, by how bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    NoCase,
    NotOnce,
    PushRejected,
    CaseLacks,
    MayOverflow,
    ArmDead,
    MatchGap,
    FormBroken,
    LineBroken,
    Doubt,
    FormDiffers,
    PushDiffers,
    Differs,
}

impl Kind {
    fn of(diagnostic: &Diagnostic, arms: &Arms, sources: &SourceMap) -> Self {
        let Diagnostic { code, severity, .. } = diagnostic;
        let span = diagnostic.primary.span;
        let item = Item::of(span, sources);
        let is = |known: &[Code]| known.contains(code);
        if is(&[codes::OTHER_IN_THE_ORG]) {
            return match item {
                Item::Push => Self::PushDiffers,
                Item::Workflow => Self::FormDiffers,
                Item::Other => Self::Differs,
            };
        }
        if is(&[codes::NOT_CREATEABLE]) {
            Self::NoCase
        } else if is(&[codes::NO_KEY_FIELD]) {
            Self::NotOnce
        } else if is(&[codes::CASE_INCOMPLETE, codes::CASE_NOT_PROVED]) {
            Self::CaseLacks
        } else if is(&[codes::TEXT_TOO_LONG, codes::NUMBER_DOES_NOT_FIT, codes::SIZE_NOT_PROVED]) {
            Self::MayOverflow
        } else if arms.hold(span) && !is(&[codes::MATCH_NOT_EXHAUSTIVE]) {
            Self::ArmDead
        } else if is(&[codes::MATCH_NOT_EXHAUSTIVE, codes::MATCH_MISSES_INACTIVE]) {
            Self::MatchGap
        } else if is(&[codes::NOT_ASKABLE, codes::FORM_ACCEPTS_TOO_MUCH, codes::FORM_IMPOSSIBLE]) {
            Self::FormBroken
        } else if *severity == Severity::Error && item == Item::Push {
            Self::PushRejected
        } else if *severity == Severity::Error {
            Self::LineBroken
        } else {
            Self::Doubt
        }
    }

    /// What it is called when there is one of it, and when there are several.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NoCase => ("no Case can be created", "no Case can be created"),
            Self::NotOnce => ("Cases may come twice", "Cases may come twice"),
            Self::PushRejected => ("one push rejected", "push lines rejected"),
            Self::CaseLacks => ("one Case without it", "Cases without it"),
            Self::MayOverflow => ("one line may overflow", "lines may overflow"),
            Self::ArmDead => ("one arm dead", "arms dead"),
            Self::MatchGap => ("one match with a gap", "matches with a gap"),
            Self::FormBroken => ("one form broken", "forms broken"),
            Self::LineBroken => ("one line broken", "lines broken"),
            Self::Doubt => ("one thing no longer sure", "things no longer sure"),
            Self::FormDiffers => ("one line of a form differs", "lines of forms differ"),
            Self::PushDiffers => ("one push differs", "places of pushes differ"),
            Self::Differs => ("one thing differs", "things differ"),
        }
    }
}

fn counted(kind: Kind, spans: &[Span], sources: &SourceMap) -> String {
    let places = places(spans, sources);
    let (one, several) = kind.words();
    match spans.len() {
        _ if matches!(kind, Kind::NoCase | Kind::NotOnce) => format!("{one} ({places})"),
        1 => format!("{one} ({places})"),
        many => format!("{} {several} ({places})", number(many)),
    }
}

fn number(many: usize) -> String {
    const WORDS: [&str; 10] =
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"];
    let word = many.checked_sub(2).and_then(|at| WORDS.get(at));
    word.map_or_else(|| many.to_string(), |word| (*word).to_owned())
}

/// `support.tide:31, :44, pushes.tide:9`
fn places(spans: &[Span], sources: &SourceMap) -> String {
    let lines: BTreeSet<(u32, usize)> = spans
        .iter()
        .map(|span| {
            let line = sources.line_column(span.source, span.start).map_or(0, |(line, _)| line);
            (span.source.0, line)
        })
        .collect();
    let mut told = Vec::new();
    let mut last = None;
    for (source, line) in lines {
        let known = last.replace(source) == Some(source);
        let name = sources.get(tidegate_diagnostics::SourceId(source)).filter(|_| !known);
        told.push(format!("{}:{line}", name.map_or("", |source| source.name.as_str())));
    }
    told.join(", ")
}

/// In what a place stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Push,
    Workflow,
    Other,
}

impl Item {
    /// Items begin in the first column.
    fn of(span: Span, sources: &SourceMap) -> Self {
        let Some(source) = sources.get(span.source) else { return Self::Other };
        let begins = source.text.split_inclusive('\n').scan(0usize, |at, line| {
            let begin = *at;
            *at += line.len();
            Some((begin, line))
        });
        let before = begins.take_while(|(begin, _)| *begin <= span.start as usize);
        let heads = before.filter(|(_, line)| line.starts_with(|c: char| c.is_ascii_lowercase()));
        match heads.last() {
            Some((_, line)) if line.starts_with("push ") => Self::Push,
            Some((_, line)) if line.starts_with("workflow ") || line.starts_with("form ") => {
                Self::Workflow
            }
            _ => Self::Other,
        }
    }
}

/// Where the arms of `match` stand.
struct Arms(Vec<Span>);

impl Arms {
    fn of(program: &Analysis) -> Self {
        let mut places = Vec::new();
        for workflow in &program.program.workflows {
            for step in workflow.steps() {
                let StepKind::Match { arms, .. } = &step.kind else { continue };
                places.extend(arms.iter().map(|arm| Loc { item: workflow.item, range: arm.range }));
            }
        }
        Self(places.into_iter().map(|at| program.items.span(at)).collect())
    }

    fn hold(&self, span: Span) -> bool {
        self.0
            .iter()
            .any(|arm| arm.source == span.source && arm.start <= span.start && span.end <= arm.end)
    }
}
