//! `map` and `data`.

use tidegate_diagnostics::codes;

use super::Lower;
use super::item::Doc;
use super::junk::LineKind;
use crate::source::Range;
use crate::syntax::ast::{Data, DataLine, Described, Map, MapLine, Name, TypeExpr};
use crate::syntax::parser::{Children, Kind, Node};
use crate::syntax::problem::Problem;

impl<'t> Lower<'t> {
    pub(super) fn map(&mut self, node: Node<'t>, doc: Option<String>) -> Map {
        let start = node.range();
        let mut parts = node.children();
        let (mut object, mut space, mut lines) = (None, None, Vec::new());
        let (mut head, mut open) = (start, None);
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::object => object = Some(self.name(&part)),
                Kind::space => space = Some(self.space(&part)),
                Kind::map_body => {
                    head = self.from(start);
                    let brace = part.clone().children().find(|its| its.kind() == Kind::open);
                    open = brace.map(|its| its.range());
                    lines = self.map_lines(part.children());
                }
                _ => {}
            }
        }
        let absent = || Name { text: String::new(), range: head.after() };
        Map {
            doc,
            object: object.unwrap_or_else(absent),
            space: space.unwrap_or_else(absent),
            lines,
            head,
            open,
        }
    }

    fn map_lines(&mut self, mut body: Children<'t>) -> Vec<MapLine> {
        let mut doc = Doc::default();
        let mut lines = Vec::new();
        while let Some(node) = self.next(&mut body) {
            match node.kind() {
                Kind::doc => doc.push(&node),
                Kind::sync => lines.push(self.sync(node, doc.take())),
                Kind::sync_all => {
                    let private = node.clone().children().any(|part| part.kind() == Kind::private);
                    let range = node.range();
                    lines.push(MapLine::SyncAll { private, except: Vec::new(), range });
                    self.finish(node.children());
                }
                Kind::except => self.except(node, &mut lines),
                Kind::find_by => lines.push(self.find_by(node)),
                Kind::require => lines.extend(self.require(node)),
                Kind::unknown_line => self.unknown_line(node, LineKind::Map),
                _ => {}
            }
        }
        lines
    }

    fn find_by(&mut self, node: Node<'t>) -> MapLine {
        let range = node.range();
        let (mut field, mut claim) = (None, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::field => field = Some(self.name(&part)),
                Kind::string | Kind::raw | Kind::curly => claim = Some(self.plain_text(part)),
                _ => {}
            }
        }
        MapLine::FindBy { field: field.unwrap_or_else(|| self.absent_name()), claim, range }
    }

    /// A rule; none where something stands behind it, which may have been meant as its condition.
    fn require(&mut self, node: Node<'t>) -> Option<MapLine> {
        let range = node.range();
        let behind = self.text[range.end as usize..].lines().next().unwrap_or_default().trim();
        let whole = behind.is_empty() || behind.starts_with("//") || behind.starts_with('}');
        let (mut field, mut when, mut conditional) = (None, None, false);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::require_field => field = Some(self.path(&part)),
                Kind::kw_when => conditional = true,
                Kind::expr => when = Some(self.expression(part)),
                _ => {}
            }
        }
        let field = field.unwrap_or_else(|| self.absent_path());
        let when = if conditional { when.or_else(|| Some(self.absent_expr())) } else { None };
        whole.then_some(MapLine::Require { field, when, range })
    }

    fn sync(&mut self, node: Node<'t>, doc: Option<String>) -> MapLine {
        let start = node.range();
        let (mut field, mut alias, mut descriptions) = (None, None, Vec::new());
        let (mut range, mut private) = (None, false);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::private => private = true,
                Kind::sync_path => field = Some(self.path(&part)),
                Kind::alias => alias = Some(self.name(&part)),
                Kind::values => {
                    range = Some(self.from(start));
                    descriptions = self.values(part);
                }
                _ => {}
            }
        }
        let field = field.unwrap_or_else(|| self.absent_path());
        let range = range.unwrap_or_else(|| self.from(start));
        let whole = self.from(start);
        MapLine::Sync { doc, private, field, alias, descriptions, range, whole }
    }

    /// `except` lines belong to the `sync *` above them.
    fn except(&mut self, node: Node<'t>, lines: &mut [MapLine]) {
        let range = node.range();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::field {
                let name = self.name(&part);
                if let Some(MapLine::SyncAll { except, .. }) = lines.last_mut() {
                    except.push(name);
                    continue;
                }
                self.report(
                    Problem::new(
                        codes::OUT_OF_PLACE,
                        range,
                        "`except` has no `sync *` above it to take something from",
                    )
                    .help("write `except` lines right below `sync *`"),
                );
            }
        }
    }

    pub(super) fn data(&mut self, node: Node<'t>) -> Data {
        let start = node.range();
        let (mut space, mut lines) = (None, Vec::new());
        let mut head = start;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::space => space = Some(self.space(&part)),
                Kind::data_body => {
                    head = self.from(start);
                    lines = self.data_lines(part.children());
                }
                _ => {}
            }
        }
        let space = space.unwrap_or(Name { text: String::new(), range: head.after() });
        Data { space, lines, head }
    }

    fn data_lines(&mut self, mut body: Children<'t>) -> Vec<DataLine> {
        let mut doc = Doc::default();
        let mut lines = Vec::new();
        while let Some(node) = self.next(&mut body) {
            match node.kind() {
                Kind::doc => doc.push(&node),
                Kind::attribute => lines.push(self.attribute(node, doc.take())),
                Kind::unknown_line => self.unknown_line(node, LineKind::Data),
                _ => {}
            }
        }
        lines
    }

    fn attribute(&mut self, node: Node<'t>, doc: Option<String>) -> DataLine {
        let range = node.range();
        let (mut name, mut ty, mut default) = (None, None, None);
        let mut private = false;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::private => private = true,
                Kind::attribute_name => name = Some(self.name(&part)),
                Kind::ty => ty = Some(self.type_expr(part)),
                Kind::equals => self.check_assignment(&part),
                Kind::text_lines | Kind::expr => default = Some(self.value(part)),
                _ => {}
            }
        }
        DataLine {
            doc,
            private,
            name: name.unwrap_or_else(|| self.absent_name()),
            ty: ty.unwrap_or_else(|| self.absent_type()),
            default,
            range,
        }
    }

    fn absent_type(&self) -> TypeExpr {
        TypeExpr {
            name: self.absent_name(),
            arguments: Vec::new(),
            values: Vec::new(),
            object: None,
            range: self.here(),
        }
    }

    fn type_expr(&mut self, node: Node<'t>) -> TypeExpr {
        let mut ty = self.absent_type();
        ty.range = node.range();
        let reported = self.problems.len();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::type_name => ty.name = self.type_name(&part),
                Kind::id_of => (ty.name, ty.object) = self.id_of(part),
                Kind::type_arguments => ty.arguments = self.type_arguments(part),
                Kind::values => ty.values = self.values(part),
                Kind::bracketed => {
                    let start = part.range().start;
                    let at = Range { start, end: start + 1 };
                    let message = "the values of a list stand in braces";
                    self.report(
                        Problem::new(codes::FOREIGN_SIGN, at, message)
                            .help("write `{ … }`, one value in quotes a line"),
                    );
                }
                _ => {}
            }
        }
        if ty.values.is_empty() && self.problems.len() > reported {
            // Nobody knows what its values were meant to be.
            ty.name = Name { text: String::new(), range: ty.name.range };
        }
        ty
    }

    /// `multi   list` is `multi list`.
    fn type_name(&mut self, node: &Node<'t>) -> Name {
        let mut name = self.name(node);
        if name.text.contains([' ', '\t']) {
            name.text = name.text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        name
    }

    fn id_of(&mut self, node: Node<'t>) -> (Name, Option<Name>) {
        let start = node.range().start;
        let name = Name { text: "id".to_owned(), range: Range { start, end: start + 2 } };
        let mut object = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::object {
                object = Some(self.name(&part));
            }
        }
        (name, object)
    }

    fn type_arguments(&mut self, node: Node<'t>) -> Vec<Name> {
        let start = node.range().start;
        self.openers.push(Range { start, end: start + 1 });
        let mut arguments = Vec::new();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() == Kind::number {
                arguments.push(Name { text: part.text().to_owned(), range: part.range() });
            }
        }
        self.openers.pop();
        arguments
    }

    pub(super) fn values(&mut self, node: Node<'t>) -> Vec<Described> {
        let mut values = Vec::new();
        let mut lines = node.children();
        while let Some(line) = self.next(&mut lines) {
            match line.kind() {
                Kind::described => {
                    let mut parts = line.children();
                    let Some(value) = self.next(&mut parts) else { continue };
                    let value = self.plain_text(value);
                    let description = self.next(&mut parts).map(|text| self.plain_text(text));
                    values.push(Described { value, description });
                }
                Kind::unknown_line => self.unknown_line(line, LineKind::Value),
                _ => {}
            }
        }
        values
    }
}
