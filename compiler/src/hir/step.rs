//! Steps and their arms.

pub use tidegate_plan::model::Outcome as Other;

use super::{AttrId, ChannelId, Expr, FormId, Literal, PushId, Workflow, WorkflowId};
use crate::source::{Loc, Range};

/// An arm for outcomes.
#[derive(Debug, Clone)]
pub struct OutcomeArm {
    /// The outcomes.
    pub outcomes: Vec<Outcome>,
    /// Where each of them is named.
    pub named: Vec<Range>,
    /// What follows.
    pub body: Vec<Step>,
    /// Up to the arrow.
    pub range: Range,
}

/// What a step can end in beside going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The customer wants a person.
    Human,
    /// So many milliseconds of silence.
    Idle(u64),
    /// The Case exists.
    Created,
    /// The org does not answer in time.
    Delayed,
    /// The org refuses the Case.
    Rejected,
    /// Of those that only some steps have.
    Other(Other),
}

impl Outcome {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Idle(_) => "idle",
            Self::Created => "created",
            Self::Delayed => "delayed",
            Self::Rejected => "rejected",
            Self::Other(other) => other.name(),
        }
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its stable id: the path of names to it.
    pub id: String,
    /// What it is.
    pub kind: StepKind,
    /// Its first line.
    pub range: Range,
}

impl Step {
    /// The blocks within a step, in order.
    pub fn blocks(&self) -> Vec<&[Step]> {
        match &self.kind {
            StepKind::Ask { arms }
            | StepKind::Verify { arms }
            | StepKind::Collect { arms, .. }
            | StepKind::Detect { arms, .. }
            | StepKind::Answer { arms, .. }
            | StepKind::HandOff { arms, .. }
            | StepKind::CreateCase { arms, .. } => {
                arms.iter().map(|arm| arm.body.as_slice()).collect()
            }
            StepKind::Choose { options, other, arms, .. } => options
                .iter()
                .map(|(_, body)| body.as_slice())
                .chain(other.as_deref())
                .chain(arms.iter().map(|arm| arm.body.as_slice()))
                .collect(),
            StepKind::If { branches, otherwise } => branches
                .iter()
                .map(|(_, body)| body.as_slice())
                .chain([otherwise.as_slice()])
                .collect(),
            StepKind::Match { arms, .. } => arms.iter().map(|arm| arm.body.as_slice()).collect(),
            StepKind::Repeat { body, exhausted, .. } => vec![body, exhausted],
            _ => Vec::new(),
        }
    }

    /// It and those within it, in order.
    fn and_within<'s>(&'s self, found: &mut Vec<&'s Step>) {
        found.push(self);
        self.blocks().into_iter().flatten().for_each(|step| step.and_within(found));
    }
}

impl Workflow {
    /// All its steps, in order, those of its `defaults` last.
    pub fn steps(&self) -> Vec<&Step> {
        let mut found = Vec::new();
        let arms = self.defaults.iter().flat_map(|arm| &arm.body);
        self.body.iter().chain(arms).for_each(|step| step.and_within(&mut found));
        found
    }

    /// Whether a step of it was not understood.
    pub fn is_unclear(&self) -> bool {
        self.steps().iter().any(|step| matches!(step.kind, StepKind::Error))
    }
}

/// Whether the body of a `repeat` leaves it.
pub fn leaves_repeat(body: &[Step]) -> bool {
    body.iter().any(|step| match &step.kind {
        StepKind::LeaveRepeat => true,
        // What stands in another repeat leaves that one.
        StepKind::Repeat { exhausted, .. } => leaves_repeat(exhausted),
        _ => step.blocks().into_iter().any(leaves_repeat),
    })
}

