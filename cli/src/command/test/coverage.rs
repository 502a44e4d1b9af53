//! What the tests came to, and what they did not.

use std::fmt::Write;
use std::path::Path;

use clap::ValueEnum;
use serde::Serialize;
use tidegate_diagnostics::{SourceMap, printable};
use tidegate_engine::rehearse::Reached;
use tidegate_plan::rehearsal::{Point, PointKind};
use tidegate_project::whole_file;

use super::results::place;
use crate::failure::Failure;

const HELP: &str = "`tidegate test --generate` proposes tests for what they do not come to";

/// How coverage is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// Shares, and a line for each place that no test comes to
    Text,
    /// The tracefile of LCOV, for editors and CI servers
    Lcov,
    /// One JSON object
    Json,
}

/// The points of a program, each with whether a test came to it.
pub(super) struct Coverage<'a> {
    points: Vec<(&'a Point, bool)>,
    sources: &'a SourceMap,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Share {
    covered: usize,
    all: usize,
}

impl Share {
    /// Nothing at all is covered wholly.
    fn percent(self) -> f64 {
        if self.all == 0 {
            return 100.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a program has few points")]
        let share = self.covered as f64 / self.all as f64;
        share * 100.0
    }

    /// Rounded down, so that 100 is only said of the whole.
    fn shown(self) -> String {
        format!("{:.1} %", (self.percent() * 10.0).floor() / 10.0)
    }
}

impl<'a> Coverage<'a> {
    pub(super) fn of(points: &'a [Point], reached: &Reached, sources: &'a SourceMap) -> Self {
        let points = points.iter().map(|point| (point, reached.has(point))).collect();
        Self { points, sources }
    }

    fn share(&self, kind: Option<PointKind>) -> Share {
        let all = self.points.iter().filter(|(point, _)| kind.is_none_or(|it| it == point.kind));
        let covered = all.clone().filter(|(_, covered)| *covered).count();
        Share { covered, all: all.count() }
    }

    /// Writes it in a form, to a file or to standard output.
    pub(super) fn write(&self, form: Form, output: Option<&Path>) -> Result<(), Failure> {
        let text = match form {
            Form::Text => self.text(),
            Form::Lcov => self.lcov(),
            Form::Json => self.json(),
        };
        let Some(path) = output else {
            anstream::print!("{text}");
            return Ok(());
        };
        whole_file::write(path, text.as_bytes()).map_err(|error| {
            let message = format!("`{}` cannot be written: {error}", path.display());
            Failure::world(message, "no file was changed")
        })
    }

    /// Fails where less than so many percent are covered, and says what is not.
    pub(super) fn at_least(&self, percent: f64, told: bool) -> Result<(), Failure> {
        let share = self.share(None);
        if share.percent() >= percent {
            return Ok(());
        }
        if !told {
            anstream::eprint!("{}", self.uncovered());
        }
        let message = format!(
            "the tests come to {} of {} places, {}; `--min` wants {percent} %",
            share.covered,
            share.all,
            share.shown()
        );
        Err(Failure::input(message, HELP))
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for kind in PointKind::ALL {
            let share = self.share(Some(kind));
            let count = format!("{} of {}", share.covered, share.all);
            let _ = writeln!(text, "{:<9} {count:>10}  {:>7}", kind.plural(), share.shown());
        }
        let share = self.share(None);
        let count = format!("{} of {}", share.covered, share.all);
        let _ = writeln!(text, "{:<9} {count:>10}  {:>7}", "in all", share.shown());
        text + &self.uncovered()
    }

    fn uncovered(&self) -> String {
        let mut text = String::new();
        for (point, _) in self.points.iter().filter(|(_, covered)| !covered) {
            let (file, line) = place(point.span, self.sources);
            let name = printable(&point.name);
            let _ = writeln!(
                text,
                "{file}:{line}  no test comes to the {} `{name}`",
                point.kind.name()
            );
        }
        text
    }

    /// Lines are steps; branches are arms and outcomes; functions are pushes.
    fn lcov(&self) -> String {
        let mut text = String::new();
        let files = self.sources.iter().map(|(id, source)| (id, &source.name));
        for (id, name) in files {
            let here: Vec<_> =
                self.points.iter().filter(|(its, _)| its.span.source == id).collect();
            if here.is_empty() {
                continue;
            }
            let _ = writeln!(text, "TN:\nSF:{name}");
            self.lcov_pushes(&here, &mut text);
            self.lcov_branches(&here, &mut text);
            self.lcov_lines(&here, &mut text);
            text.push_str("end_of_record\n");
        }
        text
    }

    fn lcov_pushes(&self, here: &[&(&Point, bool)], text: &mut String) {
        let of_kind = here.iter().filter(|(point, _)| point.kind == PointKind::Push);
        for (point, covered) in of_kind.clone() {
            let line = place(point.span, self.sources).1;
            let (name, hit) = (&point.name, u8::from(*covered));
            let _ = writeln!(text, "FN:{line},{name}\nFNDA:{hit},{name}");
        }
        let hit = of_kind.clone().filter(|(_, covered)| *covered).count();
        let _ = writeln!(text, "FNF:{}\nFNH:{hit}", of_kind.count());
    }

    fn lcov_branches(&self, here: &[&(&Point, bool)], text: &mut String) {
        let is_branch = |kind| matches!(kind, PointKind::Arm | PointKind::Outcome);
        let of_kind = here.iter().filter(|(point, _)| is_branch(point.kind));
        for (number, (point, covered)) in of_kind.clone().enumerate() {
            let line = place(point.span, self.sources).1;
            let _ = writeln!(text, "BRDA:{line},0,{number},{}", u8::from(*covered));
        }
        let hit = of_kind.clone().filter(|(_, covered)| *covered).count();
        let _ = writeln!(text, "BRF:{}\nBRH:{hit}", of_kind.count());
    }

    fn lcov_lines(&self, here: &[&(&Point, bool)], text: &mut String) {
        let mut lines = std::collections::BTreeMap::new();
        for (point, covered) in here {
            let line = place(point.span, self.sources).1;
            *lines.entry(line).or_insert(false) |= *covered;
        }
        for (line, covered) in &lines {
            let _ = writeln!(text, "DA:{line},{}", u8::from(*covered));
        }
        let hit = lines.values().filter(|covered| **covered).count();
        let _ = writeln!(text, "LF:{}\nLH:{hit}", lines.len());
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Whole<'a> {
            steps: Share,
            outcomes: Share,
            arms: Share,
            pushes: Share,
            all: Share,
            places: Vec<Place<'a>>,
        }
        #[derive(Serialize)]
        struct Place<'a> {
            kind: &'static str,
            name: &'a str,
            file: &'a str,
            line: usize,
            covered: bool,
        }
        let places = self.points.iter().map(|(point, covered)| {
            let (file, line) = place(point.span, self.sources);
            Place { kind: point.kind.name(), name: &point.name, file, line, covered: *covered }
        });
        let whole = Whole {
            steps: self.share(Some(PointKind::Step)),
            outcomes: self.share(Some(PointKind::Outcome)),
            arms: self.share(Some(PointKind::Arm)),
            pushes: self.share(Some(PointKind::Push)),
            all: self.share(None),
            places: places.collect(),
        };
        serde_json::to_string_pretty(&whole)
            .map_or_else(|error| error.to_string(), |text| text + "\n")
    }
}
