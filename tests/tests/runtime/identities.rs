//! Identities that nobody has signed, or not for us, and signed ones that mean harm.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::world::{World, identity};

/// A token whose header or claims were changed after it was signed.
fn forged(change: impl Fn(&mut Value, &mut Value)) -> String {
    let signed = identity("ada@example.com");
    let mut parts = signed.split('.');
    let mut read = || {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap()
    };
    let (mut header, mut claims) = (read(), read());
    change(&mut header, &mut claims);
    let written = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", written(&header), written(&claims), signed.rsplit('.').next().unwrap())
}

#[tokio::test]
async fn what_nobody_has_signed_is_refused_in_one_way() {
    let world = World::new().await;
    let unsigned = |token: String| token.rsplit_once('.').unwrap().0.to_owned() + ".";
    let tokens = [
        "nonsense".to_owned(),
        "a.b.c".to_owned(),
        String::new(),
        unsigned(forged(|header, _| header["alg"] = json!("none"))),
        unsigned(forged(|header, _| header["alg"] = json!("NONE"))),
        forged(|header, _| header["alg"] = json!("RS256")),
        forged(|header, _| header["alg"] = json!("HS512")),
        forged(|header, _| header["kid"] = json!("other")),
        forged(|header, _| drop(header.as_object_mut().unwrap().remove("kid"))),
        forged(|_, claims| claims["email"] = json!("eve@example.com")),
        forged(|_, claims| claims["aud"] = json!("other")),
        forged(|_, claims| claims["exp"] = json!(253_370_764_800_u64)),
        forged(|_, claims| drop(claims.as_object_mut().unwrap().remove("exp"))),
    ];
    let mut answers = Vec::new();
    for token in &tokens {
        let body = json!({ "messenger": "web", "identity": token });
        let answer = world.http.post(world.url("/v1/open")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{token}");
        answers.push(answer.text().await.unwrap());
    }
    answers.dedup();
    let [answer] = answers.as_slice() else { panic!("{answers:#?}") };
    insta::assert_snapshot!(answer);
}

/// An address that would ask for everybody, were it anything but data.
#[tokio::test]
async fn a_signed_address_is_data_in_a_query() {
    let world = World::new().await;
    let addresses = [
        "' OR Id != null --",
        "x' OR Name LIKE '%",
        "\\' OR Id != null OR Email = \\'",
        "%",
        "_%@%",
        "a@example.com\u{0}' OR Id != null --",
        "a@example.com'\nOR Id != null",
    ];
    for address in addresses {
        let signed = json!({ "messenger": "web", "identity": identity(address) });
        let visitor = world.open(signed).await;
        let entries = world.until(&visitor, "asked").await;
        assert_eq!(entries[0]["text"], "Hi there. What can we do for you?", "{address}");
    }
    // A known one is greeted by name.
    let contacts = world.org.contacts();
    let known = contacts.iter().find_map(|contact| contact.email.clone()).unwrap();
    let visitor = world.open(json!({ "messenger": "web", "identity": identity(&known) })).await;
    let entries = world.until(&visitor, "asked").await;
    assert_ne!(entries[0]["text"], "Hi there. What can we do for you?");
}
