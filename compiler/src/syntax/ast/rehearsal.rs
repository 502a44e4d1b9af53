//! `test`: a conversation that is rehearsed.

use super::{Expr, Name, OwnerExpr, Path, Text};
use crate::source::Range;

/// `test "…" { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The `///` lines above it.
    pub doc: Option<String>,
    /// Its name; `None` where the source lacks it.
    pub name: Option<Text>,
    /// Its lines.
    pub lines: Vec<TestLine>,
    /// From `test` to the name's end.
    pub head: Range,
}

/// One line of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct TestLine {
    /// What it says.
    pub kind: TestLineKind,
    /// The line, up to where its braces begin.
    pub range: Range,
}

/// What a line of a test says. Texts that the source lacks are `None`, and reported.
#[derive(Debug, Clone, PartialEq)]
pub enum TestLineKind {
    /// `given time "…"`
    GivenTime(Option<Text>),
    /// `given session { … }`
    GivenSession(Vec<Entry>),
    /// `given [verified|known|unsigned] person { … }`
    GivenPerson {
        /// The word before `person`.
        signed: Option<Name>,
        /// Values of `person`.
        entries: Vec<Entry>,
    },
    /// `given started NAME`
    GivenStarted(Option<Name>),
    /// `customer visits [after 30s]`, in milliseconds
    Visits(u64),
    /// `customer opens`
    Opens,
    /// `customer writes "…"`
    Writes(Option<Text>),
    /// `customer chooses "…"`
    Chooses(Option<Text>),
    /// `customer submits { … }`
    Submits(Vec<Entry>),
    /// `customer confirms`
    Confirms,
    /// `customer asks for a person`
    AsksForPerson,
    /// `customer signs in [as known person [{ … }]]`
    SignsIn {
        /// Whether the org has one Contact of theirs.
        known: bool,
        /// Fields of the Contact.
        entries: Vec<Entry>,
    },
    /// `customer refuses to sign in`
    RefusesToSignIn,
    /// `customer is silent 5m`, in milliseconds
    IsSilent(Option<u64>),
    /// `org creates the case ["…"]`
    OrgCreates(Option<Text>),
    /// `org refuses the case "…"`
    OrgRefuses(Option<Text>),
    /// `org is down`
    OrgIsDown,
    /// `org finds nobody`, `org finds several`
    OrgFinds(Option<Name>),
    /// `org changes person { … }`
    OrgChanges {
        /// `person` or `conversation`.
        space: Option<Name>,
        /// What is another value now.
        entries: Vec<Entry>,
    },
    /// `ai detects PLACE = V`
    AiDetects {
        /// The attribute; `None` where the source lacks it.
        place: Option<Path>,
        /// What it finds; `None` where the source lacks it.
        value: Option<TestValue>,
    },
    /// `ai answers "…"`
    AiAnswers(Option<Text>),
    /// `ai asks "…"`
    AiAsks(Option<Text>),
    /// `ai hears that it helped`
    AiHearsThatItHelped,
    /// `ai hears a wish for a person`
    AiHearsWishForPerson,
    /// `ai gives up`
    AiGivesUp,
    /// `ai is unavailable`
    AiIsUnavailable,
    /// What an agent does, or nobody.
    Agent(AgentLine),
    /// `time passes 5m`, in milliseconds
    TimePasses(Option<u64>),
    /// `expect …`
    Expect(Expected),
    /// No line that is known; reported.
    Unknown,
}

/// What becomes of a hand-off.
#[derive(Debug, Clone, PartialEq)]
pub enum AgentLine {
    /// `agent accepts`
    Accepts,
    /// `agent writes "…"`
    Writes(Option<Text>),
    /// `agent ends`
    Ends,
    /// `agent leaves`
    Leaves,
    /// `no agent accepts`
    NobodyAccepts,
    /// `hand off fails`
    Fails,
    /// `hand off is lost`
    IsLost,
}

/// What a test expects.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// `say [containing] "…"`
    Say {
        /// What is said.
        text: Option<Text>,
        /// Whether it is a part of it.
        part: bool,
    },
    /// `note [containing] "…"`
    Note {
        /// What is noted.
        text: Option<Text>,
        /// Whether it is a part of it.
        part: bool,
    },
    /// `answer [containing] "…"`
    Answer {
        /// What the AI says.
        text: Option<Text>,
        /// Whether it is a part of it.
        part: bool,
    },
    /// `ask`
    Ask,
    /// `verify`
    Verify,
    /// `choices ["…"] [{ "…", … }]`
    Choices {
        /// The question.
        prompt: Option<Text>,
        /// The buttons.
        entries: Option<Vec<Entry>>,
    },
    /// `form ["…"] [{ ATTR, … }]`
    Form {
        /// What stands above it.
        title: Option<Text>,
        /// Its lines.
        entries: Option<Vec<Entry>>,
    },
    /// `form refused [{ ATTR = "…", … }]`
    Refused {
        /// What is wrong.
        entries: Option<Vec<Entry>>,
    },
    /// `case [using PUSH] [{ Field = V, … }]`
    Case {
        /// The push.
        push: Option<Name>,
        /// Its owner.
        owner: Option<OwnerExpr>,
        /// Values of fields.
        entries: Vec<Entry>,
    },
    /// `hand off [to CHANNEL] [{ KEY = "…", … }]`
    HandOff {
        /// The channel.
        channel: Option<Name>,
        /// All that goes along, by key; a value is missing where the source lacks it.
        entries: Option<Vec<(Text, Option<Text>)>>,
    },
    /// `no case`
    NoCase,
    /// `ATTR = V`
    Value {
        /// The attribute.
        place: Path,
        /// Its value.
        value: TestValue,
    },
    /// `ATTR is blank`, or `ATTR is set` where `set`
    IsBlank {
        /// The attribute.
        place: Path,
        /// `is set`.
        set: bool,
    },
    /// `step NAME`
    Step(Option<Name>),
    /// `ended [because "…"]`
    Ended(Option<Text>),
    /// `nothing else`
    Nothing,
}

/// One thing in the braces of a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// `"…"`
    Text(Text),
    /// `NAME`, or `NAME = V`
    Name {
        /// The attribute or field.
        place: Path,
        /// Its value.
        value: Option<TestValue>,
    },
    /// `file NAME`, or `file NAME = "…"`
    File {
        /// Its name in the form.
        name: Name,
        /// The file's own name.
        value: Option<Text>,
        /// The whole of it.
        range: Range,
    },
}

/// A value that is given or expected.
#[derive(Debug, Clone, PartialEq)]
pub enum TestValue {
    /// A literal or `blank`.
    One(Expr),
    /// `["…", "…"]`: values of a multi list.
    Many(Vec<Text>, Range),
}

impl TestValue {
    /// Where it stands.
    pub fn range(&self) -> Range {
        match self {
            Self::One(expr) => expr.range,
            Self::Many(_, range) => *range,
        }
    }
}
