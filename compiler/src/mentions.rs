//! What each place of an item names, as it is written: what editors look up, rename and complete.
//!
//! Names in Tide mean the same wherever they stand, but for those of `let`, so an item's own text is
//! enough to say what its names are names of; whether there is such a thing is
//! [`Analysis`](crate::analysis::Analysis)'s business. Every construct is matched by name here: a new
//! one has to say what it mentions.

mod expr;
mod item;
mod rehearsal;
mod steps;

pub use crate::lower::Where;
pub use crate::resolve::data::TYPES;
pub use crate::types::pipes::PIPES;

use crate::edit::FieldName;
use crate::hir::Space;
use crate::source::Range;
use crate::syntax::ast::{Item, Name, Path, Text};

/// One name in an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where it stands, relative to its item.
    pub range: Range,
    /// What it is a name of.
    pub named: Named,
    /// Whether it stands where that is declared.
    pub declares: bool,
    /// What is wanted where it stands.
    pub wanted: Wanted,
}

/// What a name is a name of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A Salesforce object.
    Object(String),
    /// A field of an object, by its API name.
    Field(FieldName),
    /// A lookup that is followed to a parent: the last part of the path.
    Parent(FieldName),
    /// `person`, `conversation`, `session`.
    Space(String),
    /// An attribute.
    Attribute(Space, String),
    /// A value of a `let`, by where its name stands in the item.
    Given(Range),
    /// A word that names nothing: the beginning of an expression, perhaps.
    Word(String),
    /// A workflow.
    Workflow(String),
    /// A push.
    Push(String),
    /// A push to a channel.
    ChannelPush(String),
    /// A channel, by the manifest's name.
    Channel(String),
    /// A form.
    Form(String),
    /// A text, or a word that names nothing yet where one can stand.
    Text(String),
    /// A language of the project.
    Language(String),
    /// Hours.
    Hours(String),
    /// Business hours of the org, as written without their quotes.
    BusinessHours(String),
    /// A holiday of the org, as written without its quotes.
    Holiday(String),
    /// What a step can end in.
    Outcome(String),
    /// A name that an author gave a step.
    Step(String),
    /// A file that a form asks for.
    File(String),
    /// A record type of an object, by its developer name.
    RecordType {
        /// The object.
        object: String,
        /// The name.
        name: String,
    },
    /// A queue, by its developer name.
    Queue(String),
    /// A user, by the manifest's name.
    User(String),
    /// Where a transcript goes: a field, or one of some words.
    Target(String),
    /// A pipe.
    Pipe(String),
    /// The word for a type.
    Type(String),
    /// A text beside a list, as written without its quotes.
    Value(Valued, String),
}

/// What has a type that decides which values fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Valued {
    /// An attribute.
    Attribute(Space, String),
    /// A field.
    Field(FieldName),
    /// A value of a `let`.
    Given(Range),
}

/// What is wanted at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Any value.
    Anything,
    /// A condition.
    Condition,
    /// What fits this.
    Like(Valued),
    /// What can be set or asked for.
    Place,
    /// A list that the AI can choose from.
    Detected,
    /// A number that customers can give.
    Rated,
    /// What the AI may be told.
    Told,
    /// What an arm of a `match` of this can take.
    Arm(Option<Valued>),
    /// One of the outcomes that there are.
    Outcome(&'static [&'static str]),
}

impl Wanted {
    /// Whether it is an attribute that gets a value.
    pub fn is_place(&self) -> bool {
        matches!(self, Self::Place | Self::Detected | Self::Rated)
    }
}

/// The time zones that a program can name.
pub fn time_zones() -> Vec<String> {
    tidegate_plan::zone::names()
}

/// The names of an item, in the order of its text.
pub fn mentions(item: &Item) -> Vec<Mention> {
    let mut found = Walker::over(item, None).found;
    found.sort_by_key(|mention| (mention.range.start, mention.range.end));
    found
}

/// The values of `let` that are known at a byte of an item, with where their names stand.
pub fn lets_at(item: &Item, offset: u32) -> Vec<(String, Range)> {
    Walker::over(item, Some(offset)).known
}

/// What a name without a namespace is.
#[derive(Debug, Clone)]
enum Bare {
    /// A value of a `let`.
    Let,
    /// A field of this object.
    Field(String),
    /// An attribute of this namespace.
    Attribute(Space),
}

