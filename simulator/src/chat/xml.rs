//! Reading metadata files.

use std::str::FromStr;

use roxmltree::{Document, Node};

/// An element of a metadata file.
pub(crate) type Element<'d> = Node<'d, 'd>;

/// Reads a file's outermost element, which must have this name.
pub(crate) fn root<'d>(document: &'d Document<'d>, name: &str) -> Result<Element<'d>, String> {
    let root = document.root_element();
    let found = root.tag_name().name();
    if found == name { Ok(root) } else { Err(format!("it holds `{found}`, not `{name}`")) }
}

/// Parses a file.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, String> {
    Document::parse(text).map_err(|problem| format!("it is no XML: {problem}"))
}

/// The elements of this name within another.
pub(crate) fn children<'d>(of: Element<'d>, name: &str) -> impl Iterator<Item = Element<'d>> {
    of.children().filter(move |child| child.tag_name().name() == name)
}

/// The first of them.
pub(crate) fn child<'d>(of: Element<'d>, name: &str) -> Option<Element<'d>> {
    children(of, name).next()
}

/// The text of the first of them, where it has one.
pub(crate) fn text(of: Element<'_>, name: &str) -> Option<String> {
    let text = child(of, name)?.text().unwrap_or_default().trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The same where it must be there.
pub(crate) fn required(of: Element<'_>, name: &str) -> Result<String, String> {
    text(of, name).ok_or_else(|| format!("a `{}` has no `{name}`", of.tag_name().name()))
}

/// Whether it says `true`.
pub(crate) fn flag(of: Element<'_>, name: &str) -> bool {
    text(of, name).as_deref() == Some("true")
}

/// A number, where it is there.
pub(crate) fn number<T: FromStr>(of: Element<'_>, name: &str) -> Result<Option<T>, String> {
    let Some(text) = text(of, name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| format!("`{name}` is no such number: `{text}`"))
}
