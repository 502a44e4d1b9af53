//! A conversation with an org and a clock that do what the test says, or else what is usual.

mod agent;
mod ai;
mod records;
mod visit;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use tidegate_plan::model::{AttrId, FormId, Instruction, Origin, StepId};
use tidegate_plan::rehearsal::{Customer, Given, LineName, Org, Rehearsals};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::failure::{Fault, Told, Where};
use super::output::{Output, OutputKind, outputs, quoted};
use super::player::Player;
use crate::effect::Action;
use crate::event::{Detection, Event, Opened, Reply, Signed};
use crate::file::FileRef;
use crate::form::{self, Mistakes};
use crate::message::Message;
use crate::state::Position;
use crate::transition::{Reception, Transition};

/// When a test begins that does not say: a Monday morning.
pub(super) const BEGIN: Timestamp = Timestamp::constant(1_795_428_000, 0);
/// The Contact of a test that does not name one.
const CONTACT: &str = "003000000000001AAA";
/// Whom a test's visitor claims to be that does not say.
const CLAIM: &str = "visitor@example.com";
/// The number before that of the first Case.
const NUMBERS: u32 = 1000;

/// Whom the org finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finds {
    TheContact,
    Nobody,
    Several,
}

/// A rehearsed conversation.
#[derive(Debug, Clone)]
pub(super) struct Stage<'p> {
    pub(super) plan: &'p VerifiedPlan,
    pub(super) player: Player<'p>,
    /// What happened and no line has expected yet.
    pub(super) outputs: VecDeque<Output>,
    /// What the customer reads about the form that was sent, where it was refused.
    pub(super) refused: Option<Mistakes>,
    /// How many Cases were asked for.
    pub(super) cases: u32,
    /// Where in the player's instructions the last thing began that customer, org or time did.
    pub(super) since: usize,
    /// The conversation as it went, where it is to be told.
    pub(super) told: Option<Vec<Told>>,
    /// What stands on the buttons that were shown last.
    pub(super) labels: Vec<String>,
    contact: &'p [(AttrId, Value)],
    signed: bool,
    finds: Finds,
    person: Vec<(AttrId, Value)>,
    session: Vec<(AttrId, Value)>,
    /// Workflows that have started for the visitor before.
    started: Vec<String>,
    /// What the org holds otherwise since the conversation began.
    pub(super) changed: BTreeMap<AttrId, Option<Value>>,
    /// What the conversation's Case was created with.
    case: BTreeMap<AttrId, Value>,
    down: bool,
    /// Whether no AI answers any more.
    pub(super) ai_is_away: bool,
    /// What the AI was asked last.
    pub(super) detecting: Option<(AttrId, Vec<String>)>,
    created: u32,
}

impl<'p> Stage<'p> {
    /// Before the customer opens.
    pub(super) fn new(plan: &'p VerifiedPlan, rehearsals: &'p Rehearsals, id: Uuid) -> Self {
        Self {
            plan,
            player: Player::new(plan, id, BEGIN),
            outputs: VecDeque::new(),
            refused: None,
            cases: 0,
            since: 0,
            told: None,
            labels: Vec::new(),
            contact: &rehearsals.contact,
            signed: false,
            finds: Finds::Nobody,
            person: Vec::new(),
            session: Vec::new(),
            started: Vec::new(),
            changed: BTreeMap::new(),
            case: BTreeMap::new(),
            down: false,
            ai_is_away: false,
            detecting: None,
            created: 0,
        }
    }

    pub(super) fn given(&mut self, given: &Given) {
        match given {
            Given::Time(time) => self.player.now = *time,
            Given::Started(workflow) => self.started.push(workflow.clone()),
            Given::Session(values) => self.session.clone_from(values),
            Given::Person { signed, known, values } => {
                self.signed = *signed;
                self.finds = if *known { Finds::TheContact } else { Finds::Nobody };
                self.person.clone_from(values);
            }
        }
    }

    pub(super) fn org(&mut self, org: &Org) -> Result<(), Box<Fault>> {
        self.begin();
        match org {
            Org::IsDown => self.down = true,
            Org::FindsNobody => self.finds = Finds::Nobody,
            Org::FindsSeveral => self.finds = Finds::Several,
            Org::Changes(values) => self.changed.extend(values.iter().cloned()),
            Org::CreatesCase { number } => {
                let key = self.awaited_case()?;
                self.down = false;
                self.creates(key, number.clone());
            }
            Org::RefusesCase { code } => {
                let key = self.awaited_case()?;
                self.down = false;
                self.play(&Event::CaseRefused { key, code: code.clone() });
            }
        }
        Ok(())
    }

