//! `answer`: what the articles of a project say to a customer's question.
//!
//! It quotes the passage that speaks most of the question, with the article's address, and asks
//! whether that helped. It composes nothing, so it can say nothing wrong that no article says; where
//! no passage speaks of enough of the question, it says that it can't help, and a person does. What a
//! customer replies is understood as far as it matters: that it helped, that it did not, or that a
//! person is wanted.

use crate::extract::{Line, Role};
use crate::library::{Found, Library};
use crate::phrases::Phrases;
use crate::text::{self, Tongue};
use crate::wish;

/// How much of a question a passage must speak of, where it meets several of its words.
const ENOUGH: f64 = 0.25;
const SEVERAL: usize = 2;
/// The same where it meets one alone.
const ENOUGH_BY_ONE: f64 = 0.55;
/// Characters of a quotation at most.
const LONGEST: usize = 900;
/// So many of the customer's earlier messages belong to a question.
const BEFORE: usize = 6;

/// What is to be answered.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What was said, up to now.
    pub transcript: &'a [Line<'a>],
    /// What else is known, as labels with values.
    pub knowing: &'a [(String, String)],
    /// What may be quoted.
    pub library: &'a Library,
    /// Whether nothing more is answered: only whether the customer was helped is asked.
    pub closing: bool,
    /// The tag of the language that is likely.
    pub language: Option<&'a str>,
}

/// What is to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// This.
    Answer {
        /// The text.
        text: String,
        /// The name of the article that it quotes.
        article: String,
    },
    /// Nothing: the customer says that an answer helped.
    Confirmed,
    /// Nothing: the customer wants a person.
    Human,
    /// Nothing: no article speaks of it.
    Unresolved,
}

/// Answers, or says why not.
pub fn answer(request: &Request<'_>) -> Reply {
    let turn = Turn::of(request.transcript);
    let latest = turn.latest.join("\n");
    if turn.latest.iter().any(|words| wish::wants_person(words)) {
        return Reply::Human;
    }
    if turn.answered && wish::says_it_helped(&latest) {
        return Reply::Confirmed;
    }
    if request.closing {
        return Reply::Unresolved;
    }
    let refused = turn.answered && wish::says_it_did_not(&latest);
    let whole = turn.whole();
    // First what was just said; a short reply is understood only together with what came before.
    let anew = (!refused).then(|| quote(request, &latest, &turn, Heard::Anew)).flatten();
    let again = || quote(request, &whole, &turn, Heard::Again);
    anew.or_else(again).unwrap_or(Reply::Unresolved)
}

/// What was said, seen from the AI's next turn.
struct Turn<'a> {
    /// The customer's words since the AI's last ones.
    latest: Vec<&'a str>,
    /// The customer's words before.
    before: Vec<&'a str>,
    /// The AI's own words.
    own: Vec<&'a str>,
    /// Whether the AI has answered.
    answered: bool,
}

impl<'a> Turn<'a> {
    fn of(transcript: &'a [Line<'a>]) -> Self {
        let last = transcript.iter().rposition(|line| line.role == Role::Ai);
        let begins = last.map_or(0, |at| at + 1);
        let words = |lines: &'a [Line<'a>]| {
            let theirs = lines.iter().filter(|line| line.role == Role::Customer);
            theirs.map(|line| line.text).collect::<Vec<_>>()
        };
        let (mut before, mut latest) = (words(&transcript[..begins]), words(&transcript[begins..]));
        latest.drain(..latest.len().saturating_sub(BEFORE));
        before.drain(..before.len().saturating_sub(BEFORE));
        let own = transcript.iter().filter(|line| line.role == Role::Ai).map(|line| line.text);
        Self { latest, before, own: own.collect(), answered: last.is_some() }
    }

    fn whole(&self) -> String {
        let all: Vec<&str> = self.before.iter().chain(&self.latest).copied().collect();
        all.join("\n")
    }

    /// Whether a quotation would be said again: of what was asked before any other part of its section,
    /// of what is asked anew these very words.
    fn has_quoted(&self, found: &Found<'_>, passage: &str, heard: Heard) -> bool {
        let first = passage.split("\n\n").next().unwrap_or_default();
        self.own.iter().any(|words| match heard {
            Heard::Anew => words.contains(first),
            Heard::Again => words.contains(first) || quotes_section(words, found),
        })
    }
}

