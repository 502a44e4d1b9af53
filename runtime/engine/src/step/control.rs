//! Control: conditions, calls, the end.

use tidegate_plan::model::{ConstId, Expr, ExprId, Target, WorkflowId};
use tidegate_plan::value::Value;

use super::{Flow, Machine, behind};
use crate::eval::{Equality, equal};
use crate::message::{Message, answered};
use crate::state::{Frame, Position, Said};
use crate::transition::Fault;

/// What the trace says of a text that the program said.
pub(crate) const SAID: &str = "said";
/// What it says of an answer of the AI.
pub(crate) const ANSWERED: &str = "answered";
/// What it says of a question of the AI.
pub(crate) const ASKED_BACK: &str = "asked back";
/// What it says before the reason for which something private was revealed.
pub(crate) const REVEALED: &str = "revealed: ";
/// What it says of a text that was noted.
pub(crate) const NOTED: &str = "noted";

impl Machine<'_> {
    pub(super) fn say_expression(&mut self, at: Target, said: ExprId) -> Result<Flow, Fault> {
        let text = self.scope().text(said)?.into_owned();
        if text.trim().is_empty() {
            self.trace(Some(at), "had nothing to say");
            return Ok(Flow::Next);
        }
        self.trace(Some(at), SAID);
        let masked = self.masked(at, said, &text)?;
        self.assistant(text, masked);
        Ok(Flow::Next)
    }

    /// What transcripts have instead of a text that reveals something; notes why it does.
    fn masked(&mut self, at: Target, said: ExprId, text: &str) -> Result<Option<String>, Fault> {
        let reasons = self.plan.revealed(said);
        if reasons.is_empty() {
            return Ok(None);
        }
        let masked = self.scope().masked().text(said)?.into_owned();
        if masked == text {
            return Ok(None);
        }
        for reason in reasons {
            let reason = self.scope().constant(*reason).into_text();
            self.trace(Some(at), format!("{REVEALED}{reason}"));
        }
        Ok(Some(masked))
    }

    /// For whoever reads the transcript, and never for the customer.
    pub(super) fn note_expression(&mut self, at: Target, text: ExprId) -> Result<Flow, Fault> {
        let text = self.scope().text(text)?.into_owned();
        if text.trim().is_empty() {
            self.trace(Some(at), "had nothing to note");
        } else {
            self.trace(Some(at), NOTED);
            self.emit(Message::Noted { text });
        }
        Ok(Flow::Next)
    }

    pub(super) fn branch(
        &mut self,
        at: Target,
        condition: ExprId,
        otherwise: Target,
    ) -> Result<Flow, Fault> {
        let holds = self.scope().holds(condition)?;
        self.trace(Some(at), if holds { "holds" } else { "does not hold" });
        Ok(if holds { Flow::Next } else { Flow::To(otherwise) })
    }

    pub(super) fn match_value(
        &mut self,
        at: Target,
        subject: ExprId,
        arms: &[(ConstId, Target)],
        blank: Target,
        otherwise: Target,
    ) -> Result<Flow, Fault> {
        let scope = self.scope();
        let equality = Equality::of_one(self.plan, subject);
        let (what, target) = match scope.value(subject)? {
            None => ("is blank".to_owned(), blank),
            Some(value) => {
                let arm =
                    arms.iter().find(|(one, _)| equal(equality, &value, &scope.constant(*one)));
                match arm {
                    Some((_, target)) if self.reads_private(subject) => {
                        ("is one of the values".to_owned(), *target)
                    }
                    Some((one, target)) => {
                        (format!("is `{}`", scope.constant(*one).into_text()), *target)
                    }
                    None => ("is another value".to_owned(), otherwise),
                }
            }
        };
        self.trace(Some(at), what);
        Ok(Flow::To(target))
    }

    /// Whether a private value has a part in an expression: the trace tells nothing of it.
    fn reads_private(&self, id: ExprId) -> bool {
        let expression = &self.plan.expressions[id.index()];
        matches!(expression, Expr::Attr(attr) if self.plan.attributes[attr.index()].private)
            || expression.operands().any(|one| self.reads_private(one))
    }

    pub(super) fn first_round(&mut self, at: Target) -> Flow {
        self.trace(Some(at), "round 1");
        self.out.next.rounds.insert(at, 1);
        Flow::Next
    }

    pub(super) fn next_round(&mut self, at: Target, head: Target, up_to: u32) -> Flow {
        let round = self.out.next.rounds.entry(head).or_insert(1);
        if *round >= up_to {
            self.out.next.rounds.remove(&head);
            self.trace(Some(at), "exhausted");
            return Flow::Next;
        }
        *round += 1;
        let round = *round;
        self.trace(Some(at), format!("round {round}"));
        Flow::To(behind(head))
    }

    pub(super) fn run_workflow(&mut self, at: Target, id: WorkflowId) -> Result<Flow, Fault> {
        let workflow = self.plan.workflows.get(id.index()).ok_or(Fault::ImpossibleState)?;
        self.trace(Some(at), format!("runs {}", workflow.name));
        let frame = Frame { workflow: id, return_to: Some(behind(at)), interrupted: None };
        self.out.next.frames.push(frame);
        Ok(Flow::To(workflow.entry))
    }

    pub(super) fn return_from(&mut self, at: Target) -> Flow {
        let frame = self.out.next.frames.pop();
        if let Some(target) = frame.and_then(|frame| frame.return_to) {
            return Flow::To(target);
        }
        if self.background.is_some() {
            return Flow::Stop;
        }
        self.finish(self.step_of(at), "ended: nothing more to do");
        Flow::Stop
    }

    pub(super) fn resume_wait(&mut self) -> Result<Flow, Fault> {
        let frame = self.out.next.frames.pop();
        let wait = frame.and_then(|frame| frame.interrupted).ok_or(Fault::ImpossibleState)?;
        self.trace(Some(wait.at), "goes on waiting");
        self.out.next.position = Position::Waiting {
            at: wait.at,
            wait: wait.wait,
            since: wait.since,
            idled: wait.idled,
        };
        Ok(Flow::Stop)
    }

    pub(super) fn end(&mut self, at: Target, because: Option<ExprId>) -> Flow {
        // Only a reason that the program spells out: a template may hold a customer's words.
        let reason = because.and_then(|id| match &self.plan.expressions[id.index()] {
            Expr::Const(id) => match &self.plan.constants[id.index()] {
                Value::Text(text) => Some(text.as_str()),
                _ => None,
            },
            _ => None,
        });
        let how = reason.map_or("ended".to_owned(), |reason| format!("ended because {reason}"));
        self.finish(self.step_of(at), &how);
        Flow::Stop
    }

    /// A wait is over; its form or buttons are shown as answered.
    pub(super) fn close(&mut self, wait: u64, answers: Vec<(String, String)>) {
        self.out.next.shown = None;
        for (label, answer) in &answers {
            self.remember(Said::Answer(answered(label, answer)));
        }
        self.emit(Message::Closed { wait, answers });
    }
}
