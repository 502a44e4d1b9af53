//! Texts in the languages of the project: what they are, and where they are used by name.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{
    AttrId, Expr, ExprKind, FieldWords, Literal, Space, Spoken, SpokenText, StepKind, TemplatePart,
    Type,
};
use crate::lower::Lowering;
use crate::resolve::scope::Query;
use crate::resolve::session::SPOKEN;
use crate::resolve::suggest;
use crate::source::{ItemId, Loc, Range};
use crate::syntax::ast::{self, BinaryOp, Name, Wording};
use crate::types::assign;
use crate::types::infer::{error, made};

/// What stands in a form, in the first language and in others where it is another text there.
#[derive(Default)]
pub(super) struct Worded {
    pub(super) first: String,
    pub(super) others: Vec<(String, String)>,
}

/// Lowers a text. Whether it is there in every language is for a proof to say.
pub(crate) fn text(lowering: &mut Lowering<'_>, syntax: &ast::TextItem) -> SpokenText {
    let mut spoken: Vec<Spoken> = Vec::new();
    lowering.no_languages(syntax.head);
    for (language, text) in &syntax.spoken {
        let text = lowering.shown(text);
        if !lowering.speaks(language) {
            continue;
        }
        if let Some(earlier) = spoken.iter().find(|its| its.language == language.text) {
            let message = format!("the text stands twice in `{}`", language.text);
            let finding = Finding::new(codes::DECLARED_TWICE, lowering.at(language.range), message)
                .also(lowering.at(earlier.language_range), "it stands here")
                .help("keep one of them");
            lowering.report(finding);
            continue;
        }
        let language_range = language.range;
        spoken.push(Spoken { language: language.text.clone(), language_range, text });
    }
    let name = syntax.name.text.clone();
    SpokenText { name, item: lowering.item, spoken, head: syntax.head }
}

/// What is said of a manifest without languages.
pub(crate) const NO_LANGUAGES: &str = "this project does not say which languages it speaks";

