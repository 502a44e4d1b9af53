//! What forms say to customers, and what they take.

use std::collections::BTreeMap;

use tidegate_plan::model::{FormId, Input, Instruction};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::verified;
use crate::fixture::{Builder, field};
use crate::form::validate_form;
use crate::state::Conversation;

/// A form with a line of each kind.
fn plan() -> VerifiedPlan {
    let mut b = Builder::new();
    let lines = [
        ("conversation.name", ValueType::Text, Input::Line),
        ("conversation.story", ValueType::Text, Input::Area),
        ("conversation.email", ValueType::Email, Input::Email),
        ("conversation.phone", ValueType::Text, Input::Phone),
        ("conversation.page", ValueType::Text, Input::Url),
        ("conversation.amount", ValueType::Number, Input::Number),
        ("conversation.agreed", ValueType::Bool, Input::Checkbox),
        ("conversation.day", ValueType::Date, Input::Date),
        ("conversation.instant", ValueType::DateTime, Input::DateTime),
        ("conversation.hour", ValueType::Time, Input::Time),
    ];
    let mut fields = Vec::new();
    for (path, ty, input) in lines {
        let attr = b.attr(path, ty);
        fields.push(field(attr, path, input == Input::Checkbox || input == Input::Line, input));
    }
    let reason = b.list("conversation.reason", None, &[("A", "a", &[]), ("B", "b", &[])]);
    let detail = b.list("conversation.detail", Some(reason), &[("A1", "a1", &["A"])]);
    fields.push(field(reason, "Reason", false, Input::Select));
    fields.push(field(detail, "Detail", false, Input::Select));
    b.plan.attributes[1].max_length = Some(10);
    b.form("All", fields);
    let entry = b.code("w/end", Instruction::End { because: None });
    b.workflow("w", entry, crate::fixture::no_handlers());
    verified(b.build())
}

type Outcome = Result<BTreeMap<String, Value>, BTreeMap<String, String>>;

fn submit(plan: &VerifiedPlan, texts: &[(&str, &str)]) -> Outcome {
    let texts =
        texts.iter().map(|(name, text)| (format!("conversation.{name}"), (*text).to_owned()));
    let conversation = Conversation::new(Uuid::nil(), plan.hash());
    let values = validate_form(plan, &conversation, FormId(0), &texts.collect(), &[])?.0;
    Ok(values
        .into_iter()
        .map(|(attr, value)| (plan.attributes[attr.index()].path(), value))
        .collect())
}

#[test]
fn a_number_keeps_no_digits_that_its_place_has_no_room_for() {
    let plan = plan();
    for (written, stored) in [("1.5000000", "1.50"), ("-0.000", "0.00"), ("7", "7"), ("2.5", "2.5")]
    {
        let taken = submit(&plan, &[("name", "Ada"), ("agreed", "true"), ("amount", written)])
            .expect("a form without mistakes");
        let amount = taken.get("conversation.amount").expect("an amount");
        assert_eq!(amount.to_text(), stored, "{written}");
    }
}

#[test]
fn mistakes_are_said_in_plain_words() {
    let plan = plan();
    let tries = [
        ("name", ""),
        ("name", "two\nlines"),
        ("story", "six\nlines\nx"),
        ("email", "ada"),
        ("email", "ada@localhost"),
        ("phone", "call me"),
        ("page", "example.com"),
        ("page", "javascript:alert(1)"),
        ("amount", "1,5"),
        ("amount", "much"),
        ("amount", "1.234"),
        ("amount", "123456789"),
        ("amount", "1e3"),
        ("agreed", "false"),
        ("agreed", "yes"),
        ("day", "22.11.2026"),
        ("day", "2026-02-30"),
        ("day", "20261122"),
        ("instant", "tomorrow"),
        ("hour", "25:00"),
        ("reason", "C"),
        ("detail", "A1"),
        ("other", "x"),
    ];
    let lines: Vec<String> = tries
        .iter()
        .map(|(name, text)| {
            let mistakes = submit(&plan, &[("name", "Ada"), ("agreed", "true"), (name, text)])
                .expect_err("a mistake");
            assert_eq!(mistakes.len(), 1, "{mistakes:?}");
            let said = &mistakes[&format!("conversation.{name}")];
            format!("{name} = {text:?}: {said}")
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_is_right_is_taken_by_type() {
    let plan = plan();
    let taken = submit(
        &plan,
        &[
            ("name", " Ada "),
            ("agreed", "true"),
            ("amount", "500.00"),
            ("day", "2026-11-22"),
            ("instant", "2026-11-22T10:00:00Z"),
            ("hour", "10:30"),
            ("email", "ada@example.com"),
            ("phone", "+49 30 1234567"),
            ("page", "https://example.com/x"),
            ("reason", "A"),
            ("detail", "A1"),
            ("story", ""),
        ],
    );
    insta::assert_debug_snapshot!(taken.expect("no mistake"));
}
