//! What a plan says, in each of its languages: a change in one of them is told in that one alone.

use std::collections::BTreeMap;

use super::Side;
use crate::model::{AttrId, Comparison, Expr, ExprId, Plan};
use crate::value::Value;

/// Something that a plan says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// As it is compared.
    pub(super) same: String,
    /// As people read it.
    pub(super) shown: String,
    /// Both by language, where what is said hangs on the language.
    spoken: BTreeMap<String, (String, String)>,
}

/// What became different of something that is said.
pub(super) struct Difference {
    /// In which language, where it did in some alone.
    pub(super) language: Option<String>,
    /// What was said.
    pub(super) before: Option<String>,
    /// What is said.
    pub(super) after: Option<String>,
}

impl Said {
    /// What a side says by a rule.
    pub(super) fn of(side: &Side<'_>, say: impl Fn(&Plan) -> String) -> Self {
        let (same, shown) = (say(&side.same), say(side.plan));
        let spoken = side.readings.iter();
        let spoken =
            spoken.map(|(language, (same, shown))| (language.clone(), (say(same), say(shown))));
        let mut spoken: BTreeMap<String, (String, String)> = spoken.collect();
        if spoken.values().all(|(one, _)| *one == same) {
            spoken.clear();
        }
        Self { same, shown, spoken }
    }

    /// What does not hang on a language.
    pub(super) fn plain(text: String) -> Self {
        Self { same: text.clone(), shown: text, spoken: BTreeMap::new() }
    }
}

/// What became different: by language where both sides have the same ones.
pub(super) fn differences(before: Option<&Said>, after: Option<&Said>) -> Vec<Difference> {
    if before.map(|said| &said.same) == after.map(|said| &said.same) {
        return Vec::new();
    }
    if let (Some(before), Some(after)) = (before, after)
        && !before.spoken.is_empty()
        && before.spoken.keys().eq(after.spoken.keys())
    {
        let both = before.spoken.iter().zip(after.spoken.values());
        let other = both.filter(|((_, (was, _)), (is, _))| was != is);
        return other
            .map(|((language, (_, was)), (_, is))| Difference {
                language: Some(language.clone()),
                before: Some(was.clone()),
                after: Some(is.clone()),
            })
            .collect();
    }
    let shown = |said: Option<&Said>| said.map(|said| said.shown.clone());
    vec![Difference { language: None, before: shown(before), after: shown(after) }]
}

impl Difference {
    /// What changed, with the language in which it did.
    pub(super) fn words(&self, what: String) -> String {
        match &self.language {
            Some(language) => format!("{what} in {language}"),
            None => what,
        }
    }
}

/// The languages in which a plan can be read, where there are several.
pub(super) fn languages(plan: &Plan) -> Vec<String> {
    let spoken = plan.attributes.iter().find(|attribute| attribute.is_spoken());
    let list = spoken.and_then(|spoken| plan.lists.get(spoken.list?.index()));
    let all: Vec<String> =
        list.into_iter().flat_map(|list| &list.values).map(|one| one.value.clone()).collect();
    if all.len() > 1 { all } else { Vec::new() }
}

/// A plan of whose texts only those of one language are left.
pub(super) fn in_language(plan: &Plan, language: &str) -> Plan {
    let mut read = plan.clone();
    let spoken = plan.attributes.iter().position(crate::model::Attribute::is_spoken);
    // An operand's index is smaller than its user's, so what is taken has been read before.
    for at in 0..read.expressions.len() {
        let Expr::If(condition, yes, no) = read.expressions[at] else { continue };
        let Some(named) = language_of(plan, spoken, condition) else { continue };
        let taken = if named == language { yes } else { no };
        if let Some(taken) = read.expressions.get(taken.index()).cloned() {
            read.expressions[at] = taken;
        }
    }
    read
}

/// The language for which a condition asks.
fn language_of(plan: &Plan, spoken: Option<usize>, condition: ExprId) -> Option<&str> {
    let Expr::Compare(Comparison::Equal, left, right) = plan.expressions.get(condition.index())?
    else {
        return None;
    };
    let is_spoken = |id: &ExprId| match plan.expressions.get(id.index()) {
        Some(Expr::Attr(AttrId(attr))) => usize::try_from(*attr).ok() == spoken,
        _ => false,
    };
    let constant = if is_spoken(left) { right } else { Some(left).filter(|_| is_spoken(right))? };
    let Expr::Const(id) = plan.expressions.get(constant.index())? else { return None };
    match plan.constants.get(id.index())? {
        Value::Text(language) => Some(language),
        _ => None,
    }
}
