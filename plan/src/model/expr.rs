//! Expressions.

use minicbor::{Decode, Encode};

use super::{AttrId, ConstId, ExprId, HoursId, ListId};

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
    /// Exact decimal arithmetic, which has no result where it overflows or divides by zero; instants,
    /// days and spans of time, which end at the first and the last day that there is.
    #[n(17)]
    Arithmetic(#[n(0)] Arithmetic, #[n(1)] ExprId, #[n(2)] ExprId),
    /// One of two values of one type.
    #[n(18)]
    If(#[n(0)] ExprId, #[n(1)] ExprId, #[n(2)] ExprId),
    /// A template: the parts' texts in order. Parts are text: the compiler puts [`Pipe::Label`]
    /// around a list attribute that customers read, [`Pipe::Text`] around what is no text.
    #[n(19)]
    Join(#[n(0)] Vec<ExprId>),
    /// A pipe.
    #[n(20)]
    Pipe(#[n(0)] Pipe, #[n(1)] ExprId),
    /// Whether an instant lies in business hours, and on no holiday; false for blank.
    #[n(21)]
    InHours(#[n(0)] ExprId, #[n(1)] HoursId),
}

impl Expr {
    /// The expressions that it is made of, in order.
    pub fn operands(&self) -> impl Iterator<Item = ExprId> + '_ {
        let (few, many): ([Option<ExprId>; 3], &[ExprId]) = self.shape();
        few.into_iter().flatten().chain(many.iter().copied())
    }

    /// Its operands: so many at most, or those of a list.
    fn shape(&self) -> ([Option<ExprId>; 3], &[ExprId]) {
        match self {
            Self::Const(_)
            | Self::Blank
            | Self::Attr(_)
            | Self::Now
            | Self::PersonVerified
            | Self::PersonKnown => ([None; 3], &[]),
            Self::Not(one)
            | Self::IsBlank(one)
            | Self::In(one, _)
            | Self::Matches(one, _)
            | Self::InHours(one, _)
            | Self::Pipe(_, one) => ([Some(*one), None, None], &[]),
            Self::And(left, right)
            | Self::Or(left, right)
            | Self::Compare(_, left, right)
            | Self::Contains(left, right)
            | Self::StartsWith(left, right)
            | Self::EndsWith(left, right)
            | Self::OrElse(left, right)
            | Self::Arithmetic(_, left, right) => ([Some(*left), Some(*right), None], &[]),
            Self::If(condition, then, otherwise) => {
                ([Some(*condition), Some(*then), Some(*otherwise)], &[])
            }
            Self::Join(parts) => ([None; 3], parts),
        }
    }
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
    /// All but the last characters replaced by `•`: four are left, and never more than half.
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
    /// The day that an instant is in a time zone, whose IANA name the constant holds.
    #[n(9)]
    DateIn(#[n(0)] ConstId),
    /// The time of day that an instant is in a time zone.
    #[n(10)]
    TimeIn(#[n(0)] ConstId),
    /// The instant at which a day begins in a time zone.
    #[n(11)]
    DateTimeIn(#[n(0)] ConstId),
    /// A private text as it is, shown for a reason; in transcripts as [`Pipe::Mask`] gives it.
    #[n(12)]
    Reveal(#[n(0)] ConstId),
}
