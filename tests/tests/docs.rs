//! What the documents say about Tide: every ```tide block in them is read as a user would type it.
//!
//! A block that begins with the keyword of an item is a file; any other is the body of a workflow.

mod program;

use std::path::{Path, PathBuf};

use tidegate_compiler::syntax::format::format;
use tidegate_compiler::syntax::{chunks, parse};
use tidegate_diagnostics::codes;
use tidegate_project::manifest::Manifest;

/// A block with the line of its document on which it begins.
struct Block {
    line: usize,
    text: String,
}

fn blocks(markdown: &str) -> Vec<Block> {
    blocks_of("tide", markdown)
}

fn blocks_of(language: &str, markdown: &str) -> Vec<Block> {
    let begin = format!("```{language}");
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in markdown.lines().enumerate() {
        match &mut open {
            None if line == begin => {
                open = Some(Block { line: index + 2, text: String::new() });
            }
            None => {}
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some(block) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
        }
    }
    blocks
}

const ITEM_KEYWORDS: &[&str] =
    &["map", "data", "push", "form", "text", "hours", "workflow", "test"];

fn is_file(text: &str) -> bool {
    text.lines()
        .any(|line| line.split_once(' ').is_some_and(|(word, _)| ITEM_KEYWORDS.contains(&word)))
}

/// Steps alone are put into a workflow.
fn whole(text: &str) -> String {
    if is_file(text) {
        text.to_owned()
    } else {
        format!("workflow example {{\n  on open\n{text}}}\n")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page(id: &str) -> String {
    let path = root().join(format!("diagnostics/pages/{id}.md"));
    std::fs::read_to_string(path).expect("a page")
}

#[test]
fn every_page_begins_with_its_codes_title() {
    for code in codes::all() {
        let title = format!("# {}: {}", code.id(), code.title());
        assert_eq!(code.page().lines().next(), Some(title.as_str()), "page of {}", code.id());
    }
}

#[test]
fn every_page_shows_a_wrong_program_and_the_mended_one() {
    let usual = program::catalog(None);
    for code in codes::all() {
        let id = code.id();
        let own = program::catalog(Some(code));
        let about_orgs = code == codes::OTHER_IN_THE_ORG;
        let about_articles = blocks_of("markdown", &page(id)).len() >= 2;
        let language = if about_articles { "markdown" } else { "tide" };
        let blocks = blocks_of(language, &page(id));
        assert!(blocks.len() >= 2, "the page of {id} shows what is wrong and how to mend it");
        for (index, block) in blocks.iter().enumerate().take(2) {
            let catalog = if index == 0 { &own } else { &usual };
            let analysis = match about_orgs {
                true => program::drift(code, "page.tide", &block.text),
                false if about_articles => program::article("page.md", &block.text),
                false => program::check_and_play(catalog, "page.tide", &block.text),
            };
            let reported = analysis.diagnostics.iter().any(|found| found.code == code);
            assert_eq!(reported, index == 0, "block {} of the page of {id}", index + 1);
        }
    }
}

#[test]
fn every_block_of_the_reference_is_tide() {
    let path = root().join("grammar/reference.md");
    let reference = std::fs::read_to_string(path).expect("the reference");
    let blocks = blocks(&reference);
    assert!(blocks.len() >= 15, "the reference shows every construct");
    for block in blocks {
        for chunk in chunks(&whole(&block.text)) {
            let problems = parse(chunk.text).problems;
            assert!(problems.is_empty(), "line {}: {problems:#?}", block.line);
        }
    }
}

#[test]
fn every_manifest_of_the_documents_is_one() {
    for document in ["grammar/reference.md", "simulator/README.md"] {
        let text = std::fs::read_to_string(root().join(document)).expect("a document");
        let manifests = blocks_of("toml", &text);
        assert!(!manifests.is_empty(), "{document} shows what to write");
        for block in manifests {
            let whole = match block.text.contains("[project]") {
                true => block.text,
                false => format!("[project]\nname = \"p\"\norg = \"local\"\n{}", block.text),
            };
            let read = Manifest::parse(&whole);
            assert!(read.is_ok(), "{document}:{}: {}", block.line, read.unwrap_err());
        }
    }
}

/// Steps alone stand one step further out than in their workflow.
fn in_style(text: &str) -> String {
    if is_file(text) {
        return format(text).text;
    }
    let inner = text.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("  {line}\n"),
    });
    let whole = format(&format!("workflow example {{\n{}}}\n", inner.collect::<String>())).text;
    let lines: Vec<&str> = whole.lines().collect();
    let [_, inner @ .., _] = lines.as_slice() else { return whole };
    inner.iter().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line))).collect()
}

#[test]
fn every_block_is_in_the_style() {
    let pages = root().join("diagnostics/pages");
    let pages = std::fs::read_dir(pages).expect("the pages").map(|page| page.expect("one").path());
    let documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "grammar/reference.md"];
    let mut shown = 0;
    for path in documents.iter().map(|name| root().join(name)).chain(pages) {
        let text = std::fs::read_to_string(&path).expect("a document");
        for block in blocks(&text) {
            shown += 1;
            let place = format!("{}:{}", path.display(), block.line);
            assert_eq!(in_style(&block.text), block.text, "{place}");
        }
    }
    assert!(shown > 50, "the documents show Tide");
}
