//! What looks like a secret, wherever it stands: in a text, a name or a comment.
//!
//! By the form that widely used services give to theirs, so that one is hardly ever taken for what
//! it is not. Whatever has no such form is not seen.

use crate::source::Range;

/// What looks like a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// Where it stands.
    pub range: Range,
    /// What it seems to be, with an article.
    pub what: &'static str,
}

/// How the secrets of a service begin, and characters of one at least.
const BEGINNINGS: [(&str, usize, &str); 18] = [
    ("3MVG9", 20, "a consumer key of Salesforce"),
    ("5Aep861", 40, "a refresh token of Salesforce"),
    ("AKIA", 20, "an access key of AWS"),
    ("ASIA", 20, "an access key of AWS"),
    ("AIza", 39, "an API key of Google"),
    ("ghp_", 30, "a token of GitHub"),
    ("gho_", 30, "a token of GitHub"),
    ("ghu_", 30, "a token of GitHub"),
    ("ghs_", 30, "a token of GitHub"),
    ("ghr_", 30, "a token of GitHub"),
    ("github_pat_", 40, "a token of GitHub"),
    ("glpat-", 24, "a token of GitLab"),
    ("xoxb-", 24, "a token of Slack"),
    ("xoxp-", 24, "a token of Slack"),
    ("sk_live_", 24, "a key of Stripe"),
    ("rk_live_", 24, "a key of Stripe"),
    ("sk-ant-", 30, "an API key"),
    ("sk-", 40, "an API key"),
];
const PEM: [&str; 2] = ["-----BEGIN ", "PRIVATE KEY-----"];
/// Characters at least of each of a signed token's three parts.
const JWT_PART: usize = 10;

/// Finds them, in order.
pub(super) fn find(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(|c: char| !belongs(c)) {
        let token = piece.trim_end_matches(|c: char| !belongs(c)).trim_end_matches(['.', '!', '=']);
        found.extend(looks_like(token).and_then(|what| secret(at, token.len(), what)));
        at += piece.len();
    }
    let mut from = 0;
    while let Some(begin) = text[from..].find(PEM[0]).map(|begin| from + begin) {
        let line = text[begin..].lines().next().unwrap_or_default();
        if let Some(end) = line.find(PEM[1]).map(|end| end + PEM[1].len()) {
            found.extend(secret(begin, end, "a private key"));
        }
        from = begin + PEM[0].len();
    }
    found.sort_by_key(|secret| secret.range);
    found
}

fn secret(at: usize, length: usize, what: &'static str) -> Option<Secret> {
    let (start, end) = (u32::try_from(at).ok()?, u32::try_from(at + length).ok()?);
    Some(Secret { range: Range { start, end }, what })
}

fn belongs(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '!' | '+' | '/' | '=')
}

fn looks_like(token: &str) -> Option<&'static str> {
    if !token.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let begins =
        |(start, least, _): &&(&str, usize, _)| token.len() >= *least && token.starts_with(start);
    if let Some((_, _, what)) = BEGINNINGS.iter().find(begins) {
        return Some(what);
    }
    if let Some((org, rest)) = token.split_once('!')
        && org.starts_with("00D")
        && matches!(org.len(), 15 | 18)
        && rest.len() >= 20
    {
        return Some("a session id of Salesforce");
    }
    let parts: Vec<&str> = token.split('.').collect();
    let signed = matches!(parts.as_slice(), [head, body, _] if head.starts_with("eyJ") && body.starts_with("eyJ"));
    (signed && parts.iter().all(|part| part.len() >= JWT_PART)).then_some("a signed token")
}
