//! What is pulled from an org is enough to write every one of its fields, and to catch every
//! misspelling of them and of their values, with what was meant.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tidegate_compiler::analysis::{Analysis, Analyzer};
use tidegate_diagnostics::{Code, Severity, codes, render_short};
use tidegate_salesforce::pull::pull;
use tidegate_schemas::catalog::Catalog;
use tidegate_simulator::{Metadata, Org, OrgConfig, RunningOrg, SchemaChange};

use super::slips::{SLIPS, Slip, is_rival};
use super::spots::{Program, Spot, inputs};
use super::{app, by_secret, client, every_field};

/// Names a directory with the describes of a real org.
const REAL: &str = "TIDEGATE_DESCRIBES";
/// One spot of so many is judged with a protection off.
const TWIN_STRIDE: usize = 40;

async fn org(metadata: Metadata) -> RunningOrg {
    let listen = ([127, 0, 0, 1], 0).into();
    let config = OrgConfig { listen, data_dir: None, connected_apps: vec![app(None)] };
    Org::start_with(metadata, config).await.expect("an org")
}

fn add_field(org: &RunningOrg, field: serde_json::Value) {
    let change = json!({ "add_field": { "object": "Case", "field": field } });
    let change: SchemaChange = serde_json::from_value(change).expect("a change");
    org.org().change_schema(&change).expect("it can be added");
}

async fn pulled(org: &RunningOrg) -> Arc<Catalog> {
    let client = client(org, by_secret(super::SECRET));
    Arc::new(pull(&client, &[], |_| {}).await.expect("a catalog"))
}

/// What became of a misspelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// Told at its place, with what was meant.
    Meant,
    /// Told at its place, with another word that is as close, and which.
    AsClose(String),
    /// Anything else, and what.
    Wrong(String),
}

/// Judges what was found where `file` holds the misspelling.
fn judge((spot, file): (&Spot, usize), slip: Slip, written: &str, analysis: &Analysis) -> Verdict {
    let wrong = |what: &str| {
        let told = analysis.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        let told: Vec<String> = told
            .map(|found| {
                let help = found.help.as_deref().unwrap_or_default();
                format!("{}; {help}", render_short(found, &analysis.sources))
            })
            .collect();
        let (place, word) = (spot.place, &spot.word.text);
        Verdict::Wrong(format!("{what}: {place} `{word}` as `{written}`: {told:#?}"))
    };
    let errors = analysis.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    let [found] = errors.collect::<Vec<_>>()[..] else { return wrong("not told once") };
    if found.code != code_of(spot, slip) {
        return wrong("another code");
    }
    let span = found.primary.span;
    if span.source.0 as usize != file || span.start as usize != spot.at.start {
        return wrong("another place");
    }
    let edits = found.fix.iter().flat_map(|fix| &fix.edits);
    let [edit] = edits.collect::<Vec<_>>()[..] else { return wrong("nothing suggested") };
    let vocabulary = &spot.vocabulary;
    if edit.text == vocabulary.written(&spot.word.text) {
        return Verdict::Meant;
    }
    let suggested =
        vocabulary.words.iter().find(|word| vocabulary.written(&word.text) == edit.text);
    match suggested {
        Some(other) if is_rival(slip, written, &spot.word, other) => Verdict::AsClose(format!(
            "{} `{}` as `{written}`: {}",
            spot.place, spot.word.text, edit.text
        )),
        _ => wrong("another suggestion"),
    }
}

fn code_of(spot: &Spot, slip: Slip) -> Code {
    match slip {
        Slip::Label if !spot.vocabulary.is_name => codes::LABEL_INSTEAD_OF_VALUE,
        _ => spot.vocabulary.code,
    }
}

