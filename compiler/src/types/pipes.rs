//! Pipes: `| lower`, `| first 80`.

use std::sync::Arc;

use tidegate_diagnostics::{Code, codes};
use tidegate_plan::zone;

use crate::finding::Finding;
use crate::hir::{Expr, ExprKind, Literal, Pipe, Type};
use crate::lower::Lowering;
use crate::resolve::suggest;
use crate::source::Range;
use crate::syntax::ast::PipeCall;
use crate::types::infer::{error, made};
use crate::types::literal::{self, Read};
use crate::types::table;
use crate::types::{assign, words};

/// All pipes.
pub const PIPES: &[&str] = &[
    "lower", "upper", "trim", "first", "last", "mask", "reveal", "text", "label", "round", "date",
    "time", "datetime",
];

/// The pipe that shows a private value, whatever its type.
pub(super) const REVEAL: &str = "reveal";

/// Digits behind the point that `round` can keep at most.
const MOST_DIGITS: u32 = 18;
/// Characters that `first` and `last` can keep at most.
const MOST_CHARACTERS: u32 = 131_072;

impl Lowering<'_> {
    pub(super) fn pipe(&mut self, operand: Expr, call: &PipeCall, range: Range) -> Expr {
        if call.name.text == REVEAL {
            return self.reveal(operand, call, range);
        }
        let Some(pipe) = self.pipe_named(call) else { return error(range) };
        if operand.ty == Type::Error {
            return error(range);
        }
        match result(&pipe, &operand.ty) {
            Some(ty) => made(ExprKind::Pipe(pipe, Box::new(operand)), ty, range),
            None => {
                let at = self.at(call.name.range);
                let what = words::describe(&operand.ty);
                let message = format!("`| {}` can't follow {what}", call.name.text);
                let help = match pipe {
                    Pipe::Label => "only a value of a list has a label",
                    Pipe::Round(_) => "only numbers can be rounded",
                    Pipe::DateIn(_) | Pipe::TimeIn(_) => {
                        "only an instant, such as `now`, is a day and a time somewhere"
                    }
                    Pipe::DateTimeIn(_) => "only a date begins at an instant",
                    _ => "make it text first: `| text`",
                };
                self.report(Finding::new(codes::PIPE_MISUSE, at, message).help(help));
                error(range)
            }
        }
    }

    /// `| reveal "why"`
    fn reveal(&mut self, operand: Expr, call: &PipeCall, range: Range) -> Expr {
        let reason = match call.arguments.as_slice() {
            [argument] => match literal::read(argument) {
                Read::Literal(Literal::Text(text)) if !text.trim().is_empty() => Some(text),
                _ => None,
            },
            _ => None,
        };
        let Some(reason) = reason else {
            let range = call.arguments.first().map_or(call.name.range, |argument| argument.range);
            let message = "`| reveal` needs a reason, which is kept with the conversation";
            self.report(
                Finding::new(codes::PIPE_MISUSE, self.at(range), message)
                    .help("say in quotes why it is shown: `| reveal \"to check the address\"`"),
            );
            return error(range);
        };
        if operand.ty == Type::Error {
            return error(range);
        }
        let ty = operand.ty.clone();
        made(ExprKind::Reveal(Box::new(operand), reason.into()), ty, range)
    }

    fn pipe_named(&mut self, call: &PipeCall) -> Option<Pipe> {
        let plain = match call.name.text.as_str() {
            "" => return None,
            "lower" => Pipe::Lower,
            "upper" => Pipe::Upper,
            "trim" => Pipe::Trim,
            "mask" => Pipe::Mask,
            "text" => Pipe::Text,
            "label" => Pipe::Label,
            "first" => return self.counted(call, 1, MOST_CHARACTERS).map(Pipe::First),
            "last" => return self.counted(call, 1, MOST_CHARACTERS).map(Pipe::Last),
            "round" => return self.counted(call, 0, MOST_DIGITS).map(Pipe::Round),
            "date" => return self.zone(call).map(Pipe::DateIn),
            "time" => return self.zone(call).map(Pipe::TimeIn),
            "datetime" => return self.zone(call).map(Pipe::DateTimeIn),
            _ => {
                self.unknown_pipe(call);
                return None;
            }
        };
        if let Some(argument) = call.arguments.first().or(call.zone.as_deref()) {
            let at = self.at(argument.range);
            let message = format!("`| {}` takes nothing behind it", call.name.text);
            self.report(Finding::new(codes::PIPE_MISUSE, at, message).help("remove it"));
            return None;
        }
        Some(plain)
    }

    fn counted(&mut self, call: &PipeCall, least: u32, most: u32) -> Option<u32> {
        let count = match call.arguments.as_slice() {
            [argument] => match literal::read(argument) {
                Read::Literal(Literal::Number(number)) if number.scale() == 0 => {
                    u32::try_from(number).ok().filter(|count| (least..=most).contains(count))
                }
                _ => None,
            },
            _ => None,
        };
        if count.is_none() {
            let range = call.arguments.first().map_or(call.name.range, |argument| argument.range);
            let at = self.at(range);
            let name = &call.name.text;
            let message = format!("`| {name}` needs one whole number");
            self.report(
                Finding::new(codes::PIPE_MISUSE, at, message)
                    .help(format!("write `| {name} N`, N from {least} to {most}")),
            );
        }
        count
    }

    /// The time zone of `date in "Europe/Berlin"`, by the name that the database has for it.
    fn zone(&mut self, call: &PipeCall) -> Option<Arc<str>> {
        let name = &call.name.text;
        let surplus = call.arguments.first().map(|argument| argument.range);
        let written = call.zone.as_deref().filter(|_| surplus.is_none());
        let Some(Read::Literal(Literal::Text(text))) = written.map(literal::read) else {
            let range = surplus.or(call.zone.as_ref().map(|zone| zone.range));
            let at = self.at(range.unwrap_or(call.name.range));
            let message = format!("`| {name}` needs a time zone");
            self.report(
                Finding::new(codes::PIPE_MISUSE, at, message)
                    .help(format!("write `| {name} in \"Europe/Berlin\"`")),
            );
            return None;
        };
        let range = call.zone.as_ref().map_or(call.name.range, |zone| zone.range);
        self.time_zone(&text, range, codes::PIPE_MISUSE)
    }

    /// A time zone by the name that the database has for it.
    pub(crate) fn time_zone(
        &mut self,
        text: &str,
        range: Range,
        unknown: Code,
    ) -> Option<Arc<str>> {
        let known = zone::zone(text);
        let known = known.as_ref().and_then(|zone| zone.iana_name()).map(Arc::from);
        if known.is_none() {
            let at = self.at(range);
            let names = zone::names();
            let near = suggest::closest(text, names.iter().map(String::as_str));
            let finding = Finding::new(unknown, at, format!("no time zone is called `{text}`"));
            self.report(match near {
                Some(near) => finding
                    .help(format!("did you mean `{near}`?"))
                    .fix(format!("write `{near}`"), vec![(at, format!("\"{near}\""))]),
                None => finding.help("name it by continent and city, such as `Europe/Berlin`"),
            });
        }
        known
    }

    fn unknown_pipe(&mut self, call: &PipeCall) {
        let at = self.at(call.name.range);
        let written = call.name.text.as_str();
        let meant = match written {
            "lowercase" | "downcase" => Some("lower"),
            "uppercase" | "upcase" => Some("upper"),
            "truncate" | "take" | "left" | "cut" => Some("first"),
            "right" => Some("last"),
            "string" | "str" => Some("text"),
            "strip" => Some("trim"),
            _ => suggest::closest(written, PIPES.iter().copied()),
        };
        let finding =
            Finding::new(codes::UNKNOWN_PIPE, at, format!("there is no pipe `{written}`"));
        self.report(match meant {
            Some(meant) => finding
                .help(format!("did you mean `{meant}`?"))
                .fix(format!("write `{meant}`"), vec![(at, meant.to_owned())]),
            None => finding.help(format!("the pipes are {}", PIPES.join(", "))),
        });
    }
}

