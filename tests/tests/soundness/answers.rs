//! `answer` in random programs.

use super::super::expr::template;
use super::{INSTEAD, Writer};

impl Writer<'_> {
    pub(super) fn answer(&mut self, depth: usize, runs: &[&str]) {
        if self.dice.percent(30) {
            return self.line("answer", Some(INSTEAD));
        }
        self.line("answer up to 2 turns {", Some("if person is verified {"));
        if self.dice.percent(50) {
            let attr = self.dice.pick(&["conversation.note, person.tier", "conversation.secret"]);
            self.line(format!("knowing {attr}"), Some(""));
        }
        if self.dice.percent(50) {
            let text = template(self.dice, 0);
            self.line(format!("check in 1m {text}"), Some(""));
        }
        for outcome in ["human", "confirmed, assumed", "unresolved", "unavailable"] {
            if self.dice.percent(50) {
                self.line(format!("{outcome} => {{"), Some("if person is known {"));
                self.steps(1, depth.saturating_sub(1), runs);
                self.line("}", None);
            }
        }
        self.line("}", None);
    }
}
