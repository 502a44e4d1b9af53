//! Tests for what no test comes to, found by trying what a customer, the org and time can do.
//!
//! The search goes from one wait to the next, those first at which something new was come to, and
//! leaves out states that it has seen. It tries a bounded number of things, so what it does not find
//! may still be there.

use std::collections::{BTreeSet, VecDeque};

use tidegate_plan::model::{AttrId, Form, Instruction, Origin, Space};
use tidegate_plan::rehearsal::{
    Act, Agent, Ai, Customer, Given, Line, LineName, Org, Rehearsal, Rehearsals,
};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;

use super::moments::{Clock, edges, times};
use super::reached::Reached;
use super::sample::Interesting;
use super::script::{CONVERSATION, rehearse};
use super::stage::{BEGIN, Stage};
use super::tide;
use crate::event::Event;
use crate::state::{Person, Position};

/// Things at most that are tried.
const TRIES: usize = 20_000;
/// Things at most that happen in one conversation.
const LONGEST: usize = 24;

/// How many beginnings say no more than who the visitor is.
const PLAIN: usize = 3;

/// A test for what no test came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// What it says, a line each, as Tide writes them.
    pub lines: Vec<String>,
    /// What it comes to that no test came to before, by position.
    pub points: Vec<usize>,
}

/// Proposes tests for the points that were not reached, and notes what these come to.
pub fn propose(
    plan: &VerifiedPlan,
    rehearsals: &Rehearsals,
    reached: &mut Reached,
) -> Vec<Proposal> {
    let mut search = Search::new(plan, rehearsals);
    let mut proposals = Vec::new();
    let mut open: VecDeque<Node<'_>> = search.beginnings().into();
    while let Some(node) = open.pop_front() {
        if search.tries >= TRIES || search.uncovered(reached).is_empty() {
            break;
        }
        for next in search.after(&node) {
            if search.gains(&next, reached) {
                proposals.extend(search.proposal(next.clone(), reached));
            }
            let new = search.known.adds(plan, &next.stage.player.seen);
            if !search.is_new(&next, 0) || next.acts.len() >= LONGEST {
                continue;
            }
            if new { open.push_front(next) } else { open.push_back(next) }
        }
    }
    proposals
}

/// A form as it is filled in.
type Filled = Vec<(LineName, String)>;

/// A conversation as far as it has come.
#[derive(Debug, Clone)]
pub(super) struct Node<'p> {
    pub(super) stage: Stage<'p>,
    pub(super) acts: Vec<Act>,
    down: bool,
    /// Whether the customer has written while nothing awaited it.
    pub(super) meanwhile: bool,
}

pub(super) struct Search<'p> {
    plan: &'p VerifiedPlan,
    rehearsals: &'p Rehearsals,
    pub(super) interesting: Interesting,
    /// States that were come to.
    seen: BTreeSet<String>,
    known: Reached,
    clock: Clock,
    pub(super) tries: usize,
}

impl<'p> Search<'p> {
    pub(super) fn new(plan: &'p VerifiedPlan, rehearsals: &'p Rehearsals) -> Self {
        Self {
            plan,
            rehearsals,
            interesting: Interesting::of(plan),
            seen: BTreeSet::new(),
            known: Reached::nothing(plan),
            clock: Clock::default(),
            tries: 0,
        }
    }

    fn uncovered(&self, reached: &Reached) -> Vec<usize> {
        let points = self.rehearsals.points.iter().enumerate();
        points.filter(|(_, point)| !reached.has(point)).map(|(at, _)| at).collect()
    }

    fn gains(&self, node: &Node<'_>, reached: &Reached) -> bool {
        let mut with = reached.clone();
        with.add(self.plan, &node.stage.player.seen);
        with != *reached && {
            let points = &self.rehearsals.points;
            points.iter().any(|point| with.has(point) && !reached.has(point))
        }
    }

