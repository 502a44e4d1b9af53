//! What came of it, as a table.

use std::fmt;

use tidegate_diagnostics::printable;

use crate::report::plural;

/// What stands for no value.
const BLANK: &str = "blank";
/// Characters of a value that a column shows.
const COLUMN: usize = 14;

/// A message, with what a person and the AI make of it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) text: String,
    pub(super) right: Option<String>,
    pub(super) given: Option<String>,
    pub(super) because: Vec<String>,
}

impl Judged {
    fn is_right(&self) -> bool {
        self.right == self.given
    }
}

/// All of them.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// The list.
    pub(super) name: String,
    /// Its values.
    pub(super) values: Vec<String>,
    /// The messages.
    pub(super) judged: Vec<Judged>,
}

impl Table {
    /// How many in a hundred are right, rounded down.
    pub(super) fn percent(&self) -> usize {
        100 * self.count(Judged::is_right) / self.judged.len().max(1)
    }

    fn count(&self, wanted: impl Fn(&Judged) -> bool) -> usize {
        self.judged.iter().filter(|one| wanted(one)).count()
    }

    fn rows(&self) -> Vec<Option<&str>> {
        self.values.iter().map(|value| Some(value.as_str())).chain([None]).collect()
    }

    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages = plural(self.judged.len(), "message");
        let (name, percent) = (printable(self.name.as_str()), self.percent());
        writeln!(f, "{name} by builtin: {messages}, {percent} % right")?;
        let found = self.count(|one| one.is_right() && one.right.is_some());
        let left = self.count(|one| one.is_right() && one.right.is_none());
        let lines = [
            ("a value found", found),
            ("rightly left blank", left),
            ("left blank, and one fits", self.count(|one| !one.is_right() && one.given.is_none())),
            (
                "another value",
                self.count(|one| !one.is_right() && one.given.is_some() && one.right.is_some()),
            ),
            ("a value where none fits", self.count(|one| !one.is_right() && one.right.is_none())),
        ];
        for (what, count) in lines {
            writeln!(f, "  {what:24} {count:4}")?;
        }
        Ok(())
    }

    /// What fits, down; what was chosen, across.
    fn confusion(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{:COLUMN$}", "fits \\ chosen")?;
        for column in self.rows() {
            write!(f, " {:>COLUMN$}", short(column))?;
        }
        writeln!(f)?;
        for row in self.rows() {
            write!(f, "{:COLUMN$}", short(row))?;
            for column in self.rows() {
                let here =
                    |one: &Judged| one.right.as_deref() == row && one.given.as_deref() == column;
                match self.count(here) {
                    0 => write!(f, " {:>COLUMN$}", "·")?,
                    count => write!(f, " {count:>COLUMN$}")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }

    fn mistakes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.judged.iter().all(Judged::is_right) {
            return Ok(());
        }
        writeln!(f, "\nnot right")?;
        for one in self.judged.iter().filter(|one| !one.is_right()) {
            let name = |value: &Option<String>| {
                value.as_ref().map_or(BLANK.to_owned(), |value| format!("`{}`", printable(value)))
            };
            let by = if one.because.is_empty() { "" } else { ", by " };
            writeln!(
                f,
                "  {} instead of {}: {}{by}{}",
                name(&one.given),
                name(&one.right),
                printable(&one.text),
                printable(&one.because.join(", "))
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary(f)?;
        self.confusion(f)?;
        self.mistakes(f)
    }
}

fn short(value: Option<&str>) -> String {
    let value = &printable(value.unwrap_or(BLANK));
    match value.char_indices().nth(COLUMN) {
        None => value.to_owned(),
        Some(_) => value.chars().take(COLUMN - 1).chain(['…']).collect(),
    }
}
