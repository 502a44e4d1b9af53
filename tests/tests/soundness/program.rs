//! Random programs. Each line knows by what it is replaced when the compiler refuses it, so that
//! what is left is at the edge of what it accepts.

mod spoken;

use tidegate_compiler::analysis::Analysis;
use tidegate_diagnostics::{Diagnostic, Severity};

#[path = "answers.rs"]
mod answers;
#[path = "beginnings.rs"]
mod beginnings;
#[path = "questions.rs"]
mod questions;

use super::dice::Dice;
use super::expr::{Kind, assignment, choice, condition, secret, template, text, values_of};

/// A program that is mended until it is accepted.
pub(crate) struct Draft {
    lines: Vec<Line>,
}

struct Line {
    text: String,
    /// What stands there instead if it is refused; nothing more can be done where there is none.
    instead: Option<String>,
}

/// A line that is refused.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Refused {
    line: usize,
    /// A line that mends what cannot be taken out, or none.
    remedy: String,
    code: &'static str,
}

impl Draft {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let event = if dice.percent(20) { "message" } else { "open" };
        let mut writer = Writer {
            dice,
            lines: Vec::new(),
            lets: Vec::new(),
            given: 0,
            quiet: false,
            rounds: false,
            event,
        };
        for push in 0..3 {
            writer.push(push);
        }
        for line in [
            "push agents to channel live {",
            "send conversation.Priority as \"priority\"",
            "send conversation.copies",
            "}",
        ] {
            writer.line(line, None);
        }
        writer.text(0);
        writer.text(1);
        writer.form(0);
        writer.form(1);
        writer.workflow("main", &["first", "second"]);
        writer.workflow("first", &["second"]);
        writer.workflow("second", &[]);
        writer.starts_before();
        writer.replies();
        writer.visits();
        Self { lines: writer.lines }
    }

    pub(crate) fn text(&self) -> String {
        self.lines.iter().fold(String::new(), |all, line| all + &line.text + "\n")
    }

    /// Takes what agents' replies start out of the program, where something waits for agents.
    pub(crate) fn take_replies(&mut self) -> Option<Self> {
        let handed = self.lines.iter().any(|line| line.text.starts_with("hand off "));
        let at = self.lines.iter().position(|line| line.text == REPLIED)?;
        handed.then(|| Self { lines: self.lines.split_off(at) })
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
    }

    /// Takes out what is refused; gives the code of what that is not possible for.
    pub(crate) fn mend(
        &mut self,
        analysis: &Analysis,
        ignored: &[&str],
    ) -> Result<(), &'static str> {
        let refused = self.refused(analysis, ignored, 0);
        self.mend_lines(refused)
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// What is refused from a line on, or in no line at all.
    pub(crate) fn refused(
        &self,
        analysis: &Analysis,
        ignored: &[&str],
        from: usize,
    ) -> Vec<Refused> {
        let mut refused: Vec<Refused> = analysis
            .diagnostics
            .iter()
            .filter(|found| refuses(found, ignored))
            .map(|found| {
                let source = analysis.sources.get(found.primary.span.source);
                let own = source.is_some_and(|source| source.name == "flow.tide");
                let start = if own { found.primary.span.start as usize } else { usize::MAX };
                let line = self.line_at(start);
                Refused { line, remedy: remedy(found), code: found.code.id() }
            })
            .filter(|refused| refused.line >= from)
            .collect();
        refused.sort();
        refused.dedup_by_key(|refused| refused.line);
        refused
    }

    /// Takes out these lines; gives the code of one for which that is not possible.
    pub(crate) fn mend_lines(&mut self, refused: Vec<Refused>) -> Result<(), &'static str> {
        for Refused { line: at, remedy, code } in refused.into_iter().rev() {
            let mended = match code {
                "E0701" => self.fill(0, SILENCE),
                "E0702" if self.lines.get(at).is_some_and(|line| line.text.contains("idle")) => {
                    self.fill(at, SILENCE)
                }
                "E0702" => self.fill(at, LEAVES),
                _ => self.replace(at, remedy),
            };
            if !mended {
                return Err(code);
            }
        }
        Ok(())
    }

    /// The line in which a byte stands.
    fn line_at(&self, start: usize) -> usize {
        let mut end = 0;
        let found = self.lines.iter().position(|line| {
            end += line.text.len() + 1;
            start < end
        });
        found.unwrap_or(usize::MAX)
    }

    /// Fills the next gap of a kind; one that was filled already does for all.
    fn fill(&mut self, from: usize, gap: &str) -> bool {
        let mut lines = self.lines.iter_mut().skip(from);
        let Some(line) = lines.find(|line| line.text == gap) else { return from == 0 };
        line.text = line.instead.take().unwrap_or_default();
        true
    }

    fn replace(&mut self, at: usize, remedy: String) -> bool {
        let Some(line) = self.lines.get_mut(at) else { return false };
        if !remedy.is_empty() {
            self.lines.insert(at + 1, Line { text: remedy, instead: Some(String::new()) });
            return true;
        }
        let Some(instead) = line.instead.take() else { return false };
        line.text = instead;
        true
    }
}

