//! One end user: a token that is renewed when it has to be, and the calls with it.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use super::call::{ConversationSummary, EntriesQuery, ReceiptKind, RoutingStatus, Sent};
use super::client::ChatClient;
use super::configuration::Configuration;
use super::customer::Customer;
use super::entry::Entry;
use super::error::ChatError;
use super::events::EventStream;
use super::id::{ConversationId, EntryId};
use super::outgoing::{FileMessage, Outgoing, Routing};
use super::token::{Granted, Token};

/// Makes a call, and once more with another token where this one does not hold. A closure would give
/// futures that no task can be made of.
macro_rules! with_token {
    ($visitor:ident, $token:ident => $call:expr) => {{
        let $token = $visitor.fresh_token().await?;
        match $call.await {
            Err(ChatError::TokenExpired(_)) => {
                let $token = $visitor.other_token(&$token).await?;
                $call.await
            }
            done => done,
        }
    }};
}

/// Who an end user is to the org.
#[derive(Debug, Clone)]
pub enum Identity {
    /// Anybody. When the token is over, so is what it opens: another token is another visitor.
    Guest,
    /// A customer whom we vouch for: any token of the same customer opens the same conversations.
    Verified(Customer),
}

/// One end user of a deployment. Clones share the token.
///
/// A token is renewed before its end, and once after an answer that says that it does not hold: by
/// continuation, and for verified customers by another assertion where that fails. However many
/// calls need that at a time, one of them renews.
#[derive(Debug, Clone)]
pub struct Visitor {
    client: ChatClient,
    identity: Arc<Identity>,
    device: Option<Uuid>,
    token: Arc<Mutex<Arc<Token>>>,
}

impl Visitor {
    /// A new visitor, with what the org tells of the deployment.
    ///
    /// # Errors
    ///
    /// As [`ChatClient::guest_token`] and [`ChatClient::verified_token`].
    pub async fn new(
        client: ChatClient,
        identity: Identity,
        device: Option<Uuid>,
    ) -> Result<(Self, Option<Configuration>), ChatError> {
        let Granted { token, configuration, .. } = match &identity {
            Identity::Guest => client.guest_token(device).await?,
            Identity::Verified(customer) => client.verified_token(customer, device).await?,
        };
        Ok((Visitor::known(client, identity, device, token), configuration))
    }

    /// A visitor of before, whose token was kept.
    pub fn known(
        client: ChatClient,
        identity: Identity,
        device: Option<Uuid>,
        token: Token,
    ) -> Self {
        let (identity, token) = (Arc::new(identity), Arc::new(Mutex::new(Arc::new(token))));
        Visitor { client, identity, device, token }
    }

    /// Who it is to the org.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The client.
    pub fn client(&self) -> &ChatClient {
        &self.client
    }

    /// The token as it is now, to be kept: it changes when it is renewed.
    pub async fn token(&self) -> Arc<Token> {
        Arc::clone(&*self.token.lock().await)
    }

    /// When the token is to be renewed; nobody knows while it is.
    pub(super) fn renew_at(&self) -> Option<Timestamp> {
        self.token.try_lock().ok()?.renew_at()
    }

    /// A token that holds for a while, as far as is known.
    pub(super) async fn fresh_token(&self) -> Result<Arc<Token>, ChatError> {
        let mut kept = self.token.lock().await;
        let now = self.client.clock().now();
        if !kept.is_due(now) {
            return Ok(Arc::clone(&*kept));
        }
        match self.renewed(&mut kept).await {
            // It holds for a moment more; who is waiting need not wait for another one.
            Err(error) if kept.is_over(now) => Err(error),
            _ => Ok(Arc::clone(&*kept)),
        }
    }

    /// A token other than the one that the org did not take.
    async fn other_token(&self, failed: &Token) -> Result<Arc<Token>, ChatError> {
        let mut kept = self.token.lock().await;
        if kept.is_same(failed) {
            self.renewed(&mut kept).await?;
        }
        Ok(Arc::clone(&*kept))
    }

    async fn renewed(&self, kept: &mut MutexGuard<'_, Arc<Token>>) -> Result<(), ChatError> {
        let granted = match (self.client.continued_token(kept).await, &*self.identity) {
            (
                Err(ChatError::TokenExpired(_) | ChatError::Foreign(_)),
                Identity::Verified(customer),
            ) => self.client.verified_token(customer, self.device).await?,
            (continued, _) => continued?,
        };
        **kept = Arc::new(granted.token);
        Ok(())
    }

    /// See [`ChatClient::create`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn create(&self, id: ConversationId, routing: &Routing) -> Result<Sent, ChatError> {
        with_token!(self, token => self.client.create(&token, id, routing))
    }

    /// See [`ChatClient::send`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn send(&self, id: ConversationId, message: &Outgoing) -> Result<Sent, ChatError> {
        with_token!(self, token => self.client.send(&token, id, message))
    }

    /// See [`ChatClient::send_file`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn send_file(
        &self,
        id: ConversationId,
        file: &FileMessage,
    ) -> Result<Sent, ChatError> {
        with_token!(self, token => self.client.send_file(&token, id, file))
    }

    /// See [`ChatClient::typing`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn typing(&self, id: ConversationId, on: bool) -> Result<(), ChatError> {
        with_token!(self, token => self.client.typing(&token, id, on))
    }

    /// See [`ChatClient::acknowledge`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn acknowledge(
        &self,
        id: ConversationId,
        receipts: &[(EntryId, ReceiptKind)],
    ) -> Result<(), ChatError> {
        with_token!(self, token => self.client.acknowledge(&token, id, receipts))
    }

    /// See [`ChatClient::routing_status`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn routing_status(&self, id: ConversationId) -> Result<RoutingStatus, ChatError> {
        with_token!(self, token => self.client.routing_status(&token, id))
    }

    /// See [`ChatClient::conversations`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn conversations(
        &self,
        closed_too: bool,
    ) -> Result<Vec<ConversationSummary>, ChatError> {
        with_token!(self, token => self.client.conversations(&token, closed_too))
    }

    /// See [`ChatClient::entries`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn entries(
        &self,
        id: ConversationId,
        query: &EntriesQuery,
    ) -> Result<Vec<Entry>, ChatError> {
        with_token!(self, token => self.client.entries(&token, id, query))
    }

    /// See [`ChatClient::end_session`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn end_session(&self, id: ConversationId) -> Result<(), ChatError> {
        with_token!(self, token => self.client.end_session(&token, id))
    }

    /// See [`ChatClient::close`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn close(&self, id: ConversationId) -> Result<(), ChatError> {
        with_token!(self, token => self.client.close(&token, id))
    }

    /// Opens a stream behind an event, or behind the one that the token begins with.
    ///
    /// # Errors
    ///
    /// As [`ChatClient::events`].
    pub async fn events(&self, last_event_id: Option<&str>) -> Result<EventStream, ChatError> {
        with_token!(self, token => {
            let from = last_event_id.or_else(|| token.last_event_id());
            self.client.events(&token, from)
        })
    }
}
