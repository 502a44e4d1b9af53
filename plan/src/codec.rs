//! The plan file.
//!
//! ```text
//! offset  bytes  what
//!      0      8  "TIDEPLAN"
//!      8      4  format version, big endian
//!     12      4  length of the contents in bytes, big endian
//!     16     32  SHA-256 of the contents
//!     48         the contents
//! ```
//!
//! The contents are one CBOR item (RFC 8949) in a canonical form, so that one plan has one
//! sequence of bytes and its hash names it:
//!
//! - only definite lengths, each head as short as it can be; no tags, no floats;
//! - a record is an array whose positions are the field numbers in [`crate::model`]; a field that
//!   is absent is `null`, and absent fields at the end are left out;
//! - a choice is its number, or an array of its number and its fields;
//! - an exact number is its decimal text with its scale (`500.00`), dates, times and instants are
//!   ISO 8601 text.
//!
//! Reading checks the form before anything is built of it, and afterwards that writing the plan
//! gives the same bytes again. So an unknown field, another order or a longer head never passes.
//! No size that a file declares is believed before it was compared with the bytes at hand.
//!
//! A file states the oldest format that has all that its plan uses. So a program reads what older
//! compilers wrote, and an older program what newer ones did wherever it can.

mod canonical;
mod compare;
mod format;

use std::fmt::Display;
use std::fmt::Write;
use std::str::FromStr;

use minicbor::decode::Error as DecodeError;
use minicbor::encode::Error as EncodeError;
use minicbor::{Decoder, Encoder};
use sha2::{Digest, Sha256};

use crate::model::Plan;
use crate::verify::{VerifiedPlan, VerifyError};

/// The first bytes of each plan file.
pub const MAGIC: [u8; 8] = *b"TIDEPLAN";
pub use format::{FORMAT, OLDEST};

/// Bytes at most that the contents of a plan may have.
pub const MAX_CONTENTS: usize = 64 << 20;

const HEADER: usize = 48;

/// Why a file is no plan. The names are stable; operators see them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The file ends too early.
    #[error("plan.truncated: the file has {have} bytes of {want}; it was not copied whole")]
    Truncated {
        /// Bytes in the file.
        have: usize,
        /// Bytes that it should have, as far as that is known.
        want: usize,
    },
    /// It is something else.
    #[error("plan.magic: the file is no plan; a plan begins with `TIDEPLAN`")]
    Magic,
    /// Written by a newer compiler.
    #[error(
        "plan.format: the plan has format {found}, this program reads {OLDEST} to {FORMAT}; \
         update this program or build the plan with the compiler that belongs to it"
    )]
    Format {
        /// The version that the file states.
        found: u32,
    },
    /// The file is larger than a plan may be.
    #[error("plan.size: the contents have {found} bytes, at most {MAX_CONTENTS} are read")]
    Size {
        /// Bytes that the header states.
        found: usize,
    },
    /// Something stands behind the plan.
    #[error("plan.trailing: bytes follow behind the plan: {extra}")]
    Trailing {
        /// How many.
        extra: usize,
    },
    /// The contents are not those that were written.
    #[error("plan.hash: the contents are damaged or were changed")]
    Hash,
    /// The contents are not in the one form that a plan has.
    #[error("plan.canonical: at byte {at} of the contents: {what}")]
    Canonical {
        /// Offset in the contents.
        at: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// The contents are well formed and no plan.
    #[error("plan.content: {0}")]
    Content(String),
}

impl CodecError {
    /// The stable name, such as `plan.truncated`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "plan.truncated",
            Self::Magic => "plan.magic",
            Self::Format { .. } => "plan.format",
            Self::Size { .. } => "plan.size",
            Self::Trailing { .. } => "plan.trailing",
            Self::Hash => "plan.hash",
            Self::Canonical { .. } => "plan.canonical",
            Self::Content(_) => "plan.content",
        }
    }
}

impl Plan {
    /// The bytes of the plan's file. Equal plans give equal bytes.
    pub fn encode(&self) -> Vec<u8> {
        let contents = contents(self);
        let mut file = Vec::with_capacity(HEADER + contents.len());
        file.extend_from_slice(&MAGIC);
        file.extend_from_slice(&format::of(self).to_be_bytes());
        file.extend_from_slice(&u32::try_from(contents.len()).unwrap_or(u32::MAX).to_be_bytes());
        file.extend_from_slice(&Sha256::digest(&contents));
        file.extend_from_slice(&contents);
        file
    }

    /// Reads a plan's file.
    ///
    /// # Errors
    ///
    /// A [`CodecError`] for every file that [`Plan::encode`] would not have written. What the plan
    /// says is not looked at: see [`crate::verify`].
    pub fn decode(file: &[u8]) -> Result<Self, CodecError> {
        PlanFile::read(file).map(PlanFile::into_plan)
    }

    /// The plan's name: the SHA-256 of its contents in hexadecimal.
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(contents(self)))
    }
}

