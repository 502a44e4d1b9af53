//! The records that a new org has.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::Told;
use super::defaults::{self, Stamp};
use super::draft::Draft;
use super::ids::RecordId;
use super::records::{Records, Row};
use super::schema::{ObjectSchema, Schema, SchemaError, load};
use super::value::Value;

const SEED: &str = include_str!("../../schema/seed.toml");

/// The ids of seed records, by the keys that the seed file gives them.
#[derive(Debug, Clone, Default)]
pub struct SeedIds {
    ids: BTreeMap<String, RecordId>,
}

impl SeedIds {
    /// The id of the record with this key.
    pub fn id(&self, key: &str) -> Option<&RecordId> {
        self.ids.get(key)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedFile {
    records: Vec<SeedRecord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedRecord {
    key: String,
    object: String,
    values: Map<String, Json>,
}

/// The records of queues and users that an org's answers have told of. One whose name is built in is
/// as it is built in.
fn owners(told: &Told, built_in: &[SeedRecord]) -> Vec<SeedRecord> {
    let is_new = |object: &str, field: &str, name: &str| {
        let mut same = built_in.iter().filter(|record| record.object == object);
        same.all(|record| record.values.get(field).and_then(Json::as_str) != Some(name))
    };
    let record = |key: String, object: &str, values: Json| {
        let values = values.as_object().cloned().unwrap_or_default();
        SeedRecord { key, object: object.to_owned(), values }
    };
    let mut all = Vec::new();
    let queues = told.queues.iter();
    for queue in queues.filter(|its| is_new("Group", "DeveloperName", &its.developer_name)) {
        let key = format!("told queue {}", queue.developer_name);
        let of = queue.objects.iter().map(|object| {
            let values = json!({ "QueueId": format!("@{key}"), "SobjectType": object });
            record(format!("{key} of {object}"), "QueueSobject", values)
        });
        let values =
            json!({ "Name": queue.label, "DeveloperName": queue.developer_name, "Type": "Queue" });
        all.push(record(key.clone(), "Group", values));
        all.extend(of);
    }
    let users = told.users.iter().filter(|its| is_new("User", "Username", &its.username));
    all.extend(users.map(|user| {
        let values = json!({ "Username": user.username, "LastName": user.label, "IsActive": user.active,
            "Alias": "told", "Email": user.username, "UserType": "Standard" });
        record(format!("told user {}", user.username), "User", values)
    }));
    all
}

/// The objects that say when the org works.
const HOURS: [&str; 2] = ["BusinessHours", "Holiday"];

fn hours(told: &Told) -> impl Iterator<Item = SeedRecord> + '_ {
    told.hours.iter().enumerate().map(|(at, (object, values))| {
        let (key, object) = (format!("told hours {at}"), object.clone());
        SeedRecord { key, object, values: values.clone() }
    })
}

/// Plants the seed, and what else is told of; the same schema gives the same records and ids.
pub(super) fn plant(
    schema: &Schema,
    told: Option<&Told>,
) -> Result<(Records, SeedIds), SchemaError> {
    let mut file: SeedFile = load::read("seed", SEED)?;
    if let Some(told) = told {
        let owners = owners(told, &file.records);
        file.records.extend(owners);
        file.records.retain(|record| !HOURS.contains(&record.object.as_str()));
        file.records.extend(hours(told));
    }
    let ids = number(schema, &file)?;
    let owner = schema.rules().default_owner.clone();
    let user = ids.id(&owner).ok_or_else(|| contradiction(format!("no seed `{owner}`")))?;
    let stamp = Stamp { user: user.clone(), at: schema.rules().modified };
    let mut records = Records::default();
    plant_record_types(schema, &mut records, &stamp)?;
    for record in &file.records {
        let row = row(schema, &records, &ids, record, &stamp)?;
        records.apply(row);
    }
    Ok((records, ids))
}

fn number(schema: &Schema, file: &SeedFile) -> Result<SeedIds, SchemaError> {
    let mut made: BTreeMap<&str, u64> = BTreeMap::new();
    let mut ids = BTreeMap::new();
    for record in &file.records {
        let object = object(schema, &record.object)?;
        let count = made.entry(&object.name).or_default();
        *count += 1;
        let id = RecordId::numbered(&object.key_prefix, *count);
        if ids.insert(record.key.clone(), id).is_some() {
            return Err(contradiction(format!("two seeds are called `{}`", record.key)));
        }
    }
    Ok(SeedIds { ids })
}

fn row(
    schema: &Schema,
    records: &Records,
    ids: &SeedIds,
    record: &SeedRecord,
    stamp: &Stamp,
) -> Result<Row, SchemaError> {
    let object = object(schema, &record.object)?;
    let id = ids.id(&record.key).cloned();
    let id = id.ok_or_else(|| contradiction(format!("`{}` has no id", record.key)))?;
    let mut row = Row::new(object, id);
    for (name, json) in &record.values {
        let place = format!("seed `{}`: {}.{name}", record.key, object.name);
        // A real org need not have the fields that the seed fills.
        let real = object.describe.is_some();
        let field = match object.field(name) {
            Some(field) => field,
            None if real => continue,
            None => return Err(contradiction(format!("{place} does not exist"))),
        };
        let value = match json.as_str().and_then(|text| text.strip_prefix('@')) {
            Some(key) => ids.id(key).cloned().map(Value::Id),
            None => Value::read(field, json).ok(),
        };
        if value.is_none() && real {
            continue;
        }
        let value = value.ok_or_else(|| contradiction(format!("{place} can't hold {json}")))?;
        row.set(&field.name, value);
    }
    let draft = Draft::new(schema, records);
    defaults::fill(&draft, object, &mut row, stamp);
    defaults::touch(object, &mut row, stamp);
    Ok(row)
}

/// Record types stand with their objects in the schema; as records they can be queried and named.
fn plant_record_types(
    schema: &Schema,
    records: &mut Records,
    stamp: &Stamp,
) -> Result<(), SchemaError> {
    let record_types = object(schema, "RecordType")?;
    let stamped = Timestamp::from_second(stamp.at.as_second()).unwrap_or(stamp.at);
    let stamp = Stamp { user: stamp.user.clone(), at: stamped };
    for object in schema.objects() {
        for known in &object.record_types {
            let number = records.made(&record_types.name) + 1;
            let id = known.id.clone();
            let id = id.unwrap_or_else(|| RecordId::numbered(&record_types.key_prefix, number));
            let mut row = Row::new(record_types, id);
            row.set("Name", Value::Text(known.label.clone()));
            row.set("DeveloperName", Value::Text(known.developer_name.clone()));
            row.set("SobjectType", Value::Text(object.name.clone()));
            row.set("IsActive", Value::Flag(known.active));
            let draft = Draft::new(schema, records);
            defaults::fill(&draft, record_types, &mut row, &stamp);
            defaults::touch(record_types, &mut row, &stamp);
            records.apply(row);
        }
    }
    Ok(())
}

fn object<'a>(schema: &'a Schema, name: &str) -> Result<&'a ObjectSchema, SchemaError> {
    schema.object(name).ok_or_else(|| contradiction(format!("there is no object `{name}`")))
}

fn contradiction(what: String) -> SchemaError {
    SchemaError::Contradiction(what)
}
