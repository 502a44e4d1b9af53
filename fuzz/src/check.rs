//! Text to diagnostics or a plan: every report lies in the text, a program without errors gives a
//! plan that its own verifier takes and that is read back as it was written.

use std::sync::{Arc, LazyLock};

use tidegate_compiler::analysis::Analyzer;
use tidegate_plan::model::Plan;
use tidegate_plan::verify::VerifiedPlan;
use tidegate_schemas::catalog::Catalog;

use super::project;

static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(project::catalog);

/// Checks any text: declarations alone, anything else beside the example's declarations.
pub fn run(data: &[u8]) {
    passes(data);
}

/// The same; tells whether it passed.
pub fn passes(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    if text.starts_with("map") || text.starts_with("data") {
        checked(&[("a.tide", text)])
    } else {
        checked(&[("a.tide", text), ("b.tide", project::FIELDS), ("c.tide", project::PUSHES)])
    }
}

fn checked(sources: &[(&str, &str)]) -> bool {
    let analysis = project::check(&mut Analyzer::new(), &CATALOG, sources);
    for found in &analysis.diagnostics {
        let span = found.primary.span;
        let text = &analysis.sources.get(span.source).expect("a source").text;
        let range = span.start as usize..span.end as usize;
        assert!(text.get(range).is_some(), "{found:?} is not in the text");
    }
    let Ok(checked) = analysis.checked() else { return false };
    let plan = checked.emit();
    assert_eq!(Plan::decode(&plan.encode()).as_ref(), Ok(&plan));
    VerifiedPlan::new(plan).expect("our own plan");
    true
}
