//! The example project, which several targets begin with.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs, Settings};
use tidegate_diagnostics::{SourceMap, SourceText};
use tidegate_plan::model::Plan;
use tidegate_schemas::catalog::Catalog;
use tidegate_schemas::codec::from_files;

macro_rules! example {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../examples/support/", $name)))),*]
    };
}

const SCHEMA: [(&str, &str); 6] = example![
    "schema/org.toml",
    "schema/hours.toml",
    "schema/objects/Account.toml",
    "schema/objects/Case.toml",
    "schema/objects/Contact.toml",
    "schema/objects/User.toml",
];

const SOURCES: [(&str, &str); 5] =
    example!["billing.tide", "breakdown.tide", "fields.tide", "pushes.tide", "support.tide"];

/// The declarations of the example, for a text that has only workflows.
pub const FIELDS: &str = SOURCES[2].1;
/// Its pushes.
pub const PUSHES: &str = SOURCES[3].1;

/// The org of the example.
pub fn catalog() -> Arc<Catalog> {
    let files: BTreeMap<String, String> = SCHEMA
        .iter()
        .map(|(name, text)| (name.trim_start_matches("schema/").to_owned(), (*text).to_owned()))
        .collect();
    Arc::new(from_files(&files).expect("the example's schema"))
}

/// Checks sources against the example's org.
pub fn check(
    analyzer: &mut Analyzer,
    catalog: &Arc<Catalog>,
    sources: &[(&str, &str)],
) -> Analysis {
    let text = |(name, text): &(&str, &str)| SourceText {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    };
    let sources = SourceMap::new(sources.iter().map(text).collect());
    let settings = Settings {
        users: BTreeMap::new(),
        messengers: vec!["web".to_owned()],
        languages: vec!["en".to_owned(), "de".to_owned()],
        ..Settings::default()
    };
    analyzer.check(&Inputs { sources, catalog: Arc::clone(catalog), settings })
}

/// The plan of the example.
pub fn plan() -> Plan {
    let analysis = check(&mut Analyzer::new(), &catalog(), &SOURCES);
    analysis.checked().expect("the example passes").emit()
}
