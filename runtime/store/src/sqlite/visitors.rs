//! Visitors and their tokens.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::columns::{first, get, id, json, to_json};
use crate::StoreError;
use crate::contract::{Admission, Token, TokenHash, Visitor};

pub(super) fn admit(c: &Connection, admission: Admission) -> Result<Visitor, StoreError> {
    let Admission { visitor, token, revoked } = admission;
    let same_subject = match &visitor.subject {
        Some(subject) => by_subject(c, &visitor.messenger, subject)?,
        None => None,
    };
    let known = match same_subject {
        Some(known) => Some(known),
        None => by_id(c, visitor.id)?,
    };
    let admitted = match known {
        Some(known) => Visitor { id: known.id, lasting: known.lasting, ..visitor },
        None => visitor,
    };
    c.prepare_cached(
        "INSERT INTO visitor VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET messenger = ?2, subject = ?3, profile = ?4",
    )?
    .execute(params![
        admitted.id.as_bytes(),
        admitted.messenger,
        admitted.subject,
        to_json("profile", &admitted.profile)?,
        to_json("data of a person", &admitted.lasting)?,
    ])?;
    if let Some(TokenHash(hash)) = revoked {
        c.prepare_cached("DELETE FROM token WHERE hash = ?1")?.execute([hash])?;
    }
    if let Some(Token { hash: TokenHash(hash), expires }) = token {
        c.prepare_cached("INSERT OR REPLACE INTO token VALUES (?1, ?2, ?3)")?.execute(params![
            hash,
            admitted.id.as_bytes(),
            expires.as_microsecond()
        ])?;
    }
    Ok(admitted)
}

pub(super) fn keep_lasting(
    c: &Connection,
    visitor: Uuid,
    lasting: &BTreeMap<String, Value>,
) -> Result<(), StoreError> {
    c.prepare_cached("UPDATE visitor SET lasting = ?2 WHERE id = ?1")?
        .execute(params![visitor.as_bytes(), to_json("data of a person", lasting)?])?;
    Ok(())
}

pub(super) fn by_token(
    c: &Connection,
    TokenHash(hash): TokenHash,
    now: Timestamp,
) -> Result<Option<Visitor>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT v.id, v.messenger, v.subject, v.profile, v.lasting
         FROM token JOIN visitor AS v ON v.id = token.visitor
         WHERE token.hash = ?1 AND token.expires > ?2",
    )?;
    first(statement.query(params![hash, now.as_microsecond()])?, read)
}

pub(super) fn by_subject(
    c: &Connection,
    messenger: &str,
    subject: &str,
) -> Result<Option<Visitor>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT id, messenger, subject, profile, lasting FROM visitor
         WHERE messenger = ?1 AND subject = ?2",
    )?;
    first(statement.query([messenger, subject])?, read)
}

pub(super) fn by_id(c: &Connection, visitor: Uuid) -> Result<Option<Visitor>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT id, messenger, subject, profile, lasting FROM visitor WHERE id = ?1",
    )?;
    first(statement.query([visitor.as_bytes()])?, read)
}

fn read(row: &Row<'_>) -> Result<Visitor, StoreError> {
    Ok(Visitor {
        id: id(row, 0)?,
        messenger: get(row, 1)?,
        subject: get(row, 2)?,
        profile: json(row, 3, "profile")?,
        lasting: json(row, 4, "data of a person")?,
    })
}
