//! Power cuts under load: what was written and not synced is gone, or only some of its sectors are
//! there; what was acknowledged is there all the same.

use super::kills::{campaign, wanted};
use super::program::Program;
use super::world::{Runtime, World};

/// `TIDEGATE_CUTS` raises it.
const CUTS: u64 = 30;
/// A twin has found its fault long before.
const TWIN_CUTS: u64 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_submit_is_one_case_through_power_cuts() {
    let cuts = std::env::var("TIDEGATE_CUTS").ok().and_then(|text| text.parse().ok());
    let cuts = cuts.unwrap_or(CUTS);
    let world = World::on_a_disk(&Program::under_load(), None);
    let done = campaign(world, Program::under_load(), Runtime::Whole, cuts).await;
    done.print("power cuts");
    eprintln!("power cuts: {} of them lost what had been written", done.cuts);
    assert!(done.found.wrong.is_empty(), "{:#?}", done.found.wrong);
    assert!(done.cuts >= wanted(cuts).1, "too few cuts lost anything");
    assert!(done.found.acknowledged > 2 * cuts, "too few submits were acknowledged");
}

/// The sabotage twin: the sync before the acknowledgement does not happen.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_sync_before_the_acknowledgement_the_same_check_fails() {
    let world = World::on_a_disk(&Program::under_load(), Some("-wal"));
    let done = campaign(world, Program::under_load(), Runtime::Whole, TWIN_CUTS).await;
    done.print("twin without syncs");
    let lost = |wrong: &String| {
        wrong.contains("its conversation is lost") || wrong.contains("stands in 0 Cases")
    };
    assert!(done.found.wrong.iter().any(lost), "{:#?}", done.found.wrong);
}
