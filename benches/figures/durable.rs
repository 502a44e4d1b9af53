//! The baseline for durable steps: axum, and one row a request, inserted by one thread that makes
//! everything queued durable as one transaction. As little as a durable server can do.

use std::path::Path;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use tidegate_server::effects::org::{
    Attach, Call, DescribeCall, Find, Insert, LastModified, Org, Record,
};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// As many as Tidegate's writer puts into one transaction.
const BATCH: usize = 256;

#[derive(Debug, Deserialize)]
struct Said {
    id: Uuid,
    text: String,
}

#[derive(Debug, Serialize)]
struct Taken {
    sequence: i64,
}

type Item = (Said, oneshot::Sender<i64>);

/// The file, with the durability that Tidegate's has.
pub(crate) fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("a file");
    connection.pragma_update(None, "journal_mode", "WAL").expect("a pragma");
    connection.pragma_update(None, "synchronous", "FULL").expect("a pragma");
    connection
        .execute_batch("CREATE TABLE IF NOT EXISTS said (id BLOB PRIMARY KEY, text TEXT NOT NULL)")
        .expect("a table");
    connection
}

pub(crate) fn router(path: &Path) -> Router {
    let connection = open(path);
    let (queue, work) = mpsc::channel(1024);
    std::thread::spawn(move || write_all(&connection, work));
    Router::new().route("/said", post(said)).with_state(queue)
}

async fn said(
    State(queue): State<mpsc::Sender<Item>>,
    Json(said): Json<Said>,
) -> Result<Json<Taken>, StatusCode> {
    let (reply, answer) = oneshot::channel();
    let gone = |_| StatusCode::SERVICE_UNAVAILABLE;
    queue.send((said, reply)).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Json(Taken { sequence: answer.await.map_err(gone)? }))
}

fn write_all(connection: &Connection, mut queue: mpsc::Receiver<Item>) {
    while let Some(first) = queue.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = queue.try_recv()
        {
            batch.push(next);
        }
        let run = |words| connection.prepare_cached(words).expect("SQL");
        run("BEGIN IMMEDIATE").execute([]).expect("a transaction");
        let mut insert = run("INSERT INTO said VALUES (?1, ?2)");
        let mut rows = Vec::with_capacity(batch.len());
        for (said, _) in &batch {
            insert.execute(params![said.id.as_bytes(), said.text]).expect("a row");
            rows.push(connection.last_insert_rowid());
        }
        drop(insert);
        run("COMMIT").execute([]).expect("durable");
        for ((_, reply), row) in batch.into_iter().zip(rows) {
            // Who asked may have gone.
            let _ = reply.send(row);
        }
    }
}

/// An org that never answers.
#[derive(Debug)]
pub(crate) struct NoOrg;

impl Org for NoOrg {
    fn id(&self) -> Call<'_, String> {
        Box::pin(std::future::pending())
    }

    fn insert(&self, _: Insert) -> Call<'_, String> {
        Box::pin(std::future::pending())
    }

    fn attach(&self, _: Attach) -> Call<'_, ()> {
        Box::pin(std::future::pending())
    }

    fn find(&self, _: Find) -> Call<'_, Vec<Record>> {
        Box::pin(std::future::pending())
    }

    fn describe(&self, _: String, _: Option<LastModified>) -> DescribeCall<'_> {
        Box::pin(std::future::pending())
    }
}
