//! Random expressions, as text. Every hole stands between `⟦` and `⟧`, so that what was built from
//! a blank shows as `⟦⟧`.

use super::dice::Dice;

const TEXTS: &[&str] = &[
    "conversation.note",
    "conversation.long",
    "conversation.short",
    "conversation.order_number",
    "conversation.Subject",
    "conversation.Description",
    "conversation.tel",
    "conversation.site",
    "conversation.mail",
    "person.FirstName",
    "person.LastName",
    "person.Name",
    "person.Email",
    "person.nick",
    "session.name",
    "session.email",
    "session.page",
    "session.summary",
    "session.id",
    "session.browser",
    "session.country",
];
const LISTS: &[&str] = &[
    "conversation.Reason",
    "conversation.Priority",
    "conversation.product",
    "conversation.component",
    "conversation.urgency",
    "conversation.reason_again",
    "conversation.channel",
    "person.tier",
    "person.industry",
    "person.reached",
    "session.messenger",
    "session.resolution",
];
const NUMBERS: &[&str] = &[
    "conversation.amount",
    "conversation.count",
    "conversation.copies",
    "conversation.rate",
    "conversation.refund",
    "person.points",
    "person.Loyalty_Points__c",
    "session.visits",
];
const OTHERS: &[&str] = &[
    "conversation.day",
    "conversation.moment",
    "conversation.clock",
    "conversation.topics",
    "person.Birthdate",
    "person.Id",
    "session.first_seen",
    "session.last_seen",
];

/// What forms ask for.
pub(crate) const ASKED: &[&str] = &[
    "secret",
    "note",
    "long",
    "short",
    "order_number",
    "mail",
    "site",
    "tel",
    "amount",
    "count",
    "refund",
    "flag",
    "Reason",
    "Priority",
    "product",
    "component",
    "topics",
    "day",
    "moment",
    "clock",
    "Subject",
    "Description",
];

/// What is private.
const PRIVATE: &[&str] = &["conversation.secret", "person.pin", "person.Phone"];

/// Something private, as it may be said or not.
pub(crate) fn secret(dice: &mut Dice) -> String {
    let attr = dice.pick(PRIVATE);
    match dice.below(6) {
        0 => attr.to_owned(),
        1 => format!("{attr} ?? \"-\" | upper"),
        2 | 3 => format!("{attr} ?? \"-\" | mask"),
        _ => format!("{attr} ?? \"-\" | reveal \"it was asked for\""),
    }
}

/// Values of the lists, by the name of the attribute behind its dot.
pub(crate) fn values_of(attr: &str) -> &'static [&'static str] {
    match attr.rsplit('.').next().unwrap_or_default() {
        "Reason" | "tier" => &["Billing", "Breakdown", "Other"],
        "Priority" => &["High", "Medium", "Low"],
        "Status" => &["New", "Working", "Closed"],
        "product" | "Product__c" => &["GC5060", "GC7090"],
        "component" | "Component__c" => &["burner", "pump", "display"],
        "urgency" => &["low", "high"],
        "reason_again" => &["Billing", "Other"],
        "channel" | "Channel__c" => &["web_chat", "telephone"],
        "reached" => &["web", "mail"],
        "messenger" => &["web"],
        "resolution" => &["case", "ended", "abandoned"],
        "Origin" => &["Chat", "Web"],
        _ => &["Banking"],
    }
}

pub(crate) fn value_of(dice: &mut Dice, attr: &str) -> String {
    format!("\"{}\"", dice.pick(values_of(attr)))
}

/// A text.
pub(crate) fn text(dice: &mut Dice, depth: usize) -> String {
    match dice.below(if depth == 0 { 3 } else { 9 }) {
        0 => dice.pick(TEXTS).to_owned(),
        1 => literal(dice),
        2 | 3 => template(dice, depth.saturating_sub(1)),
        4 => format!("({}) | {}", text(dice, depth - 1), pipe(dice)),
        5 => format!("({} ?? {})", text(dice, depth - 1), text(dice, depth - 1)),
        6 => format!(
            "(if {} then {} else {})",
            condition(dice, depth - 1),
            text(dice, depth - 1),
            text(dice, depth - 1)
        ),
        7 => format!("({} | label)", dice.pick(LISTS)),
        _ => format!("({}) | first {}", text(dice, depth - 1), 1 + dice.below(60)),
    }
}

fn literal(dice: &mut Dice) -> String {
    dice.pick(&[
        "\"x\"",
        "\"Straße\"",
        "\"a\\nb\"",
        "\"\"",
        "\" \"",
        "\"ada@example.com\"",
        "\"😀\"",
    ])
    .to_owned()
}

