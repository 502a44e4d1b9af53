//! What a push writes to a list is what the Case's record type offers.
//!
//! Salesforce refuses other values of a restricted list. Of an open one it takes them, but nobody can
//! choose them there, so they are no less a mistake.

use tidegate_diagnostics::codes;
use tidegate_schemas::catalog::{FieldKind, List, Object, Offer, RecordType};

use crate::finding::Finding;
use crate::flow::eval::eval_as;
use crate::flow::path::Track;
use crate::flow::state::State;
use crate::hir::{ExprKind, Literal, Push, Type};
use crate::source::{Loc, Range};
use crate::types::table::field_type;

use super::places::push_at;
use super::written::{Part, Source};
use super::{Cx, Draft, Place, Proof};

/// So many values are named.
const NAMED: usize = 5;

pub(super) fn node(cx: &Cx<'_, '_>, at: Place, state: &State, out: &mut Vec<Draft>) {
    let Some(push) = push_at(cx, cx.node(at)) else { return };
    let Some(object) = cx.catalog.objects.get(&push.object) else { return };
    let Some(chosen) = Chosen::of(cx, push, object) else { return };
    let mut not_known = Vec::new();
    for field in object.fields.values() {
        let (Some(list), Some(source)) = (field.kind.list(), Source::of(push, &field.name)) else {
            continue;
        };
        let ty = field_type(&push.object, field);
        let written = Written { cx, push, field: &field.name, list, ty, source };
        match object.offer(chosen.name, &field.name) {
            Offer::Every => {}
            Offer::NotKnown if written.may_be_set(state) => not_known.push(written.field),
            Offer::NotKnown => {}
            Offer::Only(values) if matches!(field.kind, FieldKind::MultiPicklist(_)) => {
                written.several(&chosen, values, state, out);
            }
            Offer::Only(values) => written.one(&chosen, values, at, state, out),
        }
    }
    if !not_known.is_empty() {
        out.push(Draft::certain(chosen.not_known(push, &not_known)));
    }
}

/// Lists of which the record type offers a part, where something is written to them.
pub(super) fn asks(cx: &Cx<'_, '_>, at: Place) -> usize {
    let Some(push) = push_at(cx, cx.node(at)) else { return 0 };
    let Some(object) = cx.catalog.objects.get(&push.object) else { return 0 };
    let Some(chosen) = Chosen::of(cx, push, object) else { return 0 };
    let lists = object.fields.values().filter(|field| field.kind.list().is_some());
    let narrowed =
        lists.filter(|field| !matches!(object.offer(chosen.name, &field.name), Offer::Every));
    narrowed.filter(|field| Source::of(push, &field.name).is_some()).count()
}

/// The record type that the Cases of a push get.
struct Chosen<'p> {
    name: &'p str,
    /// Where it is named; nowhere where it is the default one.
    named: Option<Range>,
    /// Whose default it is.
    user: &'p str,
}

impl<'p> Chosen<'p> {
    /// None where it is one with which no Case can be created: that was said already.
    fn of(cx: &Cx<'_, 'p>, push: &'p Push, object: &'p Object) -> Option<Self> {
        let user = cx.catalog.origin.pulled_by.as_str();
        match &push.record_type {
            Some((name, range)) => {
                let usable = object.record_types.get(name).is_some_and(RecordType::usable);
                usable.then_some(Self { name, named: Some(*range), user })
            }
            None => Some(Self { name: object.default_record_type(), named: None, user }),
        }
    }

    fn words(&self) -> String {
        match self.named {
            Some(_) => format!("the record type `{}`", self.name),
            None => format!("`{}`, the default record type of `{}`,", self.name, self.user),
        }
    }

    fn not_known(&self, push: &Push, fields: &[&str]) -> Finding {
        let range = self.named.unwrap_or(push.head);
        let named: Vec<String> = fields.iter().take(NAMED).map(|one| format!("`{one}`")).collect();
        let more = if fields.len() > NAMED { " and more" } else { "" };
        let message = format!(
            "not proved: which values of {}{more} {} offers is not known",
            named.join(", "),
            self.words().trim_end_matches(',')
        );
        Finding::new(codes::OFFER_NOT_PROVED, Loc { item: push.item, range }, message)
            .label("may not offer what is written here")
            .help("run `tidegate pull`, which asks the org; it says where the org does not tell")
    }
}

/// What a push writes to one list.
struct Written<'c, 'a, 'p> {
    cx: &'c Cx<'a, 'p>,
    push: &'p Push,
    field: &'p str,
    list: &'p List,
    ty: Type,
    source: Source<'p>,
}

