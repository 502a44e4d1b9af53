//! What a test's AI does, and what a customer says to it.

use tidegate_plan::model::{AttrId, Instruction};
use tidegate_plan::rehearsal::{Act, Agent, Ai};

use super::super::failure::Fault;
use super::super::output::quoted;
use super::Stage;
use crate::event::{Detection, Event, Reply};
use crate::state::{Position, Turns};
use crate::transition::Reception;

impl Stage<'_> {
    pub(in crate::rehearse) fn ai(&mut self, ai: &Ai) -> Result<(), Box<Fault>> {
        self.begin();
        let key = match self.player.conversation.position {
            Position::Detecting { key, .. } => Some(key),
            _ => None,
        };
        let (attr, value) = match ai {
            Ai::IsUnavailable => {
                self.ai_is_away = true;
                if let Some(key) = key {
                    self.play(&Event::Detected { key, found: Detection::Unavailable });
                } else if let Position::Answering { .. } = self.player.conversation.position {
                    return self.replies(Reply::Unavailable);
                }
                return Ok(());
            }
            Ai::Answers(text) => {
                return self.says(Reply::Answer { text: text.clone(), from: None });
            }
            Ai::Asks(text) => return self.says(Reply::Question { text: text.clone() }),
            Ai::GivesUp => return self.replies(Reply::Unresolved),
            Ai::HearsThatItHelped if !self.turns().answered => {
                let message = "nothing was answered yet that could have helped";
                return Err(Fault::impossible(message, self.standing()));
            }
            Ai::HearsThatItHelped => return self.replies(Reply::Confirmed),
            Ai::HearsWishForPerson => return self.replies(Reply::Human),
            Ai::Detects(attr, value) => (*attr, value.as_ref()),
        };
        let (Some(key), Some((asked, values))) = (key, self.asked_of_ai()) else {
            let message = "the AI is not asked for a value here";
            return Err(Fault::impossible(message, self.standing()));
        };
        if asked != attr {
            let message = format!("the AI is not asked about `{}` here", self.path(attr));
            let instead = format!("it is asked about `{}`", self.path(asked));
            return Err(Fault::impossible(message, instead));
        }
        if let Some(value) = value.filter(|value| !values.contains(value)) {
            let message = format!("`{value}` is not offered to the AI here");
            let instead = format!("it can choose {}", quoted(values));
            return Err(Fault::impossible(message, instead));
        }
        let found = value.map_or(Detection::Nothing, |value| Detection::Value {
            value: value.clone(),
            because: Vec::new(),
        });
        self.play(&Event::Detected { key, found });
        Ok(())
    }

    fn turns(&self) -> Turns {
        self.player.conversation.turns.unwrap_or_default()
    }

    /// The AI says something, if it has a turn left for that.
    fn says(&mut self, reply: Reply) -> Result<(), Box<Fault>> {
        let up_to = match self.player.conversation.position {
            Position::Answering { at, .. } => match self.plan.code.get(at.index()) {
                Some(Instruction::Answer { turns, .. }) => *turns,
                _ => 0,
            },
            _ => return self.replies(reply),
        };
        if self.turns().taken < up_to {
            return self.replies(reply);
        }
        let message = "the AI has had its turns, and only says whether the customer was helped";
        let turns = if up_to == 1 { "turn" } else { "turns" };
        let fault = Fault::impossible(message, format!("`answer` gives it {up_to} {turns}"));
        Err(fault.help("write `ai gives up`, `ai hears that it helped` or a larger `up to`"))
    }

    fn replies(&mut self, reply: Reply) -> Result<(), Box<Fault>> {
        let Position::Answering { key, .. } = self.player.conversation.position else {
            let message = "the AI is not asked for an answer here";
            return Err(Fault::impossible(message, self.standing()));
        };
        self.play(&Event::Answered { key, reply });
        Ok(())
    }

    /// The customer presses *That helped*.
    pub(super) fn confirms(&mut self) -> Result<(), Box<Fault>> {
        let wait = self.player.conversation.waits;
        if self.play(&Event::Helped { wait }) == Reception::Taken {
            return Ok(());
        }
        let fault = Fault::impossible("there is no answer to confirm here", self.standing());
        Err(fault.help("let the AI answer before: `ai answers \"…\"`"))
    }

    /// What the AI is asked, and which values it can answer.
    pub(in crate::rehearse) fn asked_of_ai(&self) -> Option<(AttrId, &[String])> {
        let (attr, values) = self.detecting.as_ref()?;
        let asked = matches!(self.player.conversation.position, Position::Detecting { .. });
        asked.then_some((*attr, values.as_slice()))
    }

    /// A line that answers what waits for one.
    pub(in crate::rehearse) fn unanswered(&self) -> Option<Act> {
        if let Position::Answering { .. } = self.player.conversation.position {
            return Some(Act::Ai(Ai::Answers("…".to_owned())));
        }
        if let Position::HandedOff { accepted, .. } = self.player.conversation.position {
            return Some(Act::Agent(if accepted { Agent::Ends } else { Agent::Accepts }));
        }
        let (attr, values) = self.asked_of_ai()?;
        Some(Act::Ai(Ai::Detects(attr, values.first().cloned())))
    }
}