/// Whether a pipe works on text.
pub(super) fn takes_text(call: &PipeCall) -> bool {
    matches!(call.name.text.as_str(), "lower" | "upper" | "trim" | "first" | "last" | "mask")
}

/// What a pipe gives for an operand; `None` where it can't follow it.
fn result(pipe: &Pipe, operand: &Type) -> Option<Type> {
    let length = table::text_length(operand);
    match pipe {
        Pipe::Text => match operand {
            Type::Blank => None,
            ty if assign::is_textual(ty) => Some(Type::Text(length)),
            _ => Some(Type::Text(None)),
        },
        Pipe::Label => match operand {
            Type::List(list) => Some(Type::Text(table::longest(
                list.values.iter().map(|value| value.label.as_str()),
            ))),
            _ => None,
        },
        Pipe::Round(digits) => match operand {
            Type::Number { precision, scale } => {
                let scale_after = (*digits).min(*scale);
                Some(Type::Number {
                    precision: precision.saturating_sub(*scale) + scale_after,
                    scale: scale_after,
                })
            }
            _ => None,
        },
        Pipe::DateIn(_) => (*operand == Type::DateTime).then_some(Type::Date),
        Pipe::TimeIn(_) => (*operand == Type::DateTime).then_some(Type::Time),
        Pipe::DateTimeIn(_) => (*operand == Type::Date).then_some(Type::DateTime),
        _ if !assign::is_textual(operand) => None,
        Pipe::First(count) | Pipe::Last(count) => {
            Some(Type::Text(Some(length.map_or(*count, |length| length.min(*count)))))
        }
        Pipe::Lower | Pipe::Upper => Some(Type::Text(None)),
        Pipe::Trim | Pipe::Mask => Some(Type::Text(length)),
    }
}
