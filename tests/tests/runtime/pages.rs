//! Pages that may not ask.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_foreign_page_gets_nothing_and_no_leave_to_read_it() {
    let world = World::new().await;
    let visitor = world.open(json!({ "messenger": "web" })).await;
    let conversation = format!("/v1/conversations/{}/human", visitor.conversation);
    let foreign = [
        "null",
        "https://evil.example",
        "https://www.example.com.evil.example",
        "https://www.example.com:8443",
        "http://www.example.com",
        "https://WWW.example.com",
        "https://example.com",
    ];
    for origin in foreign {
        for path in ["/v1/open", conversation.as_str()] {
            let post = world.http.post(world.url(path)).bearer_auth(&visitor.token);
            let answer = post.header("origin", origin).json(&json!({ "messenger": "web" }));
            let answer = answer.send().await.unwrap();
            assert_eq!(answer.status(), 403, "{origin} to {path}");
            let cors = |name: &str| name.starts_with("access-control-");
            assert!(!answer.headers().keys().any(|name| cors(name.as_str())), "{origin}");
            let asking = world.http.request(reqwest::Method::OPTIONS, world.url(path));
            let asking = asking.header("origin", origin);
            let asking = asking.header("access-control-request-method", "POST").send().await;
            let answer = asking.unwrap();
            assert_eq!(answer.status(), 403);
            assert!(!answer.headers().keys().any(|name| cors(name.as_str())), "{origin}");
        }
    }
    let asking = world.http.request(reqwest::Method::OPTIONS, world.url(&conversation));
    let asking = asking.header("origin", "https://www.example.com");
    let asking = asking.header("access-control-request-method", "POST").send().await.unwrap();
    assert_eq!(asking.status(), 204);
    assert_eq!(
        asking.headers()["access-control-allow-headers"],
        "authorization, content-type, content-disposition, last-event-id"
    );
    let known = world.http.post(world.url("/v1/open")).header("origin", "https://www.example.com");
    let answer = known.json(&json!({ "messenger": "web" })).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let headers = answer.headers();
    assert_eq!(headers["access-control-allow-origin"], "https://www.example.com");
    assert_eq!(headers["access-control-expose-headers"], "Retry-After");
    assert!(!headers.contains_key("access-control-allow-credentials"));
}
