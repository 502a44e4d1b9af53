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

use tidegate_diagnostics::Span;

use crate::value::{Value, ValueType};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

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
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The compiler that wrote it, `tidegate 0.1.0`.
    pub compiler: String,
    /// The 18-character id of the org whose metadata it was checked against.
    pub org_id: String,
    /// The names of the sources, for [`Span::source`].
    pub sources: Vec<String>,
    /// How the visitor's Contact is found and read.
    pub person: Option<PersonMap>,
    /// Slots: everything a conversation can know.
    pub attributes: Vec<Attribute>,
    /// Lists with the values and labels that forms show.
    pub lists: Vec<List>,
    /// Literal values.
    pub constants: Vec<Value>,
    /// The expression arena.
    pub expressions: Vec<Expr>,
    /// Forms of `collect`.
    pub forms: Vec<Form>,
    /// How Cases are created.
    pub pushes: Vec<Push>,
    /// The steps that code belongs to, with their stable ids.
    pub steps: Vec<Step>,
    /// Workflows; code ranges do not overlap and cover `code`.
    pub workflows: Vec<Workflow>,
    /// Which workflow `on open` starts.
    pub on_open: Option<WorkflowId>,
    /// The instructions.
    pub code: Vec<Instruction>,
    /// For each instruction, the step it belongs to.
    pub code_steps: Vec<StepId>,
    /// What the plan relies on in the org.
    pub requirements: Vec<Requirement>,
}

/// How a verified visitor is matched to one record, and what is read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonMap {
    /// `Contact`.
    pub object: String,
    /// The field that must equal the verified claim, such as `Email`.
    pub find_by: String,
    /// The verified claim's name in the visitor's token, such as `email`.
    pub claim: String,
    /// The attributes read, in slot order; each has [`Origin::Field`].
    pub synced: Vec<AttrId>,
}

/// The namespace of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// The visitor: Contact fields and own data.
    Person,
    /// The conversation: Case fields and own data.
    Conversation,
    /// What the Messenger collects; read only.
    Session,
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The namespace.
    pub space: Space,
    /// The name in Tide, without the namespace.
    pub name: String,
    /// What people read.
    pub label: String,
    /// The type.
    pub ty: ValueType,
    /// Characters at most, for text.
    pub max_length: Option<u32>,
    /// Digits in all and behind the point, for numbers.
    pub decimals: Option<(u32, u32)>,
    /// The values, for lists.
    pub list: Option<ListId>,
    /// Where it comes from.
    pub origin: Origin,
    /// Its value at the start of a conversation.
    pub default: Option<ConstId>,
}

/// Where an attribute comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A field of the mapped object, reached by a path of API names: `["Account", "Industry"]`.
    Field(Vec<String>),
    /// Declared by `data`.
    Own,
    /// Collected by the Messenger.
    Session,
}

/// A list as forms and checks need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The attribute that decides which values fit.
    pub controller: Option<AttrId>,
    /// Whether other values may come from the org.
    pub open: bool,
    /// Active values in the org's order.
    pub values: Vec<ListValue>,
}

/// One value of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListValue {
    /// The API value.
    pub value: String,
    /// What customers see.
    pub label: String,
    /// The controller's values with which it fits; `None` where it fits all.
    pub valid_for: Option<Vec<String>>,
}

/// A node of the expression arena.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// A literal.
    Const(ConstId),
    /// No value.
    Blank,
    /// The value of a slot.
    Attr(AttrId),
    /// The event's time.
    Now,
    /// Whether a signed token vouched for the visitor.
    PersonVerified,
    /// Whether the visitor is verified and exactly one Contact was found and read.
    PersonKnown,
    /// Boolean negation.
    Not(ExprId),
    /// Both; the right one is evaluated only if the left one holds.
    And(ExprId, ExprId),
    /// Either; the right one is evaluated only if the left one does not hold.
    Or(ExprId, ExprId),
    /// Whether there is no value.
    IsBlank(ExprId),
    /// A comparison of two operands of one type.
    Compare(Comparison, ExprId, ExprId),
    /// Whether the value is one of these constants; false for blank.
    In(ExprId, Vec<ConstId>),
    /// Text containing text, or a multi list containing a value; false for blank.
    Contains(ExprId, ExprId),
    /// Text beginning so; false for blank.
    StartsWith(ExprId, ExprId),
    /// Text ending so; false for blank.
    EndsWith(ExprId, ExprId),
    /// The whole text matching the pattern, a text constant; false for blank.
    Matches(ExprId, ConstId),
    /// The left value, or the right one where the left is blank (`??`).
    OrElse(ExprId, ExprId),
    /// Exact decimal arithmetic; a fault where it overflows or divides by zero.
    Arithmetic(Arithmetic, ExprId, ExprId),
    /// One of two values of one type.
    If(ExprId, ExprId, ExprId),
    /// A template: the parts' texts in order. Parts are text.
    Join(Vec<ExprId>),
    /// A pipe.
    Pipe(Pipe, ExprId),
}

