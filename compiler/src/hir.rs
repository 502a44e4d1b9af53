//! The program with its names resolved and its types given: what flow, checks and emit read.
//!
//! What could not be resolved is an error node here ([`StepKind::Error`], [`ExprKind::Error`],
//! [`Type::Error`]), reported once where it stands; nothing that follows from it is reported again.

mod channel;
mod pipe;
mod start;
mod step;

use std::sync::Arc;

use tidegate_plan::model::Fill;
use tidegate_plan::rehearsal::Act;
use tidegate_schemas::catalog::Field;

pub use crate::finding::Finding;
use crate::source::{ItemId, Loc, Range};
use crate::syntax::ast::{BinaryOp, OwnerExpr};
pub use channel::{Channel, ChannelId, Routed};
pub use pipe::Pipe;
pub use start::{Once, Trigger};
pub use step::{
    CollectField, FieldWords, FileLine, MatchArm, Narrowed, Other, Outcome, OutcomeArm, Step,
    StepKind, leaves_repeat,
};

/// A position in [`Program::attributes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttrId(pub u32);

/// A position in [`Program::workflows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkflowId(pub u32);

/// A position in [`Program::pushes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PushId(pub u32);

/// A position in [`Program::texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextId(pub u32);

/// A position in [`Program::hours`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoursId(pub u32);

/// A position in [`Program::forms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormId(pub u32);

/// What a cached result about an item hangs on: the SHA-256 of its text and of everything that its
/// names led to (attributes with their types and positions, lists, pushes, the org's entries).
///
/// Two equal keys mean equal HIR. The workflows that it runs are in it by name and position only:
/// a check adds the hashes of their summaries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkflowKey(pub [u8; 32]);

/// A whole project.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// How the visitor's record is found.
    pub person: Option<PersonMap>,
    /// Everything a conversation can know, sorted by namespace and name; behind that the values of
    /// `let`, in the order of workflows and steps.
    pub attributes: Vec<Attribute>,
    /// Pushes, sorted by name.
    pub pushes: Vec<Arc<Push>>,
    /// Pushes to channels, sorted by name.
    pub channels: Vec<Arc<Channel>>,
    /// Forms that steps can use, sorted by name.
    pub forms: Vec<Arc<Form>>,
    /// The languages of the project, the one to fall back to first.
    pub languages: Vec<String>,
    /// Texts in every language, sorted by name.
    pub texts: Vec<Arc<SpokenText>>,
    /// When the org works, sorted by name.
    pub hours: Vec<Arc<Hours>>,
    /// Workflows, sorted by name.
    pub workflows: Vec<Arc<Workflow>>,
    /// What the AI may quote, sorted by name.
    pub articles: Vec<tidegate_plan::model::Article>,
    /// Tests, in the order of sources; no part of the plan.
    pub tests: Vec<Test>,
}

/// `test "…" { … }`
#[derive(Debug, Clone)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// Its item.
    pub item: ItemId,
    /// `test "…"`.
    pub head: Range,
    /// What its lines say. Attributes and pushes stand in the plan as they stand in the program.
    pub lines: Vec<(Range, Act)>,
}

/// How the visitor's record is found.
#[derive(Debug, Clone)]
pub struct PersonMap {
    /// The mapped object.
    pub object: String,
    /// The field that must equal the claim, if the map says so.
    pub find_by: Option<String>,
    /// The claim's name.
    pub claim: String,
    /// Whether it has `sync *`.
    pub all: bool,
    /// Where the map stands.
    pub at: Loc,
}

/// A namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// `person`
    Person,
    /// `conversation`
    Conversation,
    /// `session`
    Session,
    /// None: a value of `let`, known inside a block by its bare name. Each `let` has a slot of its
    /// own: no workflow runs itself, so one conversation never needs two of the same.
    Let,
}

/// One attribute.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its namespace.
    pub space: Space,
    /// Its name in Tide.
    pub name: String,
    /// What people read: the Salesforce label, the doc line, or the name in words.
    pub label: String,
    /// Its type.
    pub ty: Type,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether its value is for nobody's eyes unless the program says so.
    pub private: bool,
    /// Its value at the start.
    pub default: Option<Literal>,
    /// Descriptions of list values, by value.
    pub descriptions: Vec<(String, String)>,
    /// Where it is declared; `None` for `session.*`.
    pub declared: Option<Loc>,
}

