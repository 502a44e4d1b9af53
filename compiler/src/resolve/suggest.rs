//! What was probably meant by a name that nothing answers to.

use tidegate_schemas::catalog::Object;

/// The candidate that is written most alike, if one is alike enough.
pub(crate) fn closest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = bare(word);
    let most = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &bare(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

/// A name without what people forget: case, underscores, the suffix of custom names.
fn bare(name: &str) -> String {
    let name = name.strip_suffix("__c").unwrap_or(name);
    name.chars()
        .filter(|character| !matches!(character, '_' | ' ' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
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
    let wanted = bare(word);
    let same = object.fields.values().find(|field| bare(&field.name) == wanted);
    if let Some(field) = same {
        return Some(FieldGuess { name: &field.name, by_label: false });
    }
    let labelled = object.fields.values().find(|field| bare(&field.label) == wanted);
    if let Some(field) = labelled {
        return Some(FieldGuess { name: &field.name, by_label: true });
    }
    closest(word, object.fields.keys().map(String::as_str))
        .map(|name| FieldGuess { name, by_label: false })
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn case_suffix_and_slips_are_forgiven() {
        let fields = ["Priority", "Product__c", "Order_Number__c"];
        assert_eq!(closest("Prioritty", fields), Some("Priority"));
        assert_eq!(closest("product", fields), Some("Product__c"));
        assert_eq!(closest("OrderNumber", fields), Some("Order_Number__c"));
        assert_eq!(closest("Weather", fields), None);
    }
}
