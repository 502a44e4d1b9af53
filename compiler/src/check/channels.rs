//! What goes along at a hand-off arrives: each key has a parameter, its value fits there, and no two
//! values go under one key.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::flow::eval::{World, eval};
use crate::flow::types::text_of;
use crate::flow::unit::unknown_state;
use crate::hir::{AttrId, Channel, Expr, ExprKind, Routed, Type};
use crate::resolve::channel::source;
use crate::resolve::suggest;
use crate::source::{Loc, Range};
use crate::types::private::exposed;

use super::privacy::misplaced;

/// So many of a message's attributes are named.
const NAMED: usize = 6;
/// `2026-11-22 20:37:15 +0000`, as Fin writes an instant.
const FIN_INSTANT: u32 = 25;

/// What is wrong with what goes along, whatever a conversation holds.
pub(super) fn channels(world: &World<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for push in &world.program.channels {
        for line in &push.routed {
            found.extend(private(world, push, line));
            misplaced(push.item, &line.value, &mut |finding| found.push(finding));
        }
        let Some(parameters) = &push.parameters else { continue };
        for (at, line) in push.routed.iter().enumerate() {
            found.extend(match parameters.get(&line.key) {
                None => Some(not_taken(push, line, parameters.keys())),
                Some(max) => too_long(world, push, line, *max),
            });
            let before = at.checked_sub(1).and_then(|before| push.routed.get(before));
            let before = before.filter(|before| before.key == line.key);
            found.extend(before.map(|before| collision(world, push, before, line)));
        }
        found.extend(left(world, push));
    }
    found
}

fn loc(push: &Channel, range: Range) -> Loc {
    Loc { item: push.item, range }
}

fn name(world: &World<'_>, line: &Routed) -> String {
    source(&line.value).map_or_else(String::new, |attr| world.name(attr))
}

fn private(world: &World<'_>, push: &Channel, line: &Routed) -> Option<Finding> {
    let is_private = |attr: AttrId| world.attribute(attr).is_some_and(|its| its.private);
    let (attr, range) = exposed(&line.value, &is_private)?;
    let message = format!("`{}` is private and sent along to agents", world.name(attr));
    Some(
        Finding::new(codes::PRIVATE_GIVEN_AWAY, loc(push, range), message)
            .label("as it is")
            .help("leave it out, or send it masked: `| mask`"),
    )
}

fn not_taken<'k>(
    push: &Channel,
    line: &Routed,
    parameters: impl Iterator<Item = &'k String>,
) -> Finding {
    let (key, channel) = (&line.key, &push.channel);
    let message = format!("`{channel}` has no parameter `{key}`");
    let finding =
        Finding::new(codes::KEY_NOT_TAKEN, loc(push, line.at), message).label("goes nowhere");
    match suggest::closest(key, parameters.map(String::as_str)) {
        Some(near) => {
            let finding = finding.help(format!("did you mean `as \"{near}\"`? Case counts in keys"));
            let quoted = near.replace('\\', "\\\\").replace('"', "\\\"");
            match line.by_all || !line.named {
                true => finding,
                false => finding.fix(
                    format!("write `as \"{near}\"`"),
                    vec![(loc(push, line.at), format!("\"{quoted}\""))],
                ),
            }
        }
        None => finding.help(format!(
            "give the channel that custom parameter in Salesforce and write it below \
             `[channel.{channel}.parameters]` in `tidegate.toml`, such as `\"{key}\" = 255`; or take \
             the line out"
        )),
    }
}

/// The most characters that a value has as it is sent.
fn longest(world: &World<'_>, fin: bool, value: &Expr) -> u32 {
    if fin && matches!(value.ty, Type::DateTime) {
        return FIN_INSTANT;
    }
    text_of(&eval(world, &unknown_state(world), value), &value.ty).max
}

fn too_long(world: &World<'_>, push: &Channel, line: &Routed, max: u32) -> Option<Finding> {
    let longest = longest(world, push.fin, &line.value);
    if longest <= max {
        return None;
    }
    let (name, key, channel) = (name(world, line), &line.key, &push.channel);
    let characters = match longest {
        u32::MAX => "any number of characters".to_owned(),
        longest => format!("{longest} characters"),
    };
    let message = format!("`{name}` can have {characters}, and `{key}` of `{channel}` takes {max}");
    let finding = Finding::new(codes::TEXT_TOO_LONG, loc(push, line.at), message);
    let is_text =
        matches!(line.value.ty, Type::Text(_) | Type::Url(_) | Type::Email(_) | Type::Phone(_));
    let text = if is_text { "" } else { " | text" };
    let sent = piped(world, &line.value).unwrap_or_else(|| name.clone());
    let cut = format!("send {sent}{text} | first {max}");
    Some(if line.by_all {
        finding.label(format!("sends `{name}` whole")).help(format!(
            "send what fits by a line of its own, `{cut}`, or take it out: `except {name}`"
        ))
    } else {
        finding.help(format!("cut it: `{cut}`"))
    })
}

/// What a line sends, as it is written: an attribute and its pipes.
fn piped(world: &World<'_>, value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Attr(attr) => Some(world.name(*attr)),
        ExprKind::Pipe(pipe, operand) => {
            Some(format!("{} | {}", piped(world, operand)?, pipe.written()))
        }
        _ => None,
    }
}

fn collision(world: &World<'_>, push: &Channel, one: &Routed, other: &Routed) -> Finding {
    let (first, second, key) = (name(world, one), name(world, other), &other.key);
    let message = if first == second {
        format!("`{first}` goes under the key `{key}` twice")
    } else {
        format!("`{first}` and `{second}` both go under the key `{key}`")
    };
    let finding = Finding::new(codes::KEY_TWICE, loc(push, other.at), message);
    if other.by_all {
        return finding.help(format!(
            "take one out, `except {second}`, or give it a key of its own: `send {second} as \"…\"`"
        ));
    }
    finding
        .also(loc(push, one.at), "the other one")
        .help(format!("take one out, or give it another key: `send {second} as \"…\"`"))
}

fn left(world: &World<'_>, push: &Channel) -> Option<Finding> {
    let (range, left) = push.left.as_ref()?;
    let first = world.name(*left.first()?);
    let named: Vec<String> =
        left.iter().take(NAMED).map(|attr| format!("`{}`", world.name(*attr))).collect();
    let more = match left.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let channel = &push.channel;
    let message = format!("`{channel}` has no parameter for {}{more}", named.join(", "));
    Some(
        Finding::new(codes::SENT_IN_VAIN, loc(push, *range), message)
            .label("does not send them")
            .help(format!(
                "take out what no agent needs, `except {first}`, or give the channel a parameter \
                 and write it below `[channel.{channel}.parameters]` in `tidegate.toml`"
            )),
    )
}
