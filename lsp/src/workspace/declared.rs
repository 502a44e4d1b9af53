//! Where names are declared that no source declares: in the pulled metadata and the manifest.

use std::fs;
use std::path::Path;

use gen_lsp_types::{Location, Position, Range};
use tidegate_compiler::mentions::Named;
use tidegate_project::{root, schema_folder};
use tidegate_schemas::catalog::Catalog;

use super::Project;
use crate::uri;

impl Project {
    /// The line of the metadata or of the manifest that declares a name.
    pub(crate) fn definition(&self, named: &Named, catalog: &Catalog) -> Option<Location> {
        let schema = self.root().join(schema_folder::FOLDER);
        let object = |name: &str| schema.join("objects").join(format!("{name}.toml"));
        let entry = |name: &str| vec![format!("{name} ="), format!("\"{name}\" =")];
        let (path, begins) = match named {
            Named::Object(name) => (object(name), vec![String::new()]),
            Named::Field(field) => {
                let (home, found) = field.find(catalog)?;
                (object(&home.name), vec![format!("[fields.{}]", found.name)])
            }
            Named::RecordType { object: of, name } => (object(of), entry(name)),
            Named::Queue(name) => {
                let mut begins = entry(name);
                begins.push(format!("[queues.{name}]"));
                (schema.join("org.toml"), begins)
            }
            Named::BusinessHours(name) => {
                let quoted = format!("[business_hours.\"{name}\"]");
                let begins = vec![format!("[business_hours.{name}]"), quoted];
                (schema.join("hours.toml"), begins)
            }
            Named::Holiday(name) => {
                (schema.join("hours.toml"), vec![format!("  {{ name = \"{name}\"")])
            }
            Named::User(name) => (self.root().join(root::MANIFEST), entry(name)),
            Named::Parent(_)
            | Named::Space(_)
            | Named::Attribute(..)
            | Named::Given(_)
            | Named::Word(_)
            | Named::Workflow(_)
            | Named::Push(_)
            | Named::ChannelPush(_)
            | Named::Channel(_)
            | Named::Form(_)
            | Named::Text(_)
            | Named::Hours(_)
            | Named::Language(_)
            | Named::Outcome(_)
            | Named::Step(_)
            | Named::File(_)
            | Named::Target(_)
            | Named::Pipe(_)
            | Named::Type(_)
            | Named::Value(..) => return None,
        };
        line(&path, &begins)
    }
}

/// The first line of a file that begins with one of these.
fn line(path: &Path, begins: &[String]) -> Option<Location> {
    let text = fs::read_to_string(path).ok()?;
    let at = text.lines().position(|line| begins.iter().any(|begin| line.starts_with(begin)))?;
    let at = Position { line: u32::try_from(at).ok()?, character: 0 };
    Some(Location { uri: uri::of_path(path)?, range: Range { start: at, end: at } })
}
