//! Which values a list allows.

use tidegate_plan::model::List;
use tidegate_plan::value::Value;

/// Whether each value that `value` holds fits the controller's value. A value that the list does
/// not have fits an open list.
pub(crate) fn allows(list: &List, value: &Value, controller: Option<&Value>) -> bool {
    match value {
        Value::Text(text) => allows_one(list, text, controller),
        Value::Many(values) => values.iter().all(|one| allows_one(list, one, controller)),
        _ => false,
    }
}

fn allows_one(list: &List, value: &str, controller: Option<&Value>) -> bool {
    let Some(known) = list.values.iter().find(|one| one.value == value) else { return list.open };
    if list.controller.is_none() {
        return true;
    }
    let Some(valid_for) = &known.valid_for else { return true };
    controller.is_some_and(|controller| valid_for.contains(&controller.to_text().into_owned()))
}
