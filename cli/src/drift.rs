//! How a project fares in another org, or in its own one later: by consequence.

use std::sync::Arc;

use serde::Serialize;
use tidegate_compiler::analysis::Inputs;
use tidegate_compiler::drift::{Consequence, Drift, compare};
use tidegate_diagnostics::{Diagnostic, Located, SourceMap, located, printable};
use tidegate_schemas::catalog::{Catalog, Origin};

use crate::command::pull;
use crate::failure::Failure;
use crate::opened::Opened;
use crate::report::{self, Format, plural};

/// Asks an org of the manifest, and shows what breaks or becomes different there; writes nothing.
pub(crate) fn against(opened: &Opened, name: &str, format: Format) -> Result<(), Failure> {
    let inputs = opened.inputs()?;
    let client = crate::org_login::named(&opened.manifest, name)?;
    let runtime = crate::command::asynchronous()?;
    let other = runtime.block_on(pull::survey(&client, &opened.manifest))?;
    let pulled_from = inputs.catalog.origin.org_id.clone();
    if name == opened.manifest.project.org && pulled_from != other.origin.org_id {
        anstream::eprintln!(
            "warning: the login leads to the org {}, and schema/ was pulled from {}",
            printable(&other.origin.org_id),
            printable(&pulled_from)
        );
    }
    let origin = other.origin.clone();
    let mut drift = compare(&inputs, &Arc::new(other));
    if name != opened.manifest.project.org {
        ask_again(&mut drift, name);
    }
    show(&drift, name, &origin, format, opened);
    if drift.consequences.is_empty() { Ok(()) } else { Err(Failure::Problems) }
}

/// A pull reads the project's own org, so that it is no advice about another.
fn ask_again(drift: &mut Drift, name: &str) {
    let command = format!("`tidegate check --org {name}` again");
    let diagnostics = drift.consequences.iter_mut().flat_map(|one| &mut one.diagnostics);
    for help in diagnostics.filter_map(|diagnostic| diagnostic.help.as_mut()) {
        *help = help.replace("`tidegate pull`", &command);
    }
}

/// Says what has become of the project in what was just pulled. What is wrong with its sources is
/// the business of `check`.
pub(crate) fn after_a_pull(opened: &Opened, before: Catalog, now: Catalog) {
    let Ok(sources) = opened.sources() else { return };
    let inputs = Inputs { sources, catalog: Arc::new(before), settings: opened.settings() };
    let drift = compare(&inputs, &Arc::new(now));
    let count = drift.consequences.len();
    if count > 0 {
        anstream::println!("{}:", touching(count));
        anstream::println!();
        people(&drift);
    }
    if let Some(untouched) = untouched(&drift) {
        anstream::eprintln!("{untouched}");
    }
}

fn show(drift: &Drift, name: &str, origin: &Origin, format: Format, opened: &Opened) {
    match format {
        Format::Human => people(drift),
        Format::Json => report::json(&Document::new(drift, name, origin)),
        Format::Short | Format::Github | Format::Sarif => {
            let found: Vec<Diagnostic> = drift.consequences.iter().flat_map(because).collect();
            report::show_as(&found, &drift.sources, format, &opened.root);
        }
    }
    if drift.broken_before {
        anstream::eprintln!(
            "warning: the project has errors against its own schema/, which `tidegate check` shows; \
             what they hide is not compared"
        );
    }
    if let Some(untouched) = untouched(drift) {
        anstream::eprintln!("{untouched}");
    }
    let whose = format!("`{name}` ({})", printable(&origin.org_id));
    let user = printable(&origin.pulled_by);
    match drift.consequences.len() {
        0 => anstream::eprintln!("nothing of the program is touched in {whose}, as {user} sees it"),
        count => {
            anstream::eprintln!("{} in {whose}, as {user} sees it", touching(count));
        }
    }
}

/// `2 differences touch the program`
fn touching(count: usize) -> String {
    let touch = if count == 1 { "touches" } else { "touch" };
    format!("{} {touch} the program", plural(count, "difference"))
}

fn people(drift: &Drift) {
    for consequence in &drift.consequences {
        let Consequence { change, summary, diagnostics } = consequence;
        anstream::println!("{}: {}", printable(change), printable(summary));
        for diagnostic in diagnostics {
            anstream::println!("  {}", line(diagnostic, &drift.sources));
            if let Some(help) = &diagnostic.help {
                anstream::println!("    help: {}", printable(help));
            }
        }
        anstream::println!();
    }
}

/// `error[E0306] support.tide:31:5  message`
fn line(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let span = diagnostic.primary.span;
    let name = sources.get(span.source).map_or("?", |source| source.name.as_str());
    let (line, column) = sources.line_column(span.source, span.start).unwrap_or((0, 0));
    let severity = diagnostic.severity.name();
    let code = diagnostic.code.id();
    printable(&format!("{severity}[{code}] {name}:{line}:{column}  {}", diagnostic.message))
}

/// The diagnostics of a consequence, each with its cause before its own words.
fn because(consequence: &Consequence) -> impl Iterator<Item = Diagnostic> {
    consequence.diagnostics.iter().map(|its| Diagnostic {
        message: format!("{}: {}", consequence.change, its.message),
        ..its.clone()
    })
}

fn untouched(drift: &Drift) -> Option<String> {
    let other = if drift.consequences.is_empty() { "" } else { "other " };
    match drift.untouched {
        0 => None,
        1 => Some(format!("1 {other}difference touches nothing here")),
        many => Some(format!("{many} {other}differences touch nothing here")),
    }
}

/// All of it, for programs.
#[derive(Serialize)]
struct Document<'a> {
    org: OrgForm<'a>,
    consequences: Vec<ConsequenceForm<'a>>,
    /// Differences that touch nothing of the program.
    untouched: usize,
    /// Whether the project has errors against its own schema, which hide what follows from them.
    broken_before: bool,
}

#[derive(Serialize)]
struct OrgForm<'a> {
    name: &'a str,
    id: &'a str,
    user: &'a str,
    api_version: &'a str,
}

#[derive(Serialize)]
struct ConsequenceForm<'a> {
    change: &'a str,
    summary: &'a str,
    diagnostics: Vec<Located<'a>>,
}

impl<'a> Document<'a> {
    fn new(drift: &'a Drift, name: &'a str, origin: &'a Origin) -> Self {
        let form = |its: &'a Consequence| ConsequenceForm {
            change: &its.change,
            summary: &its.summary,
            diagnostics: located(&its.diagnostics, &drift.sources),
        };
        Self {
            org: OrgForm {
                name,
                id: &origin.org_id,
                user: &origin.pulled_by,
                api_version: &origin.api_version,
            },
            consequences: drift.consequences.iter().map(form).collect(),
            untouched: drift.untouched,
            broken_before: drift.broken_before,
        }
    }
}
