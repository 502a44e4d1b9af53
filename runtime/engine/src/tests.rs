//! Conversations through `step`.

mod allocations;
mod answers;
mod cases;
mod detections;
mod endings;
mod files;
mod first_words;
mod forms;
mod fuzz;
mod hand_offs;
mod identities;
mod offers;
mod outcomes;
mod pauses;
mod private;
mod replies;
mod rounds;
mod visits;
mod whole;

use jiff::{SignedDuration, Timestamp};
use tidegate_plan::model::{AttrId, PersonMap, Plan};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use crate::event::{Opened, PersonFound, Signed};
use crate::fixture;
use crate::rehearse::Player;

pub(super) fn verified(plan: Plan) -> VerifiedPlan {
    VerifiedPlan::new(plan).expect("a sound plan")
}

pub(super) fn support() -> VerifiedPlan {
    verified(fixture::support())
}

pub(super) fn player(plan: &VerifiedPlan) -> Player<'_> {
    let id = Uuid::from_u128(0x1234);
    Player::new(plan, id, "2026-11-22T10:00:00Z".parse::<Timestamp>().expect("a time"))
}

pub(super) fn attr(plan: &VerifiedPlan, path: &str) -> AttrId {
    let position = plan.attributes.iter().position(|one| one.path() == path).expect("a slot");
    AttrId(u32::try_from(position).expect("few"))
}

/// Has people looked up as Contacts, with their first names.
pub(super) fn syncs_contacts(b: &mut fixture::Builder) {
    let name = b.attr("person.FirstName", ValueType::Text);
    b.plan.person = Some(PersonMap {
        object: "Contact".to_owned(),
        find_by: "Email".to_owned(),
        claim: "email".to_owned(),
        synced: vec![name],
    });
}

pub(super) fn ada(plan: &VerifiedPlan) -> PersonFound {
    let name = (attr(plan, "person.FirstName"), Value::Text("Ada".into()));
    PersonFound::One { id: "003000000000001AAA".into(), values: vec![name] }
}

pub(super) fn unknown(plan: &VerifiedPlan) -> Opened {
    let email = (attr(plan, "session.email"), Value::Text("ada@example.com".into()));
    let name = (attr(plan, "session.name"), Value::Text("Ada Lovelace".into()));
    Opened { signed: None, values: vec![email, name] }
}

pub(super) fn known() -> Opened {
    Opened { signed: Some(Signed { claim: Some("ada@example.com".into()) }), values: vec![] }
}

pub(super) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}