/// How two operands are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Total: blank equals only blank.
    Equal,
    /// Exactly not [`Comparison::Equal`].
    NotEqual,
    /// False where an operand is blank, as are the following.
    Less,
    /// At most.
    AtMost,
    /// More.
    Greater,
    /// At least.
    AtLeast,
}

/// Exact decimal arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// Functions written behind a `|`. Each gives blank for blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pipe {
    /// Text in lower case.
    Lower,
    /// Text in upper case.
    Upper,
    /// Text without white space at its ends.
    Trim,
    /// The first so many characters, in the unit that Salesforce counts.
    First(u32),
    /// The last so many characters, in the unit that Salesforce counts.
    Last(u32),
    /// All but the last four characters replaced by `•`.
    Mask,
    /// Any value as text, by the one rule that templates use.
    Text,
    /// A list value's label. The attribute's list gives it.
    Label(ListId),
    /// A number rounded half away from zero to so many digits behind the point.
    Round(u32),
}

/// A form of `collect`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What stands above it.
    pub title: Option<ExprId>,
    /// Its lines.
    pub fields: Vec<FormField>,
}

/// One line of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    /// What it sets; type, length and list come from the attribute.
    pub attr: AttrId,
    /// What the customer reads.
    pub label: String,
    /// The admin's or author's hint.
    pub help: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// The form widget and validation, beyond the attribute's type.
    pub input: Input,
    /// A pattern that the whole text must match, and what to say where it does not.
    pub matches: Option<(String, String)>,
    /// The smallest value (numbers, dates) or length (text).
    pub min: Option<ConstId>,
    /// The largest value (numbers, dates) or length (text).
    pub max: Option<ConstId>,
}

/// How a form line is shown and checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// One line of text.
    Line,
    /// Several lines of text.
    Area,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A web address.
    Url,
    /// A number.
    Number,
    /// A checkbox.
    Checkbox,
    /// A day.
    Date,
    /// A day and a time in the customer's zone.
    DateTime,
    /// A time of day.
    Time,
    /// One value of the attribute's list.
    Select,
    /// Several values of the attribute's list.
    SelectMany,
}

/// How a Case is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Its name in Tide.
    pub name: String,
    /// `Case`.
    pub object: String,
    /// The developer name of the record type.
    pub record_type: Option<String>,
    /// Who owns it: the first whose condition holds; the last has none.
    pub owner: Vec<OwnerChoice>,
    /// What the push says, by API name. A blank value leaves the field out.
    pub fields: Vec<PushField>,
    /// Fields that go along where the conversation set their attribute and no line above names
    /// them.
    pub carry: Vec<(String, AttrId)>,
    /// What fills a field that neither of the above did.
    pub fill: Vec<(String, Fill)>,
    /// Where the summary goes, unless a line says so; put before what the field holds.
    pub summary_to: Option<String>,
    /// How the transcript goes along, once the Case has an id.
    pub transcript: TranscriptTo,
    /// The unique external-id field that carries the effect's key.
    pub key_field: String,
    /// Lengths of the text fields written, so that automatic values are cut visibly.
    pub lengths: Vec<(String, u32)>,
}

/// One field of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushField {
    /// API name.
    pub field: String,
    /// The value.
    pub value: ExprId,
    /// Where it stands.
    pub span: Span,
}

/// One possible owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerChoice {
    /// When it owns the Case.
    pub when: Option<ExprId>,
    /// The owner.
    pub owner: Owner,
}

/// Who owns a Case.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Owner {
    /// A queue by developer name.
    Queue(String),
    /// A user by the name that the manifest binds.
    User(String),
    /// The org's assignment rules decide.
    AssignmentRules,
}

