//! The steps that wait for the customer, and forms.

use super::super::expr::{ASKED, template};
use super::{INSTEAD, Writer};

impl Writer<'_> {
    /// The arms of a step that waits.
    pub(super) fn own_arms(&mut self, depth: usize, runs: &[&str]) {
        if self.dice.percent(25) {
            self.line("human => {", None);
            self.steps(1, depth.saturating_sub(1), runs);
            self.line("}", None);
        }
        if self.dice.percent(25) {
            self.idle_arms();
        }
    }

    pub(super) fn ask(&mut self, depth: usize, runs: &[&str]) {
        let text = if self.dice.percent(50) { template(self.dice, 0) } else { String::new() };
        if self.dice.percent(50) {
            return self.line(format!("ask {text}"), Some("ask"));
        }
        self.line(format!("ask {text} {{"), Some("ask {"));
        self.own_arms(depth, runs);
        self.line("}", None);
    }

    pub(super) fn verify(&mut self, depth: usize, runs: &[&str]) {
        self.line("verify {", Some("ask {"));
        self.line("refused => {", Some("human => {"));
        self.steps(1, depth.saturating_sub(1), runs);
        self.line("}", None);
        if self.dice.percent(25) {
            self.idle_arms();
        }
        self.line("}", None);
    }

    pub(super) fn choose(&mut self, depth: usize, runs: &[&str]) {
        let prompt = template(self.dice, 0);
        self.line(format!("choose {prompt} {{"), Some("choose \"Which?\" {"));
        for label in ["One", "Two"] {
            self.line(format!("\"{label}\" => {{"), None);
            self.steps(1, depth.saturating_sub(1), runs);
            self.line("}", None);
        }
        if self.dice.percent(50) {
            self.line("other => {", None);
            self.steps(1, depth.saturating_sub(1), runs);
            self.line("}", None);
        }
        self.own_arms(depth, runs);
        self.line("}", None);
    }

    pub(super) fn collect(&mut self, depth: usize, runs: &[&str]) {
        let title = if self.dice.percent(50) { template(self.dice, 0) } else { String::new() };
        if self.dice.percent(25) {
            let form = self.dice.below(2);
            if self.dice.percent(60) {
                return self.line(format!("collect {title} using f{form}"), Some(INSTEAD));
            }
            self.line(format!("collect {title} using f{form} {{"), Some("ask {"));
            self.own_arms(depth, runs);
            return self.line("}", None);
        }
        self.line(format!("collect {title} {{"), Some("collect {"));
        let asked = self.fields();
        self.line("conversation.copies", None);
        if self.dice.percent(10) {
            let required = if self.dice.percent(50) { " required" } else { "" };
            self.line(format!("file shown{required}"), Some(""));
        }
        self.own_arms(depth, runs);
        self.line("}", None);
        if self.dice.percent(15) {
            let attr = self.dice.pick(&asked).to_owned();
            self.line(format!("clear conversation.{attr}"), Some(INSTEAD));
        }
    }

    pub(super) fn rate(&mut self, depth: usize, runs: &[&str]) {
        let attr = self.dice.pick(&["count", "amount", "refund"]);
        if self.dice.percent(60) {
            return self.line(format!("rate conversation.{attr}"), Some(INSTEAD));
        }
        self.line(format!("rate conversation.{attr} {{"), Some("ask {"));
        self.own_arms(depth, runs);
        self.line("}", None);
    }

    pub(super) fn form(&mut self, number: usize) {
        self.line(format!("form f{number} {{"), None);
        self.fields();
        self.line("conversation.copies", None);
        self.line("}", None);
    }

    /// Lines of a form; gives what they ask for.
    pub(super) fn fields(&mut self) -> Vec<&'static str> {
        let mut attrs = ASKED.to_vec();
        let mut asked = Vec::new();
        for _ in 0..1 + self.dice.below(4) {
            let attr = attrs.remove(self.dice.below(attrs.len()));
            let mut line = format!("conversation.{attr}");
            if self.dice.percent(50) {
                line.push_str(" required");
            }
            if self.dice.percent(15) {
                line.push_str(" label \"This\" help \"As you like\"");
            }
            line.push_str(match attr {
                "amount" | "count" if self.dice.percent(50) => " min 0 max 50",
                "count" => " min 1",
                "short" if self.dice.percent(25) => " min 5",
                "short" if self.dice.percent(25) => " max 9",
                "refund" if self.dice.percent(25) => " max 99999999999",
                "long" | "note" if self.dice.percent(30) => " max 20",
                "order_number" => " matches '[A-Z0-9]*' else \"Letters\"",
                _ => "",
            });
            self.line(line, Some(""));
            asked.push(attr);
        }
        asked
    }
}
