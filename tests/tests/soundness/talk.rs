//! Random conversations: whatever customers, Salesforce and time can do to a program.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use tidegate_engine::effect::{Action, Timer};
use tidegate_engine::event::{
    Author, ChatEvent, Detection, Event, Opened, PersonFound, Reply, Signed,
};
use tidegate_engine::file::FileRef;
use tidegate_engine::form;
use tidegate_engine::state::{Conversation, Position};
use tidegate_engine::step;
use tidegate_engine::transition::Transition;
use tidegate_plan::model::{AttrId, Attribute, Input, Instruction, Origin, Space};
use tidegate_plan::value::{Value, ValueType, cut};
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::dice::Dice;

/// How a conversation is played.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// So many events at most.
    pub(crate) events: usize,
    /// So many of a hundred events are made up: stale, for nothing that was asked, of any type.
    pub(crate) garbage: usize,
    /// Characters at most of a text that is made up.
    pub(crate) longest: usize,
    /// How often a form is filled in anew before it is sent as it is.
    pub(crate) tries: usize,
}

impl Manner {
    /// What customers, Salesforce and time can do, until some day nobody says anything any more.
    pub(crate) fn plausible(dice: &mut Dice) -> Self {
        Self { events: 1 + dice.below(40), garbage: 0, longest: 70_000, tries: 12 }
    }
}

/// Sees a conversation, an event and what came of it; says what is wrong.
pub(crate) type Watch<'w> =
    dyn FnMut(&Conversation, &Event, &Transition) -> Result<(), String> + 'w;

/// A sign that stands in private values alone.
pub(crate) const MARK: char = '\u{26BF}';

/// Timers at most that end a conversation in which nobody says anything.
const SILENT: usize = 300;

/// Fields that a Contact always has a value in.
const NEVER_BLANK: &[&str] = &["Id", "LastName", "Name"];

/// Plays one conversation; `watch` sees each transition.
pub(crate) fn play(
    plan: &VerifiedPlan,
    manner: Manner,
    dice: &mut Dice,
    watch: &mut Watch<'_>,
) -> Result<(), String> {
    let start: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    // By day and by night, over a fortnight.
    let start = start + SignedDuration::from_hours(dice.below(14 * 24) as i64);
    let conversation = Conversation::new(Uuid::from_u128(7), plan.hash());
    let mut talk =
        Talk { plan, manner, dice, conversation, now: start, timers: vec![], asked: vec![] };
    let mut event = talk.opening();
    for _ in 0..manner.events {
        let transition = step(plan, &talk.conversation, &event, talk.now);
        watch(&talk.conversation, &event, &transition)?;
        talk.conversation = transition.next;
        talk.timers.extend(transition.timers);
        talk.asked.extend(transition.effects.into_iter().map(|one| (one.key, one.action)));
        if talk.conversation.position == Position::Ended && talk.asked.is_empty() {
            break;
        }
        event = talk.next();
    }
    if manner.garbage > 0 { Ok(()) } else { talk.falls_silent(event, watch) }
}

struct Talk<'a> {
    plan: &'a VerifiedPlan,
    manner: Manner,
    dice: &'a mut Dice,
    conversation: Conversation,
    now: Timestamp,
    timers: Vec<Timer>,
    asked: Vec<(Uuid, Action)>,
}

