//! A test's visitor who has not opened the Messenger.

use super::super::failure::Fault;
use super::Stage;
use crate::event::{Event, PersonFound};
use crate::state::Position;
use crate::teaser::teaser;

impl Stage<'_> {
    /// The visitor takes up what the visit shows. Where it shows nothing, nothing has happened.
    pub(super) fn visits(&mut self, after_ms: u64) -> Result<(), Box<Fault>> {
        if self.player.conversation.position != Position::New {
            let message = "nothing is shown where a conversation is open";
            return Err(Fault::impossible(message, self.standing()));
        }
        let visited = Event::Visited { after_ms, opened: self.opened() };
        let mut begun = self.clone();
        let mut last = begun.player.feed(&visited);
        if let Position::Syncing { key } = begun.player.conversation.position {
            let found = if begun.down { PersonFound::Unavailable } else { begun.found() };
            last = begun.player.feed(&Event::PersonSynced { key, found });
        }
        if !teaser(&last).is_empty() {
            self.play(&visited);
        } else if begun.player.conversation.visit.is_some() {
            // What starts and says nothing has been gone through, all the same.
            self.player.seen = begun.player.seen;
        }
        Ok(())
    }

    /// The Messenger is opened where a conversation has begun with a visit.
    pub(super) fn taken_up(&self) -> Box<Fault> {
        let message = "what the visit shows was taken up, and is open";
        let fault = Fault::impossible(message, self.standing());
        fault.help("take this line out, or `customer visits` above it")
    }
}