    /// Goes on to the end in the plainest way, and makes a test of it.
    fn proposal(&mut self, mut node: Node<'p>, reached: &mut Reached) -> Option<Proposal> {
        while node.stage.player.conversation.position != Position::Ended
            && node.acts.len() < 2 * LONGEST
        {
            let Some(next) = self.after(&node).into_iter().next() else { break };
            node = next;
        }
        let before = self.uncovered(reached);
        let nowhere = self.rehearsals.points.first()?.span;
        let lines = node.acts.iter().map(|act| Line { span: nowhere, act: act.clone() });
        let test = Rehearsal { name: String::new(), span: nowhere, lines: lines.collect() };
        let mut with = reached.clone();
        if rehearse(self.plan, self.rehearsals, &test, &mut with).is_some() {
            return None;
        }
        *reached = with;
        let after: BTreeSet<usize> = self.uncovered(reached).into_iter().collect();
        let points = before.into_iter().filter(|point| !after.contains(point)).collect();
        let lines = node.acts.iter().map(|act| tide::indented(self.plan, act)).collect();
        Some(Proposal { lines, points })
    }

    /// Whether a state was not come to before, so far on its way.
    pub(super) fn is_new(&mut self, node: &Node<'_>, far: usize) -> bool {
        let conversation = &node.stage.player.conversation;
        let at = match conversation.position {
            Position::Waiting { at, idled, .. } => {
                format!("{} {idled} {:?}", at.0, conversation.turns)
            }
            Position::Creating { at, .. }
            | Position::Detecting { at, .. }
            | Position::Answering { at, .. } => format!("{} {:?}", at.0, conversation.turns),
            Position::HandedOff { at, accepted, .. } => format!("{} {accepted}", at.0),
            Position::Pausing { at, .. } => format!("{}", at.0),
            Position::AwaitingMessage { .. } => "first words".to_owned(),
            _ => return false,
        };
        let away = (node.down, node.stage.ai_is_away, node.meanwhile, &node.stage.changed);
        let open = self.clock.around(self.plan, node.stage.player.now);
        let begun = (&conversation.frames, &conversation.rounds);
        let state = (far, &at, &conversation.slots, begun, &conversation.person, away, open);
        self.seen.insert(format!("{state:?}"))
    }

