//! The content of a plan.
//!
//! Everything refers by index into the tables of [`Plan`]. Steps are linear code with jumps;
//! expressions are an arena in which an operand's index is always smaller than its user's, so that
//! the verifier can show by one pass that they end.
//!
//! Control flow at run time: a workflow is a range of `code`. [`Instruction::Run`] pushes a frame;
//! an *outcome* that the waiting or failing step does not handle itself is looked up in the
//! `defaults` of its workflow, then in those of the frames below, unwinding to the one that
//! handles it. An `idle` handler that returns runs as a frame of its own and goes back to the wait
//! with [`Instruction::ResumeWait`].

mod article;
mod channel;
mod code;
mod expr;
mod form;
mod hours;
mod push;
mod requirement;

use minicbor::{Decode, Encode};
use tidegate_diagnostics::Span;

use crate::value::{Value, ValueType};

pub use article::{Article, Section};
pub use channel::{ChannelPush, Routed};
pub use code::{
    CheckIn, ChoiceOption, Handlers, IdleHandler, Instruction, Outcome, OutcomeHandler, Step,
    Workflow,
};
pub use expr::{Arithmetic, Comparison, Expr, Pipe};
pub use form::{FieldWords, Form, FormField, FormFile, Input};
pub use hours::{DAY_MS, Holiday, Hours, MONTHS, Nth, Opening, Recurs, Weekdays};
pub use push::{Fill, Owner, OwnerChoice, Push, PushField, TranscriptTo};
pub use requirement::{Required, Requirement};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, minicbor::Encode, minicbor::Decode)]
        #[serde(transparent)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub u32);

        impl $name {
            /// The position in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        })*
    };
}

index! {
    /// A position in [`Plan::attributes`].
    AttrId;
    /// A position in [`Plan::code`].
    Target;
    /// A position in [`Plan::expressions`].
    ExprId;
    /// A position in [`Plan::constants`].
    ConstId;
    /// A position in [`Plan::forms`].
    FormId;
    /// A position in [`Plan::pushes`].
    PushId;
    /// A position in [`Plan::channels`].
    ChannelPushId;
    /// A position in [`Plan::workflows`].
    WorkflowId;
    /// A position in [`Plan::steps`].
    StepId;
    /// A position in [`Plan::lists`].
    ListId;
    /// A position in [`Plan::hours`].
    HoursId;
}

/// A source, with what it takes to tell the line of a byte without its text.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SourceFile {
    /// A path relative to the project's root, with forward slashes.
    #[n(0)]
    pub name: String,
    /// The bytes with which the second and every further line begin, growing.
    #[n(1)]
    pub lines: Vec<u32>,
}

impl SourceFile {
    /// A source by its name and text.
    pub fn new(name: &str, text: &str) -> Self {
        let begins = (0u32..).zip(text.bytes()).filter(|(_, byte)| *byte == b'\n');
        let lines = begins.map(|(at, _)| at.saturating_add(1)).collect();
        Self { name: name.to_owned(), lines }
    }

    /// The line of a byte, counted from 1.
    pub fn line(&self, byte: u32) -> usize {
        self.lines.partition_point(|begin| *begin <= byte) + 1
    }
}

