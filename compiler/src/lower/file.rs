//! The lines of a form that ask for files.

use tidegate_diagnostics::codes;
use tidegate_plan::model::FormFile;

use super::Lowering;
use super::texts::{Worded, field_words};
use crate::finding::Finding;
use crate::hir::FileLine;
use crate::syntax::ast;

/// Files at most that one form asks for.
const MOST: usize = tidegate_plan::verify::MOST_FILES;

impl Lowering<'_> {
    /// The files that a form asks for; a name that stands twice is reported.
    pub(super) fn files(&mut self, lines: &[ast::FileLine]) -> Vec<FileLine> {
        let mut files: Vec<FileLine> = Vec::new();
        for line in lines {
            if line.name.is_missing() {
                continue;
            }
            let at = self.at(line.name.range);
            let name = &line.name.text;
            if let Some(earlier) = files.iter().find(|its| its.name == *name) {
                let message = format!("the form asks for the file `{name}` twice");
                let finding = Finding::new(codes::DECLARED_TWICE, at, message)
                    .also(earlier.at, "it asks for it here")
                    .help("give one of them another name");
                self.report(finding);
                continue;
            }
            self.has_no_rules(line);
            if !FormFile::is_name(name) {
                let finding =
                    Finding::new(codes::FORM_RULE, at, format!("a file can't be named `{name}`"));
                self.report(finding.help(format!(
                    "use letters from a to z, digits and `_`, {} at most",
                    FormFile::LONGEST_NAME
                )));
                continue;
            }
            if files.len() == MOST {
                let finding = Finding::new(
                    codes::FORM_RULE,
                    at,
                    format!("a form asks for {MOST} files at most"),
                );
                self.report(finding.help("ask for the others in a second form"));
                break;
            }
            files.push(self.file(line));
        }
        files
    }

    fn file(&mut self, line: &ast::FileLine) -> FileLine {
        let label = line.label.as_ref().and_then(|label| self.worded(label));
        let label = label
            .unwrap_or_else(|| Worded { first: readable(&line.name.text), others: Vec::new() });
        let help = line.help.as_ref().and_then(|help| self.worded(help));
        let others = help.as_ref().map_or(Vec::new(), |its| its.others.clone());
        FileLine {
            name: line.name.text.clone(),
            required: line.required.is_some(),
            words: field_words(&label.others, &others, &[]),
            label: label.first,
            help: help.map(|its| its.first),
            at: self.at(line.range),
        }
    }

    fn has_no_rules(&mut self, line: &ast::FileLine) {
        for (word, range) in &line.rules {
            let message = format!("`{word}` says nothing of a file");
            let finding = Finding::new(codes::FORM_RULE, self.at(*range), message);
            self.report(finding.help(format!(
                "remove `{word}`; the kind of a file is seen from its content, and how large it may be \
                 stands in the manifest: `max_file_mb` of a Messenger"
            )));
        }
    }
}

/// A name as people write it: `serial_plate` is `Serial plate`.
fn readable(name: &str) -> String {
    let words = name.replace('_', " ");
    let words = words.trim();
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => name.to_owned(),
    }
}
