//! The pages of whoever plays the agent.

use reqwest::header::{LOCATION, ORIGIN};
use serde_json::json;

use super::{DEPLOYMENT, Stage};

const HOSTILE: &str = "<script>alert(1)</script>";

impl Stage {
    async fn page(&self, path: &str) -> String {
        let response = self.client.get(format!("{}{path}", self.org.url())).send().await;
        let response = response.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        let policy = response.headers()["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        response.text().await.expect("a page")
    }

    /// Fills a form; gives the status and where it leads.
    async fn fill(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        origin: Option<&str>,
    ) -> (u16, String) {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let request = client.build().expect("a client").post(format!("{}{path}", self.org.url()));
        let request = match origin {
            Some(origin) => request.header(ORIGIN, origin),
            None => request,
        };
        let response = request.form(fields).send().await.expect("an answer");
        let to = response.headers().get(LOCATION).map(|to| to.to_str().expect("text").to_owned());
        (response.status().as_u16(), to.unwrap_or_default())
    }
}

#[tokio::test]
async fn an_agent_serves_a_customer_by_the_page() {
    let stage = Stage::new().await;
    let channel = json!({ "parameters": [{ "name": "topic" }] });
    stage.deploy(json!({ "name": DEPLOYMENT, "channel": channel })).await;
    let guest = stage.guest().await;
    let id = guest.begun(json!({ "_firstName": HOSTILE, "topic": "refund & more" })).await;
    let list = stage.page("/chats").await;
    assert!(list.contains("refund &amp; more") && list.contains("Waiting"), "{list}");
    let path = format!("/chats/{id}");
    let page = stage.page(&path).await;
    assert!(page.contains("<option>Mara Lindt</option>"), "{page}");
    assert!(!page.contains("Petra"), "who has left serves nobody");
    assert!(page.contains("<option>Messaging</option>") && !page.contains("Tier_1"), "{page}");
    assert_eq!(
        stage.fill(&format!("{path}/accept"), &[("agent", "Mara Lindt")], None).await.0,
        303
    );
    let origin = stage.org.url().to_owned();
    let said = stage.fill(&format!("{path}/say"), &[("text", "Hello")], Some(&origin)).await;
    assert_eq!(said.0, 303);
    let offer = [("text", "Which?"), ("options", "One\r\n\r\nTwo")];
    assert_eq!(stage.fill(&format!("{path}/choices"), &offer, None).await.0, 303);
    assert_eq!(guest.say(&id, HOSTILE).await.0, 202);
    let transcript = stage.page(&format!("{path}/transcript")).await;
    for text in ["Which? [One] [Two]", "Mara Lindt", "&lt;script&gt;alert(1)"] {
        assert!(transcript.contains(text), "{text}: {transcript}");
    }
    for page in [list, page, transcript, stage.page("/ledger").await] {
        assert!(!page.contains("<script"), "{page}");
    }
    let queue = [("queue", "Messaging")];
    assert_eq!(stage.fill(&format!("{path}/transfer-to-queue"), &queue, None).await.0, 303);
    let (status, to) = stage.fill(&format!("{path}/say"), &[("text", "x")], None).await;
    assert!(status == 303 && to.contains("?problem=Nobody%20serves"), "{to}");
    assert!(stage.page(&to).await.contains("Nobody serves the session"), "the page says so");
    assert_eq!(stage.fill(&format!("{path}/end"), &[], None).await.0, 303);
    assert_eq!(stage.view(&id).await["session"]["status"], "Ended");
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let stage = Stage::new().await;
    let (_, id) = stage.waiting().await;
    let path = format!("/chats/{id}/accept");
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        assert_eq!(stage.fill(&path, &[], Some(origin)).await.0, 403, "{origin}");
    }
    assert_eq!(stage.view(&id).await["session"]["status"], "Waiting");
    assert_eq!(stage.fill(&format!("/chats/{id}/dance"), &[], None).await.0, 404);
}
