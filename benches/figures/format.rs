//! The canonical style of a large project, beside its parser alone.

use std::hint::black_box;

use tidegate_compiler::syntax::format::format;

use crate::check::pest_alone;
use crate::generate::Project;
use crate::project::catalog;
use crate::report::{Mark, Report, in_turns, number};

const LINES: usize = 20_000;

pub(crate) fn run(report: &mut Report) {
    let project = Project::new(LINES, catalog());
    let lines = project.lines() as f64;
    let mut ours = || {
        for (_, text) in &project.files {
            black_box(format(text));
        }
    };
    let mut pest = || project.files.iter().for_each(|(_, text)| pest_alone(text));
    let [ours, pest] = in_turns([&mut ours, &mut pest]).map(|nanoseconds| nanoseconds / 1e9);
    let rate = |seconds: f64| number(lines / seconds / 1e3);
    report.beside(
        &format!("{} lines", number(lines)),
        &format!("{}k lines/s", rate(ours)),
        &format!("pest alone {}k lines/s", rate(pest)),
        ours / pest,
    );
    report.bound("  lines a second", lines / ours, "lines/s", Mark::AtLeast(150_000.0));
}
