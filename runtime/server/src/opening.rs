//! What is known when a conversation begins.

use jiff::Timestamp;
use rand::RngExt as _;
use tidegate_engine::event::{Event, Opened, Signed};
use tidegate_engine::state::{Conversation, Position};
use tidegate_plan::model::{AttrId, Attribute, Instruction, Origin, Plan, Space};
use tidegate_plan::value::{Value, first};
use tidegate_store::contract::{Owner, Visitor};
use uuid::{Builder, Uuid};

use crate::app::App;
use crate::conversation::{Arrival, Cause, LoopError};
use crate::lasting::RESOLUTION;
use crate::plans::PlanRefused;
use crate::visiting;

/// The visitor's open conversation and true, or a new one and false: what they take up after a visit of
/// so many milliseconds, or what the opening starts.
pub(crate) async fn resume_or_begin(
    app: &App,
    visitor: &Visitor,
    visit: Option<u64>,
    now: Timestamp,
) -> Result<(Uuid, bool), LoopError> {
    // Of two tabs one begins, and the other finds what that has left to the visitor's later conversations.
    let _alone = app.beginnings.alone(visitor.id).await;
    if let Some(open) = app.store.open_of(visitor.id).await? {
        return Ok((open, true));
    }
    let lasting = app.store.visitor(visitor.id).await?.map(|its| its.lasting);
    let visitor = Visitor { lasting: lasting.unwrap_or_default(), ..visitor.clone() };
    let plan = app.plans.active().await?;
    let id = new_id(now);
    let event = match visit {
        Some(after_ms) => visiting::taken_up(&plan, &visitor, id, after_ms, now),
        None => Event::Opened(opened(&plan, &visitor, id, now)),
    };
    let owner = Owner { visitor: visitor.id, messenger: visitor.messenger.clone() };
    let lasting = visiting::over(&visitor);
    let begun = app.conversations.begin(owner, id, &plan, event, lasting, now).await?;
    Ok((begun, begun != id))
}

/// Begins with the time, so that conversations of one time lie side by side in the store, and ends
/// with 74 random bits.
pub(crate) fn new_id(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &rand::rng().random()).into_uuid()
}

/// What the site has signed of a visitor, if it has.
fn signed(plan: &Plan, visitor: &Visitor) -> Option<Signed> {
    let claim = || plan.person.as_ref().and_then(|map| visitor.profile.claims.get(&map.claim));
    visitor.subject.is_some().then(|| Signed { claim: claim().cloned() })
}

/// Whether a conversation asks its visitor to sign in.
pub(crate) async fn asks_to_sign_in(
    app: &App,
    conversation: &Conversation,
) -> Result<bool, PlanRefused> {
    let Position::Waiting { at, .. } = conversation.position else { return Ok(false) };
    let plan = app.plans.get(&conversation.plan).await?;
    Ok(matches!(plan.code.get(at.index()), Some(Instruction::Verify { .. })))
}

/// Lets a conversation know that its visitor has signed in, where it asks for that.
pub(crate) async fn sign_in(
    app: &App,
    visitor: &Visitor,
    conversation: Uuid,
    now: Timestamp,
) -> Result<(), LoopError> {
    if visitor.subject.is_none() {
        return Ok(());
    }
    let Some(stored) = app.store.load(conversation).await? else { return Ok(()) };
    if !asks_to_sign_in(app, &stored.conversation).await? {
        return Ok(());
    }
    let plan = app.plans.get(&stored.conversation.plan).await?;
    let Some(signed) = signed(&plan, visitor) else { return Ok(()) };
    let arrival = Arrival::Event(Event::SignedIn(signed));
    // Where it waits for something else by now, nobody asks any more.
    app.conversations.receive(conversation, arrival, Cause::SignIn, now).await?;
    Ok(())
}

pub(crate) fn opened(plan: &Plan, visitor: &Visitor, conversation: Uuid, now: Timestamp) -> Opened {
    let signed = signed(plan, visitor);
    let mut values = Vec::new();
    for (attr, attribute) in (0u32..).map(AttrId).zip(&plan.attributes) {
        let value = match (attribute.space, &attribute.origin) {
            (Space::Session, _) => session(attribute, visitor, conversation, now),
            // The engine says so where it does not fit what the plan declares by now.
            (Space::Person, Origin::Own) => visitor.lasting.get(&attribute.name).cloned(),
            _ => None,
        };
        values.extend(value.map(|value| (attr, value)));
    }
    Opened { signed, values }
}

fn session(
    attribute: &Attribute,
    visitor: &Visitor,
    conversation: Uuid,
    now: Timestamp,
) -> Option<Value> {
    let profile = &visitor.profile;
    let claim = |name: &str| profile.claims.get(name).cloned();
    let text = match attribute.name.as_str() {
        "id" => Some(conversation.to_string()),
        "messenger" => Some(visitor.messenger.clone()),
        "email" => claim("email").or_else(|| profile.email.clone()),
        "name" => claim("name").or_else(|| profile.name.clone()),
        "user_id" => visitor.subject.clone(),
        "language" => profile.language.clone(),
        "page" => profile.page.clone(),
        "referrer" => profile.referrer.clone(),
        "time_zone" => profile.time_zone.clone(),
        "browser" => profile.browser.clone(),
        "browser_version" => profile.browser_version.clone(),
        "os" => profile.os.clone(),
        "country" => profile.country.clone(),
        // Never blank, as the compiler believes; a visitor who signs out is forgotten at any time.
        "first_seen" => return Some(Value::DateTime(profile.first_seen.unwrap_or(now))),
        "last_seen" => return profile.seen_before.map(Value::DateTime),
        "visits" => return Some(Value::Number(profile.visits.into())),
        "resolution" => return visitor.lasting.get(RESOLUTION).cloned(),
        _ => None,
    };
    let text = text?;
    let max = attribute.max_length.and_then(|max| usize::try_from(max).ok());
    Value::Text(max.map_or(&*text, |max| first(&text, max)).to_owned()).or_blank()
}
