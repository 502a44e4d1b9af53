//! The step: how one event changes a conversation.
//!
//! A step is total. It ends after a bounded number of instructions, since control flow without a
//! wait has no cycle in a verified plan; the bound is watched all the same. What can go wrong
//! while it runs is a [`Fault`]. Its next step is always the same: the customer reads
//! [`crate::sentences::APOLOGY`], the fault stands in the trace under its step, and the
//! conversation ends. (A line of a push is no reason to lose a Case: one that faults leaves its
//! field out and says so in the trace.)

mod answer;
mod case;
pub(crate) mod control;
mod data;
mod detect;
mod hand_off;
mod identity;
mod offers;
mod opening;
mod outcome;
mod replies;
mod wait;

use jiff::Timestamp;
use tidegate_plan::model::{Instruction, StepId, Target};
use tidegate_plan::value;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use crate::effect::{Action, Effect, Timer, TraceEntry};
use crate::eval::Scope;
use crate::event::Event;
use crate::key::effect_key;
use crate::language;
use crate::message::{Message, Notice, Speaker};
use crate::sentences::{self, Tongue};
use crate::state::{Conversation, LAYOUT, MAX_INBOX, MAX_SAID, Position, Said, Words};
use crate::transition::{Fault, Reception, Transition};
use replies::Background;

/// What an event does to a conversation. `now` is the event's time.
///
/// The same arguments always give the same transition.
pub fn step(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    event: &Event,
    now: Timestamp,
) -> Transition {
    done(Machine::new(plan, conversation, now), event).out
}

/// The same, noting the instructions that it does, in order.
pub(crate) fn watched(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    event: &Event,
    now: Timestamp,
    seen: &mut Vec<Target>,
) -> Transition {
    let mut machine = Machine::new(plan, conversation, now);
    machine.seen = Some(std::mem::take(seen));
    let machine = done(machine, event);
    *seen = machine.seen.unwrap_or_default();
    machine.out
}

fn done<'p>(mut machine: Machine<'p>, event: &Event) -> Machine<'p> {
    if machine.foreign() {
        machine.out.fault = Some(Fault::WrongPlan);
        machine.out.reception = Reception::Stale;
        machine.trace(None, Fault::WrongPlan.name());
    } else if let Err(fault) = machine.receive(event) {
        machine.fail(None, fault);
    }
    machine
}

/// Where control goes behind an instruction.
enum Flow {
    Next,
    To(Target),
    Stop,
}

struct Machine<'p> {
    plan: &'p VerifiedPlan,
    now: Timestamp,
    /// Instructions that may still run.
    fuel: u64,
    /// The instructions done, where somebody wants to know.
    seen: Option<Vec<Target>>,
    /// What was there before, while a workflow runs in the background.
    background: Option<Background>,
    out: Transition,
}

impl<'p> Machine<'p> {
    fn new(plan: &'p VerifiedPlan, conversation: &Conversation, now: Timestamp) -> Self {
        let out = Transition {
            next: conversation.clone(),
            messages: Vec::new(),
            effects: Vec::new(),
            timers: Vec::new(),
            trace: Vec::new(),
            reception: Reception::Taken,
            fault: None,
        };
        // An event can pass one wait for words, since taking them empties the inbox.
        let fuel = plan.bound().saturating_mul(2);
        Self { plan, now, fuel, seen: None, background: None, out }
    }

    fn foreign(&self) -> bool {
        let next = &self.out.next;
        let opened = next.position != Position::New;
        next.layout != LAYOUT
            || next.plan != self.plan.hash()
            || (opened && next.slots.len() != self.plan.attributes.len())
    }

    fn receive(&mut self, event: &Event) -> Result<(), Fault> {
        match event {
            Event::Opened(opened) => self.opened(opened, None),
            Event::Visited { after_ms, opened } => self.opened(opened, Some(*after_ms)),
            Event::PersonSynced { key, found } => self.person_synced(*key, found),
            Event::SignedIn(signed) => self.signed_in(signed),
            Event::SignInRefused { wait } => self.sign_in_refused(*wait),
            Event::Message { text } => return self.customer_wrote(text),
            Event::FormSubmitted { wait, values, files } => {
                self.form_submitted(*wait, values, files);
            }
            Event::FileSent { file } => self.file_sent(file),
            Event::ChoiceMade { wait, choice } => return self.choice_made(*wait, *choice),
            Event::AnsweredLate { text } => self.answered_late(text),
            Event::HumanRequested => self.human_requested(),
            Event::Helped { wait } => self.helped(*wait),
            Event::Summarised { key, summary } => self.summarised(*key, summary.as_deref()),
            Event::Answered { key, reply } => self.answered(*key, reply),
            Event::Detected { key, found } => self.detected(*key, found),
            Event::Chat { key, what } => self.chat(*key, what),
            Event::CaseSynced { key, values } => self.case_synced(*key, values.as_deref()),
            Event::CaseCreated { key, id, number, differs } => {
                self.case_created(*key, id, number.as_deref(), differs);
            }
            Event::CaseRefused { key, code } => self.case_refused(*key, code),
            Event::IdleFired { wait, ordinal } => self.idle_fired(*wait, *ordinal),
            Event::DeadlinePassed { key } => self.deadline_passed(*key),
        }
        Ok(())
    }

