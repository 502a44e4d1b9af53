//! The lines of a form.

use regex::Regex;
use rust_decimal::Decimal;
use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{AttrId, Attribute, CollectField, Form, Literal, Origin, Type};
use crate::lower::texts::{Worded, field_words};
use crate::lower::{Lowering, writable};
use crate::resolve::declarations::space_word;
use crate::syntax::ast::{self, CollectLine, Text, Wording};
use crate::types::{assign, literal, words};

/// What is said where a pattern does not match and the author says nothing.
const WRONG_FORM: &str = "Please check this value";
const WRONG_FORM_IN_GERMAN: &str = "Bitte prüfen Sie diese Angabe";

/// What is said of a value that does not match, where the author says nothing.
pub(crate) const USUAL_REFUSALS: [&str; 2] = [WRONG_FORM, WRONG_FORM_IN_GERMAN];

impl Lowering<'_> {
    /// A form's lines; an attribute that stands twice is reported.
    pub(super) fn form(&mut self, lines: &[CollectLine]) -> Vec<CollectField> {
        let mut seen: Vec<(AttrId, &CollectLine)> = Vec::new();
        let mut fields = Vec::new();
        for line in lines {
            let Some(attr) = self.attribute(&line.place) else { continue };
            let at = self.at(line.place.range);
            if let Some((_, earlier)) = seen.iter().find(|(other, _)| *other == attr) {
                let finding =
                    Finding::new(codes::DECLARED_TWICE, at, "the form asks for this twice")
                        .also(self.at(earlier.place.range), "it asks for it here")
                        .help("keep one of the two lines");
                self.report(finding);
                continue;
            }
            seen.push((attr, line));
            let attribute = self.scope.attribute(attr);
            if self.passes(writable::askable(attribute, at)) {
                fields.push(self.form_line(attr, attribute, line));
            }
        }
        fields
    }

    fn form_line(
        &mut self,
        attr: AttrId,
        attribute: &Attribute,
        line: &CollectLine,
    ) -> CollectField {
        let label = line
            .label
            .as_ref()
            .and_then(|label| self.worded(label))
            .unwrap_or_else(|| Worded { first: attribute.label.clone(), others: Vec::new() });
        let help = line.help.as_ref().and_then(|help| self.worded(help));
        let rule = line
            .matches
            .as_ref()
            .and_then(|(pattern, message)| self.rule(pattern, message.as_ref(), attribute));
        let said = |its: &Option<Worded>| its.as_ref().map_or(Vec::new(), |its| its.others.clone());
        let otherwise = rule.as_ref().map_or(Vec::new(), |(_, message)| message.others.clone());
        let words = field_words(&label.others, &said(&help), &otherwise);
        let min = line.min.as_ref().and_then(|expr| self.bound(expr, attribute, "min"));
        let max = line.max.as_ref().and_then(|expr| self.bound(expr, attribute, "max"));
        if let (Some(Literal::Number(low)), Some(Literal::Number(high)), Some(expr)) =
            (&min, &max, &line.max)
            && low > high
        {
            let at = self.at(expr.range);
            let message = format!("nothing lies between {low} and {high}");
            self.report(
                Finding::new(codes::FORM_RULE, at, message).help("make `max` larger than `min`"),
            );
        }
        CollectField {
            attr,
            required: line.required.is_some(),
            rating: false,
            label: label.first,
            help: help.map(|help| help.first).or_else(|| admin_help(attribute)),
            matches: rule.map(|(pattern, message)| (pattern, message.first)),
            min,
            max,
            words,
            at: self.at(line.range),
        }
    }

    fn rule(
        &mut self,
        pattern: &Text,
        message: Option<&Wording>,
        attribute: &Attribute,
    ) -> Option<(String, Worded)> {
        let at = self.at(pattern.range);
        let is_text = assign::is_textual(&attribute.ty) && !matches!(attribute.ty, Type::List(_));
        if !is_text && attribute.ty != Type::Error {
            let what = words::describe(&attribute.ty);
            self.report(
                Finding::new(codes::FORM_RULE, at, format!("a pattern can't check {what}"))
                    .help("remove `matches`; the type is checked anyway"),
            );
            return None;
        }
        if let Err(finding) = regex_at(&pattern.text, at) {
            self.report(*finding);
            return None;
        }
        let said = message.and_then(|message| self.worded(message));
        let message = said.unwrap_or_else(|| self.usual(WRONG_FORM, WRONG_FORM_IN_GERMAN));
        Some((pattern.text.clone(), message))
    }

    /// `min` and `max`: a value for numbers, a length for texts.
    fn bound(&mut self, expr: &ast::Expr, attribute: &Attribute, word: &str) -> Option<Literal> {
        let at = self.at(expr.range);
        if !has_bounds(&attribute.ty) {
            let what = words::describe(&attribute.ty);
            let finding =
                Finding::new(codes::FORM_RULE, at, format!("`{word}` can't bound {what}"));
            let help = format!("remove `{word}`; it bounds numbers, and the length of texts");
            let behind = if literal::is_moment(&attribute.ty) {
                "; test a day or a time behind the form: `if … > now { … }`"
            } else {
                ""
            };
            self.report(finding.help(format!("{help}{behind}")));
            return None;
        }
        let bound = match literal::expect(expr, at) {
            Ok(bound) => bound,
            Err(finding) => {
                let help = "write a number; what hangs on the conversation is tested behind the form \
                            with `if`";
                self.findings.extend(finding.map(|finding| finding.help(help)));
                return None;
            }
        };
        let name = format!("`{}.{}`", space_word(attribute.space), attribute.name);
        let length = Type::Number { precision: 6, scale: 0 };
        let result = match &attribute.ty {
            ty @ Type::Number { .. } => literal::fit(&bound, at, ty, &name),
            Type::Text(_) | Type::Email(_) | Type::Phone(_) | Type::Url(_) => {
                literal::fit(&bound, at, &length, &format!("the length of {name}"))
            }
            _ => return None,
        };
        let passes = self.passes(result);
        let positive = !matches!(&bound, Literal::Number(number)
            if *number < Decimal::ZERO && !matches!(attribute.ty, Type::Number { .. }));
        (passes && positive).then_some(bound)
    }
}

