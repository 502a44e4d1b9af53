//! Whole conversations, as people read them.

use insta::assert_snapshot;

use super::{ada, known, player, support, unknown};
use crate::event::Event;

#[test]
fn a_known_customer_gets_a_case() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(known());
    player.finds(ada(&plan));
    player.writes("The heater has stopped,\nand it is cold");
    player.writes("something BROKE ");
    player.writes("Where is that number?");
    player
        .submits(&[("conversation.order_number", "12"), ("conversation.amount", "7,5")])
        .expect_err("mistakes");
    player
        .submits(&[
            ("conversation.order_number", "123456"),
            ("conversation.amount", "612.50"),
            ("conversation.detail", "Noise"),
        ])
        .expect("a form");
    player.summarises(Some("The customer's heater has stopped."));
    player.writes("Are you there?");
    player.creates_case("500000000000001AAA", Some("00001001"));
    assert!(player.ended());
    assert_snapshot!(player.log());
}

#[test]
fn an_unknown_customer_asks_for_a_person() {
    let plan = support();
    let mut player = player(&plan);
    player.opens(unknown(&plan));
    player.writes("I want my money back");
    player.presses(1);
    player.play(&Event::HumanRequested);
    player.summarises(None);
    player.creates_case("500000000000002AAA", None);
    assert_snapshot!(player.log());
}
