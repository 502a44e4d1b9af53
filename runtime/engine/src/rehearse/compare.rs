//! Whether what happened is what a line expects.

use tidegate_plan::model::{AttrId, Instruction, Owner, PushId};
use tidegate_plan::rehearsal::{Act, Expectation, LineName};
use tidegate_plan::value::{Value, ValueType};

use super::failure::Fault;
use super::output::{OutputKind, quoted, shown};
use super::stage::Stage;
use super::tide;
use crate::effect::CaseRequest;

type Checked = Result<(), Box<Fault>>;

impl Stage<'_> {
    /// Compares what happened next with what a line expects, and takes it away.
    pub(super) fn expect(&mut self, expected: &Expectation) -> Checked {
        match expected {
            Expectation::Say { text, part } => self.expect_say(text, *part),
            Expectation::Note { text, part } => self.expect_note(text, *part),
            Expectation::Answer { text, part } => self.expect_answer(text, *part),
            Expectation::Choices { prompt, labels } => {
                self.expect_choices(prompt.as_deref(), labels.as_deref())
            }
            Expectation::Form { title, lines } => {
                self.expect_form(title.as_deref(), lines.as_deref())
            }
            Expectation::Case { push, owner, fields } => {
                self.expect_case(*push, owner.as_ref(), fields)
            }
            Expectation::Ended { because } => self.expect_ended(because.as_deref()),
            Expectation::HandOff { channel, routing } => {
                self.expect_hand_off(channel.as_deref(), routing.as_deref())
            }
            Expectation::Refused { lines } => self.expect_refused(lines.as_deref()),
            Expectation::Ask => self.expect_ask(),
            Expectation::Verify => self.expect_verify(),
            Expectation::NoCase if self.cases == 0 => Ok(()),
            Expectation::NoCase => {
                let cases = if self.cases == 1 { "a Case has" } else { "Cases have" };
                Err(Fault::expected("no Case is expected", format!("{cases} been asked for")))
            }
            Expectation::Attribute(attr, value) => self.expect_value(*attr, value.as_ref()),
            Expectation::IsSet(attr) if self.slot(*attr).is_some() => Ok(()),
            Expectation::IsSet(attr) => {
                let message = format!("`{}` has no value", self.path(*attr));
                let blank = || "it is blank".to_owned();
                Err(Fault::expected(message, self.undecided(*attr).unwrap_or_else(blank)))
            }
            Expectation::Step(name) => self.expect_step(name),
            Expectation::NothingElse => {
                self.settle();
                match self.outputs.front() {
                    None => Ok(()),
                    Some(next) => {
                        let instead = next.kind.words(self.plan);
                        Err(Fault::expected("something else happens", instead))
                    }
                }
            }
        }
    }

    /// What happens next, once the org has answered; as words where it is something else.
    fn next(&mut self, message: &str) -> Result<OutputKind, Box<Fault>> {
        self.settle();
        match self.outputs.front() {
            Some(next) => Ok(next.kind.clone()),
            None => {
                let fault = Fault::expected(message, self.standing());
                Err(match self.unanswered() {
                    Some(act) => fault
                        .help(format!("write `{}` above this line", tide::line(self.plan, &act))),
                    None => fault,
                })
            }
        }
    }

    fn other(&self, message: &str, found: &OutputKind) -> Checked {
        let written = tide::line(self.plan, &Act::Expect(found.expectation(self.plan)));
        let fault = Fault::expected(message, found.words(self.plan));
        Err(fault.help(format!("what happens is expected by `{written}`")))
    }

    fn taken(&mut self) -> Checked {
        self.outputs.pop_front();
        Ok(())
    }

    fn expect_say(&mut self, text: &str, part: bool) -> Checked {
        let none = "nothing is said here";
        match self.next(none)? {
            OutputKind::Said(said) => {
                let instead = format!("the customer reads `{}`", shown(&said));
                self.same_text(&said, text, part, instead)
            }
            found => self.other(none, &found),
        }
    }

    fn expect_note(&mut self, text: &str, part: bool) -> Checked {
        let none = "nothing is noted here";
        match self.next(none)? {
            OutputKind::Noted(noted) => {
                let instead = format!("`{}` is noted", shown(&noted));
                self.same_text(&noted, text, part, instead)
            }
            found => self.other(none, &found),
        }
    }

    fn expect_answer(&mut self, text: &str, part: bool) -> Checked {
        let none = "the AI says nothing here";
        match self.next(none)? {
            OutputKind::Answered(said) => {
                let instead = format!("the AI says `{}`", shown(&said));
                self.same_text(&said, text, part, instead)
            }
            found => self.other(none, &found),
        }
    }

    fn same_text(&mut self, found: &str, text: &str, part: bool, instead: String) -> Checked {
        if found == text || part && found.contains(text) {
            return self.taken();
        }
        let message = if part { "this is no part of the text" } else { "the text is another one" };
        let fault = Fault::expected(message, instead);
        let blanks_only = shown(found) == shown(text);
        Err(if blanks_only {
            fault.help("they differ by blanks or ends of lines only")
        } else {
            fault
        })
    }

    fn expect_choices(&mut self, prompt: Option<&str>, labels: Option<&[String]>) -> Checked {
        let none = "no buttons are shown here";
        match self.next(none)? {
            OutputKind::Choices { prompt: shown_above, labels: found } => {
                if prompt.is_some_and(|prompt| prompt != shown_above) {
                    let instead = format!("above the buttons stands `{}`", shown(&shown_above));
                    return Err(Fault::expected("another question is asked", instead));
                }
                if labels.is_some_and(|labels| labels != found) {
                    let instead = format!("the buttons are {}", quoted(&found));
                    return Err(Fault::expected("other buttons are shown", instead));
                }
                self.taken()
            }
            found => self.other(none, &found),
        }
    }

    fn expect_form(&mut self, title: Option<&str>, lines: Option<&[LineName]>) -> Checked {
        let none = "no form is shown here";
        match self.next(none)? {
            OutputKind::Form { title: above, lines: found } => {
                if title.is_some_and(|title| Some(title) != above.as_deref()) {
                    let instead = match above {
                        Some(above) => format!("above the form stands `{}`", shown(&above)),
                        None => "nothing stands above the form".to_owned(),
                    };
                    return Err(Fault::expected("the form has another title", instead));
                }
                let paths = |lines: &[LineName]| -> Vec<String> {
                    lines.iter().map(|line| line.key(self.plan)).collect()
                };
                if lines.is_some_and(|lines| paths(lines) != found) {
                    let instead = format!("it asks for {}", quoted(&found));
                    return Err(Fault::expected("the form has other lines", instead));
                }
                self.taken()
            }
            found => self.other(none, &found),
        }
    }

    fn expect_case(
        &mut self,
        push: Option<PushId>,
        owner: Option<&Owner>,
        fields: &[(String, Option<Value>)],
    ) -> Checked {
        let none = "no Case is asked for here";
        match self.next(none)? {
            OutputKind::Case(request) => {
                if push.is_some_and(|push| push.0 != request.push) {
                    let name = self.plan.pushes.get(request.push as usize);
                    let name = name.map_or("another one", |push| push.name.as_str());
                    let instead = format!("it is asked for by `{name}`");
                    return Err(Fault::expected("another push asks for the Case", instead));
                }
                if owner.is_some_and(|owner| request.owner.as_ref() != Some(owner)) {
                    let instead = owner_words(request.owner.as_ref());
                    return Err(Fault::expected("the Case has another owner", instead));
                }
                for (field, value) in fields {
                    compare_field(&request, field, value.as_ref())?;
                }
                self.taken()
            }
            found => self.other(none, &found),
        }
    }

    /// Where it goes, and all that goes along where the test says so.
    fn expect_hand_off(
        &mut self,
        channel: Option<&str>,
        routing: Option<&[(String, String)]>,
    ) -> Checked {
        let none = "nothing is handed off here";
        let (to, along) = match self.next(none)? {
            OutputKind::HandOff { channel, routing } => (channel, routing),
            found => return self.other(none, &found),
        };
        if channel.is_some_and(|channel| channel != to) {
            let instead = format!("it is handed off to `{to}`");
            return Err(Fault::expected("it is handed off elsewhere", instead));
        }
        let Some(wanted) = routing else { return self.taken() };
        let value = |all: &[(String, String)], key: &str| {
            all.iter().find(|(one, _)| one == key).map(|(_, value)| value.clone())
        };
        let otherwise = wanted.iter().filter_map(|(key, expected)| match value(&along, key) {
            Some(found) if found == *expected => None,
            Some(found) => Some(format!("`{key}` is `{}`", shown(&found))),
            None => Some(format!("`{key}` does not go along")),
        });
        let more = along.iter().filter(|(key, _)| value(wanted, key).is_none());
        let more =
            more.map(|(key, found)| format!("`{key}` goes along, which is `{}`", shown(found)));
        let differences: Vec<String> = otherwise.chain(more).collect();
        if !differences.is_empty() {
            let fault = Fault::expected("what goes along is otherwise", differences.join("; "));
            return Err(fault.help("what stands in the braces is all that goes along"));
        }
        self.taken()
    }

    fn expect_ended(&mut self, because: Option<&str>) -> Checked {
        let none = "the conversation does not end here";
        match self.next(none)? {
            OutputKind::Ended { because: found } => {
                if because.is_some_and(|because| Some(because) != found.as_deref()) {
                    let instead = match found {
                        Some(found) => format!("it ends because `{}`", shown(&found)),
                        None => "it ends without a reason".to_owned(),
                    };
                    return Err(Fault::expected("it ends for another reason", instead));
                }
                self.taken()
            }
            found => self.other(none, &found),
        }
    }

    fn expect_refused(&mut self, lines: Option<&[(LineName, Option<String>)]>) -> Checked {
        let Some(found) = self.refused.take() else {
            let message = "no form is refused here";
            return Err(match self.next(message) {
                Ok(found) => Fault::expected(message, found.words(self.plan)),
                Err(fault) => fault,
            });
        };
        let Some(lines) = lines else { return Ok(()) };
        let words = |name: &str, message: &str| format!("{name}: {message}");
        let told: Vec<String> = found.iter().map(|(name, what)| words(name, what)).collect();
        let as_expected = lines.len() == found.len()
            && lines.iter().all(|(line, message)| {
                let what = found.get(&line.key(self.plan));
                what.is_some_and(|what| message.as_ref().is_none_or(|message| message == what))
            });
        if as_expected {
            return Ok(());
        }
        let instead = format!("it is refused for {}", quoted(&told));
        Err(Fault::expected("the form is refused for something else", instead))
    }

    fn expect_ask(&mut self) -> Checked {
        self.settle();
        let none = "nothing is asked for in words here";
        if let Some(next) = self.outputs.front() {
            return Err(Fault::expected(none, next.kind.words(self.plan)));
        }
        match self.waiting() {
            Some((Instruction::Ask { .. } | Instruction::Answer { .. }, _)) => Ok(()),
            _ => Err(Fault::expected(none, self.standing())),
        }
    }

    fn expect_verify(&mut self) -> Checked {
        self.settle();
        let none = "nobody is asked to sign in here";
        if let Some(next) = self.outputs.front() {
            return Err(Fault::expected(none, next.kind.words(self.plan)));
        }
        match self.waiting() {
            Some((Instruction::Verify { .. }, _)) => Ok(()),
            _ => Err(Fault::expected(none, self.standing())),
        }
    }

    fn expect_value(&mut self, attr: AttrId, value: Option<&Value>) -> Checked {
        let email = self.plan.attributes[attr.index()].ty == ValueType::Email;
        let same = match (self.slot(attr), value) {
            (Some(Value::Text(one)), Some(Value::Text(other))) if email => {
                one.eq_ignore_ascii_case(other)
            }
            (found, value) => found == value,
        };
        if same {
            return Ok(());
        }
        let found = self.slot(attr).map(|found| found.to_text().into_owned());
        let message = format!("`{}` has another value", self.path(attr));
        let instead = self.undecided(attr).unwrap_or_else(|| value_words(found.as_deref()));
        Err(Fault::expected(message, instead))
    }

    /// That the AI is still to say what an attribute is.
    fn undecided(&self, attr: AttrId) -> Option<String> {
        let (asked, _) = self.asked_of_ai()?;
        (asked == attr).then(|| self.standing())
    }

    fn expect_step(&mut self, name: &str) -> Checked {
        let is_named = |id: &str| id == name || id.rsplit('/').next() == Some(name);
        let come = self.player.seen[self.since..].iter().any(|at| {
            let step = self.plan.code_steps.get(at.index());
            let step = step.and_then(|step| self.plan.steps.get(step.index()));
            step.is_some_and(|step| is_named(&step.id))
        });
        if come {
            return Ok(());
        }
        Err(Fault::expected("the conversation does not come to this step here", self.standing()))
    }

    pub(super) fn path(&self, attr: AttrId) -> String {
        self.plan.attributes[attr.index()].path()
    }

    fn slot(&self, attr: AttrId) -> Option<&Value> {
        let slots = &self.player.conversation.slots;
        slots.get(attr.index())?.as_ref().map(|slot| &slot.value)
    }
}

fn compare_field(request: &CaseRequest, field: &str, value: Option<&Value>) -> Checked {
    let found = request.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value);
    if found == value {
        return Ok(());
    }
    let message = format!("`{field}` of the Case has another value");
    let found = found.map(|found| found.to_text().into_owned());
    Err(Fault::expected(message, value_words(found.as_deref())))
}

fn value_words(found: Option<&str>) -> String {
    found.map_or("it is blank".to_owned(), |found| format!("it is `{}`", shown(found)))
}

fn owner_words(owner: Option<&Owner>) -> String {
    match owner {
        Some(Owner::Queue(name)) => format!("it belongs to the queue `{name}`"),
        Some(Owner::User(name)) => format!("it belongs to the user `{name}`"),
        Some(Owner::AssignmentRules) => "the org's assignment rules choose its owner".to_owned(),
        None => "it belongs to the user with whom Tidegate logs in".to_owned(),
    }
}
