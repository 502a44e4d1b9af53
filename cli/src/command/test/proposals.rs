//! `tidegate test --generate`: tests for what the tests do not come to.

use tidegate_diagnostics::{SourceMap, printable};
use tidegate_engine::rehearse::{Reached, propose};
use tidegate_plan::rehearsal::Point;

use super::results::place;
use crate::failure::Failure;
use crate::rehearsals::{Played, Stage};
use crate::report::{self, plural};

/// Writes the tests to standard output, ready to be pasted, and what is left to standard error.
pub(super) fn write(
    stage: &Stage,
    played: &[Played<'_>],
    reached: &mut Reached,
    sources: &SourceMap,
) -> Result<(), Failure> {
    let failed: Vec<_> = played.iter().filter_map(|test| test.failure.clone()).collect();
    if !failed.is_empty() {
        report::tell_found(&failed, sources);
        anstream::eprintln!("{} failed; mend them first", plural(failed.len(), "test"));
        return Err(Failure::Problems);
    }
    let points = &stage.rehearsals.points;
    let proposals = propose(&stage.plan, &stage.rehearsals, reached);
    for (number, proposal) in proposals.iter().enumerate() {
        let found = proposal.points.first().and_then(|at| points.get(*at));
        let name = found.map_or_else(String::new, |point| name(point, sources));
        let lines = proposal.lines.join("\n");
        let apart = if number == 0 { "" } else { "\n" };
        anstream::println!("{apart}test \"{name}\" {{\n{lines}\n}}");
    }
    let left: Vec<&Point> = points.iter().filter(|point| !reached.has(point)).collect();
    anstream::eprintln!("{}", counted(proposals.len(), left.len()));
    for point in left {
        let (file, line) = place(point.span, sources);
        let name = printable(&point.name);
        anstream::eprintln!(
            "{file}:{line}  no way was found to the {} `{name}`",
            point.kind.name()
        );
    }
    Ok(())
}

fn counted(proposals: usize, left: usize) -> String {
    match (proposals, left) {
        (0, 0) => "the tests come to everything".to_owned(),
        (proposals, 0) => format!(
            "{} proposed: with them the tests come to everything",
            plural(proposals, "test")
        ),
        (proposals, left) => {
            format!("{} proposed, {} left", plural(proposals, "test"), plural(left, "place"))
        }
    }
}

/// What a proposed test is called: the first thing that it comes to.
fn name(point: &Point, sources: &SourceMap) -> String {
    let (file, line) = place(point.span, sources);
    let name: String =
        point.name.chars().filter(|letter| !matches!(letter, '"' | '\\' | '{' | '}')).collect();
    format!("the {} {} of {file}, line {line}", point.kind.name(), name.trim())
}
