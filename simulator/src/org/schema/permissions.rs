//! Field-level security: the schema as one user sees it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Schema;

/// What one user doesn't see or may not write.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldPermissions {
    /// The username.
    pub user: String,
    /// Fields that are not there for this user, such as `Case.Refund_Amount__c`.
    #[serde(default)]
    pub hidden: Vec<String>,
    /// Fields that this user may read only.
    #[serde(default)]
    pub read_only: Vec<String>,
}

impl Schema {
    /// The schema as each user sees it whom it shows less, by username in lower case.
    pub(in crate::org) fn views(&self) -> Result<BTreeMap<String, Schema>, String> {
        let mut views = BTreeMap::new();
        for permissions in &self.rules.field_permissions {
            let mut view = self.clone();
            for path in &permissions.hidden {
                let (object, field) = view.place(path)?;
                view.objects[object].hide(&field);
            }
            for path in &permissions.read_only {
                let (object, field) = view.place(path)?;
                let fields = &mut view.objects[object].fields;
                fields.iter_mut().filter(|known| known.name == field).for_each(|f| f.locked = true);
            }
            views.insert(permissions.user.to_lowercase(), view);
        }
        Ok(views)
    }

    fn place(&self, path: &str) -> Result<(usize, String), String> {
        let found = path.split_once('.').and_then(|(object, field)| {
            let index = *self.by_name.get(&object.to_ascii_lowercase())?;
            let field = self.objects[index].field(field)?;
            Some((index, field.name.clone()))
        });
        found.ok_or_else(|| format!("a permission names no field: `{path}`"))
    }
}
