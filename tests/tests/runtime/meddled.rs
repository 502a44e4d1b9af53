//! The org, with something between it and the runtime.

use tidegate_salesforce::RetryClass;
use tidegate_salesforce::client::ApiUsage;
use tidegate_server::effects::org::{
    Attach, Call, CallError, DescribeCall, Find, Insert, LastModified, Org, Record,
};
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
    /// A mistake of ours, each time.
    Panic,
    /// They are saved, and then a mistake of ours, each time.
    SaveAndPanic,
    /// The same, and looking for a Case is such a mistake as well.
    SaveAndPanicTwice,
    /// They are saved otherwise than was asked for, and the answer is lost.
    LoseAndChange,
    /// They are saved, the answer is lost, and a rule that is new since then refuses them again.
    LoseAndRefuse,
    /// They are refused in words that quote all that was sent.
    Echo,
    /// Nothing, but what was sent is written to the runtime's log.
    Leak,
    /// Nothing, but nobody can log in.
    LockedOut,
    /// Nothing, but the org says that it is another one.
    Elsewhere,
    /// They lose the key that makes them exactly one.
    WithoutKey,
    /// They are saved, and no answer ever comes.
    LoseAlways,
    /// Nothing, but the day's allowance is nearly used up.
    NearlyUsedUp,
}

/// An org that is meddled with.
#[derive(Debug)]
pub(crate) struct Meddled {
    pub(crate) inner: SalesforceOrg,
    pub(crate) meddling: Meddling,
}

impl Org for Meddled {
    fn id(&self) -> Call<'_, String> {
        match self.meddling {
            Meddling::LockedOut => Box::pin(async {
                Err(CallError::new(RetryClass::Auth, "tidegate.login", "the key has run out"))
            }),
            Meddling::Elsewhere => Box::pin(async { Ok("00D000000000002EAA".to_owned()) }),
            _ => self.inner.id(),
        }
    }

    fn insert(&self, insert: Insert) -> Call<'_, String> {
        match self.meddling {
            Meddling::Leak => {
                let fields = serde_json::to_string(&insert.fields).unwrap();
                tracing::error!(target: "tidegate_server::effects", fields, "a deliberate leak");
                self.inner.insert(insert)
            }
            Meddling::Echo => Box::pin(async move {
                let sent = serde_json::to_string(&insert.fields).unwrap();
                let words = format!("data value too large: {sent}");
                Err(CallError {
                    fields: vec!["Subject".into()],
                    ..CallError::new(RetryClass::Request, "STRING_TOO_LONG", words)
                })
            }),
            Meddling::Not | Meddling::Elsewhere | Meddling::LockedOut | Meddling::NearlyUsedUp => {
                self.inner.insert(insert)
            }
            Meddling::WithoutKey => {
                let mut insert = insert;
                insert.fields.remove("Tidegate_Key__c");
                self.inner.insert(insert)
            }
            Meddling::LoseAlways => Box::pin(async move {
                // A repetition is refused for its key, which nobody hears either.
                drop(self.inner.insert(insert).await);
                Err(CallError::new(RetryClass::Ambiguous, "tidegate.no_answer", "lost"))
            }),
            Meddling::Panic => Box::pin(async { panic!("a mistake of ours") }),
            Meddling::SaveAndPanic | Meddling::SaveAndPanicTwice => Box::pin(async move {
                drop(self.inner.insert(insert).await);
                panic!("a mistake of ours")
            }),
            Meddling::LoseAndChange => Box::pin(async move {
                let mut insert = insert;
                insert.fields.insert("Order_Number__c".into(), "654321".into());
                self.inner.insert(insert).await?;
                Err(CallError::new(
                    RetryClass::Ambiguous,
                    "tidegate.no_answer",
                    "the answer was lost",
                ))
            }),
            Meddling::LoseAndRefuse => Box::pin(async move {
                Err(match self.inner.insert(insert).await {
                    Ok(_) => CallError::new(RetryClass::Ambiguous, "tidegate.no_answer", "lost"),
                    Err(_) => refused(),
                })
            }),
            Meddling::Refuse => Box::pin(async { Err(refused()) }),
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
        if self.meddling == Meddling::SaveAndPanicTwice && find.object == "Case" {
            return Box::pin(async { panic!("another mistake of ours") });
        }
        self.inner.find(find)
    }

    fn describe(&self, object: String, since: Option<LastModified>) -> DescribeCall<'_> {
        self.inner.describe(object, since)
    }

    fn usage(&self) -> Option<ApiUsage> {
        match self.meddling {
            Meddling::NearlyUsedUp => Some(ApiUsage { used: 14_000, allowed: 15_000 }),
            _ => self.inner.usage(),
        }
    }
}

/// What a validation rule says.
fn refused() -> CallError {
    let code = "FIELD_CUSTOM_VALIDATION_EXCEPTION";
    let words = "Chats have a channel of their own";
    let refused = CallError::new(RetryClass::Request, code, words);
    CallError { fields: vec!["Origin".into()], ..refused }
}
