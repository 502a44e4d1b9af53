//! What customers read is there in each language: words beside the `text`s of a project are not.
//!
//! Where the language is known, as in an arm of `match session.spoken`, words in it are what is wanted.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::domain::Content;
use crate::flow::eval::World;
use crate::flow::refine::split;
use crate::flow::state::State;
use crate::hir::{
    AttrId, CollectField, Expr, ExprKind, FieldWords, FileLine, Literal, Program, Space, Step,
    StepKind, TemplatePart,
};
use crate::lower::USUAL_REFUSALS;
use crate::resolve::session::SPOKEN;
use crate::source::{Loc, Range};
use crate::syntax::ast::BinaryOp;

use super::{Cx, Draft};

/// What steps say in one language. A project without a `text` speaks one on purpose.
pub(super) fn steps(cx: &Cx<'_, '_>, out: &mut Vec<Draft>) {
    let program = cx.world().program;
    let Some(spoken) = spoken(program).filter(|_| in_several(program)) else { return };
    for (at, state) in cx.places().filter(|_| cx.entry.reached) {
        let Some(step) = cx.node(at).op.step().filter(|_| !knows(state, spoken)) else { continue };
        for expr in read(step, spoken) {
            if let Some(range) = words_of(cx.world(), state, spoken, expr) {
                let finding = Finding::new(codes::ONE_LANGUAGE, cx.loc(range), MESSAGE)
                    .label(format!("the same for those who speak {}", named(program)))
                    .help("write a `text` with a line for each language, and its name here");
                out.push(Draft::certain(finding));
            }
        }
        if let StepKind::Collect { fields, files, .. } = &step.kind {
            let asked = fields.iter().filter_map(|field| of_field(program, field));
            let lines = asked.chain(files.iter().map(of_file));
            out.extend(lines.filter_map(|line| alone(program, &line)).map(Draft::certain));
        }
    }
}

const MESSAGE: &str = "customers read this in one language, whichever they speak";

/// Whether a project says things in several languages.
pub(super) fn in_several(program: &Program) -> bool {
    program.languages.len() > 1 && !program.texts.is_empty()
}

fn spoken(program: &Program) -> Option<AttrId> {
    let at = program
        .attributes
        .iter()
        .position(|its| its.space == Space::Session && its.name == SPOKEN)?;
    u32::try_from(at).ok().map(AttrId)
}

/// Whether one language alone can be spoken.
fn knows(state: &State, spoken: AttrId) -> bool {
    match &state.read(spoken).content {
        Content::List(values) => values.positions().count() <= 1 && !values.others(),
        _ => false,
    }
}

/// What customers read of a step. A button that changes the language speaks to those who know it.
fn read(step: &Step, spoken: AttrId) -> Vec<&Expr> {
    let speaks = |body: &[Step]| {
        body.iter().any(|step| matches!(&step.kind, StepKind::Set { attr, .. } if *attr == spoken))
    };
    match &step.kind {
        StepKind::Say(text) => vec![text],
        StepKind::Choose { prompt, options, .. } => {
            let others = options.iter().filter(|(_, body)| !speaks(body));
            std::iter::once(prompt).chain(others.map(|(label, _)| label)).collect()
        }
        StepKind::Collect { title, .. } => title.iter().collect(),
        StepKind::Answer { check_in, .. } => check_in.iter().map(|(_, text)| text).collect(),
        _ => Vec::new(),
    }
}

/// Where words stand that are shown whatever is spoken.
fn words_of(world: &World<'_>, state: &State, spoken: AttrId, expr: &Expr) -> Option<Range> {
    if !state.is_live() || knows(state, spoken) {
        return None;
    }
    let of = |state: &State, part: &Expr| words_of(world, state, spoken, part);
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => has_words(text).then_some(expr.range),
        ExprKind::Template(parts) => {
            let has = |part: &TemplatePart| match part {
                TemplatePart::Text(text) => has_words(text),
                TemplatePart::Hole(hole) => of(state, hole).is_some(),
            };
            parts.iter().any(has).then_some(expr.range)
        }
        ExprKind::If(condition, yes, no) => {
            let (holds, other) = split(world, state, condition);
            of(&holds, yes).or_else(|| of(&other, no))
        }
        ExprKind::Binary(BinaryOp::OrElse, left, right) => {
            of(state, left).or_else(|| of(state, right))
        }
        ExprKind::Pipe(_, operand) => of(state, operand),
        _ => None,
    }
}