/// A plan as it was read from a file, with its name: the hash that the file states was compared
/// with that of the contents, and the contents with what the plan writes.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFile {
    plan: Plan,
    hash: String,
}

impl PlanFile {
    /// Reads a plan's file.
    ///
    /// # Errors
    ///
    /// As [`Plan::decode`].
    pub fn read(file: &[u8]) -> Result<Self, CodecError> {
        let (stated, contents, hash) = unwrap(file)?;
        canonical::check(contents)?;
        let mut decoder = Decoder::new(contents);
        let plan: Plan = decoder.decode().map_err(|e| CodecError::Content(e.to_string()))?;
        if let Some(at) = compare::first_difference(&plan, contents) {
            return Err(CodecError::Canonical { at, what: "not written as a plan writes it" });
        }
        let needed = format::of(&plan);
        if needed != stated {
            let what = format!("it states format {stated}, and what it uses is of format {needed}");
            return Err(CodecError::Content(what));
        }
        Ok(Self { plan, hash: hex(hash) })
    }

    /// The plan, which is not verified.
    pub fn into_plan(self) -> Plan {
        self.plan
    }

    /// Verifies the plan.
    ///
    /// # Errors
    ///
    /// As [`VerifiedPlan::new`].
    pub fn verify(self) -> Result<VerifiedPlan, VerifyError> {
        VerifiedPlan::named(self.plan, self.hash)
    }
}

