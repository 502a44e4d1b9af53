//! States, one at a time, and what each lets through.

use jiff::SignedDuration;
use tidegate_salesforce::RetryClass;
use tidegate_salesforce::client::ApiUsage;

use super::{Admission, Asked, Gate, WIDEST};
use crate::clock::{Clock, Steering};
use crate::effects::org::CallError;

fn gate() -> (Gate, Steering) {
    let (clock, steering) = Clock::steered();
    (Gate::new(clock), steering)
}

fn fail(gate: &Gate, class: RetryClass) {
    gate.observe(Asked::Write, Err(&CallError::new(class, "X", "no")));
}

fn secs(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

#[test]
fn an_outage_holds_everybody_and_one_goes_to_look() {
    let (gate, clock) = gate();
    for _ in 0..4 {
        fail(&gate, RetryClass::Outage);
    }
    assert_eq!(gate.admit(Asked::Write), Admission::Go);
    fail(&gate, RetryClass::Outage);
    assert_eq!(gate.admit(Asked::Write), Admission::Hold);
    clock.advance(secs(1));
    assert_eq!(gate.admit(Asked::Write), Admission::Look);
    assert_eq!(gate.admit(Asked::Write), Admission::Hold);
    fail(&gate, RetryClass::Outage);
    clock.advance(secs(1));
    assert_eq!(gate.admit(Asked::Write), Admission::Hold);
    clock.advance(secs(1));
    assert_eq!(gate.admit(Asked::Write), Admission::Look);
    // A look that came to nothing is no look.
    gate.looked();
    assert_eq!(gate.admit(Asked::Write), Admission::Hold);
    clock.advance(secs(4));
    assert_eq!(gate.admit(Asked::Write), Admission::Look);
    assert!(!gate.takes_over_held());
    gate.observe(Asked::Write, Ok(()));
    assert!(gate.takes_over_held() && !gate.takes_over_held());
    assert_eq!(gate.admit(Asked::Write), Admission::Go);
}

#[test]
fn looks_come_ever_slower_up_to_a_cap() {
    let (gate, clock) = gate();
    for _ in 0..5 {
        fail(&gate, RetryClass::Outage);
    }
    let mut looks = 0;
    let begin = clock.now();
    while clock.now().duration_since(begin) < secs(24 * 3600) {
        let until = gate.look_at().expect("a time");
        clock.advance(until.duration_since(clock.now()));
        assert_eq!(gate.admit(Asked::Write), Admission::Look);
        fail(&gate, RetryClass::Outage);
        looks += 1;
    }
    // A look a minute, and a few at first.
    assert_eq!(looks, 24 * 60 + 5);
}

#[test]
fn after_an_outage_few_go_at_a_time_at_first() {
    let (gate, _clock) = gate();
    fail(&gate, RetryClass::DailyLimit);
    gate.observe(Asked::Write, Ok(()));
    assert_eq!(gate.width(), 1);
    for _ in 0..4 {
        gate.observe(Asked::Write, Ok(()));
    }
    assert_eq!(gate.width(), 2);
    for _ in 0..100 {
        gate.observe(Asked::Write, Ok(()));
    }
    assert_eq!(gate.width(), WIDEST);
    fail(&gate, RetryClass::Throttled);
    assert_eq!(gate.width(), WIDEST / 2);
    for _ in 0..2 {
        fail(&gate, RetryClass::Throttled);
    }
    assert_eq!((gate.width(), gate.admit(Asked::Write)), (1, Admission::Go));
}

#[test]
fn an_org_that_takes_not_even_one_at_a_time_is_left_alone() {
    let (gate, clock) = gate();
    for _ in 0..3 + 4 {
        fail(&gate, RetryClass::Throttled);
        assert_eq!(gate.admit(Asked::Write), Admission::Go);
    }
    fail(&gate, RetryClass::Throttled);
    assert_eq!(gate.admit(Asked::Write), Admission::Hold);
    clock.advance(secs(1));
    assert_eq!(gate.admit(Asked::Write), Admission::Look);
    fail(&gate, RetryClass::Throttled);
    clock.advance(secs(1));
    assert_eq!(gate.admit(Asked::Write), Admission::Hold);
    clock.advance(secs(1));
    assert_eq!(gate.admit(Asked::Write), Admission::Look);
    gate.observe(Asked::Write, Ok(()));
    assert_eq!((gate.width(), gate.admit(Asked::Write)), (1, Admission::Go));
}

#[test]
fn silence_of_everybody_is_an_outage() {
    let (gate, clock) = gate();
    let silence = || gate.observe(Asked::Write, Err(&CallError::silence()));
    for _ in 0..4 {
        silence();
    }
    // One who is answered, whatever is said, and it begins anew.
    fail(&gate, RetryClass::Request);
    for _ in 0..4 {
        silence();
    }
    assert_eq!(gate.admit(Asked::Write), Admission::Go);
    silence();
    assert_eq!(gate.waiting_for(), Some(RetryClass::Ambiguous));
    assert_eq!(gate.admit(Asked::Write), Admission::Hold);
    clock.advance(secs(1));
    assert_eq!(gate.admit(Asked::Write), Admission::Look);
    silence();
    assert_eq!(gate.admit(Asked::Write), Admission::Hold);
    gate.observe(Asked::Read, Ok(()));
    assert_eq!(gate.admit(Asked::Write), Admission::Go);
}

#[test]
fn what_hangs_from_before_does_not_change_what_is_waited_for() {
    let (gate, _clock) = gate();
    fail(&gate, RetryClass::DailyLimit);
    gate.observe(Asked::Read, Err(&CallError::silence()));
    assert_eq!(gate.waiting_for(), Some(RetryClass::DailyLimit));
}

#[test]
fn an_org_that_says_when_to_come_again_is_not_asked_before() {
    for (class, code) in [(RetryClass::Throttled, "TOO_MANY_REQUESTS"), (RetryClass::Outage, "X")] {
        let (gate, clock) = gate();
        let retry_after = Some(std::time::Duration::from_secs(90));
        let error = CallError { retry_after, ..CallError::new(class, code, "") };
        gate.observe(Asked::Write, Err(&error));
        clock.advance(secs(89));
        assert_eq!(gate.admit(Asked::Write), Admission::Hold);
        clock.advance(secs(1));
        assert_eq!(gate.admit(Asked::Write), Admission::Look);
    }
}

#[test]
fn an_org_without_room_can_be_read() {
    let (gate, clock) = gate();
    fail(&gate, RetryClass::Storage);
    assert_eq!(gate.admit(Asked::Write), Admission::Hold);
    assert_eq!(gate.admit_person(), Admission::Go);
    gate.observe(Asked::Read, Ok(()));
    assert_eq!(gate.waiting_for(), Some(RetryClass::Storage));
    clock.advance(secs(300));
    assert_eq!(gate.admit(Asked::Write), Admission::Look);
    gate.observe(Asked::Write, Ok(()));
    assert_eq!(gate.waiting_for(), None);
}

#[test]
fn a_refusal_is_an_answer() {
    let (gate, _clock) = gate();
    for class in [RetryClass::Request, RetryClass::Permission, RetryClass::Lock] {
        for _ in 0..4 {
            fail(&gate, RetryClass::Outage);
        }
        fail(&gate, class);
        assert_eq!(gate.waiting_for(), None);
    }
    fail(&gate, RetryClass::Auth);
    fail(&gate, RetryClass::Request);
    assert_eq!(gate.waiting_for(), None);
}

#[test]
fn the_last_tenth_is_kept_for_cases() {
    let (gate, clock) = gate();
    gate.learn(Some(ApiUsage { used: 899, allowed: 1000 }));
    assert_eq!(gate.admit_person(), Admission::Go);
    gate.learn(Some(ApiUsage { used: 900, allowed: 1000 }));
    assert_eq!(gate.admit_person(), Admission::Hold);
    assert_eq!(gate.admit(Asked::Write), Admission::Go);
    assert_eq!(gate.standing().people_shed, 1);
    // Old news is looked at again: one person is looked up, and the answer says more.
    clock.advance(secs(300));
    assert_eq!(gate.admit_person(), Admission::Go);
    gate.learn(Some(ApiUsage { used: 901, allowed: 1000 }));
    assert_eq!(gate.admit_person(), Admission::Hold);
    gate.learn(Some(ApiUsage { used: 10, allowed: 1000 }));
    assert_eq!(gate.admit_person(), Admission::Go);
}
