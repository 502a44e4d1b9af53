//! Forms: what the browser shows, and whether what comes back may be taken.
//!
//! The rules stand in the plan and are checked here, by one function, whether the values come from
//! a browser or in an event.

mod check;
mod mistake;
mod parse;
mod show;

use std::collections::BTreeMap;

use tidegate_plan::model::{AttrId, FormId, Instruction};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;

pub(crate) use check::{check, is_email};
pub(crate) use show::{answers, lines};

use self::mistake::Mistake;
use crate::event::Event;
use crate::file::FileRef;
use crate::language::language;
use crate::sentences::Tongue;
use crate::state::{Conversation, Position};
use crate::transition::Reception;

/// Messages for the customer by the line's name.
pub type Mistakes = BTreeMap<String, String>;

/// What a form gives: values by attribute, and files by the names of their lines.
pub type Submitted = (Vec<(AttrId, Value)>, Vec<(String, FileRef)>);

/// The form that a conversation shows as its wait of this number, if it shows one.
pub fn open_form(plan: &VerifiedPlan, conversation: &Conversation, number: u64) -> Option<FormId> {
    match conversation.position {
        Position::Waiting { at, wait, .. } if wait == number => match plan.code.get(at.index())? {
            Instruction::Collect { form, .. } => Some(*form),
            _ => None,
        },
        _ => None,
    }
}

/// The event of a form that a browser sent for a wait.
///
/// # Errors
///
/// [`Reception::Over`] or [`Reception::Stale`] where that wait shows no form, or
/// [`Reception::Invalid`] with what the customer should mend.
pub fn submitted(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    wait: u64,
    texts: &BTreeMap<String, String>,
    uploads: &[FileRef],
) -> Result<Event, Reception> {
    let Some(form) = open_form(plan, conversation, wait) else {
        let over = conversation.position == Position::Ended;
        return Err(if over { Reception::Over } else { Reception::Stale });
    };
    match validate_form(plan, conversation, form, texts, uploads) {
        Ok((values, files)) => Ok(Event::FormSubmitted { wait, values, files }),
        Err(fields) => Err(Reception::Invalid { fields }),
    }
}

/// Reads and checks the texts of a form by line name, as `runtime/server/API.md` states them. The
/// conversation gives the value of a controlling list that is not in the form; `uploads` are the
/// files that it can name by their ids.
///
/// # Errors
///
/// A message for the customer for each line that is not right.
pub fn validate_form(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    id: FormId,
    texts: &BTreeMap<String, String>,
    uploads: &[FileRef],
) -> Result<Submitted, Mistakes> {
    let mut values = Vec::new();
    let mut files = Vec::new();
    let mut mistakes = Mistakes::new();
    let mut names = Vec::new();
    let tongue = Tongue::of(language(plan, conversation));
    for line in plan.forms.get(id.index()).map_or(&[][..], |form| &form.fields) {
        let name = plan.attributes[line.attr.index()].path();
        let text = texts.get(&name).map_or("", String::as_str);
        match parse::value(line.input, text) {
            Ok(None) => {}
            Ok(Some(value)) => values.push((line.attr, value)),
            Err(what) => {
                mistakes.insert(name.clone(), what.told(tongue));
            }
        }
        names.push(name);
    }
    for line in plan.forms.get(id.index()).map_or(&[][..], |form| &form.files) {
        let text = texts.get(&line.name).map_or("", |text| text.trim());
        let sent = uploads.iter().find(|file| file.id.to_string() == text.to_ascii_lowercase());
        match sent {
            Some(file) => files.push((line.name.clone(), file.clone())),
            None if text.is_empty() => {}
            None => drop(mistakes.insert(line.name.clone(), Mistake::NoSuchFile.told(tongue))),
        }
        names.push(line.name.clone());
    }
    for name in texts.keys().filter(|name| !names.contains(name)) {
        mistakes.insert(name.clone(), Mistake::NoSuchLine.told(tongue));
    }
    // What could be read is checked too, so that the customer sees all mistakes at once.
    let checked = check(plan, conversation, id, &values, &files);
    for (name, what) in checked.as_ref().err().into_iter().flatten() {
        mistakes.entry(name.clone()).or_insert_with(|| what.clone());
    }
    match checked {
        Ok(checked) if mistakes.is_empty() => {
            let values = checked.into_iter().filter_map(|(attr, value)| Some((attr, value?)));
            Ok((values.collect(), files))
        }
        _ => Err(mistakes),
    }
}
