//! Visitors and their tokens.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use tidegate_plan::value::Value;
use uuid::Uuid;

use super::columns::{first, get, id, json, to_json};
use crate::StoreError;
use crate::contract::{Admission, Join, Owner, Profile, Token, TokenHash, Visitor};

pub(super) fn admit(c: &Connection, admission: &Admission) -> Result<Option<Visitor>, StoreError> {
    let Admission { visitor, token, shown, revoked, joins } = admission.clone();
    if let Some(TokenHash(hash)) = shown
        && !c.prepare_cached("SELECT 1 FROM token WHERE hash = ?1")?.exists([hash])?
    {
        return Ok(None);
    }
    let same_subject = match &visitor.subject {
        Some(subject) => by_subject(c, &visitor.messenger, subject)?,
        None => None,
    };
    let known = match same_subject {
        Some(known) => Some(known),
        None => by_id(c, visitor.id)?,
    };
    let mut admitted = match known {
        Some(known) => Visitor {
            id: known.id,
            lasting: known.lasting,
            profile: visitor.profile.or_known(&known.profile),
            ..visitor
        },
        None => visitor,
    };
    if let Some(join) = joins {
        take_over(c, &mut admitted, join)?;
    }
    c.prepare_cached(
        "INSERT INTO visitor VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET messenger = ?2, subject = ?3, profile = ?4, lasting = ?5",
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
    Ok(Some(admitted))
}

/// What a browser's visitor leaves goes over to the one who is let in.
fn take_over(c: &Connection, admitted: &mut Visitor, join: Join) -> Result<(), StoreError> {
    let Some(left) = by_id(c, join.visitor)? else { return Ok(()) };
    if left.subject.is_some() || left.id == admitted.id {
        return Ok(());
    }
    for (name, value) in left.lasting {
        admitted.lasting.entry(name).or_insert(value);
    }
    write_lasting(c, left.id, &BTreeMap::new())?;
    if let Some(conversation) = join.conversation
        && super::reader::open_of(c, admitted.id)?.is_none()
    {
        c.prepare_cached(
            "UPDATE conversation SET visitor = ?1 WHERE id = ?2 AND visitor = ?3 AND is_open = 1",
        )?
        .execute([admitted.id.as_bytes(), conversation.as_bytes(), left.id.as_bytes()])?;
    }
    Ok(())
}

pub(super) fn sign_out(c: &Connection, TokenHash(hash): TokenHash) -> Result<bool, StoreError> {
    let mut statement = c.prepare_cached("SELECT visitor FROM token WHERE hash = ?1")?;
    let Some(visitor) = first(statement.query([hash])?, |row| id(row, 0))? else {
        return Ok(false);
    };
    c.prepare_cached("DELETE FROM token WHERE hash = ?1")?.execute([hash])?;
    c.prepare_cached(
        "UPDATE visitor SET profile = ?2, lasting = ?3 WHERE id = ?1 AND subject IS NULL
         AND NOT EXISTS (SELECT 1 FROM token WHERE visitor = ?1)",
    )?
    .execute(params![
        visitor.as_bytes(),
        to_json("profile", &Profile::default())?,
        to_json("data of a person", &BTreeMap::<String, Value>::new())?,
    ])?;
    Ok(true)
}

pub(super) fn keep_lasting(
    c: &Connection,
    visitor: Uuid,
    changes: &BTreeMap<String, Option<Value>>,
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let Some(Visitor { mut lasting, .. }) = by_id(c, visitor)? else { return Ok(()) };
    for (name, value) in changes {
        match value {
            Some(value) => lasting.insert(name.clone(), value.clone()),
            None => lasting.remove(name),
        };
    }
    write_lasting(c, visitor, &lasting)
}

fn write_lasting(
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

/// Whose token this is, and when it ends, in microseconds.
pub(super) fn bearer(
    c: &Connection,
    TokenHash(hash): TokenHash,
) -> Result<Option<(Owner, i64)>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT v.id, v.messenger, token.expires
         FROM token JOIN visitor AS v ON v.id = token.visitor WHERE token.hash = ?1",
    )?;
    first(statement.query([hash])?, |row| {
        Ok((Owner { visitor: id(row, 0)?, messenger: get(row, 1)? }, get(row, 2)?))
    })
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