/// What a step is.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// `say`; also what `ask "…"` says first
    Say(Expr),
    /// `note`
    Note(Expr),
    /// `wait`, so many milliseconds
    Wait(u64),
    /// `ask`
    Ask {
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `verify`
    Verify {
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `choose`
    Choose {
        /// The question.
        prompt: Expr,
        /// The buttons.
        options: Vec<(Expr, Vec<Step>)>,
        /// What other words lead to.
        other: Option<Vec<Step>>,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `detect`
    Detect {
        /// What is decided.
        attr: AttrId,
        /// Whether what others wrote is decided anew.
        again: bool,
        /// The record type whose values alone are offered.
        of_type: Option<Narrowed>,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `answer`
    Answer {
        /// Answers at most.
        turns: u32,
        /// What the AI is told beside the transcript.
        knowing: Vec<(AttrId, Range)>,
        /// Milliseconds of silence behind an answer, and what is said then.
        check_in: Option<(u64, Expr)>,
        /// Milliseconds of silence after which nobody waits any longer.
        assume: u64,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `collect`, and `rate`, which is a form of one line
    Collect {
        /// What stands above the form.
        title: Option<Expr>,
        /// The form that it uses.
        using: Option<FormId>,
        /// Its lines, the form's where it uses one.
        fields: Vec<CollectField>,
        /// The files that it asks for, the form's where it uses one.
        files: Vec<FileLine>,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `hand off`
    HandOff {
        /// What goes along, and where to.
        push: ChannelId,
        /// How long an agent is waited for, in milliseconds.
        up_to: u64,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `set`
    Set {
        /// What is set.
        attr: AttrId,
        /// To what.
        value: Expr,
    },
    /// `let`
    Let {
        /// What is given a value.
        attr: AttrId,
        /// Its value, for good.
        value: Expr,
    },
    /// `clear`
    Clear {
        /// What is made blank.
        attr: AttrId,
    },
    /// `if`
    If {
        /// Conditions and blocks, in order.
        branches: Vec<(Expr, Vec<Step>)>,
        /// The last `else`; empty where there is none.
        otherwise: Vec<Step>,
    },
    /// `match`
    Match {
        /// What is looked at.
        subject: Expr,
        /// The arms.
        arms: Vec<MatchArm>,
    },
    /// `repeat`
    Repeat {
        /// Rounds at most.
        up_to: u32,
        /// What is done in each.
        body: Vec<Step>,
        /// What follows the last one.
        exhausted: Vec<Step>,
    },
    /// `leave repeat`
    LeaveRepeat,
    /// `run`
    Run(WorkflowId),
    /// `create case`
    CreateCase {
        /// The push.
        push: PushId,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `record case`
    RecordCase {
        /// The push.
        push: PushId,
    },
    /// `end`
    End(Option<Expr>),
    /// `go on`
    GoOn,
    /// Not understood; reported.
    Error,
}

impl StepKind {
    /// The arms for outcomes that stand in the step itself.
    pub fn arms(&self) -> &[OutcomeArm] {
        match self {
            Self::Ask { arms }
            | Self::Verify { arms }
            | Self::Choose { arms, .. }
            | Self::Collect { arms, .. }
            | Self::Detect { arms, .. }
            | Self::Answer { arms, .. }
            | Self::HandOff { arms, .. }
            | Self::CreateCase { arms, .. } => arms,
            _ => &[],
        }
    }
}

/// An arm of a `match`.
#[derive(Debug, Clone)]
pub struct MatchArm {
    /// Literals.
    pub values: Vec<(Literal, Range)>,
    /// Where `blank` stands.
    pub blank: Option<Range>,
    /// Where `else` stands.
    pub otherwise: Option<Range>,
    /// What follows.
    pub body: Vec<Step>,
    /// Up to the arrow.
    pub range: Range,
}

/// A line of a form.
#[derive(Debug, Clone)]
pub struct CollectField {
    /// What it sets.
    pub attr: AttrId,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it is a rating: whole, and chosen from a scale.
    pub rating: bool,
    /// What the customer reads.
    pub label: String,
    /// A hint.
    pub help: Option<String>,
    /// The pattern, and what to say where it does not match.
    pub matches: Option<(String, String)>,
    /// The smallest value or length.
    pub min: Option<Literal>,
    /// The largest value or length.
    pub max: Option<Literal>,
    /// What is said otherwise in other languages than the first one, by language.
    pub words: Vec<FieldWords>,
    /// The line; in a form's item where it belongs to one.
    pub at: Loc,
}

/// A line of a form that asks for a file.
#[derive(Debug, Clone)]
pub struct FileLine {
    /// Its name in the form.
    pub name: String,
    /// Whether there must be one.
    pub required: bool,
    /// What the customer reads.
    pub label: String,
    /// A hint.
    pub help: Option<String>,
    /// What is said otherwise in other languages than the first one, by language.
    pub words: Vec<FieldWords>,
    /// The line; in a form's item where it belongs to one.
    pub at: Loc,
}

/// What a line of a form says otherwise in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldWords {
    /// The language.
    pub language: String,
    /// What the customer reads.
    pub label: Option<String>,
    /// The hint.
    pub help: Option<String>,
    /// What to say where the pattern does not match.
    pub otherwise: Option<String>,
}

/// What a record type leaves of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowed {
    /// The record type's developer name.
    pub record_type: String,
    /// The values that it offers, where those are not all that can be chosen.
    pub values: Option<Vec<String>>,
}

impl Narrowed {
    /// Whether it leaves a value.
    pub fn offers(&self, value: &str) -> bool {
        self.values.as_ref().is_none_or(|values| values.iter().any(|one| one == value))
    }
}
