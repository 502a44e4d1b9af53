//! What customers were told, held against what the org has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::load::{Acknowledged, Load, logged};
use super::naive::{self, Answer, Case, Turn};
use super::world::World;

/// What a check found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What must not be.
    pub(crate) wrong: Vec<String>,
    pub(crate) conversations: u64,
    pub(crate) acknowledged: u64,
    /// Acknowledged submits that had been sent before, and cut off.
    pub(crate) repeated: u64,
    /// Conversations whose path ends in a Case.
    pub(crate) with_case: u64,
    /// Transcripts that were attached more often than once.
    pub(crate) double_files: u64,
    /// When the Case with this nonce was saved.
    pub(crate) saved_at: BTreeMap<u32, Timestamp>,
}

/// A Case as the org saved it.
struct Saved {
    id: String,
    at: Timestamp,
    fields: Case,
    text: String,
}

type ByNonce<'a> = BTreeMap<u32, Vec<&'a Saved>>;

/// Holds the log against the ledger.
pub(crate) async fn all(world: &World, load: &Load, log: &Path) -> Found {
    let mut found = Found { wrong: load.surprises.lock().unwrap().clone(), ..Found::default() };
    let (waiting, dead) = world.owed();
    if waiting > 0 {
        found.wrong.push(format!("{waiting} effects still wait"));
    }
    if dead > 0 {
        found.wrong.push(format!("{dead} dead letters"));
    }
    let (saved, files) = saved(world).await;
    let by_nonce = by_nonce(&saved);
    let mut expected = BTreeSet::new();
    for (conversation, lines) in logged(log) {
        found.conversations += 1;
        found.acknowledged += lines.len() as u64;
        found.repeated += lines.iter().filter(|line| line.sent > 1).count() as u64;
        let answers: Vec<Answer> = lines.iter().map(|line| line.answer.clone()).collect();
        let case = match naive::turn(load.program(), &answers) {
            Turn::Ended(case) => case,
            _ => None,
        };
        match case {
            Some(case) => {
                found.with_case += 1;
                expected.extend(one_case(&mut found, &by_nonce, &case, &lines));
            }
            None => no_case(&mut found, &by_nonce, &lines),
        }
        if found.wrong.len() > 1000 {
            found.wrong.push(format!("… and so on, from {conversation}"));
            return found;
        }
    }
    for case in saved.iter().filter(|case| !expected.contains(&case.id)) {
        found.wrong.push(format!("nobody asked for the Case {} {}", case.id, case.text));
    }
    for case in saved.iter().filter(|case| expected.contains(&case.id)) {
        let id = &case.id;
        let copies = files.get(id).copied().unwrap_or(0);
        if case.fields["Origin"] == "Chat" && !case.fields.contains_key("Status") && copies == 0 {
            found.wrong.push(format!("the Case {id} has no transcript"));
        }
        found.double_files += copies.saturating_sub(1);
    }
    found
}

/// Every acknowledged submit stands in exactly one Case, and it is the one that is due.
fn one_case(
    found: &mut Found,
    by_nonce: &ByNonce<'_>,
    due: &Case,
    lines: &[Acknowledged],
) -> Option<String> {
    let mut id = None;
    for nonce in lines.iter().filter_map(|line| line.nonce) {
        let with = by_nonce.get(&nonce).map_or(&[][..], Vec::as_slice);
        let [case] = with else {
            found.wrong.push(format!("the acknowledged {nonce} stands in {} Cases", with.len()));
            continue;
        };
        found.saved_at.insert(nonce, case.at);
        if id.replace(case.id.clone()).is_some() {
            continue;
        }
        let names: BTreeSet<&String> = due.keys().chain(case.fields.keys()).collect();
        for name in names {
            let (due, there) = (due.get(name), case.fields.get(name));
            if !due.zip(there).is_some_and(|(due, there)| naive::same(due, there)) {
                found.wrong.push(format!("{nonce}: {name} is {there:?}, due is {due:?}"));
            }
        }
    }
    id
}

fn no_case(found: &mut Found, by_nonce: &ByNonce<'_>, lines: &[Acknowledged]) {
    for nonce in lines.iter().filter_map(|line| line.nonce) {
        if by_nonce.contains_key(&nonce) {
            found.wrong.push(format!("{nonce} stands in a Case, and its path has none"));
        }
    }
}

/// The Cases in which each run of six digits stands.
fn by_nonce(saved: &[Saved]) -> ByNonce<'_> {
    let mut all = ByNonce::new();
    for case in saved {
        let runs = case.text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
        let nonces: BTreeSet<u32> = runs.filter_map(|run| run.parse().ok()).collect();
        nonces.into_iter().for_each(|nonce| all.entry(nonce).or_default().push(case));
    }
    all
}

/// The Cases that the ledger has, and how many files each.
async fn saved(world: &World) -> (Vec<Saved>, BTreeMap<String, u64>) {
    let mut names = BTreeMap::new();
    for object in ["Group", "RecordType"] {
        for row in world.ask_org(&format!("records/{object}")).await.as_array().unwrap() {
            names.insert(text(&row["Id"]), row["DeveloperName"].clone());
        }
    }
    let ledger = world.ask_org("ledger").await;
    let creates = ledger
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["action"] == "create" && entry["outcome"]["saved"].is_array());
    let (mut cases, mut files) = (Vec::new(), BTreeMap::new());
    for entry in creates {
        let values = entry["values"].as_object().unwrap();
        if entry["object"] == "ContentVersion" {
            *files.entry(text(&values["FirstPublishLocationId"])).or_default() += 1;
        }
        if entry["object"] != "Case" {
            continue;
        }
        let named = |id: &Value| names.get(&text(id)).cloned().unwrap_or(json!(null));
        let field = |(name, value): (&String, &Value)| match name.as_str() {
            "Tidegate_Key__c" => None,
            "OwnerId" => Some(("Owner".to_owned(), named(value))),
            "RecordTypeId" => Some(("RecordType".to_owned(), named(value))),
            _ => Some((name.clone(), value.clone())),
        };
        let fields: Case = values.iter().filter_map(field).collect();
        let said = json!(fields).to_string();
        let at = text(&entry["at"]).parse().unwrap();
        cases.push(Saved { id: text(&entry["id"]), at, fields, text: said });
    }
    (cases, files)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
