//! The compiler on projects of three sizes: all of it, beside its parser alone, and one edit.

use std::hint::black_box;
use std::time::Instant;

use pest::Parser as _;
use tidegate_compiler::analysis::{Analyzer, Inputs};
use tidegate_compiler::syntax::chunks;

use crate::generate::{DEPTH, MOST_CALLED, Project};
use crate::project::catalog;
use crate::report::{Mark, Report, number, quantile};

/// pest's own work on the grammar of Tide. It stands in a module, for its rules have no words of
/// documentation.
mod grammar {
    #![allow(missing_docs)]

    /// What pest makes of the grammar.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/tide.pest"]
    pub(super) struct Grammar;
}

const SIZES: [usize; 3] = [1_000, 5_000, 20_000];
const ROUNDS: usize = 7;
/// Edits at each size, no two the same.
const EDITS: usize = 480;

pub(crate) fn run(report: &mut Report) {
    let mut points = Vec::new();
    for size in SIZES {
        let project = Project::new(size, catalog());
        let inputs = project.inputs();
        let analysis = Analyzer::new().check(&inputs);
        assert!(!analysis.has_errors(), "{:#?}", analysis.diagnostics);
        let (ours, pest) = cold(&inputs);
        let lines = project.lines() as f64;
        points.push((lines.ln(), ours.ln()));
        let figure = format!("cold, {} lines", number(lines));
        let rate = |seconds: f64| number(lines / seconds / 1e3);
        report.beside(
            &figure,
            &format!("{}k lines/s", rate(ours)),
            &format!("pest alone {}k lines/s", rate(pest)),
            ours / pest,
        );
        if size == 20_000 {
            report.bound("  lines a second", lines / ours, "lines/s", Mark::AtLeast(150_000.0));
        }
        edits(report, project);
    }
    let (first, last) = (points[0], points[points.len() - 1]);
    let exponent = (last.1 - first.1) / (last.0 - first.0);
    report.bound("exponent from least to most", exponent, "", Mark::AtMost(1.15));
}

/// Seconds of a check that knows nothing yet, and of pest on the same text; the least of rounds.
fn cold(inputs: &Inputs) -> (f64, f64) {
    let (mut ours, mut pest) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        black_box(Analyzer::new().check(inputs));
        ours = ours.min(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        for (_, source) in inputs.sources.iter() {
            pest_alone(&source.text);
        }
        pest = pest.min(begun.elapsed().as_secs_f64());
    }
    (ours, pest)
}

/// What pest needs for a text.
pub(crate) fn pest_alone(text: &str) {
    for chunk in chunks(text) {
        let tree = grammar::Grammar::parse(grammar::Rule::chunk, chunk.text);
        assert!(black_box(tree).is_ok(), "the project is Tide");
    }
}

/// Edits here and there, every fourth in the workflow that all others run.
fn edits(report: &mut Report, mut project: Project) {
    let mut analyzer = Analyzer::new();
    analyzer.check(&project.inputs());
    let departments = project.departments();
    let [mut anywhere, mut inside, mut outside] = [const { Vec::new() }; 3];
    for turn in 0..EDITS {
        let times = if turn % 4 != 0 {
            &mut anywhere
        } else if turn % 8 == 0 {
            &mut inside
        } else {
            &mut outside
        };
        if turn % 4 == 0 {
            // Every other time, what its callers have to know of it changes too.
            let required = if turn % 16 < 4 || turn % 16 >= 12 { "" } else { " required" };
            let line =
                format!("      conversation.contact_email{required} label \"E-mail {turn}\"");
            project.edit(&format!("workflow {MOST_CALLED} {{"), 3, &line);
        } else {
            let (department, level) = (turn % departments, turn / departments % (DEPTH - 1));
            let line = format!("  say \"Now comes turn {turn}.\"");
            project.edit(&format!("workflow department_{department}_{level} {{"), 1, &line);
        }
        let inputs = project.inputs();
        let begun = Instant::now();
        let analysis = black_box(analyzer.check(&inputs));
        let millis = begun.elapsed().as_secs_f64() * 1e3;
        assert!(!analysis.has_errors(), "{:#?}", analysis.diagnostics);
        assert_eq!(analysis.stats.chunks_parsed, 1, "only the edited chunk");
        times.push(millis);
    }
    let called = format!("{MOST_CALLED}, all callers");
    for (name, mut times) in [("one edit", anywhere), (MOST_CALLED, inside), (&called, outside)] {
        report.note(
            &format!("  {name}, median"),
            &format!("{} ms", number(quantile(&mut times, 0.5))),
        );
        let figure = format!("  {name}, p95");
        report.bound(&figure, quantile(&mut times, 0.95), "ms", Mark::AtMost(20.0));
        let figure = format!("  {name}, p99");
        report.bound(&figure, quantile(&mut times, 0.99), "ms", Mark::AtMost(50.0));
    }
}
