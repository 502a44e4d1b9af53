//! The schema of an org whose admin changes it.

use jiff::Timestamp;

use super::describes::leave_out_what_is_unknown;
use super::field::{FieldSchema, FieldType};
use super::list::{List, ListValue};
use super::permissions::FieldPermissions;
use super::{ObjectSchema, Schema, load};
use crate::org::Grant;

impl Schema {
    pub(in crate::org) fn object_mut(&mut self, name: &str) -> Option<&mut ObjectSchema> {
        let at = *self.by_name.get(&name.to_ascii_lowercase())?;
        self.objects.get_mut(at)
    }

    pub(in crate::org) fn remove_object(&mut self, name: &str) -> Result<(), String> {
        let before = self.objects.len();
        self.objects.retain(|object| !object.name.eq_ignore_ascii_case(name));
        if self.objects.len() == before { Err(format!("there is no `{name}`")) } else { Ok(()) }
    }

    /// Says what a user may do with a field.
    pub(in crate::org) fn permit(
        &mut self,
        user: &str,
        object: &str,
        field: &str,
        (may, at): (Grant, Timestamp),
    ) -> Result<(), String> {
        let known = self.object(object).and_then(|object| object.field(field));
        let known = known.ok_or_else(|| format!("there is no `{object}.{field}`"))?;
        let path = format!("{object}.{}", known.name);
        let all = &mut self.rules.field_permissions;
        let place = all.iter().position(|known| known.user.eq_ignore_ascii_case(user));
        let place = place.unwrap_or_else(|| {
            let user = user.to_owned();
            all.push(FieldPermissions { user, hidden: Vec::new(), read_only: Vec::new() });
            all.len() - 1
        });
        all[place].hidden.retain(|known| *known != path);
        all[place].read_only.retain(|known| *known != path);
        match may {
            Grant::Nothing => all[place].hidden.push(path),
            Grant::Read => all[place].read_only.push(path),
            Grant::Write => {}
        }
        // A real org's stamps move everywhere when a permission changes.
        self.objects.iter_mut().for_each(|object| object.modified = Some(at));
        Ok(())
    }

    /// The schema linked anew after a change, without what names something that is gone.
    pub(in crate::org) fn relinked(self, at: Timestamp) -> Result<Schema, String> {
        let Schema { mut objects, mut rules, others, .. } = self;
        for object in &mut objects {
            object.modified.get_or_insert(rules.modified);
        }
        rules.modified = at;
        leave_out_what_is_unknown(&objects, &mut rules);
        objects.iter_mut().for_each(ObjectSchema::free_dependents);
        let mut schema = load::link(objects, rules).map_err(|problem| problem.to_string())?;
        schema.others = others;
        Ok(schema)
    }
}

impl ObjectSchema {
    /// Notes that an admin has changed it. A real org's own describe no longer holds.
    pub(in crate::org) fn changed(&mut self, at: Timestamp) {
        self.modified = Some(at);
        self.describe = None;
    }

    pub(in crate::org) fn field_mut(&mut self, name: &str) -> Option<&mut FieldSchema> {
        self.fields.iter_mut().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    pub(in crate::org) fn list_mut(&mut self, field: &str) -> Option<&mut List> {
        self.lists.get_mut(field)
    }

    pub(in crate::org) fn remove_field(&mut self, name: &str) {
        let name = self.field(name).map(|field| field.name.clone());
        if let Some(name) = name {
            self.hide(&name);
        }
    }

    pub(in crate::org) fn add_field(&mut self, field: FieldSchema, values: &[String]) {
        let name = field.name.clone();
        self.fields.push(field);
        if !values.is_empty() {
            let values = values.iter().map(|value| ListValue::new(value)).collect();
            self.lists.insert(name, List { restricted: true, values });
        }
    }

    /// Gives a field that has become a list one, and takes it from one that is none any more.
    pub(in crate::org) fn fit_list(&mut self, name: &str) {
        let Some(field) = self.fields.iter().find(|field| field.name == name) else { return };
        let listed = matches!(field.field_type, FieldType::Picklist | FieldType::Multipicklist);
        if listed {
            let empty = || List { restricted: true, values: Vec::new() };
            self.lists.entry(name.to_owned()).or_insert_with(empty);
        } else {
            self.lists.remove(name);
        }
    }

    /// Values that depend on a field which is gone fit always.
    fn free_dependents(&mut self) {
        let names: Vec<String> = self.fields.iter().map(|field| field.name.clone()).collect();
        for field in &mut self.fields {
            let gone = field.controller.as_ref().is_some_and(|its| !names.contains(its));
            if !gone {
                continue;
            }
            field.controller = None;
            for value in self.lists.get_mut(&field.name).into_iter().flat_map(|it| &mut it.values) {
                value.valid_for = None;
            }
        }
    }
}
