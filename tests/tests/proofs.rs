//! What the language proves, proof by proof: `proofs/ROW` has a program for each verdict.
//!
//! `proved.tide` is a program of which nothing is said, `refuted.tide` one that a conversation
//! breaks, `not_proved.tide` one that nobody can say it of, and `path.tide` one that only breaks
//! behind a `run`, in an arm of a `match`, after an outcome. They are checked against the org of
//! the other fixtures. `INSTA_UPDATE=always cargo test -p tidegate-tests --test proofs` writes
//! what is said of the paths anew.

#[allow(dead_code, reason = "it serves other tests too")]
mod program;

use std::collections::BTreeSet;
use std::path::PathBuf;

use tidegate_compiler::analysis::Analysis;
use tidegate_compiler::check::Tally;
use tidegate_compiler::syntax::format::format;
use tidegate_diagnostics::{Code, Severity, codes};
use tidegate_engine::rehearse::witness;
use tidegate_plan::verify::VerifiedPlan;

/// A proof, as the table of the reference names it.
struct Row {
    /// Its folder.
    name: &'static str,
    /// What it says where it refutes.
    refutes: &'static [Code],
    verdicts: Verdicts,
}

/// Which verdicts a proof can have.
enum Verdicts {
    /// All three: it hangs on the way of a conversation.
    OnWays {
        /// What it says where it can neither prove nor refute.
        doubt: Code,
        /// Under which names it is counted.
        tallies: &'static [&'static str],
        /// How many places of `proved.tide` are counted.
        places: usize,
    },
    /// Proved or refuted, whatever the way; why.
    Decided(&'static str),
}

const fn on_ways(
    name: &'static str,
    refutes: &'static [Code],
    doubt: Code,
    tallies: &'static [&'static str],
    places: usize,
) -> Row {
    Row { name, refutes, verdicts: Verdicts::OnWays { doubt, tallies, places } }
}

const fn decided(name: &'static str, refutes: &'static [Code], why: &'static str) -> Row {
    Row { name, refutes, verdicts: Verdicts::Decided(why) }
}

const ROWS: &[Row] = &[
    decided(
        "names",
        &[codes::UNKNOWN_FIELD, codes::UNKNOWN_ATTRIBUTE, codes::REMOVED_BY_EXCEPT],
        "a name is in the snapshot, or it is not",
    ),
    decided(
        "writability",
        &[codes::NOT_WRITABLE, codes::SESSION_READ_ONLY, codes::NOT_CREATEABLE],
        "the snapshot says of each field whether the user may write it",
    ),
    on_ways(
        "list_values",
        &[codes::LIST_VALUE_REFUSED, codes::UNKNOWN_LIST_VALUE, codes::LABEL_INSTEAD_OF_VALUE],
        codes::LIST_NOT_PROVED,
        &["list values"],
        5,
    ),
    on_ways(
        "dependent_lists",
        &[codes::LIST_VALUE_REFUSED],
        codes::LIST_NOT_PROVED,
        &["list values"],
        6,
    ),
    on_ways(
        "record_types",
        &[codes::VALUE_NOT_OFFERED, codes::UNKNOWN_RECORD_TYPE, codes::RECORD_TYPE_UNUSABLE],
        codes::OFFER_NOT_PROVED,
        &["record types"],
        2,
    ),
    on_ways(
        "exhaustiveness",
        &[codes::MATCH_NOT_EXHAUSTIVE, codes::MATCH_MISSES_INACTIVE],
        codes::MATCH_NOT_PROVED,
        &["matches"],
        1,
    ),
    on_ways("blanks", &[codes::MAY_BE_BLANK], codes::BLANK_NOT_PROVED, &["blanks"], 2),
    on_ways(
        "completeness",
        &[codes::CASE_INCOMPLETE],
        codes::CASE_NOT_PROVED,
        &["required fields"],
        2,
    ),
    on_ways("size", &[codes::TEXT_TOO_LONG], codes::SIZE_NOT_PROVED, &["sizes"], 4),
    on_ways("range", &[codes::NUMBER_DOES_NOT_FIT], codes::SIZE_NOT_PROVED, &["sizes"], 3),
    decided(
        "outcomes",
        &[codes::OUTCOME_UNHANDLED, codes::ARM_STAYS, codes::ARM_WAITS, codes::OUTCOME_CYCLE],
        "an arm for an outcome stands on a chain of `run`, or it does not",
    ),
    on_ways(
        "endings",
        &[codes::END_LOSES_WORDS, codes::END_LOSES_FILE],
        codes::ENDING_NOT_PROVED,
        &["endings"],
        2,
    ),
    on_ways("overwrites", &[codes::PUSH_DISCARDS], codes::DISCARD_NOT_PROVED, &["overwrites"], 4),
    decided(
        "detection",
        &[codes::UNDESCRIBED],
        "which values need a description stands in the declarations",
    ),
    decided(
        "forms",
        &[
            codes::FORM_ACCEPTS_TOO_MUCH,
            codes::FORM_IMPOSSIBLE,
            codes::FORM_IN_VAIN,
            codes::FORM_WITHOUT_CHOICE,
            codes::NOT_ASKABLE,
        ],
        "a line is compared with its field; an answer is in vain, and a list without a value to \
         choose, only if it is on every way",
    ),
    decided(
        "ownership",
        &[codes::UNKNOWN_QUEUE, codes::QUEUE_CANNOT_OWN, codes::UNKNOWN_USER, codes::OWNER_ORDER],
        "the snapshot has every queue and user that may own a Case",
    ),
    on_ways(
        "privacy",
        &[
            codes::PRIVATE_GIVEN_AWAY,
            codes::PRIVATE_MADE_PUBLIC,
            codes::PRIVATE_LEFT_BEHIND,
            codes::REVEALED_TO_ANYBODY,
            codes::REVEAL_MISPLACED,
        ],
        codes::PRIVACY_NOT_PROVED,
        &["privacy"],
        1,
    ),
    decided(
        "channels",
        &[codes::KEY_NOT_TAKEN, codes::KEY_TWICE, codes::TEXT_TOO_LONG],
        "values go along with every message, so nothing is known of the way: their types must fit",
    ),
    decided(
        "triggers",
        &[codes::SEVERAL_ON_OPEN, codes::TRIGGER_CYCLE, codes::NO_START],
        "an opening has no way behind it; conditions that are not seen to differ need `before`",
    ),
    decided(
        "bounds",
        &[codes::TOO_MANY_ROUNDS],
        "rounds are multiplied as they are written, whichever of them a conversation does",
    ),
    decided(
        "texts",
        &[codes::LANGUAGE_LACKING, codes::HOLES_DIFFER],
        "languages and holes are compared as they are written; length and blanks are other proofs",
    ),
    decided(
        "tests",
        &[codes::NOT_AS_EXPECTED, codes::NOT_EXPECTED, codes::NOT_POSSIBLE],
        "a test is one conversation, which is played to its end",
    ),
];