    pub(super) fn customer(&mut self, customer: &Customer) -> Result<(), Box<Fault>> {
        self.begin();
        match customer {
            Customer::Visits(after) => return self.visits(*after),
            Customer::Opens if self.player.conversation.visit.is_some() => {
                return Err(self.taken_up());
            }
            Customer::Opens => self.opens(),
            Customer::Writes(text) => {
                if self.player.conversation.position == Position::New {
                    self.opens();
                    let position = &self.player.conversation.position;
                    if !matches!(position, Position::AwaitingMessage { .. }) {
                        let message = "the opening starts a workflow before the customer writes";
                        let fault = Fault::impossible(message, self.standing());
                        return Err(fault.help("write `customer opens` above this line"));
                    }
                }
                let transition = self.play(&Event::Message { text: text.clone() });
                if transition == Reception::Over {
                    let message = "nobody reads what is written here";
                    return Err(Fault::impossible(message, self.standing()));
                }
            }
            Customer::Chooses(label) => return self.chooses(label),
            Customer::Confirms => return self.confirms(),
            Customer::Submits(lines) => return self.submits(lines),
            Customer::SignsIn { known, values } => return self.signs_in(*known, values),
            Customer::RefusesToSignIn => {
                let wait = self.player.conversation.waits;
                if self.play(&Event::SignInRefused { wait }) != Reception::Taken {
                    return Err(self.nobody_is_asked());
                }
            }
            Customer::AsksForPerson => {
                if self.play(&Event::HumanRequested) != Reception::Taken {
                    let message = "no person can be asked for here";
                    let fault = Fault::impossible(message, self.standing());
                    return Err(fault.help("handle `human` in the step or in `defaults`"));
                }
            }
            Customer::IsSilent(millis) => {
                let position = &self.player.conversation.position;
                if !matches!(position, Position::Waiting { .. } | Position::AwaitingMessage { .. })
                {
                    let message = "nobody waits for the customer here";
                    return Err(Fault::impossible(message, self.standing())
                        .help("write `time passes` where time passes anyway"));
                }
                self.passes(*millis);
            }
        }
        Ok(())
    }

    /// Time passes; what falls due comes in its order.
    pub(super) fn passes(&mut self, millis: i64) {
        self.begin();
        let time = SignedDuration::from_millis(millis);
        self.until(self.player.now.checked_add(time).unwrap_or(Timestamp::MAX));
    }

    fn until(&mut self, until: Timestamp) {
        while let Some(event) = self.player.next_due(until) {
            if self.is_late(&event) {
                self.answers("the AI does not answer in time, for no line says what it does");
            }
            self.play(&event);
        }
        self.player.now = self.player.now.max(until);
    }

    /// Whether an AI that is asked has had its time.
    fn is_late(&self, event: &Event) -> bool {
        let (Position::Detecting { key: asked, .. } | Position::Answering { key: asked, .. }) =
            self.player.conversation.position
        else {
            return false;
        };
        matches!(event, Event::DeadlinePassed { key } if *key == asked)
    }

    /// Lets the org answer one thing that waits for it, as is usual; whether anything did.
    pub(super) fn answer(&mut self) -> bool {
        if self.down {
            return self.creating().is_some_and(|key| self.deadline_of(key));
        }
        let Some(key) = self.unanswered_case() else { return false };
        self.creates(key, None);
        true
    }

    /// The Case that the customer waits for.
    fn creating(&self) -> Option<Uuid> {
        match self.player.conversation.position {
            Position::Creating { key, .. } => Some(key),
            _ => None,
        }
    }

    /// The Case of which the org says something next: what the customer waits for comes first, whether
    /// a line says it or not.
    fn unanswered_case(&self) -> Option<Uuid> {
        let pending = self.player.conversation.pending.iter().find(|one| !one.refused);
        self.creating().or(pending.map(|one| one.key))
    }

    /// Lets the org answer everything, until something is to be expected.
    pub(super) fn settle(&mut self) {
        while self.outputs.is_empty() && self.answer() {}
    }

    pub(super) fn begin(&mut self) {
        self.since = self.player.seen.len();
    }