impl Written<'_, '_, '_> {
    fn may_be_set(&self, state: &State) -> bool {
        let mut found = false;
        self.source.each(self.cx, state, &mut |part, reached| {
            found |= match part {
                Part::Attr(attr) => reached.read(attr).may_be_set(),
                Part::Other(leaf) => eval_as(self.cx.world(), reached, leaf, &self.ty).may_be_set(),
            };
        });
        found
    }

    /// A list of which one value is chosen.
    fn one(
        &self,
        chosen: &Chosen<'_>,
        offered: &[String],
        at: Place,
        state: &State,
        out: &mut Vec<Draft>,
    ) {
        let mut found: Option<(Vec<String>, Option<Track>)> = None;
        self.source.each(self.cx, state, &mut |part, reached| {
            if found.is_some() {
                return;
            }
            let mut texts = part.texts(self.cx, reached, &self.ty);
            texts.retain(|text| self.kept_back(text, offered));
            if !texts.is_empty() {
                let track = part.track(self.cx, &texts, reached);
                found = Some((texts, track));
            }
        });
        if let Some((texts, track)) = found {
            let finding = self.finding(chosen, offered, &texts);
            out.push(Draft::suspect(Proof::Offered, at, track, finding));
        }
    }

    /// A list of which several are: which ones come together is not followed.
    fn several(
        &self,
        chosen: &Chosen<'_>,
        offered: &[String],
        state: &State,
        out: &mut Vec<Draft>,
    ) {
        let mut texts: Vec<String> = Vec::new();
        let mut certain = false;
        self.source.each(self.cx, state, &mut |part, reached| {
            let values = match part {
                Part::Other(leaf) => match &leaf.kind {
                    ExprKind::Literal(Literal::Text(text)) => {
                        certain |= self.kept_back(text, offered);
                        vec![text.clone()]
                    }
                    _ => Vec::new(),
                },
                Part::Attr(attr) if reached.read(attr).may_be_set() => {
                    match self.cx.world().ty(attr) {
                        Type::MultiList(list) | Type::List(list) => {
                            list.values.iter().map(|one| one.value.clone()).collect()
                        }
                        _ => Vec::new(),
                    }
                }
                Part::Attr(_) => Vec::new(),
            };
            texts.extend(values.into_iter().filter(|text| self.kept_back(text, offered)));
        });
        if texts.is_empty() {
            return;
        }
        let mut finding = self.finding(chosen, offered, &texts);
        if !certain {
            finding.diagnostic.code = codes::OFFER_NOT_PROVED;
            finding.diagnostic.severity = codes::OFFER_NOT_PROVED.severity();
            finding.diagnostic.message = format!("not proved: {}", finding.diagnostic.message);
        }
        out.push(Draft::certain(finding));
    }

    /// Whether a value could be chosen, but for the record type. What else is wrong with it, another
    /// proof says.
    fn kept_back(&self, text: &str, offered: &[String]) -> bool {
        let active = self.list.values.iter().any(|one| one.active && one.value == text);
        active && !offered.iter().any(|one| one == text)
    }

    fn finding(&self, chosen: &Chosen<'_>, offered: &[String], texts: &[String]) -> Finding {
        let Self { push, field, list, .. } = self;
        let listed = |texts: &[String]| {
            let quoted = texts.iter().take(NAMED).map(|text| format!("`\"{text}\"`"));
            let more = if texts.len() > NAMED { ", …" } else { "" };
            format!("{}{more}", quoted.collect::<Vec<String>>().join(", "))
        };
        let message = format!("{} does not offer {} of `{field}`", chosen.words(), listed(texts));
        let (range, label) = match self.source {
            Source::Line(line) => {
                (line.value.range, "writes what can't be chosen there".to_owned())
            }
            Source::Carried(_) => {
                (push.head, format!("carries `{field}`, which may be {}", listed(&texts[..1])))
            }
        };
        let then = match list.restricted {
            true => "Salesforce refuses the Case",
            false => "Salesforce takes it, and nobody can choose it there",
        };
        let offers = match offered {
            [] => "it offers no value of this list".to_owned(),
            some => format!("it offers {}", listed(some)),
        };
        let name = match chosen.named {
            Some(_) => String::new(),
            None => format!(", or name a record type: `push {} to Case type …`", push.name),
        };
        Finding::new(codes::VALUE_NOT_OFFERED, Loc { item: push.item, range }, message)
            .label(label)
            .help(format!(
                "{then}; {offers}: write `{field} = …` with one of these, or test with `match` \
                 before{name}"
            ))
    }
}
