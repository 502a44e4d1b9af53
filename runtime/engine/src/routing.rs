//! What goes along at a hand-off, as text.

use std::borrow::Cow;

use tidegate_plan::model::ChannelPush;
use tidegate_plan::value::{self, Value};

use crate::eval::Scope;

/// The routing values of a moment. Also gives notes for the trace, which name keys and no values.
pub(crate) fn routing(
    scope: &Scope<'_>,
    push: &ChannelPush,
) -> (Vec<(String, String)>, Vec<String>) {
    let (mut along, mut notes) = (Vec::new(), Vec::new());
    for entry in &push.entries {
        let value = match scope.value(entry.value) {
            Ok(value) => value.and_then(|value| value.into_value()),
            Err(fault) => {
                notes.push(format!("left out {}: {}", entry.key, fault.name()));
                continue;
            }
        };
        let text = match &value {
            Some(Value::DateTime(instant)) if push.fin => {
                Cow::Owned(instant.strftime("%Y-%m-%d %H:%M:%S +0000").to_string())
            }
            Some(value) => value.to_text(),
            // Fin sends what is blank, too.
            None if push.fin => Cow::Borrowed(""),
            None => continue,
        };
        let cut = value::cut(&text, entry.max_length as usize);
        if cut.len() != text.len() {
            notes.push(format!("cut {} to {} characters", entry.key, entry.max_length));
        }
        along.push((entry.key.clone(), cut.into_owned()));
    }
    (along, notes)
}
