//! A workflow as a tree of steps in plain words: what pages, pictures and comparisons are made of.

/// A workflow in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Its name.
    pub workflow: String,
    /// When it starts, beside those that run it.
    pub starts: Option<Starts>,
    /// The workflows that run it, by name.
    pub run_by: Vec<String>,
    /// What it does.
    pub steps: Vec<Told>,
    /// Whether a conversation can come to the end of these steps.
    pub comes_to_end: bool,
    /// What its `defaults` do wherever the customer is awaited.
    pub defaults: Vec<Arm>,
}

/// When a workflow starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starts {
    /// What happens then: `a customer opens the Messenger`.
    pub event: String,
    /// Where it does so: `if the visitor has signed in, unless “vip” begins`.
    pub only: Option<String>,
    /// Whether the conversation goes on beside it.
    pub background: bool,
}

impl Starts {
    /// Both in one.
    pub fn words(&self) -> String {
        match &self.only {
            Some(only) => format!("{}, {only}", self.event),
            None => self.event.clone(),
        }
    }
}

/// A step in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its number within the page: `3`, or `3b.1` within the second branch of the third.
    pub number: String,
    /// Its stable id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// The whole of it as a sentence, without a full stop.
    pub sentence: String,
    /// What it is about, by itself: the text that is said, the condition, the name of the Case.
    pub about: String,
    /// The lines of a form.
    pub lines: Vec<String>,
    /// Its branches.
    pub arms: Vec<Arm>,
    /// Whether control can go on behind it.
    pub goes_on: bool,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The customer reads a text.
    Says,
    /// Colleagues read a text.
    Notes,
    /// The customer is awaited.
    Asks,
    /// The AI chooses a value of a list.
    Detects,
    /// The visitor is asked to sign in.
    Verifies,
    /// The AI answers the customer.
    Answers,
    /// Agents take over.
    HandsOff,
    /// Buttons.
    Offers,
    /// A form.
    Form,
    /// A rating.
    Rates,
    /// Data is set, made blank or remembered.
    Data,
    /// A condition or a value decides.
    Decides,
    /// Steps are repeated.
    Repeats,
    /// The steps that are repeated are left.
    Leaves,
    /// Another workflow.
    Runs,
    /// Time passes.
    Pauses,
    /// A Case is created, and the conversation ends.
    Case,
    /// A Case is created.
    Records,
    /// The conversation ends.
    Ends,
}

/// A branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// Its number within the page: `3b`.
    pub number: String,
    /// What it is for.
    pub way: Way,
    /// When it is taken, as the beginning of a sentence: `If the visitor has signed in`.
    pub when: String,
    /// The same in few words: `signed in`, `5 minutes of silence`.
    pub label: String,
    /// What is done.
    pub steps: Vec<Told>,
    /// What follows.
    pub then: Then,
}

/// What a branch is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// A button.
    Button,
    /// Words that are on no button.
    OtherWords,
    /// A condition that holds.
    If,
    /// No condition held.
    Otherwise,
    /// Values.
    Value,
    /// One round.
    Round,
    /// No round is left.
    Exhausted,
    /// The customer wants a person.
    Human,
    /// Silence.
    Idle,
    /// What became of a Case.
    Answer,
    /// No AI answers.
    Unavailable,
    /// The visitor does not want to sign in.
    Refused,
    /// What came of the AI's answers.
    Answered,
    /// What became of a hand-off.
    Agents,
}

/// What follows a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It goes on behind the step.
    GoesOn,
    /// It waits again.
    WaitsAgain,
    /// The next round.
    Again,
    /// The conversation ends.
    Ends,
    /// Nothing: every way through it leads elsewhere.
    Nothing,
}
