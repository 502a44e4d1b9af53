//! What is offered where a name of some kind is wanted.

use std::mem::discriminant;

use gen_lsp_types::{CompletionItem, CompletionItemKind, Documentation};
use tidegate_compiler::hir::{Attribute, Origin, Space, Type};
use tidegate_compiler::mentions::{Mention, Named, PIPES, TYPES, Valued, Wanted, Where, mentions};
use tidegate_compiler::source::{ItemId, Range};
use tidegate_compiler::syntax::ast::{Item, Workflow};
use tidegate_compiler::syntax::{LineKind, ParsedItem};
use tidegate_schemas::catalog::{Catalog, Field, FieldKind, Object};

use super::{At, CURSOR};

const ITEMS: [&str; 8] = ["map", "data", "push", "form", "text", "hours", "workflow", "test"];

/// A place where a name of some kind is wanted.
pub(super) struct Offered<'a> {
    pub(super) at: &'a At<'a>,
    /// The item as the last check knew it.
    pub(super) item: Option<ItemId>,
    pub(super) mention: &'a Mention,
    /// The values of `let` that are known there.
    pub(super) lets: &'a [(String, Range)],
    /// What stands before it on its line.
    pub(super) line: &'a str,
    pub(super) parsed: &'a ParsedItem,
}

/// How well something fits: values of the list that is wanted come before all else (0), then what
/// fits best.
#[derive(Clone, Copy)]
enum Fit {
    Well = 1,
    Name,
    Poorly,
}

