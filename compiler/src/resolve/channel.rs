//! `push NAME to channel CHANNEL`: what goes along at a hand-off, under which keys.

use std::collections::BTreeMap;

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{AttrId, Attribute, Channel, Expr, ExprKind, Origin, Pipe, Routed, Space, Type};
use crate::lower::Lowering;
use crate::resolve::scope::Query;
use crate::resolve::suggest;
use crate::source::Range;
use crate::syntax::ast::{self, ChannelLine, Path};
use crate::types::infer::made;

/// What every channel takes: the parameters that Salesforce has itself.
const STANDARD: [&str; 4] = ["_firstName", "_lastName", "_email", "_subject"];
/// Characters of one of them where the manifest does not say.
const STANDARD_LENGTH: u32 = 255;

/// Lowers a push to a channel. Its findings stay with the lowering.
pub(crate) fn channel(lowering: &mut Lowering<'_>, syntax: &ast::Channel) -> Channel {
    let mut out = Channel {
        name: syntax.name.text.clone(),
        item: lowering.item,
        channel: syntax.channel.text.clone(),
        parameters: parameters(lowering, &syntax.channel),
        fin: false,
        routed: Vec::new(),
        left: None,
        head: syntax.head,
    };
    let (mut all, mut keys): (Option<(Range, &[Path])>, Option<Range>) = (None, None);
    for line in &syntax.lines {
        match line {
            ChannelLine::SendAll { except, range } => {
                once(lowering, all.map(|(earlier, _)| earlier), *range, "send all");
                all = Some((*range, except));
            }
            ChannelLine::KeysOfFin { range } => {
                once(lowering, keys, *range, "keys fin");
                keys = Some(*range);
            }
            ChannelLine::Send { .. } => {}
        }
    }
    out.fin = keys.is_some();
    for line in &syntax.lines {
        if let ChannelLine::Send { value, key, range } = line {
            send(lowering, &mut out, value, key.as_ref(), *range);
        }
    }
    if let Some((range, except)) = all {
        let except: Vec<AttrId> =
            except.iter().filter_map(|path| lowering.attribute(path)).collect();
        send_all(lowering, &mut out, range, &except);
    }
    out.routed.sort_by(|one, other| (&one.key, one.at).cmp(&(&other.key, other.at)));
    out
}

/// What the channel takes. Reports one that the manifest does not have.
fn parameters(lowering: &mut Lowering<'_>, name: &ast::Name) -> Option<BTreeMap<String, u32>> {
    if name.is_missing() {
        return None;
    }
    let channels = &lowering.scope.settings.channels;
    if let Some(own) = channels.get(&name.text) {
        let standard = STANDARD.iter().map(|key| ((*key).to_owned(), STANDARD_LENGTH));
        let own = own.iter().map(|(key, length)| (key.clone(), *length));
        return Some(standard.chain(own).collect());
    }
    let at = lowering.at(name.range);
    let message = format!("`tidegate.toml` has no channel `{}`", name.text);
    let finding = Finding::new(codes::UNKNOWN_CHANNEL, at, message);
    let near = suggest::closest(&name.text, channels.keys().map(String::as_str));
    lowering.report(match near {
        Some(near) => finding
            .help(format!("did you mean `{near}`?"))
            .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
        None => finding.help(format!(
            "describe it there: `[channel.{}]`, with the parameters that the channel has in \
             Salesforce",
            name.text
        )),
    });
    None
}

fn once(lowering: &mut Lowering<'_>, earlier: Option<Range>, range: Range, what: &str) {
    let Some(earlier) = earlier else { return };
    let message = format!("`{what}` is written twice");
    let finding = Finding::new(codes::DECLARED_TWICE, lowering.at(range), message)
        .also(lowering.at(earlier), "it is written here")
        .help("keep one of the two lines");
    lowering.report(finding);
}

