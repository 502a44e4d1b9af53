//! Dead letters over the operators' listener: listed, shown, mended, sent again, dropped.

use serde_json::{Value, json};

use crate::world::{OPERATOR, World};
use crate::{seeded, write_and_submit};

async fn get(world: &World, path: &str) -> Value {
    let asked = world.http.get(world.operator_url(path)).bearer_auth(OPERATOR);
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

async fn post(world: &World, path: &str, body: Value) -> (u16, Value) {
    let asked = world.http.post(world.operator_url(path)).bearer_auth(OPERATOR).json(&body);
    let answer = asked.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// A Case that the org's own validation rule refuses.
async fn refused(world: &World, code: &str) {
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
    let fault = json!({ "count": 1, "method": "POST", "object": "Case", "code": code });
    world.faults(json!({ "refused": fault })).await;
    write_and_submit(world, &visitor).await;
    world.until(&visitor, "ended").await;
}

#[tokio::test]
async fn a_letter_is_mended_and_sent_and_its_customer_has_one_case() {
    let world = World::new().await;
    let (cases, files) = seeded(&world);
    refused(&world, "STRING_TOO_LONG").await;
    let listed = get(&world, "/v1/dead-letters").await;
    let [letter] = listed["dead_letters"].as_array().unwrap().as_slice() else {
        panic!("{listed}")
    };
    assert_eq!(
        (&letter["code"], &letter["what"]),
        (&json!("STRING_TOO_LONG"), &json!("insert Case"))
    );
    // A list is for a wall screen: nothing in it is a customer's.
    assert!(!listed.to_string().contains("heater") && !listed.to_string().contains("123456"));
    let path = format!("/v1/dead-letters/{}", letter["id"].as_str().unwrap());
    let shown = get(&world, &path).await;
    assert_eq!(shown["payload"]["Order_Number__c"], "123456");
    let key = json!({ "set": { "Tidegate_Key__c": "x" } });
    assert_eq!(post(&world, &format!("{path}/mend"), key).await.0, 422);
    let changes = json!({ "set": { "Order_Number__c": "654321" }, "unset": ["Origin"] });
    let (status, mended) = post(&world, &format!("{path}/mend"), changes).await;
    assert_eq!(status, 200);
    assert_eq!(mended["payload"]["Order_Number__c"], "654321");
    assert_eq!(mended["decisions"][0]["what"], "mended Order_Number__c, Origin");
    assert_eq!(mended["decisions"][0]["by"], "the operators' token");
    assert_eq!(post(&world, &format!("{path}/resend"), json!({})).await.0, 200);
    let case = world.records("Case", cases + 1).await.pop().unwrap();
    assert_eq!((&case["Order_Number__c"], &case["Origin"]), (&json!("654321"), &Value::Null));
    // The transcript comes with it, and the customer reads of the Case.
    world.records("ContentVersion", files + 1).await;
    assert_eq!(post(&world, &format!("{path}/resend"), json!({})).await.0, 404);
}

#[tokio::test]
async fn a_letter_is_dropped_for_a_reason() {
    let world = World::new().await;
    refused(&world, "FIELD_CUSTOM_VALIDATION_EXCEPTION").await;
    let listed = get(&world, "/v1/dead-letters").await;
    let id = listed["dead_letters"][0]["id"].as_str().unwrap().to_owned();
    let drop = format!("/v1/dead-letters/{id}/drop");
    assert_eq!(post(&world, &drop, json!({ "because": " " })).await.0, 422);
    assert_eq!(post(&world, &drop, json!({ "because": "a test order" })).await.0, 200);
    assert_eq!(get(&world, "/v1/dead-letters").await["dead_letters"], json!([]));
    let decisions = world.server.as_ref().unwrap().store().decisions().await.unwrap();
    assert_eq!(decisions[0].what, "dropped because a test order");
}

/// The command line against this very server, which has the store.
#[tokio::test]
async fn the_command_line_asks_a_running_server() {
    let world = World::new().await;
    let (cases, _) = seeded(&world);
    refused(&world, "STRING_TOO_LONG").await;
    let operators = world.server.as_ref().unwrap().operator_address().unwrap();
    let manifest = format!(
        "[project]\nname = \"t\"\norg = \"o\"\n\n[org.o]\nlogin_url = \"{}\"\nlogin = {{ flow = \
         \"client-credentials\", consumer_key_env = \"K\", consumer_secret_env = \"S\" }}\n\n\
         [server]\nstore = \"sqlite:t.db\"\noperator_listen = \"{operators}\"\n\
         operator_token_env = \"OPERATOR\"\n",
        world.org.url()
    );
    let folder = world.folder.path().to_owned();
    std::fs::write(folder.join("tidegate.toml"), manifest).unwrap();
    let run = async |arguments: &'static [&'static str], token: &'static str| {
        let folder = folder.clone();
        let ran = tokio::task::spawn_blocking(move || {
            std::process::Command::new(tidegate_tests::process::binary())
                .arg("dead-letters")
                .args(arguments)
                .env("OPERATOR", token)
                .current_dir(folder)
                .output()
                .unwrap()
        });
        let done = ran.await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (done.status.code(), text(&done.stdout), text(&done.stderr))
    };
    let (code, _, told) = run(&["list"], "somebody else's token, as long as it is").await;
    assert_eq!(code, Some(3));
    assert!(told.contains("does not take this token"), "{told}");
    let (code, listed, _) = run(&["list"], OPERATOR).await;
    assert!(code == Some(0) && listed.contains("STRING_TOO_LONG"), "{listed}");
    // Without the project's metadata, what is sent already can be changed.
    let (code, _, told) = run(&["resend", "--all"], OPERATOR).await;
    assert_eq!(code, Some(0), "{told}");
    world.records("Case", cases + 1).await;
    let (_, listed, _) = run(&["list", "--format", "json"], OPERATOR).await;
    assert_eq!(listed.trim(), "[]");
}
