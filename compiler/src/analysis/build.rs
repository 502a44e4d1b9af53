//! Parsed items to a program; workflows that nothing changed for are taken from before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};
use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::Catalog;

use super::chunks::Chunk;
use super::facade::Inputs;
use super::rehearsals;
use crate::finding::Finding;
use crate::hir::{
    Channel, ChannelId, Form, FormId, Hours, HoursId, Program, Push, PushId, SpokenText, TextId,
    Workflow, WorkflowId, WorkflowKey,
};
use crate::lower::{self, Lowering};
use crate::resolve::declarations::{self, Declared};
use crate::resolve::scope::{Hash, Named, Query, Scope, digest_of};
use crate::resolve::{
    background, channel, cycles, forms, hours, lets, push, require, texts, unsaid,
};
use crate::source::{ItemId, Loc};
use crate::syntax::ast::{self, Item};

/// Workflows of the check before, by item.
#[derive(Debug, Default)]
pub(super) struct Workflows {
    kept: FxHashMap<ItemId, Kept>,
}

/// A lowered workflow and what it hangs on.
#[derive(Debug)]
struct Kept {
    text: Hash,
    used: BTreeMap<Query, Hash>,
    workflow: Arc<Workflow>,
}

/// A program, with what was found while it was built.
pub(super) struct Built {
    pub(super) program: Program,
    pub(super) findings: Vec<Finding>,
    /// What was found in the tests: it says nothing about the program.
    pub(super) in_tests: Vec<Finding>,
    /// How many workflows were resolved anew.
    pub(super) resolved: usize,
}

/// The digests of the pulled objects, kept for as long as the catalog is the same.
#[derive(Debug, Default)]
pub(super) struct CatalogDigest {
    known: Option<(Arc<Catalog>, Hash)>,
}

impl CatalogDigest {
    fn of(&mut self, catalog: &Arc<Catalog>) -> Hash {
        match &self.known {
            Some((earlier, digest)) if Arc::ptr_eq(earlier, catalog) => *digest,
            _ => {
                let digest =
                    digest_of(&(catalog.objects.get("Case"), &catalog.queues, &catalog.users));
                self.known = Some((Arc::clone(catalog), digest));
                digest
            }
        }
    }
}

/// One item of a kind, with what its chunk is known by.
struct Source<'a, T> {
    item: ItemId,
    text: Hash,
    syntax: &'a T,
}

/// All items that have names, by kind.
struct Sources<'a> {
    pushes: Vec<Source<'a, ast::Push>>,
    channels: Vec<Source<'a, ast::Channel>>,
    forms: Vec<Source<'a, ast::Form>>,
    texts: Vec<Source<'a, ast::TextItem>>,
    hours: Vec<Source<'a, ast::Hours>>,
    workflows: Vec<Source<'a, ast::Workflow>>,
}

impl<'a> Sources<'a> {
    fn of(chunks: &'a [Chunk]) -> Self {
        Self {
            pushes: sorted(chunks, |item| match item {
                Item::Push(push) => Some((push, &push.name)),
                _ => None,
            }),
            channels: sorted(chunks, |item| match item {
                Item::Channel(push) => Some((push, &push.name)),
                _ => None,
            }),
            forms: sorted(chunks, |item| match item {
                Item::Form(form) => Some((form, &form.name)),
                _ => None,
            }),
            texts: sorted(chunks, |item| match item {
                Item::Text(text) => Some((text, &text.name)),
                _ => None,
            }),
            hours: sorted(chunks, |item| match item {
                Item::Hours(hours) => Some((hours, &hours.name)),
                _ => None,
            }),
            workflows: sorted(chunks, |item| match item {
                Item::Workflow(workflow) => Some((workflow, &workflow.name)),
                _ => None,
            }),
        }
    }

    /// What their names mean.
    fn scope<'s>(
        &self,
        inputs: &'s Inputs,
        declared: &'s Declared,
        findings: &mut Vec<Finding>,
    ) -> Scope<'s> {
        let pushes = named(&self.pushes, |its| &its.name, PushId, "push", findings);
        let channels = named(&self.channels, |its| &its.name, ChannelId, "push", findings);
        one_of_both(&pushes, &channels, findings);
        let forms = named(&self.forms, |its| &its.name, FormId, "form", findings);
        let texts = named(&self.texts, |its| &its.name, TextId, "text", findings);
        let hours = named(&self.hours, |its| &its.name, HoursId, "hours", findings);
        let workflows = named(&self.workflows, |its| &its.name, WorkflowId, "workflow", findings);
        Scope::new(
            &inputs.catalog,
            &inputs.settings,
            declared,
            workflows,
            (pushes, channels),
            forms,
            (texts, hours),
        )
    }
}

