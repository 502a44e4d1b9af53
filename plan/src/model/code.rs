//! Steps, workflows and instructions.

use minicbor::{Decode, Encode};
use tidegate_diagnostics::Span;

use super::{AttrId, ChannelPushId, ConstId, ExprId, FormId, PushId, Target, WorkflowId};

/// A step with its stable id.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Step {
    /// The path of names to it: `support/collect order_number`.
    #[n(0)]
    pub id: String,
    /// Where it stands.
    #[cbor(n(1), with = "crate::codec::span")]
    pub span: Span,
}

/// A workflow's code and its `defaults`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Workflow {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Its first instruction.
    #[n(1)]
    pub entry: Target,
    /// The instruction behind its last one.
    #[n(2)]
    pub end: Target,
    /// What its `defaults` handle.
    #[n(3)]
    pub defaults: Handlers,
}

/// Where outcomes go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Handlers {
    /// `human`: the customer wants a person.
    #[n(0)]
    pub human: Option<Target>,
    /// `idle` arms by growing time.
    #[n(1)]
    pub idle: Vec<IdleHandler>,
    /// What else is handled, each outcome once, in order.
    #[cbor(n(2), with = "crate::codec::arms", has_nil)]
    pub others: Vec<OutcomeHandler>,
}

impl Handlers {
    /// The arm for an outcome.
    pub fn of(&self, outcome: Outcome) -> Option<Target> {
        self.others.iter().find(|one| one.outcome == outcome).map(|one| one.target)
    }

    /// Where all that is no silence leads.
    pub fn but_silence(&self) -> impl Iterator<Item = Target> + '_ {
        self.human.into_iter().chain(self.others.iter().map(|one| one.target))
    }
}

/// What a step can end in beside `human` and `idle`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Outcome {
    /// `unavailable`: no AI could be asked, or none answered in time.
    #[n(0)]
    Unavailable,
    /// `refused`: the visitor does not want to sign in.
    #[n(1)]
    Refused,
    /// `confirmed`: the customer said that an answer helped.
    #[n(2)]
    Confirmed,
    /// `assumed`: the customer did not come back after an answer.
    #[n(3)]
    Assumed,
    /// `unresolved`: the AI can't help, or has had its turns.
    #[n(4)]
    Unresolved,
    /// `ended`: the agent has ended the chat.
    #[n(8)]
    Ended,
    /// `no agent`: none has accepted in time.
    #[n(9)]
    NoAgent,
    /// `failed`: there can be no chat.
    #[n(10)]
    Failed,
    /// `lost`: the chat broke off.
    #[n(11)]
    Lost,
}

impl Outcome {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Unavailable,
        Self::Refused,
        Self::Confirmed,
        Self::Assumed,
        Self::Unresolved,
        Self::Ended,
        Self::NoAgent,
        Self::Failed,
        Self::Lost,
    ];
    /// Those of an answer, beside the wish for a person.
    pub const OF_ANSWER: [Self; 4] =
        [Self::Unavailable, Self::Confirmed, Self::Assumed, Self::Unresolved];
    /// Those of a hand-off.
    pub const OF_HAND_OFF: [Self; 4] = [Self::Ended, Self::NoAgent, Self::Failed, Self::Lost];

    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
            Self::Confirmed => "confirmed",
            Self::Assumed => "assumed",
            Self::Unresolved => "unresolved",
            Self::Ended => "ended",
            Self::NoAgent => "no agent",
            Self::Failed => "failed",
            Self::Lost => "lost",
        }
    }
}

/// Where an outcome goes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OutcomeHandler {
    /// The outcome.
    #[n(0)]
    pub outcome: Outcome,
    /// The arm.
    #[n(1)]
    pub target: Target,
}

/// What happens after so much silence in a wait.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct IdleHandler {
    /// Milliseconds of silence.
    #[n(0)]
    pub after_ms: u64,
    /// The arm. It ends in [`Instruction::ResumeWait`] where it does not leave.
    #[n(1)]
    pub target: Target,
}

