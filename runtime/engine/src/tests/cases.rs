//! Cases: in time, late, refused; what they carry.

use jiff::SignedDuration;
use tidegate_plan::model::PushId;
use tidegate_plan::value::{Value, salesforce_length};

use super::{player, support, unknown};
use crate::effect::{Action, CaseRequest};
use crate::message::{Message, Notice, Speaker};
use crate::rehearse::Player;
use crate::sentences;
use crate::state::{Conversation, Said};
use tidegate_plan::verify::VerifiedPlan;

fn asked_for<'p>(plan: &'p VerifiedPlan, words: &str) -> Player<'p> {
    let mut player = player(plan);
    player.opens(unknown(plan));
    player.writes(words);
    player.writes("a bill");
    player.passes(SignedDuration::from_secs(15));
    player
}

fn request(player: &Player<'_>) -> CaseRequest {
    let last = player.effects.iter().rev().find_map(|effect| match &effect.action {
        Action::CreateCase(request) => Some(request.clone()),
        _ => None,
    });
    last.expect("a Case")
}

fn value<'a>(request: &'a CaseRequest, field: &str) -> Option<&'a Value> {
    request.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value)
}

#[test]
fn a_late_case_is_told_and_gets_its_transcript() {
    let plan = support();
    let mut player = asked_for(&plan, "hello");
    player.passes(SignedDuration::from_secs(8));
    assert!(player.log().contains(sentences::CASE_DELAYED));
    assert!(player.ended());
    let transition = player.creates_case("500000000000001AAA", Some("1001"));
    assert_eq!(transition.messages, [Message::CaseCreated { number: Some("1001".into()) }]);
    assert!(matches!(transition.effects[0].action, Action::AttachTranscript { as_file: true, .. }));
    let again = player.creates_case("500000000000001AAA", Some("1001"));
    assert!(again.messages.is_empty() && again.effects.is_empty());
}

#[test]
fn a_refused_case_is_said_plainly() {
    let plan = support();
    let mut player = asked_for(&plan, "hello");
    player.refuses_case("REQUIRED_FIELD_MISSING");
    assert!(player.log().contains(sentences::CASE_REJECTED));
    assert!(player.ended());
}

#[test]
fn a_case_that_is_refused_late_is_said_too() {
    let plan = support();
    let mut player = asked_for(&plan, "hello");
    player.passes(SignedDuration::from_secs(8));
    assert!(player.ended());
    let transition = player.refuses_case("REQUIRED_FIELD_MISSING");
    let text = sentences::CASE_REJECTED.to_owned();
    let notice = Some(Notice::CaseRejected);
    assert_eq!(
        transition.messages,
        [Message::Said { from: Speaker::Assistant, text, masked: None, notice }]
    );
    assert!(player.refuses_case("REQUIRED_FIELD_MISSING").messages.is_empty());
}

#[test]
fn a_recorded_case_neither_stops_nor_tells() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("hello");
    let transition = player.writes("a bill");
    let kinds: Vec<bool> = transition
        .effects
        .iter()
        .map(|effect| matches!(effect.action, Action::CreateCase(_)))
        .collect();
    assert_eq!(kinds, [true, false], "the recorded Case, then the summary of the next");
    let recorded = player.creates_case("500000000000009AAA", Some("9"));
    assert!(recorded.messages.is_empty());
}

#[test]
fn line_before_carried_before_filled() {
    let plan = support();
    let player = asked_for(&plan, "My   bill\nis much too high, I think, this month");
    let request = request(&player);
    let text = |field| value(&request, field).map(|value| value.to_text().into_owned());
    // The line says Medium, though the attribute's value would be carried nowhere: a default.
    assert_eq!(text("Priority").as_deref(), Some("Medium"));
    assert_eq!(text("Reason").as_deref(), Some("Billing"));
    assert_eq!(text("Order_Number__c"), None);
    assert_eq!(text("ContactId"), None);
    assert_eq!(text("SuppliedEmail").as_deref(), Some("ada@example.com"));
    let subject = text("Subject").expect("a subject");
    assert_eq!(subject, "My bill is much too high, I t…");
    assert_eq!(salesforce_length(&subject), 30);
    assert!(request.fields.is_sorted_by(|a, b| a.0 < b.0));
}

/// The Description of a Case after these words, the button and the form, with this summary.
fn description(words: &str, summary: Option<&str>) -> String {
    let plan = support();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes(words);
    player.writes("a bill");
    player.summarises(summary);
    value(&request(&player), "Description").expect("a Description").to_text().into_owned()
}

#[test]
fn a_description_has_the_words_and_the_answers() {
    let words = "The heater stopped working on Sunday.";
    insta::assert_snapshot!(description(words, None));
}

#[test]
fn a_summary_stands_on_top_where_it_saves_reading() {
    let short = "Hello! The heater stopped working on Sunday.";
    let same = description(short, Some("The heater stopped working on Sunday."));
    assert_eq!(same, description(short, None));
    let other = description(short, Some("Heater broken since Sunday"));
    assert_eq!(other, format!("Heater broken since Sunday\n\n{}", description(short, None)));
    let long = format!("{short} {}", "It has been cold here for days and nobody came. ".repeat(3));
    let extract = description(&long, Some("The heater stopped working on Sunday."));
    assert!(extract.starts_with("The heater stopped working on Sunday.\n\nHello!"), "{extract}");
}

#[test]
fn a_subject_is_the_customers_words_before_any_answer() {
    let plan = support();
    let player = asked_for(&plan, "hello");
    let said = [Said::Answer("Order number: 1".into()), Said::Words("My bill".into())];
    let subject = |said: &[Said]| {
        let conversation = Conversation { said: said.to_vec(), ..player.conversation.clone() };
        let push = &plan.pushes[0];
        let now = "2026-11-22T10:00:00Z".parse().expect("a time");
        let (request, _) = crate::payload::case_request(&plan, &conversation, PushId(0), push, now);
        value(&request, "Subject").map(|value| value.to_text().into_owned())
    };
    assert_eq!(subject(&said).as_deref(), Some("My bill"));
    assert_eq!(subject(&said[..1]).as_deref(), Some("Order number: 1"));
    assert_eq!(subject(&[]), None);
}

#[test]
fn what_was_said_reads_as_it_was_written() {
    let said = [Said::Words("words".into()), Said::Answer("Why? So".into())];
    let json = serde_json::to_string(&said).expect("JSON");
    assert_eq!(json, r#"["words",{"answer":"Why? So"}]"#);
    assert_eq!(serde_json::from_str::<Vec<Said>>(&json).expect("the same"), said);
}
