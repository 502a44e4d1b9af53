//! Rehearsals: conversations that a project's `test` items write down.
//!
//! They are no part of a plan, whose bytes stay the same whatever is rehearsed. The compiler gives
//! them beside the plan that they rehearse, and their indices are into its tables.

use jiff::Timestamp;
pub use tidegate_diagnostics::Span;

use crate::model::{AttrId, Attribute, Owner, Plan, PushId, Target};
use crate::value::Value;

/// All that `tidegate test` needs beside the plan. Spans are into the project's sources.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rehearsals {
    /// The tests, in the order of files and lines.
    pub tests: Vec<Rehearsal>,
    /// What the tests together should come to.
    pub points: Vec<Point>,
    /// What every Contact has: a value for each synced field that is never blank in the org.
    pub contact: Vec<(AttrId, Value)>,
}

/// `test "…" { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsal {
    /// Its name.
    pub name: String,
    /// Its head.
    pub span: Span,
    /// Its lines; those that give something come first, then the customer opens.
    pub lines: Vec<Line>,
}

/// One line of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Where it stands.
    pub span: Span,
    /// What it says.
    pub act: Act,
}

/// What a line of a test says.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// `given …`
    Given(Given),
    /// `customer …`
    Customer(Customer),
    /// `org …`
    Org(Org),
    /// `ai …`
    Ai(Ai),
    /// What becomes of a hand-off
    Agent(Agent),
    /// `time passes 10m`, in milliseconds
    TimePasses(i64),
    /// `expect …`
    Expect(Expectation),
}

/// What holds before the customer opens.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// `given time "…"`
    Time(Timestamp),
    /// `given session { … }`
    Session(Vec<(AttrId, Value)>),
    /// `given started NAME`: the workflow has started for this visitor, on this day and in this visit
    Started(String),
    /// `given verified person { … }`
    Person {
        /// Whether the site has signed who the visitor is.
        signed: bool,
        /// Whether the org has one Contact of theirs.
        known: bool,
        /// Fields of the Contact and own data.
        values: Vec<(AttrId, Value)>,
    },
}

/// What the customer does.
#[derive(Debug, Clone, PartialEq)]
pub enum Customer {
    /// `customer visits [after 30s]`, in milliseconds: and takes up what is shown, where anything is
    Visits(u64),
    /// `customer opens`
    Opens,
    /// `customer writes "…"`
    Writes(String),
    /// `customer chooses "…"`
    Chooses(String),
    /// `customer submits { … }`: what stands in each line of the form, as it is typed
    Submits(Vec<(LineName, String)>),
    /// `customer asks for a person`
    AsksForPerson,
    /// `customer signs in [as known person { … }]`
    SignsIn {
        /// Whether the org has one Contact of theirs.
        known: bool,
        /// Fields of the Contact.
        values: Vec<(AttrId, Value)>,
    },
    /// `customer refuses to sign in`
    RefusesToSignIn,
    /// `customer confirms`: presses *That helped*
    Confirms,
    /// `customer is silent 5m`, in milliseconds
    IsSilent(i64),
}

/// What the org does. Without such a line it finds whom it is given, and creates what it is asked
/// for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Org {
    /// `org creates the case "00001234"`
    CreatesCase {
        /// Its number.
        number: Option<String>,
    },
    /// `org refuses the case "CODE"`
    RefusesCase {
        /// The error's code.
        code: String,
    },
    /// `org is down`
    IsDown,
    /// `org finds nobody`
    FindsNobody,
    /// `org finds several`
    FindsSeveral,
    /// `org changes person { … }`: what fields of the visitor's Contact or of the conversation's Case
    /// hold from here on; `None` for blank
    Changes(Vec<(AttrId, Option<Value>)>),
}

/// What the AI does. Nobody but a test knows what it would say, so it says nothing without such a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ai {
    /// `ai detects conversation.Reason = "Billing"`; `None` for blank
    Detects(AttrId, Option<String>),
    /// `ai answers "…"`
    Answers(String),
    /// `ai asks "…"`
    Asks(String),
    /// `ai gives up`
    GivesUp,
    /// `ai hears that it helped`
    HearsThatItHelped,
    /// `ai hears a wish for a person`
    HearsWishForPerson,
    /// `ai is unavailable`
    IsUnavailable,
}

/// What becomes of a hand-off. Nobody accepts without such a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agent {
    /// `agent accepts`
    Accepts,
    /// `agent writes "…"`
    Writes(String),
    /// `agent ends`
    Ends,
    /// `agent leaves`: another one is waited for
    Leaves,
    /// `no agent accepts`: the time passes for which one is waited for
    NobodyAccepts,
    /// `hand off fails`
    Fails,
    /// `hand off is lost`
    IsLost,
}