impl Talk<'_> {
    /// Nobody says or answers anything any more: the conversation must come to its end.
    fn falls_silent(&mut self, last: Event, watch: &mut Watch<'_>) -> Result<(), String> {
        let mut last = Some(last);
        for _ in 0..SILENT {
            if self.conversation.position == Position::Ended {
                return Ok(());
            }
            let event = match last.take() {
                Some(event) => event,
                None if self.timers.is_empty() => {
                    // An agent ends a chat in which nobody writes any more.
                    if let Position::HandedOff { key, .. } = self.conversation.position {
                        last = Some(Event::Chat { key, what: ChatEvent::Ended });
                        continue;
                    }
                    return Err("silence: a wait without end".to_owned());
                }
                None => self.timer(),
            };
            let transition = step(self.plan, &self.conversation, &event, self.now);
            watch(&self.conversation, &event, &transition)?;
            self.conversation = transition.next;
            self.timers.extend(transition.timers);
        }
        Err("silence: it goes round and round".to_owned())
    }

    fn opening(&mut self) -> Event {
        let plan = self.plan;
        let mut values = Vec::new();
        for (attr, attribute) in attributes(plan) {
            let always = matches!(
                attribute.path().as_str(),
                "session.id" | "session.messenger" | "session.first_seen" | "session.visits"
            );
            let given = match (attribute.space, &attribute.origin) {
                (Space::Session, _) => attribute.name != "summary",
                (Space::Person, Origin::Own) => true,
                _ => false,
            };
            if !given || (!always && self.dice.percent(40)) {
                continue;
            }
            let value = match attribute.path().as_str() {
                "session.id" => Value::Text("0190".to_owned()),
                "session.messenger" => Value::Text("web".to_owned()),
                "session.visits" => Value::Number(self.dice.below(1_000).into()),
                _ => self.stored(attribute, true),
            };
            values.push((attr, value));
        }
        let signed = self.dice.percent(75).then(|| self.signed());
        let opened = Opened { signed, values };
        match plan.visits.first().copied().filter(|_| self.dice.percent(50)) {
            Some(visit) => Event::Visited { after_ms: visit.after_ms, opened },
            None => Event::Opened(opened),
        }
    }

    /// Whom the site vouches for; some of them without the claim by which they could be found.
    fn signed(&mut self) -> Signed {
        Signed { claim: self.dice.percent(90).then(|| "ada@example.com".to_owned()) }
    }

    fn next(&mut self) -> Event {
        self.now += SignedDuration::from_secs(1 + self.dice.below(20) as i64);
        if self.manner.garbage > 0 && self.dice.percent(self.manner.garbage) {
            return self.garbage();
        }
        if !self.asked.is_empty() && self.dice.percent(50) {
            let at = self.dice.below(self.asked.len());
            let (key, action) = self.asked.remove(at);
            return self.answer(key, &action);
        }
        if !self.timers.is_empty() && self.dice.percent(40) {
            return self.timer();
        }
        if let Position::HandedOff { key, accepted: true, .. } = self.conversation.position
            && self.plan.on_agent_reply.is_some()
            && self.dice.percent(30)
        {
            return Event::Chat {
                key,
                what: ChatEvent::Wrote { by: Author::Agent, text: "I see.".to_owned() },
            };
        }
        let at_wait = match self.conversation.position {
            Position::Waiting { at, wait, .. } => Some((at, wait)),
            _ => None,
        };
        let awaited = at_wait.and_then(|(at, wait)| Some((self.plan.code.get(at.index())?, wait)));
        match awaited {
            Some((Instruction::Verify { .. }, _)) if self.dice.percent(50) => {
                Event::SignedIn(self.signed())
            }
            Some((Instruction::Verify { .. }, wait)) if self.dice.percent(50) => {
                Event::SignInRefused { wait }
            }
            Some((Instruction::Collect { .. }, wait)) if self.dice.percent(80) => self.form(wait),
            Some((Instruction::Choose { options, .. }, wait)) if self.dice.percent(60) => {
                Event::ChoiceMade { wait, choice: self.dice.below(options.len() + 1) as u32 }
            }
            Some((Instruction::Answer { .. }, wait)) if self.dice.percent(30) => {
                Event::Helped { wait }
            }
            _ if self.dice.percent(25) => Event::HumanRequested,
            _ if self.dice.percent(5) => Event::AnsweredLate { text: "late".to_owned() },
            _ => {
                let all = ["hello", "One", " two ", "", "  ", "a\nb", "😀", "ß"];
                Event::Message { text: self.dice.pick(&all).to_owned() }
            }
        }
    }

    /// What nobody should send.
    fn garbage(&mut self) -> Event {
        let wait = self.dice.below(8) as u64;
        let at = self.dice.below(self.asked.len() + 1);
        let key = self.asked.get(at).map_or(Uuid::nil(), |(key, _)| *key);
        match self.dice.below(18) {
            12 => Event::Answered {
                key,
                reply: Reply::Answer { text: self.words(9), from: Some(self.words(2)) },
            },
            15 => Event::Helped { wait },
            16 => Event::CaseSynced { key, values: Some(self.anything()) },
            11 => {
                let found = Detection::Value { value: self.words(9), because: vec![self.words(3)] };
                Event::Detected { key, found }
            }
            13 => Event::SignedIn(self.signed()),
            14 => Event::SignInRefused { wait },
            0 => Event::Opened(Opened { signed: None, values: self.anything() }),
            1 | 2 => Event::FormSubmitted { wait, values: self.anything(), files: Vec::new() },
            3 => Event::ChoiceMade { wait, choice: self.dice.next() as u32 },
            4 => Event::ChoiceMade { wait, choice: self.dice.below(3) as u32 },
            5 => Event::IdleFired { wait, ordinal: self.dice.below(4) as u32 },
            6 => Event::DeadlinePassed { key },
            7 => Event::Summarised { key, summary: Some(self.words(40)) },
            8 => Event::CaseRefused { key, code: self.words(20) },
            9 => {
                let differs = vec![self.words(9)];
                Event::CaseCreated { key, id: self.words(18), number: None, differs }
            }
            10 => {
                let values = self.anything();
                Event::PersonSynced { key, found: PersonFound::One { id: self.words(18), values } }
            }
            _ => Event::Message { text: self.words(60) },
        }
    }

    /// Values of any type for any attribute, those that do not exist among them.
    fn anything(&mut self) -> Vec<(AttrId, Value)> {
        (0..self.dice.below(5))
            .map(|_| {
                let attr = AttrId(self.dice.below(self.plan.attributes.len() + 2) as u32);
                let value = match self.dice.below(8) {
                    0 => Value::Bool(true),
                    1 => Value::Number((self.dice.next() as i64).into()),
                    2 => Value::Date(jiff::civil::Date::MIN),
                    3 => Value::DateTime(Timestamp::MAX),
                    4 => Value::Time(jiff::civil::Time::MAX),
                    5 => Value::Duration(i64::MIN),
                    6 => Value::Many(vec![self.words(9), String::new()]),
                    _ => Value::Text(self.words(60)),
                };
                (attr, value)
            })
            .collect()
    }

    fn timer(&mut self) -> Event {
        let at = (0..self.timers.len()).min_by_key(|at| self.timers[*at].due).unwrap_or(0);
        let timer = self.timers.remove(at);
        self.now = self.now.max(timer.due);
        timer.event
    }

    fn answer(&mut self, key: Uuid, action: &Action) -> Event {
        match action {
            Action::SyncPerson { .. } => {
                let found = match self.dice.below(6) {
                    0 => PersonFound::Nobody,
                    1 => PersonFound::Several,
                    2 => PersonFound::Unavailable,
                    _ => self.person(),
                };
                Event::PersonSynced { key, found }
            }
            Action::SyncCase { .. } => {
                let values = self.dice.percent(80).then(|| self.fields_of_case());
                Event::CaseSynced { key, values }
            }
            Action::Summarise { .. } => {
                let summary = self.dice.percent(60).then(|| "It is about ß. ".repeat(400));
                Event::Summarised { key, summary }
            }
            Action::Detect { values, .. } => {
                let found = match self.dice.below(8) {
                    0 => Detection::Unavailable,
                    1 => Detection::Nothing,
                    // What was not offered.
                    2 => Detection::Value { value: "Legacy".to_owned(), because: Vec::new() },
                    _ => Detection::Value {
                        value: values[self.dice.below(values.len())].clone(),
                        because: Vec::new(),
                    },
                };
                Event::Detected { key, found }
            }
            Action::Answer { .. } => {
                let reply = match self.dice.below(12) {
                    0 => Reply::Unavailable,
                    1 => Reply::Unresolved,
                    2 => Reply::Human,
                    3 | 4 => Reply::Confirmed,
                    5 => Reply::Answer { text: " ".to_owned(), from: None },
                    6 | 7 => Reply::Question { text: self.words(40) },
                    _ => Reply::Answer { text: self.words(40), from: None },
                };
                Event::Answered { key, reply }
            }
            Action::OpenChat { .. } => Event::Chat { key, what: self.opened() },
            Action::Relay { chat, .. } | Action::RelayReply { chat, .. } => {
                Event::Chat { key: *chat, what: self.relayed() }
            }
            Action::CreateCase(_) if self.dice.percent(30) => {
                Event::CaseRefused { key, code: "X".to_owned() }
            }
            Action::CreateCase(_) => {
                let number = self.dice.percent(50).then(|| "00001042".to_owned());
                let id = "500000000000001AAA".to_owned();
                Event::CaseCreated { key, id, number, differs: Vec::new() }
            }
            Action::AttachTranscript { .. }
            | Action::AttachFile { .. }
            | Action::RelayFile { .. }
            | Action::WithdrawChat { .. }
            | Action::Unreadable { .. } => Event::HumanRequested,
        }
    }

    /// What becomes of a chat that is asked for.
    fn opened(&mut self) -> ChatEvent {
        match self.dice.below(6) {
            0 => ChatEvent::Failed,
            1 => ChatEvent::Lost,
            2 => ChatEvent::Ended,
            // Nobody comes: the time passes.
            3 => ChatEvent::Left,
            _ => ChatEvent::Accepted { name: None },
        }
    }

    /// What comes back for words that went to an agent.
    fn relayed(&mut self) -> ChatEvent {
        match self.dice.below(4) {
            0 => ChatEvent::Lost,
            1 => ChatEvent::Left,
            2 => ChatEvent::Wrote { by: Author::Agent, text: "Yes?".to_owned() },
            _ => ChatEvent::Ended,
        }
    }

    /// What the org has of a Case.
    fn fields_of_case(&mut self) -> Vec<(AttrId, Value)> {
        let plan = self.plan;
        let mut values = Vec::new();
        for (attr, attribute) in attributes(plan) {
            let of_case = attribute.space == Space::Conversation
                && matches!(attribute.origin, Origin::Field(_));
            if of_case && self.dice.percent(50) {
                values.push((attr, self.stored(attribute, false)));
            }
        }
        values
    }

    fn person(&mut self) -> PersonFound {
        let plan = self.plan;
        let mut values = Vec::new();
        for (attr, attribute) in attributes(plan) {
            let Origin::Field(path) = &attribute.origin else { continue };
            let sure = path.len() == 1 && NEVER_BLANK.contains(&path[0].as_str());
            if attribute.space != Space::Person || !(sure || self.dice.percent(50)) {
                continue;
            }
            values.push((attr, self.stored(attribute, false)));
        }
        PersonFound::One { id: "003000000000001AAA".to_owned(), values }
    }

    /// The form of a wait, filled in by whoever knows what it takes, and by others.
    fn form(&mut self, wait: u64) -> Event {
        let plan = self.plan;
        let open = form::open_form(plan, &self.conversation, wait);
        let lines = open.and_then(|id| plan.forms.get(id.index())).map(|form| &form.fields);
        for _ in 0..self.manner.tries {
            let mut texts = BTreeMap::new();
            for line in lines.into_iter().flatten() {
                if line.required || self.dice.percent(60) {
                    let attribute = &plan.attributes[line.attr.index()];
                    texts.insert(attribute.path(), self.typed(attribute, line.input));
                }
            }
            let mut uploads = Vec::new();
            for line in open.map_or(&[][..], |id| &plan.forms[id.index()].files) {
                if line.required || self.dice.percent(60) {
                    let id = Uuid::from_u64_pair(self.conversation.waits, uploads.len() as u64);
                    let (name, media_type) = ("a.png".to_owned(), "image/png".to_owned());
                    uploads.push(FileRef { id, name, bytes: 1, media_type });
                    texts.insert(line.name.clone(), id.to_string());
                }
            }
            if let Ok(event) = form::submitted(plan, &self.conversation, wait, &texts, &uploads) {
                return event;
            }
        }
        // What no browser sends.
        let lines = lines.into_iter().flatten();
        let values = lines
            .map(|line| (line.attr, self.stored(&plan.attributes[line.attr.index()], true)))
            .collect();
        Event::FormSubmitted { wait, values, files: Vec::new() }
    }

    fn typed(&mut self, attribute: &Attribute, input: Input) -> String {
        if let Some(marked) = marked(attribute) {
            return marked;
        }
        let max = length(attribute);
        match input {
            Input::Number => self.number(attribute),
            Input::Rating => self.dice.pick(&["1", "5", "3", "0", "6", "2.5", "x"]).to_owned(),
            Input::Checkbox => self.dice.pick(&["true", "false", ""]).to_owned(),
            Input::Date => self.dice.pick(&["2026-11-22", "0001-01-01", "9999-12-31"]).to_owned(),
            Input::Time => self.dice.pick(&["10:30", "23:59:59.999999999"]).to_owned(),
            Input::DateTime => {
                let all = ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.123456789+01:00"];
                self.dice.pick(&all).to_owned()
            }
            Input::Email => self.dice.pick(&["ada@example.com", "ADA@EXAMPLE.COM"]).to_owned(),
            Input::Phone => "+49 30 1234567".to_owned(),
            Input::Url => "https://example.com/x".to_owned(),
            Input::Select | Input::SelectMany => {
                let mut values = Vec::new();
                for _ in 0..if input == Input::Select { 1 } else { 1 + self.dice.below(9) } {
                    values.push(self.listed(attribute));
                }
                values.join(";")
            }
            Input::Line | Input::Area => self.words(max),
        }
    }

    fn words(&mut self, max: usize) -> String {
        let max = max.min(self.manner.longest);
        let unit = self.dice.pick(&["x", "ß", "ΐ", "😀", "a ", "İ", "AB12", "a b\n", "  x", "ŉ"]);
        let long = unit.repeat(max);
        match self.dice.below(5) {
            0 => String::new(),
            1 => "   ".to_owned(),
            2 => cut(unit, max).into_owned(),
            _ => tidegate_plan::value::first(&long, max).to_owned(),
        }
    }

    fn number(&mut self, attribute: &Attribute) -> String {
        let (precision, scale) = attribute.decimals.unwrap_or((18, 0));
        let whole = "9".repeat(precision.saturating_sub(scale).min(18) as usize);
        let largest = format!("{whole}.{}", "9".repeat(scale.min(18) as usize));
        let largest = largest.trim_end_matches('.').to_owned();
        match self.dice.below(7) {
            0 => "0".to_owned(),
            1 => "-0.000".to_owned(),
            2 => format!("-{largest}"),
            3 => largest,
            4 => "1.0000000000".to_owned(),
            5 => "5".to_owned(),
            _ => self.dice.below(60).to_string(),
        }
    }

    fn listed(&mut self, attribute: &Attribute) -> String {
        let list = attribute.list.and_then(|list| self.plan.lists.get(list.index()));
        let Some(list) = list.filter(|list| !list.values.is_empty()) else {
            return String::new();
        };
        list.values[self.dice.below(list.values.len())].value.clone()
    }

    /// A value that Salesforce, the Messenger or an earlier conversation gives; `wild`, any.
    fn stored(&mut self, attribute: &Attribute, wild: bool) -> Value {
        if let Some(marked) = marked(attribute) {
            return Value::Text(marked);
        }
        let max = length(attribute);
        match attribute.ty {
            ValueType::Text if attribute.list.is_some() => {
                let list = attribute.list.and_then(|list| self.plan.lists.get(list.index()));
                let open = list.is_some_and(|list| list.open);
                let strange = (open || wild) && self.dice.percent(25);
                let retired = attribute.name == "tier" && self.dice.percent(40);
                let listed = if retired { "Legacy".to_owned() } else { self.listed(attribute) };
                Value::Text(if strange { "Strange ".repeat(20) } else { listed })
            }
            ValueType::Text => {
                let text = self.words(if wild { max * 2 } else { max });
                let text = if wild { text } else { text.trim().to_owned() };
                Value::Text(if text.is_empty() { "x".to_owned() } else { text })
            }
            ValueType::Email => {
                let bad = if wild { "nobody" } else { "ada@example.com" };
                Value::Text(self.dice.pick(&["ada@example.com", "Ada@Example.com", bad]).to_owned())
            }
            ValueType::Id => Value::Text("003000000000001AAA".to_owned()),
            ValueType::Number => {
                let text = if wild && self.dice.percent(10) {
                    "123456789012345678.123456".to_owned()
                } else {
                    self.number(attribute)
                };
                Value::Number(text.parse().unwrap_or_default())
            }
            ValueType::Bool => Value::Bool(self.dice.percent(50)),
            ValueType::Date => Value::Date("2000-02-29".parse().expect("a date")),
            ValueType::DateTime => Value::DateTime(self.now),
            ValueType::Time => Value::Time("10:30".parse().expect("a time")),
            ValueType::Duration => Value::Duration(90_000),
            ValueType::Many => Value::Many(vec![self.listed(attribute)]),
        }
    }
}

/// What a private attribute holds, whoever gives it.
fn marked(attribute: &Attribute) -> Option<String> {
    attribute.private.then(|| MARK.to_string().repeat(12))
}

fn length(attribute: &Attribute) -> usize {
    attribute.max_length.unwrap_or(40).min(1 << 20) as usize
}

fn attributes(plan: &VerifiedPlan) -> impl Iterator<Item = (AttrId, &Attribute)> {
    (0u32..).map(AttrId).zip(&plan.attributes)
}
