//! Whole conversations played on one core.

use std::hint::black_box;

use jiff::Timestamp;
use tidegate_engine::event::Opened;
use tidegate_engine::rehearse::Player;
use uuid::Uuid;

use crate::project::{EXAMPLE, plan, verified};
use crate::report::{Mark, Report, in_turns};

pub(crate) fn run(report: &mut Report) {
    let plan = verified(plan(&EXAMPLE));
    let now = Timestamp::from_second(1_795_341_600).expect("a time");
    let mut turn = 0u128;
    let [nanos] = in_turns([&mut || {
        turn += 1;
        let mut player = Player::new(&plan, Uuid::from_u128(turn), now);
        player.opens(Opened::default());
        player.writes("My bill is wrong");
        player.presses(0);
        let form = [("conversation.order_number", "123456"), ("conversation.refund_amount", "600")];
        player.submits(&form).expect("a good form");
        player.submits(&[("conversation.contact_email", "a@b.example")]).expect("a good form");
        player.summarises(None);
        player.creates_case("500000000000001AAA", Some("00001"));
        assert!(player.ended(), "{}", player.log());
        black_box(player);
    }]);
    report.bound("rehearsals", 1e9 / nanos, "a second", Mark::AtLeast(10_000.0));
}
