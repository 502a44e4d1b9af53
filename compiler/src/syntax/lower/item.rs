//! A chunk: documentation, one item, and what should not stand behind it.

use tidegate_diagnostics::codes;

use super::junk::{LineKind, first_line, first_word, shorten};
use super::{Lower, offset};
use crate::source::Range;
use crate::syntax::ast::{Item, Name};
use crate::syntax::chunk::ITEM_KEYWORDS;
use crate::syntax::parser::{Children, Kind, Node};
use crate::syntax::problem::Problem;
use crate::syntax::suggest::nearest;

/// The `///` lines above something, as one text.
#[derive(Default)]
pub(super) struct Doc(Vec<String>);

impl Doc {
    pub(super) fn push(&mut self, node: &Node<'_>) {
        let line = node.text().trim_start_matches('/');
        self.0.push(line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned());
    }

    pub(super) fn take(&mut self) -> Option<String> {
        let lines = std::mem::take(&mut self.0);
        if lines.is_empty() { None } else { Some(lines.join("\n")) }
    }
}

impl<'t> Lower<'t> {
    pub(super) fn chunk(&mut self, mut tree: Children<'t>) -> Item {
        let mut doc = Doc::default();
        let mut item = Item::Nothing;
        while let Some(node) = self.next(&mut tree) {
            if !matches!(node.kind(), Kind::doc | Kind::unknown_item | Kind::after) {
                self.check_column(&node);
            }
            self.lines = match node.kind() {
                Kind::map => LineKind::Map,
                Kind::data => LineKind::Data,
                Kind::push => LineKind::Push,
                Kind::channel => LineKind::Channel,
                Kind::form => LineKind::Collect,
                Kind::text => LineKind::Spoken,
                Kind::test => LineKind::Test,
                _ => LineKind::Step,
            };
            match node.kind() {
                Kind::doc => doc.push(&node),
                Kind::map => item = Item::Map(self.map(node, doc.take())),
                Kind::data => item = Item::Data(self.data(node)),
                Kind::push => item = Item::Push(self.push(node, doc.take())),
                Kind::channel => item = Item::Channel(self.channel(node, doc.take())),
                Kind::form => item = Item::Form(self.form(node, doc.take())),
                Kind::text => item = Item::Text(self.text_item(node, doc.take())),
                Kind::hours => item = Item::Hours(self.hours(node, doc.take())),
                Kind::workflow => item = Item::Workflow(self.workflow(node, doc.take())),
                Kind::test => item = Item::Test(self.rehearsal(node, doc.take())),
                Kind::unknown_item => self.unknown_item(&node),
                Kind::after => self.after(&node),
                _ => {}
            }
        }
        item
    }

    /// Items begin at the beginning of a line.
    fn check_column(&mut self, node: &Node<'t>) {
        let start = node.range().start;
        if start == 0 || self.text[..start as usize].ends_with('\n') {
            return;
        }
        let word = first_word(node.text());
        self.indented_item(word, Range { start, end: start + offset(word.len()) });
    }

    fn first_line_of(&self, node: &Node<'t>) -> Range {
        let start = node.range().start;
        Range { start, end: start + offset(first_line(node.text()).len()) }
    }

    fn unknown_item(&mut self, node: &Node<'t>) {
        let word = first_word(node.text());
        let line = self.first_line_of(node);
        if word.is_empty() {
            let message = format!("`{}` is no item", shorten(first_line(node.text())));
            let problem = Problem::new(codes::UNKNOWN_ITEM, line, message);
            return self.report(problem.help(ITEM_HELP));
        }
        let at = Range { start: line.start, end: line.start + offset(word.len()) };
        self.report(unknown_item(word, at));
    }

    fn after(&mut self, node: &Node<'t>) {
        self.flush();
        let (text, line) = (first_line(node.text()), self.first_line_of(node));
        let word = first_word(text);
        let at = Range { start: line.start, end: line.start + offset(word.len()) };
        let column_0 = self.text[..line.start as usize].ends_with('\n');
        if ITEM_KEYWORDS.contains(&word) {
            self.indented_item(word, at);
        } else if column_0 && !word.is_empty() {
            self.report(unknown_item(word, at));
        } else if !self.braces_reported {
            let what = if text == "}" {
                "this `}` closes nothing"
            } else {
                "this stands behind the end of the item"
            };
            self.report(
                Problem::new(codes::TEXT_BEHIND_ITEM, line, what)
                    .help("a `}` above closes the item too early, or this one is too many"),
            );
        }
    }
}

const ITEM_HELP: &str =
    "an item begins with `map`, `data`, `push`, `form`, `text`, `hours`, `workflow` or `test`";

fn unknown_item(word: &str, at: Range) -> Problem {
    let problem = Problem::new(codes::UNKNOWN_ITEM, at, format!("`{word}` is no item"));
    match nearest(word, ITEM_KEYWORDS) {
        Some(meant) => problem.replace(at, meant).help(format!("did you mean `{meant}`?")),
        None if LineKind::Step.words().contains(&word) => problem.help(format!(
            "`{word}` stands in a workflow, which a `}}` above may have closed too early"
        )),
        None => problem.help(ITEM_HELP),
    }
}

impl<'t> Lower<'t> {
    /// Whether a name is one of the two spaces that can be declared; reports it otherwise.
    pub(super) fn space(&mut self, node: &Node<'t>) -> Name {
        let name = self.name(node);
        if matches!(name.text.as_str(), "person" | "conversation") {
            return name;
        }
        let problem = Problem::new(
            codes::MISSING_PART,
            name.range,
            format!("expected `person` or `conversation`, found `{}`", shorten(&name.text)),
        );
        let problem = match nearest(&name.text, &["person", "conversation"]) {
            Some(meant) => problem.replace(name.range, meant),
            None => problem.help("write `person` for a Contact, `conversation` for a Case"),
        };
        self.report(problem);
        Name { text: String::new(), range: name.range }
    }
}