/// Whether a question stands in the customer's latest words alone, or in what they said before, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Anew,
    Again,
}

/// Whether an answer quotes some part of a section.
fn quotes_section(words: &str, found: &Found<'_>) -> bool {
    let heading = found.heading();
    text::ALL.into_iter().any(|tongue| {
        let quotation = words.strip_prefix(&Phrases::of(tongue).quotes(&heading));
        let first = quotation.and_then(|quotation| quotation.trim_start().split("\n\n").next());
        let first = first.map_or("", |first| first.trim_end_matches('…').trim_end());
        !first.is_empty() && found.section.text.contains(first)
    })
}

fn is_enough(found: &Found<'_>) -> bool {
    let needed = if found.words >= SEVERAL { ENOUGH } else { ENOUGH_BY_ONE };
    found.share >= needed
}

/// The best passage that is enough and was not quoted before.
fn quote(request: &Request<'_>, question: &str, turn: &Turn<'_>, heard: Heard) -> Option<Reply> {
    let beside: Vec<&str> = request.knowing.iter().map(|(_, value)| value.as_str()).collect();
    let found = request.library.find(question, &beside, request.language);
    found.into_iter().filter(is_enough).find_map(|found| {
        let passage = found.passage(question, LONGEST);
        (!turn.has_quoted(&found, &passage, heard)).then(|| quoted(request, &found, &passage))
    })
}