    /// Tells what the org does that no line says.
    fn answers(&mut self, text: &str) {
        if let Some(told) = &mut self.told
            && let Some(last) = told.last()
        {
            told.push(Told { at: last.at, text: text.to_owned() });
        }
    }

    fn deadline_of(&mut self, awaited: Uuid) -> bool {
        let due = self.player.timers.iter().find_map(|timer| match timer.event {
            Event::DeadlinePassed { key } if key == awaited => Some(timer.due),
            _ => None,
        });
        let Some(due) = due else { return false };
        self.until(due);
        true
    }

    fn creates(&mut self, key: Uuid, number: Option<String>) {
        self.created += 1;
        let number = number.unwrap_or_else(|| format!("{:08}", NUMBERS + self.created));
        let id = format!("500{:012}AAA", self.created);
        self.answers(&format!("the org creates the Case {number}"));
        self.play(&Event::CaseCreated { key, id, number: Some(number), differs: Vec::new() });
    }

    fn awaited_case(&self) -> Result<Uuid, Box<Fault>> {
        // One that was refused may come after all, once somebody has mended it.
        let refused = || self.player.conversation.pending.first().map(|one| one.key);
        self.unanswered_case().or_else(refused).ok_or_else(|| {
            Fault::impossible("the org has not been asked for a Case here", self.standing())
        })
    }

    fn signs_in(&mut self, known: bool, values: &[(AttrId, Value)]) -> Result<(), Box<Fault>> {
        let own =
            |(attr, _): &(AttrId, Value)| self.plan.attributes[attr.index()].origin == Origin::Own;
        let mut person: Vec<_> = self.person.iter().filter(|one| own(one)).cloned().collect();
        person.extend_from_slice(values);
        self.person = person;
        self.finds = if known { Finds::TheContact } else { Finds::Nobody };
        let signed = self.signature();
        if self.play(&Event::SignedIn(signed)) != Reception::Taken {
            return Err(self.nobody_is_asked());
        }
        Ok(())
    }

    fn nobody_is_asked(&self) -> Box<Fault> {
        Fault::impossible("nobody is asked to sign in here", self.standing())
    }

    /// What the site has signed of the visitor.
    fn signature(&self) -> Signed {
        let claimed = self.plan.person.as_ref().and_then(|map| {
            let by = |(attr, _): &&(AttrId, Value)| {
                let attribute = &self.plan.attributes[attr.index()];
                attribute.origin == Origin::Field(vec![map.find_by.clone()])
            };
            self.person.iter().find(by).map(|(_, value)| value.to_text().into_owned())
        });
        Signed { claim: Some(claimed.unwrap_or_else(|| CLAIM.to_owned())) }
    }

    fn opens(&mut self) {
        let opened = self.opened();
        self.play(&Event::Opened(opened));
    }

    /// What is known as the conversation begins.
    fn opened(&self) -> Opened {
        let signed = self.signed.then(|| self.signature());
        let mut values = self.usual_session();
        let summary = self.plan.session("summary");
        values.extend(self.session.iter().filter(|(attr, _)| Some(*attr) != summary).cloned());
        values.extend(self.person.iter().cloned());
        let started = self.started_before(&values);
        values.extend(started);
        Opened { signed, values }
    }

    /// What is remembered of workflows that have started on this day and in this visit.
    fn started_before(&self, session: &[(AttrId, Value)]) -> Vec<(AttrId, Value)> {
        let slots = self.started.iter().filter_map(|workflow| self.plan.started(workflow));
        let visits = self.plan.session("visits");
        let visits = session.iter().rfind(|(attr, _)| Some(*attr) == visits);
        slots
            .filter_map(|attr| match self.plan.attributes[attr.index()].ty {
                ValueType::Number => Some((attr, visits?.1.clone())),
                _ => Some((attr, Value::DateTime(self.player.now))),
            })
            .collect()
    }

