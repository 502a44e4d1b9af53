//! Articles, found by what a question speaks of: BM25 over their sections.
//!
//! Words are compared as in [`mod@crate::detect`], so a question in other words than the article's,
//! or in another language, finds it as well. Beside its score a section has a share: how much of what
//! the question says it speaks of, the rarer a word the more. A section with a small share is no
//! answer, however much better than the others it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::{Index, Tongue, Word, Words};

/// BM25's usual: how soon a word counts no more for standing in several places, and how much a long
/// section is held to be long by chance.
const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.6;
/// How much a word counts by where it stands.
const IN_TITLE: f64 = 1.0;
const IN_HEADING: f64 = 1.5;
const IN_TEXT: f64 = 1.0;
/// What is known of the customer beside their words: it tells which of several answers, not whether
/// there is one.
const KNOWN_BESIDE: f64 = 0.3;
/// A word that stands nowhere counts less against a section than one that stands elsewhere: it may
/// only be how the customer speaks.
const UNKNOWN: f64 = 0.5;
/// For articles in the customer's own language.
const OWN_LANGUAGE: f64 = 1.2;

/// An article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// What it is known by, such as its path.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Where people read it.
    pub url: Option<String>,
    /// The tag of its language.
    pub language: Option<String>,
    /// Its sections in order.
    pub sections: Vec<Section>,
}

/// A section of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading; empty before the first one.
    pub heading: String,
    /// Its text, paragraphs parted by an empty line.
    pub text: String,
}

/// A section that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<'l> {
    /// Its article.
    pub article: &'l Article,
    /// The section.
    pub section: &'l Section,
    /// How well it fits beside others.
    pub score: f64,
    /// How much of the question it speaks of, from 0 to 1.
    pub share: f64,
    /// How many of its words the question meets.
    pub words: usize,
}

/// Articles, ready to be searched.
#[derive(Debug, Clone, Default)]
pub struct Library {
    articles: Vec<Article>,
    sections: Vec<Indexed>,
    /// Every word once, with the sections in which it stands.
    words: Vec<Entry>,
    index: Index,
    average: f64,
}

#[derive(Debug, Clone)]
struct Indexed {
    article: usize,
    section: usize,
    tongue: Option<Tongue>,
    length: f64,
}

#[derive(Debug, Clone)]
struct Entry {
    word: Word,
    /// Sections, with the weight that the word has there.
    places: BTreeMap<usize, f64>,
}

/// The sections that speak of a word, with how well it fits and what it weighs there.
type Fits = BTreeMap<usize, Fit>;

/// How well a word fits a section.
#[derive(Debug, Clone, Copy, Default)]
struct Fit {
    /// By the word there that fits best.
    best: f64,
    /// Which one that is.
    entry: usize,
    /// What all that fit weigh there.
    weight: f64,
}

/// What speaks for a section.
#[derive(Debug, Clone, Default)]
struct Standing {
    score: f64,
    share: f64,
    met: BTreeSet<usize>,
}

impl Library {
    /// A library of these articles.
    pub fn new(articles: Vec<Article>) -> Self {
        let mut library = Self::default();
        for (at, article) in articles.iter().enumerate() {
            let tongue = article.language.as_deref().and_then(Tongue::of_tag);
            for (section, its) in article.sections.iter().enumerate() {
                let index = library.sections.len();
                let text = Words::of(&its.text, tongue);
                library.sections.push(Indexed {
                    article: at,
                    section,
                    tongue,
                    length: text.all.len() as f64,
                });
                library.add(index, text, IN_TEXT);
                library.add(index, Words::of(&its.heading, tongue), IN_HEADING);
                library.add(index, Words::of(&article.title, tongue), IN_TITLE);
            }
        }
        let lengths: f64 = library.sections.iter().map(|its| its.length).sum();
        library.average = lengths / (library.sections.len() as f64).max(1.0);
        library.articles = articles;
        library
    }