impl Attribute {
    /// How it is written: `conversation.product`, or a bare name for a value of `let`.
    pub fn path(&self) -> String {
        let space = match self.space {
            Space::Person => "person",
            Space::Conversation => "conversation",
            Space::Session => "session",
            Space::Let => return self.name.clone(),
        };
        format!("{space}.{}", self.name)
    }
}

/// Where an attribute comes from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A field of the mapped object.
    Field {
        /// The mapped object.
        object: String,
        /// API names from that object to the field.
        path: Vec<String>,
        /// What the catalog holds about the last of them.
        field: Box<Field>,
    },
    /// Declared by `data`.
    Own,
    /// Collected by the Messenger.
    Session,
    /// Given by a `let`.
    Let,
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Text of so many characters at most; `None` where nothing is known.
    Text(Option<u32>),
    /// A number with digits in all and behind the point.
    Number {
        /// Digits in all.
        precision: u32,
        /// Digits behind the point.
        scale: u32,
    },
    /// Yes or no.
    Bool,
    /// A day.
    Date,
    /// An instant.
    DateTime,
    /// A time of day.
    Time,
    /// A span of time.
    Duration,
    /// An e-mail address.
    Email(u32),
    /// A telephone number.
    Phone(u32),
    /// A web address.
    Url(u32),
    /// One value of a list.
    List(Arc<ListType>),
    /// Several values of a list.
    MultiList(Arc<ListType>),
    /// The id of a record.
    Id(String),
    /// A type that can be read as text at most: an address, an unknown one.
    Opaque,
    /// The literal `blank`.
    Blank,
    /// Not known because of an error that has been reported.
    Error,
}

/// What is known about a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListType {
    /// `Case.Reason` or `conversation.urgency`.
    pub name: String,
    /// Whether the org may hold values that are not listed.
    pub open: bool,
    /// The API name of the controlling field.
    pub controller: Option<String>,
    /// All values in order, inactive ones included.
    pub values: Vec<tidegate_schemas::catalog::ListValue>,
}

/// A literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Text or a list value.
    Text(String),
    /// A number.
    Number(rust_decimal::Decimal),
    /// Yes or no.
    Bool(bool),
    /// Milliseconds.
    Duration(u64),
}

/// `push NAME to Case`
#[derive(Debug, Clone)]
pub struct Push {
    /// Its name.
    pub name: String,
    /// Its item.
    pub item: ItemId,
    /// The Salesforce object; only `Case` passes.
    pub object: String,
    /// The record type's developer name.
    pub record_type: Option<(String, Range)>,
    /// Owners in order, with their conditions.
    pub owner: Vec<(OwnerExpr, Option<Expr>, Range)>,
    /// Field lines.
    pub fields: Vec<PushField>,
    /// Where the summary goes.
    pub summary_to: Option<(String, Range)>,
    /// `file`, `comment`, `nowhere` or a field's API name.
    pub transcript_to: Option<(String, Range)>,
    /// Attributes that go along if the conversation set them, by field.
    pub carry: Vec<(String, AttrId)>,
    /// Those that do not, being private and named by no line, by field.
    pub kept_back: Vec<(String, AttrId)>,
    /// What fills a field that no line names and that is not carried, sorted by field.
    pub fill: Vec<(String, Fill)>,
    /// The validation rules of the map, as they are for this push.
    pub rules: Vec<Rule>,
    /// The unique external-id field for the key, where the org has one.
    pub key_field: Option<String>,
    /// `push NAME to Case`.
    pub head: Range,
}

impl Push {
    /// The field that takes the transcript, with its place.
    pub fn transcript_field(&self) -> Option<(&str, Range)> {
        let (to, range) = self.transcript_to.as_ref()?;
        (!matches!(to.as_str(), "file" | "comment" | "nowhere")).then_some((to.as_str(), *range))
    }

    /// The field that takes the summary, with its place.
    pub fn summary_field(&self) -> Option<(&str, Range)> {
        let (to, range) = self.summary_to.as_ref()?;
        (to != "nowhere").then_some((to.as_str(), *range))
    }
}

/// `require FIELD [when CONDITION]`, for one push.
#[derive(Debug, Clone)]
pub struct Rule {
    /// API name.
    pub field: String,
    /// When, in terms of what the push gives the fields; always where it is absent.
    pub when: Option<Expr>,
    /// Whether the org fills the field where nothing else does.
    pub defaulted: bool,
    /// The line, in its map.
    pub at: Loc,
}

