//! Inputs, the analysis, and the gate.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_diagnostics::{
    Code, Diagnostic, Severity, SourceId, SourceMap, SourceText, Span, codes,
};
use tidegate_plan::model::{Article, Plan};
use tidegate_plan::rehearsal::{Rehearsals, Wanted};
use tidegate_schemas::catalog::Catalog;

use super::build::{self, CatalogDigest, Workflows};
use super::chunks::{Chunk, Chunks};
use super::echo::{self, Unclear};
use super::fixes;
use super::trust::Wrong;
use crate::check;
use crate::emit;
use crate::finding::Finding;
use crate::hir::Program;
use crate::knowledge;
use crate::source::{ItemId, ItemMap, Loc};
use crate::syntax::ast::Item;

/// Everything that a check reads.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The `.tide` files in the order of their names, and the articles that the AI may quote.
    pub sources: SourceMap,
    /// The pulled metadata.
    pub catalog: Arc<Catalog>,
    /// What the manifest says.
    pub settings: Settings,
}

/// What the manifest tells the compiler.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Usernames by the names that `owner user NAME` uses.
    pub users: BTreeMap<String, String>,
    /// The names of the Messengers: the values of `session.messenger`.
    pub messengers: Vec<String>,
    /// What each channel takes: keys, each with the most characters.
    pub channels: BTreeMap<String, BTreeMap<String, u32>>,
    /// The languages in which texts are declared, the one to fall back to first: the values of
    /// `session.spoken`.
    pub languages: Vec<String>,
}

/// Checks a project again and again, and does only what changed anew.
#[derive(Debug, Default)]
pub struct Analyzer {
    chunks: Chunks,
    catalog: CatalogDigest,
    workflows: Workflows,
    proofs: check::Cache,
}

impl Analyzer {
    /// An analyzer that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks everything. Always finishes, whatever the sources are.
    pub fn check(&mut self, inputs: &Inputs) -> Analysis {
        let read = self.chunks.read(&inputs.sources);
        let mut built = build::build(&read.chunks, inputs, &mut self.catalog, &mut self.workflows);
        let mut findings = built.findings;
        findings.retain(|found| !echo::misses_part_of_garbled(found, &read.chunks));
        let mut in_tests = built.in_tests;
        for chunk in &read.chunks {
            let rehearses = matches!(chunk.parsed.item, Item::Test(_));
            let told = if rehearses { &mut in_tests } else { &mut findings };
            told.extend(chunk.parsed.problems.iter().map(|its| its.finding(chunk.item)));
        }
        findings.extend(read.chunks.iter().flat_map(secrets));
        built.program.articles = articles(&inputs.sources, &read.articles, &mut findings);
        let wrong = Wrong::of(&findings, &built.program);
        findings.append(&mut in_tests);
        let proofs = check::run(&built.program, &inputs.catalog, &mut self.proofs);
        findings.extend(proofs.findings.into_iter().filter(|proof| wrong.spares(proof)));
        let mut diagnostics: Vec<Diagnostic> =
            findings.iter().map(|finding| finding.place(&read.items)).collect();
        diagnostics.iter_mut().for_each(|found| fixes::indent(found, &inputs.sources));
        diagnostics.sort_by(by_place);
        diagnostics.dedup();
        let refuted = findings.iter().filter_map(|finding| {
            let place = (read.items.span(finding.primary), finding.diagnostic.code);
            Some((place, finding.wanted.clone()?))
        });
        let wanted = refuted.collect();
        let unclear = Unclear::of(&read.chunks);
        let diagnostics = echo::without_echoes(diagnostics, &inputs.sources, unclear);
        let diagnostics = echo::without_meant(diagnostics, &inputs.sources);
        let diagnostics = echo::without_repeated(diagnostics);
        let stats = Stats {
            chunks: read.chunks.len(),
            chunks_parsed: read.parsed,
            workflows: built.program.workflows.len(),
            workflows_resolved: built.resolved,
            workflows_summarised: proofs.summarised,
            workflows_checked: proofs.checked,
            required_fields: proofs.required_fields,
        };
        Analysis {
            sound: !diagnostics.iter().any(|found| found.severity == Severity::Error),
            diagnostics,
            sources: inputs.sources.clone(),
            stats,
            tallies: proofs.tallies,
            program: built.program,
            chunks: read.chunks,
            states: proofs.states,
            items: read.items,
            wanted,
            catalog: Arc::clone(&inputs.catalog),
        }
    }
}

