//! Pipes: `| lower`, `| first 80`.

use tidegate_diagnostics::codes;

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
pub const PIPES: &[&str] =
    &["lower", "upper", "trim", "first", "last", "mask", "text", "label", "round"];

/// Digits behind the point that `round` can keep at most.
const MOST_DIGITS: u32 = 18;
/// Characters that `first` and `last` can keep at most.
const MOST_CHARACTERS: u32 = 131_072;

impl Lowering<'_> {
    pub(super) fn pipe(&mut self, operand: Expr, call: &PipeCall, range: Range) -> Expr {
        let Some(pipe) = self.pipe_named(call) else { return error(range) };
        if operand.ty == Type::Error {
            return error(range);
        }
        match result(pipe, &operand.ty) {
            Some(ty) => made(ExprKind::Pipe(pipe, Box::new(operand)), ty, range),
            None => {
                let at = self.at(call.name.range);
                let what = words::describe(&operand.ty);
                let message = format!("`| {}` can't follow {what}", call.name.text);
                let help = match pipe {
                    Pipe::Label => "only a value of a list has a label",
                    Pipe::Round(_) => "only numbers can be rounded",
                    _ => "make it text first: `| text`",
                };
                self.report(Finding::new(codes::PIPE_MISUSE, at, message).help(help));
                error(range)
            }
        }
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
            _ => {
                self.unknown_pipe(call);
                return None;
            }
        };
        if let Some(argument) = call.arguments.first() {
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
fn result(pipe: Pipe, operand: &Type) -> Option<Type> {
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
                let scale_after = digits.min(*scale);
                Some(Type::Number {
                    precision: precision.saturating_sub(*scale) + scale_after,
                    scale: scale_after,
                })
            }
            _ => None,
        },
        _ if !assign::is_textual(operand) => None,
        Pipe::First(count) | Pipe::Last(count) => {
            Some(Type::Text(Some(length.map_or(count, |length| length.min(count)))))
        }
        Pipe::Lower | Pipe::Upper => Some(Type::Text(None)),
        Pipe::Trim | Pipe::Mask => Some(Type::Text(length)),
    }
}
