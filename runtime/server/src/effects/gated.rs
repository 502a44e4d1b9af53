//! The org, watched: the gate learns how each request went.

use std::sync::Arc;

use tidegate_salesforce::client::ApiUsage;

use super::gate::{Asked, Gate};
use super::org::{Attach, Call, DescribeCall, Find, Insert, LastModified, Org, Record};

/// An org whose gate learns how each request went.
#[derive(Debug)]
pub(crate) struct Gated {
    inner: Arc<dyn Org>,
    gate: Arc<Gate>,
}

impl Gated {
    pub(crate) fn new(inner: Arc<dyn Org>, gate: Arc<Gate>) -> Self {
        Self { inner, gate }
    }

    fn watch<'a, T: Send + 'a>(&'a self, asked: Asked, call: Call<'a, T>) -> Call<'a, T> {
        Box::pin(async move {
            let went = call.await;
            self.gate.learn(self.inner.usage());
            self.gate.observe(asked, went.as_ref().map(drop));
            went
        })
    }
}

impl Org for Gated {
    fn id(&self) -> Call<'_, String> {
        Box::pin(async move {
            let went = self.inner.id().await;
            // Who is logged in already knows it without asking the org.
            if let Err(error) = &went {
                self.gate.observe(Asked::Read, Err(error));
            }
            went
        })
    }

    fn insert(&self, insert: Insert) -> Call<'_, String> {
        self.watch(Asked::Write, self.inner.insert(insert))
    }

    fn attach(&self, attach: Attach) -> Call<'_, ()> {
        self.watch(Asked::Write, self.inner.attach(attach))
    }

    fn find(&self, find: Find) -> Call<'_, Vec<Record>> {
        self.watch(Asked::Read, self.inner.find(find))
    }

    fn describe(&self, object: String, since: Option<LastModified>) -> DescribeCall<'_> {
        self.watch(Asked::Read, self.inner.describe(object, since))
    }

    fn usage(&self) -> Option<ApiUsage> {
        self.inner.usage()
    }
}