/// What could not be proved.
const DOUBTS: &[&str] =
    &["W0502", "W0503", "W0511", "W0521", "W0531", "W0541", "W0542", "W0705", "W0801"];
/// What agents' replies start, the last of a program's workflows.
const REPLIED: &str = "workflow replied {";
/// A gap where nobody says what happens in silence.
const SILENCE: &str = "// silence";
/// A gap where an arm does not leave.
const LEAVES: &str = "// leaves";

/// Whether a program with this is not called proved.
pub(crate) fn refuses(found: &Diagnostic, ignored: &[&str]) -> bool {
    let id = found.code.id();
    (found.severity == Severity::Error || DOUBTS.contains(&id)) && !ignored.contains(&id)
}

/// A line that mends what cannot be taken out.
fn remedy(found: &Diagnostic) -> String {
    let named = || found.message.split('`').nth(1).unwrap_or_default();
    match found.code.id() {
        "E0521"
            if found.message.contains("nothing gives")
                || found.message.contains("comes by itself")
                || found.message.contains("get here") =>
        {
            let value = match named() {
                "Refund_Amount__c" => "1.50".to_owned(),
                field => format!("\"{}\"", values_of(field).first().unwrap_or(&"x")),
            };
            format!("  always {} = {value}", named())
        }
        "E0501" | "W0502" | "W0503" => "else => go on".to_owned(),
        _ => String::new(),
    }
}

struct Writer<'d> {
    dice: &'d mut Dice,
    lines: Vec<Line>,
    /// The values of `let` that are known here, with what they hold.
    lets: Vec<(String, Kind)>,
    /// So many have been given.
    given: usize,
    /// In an arm where nothing may wait.
    quiet: bool,
    /// In a repeat that may be left here.
    rounds: bool,
    /// What starts `main`.
    event: &'static str,
}

const INSTEAD: &str = "go on";