impl Offered<'_> {
    pub(super) fn all(&self) -> Vec<CompletionItem> {
        let catalog = &self.at.analysis.catalog;
        match &self.mention.named {
            Named::Attribute(space, _) => self.attributes_of(*space, ""),
            Named::Word(_) if matches!(self.mention.wanted, Wanted::Arm(_)) => self.patterns(),
            Named::Given(_) | Named::Word(_) => self.values(),
            // A label can be nothing else.
            Named::Text(_) if self.is_label() => self.texts(),
            Named::Text(_) => self.values(),
            Named::Language(_) => {
                let languages = self.at.settings.languages.iter();
                languages.map(|its| plain(its, CompletionItemKind::Constant, "")).collect()
            }
            Named::Field(field) => {
                let mut all = self.listed_like();
                all.extend(fields(field.home(catalog), self.purpose()));
                all
            }
            Named::Parent(field) => parents(field.home(catalog)),
            Named::Object(_) => objects(catalog),
            Named::Space(_) => self.spaces(),
            Named::RecordType { object, .. } => record_types(catalog.objects.get(object)),
            Named::Queue(_) => queues(catalog),
            Named::User(_) => {
                let users = self.at.settings.users.iter();
                users
                    .map(|(name, username)| plain(name, CompletionItemKind::Constant, username))
                    .collect()
            }
            Named::Target(_) => fields(catalog.objects.get("Case"), Purpose::Transcript),
            Named::Push(_) if !self.line.trim_end().ends_with("using") => keywords(&["case using"]),
            Named::Workflow(_) => self.workflows(),
            Named::Push(_)
            | Named::ChannelPush(_)
            | Named::Form(_)
            | Named::Hours(_)
            | Named::Step(_)
            | Named::File(_) => self.others_of_its_kind(),
            Named::Channel(_) => {
                let names = self.at.settings.channels.keys();
                names.map(|name| plain(name, CompletionItemKind::Constant, "")).collect()
            }
            Named::BusinessHours(_) => business_hours(catalog),
            Named::Holiday(_) => holidays(catalog),
            Named::Outcome(_) => match self.mention.wanted {
                Wanted::Outcome(outcomes) => keywords(outcomes),
                _ => Vec::new(),
            },
            Named::Pipe(_) => keywords(PIPES),
            Named::Type(_) => keywords(TYPES),
            Named::Value(valued, _) => self.listed(valued, false),
        }
    }

    /// What the project declares of the kind that is wanted.
    fn others_of_its_kind(&self) -> Vec<CompletionItem> {
        let kind = discriminant(&self.mention.named);
        self.declared(|named| own_name(named).filter(|_| discriminant(named) == kind))
    }

    /// The type that is wanted.
    fn ty(&self) -> Option<Type> {
        match &self.mention.wanted {
            Wanted::Condition => Some(Type::Bool),
            Wanted::Like(valued) => self.type_of(valued),
            _ => None,
        }
    }

    fn type_of(&self, valued: &Valued) -> Option<Type> {
        let item = self.item.unwrap_or(ItemId(0));
        self.at.analysis.type_of(item, valued)
    }

    fn fit(&self, ty: &Type) -> Fit {
        match self.ty() {
            None => Fit::Name,
            Some(wanted) if wanted.takes(ty) => Fit::Well,
            Some(_) => Fit::Poorly,
        }
    }

    /// Attributes of a namespace, with what is written before their names.
    fn attributes_of(&self, space: Space, before: &str) -> Vec<CompletionItem> {
        let all = &self.at.analysis.program.attributes;
        all.iter()
            .filter(|its| its.space == space && self.suits(its))
            .map(|its| attribute(its, before, self.fit(&its.ty)))
            .collect()
    }

    /// Whether an attribute can stand there.
    fn suits(&self, its: &Attribute) -> bool {
        match self.mention.wanted {
            Wanted::Place => its.can_be_set(),
            Wanted::Detected => its.can_be_set() && matches!(its.ty, Type::List(_)),
            Wanted::Rated => its.can_be_set() && matches!(its.ty, Type::Number { .. }),
            Wanted::Told => !its.private,
            Wanted::Anything
            | Wanted::Condition
            | Wanted::Like(_)
            | Wanted::Arm(_)
            | Wanted::Outcome(_) => true,
        }
    }

    /// What an arm of a `match` can take.
    fn patterns(&self) -> Vec<CompletionItem> {
        let mut all = match &self.mention.wanted {
            Wanted::Arm(Some(valued)) => self.listed(valued, true),
            _ => Vec::new(),
        };
        all.extend(keywords(&["blank", "else"]));
        all
    }

    /// Values of the list that is wanted.
    fn listed_like(&self) -> Vec<CompletionItem> {
        match &self.mention.wanted {
            Wanted::Like(valued) => self.listed(valued, true),
            _ => Vec::new(),
        }
    }

    /// The workflows that `run` can do: one that an event starts is done by nothing else, and none does
    /// itself. Behind `before` stand others that the same event starts.
    fn workflows(&self) -> Vec<CompletionItem> {
        let Item::Workflow(own) = &self.parsed.item else { return self.others_of_its_kind() };
        let runs = self.line.trim_end().ends_with("run");
        let event = |its: &Workflow| its.trigger.as_ref().map(|trigger| trigger.event.text.clone());
        let all = self.at.analysis.written().filter_map(|its| match &its.parsed.item {
            Item::Workflow(workflow) => Some(workflow),
            _ => None,
        });
        let fits = all.filter(|its| {
            let others = if runs { its.trigger.is_none() } else { event(its) == event(own) };
            others && its.name.text != own.name.text
        });
        let mut names: Vec<&String> = fits.map(|its| &its.name.text).collect();
        names.sort();
        names.dedup();
        names.into_iter().map(|name| plain(name, CompletionItemKind::Function, "")).collect()
    }

    /// All that an expression can begin with.
    fn values(&self) -> Vec<CompletionItem> {
        let place = self.mention.wanted.is_place();
        let mut all = self.listed_like();
        all.extend(self.attributes_of(Space::Conversation, "conversation."));
        all.extend(self.attributes_of(Space::Person, "person."));
        if place {
            if self.is_line_of_form() {
                all.extend(keywords(&["file"]));
                if matches!(self.parsed.item, Item::Workflow(_)) {
                    all.extend(keywords(Where::Wait.outcomes()));
                }
            }
            return all;
        }
        all.extend(self.attributes_of(Space::Session, "session."));
        if self.mention.wanted == Wanted::Told {
            return all;
        }
        for (name, range) in self.lets {
            let given = Valued::Given(*range);
            let ty = self.type_of(&given);
            let detail = ty.as_ref().map_or_else(String::new, Type::in_words);
            let fit = ty.as_ref().map_or(Fit::Name, |ty| self.fit(ty));
            all.push(ranked(plain(name, CompletionItemKind::Variable, &detail), fit));
        }
        all.extend(self.texts().into_iter().map(|text| ranked(text, Fit::Name)));
        all.extend(keywords(&["blank", "now", "true", "false", "not", "if"]));
        all
    }

    /// Whether nothing stands before it in the line of a form, or in what is filled in there.
    fn is_line_of_form(&self) -> bool {
        matches!(self.line.trim_end().chars().next_back(), None | Some('{' | ','))
    }

    /// Whether a word of a form's line stands before it.
    fn is_label(&self) -> bool {
        let before = self.line.split_whitespace().next_back();
        matches!(before, Some("label" | "help" | "else"))
    }

    fn texts(&self) -> Vec<CompletionItem> {
        self.declared(|named| match named {
            Named::Text(name) => Some(name),
            _ => None,
        })
    }

    /// The values of a list.
    fn listed(&self, valued: &Valued, quoted: bool) -> Vec<CompletionItem> {
        let Some(Type::List(list) | Type::MultiList(list)) = self.type_of(valued) else {
            return Vec::new();
        };
        let active = (0u32..).zip(list.values.iter().filter(|value| value.active));
        active
            .map(|(at, value)| {
                let written = value.value.replace('\\', "\\\\").replace('"', "\\\"");
                let written = written.replace('{', "\\{");
                let written = if quoted { format!("\"{written}\"") } else { written };
                let label = if value.label == value.value { "" } else { &value.label };
                let mut item = plain(&written, CompletionItemKind::EnumMember, label);
                // In the org's order.
                item.sort_text = Some(format!("0{at:05}"));
                item
            })
            .collect()
    }

    /// What a field is named for.
    fn purpose(&self) -> Purpose {
        match (&self.parsed.item, self.line.split_whitespace().next()) {
            (Item::Push(_), Some("transcript")) => Purpose::Transcript,
            (Item::Push(_), Some("summary")) => Purpose::Text,
            (Item::Push(_) | Item::Test(_), _) => Purpose::Written,
            (Item::Map(_), Some("sync")) => Purpose::Synced,
            _ => Purpose::Read,
        }
    }

    fn spaces(&self) -> Vec<CompletionItem> {
        let declares = matches!(self.parsed.item, Item::Map(_) | Item::Data(_));
        let spaces = ["conversation", "person", "session"];
        keywords(if declares { &spaces[..2] } else { &spaces })
    }

    /// Names that the project declares.
    fn declared(&self, name: impl Fn(&Named) -> Option<&String>) -> Vec<CompletionItem> {
        let mut names: Vec<String> = self
            .at
            .analysis
            .written()
            .flat_map(|its| mentions(&its.parsed.item))
            .filter(|mention| mention.declares)
            .filter_map(|mention| name(&mention.named).cloned())
            .collect();
        names.sort();
        names.dedup();
        names.iter().map(|name| plain(name, CompletionItemKind::Function, "")).collect()
    }
}

