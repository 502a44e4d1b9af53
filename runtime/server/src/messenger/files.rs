//! Files of a conversation: those that customers send with a form or to agents, and those that agents
//! send. They are kept beside the conversation, and handed out to its visitor alone.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tidegate_engine::file::FileRef;
use tidegate_engine::form::open_form;
use tidegate_engine::state::Position;
use tidegate_store::StoreError;
use tidegate_store::contract::{Room, Sender, Stored, Stowed, Upload};
use uuid::Uuid;

use super::body::Body;
use super::file_kind::Kind;
use super::file_name;
use super::file_places::FilePlace;
use super::messages::{Taken, receive};
use super::problem::Problem;
use super::visitor::Own;
use crate::app::App;
use crate::chats::{self, channel::FilesTaken};
use crate::conversation::Arrival;
use crate::http::client::ClientAddress;

/// So long a form can take an upload.
pub(crate) const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// What an operator reads where no more is kept.
pub(crate) const FULL: &str = "a file was not kept: the store has as many bytes of files as it may \
    have (`files_mb` of `[server.limits]`)";
/// Files at most of the customer in one conversation, submitted or not.
const MOST: u32 = 20;
/// An upload has so many times as long as another body.
const PATIENCE: u32 = 4;

/// What was kept.
#[derive(Debug, Serialize)]
pub(super) struct Uploaded {
    id: Uuid,
    name: String,
    #[serde(rename = "type")]
    media_type: String,
    bytes: u64,
}

/// Takes a file where the conversation asks for one.
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    own: Own,
    Extension(client): Extension<ClientAddress>,
    request: Request,
) -> Result<Json<Uploaded>, Problem> {
    let name = file_name::told(request.headers()).ok_or_else(unnamed)?;
    let stored = app.store.load(own.id).await?.ok_or_else(Problem::not_found)?;
    let taken = files_taken(&app, &stored).await?.ok_or_else(Problem::stale)?;
    if taken.none {
        let why = "no files can be sent in this chat";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why));
    }
    let messenger = app.messengers.get(&stored.owner.messenger);
    let most = messenger.ok_or_else(Problem::unauthorized)?.max_file_bytes;
    let most =
        taken.largest.and_then(|it| usize::try_from(it).ok()).map_or(most, |it| it.min(most));
    let Some(_place) = app.uploads.take(own.visitor, client) else {
        return Err(Problem::too_many(Duration::from_secs(2)));
    };
    let bytes = read(&app, request, most).await?;
    let kind = Kind::of(&bytes).ok_or_else(unknown_kind)?;
    let file = FileRef {
        id: Uuid::new_v4(),
        name: file_name::clean(&name, kind),
        bytes: bytes.len() as u64,
        media_type: kind.media_type().to_owned(),
    };
    let (by, content) = (Sender::Customer, Arc::from(bytes.as_ref()));
    let upload =
        Upload { conversation: own.id, file: file.clone(), by, at: app.clock.now(), content };
    match app.store.put_file(upload, Room { files: MOST, bytes: app.file_bytes }).await? {
        Stowed::Kept => {}
        Stowed::TooMany => {
            let why = format!("a conversation takes {MOST} files at most");
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why));
        }
        Stowed::Full => {
            tracing::error!(conversation = %own.id, "{FULL}");
            let why = "there is no room for more files at the moment";
            return Err(Problem::new(StatusCode::INSUFFICIENT_STORAGE, why));
        }
    }
    let FileRef { id, name, bytes, media_type } = file;
    Ok(Json(Uploaded { id, name, media_type, bytes }))
}

/// The uploads that a form of the conversation may name.
pub(super) async fn uploads(app: &App, conversation: Uuid) -> Result<Vec<FileRef>, StoreError> {
    app.store.uploads(conversation, app.clock.now() - LASTS).await
}

