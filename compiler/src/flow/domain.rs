//! What an attribute or an expression can be: a lattice.
//!
//! Three independent parts: whether there is a value ([`Presence`]), who wrote it ([`Origins`]) and
//! what it can be ([`Content`]). Joining is the union of what is possible, meeting the overlap.
//! Both are commutative, associative and idempotent; the tests hold that.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::values::ValueSet;

/// Whether there is a value: a set of possibilities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Presence(u8);

impl Presence {
    /// Nothing is possible: no conversation gets here.
    pub const NEVER: Self = Self(0);
    /// Blank because the person's record was not read; `person is known` excludes it.
    pub const UNREAD: Self = Self(1);
    /// Blank.
    pub const BLANK: Self = Self(2);
    /// There is a value.
    pub const SET: Self = Self(4);
    /// Blank for whatever reason.
    pub const ANY_BLANK: Self = Self(3);
    /// Everything.
    pub const ANY: Self = Self(7);

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether some of it is possible.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Who can have written a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Origins(u8);

impl Origins {
    /// Nobody.
    pub const NONE: Self = Self(0);
    /// The declaration's default.
    pub const DEFAULT: Self = Self(1);
    /// A `set`.
    pub const PROGRAM: Self = Self(2);
    /// A form.
    pub const CUSTOMER: Self = Self(4);
    /// A sync.
    pub const SALESFORCE: Self = Self(8);
    /// The Messenger.
    pub const SESSION: Self = Self(16);
    /// The AI, by `detect`.
    pub const DETECTION: Self = Self(32);
    /// What a conversation did: the program, the customer or the AI.
    pub const CONVERSATION: Self = Self(38);
    /// Everybody but the AI.
    pub const OTHERS: Self = Self(31);
    /// Anybody.
    pub const ANY: Self = Self(63);

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// All but these.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether they have one in common.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// A text's possible lengths, in the unit that Salesforce counts, and the text where it is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    /// At least so long.
    pub min: u32,
    /// At most so long; [`u32::MAX`] where nothing bounds it.
    pub max: u32,
    /// The one text that it can be.
    pub one: Option<Arc<str>>,
}

/// A number's possible values; the ends belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Range {
    /// The smallest.
    pub low: Decimal,
    /// The largest.
    pub high: Decimal,
    /// Digits behind the point at most.
    pub scale: u32,
}

impl Range {
    /// Every number.
    pub fn any() -> Self {
        Self { low: Decimal::MIN, high: Decimal::MAX, scale: Decimal::MAX_SCALE }
    }
}

/// What a value can be where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Content {
    /// Nothing: there is no value.
    Nothing,
    /// Text of such lengths.
    Text(Text),
    /// A number of a range.
    Number(Arc<Range>),
    /// Whether it can be false and whether it can be true.
    Bool {
        /// It can be false.
        no: bool,
        /// It can be true.
        yes: bool,
    },
    /// Some of a list's values.
    List(ValueSet),
    /// Whatever its type allows.
    Any,
}

impl Content {
    fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Nothing, x) | (x, Self::Nothing) => x.clone(),
            (Self::Text(a), Self::Text(b)) => Self::Text(Text {
                min: a.min.min(b.min),
                max: a.max.max(b.max),
                one: if a.one == b.one { a.one.clone() } else { None },
            }),
            (Self::Number(a), Self::Number(b)) if a == b => Self::Number(Arc::clone(a)),
            (Self::Number(a), Self::Number(b)) => Self::Number(Arc::new(Range {
                low: a.low.min(b.low),
                high: a.high.max(b.high),
                scale: a.scale.max(b.scale),
            })),
            (Self::Bool { no, yes }, Self::Bool { no: n, yes: y }) => {
                Self::Bool { no: *no || *n, yes: *yes || *y }
            }
            (Self::List(a), Self::List(b)) => Self::List(a.union(b)),
            _ => Self::Any,
        }
    }

    fn meet(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (Self::Any, x) | (x, Self::Any) => x.clone(),
            (Self::Text(a), Self::Text(b)) => Self::meet_texts(a, b),
            (Self::Number(a), Self::Number(b)) if a == b => Self::Number(Arc::clone(a)),
            (Self::Number(a), Self::Number(b)) => Self::Number(Arc::new(Range {
                low: a.low.max(b.low),
                high: a.high.min(b.high),
                scale: a.scale.min(b.scale),
            })),
            (Self::Bool { no, yes }, Self::Bool { no: n, yes: y }) => {
                Self::Bool { no: *no && *n, yes: *yes && *y }
            }
            (Self::List(a), Self::List(b)) => Self::List(a.intersection(b)),
            // Two types that never meet in a program that types accepted.
            (a, _) => a.clone(),
        }
    }

    fn meet_texts(a: &Text, b: &Text) -> Self {
        let one = match (&a.one, &b.one) {
            (Some(x), Some(y)) if x != y => return Self::Nothing,
            (Some(x), _) | (None, Some(x)) => Some(Arc::clone(x)),
            (None, None) => None,
        };
        Self::Text(Text { min: a.min.max(b.min), max: a.max.min(b.max), one })
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(text) => text.min > text.max,
            Self::Number(range) => range.low > range.high,
            Self::Bool { no, yes } => !no && !yes,
            Self::List(values) => values.is_empty(),
            Self::Any => false,
        }
    }
}

