//! API names: letters, digits and single `_`, a letter first.

use std::collections::BTreeSet;

/// Characters of most names.
pub(crate) const LONGEST_NAME: usize = 80;
/// Characters of a custom field's name before its `__c`.
pub(crate) const LONGEST_FIELD: usize = 40;
/// Characters of what people read.
const LONGEST_LABEL: usize = 40;

/// The API name that a text becomes; itself where it is one.
pub(crate) fn api_name(text: &str, longest: usize) -> String {
    let mut name = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.insert_str(0, "key_");
    }
    name.truncate(longest);
    name.trim_end_matches('_').to_owned()
}

/// What people read in place of an API name.
pub(crate) fn label(name: &str) -> String {
    let words = name.trim_end_matches("__c").replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).take(LONGEST_LABEL).collect::<String>().trim_end().to_owned()
}

/// The names of one flow, in which capitals make no difference.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// Takes a name, or the next free one like it.
    pub(crate) fn take(&mut self, wanted: &str) -> String {
        let mut name = api_name(wanted, LONGEST_NAME);
        let mut number = 1;
        while !self.0.insert(name.to_ascii_lowercase()) {
            number += 1;
            let behind = format!("_{number}");
            name = api_name(wanted, LONGEST_NAME - behind.len()) + &behind;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, api_name, label};

    #[test]
    fn any_text_becomes_an_api_name() {
        let names = ["ai_topic", "Product Area", "a__b_", "_x", "2nd", "Größe", "数量", ""];
        let names = names.map(|text| api_name(text, 80));
        let expected = ["ai_topic", "Product_Area", "a_b", "x", "key_2nd", "Gr_e", "key", "key"];
        assert_eq!(names, expected);
        assert_eq!(api_name("twelve_letters", 7), "twelve");
    }

    #[test]
    fn a_label_is_words() {
        assert_eq!(label("user_Plan__c"), "User Plan");
        assert_eq!(label(&"a".repeat(60)).len(), 40);
    }

    #[test]
    fn names_of_a_flow_differ_in_more_than_capitals() {
        let mut names = Names::default();
        assert_eq!(names.take("find_queue"), "find_queue");
        assert_eq!(names.take("Find_Queue"), "Find_Queue_2");
    }
}
