//! The syntax tree of one chunk. Ranges are relative to the chunk.

mod channel;
mod expr;
mod form;
mod hours;
mod rehearsal;
mod spoken;
mod trigger;

use crate::source::Range;

pub use channel::{Channel, ChannelLine};
pub use expr::{BinaryOp, Expr, ExprKind, PipeCall, TemplatePart};
pub use form::{CollectLine, FileLine, Form};
pub use hours::{HolidaysExpr, Hours};
pub use rehearsal::{AgentLine, Entry, Expected, Test, TestLine, TestLineKind, TestValue};
pub use spoken::TextItem;
pub use trigger::{Once, Trigger};

/// A word as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The word; empty where it is missing.
    pub text: String,
    /// Where it stands; empty, behind the previous token, where it is missing.
    pub range: Range,
}

impl Name {
    /// Whether the source lacks it; that has been reported already.
    pub fn is_missing(&self) -> bool {
        self.text.is_empty()
    }
}

/// Names joined by points: `person.Email`, `Account.Industry`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    /// At least one.
    pub parts: Vec<Name>,
    /// The whole path.
    pub range: Range,
}

/// A text literal without holes, unescaped.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    /// The text.
    pub text: String,
    /// With its quotes.
    pub range: Range,
}

/// A text that is the same for everybody: in quotes, or one that is declared by this name.
#[derive(Debug, Clone, PartialEq)]
pub enum Wording {
    /// `"…"`
    Quoted(Text),
    /// A `text`.
    Named(Name),
}

/// What one chunk holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `map OBJECT to SPACE { … }`
    Map(Map),
    /// `data SPACE { … }`
    Data(Data),
    /// `push NAME to OBJECT { … }`
    Push(Push),
    /// `push NAME to channel NAME { … }`
    Channel(Channel),
    /// `form NAME { … }`
    Form(Form),
    /// `text NAME { … }`
    Text(TextItem),
    /// `hours NAME from "…"`
    Hours(Hours),
    /// `workflow NAME { … }`
    Workflow(Workflow),
    /// `test "…" { … }`
    Test(Test),
    /// Blank lines, comments, or text that is no item (reported).
    Nothing,
}

/// `map OBJECT to SPACE { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// The `///` lines above it.
    pub doc: Option<String>,
    /// The Salesforce object.
    pub object: Name,
    /// `person` or `conversation`.
    pub space: Name,
    /// Its lines.
    pub lines: Vec<MapLine>,
    /// From `map` to the object's end.
    pub head: Range,
    /// The `{`, where it is not missing.
    pub open: Option<Range>,
}

/// One line of a map.
#[derive(Debug, Clone, PartialEq)]
pub enum MapLine {
    /// `find by FIELD [from "claim"]`
    FindBy {
        /// The field.
        field: Name,
        /// The claim's name.
        claim: Option<Text>,
        /// The line.
        range: Range,
    },
    /// `[private] sync *`, with the indented `except FIELD` lines that follow it
    SyncAll {
        /// Whether their values are private.
        private: bool,
        /// The fields left out.
        except: Vec<Name>,
        /// `sync *`.
        range: Range,
    },
    /// `[private] sync FIELD [as ALIAS] [{ descriptions }]`
    Sync {
        /// The `///` lines above it.
        doc: Option<String>,
        /// Whether its value is private.
        private: bool,
        /// The field or parent path.
        field: Path,
        /// Another name.
        alias: Option<Name>,
        /// Descriptions of list values.
        descriptions: Vec<Described>,
        /// The line, without the descriptions.
        range: Range,
        /// With the descriptions.
        whole: Range,
    },
    /// `require FIELD [when CONDITION]`
    Require {
        /// The field.
        field: Path,
        /// When; always where it is absent.
        when: Option<Expr>,
        /// The line.
        range: Range,
    },
}

/// A list value and what it means: `"Billing" "Invoices and refunds"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// The API value.
    pub value: Text,
    /// What it means.
    pub description: Option<Text>,
}

/// `data SPACE { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// `person` or `conversation`.
    pub space: Name,
    /// Its lines.
    pub lines: Vec<DataLine>,
    /// From `data` to the space's end.
    pub head: Range,
}