/// What fills a field by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fill {
    /// The customer's first words, one line.
    Subject,
    /// What the customer wrote.
    Description,
    /// The claimed e-mail address, where the person is not known.
    SuppliedEmail,
    /// The claimed name, where the person is not known.
    SuppliedName,
    /// The Contact, where the person is known.
    ContactId,
}

/// How a transcript goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranscriptTo {
    /// A file on the Case.
    File,
    /// Comments on the Case.
    Comment,
    /// A text field of the Case, written at its creation.
    Field(String),
    /// Not at all.
    Nowhere,
}

/// A step with its stable id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The path of names to it: `support/collect order_number`.
    pub id: String,
    /// Where it stands.
    pub span: Span,
}

/// A workflow's code and its `defaults`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// Its name.
    pub name: String,
    /// Its first instruction.
    pub entry: Target,
    /// The instruction behind its last one.
    pub end: Target,
    /// What its `defaults` handle.
    pub defaults: Handlers,
}

/// Where outcomes go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handlers {
    /// `human`: the customer wants a person.
    pub human: Option<Target>,
    /// `idle` arms by growing time.
    pub idle: Vec<IdleHandler>,
}

/// What happens after so much silence in a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleHandler {
    /// Milliseconds of silence.
    pub after_ms: u64,
    /// The arm. It ends in [`Instruction::ResumeWait`] where it does not leave.
    pub target: Target,
}

/// One instruction. Unless it says otherwise, the next one follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// Says a text to the customer.
    Say {
        /// The text.
        text: ExprId,
    },
    /// Waits for the customer's words, or takes those that came meanwhile.
    Ask {
        /// The step's own arms.
        own: Handlers,
    },
    /// Shows buttons and waits. A button's label typed presses it.
    Choose {
        /// The question.
        prompt: ExprId,
        /// The buttons.
        options: Vec<ChoiceOption>,
        /// Where other words lead; without it they only join the transcript.
        other: Option<Target>,
        /// The step's own arms.
        own: Handlers,
    },
    /// Shows a form and waits.
    Collect {
        /// The form.
        form: FormId,
        /// The step's own arms.
        own: Handlers,
    },
    /// Gives a slot a value, or makes it blank where the value is.
    Set {
        /// The slot.
        attr: AttrId,
        /// The value.
        value: ExprId,
    },
    /// Makes a slot blank.
    Clear {
        /// The slot.
        attr: AttrId,
    },
    /// Goes on if the condition holds, else jumps.
    Branch {
        /// The condition.
        condition: ExprId,
        /// Where to go if it does not hold.
        otherwise: Target,
    },
    /// Jumps by value.
    Match {
        /// The value looked at.
        subject: ExprId,
        /// Where each value leads.
        arms: Vec<(ConstId, Target)>,
        /// Where blank leads.
        blank: Target,
        /// Where any other value leads.
        otherwise: Target,
    },
    /// Jumps.
    Jump {
        /// Where to.
        target: Target,
    },
    /// Calls a workflow.
    Run {
        /// Which.
        workflow: WorkflowId,
    },
    /// Returns from a workflow; ends the conversation where nothing ran it.
    Return,
    /// Goes back to the wait that an idle arm interrupted.
    ResumeWait,
    /// Creates a Case and waits for the org's answer, then ends the conversation.
    CreateCase {
        /// How.
        push: PushId,
        /// Where to go when it was created; each arm ends the conversation.
        created: Option<Target>,
        /// Where to go when the org does not answer in time.
        delayed: Option<Target>,
        /// Where to go when the org refuses it.
        rejected: Option<Target>,
    },
    /// Creates a Case and goes on.
    RecordCase {
        /// How.
        push: PushId,
    },
    /// Ends the conversation.
    End {
        /// Why, for the record.
        because: Option<ExprId>,
    },
}

/// One button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    /// What stands on it.
    pub label: ExprId,
    /// Where it leads.
    pub target: Target,
}

/// Something the plan relies on in the org, and where it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What.
    pub what: Required,
    /// The first place that relies on it.
    pub span: Span,
}

/// What a plan can rely on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Required {
    /// The object can be read.
    Object(String),
    /// The field can be read.
    ReadField(String, String),
    /// The field can be set on create.
    CreateField(String, String),
    /// The value of the field's list is active.
    ListValue(String, String, String),
    /// The record type is active and available.
    RecordType(String, String),
    /// The queue exists and may own the object's records.
    Queue(String, String),
    /// The user exists and is active.
    User(String),
    /// The field is unique and an external id.
    UniqueKey(String, String),
}
