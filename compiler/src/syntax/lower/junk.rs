//! Messages for what is missing and for what does not belong.

use tidegate_diagnostics::codes;

use super::{Lower, Missing, Quiet, foreign, offset};
use crate::source::Range;
use crate::syntax::chunk::ITEM_KEYWORDS;
use crate::syntax::expected;
use crate::syntax::parser::{Kind, Node};
use crate::syntax::problem::{Problem, ProblemFix};
use crate::syntax::suggest::nearest;

/// The longest piece of the user's text that a message repeats.
const QUOTED_LETTERS: usize = 32;

/// What the lines of a body are, for the message about one that is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Of a `map`.
    Map,
    /// Of `data`: an attribute.
    Data,
    /// Of a `push`.
    Push,
    /// Of a push to a channel.
    Channel,
    /// A step.
    Step,
    /// An arm for outcomes or values.
    Arm,
    /// Of a form.
    Collect,
    /// Of an `answer`.
    Answer,
    /// Of a `text`: what it is in one language.
    Spoken,
    /// A value of a list.
    Value,
    /// Of a `test`.
    Test,
    /// What stands in the braces of a test's line.
    Entry,
}

impl LineKind {
    /// Words that begin such a line.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Map => &["find", "sync", "except", "require"],
            Self::Push => &["owner", "transcript", "summary", "carry", "always"],
            Self::Channel => &["send", "except", "keys"],
            Self::Step => &[
                "say", "note", "speak", "wait", "rate", "detect", "answer", "ask", "choose",
                "collect", "set", "let", "clear", "if", "else", "match", "repeat", "leave", "run",
                "create", "record", "hand", "end", "go", "defaults", "on",
            ],
            Self::Answer => &["knowing", "check", "assume"],
            Self::Test => &["given", "customer", "org", "ai", "agent", "time", "expect"],
            Self::Data | Self::Arm | Self::Collect | Self::Spoken | Self::Value | Self::Entry => {
                &[]
            }
        }
    }

    fn called(self) -> &'static str {
        match self {
            Self::Map => "no line of a `map`",
            Self::Data => "no attribute",
            Self::Push => "no line of a `push`",
            Self::Channel => "no line of a push to a channel",
            Self::Step => "no step",
            Self::Arm => "no arm",
            Self::Collect => "no line of a form",
            Self::Answer => "no line of an `answer`",
            Self::Spoken => "no language",
            Self::Value => "no list value",
            Self::Test => "no line of a `test`",
            Self::Entry => "neither an attribute nor a text",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Map => "a line of a `map` begins with `find by`, `sync`, `except` or `require`",
            Self::Data => "an attribute is written `name: type`",
            Self::Push => "a field's line is written `Field = value`",
            Self::Channel => "a line begins with `send`, `except` or `keys`",
            Self::Step => {
                "a step begins with a word such as `say`, `ask`, `collect`, `set` or `if`"
            }
            Self::Arm => "an arm is written `what, or what => a step or a block`",
            Self::Collect => {
                "a line of a form begins with an attribute such as `conversation.Subject`"
            }
            Self::Answer => {
                "a line of an `answer` begins with `knowing`, `check in` or `assume`, or is an arm such \
                 as `confirmed => end`"
            }
            Self::Spoken => "a line of a `text` is a language and the text: `en \"…\"`",
            Self::Value => "a list value is in quotes, with its description behind it",
            Self::Test => {
                "a line of a `test` begins with `given`, `customer`, `org`, `ai`, `agent`, `time` or `expect`"
            }
            Self::Entry => {
                "write an attribute, or one with its value: `conversation.Subject = \"…\"`"
            }
        }
    }
}

impl<'t> Lower<'t> {
    pub(super) fn missing(&mut self, node: &Node<'t>) {
        if let Some(pending) = &mut self.pending {
            pending.and_next = true;
            return;
        }
        if self.after_junk {
            return;
        }
        let before = self.text[..node.range().start as usize].trim_end();
        self.pending = Some(Missing {
            kind: node.kind(),
            at: offset(before.len()),
            opener: self.openers.last().copied(),
            and_next: false,
        });
    }