/// Builds the program.
pub(super) fn build(
    chunks: &[Chunk],
    inputs: &Inputs,
    catalog_digest: &mut CatalogDigest,
    before: &mut Workflows,
) -> Built {
    let items: Vec<(ItemId, &Item)> =
        chunks.iter().map(|chunk| (chunk.item, &chunk.parsed.item)).collect();
    let mut declared = declarations::declare(&items, &inputs.catalog, &inputs.settings);
    let mut findings = std::mem::take(&mut declared.findings);
    let sources = Sources::of(chunks);
    for workflow in &sources.workflows {
        lets::declare(&mut declared, workflow.item, workflow.syntax);
    }
    let mut scope = sources.scope(inputs, &declared, &mut findings);
    let hours = lower_hours(&mut scope, &sources.hours, &mut findings);
    let mut used = BTreeSet::new();
    let texts = lower_texts(&mut scope, &sources.texts, &mut findings, &mut used);
    scope.rules = require::lines(&scope, &items, &mut findings);
    let catalog = catalog_digest.of(&inputs.catalog);
    let (pushes, digests) =
        lower_pushes(&scope, &sources.pushes, catalog, &mut findings, &mut used);
    once_for_the_org(&mut findings);
    scope.push_digests = digests;
    let (channels, digests) = lower_channels(&scope, &sources.channels, &mut findings, &mut used);
    scope.channel_digests = digests;
    (scope.lowered_forms, scope.form_digests) =
        lower_forms(&scope, &sources.forms, &mut findings, &mut used);
    let forms = scope.lowered_forms.clone();
    let (lowered, resolved) = lower_workflows(&scope, &sources.workflows, before);
    used.extend(before.kept.values().flat_map(|kept| asked_in(&kept.used)));
    let finds_people = declared.person.as_ref().is_some_and(|person| person.find_by.is_some());
    let finds_people = finds_people || chunks.iter().any(means_to_find);
    let (tests, in_tests) = rehearsals::lower(&scope, chunks, &lowered, finds_people);
    drop(scope);
    let languages = inputs.settings.languages.clone();
    let program = Program {
        tests,
        channels,
        texts,
        hours,
        languages,
        ..assemble(declared, pushes, forms, lowered)
    };
    findings.extend(nothing_starts(&program, &sources.workflows));
    findings.extend(of_the_whole(&program));
    // What was not understood may have used anything.
    if chunks.iter().all(|chunk| chunk.parsed.problems.is_empty()) {
        findings.extend(unused(&program, &used));
    }
    Built { program, findings, in_tests, resolved }
}

/// What can be said of a program once all of it is there.
fn of_the_whole(program: &Program) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        program.workflows.iter().flat_map(|its| its.findings.iter().cloned()).collect();
    findings.extend(cycles::find(program));
    findings.extend(background::find(program));
    findings.extend(unsaid::find(program));
    findings
}

/// What is declared and used by nothing.
fn unused(program: &Program, used: &BTreeSet<Query>) -> Vec<Finding> {
    let mut findings = forms::unused(program);
    findings.extend(texts::unused(program, used));
    findings.extend(hours::unused(program, used));
    findings
}

/// Whether an item says how a visitor's record is found, be it wrongly.
fn means_to_find(chunk: &Chunk) -> bool {
    match &chunk.parsed.item {
        Item::Map(map) => map.lines.iter().any(|line| matches!(line, ast::MapLine::FindBy { .. })),
        _ => false,
    }
}

fn assemble(
    declared: Declared,
    pushes: Vec<Arc<Push>>,
    forms: Vec<Arc<Form>>,
    workflows: Vec<Arc<Workflow>>,
) -> Program {
    let mut attributes = declared.attributes;
    for given in workflows.iter().flat_map(|workflow| &workflow.lets) {
        if let Some(slot) = attributes.get_mut(given.attr.0 as usize) {
            slot.ty = given.ty.clone();
            slot.private = given.private;
            slot.label.clone_from(&given.step);
        }
    }
    let person = declared.person;
    Program { person, attributes, pushes, forms, workflows, ..Program::default() }
}

/// Items of one kind, by name; equals stay in the sources' order.
fn sorted<'a, T>(
    chunks: &'a [Chunk],
    pick: impl Fn(&'a Item) -> Option<(&'a T, &'a ast::Name)>,
) -> Vec<Source<'a, T>> {
    let mut found: Vec<(&str, Source<'a, T>)> = chunks
        .iter()
        .filter_map(|chunk| {
            let (syntax, name) = pick(&chunk.parsed.item)?;
            Some((name.text.as_str(), Source { item: chunk.item, text: chunk.text, syntax }))
        })
        .collect();
    found.sort_by_key(|(name, _)| *name);
    found.into_iter().map(|(_, source)| source).collect()
}