/// Looks at an item, name by name.
struct Walker<'t> {
    found: Vec<Mention>,
    /// The values of `let` that are known where it looks.
    lets: Vec<&'t Name>,
    bare: Bare,
    /// Where the values of `let` are wanted, and those that were known there.
    wanted_at: Option<u32>,
    known: Vec<(String, Range)>,
}

impl<'t> Walker<'t> {
    fn over(item: &'t Item, wanted_at: Option<u32>) -> Self {
        let (found, lets, known) = (Vec::new(), Vec::new(), Vec::new());
        let mut walker = Self { found, lets, bare: Bare::Let, wanted_at, known };
        walker.item(item);
        walker
    }

    fn note(&mut self, name: &Name, named: Named, declares: bool) {
        self.note_wanted(name.range, named, declares, Wanted::Anything);
    }

    fn note_wanted(&mut self, range: Range, named: Named, declares: bool, wanted: Wanted) {
        if self.wanted_at == Some(range.start) {
            self.known = self.lets.iter().map(|its| (its.text.clone(), its.range)).collect();
        }
        if range.start < range.end {
            self.found.push(Mention { range, named, declares, wanted });
        }
    }

    fn uses(&mut self, name: &Name, named: impl FnOnce(String) -> Named) {
        self.note(name, named(name.text.clone()), false);
    }

    fn declares(&mut self, name: &Name, named: impl FnOnce(String) -> Named) {
        self.note(name, named(name.text.clone()), true);
    }

    /// A text beside a list.
    fn value(&mut self, text: &Text, of: Option<&Valued>) {
        if let Some(of) = of {
            self.note_value(text.range, &text.text, of);
        }
    }

    fn note_value(&mut self, range: Range, text: &str, of: &Valued) {
        let named = Named::Value(of.clone(), text.to_owned());
        self.note_wanted(range, named, false, Wanted::Like(of.clone()));
    }

    /// A path of an object: `Account.Industry`. Gives the field that it leads to.
    fn field_path(&mut self, object: &str, path: &Path) -> Option<FieldName> {
        let mut field = FieldName { object: object.to_owned(), path: Vec::new() };
        let (last, parents) = path.parts.split_last()?;
        for part in parents {
            field.path.push(part.text.clone());
            self.note(part, Named::Parent(field.clone()), false);
        }
        field.path.push(last.text.clone());
        self.note(last, Named::Field(field.clone()), false);
        Some(field)
    }

    /// An attribute's path, where one can be written or read. Gives what its value belongs to.
    fn path(&mut self, path: &Path, wanted: &Wanted) -> Option<Valued> {
        let found = self.valued(path);
        match (path.parts.as_slice(), &found) {
            ([.., name], Some(Valued::Attribute(space, _))) => {
                if let [word, _] = path.parts.as_slice() {
                    self.uses(word, Named::Space);
                }
                let named = Named::Attribute(*space, name.text.clone());
                // A name that is missing has its place behind the point.
                self.note_wanted(name.range, named, false, wanted.clone());
            }
            ([only], Some(Valued::Given(given))) => {
                self.note_wanted(only.range, Named::Given(*given), false, wanted.clone());
            }
            ([only], Some(Valued::Field(field))) => {
                let named = Named::Field(field.clone());
                self.note_wanted(only.range, named, false, wanted.clone());
            }
            ([only], None) => {
                let is_value = matches!(self.bare, Bare::Let) && !wanted.is_place();
                let name = only.text.clone();
                let named = if is_value { Named::Text(name) } else { Named::Word(name) };
                self.note_wanted(only.range, named, false, wanted.clone());
            }
            _ => {}
        }
        found
    }

    /// What a path's value belongs to.
    fn valued(&self, path: &Path) -> Option<Valued> {
        match path.parts.as_slice() {
            [only] => match &self.bare {
                Bare::Let => {
                    let given = self.lets.iter().rev().find(|given| given.text == only.text)?;
                    Some(Valued::Given(given.range))
                }
                Bare::Field(object) => Some(Valued::Field(FieldName::of(object, &only.text))),
                Bare::Attribute(space) => Some(Valued::Attribute(*space, only.text.clone())),
            },
            [word, name] => Some(Valued::Attribute(space_of(word)?, name.text.clone())),
            _ => None,
        }
    }
}

/// The namespace that a word means.
fn space_of(word: &Name) -> Option<Space> {
    match word.text.as_str() {
        "person" => Some(Space::Person),
        "conversation" => Some(Space::Conversation),
        "session" => Some(Space::Session),
        _ => None,
    }
}
