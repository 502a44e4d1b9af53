//! Creating a Case, exactly one.
//!
//! The insert carries the effect's key in a unique field. However often it is repeated, the org
//! takes it once; whoever comes later is told so, reads the Case by the key and adopts it.

use serde_json::{Value as Json, json};
use tidegate_engine::effect::{CaseRequest, Effect};
use tidegate_engine::event::Event;
use tidegate_plan::model::{Owner, Plan};
use tidegate_plan::value::cut;
use tidegate_salesforce::RetryClass;
use tidegate_store::contract::{Claimed, Entry};
use uuid::Uuid;

use super::names::{Named, Names};
use super::org::{CallError, Find, Insert, Record};
use super::values::to_wire;
use super::{Failed, Performed, adopted, transcript};
use crate::app::App;

/// A Case that is there.
struct Created {
    id: String,
    number: Option<String>,
    /// The fields in which one that an earlier attempt created differs from what was asked for.
    differs: Vec<String>,
}

pub(crate) async fn create(
    app: &App,
    names: &Names,
    plan: &Plan,
    claimed: &Claimed,
    request: &CaseRequest,
    entries: &[Entry],
) -> Performed {
    let key = claimed.effect.key;
    let insert = match insert(app, names, request, key, entries).await {
        Ok(insert) => insert,
        Err(error) => return failed(names, plan, claimed, request, None, error),
    };
    let done = match app.org.insert(insert.clone()).await {
        Ok(id) => Ok(Created { number: number(app, request, &id).await, id, differs: Vec::new() }),
        Err(clash) if clash.class == RetryClass::Duplicate => {
            adopt(app, request, &insert, key, clash).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(Created { id, number, differs }) => {
            Performed::Answered(Event::CaseCreated { key, id, number, differs })
        }
        Err(error) => failed(names, plan, claimed, request, Some(&insert), error),
    }
}

async fn insert(
    app: &App,
    names: &Names,
    request: &CaseRequest,
    key: Uuid,
    entries: &[Entry],
) -> Result<Insert, CallError> {
    let id = |named| names.id(app.org.as_ref(), &app.users, named);
    let mut fields: Record =
        request.fields.iter().map(|(name, value)| (name.clone(), to_wire(value))).collect();
    if let Some(to) = &request.transcript {
        let text = transcript::render(entries);
        let max = to.max_length.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
        fields.insert(to.field.clone(), json!(cut(&text, max)));
    }
    let given = |field: &str| request.fields.iter().any(|(name, _)| name == field);
    if let Some(record_type) = &request.record_type
        && !given("RecordTypeId")
    {
        let named = Named::RecordType(request.object.clone(), record_type.clone());
        fields.insert("RecordTypeId".into(), Json::String(id(named).await?));
    }
    let owner = match request.owner.as_ref().filter(|_| !given("OwnerId")) {
        Some(Owner::Queue(name)) => Some(Named::Queue(name.clone())),
        Some(Owner::User(name)) => Some(Named::User(name.clone())),
        Some(Owner::AssignmentRules) | None => None,
    };
    let assignment_rules = owner.is_none() && !given("OwnerId");
    if let Some(named) = owner {
        fields.insert("OwnerId".into(), Json::String(id(named).await?));
    }
    fields.insert(request.key_field.clone(), Json::String(key.to_string()));
    Ok(Insert { object: request.object.clone(), fields, assignment_rules })
}

/// The number that customers are told. That it can't be read does not undo the Case.
async fn number(app: &App, request: &CaseRequest, id: &str) -> Option<String> {
    let find = Find {
        object: request.object.clone(),
        fields: vec!["Id".into(), "CaseNumber".into()],
        equal: vec![("Id".into(), id.into())],
        limit: 1,
    };
    let found = app.org.find(find).await.ok()?;
    text(found.first()?, "CaseNumber")
}

/// The org says that the value is taken. By our key it is our own Case; anything else is a clash
/// of another unique field, which a repetition would not mend.
async fn adopt(
    app: &App,
    request: &CaseRequest,
    insert: &Insert,
    key: Uuid,
    clash: CallError,
) -> Result<Created, CallError> {
    if clash.fields.iter().any(|field| !field.eq_ignore_ascii_case(&request.key_field)) {
        return Err(clash);
    }
    let record = by_key(app, request, key).await?.ok_or_else(|| clash.clone())?;
    let id = text(&record, "Id").ok_or(clash)?;
    let differs = adopted::differing(app.org.as_ref(), insert, &id).await;
    match &differs {
        Some(fields) if fields.is_empty() => {
            tracing::info!(effect = %key, "a Case that an earlier attempt had created was adopted");
        }
        Some(fields) => {
            tracing::error!(effect = %key, case = id, fields = fields.join(", "), "a Case was adopted that differs from what was asked for; has the org changed it, or does somebody else use the key field?");
        }
        None => {
            tracing::warn!(effect = %key, case = id, "a Case was adopted that could not be compared with what was asked for");
        }
    }
    Ok(Created { id, number: text(&record, "CaseNumber"), differs: differs.unwrap_or_default() })
}

/// The Case that carries an effect's key.
async fn by_key(app: &App, request: &CaseRequest, key: Uuid) -> Result<Option<Record>, CallError> {
    let find = Find {
        object: request.object.clone(),
        fields: vec!["Id".into(), "CaseNumber".into()],
        equal: vec![(request.key_field.clone(), key.to_string())],
        limit: 2,
    };
    let mut found = app.org.find(find).await?;
    if found.len() > 1 {
        let field = request.key_field.clone();
        let why = format!("several records have the same `{field}`, which ought to be unique");
        let class = RetryClass::Request;
        let error = CallError::new(class, "tidegate.key_not_unique", why);
        return Err(CallError { fields: vec![field], ..error });
    }
    Ok(found.pop())
}

/// The Case of an effect, where it is there.
pub(crate) async fn that_is_there(
    app: &App,
    request: &CaseRequest,
    key: Uuid,
) -> Result<Option<Event>, CallError> {
    let Some(record) = by_key(app, request, key).await? else { return Ok(None) };
    let number = text(&record, "CaseNumber");
    Ok(text(&record, "Id").map(|id| Event::CaseCreated { key, id, number, differs: Vec::new() }))
}

fn text(record: &Record, field: &str) -> Option<String> {
    record.get(field)?.as_str().map(str::to_owned)
}

fn failed(
    names: &Names,
    plan: &Plan,
    claimed: &Claimed,
    request: &CaseRequest,
    insert: Option<&Insert>,
    error: CallError,
) -> Performed {
    if matches!(error.class, RetryClass::Request | RetryClass::Permission) {
        names.forget();
    }
    let asked = match insert {
        Some(insert) => Json::Object(insert.fields.clone()),
        None => json!({ "owner": request.owner, "record_type": request.record_type }),
    };
    Performed::Failed(Box::new(Failed {
        request: format!("insert {}\n{asked:#}", request.object),
        source: source(plan, &claimed.effect, request, &error.fields),
        error,
    }))
}

/// Where the refused value was written: the push's line for the first field that the org names, or
/// the step that created the Case.
fn source(
    plan: &Plan,
    effect: &Effect,
    request: &CaseRequest,
    fields: &[String],
) -> Option<String> {
    let push = plan.pushes.get(usize::try_from(request.push).ok()?)?;
    let line = push.fields.iter().find(|line| fields.contains(&line.field)).map(|line| line.span);
    let place = match line {
        Some(span) => plan.place(span),
        None => step_place(plan, effect),
    };
    Some(format!("{}, push {}", place?, push.name))
}

/// Where the step stands that asked for an effect.
pub(crate) fn step_place(plan: &Plan, effect: &Effect) -> Option<String> {
    plan.place(plan.steps.get(effect.step?.index())?.span)
}