fn pipe(dice: &mut Dice) -> String {
    match dice.below(7) {
        0 => "lower".to_owned(),
        1 => "upper".to_owned(),
        2 => "trim".to_owned(),
        3 => "mask".to_owned(),
        4 => format!("last {}", 1 + dice.below(20)),
        5 => format!("first {}", 1 + dice.below(20)),
        _ => "text".to_owned(),
    }
}

/// A text with holes.
pub(crate) fn template(dice: &mut Dice, depth: usize) -> String {
    let mut whole = String::from("\"");
    for _ in 0..1 + dice.below(3) {
        whole.push_str(dice.pick(&["", "a ", "Hi ", "\\n", "ß"]));
        whole.push_str(&format!("⟦{{{}}}⟧", hole(dice, depth)));
    }
    whole.push('"');
    whole
}

fn hole(dice: &mut Dice, depth: usize) -> String {
    match dice.below(8) {
        0 if dice.percent(20) => secret(dice),
        0 => dice.pick(TEXTS).to_owned(),
        1 | 2 => format!("{} ?? \"-\"", dice.pick(TEXTS)),
        3 => dice.pick(LISTS).to_owned(),
        4 => format!("{} | label", dice.pick(LISTS)),
        5 => number(dice, depth),
        6 if dice.percent(25) => "now | text".to_owned(),
        6 if dice.percent(50) => moment(dice).to_owned(),
        6 => dice.pick(OTHERS).to_owned(),
        _ => {
            let number = number(dice, depth);
            format!("if {} then {number} else {}", condition(dice, 0), dice.pick(TEXTS))
        }
    }
}

/// A day, a time of day, an instant or a span that is always there.
fn moment(dice: &mut Dice) -> &'static str {
    dice.pick(&[
        "now | date in \"Europe/Berlin\"",
        "now + 3d | time in \"Asia/Kathmandu\"",
        "(now | date in \"Pacific/Kiritimati\") + 3d | datetime in \"Africa/Cairo\"",
        "now - session.first_seen",
        "now + 300d | date in \"America/New_York\"",
    ])
}

/// A number.
pub(crate) fn number(dice: &mut Dice, depth: usize) -> String {
    match dice.below(if depth == 0 { 3 } else { 7 }) {
        0 => dice.pick(NUMBERS).to_owned(),
        1 => dice.pick(&["0", "1", "2.50", "1.000", "99", "7"]).to_owned(),
        2 => format!("({} ?? {})", dice.pick(NUMBERS), dice.pick(&["0", "1", "3.00"])),
        3 => format!(
            "({} {} {})",
            number(dice, depth - 1),
            dice.pick(&["+", "-", "*", "/"]),
            number(dice, depth - 1)
        ),
        4 => format!("({} | round {})", number(dice, depth - 1), dice.below(4)),
        5 => format!("({} ?? {})", number(dice, depth - 1), number(dice, depth - 1)),
        _ => format!(
            "(if {} then {} else {})",
            condition(dice, depth - 1),
            number(dice, depth - 1),
            number(dice, depth - 1)
        ),
    }
}

/// A value for a list.
pub(crate) fn choice(dice: &mut Dice, target: &str, depth: usize) -> String {
    match dice.below(if depth == 0 { 3 } else { 5 }) {
        0 => value_of(dice, target),
        1 if target == "Reason" => "person.tier".to_owned(),
        1 | 4 => dice.pick(LISTS).to_owned(),
        2 => format!("{} ?? {}", dice.pick(LISTS), value_of(dice, target)),
        _ => {
            let (one, other) = (choice(dice, target, depth - 1), choice(dice, target, depth - 1));
            format!("if {} then ({one}) else ({other})", condition(dice, depth - 1))
        }
    }
}

