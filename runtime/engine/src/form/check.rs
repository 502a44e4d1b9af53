//! Whether values may be taken: types and rules of the plan.

use std::cmp::Ordering;

use email_address::EmailAddress;
use rust_decimal::Decimal;
use tidegate_plan::model::{AttrId, Attribute, ConstId, FormField, FormId, Input};
use tidegate_plan::value::{self, Value, salesforce_length};
use tidegate_plan::verify::VerifiedPlan;
use url::Url;

use super::Mistakes;
use super::mistake::Mistake;
use crate::eval::order;
use crate::file::FileRef;
use crate::language::language;
use crate::list;
use crate::sentences::Tongue;
use crate::state::Conversation;

/// A value for each line of a form, blank where it was left empty.
///
/// # Errors
///
/// A message for the customer for each line that is not right.
pub(crate) fn check(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    id: FormId,
    values: &[(AttrId, Value)],
    files: &[(String, FileRef)],
) -> Result<Vec<(AttrId, Option<Value>)>, Mistakes> {
    let lines = plan.forms.get(id.index()).map_or(&[][..], |form| &form.fields);
    let given = |attr| values.iter().find(|(one, _)| *one == attr).map(|(_, value)| value);
    let mut taken = Vec::with_capacity(lines.len());
    let mut mistakes = Mistakes::new();
    let language = language(plan, conversation);
    let tongue = Tongue::of(language);
    for (position, line) in lines.iter().enumerate() {
        let attribute = &plan.attributes[line.attr.index()];
        let value = given(line.attr).cloned().and_then(Value::or_blank);
        let value = value.map(|value| plain(value, attribute));
        let value = match line.input {
            Input::Checkbox => Some(value.unwrap_or(Value::Bool(false))),
            _ => value,
        };
        let controller = attribute.list.and_then(|list| plan.lists[list.index()].controller);
        let controller = controller.and_then(|controller| {
            if lines.iter().any(|line| line.attr == controller) {
                return given(controller);
            }
            conversation.slots.get(controller.index())?.as_ref().map(|slot| &slot.value)
        });
        let rules = Rules { plan, line, attribute, controller, language };
        let mistake = match &value {
            None => line.required.then_some(Mistake::Empty),
            Some(value) => rules.mistake(value, id, position),
        };
        match mistake {
            Some(mistake) => drop(mistakes.insert(attribute.path(), mistake.told(tongue))),
            None => taken.push((line.attr, value)),
        }
    }
    for (name, mistake) in mistaken_files(plan, conversation, id, files) {
        mistakes.insert(name, mistake.told(tongue));
    }
    if mistakes.is_empty() { Ok(taken) } else { Err(mistakes) }
}

/// What is wrong with files, by the names of lines. Each file goes to one Case, and so it is taken by
/// one line alone.
fn mistaken_files(
    plan: &VerifiedPlan,
    conversation: &Conversation,
    id: FormId,
    files: &[(String, FileRef)],
) -> Vec<(String, Mistake)> {
    let asked = plan.forms.get(id.index()).map_or(&[][..], |form| &form.files);
    let pending = conversation.pending.iter().flat_map(|pending| &pending.files);
    let taken: Vec<&FileRef> = conversation.files.iter().chain(pending).collect();
    let mut mistaken = Vec::new();
    for line in asked {
        let sent: Vec<_> = files.iter().filter(|(name, _)| *name == line.name).collect();
        let mistake = match sent.as_slice() {
            [] => line.required.then_some(Mistake::NoFile),
            [(_, file)] => taken
                .iter()
                .copied()
                .chain(files.iter().take_while(|(name, _)| *name != line.name).map(|(_, its)| its))
                .any(|other| other.id == file.id)
                .then_some(Mistake::NoSuchFile),
            _ => Some(Mistake::AnotherKind),
        };
        mistaken.extend(mistake.map(|mistake| (line.name.clone(), mistake)));
    }
    let unasked = files.iter().filter(|(name, _)| asked.iter().all(|line| line.name != *name));
    mistaken.extend(unasked.map(|(name, _)| (name.clone(), Mistake::NoSuchLine)));
    mistaken
}

/// The value as it is stored: no value twice, no digits that say nothing.
fn plain(value: Value, attribute: &Attribute) -> Value {
    match value {
        Value::Many(values) => {
            let mut once: Vec<String> = Vec::with_capacity(values.len());
            for value in values {
                if !once.contains(&value) {
                    once.push(value);
                }
            }
            Value::Many(once)
        }
        Value::Number(number) => Value::Number(value::plain_number(number, attribute.decimals)),
        value => value,
    }
}