    /// Whether there is nothing to be found.
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    fn add(&mut self, section: usize, words: Words, weight: f64) {
        for word in words.all {
            let mut same = self.index.of_stem(&word).iter().copied();
            let known = same.find(|at| self.words[*at].word.is_same(&word));
            let at = known.unwrap_or_else(|| {
                self.index.add(&word, self.words.len());
                self.words.push(Entry { word, places: BTreeMap::new() });
                self.words.len() - 1
            });
            *self.words[at].places.entry(section).or_default() += weight;
        }
    }

    /// The sections that speak of a question, the best first. What is known beside it only orders
    /// them.
    pub fn find(&self, question: &str, beside: &[&str], language: Option<&str>) -> Vec<Found<'_>> {
        let tongue = language.and_then(Tongue::of_tag);
        let words = Words::newest(question, tongue);
        let mut standings: BTreeMap<usize, Standing> = BTreeMap::new();
        let mut all = 0.0;
        for word in &words.all {
            let fits = self.fits(word);
            let rare = self.rarity(fits.len());
            all += match (fits.is_empty(), word.is_figure()) {
                (true, true) => 0.0,
                (true, false) => UNKNOWN * rare,
                (false, _) => rare,
            };
            for (section, fit) in fits {
                let standing = standings.entry(section).or_default();
                standing.score += rare * fit.best * self.saturated(section, fit.weight);
                standing.share += rare * fit.best;
                standing.met.insert(fit.entry);
            }
        }
        for word in &Words::newest(&beside.join("\n"), tongue).all {
            let fits = self.fits(word);
            let rare = self.rarity(fits.len());
            for (section, fit) in fits {
                if let Some(standing) = standings.get_mut(&section) {
                    let weight = self.saturated(section, fit.weight);
                    standing.score += KNOWN_BESIDE * rare * fit.best * weight;
                }
            }
        }
        let all = f64::max(all, f64::MIN_POSITIVE);
        let mut found: Vec<Found<'_>> = standings
            .into_iter()
            .map(|(at, standing)| self.found(at, &standing, all, words.tongue))
            .collect();
        // Of equals the first in the library comes first.
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        found
    }

    fn found(&self, at: usize, standing: &Standing, all: f64, spoken: Tongue) -> Found<'_> {
        let its = &self.sections[at];
        let article = &self.articles[its.article];
        let factor = if its.tongue == Some(spoken) { OWN_LANGUAGE } else { 1.0 };
        Found {
            article,
            section: &article.sections[its.section],
            score: standing.score * factor,
            share: standing.share / all,
            words: standing.met.len(),
        }
    }

    fn fits(&self, word: &Word) -> Fits {
        let mut fits = Fits::new();
        for at in self.index.near(word) {
            let entry = &self.words[at];
            let fit = word.likeness(&entry.word);
            if fit <= 0.0 {
                continue;
            }
            for (section, weight) in &entry.places {
                let known = fits.entry(*section).or_default();
                if fit > known.best {
                    (known.best, known.entry) = (fit, at);
                }
                known.weight += weight;
            }
        }
        fits
    }

    fn rarity(&self, places: usize) -> f64 {
        let (all, places) = (self.sections.len() as f64, places as f64);
        (1.0 + (all - places + 0.5) / (places + 0.5)).ln()
    }

    fn saturated(&self, section: usize, weight: f64) -> f64 {
        let long = 1.0 - LENGTH + LENGTH * self.sections[section].length / self.average.max(1.0);
        weight * (SATURATION + 1.0) / (weight + SATURATION * long)
    }
}

