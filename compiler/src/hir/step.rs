//! Steps and their arms.

use super::{AttrId, ChannelId, Expr, FormId, Literal, PushId, WorkflowId};
use crate::source::{Loc, Range};

/// An arm for outcomes.
#[derive(Debug, Clone)]
pub struct OutcomeArm {
    /// The outcomes.
    pub outcomes: Vec<Outcome>,
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
    /// No AI can be asked, or none answers in time.
    Unavailable,
    /// The visitor does not want to sign in.
    Refused,
    /// The customer says that an answer helped.
    Confirmed,
    /// The customer does not come back after an answer.
    Assumed,
    /// The AI can't help.
    Unresolved,
    /// The agent has ended the chat.
    ChatEnded,
    /// No agent has accepted in time.
    NoAgent,
    /// There can be no chat.
    ChatFailed,
    /// The chat broke off.
    ChatLost,
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
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
            Self::Confirmed => "confirmed",
            Self::Assumed => "assumed",
            Self::Unresolved => "unresolved",
            Self::ChatEnded => "ended",
            Self::NoAgent => "no agent",
            Self::ChatFailed => "failed",
            Self::ChatLost => "lost",
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
