//! Bytes to a plan: what the verifier takes survives whatever happens, without a fault that it
//! promised away.
//!
//! The input is a plan's contents; the header is made for them, in the format that they need, so
//! that neither it nor the hash keeps anybody out.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tidegate_engine::event::{Event, Opened, PersonFound, Reply, Signed};
use tidegate_engine::state::Conversation;
use tidegate_engine::step;
use tidegate_engine::transition::Fault;
use tidegate_plan::codec::{FORMAT, MAGIC, OLDEST};
use tidegate_plan::model::{AttrId, Plan};
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

/// Events that a plan which is taken has to live through.
const EVENTS: usize = 10;

/// Loads any contents.
pub fn run(data: &[u8]) {
    is_taken(data);
}

/// The same; tells whether they are taken.
pub fn is_taken(data: &[u8]) -> bool {
    let digest = Sha256::digest(data);
    let file = |format: u32| {
        let mut file = Vec::with_capacity(48 + data.len());
        file.extend_from_slice(&MAGIC);
        file.extend_from_slice(&format.to_be_bytes());
        file.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
        file.extend_from_slice(&digest);
        file.extend_from_slice(data);
        file
    };
    let mut files = (OLDEST..=FORMAT).map(file);
    let read = files.find_map(|file| Some((Plan::decode(&file).ok()?, file)));
    let Some((plan, file)) = read else { return false };
    assert_eq!(plan.encode(), file, "a plan that is written in two ways");
    let Ok(plan) = VerifiedPlan::new(plan) else { return false };
    survive(&plan, &mut Dice(u64::from_le_bytes(digest[..8].try_into().expect("eight bytes"))));
    true
}

/// Events by chance, the same for the same contents.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        // xorshift64*, Vigna 2016
        self.0 |= 1;
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn event(&mut self, conversation: &Conversation, key: Uuid) -> Event {
        let wait = conversation.waits.saturating_sub(self.below(2));
        match self.below(12) {
            0 | 1 => Event::Message { text: ["a bill", "", "éé\n500.00"][self.index(3)].into() },
            2 | 3 => Event::FormSubmitted { wait, values: self.values(), files: Vec::new() },
            4 => Event::ChoiceMade { wait, choice: u32::try_from(self.below(4)).unwrap_or(0) },
            5 => Event::IdleFired { wait, ordinal: u32::try_from(self.below(3)).unwrap_or(0) },
            6 => Event::HumanRequested,
            7 => Event::Summarised { key, summary: Some("All is well".into()) },
            8 => Event::DeadlinePassed { key },
            9 => Event::Helped { wait },
            10 => {
                let reply = match self.below(4) {
                    0 => Reply::Confirmed,
                    1 => Reply::Human,
                    2 => Reply::Question { text: "Which one?".into() },
                    _ => {
                        Reply::Answer { text: "éé".into(), from: Some("knowledge/é.md".into()) }
                    }
                };
                Event::Answered { key, reply }
            }
            _ => Event::CaseCreated { key, id: "500".into(), number: None, differs: vec![] },
        }
    }

    fn values(&mut self) -> Vec<(AttrId, Value)> {
        let value = |dice: &mut Self| match dice.below(4) {
            0 => Value::Number(i64::MAX.into()),
            1 => Value::Bool(true),
            2 => Value::Many(vec!["a".into()]),
            _ => Value::Text("123456".into()),
        };
        let attr = |dice: &mut Self| AttrId(u32::try_from(dice.below(8)).unwrap_or(0));
        (0..self.below(3)).map(|_| (attr(self), value(self))).collect()
    }

    fn index(&mut self, bound: u64) -> usize {
        usize::try_from(self.below(bound)).unwrap_or(0)
    }
}

fn survive(plan: &VerifiedPlan, dice: &mut Dice) {
    let mut now = Timestamp::from_second(1_795_341_600).expect("a time");
    let mut conversation = Conversation::new(Uuid::from_u128(7), plan.hash());
    let claim = || Signed { claim: Some("a@b.example".to_owned()) };
    let signed = (dice.below(2) == 0).then(claim);
    let opened = Opened { signed, values: vec![] };
    let mut event = match plan.visits.first().filter(|_| dice.below(2) == 0) {
        Some(visit) => Event::Visited { after_ms: visit.after_ms, opened },
        None => Event::Opened(opened),
    };
    let mut key = Uuid::nil();
    for turn in 0..EVENTS {
        let transition = step(plan, &conversation, &event, now);
        let count = conversation.messages + transition.messages.len() as u64;
        assert_eq!(transition.next.messages, count);
        assert_ne!(transition.fault, Some(Fault::OutOfFuel));
        assert_ne!(transition.fault, Some(Fault::ImpossibleState));
        key = transition.effects.last().map_or(key, |effect| effect.key);
        conversation = transition.next;
        now += SignedDuration::from_secs(200);
        event = match turn {
            0 => Event::PersonSynced { key, found: PersonFound::Nobody },
            _ => dice.event(&conversation, key),
        };
    }
}
