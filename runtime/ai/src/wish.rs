//! What a customer's reply makes of an answer: it helped, it did not, or a person is wanted.
//!
//! Told by words of the seven languages of [`crate::Tongue`], whatever language is spoken. That an
//! answer helped ends a conversation with no one looking at it, so it is believed only of a reply that
//! says nothing else: each of its words is of a closed list of phrases.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::text::{fold, is_mark, tokens};

/// The phrases of which a reply is made that says that something helped.
const HELPED: &str = include_str!("wish/helped.txt");

/// Says that something is not so.
const DENIED: &str = "no not nope dont doesnt didnt isnt cant cannot couldnt wont wasnt hasnt havent still unfortunately but nothing never \
    nein nicht nee leider aber kein keine keinen nichts trotzdem weiterhin immer noch \
    non pas mais rien toujours malheureusement \
    pero nada tampoco todavia \
    ma niente purtroppo \
    nee niet maar helaas geen \
    nao mas nada infelizmente";

/// Somebody of flesh and blood.
const PERSON: &str = "human humans person agent agents representative rep advisor adviser operator someone somebody colleague employee staff \
    mensch menschen mitarbeiter mitarbeiterin mitarbeitern berater beraterin jemand jemanden jemandem person kollegen kundenberater sachbearbeiter \
    humain humaine personne conseiller conseillere agent quelquun \
    humano humana persona agente asesor alguien operador \
    umano persona operatore qualcuno agente \
    mens medewerker persoon iemand collega \
    humano pessoa atendente alguem";

/// What one wants of them.
const TALK: &str = "talk speak talking speaking chat connect transfer reach contact call real live actual \
    sprechen reden spreche rede verbinden verbinde verbindet erreichen echten echter echte echtem richtigen anrufen telefonieren kontakt \
    parler joindre contacter vrai vraie discuter \
    hablar comunicarme comunicar contactar real \
    parlare contattare vero vera \
    spreken praten verbinden echte contact \
    falar conversar verdadeira";

/// Alone, or in so few words, one of [`PERSON`] is a wish.
const BARE_WISH: usize = 3;
/// Between what one wants and of whom stand so many words at most.
const APART: usize = 5;
/// A longer reply says more than that something did not help.
const SHORT: usize = 12;
/// Those that are clearly meant where hardly anything else is said.
const CLEARLY_PERSON: &str = "human agent operator representative person mensch mitarbeiter berater kundenberater humain conseiller humano agente operador operatore persona medewerker atendente";

/// Whether the words clearly want a person.
pub(crate) fn wants_person(text: &str) -> bool {
    let words = words(text);
    if words.len() <= BARE_WISH && words.iter().any(|word| is_of(word, CLEARLY_PERSON)) {
        return !words.iter().any(|word| is_of(word, DENIED));
    }
    let talk = positions(&words, TALK);
    let person = positions(&words, PERSON);
    talk.iter().any(|talk| {
        // Who does not want to talk says so shortly before.
        let before = &words[talk.saturating_sub(3)..*talk];
        let near = person.iter().any(|person| talk.abs_diff(*person) <= APART && talk != person);
        near && !before.iter().any(|word| is_of(word, DENIED))
    })
}

/// A longer reply is hardly made of thanks alone.
const LONGEST_THANKS: usize = 24;
/// Words of a phrase of [`HELPED`] at most.
const LONGEST_PHRASE: usize = 6;
/// Signs beside words that change nothing of what they say.
const PLAIN: &str = ".,;:!-–—…¡)'’ʼ\"“”„«»*👍👌🙏🙂😀😃😄😊🎉✅💯❤\u{fe0f}";
/// Colours of a hand.
const COLOURS: std::ops::RangeInclusive<char> = '\u{1f3fb}'..='\u{1f3ff}';

/// A language's phrases.
#[derive(Debug, Default)]
struct Helped {
    /// Those that say that something helped.
    yes: BTreeSet<Vec<String>>,
    /// Those that say nothing beside them.
    along: BTreeSet<Vec<String>>,
}

static PHRASES: LazyLock<Vec<Helped>> = LazyLock::new(|| {
    let mut all: Vec<(&str, Helped)> = Vec::new();
    for line in HELPED.lines().filter(|line| !line.starts_with('#')) {
        let Some((mark, phrases)) = line.split_once(':') else { continue };
        let tag = mark.trim_end_matches(['+', '.']);
        let at = all.iter().position(|(known, _)| *known == tag).unwrap_or_else(|| {
            all.push((tag, Helped::default()));
            all.len() - 1
        });
        let (_, its) = &mut all[at];
        let into = if mark.ends_with('+') { &mut its.yes } else { &mut its.along };
        into.extend(phrases.split(',').map(words));
    }
    all.into_iter().map(|(_, its)| its).collect()
});

