//! The server with one protection removed, for a twin of the crash tests: what a customer says to agents
//! goes out under another id at each attempt, and what agents do is another thing whenever it is heard.
//!
//! `without-ids PLAN STORE ORG_URL`

use std::path::Path;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use tidegate_server::Server;
use tidegate_server::chats::channel::{
    Admitted, Channel, ChatCall, Cursor, Heard, Message, News, Opening, Receipt, Session, Signed,
    Withdrawn,
};
use tidegate_server::chats::messaging::Messaging;
use tidegate_tests::served;
use uuid::Uuid;

/// Gives everything a new id.
#[derive(Debug)]
struct WithoutIds(Messaging);

impl Channel for WithoutIds {
    fn admit(&self, chat: Uuid, signed: Option<Signed>) -> ChatCall<'_, Admitted> {
        self.0.admit(chat, signed)
    }

    fn open(&self, session: Session, opening: Opening) -> ChatCall<'_, Session> {
        self.0.open(session, opening)
    }

    fn send(&self, session: Session, message: Message) -> ChatCall<'_, Session> {
        self.0.send(session, Message { id: Uuid::new_v4(), ..message })
    }

    fn fetch(&self, address: String, most: usize) -> ChatCall<'_, Vec<u8>> {
        self.0.fetch(address, most)
    }

    fn typing(&self, session: Session, chat: Uuid, types: bool) -> ChatCall<'_, ()> {
        self.0.typing(session, chat, types)
    }

    fn acknowledge(
        &self,
        session: Session,
        chat: Uuid,
        receipts: Vec<Receipt>,
    ) -> ChatCall<'_, ()> {
        self.0.acknowledge(session, chat, receipts)
    }

    fn withdraw(&self, session: Session, chat: Uuid) -> ChatCall<'_, Withdrawn> {
        self.0.withdraw(session, chat)
    }

    fn close(&self, session: Session, chat: Uuid) -> ChatCall<'_, ()> {
        self.0.close(session, chat)
    }

    fn follow(&self, session: Session, chat: Uuid, since: Cursor) -> BoxStream<'_, Heard> {
        let news = self.0.follow(session, chat, since).map(|heard| match heard.news {
            News::Happened { id: _, what } => {
                Heard { news: News::Happened { id: Uuid::new_v4().to_string(), what }, ..heard }
            }
            _ => heard,
        });
        news.boxed()
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plan, store, org] = arguments.as_slice() else {
        panic!("usage: without-ids PLAN STORE ORG_URL");
    };
    let read = |name: &str| std::env::var(name).expect("the org's credentials");
    let client = || served::org(org, &read("CRASH_KEY"), &read("CRASH_SECRET"));
    let mut config = served::config(Path::new(plan), Path::new(store), client());
    let (scrt, name) = (org.parse().expect("an address"), "Web_Chat".parse().expect("a name"));
    let messaging = Messaging::new(scrt, name, Arc::new(client()), Messaging::gate());
    config.channels.insert("live".to_owned(), Arc::new(WithoutIds(messaging)));
    let server = Server::start(config).await.expect("the server starts");
    println!("listening on {}", server.url());
    std::future::pending::<()>().await;
}