fn quoted(request: &Request<'_>, found: &Found<'_>, passage: &str) -> Reply {
    let tags = [found.article.language.as_deref(), request.language];
    let tongue = tags.into_iter().flatten().find_map(Tongue::of_tag).unwrap_or(Tongue::English);
    let phrases = Phrases::of(tongue);
    let head = phrases.quotes(&found.heading());
    let link = found.article.url.as_ref().map_or(String::new(), |url| format!("\n\n{url}"));
    let text = format!("{head}\n\n{passage}{link}\n\n{}", phrases.did_that_help);
    Reply::Answer { text, article: found.article.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::{Reply, Request, answer};
    use crate::extract::{Line, Role};
    use crate::library::{Article, Library, Section};

    fn library() -> Library {
        let article = |name: &str, title: &str, sections: &[(&str, &str)]| Article {
            name: name.to_owned(),
            title: title.to_owned(),
            url: Some(format!("https://help.example.com/{name}")),
            language: Some("en".to_owned()),
            sections: sections
                .iter()
                .map(|(heading, text)| Section {
                    heading: (*heading).to_owned(),
                    text: (*text).to_owned(),
                })
                .collect(),
        };
        Library::new(vec![
            article(
                "password",
                "Forgotten password",
                &[("", "Press “Forgot password” below the sign-in form. We send you a link.")],
            ),
            article(
                "invoice",
                "Invoices",
                &[
                    ("Where they are", "You find every invoice under Account, Billing."),
                    ("Paying by card", "Add a card under Billing, Payment."),
                ],
            ),
        ])
    }

    fn customer(text: &str) -> Line<'_> {
        Line { role: Role::Customer, text }
    }

    fn ai(text: &str) -> Line<'_> {
        Line { role: Role::Ai, text }
    }

    fn reply(transcript: &[Line<'_>]) -> Reply {
        let library = library();
        let request =
            Request { transcript, knowing: &[], library: &library, closing: false, language: None };
        answer(&request)
    }

    fn closing(transcript: &[Line<'_>]) -> Reply {
        let library = library();
        answer(&Request {
            transcript,
            knowing: &[],
            library: &library,
            closing: true,
            language: None,
        })
    }

    #[test]
    fn it_quotes_with_a_link_and_asks_whether_that_helped() {
        let Reply::Answer { text, article } = reply(&[customer("I forgot my password")]) else {
            panic!("no answer")
        };
        assert_eq!(article, "password");
        insta::assert_snapshot!(text, @r#"
        From “Forgotten password”:

        Press “Forgot password” below the sign-in form. We send you a link.

        https://help.example.com/password

        Did that help?
        "#);
    }

    #[test]
    fn it_knows_when_it_does_not_know() {
        for words in ["Do you deliver to the moon?", "", "hello", "my dog ate the remote control"] {
            assert_eq!(reply(&[customer(words)]), Reply::Unresolved, "{words}");
        }
        assert_eq!(reply(&[]), Reply::Unresolved);
    }

    #[test]
    fn replies_are_understood() {
        let first = [customer("I forgot my password"), ai("Press “Forgot password”.")];
        let then = |words: &'static str| [first[0], first[1], customer(words)];
        assert_eq!(reply(&then("great, thanks")), Reply::Confirmed);
        assert_eq!(reply(&then("I want to talk to a human")), Reply::Human);
        let further = reply(&then("thanks, and where do I find my invoice?"));
        assert!(matches!(further, Reply::Answer { article, .. } if article == "invoice"));
        assert_eq!(closing(&then("perfect")), Reply::Confirmed);
        assert_eq!(closing(&then("where is my invoice?")), Reply::Unresolved);
        // Nobody confirms what was not answered.
        assert_eq!(reply(&[customer("great, thanks")]), Reply::Unresolved);
    }

    /// The check-in is the program's own sentence: who answers it speaks of the answer before it.
    #[test]
    fn a_yes_to_the_check_in_confirms() {
        let asked = customer("I forgot my password");
        let check_in = Line { role: Role::Other, text: "Did that help?" };
        let answered = ai("Press “Forgot password”.");
        let then = |words: &'static str| [asked, answered, check_in, customer(words)];
        for words in ["yes", "Yes!", "yes it did, thanks", "ja", "oui", "sí"] {
            assert_eq!(reply(&then(words)), Reply::Confirmed, "{words}");
            assert_eq!(closing(&then(words)), Reply::Confirmed, "{words}");
        }
        for words in ["no", "yes but it is broken again", "which one?", "I am still here"] {
            assert_ne!(reply(&then(words)), Reply::Confirmed, "{words}");
        }
        // Nobody has answered yet.
        assert_ne!(reply(&[asked, check_in, customer("yes")]), Reply::Confirmed);
    }

    #[test]
    fn what_did_not_help_is_not_said_again() {
        let Reply::Answer { text, .. } = reply(&[customer("I forgot my password")]) else {
            panic!("no answer")
        };
        let transcript =
            [customer("I forgot my password"), ai(&text), customer("no, that did not help")];
        assert_eq!(reply(&transcript), Reply::Unresolved);
    }

    #[test]
    fn a_short_reply_is_no_confirmation_unless_it_says_so_alone() {
        let first = [customer("I forgot my password"), ai("Press “Forgot password”.")];
        let then = |words: &'static str| [first[0], first[1], customer(words)];
        for words in
            ["It worked yesterday, broken again today", "great, broken again", "J'ai besoin d'aide"]
        {
            assert_ne!(reply(&then(words)), Reply::Confirmed, "{words}");
            assert_eq!(closing(&then(words)), Reply::Unresolved, "{words}");
        }
        let further = reply(&then("thanks, my invoice"));
        assert!(matches!(further, Reply::Answer { article, .. } if article == "invoice"));
    }

    #[test]
    fn no_other_part_of_a_section_that_did_not_help_is_quoted() {
        let part = |what: &str| format!("{what} {}", "Nothing else stands here. ".repeat(30));
        let text = [
            part("The blue valve of the boiler leaks sometimes."),
            part("The pump hums, and the pump of the boiler stops."),
        ];
        let library = Library::new(vec![Article {
            name: "boiler".to_owned(),
            title: "Boiler".to_owned(),
            url: None,
            language: Some("en".to_owned()),
            sections: vec![Section { heading: String::new(), text: text.join("\n\n") }],
        }]);
        let reply = |transcript: &[Line<'_>]| {
            let (knowing, language) = (&[][..], None);
            answer(&Request { transcript, knowing, library: &library, closing: false, language })
        };
        let Reply::Answer { text, .. } = reply(&[customer("my boiler's blue valve leaks")]) else {
            panic!("no answer")
        };
        assert!(text.contains("blue valve") && !text.contains("pump"), "{text}");
        let asked = customer("my boiler's blue valve leaks");
        let refused = customer("no, that did not help, the boiler pump hums, the pump stops");
        assert_eq!(reply(&[asked, ai(&text), refused]), Reply::Unresolved);
        // What is asked anew may stand in the same section.
        let anew = reply(&[asked, ai(&text), customer("the pump of my boiler hums and stops")]);
        assert!(matches!(anew, Reply::Answer { text, .. } if text.contains("The pump hums")));
    }
}