    /// Runs from an instruction on, up to a wait or the end.
    fn run(&mut self, from: Target) {
        let mut at = from;
        loop {
            let Some(left) = self.fuel.checked_sub(1) else {
                return self.fail(Some(at), Fault::OutOfFuel);
            };
            self.fuel = left;
            if let Some(seen) = &mut self.seen {
                seen.push(at);
            }
            let Some(instruction) = self.plan.code.get(at.index()) else {
                return self.fail(None, Fault::ImpossibleState);
            };
            match self.execute(at, instruction) {
                Ok(Flow::Next) => at = behind(at),
                Ok(Flow::To(target)) => at = target,
                Ok(Flow::Stop) => return,
                Err(fault) => return self.fail(Some(at), fault),
            }
        }
    }

    fn execute(&mut self, at: Target, instruction: &'p Instruction) -> Result<Flow, Fault> {
        match instruction {
            Instruction::Say { text } => self.say_expression(at, *text),
            Instruction::Note { text } => self.note_expression(at, *text),
            Instruction::Wait { ms } => Ok(self.pause(at, *ms)),
            Instruction::Ask { own } => Ok(self.ask(at, own)),
            Instruction::Verify { own } => Ok(self.verify(at, own)),
            Instruction::Choose { prompt, options, other, own } => {
                self.choose(at, *prompt, options, other.is_some(), own)
            }
            Instruction::Collect { form, own } => self.collect(at, *form, own),
            Instruction::Set { attr, value } => self.set(at, *attr, *value),
            Instruction::Clear { attr } => Ok(self.clear(at, *attr)),
            Instruction::Answer { .. } => Ok(self.answer(at)),
            Instruction::Detect { attr, again, among, .. } => {
                Ok(self.detect(at, *attr, *again, among.as_deref()))
            }
            Instruction::HandOff { push, up_to_ms, .. } => Ok(self.hand_off(at, *push, *up_to_ms)),
            Instruction::Branch { condition, otherwise } => self.branch(at, *condition, *otherwise),
            Instruction::Match { subject, arms, blank, otherwise } => {
                self.match_value(at, *subject, arms, *blank, *otherwise)
            }
            Instruction::Repeat => Ok(self.first_round(at)),
            Instruction::Again { head, up_to } => Ok(self.next_round(at, *head, *up_to)),
            Instruction::Jump { target } => Ok(Flow::To(*target)),
            Instruction::Run { workflow } => self.run_workflow(at, *workflow),
            Instruction::Return => Ok(self.return_from(at)),
            Instruction::ResumeWait => self.resume_wait(),
            Instruction::AwaitMessage => {
                self.starts_nothing();
                Ok(Flow::Stop)
            }
            Instruction::CreateCase { push, .. } => Ok(self.create_case(at, *push)),
            Instruction::RecordCase { push } => Ok(self.record_case(at, *push)),
            Instruction::End { because } => Ok(self.end(at, *because)),
        }
    }

    /// The defined next step of every fault.
    fn fail(&mut self, at: Option<Target>, fault: Fault) {
        let step = at.and_then(|at| self.step_of(at));
        self.trace_step(step, fault.name());
        if self.fault_in_background(fault) {
            return;
        }
        self.out.fault = Some(fault);
        self.notify(Notice::Apology, None);
        self.finish(step, "ended by a fault");
    }

    fn finish(&mut self, step: Option<StepId>, how: &str) {
        self.trace_step(step, how);
        self.out.next.position = Position::Ended;
        self.out.next.frames.clear();
        self.out.next.inbox.clear();
        self.out.next.refresh = None;
        self.out.next.offer = None;
        self.emit(Message::Ended);
    }