/// Whether `min` and `max` say something of a type.
fn has_bounds(ty: &Type) -> bool {
    let is_text = matches!(ty, Type::Text(_) | Type::Email(_) | Type::Phone(_) | Type::Url(_));
    is_text || matches!(ty, Type::Number { .. } | Type::Error)
}

fn admin_help(attribute: &Attribute) -> Option<String> {
    match &attribute.origin {
        Origin::Field { field, .. } => field.help.clone(),
        Origin::Own | Origin::Session | Origin::Let => None,
    }
}

/// Lowers a form that steps use.
pub(crate) fn form(lowering: &mut Lowering<'_>, syntax: &ast::Form) -> Form {
    let name = syntax.name.text.clone();
    let fields = lowering.form(&syntax.fields);
    let files = lowering.files(&syntax.files);
    Form { name, item: lowering.item, fields, files, head: syntax.head }
}

/// Checks a pattern.
///
/// # Errors
///
/// The finding.
pub(crate) fn regex_at(pattern: &str, at: crate::source::Loc) -> Result<(), Box<Finding>> {
    Regex::new(&format!("^(?:{pattern})$")).map(|_| ()).map_err(|error| {
        let why = match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            regex::Error::Syntax(message) => message
                .lines()
                .find_map(|line| line.strip_prefix("error: "))
                .unwrap_or("it is no regular expression")
                .to_owned(),
            _ => "it is no regular expression".to_owned(),
        };
        Box::new(
            Finding::new(codes::BAD_PATTERN, at, "this pattern can't be used").label(why).help(
                "write a regular expression in single quotes, such as `'[0-9]{6}'`, without \
                     look-around and back-references",
            ),
        )
    })
}
