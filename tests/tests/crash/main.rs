//! `kill -9` of the runtime under load: every acknowledged submit ends as exactly one Case.
//!
//! The org is a process of its own, outside the fault domain; it saves creates and loses their
//! answers. Truth is what the load's own log says was acknowledged. Twins take a protection away,
//! and the same check must find it.

mod backup;
mod chats;
mod check;
mod dice;
mod disk;
mod failing;
mod files;
mod kills;
mod load;
mod naive;
mod power;
mod program;
mod swap;
mod world;

use kills::{Campaign, campaign};
use program::Program;
use tidegate_plan::model::{Plan, Requirement};
use tidegate_plan::requirements;
use world::{Runtime, World};

/// `TIDEGATE_KILLS` raises it.
const KILLS: u64 = 200;
/// A twin has found its fault long before.
const TWIN_KILLS: u64 = 8;

async fn run(runtime: Runtime, kills: u64) -> Campaign {
    let world = World::new(&Program::under_load());
    campaign(world, Program::under_load(), runtime, kills).await
}

impl Campaign {
    fn print(&self, name: &str) {
        let found = &self.found;
        eprintln!(
            "{name}: {} kills, {} of them with {} requests in flight, {} between commit and \
             answer, {} between acknowledgement and effect; {} answers of the org lost\n\
             {name}: {} conversations, {} with a Case; {} submits acknowledged, {} of them \
             repeated; {} transcripts twice; {} faults found",
            self.kills,
            self.in_flight,
            self.cut,
            self.held,
            self.before_effect,
            self.lost,
            found.conversations,
            found.with_case,
            found.acknowledged,
            found.repeated,
            found.double_files,
            found.wrong.len(),
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_submit_is_one_case_through_two_hundred_kills() {
    let kills = std::env::var("TIDEGATE_KILLS").ok().and_then(|text| text.parse().ok());
    let kills = kills.unwrap_or(KILLS);
    let done = run(Runtime::Whole, kills).await;
    done.print("kills");
    assert!(done.found.wrong.is_empty(), "{:#?}", done.found.wrong);
    let (in_flight, held) = kills::wanted(kills);
    assert!(done.in_flight >= in_flight, "too few kills with a request in flight");
    assert!(done.held >= held, "too few kills between commit and answer");
    assert!(done.before_effect > 0, "no kill between acknowledgement and effect");
    assert!(done.lost * 5 >= done.found.with_case, "too few answers were lost");
    assert!(done.found.repeated > 0, "no cut request was acknowledged in the end");
    assert!(done.found.with_case * 10 >= done.found.conversations * 9, "too few ended in a Case");
}

/// The sabotage twin: what the org has already is not adopted.
#[tokio::test(flavor = "multi_thread")]
async fn without_adoption_the_same_check_fails() {
    let runtime = Runtime::Sabotaged(env!("CARGO_BIN_EXE_without-adoption"));
    let done = run(runtime, TWIN_KILLS).await;
    done.print("twin without adoption");
    let dead = |wrong: &String| wrong.contains("dead letters");
    assert!(done.found.wrong.iter().any(dead), "{:#?}", done.found.wrong);
}

/// The other one: the key goes into a field that is not unique, so nothing tells the org that it
/// has the Case already.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_unique_key_the_same_check_fails() {
    let world = World::new(&Program::under_load());
    let mut plan = Plan::decode(&std::fs::read(world.plan()).unwrap()).unwrap();
    for push in &mut plan.pushes {
        push.key_field = "SuppliedPhone".to_owned();
    }
    let span = plan.requirements[0].span;
    plan.requirements =
        requirements::of(&plan).into_iter().map(|what| Requirement { what, span }).collect();
    std::fs::write(world.plan(), plan.encode()).unwrap();
    let done = campaign(world, Program::under_load(), Runtime::Whole, TWIN_KILLS).await;
    done.print("twin without a unique key");
    let double = |wrong: &String| wrong.contains("stands in 2 Cases");
    assert!(done.found.wrong.iter().any(double), "{:#?}", done.found.wrong);
}