/// Whether a text has a word of a language: no address, and nothing that is all capitals or digits.
fn has_words(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let address = word.contains("://") || word.contains('@') || word.starts_with("www.");
        let mut letters = word.chars().filter(|letter| letter.is_alphabetic());
        !address && letters.clone().count() > 1 && letters.any(|letter| !letter.is_uppercase())
    })
}

/// A line of a form as customers read it.
struct Line<'p> {
    name: String,
    label: &'p str,
    help: Option<&'p str>,
    refusal: Option<&'p str>,
    words: &'p [FieldWords],
    at: Loc,
}

/// A line that asks for an attribute; what stands beside a rating's scale nobody can write.
fn of_field<'p>(program: &'p Program, field: &'p CollectField) -> Option<Line<'p>> {
    let attribute = program.attributes.get(field.attr.0 as usize).filter(|_| !field.rating)?;
    let refusal = field.matches.as_ref().map(|(_, said)| said.as_str());
    Some(Line {
        name: format!("`{}`", attribute.path()),
        label: &field.label,
        help: field.help.as_deref(),
        refusal: refusal.filter(|said| !USUAL_REFUSALS.contains(said)),
        words: &field.words,
        at: field.at,
    })
}

/// A line that asks for a file.
fn of_file(file: &FileLine) -> Line<'_> {
    Line {
        name: format!("the file `{}`", file.name),
        label: &file.label,
        help: file.help.as_deref(),
        refusal: None,
        words: &file.words,
        at: file.at,
    }
}

/// What a line says in the first language alone.
fn alone(program: &Program, line: &Line<'_>) -> Option<Finding> {
    let lacks = |part: fn(&FieldWords) -> Option<&String>| {
        program.languages.iter().skip(1).any(|language| {
            let words = line.words.iter().find(|words| words.language == *language);
            words.and_then(part).is_none()
        })
    };
    let parts = [
        (Part::Label, Some(line.label), lacks(|words| words.label.as_ref())),
        (Part::Hint, line.help, lacks(|words| words.help.as_ref())),
        (Part::Refusal, line.refusal, lacks(|words| words.otherwise.as_ref())),
    ];
    let found: Vec<(Part, &str)> = parts
        .into_iter()
        .filter_map(|(part, said, lacks)| {
            said.filter(|said| lacks && has_words(said)).map(|said| (part, said))
        })
        .collect();
    let (_, first) = found.first()?;
    let names: Vec<&str> = found.iter().map(|(part, _)| part.name()).collect();
    let words: Vec<&str> = found.iter().map(|(part, _)| part.word()).collect();
    let is = if found.len() == 1 { "is" } else { "are" };
    let (what, name) = (names.join(" and the "), &line.name);
    let message = format!("the {what} of {name} {is} there in one language, whichever is spoken");
    let finding = Finding::new(codes::ONE_LANGUAGE, line.at, message)
        .label(format!("everybody reads “{first}”"));
    Some(finding.help(format!(
        "write a `text` with a line for each language, and its name here: `{} NAME`",
        words.join(" NAME`, `")
    )))
}

/// What customers read of a line.
#[derive(Clone, Copy)]
enum Part {
    Label,
    Hint,
    Refusal,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Hint => "hint",
            Self::Refusal => "refusal",
        }
    }

    /// The word before it.
    fn word(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Hint => "help",
            Self::Refusal => "else",
        }
    }
}

/// The languages of a project.
fn named(program: &Program) -> String {
    let all: Vec<String> = program.languages.iter().map(|one| format!("`{one}`")).collect();
    match all.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => all.concat(),
    }
}