/// The articles among the sources.
fn articles(
    sources: &SourceMap,
    places: &[(ItemId, SourceId)],
    findings: &mut Vec<Finding>,
) -> Vec<Article> {
    let texts = places.iter().filter_map(|(item, source)| {
        let SourceText { name, text } = sources.get(*source)?;
        Some((*item, name.as_str(), text.as_str()))
    });
    knowledge::read(texts, findings)
}

fn secrets(chunk: &Chunk) -> impl Iterator<Item = Finding> {
    chunk.parsed.secrets.iter().map(|secret| {
        let at = Loc { item: chunk.item, range: secret.range };
        Finding::new(codes::SECRET, at, format!("this looks like {}", secret.what))
            .label("not shown")
            .help(
                "take it out, and have it revoked: whoever reads the repository or the plan has it",
            )
    })
}

/// By source and place, then by everything else.
fn by_place(one: &Diagnostic, other: &Diagnostic) -> std::cmp::Ordering {
    one.primary.span.cmp(&other.primary.span).then_with(|| one.cmp(other))
}

/// What a check did, and what it took from the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Chunks in all sources.
    pub chunks: usize,
    /// Chunks parsed anew.
    pub chunks_parsed: usize,
    /// Workflows in the program.
    pub workflows: usize,
    /// Workflows resolved and typed anew.
    pub workflows_resolved: usize,
    /// Workflows that were summarised anew for those that run them.
    pub workflows_summarised: usize,
    /// Workflows whose proofs were done anew.
    pub workflows_checked: usize,
    /// Fields that the org requires and that were proved to have a value, over all places that
    /// create a record.
    pub required_fields: usize,
}

/// Everything known about a project.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// What was found, by place; each thing once.
    pub diagnostics: Vec<Diagnostic>,
    /// The sources that the diagnostics' spans point into.
    pub sources: SourceMap,
    /// What was done anew.
    pub stats: Stats,
    /// What came of each proof: what is proved, refuted, and neither.
    pub tallies: Vec<check::Tally>,
    /// The program; with error nodes where something was not understood.
    pub program: Program,
    /// The items as they are written, in the order of sources and of their text.
    pub(super) chunks: Vec<Chunk>,
    /// What the proofs knew of the workflows.
    pub(super) states: check::States,
    /// What refuted proofs hang on, by place.
    pub(super) wanted: BTreeMap<(Span, Code), Wanted>,
    /// Where the program's items stand.
    pub items: ItemMap,
    /// The metadata that it was checked against.
    pub catalog: Arc<Catalog>,
    /// Whether no error was found, whatever became of [`Analysis::diagnostics`] since.
    sound: bool,
}

impl Analysis {
    /// Whether something stops a build.
    pub fn has_errors(&self) -> bool {
        !self.sound
    }

    /// The analysis as if errors of these codes had not been found: one proof off, so that tests
    /// see what it keeps from happening. No release build has this.
    #[cfg(debug_assertions)]
    #[must_use]
    pub fn without(mut self, codes: &[&str]) -> Self {
        self.diagnostics.retain(|found| !codes.contains(&found.code.id()));
        self.sound = !self.diagnostics.iter().any(|found| found.severity == Severity::Error);
        self
    }

    /// The gate: a program without errors, and the only way to one.
    ///
    /// # Errors
    ///
    /// The analysis itself, where it holds an error.
    #[expect(clippy::result_large_err, reason = "the analysis is handed back as it came")]
    pub fn checked(self) -> Result<Checked, Self> {
        if self.sound { Ok(Checked { analysis: self }) } else { Err(self) }
    }
}

/// A program without errors.
#[derive(Debug, Clone)]
pub struct Checked {
    analysis: Analysis,
}

impl Checked {
    /// What the analysis knew; its diagnostics are warnings and notes.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// The plan. Equal sources and metadata give equal plans, whatever the order of files.
    pub fn emit(&self) -> Plan {
        let analysis = &self.analysis;
        emit::emit(&analysis.program, &analysis.items, &analysis.sources, &analysis.catalog).plan
    }

    /// The plan, and the tests that rehearse it.
    pub fn emit_with_tests(&self) -> (Plan, Rehearsals) {
        let Analysis { program, items, sources, catalog, .. } = &self.analysis;
        let emitted = emit::emit(program, items, sources, catalog);
        let points = self.analysis.can_come(emitted.points);
        (emitted.plan, emit::rehearsals(program, items, points))
    }
}
