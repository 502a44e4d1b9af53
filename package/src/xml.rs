//! Metadata files: elements with elements or a text in them, in the order in which they are given.

/// The namespace of the Metadata API.
const NAMESPACE: &str = "http://soap.sforce.com/2006/04/metadata";

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    name: &'static str,
    namespace: bool,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    Elements(Vec<Element>),
}

pub(crate) fn leaf(name: &'static str, text: impl Into<String>) -> Element {
    Element { name, namespace: false, content: Content::Text(text.into()) }
}

/// `true` or `false`.
pub(crate) fn flag(name: &'static str, value: bool) -> Element {
    leaf(name, value.to_string())
}

pub(crate) fn node(name: &'static str, elements: Vec<Element>) -> Element {
    Element { name, namespace: false, content: Content::Elements(elements) }
}

/// The outermost element of a file.
pub(crate) fn root(name: &'static str, elements: Vec<Element>) -> Element {
    Element { namespace: true, ..node(name, elements) }
}

pub(crate) fn document(root: &Element) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    write(root, 0, &mut out);
    out
}

fn write(element: &Element, depth: usize, out: &mut String) {
    let Element { name, namespace, content } = element;
    let indent = "    ".repeat(depth);
    let namespace = if *namespace { format!(" xmlns=\"{NAMESPACE}\"") } else { String::new() };
    match content {
        Content::Text(text) => {
            out.push_str(&format!("{indent}<{name}{namespace}>{}</{name}>\n", escaped(text)));
        }
        Content::Elements(elements) => {
            out.push_str(&format!("{indent}<{name}{namespace}>\n"));
            elements.iter().for_each(|inner| write(inner, depth + 1, out));
            out.push_str(&format!("{indent}</{name}>\n"));
        }
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML 1.0 has no other control characters.
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{document, leaf, root};

    #[test]
    fn a_text_stays_a_text() {
        let text = document(&root("Package", vec![leaf("members", "a<b>&c\u{1}")]));
        assert!(text.contains("<members>a&lt;b&gt;&amp;c</members>"), "{text}");
    }
}
