//! The language that a conversation is held in.

use tidegate_plan::model::SPOKEN;
use tidegate_plan::value::Value;
use tidegate_plan::verify::VerifiedPlan;

use crate::state::Conversation;

/// The language of a conversation, where its plan has any.
pub(crate) fn language<'c>(plan: &VerifiedPlan, conversation: &'c Conversation) -> Option<&'c str> {
    let slot = conversation.slots.get(plan.session(SPOKEN)?.index())?.as_ref()?;
    match &slot.value {
        Value::Text(language) => Some(language),
        _ => None,
    }
}

/// The language of a list that serves somebody best who wants one: the one itself, then a wider one
/// (`de` for `de-AT`), then one of the same tongue (`pt-BR` for `pt`). Tags are those of BCP 47.
pub(crate) fn best<'l>(wanted: &str, languages: &[&'l str]) -> Option<&'l str> {
    let mut range = wanted.trim();
    loop {
        let same = languages.iter().find(|language| language.eq_ignore_ascii_case(range));
        if let Some(same) = same {
            return Some(same);
        }
        match range.rsplit_once('-') {
            Some((wider, _)) => range = wider,
            None => break,
        }
    }
    let tongue = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    languages.iter().find(|language| tongue(language) == range.to_ascii_lowercase()).copied()
}

#[cfg(test)]
mod tests {
    use super::best;

    #[test]
    fn a_wider_language_serves_those_who_want_a_narrow_one() {
        let languages = ["en", "de", "pt-BR", "zh-Hant"];
        for (wanted, expected) in [
            ("de", Some("de")),
            ("DE-at", Some("de")),
            ("de-CH-1996", Some("de")),
            ("pt", Some("pt-BR")),
            ("pt-PT", Some("pt-BR")),
            ("zh-Hant-TW", Some("zh-Hant")),
            ("fr", None),
            ("", None),
            ("d", None),
            ("--", None),
        ] {
            assert_eq!(best(wanted, &languages), expected, "{wanted}");
        }
    }
}
