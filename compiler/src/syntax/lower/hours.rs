//! `hours`.

use super::Lower;
use crate::syntax::ast::{HolidaysExpr, Hours, Name};
use crate::syntax::parser::{Kind, Node};

impl<'t> Lower<'t> {
    pub(super) fn hours(&mut self, node: Node<'t>, doc: Option<String>) -> Hours {
        let start = node.range();
        let (mut name, mut from, mut holidays, mut head) = (None, None, None, start);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::hours_name => name = Some(self.name(&part)),
                Kind::string | Kind::raw | Kind::curly => {
                    from = Some(self.plain_text(part));
                    head = self.from(start);
                }
                Kind::holidays => holidays = Some(self.holidays(part)),
                _ => {}
            }
        }
        let name = name.unwrap_or(Name { text: String::new(), range: head.after() });
        Hours { doc, name, from, holidays, head }
    }

    fn holidays(&mut self, node: Node<'t>) -> HolidaysExpr {
        let (mut names, mut none, mut all_but) = (Vec::new(), false, false);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_none => none = true,
                Kind::kw_except => all_but = true,
                Kind::string | Kind::raw | Kind::curly => names.push(self.plain_text(part)),
                _ => {}
            }
        }
        match (none, all_but) {
            (true, _) => HolidaysExpr::None,
            (_, true) => HolidaysExpr::AllBut(names),
            _ => HolidaysExpr::These(names),
        }
    }
}