/// A whole plan.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Plan {
    /// The compiler that wrote it, `tidegate 0.1.0`.
    #[n(0)]
    pub compiler: String,
    /// The 18-character id of the org whose metadata it was checked against.
    #[n(1)]
    pub org_id: String,
    /// The sources, for [`Span::source`], by name.
    #[n(2)]
    pub sources: Vec<SourceFile>,
    /// How the visitor's Contact is found and read.
    #[n(3)]
    pub person: Option<PersonMap>,
    /// Slots: everything a conversation can know.
    #[n(4)]
    pub attributes: Vec<Attribute>,
    /// Lists with the values and labels that forms show.
    #[n(5)]
    pub lists: Vec<List>,
    /// Literal values.
    #[n(6)]
    pub constants: Vec<Value>,
    /// The expression arena.
    #[n(7)]
    pub expressions: Vec<Expr>,
    /// Forms of `collect`.
    #[n(8)]
    pub forms: Vec<Form>,
    /// How Cases are created.
    #[n(9)]
    pub pushes: Vec<Push>,
    /// The steps that code belongs to, with their stable ids.
    #[n(10)]
    pub steps: Vec<Step>,
    /// Workflows; code ranges do not overlap and cover `code`.
    #[n(11)]
    pub workflows: Vec<Workflow>,
    /// Which workflow `on open` starts.
    #[n(12)]
    pub on_open: Option<WorkflowId>,
    /// The instructions.
    #[n(13)]
    pub code: Vec<Instruction>,
    /// For each instruction, the step it belongs to.
    #[n(14)]
    pub code_steps: Vec<StepId>,
    /// What the plan relies on in the org.
    #[n(15)]
    pub requirements: Vec<Requirement>,
    /// What goes along at hand-offs.
    #[cbor(n(16), with = "crate::codec::channels", has_nil)]
    pub channels: Vec<ChannelPush>,
    /// Which workflow `on message` starts, where the opening has started none.
    #[n(17)]
    pub on_message: Option<WorkflowId>,
    /// What the AI may quote to customers, by name.
    #[cbor(n(18), with = "crate::codec::articles", has_nil)]
    pub articles: Vec<Article>,
    /// When the org works.
    #[cbor(n(19), with = "crate::codec::hours", has_nil)]
    pub hours: Vec<Hours>,
    /// Which workflow an agent's reply starts, in the background. Where there is one, a reply has the
    /// visitor's record and the conversation's Case read again first.
    #[n(20)]
    pub on_agent_reply: Option<WorkflowId>,
    /// Which workflows visits start, those after the shortest time first.
    #[cbor(n(21), with = "crate::codec::visits", has_nil)]
    pub visits: Vec<Visit>,
}

/// What a visit starts: the visitor is on a page that carries the Messenger, and has not opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Visit {
    /// How long the page has been there, in milliseconds.
    #[n(0)]
    pub after_ms: u64,
    /// Which workflow it starts, or which decides that.
    #[n(1)]
    pub workflow: WorkflowId,
}

impl Visit {
    /// How long a page waits at most before it tells of the visit, in milliseconds.
    pub const MAX_MS: u64 = 30 * 60 * 1_000;
}

/// The language that a conversation is held in: what the attribute of `session` is called that
/// holds one of its list's values.
pub const SPOKEN: &str = "spoken";

/// What a slot of a person's is called that remembers when a workflow has started: this and the
/// workflow's name. No data that a program declares has a blank in its name.
pub const STARTED: &str = "started ";

/// The object whose records conversations create.
pub const CASE: &str = "Case";

/// The parameter of a channel by which a chat's flow finds the Case that the conversation has recorded:
/// it brings the key that the Case was created under. No push can send under this name.
pub const CASE_PARAMETER: &str = "tidegate_case";

impl Plan {
    /// The fields of a Case that a conversation knows, by their paths from it.
    pub fn fields_of_case(&self) -> impl Iterator<Item = (AttrId, &[String])> {
        let all = (0u32..).map(AttrId).zip(&self.attributes);
        all.filter_map(|(attr, attribute)| match (attribute.space, &attribute.origin) {
            (Space::Conversation, Origin::Field(path)) => Some((attr, path.as_slice())),
            _ => None,
        })
    }

    /// The slot that remembers when a workflow has started, where one does.
    pub fn started(&self, workflow: &str) -> Option<AttrId> {
        let remembers = |attribute: &Attribute| {
            attribute.space == Space::Person
                && attribute.origin == Origin::Own
                && attribute.name.strip_prefix(STARTED) == Some(workflow)
        };
        let at = self.attributes.iter().position(remembers)?;
        u32::try_from(at).ok().map(AttrId)
    }

    /// The workflows that conversations begin with.
    pub fn starts(&self) -> impl Iterator<Item = WorkflowId> {
        let visits = self.visits.iter().map(|visit| visit.workflow);
        self.on_open.into_iter().chain(self.on_message).chain(visits)
    }

    /// Which workflow a visit of so many milliseconds starts.
    pub fn on_visit(&self, after_ms: u64) -> Option<WorkflowId> {
        let visit = self.visits.iter().find(|visit| visit.after_ms == after_ms);
        visit.map(|visit| visit.workflow)
    }

