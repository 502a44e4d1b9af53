//! Texts of random programs: in both languages, and of several lines.

use super::{INSTEAD, Writer, template};

impl Writer<'_> {
    /// A text in both languages, with the same holes.
    pub(super) fn text(&mut self, number: usize) {
        let text = template(self.dice, 1);
        self.line(format!("text t{number} {{"), None);
        self.line(format!("en {text}"), Some("en \"This\""));
        self.line(format!("de \"Ja, {}", text.trim_start_matches('"')), Some("de \"Das\""));
        self.line("}", None);
    }

    /// A text by its name, and another language.
    pub(super) fn spoken(&mut self) {
        let line = match self.dice.below(5) {
            0 => "speak \"de\"",
            1 => "speak if conversation.flag ?? false then \"de\" else \"en\"",
            2 => "set conversation.note = t0 | first 20",
            3 => "say t0",
            _ => "say t1",
        };
        self.line(line, Some(INSTEAD));
    }

    /// A text of several lines.
    pub(super) fn verse(&mut self) {
        let text = template(self.dice, 0);
        let line = text.trim_matches('"').replace("\\n", " ");
        self.line(format!("say\n  > Dear\n  > {line}"), Some(INSTEAD));
    }
}
