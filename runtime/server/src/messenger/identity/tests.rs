use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::{BadKeys, Untrusted, Verifier};
use crate::config::{IdentityAlgorithm, IdentityKey, MessengerConfig};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn key(id: &str, secret: &str) -> IdentityKey {
    IdentityKey {
        id: id.into(),
        algorithm: IdentityAlgorithm::Hs256,
        key: secret.to_owned().into(),
    }
}

fn config(identity: Vec<IdentityKey>) -> MessengerConfig {
    MessengerConfig { name: "web".into(), origins: Vec::new(), identity }
}

fn signed(algorithm: Algorithm, kid: Option<&str>, secret: &str, claims: &Value) -> String {
    let mut header = Header::new(algorithm);
    header.kid = kid.map(str::to_owned);
    encode(&header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn claims(now: i64) -> Value {
    json!({ "sub": "ada", "aud": "web", "exp": now + 600, "email": "ada@example.com", "level": 3 })
}

#[test]
fn a_good_identity_gives_its_claims() {
    let now = crate::app::now();
    let verifier =
        Verifier::new(&config(vec![key("old", &"x".repeat(32)), key("new", SECRET)])).unwrap();
    let token = signed(Algorithm::HS256, Some("new"), SECRET, &claims(now.as_second()));
    let identity = verifier.verify(&token, now).unwrap();
    assert_eq!(identity.subject, "ada");
    assert_eq!(identity.claims.get("email").map(String::as_str), Some("ada@example.com"));
    assert_eq!(identity.claims.get("level").map(String::as_str), Some("3"));
    assert!(!identity.claims.contains_key("exp"));
}

#[test]
fn everything_else_is_refused_by_name() {
    let now = crate::app::now();
    let at = now.as_second();
    let verifier = Verifier::new(&config(vec![key("k", SECRET)])).unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut claims = claims(at);
        change(&mut claims);
        signed(Algorithm::HS256, Some("k"), SECRET, &claims)
    };
    let none = {
        use base64::Engine as _;
        let part = |json: Value| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
        format!("{}.{}.", part(json!({ "alg": "none", "kid": "k" })), part(claims(at)))
    };
    let cases = [
        ("junk".to_owned(), Untrusted::Malformed),
        (none, Untrusted::Algorithm),
        (signed(Algorithm::HS512, Some("k"), SECRET, &claims(at)), Untrusted::Algorithm),
        (signed(Algorithm::HS256, None, SECRET, &claims(at)), Untrusted::UnknownKey),
        (signed(Algorithm::HS256, Some("j"), SECRET, &claims(at)), Untrusted::UnknownKey),
        (signed(Algorithm::HS256, Some("k"), "another", &claims(at)), Untrusted::Signature),
        (with(&|c| c["aud"] = json!("shop")), Untrusted::Audience),
        (with(&|c| c["exp"] = json!(at - 61)), Untrusted::Expired),
        (with(&|c| c["exp"] = json!(at + 90_000)), Untrusted::TooLongLived),
        (with(&|c| c["exp"] = json!(253_402_300_799_i64)), Untrusted::TooLongLived),
        (with(&|c| drop(c.as_object_mut().unwrap().remove("exp"))), Untrusted::MissingClaim),
        (with(&|c| drop(c.as_object_mut().unwrap().remove("sub"))), Untrusted::MissingClaim),
        (with(&|c| drop(c.as_object_mut().unwrap().remove("aud"))), Untrusted::MissingClaim),
    ];
    for (at, (token, expected)) in cases.into_iter().enumerate() {
        assert_eq!(verifier.verify(&token, now), Err(expected), "case {at}");
    }
}

#[test]
fn weak_and_superfluous_keys_are_refused() {
    let refused = |keys| Verifier::new(&config(keys)).unwrap_err();
    let (messenger, key_id) = ("web".to_owned(), "a".to_owned());
    assert_eq!(
        refused(vec![key("a", "short")]),
        BadKeys::Short { messenger: messenger.clone(), key: key_id.clone() }
    );
    let three = ["a", "b", "c"].map(|id| key(id, SECRET)).to_vec();
    assert_eq!(refused(three), BadKeys::TooMany("web".into()));
    assert_eq!(
        refused(vec![key("a", SECRET), key("a", SECRET)]),
        BadKeys::Twice { messenger, key: key_id }
    );
}
