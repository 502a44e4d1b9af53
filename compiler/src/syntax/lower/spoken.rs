//! A text in the languages of the project.

use super::Lower;
use super::junk::LineKind;
use crate::syntax::ast::{Expr, Name, TextItem};
use crate::syntax::parser::{Kind, Node};

impl<'t> Lower<'t> {
    pub(super) fn text_item(&mut self, node: Node<'t>, doc: Option<String>) -> TextItem {
        let start = node.range();
        let (mut name, mut spoken, mut head) = (None, Vec::new(), start);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::text_name => name = Some(self.name(&part)),
                Kind::text_body => {
                    head = self.from(start);
                    let reported = self.problems.len();
                    spoken = self.languages(part);
                    if spoken.is_empty() && self.problems.len() == reported {
                        self.empty(
                            self.from(start),
                            "this text says nothing",
                            "write a line for each language of the project, such as `en \"Hello\"`",
                        );
                    }
                }
                _ => {}
            }
        }
        let name = name.unwrap_or(Name { text: String::new(), range: head.after() });
        TextItem { doc, name, spoken, head }
    }

    fn languages(&mut self, node: Node<'t>) -> Vec<(Name, Expr)> {
        let mut spoken = Vec::new();
        let mut lines = node.children();
        let around = std::mem::replace(&mut self.lines, LineKind::Spoken);
        while let Some(line) = self.next(&mut lines) {
            match line.kind() {
                Kind::spoken => spoken.extend(self.in_language(line)),
                Kind::unknown_line => self.unknown_line(line, LineKind::Spoken),
                _ => {}
            }
        }
        self.lines = around;
        spoken
    }

    fn in_language(&mut self, node: Node<'t>) -> Option<(Name, Expr)> {
        let (mut language, mut text) = (None, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::language => {
                    language = Some(Name { text: part.text().to_owned(), range: part.range() });
                }
                Kind::text_lines => text = Some(self.text_lines(part)),
                _ => text = Some(self.operand(part)),
            }
        }
        let text = text.unwrap_or_else(|| self.absent_expr());
        Some((language?, text))
    }
}
