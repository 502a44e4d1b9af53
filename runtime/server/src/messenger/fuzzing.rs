//! What the API makes of bytes from outside, without a socket. For the fuzz targets and the test
//! that replays their corpora; no part of the server's interface.

use std::convert::Infallible;

use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Sse};
use futures::FutureExt as _;
use jiff::Timestamp;
use tidegate_engine::event::Event;
use tidegate_engine::state::Conversation;
use tidegate_engine::transition::{Reception, Transition};
use tidegate_plan::verify::VerifiedPlan;
use tidegate_store::contract::Entry;

use super::body::Body;
use super::events::{resume, sent};
use super::forms::{ChoiceRequest, FormRequest};
use super::identity::Verifier;
use super::messages::{HumanRequest, MessageRequest, PressRequest, readable};
use super::open::{OpenRequest, Proofs, verified};
use super::problem::Problem;
use super::profile::Seen;
use crate::app::Messenger;
use crate::config::MessengerConfig;
use crate::conversation::{Arrival, stepped};
use crate::opening::opened;

/// A Messenger and one conversation in it.
#[derive(Debug)]
pub struct Desk {
    plan: VerifiedPlan,
    messenger: Messenger,
    /// The conversation.
    pub conversation: Conversation,
}

impl Desk {
    /// A desk with a conversation of this plan.
    ///
    /// # Errors
    ///
    /// The Messenger's keys can't be used.
    pub fn new(
        plan: VerifiedPlan,
        conversation: Conversation,
        config: &MessengerConfig,
    ) -> Result<Self, String> {
        let verifier = Verifier::new(config).map_err(|bad| bad.to_string())?;
        let messenger = Messenger { origins: config.origins.clone(), verifier, max_file_bytes: 0 };
        Ok(Self { plan, messenger, conversation })
    }

    /// What the body of a request to a route does.
    ///
    /// # Errors
    ///
    /// The status of the refusal.
    pub fn receive(&self, route: &str, body: &[u8], now: Timestamp) -> Result<Transition, u16> {
        self.taken(route, body, now).map_err(|problem| {
            let status = problem.status();
            let answered = problem.into_response().status().as_u16();
            assert_eq!(status, answered, "a refusal that can't be sent");
            status
        })
    }

    fn taken(&self, route: &str, body: &[u8], now: Timestamp) -> Result<Transition, Problem> {
        let arrival = match route {
            "messages" => {
                let Body { value, .. } = Body::<MessageRequest>::read(route, body)?;
                Arrival::Event(Event::Message { text: readable(value.text)? })
            }
            "human" => {
                Body::<HumanRequest>::read(route, body)?;
                Arrival::Event(Event::HumanRequested)
            }
            "forms" => {
                let Body { value, .. } = Body::<FormRequest>::read(route, body)?;
                Arrival::Form { wait: value.wait, texts: value.values, uploads: Vec::new() }
            }
            "choices" => {
                let Body { value, .. } = Body::<ChoiceRequest>::read(route, body)?;
                Arrival::Event(Event::ChoiceMade { wait: value.wait, choice: value.choice })
            }
            "refusals" => {
                let Body { value, .. } = Body::<PressRequest>::read(route, body)?;
                Arrival::Event(Event::SignInRefused { wait: value.wait })
            }
            "helped" => {
                let Body { value, .. } = Body::<PressRequest>::read(route, body)?;
                Arrival::Event(Event::Helped { wait: value.wait })
            }
            "open" => return self.opened(body, now),
            _ => return Err(Problem::not_found()),
        };
        let stepped = stepped(&self.plan, &self.conversation, &arrival, now);
        let (_, transition) = stepped.map_err(refused)?;
        match transition.reception {
            Reception::Taken => Ok(transition),
            reception => Err(refused(reception)),
        }
    }

    fn opened(&self, body: &[u8], now: Timestamp) -> Result<Transition, Problem> {
        let Body { value: request, .. } = Body::<OpenRequest>::read("open", body)?;
        let identity = verified(&self.messenger, &request, now);
        let identity = identity.map_err(|_| Problem::untrusted())?;
        let mut headers = HeaderMap::new();
        headers.extend(HeaderValue::from_bytes(body).ok().map(|it| (header::USER_AGENT, it)));
        let seen = Seen::new(&headers, None, now);
        let (admission, _) = Proofs::of_newcomer(identity).admission(&request, seen, now);
        let id = self.conversation.id;
        let event = Event::Opened(opened(&self.plan, &admission.visitor, id, now));
        let nothing = Conversation::new(id, self.plan.hash());
        let stepped = stepped(&self.plan, &nothing, &Arrival::Event(event), now);
        stepped.map(|(_, transition)| transition).map_err(refused)
    }
}

fn refused(reception: Reception) -> Problem {
    match reception {
        Reception::Invalid { fields } => Problem::invalid(fields),
        Reception::Taken | Reception::Stale | Reception::Over => Problem::stale(),
    }
}

/// Behind which of so many messages a reader with this `Last-Event-ID` goes on, and whether it has
/// to forget what it has. `None` where no request can carry such a header.
pub fn resumed(last_event_id: &[u8], messages: u64) -> Option<(u64, bool)> {
    let mut headers = HeaderMap::new();
    headers.insert("last-event-id", HeaderValue::from_bytes(last_event_id).ok()?);
    Some(resume(&headers, messages))
}

/// Entries as the stream of events carries them.
pub fn streamed(entries: &[Entry]) -> Vec<u8> {
    let events: Vec<_> = entries.iter().filter_map(sent).map(Ok::<_, Infallible>).collect();
    let body = Sse::new(futures::stream::iter(events)).into_response().into_body();
    // Everything is there already, so nothing is waited for.
    let bytes = to_bytes(body, usize::MAX).now_or_never().and_then(Result::ok);
    bytes.map(Vec::from).unwrap_or_default()
}