/// What an attribute or an expression can be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Abs {
    /// Whether there is a value.
    pub presence: Presence,
    /// Who can have written it; nobody where there is none.
    pub origins: Origins,
    /// What it can be; nothing where there is none.
    pub content: Content,
}

impl Abs {
    /// Nothing is possible.
    pub const NEVER: Self =
        Self { presence: Presence::NEVER, origins: Origins::NONE, content: Content::Nothing };

    /// No value.
    pub const BLANK: Self =
        Self { presence: Presence::BLANK, origins: Origins::NONE, content: Content::Nothing };

    /// As a mask: whatever there is, as long as there is something.
    pub const SET: Self =
        Self { presence: Presence::SET, origins: Origins::ANY, content: Content::Any };

    /// As a mask: blank for whatever reason.
    pub const ANY_BLANK: Self =
        Self { presence: Presence::ANY_BLANK, origins: Origins::NONE, content: Content::Nothing };

    /// As a mask: everything.
    pub const ANY: Self =
        Self { presence: Presence::ANY, origins: Origins::ANY, content: Content::Any };

    /// A value that is there.
    pub fn set(content: Content, origins: Origins) -> Self {
        Self { presence: Presence::SET, origins, content }.normal()
    }

    /// As a mask: a value that the conversation wrote.
    pub fn written() -> Self {
        Self::set(Content::Any, Origins::CONVERSATION)
    }

    /// The same, with nothing said about a value that cannot be.
    fn normal(mut self) -> Self {
        if self.content.is_empty() || self.origins == Origins::NONE {
            self.presence = self.presence.and(Presence::ANY_BLANK);
        }
        if !self.presence.meets(Presence::SET) {
            self.origins = Origins::NONE;
            self.content = Content::Nothing;
        }
        self
    }

    /// What is possible by one or the other.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        Self {
            presence: self.presence.or(other.presence),
            origins: self.origins.or(other.origins),
            content: self.content.join(&other.content),
        }
    }

    /// What is possible by both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        Self {
            presence: self.presence.and(other.presence),
            origins: self.origins.and(other.origins),
            content: self.content.meet(&other.content),
        }
        .normal()
    }

    /// Whether nothing is possible.
    pub fn is_never(&self) -> bool {
        self.presence == Presence::NEVER
    }

    /// Whether it may be blank.
    pub fn may_be_blank(&self) -> bool {
        self.presence.meets(Presence::ANY_BLANK)
    }

    /// Whether there may be a value.
    pub fn may_be_set(&self) -> bool {
        self.presence.meets(Presence::SET)
    }

    /// The same with blank possible too.
    #[must_use]
    pub fn or_blank(&self) -> Self {
        self.join(&Self::BLANK)
    }

    /// The same, written by these.
    #[must_use]
    pub fn by(mut self, origins: Origins) -> Self {
        if self.may_be_set() {
            self.origins = origins;
        }
        self
    }

    /// Whether everything that this can be, the other can be too.
    pub fn within(&self, other: &Self) -> bool {
        self.join(other) == *other
    }
}