/// One instruction. Unless it says otherwise, the next one follows.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Instruction {
    /// Says a text to the customer.
    #[n(0)]
    Say {
        /// The text.
        #[n(0)]
        text: ExprId,
    },
    /// Waits for the customer's words, or takes those that came meanwhile.
    #[n(1)]
    Ask {
        /// The step's own arms.
        #[n(0)]
        own: Handlers,
    },
    /// Shows buttons and waits. A button's label typed presses it.
    #[n(2)]
    Choose {
        /// The question.
        #[n(0)]
        prompt: ExprId,
        /// The buttons.
        #[n(1)]
        options: Vec<ChoiceOption>,
        /// Where other words lead; without it they only join the transcript.
        #[n(2)]
        other: Option<Target>,
        /// The step's own arms.
        #[n(3)]
        own: Handlers,
    },
    /// Shows a form and waits.
    #[n(3)]
    Collect {
        /// The form.
        #[n(0)]
        form: FormId,
        /// The step's own arms.
        #[n(1)]
        own: Handlers,
    },
    /// Gives a slot a value, or makes it blank where the value is.
    #[n(4)]
    Set {
        /// The slot.
        #[n(0)]
        attr: AttrId,
        /// The value.
        #[n(1)]
        value: ExprId,
    },
    /// Makes a slot blank.
    #[n(5)]
    Clear {
        /// The slot.
        #[n(0)]
        attr: AttrId,
    },
    /// Goes on if the condition holds, else jumps.
    #[n(6)]
    Branch {
        /// The condition.
        #[n(0)]
        condition: ExprId,
        /// Where to go if it does not hold.
        #[n(1)]
        otherwise: Target,
    },
    /// Jumps by value.
    #[n(7)]
    Match {
        /// The value looked at.
        #[n(0)]
        subject: ExprId,
        /// Where each value leads.
        #[n(1)]
        arms: Vec<(ConstId, Target)>,
        /// Where blank leads.
        #[n(2)]
        blank: Target,
        /// Where any other value leads.
        #[n(3)]
        otherwise: Target,
    },
    /// Jumps.
    #[n(8)]
    Jump {
        /// Where to.
        #[n(0)]
        target: Target,
    },
    /// Calls a workflow.
    #[n(9)]
    Run {
        /// Which.
        #[n(0)]
        workflow: WorkflowId,
    },
    /// Returns from a workflow; ends the conversation where nothing ran it.
    #[n(10)]
    Return,
    /// Goes back to the wait that an idle arm interrupted.
    #[n(11)]
    ResumeWait,
    /// Creates a Case and waits for the org's answer, then ends the conversation.
    #[n(12)]
    CreateCase {
        /// How.
        #[n(0)]
        push: PushId,
        /// Where to go when it was created; each arm ends the conversation.
        #[n(1)]
        created: Option<Target>,
        /// Where to go when the org does not answer in time.
        #[n(2)]
        delayed: Option<Target>,
        /// Where to go when the org refuses it.
        #[n(3)]
        rejected: Option<Target>,
    },
    /// Creates a Case and goes on.
    #[n(13)]
    RecordCase {
        /// How.
        #[n(0)]
        push: PushId,
    },
    /// Ends the conversation.
    #[n(14)]
    End {
        /// Why, for the record.
        #[n(0)]
        because: Option<ExprId>,
    },
    /// Notes a text for those who read the transcript; the customer never sees it.
    #[n(15)]
    Note {
        /// The text.
        #[n(0)]
        text: ExprId,
    },
    /// Lets time pass. The customer's words that come meanwhile are kept for the next wait for words.
    #[n(16)]
    Wait {
        /// Milliseconds.
        #[n(0)]
        ms: u64,
    },
    /// Begins to count rounds: the first one follows.
    #[n(17)]
    Repeat,
    /// Goes back behind the [`Instruction::Repeat`] unless there were so many rounds.
    #[n(18)]
    Again {
        /// Where the repeat begins, above.
        #[n(0)]
        head: Target,
        /// Rounds at most.
        #[n(1)]
        up_to: u32,
    },
    /// Asks the AI which value of its list a slot has, going by what the customer wrote, and waits for
    /// the answer. What anybody else gave the slot stays.
    #[n(19)]
    Detect {
        /// The slot.
        #[n(0)]
        attr: AttrId,
        /// Whether what others gave it is decided anew.
        #[n(1)]
        again: bool,
        /// The step's own arms.
        #[n(2)]
        own: Handlers,
        /// The values of the list that alone are offered, in its order; all of them where absent.
        #[n(3)]
        among: Option<Vec<String>>,
    },
    /// Asks a visitor for whom nobody vouches to sign in, and waits. Behind it they are verified.
    #[n(20)]
    Verify {
        /// The step's own arms.
        #[n(0)]
        own: Handlers,
    },
    /// Lets the AI answer what the customer wrote, and waits for what the customer says to that, until
    /// one of the step's outcomes; nothing follows by itself.
    #[n(21)]
    Answer {
        /// Answers at most.
        #[n(0)]
        turns: u32,
        /// The slots that the AI is told beside the transcript.
        #[n(1)]
        knowing: Vec<AttrId>,
        /// What the customer is asked in silence behind an answer.
        #[n(2)]
        check_in: Option<CheckIn>,
        /// Milliseconds of silence after which nobody waits any longer: behind an answer it counts as
        /// resolved.
        #[n(3)]
        assume_ms: u64,
        /// The step's own arms.
        #[n(4)]
        own: Handlers,
    },
    /// Asks for an agent and relays between customer and agent, until one of its outcomes.
    #[n(24)]
    HandOff {
        /// What goes along, and where to.
        #[n(0)]
        push: ChannelPushId,
        /// How long an agent is waited for, in milliseconds.
        #[n(1)]
        up_to_ms: u64,
        /// The step's own arms.
        #[n(2)]
        own: Handlers,
    },
    /// The opening starts nothing: what the customer writes first starts [`super::Plan::on_message`].
    /// Where it is a visit that starts nothing, the conversation begins with the opening.
    #[n(25)]
    AwaitMessage,
}

/// What is said in silence.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CheckIn {
    /// Milliseconds of silence.
    #[n(0)]
    pub after_ms: u64,
    /// The text.
    #[n(1)]
    pub text: ExprId,
}

/// One button.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ChoiceOption {
    /// What stands on it.
    #[n(0)]
    pub label: ExprId,
    /// Where it leads.
    #[n(1)]
    pub target: Target,
}