/// A name that a project gives.
fn own_name(named: &Named) -> Option<&String> {
    match named {
        Named::Workflow(name)
        | Named::Push(name)
        | Named::ChannelPush(name)
        | Named::Form(name)
        | Named::Hours(name)
        | Named::Step(name)
        | Named::File(name) => Some(name),
        _ => None,
    }
}

/// The org's business hours that are in use.
fn business_hours(catalog: &Catalog) -> Vec<CompletionItem> {
    let active = catalog.business_hours.values().filter(|its| its.active);
    active.map(|its| plain(&its.name, CompletionItemKind::Constant, &its.time_zone)).collect()
}

fn holidays(catalog: &Catalog) -> Vec<CompletionItem> {
    let mut names: Vec<&String> = catalog.holidays.iter().map(|its| &its.name).collect();
    names.dedup();
    names.into_iter().map(|name| plain(name, CompletionItemKind::Constant, "")).collect()
}

/// What a line can begin with, where the word is one that begins no line.
pub(super) fn words(
    at: &At<'_>,
    parsed: &ParsedItem,
    cursor: Range,
    line: &str,
) -> Vec<CompletionItem> {
    if line.is_empty() {
        return keywords(&ITEMS);
    }
    let unknown = parsed
        .unknown
        .iter()
        .find(|(range, _)| range.start <= cursor.start && cursor.end <= range.end);
    match unknown {
        Some((range, kind)) if range.start == cursor.start => {
            let mut all = keywords(kind.words());
            if *kind == LineKind::Answer {
                all.extend(keywords(Where::Answer.outcomes()));
            }
            if let (LineKind::Push, Item::Push(push)) = (kind, &parsed.item) {
                let object = at.analysis.catalog.objects.get(&push.object.text);
                all.extend(fields(object, Purpose::Written));
            }
            all
        }
        Some(_) | None => Vec::new(),
    }
}

