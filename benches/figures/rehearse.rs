//! The example's tests played on one core, as `tidegate test` plays them.

use std::hint::black_box;

use tidegate_engine::rehearse::{Reached, rehearse};

use crate::project::{EXAMPLE, TESTS, verified, with_tests};
use crate::report::{Mark, Report, in_turns};

pub(crate) fn run(report: &mut Report) {
    let (plan, rehearsals) = with_tests(&[&EXAMPLE[..], &TESTS].concat());
    let plan = verified(plan);
    let count = rehearsals.tests.len();
    let [nanos] = in_turns([&mut || {
        let mut reached = Reached::nothing(&plan);
        for test in &rehearsals.tests {
            let failure = rehearse(&plan, &rehearsals, test, &mut reached);
            assert!(failure.is_none(), "{failure:#?}");
        }
        black_box(reached);
    }]);
    let count = u32::try_from(count).expect("few tests");
    report.bound("rehearsals", 1e9 * f64::from(count) / nanos, "a second", Mark::AtLeast(10_000.0));
}
