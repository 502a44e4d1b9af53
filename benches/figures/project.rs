//! The example's org, and small programs checked against it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_compiler::analysis::{Analyzer, Inputs, Settings};
use tidegate_diagnostics::{SourceMap, SourceText};
use tidegate_plan::model::Plan;
use tidegate_plan::rehearsal::Rehearsals;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_schemas::catalog::Catalog;
use tidegate_schemas::codec::from_files;

macro_rules! example {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../examples/support/", $name)))),*]
    };
}

/// What was pulled for it, by path.
pub(crate) const SCHEMA: [(&str, &str); 5] = example![
    "schema/org.toml",
    "schema/objects/Account.toml",
    "schema/objects/Case.toml",
    "schema/objects/Contact.toml",
    "schema/objects/User.toml",
];

/// The whole example.
pub(crate) const EXAMPLE: [(&str, &str); 5] =
    example!["billing.tide", "breakdown.tide", "fields.tide", "pushes.tide", "support.tide"];

/// The tests that rehearse it.
pub(crate) const TESTS: [(&str, &str); 1] = example!["tests.tide"];

pub(crate) fn catalog() -> Arc<Catalog> {
    let files: BTreeMap<String, String> = SCHEMA
        .iter()
        .map(|(name, text)| (name.trim_start_matches("schema/").to_owned(), (*text).to_owned()))
        .collect();
    Arc::new(from_files(&files).expect("the example's schema"))
}

/// The plan of sources that pass.
pub(crate) fn plan(sources: &[(&str, &str)]) -> Plan {
    emitted(&inputs(sources))
}

/// The plan of sources that pass, and the tests in them.
pub(crate) fn with_tests(sources: &[(&str, &str)]) -> (Plan, Rehearsals) {
    match Analyzer::new().check(&inputs(sources)).checked() {
        Ok(checked) => checked.emit_with_tests(),
        Err(analysis) => panic!("{:#?}", analysis.diagnostics),
    }
}

fn inputs(sources: &[(&str, &str)]) -> Inputs {
    let text = |(name, text): &(&str, &str)| SourceText {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    };
    let settings = Settings { messengers: vec!["web".into()], ..Settings::default() };
    let sources = SourceMap::new(sources.iter().map(text).collect());
    Inputs { sources, catalog: catalog(), settings }
}

/// The plan of inputs that pass.
pub(crate) fn emitted(inputs: &Inputs) -> Plan {
    match Analyzer::new().check(inputs).checked() {
        Ok(checked) => checked.emit(),
        Err(analysis) => panic!("{:#?}", analysis.diagnostics),
    }
}

pub(crate) fn verified(plan: Plan) -> VerifiedPlan {
    VerifiedPlan::new(plan).expect("our own plan")
}

/// A workflow beside the example's declarations and pushes.
pub(crate) fn with_declarations(workflow: &str) -> Plan {
    plan(&[EXAMPLE[2], EXAMPLE[3], ("workflow.tide", workflow)])
}