/// A line for one attribute.
fn send(
    lowering: &mut Lowering<'_>,
    out: &mut Channel,
    value: &ast::Expr,
    key: Option<&ast::Text>,
    range: Range,
) {
    let value = lowering.infer(value);
    if matches!(value.kind, ExprKind::Error) || matches!(value.ty, Type::Error) {
        return;
    }
    let Some(attr) = source(&value) else {
        let at = lowering.at(value.range);
        let finding = Finding::new(codes::NOT_SENDABLE, at, "a line sends one attribute");
        return lowering.report(finding.help(
            "send an attribute, as it is or through pipes: `send conversation.Subject | first 80`; \
             keep what is made of several in an attribute of its own",
        ));
    };
    let attribute = lowering.scope.attribute(attr);
    let keys = match key {
        Some(key) if key.text.trim().is_empty() => {
            let finding =
                Finding::new(codes::NOT_SENDABLE, lowering.at(key.range), "a key has a name");
            return lowering.report(finding.help(format!(
                "write the parameter's name, or leave `as` out: the key is `{}` then",
                attribute.name
            )));
        }
        Some(key) => vec![key.text.clone()],
        None => keys(attribute, out.fin),
    };
    let at = key.map_or(range, |key| key.range);
    if keys.is_empty() {
        let message = format!("Fin writes no key for `{}`", attribute.path());
        let finding = Finding::new(codes::NOT_SENDABLE, lowering.at(at), message);
        return lowering.report(finding.help("say under which key it goes: `as \"…\"`"));
    }
    let named = key.is_some();
    for key in keys {
        let value = shown(value.clone(), out.fin);
        out.routed.push(Routed { key, value, by_all: false, named, at });
    }
}

/// What `send all` sends beside what the lines say.
fn send_all(lowering: &mut Lowering<'_>, out: &mut Channel, range: Range, except: &[AttrId]) {
    lowering.uses(Query::AnyAttribute);
    let mut left = Vec::new();
    let mut sent = Vec::new();
    for (attr, attribute) in (0u32..).map(AttrId).zip(&lowering.scope.declared.attributes) {
        let own = out.routed.iter().any(|line| source(&line.value) == Some(attr));
        let unknown = attribute.space == Space::Let || matches!(attribute.ty, Type::Error);
        if attribute.private || own || unknown || except.contains(&attr) {
            continue;
        }
        let mut taken = true;
        for key in keys(attribute, out.fin) {
            let takes = out.parameters.as_ref().is_none_or(|its| its.contains_key(&key));
            taken &= takes;
            if takes && !out.routed.iter().any(|line| line.key == key) {
                let value = made(ExprKind::Attr(attr), attribute.ty.clone(), range);
                let value = shown(value, out.fin);
                sent.push(Routed { key, value, by_all: true, named: false, at: range });
            }
        }
        if !taken {
            left.push(attr);
        }
    }
    out.left = Some((range, left));
    out.routed.append(&mut sent);
}

/// The attribute that an expression is, or that goes through its pipes.
pub(crate) fn source(value: &Expr) -> Option<AttrId> {
    match &value.kind {
        ExprKind::Attr(attr) => Some(*attr),
        ExprKind::Pipe(_, operand) => source(operand),
        _ => None,
    }
}

/// Fin sends the labels of list values.
fn shown(value: Expr, fin: bool) -> Expr {
    let range = value.range;
    if fin && matches!(value.ty, Type::List(_)) {
        return made(ExprKind::Pipe(Pipe::Label, Box::new(value)), Type::Text(None), range);
    }
    value
}

/// The keys of an attribute: its name, or those that Fin writes.
fn keys(attribute: &Attribute, fin: bool) -> Vec<String> {
    if !fin {
        return vec![attribute.name.clone()];
    }
    let field = match &attribute.origin {
        Origin::Field { path, .. } if path.len() == 1 => path[0].as_str(),
        _ => "",
    };
    let label = &attribute.label;
    let keys: &[&str] = match (attribute.space, field, attribute.name.as_str()) {
        (Space::Person, "FirstName", _) => &["_firstName", "user_first_name"],
        (Space::Person, "LastName", _) => &["_lastName", "user_last_name"],
        (Space::Person, "Name", _) => &["user_full_name"],
        (Space::Person, "Email", _) => &["_email", "user_email"],
        (Space::Conversation, "Subject", _) => &["_subject"],
        (Space::Session, _, "user_id") => &["user_user_id"],
        (Space::Session, _, "first_seen") => &["user_created_at"],
        (Space::Session, _, "last_seen") => &["user_last_request_at"],
        (Space::Conversation, ..) => return vec![format!("conversation_custom_data_{label}")],
        (Space::Person, ..) => return vec![format!("user_custom_data_{label}")],
        (Space::Session | Space::Let, ..) => &[],
    };
    keys.iter().map(|key| (*key).to_owned()).collect()
}