/// What a test expects.
#[derive(Debug, Clone, PartialEq)]
pub enum Expectation {
    /// `expect say "…"`
    Say {
        /// The text.
        text: String,
        /// Whether it is a part of what is said.
        part: bool,
    },
    /// `expect note "…"`
    Note {
        /// The text.
        text: String,
        /// Whether it is a part of what is noted.
        part: bool,
    },
    /// `expect answer "…"`: what the AI says
    Answer {
        /// The text.
        text: String,
        /// Whether it is a part of what it says.
        part: bool,
    },
    /// `expect ask`
    Ask,
    /// `expect verify`
    Verify,
    /// `expect choices ["…"] [{ … }]`
    Choices {
        /// The question.
        prompt: Option<String>,
        /// What stands on the buttons, in order.
        labels: Option<Vec<String>>,
    },
    /// `expect form ["…"] [{ … }]`
    Form {
        /// What stands above it.
        title: Option<String>,
        /// What it asks for, in order.
        lines: Option<Vec<LineName>>,
    },
    /// `expect form refused [{ … }]`
    Refused {
        /// The lines that are wrong, with what is said about them.
        lines: Option<Vec<(LineName, Option<String>)>>,
    },
    /// `expect case [using …] [{ … }]`
    Case {
        /// The push.
        push: Option<PushId>,
        /// Its owner.
        owner: Option<Owner>,
        /// Values of fields; `None` for one that is left out.
        fields: Vec<(String, Option<Value>)>,
    },
    /// `expect hand off [to CHANNEL] [{ … }]`
    HandOff {
        /// The channel.
        channel: Option<String>,
        /// All that goes along, by key.
        routing: Option<Vec<(String, String)>>,
    },
    /// `expect no case`
    NoCase,
    /// `expect conversation.Priority = "High"`; `None` for blank
    Attribute(AttrId, Option<Value>),
    /// `expect conversation.Priority is set`
    IsSet(AttrId),
    /// `expect step details`: a step's id, or the last part of one
    Step(String),
    /// `expect ended [because "…"]`
    Ended {
        /// Why.
        because: Option<String>,
    },
    /// `expect nothing else`
    NothingElse,
}

/// What an attribute must be for a proof to fail at the place that a conversation has come to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The attribute.
    pub attr: AttrId,
    /// Whether blank will do.
    pub blank: bool,
    /// The values that will do; `None` where any does.
    pub values: Option<Vec<String>>,
}

/// The conversations in which a proof fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refutation {
    /// What they come to, one after another: for each the ways to it.
    pub passages: Vec<Vec<Way>>,
    /// What it hangs on at their end.
    pub wanted: Option<Wanted>,
    /// Whether the customer writes while nothing awaits it.
    pub meanwhile: bool,
}

impl Wanted {
    /// Whether a value will do.
    pub fn takes(&self, value: Option<&Value>) -> bool {
        let Some(value) = value else { return self.blank };
        let text = value.to_text();
        self.values.as_ref().is_none_or(|values| values.iter().any(|one| *one == text))
    }
}

/// Something that a rehearsal can come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    /// What it is called: a step's id, an arm's head.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// How a rehearsal comes to it.
    pub way: Way,
}

/// What can be come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointKind {
    /// A step.
    Step,
    /// An arm for an outcome: silence, a person wanted, what becomes of a Case.
    Outcome,
    /// An arm of `choose`, `match` and `if`.
    Arm,
    /// A push.
    Push,
}

impl PointKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Step, Self::Outcome, Self::Arm, Self::Push];

    /// The word for several.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Step => "steps",
            Self::Outcome => "outcomes",
            Self::Arm => "arms",
            Self::Push => "pushes",
        }
    }

    /// The word for one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Outcome => "outcome",
            Self::Arm => "arm",
            Self::Push => "push",
        }
    }
}

/// How a rehearsal comes to a [`Point`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// One of these instructions is done.
    Instruction(Vec<Target>),
    /// The condition of one of these branches holds, or does not.
    Branch(Vec<Target>, bool),
    /// A Case is asked for by this push.
    Push(PushId),
}

impl Way {
    /// Takes another way to the same point up, if it is of the same sort.
    pub fn takes(&mut self, other: &mut Self) -> bool {
        match (self, other) {
            (Self::Instruction(own), Self::Instruction(more)) => own.append(more),
            (Self::Branch(own, holds), Self::Branch(more, same)) if holds == same => {
                own.append(more);
            }
            _ => return false,
        }
        true
    }
}

/// Which line of a form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineName {
    /// The one that sets this.
    Attribute(AttrId),
    /// The one that asks for a file of this name. What is typed there is the file's own name.
    File(String),
}

impl LineName {
    /// The key of what is submitted.
    pub fn key(&self, plan: &Plan) -> String {
        match self {
            Self::Attribute(attr) => {
                plan.attributes.get(attr.index()).map(Attribute::path).unwrap_or_default()
            }
            Self::File(name) => name.clone(),
        }
    }
}
