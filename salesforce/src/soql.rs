//! Queries whose parts cannot be mistaken for one another.

use std::fmt::{self, Write as _};

use crate::name::ApiName;

/// A query. Its fixed parts come from the program, names are checked, and every other text is a
/// literal: nothing from outside can become a part of the query itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soql(String);

impl Soql {
    /// Begins with fixed words.
    pub fn new(words: &'static str) -> Self {
        Soql(words.to_owned())
    }

    /// Adds fixed words.
    #[must_use]
    pub fn words(mut self, words: &'static str) -> Self {
        self.0.push_str(words);
        self
    }

    /// Adds the name of an object or a field.
    #[must_use]
    pub fn name(mut self, name: &ApiName) -> Self {
        self.0.push_str(name.as_str());
        self
    }

    /// Adds names with commas between them.
    #[must_use]
    pub fn names(mut self, names: &[ApiName]) -> Self {
        let names: Vec<&str> = names.iter().map(ApiName::as_str).collect();
        self.0.push_str(&names.join(", "));
        self
    }

    /// Adds a text, quoted.
    #[must_use]
    pub fn text(mut self, text: &SoqlText) -> Self {
        self.0.push_str(&text.0);
        self
    }

    /// The query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text literal: quoted, and with everything escaped that could end it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoqlText(String);

impl SoqlText {
    /// Quotes any text.
    pub fn new(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 2);
        out.push('\'');
        for c in text.chars() {
            match c {
                '\\' | '\'' | '"' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                c if c.is_control() => {
                    // Writing to a `String` cannot fail.
                    let _ = write!(out, "\\u{:04X}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        out.push('\'');
        SoqlText(out)
    }
}

impl fmt::Display for SoqlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{Soql, SoqlText};
    use crate::name::ApiName;

    /// Reads a literal as Salesforce does; `None` where it does not end at its end.
    fn unquoted(literal: &str) -> Option<String> {
        let mut rest = literal.strip_prefix('\'')?.chars();
        let mut text = String::new();
        loop {
            match rest.next()? {
                '\'' => return rest.next().is_none().then_some(text),
                '\\' => text.push(match rest.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        let digits: String = rest.by_ref().take(4).collect();
                        char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                    }
                    quoted @ ('\\' | '\'' | '"') => quoted,
                    _ => return None,
                }),
                c => text.push(c),
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_ends_its_literal(text in r#"(\PC|['"\\\n\r\t%_]|\x00|\x1b){0,20}"#) {
            prop_assert_eq!(unquoted(&SoqlText::new(&text).to_string()), Some(text));
        }
    }

    #[test]
    fn a_hostile_value_stays_a_value() {
        let field = ApiName::new("Email").expect("a name");
        let query = Soql::new("SELECT Id FROM Contact WHERE ")
            .name(&field)
            .words(" = ")
            .text(&SoqlText::new("' OR Id != null --\\"));
        assert_eq!(query.as_str(), r"SELECT Id FROM Contact WHERE Email = '\' OR Id != null --\\'");
    }

    #[test]
    fn names_are_names() {
        for name in ["Id", "Foo__c", "Account.Owner.Name"] {
            assert!(ApiName::new(name).is_ok(), "{name}");
        }
        for name in ["", "1a", "a b", "a'", "a.", ".a", "a,b", "é", "a\n"] {
            assert!(ApiName::new(name).is_err(), "{name:?}");
        }
    }
}
