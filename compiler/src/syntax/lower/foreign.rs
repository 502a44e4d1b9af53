//! What people write who come from other languages, and what Tide has for it.

use super::junk::{LineKind, first_word};
use crate::syntax::parser::Kind;

/// Help for a part that is missing, by what stands in its place.
pub(super) fn instead_of(kind: Kind, before: &str, found: &str) -> Option<String> {
    let sign = found.chars().next()?;
    Some(match kind {
        Kind::missing_arrow if matches!(sign, ':' | '⇒' | '→' | '–' | '—') => {
            "write `=>` in its place".to_owned()
        }
        Kind::missing_arrow if first_word(found) == "or" => {
            "write a comma between values: `\"a\", \"b\" => …`".to_owned()
        }
        Kind::missing_arrow if before.trim_end().ends_with("idle") => {
            "write how long without quotes: `idle 10m`".to_owned()
        }
        Kind::missing_equals if found.starts_with("+=") || found.starts_with("-=") => {
            let place = before.split_whitespace().next_back()?;
            format!("write `{place} = {place} {sign} …`")
        }
        Kind::missing_equals if is_let(before) && sign == ':' && !found.starts_with(":=") => {
            let name = before.split_whitespace().next_back()?;
            format!("the value gives the type: `let {name} = …`")
        }
        Kind::missing_equals if is_let(before) && sign == '-' => {
            "a name is one word of letters, digits and `_`, such as `order_number`".to_owned()
        }
        Kind::missing_equals if sign == ':' => "write `=` in its place".to_owned(),
        Kind::missing_colon if sign == '=' => "write the type first: `name: type = …`".to_owned(),
        Kind::missing_colon => {
            "an attribute is written `name: type`, and its name is one word such as `order_number`"
                .to_owned()
        }
        Kind::missing_text | Kind::missing_pattern_text | Kind::missing_owner
            if matches!(sign, ':' | '=') =>
        {
            format!("write it without `{sign}`")
        }
        Kind::missing_on if first_word(found) == "to" => {
            let name = first_word(found[2..].trim_start());
            format!("another workflow is done with `run {name}`")
        }
        Kind::missing_test if matches!(sign, '"' | '\'') || sign.is_ascii_digit() => {
            let value = found.split_whitespace().next()?;
            format!("values are compared with `==`: `== {value}`")
        }
        Kind::missing_hole if sign == '{' => "one brace is enough: `{person.FirstName}`".to_owned(),
        Kind::missing_operand if before.ends_with('<') && sign == '>' => {
            "write `!=` for what is not equal".to_owned()
        }
        _ => return None,
    })
}

/// Whether a text ends in `let NAME`.
fn is_let(before: &str) -> bool {
    let line = before.lines().next_back().unwrap_or_default();
    let mut words = line.split_whitespace().rev();
    words.next().is_some() && words.next() == Some("let")
}

/// Help for a part that is missing, whatever stands there.
pub(super) fn needed(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::missing_space => "write `map Contact to person` or `map Case to conversation`",
        Kind::missing_text => "a text stands in quotes: `\"…\"`",
        Kind::missing_pattern_text => "a pattern stands in single quotes",
        Kind::missing_queue => {
            "write the queue's developer name as `schema/` shows it, without quotes"
        }
        Kind::missing_record_type => {
            "write its developer name as `schema/` shows it, without quotes"
        }
        Kind::missing_user => "write a name of `[user]` in `tidegate.toml`, without quotes",
        Kind::missing_using | Kind::missing_push => {
            "the name of a `push` says what is written: `create case using open_case`"
        }
        Kind::missing_arrow => "an arm is written `what => step`",
        Kind::missing_waiting => {
            "say how long the customer waits for an agent: `hand off using live_chat waiting up to 3m`"
        }
        Kind::missing_up => "a repeat has a bound: `repeat up to 3 { … } exhausted => …`",
        Kind::missing_exhausted => {
            "say behind its `}` what happens when it has gone round that often: `exhausted => go on`"
        }
        Kind::missing_repeat => "a repeat is left with `leave repeat`",
        Kind::missing_open => "what belongs together stands in `{ }`",
        _ => return None,
    })
}

