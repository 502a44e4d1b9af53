//! The page on which you choose who you are, and a page of a pretended company with the Messenger.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::identity::Signer;

/// Somebody whom you can be.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// The Contact's id.
    pub(super) id: String,
    /// The name.
    pub(super) name: String,
    /// What tells this one from the others.
    pub(super) note: String,
    /// What a company's server would vouch for.
    pub(super) claims: BTreeMap<String, String>,
}

/// What the pages show.
pub(super) struct Pages {
    /// The project's name.
    pub(super) project: String,
    /// The Messenger's name.
    pub(super) messenger: String,
    /// Where the runtime is.
    pub(super) runtime: String,
    /// Where the local org is.
    pub(super) org: String,
    /// Whom you can be.
    pub(super) visitors: Vec<Visitor>,
    /// Signs them in.
    pub(super) signer: Signer,
}

/// The routes.
pub(super) fn router(pages: Pages) -> Router {
    Router::new()
        .route("/", get(choose))
        .route("/as/{id}", get(company))
        .route("/identity/{id}", get(identity))
        .route("/page.css", get(style))
        .route("/page.js", get(script))
        .with_state(Arc::new(pages))
}

async fn choose(State(pages): State<Arc<Pages>>) -> Html<String> {
    let cards: String = pages.visitors.iter().map(card).collect();
    let org = escape(&pages.org);
    let body = format!(
        "<main><p class=\"quiet\">{} on this machine</p><h1>Who are you today?</h1>\
         <p>Your company's site would know its visitor and sign a token. Here you choose.</p>\
         <ul class=\"cards\">{cards}<li><a href=\"/as/nobody\"><strong>Somebody unknown</strong>\
         <span>Not signed in; the e-mail address is only claimed</span></a></li></ul>\
         <p class=\"quiet\">What arrives in Salesforce is at <a href=\"{org}\">{org}</a></p></main>",
        escape(&pages.project)
    );
    Html(document("Who are you?", &body))
}

fn card(visitor: &Visitor) -> String {
    format!(
        "<li><a href=\"/as/{}\"><strong>{}</strong><span>{}</span></a></li>",
        escape(&visitor.id),
        escape(&visitor.name),
        escape(&visitor.note)
    )
}

async fn company(State(pages): State<Arc<Pages>>, Path(id): Path<String>) -> Response {
    let name = match pages.visitors.iter().find(|visitor| visitor.id == id) {
        Some(visitor) => escape(&visitor.name),
        None if id == "nobody" => "somebody unknown".to_owned(),
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    let (runtime, org) = (escape(&pages.runtime), escape(&pages.org));
    let body = format!(
        "<header><span>{project}</span><nav>You are {name} · <a href=\"/\">be somebody else</a> · \
         <a href=\"{org}\">the org</a></nav></header>\
         <main class=\"company\"><h1>This is a page of your company</h1>\
         <p>The Messenger is at the lower right, as it would be on your site.</p></main>\
         <script src=\"/page.js\"></script>\
         <script src=\"{runtime}/messenger/embed.js\" data-messenger=\"{messenger}\" defer></script>",
        project = escape(&pages.project),
        messenger = escape(&pages.messenger),
    );
    Html(document("Your company", &body)).into_response()
}

async fn identity(State(pages): State<Arc<Pages>>, Path(id): Path<String>) -> Response {
    let visitor = pages.visitors.iter().find(|visitor| visitor.id == id);
    let token = visitor.and_then(|visitor| pages.signer.sign(&pages.messenger, &visitor.claims));
    token.map_or_else(|| StatusCode::NOT_FOUND.into_response(), IntoResponse::into_response)
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("page.css"))
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("page.js"))
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/page.css\"></head>\
         <body>{body}</body></html>"
    )
}

/// Salesforce labels and names are hostile input.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_page() {
        assert_eq!(escape("<a href='x'>&\""), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
    }
}
