//! The org, with something between it and the runtime.

use tidegate_server::effects::org::{Attach, Call, CallError, Find, Insert, Org, Record};
use tidegate_server::effects::salesforce::SalesforceOrg;

/// What happens to inserts of Cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meddling {
    /// Nothing.
    Not,
    /// The org's validation rule refuses them.
    Refuse,
    /// They are saved, and the answer never comes.
    Stall,
}

/// An org that is meddled with.
#[derive(Debug)]
pub(crate) struct Meddled {
    pub(crate) inner: SalesforceOrg,
    pub(crate) meddling: Meddling,
}

impl Org for Meddled {
    fn insert(&self, insert: Insert) -> Call<'_, String> {
        match self.meddling {
            Meddling::Not => self.inner.insert(insert),
            Meddling::Refuse => Box::pin(async {
                Err(CallError::Refused {
                    code: "FIELD_CUSTOM_VALIDATION_EXCEPTION".into(),
                    fields: vec!["Origin".into()],
                    answer: "Chats have a channel of their own".into(),
                })
            }),
            Meddling::Stall => Box::pin(async move {
                self.inner.insert(insert).await?;
                std::future::pending().await
            }),
        }
    }

    fn attach(&self, attach: Attach) -> Call<'_, ()> {
        self.inner.attach(attach)
    }

    fn find(&self, find: Find) -> Call<'_, Vec<Record>> {
        self.inner.find(find)
    }
}
