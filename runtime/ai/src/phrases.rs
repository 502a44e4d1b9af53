//! What `answer` says itself around what it quotes.

use crate::text::Tongue;

/// Its sentences in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Phrases {
    /// Before a quotation; the article's title stands for `{}`.
    quotes: &'static str,
    /// Behind it.
    pub(crate) did_that_help: &'static str,
}

impl Phrases {
    pub(crate) fn of(tongue: Tongue) -> Self {
        let (quotes, did_that_help) = match tongue {
            Tongue::English => ("From “{}”:", "Did that help?"),
            Tongue::German => ("Aus „{}“:", "Hat das geholfen?"),
            Tongue::French => ("Dans « {} » :", "Cela vous a-t-il aidé ?"),
            Tongue::Spanish => ("De «{}»:", "¿Le ha ayudado?"),
            Tongue::Italian => ("Da «{}»:", "È stato utile?"),
            Tongue::Dutch => ("Uit “{}”:", "Heeft dat geholpen?"),
            Tongue::Portuguese => ("De “{}”:", "Isso ajudou?"),
        };
        Self { quotes, did_that_help }
    }

    pub(crate) fn quotes(self, title: &str) -> String {
        self.quotes.replacen("{}", title, 1)
    }
}