    /// What the Messenger always knows.
    fn usual_session(&self) -> Vec<(AttrId, Value)> {
        let list = |attr: AttrId| {
            let list = self.plan.attributes[attr.index()].list?;
            Some(self.plan.lists[list.index()].values.first()?.value.clone())
        };
        let named = |name: &str| self.plan.session(name);
        let id = self.player.conversation.id.to_string();
        let messenger = named("messenger").map(|attr| (attr, list(attr)));
        [
            named("id").map(|attr| (attr, Value::Text(id))),
            messenger.map(|(attr, name)| (attr, Value::Text(name.unwrap_or("web".to_owned())))),
            named("first_seen").map(|attr| (attr, Value::DateTime(self.player.now))),
            named("visits").map(|attr| (attr, Value::Number(1.into()))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn chooses(&mut self, label: &str) -> Result<(), Box<Fault>> {
        let choices = matches!(self.waiting(), Some((Instruction::Choose { .. }, _)));
        if !choices {
            let message = "no buttons are shown here";
            return Err(Fault::impossible(message, self.standing()));
        }
        let Some(choice) = self.labels.iter().position(|one| one == label) else {
            let message = format!("there is no button `{label}`");
            let instead = format!("the buttons are {}", quoted(&self.labels));
            return Err(Fault::impossible(message, instead));
        };
        let wait = self.player.conversation.waits;
        let choice = u32::try_from(choice).unwrap_or(u32::MAX);
        self.play(&Event::ChoiceMade { wait, choice });
        Ok(())
    }

    fn submits(&mut self, lines: &[(LineName, String)]) -> Result<(), Box<Fault>> {
        let Some((Instruction::Collect { form, .. }, _)) = self.waiting() else {
            let message = "no form is shown here";
            return Err(Fault::impossible(message, self.standing()));
        };
        let asked = self.asked_by(*form);
        for (line, _) in lines {
            let key = line.key(self.plan);
            if !asked.contains(&key) {
                let message = format!("the form does not ask for `{key}`");
                let instead = format!("it asks for {}", quoted(&asked));
                return Err(Fault::impossible(message, instead));
            }
        }
        let (texts, uploads) = self.typed(lines);
        let wait = self.player.conversation.waits;
        match form::submitted(self.plan, &self.player.conversation, wait, &texts, &uploads) {
            Ok(event) => {
                self.play(&event);
            }
            Err(Reception::Invalid { fields }) => self.refused = Some(fields),
            Err(_) => {
                let message = "no form is shown here";
                return Err(Fault::impossible(message, self.standing()));
            }
        }
        Ok(())
    }

    /// The lines of the form that is shown that would be wrong, were it filled in so.
    pub(super) fn mistaken(&self, lines: &[(LineName, String)]) -> BTreeSet<LineName> {
        let Some((Instruction::Collect { form, .. }, _)) = self.waiting() else {
            return BTreeSet::new();
        };
        let (texts, uploads) = self.typed(lines);
        let conversation = &self.player.conversation;
        let wrong = form::validate_form(self.plan, conversation, *form, &texts, &uploads).err();
        let form = &self.plan.forms[form.index()];
        let asked = form.fields.iter().map(|line| LineName::Attribute(line.attr));
        let asked = asked.chain(form.files.iter().map(|line| LineName::File(line.name.clone())));
        let wrong = wrong.unwrap_or_default();
        asked.filter(|line| wrong.contains_key(&line.key(self.plan))).collect()
    }

    /// What a form asks for, by the keys of what is submitted.
    fn asked_by(&self, form: FormId) -> Vec<String> {
        let form = &self.plan.forms[form.index()];
        let lines = form.fields.iter().map(|line| self.path(line.attr));
        lines.chain(form.files.iter().map(|file| file.name.clone())).collect()
    }

    /// What is submitted, and the uploads that it names: a file that a test sends is there.
    fn typed(&self, lines: &[(LineName, String)]) -> (BTreeMap<String, String>, Vec<FileRef>) {
        let (mut texts, mut uploads) = (BTreeMap::new(), Vec::new());
        for (at, (line, text)) in (1..).zip(lines) {
            let text = match line {
                LineName::File(_) if !text.is_empty() => {
                    let sent = self.player.conversation.waits.wrapping_mul(1000).wrapping_add(at);
                    let id = Uuid::from_u128(u128::from(sent));
                    let media_type = "application/octet-stream".to_owned();
                    uploads.push(FileRef { id, name: text.clone(), bytes: 1, media_type });
                    id.to_string()
                }
                _ => text.clone(),
            };
            texts.insert(line.key(self.plan), text);
        }
        (texts, uploads)
    }

    /// The instruction that waits for the customer, and its step.
    pub(super) fn waiting(&self) -> Option<(&'p Instruction, Option<StepId>)> {
        let Position::Waiting { at, .. } = self.player.conversation.position else { return None };
        let step = self.plan.code_steps.get(at.index()).copied();
        Some((self.plan.code.get(at.index())?, step))
    }

    /// How the conversation stands, where nothing has happened that could be told instead.
    pub(super) fn standing(&self) -> String {
        match (&self.player.conversation.position, self.waiting()) {
            (_, Some((Instruction::Ask { .. } | Instruction::Answer { .. }, _))) => {
                "the conversation waits for the customer's words".to_owned()
            }
            (_, Some((Instruction::Verify { .. }, _))) => {
                "the conversation waits for the visitor to sign in".to_owned()
            }
            (_, Some((Instruction::Choose { .. }, _))) => {
                format!("the conversation waits for one of the buttons {}", quoted(&self.labels))
            }
            (_, Some((Instruction::Collect { form, .. }, _))) => {
                let lines = self.asked_by(*form);
                format!("the conversation waits for a form with {}", quoted(&lines))
            }
            (Position::New, _) => "the customer has not opened yet".to_owned(),
            (Position::AwaitingMessage { .. }, _) => {
                "nothing has started, and the customer has not written yet".to_owned()
            }
            (Position::Ended, _) => "the conversation is over".to_owned(),
            (Position::Detecting { .. }, _) => match self.asked_of_ai() {
                Some((attr, _)) => {
                    format!("the AI has not said yet what `{}` is", self.path(attr))
                }
                None => "the conversation waits for the AI".to_owned(),
            },
            (Position::Answering { .. }, _) => "the AI has not answered yet".to_owned(),
            (Position::HandedOff { accepted: true, .. }, _) => {
                "the conversation is with an agent".to_owned()
            }
            (Position::HandedOff { .. }, _) => {
                "the conversation is handed off, and waits for an agent".to_owned()
            }
            (Position::Creating { .. }, _) => {
                "the conversation waits for the org's answer about a Case".to_owned()
            }
            _ => "nothing happens".to_owned(),
        }
    }

    /// Feeds one event, and answers at once what no line of a test can answer.
    pub(super) fn play(&mut self, event: &Event) -> Reception {
        let transition = self.player.feed(event);
        let reception = transition.reception.clone();
        self.take(&transition);
        match self.player.conversation.position {
            Position::Syncing { key } | Position::Reading { key, .. } => {
                if self.down {
                    self.deadline_of(key);
                } else {
                    let found = self.found();
                    self.play(&Event::PersonSynced { key, found });
                }
            }
            Position::Summarising { key, .. } => {
                let given = self.plan.session("summary").and_then(|summary| {
                    let value = self.session.iter().find(|(attr, _)| *attr == summary);
                    value.map(|(_, value)| value.to_text().into_owned())
                });
                self.play(&Event::Summarised { key, summary: given });
            }
            Position::Answering { key, .. } if self.ai_is_away => {
                self.play(&Event::Answered { key, reply: Reply::Unavailable });
            }
            Position::Detecting { key, .. } if self.ai_is_away => {
                self.play(&Event::Detected { key, found: Detection::Unavailable });
            }
            Position::HandedOff { .. } => self.rereads(),
            _ => {}
        }
        reception
    }

    fn take(&mut self, transition: &Transition) {
        for message in &transition.messages {
            if let Message::Choices { choices, .. } = message {
                self.labels.clone_from(choices);
            }
        }
        for effect in &transition.effects {
            match &effect.action {
                Action::Detect { attr, values, .. } => {
                    self.detecting = Some((*attr, values.clone()));
                }
                Action::CreateCase(request) => self.writes_case(&request.fields),
                _ => {}
            }
        }
        let waits_at = self.waiting().and_then(|(_, step)| step);
        let new = outputs(transition, waits_at);
        let cases = new.iter().filter(|output| matches!(output.kind, OutputKind::Case(_))).count();
        self.cases += u32::try_from(cases).unwrap_or(u32::MAX);
        self.tell(&new);
        self.outputs.extend(new);
    }

    fn tell(&mut self, new: &[Output]) {
        let Some(told) = &mut self.told else { return };
        for output in new {
            let last = told.last().map(|last| last.at);
            let Some(at) = output.step.map(Where::Step).or(last) else { continue };
            told.push(Told { at, text: output.kind.words(self.plan) });
        }
    }
}
