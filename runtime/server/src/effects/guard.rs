//! What stands between a plan and an org: that it is the right one, and that a mistake of ours in
//! one effect stays with that effect.

use jiff::Timestamp;
use tidegate_engine::effect::Action;
use tidegate_engine::event::{Event, PersonFound};
use tidegate_plan::model::Plan;
use tidegate_store::contract::{Claimed, DeadLetter};

use uuid::Uuid;

use super::Performed;
use super::org::CallError;
use crate::app::App;

/// After so many attempts a mistake of ours is taken for one that stays.
const PANICS: u32 = 3;
/// The code of a dead letter whose effect could not be performed for a mistake of ours.
const CODE: &str = "tidegate.panic";
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
/// behind it goes on and its customer is told.
pub(crate) fn panicked(claimed: &Claimed, now: Timestamp) -> Performed {
    if claimed.attempt < PANICS {
        return super::retry::mistaken(claimed.attempt, now);
    }
    let key = claimed.effect.key;
    let event = given_up(&claimed.effect.action, key, CODE);
    let letter = DeadLetter {
        conversation: claimed.conversation,
        effect: claimed.effect.clone(),
        at: now,
        since: Some(claimed.since),
        attempts: claimed.attempt,
        status: None,
        code: CODE.into(),
        fields: Vec::new(),
        request: "not made, or not to its end".into(),
        answer: "a fault of Tidegate's; the log has more".into(),
        source: None,
    };
    Performed::Dead { event, letter: Box::new(letter) }
}

/// What a conversation hears of an effect that is given up.
pub(crate) fn given_up(action: &Action, key: Uuid, code: &str) -> Option<Event> {
    match action {
        Action::CreateCase(_) => Some(Event::CaseRefused { key, code: code.to_owned() }),
        Action::SyncPerson { .. } => {
            Some(Event::PersonSynced { key, found: PersonFound::Unavailable })
        }
        Action::Summarise { .. } => Some(Event::Summarised { key, summary: None }),
        Action::AttachTranscript { .. } => None,
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