    fn scope(&self) -> Scope<'_> {
        Scope::new(self.plan, &self.out.next, self.now)
    }

    fn emit(&mut self, message: Message) {
        self.out.next.messages += 1;
        self.out.messages.push(message);
    }

    fn assistant(&mut self, text: String, masked: Option<String>) {
        self.emit(Message::Said { from: Speaker::Assistant, text, masked, notice: None });
    }

    /// A sentence of the runtime's own, in the conversation's language.
    fn own_words(&self, notice: Notice, number: Option<&str>) -> String {
        let tongue = Tongue::of(language::language(self.plan, &self.out.next));
        sentences::notice(notice, number, tongue)
    }

    /// Says something of the runtime's own.
    fn notify(&mut self, notice: Notice, number: Option<&str>) {
        let (from, text) = (Speaker::Assistant, self.own_words(notice, number));
        self.emit(Message::Said { from, text, masked: None, notice: Some(notice) });
    }

    fn step_of(&self, at: Target) -> Option<StepId> {
        self.plan.code_steps.get(at.index()).copied()
    }

    fn trace(&mut self, at: Option<Target>, what: impl Into<String>) {
        let step = at.and_then(|at| self.step_of(at));
        self.trace_step(step, what);
    }

    fn trace_step(&mut self, step: Option<StepId>, what: impl Into<String>) {
        self.out.trace.push(TraceEntry { step, what: what.into() });
    }

    /// Notes that a step with an effect runs once more; gives how often it has run.
    fn count(&mut self, step: StepId) -> u32 {
        let count = self.out.next.occurrences.entry(step).or_insert(0);
        *count = count.saturating_add(1);
        *count
    }

    fn key(&self, step: &str, occurrence: u32, role: &str) -> Uuid {
        effect_key(&self.plan.org_id, self.out.next.id, step, occurrence, role)
    }

    fn key_of_step(&self, step: StepId, occurrence: u32, role: &str) -> Uuid {
        let id = self.plan.steps.get(step.index()).map_or("", |step| &step.id);
        self.key(id, occurrence, role)
    }

    /// A key that follows from another one.
    fn derived_key(&self, key: Uuid, role: &str) -> Uuid {
        self.key(&key.to_string(), 0, role)
    }

    fn effect(&mut self, key: Uuid, step: Option<StepId>, action: Action) {
        self.out.effects.push(Effect { key, step, action });
    }

    /// A deadline for the answer to an effect.
    fn deadline(&mut self, key: Uuid, millis: i64) {
        let timer_key = self.derived_key(key, "deadline");
        self.timer(timer_key, self.now, millis, Event::DeadlinePassed { key });
    }

    fn timer(&mut self, key: Uuid, from: Timestamp, millis: i64, event: Event) {
        let due =
            from.checked_add(jiff::SignedDuration::from_millis(millis)).unwrap_or(Timestamp::MAX);
        self.out.timers.push(Timer { key, due, event });
    }

    fn customer_wrote(&mut self, text: &str) -> Result<(), Fault> {
        if self.out.next.position == Position::Ended {
            self.out.reception = Reception::Over;
            return Ok(());
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        self.say_as_customer(text);
        self.out.next.resolved = None;
        self.remember(Said::Words(text.trim().to_owned()));
        match self.out.next.position.clone() {
            Position::Waiting { at, wait, .. } => self.words_at_wait(at, wait, text)?,
            Position::HandedOff { .. } => self.words_for_agents(text),
            Position::AwaitingMessage { .. } => self.first_message(),
            _ if self.out.next.inbox.len() < MAX_INBOX => {
                self.trace(None, "kept the customer's words for the next wait");
                self.out.next.inbox.push_back(Words { text: text.to_owned() });
            }
            _ => self.trace(None, "put the customer's words into the transcript only"),
        }
        Ok(())
    }

    fn say_as_customer(&mut self, text: &str) {
        let (from, text) = (Speaker::Customer, text.to_owned());
        self.emit(Message::Said { from, text, masked: None, notice: None });
    }

    /// Keeps what was said for Subject and Description, as far as these can hold it.
    fn remember(&mut self, new: Said) {
        let said = &mut self.out.next.said;
        let used: usize = said.iter().map(|one| value::salesforce_length(one.text())).sum();
        let room = MAX_SAID.saturating_sub(used);
        if room > 0 {
            said.push(match new {
                Said::Words(text) => Said::Words(value::cut(&text, room).into_owned()),
                Said::Answer(text) => Said::Answer(value::cut(&text, room).into_owned()),
            });
        }
    }
}

/// The instruction behind another one.
fn behind(at: Target) -> Target {
    Target(at.0.saturating_add(1))
}
