//! One condition and one text, beside what one would write by hand. How often they allocate is a
//! count, and so a test's business: `runtime/engine/src/tests/allocations.rs`.

use std::hint::black_box;

use jiff::Timestamp;
use tidegate_engine::eval::Scope;
use tidegate_engine::state::{Conversation, Slot, Writer};
use tidegate_plan::model::{Expr, ExprId, Instruction};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use crate::project::{verified, with_declarations};
use crate::report::{Mark, Report, in_turns, number};

const WORKFLOW: &str = r#"workflow start {
  on open
  ask
  if conversation.Priority == "High" and conversation.Reason in ["Other", "Breakdown"] and (conversation.Subject | lower contains "refund") {
    say "Hello {conversation.contact_name ?? "you"}, {conversation.Priority ?? "-"} and {conversation.order_number ?? "-"}: {conversation.Subject ?? "-"}"
  }
  end because "it is enough"
  defaults {
    idle 5m => end because "silence"
  }
}
"#;

const VALUES: [(&str, &str); 5] = [
    ("Priority", "High"),
    ("Reason", "Breakdown"),
    ("Subject", "My thermostat is broken and I want a Refund now"),
    ("contact_name", "Grace Hopper"),
    ("order_number", "123456"),
];

/// A conversation as one would write it by hand.
struct ByHand {
    priority: Option<String>,
    reason: Option<String>,
    subject: Option<String>,
    name: Option<String>,
    order: Option<String>,
}

impl ByHand {
    fn holds(&self) -> bool {
        self.priority.as_deref() == Some("High")
            && self.reason.as_deref().is_some_and(|one| ["Other", "Breakdown"].contains(&one))
            && self.subject.as_deref().is_some_and(|it| it.to_lowercase().contains("refund"))
    }

    fn text(&self) -> String {
        let mut text = String::with_capacity(128);
        text.push_str("Hello ");
        text.push_str(self.name.as_deref().unwrap_or("you"));
        text.push_str(", ");
        text.push_str(self.priority.as_deref().unwrap_or("-"));
        text.push_str(" and ");
        text.push_str(self.order.as_deref().unwrap_or("-"));
        text.push_str(": ");
        text.push_str(self.subject.as_deref().unwrap_or("-"));
        text
    }
}

pub(crate) fn run(report: &mut Report) {
    let plan = verified(with_declarations(WORKFLOW));
    let conversation = conversation(&plan);
    let scope = Scope::new(&plan, &conversation, Timestamp::UNIX_EPOCH);
    let condition = condition(&plan);
    let text = text(&plan);
    let known = |name: &str| {
        VALUES.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let by_hand = ByHand {
        priority: known("Priority"),
        reason: known("Reason"),
        subject: known("Subject"),
        name: known("contact_name"),
        order: known("order_number"),
    };
    assert_eq!(scope.holds(condition), Ok(by_hand.holds()));
    assert_eq!(scope.text(text).as_deref(), Ok(by_hand.text().as_str()));

    let [ours, naive] = in_turns([
        &mut || {
            let _ = black_box(black_box(&scope).holds(condition));
        },
        &mut || {
            black_box(black_box(&by_hand).holds());
        },
    ]);
    told(report, "condition of three terms", ours, "naive Rust", naive, 2.0);

    let [ours, pushed] =
        in_turns([&mut || drop(black_box(black_box(&scope).text(text))), &mut || {
            drop(black_box(black_box(&by_hand).text()))
        }]);
    told(report, "text with four holes", ours, "push_str", pushed, 3.0);
}

fn told(report: &mut Report, figure: &str, ours: f64, name: &str, baseline: f64, most: f64) {
    let ratio = ours / baseline;
    let (ours, baseline) =
        (format!("{} ns", number(ours)), format!("{name} {} ns", number(baseline)));
    report.ratio(figure, &ours, &baseline, ratio, Mark::AtMost(most));
}

fn conversation(plan: &VerifiedPlan) -> Conversation {
    let mut conversation = Conversation::new(Uuid::nil(), plan.hash());
    conversation.slots = plan
        .attributes
        .iter()
        .map(|attribute| {
            let (_, value) = VALUES.iter().find(|(name, _)| *name == attribute.name)?;
            Some(Slot { value: Value::Text((*value).to_owned()), by: Writer::Customer })
        })
        .collect();
    conversation
}

fn condition(plan: &VerifiedPlan) -> ExprId {
    let found = plan.code.iter().find_map(|one| match one {
        Instruction::Branch { condition, .. } => Some(*condition),
        _ => None,
    });
    found.expect("the condition")
}

fn text(plan: &VerifiedPlan) -> ExprId {
    let joined = |id: ExprId| matches!(&plan.expressions[id.index()], Expr::Join(_));
    let found = plan.code.iter().find_map(|one| match one {
        Instruction::Say { text } if joined(*text) => Some(*text),
        _ => None,
    });
    found.expect("the text")
}