    /// Whom the conversation may be with, once they have opened it.
    pub(super) fn beginnings(&mut self) -> Vec<Node<'p>> {
        let person = |signed, known, values: &[(AttrId, Value)]| {
            Act::Given(Given::Person { signed, known, values: values.to_vec() })
        };
        let finds = self.plan.person.is_some();
        let mut given: Vec<Vec<Act>> = vec![Vec::new()];
        if finds {
            given.push(vec![person(true, true, &[])]);
            given.push(vec![person(true, false, &[])]);
        }
        for name in self.plan.workflows.iter().map(|its| &its.name) {
            if self.plan.started(name).is_some() {
                let started = Act::Given(Given::Started(name.clone()));
                given.push(vec![started.clone()]);
                if finds {
                    given.push(vec![person(true, true, &[]), started]);
                }
            }
        }
        for attr in self.interesting.all() {
            let attribute = &self.plan.attributes[attr.index()];
            let synced = matches!(attribute.origin, Origin::Field(_));
            for value in self.interesting.given(self.plan, attr, BEGIN) {
                let values = [(attr, value)];
                match attribute.space {
                    Space::Person if synced && finds => {
                        given.push(vec![person(true, true, &values)]);
                    }
                    Space::Person if !synced => given.push(vec![person(false, false, &values)]),
                    Space::Session => {
                        given.push(vec![Act::Given(Given::Session(values.to_vec()))]);
                        if finds {
                            let session = Act::Given(Given::Session(values.to_vec()));
                            given.push(vec![person(true, true, &[]), session]);
                        }
                    }
                    _ => {}
                }
            }
        }
        let beginnings = given.clone();
        let times = times(self.plan).into_iter().map(|time| (time, beginnings.as_slice()));
        // What happens while hours open or close hardly hangs on more than on who it is.
        let plain = beginnings.get(..PLAIN).unwrap_or(&beginnings);
        let edges = edges(self.plan).into_iter().map(|time| (time, plain));
        for (time, beginnings) in times.chain(edges) {
            let at = Act::Given(Given::Time(time));
            let with_time = |acts: &Vec<Act>| std::iter::once(at.clone()).chain(acts.clone());
            given.extend(beginnings.iter().map(|acts| with_time(acts).collect()));
        }
        let begin = |given: Vec<Act>| {
            let mut stage = Stage::new(self.plan, self.rehearsals, CONVERSATION);
            for act in &given {
                if let Act::Given(given) = act {
                    stage.given(given);
                }
            }
            Node { stage, acts: given, down: false, meanwhile: false }
        };
        let begun: Vec<Node<'p>> = given.into_iter().map(begin).collect();
        self.first_done(&begun)
    }

    /// Each of these with each of what a conversation can begin with.
    fn first_done(&mut self, begun: &[Node<'p>]) -> Vec<Node<'p>> {
        let firsts = self.firsts();
        let all = firsts.iter().flat_map(|first| begun.iter().map(move |node| (node, first)));
        all.filter_map(|(node, first)| self.done(node, first)).collect()
    }

    /// What a conversation can begin with.
    fn firsts(&self) -> Vec<Act> {
        let visits = self.plan.visits.iter().map(|visit| Customer::Visits(visit.after_ms));
        std::iter::once(Customer::Opens).chain(visits).map(Act::Customer).collect()
    }

    /// What can come next, the plainest first.
    pub(super) fn after(&mut self, node: &Node<'p>) -> Vec<Node<'p>> {
        let mut choices: Vec<Act> = Vec::new();
        let customer = Act::Customer;
        match node.stage.waiting() {
            Some((Instruction::Ask { .. }, _)) => {
                choices.push(customer(Customer::Writes("I have a question".to_owned())));
            }
            Some((Instruction::Verify { .. }, _)) => {
                choices.push(customer(Customer::RefusesToSignIn));
                choices.push(customer(Customer::SignsIn { known: false, values: Vec::new() }));
                if let (Some(_), [first, ..]) = (&self.plan.person, &*self.rehearsals.contact) {
                    let values = vec![first.clone()];
                    choices.push(customer(Customer::SignsIn { known: true, values }));
                }
            }
            Some((Instruction::Answer { .. }, _)) => {
                choices.push(customer(Customer::Confirms));
                choices.push(customer(Customer::Writes("I have another question".to_owned())));
            }
            Some((Instruction::Choose { other, .. }, _)) => {
                let labels = node.stage.labels.iter();
                choices.extend(labels.map(|label| customer(Customer::Chooses(label.clone()))));
                if other.is_some() {
                    choices.push(customer(Customer::Writes("It is none of these".to_owned())));
                }
            }
            Some((Instruction::Collect { form, .. }, _)) => {
                let forms = self.filled_in(&node.stage, &self.plan.forms[form.index()]);
                choices.extend(forms.into_iter().map(|form| customer(Customer::Submits(form))));
            }
            _ => {}
        }
        if node.stage.waiting().is_some() {
            choices.extend(silence(&node.stage).map(|ms| customer(Customer::IsSilent(ms))));
            choices.push(customer(Customer::AsksForPerson));
        }
        if let Some((attr, values)) = node.stage.asked_of_ai() {
            let found = values.iter().cloned().map(Some).chain([None]);
            choices.extend(found.map(|value| Act::Ai(Ai::Detects(attr, value))));
            choices.push(Act::Ai(Ai::IsUnavailable));
        }
        choices.extend(elsewhere(&node.stage.player.conversation.position));
        choices.extend(self.passing(&node.stage).map(Act::TimePasses));
        if self.is_busy(&node.stage.player.conversation.position) && !node.meanwhile {
            choices.push(customer(Customer::Writes("I have something to add".to_owned())));
        }
        choices.extend(self.reply(&node.stage));
        choices.iter().filter_map(|act| self.done(node, act)).collect()
    }

    /// Whether the customer can write while something else is waited for.
    fn is_busy(&self, position: &Position) -> bool {
        match position {
            Position::Pausing { .. } | Position::Detecting { .. } => true,
            Position::Waiting { at, .. } => {
                matches!(self.plan.code.get(at.index()), Some(Instruction::Verify { .. }))
            }
            _ => false,
        }
    }

    /// The conversation after something was done, with a line for all that came of it.
    fn done(&mut self, node: &Node<'p>, act: &Act) -> Option<Node<'p>> {
        self.tries += 1;
        let mut next = node.clone();
        match act {
            Act::Customer(customer) => {
                let busy = self.is_busy(&node.stage.player.conversation.position);
                next.meanwhile |= busy && matches!(customer, Customer::Writes(_));
                next.stage.customer(customer).ok()?;
            }
            Act::Ai(ai) => next.stage.ai(ai).ok()?,
            Act::Agent(agent) => next.stage.agent(agent).ok()?,
            Act::Org(org) => {
                next.stage.org(org).ok()?;
                next.down |= *org == Org::IsDown;
            }
            Act::TimePasses(millis) => next.stage.passes(*millis),
            Act::Given(_) | Act::Expect(_) => {}
        }
        // What the org does anyway needs no line.
        if *act != Act::Org(Org::CreatesCase { number: None }) {
            next.acts.push(act.clone());
        }
        if next.stage.refused.is_some() {
            return None;
        }
        loop {
            while let Some(output) = next.stage.outputs.pop_front() {
                next.acts.push(Act::Expect(output.kind.expectation(self.plan)));
            }
            // How the org answers about a Case is tried in each way.
            let creating =
                matches!(next.stage.player.conversation.position, Position::Creating { .. });
            if (creating && !next.down) || !next.stage.answer() {
                return Some(next);
            }
        }
    }

    /// How long to let pass where nobody does anything: to the end of a `wait`, or where the
    /// customer is awaited until hours open or close, where no silence counts up before.
    fn passing(&mut self, stage: &Stage<'p>) -> Option<i64> {
        let now = stage.player.now;
        let timers = &stage.player.timers;
        let until = match stage.player.conversation.position {
            Position::Pausing { key, .. } => {
                let ends = Event::DeadlinePassed { key };
                timers.iter().find(|timer| timer.event == ends)?.due
            }
            Position::Waiting { .. } | Position::AwaitingMessage { .. } => {
                let change = self.clock.next_change(self.plan, now)?;
                timers.iter().all(|timer| timer.due > change).then_some(change)?
            }
            _ => return None,
        };
        let millis = until.as_millisecond().checked_sub(now.as_millisecond())?;
        (millis > 0).then_some(millis)
    }

    /// What happens beside a hand-off where a reply starts something: an agent writes, after the org
    /// has something else of a visitor who is known.
    fn reply(&self, stage: &Stage<'p>) -> Vec<Act> {
        let conversation = &stage.player.conversation;
        let listens = matches!(conversation.position, Position::HandedOff { accepted: true, .. });
        if !listens || self.plan.on_agent_reply.is_none() {
            return Vec::new();
        }
        let mut acts = vec![Act::Agent(Agent::Writes("I am on it.".to_owned()))];
        let synced = self.plan.person.as_ref().map_or(&[][..], |map| &map.synced);
        let known = matches!(conversation.person, Person::Known { .. });
        for attr in synced.iter().copied().filter(|_| known && stage.changed.is_empty()) {
            let sure = self.rehearsals.contact.iter().any(|(its, _)| *its == attr);
            let values = self.interesting.given(self.plan, attr, stage.player.now);
            let blank = (!sure && !values.is_empty()).then_some(None);
            let values = values.into_iter().map(Some).chain(blank);
            acts.extend(values.map(|value| Act::Org(Org::Changes(vec![(attr, value)]))));
        }
        acts
    }

    /// Forms that are taken: what must be filled in, all of it, and each line in each way.
    fn filled_in(&self, stage: &Stage<'p>, asked: &Form) -> Vec<Filled> {
        let lines = &asked.fields;
        let now = stage.player.now;
        let right = |form: &Filled, line: &LineName| !stage.mistaken(form).contains(line);
        let (mut least, mut all) = (Filled::new(), Filled::new());
        for line in &asked.files {
            let sent = (LineName::File(line.name.clone()), "photo.jpg".to_owned());
            least.extend(line.required.then(|| sent.clone()));
            all.push(sent);
        }
        for line in lines {
            let name = LineName::Attribute(line.attr);
            for (form, wanted) in [(&mut least, line.required), (&mut all, true)] {
                if !wanted {
                    continue;
                }
                for text in self.interesting.typed(self.plan, line, now) {
                    form.push((name.clone(), text));
                    if right(form, &name) {
                        break;
                    }
                    form.pop();
                }
            }
        }
        let mut forms = vec![least.clone()];
        if all != least {
            forms.push(all.clone());
        }
        for line in lines {
            let name = LineName::Attribute(line.attr);
            for text in self.interesting.typed(self.plan, line, now) {
                for base in [&least, &all] {
                    let mut form: Filled = base.clone();
                    form.retain(|(other, _)| *other != name);
                    form.push((name.clone(), text.clone()));
                    form.sort_by_key(|(name, _)| {
                        lines.iter().position(|its| LineName::Attribute(its.attr) == *name)
                    });
                    // What depends on it is chosen anew.
                    let wrong = stage.mistaken(&form);
                    form.retain(|(other, _)| !wrong.contains(other) || *other == name);
                    if stage.mistaken(&form).is_empty() && !forms.contains(&form) {
                        forms.push(form);
                    }
                }
            }
        }
        forms
    }
}
/// What can come next where the customer is awaited by no step.
fn elsewhere(position: &Position) -> Vec<Act> {
    match position {
        Position::AwaitingMessage { .. } => {
            vec![Act::Customer(Customer::Writes("I have a question".to_owned()))]
        }
        Position::Answering { .. } => {
            let answer = "This is the answer.".to_owned();
            let all = [Ai::Answers(answer), Ai::GivesUp, Ai::HearsWishForPerson, Ai::IsUnavailable];
            all.map(Act::Ai).into()
        }
        Position::HandedOff { accepted: true, .. } => {
            [Agent::Ends, Agent::IsLost].map(Act::Agent).into()
        }
        Position::HandedOff { .. } => {
            let all = [Agent::Accepts, Agent::NobodyAccepts, Agent::Fails, Agent::IsLost];
            all.map(Act::Agent).into()
        }
        Position::Creating { .. } => {
            let code = "FIELD_CUSTOM_VALIDATION_EXCEPTION".to_owned();
            let all = [Org::CreatesCase { number: None }, Org::RefusesCase { code }, Org::IsDown];
            all.map(Act::Org).into()
        }
        _ => Vec::new(),
    }
}

/// How long the customer must be silent for the next arm.
fn silence(stage: &Stage<'_>) -> Option<i64> {
    let Position::Waiting { wait, idled, .. } = stage.player.conversation.position else {
        return None;
    };
    let due = stage.player.timers.iter().filter_map(|timer| match timer.event {
        Event::IdleFired { wait: of, ordinal } if of == wait && ordinal >= idled => Some(timer.due),
        _ => None,
    });
    let millis = due.min()?.as_millisecond().checked_sub(stage.player.now.as_millisecond())?;
    (millis > 0).then_some(millis)
}
