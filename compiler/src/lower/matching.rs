//! `match`: a value and the arms for it.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{Literal, MatchArm, StepKind, Type};
use crate::lower::Lowering;
use crate::lower::ids::Segments;
use crate::source::Range;
use crate::syntax::ast::{self, Pattern};
use crate::types::{infer, literal, words};

/// The patterns seen so far.
#[derive(Default)]
struct Seen {
    values: Vec<(Literal, Range)>,
    blank: Option<Range>,
    otherwise: Option<Range>,
}

impl Lowering<'_> {
    pub(super) fn matching(
        &mut self,
        subject: &ast::Expr,
        arms: &[ast::MatchArm],
        id: &str,
    ) -> StepKind {
        let subject = self.infer(subject);
        let place = infer::place_name(self.scope, &subject);
        let ty = self.matchable(&subject.ty, subject.range);
        let mut seen = Seen::default();
        let mut segments = Segments::default();
        let mut lowered = Vec::new();
        for arm in arms {
            let mut out = MatchArm {
                values: Vec::new(),
                blank: None,
                otherwise: None,
                body: Vec::new(),
                range: arm.range,
            };
            for pattern in &arm.patterns {
                self.pattern(pattern, &ty, &place, &mut seen, &mut out);
            }
            let segment = segments.unique(&segment(arm));
            out.body = self.block(&arm.body, &format!("{id}/{segment}"));
            lowered.push(out);
        }
        StepKind::Match { subject, arms: lowered }
    }

    fn matchable(&mut self, ty: &Type, range: Range) -> Type {
        match ty {
            Type::MultiList(_)
            | Type::Date
            | Type::DateTime
            | Type::Time
            | Type::Duration
            | Type::Opaque
            | Type::Blank => {
                let at = self.at(range);
                let message = format!("`match` can't look at {}", words::describe(ty));
                let help = if matches!(ty, Type::MultiList(_)) {
                    "ask with `if … contains \"…\"`"
                } else {
                    "ask with `if`"
                };
                self.report(Finding::new(codes::PATTERN_MISFIT, at, message).help(help));
                Type::Error
            }
            other => other.clone(),
        }
    }

    fn pattern(
        &mut self,
        pattern: &Pattern,
        ty: &Type,
        place: &str,
        seen: &mut Seen,
        out: &mut MatchArm,
    ) {
        match pattern {
            Pattern::Blank(range) => {
                self.once(seen.blank.replace(*range), *range, "`blank`");
                out.blank = Some(*range);
            }
            Pattern::Else(range) => {
                self.once(seen.otherwise.replace(*range), *range, "`else`");
                out.otherwise = Some(*range);
            }
            // It was reported where it was read.
            Pattern::Unknown(_) => {}
            Pattern::Value(expr) => {
                let at = self.at(expr.range);
                match literal::expect(expr, at) {
                    Ok(value) => self.value(value, expr.range, ty, place, seen, out),
                    Err(finding) => self.findings.extend(finding.map(|finding| *finding)),
                }
            }
        }
    }

    fn value(
        &mut self,
        value: Literal,
        range: Range,
        ty: &Type,
        place: &str,
        seen: &mut Seen,
        out: &mut MatchArm,
    ) {
        let at = self.at(range);
        if matches!(&value, Literal::Text(text) if text.trim().is_empty()) {
            return self.report(
                Finding::new(codes::PATTERN_MISFIT, at, "an empty text is blank")
                    .help("write `blank`")
                    .fix("write `blank`", vec![(at, "blank".to_owned())]),
            );
        }
        if !self.passes(literal::fit(&value, at, ty, place)) {
            return;
        }
        let earlier = seen.values.iter().find(|(other, _)| *other == value);
        if let Some((_, earlier)) = earlier {
            return self.once(Some(*earlier), range, "this value");
        }
        seen.values.push((value.clone(), range));
        out.values.push((value, range));
    }

    fn once(&mut self, earlier: Option<Range>, range: Range, what: &str) {
        if let Some(earlier) = earlier {
            let at = self.at(range);
            let finding = Finding::new(codes::PATTERN_MISFIT, at, format!("{what} has two arms"))
                .also(self.at(earlier), "it has one here")
                .help("keep one of them");
            self.report(finding);
        }
    }
}

/// An arm's name in ids: its first pattern.
fn segment(arm: &ast::MatchArm) -> String {
    match arm.patterns.first() {
        Some(Pattern::Value(expr)) => match &expr.kind {
            ast::ExprKind::Text(text) | ast::ExprKind::Number(text) => text.clone(),
            ast::ExprKind::Bool(value) => value.to_string(),
            _ => "arm".to_owned(),
        },
        Some(Pattern::Blank(_)) => "blank".to_owned(),
        Some(Pattern::Else(_)) => "else".to_owned(),
        Some(Pattern::Unknown(_)) | None => "arm".to_owned(),
    }
}
