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

use minicbor::{Decode, Encode};
use tidegate_diagnostics::Span;

use crate::value::{Value, ValueType};

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
    /// A position in [`Plan::workflows`].
    WorkflowId;
    /// A position in [`Plan::steps`].
    StepId;
    /// A position in [`Plan::lists`].
    ListId;
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
    /// The names of the sources, for [`Span::source`].
    #[n(2)]
    pub sources: Vec<String>,
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
    /// What people read.
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
}

impl Space {
    /// How it is written in Tide: `person`, `conversation` or `session`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Conversation => "conversation",
            Self::Session => "session",
        }
    }
}

impl Attribute {
    /// Namespace and name, as Tide writes them and forms submit them: `conversation.order_number`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.space.name(), self.name)
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
}

/// A node of the expression arena.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Expr {
    /// A literal.
    #[n(0)]
    Const(#[n(0)] ConstId),
    /// No value.
    #[n(1)]
    Blank,
    /// The value of a slot.
    #[n(2)]
    Attr(#[n(0)] AttrId),
    /// The event's time.
    #[n(3)]
    Now,
    /// Whether a signed token vouched for the visitor.
    #[n(4)]
    PersonVerified,
    /// Whether the visitor is verified and exactly one Contact was found and read.
    #[n(5)]
    PersonKnown,
    /// Boolean negation.
    #[n(6)]
    Not(#[n(0)] ExprId),
    /// Both; the right one is evaluated only if the left one holds.
    #[n(7)]
    And(#[n(0)] ExprId, #[n(1)] ExprId),
    /// Either; the right one is evaluated only if the left one does not hold.
    #[n(8)]
    Or(#[n(0)] ExprId, #[n(1)] ExprId),
    /// Whether there is no value.
    #[n(9)]
    IsBlank(#[n(0)] ExprId),
    /// A comparison of two operands of one type.
    #[n(10)]
    Compare(#[n(0)] Comparison, #[n(1)] ExprId, #[n(2)] ExprId),
    /// Whether the value is one of these constants; false for blank.
    #[n(11)]
    In(#[n(0)] ExprId, #[n(1)] Vec<ConstId>),
    /// Text containing text, or a multi list containing a value; false for blank.
    #[n(12)]
    Contains(#[n(0)] ExprId, #[n(1)] ExprId),
    /// Text beginning so; false for blank.
    #[n(13)]
    StartsWith(#[n(0)] ExprId, #[n(1)] ExprId),
    /// Text ending so; false for blank.
    #[n(14)]
    EndsWith(#[n(0)] ExprId, #[n(1)] ExprId),
    /// The whole text matching the pattern, a text constant; false for blank.
    #[n(15)]
    Matches(#[n(0)] ExprId, #[n(1)] ConstId),
    /// The left value, or the right one where the left is blank (`??`).
    #[n(16)]
    OrElse(#[n(0)] ExprId, #[n(1)] ExprId),
    /// Exact decimal arithmetic; a fault where it overflows or divides by zero.
    #[n(17)]
    Arithmetic(#[n(0)] Arithmetic, #[n(1)] ExprId, #[n(2)] ExprId),
    /// One of two values of one type.
    #[n(18)]
    If(#[n(0)] ExprId, #[n(1)] ExprId, #[n(2)] ExprId),
    /// A template: the parts' texts in order. Parts are text.
    #[n(19)]
    Join(#[n(0)] Vec<ExprId>),
    /// A pipe.
    #[n(20)]
    Pipe(#[n(0)] Pipe, #[n(1)] ExprId),
}

/// How two operands are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Comparison {
    /// Total: blank equals only blank.
    #[n(0)]
    Equal,
    /// Exactly not [`Comparison::Equal`].
    #[n(1)]
    NotEqual,
    /// False where an operand is blank, as are the following.
    #[n(2)]
    Less,
    /// At most.
    #[n(3)]
    AtMost,
    /// More.
    #[n(4)]
    Greater,
    /// At least.
    #[n(5)]
    AtLeast,
}

/// Exact decimal arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Arithmetic {
    /// `+`
    #[n(0)]
    Add,
    /// `-`
    #[n(1)]
    Subtract,
    /// `*`
    #[n(2)]
    Multiply,
    /// `/`
    #[n(3)]
    Divide,
}

/// Functions written behind a `|`. Each gives blank for blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(flat)]
pub enum Pipe {
    /// Text in lower case.
    #[n(0)]
    Lower,
    /// Text in upper case.
    #[n(1)]
    Upper,
    /// Text without white space at its ends.
    #[n(2)]
    Trim,
    /// The first so many characters, in the unit that Salesforce counts.
    #[n(3)]
    First(#[n(0)] u32),
    /// The last so many characters, in the unit that Salesforce counts.
    #[n(4)]
    Last(#[n(0)] u32),
    /// All but the last four characters replaced by `•`.
    #[n(5)]
    Mask,
    /// Any value as text, by the one rule that templates use.
    #[n(6)]
    Text,
    /// A list value's label. The attribute's list gives it.
    #[n(7)]
    Label(#[n(0)] ListId),
    /// A number rounded half away from zero to so many digits behind the point.
    #[n(8)]
    Round(#[n(0)] u32),
}

/// A form of `collect`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Form {
    /// What stands above it.
    #[n(0)]
    pub title: Option<ExprId>,
    /// Its lines.
    #[n(1)]
    pub fields: Vec<FormField>,
}

/// One line of a form.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FormField {
    /// What it sets; type, length and list come from the attribute.
    #[n(0)]
    pub attr: AttrId,
    /// What the customer reads.
    #[n(1)]
    pub label: String,
    /// The admin's or author's hint.
    #[n(2)]
    pub help: Option<String>,
    /// Whether it must be filled in.
    #[n(3)]
    pub required: bool,
    /// The form widget and validation, beyond the attribute's type.
    #[n(4)]
    pub input: Input,
    /// A pattern that the whole text must match, and what to say where it does not.
    #[n(5)]
    pub matches: Option<(String, String)>,
    /// The smallest value (numbers, dates) or length (text).
    #[n(6)]
    pub min: Option<ConstId>,
    /// The largest value (numbers, dates) or length (text).
    #[n(7)]
    pub max: Option<ConstId>,
}

/// How a form line is shown and checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Input {
    /// One line of text.
    #[n(0)]
    Line,
    /// Several lines of text.
    #[n(1)]
    Area,
    /// An e-mail address.
    #[n(2)]
    Email,
    /// A telephone number.
    #[n(3)]
    Phone,
    /// A web address.
    #[n(4)]
    Url,
    /// A number.
    #[n(5)]
    Number,
    /// A checkbox.
    #[n(6)]
    Checkbox,
    /// A day.
    #[n(7)]
    Date,
    /// A day and a time in the customer's zone.
    #[n(8)]
    DateTime,
    /// A time of day.
    #[n(9)]
    Time,
    /// One value of the attribute's list.
    #[n(10)]
    Select,
    /// Several values of the attribute's list.
    #[n(11)]
    SelectMany,
}

/// How a Case is created.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Push {
    /// Its name in Tide.
    #[n(0)]
    pub name: String,
    /// `Case`.
    #[n(1)]
    pub object: String,
    /// The developer name of the record type.
    #[n(2)]
    pub record_type: Option<String>,
    /// Who owns it: the first whose condition holds; the last has none.
    #[n(3)]
    pub owner: Vec<OwnerChoice>,
    /// What the push says, by API name. A blank value leaves the field out.
    #[n(4)]
    pub fields: Vec<PushField>,
    /// Fields that go along where the conversation set their attribute and no line above names
    /// them.
    #[n(5)]
    pub carry: Vec<(String, AttrId)>,
    /// What fills a field that neither of the above did.
    #[n(6)]
    pub fill: Vec<(String, Fill)>,
    /// Where the summary goes, unless a line says so; put before what the field holds.
    #[n(7)]
    pub summary_to: Option<String>,
    /// How the transcript goes along, once the Case has an id.
    #[n(8)]
    pub transcript: TranscriptTo,
    /// The unique external-id field that carries the effect's key.
    #[n(9)]
    pub key_field: String,
    /// Lengths of the text fields written, so that automatic values are cut visibly.
    #[n(10)]
    pub lengths: Vec<(String, u32)>,
}

/// One field of a push.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PushField {
    /// API name.
    #[n(0)]
    pub field: String,
    /// The value.
    #[n(1)]
    pub value: ExprId,
    /// Where it stands.
    #[cbor(n(2), with = "crate::codec::span")]
    pub span: Span,
}

/// One possible owner.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OwnerChoice {
    /// When it owns the Case.
    #[n(0)]
    pub when: Option<ExprId>,
    /// The owner.
    #[n(1)]
    pub owner: Owner,
}

/// Who owns a Case.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    Encode,
    Decode,
)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
#[cbor(flat)]
pub enum Owner {
    /// A queue by developer name.
    #[n(0)]
    Queue(#[n(0)] String),
    /// A user by the name that the manifest binds.
    #[n(1)]
    User(#[n(0)] String),
    /// The org's assignment rules decide.
    #[n(2)]
    AssignmentRules,
}

/// What fills a field by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Fill {
    /// The customer's first words, one line.
    #[n(0)]
    Subject,
    /// What the customer wrote.
    #[n(1)]
    Description,
    /// The claimed e-mail address, where the person is not known.
    #[n(2)]
    SuppliedEmail,
    /// The claimed name, where the person is not known.
    #[n(3)]
    SuppliedName,
    /// The Contact, where the person is known.
    #[n(4)]
    ContactId,
}

/// How a transcript goes along.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum TranscriptTo {
    /// A file on the Case.
    #[n(0)]
    File,
    /// Comments on the Case.
    #[n(1)]
    Comment,
    /// A text field of the Case, written at its creation.
    #[n(2)]
    Field(#[n(0)] String),
    /// Not at all.
    #[n(3)]
    Nowhere,
}

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

/// Something the plan relies on in the org, and where it says so.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Requirement {
    /// What.
    #[n(0)]
    pub what: Required,
    /// The first place that relies on it.
    #[cbor(n(1), with = "crate::codec::span")]
    pub span: Span,
}

/// What a plan can rely on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(flat)]
pub enum Required {
    /// The object can be read.
    #[n(0)]
    Object(#[n(0)] String),
    /// The field can be read.
    #[n(1)]
    ReadField(#[n(0)] String, #[n(1)] String),
    /// The field can be set on create.
    #[n(2)]
    CreateField(#[n(0)] String, #[n(1)] String),
    /// The value of the field's list is active.
    #[n(3)]
    ListValue(#[n(0)] String, #[n(1)] String, #[n(2)] String),
    /// The record type is active and available.
    #[n(4)]
    RecordType(#[n(0)] String, #[n(1)] String),
    /// The queue exists and may own the object's records.
    #[n(5)]
    Queue(#[n(0)] String, #[n(1)] String),
    /// The user exists and is active.
    #[n(6)]
    User(#[n(0)] String),
    /// The field is unique and an external id.
    #[n(7)]
    UniqueKey(#[n(0)] String, #[n(1)] String),
}