/// The stated format, the contents and their hash of a file whose header is as it must be.
fn unwrap(file: &[u8]) -> Result<(u32, &[u8], &[u8]), CodecError> {
    let truncated = |want| CodecError::Truncated { have: file.len(), want };
    if !MAGIC.starts_with(&file[..file.len().min(MAGIC.len())]) {
        return Err(CodecError::Magic);
    }
    let (header, contents) = file.split_at_checked(HEADER).ok_or(truncated(HEADER))?;
    let found = be32(header, 8);
    if !(OLDEST..=FORMAT).contains(&found) {
        return Err(CodecError::Format { found });
    }
    let length = be32(header, 12) as usize;
    if length > MAX_CONTENTS {
        return Err(CodecError::Size { found: length });
    }
    if contents.len() < length {
        return Err(truncated(HEADER + length));
    }
    if contents.len() > length {
        return Err(CodecError::Trailing { extra: contents.len() - length });
    }
    let hash = &header[16..];
    if Sha256::digest(contents).as_slice() != hash {
        return Err(CodecError::Hash);
    }
    Ok((found, contents, hash))
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn contents(plan: &Plan) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    match encoder.encode(plan) {
        Ok(_) => encoder.into_writer(),
        // Writing into a vector fails only through a `with` function below, and none of them does.
        Err(never) => match never.into_write() {
            Some(infallible) => match infallible {},
            None => Vec::new(),
        },
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A mark that most have not: absent unless it is set.
pub(crate) mod flag {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write>(
        value: &bool,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        if *value { e.bool(true)?.ok() } else { e.null()?.ok() }
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<bool, DecodeError> {
        d.bool()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the derive macro passes fields so")]
    pub(crate) fn is_nil(value: &bool) -> bool {
        !*value
    }

    #[expect(clippy::unnecessary_wraps, reason = "the derive macro asks for an option")]
    pub(crate) fn nil() -> Option<bool> {
        Some(false)
    }
}

/// A [`tidegate_diagnostics::Span`] as source, start and end.
pub(crate) mod span {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use minicbor::encode::Write;
    use tidegate_diagnostics::{SourceId, Span};

    pub(crate) fn encode<C, W: Write>(
        span: &Span,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.array(3)?.u32(span.source.0)?.u32(span.start)?.u32(span.end)?.ok()
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Span, DecodeError> {
        match d.array()? {
            Some(3) => Ok(Span { source: SourceId(d.u32()?), start: d.u32()?, end: d.u32()? }),
            _ => Err(DecodeError::message("a span has three numbers").at(d.position())),
        }
    }
}

/// Arms for outcomes; absent where there are none.
pub(crate) mod arms {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use crate::model::OutcomeHandler;
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write>(
        arms: &[OutcomeHandler],
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.encode_with(arms, ctx)?.ok()
    }

    pub(crate) fn decode<C>(
        d: &mut Decoder<'_>,
        ctx: &mut C,
    ) -> Result<Vec<OutcomeHandler>, DecodeError> {
        d.decode_with(ctx)
    }

    pub(crate) fn is_nil(arms: &[OutcomeHandler]) -> bool {
        arms.is_empty()
    }

    pub(crate) fn nil() -> Option<Vec<OutcomeHandler>> {
        Some(Vec::new())
    }
}

/// Pushes to channels; left out where there are none, as plans were before there were any.
pub(crate) mod channels {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use crate::model::ChannelPush;
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write>(
        channels: &[ChannelPush],
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.encode_with(channels, ctx)?.ok()
    }

    pub(crate) fn decode<C>(
        d: &mut Decoder<'_>,
        ctx: &mut C,
    ) -> Result<Vec<ChannelPush>, DecodeError> {
        d.decode_with(ctx)
    }

    pub(crate) fn is_nil(channels: &[ChannelPush]) -> bool {
        channels.is_empty()
    }

    pub(crate) fn nil() -> Option<Vec<ChannelPush>> {
        Some(Vec::new())
    }
}

/// Articles; left out where there are none.
pub(crate) mod articles {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use crate::model::Article;
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write>(
        articles: &[Article],
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.encode_with(articles, ctx)?.ok()
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Vec<Article>, DecodeError> {
        d.decode_with(ctx)
    }

    pub(crate) fn is_nil(articles: &[Article]) -> bool {
        articles.is_empty()
    }

    pub(crate) fn nil() -> Option<Vec<Article>> {
        Some(Vec::new())
    }
}

/// What visits start; left out where they start nothing.
pub(crate) mod visits {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use crate::model::Visit;
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write>(
        visits: &[Visit],
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.encode_with(visits, ctx)?.ok()
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Vec<Visit>, DecodeError> {
        d.decode_with(ctx)
    }

    pub(crate) fn is_nil(visits: &[Visit]) -> bool {
        visits.is_empty()
    }

    pub(crate) fn nil() -> Option<Vec<Visit>> {
        Some(Vec::new())
    }
}

/// When the org works; left out where no expression asks, as plans were before any could.
pub(crate) mod hours {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use crate::model::Hours;
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write>(
        hours: &[Hours],
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.encode_with(hours, ctx)?.ok()
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Vec<Hours>, DecodeError> {
        d.decode_with(ctx)
    }

    pub(crate) fn is_nil(hours: &[Hours]) -> bool {
        hours.is_empty()
    }

    pub(crate) fn nil() -> Option<Vec<Hours>> {
        Some(Vec::new())
    }
}

/// A day as its text, absent where there is none.
pub(crate) mod day {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use jiff::civil::Date;
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write>(
        day: &Option<Date>,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        match day {
            Some(day) => super::text::encode(day, e, ctx),
            None => e.null()?.ok(),
        }
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<Option<Date>, DecodeError> {
        super::text::decode(d, ctx).map(Some)
    }

    pub(crate) fn is_nil(day: &Option<Date>) -> bool {
        day.is_none()
    }

    #[expect(clippy::option_option, reason = "the derive macro asks for an option")]
    pub(crate) fn nil() -> Option<Option<Date>> {
        Some(None)
    }
}

/// Words in other languages, absent where there are none.
pub(crate) mod words {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use crate::model::FieldWords;
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write>(
        words: &[FieldWords],
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.encode_with(words, ctx)?.ok()
    }

    pub(crate) fn decode<C>(
        d: &mut Decoder<'_>,
        ctx: &mut C,
    ) -> Result<Vec<FieldWords>, DecodeError> {
        d.decode_with(ctx)
    }

    pub(crate) fn is_nil(words: &[FieldWords]) -> bool {
        words.is_empty()
    }

    pub(crate) fn nil() -> Option<Vec<FieldWords>> {
        Some(Vec::new())
    }
}

/// Files that a form asks for, absent where there are none.
pub(crate) mod files {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use crate::model::FormFile;
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write>(
        files: &[FormFile],
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.encode_with(files, ctx)?.ok()
    }

    pub(crate) fn decode<C>(
        d: &mut Decoder<'_>,
        ctx: &mut C,
    ) -> Result<Vec<FormFile>, DecodeError> {
        d.decode_with(ctx)
    }

    pub(crate) fn is_nil(files: &[FormFile]) -> bool {
        files.is_empty()
    }

    pub(crate) fn nil() -> Option<Vec<FormFile>> {
        Some(Vec::new())
    }
}

/// A value written as its text.
pub(crate) mod text {
    use super::{DecodeError, Decoder, Display, EncodeError, Encoder, FromStr};
    use minicbor::encode::Write;

    pub(crate) fn encode<C, W: Write, T: Display>(
        value: &T,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.str(&value.to_string())?.ok()
    }

    pub(crate) fn decode<C, T: FromStr>(d: &mut Decoder<'_>, _: &mut C) -> Result<T, DecodeError> {
        let at = d.position();
        d.str()?.parse().map_err(|_| DecodeError::message("a value's text is malformed").at(at))
    }
}

/// An exact number as its decimal text; there is no negative zero.
pub(crate) mod decimal {
    use super::{DecodeError, Decoder, EncodeError, Encoder};
    use minicbor::encode::Write;
    use rust_decimal::Decimal;

    pub(crate) fn encode<C, W: Write>(
        value: &Decimal,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        let mut value = *value;
        if value.is_zero() {
            value.set_sign_positive(true);
        }
        e.str(&value.to_string())?.ok()
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Decimal, DecodeError> {
        let at = d.position();
        Decimal::from_str_exact(d.str()?)
            .map_err(|_| DecodeError::message("a number's text is malformed").at(at))
    }
}

#[cfg(test)]
mod tests;
