//! What agents ask with something to press, and how it is answered, in the words of both sides.

use tidegate_engine::offer::{Asks, OfferedOption, Reply};
use tidegate_salesforce::chat::{ChoiceOption, ChosenOption, Content, OutgoingContent};

use crate::chats::channel::ChatError;

/// What the conversation is to ask; the content as it is where it asks nothing that can be pressed.
pub(super) fn asks(content: Content) -> Result<Asks, Content> {
    match content {
        Content::Choices { text, options, .. } if !options.is_empty() => {
            let options = options.into_iter().map(option).collect();
            Ok(Asks::Choices { text: text.unwrap_or_default(), options })
        }
        content => Err(content),
    }
}

/// Cards of a carousel may all have options of one name, so those are told with their card's.
fn option(ChoiceOption { id, title, subtitle, card }: ChoiceOption) -> OfferedOption {
    let card = card.filter(|card| *card != title);
    let label = match (card, subtitle) {
        (None, None) => None,
        (Some(card), None) => Some(format!("{card}: {title}")),
        (None, Some(more)) => Some(format!("{title} – {more}")),
        (Some(card), Some(more)) => Some(format!("{card}: {title} – {more}")),
    };
    OfferedOption { id, title, label }
}

/// What answers a question.
pub(super) fn answer(question: &str, reply: Reply) -> Result<OutgoingContent, ChatError> {
    let unknown =
        |_| ChatError::Refused { status: None, why: "the question has no id of theirs".into() };
    let question = question.parse().map_err(unknown)?;
    Ok(match reply {
        Reply::Chosen { id, title } => {
            OutgoingContent::Choices { question, options: vec![ChosenOption { id, title }] }
        }
    })
}

#[cfg(test)]
mod tests {
    use tidegate_salesforce::chat::ChoicesFormat;

    use super::*;

    fn one(title: &str, subtitle: Option<&str>, card: Option<&str>) -> ChoiceOption {
        let text = |text: &str| text.to_owned();
        let (subtitle, card) = (subtitle.map(text), card.map(text));
        ChoiceOption { id: "o".to_owned(), title: title.to_owned(), subtitle, card }
    }

    #[test]
    fn options_of_one_name_are_told_by_their_cards() {
        let options = vec![
            one("Order", None, None),
            one("Order", Some("of today"), None),
            one("Take it", None, Some("A lamp")),
            one("Take it", Some("in red"), Some("A chair")),
            one("A desk", None, Some("A desk")),
        ];
        let format = ChoicesFormat::Carousel;
        let asked = asks(Content::Choices { format, text: None, options });
        let Ok(Asks::Choices { options, .. }) = asked else { panic!("{asked:?}") };
        let labels: Vec<&str> = options.iter().map(OfferedOption::label).collect();
        let expected =
            ["Order", "Order – of today", "A lamp: Take it", "A chair: Take it – in red"];
        assert_eq!(labels, [&expected[..], &["A desk"]].concat());
        // What is told to the agents is what they called it.
        assert!(options.iter().all(|option| !option.title.contains([':', '–'])));
    }

    #[test]
    fn what_has_nothing_to_press_is_text() {
        let empty = Content::Choices {
            format: ChoicesFormat::Other,
            text: Some("When?".to_owned()),
            options: Vec::new(),
        };
        assert_eq!(asks(empty.clone()), Err(empty));
    }
}