fn folder() -> PathBuf {
    program::ui().with_file_name("proofs")
}

fn text(row: &Row, verdict: &str) -> String {
    let path = folder().join(row.name).join(format!("{verdict}.tide"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn analysis(row: &Row, verdict: &str) -> Analysis {
    let name = format!("{verdict}.tide");
    program::check_and_play(&program::catalog(None), &name, &text(row, verdict))
}

/// What a verdict needs, and is not there.
type Lack = String;

fn ids(codes: &[Code]) -> String {
    codes.iter().map(|code| code.id()).collect::<Vec<_>>().join(", ")
}

fn all_of(analysis: &Analysis, wanted: &[Code], what: &str) -> Result<(), Lack> {
    let found: Vec<Code> = analysis.diagnostics.iter().map(|its| its.code).collect();
    let others = found.iter().any(|code| !wanted.contains(code));
    match found.is_empty() || others {
        true => Err(format!("{what}: {} instead of one of {}", ids(&found), ids(wanted))),
        false => Ok(()),
    }
}

/// Proved, refuted and open places under some names.
fn counted(tallies: &[Tally], names: &[&str]) -> (usize, usize, usize) {
    let own = tallies.iter().filter(|tally| names.contains(&tally.proof));
    own.fold((0, 0, 0), |(proved, refuted, open), tally| {
        (proved + tally.proved, refuted + tally.refuted, open + tally.open)
    })
}

fn proved(row: &Row, analysis: &Analysis) -> Result<(), Lack> {
    if !analysis.diagnostics.is_empty() {
        return Err(format!("something is said of it:\n{}", program::rendered(analysis)));
    }
    if let Some(tally) = analysis.tallies.iter().find(|its| its.refuted + its.open > 0) {
        return Err(format!("not all is proved: {tally:?}"));
    }
    let Verdicts::OnWays { tallies, places, .. } = &row.verdicts else { return Ok(()) };
    match counted(&analysis.tallies, tallies) {
        (count, 0, 0) if count == *places => Ok(()),
        other => Err(format!("{places} places to prove, and not {other:?}")),
    }
}

fn refuted(row: &Row, analysis: &Analysis) -> Result<(), Lack> {
    all_of(analysis, row.refutes, "refuted")?;
    if !analysis.diagnostics.iter().all(|its| its.severity == Severity::Error) {
        return Err("what is refuted is an error".to_owned());
    }
    let Verdicts::OnWays { tallies, .. } = &row.verdicts else { return Ok(()) };
    match counted(&analysis.tallies, tallies) {
        (_, 1, 0) => Ok(()),
        other => Err(format!("one place refuted, and not {other:?}")),
    }
}

fn not_proved(row: &Row, analysis: &Analysis) -> Result<(), Lack> {
    let Verdicts::OnWays { tallies, doubt, .. } = &row.verdicts else { return Ok(()) };
    all_of(analysis, &[*doubt], "not proved")?;
    match counted(&analysis.tallies, tallies) {
        (_, 0, 1) => Ok(()),
        other => Err(format!("one place open, and not {other:?}")),
    }
}

/// What a path says of each outcome.
const OUTCOMES: &[&str] = &[
    "the visitor refuses to sign in",
    "the AI can't help",
    "no AI answers",
    "the customer asks for a person",
    "the customer is silent for",
];

fn by_path(row: &Row, analysis: &Analysis) -> Result<(), Lack> {
    refuted(row, analysis)?;
    let [finding] = analysis.diagnostics.as_slice() else {
        return Err("one finding, which has a path".to_owned());
    };
    let said: Vec<&str> = finding.path.iter().map(|step| step.text.as_str()).collect();
    let runs = said.iter().any(|text| text.ends_with("is run"));
    let arm = said.contains(&"this arm is taken");
    let outcome = said.iter().any(|text| OUTCOMES.iter().any(|one| text.starts_with(one)));
    if runs && arm && outcome { Ok(()) } else { Err(format!("the path says only {said:?}")) }
}

/// Looks at whether a program has the verdict that its name says.
type Look = fn(&Row, &Analysis) -> Result<(), Lack>;

const VERDICTS: [(&str, Look); 4] =
    [("proved", proved), ("refuted", refuted), ("not_proved", not_proved), ("path", by_path)];

/// The programs of a row.
fn verdicts(row: &Row) -> impl Iterator<Item = (&'static str, Look)> {
    let decided = matches!(row.verdicts, Verdicts::Decided(_));
    VERDICTS.into_iter().take(if decided { 2 } else { 4 })
}

#[test]
fn every_proof_comes_to_each_of_its_verdicts() {
    let mut wrong = Vec::new();
    for row in ROWS {
        for (verdict, look) in verdicts(row) {
            let analysis = analysis(row, verdict);
            if let Err(lack) = look(row, &analysis) {
                let all = program::rendered(&analysis);
                wrong.push(format!("{}/{verdict}: {lack}\n{all}", row.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n----------------\n"));
}

#[test]
fn every_path_reads_as_reviewed() {
    for row in ROWS {
        if matches!(row.verdicts, Verdicts::Decided(_)) {
            continue;
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(folder().join(row.name));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let _bound = settings.bind_to_scope();
        insta::assert_snapshot!("path", program::rendered(&analysis(row, "path")));
    }
}

/// What customers, the AI and the org do in the conversation that refutes a program.
fn played(analysis: &Analysis) -> Option<Vec<String>> {
    let found = analysis.diagnostics.iter().find(|its| !its.path.is_empty())?;
    let unproved = analysis.unproved()?;
    let plan = VerifiedPlan::new(unproved.plan.clone()).ok()?;
    witness(&plan, &unproved.rehearsals, &unproved.refutation(found)?)
}

#[test]
fn what_is_refuted_can_be_played() {
    let mut all = String::new();
    for row in ROWS {
        if matches!(row.verdicts, Verdicts::Decided(_)) {
            continue;
        }
        for verdict in ["refuted", "path"] {
            let lines = played(&analysis(row, verdict))
                .map_or_else(|| "no conversation was found".to_owned(), |lines| lines.join("\n"));
            all.push_str(&format!("# {}/{verdict}\n{lines}\n\n", row.name));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn what_could_not_be_proved_of_privacy_stops_a_build_and_the_rest_does_not() {
    for row in ROWS {
        if let Verdicts::OnWays { doubt, .. } = &row.verdicts {
            let stops = analysis(row, "not_proved").has_errors();
            assert_eq!(stops, row.name == "privacy", "{}", row.name);
            assert_eq!(doubt.severity() == Severity::Error, stops, "{}", row.name);
        }
    }
}

/// The cells of a row of the reference's table of proofs.
fn cells<'r>(reference: &'r str, row: &Row) -> Vec<&'r str> {
    let head = format!("| {} |", row.name.replace('_', " "));
    let line = reference.lines().find(|line| line.starts_with(&head));
    let line = line.unwrap_or_else(|| panic!("the reference does not tell of {}", row.name));
    line.trim_matches('|').split('|').map(str::trim).collect()
}

/// The codes that a cell names, with those between `E0701 to E0704`.
fn named(cell: &str) -> Vec<&'static str> {
    let words: Vec<&str> = cell.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
    let mut named = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(last) = codes::find(word) else { continue };
        let first = match at.checked_sub(2).map(|first| (words[first], words[at - 1])) {
            Some((first, "to")) => first,
            _ => word,
        };
        let between = codes::all().map(Code::id).filter(|id| (first..=last.id()).contains(id));
        named.extend(between);
    }
    named
}

#[test]
fn the_reference_tells_of_each_proof_what_it_can_say() {
    let path = folder().join("../../grammar/reference.md");
    let reference = std::fs::read_to_string(path).expect("the reference");
    for row in ROWS {
        let cells = cells(&reference, row);
        let [_, says, refuted, doubt] = cells.as_slice() else { panic!("{}", row.name) };
        assert!(!says.is_empty(), "{}", row.name);
        let told = named(refuted);
        let lacking = row.refutes.iter().find(|code| !told.contains(&code.id()));
        assert!(lacking.is_none(), "{}: {lacking:?}", row.name);
        match &row.verdicts {
            Verdicts::OnWays { doubt: own, .. } => assert_eq!(named(doubt), [own.id()]),
            Verdicts::Decided(_) => assert_eq!(*doubt, "–", "{}", row.name),
        }
    }
    let table = reference.lines().skip_while(|line| !line.starts_with("| proof |")).skip(2);
    assert_eq!(table.take_while(|line| line.starts_with('|')).count(), ROWS.len());
}

/// Every program is a row's, and in the style.
#[test]
fn every_program_belongs_to_a_row() {
    let mut expected = BTreeSet::new();
    for row in ROWS {
        if let Verdicts::Decided(why) = &row.verdicts {
            assert!(!why.is_empty(), "{} has no third verdict, and does not say why", row.name);
        }
        for (verdict, _) in verdicts(row) {
            let text = text(row, verdict);
            assert_eq!(format(&text).text, text, "{}/{verdict}.tide is not in the style", row.name);
            expected.insert(format!("{}/{verdict}.tide", row.name));
        }
    }
    let rows = std::fs::read_dir(folder()).expect("the programs");
    let mut found = BTreeSet::new();
    for row in rows.map(|entry| entry.expect("an entry")) {
        for file in std::fs::read_dir(row.path()).expect("a row") {
            let name = file.expect("an entry").file_name().display().to_string();
            if name.ends_with(".tide") {
                found.insert(format!("{}/{name}", row.file_name().display()));
            }
        }
    }
    assert_eq!(found, expected);
}

/// What a push lacks is told once, and counted wherever it is used.
#[test]
fn what_fails_at_several_places_is_proved_at_none() {
    let row = ROWS.iter().find(|row| row.name == "completeness").expect("the row");
    let once = text(row, "refuted");
    let create = "  create case using open_case\n";
    let twice = format!("  if person is known {{\n{create}  }}\n{create}");
    let again = once.replace(create, &twice);
    let count = |text: &str| {
        let analysis = program::check(&program::catalog(None), "refuted.tide", text);
        (analysis.diagnostics.len(), counted(&analysis.tallies, &["required fields"]))
    };
    assert_eq!(count(&once), (1, (1, 1, 0)));
    assert_eq!(count(&again), (1, (2, 2, 0)));
}

/// A proof that finds nothing, or counts nothing, is noticed here. A release build has no way to
/// leave one out.
#[cfg(debug_assertions)]
mod twins {
    use super::{ROWS, Verdicts, analysis, verdicts};

    #[test]
    fn a_proof_that_finds_nothing_fails() {
        for row in ROWS {
            let mut own: Vec<&str> = row.refutes.iter().map(|code| code.id()).collect();
            if let Verdicts::OnWays { doubt, .. } = &row.verdicts {
                own.push(doubt.id());
            }
            for (verdict, look) in verdicts(row).skip(1) {
                let blind = analysis(row, verdict).without(&own);
                assert!(look(row, &blind).is_err(), "{}/{verdict}", row.name);
            }
        }
    }

    #[test]
    fn a_proof_that_counts_nothing_fails() {
        for row in ROWS {
            let Verdicts::OnWays { .. } = &row.verdicts else { continue };
            for (verdict, look) in verdicts(row) {
                let mut blind = analysis(row, verdict);
                for tally in &mut blind.tallies {
                    tally.proved += tally.refuted + tally.open + 1;
                    (tally.refuted, tally.open) = (0, 0);
                }
                assert!(look(row, &blind).is_err(), "{}/{verdict}", row.name);
            }
        }
    }
}
