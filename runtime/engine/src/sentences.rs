//! What the runtime itself says to customers, where the program says nothing: in the language of the
//! conversation where it has it, and in English elsewhere.

use crate::message::Notice;

/// A fault ended the conversation.
pub const APOLOGY: &str = "Sorry, something went wrong on our side and this conversation had to \
    end. Please write to us again.";

/// The Case exists; its number could not be read.
pub const CASE_CREATED: &str = "Thank you. Your request has reached our team.";

/// The org does not answer in time; the Case comes later.
pub const CASE_DELAYED: &str =
    "Thank you. We have your request; it will reach our team in a little while.";

/// The org refused the Case; an operator sees it.
pub const CASE_REJECTED: &str = "Thank you. We have your request, but it could not be filed \
    automatically. A colleague will look after it.";

/// What the customer says by the button below an answer of the AI.
pub const HELPED: &str = "That helped.";

/// What the customer wrote is refused on the agents' side; an operator sees it.
pub const NOT_PASSED_ON: &str = "Your message could not be passed on to our team.";

/// A language that the runtime has sentences in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    English,
    German,
}

impl Tongue {
    /// The one for a language of a project.
    pub(crate) fn of(language: Option<&str>) -> Self {
        match language.and_then(|tag| tag.split('-').next()) {
            Some("de") => Self::German,
            _ => Self::English,
        }
    }

    /// The one of two texts.
    fn say<'t>(self, english: &'t str, german: &'t str) -> &'t str {
        match self {
            Self::English => english,
            Self::German => german,
        }
    }

    /// What a checkbox says in an answer.
    pub(crate) fn yes_or_no(self, yes: bool) -> &'static str {
        if yes { self.say("Yes", "Ja") } else { self.say("No", "Nein") }
    }
}

/// What became of a conversation or its Case; the number is that of a Case that was created.
pub(crate) fn notice(notice: Notice, number: Option<&str>, tongue: Tongue) -> String {
    let text = match notice {
        Notice::Apology => tongue.say(
            APOLOGY,
            "Entschuldigung, bei uns ging etwas schief, und dieses Gespräch musste enden. \
             Bitte schreiben Sie uns noch einmal.",
        ),
        Notice::Helped => tongue.say(HELPED, "Das hat geholfen."),
        Notice::NotPassedOn => tongue
            .say(NOT_PASSED_ON, "Ihre Nachricht konnte nicht an unser Team weitergegeben werden."),
        Notice::CaseCreated => {
            tongue.say(CASE_CREATED, "Vielen Dank. Ihr Anliegen hat unser Team erreicht.")
        }
        Notice::CaseDelayed => tongue.say(
            CASE_DELAYED,
            "Vielen Dank. Wir haben Ihr Anliegen; es erreicht unser Team in Kürze.",
        ),
        Notice::CaseRejected => tongue.say(
            CASE_REJECTED,
            "Vielen Dank. Wir haben Ihr Anliegen, konnten es aber nicht automatisch anlegen. Unser \
             Team kümmert sich darum.",
        ),
    };
    match number {
        Some(number) => {
            format!("{text} {} {number}.", tongue.say("Its number is", "Die Vorgangsnummer ist"))
        }
        None => text.to_owned(),
    }
}