impl Lowering<'_> {
    /// Reports that the project has no languages; tells whether it has none.
    fn no_languages(&mut self, range: Range) -> bool {
        let none = self.scope.settings.languages.is_empty();
        if none {
            let at = self.at(range);
            let finding = Finding::new(codes::UNKNOWN_LANGUAGE, at, NO_LANGUAGES).help(
                "write `languages = [\"en\", \"de\"]` below `[project]` in `tidegate.toml`; the first \
                 is spoken where none of them is the visitor's",
            );
            self.report(finding);
        }
        none
    }

    /// Whether a language is one of the project's; reports one that is not.
    fn speaks(&mut self, language: &Name) -> bool {
        let languages = &self.scope.settings.languages;
        if languages.contains(&language.text) || languages.is_empty() {
            return !languages.is_empty();
        }
        let at = self.at(language.range);
        let message = format!("the project does not speak `{}`", language.text);
        let finding = Finding::new(codes::UNKNOWN_LANGUAGE, at, message);
        let near = suggest::closest(&language.text, languages.iter().map(String::as_str));
        self.report(match near {
            Some(near) => finding
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
            None => finding.help(format!(
                "its languages are {}: add this one to `languages` in `tidegate.toml`, or take the \
                 line out",
                words(languages)
            )),
        });
        false
    }

    /// The text of a name without a namespace, as it is in the language that is spoken. Everything
    /// in it stands where it is used, which is where its proofs have their paths.
    pub(crate) fn text_of_name(&mut self, path: &ast::Path) -> Option<Expr> {
        let [name] = path.parts.as_slice() else { return None };
        if name.is_missing() || self.lets.knows(&name.text) {
            return None;
        }
        self.uses(Query::Text(name.text.clone()));
        let scope = self.scope;
        let (id, _) = scope.texts.get(&name.text)?;
        let Some(text) = scope.lowered_texts.get(id.0 as usize) else {
            // Texts are being read.
            let message = format!("`{}` is a text, and can't stand in another one", name.text);
            let finding = Finding::new(codes::UNKNOWN_NAMESPACE, self.at(name.range), message)
                .help("write its words here, or say the two one behind the other");
            self.report(finding);
            return Some(error(name.range));
        };
        let Some(spoken) = self.spoken() else { return Some(error(name.range)) };
        let languages = &scope.settings.languages;
        let mut all = languages.iter().map(|language| text.in_language(language));
        let Some(Some(first)) = all.next() else { return Some(error(name.range)) };
        let mut chosen = placed(first, text.item, name.range);
        for (language, said) in languages.iter().skip(1).zip(all) {
            let Some(said) = said else { return Some(error(name.range)) };
            let said = placed(said, text.item, name.range);
            let ty = assign::join(&said.ty, &chosen.ty).unwrap_or(Type::Text(None));
            let is = self.is_spoken(spoken, language, name.range);
            let kind = ExprKind::If(Box::new(is), Box::new(said), Box::new(chosen));
            chosen = made(kind, ty, name.range);
        }
        Some(chosen)
    }

    /// The attribute that holds the language; there is one where the project has languages.
    fn spoken(&mut self) -> Option<AttrId> {
        self.uses(Query::Attribute(Space::Session, SPOKEN.to_owned()));
        self.scope.find(Space::Session, SPOKEN)
    }

    fn is_spoken(&self, spoken: AttrId, language: &str, range: Range) -> Expr {
        let ty = &self.scope.attribute(spoken).ty;
        let literal = ExprKind::Literal(Literal::Text(language.to_owned()));
        let sides =
            (made(ExprKind::Attr(spoken), ty.clone(), range), made(literal, ty.clone(), range));
        let kind = ExprKind::Binary(BinaryOp::Equal, Box::new(sides.0), Box::new(sides.1));
        made(kind, Type::Bool, range)
    }

    /// `speak "de"`: what is no literal must be a list of the project's languages, and blank is the
    /// first of them.
    pub(super) fn speak(&mut self, value: &ast::Expr) -> StepKind {
        let first = self.scope.settings.languages.first().cloned();
        let (Some(first), Some(attr)) = (first, self.spoken()) else {
            self.no_languages(value.range);
            return StepKind::Error;
        };
        let ty = self.scope.attribute(attr).ty.clone();
        let value = self.value_for(value, &ty, "the language of the conversation");
        let value = match &value.kind {
            ExprKind::Literal(_) | ExprKind::Error => value,
            _ => {
                let range = value.range;
                let first = made(ExprKind::Literal(Literal::Text(first)), ty.clone(), range);
                let kind = ExprKind::Binary(BinaryOp::OrElse, Box::new(value), Box::new(first));
                made(kind, ty, range)
            }
        };
        StepKind::Set { attr, value }
    }

    /// What is said in a form where the author says nothing, in the languages that it is there in.
    pub(super) fn usual(&self, english: &str, german: &str) -> Worded {
        let languages = &self.scope.settings.languages;
        let said = |language: &String| {
            if language.split('-').next() == Some("de") { german } else { english }.to_owned()
        };
        let first = languages.first().map_or_else(|| english.to_owned(), said);
        let others = languages.iter().skip(1).map(|other| (other.clone(), said(other)));
        Worded { others: others.filter(|(_, text)| *text != first).collect(), first }
    }

    /// What stands on a button in each language, where that is known.
    pub(super) fn reads(&self, label: &ast::Expr) -> Vec<String> {
        let languages = &self.scope.settings.languages;
        match &label.kind {
            ast::ExprKind::Text(text) => vec![text.clone(); languages.len().max(1)],
            ast::ExprKind::Path(path) => {
                let [name] = path.parts.as_slice() else { return Vec::new() };
                let known =
                    self.scope.texts.get(&name.text).filter(|_| !self.lets.knows(&name.text));
                let text = known.and_then(|(id, _)| self.scope.lowered_texts.get(id.0 as usize));
                let Some(text) = text else { return Vec::new() };
                let read = languages.iter().map_while(|language| {
                    match &text.in_language(language)?.kind {
                        ExprKind::Literal(Literal::Text(text)) => Some(text.clone()),
                        _ => None,
                    }
                });
                read.collect()
            }
            _ => Vec::new(),
        }
    }

    /// What is said in a form, where every visitor reads the same.
    pub(super) fn worded(&mut self, wording: &Wording) -> Option<Worded> {
        let name = match wording {
            Wording::Quoted(text) => {
                return Some(Worded { first: text.text.clone(), others: Vec::new() });
            }
            Wording::Named(name) => name,
        };
        self.uses(Query::Text(name.text.clone()));
        let scope = self.scope;
        let id = self.named(name, &scope.texts, "text")?;
        let text = scope.lowered_texts.get(id.0 as usize)?;
        let mut worded = Worded::default();
        for (at, language) in scope.settings.languages.iter().enumerate() {
            let spoken = text.in_language(language)?;
            let said = match &spoken.kind {
                ExprKind::Literal(Literal::Text(said)) => said.clone(),
                ExprKind::Error => return None,
                _ => {
                    let message = format!("`{}` has holes, and can't stand in a form", name.text);
                    let finding = Finding::new(codes::FORM_RULE, self.at(name.range), message)
                        .label("this text is the same for everybody")
                        .help("use a text without holes, or say it before the form");
                    self.report(finding);
                    return None;
                }
            };
            if at == 0 {
                worded.first = said;
            } else {
                worded.others.push((language.clone(), said));
            }
        }
        Some(worded)
    }
}

