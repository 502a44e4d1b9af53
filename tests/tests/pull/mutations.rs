//! Whatever an admin does that makes the org refuse a Case of the program, `check --org` reports.
//!
//! Cases come out of random conversations with the example. Those that the org takes as it is are
//! created again after each random change of its metadata.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tidegate_compiler::analysis::{Analyzer, Inputs, Settings};
use tidegate_compiler::drift::compare;
use tidegate_engine::effect::{Action, CaseRequest};
use tidegate_plan::model::Owner;
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_project::sources;
use tidegate_salesforce::client::Client;
use tidegate_salesforce::pull::{pull, survey};
use tidegate_salesforce::record::{Row, SaveOption};
use tidegate_salesforce::soql::{Soql, SoqlText};
use tidegate_schemas::catalog::{Catalog, FieldKind, List};
use tidegate_simulator::{RunningOrg, SchemaChange};

use super::dice::Dice;
use super::talk::{Manner, play};
use super::{by_secret, client, name, org};

/// Changes that are tried.
const MUTATIONS: usize = 200;
/// Conversations that Cases are taken from.
const TALKS: u64 = 1200;
/// Cases of each push that are tried again.
const CASES: usize = 12;

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Deactivated,
    Deleted,
    FieldGone,
    FieldAdded,
    Required,
    Shorter,
    Retyped,
    Unique,
    Locked,
    Hidden,
    Queue,
    RecordType,
    Object,
    KeyNotUnique,
}

const KINDS: [Kind; 14] = [
    Kind::Deactivated,
    Kind::Deleted,
    Kind::FieldGone,
    Kind::FieldAdded,
    Kind::Required,
    Kind::Shorter,
    Kind::Retyped,
    Kind::Unique,
    Kind::Locked,
    Kind::Hidden,
    Kind::Queue,
    Kind::RecordType,
    Kind::Object,
    Kind::KeyNotUnique,
];

/// What the org needs to stay an org, or a program never writes.
const KEPT: [&str; 6] = ["Id", "CaseNumber", "IsDeleted", "OwnerId", "RecordTypeId", "ContactId"];

fn of_a_list(kind: Kind, field: &str, list: &List, dice: &mut Dice) -> Json {
    let value = &list.values[dice.below(list.values.len())].value;
    json!({ "list_value": { "object": "Case", "field": field, "value": value,
        "active": false, "remove": kind == Kind::Deleted } })
}

