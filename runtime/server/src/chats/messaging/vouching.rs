//! Who a customer is to the org: a guest, or one whom we vouch for.

use std::collections::BTreeSet;

use secrecy::SecretString;
use tidegate_salesforce::chat::{self, ChatClient, Configuration, Customer, Identity, Visitor};

use crate::chats::channel::Signed;

/// How the runtime vouches for customers who are signed in ("user verification").
#[derive(Debug, Clone)]
pub struct Vouching {
    /// `iss`, as the org's key set has it.
    pub issuer: String,
    /// `aud`, where the org checks it.
    pub audience: Option<String>,
    /// `kid`, as the org's key set has it.
    pub key_id: String,
    /// The RSA key as PEM.
    pub private_key: SecretString,
    /// The Messengers whose visitors these are; empty for all.
    pub messengers: BTreeSet<String>,
}

impl Vouching {
    /// Whether this key signs anything.
    pub fn has_key(&self) -> bool {
        Customer::can_sign_with(&self.private_key)
    }

    /// The customer whose subject this is.
    pub(super) fn customer(&self, subject: String) -> Customer {
        Customer {
            subject,
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            key_id: self.key_id.clone(),
            private_key: self.private_key.clone(),
        }
    }

    fn is_for(&self, messenger: &str) -> bool {
        self.messengers.is_empty() || self.messengers.contains(messenger)
    }
}

/// Lets a customer in: as who they are, where somebody vouches for that and the org believes it. An org
/// that does not believe it may say so, or give a guest's token without a word, which the client
/// looks for; either way the customer is to reach somebody, and agents see that it is a guest.
pub(super) async fn admitted(
    client: ChatClient,
    vouching: Option<&Vouching>,
    signed: Option<Signed>,
) -> Result<(Visitor, Option<Configuration>), chat::ChatError> {
    let vouched = vouching.zip(signed).filter(|(its, who)| its.is_for(&who.messenger));
    if let Some((vouching, who)) = vouched {
        let identity = Identity::Verified(vouching.customer(who.subject));
        match Visitor::new(client.clone(), identity, None).await {
            Err(error) if !error.class().may_pass() => {
                tracing::error!(deployment = ?client.deployment().name, class = error.class().name(), key_id = vouching.key_id, "the org does not take a customer for who they are: is the key in the channel's user verification, with this issuer and id? The customer chats as a guest");
            }
            done => return done,
        }
    }
    Visitor::new(client, Identity::Guest, None).await
}
