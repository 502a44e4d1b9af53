//! Programs that remember where their words stand, so that each can be misspelt.

use std::ops::Range;
use std::sync::Arc;

use tidegate_compiler::analysis::{Inputs, Settings};
use tidegate_diagnostics::{Code, SourceMap, SourceText};
use tidegate_schemas::catalog::{Catalog, List, Object};

use super::slips::Word;

/// The words that may stand in a place.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    pub(crate) words: Vec<Word>,
    /// Words that are there, though not to be suggested: inactive values.
    pub(crate) others: Vec<String>,
    /// Names stand bare, values in quotes.
    pub(crate) is_name: bool,
    /// What is said of a word that is not among them.
    pub(crate) code: Code,
}

impl Vocabulary {
    /// The fields of an object, or those of them that are attributes.
    pub(crate) fn fields(object: &Object, code: Code, names: &dyn Fn(&str) -> bool) -> Arc<Self> {
        let fields = object.fields.values().filter(|field| names(&field.name));
        let word = |text: &str, label: &str| Word { text: text.into(), label: label.into() };
        let words = fields.map(|field| word(&field.name, &field.label)).collect();
        Arc::new(Self { words, others: Vec::new(), is_name: true, code })
    }

    pub(crate) fn values(list: &List, code: Code) -> Arc<Self> {
        let mut words: Vec<Word> = Vec::new();
        for value in list.values.iter().filter(|value| value.active) {
            if words.iter().all(|word| word.text != value.value) {
                words.push(Word { text: value.value.clone(), label: value.label.clone() });
            }
        }
        let others = list.values.iter().filter(|value| !value.active);
        let others = others.map(|value| value.value.clone()).collect();
        Arc::new(Self { words, others, is_name: false, code })
    }

    pub(crate) fn holds(&self, text: &str) -> bool {
        self.words.iter().any(|word| word.text == text)
            || self.others.iter().any(|other| other == text)
    }

    /// How a word is written.
    pub(crate) fn written(&self, text: &str) -> String {
        if self.is_name { text.to_owned() } else { quoted(text) }
    }
}

/// A text as Tide writes it.
pub(crate) fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('{', "\\{").replace('}', "\\}"))
}

/// A word at its place.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) file: usize,
    pub(crate) at: Range<usize>,
    pub(crate) word: Word,
    /// What the word is there for.
    pub(crate) place: &'static str,
    pub(crate) vocabulary: Arc<Vocabulary>,
}

/// A program in files. Without files that the others need, each file is a program by itself.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) files: Vec<String>,
    /// The first files, which declare what the others name.
    pub(crate) needed: usize,
    pub(crate) spots: Vec<Spot>,
}

impl Program {
    /// Begins a file.
    pub(crate) fn file(&mut self, text: &str) -> &mut Self {
        self.files.push(text.to_owned());
        self
    }

    pub(crate) fn put(&mut self, text: &str) -> &mut Self {
        self.files.last_mut().expect("a file").push_str(text);
        self
    }

    /// A word that can be misspelt.
    pub(crate) fn word(
        &mut self,
        place: &'static str,
        vocabulary: &Arc<Vocabulary>,
        text: &str,
    ) -> &mut Self {
        let word = vocabulary.words.iter().find(|word| word.text == text);
        let word = word.expect("a word of the place").clone();
        let file = self.files.len() - 1;
        let start = self.files[file].len();
        self.put(&vocabulary.written(text));
        let at = start..self.files[file].len();
        self.spots.push(Spot { file, at, word, place, vocabulary: Arc::clone(vocabulary) });
        self
    }

    /// Ends the files that declare what the others name.
    pub(crate) fn others(&mut self) {
        self.needed = self.files.len();
    }

    /// Everything, in as few programs as it can be.
    pub(crate) fn whole(&self) -> Vec<Vec<String>> {
        match self.needed {
            0 => self.files.iter().map(|file| vec![file.clone()]).collect(),
            _ => vec![self.files.clone()],
        }
    }

    /// The file of a spot with another word there, behind the files that it needs.
    pub(crate) fn misspelt(&self, spot: &Spot, written: &str) -> Vec<String> {
        let mut files = self.files[..self.needed].to_vec();
        let mut file = self.files[spot.file].clone();
        file.replace_range(spot.at.clone(), &spot.vocabulary.written(written));
        files.push(file);
        files
    }
}

pub(crate) fn inputs(files: Vec<String>, catalog: &Arc<Catalog>) -> Inputs {
    let name = |number: usize| format!("{number:04}.tide");
    let sources = files.into_iter().enumerate();
    let sources = sources.map(|(number, text)| SourceText { name: name(number), text }).collect();
    let settings = Settings { messengers: vec!["web".to_owned()], ..Settings::default() };
    Inputs { sources: SourceMap::new(sources), catalog: Arc::clone(catalog), settings }
}
