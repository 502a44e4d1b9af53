//! The names in declarations.

use super::{Bare, Named, Valued, Walker, Wanted, space_of};
use crate::edit::FieldName;
use crate::hir::Space;
use crate::syntax::ast::{
    Channel, ChannelLine, CollectLine, Data, DataLine, Described, FileLine, Form, HolidaysExpr,
    Hours, Item, Map, MapLine, Name, OwnerExpr, Path, Push, PushLine, Text, TextItem, Wording,
};

/// A name that stands in quotes.
fn named_by(text: &Text) -> Name {
    Name { text: text.text.clone(), range: text.range }
}

/// Where a transcript can go that is no field.
const TARGETS: [&str; 3] = ["file", "comment", "nowhere"];

impl<'t> Walker<'t> {
    pub(super) fn item(&mut self, item: &'t Item) {
        match item {
            Item::Map(map) => self.map(map),
            Item::Data(data) => self.data(data),
            Item::Push(push) => self.push(push),
            Item::Channel(push) => self.channel(push),
            Item::Form(form) => self.form(form),
            Item::Text(text) => self.text_item(text),
            Item::Hours(hours) => self.hours(hours),
            Item::Workflow(workflow) => self.workflow(workflow),
            Item::Test(test) => self.test(test),
            Item::Nothing => {}
        }
    }

    fn map(&mut self, map: &'t Map) {
        self.uses(&map.object, Named::Object);
        self.uses(&map.space, Named::Space);
        let object = &map.object.text;
        let space = space_of(&map.space);
        for line in &map.lines {
            match line {
                MapLine::FindBy { field, claim: _, range: _ } => self.own(object, field),
                MapLine::SyncAll { except, private: _, range: _ } => {
                    except.iter().for_each(|name| self.own(object, name));
                }
                MapLine::Sync {
                    field,
                    alias,
                    descriptions,
                    doc: _,
                    private: _,
                    range: _,
                    whole: _,
                } => {
                    self.sync(object, space, field, alias.as_ref(), descriptions);
                }
                MapLine::Require { field, when, range: _ } => {
                    self.field_path(object, field);
                    if let Some(when) = when {
                        let before = std::mem::replace(&mut self.bare, Bare::Field(object.clone()));
                        self.expr(when, &Wanted::Condition);
                        self.bare = before;
                    }
                }
            }
        }
    }

    /// A field of an object, by its API name.
    fn own(&mut self, object: &str, name: &Name) {
        self.note(name, Named::Field(FieldName::of(object, &name.text)), false);
    }

    fn sync(
        &mut self,
        object: &str,
        space: Option<Space>,
        field: &'t Path,
        alias: Option<&'t Name>,
        descriptions: &'t [Described],
    ) {
        let reached = self.field_path(object, field);
        match (space, alias, field.parts.as_slice()) {
            (Some(space), Some(alias), _) => {
                self.declares(alias, |name| Named::Attribute(space, name));
            }
            // The field's own name is the attribute's.
            (Some(space), None, [only]) => {
                self.declares(only, |name| Named::Attribute(space, name));
            }
            (Some(_), None, _) | (None, ..) => {}
        }
        self.descriptions(descriptions, reached.map(Valued::Field).as_ref());
    }

    fn descriptions(&mut self, descriptions: &'t [Described], of: Option<&Valued>) {
        for line in descriptions {
            self.value(&line.value, of);
        }
    }

    fn data(&mut self, data: &'t Data) {
        self.uses(&data.space, Named::Space);
        let Some(space) = space_of(&data.space) else { return };
        for DataLine { name, ty, default, doc: _, private: _, range: _ } in &data.lines {
            self.declares(name, |name| Named::Attribute(space, name));
            self.uses(&ty.name, Named::Type);
            if let Some(object) = &ty.object {
                self.uses(object, Named::Object);
            }
            if let Some(default) = default {
                self.expr_for(default, Some(Valued::Attribute(space, name.text.clone())));
            }
        }
    }

