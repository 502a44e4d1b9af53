//! Arms for outcomes: `human => …`, `idle 5m => …`, `created => …`.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{Other, Outcome, OutcomeArm};
use crate::lower::Lowering;
use crate::resolve::suggest;
use crate::source::Loc;
use crate::syntax::ast;

/// Whose arms they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// A step that waits for the customer.
    Wait,
    /// `detect`
    Detect,
    /// `verify`
    Verify,
    /// `answer`
    Answer,
    /// `hand off`
    HandOff,
    /// `create case`
    Case,
    /// A workflow's `defaults`.
    Defaults,
}

impl Where {
    /// What it can end in.
    pub fn outcomes(self) -> &'static [&'static str] {
        match self {
            Self::Wait => &["human", "idle"],
            Self::Detect => &["unavailable"],
            Self::Verify => &["human", "idle", "refused"],
            Self::Answer => &["confirmed", "assumed", "unresolved", "human", "unavailable"],
            Self::HandOff => &["ended", "no agent", "failed", "lost"],
            Self::Defaults => &[
                "human",
                "idle",
                "refused",
                "confirmed",
                "assumed",
                "unresolved",
                "unavailable",
                "ended",
                "no agent",
                "failed",
                "lost",
            ],
            Self::Case => &["created", "delayed", "rejected"],
        }
    }
}

impl Lowering<'_> {
    /// Arms with their bodies; an outcome that stands twice is reported.
    pub(super) fn arms(
        &mut self,
        arms: &[ast::OutcomeArm],
        prefix: &str,
        place: Where,
    ) -> Vec<OutcomeArm> {
        let mut seen: Vec<(Outcome, Loc)> = Vec::new();
        let mut lowered = Vec::new();
        for arm in arms {
            let (mut outcomes, mut named) = (Vec::new(), Vec::new());
            for written in &arm.outcomes {
                let Some(outcome) = self.outcome(written, place) else { continue };
                let at = self.at(written.name.range);
                match seen.iter().find(|(earlier, _)| *earlier == outcome) {
                    Some((_, earlier)) => {
                        let finding = Finding::new(
                            codes::DECLARED_TWICE,
                            at,
                            format!("`{}` has two arms", word(outcome)),
                        )
                        .also(*earlier, "it has one here")
                        .help("keep one of them");
                        self.report(finding);
                    }
                    None => {
                        seen.push((outcome, at));
                        outcomes.push(outcome);
                        named.push(written.name.range);
                    }
                }
            }
            let segment = outcomes.first().map_or_else(|| "arm".to_owned(), |its| word(*its));
            let body = self.arm_block(&outcomes, &arm.body, &format!("{prefix}/{segment}"));
            lowered.push(OutcomeArm { outcomes, named, body, range: arm.range });
        }
        lowered
    }

    fn outcome(&mut self, written: &ast::OutcomeName, place: Where) -> Option<Outcome> {
        let name = written.name.text.as_str();
        if written.name.is_missing() {
            return None;
        }
        if !place.outcomes().contains(&name) {
            self.unknown_outcome(&written.name, place);
            return None;
        }
        match (name, written.after) {
            ("idle", Some(after)) => Some(Outcome::Idle(after.ms)),
            ("idle", None) => {
                let at = self.at(written.name.range);
                self.report(
                    Finding::new(codes::UNKNOWN_OUTCOME, at, "`idle` does not say how long")
                        .help("write how long the silence lasts, such as `idle 5m`"),
                );
                None
            }
            ("human", _) => Some(Outcome::Human),
            ("created", _) => Some(Outcome::Created),
            ("delayed", _) => Some(Outcome::Delayed),
            ("rejected", _) => Some(Outcome::Rejected),
            _ => Other::ALL.into_iter().find(|other| other.name() == name).map(Outcome::Other),
        }
    }

    pub(super) fn unknown_outcome(&mut self, name: &ast::Name, place: Where) {
        let at = self.at(name.range);
        let message = match place {
            Where::Wait | Where::Verify => format!("this step can't end in `{}`", name.text),
            Where::Detect => format!("`detect` can't end in `{}`", name.text),
            Where::Answer => format!("`answer` can't end in `{}`", name.text),
            Where::HandOff => format!("`hand off` can't end in `{}`", name.text),
            Where::Case => format!("`create case` can't end in `{}`", name.text),
            Where::Defaults => format!("`defaults` can't handle `{}`", name.text),
        };
        let finding = Finding::new(codes::UNKNOWN_OUTCOME, at, message);
        let near = suggest::closest(&name.text, place.outcomes().iter().copied());
        let offered: Vec<String> =
            place.outcomes().iter().map(|outcome| format!("`{outcome}`")).collect();
        self.report(match near {
            Some(near) => finding
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
            None if place == Where::Wait => finding.help(format!(
                "its arms are {}, and a button's label stands in quotes",
                offered.join(", ")
            )),
            None => finding.help(format!("its arms are {}", offered.join(", "))),
        });
    }
}

/// An outcome as it is written: `idle 5m`.
pub(super) fn word(outcome: Outcome) -> String {
    match outcome {
        Outcome::Idle(ms) => format!("idle {}", span(ms)),
        other => other.name().to_owned(),
    }
}

fn span(ms: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
    match UNITS.into_iter().find(|(unit, _)| ms >= *unit && ms.is_multiple_of(*unit)) {
        Some((unit, word)) => format!("{}{word}", ms / unit),
        None => format!("{ms}ms"),
    }
}
