//! Forms.

use minicbor::{Decode, Encode};

use super::{AttrId, ConstId, ExprId};

/// A form of `collect`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Form {
    /// What stands above it.
    #[n(0)]
    pub title: Option<ExprId>,
    /// Its lines.
    #[n(1)]
    pub fields: Vec<FormField>,
    /// Files that it asks for, below its other lines.
    #[cbor(n(2), with = "crate::codec::files", has_nil)]
    pub files: Vec<FormFile>,
}

/// One line of a form that asks for a file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FormFile {
    /// Its name in the form: a word without a point, so that no attribute has it.
    #[n(0)]
    pub name: String,
    /// What the customer reads.
    #[n(1)]
    pub label: String,
    /// A hint.
    #[n(2)]
    pub help: Option<String>,
    /// Whether there must be one.
    #[n(3)]
    pub required: bool,
    /// What is said otherwise in other languages than the first one.
    #[cbor(n(4), with = "crate::codec::words", has_nil)]
    pub words: Vec<FieldWords>,
}

impl FormFile {
    /// Characters at most of a name.
    pub const LONGEST_NAME: usize = 64;

    /// What the customer reads in a language.
    pub fn label_in(&self, language: Option<&str>) -> &str {
        let said = words_in(&self.words, language).and_then(|words| words.label.as_deref());
        said.unwrap_or(&self.label)
    }

    /// The hint in a language.
    pub fn help_in(&self, language: Option<&str>) -> Option<&str> {
        let said = words_in(&self.words, language).and_then(|words| words.help.as_deref());
        said.or(self.help.as_deref())
    }

    /// Whether a text can be a file's name in a form.
    pub fn is_name(name: &str) -> bool {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        name.len() <= Self::LONGEST_NAME
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(fits)
    }
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
    /// What is said otherwise in other languages than the first one.
    #[cbor(n(8), with = "crate::codec::words", has_nil)]
    pub words: Vec<FieldWords>,
}

impl FormField {
    /// What the customer reads in a language.
    pub fn label_in(&self, language: Option<&str>) -> &str {
        self.words_in(language).and_then(|words| words.label.as_deref()).unwrap_or(&self.label)
    }

    /// The hint in a language.
    pub fn help_in(&self, language: Option<&str>) -> Option<&str> {
        let said = self.words_in(language).and_then(|words| words.help.as_deref());
        said.or(self.help.as_deref())
    }

    /// What to say in a language where the pattern does not match.
    pub fn message_in(&self, language: Option<&str>) -> Option<&str> {
        let said = self.words_in(language).and_then(|words| words.message.as_deref());
        said.or(self.matches.as_ref().map(|(_, message)| message.as_str()))
    }

    fn words_in(&self, language: Option<&str>) -> Option<&FieldWords> {
        words_in(&self.words, language)
    }
}

fn words_in<'w>(words: &'w [FieldWords], language: Option<&str>) -> Option<&'w FieldWords> {
    words.iter().find(|words| Some(words.language.as_str()) == language)
}

/// What a line of a form says otherwise in a language.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FieldWords {
    /// A value of `session.spoken`.
    #[n(0)]
    pub language: String,
    /// What the customer reads.
    #[n(1)]
    pub label: Option<String>,
    /// The hint.
    #[n(2)]
    pub help: Option<String>,
    /// What to say where the pattern does not match.
    #[n(3)]
    pub message: Option<String>,
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
    /// A whole number, chosen from a scale between the line's limits.
    #[n(12)]
    Rating,
}
