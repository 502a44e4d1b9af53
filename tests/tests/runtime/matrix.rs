//! Every route of both listeners for everybody who has no right to it, made from the table that
//! the routers are made from.

use serde_json::{Value, json};
use tidegate_server::{Guard, Listener, Pace, RouteInfo, routes};

use crate::world::{OPERATOR, Visitor, World, identity};

const ID: &str = "7de00000-0000-4000-8000-000000000001";
const UNKNOWN: &str = "7de00000-0000-4000-8000-00000000ffff";

/// What a request to a route says. A new route has no row, and needs one.
fn body(route: &RouteInfo) -> Option<Value> {
    match (route.listener, route.method, route.path) {
        (Listener::Public, "POST", "/v1/open") => Some(json!({ "messenger": "web" })),
        (Listener::Public, "GET", "/v1/visits" | "/v1/conversations/{id}/events") => None,
        (Listener::Public, "POST", "/v1/visits") => {
            Some(json!({ "messenger": "web", "visit": { "after_ms": 0 } }))
        }
        (Listener::Public, "POST", "/v1/conversations/{id}/messages") => {
            Some(json!({ "id": ID, "text": "let me in" }))
        }
        (Listener::Public, "POST", "/v1/conversations/{id}/forms") => {
            Some(json!({ "id": ID, "wait": 1, "values": {} }))
        }
        (Listener::Public, "POST", "/v1/conversations/{id}/files") => Some(json!({})),
        (Listener::Public, "GET", "/v1/conversations/{id}/files/{file}") => None,
        (Listener::Public, "POST", "/v1/conversations/{id}/attachments") => {
            Some(json!({ "id": ID, "file": ID }))
        }
        (Listener::Public, "POST", "/v1/conversations/{id}/choices") => {
            Some(json!({ "id": ID, "wait": 1, "choice": 0 }))
        }
        (Listener::Public, "POST", "/v1/conversations/{id}/refusals") => {
            Some(json!({ "id": ID, "wait": 1 }))
        }
        (Listener::Public, "POST", "/v1/conversations/{id}/human") => Some(json!({ "id": ID })),
        (Listener::Public, "POST", "/v1/conversations/{id}/helped") => {
            Some(json!({ "id": ID, "wait": 1 }))
        }
        (Listener::Public, "POST", "/v1/conversations/{id}/typing") => {
            Some(json!({ "typing": true }))
        }
        (Listener::Public, "POST", "/v1/conversations/{id}/seen") => Some(json!({ "through": 1 })),
        // Last of all: it ends whose token it bears.
        (Listener::Public, "POST", "/v1/logout") => Some(json!({})),
        (Listener::Public, "GET", "/messenger/" | "/messenger/{file}") => None,
        (Listener::Public | Listener::Operator, "GET", "/healthz" | "/readyz") => None,
        (Listener::Operator, "GET", "/metrics" | "/v1/ai" | "/v1/drift") => None,
        (Listener::Operator, "GET", "/v1/dead-letters" | "/v1/dead-letters/{id}") => None,
        (Listener::Operator, "POST", "/v1/dead-letters/{id}/mend") => {
            Some(json!({ "set": { "Origin": "Web" } }))
        }
        (Listener::Operator, "POST", "/v1/dead-letters/{id}/resend") => Some(json!({})),
        (Listener::Operator, "POST", "/v1/dead-letters/{id}/drop") => {
            Some(json!({ "because": "a test" }))
        }
        (listener, method, path) => panic!("{listener:?} {method} {path} has no row in this test"),
    }
}

/// Whose token a request bears.
#[derive(Debug)]
struct Bearer {
    who: &'static str,
    header: Option<String>,
    /// Whether it is another visitor's, good for that one's own.
    anothers: bool,
}

struct Cast {
    world: World,
    owner: Visitor,
    bearers: Vec<Bearer>,
}

impl Cast {
    async fn new() -> Self {
        let world = World::new().await;
        let open = || world.open(json!({ "messenger": "web" }));
        let expired = open().await;
        let database = rusqlite::Connection::open(world.folder.path().join("t.db")).unwrap();
        assert_eq!(database.execute("UPDATE token SET expires = 1", []).unwrap(), 1);
        let owner = open().await;
        world.until(&owner, "asked").await;
        let other = open().await;
        let rotated = open().await;
        let signed = json!({ "messenger": "web", "identity": identity("ada@example.com") });
        let again =
            world.http.post(world.url("/v1/open")).bearer_auth(&rotated.token).json(&signed);
        assert_eq!(again.send().await.unwrap().status(), 200);
        let bearer = |who, header: Option<String>| Bearer { who, header, anothers: false };
        let token = |token: &str| Some(format!("Bearer {token}"));
        let bearers = vec![
            bearer("nobody", None),
            bearer("a scheme alone", Some("Bearer".into())),
            bearer("a blank token", Some("Bearer  ".into())),
            bearer("another scheme", Some("Basic eA==".into())),
            bearer("what is no ASCII", Some("Bearer \u{e9}".into())),
            bearer("a malformed token", token("x")),
            bearer("a token and more", Some(format!("Bearer {}x", owner.token))),
            bearer("an expired token", token(&expired.token)),
            bearer("a rotated token", token(&rotated.token)),
            Bearer { anothers: true, ..bearer("another visitor", token(&other.token)) },
        ];
        Self { world, owner, bearers }
    }