fn mutation(kind: Kind, catalog: &Catalog, dice: &mut Dice) -> Json {
    let case = &catalog.objects["Case"];
    let writable = case.fields.values().filter(|its| its.createable && !KEPT.contains(&&*its.name));
    let of = |fits: &dyn Fn(&FieldKind) -> bool| -> Vec<&str> {
        let fields = writable.clone().filter(|its| fits(&its.kind));
        fields.map(|its| its.name.as_str()).collect()
    };
    let user = "integration@warmhaus.example";
    let on = |field: &str| json!({ "object": "Case", "field": field });
    let with = |field: &str, key: &str, value: Json| {
        let mut body = on(field);
        body[key] = value;
        json!({ "field": body })
    };
    match kind {
        Kind::Deactivated | Kind::Deleted => {
            let field = dice.pick(&of(&|kind| kind.list().is_some())).to_owned();
            of_a_list(kind, &field, case.fields[&field].kind.list().expect("a list"), dice)
        }
        Kind::FieldGone => json!({ "remove_field": on(dice.pick(&of(&|_| true))) }),
        Kind::FieldAdded => json!({ "add_field": { "object": "Case", "field": {
            "name": "Region__c", "label": "Region", "type": "string", "length": 40,
            "nillable": dice.percent(30), "defaulted": false } } }),
        Kind::Required => with(dice.pick(&of(&|_| true)), "required", json!(true)),
        Kind::Shorter => {
            let field = dice.pick(&of(&|kind| kind.text_length().is_some())).to_owned();
            let length = case.fields[&field].kind.text_length().expect("a text");
            with(&field, "length", json!(1 + dice.below(length as usize)))
        }
        Kind::Retyped => {
            let field = dice.pick(&of(&|kind| kind.text_length().is_some())).to_owned();
            with(&field, "type", json!(dice.pick(&["boolean", "date", "double", "email"])))
        }
        // Of Salesforce's types these can be unique.
        Kind::Unique => {
            let can = |kind: &FieldKind| {
                matches!(kind, FieldKind::String { .. } | FieldKind::Email { .. })
                    || kind.digits().is_some()
            };
            with(dice.pick(&of(&can)), "unique", json!(true))
        }
        Kind::Locked | Kind::Hidden => {
            let mut body = on(dice.pick(&of(&|_| true)));
            body["user"] = json!(user);
            body["may"] = json!(if kind == Kind::Locked { "read" } else { "nothing" });
            json!({ "permission": body })
        }
        Kind::Queue => {
            let queues: Vec<&str> = catalog.queues.keys().map(String::as_str).collect();
            let owns: &[&str] = if dice.percent(50) { &[] } else { &["Lead"] };
            json!({ "queue": { "name": dice.pick(&queues), "owns": owns } })
        }
        Kind::RecordType => {
            let types: Vec<&str> = case.record_types.keys().map(String::as_str).collect();
            json!({ "record_type": { "object": "Case", "name": dice.pick(&types), "active": false } })
        }
        Kind::Object => json!({ "object": { "object": "Case", "createable": false } }),
        Kind::KeyNotUnique => with("Tidegate_Key__c", "unique", json!(false)),
    }
}

struct World {
    org: RunningOrg,
    client: Client,
    inputs: Inputs,
    cases: Vec<CaseRequest>,
    made: u64,
}

impl World {
    async fn new() -> Self {
        let org = org(None).await;
        let client = client(&org, by_secret(super::SECRET));
        let catalog = Arc::new(pull(&client, &[], |_| {}).await.expect("a catalog"));
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/support");
        let sources = sources::read(&example).expect("the example");
        let settings = Settings { messengers: vec!["web".to_owned()], ..Settings::default() };
        let inputs = Inputs { sources, catalog, settings };
        let mut world = Self { org, client, inputs, cases: Vec::new(), made: 0 };
        for request in world.requests() {
            let push = request.push;
            let known = world.cases.iter().filter(|its| its.push == push).count();
            if known < CASES && world.taken(&request).await {
                world.cases.push(request);
            }
        }
        world
    }

    /// What the program asks for in random conversations.
    fn requests(&self) -> Vec<CaseRequest> {
        let checked = Analyzer::new().check(&self.inputs).checked().expect("the example is right");
        let plan = VerifiedPlan::new(checked.emit()).expect("its plan");
        let mut requests = Vec::new();
        for seed in 0..TALKS {
            let mut dice = Dice::new(seed);
            let manner = Manner::plausible(&mut dice);
            play(&plan, manner, &mut dice, &mut |_, _, transition| {
                let asked = transition.effects.iter().filter_map(|one| match &one.action {
                    Action::CreateCase(request) => Some(request.clone()),
                    _ => None,
                });
                requests.extend(asked);
                Ok(())
            })
            .expect("a conversation");
        }
        requests
    }