impl Helped {
    /// Whether words are made of these phrases alone, one of which says that something helped.
    fn make(&self, words: &[String]) -> bool {
        // For each word: whether those before it are made of phrases, and whether one of them says so.
        let mut reached: Vec<Option<bool>> = vec![None; words.len() + 1];
        reached[0] = Some(false);
        for from in 0..words.len() {
            let Some(said) = reached[from] else { continue };
            for to in from + 1..=words.len().min(from + LONGEST_PHRASE) {
                let phrase = &words[from..to];
                let yes = self.yes.contains(phrase);
                if yes || self.along.contains(phrase) {
                    reached[to] = Some(said || yes || reached[to] == Some(true));
                }
            }
        }
        reached[words.len()] == Some(true)
    }
}

/// Whether the words say that an answer helped, and nothing else.
pub(crate) fn says_it_helped(text: &str) -> bool {
    let plain = |sign: char| {
        sign.is_alphanumeric()
            || sign.is_whitespace()
            || is_mark(sign)
            || PLAIN.contains(sign)
            || COLOURS.contains(&sign)
    };
    let words = words(text);
    words.len() <= LONGEST_THANKS
        && text.chars().all(plain)
        && PHRASES.iter().any(|phrases| phrases.make(&words))
}

/// Whether the words say that an answer did not help, and little else.
pub(crate) fn says_it_did_not(text: &str) -> bool {
    let words = words(text);
    words.len() <= SHORT && words.iter().any(|word| is_of(word, DENIED))
}

fn words(text: &str) -> Vec<String> {
    tokens(text).map(fold).filter(|word| !word.is_empty()).collect()
}

fn positions(words: &[String], of: &str) -> Vec<usize> {
    (0..words.len()).filter(|at| is_of(&words[*at], of)).collect()
}

fn is_of(word: &str, words: &str) -> bool {
    words.split_whitespace().any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use super::{DENIED, LONGEST_PHRASE, PHRASES, says_it_did_not, says_it_helped, wants_person};

    const REPLIES: &str = include_str!("wish/replies.txt");

    #[test]
    fn a_wish_for_a_person_is_understood_in_several_languages() {
        for wish in [
            "I want to talk to a human",
            "can I speak with a real person please",
            "agent",
            "HUMAN!!!",
            "connect me to someone who knows",
            "Ich möchte mit einem Menschen sprechen",
            "kann ich bitte einen Mitarbeiter erreichen?",
            "Mitarbeiter bitte",
            "ein echter mensch bitte",
            "Je voudrais parler à un conseiller",
            "quiero hablar con una persona",
            "vorrei parlare con un operatore",
            "ik wil een medewerker spreken",
            "quero falar com um atendente",
        ] {
            assert!(wants_person(wish), "{wish}");
        }
    }

    #[test]
    fn other_words_are_no_such_wish() {
        for words in [
            "I don't want to talk to a person",
            "How do I add a colleague to my account?",
            "Wie viele Mitarbeiter kann ich anlegen?",
            "My agent software crashes every morning at nine",
            "Which contact lenses do people buy?  I ask for a friend of mine, a person of age",
            "",
        ] {
            assert!(!wants_person(words), "{words}");
        }
    }

    #[test]
    fn thanks_are_told_from_a_further_question() {
        for words in [
            "Thanks, that worked!",
            "danke",
            "Super, hat geklappt",
            "merci",
            "perfecto, gracias",
            "yes",
        ] {
            assert!(says_it_helped(words) && !says_it_did_not(words), "{words}");
        }
        for words in
            ["no", "that did not help", "leider nein", "hat nicht geklappt", "toujours pas"]
        {
            assert!(says_it_did_not(words) && !says_it_helped(words), "{words}");
        }
        for words in ["thanks, but where is the button?", "works?", "and on Sundays"] {
            assert!(!says_it_helped(words), "{words}");
        }
    }

    /// What is wrongly taken for a yes ends a conversation, and its words are lost.
    #[test]
    fn nothing_but_a_yes_is_taken_for_one() {
        let replies = REPLIES.lines().filter(|line| !line.starts_with('#'));
        let (yes, other): (Vec<&str>, Vec<&str>) = replies.partition(|line| line.starts_with('+'));
        let taken = |line: &&&str| says_it_helped(&line[2..]);
        let wrongly: Vec<&&str> = other.iter().filter(taken).collect();
        assert!(other.len() >= 120 && wrongly.is_empty(), "{wrongly:#?}");
        let missed: Vec<&&str> = yes.iter().filter(|line| !taken(line)).collect();
        assert!(yes.len() >= 50 && missed.len() * 10 <= yes.len(), "{missed:#?}");
    }

    #[test]
    fn phrases_are_as_long_as_they_are_looked_for() {
        let all = || PHRASES.iter().flat_map(|its| its.yes.iter().chain(&its.along));
        assert!(all().all(|phrase| (1..=LONGEST_PHRASE).contains(&phrase.len())));
        // What negates is part of none.
        for word in DENIED.split_whitespace() {
            let lone = all().find(|phrase| phrase.iter().any(|one| one == word));
            assert_eq!(lone, None, "{word}");
        }
    }
}
