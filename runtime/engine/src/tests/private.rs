//! Private values: revealed for a reason, masked in transcripts, and never by mistake.

use tidegate_plan::model::{Expr, ExprId, Handlers, Instruction, Pipe, Plan};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;

use super::{known, player};
use crate::eval::mask;
use crate::fixture::Builder;
use crate::message::Message;

const IBAN: &str = "DE89370400440532013000";

/// `set iban = "…"`, then `say "To {…}"` with whatever is made of it.
fn plan(shown: impl FnOnce(&mut Builder, ExprId) -> ExprId) -> Plan {
    let mut b = Builder::new();
    let iban = b.attr("conversation.iban", ValueType::Text);
    b.plan.attributes[iban.index()].private = true;
    let (value, to) = (b.text(IBAN), b.text("To "));
    let read = b.read(iban);
    let shown = shown(&mut b, read);
    let text = b.expr(Expr::Join(vec![to, shown]));
    let entry = b.code("w/set", Instruction::Set { attr: iban, value });
    b.code("w/say", Instruction::Say { text });
    b.code("w/end", Instruction::End { because: None });
    b.plan.on_open = Some(b.workflow("w", entry, Handlers::default()));
    b.build()
}

fn revealing() -> Plan {
    plan(|b, read| {
        let reason = b.constant(Value::Text("it was asked for".into()));
        b.expr(Expr::Pipe(Pipe::Reveal(reason), read))
    })
}

#[test]
fn what_is_revealed_is_masked_in_transcripts_and_its_reason_is_kept() {
    let plan = VerifiedPlan::new(revealing()).expect("sound");
    let mut player = player(&plan);
    let seen = player.opens(known());
    let said = seen.messages.iter().find(|one| one.transcribed().is_some()).expect("it is said");
    let Message::Said { text, .. } = said else { unreachable!() };
    assert_eq!(*text, format!("To {IBAN}"));
    assert_eq!(said.transcribed().map(|(_, text)| text), Some("To ••••••••••••••••••3000"));
    assert!(seen.trace.iter().any(|entry| entry.what == "revealed: it was asked for"));
    assert!(seen.trace.iter().all(|entry| !entry.what.contains("3000")));
}

#[test]
fn a_plan_that_says_it_as_it_is_is_refused() {
    let refused = VerifiedPlan::new(plan(|_, read| read)).expect_err("it gives it away");
    assert_eq!(refused.to_string(), "plan.private: code 1: gives a private value away");
    let masked = plan(|b, read| b.expr(Expr::Pipe(Pipe::Mask, read)));
    assert!(VerifiedPlan::new(masked).is_ok());
}

/// Without that check it is said, and stands in transcripts.
#[cfg(debug_assertions)]
#[test]
fn without_the_check_it_is_given_away() {
    use tidegate_plan::verify::Check;
    let plan = VerifiedPlan::without(Check::Privacy, plan(|_, read| read)).expect("let through");
    let mut player = player(&plan);
    let seen = player.opens(known());
    let told = |one: &Message| one.transcribed().is_some_and(|(_, text)| text.contains(IBAN));
    assert!(seen.messages.iter().any(told));
}

#[test]
fn a_mask_leaves_four_and_never_more_than_half() {
    let masked = ["", "a", "ab", "1234", "12345678", "a long text"].map(mask);
    assert_eq!(masked, ["", "•", "•b", "••34", "••••5678", "•••••••text"]);
}