    /// Where a span begins, `pushes.tide:12`; `None` for a span of no source of this plan.
    pub fn place(&self, span: Span) -> Option<String> {
        let source = self.sources.get(usize::try_from(span.source.0).ok()?)?;
        Some(format!("{}:{}", source.name, source.line(span.start)))
    }
}

/// How a verified visitor is matched to one record, and what is read of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PersonMap {
    /// `Contact`.
    #[n(0)]
    pub object: String,
    /// The field that must equal the verified claim, such as `Email`.
    #[n(1)]
    pub find_by: String,
    /// The verified claim's name in the visitor's token, such as `email`.
    #[n(2)]
    pub claim: String,
    /// The attributes read, in slot order; each has [`Origin::Field`].
    #[n(3)]
    pub synced: Vec<AttrId>,
}

/// The namespace of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Space {
    /// The visitor: Contact fields and own data.
    #[n(0)]
    Person,
    /// The conversation: Case fields and own data.
    #[n(1)]
    Conversation,
    /// What the Messenger collects; read only.
    #[n(2)]
    Session,
    /// None: the value of a `let`. One workflow alone gives and reads it, and gives it before.
    #[n(3)]
    Let,
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Attribute {
    /// The namespace.
    #[n(0)]
    pub space: Space,
    /// The name in Tide, without the namespace.
    #[n(1)]
    pub name: String,
    /// What people read; for a `let` the id of its step.
    #[n(2)]
    pub label: String,
    /// The type.
    #[n(3)]
    pub ty: ValueType,
    /// Characters at most, for text.
    #[n(4)]
    pub max_length: Option<u32>,
    /// Digits in all and behind the point, for numbers.
    #[n(5)]
    pub decimals: Option<(u32, u32)>,
    /// The values, for lists.
    #[n(6)]
    pub list: Option<ListId>,
    /// Where it comes from.
    #[n(7)]
    pub origin: Origin,
    /// Its value at the start of a conversation.
    #[n(8)]
    pub default: Option<ConstId>,
    /// Whether its value is shown to nobody as it is, but where it is revealed.
    #[cbor(n(9), with = "crate::codec::flag", has_nil)]
    pub private: bool,
}

impl Space {
    /// How it is written in Tide: `person`, `conversation` or `session`; `let` for what has none.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Conversation => "conversation",
            Self::Session => "session",
            Self::Let => "let",
        }
    }
}

impl Attribute {
    /// Namespace and name, as Tide writes them and forms submit them: `conversation.order_number`;
    /// of a `let` the name alone.
    pub fn path(&self) -> String {
        if self.space == Space::Let {
            return self.name.clone();
        }
        format!("{}.{}", self.space.name(), self.name)
    }

    /// Whether it holds the language of the conversation.
    pub fn is_spoken(&self) -> bool {
        self.space == Space::Session && self.name == SPOKEN
    }
}

/// Where an attribute comes from.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Origin {
    /// A field of the mapped object, reached by a path of API names: `["Account", "Industry"]`.
    #[n(0)]
    Field(#[n(0)] Vec<String>),
    /// Declared by `data`.
    #[n(1)]
    Own,
    /// Collected by the Messenger.
    #[n(2)]
    Session,
    /// Given by a `let`.
    #[n(3)]
    Let,
}

/// A list as forms and checks need it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct List {
    /// The attribute that decides which values fit.
    #[n(0)]
    pub controller: Option<AttrId>,
    /// Whether other values may come from the org.
    #[n(1)]
    pub open: bool,
    /// Active values in the org's order.
    #[n(2)]
    pub values: Vec<ListValue>,
}

impl List {
    /// What customers read for an API value; the value itself where the list does not have it.
    pub fn label<'a>(&'a self, value: &'a str) -> &'a str {
        self.values.iter().find(|one| one.value == value).map_or(value, |one| &one.label)
    }
}

/// One value of a list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ListValue {
    /// The API value.
    #[n(0)]
    pub value: String,
    /// What customers see.
    #[n(1)]
    pub label: String,
    /// The controller's values with which it fits; `None` where it fits all.
    #[n(2)]
    pub valid_for: Option<Vec<String>>,
    /// What it means, where a step detects values of the list.
    #[n(3)]
    pub description: Option<String>,
}
