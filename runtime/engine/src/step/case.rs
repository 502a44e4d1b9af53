//! Cases: asked for once, whatever the org answers and whenever.
//!
//! A push that wants a summary waits for it, fifteen seconds at most; an idle arm, which must not
//! wait, goes on without one. `create case` then waits eight seconds for the org before it tells
//! the customer that the Case comes later. The transcript is attached when the Case's id is known,
//! be that after the conversation has ended, and so are the files that the customer sent before
//! the Case was asked for: each goes to one Case.

use tidegate_plan::model::{Instruction, PushId, Target, TranscriptTo};
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::{Flow, Machine, behind};
use crate::effect::Action;
use crate::event::{Detection, Reply};
use crate::message::{Message, Notice};
use crate::payload;
use crate::state::{Pending, Position, Writer};
use crate::transition::Fault;

/// How long a Case waits for its summary, in milliseconds.
const SUMMARY_DEADLINE_MS: i64 = 15_000;
/// How long the customer waits for the Case, in milliseconds.
const CASE_DEADLINE_MS: i64 = 8_000;

/// What became of a Case that a `create case` waits for.
enum Answer<'a> {
    Created(Option<&'a str>),
    Delayed,
    Rejected,
}

impl Machine<'_> {
    pub(super) fn create_case(&mut self, at: Target, push: PushId) -> Flow {
        if self.ask_for_summary(at, push) {
            return Flow::Stop;
        }
        self.create(at, push);
        Flow::Stop
    }

    pub(super) fn record_case(&mut self, at: Target, push: PushId) -> Flow {
        if self.ask_for_summary(at, push) {
            return Flow::Stop;
        }
        self.send(at, push, false);
        Flow::Next
    }

    /// Asks for a summary where the push wants one; says whether it is to be waited for.
    fn ask_for_summary(&mut self, at: Target, push: PushId) -> bool {
        let in_idle_arm = self.out.next.frames.iter().any(|frame| frame.interrupted.is_some());
        if !self.plan.wants_summary(push) || in_idle_arm {
            return false;
        }
        let Some(step) = self.step_of(at) else { return false };
        let occurrence = self.out.next.occurrences.get(&step).map_or(1, |n| n.saturating_add(1));
        let key = self.key_of_step(step, occurrence, "summary");
        self.trace(Some(at), "asks for a summary");
        let through = self.out.next.messages;
        self.effect(key, Some(step), Action::Summarise { through });
        self.deadline(key, SUMMARY_DEADLINE_MS);
        self.out.next.position = Position::Summarising { at, key };
        true
    }

    pub(super) fn summarised(&mut self, key: Uuid, summary: Option<&str>) {
        let Position::Summarising { at, key: awaited } = self.out.next.position else {
            return self.trace(None, "ignored a late summary");
        };
        if key != awaited {
            return self.trace(None, "ignored a late summary");
        }
        let summary = summary.map(str::trim).filter(|summary| !summary.is_empty());
        self.trace(Some(at), if summary.is_some() { "has a summary" } else { "has no summary" });
        if let Some(summary) = summary {
            self.out.next.summary = Some(summary.to_owned());
            if let Some(attr) = self.plan.session("summary") {
                self.receive_value(attr, Value::Text(summary.to_owned()), Writer::Session);
            }
        }
        self.after_summary(at);
    }

    /// Goes on with the instruction that waited for a summary.
    fn after_summary(&mut self, at: Target) {
        match self.plan.code.get(at.index()) {
            Some(Instruction::CreateCase { push, .. }) => self.create(at, *push),
            Some(Instruction::RecordCase { push }) => {
                self.send(at, *push, false);
                self.run(behind(at));
            }
            _ => self.fail(Some(at), Fault::ImpossibleState),
        }
    }

    fn create(&mut self, at: Target, push: PushId) {
        let Some(key) = self.send(at, push, true) else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        self.deadline(key, CASE_DEADLINE_MS);
        self.out.next.position = Position::Creating { at, key };
    }

    /// Asks for the Case; gives the effect's key.
    fn send(&mut self, at: Target, id: PushId, told: bool) -> Option<Uuid> {
        let push = self.plan.pushes.get(id.index())?;
        let step = self.step_of(at)?;
        let (request, notes) = payload::case_request(self.plan, &self.out.next, id, push, self.now);
        let occurrence = self.count(step);
        let key = self.key_of_step(step, occurrence, "case");
        let names: Vec<&str> = request.fields.iter().map(|(name, _)| name.as_str()).collect();
        let what = format!("asks for a {} by {} with {}", push.object, push.name, names.join(", "));
        self.trace(Some(at), what);
        for note in notes {
            self.trace(Some(at), note);
        }
        self.effect(key, Some(step), Action::CreateCase(request));
        self.out.next.case_key = Some(key);
        let files = std::mem::take(&mut self.out.next.files);
        self.out.next.pending.push(Pending { key, step, push: id, told, refused: false, files });
        Some(key)
    }

    pub(super) fn case_created(
        &mut self,
        key: Uuid,
        id: &str,
        number: Option<&str>,
        differs: &[String],
    ) {
        let Some(pending) = self.take_pending(key) else {
            return self.trace(None, "ignored a Case that was reported before");
        };
        self.trace_step(Some(pending.step), "the Case exists");
        if !differs.is_empty() {
            let what =
                format!("the Case differs from what was asked for in {}", differs.join(", "));
            self.trace_step(Some(pending.step), what);
        }
        self.out.next.case_id = Some(id.to_owned());
        if pending.told {
            self.emit(Message::CaseCreated { number: number.map(str::to_owned) });
        }
        self.attach_transcript(&pending, id);
        self.attach_files(&pending, id);
        self.answer_creating(key, &Answer::Created(number));
    }

    fn attach_transcript(&mut self, pending: &Pending, case_id: &str) {
        let push = self.plan.pushes.get(pending.push.index());
        let as_file = match push.map(|push| &push.transcript) {
            Some(TranscriptTo::File) => true,
            Some(TranscriptTo::Comment) => false,
            _ => return,
        };
        let key = self.derived_key(pending.key, "transcript");
        let through = self.out.next.messages;
        let case_id = case_id.to_owned();
        self.effect(
            key,
            Some(pending.step),
            Action::AttachTranscript { case_id, through, as_file },
        );
    }

    fn attach_files(&mut self, pending: &Pending, case_id: &str) {
        for file in &pending.files {
            let key = self.derived_key(pending.key, &format!("file {}", file.id));
            let action = Action::AttachFile { case_id: case_id.to_owned(), file: file.clone() };
            self.effect(key, Some(pending.step), action);
        }
    }

    pub(super) fn case_refused(&mut self, key: Uuid, code: &str) {
        let Some(pending) = self.out.next.pending.iter_mut().find(|one| one.key == key) else {
            return self.trace(None, "ignored a refusal of a Case that exists");
        };
        // It stays pending: once an operator has mended it, the Case comes after all.
        let known = std::mem::replace(&mut pending.refused, true);
        let pending = pending.clone();
        self.trace_step(Some(pending.step), format!("the org refuses the Case: {code}"));
        if known {
            return;
        }
        let awaited =
            matches!(self.out.next.position, Position::Creating { key: one, .. } if one == key);
        if awaited {
            self.answer_creating(key, &Answer::Rejected);
        } else if pending.told {
            // The customer was told that the Case comes later, and now it does not.
            self.notify(Notice::CaseRejected, None);
        }
    }

    fn take_pending(&mut self, key: Uuid) -> Option<Pending> {
        let pending = &mut self.out.next.pending;
        let position = pending.iter().position(|one| one.key == key)?;
        Some(pending.remove(position))
    }

    pub(super) fn deadline_passed(&mut self, key: Uuid) {
        if self.refresh_is_late(key) {
            return;
        }
        match self.out.next.position {
            Position::Syncing { key: awaited } if awaited == key => {
                self.trace(None, "the visitor's record did not come in time");
                self.start();
            }
            Position::AwaitingMessage { key: awaited } if awaited == key => self.nobody_wrote(),
            Position::Reading { key: awaited, .. } if awaited == key => {
                self.trace(None, "the visitor's record did not come in time");
                self.has_read(key);
            }
            Position::Pausing { at, key: awaited } if awaited == key => {
                self.trace(Some(at), "goes on");
                self.run(behind(at));
            }
            Position::Summarising { key: awaited, .. } if awaited == key => {
                self.summarised(key, None);
            }
            Position::Detecting { key: awaited, .. } if awaited == key => {
                self.detected(key, &Detection::Unavailable);
            }
            Position::Answering { key: awaited, .. } if awaited == key => {
                self.answered(key, &Reply::Unavailable);
            }
            Position::HandedOff { wait, .. } if wait == key => self.nobody_accepted(),
            Position::Creating { key: awaited, .. } if awaited == key => {
                self.answer_creating(key, &Answer::Delayed);
            }
            // Deadlines are not taken back when the answer comes in time.
            _ => {}
        }
    }

    /// Goes on where a `create case` waits for this effect; elsewhere nobody waits any more.
    fn answer_creating(&mut self, key: Uuid, answer: &Answer<'_>) {
        let Position::Creating { at, key: awaited } = self.out.next.position else { return };
        if awaited != key {
            return;
        }
        let Some(Instruction::CreateCase { created, delayed, rejected, .. }) =
            self.plan.code.get(at.index())
        else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        let (arm, what) = match answer {
            Answer::Created(_) => (created, "created"),
            Answer::Delayed => (delayed, "delayed"),
            Answer::Rejected => (rejected, "rejected"),
        };
        self.trace(Some(at), what);
        match arm {
            Some(target) => self.run(*target),
            None => {
                match answer {
                    Answer::Created(number) => {
                        self.notify(Notice::CaseCreated, *number);
                    }
                    Answer::Delayed => self.notify(Notice::CaseDelayed, None),
                    Answer::Rejected => self.notify(Notice::CaseRejected, None),
                }
                self.finish(self.step_of(at), "ended");
            }
        }
    }
}