/// `[private] NAME: TYPE [= default]`
#[derive(Debug, Clone, PartialEq)]
pub struct DataLine {
    /// The `///` lines above it.
    pub doc: Option<String>,
    /// Whether its value is private.
    pub private: bool,
    /// The attribute's name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// Its value at the start.
    pub default: Option<Expr>,
    /// The line.
    pub range: Range,
}

/// A type as written.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeExpr {
    /// `text`, `decimal`, `list`, `multi list`, `id`, …; missing where the source lacks it.
    pub name: Name,
    /// `(10, 2)`: each a number's digits as written.
    pub arguments: Vec<Name>,
    /// The values of a list.
    pub values: Vec<Described>,
    /// Behind `id of`.
    pub object: Option<Name>,
    /// The whole type.
    pub range: Range,
}

/// `push NAME to OBJECT [type RECORD_TYPE] { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// The `///` lines above it.
    pub doc: Option<String>,
    /// Its name.
    pub name: Name,
    /// The Salesforce object.
    pub object: Name,
    /// The record type's developer name.
    pub record_type: Option<Name>,
    /// Its lines.
    pub lines: Vec<PushLine>,
    /// From `push` to the head's end.
    pub head: Range,
}

/// One line of a push.
#[derive(Debug, Clone, PartialEq)]
pub enum PushLine {
    /// `owner queue Q`, `owner user U`, `owner by assignment rules`, each with `if CONDITION` at
    /// its end where it is conditional
    Owner {
        /// Who.
        owner: OwnerExpr,
        /// When.
        when: Option<Expr>,
        /// The line.
        range: Range,
    },
    /// `[always] FIELD = EXPR`
    Field {
        /// Whether it may discard what the conversation set.
        always: bool,
        /// The field.
        field: Name,
        /// Its value.
        value: Expr,
        /// The line.
        range: Range,
    },
    /// `transcript to file|comment|FIELD|nowhere`
    Transcript {
        /// Where to.
        to: Name,
        /// The line.
        range: Range,
    },
    /// `summary to FIELD`
    Summary {
        /// Where to.
        to: Name,
        /// The line.
        range: Range,
    },
    /// `carry none`
    CarryNone {
        /// The line.
        range: Range,
    },
    /// `carry except FIELD`
    CarryExcept {
        /// The field.
        field: Name,
        /// The line.
        range: Range,
    },
}

/// Who owns a Case, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnerExpr {
    /// `queue NAME`
    Queue(Name),
    /// `user NAME`
    User(Name),
    /// `by assignment rules`
    AssignmentRules,
    /// Neither; reported.
    Missing,
}

/// `workflow NAME { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// The `///` lines above it.
    pub doc: Option<String>,
    /// Its name.
    pub name: Name,
    /// What starts it; triggers that are not yet known are reported.
    pub trigger: Option<Trigger>,
    /// Its steps.
    pub body: Block,
    /// Its `defaults`.
    pub defaults: Option<Defaults>,
    /// From `workflow` to the name's end.
    pub head: Range,
}

/// Steps in braces.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Block {
    /// The steps.
    pub steps: Vec<Step>,
    /// With its braces.
    pub range: Range,
}

/// `defaults { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Defaults {
    /// Its arms.
    pub arms: Vec<OutcomeArm>,
    /// The word `defaults`.
    pub range: Range,
}

/// `human, idle 5m => step` or `=> { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeArm {
    /// The outcomes.
    pub outcomes: Vec<OutcomeName>,
    /// What follows.
    pub body: Block,
    /// Up to the arrow.
    pub range: Range,
}

/// An outcome's name, of several words perhaps (`no agent`), with a duration for `idle`.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeName {
    /// Words joined by single blanks.
    pub name: Name,
    /// How long the silence lasts.
    pub after: Option<DurationLit>,
}

/// `5m`, `30s`, `2h`, `1d`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DurationLit {
    /// Milliseconds.
    pub ms: u64,
    /// Where it stands.
    pub range: Range,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it is.
    pub kind: StepKind,
    /// A name that the author gave: `collect … as details`.
    pub label: Option<Name>,
    /// The step's first line up to where its arms or block begin.
    pub range: Range,
}