struct Rules<'a> {
    plan: &'a VerifiedPlan,
    line: &'a FormField,
    attribute: &'a Attribute,
    controller: Option<&'a Value>,
    language: Option<&'a str>,
}

impl Rules<'_> {
    /// What is wrong with a value, in the customer's words.
    fn mistake(&self, value: &Value, form: FormId, position: usize) -> Option<Mistake> {
        if !value.ty().fits(self.attribute.ty) {
            return Some(Mistake::AnotherKind);
        }
        match value {
            Value::Text(text) => self.shape(text).or_else(|| {
                self.pattern(text, form, position)
                    .or_else(|| self.length(text))
                    .or_else(|| self.listed(value))
            }),
            Value::Many(_) => self.listed(value),
            Value::Number(number) if self.line.input == Input::Rating => {
                let on = number.is_integer() && self.range(value).is_none();
                (!on).then_some(Mistake::OffTheScale)
            }
            Value::Number(number) => self.digits(*number).or_else(|| self.range(value)),
            Value::Bool(false) if self.line.required => Some(Mistake::Unticked),
            _ => self.range(value),
        }
    }

    fn shape(&self, text: &str) -> Option<Mistake> {
        match self.line.input {
            Input::Line if text.contains(['\n', '\r']) => Some(Mistake::SeveralLines),
            Input::Email if !is_email(text) => Some(Mistake::Email),
            Input::Phone if !is_phone(text) => Some(Mistake::Phone),
            Input::Url if !is_web_address(text) => Some(Mistake::Url),
            _ => None,
        }
    }

    fn pattern(&self, text: &str, form: FormId, position: usize) -> Option<Mistake> {
        let message = self.line.message_in(self.language)?;
        let pattern = self.plan.form_pattern(form, position)?;
        (!pattern.is_match(text)).then(|| Mistake::Pattern(message.to_owned()))
    }

    fn length(&self, text: &str) -> Option<Mistake> {
        let length = salesforce_length(text);
        let rule = |id: Option<ConstId>| match &self.plan.constants[id?.index()] {
            Value::Number(number) => usize::try_from(*number).ok(),
            _ => None,
        };
        let field = self.attribute.max_length.map(|max| max as usize);
        let max = rule(self.line.max).into_iter().chain(field).min();
        let min = rule(self.line.min);
        if let Some(max) = max.filter(|max| length > *max) {
            return Some(Mistake::TooLong(max, length));
        }
        let min = min.filter(|min| length < *min)?;
        Some(Mistake::TooShort(min, length))
    }

    fn listed(&self, value: &Value) -> Option<Mistake> {
        let list = &self.plan.lists[self.attribute.list?.index()];
        let known = |text: &str| list.values.iter().any(|one| one.value == text);
        let all_known = match value {
            Value::Many(values) => values.iter().all(|one| known(one)),
            other => known(&other.to_text()),
        };
        if !all_known {
            return Some(Mistake::Unlisted);
        }
        (!list::allows(list, value, self.controller)).then_some(Mistake::DoesNotGo)
    }

    fn digits(&self, number: Decimal) -> Option<Mistake> {
        let (precision, scale) = self.attribute.decimals?;
        let number = number.normalize();
        if number.scale() > scale {
            return Some(Mistake::Fraction(scale));
        }
        let whole = precision.saturating_sub(scale);
        let size = number.trunc().abs().to_string();
        let digits = if size == "0" { 0 } else { size.len() };
        (digits > whole as usize).then_some(Mistake::Whole(whole))
    }

    fn range(&self, value: &Value) -> Option<Mistake> {
        let rule = |id: Option<ConstId>| id.map(|id| &self.plan.constants[id.index()]);
        let compared = |limit: &Value| order(&value.view(), &limit.view());
        if let Some(min) = rule(self.line.min).filter(|min| compared(min) == Some(Ordering::Less)) {
            return Some(Mistake::Below(min.to_text().into_owned()));
        }
        let max = rule(self.line.max).filter(|max| compared(max) == Some(Ordering::Greater))?;
        Some(Mistake::Above(max.to_text().into_owned()))
    }
}

/// Whether a text has the form of an e-mail address that Salesforce takes.
pub(crate) fn is_email(text: &str) -> bool {
    EmailAddress::is_valid(text) && text.contains('.')
}

/// Digits with what people write between them. Salesforce takes any text; a number that nobody can
/// dial helps no one.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let written = |c: char| c.is_ascii_digit() || c == ' ' || "+-()./#*,xX".contains(c);
    digits >= 3 && text.chars().all(written)
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
}
