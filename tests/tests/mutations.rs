//! What `check` finds of the mistakes that people make, and what only tests find: on every example,
//! each kind of mistake at every place where it can be made.
//!
//! A mistake that changes nothing of the plan is none. Tests that `tidegate test --generate` proposed
//! would not count: the examples' own are written by hand.

#[path = "mutations/blocks.rs"]
mod blocks;
#[path = "mutations/kinds.rs"]
mod kinds;
#[path = "mutations/mutant.rs"]
mod mutant;
#[path = "mutations/names.rs"]
mod names;
#[path = "mutations/parts.rs"]
mod parts;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kinds::{Group, Kind};
use mutant::Mutant;
use tidegate::rehearsals::Stage;
use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs};
use tidegate_engine::rehearse::Reached;
use tidegate_plan::diff::diff;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_project::manifest::Manifest;
use tidegate_project::{schema_folder, sources};

/// What became of a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The program means the same.
    Same,
    /// `check` stops the build.
    Refused,
    /// `check` warns of it.
    Warned,
    /// A test of the project fails.
    Failed,
    Survived,
}

struct Example {
    name: String,
    inputs: Inputs,
    analysis: Analysis,
    plan: VerifiedPlan,
}

impl Example {
    fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
        let entries = std::fs::read_dir(folder).expect("the examples");
        let mut folders: Vec<PathBuf> =
            entries.map(|entry| entry.expect("an entry").path()).collect();
        folders.sort();
        folders.into_iter().map(|folder| Self::read(&folder)).collect()
    }

    fn read(folder: &Path) -> Self {
        let manifest = std::fs::read_to_string(folder.join("tidegate.toml")).expect("a manifest");
        let manifest = Manifest::parse(&manifest).expect("a manifest that is right");
        let inputs = Inputs {
            sources: sources::read(folder).expect("sources"),
            catalog: Arc::new(schema_folder::read(folder).expect("a schema")),
            settings: manifest.settings(),
        };
        let analysis = Analyzer::new().check(&inputs);
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let checked = analysis.clone().checked();
        let checked = checked.unwrap_or_else(|_| panic!("there are errors in the example {name}"));
        Self {
            name,
            inputs,
            analysis,
            plan: VerifiedPlan::new(checked.emit()).expect("our own plans verify"),
        }
    }

    fn mistakes(&self) -> Vec<Mutant> {
        let mut all = names::mistakes(&self.analysis);
        all.extend(parts::mistakes(&self.analysis, &self.inputs));
        all
    }

    fn fate(&self, analyzer: &mut Analyzer, mistake: &Mutant) -> Fate {
        let analysis = analyzer.check(&mistake.inputs(&self.inputs));
        let warnings = analysis.diagnostics.len();
        let Ok(checked) = analysis.checked() else { return Fate::Refused };
        let stage = Stage::new(&checked).expect("our own plans verify");
        if diff(&self.plan, &stage.plan).equal {
            Fate::Same
        } else if warnings > self.analysis.diagnostics.len() {
            Fate::Warned
        } else if a_test_fails(&stage) {
            Fate::Failed
        } else {
            Fate::Survived
        }
    }
}

fn a_test_fails(stage: &Stage) -> bool {
    let played = stage.play(|_| true, &mut Reached::nothing(&stage.plan));
    played.iter().any(|test| test.failure.is_some())
}

#[derive(Debug, Default)]
struct Row {
    made: usize,
    by_check: usize,
    by_test: usize,
}

impl Row {
    fn count(&mut self, fate: Fate) {
        self.made += 1;
        match fate {
            Fate::Refused | Fate::Warned => self.by_check += 1,
            Fate::Failed => self.by_test += 1,
            Fate::Same | Fate::Survived => {}
        }
    }

    fn share(&self, found: usize) -> f64 {
        found as f64 / self.made.max(1) as f64
    }
}

impl std::ops::AddAssign<&Row> for Row {
    fn add_assign(&mut self, other: &Row) {
        self.made += other.made;
        self.by_check += other.by_check;
        self.by_test += other.by_test;
    }
}

#[test]
fn check_finds_nine_of_ten_mistakes() {
    let mut rows: BTreeMap<Kind, Row> = BTreeMap::new();
    let mut survivors = String::new();
    for example in Example::all() {
        let mut analyzer = Analyzer::new();
        for mistake in example.mistakes() {
            let fate = example.fate(&mut analyzer, &mistake);
            if fate == Fate::Same {
                continue;
            }
            let kind = match (mistake.kind, fate) {
                (Kind::OtherSet, Fate::Refused) => Kind::NeededSet,
                (kind, _) => kind,
            };
            rows.entry(kind).or_default().count(fate);
            if fate == Fate::Survived {
                let told = mistake.told(&example.inputs);
                writeln!(survivors, "{}: {}/{told}", kind.name(), example.name).expect("text");
            }
        }
    }
    insta::assert_snapshot!("by_kind", table(&rows));
    insta::assert_snapshot!("survivors", survivors);
    let mut proved = Row::default();
    rows.iter()
        .filter(|(kind, _)| kind.group() != Group::Meaning)
        .for_each(|(_, its)| proved += its);
    let mut all = Row::default();
    rows.values().for_each(|its| all += its);
    assert!(proved.share(proved.by_check) >= 0.90, "check alone:\n{}", table(&rows));
    assert!(all.share(all.by_check + all.by_test) >= 0.95, "together:\n{}", table(&rows));
}

fn table(rows: &BTreeMap<Kind, Row>) -> String {
    let mut text = format!("{:<46} made  check  test  survive\n", "");
    for (kind, row) in rows {
        let left = row.made - row.by_check - row.by_test;
        let name = kind.name();
        writeln!(
            text,
            "{name:<46} {:>4} {:>6} {:>5} {left:>8}",
            row.made, row.by_check, row.by_test
        )
        .expect("text");
    }
    text
}
