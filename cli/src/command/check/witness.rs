//! `tidegate check --save-witness`: conversations that refute a proof, as tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use tidegate_compiler::analysis::{Analysis, Unproved};
use tidegate_diagnostics::{Diagnostic, Severity, render_short};
use tidegate_engine::rehearse::witness;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_project::whole_file;

use crate::failure::Failure;
use crate::report::plural;

/// Writes a test for each refuted proof behind what a file has, and says for which none was found.
pub(super) fn save(analysis: &Analysis, root: &Path, file: &Path) -> Result<(), Failure> {
    let refuted: Vec<&Diagnostic> = analysis
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error && !found.path.is_empty())
        .collect();
    if refuted.is_empty() {
        anstream::eprintln!("no proof is refuted by a conversation, so there is no test to save");
        return Ok(());
    }
    let Some((unproved, plan)) = playable(analysis) else {
        let help = "mend what else is wrong first, then save them";
        return Err(Failure::input("conversations can't be played as the program is", help));
    };
    let path = root.join(file);
    let before = read(&path)?;
    let mut text = before.clone();
    let (mut known, mut saved) = (0, 0);
    for (name, found) in named(&refuted) {
        let written = unproved.rehearsals.tests.iter().any(|test| test.name == name);
        if written || text.contains(&format!("test \"{name}\" {{")) {
            known += 1;
            continue;
        }
        let short = render_short(found, &analysis.sources);
        if !Unproved::shows_failure(found) {
            anstream::eprintln!("no test is made of what may not fit: {short}");
            continue;
        }
        let played = unproved
            .refutation(found)
            .and_then(|refutation| witness(&plan, &unproved.rehearsals, &refutation));
        let Some(lines) = played else {
            anstream::eprintln!("no conversation was found that goes the way of: {short}");
            continue;
        };
        let apart = if text.is_empty() { "" } else { "\n" };
        let said = remark(&lines, refuted.len());
        let _ = writeln!(text, "{apart}test \"{name}\" {{\n{}\n{said}\n}}", lines.join("\n"));
        saved += 1;
    }
    if text != before {
        whole_file::write(&path, text.as_bytes()).map_err(|error| {
            let message = format!("`{}` cannot be written: {error}", path.display());
            Failure::world(message, "no file was changed")
        })?;
    }
    let file = file.display();
    match (saved, known) {
        (0, 0) => anstream::eprintln!("no test was saved"),
        (0, _) => anstream::eprintln!("nothing that the project's tests do not have"),
        _ => anstream::eprintln!("{} saved in {file}", plural(saved, "test")),
    }
    Ok(())
}

/// What stands behind the lines that lead to what is wrong.
fn remark(lines: &[String], refuted: usize) -> String {
    let mut said =
        "  // So far it leads to what was wrong. Say what happens behind it once that is mended."
            .to_owned();
    if refuted > 1 && lines.iter().any(|line| line.trim_start().starts_with("expect ")) {
        said.push_str(
            "\n  // What is expected above may change, too, when other things are mended.",
        );
    }
    said
}

/// The program as it stands, where it can be played.
fn playable(analysis: &Analysis) -> Option<(Unproved, VerifiedPlan)> {
    let unproved = analysis.unproved()?;
    let plan = VerifiedPlan::new(unproved.plan.clone()).ok()?;
    Some((unproved, plan))
}

fn read(path: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => {
            let message = format!("`{}` cannot be read: {error}", path.display());
            Err(Failure::world(message, "no file was changed"))
        }
    }
}

/// What is refuted, with the name of its test: what is wrong, which may be so at several places.
fn named<'d>(refuted: &[&'d Diagnostic]) -> Vec<(String, &'d Diagnostic)> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let name = |found: &&'d Diagnostic| {
        let plain = name(found);
        let count = names.entry(plain.clone()).or_default();
        *count += 1;
        let name = if *count == 1 { plain } else { format!("{plain} ({count})") };
        (name, *found)
    };
    refuted.iter().map(name).collect()
}

/// What is wrong, as a name. It tells no line, for lines move.
fn name(found: &Diagnostic) -> String {
    let plain = |letter: &char| !matches!(letter, '"' | '\\' | '{' | '}' | '\n');
    let message: String = found.message.chars().filter(plain).collect();
    format!("{}: {message}", found.code.id())
}