impl Writer<'_> {
    fn line(&mut self, text: impl Into<String>, instead: Option<&str>) {
        self.lines.push(Line { text: text.into(), instead: instead.map(str::to_owned) });
    }

    fn push(&mut self, number: usize) {
        let dice = &mut *self.dice;
        // What is carried to a record type that offers less is mended by one that offers all.
        let record_type = [" type Support", " type Returns", ""][number % 3];
        let mut lines = vec![format!("push p{number} to Case{record_type} {{")];
        if dice.percent(50) {
            let owner = dice.pick(&["queue Tier_2", "user ada"]);
            lines.push(format!("  owner {owner} if {}", condition(dice, 1)));
        }
        let owner = dice.pick(&["queue Tier_1", "user ada", "by assignment rules"]);
        lines.push(format!("  owner {owner}"));
        let owners = lines.len();
        let fields = [
            ("Subject", 0),
            ("Description", 0),
            ("Order_Number__c", 0),
            ("Priority", 1),
            ("Reason", 1),
            ("Product__c", 1),
            ("Channel__c", 1),
            ("Origin", 1),
            ("Refund_Amount__c", 2),
        ];
        for (field, kind) in fields {
            let chance = if field == "Channel__c" { 70 } else { 30 };
            if !dice.percent(chance) {
                continue;
            }
            let value = match kind {
                0 => text(dice, 2),
                1 => choice(dice, field, 1),
                _ => super::expr::number(dice, 2),
            };
            let always = if dice.percent(70) { "always " } else { "" };
            lines.push(format!("  {always}{field} = {value}"));
        }
        let transcripts = ["file", "comment", "nowhere", "Description"];
        if dice.percent(60) {
            lines.push(format!("  transcript to {}", dice.pick(&transcripts)));
        }
        let more = ["  summary to Description", "  carry none", "  carry except Reason", ""];
        lines.push(dice.pick(&more).to_owned());
        lines.push("}".to_owned());
        for (at, text) in lines.into_iter().enumerate() {
            let whole = text == "}" || at + 1 == owners;
            if at == 0 {
                let other = format!("push p{number} to Case type Support {{");
                self.line(text, Some(&other));
            } else {
                self.line(text, (!whole).then_some(""));
            }
        }
    }

    fn workflow(&mut self, name: &str, runs: &[&str]) {
        self.line(format!("workflow {name} {{"), None);
        if name == "main" {
            let event = self.event;
            if self.dice.percent(10) {
                let when = condition(self.dice, 1);
                self.line(format!("  on {event} when {when}"), Some(&format!("  on {event}")));
            } else {
                self.line(format!("  on {event}"), None);
            }
        }
        let steps = 2 + self.dice.below(6);
        self.steps(steps, 2, runs);
        if name == "main" {
            let end = self.dice.pick(&["create case using p0", "end because \"done\""]);
            self.line(end, None);
        }
        if name == "main" || self.dice.percent(30) {
            self.line("  defaults {", None);
            if self.dice.percent(70) {
                self.line("    human => {", None);
                self.quiet = true;
                self.steps(2, 1, &[]);
                self.quiet = false;
                self.or_gap("      create case using p0", LEAVES);
                self.line("    }", None);
            }
            if name == "main" || self.dice.percent(50) {
                self.line("    confirmed, assumed => end", None);
                self.line("    unavailable, unresolved => {", None);
                self.steps(1, 1, &[]);
                self.or_gap("      create case using p0", LEAVES);
                self.line("    }", None);
            }
            self.idle_arms();
            self.line("  }", None);
        }
        self.line("}", None);
    }

    fn assign(&mut self) {
        let (attr, value) = assignment(self.dice);
        self.line(format!("set {attr} = {value}"), Some(INSTEAD));
    }

    /// Arms for silence, of which the last leaves.
    fn idle_arms(&mut self) {
        let rounds = std::mem::take(&mut self.rounds);
        self.quiet = true;
        for minutes in [2, 4] {
            if self.dice.percent(40) {
                self.line(format!("    idle {minutes}m => {{"), None);
                self.steps(2, 1, &[]);
                self.line("    }", None);
            }
        }
        self.quiet = false;
        if self.dice.percent(15) {
            self.line("    idle 9m => {", None);
            self.line("ask \"Really?\"", Some(INSTEAD));
            self.line("end because \"gone\"", None);
            self.rounds = rounds;
            return self.line("    }", None);
        }
        self.rounds = rounds;
        self.or_gap("    idle 9m => end", SILENCE);
    }

    /// A line that a conversation needs; sometimes a gap instead, which is filled when it is told.
    fn or_gap(&mut self, line: &str, gap: &str) {
        match self.dice.percent(10) {
            true => self.line(gap, Some(line)),
            false => self.line(line, None),
        }
    }

    fn steps(&mut self, count: usize, depth: usize, runs: &[&str]) {
        let known = self.lets.len();
        for _ in 0..count {
            self.step(depth, runs);
        }
        self.lets.truncate(known);
    }

    /// Gives a value, so that it is read later.
    fn give(&mut self) {
        let kind = Kind::random(self.dice);
        let value = kind.value(self.dice);
        let name = format!("v{}", self.given);
        self.given += 1;
        self.line(format!("let {name} = {value}"), Some(&format!("let {name} = {}", kind.plain())));
        self.lets.push((name, kind));
    }

    /// Reads a value that was given.
    fn read(&mut self) {
        let (name, kind) = self.lets[self.dice.below(self.lets.len())].clone();
        if let (Kind::List(attr), true) = (kind, self.dice.percent(30)) {
            self.line(format!("match {name} {{"), None);
            for value in values_of(attr).iter().filter(|_| self.dice.percent(75)) {
                self.lines.push(Line { text: format!("\"{value}\" => go on"), instead: None });
            }
            self.line("blank => go on", Some(""));
            return self.line("}", None);
        }
        let text = kind.read(self.dice, &name);
        self.line(text, Some(INSTEAD));
    }

    fn step(&mut self, depth: usize, runs: &[&str]) {
        if self.dice.percent(14) {
            return self.give();
        }
        if !self.lets.is_empty() && self.dice.percent(30) {
            return self.read();
        }
        match self.dice.below(if depth == 0 { 10 } else { 18 }) {
            0 if self.dice.percent(30) => self.private(),
            1 if self.dice.percent(30) => self.spoken(),
            0 | 1 => {
                let text = template(self.dice, 1);
                let word = if self.dice.percent(25) { "note" } else { "say" };
                self.line(format!("{word} {text}"), Some(INSTEAD));
            }
            2..=5 => self.assign(),
            6 => {
                let attr = self.dice.pick(&["note", "Reason", "product", "component", "amount"]);
                self.line(format!("clear conversation.{attr}"), Some(INSTEAD));
            }
            7 if !runs.is_empty() => {
                let workflow = self.dice.pick(runs);
                self.line(format!("run {workflow}"), Some(INSTEAD));
            }
            8 if !self.rounds || self.dice.percent(50) => {
                let push = self.dice.below(3);
                self.line(format!("record case using p{push}"), Some(INSTEAD));
            }
            8 | 9 if self.rounds && self.dice.percent(40) => {
                self.line("leave repeat", Some(INSTEAD));
            }
            9..=11 if depth > 0 && self.dice.percent(10) => self.again(depth, runs),
            9..=11 => self.branch(depth, runs),
            12 => self.matching(depth, runs),
            14 if !self.quiet && self.dice.percent(15) => self.hand_off(depth, runs),
            13 | 14 if !self.quiet && self.dice.percent(15) => self.verify(depth, runs),
            13 | 14 if !self.quiet => self.ask(depth, runs),
            15 if !self.quiet => self.choose(depth, runs),
            16 if !self.quiet && self.dice.percent(15) => self.rate(depth, runs),
            16 | 17 if self.dice.percent(20) => self.detect(depth, runs),
            16 | 17 if !self.quiet && self.dice.percent(20) => self.answer(depth, runs),
            16 if !self.quiet => self.collect(depth, runs),
            13 if self.dice.percent(40) => self.line("ask \"Still there?\"", Some(INSTEAD)),
            17 if self.dice.percent(20) => self.line("wait 7m", Some(INSTEAD)),
            17 if self.dice.percent(40) => self.leave(depth),
            15 | 16 if self.quiet && self.dice.percent(30) => {
                self.line("ask \"Still there?\"", Some(INSTEAD));
            }
            17 => self.verse(),
            _ => {
                let text = text(self.dice, 1);
                self.line(format!("say {text}"), Some(INSTEAD));
            }
        }
    }

    /// Something private that is said, noted or put somewhere; sometimes to verified visitors alone.
    fn private(&mut self) {
        let guarded = self.dice.percent(50);
        if guarded {
            self.line("if person is verified {", None);
        }
        let value = secret(self.dice);
        let line = match self.dice.below(6) {
            0 => format!("note \"⟦{{{value}}}⟧\""),
            1 => format!("set conversation.note = ({value}) | first 40"),
            2 => format!("set conversation.secret = {value}"),
            _ => format!("say \"⟦{{{value}}}⟧\""),
        };
        self.line(line, Some(INSTEAD));
        if guarded {
            self.line("}", None);
        }
    }

    fn leave(&mut self, depth: usize) {
        let push = self.dice.below(3);
        if self.dice.percent(20) {
            return self.line("end", Some(INSTEAD));
        }
        if self.dice.percent(30) {
            return self.line("end because \"done\"", Some(INSTEAD));
        }
        if self.dice.percent(35) || depth == 0 {
            return self.line(format!("create case using p{push}"), Some(INSTEAD));
        }
        self.line(format!("create case using p{push} {{"), None);
        for outcome in ["created", "delayed", "rejected"] {
            if self.dice.percent(50) {
                let text = template(self.dice, 0);
                self.line(format!("{outcome} => say {text}"), Some(""));
            }
        }
        self.line("}", None);
    }

    fn branch(&mut self, depth: usize, runs: &[&str]) {
        let depth = depth.saturating_sub(1);
        let test = condition(self.dice, 1);
        self.line(format!("if {test} {{"), Some("if person is verified {"));
        let steps = 1 + self.dice.below(2);
        self.steps(steps, depth, runs);
        if self.dice.percent(40) {
            let test = condition(self.dice, 1);
            self.line(format!("}} else if {test} {{"), Some("} else if person is known {"));
            self.steps(1, depth, runs);
        }
        if self.dice.percent(40) {
            self.line("} else {", None);
            self.steps(1, depth, runs);
        }
        self.line("}", None);
    }

    fn again(&mut self, depth: usize, runs: &[&str]) {
        let depth = depth.saturating_sub(1);
        let times = 2 + self.dice.below(2);
        self.line(format!("repeat up to {times} {{"), None);
        let around = std::mem::replace(&mut self.rounds, true);
        let steps = 1 + self.dice.below(3);
        self.steps(steps, depth, runs);
        if self.dice.percent(50) {
            let test = condition(self.dice, 1);
            self.line(format!("if {test} {{"), Some("if person is verified {"));
            self.line("leave repeat", Some(INSTEAD));
            self.line("}", None);
        }
        self.rounds = around;
        self.line("} exhausted => {", None);
        self.steps(1, depth, runs);
        self.line("}", None);
    }

    fn matching(&mut self, depth: usize, runs: &[&str]) {
        let attr = self.dice.pick(&[
            "conversation.Reason",
            "conversation.Priority",
            "conversation.product",
            "conversation.urgency",
            "person.reached",
            "person.tier",
            "session.messenger",
            "session.resolution",
        ]);
        self.line(format!("match {attr} {{"), None);
        let mut values = values_of(attr);
        if let [one, other, rest @ ..] = values
            && self.dice.percent(30)
        {
            values = rest;
            self.line(format!("\"{one}\", \"{other}\" => go on"), Some(""));
        }
        for value in values {
            if self.dice.percent(75) {
                self.line(format!("\"{value}\" => {{"), None);
                self.steps(1, depth.saturating_sub(1), runs);
                self.line("}", None);
            }
        }
        if self.dice.percent(60) {
            self.line("blank => go on", Some(""));
        }
        self.line("}", None);
    }

    fn detect(&mut self, depth: usize, runs: &[&str]) {
        let attr = self.dice.pick(&["Reason", "Priority", "component", "urgency"]);
        let mut again = if self.dice.percent(40) { " again" } else { "" }.to_owned();
        if attr != "urgency" && self.lines.len().is_multiple_of(3) {
            again += " for type Returns";
        }
        if self.dice.percent(50) {
            return self.line(format!("detect conversation.{attr}{again}"), Some(INSTEAD));
        }
        self.line(format!("detect conversation.{attr}{again} {{"), Some("if person is verified {"));
        self.line("unavailable => {", Some("if person is known {"));
        self.steps(1, depth.saturating_sub(1), runs);
        self.line("}", None);
        self.line("}", None);
    }

    /// A hand-off with all its arms, of which some count on what was known before it.
    fn hand_off(&mut self, depth: usize, runs: &[&str]) {
        let counted = self.dice.percent(60);
        if counted {
            self.line("set conversation.note = \"known\"", Some(INSTEAD));
        }
        let minutes = 1 + self.dice.below(9);
        let head = format!("hand off using agents waiting up to {minutes}m {{");
        self.line(head, Some("if person is verified {"));
        for outcome in ["ended", "no agent", "failed", "lost"] {
            self.line(format!("{outcome} => {{"), Some("if person is known {"));
            if counted && self.dice.percent(50) {
                self.line("say \"⟦{conversation.note}⟧\"", Some(INSTEAD));
            }
            self.steps(1, depth.saturating_sub(1), runs);
            self.line("}", None);
        }
        self.line("}", None);
    }
}