/// A field line of a push.
#[derive(Debug, Clone)]
pub struct PushField {
    /// API name.
    pub field: String,
    /// What the catalog holds about it; `None` where it is unknown (reported).
    pub known: Option<Box<Field>>,
    /// Whether it may discard what the conversation set.
    pub always: bool,
    /// Its value.
    pub value: Expr,
    /// The field's name.
    pub name_range: Range,
    /// The line.
    pub range: Range,
}

/// `form NAME { … }`
#[derive(Debug, Clone)]
pub struct Form {
    /// Its name.
    pub name: String,
    /// Its item.
    pub item: ItemId,
    /// Its lines.
    pub fields: Vec<CollectField>,
    /// The files that it asks for.
    pub files: Vec<FileLine>,
    /// `form NAME`.
    pub head: Range,
}

/// `text NAME { … }`
#[derive(Debug, Clone)]
pub struct SpokenText {
    /// Its name.
    pub name: String,
    /// Its item.
    pub item: ItemId,
    /// What it is in each language that stands there, each once, in their order.
    pub spoken: Vec<Spoken>,
    /// `text NAME`.
    pub head: Range,
}

impl SpokenText {
    /// What it is in a language.
    pub fn in_language(&self, language: &str) -> Option<&Expr> {
        self.spoken.iter().find(|its| its.language == language).map(|its| &its.text)
    }
}

/// `hours NAME from "…"`
#[derive(Debug, Clone)]
pub struct Hours {
    /// Its name.
    pub name: String,
    /// Its item.
    pub item: ItemId,
    /// When it is open; `None` where that was not understood (reported).
    pub open: Option<tidegate_plan::model::Hours>,
    /// `hours NAME from "…"`.
    pub head: Range,
}

/// A text in one language.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// The language.
    pub language: String,
    /// Where that stands.
    pub language_range: Range,
    /// The text.
    pub text: Expr,
}

/// `workflow NAME { … }`
#[derive(Debug, Clone)]
pub struct Workflow {
    /// Its name.
    pub name: String,
    /// Its item.
    pub item: ItemId,
    /// What starts it, beside those that run it.
    pub on: Option<Trigger>,
    /// What must hold for it to start.
    pub when: Option<Expr>,
    /// How often that starts it.
    pub once: Option<Once>,
    /// Workflows that start only where it does not.
    pub before: Vec<(WorkflowId, Range)>,
    /// `on …` and what belongs to it.
    pub trigger: Range,
    /// Its steps.
    pub body: Vec<Step>,
    /// Its `defaults`.
    pub defaults: Vec<OutcomeArm>,
    /// What its `let` steps give, in order.
    pub lets: Vec<Given>,
    /// Whether a step asks the visitor to sign in.
    pub verifies: bool,
    /// `workflow NAME`.
    pub head: Range,
    /// What results about it hang on; it covers the pushes that it names.
    pub key: WorkflowKey,
    /// What resolving and typing it reported. Cached with it, so relative to no file.
    pub findings: Vec<Finding>,
}

/// What a `let` gives.
#[derive(Debug, Clone)]
pub struct Given {
    /// Its slot.
    pub attr: AttrId,
    /// The id of the step.
    pub step: String,
    /// The type of its value.
    pub ty: Type,
    /// Whether its value is private.
    pub private: bool,
}

/// An expression with its type.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type. Whether it may be blank is the flow's business.
    pub ty: Type,
    /// Where it stands.
    pub range: Range,
    /// Where it is written, if that is in another item: in a `text` that stands here by its name.
    pub from: Option<Loc>,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A literal.
    Literal(Literal),
    /// `blank`
    Blank,
    /// `now`
    Now,
    /// An attribute.
    Attr(AttrId),
    /// `person is verified`
    PersonVerified,
    /// `person is known`
    PersonKnown,
    /// `not`
    Not(Box<Expr>),
    /// An operator between two operands of types that fit.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `is blank`; `is set` is its negation
    IsBlank(Box<Expr>),
    /// `in [ … ]`
    In(Box<Expr>, Vec<Literal>),
    /// Whether an instant lies in hours
    InHours(Box<Expr>, HoursId),
    /// `if … then … else …`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A template.
    Template(Vec<TemplatePart>),
    /// A pipe.
    Pipe(Pipe, Box<Expr>),
    /// `| reveal "…"`: a private value as it is, and why it is shown.
    Reveal(Box<Expr>, Arc<str>),
    /// What Salesforce alone knows: any value, or none. Only rules have it.
    Unknown,
    /// Not understood; reported.
    Error,
}

/// A part of a template.
#[derive(Debug, Clone)]
pub enum TemplatePart {
    /// Text.
    Text(String),
    /// A value, made text by the one rule.
    Hole(Expr),
}