    fn push(&mut self, push: &'t Push) {
        self.declares(&push.name, Named::Push);
        self.uses(&push.object, Named::Object);
        let object = push.object.text.as_str();
        if let Some(name) = &push.record_type {
            let object = object.to_owned();
            self.uses(name, |name| Named::RecordType { object, name });
        }
        for line in &push.lines {
            match line {
                PushLine::Owner { owner, when, range: _ } => {
                    self.owner(owner);
                    if let Some(when) = when {
                        self.expr(when, &Wanted::Condition);
                    }
                }
                PushLine::Field { field, value, always: _, range: _ } => {
                    self.own(object, field);
                    self.expr_for(value, Some(Valued::Field(FieldName::of(object, &field.text))));
                }
                PushLine::Transcript { to, range: _ } => {
                    if TARGETS.contains(&to.text.as_str()) {
                        self.uses(to, Named::Target);
                    } else {
                        self.own(object, to);
                    }
                }
                PushLine::Summary { to, range: _ } => self.own(object, to),
                PushLine::CarryNone { range: _ } => {}
                PushLine::CarryExcept { field, range: _ } => self.own(object, field),
            }
        }
    }

    pub(super) fn owner(&mut self, owner: &'t OwnerExpr) {
        match owner {
            OwnerExpr::Queue(name) => self.uses(name, Named::Queue),
            OwnerExpr::User(name) => self.uses(name, Named::User),
            OwnerExpr::AssignmentRules | OwnerExpr::Missing => {}
        }
    }

    fn channel(&mut self, push: &'t Channel) {
        self.declares(&push.name, Named::ChannelPush);
        self.uses(&push.channel, Named::Channel);
        for line in &push.lines {
            match line {
                ChannelLine::SendAll { except, range: _ } => {
                    for path in except {
                        self.path(path, &Wanted::Anything);
                    }
                }
                ChannelLine::Send { value, key: _, range: _ } => {
                    self.expr(value, &Wanted::Anything);
                }
                ChannelLine::KeysOfFin { range: _ } => {}
            }
        }
    }

    fn form(&mut self, form: &'t Form) {
        self.declares(&form.name, Named::Form);
        self.collect_lines(&form.fields);
        self.file_lines(&form.files);
    }

    fn text_item(&mut self, text: &'t TextItem) {
        self.declares(&text.name, Named::Text);
        for (language, text) in &text.spoken {
            self.uses(language, Named::Language);
            self.expr(text, &Wanted::Anything);
        }
    }

    fn hours(&mut self, hours: &'t Hours) {
        self.declares(&hours.name, Named::Hours);
        if let Some(from) = &hours.from {
            self.note(&named_by(from), Named::BusinessHours(from.text.clone()), false);
        }
        let names = match &hours.holidays {
            Some(HolidaysExpr::These(names) | HolidaysExpr::AllBut(names)) => names.as_slice(),
            Some(HolidaysExpr::None) | None => &[],
        };
        for name in names {
            self.note(&named_by(name), Named::Holiday(name.text.clone()), false);
        }
    }

    pub(super) fn file_lines(&mut self, lines: &'t [FileLine]) {
        for line in lines {
            let FileLine { name, required: _, label, help, rules: _, range: _ } = line;
            self.declares(name, Named::File);
            for wording in [label, help].into_iter().flatten() {
                if let Wording::Named(name) = wording {
                    self.uses(name, Named::Text);
                }
            }
        }
    }

    pub(super) fn collect_lines(&mut self, lines: &'t [CollectLine]) {
        for line in lines {
            let CollectLine { place, min, max, required: _, label, help, matches, range: _ } = line;
            let of = self.path(place, &Wanted::Place);
            let otherwise = matches.as_ref().and_then(|(_, otherwise)| otherwise.as_ref());
            for wording in [label.as_ref(), help.as_ref(), otherwise].into_iter().flatten() {
                if let Wording::Named(name) = wording {
                    self.uses(name, Named::Text);
                }
            }
            for bound in [min, max].into_iter().flatten() {
                self.expr_for(bound, of.clone());
            }
        }
    }
}
