//! From the start of a process with a large plan to its first answer, beside opening SQLite and
//! listening; and what it holds in memory then.

use crate::child::Role;
use crate::generate::Project;
use crate::project::{EXAMPLE, catalog, emitted, plan};
use crate::report::{Mark, Report, number};
use crate::steps::folder;

const ROUNDS: usize = 15;
/// Lines of the project whose plan it is.
const LINES: usize = 20_000;

pub(crate) fn run(report: &mut Report) {
    let folder = folder();
    let large = folder.path().join("large.plan");
    std::fs::write(&large, emitted(&Project::new(LINES, catalog()).inputs()).encode())
        .expect("a file");
    let store = folder.path().join("tidegate.db");
    let bare = folder.path().join("bare.db");
    // The stores are made here, so that what is measured is a restart.
    drop((Role::start("tidegate", &[&large, &store]), Role::start("open and bind", &[&bare])));
    let (mut ours, mut inside, mut baseline) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    let mut memory = f64::INFINITY;
    for _ in 0..ROUNDS {
        let role = Role::start("tidegate", &[&large, &store]);
        ours = ours.min(role.starting.as_secs_f64() * 1e3);
        inside = inside.min(role.inside / 1e6);
        memory = memory.min(role.memory() / 1024.0);
        drop(role);
        baseline = baseline.min(Role::start("open and bind", &[&bare]).inside / 1e6);
    }
    let name = format!("SQLite open and bind {} ms", number(baseline));
    let figure = format!("{} ms", number(ours));
    report.ratio("process start to ready", &figure, &name, ours / baseline, Mark::AtMost(10.0));
    report.note("  inside the process", &format!("{} ms", number(inside)));
    report.bound("memory, plan of 20,000 lines", memory, "MiB", Mark::AtMost(40.0));

    let small = folder.path().join("small.plan");
    std::fs::write(&small, plan(&EXAMPLE).encode()).expect("a file");
    let role = Role::start("tidegate", &[&small, &folder.path().join("small.db")]);
    report.bound("memory, the example's plan", role.memory() / 1024.0, "MiB", Mark::AtMost(40.0));
    let echo = Role::start("echo", &[]);
    report.note("  bare axum", &format!("{} MiB", number(echo.memory() / 1024.0)));
}