/// What a field is named for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Its value is looked at.
    Read,
    /// It becomes an attribute, or a lookup on the way to one.
    Synced,
    /// It gets a value.
    Written,
    /// It gets a text.
    Text,
    /// It gets the transcript, which need not go into a field.
    Transcript,
}

impl Purpose {
    fn suits(self, field: &Field) -> bool {
        match self {
            Self::Read | Self::Synced => true,
            Self::Written => field.createable,
            Self::Text | Self::Transcript => field.createable && field.kind.text_length().is_some(),
        }
    }
}

fn fields(object: Option<&Object>, purpose: Purpose) -> Vec<CompletionItem> {
    let Some(object) = object else { return Vec::new() };
    let mut all: Vec<CompletionItem> = object
        .fields
        .values()
        .filter(|field| purpose.suits(field))
        .map(|field| {
            let detail = format!("{}: {}", field.label, field.kind.described_as());
            let item = plain(&field.name, CompletionItemKind::Field, &detail);
            let wanted = purpose == Purpose::Written && field.required_on_create();
            let fit = if wanted { Fit::Well } else { Fit::Name };
            documented(ranked(item, fit), field.help.as_deref())
        })
        .collect();
    match purpose {
        Purpose::Transcript => all.extend(keywords(&["file", "comment", "nowhere"])),
        Purpose::Synced => all.extend(parents(Some(object))),
        Purpose::Text => all.extend(keywords(&["nowhere"])),
        Purpose::Read | Purpose::Written => {}
    }
    all
}

fn attribute(its: &Attribute, before: &str, fit: Fit) -> CompletionItem {
    let detail = match &its.origin {
        Origin::Field { object, path, .. } => {
            format!("{} ({object}.{})", its.ty.in_words(), path.join("."))
        }
        Origin::Own | Origin::Session | Origin::Let => its.ty.in_words(),
    };
    let item = plain(&format!("{before}{}", its.name), CompletionItemKind::Field, &detail);
    documented(ranked(item, fit), Some(&its.label))
}

fn parents(object: Option<&Object>) -> Vec<CompletionItem> {
    let fields = object.into_iter().flat_map(|object| object.fields.values());
    let lookups = fields.filter_map(|field| match &field.kind {
        FieldKind::Reference { relationship: Some(name), .. } => {
            Some(plain(name, CompletionItemKind::Module, &format!("lookup {}", field.label)))
        }
        _ => None,
    });
    lookups.collect()
}

fn objects(catalog: &Catalog) -> Vec<CompletionItem> {
    let all = catalog.objects.values();
    all.map(|object| plain(&object.name, CompletionItemKind::Class, &object.label)).collect()
}

fn record_types(object: Option<&Object>) -> Vec<CompletionItem> {
    let all = object.into_iter().flat_map(|object| object.record_types.values());
    let usable = all.filter(|its| its.active && its.available);
    usable.map(|its| plain(&its.developer_name, CompletionItemKind::Constant, &its.label)).collect()
}

fn queues(catalog: &Catalog) -> Vec<CompletionItem> {
    let all = catalog.queues.values().filter(|its| its.objects.iter().any(|of| of == "Case"));
    all.map(|its| plain(&its.developer_name, CompletionItemKind::Constant, &its.label)).collect()
}

pub(super) fn keywords(words: &[&str]) -> Vec<CompletionItem> {
    words
        .iter()
        .map(|word| ranked(plain(word, CompletionItemKind::Keyword, ""), Fit::Poorly))
        .collect()
}

pub(super) fn plain(label: &str, kind: CompletionItemKind, detail: &str) -> CompletionItem {
    let detail = Some(detail.to_owned()).filter(|detail| !detail.is_empty());
    debug_assert!(!label.contains(CURSOR), "the word at the cursor is nobody's");
    CompletionItem {
        label: label.to_owned(),
        kind: Some(kind),
        detail,
        ..CompletionItem::default()
    }
}

fn ranked(item: CompletionItem, fit: Fit) -> CompletionItem {
    let sort_text = Some(format!("{}{}", fit as u8, item.label));
    CompletionItem { sort_text, ..item }
}

fn documented(item: CompletionItem, text: Option<&str>) -> CompletionItem {
    let documentation = text.map(|text| Documentation::String(text.to_owned()));
    CompletionItem { documentation, ..item }
}
