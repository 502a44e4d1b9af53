//! The kinds of mistake that are made on purpose.

/// What is expected to find a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    /// The org's metadata shows that it is one.
    Schema,
    /// The paths of the program show that it is one.
    Flow,
    /// What the program is for shows it: a test says that.
    Meaning,
}

/// A kind of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Field,
    Value,
    Label,
    Inactive,
    Queue,
    RecordType,
    Dependent,
    Decimal,
    Template,
    Formula,
    Arm,
    Outcome,
    Required,
    Fallback,
    IsSet,
    Shown,
    Private,
    NeededSet,
    Swapped,
    Button,
    OptionalOutcome,
    OtherSet,
    FileRequired,
    FileLine,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Field => "misspell a field",
            Self::Value => "misspell a list value",
            Self::Label => "use a label for a value",
            Self::Inactive => "an inactive value",
            Self::Queue => "wrong queue",
            Self::RecordType => "wrong record type",
            Self::Dependent => "unfitting dependent value",
            Self::Decimal => "widen a decimal",
            Self::Template => "widen a template",
            Self::Formula => "write a formula",
            Self::Arm => "drop an arm",
            Self::Outcome => "drop an outcome",
            Self::Required => "drop a `required`",
            Self::Fallback => "drop a `??`",
            Self::IsSet => "drop `is set`",
            Self::Shown => "show a Salesforce field before verification",
            Self::Private => "show a private field",
            Self::NeededSet => "delete a `set` that a Case needs",
            Self::Swapped => "swap two steps",
            Self::Button => "drop a button",
            Self::OptionalOutcome => "drop an optional outcome",
            Self::OtherSet => "delete another `set`",
            Self::FileRequired => "drop a `required` of a file",
            Self::FileLine => "drop a file",
        }
    }

    pub(crate) fn group(self) -> Group {
        match self {
            Self::Field
            | Self::Value
            | Self::Label
            | Self::Inactive
            | Self::Queue
            | Self::RecordType
            | Self::Dependent
            | Self::Decimal
            | Self::Template
            | Self::Formula => Group::Schema,
            Self::Arm
            | Self::Outcome
            | Self::Required
            | Self::Fallback
            | Self::IsSet
            | Self::Shown
            | Self::Private
            | Self::NeededSet => Group::Flow,
            Self::Swapped
            | Self::Button
            | Self::OptionalOutcome
            | Self::OtherSet
            | Self::FileRequired
            | Self::FileLine => Group::Meaning,
        }
    }
}
