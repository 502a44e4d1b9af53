//! What looking at a conversation costs in memory: a condition nothing, a text the text itself.

use allocation_counter::measure;
use jiff::Timestamp;
use tidegate_plan::model::{Comparison, Expr, ExprId, Pipe};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::verified;
use crate::eval::Scope;
use crate::fixture::{self, Builder};
use crate::state::{Conversation, Slot, Writer};

const SUBJECT: &str = "My thermostat is broken, nobody answers and I want a Refund now";

/// A plan with a condition of three terms and a text with four holes, and a conversation of it.
fn scene() -> (VerifiedPlan, Conversation, ExprId, ExprId) {
    let mut builder = Builder { plan: fixture::support() };
    let values = [("a", "High"), ("b", "Breakdown"), ("c", SUBJECT), ("d", "Grace Hopper")];
    let attrs =
        values.map(|(name, _)| builder.attr(&format!("conversation.{name}"), ValueType::Text));
    let [a, b, c, d] = attrs.map(|attr| builder.read(attr));
    let high = builder.text("High");
    let equal = builder.expr(Expr::Compare(Comparison::Equal, a, high));
    let known = ["Other", "Breakdown"].map(|one| builder.constant(Value::Text(one.into())));
    let among = builder.expr(Expr::In(b, known.to_vec()));
    let lower = builder.expr(Expr::Pipe(Pipe::Lower, c));
    let word = builder.text("refund");
    let contains = builder.expr(Expr::Contains(lower, word));
    let both = builder.expr(Expr::And(equal, among));
    let condition = builder.expr(Expr::And(both, contains));
    let other = builder.text("you");
    let name = builder.expr(Expr::OrElse(d, other));
    let [hello, about, at, end] = ["Hello ", ", about: ", " (", ")"].map(|text| builder.text(text));
    let text = builder.expr(Expr::Join(vec![hello, name, about, c, at, a, about, b, end]));
    let plan = verified(builder.plan);
    let mut conversation = Conversation::new(Uuid::nil(), plan.hash());
    conversation.slots = vec![None; plan.attributes.len()];
    for (attr, (_, value)) in attrs.iter().zip(values) {
        let value = Value::Text(value.into());
        conversation.slots[attr.index()] = Some(Slot { value, by: Writer::Customer });
    }
    (plan, conversation, condition, text)
}

#[test]
fn a_condition_allocates_nothing() {
    let (plan, conversation, condition, _) = scene();
    let scope = Scope::new(&plan, &conversation, Timestamp::UNIX_EPOCH);
    let mut holds = Ok(false);
    let used = measure(|| holds = scope.holds(condition));
    assert_eq!((holds, used.count_total), (Ok(true), 0));
}

#[test]
fn a_text_is_allocated_once() {
    let (plan, conversation, _, text) = scene();
    let scope = Scope::new(&plan, &conversation, Timestamp::UNIX_EPOCH);
    let mut length = 0;
    let used = measure(|| length = scope.text(text).map_or(0, |text| text.len()));
    assert_eq!((length > 100, used.count_total), (true, 1));
}
