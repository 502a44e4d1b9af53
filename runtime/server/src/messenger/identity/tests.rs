use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
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
    MessengerConfig { name: "web".into(), origins: Vec::new(), identity, max_file_mb: 10 }
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
    let now = crate::clock::Clock::of_the_machine().now();
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
    let now = crate::clock::Clock::of_the_machine().now();
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
        (with(&|c| drop(c.as_object_mut().unwrap().remove("exp"))), Untrusted::MissingClaim("exp")),
        (with(&|c| drop(c.as_object_mut().unwrap().remove("sub"))), Untrusted::MissingClaim("sub")),
        (with(&|c| drop(c.as_object_mut().unwrap().remove("aud"))), Untrusted::MissingClaim("aud")),
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

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::prelude::BASE64_STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

/// A new key to sign with, and its public half as PEM.
fn rsa() -> (EncodingKey, String) {
    let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let key = EncodingKey::from_rsa_pem(pem("PRIVATE KEY", private.as_ref()).as_bytes());
    (key.unwrap(), pem("PUBLIC KEY", public.as_ref()))
}

fn ec() -> (EncodingKey, String) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let private = pair.to_pkcs8v1().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let key = EncodingKey::from_ec_pem(pem("PRIVATE KEY", private.as_ref()).as_bytes());
    (key.unwrap(), pem("PUBLIC KEY", public.as_ref()))
}

fn public(id: &str, algorithm: IdentityAlgorithm, pem: &str) -> IdentityKey {
    IdentityKey { id: id.into(), algorithm, key: pem.to_owned().into() }
}

fn signed_by(algorithm: Algorithm, kid: &str, key: &EncodingKey, claims: &Value) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(algorithm) };
    encode(&header, claims, key).unwrap()
}

#[test]
fn public_keys_verify_what_their_private_ones_signed() {
    let now = crate::clock::Clock::of_the_machine().now();
    let claims = claims(now.as_second());
    let ((rsa, rsa_public), (ec, ec_public)) = (rsa(), ec());
    let keys = vec![
        public("r", IdentityAlgorithm::Rs256, &rsa_public),
        public("e", IdentityAlgorithm::Es256, &ec_public),
    ];
    let verifier = Verifier::new(&config(keys)).unwrap();
    for token in [
        signed_by(Algorithm::RS256, "r", &rsa, &claims),
        signed_by(Algorithm::ES256, "e", &ec, &claims),
    ] {
        assert_eq!(verifier.verify(&token, now).unwrap().subject, "ada");
        let (rest, _) = token.rsplit_once('.').unwrap();
        let forged = format!("{rest}.{}", "A".repeat(86));
        assert_eq!(verifier.verify(&forged, now), Err(Untrusted::Signature));
    }
    // Each key is good for its own algorithm only; a public key is no secret to sign with.
    let as_secret = EncodingKey::from_secret(rsa_public.as_bytes());
    for token in [
        signed_by(Algorithm::HS256, "r", &as_secret, &claims),
        signed_by(Algorithm::RS512, "r", &rsa, &claims),
        signed_by(Algorithm::RS256, "e", &rsa, &claims),
        signed_by(Algorithm::ES256, "r", &ec, &claims),
    ] {
        assert_eq!(verifier.verify(&token, now), Err(Untrusted::Algorithm));
    }
}

#[test]
fn what_is_no_public_key_is_refused_at_the_start() {
    let refused = |algorithm, pem| {
        Verifier::new(&config(vec![public("k", algorithm, pem)])).map(drop).unwrap_err()
    };
    let no_key = BadKeys::NoKey { messenger: "web".into(), key: "k".into() };
    for (algorithm, pem) in [
        (IdentityAlgorithm::Rs256, SECRET),
        (IdentityAlgorithm::Rs256, ec().1.as_str()),
        (IdentityAlgorithm::Es256, rsa().1.as_str()),
        (IdentityAlgorithm::Es256, ""),
    ] {
        assert_eq!(refused(algorithm, pem), no_key, "{algorithm:?}");
    }
}
