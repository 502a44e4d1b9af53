//! What agents ask with something to press: shown while nobody has answered, answered once.
//!
//! One question is open at a time, so that what is pressed answers what is seen; a later one takes
//! its place. What the customer writes goes to the agents beside it, and answers it where it is the
//! label of an option.

use tidegate_plan::model::Target;
use uuid::Uuid;

use super::Machine;
use crate::effect::Action;
use crate::eval::same_without_case;
use crate::event::Author;
use crate::message::Message;
use crate::offer::{Asks, Offer, OfferedOption, Reply};
use crate::transition::Reception;

impl Machine<'_> {
    /// Somebody on the agents' side asks something.
    pub(super) fn asked(
        &mut self,
        at: Target,
        chat: Uuid,
        by: Author,
        question: &str,
        asks: &Asks,
    ) {
        if !asks.is_small() {
            self.trace(Some(at), "is asked more than can be shown, and tells it as text");
            let text = asks.as_text();
            return self.spoken(at, chat, by, |from| Message::Said {
                from,
                text,
                masked: None,
                notice: None,
            });
        }
        self.close_offer();
        self.out.next.waits += 1;
        let wait = self.out.next.waits;
        let (question, asks) = (question.to_owned(), asks.clone());
        let message = asks.clone();
        // A reply may start something, which is to find everything in its place.
        self.out.next.offer = Some(Offer { wait, question, asks });
        self.spoken(at, chat, by, |from| message.message(wait, from));
    }

    /// Takes a press of a button that agents have offered; whether that is what it presses.
    pub(super) fn offer_pressed(&mut self, wait: u64, choice: u32) -> bool {
        let offer = self.out.next.offer.as_ref().filter(|offer| offer.wait == wait);
        let Some(Offer { asks: Asks::Choices { options, .. }, .. }) = offer else { return false };
        match options.get(choice as usize).cloned() {
            Some(option) => self.take_option(option),
            None => self.out.reception = Reception::Stale,
        }
        true
    }

    /// What the customer has written while the conversation is with agents.
    pub(super) fn words_for_agents(&mut self, text: &str) {
        let typed = |option: &&OfferedOption| {
            let same = |label: &str| same_without_case(label.trim(), text.trim());
            same(option.label()) || same(&option.title)
        };
        let offer = self.out.next.offer.as_ref();
        let option = offer.and_then(|Offer { asks: Asks::Choices { options, .. }, .. }| {
            options.iter().find(typed).cloned()
        });
        match option {
            Some(option) => {
                // The answer says it again, with the question.
                self.out.next.said.pop_if(|said| said.text() == text.trim());
                self.take_option(option);
            }
            None => self.relay(text),
        }
    }

    fn take_option(&mut self, option: OfferedOption) {
        let Some(Offer { wait, question, asks }) = self.out.next.offer.take() else { return };
        let Asks::Choices { text, .. } = asks;
        self.out.next.resolved = None;
        self.close(wait, vec![(text, option.label().to_owned())]);
        let OfferedOption { id, title, .. } = option;
        let reply = Reply::Chosen { id, title };
        let what = "relays what was chosen".to_owned();
        self.relayed(what, |chat, number, routing| Action::RelayReply {
            chat,
            number,
            question,
            reply,
            routing,
        });
    }

    /// What was asked is to be answered no more.
    pub(super) fn close_offer(&mut self) {
        if let Some(Offer { wait, .. }) = self.out.next.offer.take() {
            self.close(wait, Vec::new());
        }
    }
}
