//! The server with one protection removed, for twins of the crash tests: a Case that an earlier
//! attempt had created is not adopted, and a file that it had attached is not found.
//!
//! `without-adoption PLAN STORE ORG_URL`

use std::path::Path;

use tidegate_server::Server;
use tidegate_server::effects::org::{
    Attach, Call, DescribeCall, Find, Insert, LastModified, Org, Record,
};
use tidegate_server::effects::salesforce::SalesforceOrg;
use tidegate_tests::served;

/// Fields that carry the key of an effect.
const KEYS: [&str; 2] = ["Tidegate_Key__c", "PathOnClient"];

/// Never finds by its key what is there already.
#[derive(Debug)]
struct WithoutAdoption(SalesforceOrg);

impl Org for WithoutAdoption {
    fn id(&self) -> Call<'_, String> {
        self.0.id()
    }

    fn insert(&self, insert: Insert) -> Call<'_, String> {
        self.0.insert(insert)
    }

    fn attach(&self, attach: Attach) -> Call<'_, ()> {
        self.0.attach(attach)
    }

    fn find(&self, find: Find) -> Call<'_, Vec<Record>> {
        if find.equal.iter().any(|(field, _)| KEYS.contains(&field.as_str())) {
            return Box::pin(async { Ok(Vec::new()) });
        }
        self.0.find(find)
    }

    fn describe(&self, object: String, since: Option<LastModified>) -> DescribeCall<'_> {
        self.0.describe(object, since)
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plan, store, org] = arguments.as_slice() else {
        panic!("usage: without-adoption PLAN STORE ORG_URL");
    };
    let read = |name: &str| std::env::var(name).expect("the org's credentials");
    let org = served::org(org, &read("CRASH_KEY"), &read("CRASH_SECRET"));
    let config = served::config(Path::new(plan), Path::new(store), WithoutAdoption(org));
    let server = Server::start(config).await.expect("the server starts");
    println!("listening on {}", server.url());
    std::future::pending::<()>().await;
}
