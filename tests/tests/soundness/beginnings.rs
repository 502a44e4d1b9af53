//! What starts beside `main`: before it, or beside a hand-off.

use super::{INSTEAD, Writer, condition, template};

impl Writer<'_> {
    /// Workflows that start where their conditions hold, and `main` elsewhere.
    pub(super) fn starts_before(&mut self) {
        if self.dice.percent(70) {
            return;
        }
        let event = self.event;
        self.starts("guarded", &format!("on {event}"), "main");
        if self.dice.percent(30) {
            self.starts("other", &format!("on {event}"), "guarded, main");
        }
        if event == "message" && self.dice.percent(50) {
            self.starts("early", "on open", "");
        }
    }

    /// Workflows that are shown to visitors, and taken up.
    pub(super) fn visits(&mut self) {
        if self.event != "open" || self.dice.percent(85) {
            return;
        }
        let after = self.dice.pick(&["", " after 30s"]);
        self.starts("shown", &format!("on visit{after}"), "");
        if self.dice.percent(40) {
            self.starts("shown_first", &format!("on visit{after}"), "shown");
        }
    }

    /// What agents' replies start: it sets what others count on, and reads what they have set.
    pub(super) fn replies(&mut self) {
        if self.dice.percent(60) {
            return;
        }
        self.line(super::REPLIED, None);
        if self.dice.percent(40) {
            let when = condition(self.dice, 1);
            self.line(format!("on agent reply when {when}"), Some("on agent reply"));
        } else {
            self.line("on agent reply", None);
        }
        for _ in 0..=self.dice.below(3) {
            match self.dice.below(4) {
                0 => self.give(),
                1 => {
                    let attr = self.dice.pick(&["note", "Reason", "product", "amount"]);
                    self.line(format!("clear conversation.{attr}"), Some(INSTEAD));
                }
                2 => {
                    let when = condition(self.dice, 1);
                    self.line(format!("if {when} {{"), Some("if person is known {"));
                    self.assign();
                    self.line("}", None);
                }
                _ => self.assign(),
            }
        }
        self.lets.clear();
        self.line("}", None);
    }

    /// One of them; what is said of the order is left out at times.
    fn starts(&mut self, name: &str, on: &str, before: &str) {
        let when = condition(self.dice, 1);
        let before = if before.is_empty() { String::new() } else { format!(" before {before}") };
        let stated = match before.rsplit_once(", ") {
            Some((_, last)) if self.dice.percent(50) => format!(" before {last}"),
            _ => before.clone(),
        };
        self.line(format!("workflow {name} {{"), None);
        let instead = format!("{on} when person is known{before}");
        let periods = [" once per visit", " once per day in \"Europe/Berlin\"", " once per person"];
        let once = if self.dice.percent(40) { self.dice.pick(&periods) } else { "" };
        self.line(format!("{on} when {when}{once}{stated}"), Some(&instead));
        if on.starts_with("on visit") {
            self.line("say \"Can we help?\"", None);
        }
        let text = template(self.dice, 0);
        self.line(format!("say {text}"), Some(INSTEAD));
        self.line("run main", None);
        self.line("}", None);
    }
}