    /// Whether the org takes a Case, with what its names stand for now.
    async fn taken(&mut self, request: &CaseRequest) -> bool {
        let mut fields: Row =
            request.fields.iter().map(|(name, value)| (name.clone(), wire(value))).collect();
        // The conversation's Contact is nobody's in this org.
        fields.remove("ContactId");
        self.made += 1;
        fields.insert(request.key_field.clone(), json!(format!("key-{}", self.made)));
        let auto = !matches!(request.owner, Some(Owner::Queue(_) | Owner::User(_)));
        if let Some(Owner::Queue(queue)) = &request.owner {
            let soql = Soql::new("SELECT Id FROM Group WHERE Type = 'Queue' AND DeveloperName = ")
                .text(&SoqlText::new(queue));
            let Some(id) = self.id(&soql).await else { return false };
            fields.insert("OwnerId".to_owned(), id);
        }
        if let Some(record_type) = &request.record_type {
            let soql = Soql::new(
                "SELECT Id FROM RecordType WHERE SobjectType = 'Case' AND DeveloperName = ",
            )
            .text(&SoqlText::new(record_type));
            let Some(id) = self.id(&soql).await else { return false };
            fields.insert("RecordTypeId".to_owned(), id);
        }
        self.client.create(&name("Case"), &fields, &[SaveOption::AutoAssign(auto)]).await.is_ok()
    }

    async fn id(&self, soql: &Soql) -> Option<Json> {
        self.client.query(soql).await.expect("an answer").first()?.get("Id").cloned()
    }
}

fn wire(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => json!(number.normalize().to_string()),
        Value::Bool(bool) => json!(bool),
        Value::Date(date) => json!(date.to_string()),
        Value::DateTime(instant) => json!(instant.to_string()),
        Value::Time(time) => json!(time.to_string()),
        Value::Duration(millis) => json!(millis),
        Value::Many(values) => json!(values.join(";")),
    }
}

/// What came of one mutation.
struct Tried {
    kind: Kind,
    what: String,
    refused: usize,
    reported: bool,
}

/// What was refused and not reported; `blind` is a kind that the comparison does not see.
fn silent(all: &[Tried], blind: Option<Kind>) -> Vec<&str> {
    all.iter()
        .filter(|its| its.refused > 0 && (!its.reported || Some(its.kind) == blind))
        .map(|its| its.what.as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_makes_the_org_refuse_a_case_is_reported() {
    let mut world = World::new().await;
    let pushes: BTreeSet<u32> = world.cases.iter().map(|its| its.push).collect();
    assert_eq!((world.cases.len(), pushes.len()), (2 * CASES, 2), "Cases of both pushes");
    let mut dice = Dice::new(15);
    let mut all = Vec::new();
    for round in 0..MUTATIONS {
        let kind = KINDS[round % KINDS.len()];
        let body = mutation(kind, &world.inputs.catalog, &mut dice);
        let change: SchemaChange = serde_json::from_value(body.clone()).expect("a change");
        world.org.org().change_schema(&change).unwrap_or_else(|why| panic!("{body}: {why}"));
        let other = survey(&world.client, &[], |_| {}).await.expect("a catalog");
        let reported = !compare(&world.inputs, &Arc::new(other)).consequences.is_empty();
        let mut refused = 0;
        for request in world.cases.clone() {
            refused += usize::from(!world.taken(&request).await);
        }
        all.push(Tried { kind, what: body.to_string(), refused, reported });
        world.org.org().reset().expect("as it was");
    }
    let mut counts: BTreeMap<Kind, (usize, usize, usize)> = BTreeMap::new();
    for its in &all {
        let count = counts.entry(its.kind).or_default();
        count.0 += 1;
        count.1 += usize::from(its.refused > 0);
        count.2 += usize::from(its.reported);
    }
    println!("changes tried, refused some Case, reported:");
    for (kind, (tried, refused, reported)) in &counts {
        println!("  {kind:?}: {tried} {refused} {reported}");
    }
    assert_eq!(silent(&all, None), [""; 0], "refused, and nobody was told");
    // A key that is not unique refuses nothing: it is exactly-once that is lost.
    assert!(all.iter().all(|its| its.kind != Kind::KeyNotUnique || its.reported));
    // The twin: blind for one kind, the same run finds it.
    for kind in KINDS.into_iter().filter(|kind| *kind != Kind::KeyNotUnique) {
        assert!(!silent(&all, Some(kind)).is_empty(), "no Case was refused after {kind:?}");
    }
}