impl Found<'_> {
    /// Its article's title, with its heading where it has one of its own.
    pub fn heading(&self) -> String {
        let (title, heading) = (self.article.title.trim(), self.section.heading.trim());
        if heading.is_empty() || heading.eq_ignore_ascii_case(title) {
            return title.to_owned();
        }
        format!("{title} › {heading}")
    }

    /// The text of the section, or of a long one the part that speaks most of the question, in at
    /// most so many characters.
    pub fn passage(&self, question: &str, most: usize) -> String {
        let text = self.section.text.trim();
        if text.chars().count() <= most {
            return text.to_owned();
        }
        let asked = Words::newest(question, None);
        let paragraphs: Vec<&str> =
            text.split("\n\n").filter(|one| !one.trim().is_empty()).collect();
        let speaks = |paragraph: &str| -> f64 {
            let its = Words::of(paragraph, None);
            let best =
                |word: &Word| its.all.iter().map(|other| word.likeness(other)).fold(0.0, f64::max);
            asked.all.iter().map(best).sum()
        };
        let mut best = (0, 0.0);
        for (at, paragraph) in paragraphs.iter().enumerate() {
            let speaks = speaks(paragraph);
            if speaks > best.1 {
                best = (at, speaks);
            }
        }
        let mut passage = String::new();
        for paragraph in &paragraphs[best.0..] {
            let room = most.saturating_sub(passage.chars().count() + 2);
            if paragraph.chars().count() > room && !passage.is_empty() {
                break;
            }
            if !passage.is_empty() {
                passage.push_str("\n\n");
            }
            passage.push_str(&cut(paragraph, most));
        }
        passage
    }
}

/// The beginning of a text, ending at a blank where there is one.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    let at_word = kept.rfind(char::is_whitespace).unwrap_or(kept.len());
    format!("{}…", kept[..at_word].trim_end())
}

#[cfg(test)]
mod tests {
    use super::{Article, Library, Section};

    fn article(name: &str, language: &str, title: &str, sections: &[(&str, &str)]) -> Article {
        let section = |(heading, text): &(&str, &str)| Section {
            heading: (*heading).to_owned(),
            text: (*text).to_owned(),
        };
        Article {
            name: name.to_owned(),
            title: title.to_owned(),
            url: None,
            language: Some(language.to_owned()),
            sections: sections.iter().map(section).collect(),
        }
    }

    fn library() -> Library {
        Library::new(vec![
            article(
                "a",
                "en",
                "Your bill",
                &[("", "We send the invoice by e-mail."), ("Paying", "By card or by transfer.")],
            ),
            article("b", "de", "Ihre Rechnung", &[("", "Die Rechnung kommt per E-Mail.")]),
            article("c", "en", "Bleeding a radiator", &[("", "Turn the key until water comes.")]),
        ])
    }

    #[test]
    fn the_section_that_speaks_of_the_question_comes_first() {
        let library = library();
        let best =
            |question, language| library.find(question, &[], language)[0].article.name.clone();
        assert_eq!(best("When do I get my invoice?", Some("en")), "a");
        assert_eq!(best("Wann kommt die Rechnung?", Some("de")), "b");
        assert_eq!(best("how do I bleed my radiators", None), "c");
        assert_eq!(library.find("paying by card", &[], None)[0].section.heading, "Paying");
        assert!(library.find("xylophone lessons", &[], None).is_empty());
        assert!(Library::default().find("bill", &[], None).is_empty());
    }

    #[test]
    fn a_question_of_something_else_has_a_small_share() {
        let library = library();
        let share =
            |question| library.find(question, &[], None).first().map_or(0.0, |its| its.share);
        assert!(share("the invoice by e-mail") > 0.8);
        assert!(share("the insurance of my motorbike e-mail") < 0.5);
    }

    #[test]
    fn the_end_of_a_long_section_is_found() {
        let long = (0..2_000).map(|at| format!("filler{at} ")).collect::<String>();
        let text = format!("{long}\n\nTurn the blue valve.");
        let library = Library::new(vec![article("a", "en", "Radiators", &[("", &text)])]);
        let found = library.find("which valve is blue", &[], None);
        assert_eq!(found[0].passage("which valve is blue", 100), "Turn the blue valve.");
    }

    #[test]
    fn a_long_section_is_quoted_where_it_speaks_of_the_question() {
        let long = "Nothing of interest stands here.\n\n".repeat(30) + "Turn the blue valve.";
        let library = Library::new(vec![article("a", "en", "Valves", &[("", &long)])]);
        let found = library.find("which valve is blue", &[], None);
        assert_eq!(found[0].passage("which valve is blue", 100), "Turn the blue valve.");
        assert!(found[0].passage("", 100).chars().count() <= 100);
    }
}
