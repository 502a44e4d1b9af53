//! What stands between a plan and an org: that it is the right one, and that a mistake of ours in
//! one effect stays with that effect.

use jiff::Timestamp;
use tidegate_engine::effect::Action;
use tidegate_engine::event::{ChatEvent, Detection, Event, PersonFound, Reply};
use tidegate_plan::model::Plan;
use tidegate_salesforce::RetryClass;
use tidegate_store::contract::{Claimed, DeadLetter};
use uuid::Uuid;

use super::org::CallError;
use super::{Failed, Performed, failed};
use crate::app::App;

/// After so many attempts a mistake of ours is taken for one that stays.
const PANICS: u32 = 3;
/// The code of a dead letter whose effect could not be performed for a mistake of ours.
const PANIC: &str = "tidegate.panic";
/// The code of a dead letter whose effect can't be read.
const UNREADABLE: &str = "tidegate.unreadable";
/// Characters of an id that tell orgs apart; three more only repeat what they say.
const TELLING: usize = 15;

/// Refuses an org whose metadata the plan was not checked against, unless the server was told to
/// take any.
pub(crate) async fn right_org(app: &App, plan: &Plan) -> Result<(), CallError> {
    if app.any_org {
        return Ok(());
    }
    let found = app.org.id().await?;
    match same_org(&plan.org_id, &found) {
        true => Ok(()),
        false => Err(CallError::another_org(&plan.org_id, &found)),
    }
}

pub(crate) fn same_org(one: &str, other: &str) -> bool {
    one.get(..TELLING).is_some_and(|one| other.get(..TELLING) == Some(one))
}

/// Where performing an effect panicked: tried again, in the end a dead letter, so that what waits
/// behind it goes on and its customer is told. An insert may have gone out before the mistake, so
/// that its Case is looked for first.
pub(crate) async fn panicked(app: &App, claimed: &Claimed) -> Performed {
    if claimed.attempt < PANICS {
        return super::retry::mistaken(claimed.attempt, app.clock.now());
    }
    let error =
        CallError::new(RetryClass::Request, PANIC, "a fault of Tidegate's; the log has more");
    let request = "not made, or not to its end".to_owned();
    failed::judge(app, claimed, Failed { error, request, source: None }).await
}

/// Where looking for the Case panicked as well.
pub(crate) fn unknown(claimed: &Claimed, now: Timestamp) -> Performed {
    let answer = "a fault of Tidegate's, also when it was looked whether this had been done; the log has more";
    dead(claimed, now, PANIC, "not made, or not to its end".into(), answer)
}

/// What can't be performed since nobody knows what it is.
pub(crate) fn unreadable(claimed: &Claimed, stored: &str, now: Timestamp) -> Performed {
    let request = format!("nothing was sent; this was kept of what is to be done:\n{stored}");
    let answer = "what was kept can't be read: another version of Tidegate wrote it, or it was damaged; `resend` hands it to a version that can";
    dead(claimed, now, UNREADABLE, request, answer)
}

fn dead(claimed: &Claimed, now: Timestamp, code: &str, request: String, answer: &str) -> Performed {
    let event = given_up(&claimed.effect.action, claimed.effect.key, code);
    let letter = DeadLetter {
        conversation: claimed.conversation,
        effect: claimed.effect.clone(),
        at: now,
        since: Some(claimed.since),
        attempts: claimed.attempt,
        status: None,
        code: code.into(),
        fields: Vec::new(),
        request,
        answer: answer.into(),
        source: None,
    };
    Performed::Dead { event, letter: Box::new(letter) }
}

/// What a conversation hears of an effect that is given up.
pub(crate) fn given_up(action: &Action, key: Uuid, code: &str) -> Option<Event> {
    match action {
        // What can't be read may be a Case; where it is none, nobody waits for this.
        Action::CreateCase(_) | Action::Unreadable { .. } => {
            Some(Event::CaseRefused { key, code: code.to_owned() })
        }
        Action::SyncPerson { .. } => {
            Some(Event::PersonSynced { key, found: PersonFound::Unavailable })
        }
        Action::SyncCase { .. } => Some(Event::CaseSynced { key, values: None }),
        Action::Summarise { .. } => Some(Event::Summarised { key, summary: None }),
        Action::Answer { .. } => Some(Event::Answered { key, reply: Reply::Unavailable }),
        Action::Detect { .. } => Some(Event::Detected { key, found: Detection::Unavailable }),
        Action::OpenChat { .. } => Some(Event::Chat { key, what: ChatEvent::Failed }),
        Action::Relay { chat, .. }
        | Action::RelayFile { chat, .. }
        | Action::RelayReply { chat, .. } => {
            Some(Event::Chat { key: *chat, what: ChatEvent::Lost })
        }
        Action::AttachTranscript { .. }
        | Action::AttachFile { .. }
        | Action::WithdrawChat { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::same_org;

    #[test]
    fn orgs_are_told_apart_by_the_telling_part_of_their_ids() {
        assert!(same_org("00D000000000001EAA", "00D000000000001"));
        assert!(!same_org("00D000000000001EAA", "00D000000000002EAA"));
        assert!(!same_org("", ""));
        assert!(!same_org("00D000000000001EAA", ""));
    }
}