/// What is taken of files at the moment: where a form asks for one, or agents are there.
async fn files_taken(app: &App, stored: &Stored) -> Result<Option<FilesTaken>, Problem> {
    let wait = match stored.conversation.position {
        Position::HandedOff { key, .. } => return Ok(Some(chats::files_taken(app, key).await?)),
        Position::Waiting { wait, .. } => wait,
        _ => return Ok(None),
    };
    let plan = app.plans.get(&stored.conversation.plan).await;
    let plan = plan.map_err(crate::conversation::LoopError::from)?;
    let form = open_form(&plan, &stored.conversation, wait);
    let form = form.and_then(|form| plan.forms.get(form.index()));
    Ok(form.filter(|form| !form.files.is_empty()).map(|_| FilesTaken::default()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SendRequest {
    id: Uuid,
    file: Uuid,
}

/// Sends agents a file that was uploaded.
pub(super) async fn send(
    State(app): State<Arc<App>>,
    own: Own,
    Body { value: request, hash }: Body<SendRequest>,
) -> Result<Json<Taken>, Problem> {
    let inbound = own.inbound(request.id, hash);
    let file = uploads(&app, own.id).await?.into_iter().find(|file| file.id == request.file);
    let unknown = file.is_none();
    let taken = receive(app, Arrival::File(file), inbound).await;
    // What was sent before by the same request is recalled; else there is no such file.
    taken.map_err(|problem| if unknown { Problem::not_found() } else { problem })
}

/// Hands a file out to the visitor in whose conversation it is, to be saved and not to be shown: what
/// is in it is somebody else's.
pub(super) async fn download(
    State(app): State<Arc<App>>,
    own: Own,
    Extension(client): Extension<ClientAddress>,
    named: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Problem> {
    // What a path says is not told back.
    let Path((_, file)) = named.map_err(|_| Problem::not_found())?;
    let file = file.parse().map_err(|_| Problem::not_found())?;
    let Some(place) = app.downloads.take(own.visitor, client) else {
        return Err(Problem::too_many(Duration::from_secs(2)));
    };
    let content = app.store.content(own.id, file).await?.ok_or_else(Problem::not_found)?;
    let media_type = Kind::of(&content).map_or("application/octet-stream", Kind::media_type);
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Bytes::from_owner(Going { content, _place: place })).into_response())
}

/// A file on its way to a reader, which holds its place until it is there.
struct Going {
    content: Arc<[u8]>,
    _place: FilePlace,
}

impl AsRef<[u8]> for Going {
    fn as_ref(&self) -> &[u8] {
        &self.content
    }
}

/// The body, which is refused as soon as it is too large.
async fn read(app: &App, request: Request, most: usize) -> Result<Bytes, Problem> {
    if told_length(request.headers()).is_some_and(|length| length > most as u64) {
        return Err(too_large(most));
    }
    let bytes =
        tokio::time::timeout(app.body_deadline * PATIENCE, to_bytes(request.into_body(), most));
    let bytes = bytes.await.map_err(|_| Problem::late())?.map_err(|error| {
        let too_long = std::error::Error::source(&error)
            .is_some_and(|why| why.is::<http_body_util::LengthLimitError>());
        match too_long {
            true => too_large(most),
            false => Problem::bad_request("the file did not arrive whole"),
        }
    })?;
    match bytes.is_empty() {
        true => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the file is empty")),
        false => Ok(bytes),
    }
}

fn told_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(most: usize) -> Problem {
    let most = match most >> 20 {
        0 => format!("{} KB", most >> 10),
        megabytes => format!("{megabytes} MB"),
    };
    let detail = format!("a file may have {most} at most");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

fn unnamed() -> Problem {
    Problem::bad_request(
        "name the file in a header: `Content-Disposition: attachment; filename*=UTF-8''photo.jpg`, \
         percent-encoded",
    )
}

fn unknown_kind() -> Problem {
    let detail = "this kind of file is not taken: send a photo (JPEG, PNG, GIF, WebP, HEIC), a PDF, a \
                  video (MP4), a document or table of Office (DOCX, XLSX), or plain text";
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
}
