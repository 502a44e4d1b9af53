//! Whether what a catalog says of one thing goes with what it says of another. What an org tells always
//! does; what was written by hand may not.

use crate::catalog::{Catalog, FieldKind, Object};

use super::error::{Fault, Unreadable};
use super::{literal, object_path};

/// Looks whether a catalog contradicts itself.
///
/// # Errors
///
/// The first contradiction of each file.
pub fn coherent(catalog: &Catalog) -> Result<(), Unreadable> {
    let faults: Vec<Fault> =
        catalog.objects.values().filter_map(|object| controlled(object).err()).collect();
    if faults.is_empty() { Ok(()) } else { Err(Unreadable { faults }) }
}

/// What fits which value of another list is said of values that are there. Of a controller that the user
/// who pulled may not see, nothing is said.
fn controlled(object: &Object) -> Result<(), Fault> {
    let path = object_path(&object.name);
    for field in object.fields.values() {
        let Some(list) = field.kind.list() else { continue };
        let key = |what: &str| format!("fields.{}.{what}", literal::key(&field.name));
        let says = list.values.iter().any(|value| value.valid_for.is_some());
        let Some(name) = list.controller.as_ref().filter(|_| says) else { continue };
        let Some(controller) = object.fields.get(name) else {
            let what = format!("`{}` is no field of `{}`", name.escape_debug(), object.name);
            return Err(Fault::of_key(&path, key("controller"), what));
        };
        let named: Vec<&str> = match (&controller.kind, controller.kind.list()) {
            (_, Some(list)) => list.values.iter().map(|value| value.value.as_str()).collect(),
            (FieldKind::Boolean, None) => vec!["false", "true"],
            _ => {
                let what = format!("`{name}` has no values that others could go with");
                return Err(Fault::of_key(&path, key("controller"), what));
            }
        };
        for (at, value) in list.values.iter().enumerate() {
            let fitting = value.valid_for.iter().flatten();
            if let Some(unknown) = fitting.into_iter().find(|its| !named.contains(&its.as_str())) {
                let what = format!(
                    "`{}` is no value of `{name}`, which has {}",
                    unknown.escape_debug(),
                    first_of(&named)
                );
                return Err(Fault::of_key(&path, key(&format!("values[{at}].valid_for")), what));
            }
        }
    }
    Ok(())
}

/// So many values are named in a message.
const NAMED: usize = 6;

fn first_of(values: &[&str]) -> String {
    let named: Vec<String> = values.iter().take(NAMED).map(|value| format!("`{value}`")).collect();
    let more = values.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}