/// Help for words that stand behind a line that is whole.
pub(super) fn behind(before: &str, text: &str, lines: LineKind) -> Option<String> {
    let word = first_word(text);
    let sign = text.chars().next()?;
    let mut own = before.split_whitespace();
    let (begins, given) = (own.next().unwrap_or_default(), own.nth(2).unwrap_or_default());
    Some(match lines {
        _ if matches!(word, "elif" | "elsif" | "elseif") => "write `else if`".to_owned(),
        _ if text.starts_with("/*") || sign == '#' => COMMENT.to_owned(),
        _ if before.ends_with('"') && text.ends_with('"') && !word.is_empty() => {
            "a quote within a text is written `\\\"`".to_owned()
        }
        LineKind::Step | LineKind::Arm if word == "exhausted" => {
            "`exhausted => …` stands behind the `}` of a `repeat`".to_owned()
        }
        LineKind::Map if matches!(word, "if" | "where" | "unless") => {
            "a rule's condition is written `require FIELD when …`".to_owned()
        }
        LineKind::Map if begins == "require" && sign == ',' => {
            "write one field a line: `require FIELD when …`".to_owned()
        }
        LineKind::Map if begins == "require" => {
            "a rule's condition is no formula: write `Reason == \"…\"`, `FIELD is blank` or \
             `FIELD is set`, joined by `and`, `or` and `not`"
                .to_owned()
        }
        LineKind::Step | LineKind::Arm
            if begins == "let" && matches!(given, "ask" | "choose" | "collect") =>
        {
            "what a customer gives is kept in an attribute: `collect { conversation.Subject }`"
                .to_owned()
        }
        LineKind::Step | LineKind::Arm
            if begins == "let" && LineKind::Step.words().contains(&given) =>
        {
            format!(
                "`{given}` is a step of its own, and gives no value: a `let` takes an expression"
            )
        }
        LineKind::Map if sign == ',' => {
            let field = first_word(text[1..].trim_start());
            format!("write one field a line: `sync {field}`")
        }
        _ if sign == ',' && text[1..].starts_with(|next: char| next.is_ascii_digit()) => {
            "decimals stand behind a point: `0.01`".to_owned()
        }
        LineKind::Collect if sign == '"' => {
            "what the customer reads is written `label \"…\"`".to_owned()
        }
        LineKind::Collect if sign != ',' && sign != ';' => {
            "a line has `required`, `label`, `help`, `matches`, `min` and `max`; without \
             `required` it may be left empty"
                .to_owned()
        }
        LineKind::Arm if LineKind::Step.words().contains(&word) => {
            "several steps stand in a block, one a line: `=> { … }`".to_owned()
        }
        _ => return None,
    })
}

/// The step that a word of other languages stands for.
pub(super) fn step_for(text: &str) -> Option<&'static str> {
    let word = first_word(text);
    let says = text[word.len()..].trim_start().starts_with(['"', '\'']);
    Some(match word {
        "send" | "print" | "echo" | "write" | "tell" | "reply" | "respond" | "show" | "message"
            if says =>
        {
            "say"
        }
        "prompt" | "question" if says => "ask",
        "otherwise" => "else",
        "switch" => "match",
        "call" => "run",
        "stop" | "exit" | "quit" => "end",
        "break" => "leave repeat",
        _ => return None,
    })
}

/// Help for a line that begins like none of its kind.
pub(super) fn line(text: &str, kind: LineKind) -> Option<String> {
    let word = first_word(text);
    let rest = text[word.len()..].trim_start();
    Some(match kind {
        _ if text.starts_with('#') || text.starts_with("/*") || text.starts_with("--") => {
            COMMENT.to_owned()
        }
        LineKind::Step if word == "return" => {
            "a workflow returns where its steps end, so take the line out; `end` ends the conversation, \
             and what must not go on stands in the `else` of an `if`"
                .to_owned()
        }
        LineKind::Step if matches!(word, "while" | "for" | "foreach" | "loop" | "until" | "do") => {
            "what is done again has a bound: `repeat up to 3 { … } exhausted => …`, which `leave repeat` \
             leaves"
                .to_owned()
        }
        LineKind::Step if word == "continue" => {
            "a `repeat` goes on at its end: put the steps that are to be left out into an `if`".to_owned()
        }
        LineKind::Entry if text.starts_with(|sign: char| sign.is_ascii_digit()) => {
            "decimals stand behind a point, `4.5`; a comma stands between attributes".to_owned()
        }
        LineKind::Step if matches!(word, "var" | "const" | "local" | "val" | "define") => {
            let name = first_word(rest);
            format!("a value that never changes is written `let {name} = …`")
        }
        LineKind::Step if !word.is_empty() && rest.starts_with('(') => {
            format!("another workflow is done with `run {word}`")
        }
        LineKind::Test if matches!(word, "say" | "ask" | "choose" | "collect" | "end") => {
            "a step stands in a workflow; what it does is expected: `expect say \"…\"`".to_owned()
        }
        LineKind::Push if matches!(word, "Case" | "conversation") && rest.starts_with('.') => {
            let field = first_word(&rest[1..]);
            format!("a field of the Case stands alone: `{field} = …`")
        }
        LineKind::Push if word == "require" => {
            "a rule stands in `map Case to conversation`, and holds for every push".to_owned()
        }
        LineKind::Push if matches!(word, "send" | "keys") => {
            "routing values go to a channel: `push NAME to channel NAME { … }`".to_owned()
        }
        LineKind::Channel if rest.starts_with(['=', ':']) => {
            format!("an attribute goes under a key: `send conversation.… as \"{word}\"`")
        }
        LineKind::Channel if matches!(word, "person" | "conversation" | "session") => {
            format!("write `send` before it: `send {text}`")
        }
        LineKind::Channel if matches!(word, "owner" | "transcript" | "summary" | "carry") => {
            "that belongs to a Case: `push NAME to Case { … }`".to_owned()
        }
        LineKind::Push if word == "if" => {
            "a condition stands in the value: `Field = if … then … else …`".to_owned()
        }
        LineKind::Push if rest.starts_with(':') => format!("write `{word} = …`"),
        LineKind::Arm if text.starts_with('*') => "what is left is taken by `else`".to_owned(),
        _ => return None,
    })
}

/// Words of other languages for the arm that takes what is left.
pub(super) fn means_else(word: &str) -> bool {
    matches!(word, "default" | "otherwise" | "_" | "other" | "any")
}

/// Words of other languages for no value.
pub(super) fn means_blank(word: &str) -> bool {
    matches!(word, "null" | "nil" | "undefined" | "NULL" | "None")
}

const COMMENT: &str = "a comment begins with `//` and ends with its line";