/// A condition.
pub(crate) fn condition(dice: &mut Dice, depth: usize) -> String {
    match dice.below(if depth == 0 { 12 } else { 16 }) {
        0 => format!("{} is set", any(dice)),
        1 => format!("{} is blank", any(dice)),
        2 => "person is known".to_owned(),
        3 => "person is verified".to_owned(),
        4 => dice.pick(&["conversation.flag", "conversation.escalated"]).to_owned(),
        5 | 6 => {
            let attr = dice.pick(LISTS);
            format!("{attr} {} {}", dice.pick(&["==", "!="]), value_of(dice, attr))
        }
        7 => {
            let attr = dice.pick(LISTS);
            format!("{attr} in [{}, {}]", value_of(dice, attr), value_of(dice, attr))
        }
        8 => format!(
            "{} {} {}",
            dice.pick(TEXTS),
            dice.pick(&["==", "!=", "contains", "starts with", "ends with"]),
            literal(dice)
        ),
        9 => format!("{} matches '[a-z ]*'", dice.pick(TEXTS)),
        10 => {
            let limit = dice.pick(&["0", "1", "100", "500.50"]);
            let attr = dice.pick(NUMBERS);
            let order = dice.pick(&["<", "<=", ">", ">=", "==", "!="]);
            format!("({attr} is set and {attr} {order} {limit})")
        }
        11 if dice.percent(40) => {
            let order = dice.pick(&["<", "<=", ">", ">="]);
            match dice.below(5) {
                3 => format!("now in {}", dice.pick(&["office", "all"])),
                4 => dice.pick(&["conversation.moment in office", "now + 9h in office"]).to_owned(),
                0 => format!("(conversation.moment is set and now {order} conversation.moment)"),
                1 => format!("now - session.first_seen {order} 2h"),
                _ => format!("(now | date in \"Asia/Tokyo\") {order} \"2026-11-22\""),
            }
        }
        11 => format!("{} == {}", dice.pick(TEXTS), dice.pick(TEXTS)),
        12 => format!("({} and {})", condition(dice, depth - 1), condition(dice, depth - 1)),
        13 => format!("({} or {})", condition(dice, depth - 1), condition(dice, depth - 1)),
        14 => format!("not ({})", condition(dice, depth - 1)),
        _ => format!(
            "{} {} {}",
            number(dice, depth - 1),
            dice.pick(&["<", "<=", ">", ">="]),
            number(dice, depth - 1)
        ),
    }
}

fn any(dice: &mut Dice) -> &'static str {
    let kind = dice.pick(&[TEXTS, LISTS, NUMBERS, OTHERS]);
    dice.pick(kind)
}

/// An attribute that may be set, with a value for it.
pub(crate) fn assignment(dice: &mut Dice) -> (String, String) {
    let text_attrs = ["note", "long", "short", "order_number", "Subject", "Description"];
    let list_attrs =
        ["Reason", "Priority", "product", "component", "urgency", "reason_again", "channel"];
    let number_attrs = ["amount", "count", "copies", "rate", "refund"];
    match dice.below(10) {
        0..=2 => {
            let attr = dice.pick(&text_attrs);
            (format!("conversation.{attr}"), text(dice, 2))
        }
        3..=6 => {
            let attr = dice.pick(&list_attrs);
            (format!("conversation.{attr}"), choice(dice, attr, 1))
        }
        7 | 8 => {
            let attr = dice.pick(&number_attrs);
            (format!("conversation.{attr}"), number(dice, 2))
        }
        _ if dice.percent(50) => {
            let attr = dice.pick(&["flag", "escalated"]);
            (format!("conversation.{attr}"), dice.pick(&["true", "false"]).to_owned())
        }
        _ => {
            let attr = dice.pick(&["person.FirstName", "person.nick", "person.LastName"]);
            (attr.to_owned(), text(dice, 1))
        }
    }
}

/// What the value of a `let` is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Number,
    /// One of the values of this list.
    List(&'static str),
}

impl Kind {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        match dice.below(4) {
            0 | 1 => Self::Text,
            2 => Self::Number,
            _ => Self::List(dice.pick(LISTS)),
        }
    }

    /// A value that is never refused.
    pub(crate) fn plain(self) -> &'static str {
        match self {
            Self::Text => "\"x\"",
            Self::Number => "2.50",
            Self::List(attr) => attr,
        }
    }

    /// Any value.
    pub(crate) fn value(self, dice: &mut Dice) -> String {
        match self {
            Self::Text => text(dice, 2),
            Self::Number => number(dice, 2),
            Self::List(attr) if dice.percent(40) => format!("{attr} ?? {}", value_of(dice, attr)),
            Self::List(attr) => attr.to_owned(),
        }
    }

    /// A step that reads a value.
    pub(crate) fn read(self, dice: &mut Dice, name: &str) -> String {
        let shown = dice.pick(&["", " ?? \"-\"", " | text", " | upper"]);
        match (self, dice.below(3)) {
            (Self::Text, 0) => {
                let attr = dice.pick(&["note", "long", "short", "order_number", "Subject"]);
                format!("set conversation.{attr} = {name}")
            }
            (Self::Number, 0) => {
                format!("set conversation.{} = {name} + 1", dice.pick(&["amount", "count", "rate"]))
            }
            (Self::List("person.tier"), 0) => format!("set conversation.Reason = {name}"),
            (Self::List(attr), 0) if attr.starts_with("conversation.") => {
                format!("set {attr} = {name}")
            }
            (Self::List(attr), 1) => {
                let value = value_of(dice, attr);
                format!("say \"⟦{{if {name} == {value} then {name} else {value}}}⟧\"")
            }
            (_, 1) => format!("say \"⟦{{{name}}}⟧\""),
            _ => format!("say \"a ⟦{{{name}{shown}}}⟧\""),
        }
    }
}