/// What a step is.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// `say TEXT`
    Say(Expr),
    /// `note TEXT`
    Note(Expr),
    /// `speak LANGUAGE`
    Speak(Expr),
    /// `wait DURATION`; missing where the source lacks one
    Wait(Option<DurationLit>),
    /// `rate PLACE [{ outcome arms }]`
    Rate {
        /// What the rating sets.
        place: Path,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `detect PLACE [again] [for type RECORD_TYPE] [{ outcome arms }]`
    Detect {
        /// What is decided.
        place: Path,
        /// Whether what others wrote is decided anew.
        again: bool,
        /// The record type whose values alone are offered.
        of_type: Option<Name>,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `verify [{ outcome arms }]`
    Verify {
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `answer [up to N turns] [{ lines, outcome arms }]`
    Answer(Answer),
    /// `ask [TEXT] [{ outcome arms }]`; a text is said first
    Ask {
        /// What is said first.
        prompt: Option<Expr>,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `choose TEXT { "Label" => … other => … outcome => … }`
    Choose {
        /// The question.
        prompt: Expr,
        /// The buttons.
        options: Vec<ChoiceArm>,
        /// What other words lead to.
        other: Option<Block>,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `collect [TEXT] { lines, outcome arms }`, `collect [TEXT] using FORM [{ outcome arms }]`
    Collect {
        /// What stands above the form.
        title: Option<Expr>,
        /// The form whose lines it has.
        using: Option<Name>,
        /// Its own lines.
        fields: Vec<CollectLine>,
        /// The files that it asks for.
        files: Vec<FileLine>,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `hand off using PUSH waiting up to DURATION [{ outcome arms }]`
    HandOff {
        /// The push to a channel.
        push: Name,
        /// How long an agent is waited for; missing where the source lacks it.
        up_to: Option<DurationLit>,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `set PLACE = EXPR`
    Set {
        /// What is set.
        place: Path,
        /// To what.
        value: Expr,
    },
    /// `let NAME = EXPR`
    Let {
        /// Its name; missing where the source lacks one that a value can have.
        name: Name,
        /// Its value.
        value: Expr,
    },
    /// `clear PLACE`
    Clear {
        /// What is made blank.
        place: Path,
    },
    /// `if C { … } else if C { … } else { … }`
    If {
        /// Conditions and blocks, in order.
        branches: Vec<(Expr, Block)>,
        /// The last `else`.
        otherwise: Option<Block>,
    },
    /// `match EXPR { V, V => … blank => … else => … }`
    Match {
        /// What is looked at.
        subject: Expr,
        /// The arms.
        arms: Vec<MatchArm>,
    },
    /// `repeat up to N { … } exhausted => …`
    Repeat {
        /// How often at most; missing where the source lacks one that can be.
        up_to: Option<u32>,
        /// What is done again.
        body: Block,
        /// What follows when it was done so often.
        exhausted: Block,
    },
    /// `leave repeat`
    LeaveRepeat,
    /// `run WORKFLOW`
    Run(Name),
    /// `create case using PUSH [{ created => … }]`
    CreateCase {
        /// The push.
        push: Name,
        /// Its own arms.
        arms: Vec<OutcomeArm>,
    },
    /// `record case using PUSH`
    RecordCase {
        /// The push.
        push: Name,
    },
    /// `end [because TEXT]`
    End(Option<Expr>),
    /// `go on`
    GoOn,
    /// No step that is known; reported.
    Unknown,
}

/// A button: `"Label" => step` or `=> { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceArm {
    /// What stands on it.
    pub label: Expr,
    /// What follows.
    pub body: Block,
}

/// `V, V => …`
#[derive(Debug, Clone, PartialEq)]
pub struct MatchArm {
    /// What is matched.
    pub patterns: Vec<Pattern>,
    /// What follows.
    pub body: Block,
    /// Up to the arrow.
    pub range: Range,
}

/// What an arm of a `match` matches.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// A literal: text, number, `true`, `false`.
    Value(Expr),
    /// `blank`
    Blank(Range),
    /// `else`
    Else(Range),
    /// A word that is no value: one that is begun, perhaps.
    Unknown(Name),
}

/// What `answer` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Answers at most.
    pub turns: Option<u32>,
    /// What the AI is told beside the transcript.
    pub knowing: Vec<Path>,
    /// What is said in silence, and after how long; no time where that is malformed.
    pub check_in: Option<(Option<DurationLit>, Expr)>,
    /// The silence after which it counts as resolved.
    pub assume: Option<DurationLit>,
    /// Its own arms.
    pub arms: Vec<OutcomeArm>,
}
