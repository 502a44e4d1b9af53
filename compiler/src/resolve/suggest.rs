//! What was probably meant by a name that nothing answers to.

use tidegate_schemas::catalog::Object;

/// The candidate that is written most alike, if one is alike enough.
pub(crate) fn closest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let known = bare(word);
    let most = (known.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&known, &bare(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        // Of those that differ only in what people forget, the one that is written most alike.
        .map(|(distance, its)| (distance, strsim::damerau_levenshtein(word, its), its))
        .min()
        .map(|(.., candidate)| candidate)
}

/// A name without what people forget: case, underscores, the suffix of custom names.
fn bare(name: &str) -> String {
    let name = name.strip_suffix("__c").unwrap_or(name);
    name.chars()
        .filter(|character| !matches!(character, '_' | ' ' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a name says what a label says, as far as a name can say it.
pub(crate) fn says(name: &str, label: &str) -> bool {
    let letters = |text: &str| -> String {
        let kept = text.chars().filter(|character| character.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect()
    };
    let label = letters(label);
    !label.is_empty() && (letters(name) == label || letters(&bare(name)) == label)
}

/// Whether two names are the same but for what people forget.
pub(crate) fn same(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}

/// A field that was probably meant.
pub(crate) struct FieldGuess<'a> {
    /// Its API name.
    pub(crate) name: &'a str,
    /// Whether the label was written.
    pub(crate) by_label: bool,
}

/// The field of an object that was probably meant; its label counts as well as its name.
pub(crate) fn field<'a>(object: &'a Object, word: &str) -> Option<FieldGuess<'a>> {
    let same = object.fields.values().find(|field| same(&field.name, word));
    if let Some(field) = same {
        return Some(FieldGuess { name: &field.name, by_label: false });
    }
    let labelled = object.fields.values().find(|field| says(word, &field.label));
    if let Some(field) = labelled {
        return Some(FieldGuess { name: &field.name, by_label: true });
    }
    closest(word, object.fields.keys().map(String::as_str))
        .map(|name| FieldGuess { name, by_label: false })
}

#[cfg(test)]
mod tests {
    use super::{closest, says};

    #[test]
    fn case_suffix_and_slips_are_forgiven() {
        let fields = ["Priority", "Product__c", "Order_Number__c"];
        assert_eq!(closest("Prioritty", fields), Some("Priority"));
        assert_eq!(closest("product", fields), Some("Product__c"));
        assert_eq!(closest("OrderNumber", fields), Some("Order_Number__c"));
        assert_eq!(closest("Weather", fields), None);
    }

    #[test]
    fn of_names_that_differ_in_what_is_forgotten_the_one_written_most_alike_is_meant() {
        let fields = ["Order__c", "Order"];
        assert_eq!(closest("Ordr", fields), Some("Order"));
        assert_eq!(closest("Ordr__c", fields), Some("Order__c"));
    }

    #[test]
    fn a_label_is_known_without_the_signs_that_no_name_can_have() {
        assert!(says("Asst_Phone", "Asst. Phone"));
        assert!(says("mailingstateprovince", "Mailing State/Province"));
        assert!(!says("Phone", "Asst. Phone"));
        assert!(!says("", "…"));
    }
}
