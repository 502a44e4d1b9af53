//! What is wrong with a manifest, in the user's words.

use std::fmt;

/// Parts what is wrong from what to write instead, in what a value of the manifest says of itself.
pub(super) const HELP: &str = "\nhelp: ";

/// What is wrong with a manifest, where, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    line: Option<usize>,
    message: String,
    help: String,
}

impl ManifestError {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { line: None, message: message.into(), help: help.into() }
    }

    /// What to write instead; may be empty.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The line that it stands on, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    pub(super) fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map(|span| span.start.min(text.len()));
        let line = start.map(|start| text[..start].matches('\n').count() + 1);
        let raw = error.message();
        let (message, help) =
            reword(raw, text.get(error.span().unwrap_or_default()).unwrap_or_default())
                .unwrap_or_else(|| (raw.to_owned(), String::new()));
        Self { line, message, help }
    }

    pub(super) fn unknown_org<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> Self {
        let known: Vec<&str> = known.map(String::as_str).collect();
        let help = nearest(name, &known).map_or_else(
            || format!("add a section `[org.{name}]`"),
            |near| format!("did you mean `{near}`?"),
        );
        Self::new(format!("`project.org` names `{name}`, but there is no `[org.{name}]`"), help)
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "tidegate.toml:{line}: {}", self.message),
            None => write!(f, "tidegate.toml: {}", self.message),
        }
    }
}

impl std::error::Error for ManifestError {}

/// serde says "unknown field `a`, expected one of `b`, `c`"; a person wants the nearest.
/// `place` is the text that it says so of.
fn reword(raw: &str, place: &str) -> Option<(String, String)> {
    if let Some((message, help)) = raw.split_once(HELP) {
        return Some((message.to_owned(), help.to_owned()));
    }
    if raw == "duplicate key" {
        let message = format!("`{}` stands twice", place.trim());
        return Some((message, "keep one of the two".to_owned()));
    }
    if raw.starts_with("invalid type") && raw.ends_with("expected a string") {
        let message = format!("a text is wanted here, not `{}`", place.trim());
        return Some((message, format!("write it in quotes: `\"{}\"`", place.trim())));
    }
    if raw.starts_with("invalid type: string") && raw.ends_with("expected i64") {
        let bare = place.trim().trim_matches(['"', '\'']);
        let message = format!("a whole number is wanted here, not the text `{}`", place.trim());
        let help = match bare.parse::<u64>() {
            Ok(number) => format!("write it without quotes: `{number}`"),
            Err(_) => "write it without quotes, such as `40`".to_owned(),
        };
        return Some((message, help));
    }
    if raw.contains("expected a nonzero u32") {
        let message = "a whole number from 1 on is wanted here";
        return Some((message.to_owned(), "leave it out for the usual one".to_owned()));
    }
    if raw.starts_with("invalid float") {
        let help = "texts stand in quotes, such as `api_version = \"66.0\"`";
        return Some(("this is no number".to_owned(), help.to_owned()));
    }
    if let Some(lacking) = raw.strip_prefix("missing field `").and_then(|s| s.strip_suffix('`')) {
        return Some((format!("`{lacking}` is missing here"), format!("add `{lacking} = …`")));
    }
    let rest =
        raw.strip_prefix("unknown field `").or_else(|| raw.strip_prefix("unknown variant `"))?;
    let (unknown, rest) = rest.split_once('`')?;
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    let help = nearest(unknown, &known).map_or_else(
        || format!("known here: {}", known.join(", ")),
        |near| match near.strip_suffix("_env") {
            Some(secret) if secret == unknown => {
                format!(
                    "write `{near} = \"…\"`, the name of the environment variable that holds it"
                )
            }
            _ => format!("did you mean `{near}`?"),
        },
    );
    Some((format!("`{unknown}` is not known here"), help))
}

fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // A secret stands in a variable of the environment, whose name is wanted.
    let of_variable = known.iter().find(|its| its.strip_suffix("_env") == Some(word));
    if of_variable.is_some() {
        return of_variable.copied();
    }
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        .filter(|(distance, near)| *distance <= near.len().max(3) / 2 || near.starts_with(word))
        .min()
        .map(|(_, candidate)| candidate)
}
