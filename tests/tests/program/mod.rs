//! Programs of the fixtures and documents, checked against the small org in `tests/ui/schema`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate::rehearsals::Stage;
use tidegate::render::{Style, graphical};
use tidegate_compiler::analysis::{Analysis, Analyzer, Inputs, Settings};
use tidegate_compiler::syntax::chunks;
use tidegate_diagnostics::{Code, SourceMap, SourceText, without_secrets};
use tidegate_engine::rehearse::Reached;
use tidegate_schemas::catalog::Catalog;
use tidegate_schemas::codec::from_files;

/// The folder of the fixtures.
pub(crate) fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

/// The org that programs are checked against: the usual one, or one in which a code can be reported.
/// Where the fault lies in the org itself, what stands in `ui/orgs/CODE` replaces files of it.
pub(crate) fn catalog(reporting: Option<Code>) -> Arc<Catalog> {
    let usual = ui().join("schema");
    let own = reporting.map(|code| ui().join("orgs").join(code.id()));
    let mut files = BTreeMap::new();
    for folder in std::iter::once(usual).chain(own.filter(|folder| folder.is_dir())) {
        read_below(&folder, &folder, &mut files);
    }
    Arc::new(from_files(&files).expect("the fixtures' schema can be read"))
}

fn read_below(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_below(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("below the schema").display().to_string();
            files.insert(name, std::fs::read_to_string(&path).expect("text"));
        }
    }
}

/// Everything that is reported, as users read it.
#[allow(dead_code, reason = "only some of the tests need it")]
pub(crate) fn rendered(analysis: &Analysis) -> String {
    let sources = without_secrets(&analysis.diagnostics, &analysis.sources);
    let all: Vec<String> = analysis
        .diagnostics
        .iter()
        .map(|diagnostic| graphical(diagnostic, &sources, Style::Plain))
        .collect();
    all.join("\n")
}

/// Checks one text, with what it does not declare itself taken from the prelude.
pub(crate) fn check(catalog: &Arc<Catalog>, name: &str, text: &str) -> Analysis {
    Analyzer::new().check(&inputs(catalog, name, text))
}

/// Checks one text, and plays the tests in it where nothing is wrong.
#[allow(dead_code, reason = "only some of the tests need it")]
pub(crate) fn check_and_play(catalog: &Arc<Catalog>, name: &str, text: &str) -> Analysis {
    let mut analysis = check(catalog, name, text);
    let Ok(checked) = analysis.clone().checked() else { return analysis };
    let stage = Stage::new(&checked).expect("our own plans verify");
    let played = stage.play(|_| true, &mut Reached::nothing(&stage.plan));
    analysis.diagnostics.extend(played.into_iter().filter_map(|test| test.failure));
    analysis
}

/// What becomes of a program in another org than the usual one.
pub(crate) fn drift(code: Code, name: &str, text: &str) -> Analysis {
    let usual = inputs(&catalog(None), name, text);
    let mut analysis = Analyzer::new().check(&usual);
    let drift = tidegate_compiler::drift::compare(&usual, &catalog(Some(code)));
    let found = drift.consequences.into_iter().flat_map(|its| its.diagnostics);
    analysis.diagnostics.extend(found);
    analysis
}

fn inputs(catalog: &Arc<Catalog>, name: &str, text: &str) -> Inputs {
    let prelude = std::fs::read_to_string(ui().join("prelude/prelude.tide")).expect("the prelude");
    let sources = vec![
        SourceText { name: name.to_owned(), text: text.to_owned() },
        SourceText { name: "prelude.tide".to_owned(), text: undeclared(&prelude, text) },
    ];
    inputs_of(catalog, sources)
}

/// Checks one article beside the prelude.
#[allow(dead_code, reason = "only some of the tests need it")]
pub(crate) fn article(name: &str, text: &str) -> Analysis {
    check(&catalog(None), &format!("knowledge/{name}"), text)
}

/// Checks one text that declares everything itself.
#[allow(dead_code, reason = "only some of the tests need it")]
pub(crate) fn check_alone(catalog: &Arc<Catalog>, name: &str, text: &str) -> Analysis {
    let source = SourceText { name: name.to_owned(), text: text.to_owned() };
    Analyzer::new().check(&inputs_of(catalog, vec![source]))
}

fn inputs_of(catalog: &Arc<Catalog>, sources: Vec<SourceText>) -> Inputs {
    let sources = SourceMap::new(sources);
    let settings = Settings {
        users: BTreeMap::from([
            ("ada".to_owned(), "ada@acme.example".to_owned()),
            ("former".to_owned(), "former@acme.example".to_owned()),
        ]),
        messengers: vec!["web".to_owned()],
        channels: BTreeMap::from([(
            "web_support".to_owned(),
            [("tier", 255), ("product", 255), ("Priority", 255), ("Subject", 255), ("note", 80)]
                .map(|(key, length)| (key.to_owned(), length))
                .into(),
        )]),
        languages: vec!["en".to_owned(), "de".to_owned()],
    };
    Inputs { sources, catalog: Arc::clone(catalog), settings }
}

/// The prelude's items that a text does not declare itself.
fn undeclared(prelude: &str, text: &str) -> String {
    let head = |item: &str| {
        let words: Vec<String> =
            item.split([' ', '{']).take(2).map(|word| word.trim().to_owned()).collect();
        words.join(" ")
    };
    let declared: Vec<String> = text.lines().map(head).collect();
    chunks(prelude)
        .into_iter()
        .map(|chunk| chunk.text)
        .filter(|item| !declared.contains(&head(item)))
        .collect()
}
