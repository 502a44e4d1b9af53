//! However a project is edited, what is shown is what a fresh check finds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use gen_lsp_types::Uri;
use serde_json::{Value, json};
use tidegate_compiler::analysis::{Analyzer, Inputs};
use tidegate_diagnostics::{SourceMap, SourceText};
use tidegate_project::manifest::Manifest;
use tidegate_project::schema_folder;

use super::editor::Editor;
use crate::diagnostics::Shown;
use crate::text::Encoding;

/// Edits, unless `TIDEGATE_EDITS` says otherwise.
const EDITS: u64 = 300;

/// What is typed and pasted: parts of Tide, and what breaks it.
const PIECES: [&str; 28] = [
    "",
    "",
    "",
    "x",
    " ",
    "\n",
    "\r\n",
    "{",
    "}",
    "\"",
    "'",
    "(",
    "=>",
    "=",
    "// ",
    "/// ",
    "conversation.Priority",
    "person.",
    "set ",
    "run ",
    "ask\n",
    "\nworkflow w {\n  ask\n}\n",
    "\n\n",
    "\u{e4}\u{1f525}",
    "\"High\"",
    "if person is known {\n  go on\n}\n",
    "  ",
    "not ",
];

/// Numbers that follow from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % sides.max(1) as u64).unwrap_or(0)
    }
}

/// A byte as an editor counts it in UTF-16, by a way of its own.
fn position(text: &str, offset: usize) -> Value {
    let (mut line, mut column) = (0u32, 0usize);
    let mut characters = text[..offset].chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => (line, column) = (line + 1, 0),
            other => column += other.len_utf16(),
        }
    }
    json!({ "line": line, "character": column })
}

/// A byte between two characters, and not between those of one line end.
fn place(dice: &mut Dice, text: &str) -> usize {
    let mut offset = dice.roll(text.len() + 1);
    while !text.is_char_boundary(offset)
        || (text[..offset].ends_with('\r') && text[offset..].starts_with('\n'))
    {
        offset -= 1;
    }
    offset
}

/// One change of a text, made there and told.
fn edit(dice: &mut Dice, text: &mut String) -> Value {
    let start = place(dice, text);
    let length = [0, 0, 1, 3, 12, 80][dice.roll(6)];
    let mut end = (start + length).min(text.len());
    while !text.is_char_boundary(end)
        || (text[..end].ends_with('\r') && text[end..].starts_with('\n'))
    {
        end += 1;
    }
    let piece = PIECES[dice.roll(PIECES.len())];
    let range = json!({ "start": position(text, start), "end": position(text, end) });
    text.replace_range(start..end, piece);
    json!({ "range": range, "text": piece })
}

/// What a fresh check finds, by address.
fn fresh(
    editor: &Editor,
    texts: &BTreeMap<String, String>,
    inputs: &Inputs,
) -> BTreeMap<String, Value> {
    let source =
        |(name, text): (&String, &String)| SourceText { name: name.clone(), text: text.clone() };
    let sources = SourceMap::new(texts.iter().map(source).collect());
    let analysis = Analyzer::new().check(&Inputs { sources, ..inputs.clone() });
    let uris: Arc<[Uri]> = texts.keys().map(|name| Uri(editor.uri(name))).collect();
    let versions = uris.iter().map(|_| None).collect();
    let shown = Shown { encoding: Encoding::Utf16, uris, versions };
    let found = shown.found(&analysis.diagnostics, &analysis.sources);
    found.into_iter().map(|its| (its.uri.0, json!(its.diagnostics))).collect()
}

fn inputs(root: &Path) -> Inputs {
    let manifest = std::fs::read_to_string(root.join("tidegate.toml")).expect("the manifest");
    let settings = Manifest::parse(&manifest).expect("a right one").settings();
    let catalog = Arc::new(schema_folder::read(root).expect("the metadata"));
    Inputs { sources: SourceMap::default(), catalog, settings }
}

#[test]
fn what_is_shown_is_what_a_fresh_check_finds() {
    let edits = std::env::var("TIDEGATE_EDITS").ok().and_then(|its| its.parse().ok());
    let edits: u64 = edits.unwrap_or(EDITS);
    let mut editor = Editor::in_example();
    let inputs = inputs(&editor.path(""));
    let names = ["billing", "breakdown", "fields", "pushes", "support", "tests"];
    let names = names.map(|name| format!("{name}.tide"));
    let original: BTreeMap<String, String> =
        names.iter().map(|name| (name.clone(), editor.on_disk(name))).collect();
    let mut texts = original.clone();
    for (name, text) in &texts {
        editor.open(name, text);
    }
    let (mut dice, mut made) = (Dice(7), 0);
    while made < edits {
        let name = &names[dice.roll(names.len())];
        let text = texts.get_mut(name).expect("one of them");
        let several = 1 + dice.roll(4);
        let mut changes: Vec<Value> = (0..several).map(|_| edit(&mut dice, text)).collect();
        // What is broken is mended now and then, so that there is something to break.
        if dice.roll(6) == 0 {
            text.clone_from(&original[name]);
            changes = vec![json!({ "text": text })];
        }
        made += changes.len() as u64;
        editor.change_by(name, changes);
        if dice.roll(3) > 0 {
            // Its answer comes when the text has been checked, and what was found is shown.
            editor.ask_about("textDocument/documentSymbol", name).expect("an answer");
            let shown = editor.everything_shown().clone();
            for (uri, found) in fresh(&editor, &texts, &inputs) {
                let of = shown.get(&uri).cloned().unwrap_or_else(|| json!([]));
                assert_eq!(of, found, "{uri} after {made} edits:\n{texts:#?}");
            }
        }
    }
}