    async fn ask(&self, route: &RouteInfo, id: &str, header: Option<&str>) -> (u16, String) {
        let path = route.path.replace("{id}", id).replace("{file}", "app.js");
        let url = match route.listener {
            Listener::Public => self.world.url(&path),
            Listener::Operator => self.world.operator_url(&path),
        };
        let mut request = match body(route) {
            None => self.world.http.get(url),
            Some(body) => self.world.http.post(url).json(&body),
        };
        if let Some(header) = header {
            request = request.header("authorization", header.as_bytes());
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// What is wrong with how this route answers those who have no right to it.
    async fn wrongs(&self, route: &RouteInfo) -> Vec<String> {
        let mut wrongs = Vec::new();
        for bearer in &self.bearers {
            let header = bearer.header.as_deref();
            let (status, text) = self.ask(route, &self.owner.conversation, header).await;
            let right = match route.guard {
                Guard::Nobody => status == 200,
                Guard::Admission => status == 200 && !text.contains(&self.owner.conversation),
                Guard::Operator => status == 401,
                Guard::Bearer => status == if bearer.anothers { 204 } else { 401 },
                // What is another's is told in the words for what is not there.
                Guard::Owner if bearer.anothers => {
                    let mut same = status == 404;
                    for unknown in [UNKNOWN, "x", "..%2f..", "%00"] {
                        let told = self.ask(route, unknown, header).await;
                        same &= told == (status, text.clone());
                    }
                    same
                }
                Guard::Owner => {
                    let unknown = self.ask(route, UNKNOWN, header).await;
                    status == 401 && unknown == (status, text)
                }
            };
            if !right {
                let RouteInfo { method, path, .. } = route;
                wrongs.push(format!("{method} {path} answers {} with {status}", bearer.who));
            }
        }
        wrongs
    }
}

#[tokio::test]
async fn no_route_serves_anybody_who_has_no_right_to_it() {
    let cast = Cast::new().await;
    for route in routes() {
        assert_eq!(cast.wrongs(&route).await, Vec::<String>::new());
    }
    let entries = cast.world.until(&cast.owner, "asked").await;
    assert!(!entries.iter().any(|entry| entry["text"] == "let me in"), "{entries:#?}");
    let operator = format!("Bearer {OPERATOR}");
    for route in routes().iter().filter(|route| route.guard == Guard::Operator) {
        let there = if route.path.contains("{id}") { 404 } else { 200 };
        let told = cast.ask(route, UNKNOWN, Some(&operator)).await;
        assert_eq!(told.0, there, "{}: {}", route.path, told.1);
    }
}

/// The sabotage twin: routes that serve whom they should not are found.
#[tokio::test]
async fn a_route_without_its_guard_is_found() {
    let mut cast = Cast::new().await;
    let find = |path: &str| routes().into_iter().find(|route| route.path == path).unwrap();
    let open = RouteInfo { guard: Guard::Operator, ..find("/healthz") };
    assert_eq!(cast.wrongs(&open).await.len(), cast.bearers.len());
    // As if the owner's conversation were anybody's: whoever asks bears the owner's token.
    let header = Some(format!("Bearer {}", cast.owner.token));
    cast.bearers = vec![Bearer { who: "another visitor", header, anothers: true }];
    let wrongs = cast.wrongs(&find("/v1/conversations/{id}/human")).await;
    assert_eq!(wrongs, ["POST /v1/conversations/{id}/human answers another visitor with 409"]);
    let open = find("/v1/open");
    assert_eq!(cast.wrongs(&open).await, ["POST /v1/open answers another visitor with 200"]);
}

#[tokio::test]
async fn other_methods_are_refused() {
    let cast = Cast::new().await;
    let mut paths: Vec<&str> = routes()
        .into_iter()
        .filter(|route| route.listener == Listener::Public)
        .map(|route| route.path)
        .collect();
    paths.dedup();
    for path in paths {
        let path = path.replace("{id}", &cast.owner.conversation).replace("{file}", "app.js");
        let answer = cast.world.http.delete(cast.world.url(&path)).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}

#[test]
fn whatever_a_visitor_sends_has_a_pace() {
    let paced = |pace: Pace| routes().into_iter().filter(move |route| route.pace == pace);
    let typed: Vec<&str> = paced(Pace::Typing).map(|route| route.path).collect();
    assert_eq!(typed, ["/v1/conversations/{id}/typing", "/v1/conversations/{id}/seen"]);
    let free =
        paced(Pace::Free).find(|route| route.guard == Guard::Owner && route.method == "POST");
    assert_eq!(free, None);
}

#[test]
fn every_route_stands_in_the_documentation() {
    let documentation = include_str!("../../../runtime/server/API.md");
    for RouteInfo { method, path, .. } in routes() {
        let named = [format!("`{method} {path}`"), format!("| `{path}` |")];
        assert!(named.iter().any(|name| documentation.contains(name)), "{method} {path}");
    }
}
