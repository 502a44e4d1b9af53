//! What a plan relies on, against what the org has said.

use std::collections::BTreeMap;

use tidegate_diagnostics::{Span, printable};
use tidegate_plan::model::{Instruction, Owner, Plan, Push, Required, TranscriptTo};
use tidegate_schemas::catalog::{Field, Object};

use super::finding::{DriftFinding, Weight};
use super::known::Known;

/// Characters that the key needs: a UUID as text.
const KEY_LENGTH: u32 = 36;

const LOST_CASE: &str =
    "whose Case is refused takes the `rejected` path, and the Case becomes a dead letter";
const UNKNOWN_PERSON: &str =
    "who is signed in is not recognised, and nothing of the record is known";

/// Everything that differs, worst first. What the org has not said is not told.
pub(super) fn compare(
    plan: &Plan,
    known: &Known,
    users: &BTreeMap<String, String>,
) -> Vec<DriftFinding> {
    let comparison = Comparison { plan, known, users };
    let mut found: Vec<DriftFinding> = plan
        .requirements
        .iter()
        .filter_map(|its| comparison.requirement(&its.what, its.span))
        .collect();
    found.extend(comparison.newly_required());
    found.sort();
    found.dedup();
    found
}

struct Comparison<'a> {
    plan: &'a Plan,
    known: &'a Known,
    users: &'a BTreeMap<String, String>,
}

/// What is said of one thing.
struct Said {
    weight: Weight,
    what: String,
    breaks: String,
    customers: &'static str,
    mend: String,
}

impl Said {
    fn case_breaks(what: String, breaks: impl Into<String>, mend: impl Into<String>) -> Self {
        let (breaks, mend) = (breaks.into(), mend.into());
        Self { weight: Weight::Breaks, what, breaks, customers: LOST_CASE, mend }
    }

    fn case_may_break(what: String, breaks: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { weight: Weight::MayBreak, ..Self::case_breaks(what, breaks, mend) }
    }
}

