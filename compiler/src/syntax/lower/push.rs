//! `push`.

use super::Lower;
use super::junk::LineKind;
use crate::syntax::ast::{Name, OwnerExpr, Push, PushLine};
use crate::syntax::parser::{Children, Kind, Node};

impl<'t> Lower<'t> {
    pub(super) fn push(&mut self, node: Node<'t>, doc: Option<String>) -> Push {
        let start = node.range();
        let (mut name, mut object, mut record_type) = (None, None, None);
        let (mut head, mut lines) = (start, Vec::new());
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::push_name => name = Some(self.name(&part)),
                Kind::object => object = Some(self.name(&part)),
                Kind::record_type => record_type = Some(self.name(&part)),
                Kind::push_body => {
                    head = self.from(start);
                    lines = self.push_lines(part.children());
                }
                _ => {}
            }
        }
        let absent = || Name { text: String::new(), range: head.after() };
        Push {
            doc,
            name: name.unwrap_or_else(absent),
            object: object.unwrap_or_else(absent),
            record_type,
            lines,
            head,
        }
    }

    fn push_lines(&mut self, mut body: Children<'t>) -> Vec<PushLine> {
        let mut lines = Vec::new();
        while let Some(node) = self.next(&mut body) {
            match node.kind() {
                Kind::assignment => lines.push(self.assignment(node)),
                Kind::owner => lines.push(self.owner(node)),
                Kind::transcript => {
                    let (to, range) = self.target(node);
                    lines.push(PushLine::Transcript { to, range });
                }
                Kind::summary => {
                    let (to, range) = self.target(node);
                    lines.push(PushLine::Summary { to, range });
                }
                Kind::carry => lines.extend(self.carry(node)),
                Kind::unknown_line => self.unknown_line(node, LineKind::Push),
                _ => {}
            }
        }
        lines
    }

    fn assignment(&mut self, node: Node<'t>) -> PushLine {
        let range = node.range();
        let (mut always, mut field, mut value) = (false, None, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_always => always = true,
                Kind::field => field = Some(self.name(&part)),
                Kind::equals => self.check_assignment(&part),
                Kind::expr | Kind::text_lines => value = Some(self.value(part)),
                _ => {}
            }
        }
        PushLine::Field {
            always,
            field: field.unwrap_or_else(|| self.absent_name()),
            value: value.unwrap_or_else(|| self.absent_expr()),
            range,
        }
    }

    pub(super) fn owner(&mut self, node: Node<'t>) -> PushLine {
        let range = node.range();
        let (mut owner, mut when) = (OwnerExpr::Missing, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::owner_queue => {
                    owner = self.owner_name(part).map_or(OwnerExpr::Missing, OwnerExpr::Queue);
                }
                Kind::owner_user => {
                    owner = self.owner_name(part).map_or(OwnerExpr::Missing, OwnerExpr::User);
                }
                Kind::owner_rules => owner = OwnerExpr::AssignmentRules,
                Kind::expr => when = Some(self.expression(part)),
                _ => {}
            }
        }
        PushLine::Owner { owner, when, range }
    }

    fn owner_name(&mut self, node: Node<'t>) -> Option<Name> {
        let mut name = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::owner_name {
                name = Some(self.name(&part));
            }
        }
        name
    }

    fn target(&mut self, node: Node<'t>) -> (Name, crate::source::Range) {
        let range = node.range();
        let mut to = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::target {
                to = Some(self.name(&part));
            }
        }
        (to.unwrap_or_else(|| self.absent_name()), range)
    }

    fn carry(&mut self, node: Node<'t>) -> Option<PushLine> {
        let range = node.range();
        let mut line = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_none => line = Some(PushLine::CarryNone { range }),
                Kind::field => {
                    let field = self.name(&part);
                    line = Some(PushLine::CarryExcept { field, range });
                }
                _ => {}
            }
        }
        line
    }
}
