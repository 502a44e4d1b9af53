//! Running a flow.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::value::{Held, instant};
use super::{Assignment, Condition, Create, Flow, Kind, Lookup, Operand, Rule, Selection, Update};
use crate::chat::records;
use crate::org::schema::{ObjectSchema, Schema};
use crate::org::{Call, ErrorCode, Org, RecordId, Refusal, Row, Transaction, Value, read};

/// Steps that one run may take.
const MOST_STEPS: usize = 2_000;

/// What a run has come to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ran {
    /// Who is to get the session; nobody where the flow did not say.
    pub work: Option<Work>,
    /// The steps that it took, with what they came to.
    pub steps: Vec<String>,
    /// Its variables at the end.
    pub variables: BTreeMap<String, Json>,
    /// Why it ended before its time; nothing of what it wrote is left then.
    pub fault: Option<String>,
    /// Why nothing could be saved at all.
    pub unsaved: Option<String>,
}

/// Whom a flow gives a session to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    /// A queue, by its id.
    Queue(String),
    /// A user, by its id.
    Agent(String),
}

struct Run<'r> {
    flow: &'r Flow,
    call: Call,
    /// All that it writes is saved together, or not at all.
    transaction: Transaction<'r>,
    schema: Arc<Schema>,
    now: Timestamp,
    variables: BTreeMap<String, Held>,
    /// What elements have given.
    given: BTreeMap<String, Held>,
    fault_message: String,
    ran: Ran,
}

impl Flow {
    /// Runs it with these inputs; what is no input is left out.
    pub(crate) fn run(&self, org: &Org, now: Timestamp, inputs: &BTreeMap<String, Held>) -> Ran {
        let call = records::automated(org);
        let mut run = Run {
            flow: self,
            call,
            schema: org.schema(),
            transaction: org.begin(),
            now,
            variables: BTreeMap::new(),
            given: BTreeMap::new(),
            fault_message: String::new(),
            ran: Ran::default(),
        };
        for (name, variable) in &self.variables {
            let input = inputs.get(name).filter(|_| variable.input).cloned();
            let value = input.unwrap_or_else(|| run.value(&variable.value));
            run.variables.insert(name.clone(), value);
        }
        let beginning = run.transaction.savepoint();
        run.go();
        if let Some(fault) = &run.ran.fault {
            let why = Refusal::request(ErrorCode::CannotExecuteFlowTrigger, fault.clone());
            run.transaction.roll_back_to(beginning, &why);
        }
        let kept = run.variables.iter().filter(|(_, held)| !matches!(held, Held::Record { .. }));
        run.ran.variables = kept.map(|(name, held)| (name.clone(), held.json())).collect();
        let Run { mut ran, transaction, .. } = run;
        ran.unsaved = transaction.commit().err().map(|refusal| refused(&refusal));
        ran
    }
}

impl<'r> Run<'r> {
    fn go(&mut self) {
        let flow = self.flow;
        let mut next = flow.start.as_deref();
        for _ in 0..MOST_STEPS {
            let Some((name, element)) = next.and_then(|name| flow.elements.get_key_value(name))
            else {
                return;
            };
            next = match self.perform(name, &element.kind) {
                Ok(Some(rule)) => rule.next.as_deref(),
                Ok(None) => element.next.as_deref(),
                Err(fault) => {
                    self.ran.steps.push(format!("{name}: {fault}"));
                    self.fault_message.clone_from(&fault);
                    if element.fault.is_none() {
                        self.ran.fault = Some(format!("`{name}`: {fault}"));
                        return;
                    }
                    element.fault.as_deref()
                }
            };
        }
        self.ran.fault = Some(format!("it took more than {MOST_STEPS} steps"));
    }