    /// Reports the missing part that waits, nothing having been found in its place.
    pub(super) fn flush(&mut self) {
        let Some(missing) = self.pending.take() else { return };
        match missing.kind {
            Kind::missing_close => self.unclosed_brace(),
            Kind::missing_hole_close | Kind::missing_group_close | Kind::missing_list_close => {
                self.unclosed(missing);
            }
            Kind::missing_quote => {
                if let Some(opener) = missing.opener {
                    self.unclosed_text(opener, missing.at);
                }
            }
            Kind::missing_open => {
                self.braces_reported = true;
                self.expected(missing, None);
            }
            _ => self.expected(missing, None),
        }
    }

    fn expected(&mut self, missing: Missing, found: Option<(&str, Range)>) {
        let both = expected::with_next(missing.kind).filter(|_| missing.and_next);
        let Some(words) = both.or_else(|| expected::words(missing.kind)) else { return };
        let before = last_token(&self.text[..missing.at as usize]);
        let after = before.map_or_else(String::new, |token| format!(" after `{token}`"));
        let here = Range { start: missing.at, end: missing.at };
        let problem = match found {
            Some((found, range)) => Problem::new(
                codes::MISSING_PART,
                range,
                format!("expected {words}{after}, found `{found}`"),
            ),
            None => Problem::new(codes::MISSING_PART, here, format!("expected {words}{after}")),
        };
        let (text, at) = (self.text, missing.at as usize);
        let instead = foreign::instead_of(missing.kind, &text[..at], text[at..].trim_start());
        let help = instead.or_else(|| foreign::needed(missing.kind).map(str::to_owned));
        if missing.kind == Kind::missing_text && found.is_none() {
            self.text_without_quotes(missing.at);
        }
        self.report(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
    }

    /// Lines that stand further in than one that lacks its text are that text, without quotes.
    fn text_without_quotes(&mut self, at: u32) {
        let start = self.text[..at as usize].rfind('\n').map_or(0, |end| end + 1);
        let own = indent(&self.text[start..]);
        let mut lines = self.text[at as usize..].split_inclusive('\n');
        let mut end = at as usize + lines.next().map_or(0, str::len);
        for line in lines.take_while(|line| indent(line) > own && !line.trim().is_empty()) {
            end += line.len();
        }
        self.quiet.push(Quiet { from: at, to: offset(end) });
    }

    fn unclosed(&mut self, missing: Missing) {
        let Some(opener) = missing.opener else { return };
        let sign = self.text[opener.start as usize..].chars().next().unwrap_or('(');
        let partner = match sign {
            '(' => ')',
            '[' => ']',
            _ => '}',
        };
        let at = Range { start: opener.start, end: opener.start + 1 };
        let end = Range { start: missing.at, end: missing.at };
        let problem =
            Problem::new(codes::UNCLOSED_BRACKET, at, format!("this `{sign}` is never closed"));
        let problem = problem
            .also(end, format!("`{partner}` is expected here at the latest"))
            .help(format!("write `{partner}` where it ends"));
        let problem = if sign == '{' {
            problem.help("write `}` where the expression ends, or `\\{` for a brace in the text")
        } else {
            problem
        };
        self.report(problem);
    }

    fn unclosed_brace(&mut self) {
        if std::mem::replace(&mut self.braces_reported, true) {
            return;
        }
        let Some(unclosed) = find_unclosed(self.text) else { return };
        let problem =
            Problem::new(codes::UNCLOSED_BRACKET, unclosed.opener, "this `{` is never closed")
                .help("write `}` on a line of its own where the block ends");
        self.quiet.push(Quiet { from: unclosed.opener.start, to: offset(self.text.len()) + 1 });
        self.report(match unclosed.expected {
            Expected::Before(at) => problem.also(at, "`}` is expected before this line"),
            Expected::Behind(at) => problem.also(at, "`}` is expected behind this"),
        });
    }

    pub(super) fn junk(&mut self, node: &Node<'t>) {
        let (text, range) = (first_line(node.text()), node.range());
        let range = Range { start: range.start, end: range.start + offset(text.len()) };
        let missing = self.pending.take();
        self.end = node.range().end;
        self.after_junk = true;
        if node.kind() == Kind::head_junk {
            self.braces_reported |= !self.text[self.end as usize..].trim_start().starts_with('{');
        }
        if text.starts_with(CURLY) {
            self.curly(range);
        } else if let Some(missing) = missing {
            self.expected(missing, Some((&shorten(text), range)));
        } else {
            self.unexpected(text, range, node.kind());
        }
    }

    /// Reports the brace that is lost before an `exhausted` that no `repeat` takes.
    fn exhausted_elsewhere(&mut self, word: &str) -> bool {
        let lost = word == "exhausted" && find_unclosed(self.text).is_some();
        if lost {
            self.unclosed_brace();
        }
        lost
    }

    fn unexpected(&mut self, text: &str, range: Range, kind: Kind) {
        if self.exhausted_elsewhere(first_word(text)) {
            return;
        }
        let message = format!("unexpected `{}`", shorten(text));
        let problem = Problem::new(codes::UNEXPECTED_TEXT, range, message);
        let word = first_word(text);
        let no_block = kind == Kind::head_junk && self.braces_reported;
        let before = self.text[..range.start as usize].lines().next_back().unwrap_or_default();
        let meant = (self.lines == LineKind::Collect)
            .then(|| nearest(word, &["required", "label", "help", "matches", "min", "max"]))
            .flatten();
        let lone = before.trim();
        let file = self.lines == LineKind::Collect && nearest(lone, &["file"]).is_some();
        let problem = if file {
            let start = range.start - offset(before.len() - before.find(lone).unwrap_or(0));
            let at = Range { start, end: start + offset(lone.len()) };
            problem.replace(at, "file").help("did you mean `file`?")
        } else if let Some(meant) = meant {
            let at = Range { end: range.start + offset(word.len()), ..range };
            problem.replace(at, meant).help(format!("did you mean `{meant}`?"))
        } else if kind == Kind::hole_junk && !text.starts_with('"') {
            problem.help(
                "write `}` where the expression ends, `\\{` for a brace in the text, or join \
                 values with an operator such as `??`",
            )
        } else if matches!(kind, Kind::hole_junk | Kind::group_junk) {
            problem.help("join values with an operator such as `??`, `+` or `and`")
        } else if foreign::means_else(word) && before.trim_end().ends_with('}') {
            let at = Range { end: range.start + offset(word.len()), ..range };
            problem.replace(at, "else").help("write `else`")
        } else if let Some(help) = foreign::behind(before, text, self.lines) {
            problem.help(help)
        } else if matches!(text, ";" | ",") {
            problem.replace(range, "").help(format!("a line needs no `{text}` at its end"))
        } else if no_block {
            problem.help("write `{` here: what belongs together stands in `{ }`")
        } else if LineKind::Step.words().contains(&word) {
            problem.help(format!("begin a new line with `{word}`"))
        } else {
            problem.help("nothing more can stand here: a step or line ends with its line")
        };
        self.report(problem);
    }

    pub(super) fn curly(&mut self, range: Range) {
        let mut problem =
            Problem::new(codes::CURLY_QUOTES, range, "curly quotes don't enclose a text")
                .help("write straight quotes: `\"…\"`");
        problem.fix = straightened(self.text, range);
        self.report(problem);
    }

    /// A line that begins like none of its kind.
    pub(super) fn unknown_line(&mut self, node: Node<'t>, kind: LineKind) {
        let text = first_line(node.text());
        let word = first_word(text);
        let start = node.range().start;
        self.end = node.range().end;
        self.after_junk = true;
        let line = Range { start, end: start + offset(text.len()) };
        let at = Range { start, end: start + offset(word.len()) };
        let assigns = kind == LineKind::Step && assigns(text);
        let at = if word.is_empty() || assigns { line } else { at };
        self.unknown.push((line, kind));
        if ITEM_KEYWORDS.contains(&word) {
            return self.indented_item(word, at);
        }
        if self.exhausted_elsewhere(word) {
            return;
        }
        if text.starts_with(CURLY) {
            return self.curly(line);
        }
        let shown = if word.is_empty() || assigns { shorten(text) } else { word.to_owned() };
        let message = format!("`{shown}` is {}", kind.called());
        let problem = Problem::new(codes::UNKNOWN_LINE, at, message);
        let foreign = foreign::line(text, kind);
        let ours = foreign::step_for(text).filter(|_| kind == LineKind::Step);
        let near = ours.or_else(|| nearest(word, kind.words())).filter(|_| foreign.is_none());
        let problem = match near {
            Some(meant) => problem.replace(at, meant).help(format!("did you mean `{meant}`?")),
            None if assigns => problem.replace(at, format!("set {text}")),
            None if foreign.is_some() => problem.help(foreign.unwrap_or_default()),
            None => problem.help(kind.help()),
        };
        self.report(problem);
    }

    pub(super) fn indented_item(&mut self, word: &str, at: Range) {
        self.braces_reported = true;
        self.report(
            Problem::new(
                codes::INDENTED_ITEM,
                at,
                format!("`{word}` begins an item only at the beginning of a line"),
            )
            .help("take the blanks before it away, and close the item above with `}`"),
        );
    }
}

pub(super) const CURLY: [char; 8] = [
    '\u{2018}', '\u{2019}', '\u{201A}', '\u{201B}', '\u{201C}', '\u{201D}', '\u{201E}', '\u{201F}',
];

/// The change that makes the first two curly quotes of a place straight ones.
fn straightened(text: &str, at: Range) -> Option<ProblemFix> {
    let quoted = text.get(at.start as usize..at.end as usize)?;
    let mut quotes = quoted.match_indices(CURLY);
    let ((open, sign), (close, other)) = (quotes.next()?, quotes.next()?);
    let inside = quoted.get(open + sign.len()..close)?;
    let edit = |from: usize, sign: &str| {
        let start = at.start + offset(from);
        (Range { start, end: start + offset(sign.len()) }, "\"".to_owned())
    };
    let edits = vec![edit(open, sign), edit(close, other)];
    let title = "write straight quotes".to_owned();
    (!inside.contains(['"', '\\'])).then_some(ProblemFix { title, edits })
}

/// `conversation.Priority = …` and the like.
fn assigns(text: &str) -> bool {
    text.split_once('=').is_some_and(|(place, value)| {
        !value.starts_with(['=', '>'])
            && place.trim().split('.').all(|part| !part.is_empty() && part == first_word(part))
    })
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_end()
}

pub(super) fn first_word(text: &str) -> &str {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.find(|letter| !is_part(letter)).map_or(text, |end| &text[..end])
}

pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(QUOTED_LETTERS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// The word or sign at the end of a text, where a message can repeat it.
fn last_token(before: &str) -> Option<String> {
    let last = before.chars().next_back()?;
    if matches!(last, '"' | '\'') {
        return None;
    }
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    if !is_part(last) {
        let sign = before.rfind(|letter: char| {
            is_part(letter) || letter.is_whitespace() || matches!(letter, '"' | '\'')
        });
        let start = sign.map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        return Some(before[start..].to_owned()).filter(|sign| sign.chars().count() <= 3);
    }
    let start = before
        .rfind(|letter| !is_part(letter))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    Some(shorten(&before[start..]))
}

struct Unclosed {
    opener: Range,
    expected: Expected,
}

/// Where the partner is missing, as the indentation tells.
enum Expected {
    Before(Range),
    Behind(Range),
}

/// The brace that lost its partner: the innermost one of a line that a later one goes back behind
/// without closing it, or else the outermost that is open at the end.
fn find_unclosed(text: &str) -> Option<Unclosed> {
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for line in text.split_inclusive('\n') {
        let (indent, code) = (indent(line), line.trim());
        let is_code = !code.is_empty() && !code.starts_with("//");
        if let Some((at, opened)) = open.last().copied().filter(|_| is_code) {
            let closes = code.starts_with(['}', ']', ')', '>']);
            if (closes && opened > indent) || (!closes && opened >= indent) {
                let here = offset(start + indent);
                let expected = Expected::Before(Range { start: here, end: here + 1 });
                let opener = Range { start: offset(at), end: offset(at + 1) };
                return Some(Unclosed { opener, expected });
            }
        }
        if is_code {
            end = start + line.trim_end().len();
            for (at, byte) in line.bytes().enumerate() {
                match byte {
                    b'{' => open.push((start + at, indent)),
                    b'}' => drop(open.pop()),
                    _ => {}
                }
            }
        }
        start += line.len();
    }
    let (at, _) = open.first().copied()?;
    let expected = Expected::Behind(Range { start: offset(end), end: offset(end) });
    Some(Unclosed { opener: Range { start: offset(at), end: offset(at + 1) }, expected })
}