/// What a line of a form says in other languages than the first.
pub(super) fn field_words(
    label: &[(String, String)],
    help: &[(String, String)],
    otherwise: &[(String, String)],
) -> Vec<FieldWords> {
    let mut all: Vec<FieldWords> = Vec::new();
    let mut put = |said: &[(String, String)], part: fn(&mut FieldWords) -> &mut Option<String>| {
        for (language, said) in said {
            let at = all.iter().position(|its| its.language == *language).unwrap_or_else(|| {
                let language = language.clone();
                all.push(FieldWords { language, label: None, help: None, otherwise: None });
                all.len() - 1
            });
            *part(&mut all[at]) = Some(said.clone());
        }
    };
    put(label, |its| &mut its.label);
    put(help, |its| &mut its.help);
    put(otherwise, |its| &mut its.otherwise);
    all
}

fn words(languages: &[String]) -> String {
    languages.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ")
}

/// An expression of another item as if all of it stood here.
fn placed(expr: &Expr, item: ItemId, range: Range) -> Expr {
    let of = |expr: &Expr| Box::new(placed(expr, item, range));
    let kind = match &expr.kind {
        ExprKind::Not(a) => ExprKind::Not(of(a)),
        ExprKind::Binary(op, a, b) => ExprKind::Binary(*op, of(a), of(b)),
        ExprKind::IsBlank(a) => ExprKind::IsBlank(of(a)),
        ExprKind::In(a, values) => ExprKind::In(of(a), values.clone()),
        ExprKind::InHours(a, hours) => ExprKind::InHours(of(a), *hours),
        ExprKind::If(a, b, c) => ExprKind::If(of(a), of(b), of(c)),
        ExprKind::Pipe(pipe, a) => ExprKind::Pipe(pipe.clone(), of(a)),
        ExprKind::Reveal(a, why) => ExprKind::Reveal(of(a), why.clone()),
        ExprKind::Template(parts) => {
            let part = |part: &TemplatePart| match part {
                TemplatePart::Text(text) => TemplatePart::Text(text.clone()),
                TemplatePart::Hole(hole) => TemplatePart::Hole(placed(hole, item, range)),
            };
            ExprKind::Template(parts.iter().map(part).collect())
        }
        kind @ (ExprKind::Literal(_)
        | ExprKind::Blank
        | ExprKind::Now
        | ExprKind::Attr(_)
        | ExprKind::PersonVerified
        | ExprKind::PersonKnown
        | ExprKind::Unknown
        | ExprKind::Error) => kind.clone(),
    };
    let from = Some(Loc { item, range: expr.range });
    Expr { kind, ty: expr.ty.clone(), range, from }
}
