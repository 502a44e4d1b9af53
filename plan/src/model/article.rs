//! What the AI may quote to customers.

use minicbor::{Decode, Encode};

/// An article of the project's `knowledge` folder.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Article {
    /// Its file: a path relative to the project's root, with forward slashes.
    #[n(0)]
    pub name: String,
    /// Its title.
    #[n(1)]
    pub title: String,
    /// Where people read it, an address of the web.
    #[n(2)]
    pub url: Option<String>,
    /// Its language, a tag of BCP 47.
    #[n(3)]
    pub language: Option<String>,
    /// Its sections in order, each with a text.
    #[n(4)]
    pub sections: Vec<Section>,
}

/// A section of an article.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Section {
    /// Its heading, behind those that it stands below; empty before the first one.
    #[n(0)]
    pub heading: String,
    /// Its text as it is quoted, paragraphs parted by an empty line.
    #[n(1)]
    pub text: String,
}
