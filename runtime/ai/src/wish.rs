//! What a customer's reply makes of an answer: it helped, it did not, or a person is wanted.
//!
//! Told by words of the seven languages of [`crate::Tongue`], whatever language is spoken; a short
//! reply is told by them alone.

use crate::text::{fold, tokens};

/// Says that something helped.
const HELPED: &str = "yes yep yeah yup sure thanks thank thx ty great perfect awesome brilliant excellent \
    solved resolved works worked working helped helps helpful cheers sorted done fixed \
    ja jo jup danke dankeschon super perfekt prima toll klasse spitze geklappt klappt geholfen hilft passt erledigt funktioniert gelost \
    oui merci parfait genial resolu marche fonctionne aide \
    si gracias perfecto estupendo resuelto funciona sirvio ayudo \
    grazie perfetto risolto funziona ottimo \
    bedankt dank perfect opgelost werkt geholpen fijn \
    sim obrigado obrigada perfeito resolvido funcionou ajudou otimo";

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
/// A longer reply says more than that something helped.
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

/// Whether the words say that an answer helped, and nothing else.
pub(crate) fn says_it_helped(text: &str) -> bool {
    let words = words(text);
    !text.contains('?')
        && words.len() <= SHORT
        && words.iter().any(|word| is_of(word, HELPED))
        && !words.iter().any(|word| is_of(word, DENIED))
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
    use super::{says_it_did_not, says_it_helped, wants_person};

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
}