/// How often what happened, by what a word is there for and how it was misspelt.
type Counts = BTreeMap<(&'static str, Slip), [usize; 4]>;

/// Misspells each word of a program in turn, in each way.
fn misspell(program: &Program, catalog: &Arc<Catalog>, counts: &mut Counts) -> Vec<String> {
    let mut analyzer = Analyzer::new();
    let mut wrong = Vec::new();
    for files in program.whole() {
        let whole = analyzer.check(&inputs(files, catalog));
        let errors = whole.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        wrong.extend(errors.map(|found| render_short(found, &whole.sources)));
    }
    if !wrong.is_empty() {
        return wrong;
    }
    for (number, spot) in program.spots.iter().enumerate() {
        for slip in SLIPS {
            let vocabulary = &spot.vocabulary;
            let count = counts.entry((spot.place, slip)).or_default();
            let written = slip.of(&spot.word, vocabulary.is_name, &|text| vocabulary.holds(text));
            let Some(written) = written else {
                count[3] += 1;
                continue;
            };
            let analysis = analyzer.check(&inputs(program.misspelt(spot, &written), catalog));
            let at = (spot, program.needed);
            match judge(at, slip, &written, &analysis) {
                Verdict::Meant => count[0] += 1,
                Verdict::AsClose(what) => {
                    count[1] += 1;
                    println!("  as close: {what}");
                }
                Verdict::Wrong(what) => {
                    count[2] += 1;
                    wrong.push(what);
                }
            }
            if number % TWIN_STRIDE == 0 {
                let files = program.misspelt(spot, &spot.word.text);
                let right = analyzer.check(&inputs(files, catalog));
                twins(at, slip, &written, [&analysis, &right]);
            }
        }
    }
    wrong
}

/// With the check off, with its suggestion gone or another, and where nothing is misspelt, no
/// misspelling counts as told.
fn twins(at: (&Spot, usize), slip: Slip, written: &str, [found, right]: [&Analysis; 2]) {
    let blind = found.clone().without(&[code_of(at.0, slip).id()]);
    let mut mute = found.clone();
    mute.diagnostics.iter_mut().for_each(|found| found.fix = None);
    let mut other = found.clone();
    let fixes = other.diagnostics.iter_mut().flat_map(|found| &mut found.fix);
    fixes.flat_map(|fix| &mut fix.edits).for_each(|edit| edit.text.push('x'));
    for twin in [&blind, &mute, &other, right] {
        let verdict = judge(at, slip, written, twin);
        assert!(matches!(verdict, Verdict::Wrong(_)), "{} {}", at.0.place, at.0.word.text);
    }
}

fn every_misspelling_is_caught(catalog: &Arc<Catalog>, whose: &str) {
    let mut counts = Counts::new();
    let mut wrong = Vec::new();
    let programs = [
        every_field::writes(catalog),
        every_field::lines(catalog),
        every_field::left_out(catalog),
        every_field::values(catalog),
    ];
    for program in &programs {
        wrong.extend(misspell(program, catalog, &mut counts));
    }
    println!("{whose}: types written: {:?}", every_field::written_types(catalog));
    println!("misspelt: what was meant, another as close, wrong, no such slip");
    let mut sums = [0; 4];
    for ((place, slip), count) in &counts {
        println!("  {place}, {slip:?}: {count:?}");
        sums.iter_mut().zip(count).for_each(|(sum, count)| *sum += count);
    }
    println!("  in all: {sums:?}");
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

#[tokio::test]
async fn every_field_of_the_local_org_can_be_written_and_no_misspelling_passes() {
    let org = org(Metadata::BuiltIn).await;
    // The types of which it has no field.
    add_field(&org, json!({ "name": "Pieces__c", "label": "Pieces", "type": "int", "digits": 4 }));
    add_field(&org, json!({ "name": "Shop__c", "label": "Shop", "type": "url", "length": 255 }));
    every_misspelling_is_caught(&pulled(&org).await, "the local org");
}

#[tokio::test]
async fn every_field_of_a_real_org_can_be_written_and_no_misspelling_passes() {
    let Some(directory) = std::env::var_os(REAL).map(PathBuf::from).filter(|path| path.is_dir())
    else {
        eprintln!("skipped: {REAL} names no directory with the describes of a real org");
        return;
    };
    let org = org(Metadata::Describes(directory)).await;
    // What the README asks an admin for.
    let key = json!({ "name": "Tidegate_Key__c", "label": "Tidegate Key", "type": "string",
        "length": 36, "unique": true, "external_id": true });
    add_field(&org, key);
    every_misspelling_is_caught(&pulled(&org).await, "a real org");
}