/// Names to positions; one that is declared twice means the first.
fn named<'a, T, Id: Copy>(
    sources: &[Source<'a, T>],
    name_of: impl Fn(&'a T) -> &'a ast::Name,
    id: impl Fn(u32) -> Id,
    kind: &str,
    findings: &mut Vec<Finding>,
) -> Named<Id> {
    let mut names = Named::new();
    let mut folded: BTreeMap<String, (String, Loc)> = BTreeMap::new();
    for (position, source) in (0u32..).zip(sources) {
        let name = name_of(source.syntax);
        if name.is_missing() {
            continue;
        }
        let at = Loc { item: source.item, range: name.range };
        if let Some((_, earlier)) = names.get(&name.text) {
            let are = if kind == "hours" { "are" } else { "is" };
            let message = format!("the {kind} `{}` {are} declared twice", name.text);
            findings.push(
                Finding::new(codes::DECLARED_TWICE, at, message)
                    .also(*earlier, "it is declared here")
                    .help("give one of them another name, or remove it"),
            );
            continue;
        }
        if let Some((other, earlier)) = folded.get(&name.text.to_lowercase()) {
            let message = format!("`{}` and `{other}` differ only by case", name.text);
            findings.push(
                Finding::new(codes::SAME_BUT_CASE, at, message)
                    .also(*earlier, format!("`{other}` is declared here"))
                    .help("give one of them a name that cannot be mistaken for the other"),
            );
        }
        folded.insert(name.text.to_lowercase(), (name.text.clone(), at));
        names.insert(name.text.clone(), (id(position), at));
    }
    names
}

/// A project whose workflows are all run by others, or by nobody. Told at one that nothing runs.
fn nothing_starts(program: &Program, sources: &[Source<'_, ast::Workflow>]) -> Option<Finding> {
    let begins = |its: &ast::Trigger| its.event.text != ast::Trigger::AGENT_REPLY;
    if sources.iter().any(|its| its.syntax.trigger.as_ref().is_some_and(begins)) {
        return None;
    }
    let run: BTreeSet<WorkflowId> =
        program.workflows.iter().flat_map(|its| cycles::runs(its)).map(|(id, _)| id).collect();
    let ids = (0u32..).map(WorkflowId).zip(&program.workflows);
    let ids = ids.filter(|(_, its)| its.on.is_none());
    let (_, begin) =
        ids.clone().find(|(id, _)| !run.contains(id)).or_else(|| ids.clone().next())?;
    let at = Loc { item: begin.item, range: begin.head };
    let message = "no workflow starts when the Messenger is opened, or when the customer writes";
    Some(
        Finding::new(codes::NOTHING_STARTS, at, message).help(
            "write `on open` or `on message` as the first line of the workflow that is to start",
        ),
    )
}

/// The texts and hours of which an item asked.
fn asked_in(used: &BTreeMap<Query, Hash>) -> impl Iterator<Item = Query> + '_ {
    used.keys().filter(|query| matches!(query, Query::Text(_) | Query::Hours(_))).cloned()
}

/// Looks up the hours; what stands behind may name them.
fn lower_hours(
    scope: &mut Scope<'_>,
    sources: &[Source<'_, ast::Hours>],
    findings: &mut Vec<Finding>,
) -> Vec<Arc<Hours>> {
    let lowered = sources.iter().map(|source| {
        let hours = hours::hours(scope.catalog, source.item, source.syntax, findings);
        let digest = digest_of(&hours);
        (Arc::new(hours), digest)
    });
    let (hours, digests) = lowered.unzip();
    scope.hours_digests = digests;
    hours
}

/// Lowers the texts; what stands behind may name them.
fn lower_texts(
    scope: &mut Scope<'_>,
    sources: &[Source<'_, ast::TextItem>],
    findings: &mut Vec<Finding>,
    asked: &mut BTreeSet<Query>,
) -> Vec<Arc<SpokenText>> {
    let lowered = sources.iter().map(|source| {
        let mut lowering = Lowering::new(scope, source.item);
        let text = lower::text(&mut lowering, source.syntax);
        findings.append(&mut lowering.findings);
        asked.extend(asked_in(&lowering.used));
        let digest = digest_of(&(&text, &lowering.used));
        (Arc::new(text), digest)
    });
    let (texts, digests): (Vec<Arc<SpokenText>>, Vec<Hash>) = lowered.unzip();
    (scope.lowered_texts, scope.text_digests) = (texts.clone(), digests);
    texts
}

fn lower_pushes(
    scope: &Scope<'_>,
    sources: &[Source<'_, ast::Push>],
    catalog: Hash,
    findings: &mut Vec<Finding>,
    asked: &mut BTreeSet<Query>,
) -> (Vec<Arc<Push>>, Vec<Hash>) {
    sources
        .iter()
        .map(|source| {
            let mut lowering = Lowering::new(scope, source.item);
            let push = push::push(&mut lowering, source.syntax);
            findings.append(&mut lowering.findings);
            asked.extend(asked_in(&lowering.used));
            let digest = digest_of(&(&push, catalog, &lowering.used));
            (Arc::new(push), digest)
        })
        .unzip()
}

/// A push is named once, whatever it goes to.
fn one_of_both(pushes: &Named<PushId>, channels: &Named<ChannelId>, findings: &mut Vec<Finding>) {
    for (name, (_, at)) in channels {
        let Some((_, earlier)) = pushes.get(name) else { continue };
        let message = format!("the push `{name}` is declared twice");
        findings.push(
            Finding::new(codes::DECLARED_TWICE, *at, message)
                .also(*earlier, "it is declared here")
                .help("give one of them another name, or remove it"),
        );
    }
}

fn lower_channels(
    scope: &Scope<'_>,
    sources: &[Source<'_, ast::Channel>],
    findings: &mut Vec<Finding>,
    asked: &mut BTreeSet<Query>,
) -> (Vec<Arc<Channel>>, Vec<Hash>) {
    sources
        .iter()
        .map(|source| {
            let mut lowering = Lowering::new(scope, source.item);
            let push = channel::channel(&mut lowering, source.syntax);
            findings.append(&mut lowering.findings);
            asked.extend(asked_in(&lowering.used));
            let digest = digest_of(&(&push, &lowering.used));
            (Arc::new(push), digest)
        })
        .unzip()
}

fn lower_forms(
    scope: &Scope<'_>,
    sources: &[Source<'_, ast::Form>],
    findings: &mut Vec<Finding>,
    asked: &mut BTreeSet<Query>,
) -> (Vec<Arc<Form>>, Vec<Hash>) {
    sources
        .iter()
        .map(|source| {
            let mut lowering = Lowering::new(scope, source.item);
            let form = lower::form(&mut lowering, source.syntax);
            findings.append(&mut lowering.findings);
            asked.extend(asked_in(&lowering.used));
            let digest = digest_of(&(&form, &lowering.used));
            (Arc::new(form), digest)
        })
        .unzip()
}

/// What the org lacks is said at the first push only.
fn once_for_the_org(findings: &mut Vec<Finding>) {
    let mut said = Vec::new();
    findings.retain(|finding| {
        let code = finding.diagnostic.code;
        let about_org = code == codes::NO_KEY_FIELD || code == codes::NOT_CREATEABLE;
        if about_org && said.contains(&code) {
            return false;
        }
        said.push(code);
        true
    });
}

fn lower_workflows(
    scope: &Scope<'_>,
    sources: &[Source<'_, ast::Workflow>],
    before: &mut Workflows,
) -> (Vec<Arc<Workflow>>, usize) {
    let mut kept = FxHashMap::default();
    let mut resolved = 0;
    let mut workflows = Vec::with_capacity(sources.len());
    for source in sources {
        let earlier = before.kept.remove(&source.item).filter(|earlier| {
            earlier.text == source.text
                && earlier.used.iter().all(|(query, digest)| scope.digest(query) == *digest)
        });
        let entry = earlier.unwrap_or_else(|| {
            resolved += 1;
            lower_workflow(scope, source)
        });
        workflows.push(Arc::clone(&entry.workflow));
        kept.insert(source.item, entry);
    }
    before.kept = kept;
    (workflows, resolved)
}

fn lower_workflow(scope: &Scope<'_>, source: &Source<'_, ast::Workflow>) -> Kept {
    let mut lowering = Lowering::new(scope, source.item);
    let mut workflow = lower::workflow(&mut lowering, source.syntax);
    workflow.key = key(source.item, &source.text, &lowering.used);
    Kept { text: source.text, used: lowering.used, workflow: Arc::new(workflow) }
}

/// The item's text, and the answers to all that it asked.
fn key(item: ItemId, text: &Hash, used: &BTreeMap<Query, Hash>) -> WorkflowKey {
    let mut hash = Sha256::new();
    hash.update(item.0.to_le_bytes());
    hash.update(text);
    for answer in used.values() {
        hash.update(answer);
    }
    WorkflowKey(hash.finalize().into())
}
