//! `push … to channel`.

use tidegate_diagnostics::codes;

use super::Lower;
use super::junk::LineKind;
use crate::source::Range;
use crate::syntax::ast::{Channel, ChannelLine, Name};
use crate::syntax::parser::{Children, Kind, Node};
use crate::syntax::problem::Problem;

impl<'t> Lower<'t> {
    pub(super) fn channel(&mut self, node: Node<'t>, doc: Option<String>) -> Channel {
        let start = node.range();
        let (mut name, mut channel, mut head, mut lines) = (None, None, start, Vec::new());
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::push_name => name = Some(self.name(&part)),
                Kind::channel_name => channel = Some(self.name(&part)),
                Kind::channel_body => {
                    head = self.from(start);
                    lines = self.channel_lines(part.children());
                }
                _ => {}
            }
        }
        let absent = || Name { text: String::new(), range: head.after() };
        let (name, channel) = (name.unwrap_or_else(absent), channel.unwrap_or_else(absent));
        Channel { doc, name, channel, lines, head }
    }

    fn channel_lines(&mut self, mut body: Children<'t>) -> Vec<ChannelLine> {
        let mut lines = Vec::new();
        while let Some(node) = self.next(&mut body) {
            let range = node.range();
            match node.kind() {
                Kind::send_all => {
                    lines.push(ChannelLine::SendAll { except: Vec::new(), range });
                    self.finish(node.children());
                }
                Kind::send => lines.push(self.send(node)),
                Kind::send_except => self.send_except(node, &mut lines),
                Kind::keys => {
                    lines.push(ChannelLine::KeysOfFin { range });
                    self.finish(node.children());
                }
                Kind::unknown_line => self.unknown_line(node, LineKind::Channel),
                _ => {}
            }
        }
        lines
    }

    fn send(&mut self, node: Node<'t>) -> ChannelLine {
        let start: Range = node.range();
        let (mut value, mut key) = (None, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::expr => value = Some(self.expression(part)),
                Kind::string | Kind::raw | Kind::curly => key = Some(self.plain_text(part)),
                _ => {}
            }
        }
        let value = value.unwrap_or_else(|| self.absent_expr());
        ChannelLine::Send { value, key, range: self.from(start) }
    }

    /// `except` lines belong to the `send all` above them.
    fn send_except(&mut self, node: Node<'t>, lines: &mut [ChannelLine]) {
        let range = node.range();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if part.kind() != Kind::place {
                continue;
            }
            let path = self.path(&part);
            if let Some(ChannelLine::SendAll { except, .. }) = lines.last_mut() {
                except.push(path);
                continue;
            }
            let message = "`except` has no `send all` above it to take something from";
            self.report(
                Problem::new(codes::OUT_OF_PLACE, range, message)
                    .help("write `except` lines right below `send all`"),
            );
        }
    }
}
