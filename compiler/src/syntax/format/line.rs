//! The lines that a text is made of, before they are written.

use std::borrow::Cow;

/// A line: what stands between two places at which a line has to end. It may be written on several
/// when it is long or has comments inside.
#[derive(Debug, Default)]
pub(super) struct Line<'t> {
    pub(super) tokens: Vec<Token<'t>>,
    /// Steps inwards.
    pub(super) depth: usize,
    pub(super) kind: LineKind,
    /// Whether something in it is not understood.
    pub(super) broken: bool,
    /// What the line in its braces is, where a block stands on the same line.
    pub(super) inline: Option<LineKind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum LineKind {
    #[default]
    Code,
    /// The line with which an item begins.
    Item,
    /// A value of a list, with its description.
    Described,
    /// A comment or documentation on a line of its own.
    Comment,
}

/// What is written without a blank or line break inside, unless the text has one.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) role: Role,
    /// The bytes of the chunk.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How a token stands to those beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Word,
    /// An operator between two operands, by how tightly it binds.
    Operator(u8),
    /// One behind which no line ends: what follows belongs to it.
    Binding,
    /// A comma; the line may end behind it.
    Comma,
    /// A comma; the line may not.
    TightComma,
    Colon,
    /// `(` or `[` of an expression: the line may end inside.
    Open,
    /// `(` of a type, which belongs to the word before it.
    TightOpen,
    Close,
    Brace,
    BraceEnd,
    /// One `>` line of a text.
    TextLine,
    Comment,
}

impl Line<'_> {
    pub(super) fn ends_with(&self, role: Role) -> bool {
        self.code().last().is_some_and(|token| token.role == role)
    }

    pub(super) fn begins_with(&self, role: Role) -> bool {
        self.tokens.first().is_some_and(|token| token.role == role)
    }

    /// The tokens without the comment behind them.
    pub(super) fn code(&self) -> &[Token<'_>] {
        match self.tokens.split_last() {
            Some((last, rest)) if last.role == Role::Comment && !rest.is_empty() => rest,
            _ => &self.tokens,
        }
    }
}

impl Token<'_> {
    /// How many columns it takes.
    pub(super) fn width(&self) -> usize {
        if self.text.is_ascii() { self.text.len() } else { self.text.chars().count() }
    }

    /// Whether a blank stands between this and the one before it.
    pub(super) fn is_apart_from(&self, before: &Token<'_>) -> bool {
        let closes = matches!(
            self.role,
            Role::Comma | Role::TightComma | Role::Colon | Role::TightOpen | Role::Close
        );
        let opened = matches!(before.role, Role::Open | Role::TightOpen);
        let empty = self.role == Role::BraceEnd && before.role == Role::Brace;
        !(closes || opened || empty) || self.role == Role::Comment
    }
}
