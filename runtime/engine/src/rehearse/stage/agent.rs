//! What a test's agent does.

use tidegate_plan::rehearsal::Agent;

use super::super::failure::Fault;
use super::Stage;
use crate::event::{Author, ChatEvent, Event};
use crate::state::Position;

impl Stage<'_> {
    pub(in crate::rehearse) fn agent(&mut self, agent: &Agent) -> Result<(), Box<Fault>> {
        self.begin();
        let Position::HandedOff { key, accepted, met, wait, .. } =
            self.player.conversation.position
        else {
            let message = "the conversation is not handed off here";
            return Err(Fault::impossible(message, self.standing()));
        };
        let nobody = match agent {
            // Who has just left may have ended the chat.
            Agent::Ends => !accepted && !met,
            Agent::Leaves => !accepted,
            _ => false,
        };
        if nobody {
            let message = "no agent is there";
            let fault = Fault::impossible(message, self.standing());
            return Err(fault.help("write `agent accepts` above this line"));
        }
        if accepted && matches!(agent, Agent::Accepts | Agent::NobodyAccepts) {
            let message = "an agent has accepted already";
            return Err(Fault::impossible(message, self.standing()));
        }
        let what = match agent {
            Agent::Accepts => ChatEvent::Accepted { name: None },
            Agent::Writes(text) => ChatEvent::Wrote { by: Author::Agent, text: text.clone() },
            Agent::Ends => ChatEvent::Ended,
            Agent::Leaves => ChatEvent::Left,
            Agent::NobodyAccepts => {
                self.deadline_of(wait);
                return Ok(());
            }
            Agent::Fails => ChatEvent::Failed,
            Agent::IsLost => ChatEvent::Lost,
        };
        self.play(&Event::Chat { key, what });
        Ok(())
    }
}
