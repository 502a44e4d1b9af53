//! Random validation rules: as lines of the map, and as the org would hold a Case against them.

use tidegate_engine::effect::CaseRequest;
use tidegate_plan::value::Value;
use tidegate_schemas::catalog::{Catalog, FieldKind};

use super::dice::Dice;
use super::expr::values_of;

/// `require FIELD [when …]`
pub(crate) struct Rule {
    field: &'static str,
    when: Option<Test>,
}

enum Test {
    Is(&'static str, &'static str),
    In(&'static str, [&'static str; 2]),
    Set(&'static str),
    Blank(&'static str),
    More(&'static str, u32),
    Not(Box<Test>),
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
}

const DEMANDED: [&str; 4] = ["Order_Number__c", "Product__c", "Description", "Refund_Amount__c"];
const LISTS: [&str; 4] = ["Reason", "Priority", "Product__c", "Status"];
const ANY: [&str; 7] = [
    "Subject",
    "Order_Number__c",
    "SuppliedEmail",
    "SuppliedName",
    "ContactId",
    "Reason",
    "Refund_Amount__c",
];

impl Rule {
    /// None, one or two.
    pub(crate) fn some(dice: &mut Dice) -> Vec<Self> {
        (0..dice.below(3))
            .map(|_| {
                let field = dice.pick(&DEMANDED);
                let when = dice.percent(85).then(|| Test::random(dice, 1));
                Self { field, when }
            })
            .collect()
    }

    /// Its line in the map.
    pub(crate) fn line(&self) -> String {
        let when =
            self.when.as_ref().map_or_else(String::new, |when| format!(" when {}", when.text()));
        format!("  require {}{when}\n", self.field)
    }

    /// What it would refuse a Case for.
    pub(crate) fn refuses(&self, catalog: &Catalog, request: &CaseRequest) -> Option<String> {
        let case = Saved { catalog, request };
        let asked = self.when.as_ref().is_none_or(|when| when.holds(&case));
        (asked && case.text(self.field).is_none()).then(|| self.line())
    }
}

/// A Case as the org saves it.
struct Saved<'a> {
    catalog: &'a Catalog,
    request: &'a CaseRequest,
}

impl Saved<'_> {
    fn value(&self, field: &str) -> Option<&Value> {
        self.request.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value)
    }

    fn text(&self, field: &str) -> Option<String> {
        if let Some(value) = self.value(field) {
            return Some(value.to_text().into_owned());
        }
        let FieldKind::Picklist(list) = &self.catalog.objects["Case"].fields.get(field)?.kind
        else {
            return None;
        };
        list.values.iter().find(|one| one.default && one.active).map(|one| one.value.clone())
    }
}

impl Test {
    fn random(dice: &mut Dice, depth: usize) -> Self {
        let list = dice.pick(&LISTS);
        match dice.below(if depth == 0 { 5 } else { 8 }) {
            0 => Self::Is(list, dice.pick(values_of(list))),
            1 => Self::In(list, [dice.pick(values_of(list)), dice.pick(values_of(list))]),
            2 => Self::Set(dice.pick(&ANY)),
            3 => Self::Blank(dice.pick(&ANY)),
            4 => Self::More("Refund_Amount__c", dice.below(60) as u32),
            5 => Self::Not(Box::new(Self::random(dice, 0))),
            6 => Self::And(Box::new(Self::random(dice, 0)), Box::new(Self::random(dice, 0))),
            _ => Self::Or(Box::new(Self::random(dice, 0)), Box::new(Self::random(dice, 0))),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Is(field, value) => format!("{field} == \"{value}\""),
            Self::In(field, [one, other]) => format!("{field} in [\"{one}\", \"{other}\"]"),
            Self::Set(field) => format!("{field} is set"),
            Self::Blank(field) => format!("{field} is blank"),
            Self::More(field, than) => format!("{field} > {than}"),
            Self::Not(test) => format!("not ({})", test.text()),
            Self::And(one, other) => format!("({}) and ({})", one.text(), other.text()),
            Self::Or(one, other) => format!("({}) or ({})", one.text(), other.text()),
        }
    }

    fn holds(&self, case: &Saved<'_>) -> bool {
        match self {
            Self::Is(field, value) => case.text(field).as_deref() == Some(value),
            Self::In(field, values) => case.text(field).is_some_and(|is| values.contains(&&*is)),
            Self::Set(field) => case.text(field).is_some(),
            Self::Blank(field) => case.text(field).is_none(),
            Self::More(field, than) => {
                matches!(case.value(field), Some(Value::Number(number)) if *number > (*than).into())
            }
            Self::Not(test) => !test.holds(case),
            Self::And(one, other) => one.holds(case) && other.holds(case),
            Self::Or(one, other) => one.holds(case) || other.holds(case),
        }
    }
}