impl Comparison<'_> {
    fn requirement(&self, what: &Required, span: Span) -> Option<DriftFinding> {
        let said = match what {
            Required::Object(object) => self.object(object),
            Required::ReadField(object, path) => self.read_field(object, path),
            Required::CreateField(object, field) => self.create_field(object, field),
            Required::ListValue(object, path, value) => self.list_value(object, path, value),
            Required::RecordType(object, name) => self.record_type(object, name),
            Required::Queue(object, name) => self.queue(object, name),
            Required::User(name) => self.user(name),
            Required::UniqueKey(object, field) => self.unique_key(object, field),
            Required::Type(object, path, word) => self.type_of(object, path, word),
            Required::Room(object, field, length) => self.room(object, field, *length),
            Required::Digits(object, field, all, behind) => {
                self.digits(object, field, (*all, *behind))
            }
            Required::Optional(object, field) => self.optional(object, field),
            Required::Filter(object, field) => self.filter(object, field),
            Required::Repeatable(object, field) => self.repeatable(object, field),
        };
        said.map(|said| self.finding(what, said, span))
    }

    fn finding(&self, relied: &Required, said: Said, span: Span) -> DriftFinding {
        let place = self.plan.place(span);
        let at = place.as_deref().map_or("the program", |place| place);
        // What every Case needs, no program can do without.
        let remedy = match relied {
            Required::Object(_) | Required::UniqueKey(..) => said.mend,
            _ => format!("{}, or change {at} and run a new plan", said.mend),
        };
        let Said { weight, what, breaks, customers, .. } = said;
        // Names and values are the org's own text.
        let (what, breaks, remedy) = (printable(&what), printable(&breaks), printable(&remedy));
        DriftFinding { weight, what, breaks, customers: customers.to_owned(), remedy, place }
    }

    /// The object as the org describes it; none where it is gone or has not been asked for.
    fn described(&self, object: &str) -> Option<&Object> {
        self.known.objects.get(object)?.as_ref()
    }

    fn field(&self, object: &str, field: &str) -> Option<&Field> {
        self.described(object)?.fields.get(field)
    }

    /// The fields at the end of a path, one for each object that it may lead to.
    fn at_end(&self, object: &str, path: &str) -> Vec<Option<&Field>> {
        let ends = self.known.ends(object, path);
        ends.iter().map(|(object, field)| self.field(object, field)).collect()
    }

    /// Whether the object is one that pushes create.
    fn is_created(&self, object: &str) -> bool {
        self.plan.pushes.iter().any(|push| push.object == object)
    }

    fn object(&self, object: &str) -> Option<Said> {
        let what = match self.known.objects.get(object)? {
            Some(described) if described.createable || !self.is_created(object) => return None,
            Some(_) => format!("the integration user may not create records of `{object}`"),
            None => format!(
                "the object `{object}` is not there, or the integration user may not see it"
            ),
        };
        let mend = format!("let the integration user see `{object}` and create its records");
        if self.is_created(object) {
            return Some(Said::case_breaks(what, "no Case can be created", mend));
        }
        Some(Said {
            customers: UNKNOWN_PERSON,
            ..Said::case_breaks(what, "nobody can be found", mend)
        })
    }

    fn read_field(&self, object: &str, path: &str) -> Option<Said> {
        self.described(object)?;
        let ends = self.known.ends(object, path);
        // What has not been asked for yet may be there.
        let asked = ends.iter().all(|(object, _)| self.known.objects.contains_key(object));
        if !asked || self.at_end(object, path).iter().any(Option::is_some) {
            return None;
        }
        let what =
            format!("`{object}.{path}` is not there, or the integration user may not see it");
        let breaks = "the query for the person is refused as a whole";
        let mend = "make the field visible to the integration user";
        Some(Said { customers: UNKNOWN_PERSON, ..Said::case_breaks(what, breaks, mend) })
    }

    fn create_field(&self, object: &str, name: &str) -> Option<Said> {
        let described = self.described(object)?;
        let what = match described.fields.get(name) {
            Some(field) if field.createable => return None,
            Some(_) => format!("the integration user can't set `{object}.{name}`"),
            None => {
                format!("`{object}.{name}` is not there, or the integration user may not see it")
            }
        };
        let breaks = format!("a Case is refused that has a value for `{name}`");
        let mend = format!("let the integration user edit `{object}.{name}`");
        Some(Said::case_breaks(what, breaks, mend))
    }

    fn list_value(&self, object: &str, path: &str, value: &str) -> Option<Said> {
        let fields = self.at_end(object, path);
        let list = fields.into_iter().flatten().find_map(|field| field.kind.list())?;
        let entry = list.values.iter().find(|its| its.value == value);
        let it = format!("value `{value}` of `{object}.{path}`");
        let what = match entry {
            Some(entry) if entry.active => return None,
            Some(_) => format!("{it} is deactivated"),
            None => format!("{it} is not there"),
        };
        let mend = format!("activate the value `{value}`");
        if !self.is_created(object) {
            let breaks = "what the program does for that value no longer happens";
            let customers = "who had that value takes another path";
            return Some(Said { customers, ..Said::case_may_break(what, breaks, mend) });
        }
        if list.restricted {
            let breaks = format!("a Case is refused that has the value `{value}`");
            return Some(Said::case_breaks(what, breaks, mend));
        }
        let breaks = format!("the org keeps `{value}` as an inactive value of its own");
        Some(Said { customers: "nothing", ..Said::case_may_break(what, breaks, mend) })
    }

    fn record_type(&self, object: &str, name: &str) -> Option<Said> {
        let it = format!("the record type `{name}` of `{object}`");
        let what = match self.described(object)?.record_types.get(name) {
            Some(its) if its.active && its.available => return None,
            Some(its) if its.active => format!("the integration user may not use {it}"),
            Some(_) => format!("{it} is not active"),
            None => format!("{it} is not there"),
        };
        let mend = format!("activate {it} and let the integration user use it");
        Some(Said::case_breaks(what, "Cases of that type are refused", mend))
    }

    fn queue(&self, object: &str, name: &str) -> Option<Said> {
        let known = self.known.queues.get(&(name.to_owned(), object.to_owned()))?;
        let what = match known {
            (true, true) => return None,
            (true, false) => format!("the queue `{name}` may not own a `{object}`"),
            (false, _) => format!("the queue `{name}` is not there"),
        };
        let mend = format!("let a queue `{name}` own records of `{object}`");
        Some(Said::case_breaks(what, "Cases that it is to own are refused", mend))
    }

    fn user(&self, name: &str) -> Option<Said> {
        let username = self.users.get(name)?;
        if *self.known.users.get(username)? {
            return None;
        }
        let what = format!("the user `{username}` is not there, or not active");
        let mend = format!("activate the user, or bind `{name}` to another one in tidegate.toml");
        Some(Said::case_breaks(what, "Cases that this user is to own are refused", mend))
    }

    fn unique_key(&self, object: &str, name: &str) -> Option<Said> {
        let described = self.described(object)?;
        let it = format!("`{object}.{name}`");
        let (what, breaks) = match described.fields.get(name) {
            Some(field) if !field.createable => {
                (format!("the integration user can't set {it}"), "every Case is refused")
            }
            None => (
                format!("{it} is not there, or the integration user may not see it"),
                "every Case is refused",
            ),
            Some(field) if field.kind.text_length().is_some_and(|length| length < KEY_LENGTH) => {
                (format!("{it} takes fewer than {KEY_LENGTH} characters"), "every Case is refused")
            }
            Some(field) if !field.unique => (
                format!("{it} is not unique"),
                "a Case may come twice where an answer is lost: exactly-once is gone",
            ),
            Some(field) if !field.external_id => (
                format!("{it} is no external id"),
                "a Case that an earlier attempt created may not be found again",
            ),
            Some(_) => return None,
        };
        let mend = format!("make {it} a unique external id that the integration user edits");
        let twice = breaks.contains("twice") || breaks.contains("found");
        let customers = if twice { "nothing" } else { LOST_CASE };
        Some(Said { customers, ..Said::case_breaks(what, breaks, mend) })
    }

    fn type_of(&self, object: &str, path: &str, word: &str) -> Option<Said> {
        let field = self.at_end(object, path).into_iter().flatten().next()?;
        let now = field.kind.described_as();
        if now == word {
            return None;
        }
        let what = format!("`{object}.{path}` is of the type {now}, not {word}");
        let mend = format!("give the field back its type {word}");
        if self.is_created(object) {
            let breaks = "a Case whose value does not fit the type is refused";
            return Some(Said::case_may_break(what, breaks, mend));
        }
        let customers = "what is said and decided by it may be missing";
        let breaks = "a value of another type is read as blank";
        Some(Said { customers, ..Said::case_may_break(what, breaks, mend) })
    }

    fn room(&self, object: &str, name: &str, length: u32) -> Option<Said> {
        let now = self.field(object, name)?.kind.text_length()?;
        let what = format!("`{object}.{name}` takes {now} characters, not {length}");
        let breaks = format!("a Case with more than {now} characters in it is refused");
        let mend = format!("make the field {length} characters long");
        (now < length).then(|| Said::case_may_break(what, breaks, mend))
    }

    fn digits(&self, object: &str, name: &str, (all, behind): (u32, u32)) -> Option<Said> {
        let (now_all, now_behind) = self.field(object, name)?.kind.digits()?;
        let before = |(all, behind): (u32, u32)| all.saturating_sub(behind);
        let fits = before((now_all, now_behind)) >= before((all, behind));
        let what =
            format!("`{object}.{name}` takes {now_all} digits, {now_behind} behind the point");
        let breaks = "a Case with a larger number in it is refused".to_owned();
        let mend = format!("let the field take {all} digits, {behind} behind the point");
        (!fits).then(|| Said::case_may_break(what, breaks, mend))
    }

    fn optional(&self, object: &str, name: &str) -> Option<Said> {
        let field = self.field(object, name).filter(|field| field.required_on_create())?;
        let what = format!("`{object}.{}` is required", field.name);
        let breaks = "a Case in which it is left blank is refused";
        Some(Said::case_may_break(what, breaks, "make the field optional"))
    }

    fn filter(&self, object: &str, name: &str) -> Option<Said> {
        let field = self.field(object, name).filter(|field| !field.filterable)?;
        let what = format!("`{object}.{}` can't be searched by", field.name);
        let mend = "let the field be searched by";
        Some(Said {
            customers: UNKNOWN_PERSON,
            ..Said::case_breaks(what, "nobody can be found", mend)
        })
    }

    fn repeatable(&self, object: &str, name: &str) -> Option<Said> {
        let field = self.field(object, name).filter(|field| field.unique)?;
        let what = format!("`{object}.{}` is unique: it takes each value once", field.name);
        let breaks = "a second Case with the same value in it is refused";
        Some(Said::case_may_break(what, breaks, "let the field hold a value several times"))
    }

    /// Fields that the org requires and that a push in use never writes.
    fn newly_required(&self) -> Vec<DriftFinding> {
        let used: Vec<&Push> = self.pushes_in_use();
        let mut found = Vec::new();
        for push in used {
            let Some(object) = self.described(&push.object) else { continue };
            let required = object.fields.values().filter(|field| field.required_on_create());
            for field in required.filter(|field| !writes(push, &field.name)) {
                let what = format!("`{}.{}` is required", push.object, field.name);
                let breaks = format!("every Case of the push `{}` is refused", push.name);
                let mend = "make the field optional, or give it a default";
                let said = Said::case_breaks(what, breaks, mend);
                let relied = Required::Optional(push.object.clone(), field.name.clone());
                found.push(self.finding(&relied, said, self.span_of(push)));
            }
        }
        found
    }

    fn pushes_in_use(&self) -> Vec<&Push> {
        let used = |at: usize| {
            self.plan.code.iter().any(|instruction| match instruction {
                Instruction::CreateCase { push, .. } | Instruction::RecordCase { push } => {
                    push.index() == at
                }
                _ => false,
            })
        };
        self.plan
            .pushes
            .iter()
            .enumerate()
            .filter(|(at, _)| used(*at))
            .map(|(_, its)| its)
            .collect()
    }

    /// Where a push stands: its first line, or what relies on its object.
    fn span_of(&self, push: &Push) -> Span {
        let line = push.fields.iter().map(|line| line.span).min();
        let object = Required::Object(push.object.clone());
        let named = || self.plan.requirements.iter().find(|its| its.what == object);
        let nowhere = Span { source: tidegate_diagnostics::SourceId(u32::MAX), start: 0, end: 0 };
        line.or_else(|| named().map(|its| its.span)).unwrap_or(nowhere)
    }
}

fn writes(push: &Push, field: &str) -> bool {
    let transcript = matches!(&push.transcript, TranscriptTo::Field(to) if to == field);
    let owner = field == "OwnerId"
        && push.owner.iter().any(|choice| choice.owner != Owner::AssignmentRules);
    push.fields.iter().any(|line| line.field == field)
        || push.carry.iter().any(|(name, _)| name == field)
        || push.fill.iter().any(|(name, _)| name == field)
        || push.summary_to.as_deref() == Some(field)
        || push.key_field == field
        || (field == "RecordTypeId" && push.record_type.is_some())
        || transcript
        || owner
}