    /// Takes one step; gives the rule by which a decision goes on.
    fn perform(&mut self, name: &str, kind: &'r Kind) -> Result<Option<&'r Rule>, String> {
        let done = match kind {
            Kind::RouteWork { inputs } => self.route(inputs)?,
            Kind::CheckAvailability { outputs } => {
                for (_, variable) in outputs {
                    self.set(variable, Held::Number(1.into()));
                }
                "somebody is there".to_owned()
            }
            Kind::Assign(items) => {
                items.iter().for_each(|item| self.assign(item));
                format!("{} set", items.len())
            }
            Kind::Decide(rules) => {
                let fitting = rules.iter().find(|rule| self.fits(rule));
                let shown = fitting.map_or("otherwise", |rule| rule.name.as_str());
                self.ran.steps.push(format!("{name}: {shown}"));
                return Ok(fitting);
            }
            Kind::Lookup(lookup) => self.look_up(name, lookup)?,
            Kind::Update(update) => self.update(update)?,
            Kind::Create(create) => self.create(name, create)?,
        };
        self.ran.steps.push(format!("{name}: {done}"));
        Ok(None)
    }

    fn route(&mut self, inputs: &BTreeMap<String, Operand>) -> Result<String, String> {
        let text =
            |name: &str| inputs.get(name).map(|it| self.value(it).text()).unwrap_or_default();
        let kind = text("routingType");
        let named = |input: &str| {
            let id = text(input);
            if id.is_empty() { Err(format!("`{input}` is blank")) } else { Ok(id) }
        };
        let work = match kind.as_str() {
            "QueueBased" => Work::Queue(named("queueId")?),
            "Agent" | "AgentBased" => Work::Agent(named("agentId")?),
            other => return Err(format!("the local org does not route by `{other}`")),
        };
        if text("recordId").is_empty() {
            return Err("`recordId` is blank".to_owned());
        }
        let shown = match &work {
            Work::Queue(id) => format!("to the queue {id}"),
            Work::Agent(id) => format!("to the user {id}"),
        };
        self.ran.work = Some(work);
        Ok(shown)
    }

    fn assign(&mut self, item: &Assignment) {
        let value = self.value(&item.value);
        let before = self.reference(&item.to);
        let value = match (item.operator.as_str(), before) {
            ("Add", Held::Several(mut all)) => {
                all.push(value);
                Held::Several(all)
            }
            ("Add", Held::Number(number)) => {
                let sum = number.checked_add(value.number().unwrap_or_default());
                sum.map_or(Held::Blank, Held::Number)
            }
            ("Add", before) => Held::Text(before.text() + &value.text()),
            _ => value,
        };
        self.set(&item.to, value);
    }

    /// Sets a variable, or a field of one.
    fn set(&mut self, reference: &str, value: Held) {
        let Some((name, field)) = reference.split_once('.') else {
            self.variables.insert(reference.to_owned(), value);
            return;
        };
        let object = self.flow.variables.get(name).and_then(|it| it.object.clone());
        let held = self.variables.entry(name.to_owned()).or_default();
        if !matches!(held, Held::Record { .. }) {
            let object = object.unwrap_or_default();
            *held = Held::Record { object, fields: BTreeMap::new() };
        }
        if let Held::Record { fields, .. } = held {
            fields.insert(field.to_ascii_lowercase(), value);
        }
    }

    fn fits(&self, rule: &Rule) -> bool {
        let fits = |condition: &Condition| {
            let left = self.reference(&condition.left);
            compare(&condition.operator, &left, &self.value(&condition.right))
        };
        match rule.any {
            true => rule.conditions.iter().any(fits),
            false => rule.conditions.iter().all(fits),
        }
    }

    fn look_up(&mut self, name: &str, lookup: &Lookup) -> Result<String, String> {
        let found = self.select(&lookup.from)?;
        let count = found.len();
        let result = match lookup.first_only {
            true => found.into_iter().next().unwrap_or_default(),
            false => Held::Several(found),
        };
        for (field, variable) in &lookup.fields_into {
            if count > 0 || lookup.blank_where_none {
                self.set(variable, result.field(field));
            }
        }
        let into = lookup.into.as_ref().filter(|_| count > 0 || lookup.blank_where_none);
        if let Some(variable) = into {
            self.set(variable, result.clone());
        }
        self.given.insert(name.to_owned(), result);
        Ok(format!("{count} of {}", lookup.from.object))
    }

    fn select(&self, selection: &Selection) -> Result<Vec<Held>, String> {
        let wanted: Vec<(&str, &str, Held)> = selection
            .filters
            .iter()
            .map(|it| (it.field.as_str(), it.operator.as_str(), self.value(&it.value)))
            .collect();
        let object = self.schema.object(&selection.object);
        let object = object.ok_or_else(|| format!("there is no object `{}`", selection.object))?;
        let records = self.transaction.records();
        let fits = |row: &&Row| {
            let fits = |(field, operator, value): &(&str, &str, Held)| {
                let Some(field) = object.field(field) else { return false };
                let stored = read(records, object, field, row);
                stored_fits(&stored, operator, value)
            };
            match selection.any {
                true => wanted.iter().any(fits),
                false => wanted.iter().all(fits),
            }
        };
        let rows = records.rows(&object.name).filter(fits);
        let mut found: Vec<Held> = rows.map(|row| Held::of_row(records, object, row)).collect();
        if let Some((field, descending)) = &selection.sorted_by {
            let key = |one: &Held, other: &Held| {
                one.field(field).order(&other.field(field)).unwrap_or(Ordering::Equal)
            };
            found.sort_by(|one, other| match descending {
                true => key(other, one),
                false => key(one, other),
            });
        }
        Ok(found)
    }

    fn update(&mut self, update: &Update) -> Result<String, String> {
        if let Some(record) = &update.record {
            return self.update_held(&self.reference(record));
        }
        let Some(of) = &update.of else { return Ok("nothing".to_owned()) };
        let values = self.values(&update.values);
        let found = self.select(of)?;
        let count = found.len();
        let changes = found.iter().map(|it| Ok((of.object.clone(), id_of(it)?, values.clone())));
        self.write_all(changes.collect::<Result<_, String>>()?)?;
        Ok(format!("{count} of {}", of.object))
    }

    /// Writes the fields that a record variable holds and that may be written.
    fn update_held(&mut self, held: &Held) -> Result<String, String> {
        let all = match held {
            Held::Several(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut changes = Vec::new();
        for record in all {
            let Held::Record { object, .. } = record else {
                return Err("the variable holds no record".to_owned());
            };
            let id = id_of(record)?;
            let writable = |object: &ObjectSchema, name: &str| {
                object.field(name).is_some_and(|field| field.updateable())
            };
            changes.push((object.clone(), id, self.held_values(record, writable)?));
        }
        let count = changes.len();
        self.write_all(changes)?;
        Ok(format!("{count} held"))
    }

    /// Writes what one step changes: all of it or nothing.
    fn write_all(&mut self, changes: Vec<(String, RecordId, Json)>) -> Result<(), String> {
        let before = self.transaction.savepoint();
        for (object, id, values) in changes {
            let fields = records::fields(&values);
            if let Err(refusal) = self.transaction.update(&self.call, &object, &id, &fields) {
                self.transaction.roll_back_to(before, &refusal);
                return Err(refused(&refusal));
            }
        }
        Ok(())
    }

    fn create(&mut self, name: &str, create: &Create) -> Result<String, String> {
        let (object, values) = match (&create.record, &create.object) {
            (Some(record), _) => {
                let held = self.reference(record);
                let Held::Record { object, .. } = &held else {
                    return Err("the variable holds no record".to_owned());
                };
                let writable = |object: &ObjectSchema, name: &str| {
                    object.field(name).is_some_and(|field| field.createable())
                };
                (object.clone(), self.held_values(&held, writable)?)
            }
            (None, Some(object)) => (object.clone(), self.values(&create.values)),
            (None, None) => return Err("it names neither an object nor a record".to_owned()),
        };
        let fields = records::fields(&values);
        let made = self.transaction.create(&self.call, &object, &fields);
        let id = made.map_err(|it| refused(&it))?;
        let id = Held::Text(id.to_string());
        if let Some(variable) = &create.id_into {
            self.set(variable, id.clone());
        }
        if let Some(record) = &create.record {
            self.set(&format!("{record}.Id"), id.clone());
        }
        self.given.insert(name.to_owned(), id);
        Ok(format!("one of {object}"))
    }

    fn held_values(
        &self,
        record: &Held,
        writable: impl Fn(&ObjectSchema, &str) -> bool,
    ) -> Result<Json, String> {
        let Held::Record { object, fields } = record else {
            return Err("the variable holds no record".to_owned());
        };
        let object = self.schema.object(object).ok_or_else(|| format!("no object `{object}`"))?;
        let kept = fields.iter().filter(|(name, _)| writable(object, name));
        Ok(Json::Object(kept.map(|(name, held)| (name.clone(), held.json())).collect()))
    }

    fn values(&self, values: &[(String, Operand)]) -> Json {
        let pairs = values.iter().map(|(name, value)| (name.clone(), self.value(value).json()));
        Json::Object(pairs.collect::<Map<_, _>>())
    }

    fn value(&self, operand: &Operand) -> Held {
        match operand {
            Operand::Blank => Held::Blank,
            Operand::Text(text) => Held::Text(self.merged(text)),
            Operand::Flag(flag) => Held::Flag(*flag),
            Operand::Number(number) => Held::Number(*number),
            Operand::Reference(reference) => self.reference(reference),
        }
    }

    /// A text with values where it says `{!name}`.
    fn merged(&self, text: &str) -> String {
        let mut merged = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{!") {
            let Some((reference, after)) = after.split_once('}') else { break };
            merged.push_str(before);
            merged.push_str(&self.reference(reference).text());
            rest = after;
        }
        merged + rest
    }

    fn reference(&self, reference: &str) -> Held {
        match reference {
            "$Flow.CurrentDateTime" => return instant(self.now),
            "$Flow.FaultMessage" => return Held::Text(self.fault_message.clone()),
            "$GlobalConstant.True" => return Held::Flag(true),
            "$GlobalConstant.False" => return Held::Flag(false),
            "$GlobalConstant.EmptyString" => return Held::Text(String::new()),
            _ => {}
        }
        let (name, field) = match reference.split_once('.') {
            Some((name, field)) => (name, Some(field)),
            None => (reference, None),
        };
        let flow = self.flow;
        let held = if let Some(held) = self.variables.get(name).or_else(|| self.given.get(name)) {
            held.clone()
        } else if let Some(formula) = flow.formulas.get(name) {
            formula.value(&|inner: &str| self.reference(inner))
        } else if let Some(constant) = flow.constants.get(name) {
            self.value(constant)
        } else if let Some(template) = flow.templates.get(name) {
            Held::Text(self.merged(template))
        } else {
            Held::Blank
        };
        match field {
            Some(field) => held.field(field),
            None => held,
        }
    }
}

fn compare(operator: &str, left: &Held, right: &Held) -> bool {
    match operator {
        "EqualTo" => left.same(right),
        "NotEqualTo" => !left.same(right),
        "IsNull" | "IsBlank" => left.is_blank() == right.is_true(),
        "Contains" => left.text().contains(&right.text()),
        "StartsWith" => left.text().starts_with(&right.text()),
        "EndsWith" => left.text().ends_with(&right.text()),
        "GreaterThan" => left.order(right).is_some_and(Ordering::is_gt),
        "GreaterThanOrEqualTo" => left.order(right).is_some_and(Ordering::is_ge),
        "LessThan" => left.order(right).is_some_and(Ordering::is_lt),
        "LessThanOrEqualTo" => left.order(right).is_some_and(Ordering::is_le),
        _ => false,
    }
}

/// Filters compare as queries do: without regard to capitals.
fn stored_fits(stored: &Value, operator: &str, wanted: &Held) -> bool {
    let lower = |held: Held| match held {
        Held::Text(text) => Held::Text(text.to_lowercase()),
        other => other,
    };
    match stored {
        Value::Id(_) => compare(operator, &Held::of_value(stored), wanted),
        other => compare(operator, &lower(Held::of_value(other)), &lower(wanted.clone())),
    }
}

fn id_of(record: &Held) -> Result<RecordId, String> {
    let id = record.field("Id").text();
    RecordId::parse(&id).map_err(|_| "the record has no id".to_owned())
}

fn refused(refusal: &Refusal) -> String {
    let errors = refusal.errors().iter();
    errors.map(|error| error.message.clone()).collect::<Vec<_>>().join("; ")
}
