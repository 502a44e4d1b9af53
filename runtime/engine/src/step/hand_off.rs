//! `hand off`: agents take over.
//!
//! The chat is named by the key of the effect that opens it. Until an agent accepts, a durable timer
//! runs; an acceptance that comes before it wins, and one that comes behind it comes too late: the
//! chat was withdrawn. What the customer writes is relayed from the beginning, with the routing
//! values of that moment.

use tidegate_plan::model::{ChannelPushId, Instruction, Outcome, Target};
use tidegate_plan::value::salesforce_length;
use uuid::Uuid;

use super::{Flow, Machine, behind};
use crate::effect::Action;
use crate::event::{Author, ChatEvent};
use crate::file::FileRef;
use crate::message::{Agents, Message, Notice, Speaker};
use crate::routing::routing;
use crate::state::Position;
use crate::transition::{Fault, Reception};

/// What has been of a chat when an agent is waited for.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    met: bool,
    relayed: u32,
}

impl Machine<'_> {
    pub(super) fn hand_off(&mut self, at: Target, id: ChannelPushId, up_to_ms: u64) -> Flow {
        let push = self.plan.channels.get(id.index());
        let (Some(step), Some(push)) = (self.step_of(at), push) else {
            self.fail(Some(at), Fault::ImpossibleState);
            return Flow::Stop;
        };
        let occurrence = self.count(step);
        let key = self.key_of_step(step, occurrence, "chat");
        let along = self.routing(at, push);
        let keys: Vec<&str> = along.iter().map(|(key, _)| key.as_str()).collect();
        let what = format!("hands off to {} with {}", push.channel, keys.join(", "));
        self.trace(Some(at), what);
        // What came meanwhile is in the transcript that goes along.
        self.out.next.inbox.clear();
        let (channel, through) = (push.channel.clone(), self.out.next.messages);
        let files = self.out.next.files.clone();
        let action = Action::OpenChat { push: id.0, channel, routing: along, through, files };
        self.effect(key, Some(step), action);
        self.await_agent(at, key, up_to_ms, Before::default());
        Flow::Stop
    }

    /// Waits for an agent, the first or another one.
    fn await_agent(&mut self, at: Target, key: Uuid, up_to_ms: u64, before: Before) {
        // Numbered by what the conversation has said, so that no two waits share a timer.
        let wait = self.derived_key(key, &format!("agent {}", self.out.next.messages));
        self.deadline(wait, i64::try_from(up_to_ms).unwrap_or(i64::MAX));
        let Before { met, relayed } = before;
        self.out.next.position =
            Position::HandedOff { at, key, accepted: false, met, wait, relayed };
        self.emit(Message::Agents { state: Agents::Awaited, name: None });
    }

    fn routing(
        &mut self,
        at: Target,
        push: &tidegate_plan::model::ChannelPush,
    ) -> Vec<(String, String)> {
        let (along, notes) = routing(&self.scope(), push);
        for note in notes {
            self.trace(Some(at), note);
        }
        along
    }

    /// Tells the agents what the customer wrote.
    pub(super) fn relay(&mut self, text: &str) {
        let what = format!("relays {} characters", salesforce_length(text));
        let text = text.to_owned();
        self.relayed(what, |chat, number, routing| Action::Relay { chat, number, text, routing });
    }

    /// The customer sent a file, which agents alone take.
    pub(super) fn file_sent(&mut self, file: &FileRef) {
        match self.out.next.position {
            Position::HandedOff { .. } => {}
            Position::Ended => return self.out.reception = Reception::Over,
            _ => return self.out.reception = Reception::Stale,
        }
        // Two requests may have found it unsent together.
        if self.out.next.files.iter().any(|sent| sent.id == file.id) {
            self.out.reception = Reception::Stale;
            return;
        }
        let (from, name) = (Speaker::Customer, file.name.clone());
        self.emit(Message::File { from, name, file: Some(file.clone()) });
        self.out.next.resolved = None;
        // A Case that is created later has it too.
        self.out.next.files.push(file.clone());
        let what = format!("relays a file of {} bytes", file.bytes);
        let file = file.clone();
        self.relayed(what, |chat, number, routing| Action::RelayFile {
            chat,
            number,
            file,
            routing,
        });
    }

    pub(super) fn relayed(
        &mut self,
        what: String,
        action: impl FnOnce(Uuid, u64, Vec<(String, String)>) -> Action,
    ) {
        let Position::HandedOff { at, key, relayed, .. } = &mut self.out.next.position else {
            return;
        };
        *relayed = relayed.saturating_add(1);
        let (at, chat, number) = (*at, *key, *relayed);
        let Some(Instruction::HandOff { push, .. }) = self.plan.code.get(at.index()) else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        let Some(push) = self.plan.channels.get(push.index()) else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        let along = self.routing(at, push);
        self.trace(Some(at), what);
        let key = self.derived_key(chat, &format!("relay {number}"));
        let step = self.step_of(at);
        // The entry that says it is the last one by now.
        let entry = self.out.next.messages;
        self.effect(key, step, action(chat, entry, along));
    }

    pub(super) fn nobody_accepted(&mut self) {
        let Position::HandedOff { at, key, accepted: false, .. } = self.out.next.position else {
            return;
        };
        self.withdraw(at, key);
        self.leave_chat(at, Outcome::NoAgent);
    }

    fn withdraw(&mut self, at: Target, chat: Uuid) {
        self.trace(Some(at), "withdraws the chat");
        let key = self.derived_key(chat, "withdraw");
        let step = self.step_of(at);
        self.effect(key, step, Action::WithdrawChat { chat });
    }

    pub(super) fn chat(&mut self, chat: Uuid, what: &ChatEvent) {
        let (at, accepted, before) = match self.out.next.position {
            Position::HandedOff { at, key, accepted, met, relayed, .. } if key == chat => {
                (at, accepted, Before { met: accepted || met, relayed })
            }
            _ => return self.trace(None, "ignored what came of a chat that is over"),
        };
        match what {
            // Another one, beside one who is there: in a transfer that one leaves then.
            ChatEvent::Accepted { name: name @ Some(_) } if accepted => {
                self.trace(Some(at), "another agent has come");
                self.emit(Message::Agents { state: Agents::Joined, name: name.clone() });
            }
            ChatEvent::Accepted { name } => self.accepted(at, name.clone()),
            ChatEvent::Wrote { by, text } if text.trim().is_empty() => {
                self.trace(Some(at), format!("{} writes nothing", who(*by)));
            }
            ChatEvent::Wrote { by, text } => {
                self.spoken(at, chat, *by, |from| Message::Said {
                    from,
                    text: text.clone(),
                    masked: None,
                    notice: None,
                });
            }
            ChatEvent::Sent { by, name, file } => {
                let (name, file) = (name.clone(), file.clone());
                self.spoken(at, chat, *by, |from| Message::File { from, name, file });
            }
            ChatEvent::Asked { by, question, asks } => {
                self.asked(at, chat, *by, question, asks);
            }
            ChatEvent::NotPassedOn { file } => self.not_passed_on(at, file.clone()),
            ChatEvent::Left if accepted => {
                let Some(Instruction::HandOff { up_to_ms, .. }) = self.plan.code.get(at.index())
                else {
                    return self.fail(Some(at), Fault::ImpossibleState);
                };
                self.trace(Some(at), "the agent has left");
                self.await_agent(at, chat, *up_to_ms, before);
            }
            ChatEvent::Left => {}
            // Also where the agent left a moment before.
            ChatEvent::Ended if before.met => self.leave_chat(at, Outcome::Ended),
            // Nobody was there to end it for the customer.
            ChatEvent::Ended => self.leave_chat(at, Outcome::NoAgent),
            ChatEvent::Failed => self.leave_chat(at, Outcome::Failed),
            ChatEvent::Lost => self.leave_chat(at, Outcome::Lost),
        }
    }

    fn not_passed_on(&mut self, at: Target, file: Option<String>) {
        self.trace(Some(at), "what the customer said could not be passed on");
        match file {
            Some(name) => {
                self.emit(Message::File { from: Speaker::Assistant, name, file: None });
            }
            None => self.notify(Notice::NotPassedOn, None),
        }
    }

    pub(super) fn spoken(
        &mut self,
        at: Target,
        chat: Uuid,
        by: Author,
        message: impl FnOnce(Speaker) -> Message,
    ) {
        if by == Author::Agent {
            // Who writes has accepted.
            self.accepted(at, None);
        }
        self.trace(Some(at), format!("{} writes", who(by)));
        self.emit(message(match by {
            Author::Agent => Speaker::Agent,
            Author::Bot => Speaker::Bot,
            Author::System => Speaker::System,
        }));
        if by == Author::Agent {
            self.agent_replied(chat);
        }
    }

    fn accepted(&mut self, at: Target, name: Option<String>) {
        let Position::HandedOff { accepted, met, .. } = &mut self.out.next.position else { return };
        *met = true;
        if std::mem::replace(accepted, true) {
            return;
        }
        self.trace(Some(at), "an agent has accepted");
        self.emit(Message::Agents { state: Agents::Joined, name });
    }

    fn leave_chat(&mut self, at: Target, outcome: Outcome) {
        let Some(Instruction::HandOff { own, .. }) = self.plan.code.get(at.index()) else {
            return self.fail(Some(at), Fault::ImpossibleState);
        };
        self.trace(Some(at), format!("the chat is over: {}", outcome.name()));
        self.close_offer();
        self.emit(Message::Agents { state: Agents::Gone, name: None });
        self.out.next.refresh = None;
        if !self.leave_step(own, outcome) {
            self.trace(Some(at), format!("no arm for `{}`", outcome.name()));
            self.run(behind(at));
        }
    }
}

fn who(by: Author) -> &'static str {
    match by {
        Author::Agent => "an agent",
        Author::Bot => "a bot of the agents' side",
        Author::System => "the agents' side itself",
    }
}
