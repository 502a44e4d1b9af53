//! The Salesforce side: metadata in source format, for an admin to deploy, that a plan needs in its
//! org. A function of the plan and the pulled metadata; nothing here changes an org.
//!
//! The shapes are those of the Metadata API Developer Guide and of a Salesforce DX project; elements stand in
//! the order of the API's schema.

mod chat;
mod field;
#[cfg(test)]
#[allow(dead_code, reason = "the engine's tests use the rest of it")]
#[path = "../../plan/src/fixture.rs"]
mod fixture;
mod page;
mod permissions;
mod xml;

use std::collections::BTreeMap;

use tidegate_plan::model::Plan;
use tidegate_schemas::catalog::Catalog;

pub use chat::{ChannelSetup, Chat, Parameter, Problem, Queue, Target, Verification};

/// What the field is called that makes a Case come only once, where an org has none yet.
pub const KEY_FIELD: &str = "Tidegate_Key__c";

/// A file of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it goes, below the package's folder, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// What a component of a package is, for its list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Component {
    kind: &'static str,
    member: String,
    file: File,
}

/// What a plan needs in its org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The files, by their paths.
    pub files: Vec<File>,
    /// What is deployed: kinds of the Metadata API, each with a full name.
    pub members: Vec<(&'static str, String)>,
    /// The channels that it hands off to.
    pub chats: Vec<Chat>,
}

/// What a plan needs: the key's field where it is the one that packages make, the smallest permission
/// set with which the runtime does what the plan says, and for each channel that it hands off to all
/// that brings the chats and what goes along to agents.
///
/// # Errors
/// What goes along can't have the names that it would have in Salesforce.
pub fn of_plan(
    plan: &Plan,
    catalog: &Catalog,
    channels: &BTreeMap<String, ChannelSetup>,
) -> Result<Package, Vec<Problem>> {
    let chats = chat::chats(plan, catalog, channels)?;
    let api_version = &catalog.origin.api_version;
    let ours = plan.pushes.iter().any(|push| push.key_field == KEY_FIELD);
    let mut components: Vec<Component> = ours.then(field::key).into_iter().collect();
    components.push(permissions::set(&plan.requirements, &plan.pushes, &plan.forms, catalog));
    components.extend(chat::components(&chats, api_version));
    let page = page::of_plan(plan, &components, &chats);
    Ok(whole(components, api_version, page, chats))
}

/// What an org needs before anything can be built against it: the key's field.
pub fn of_new_org(api_version: &str) -> Package {
    let components = vec![field::key()];
    let page = page::of_new_org(&components);
    whole(components, api_version, page, Vec::new())
}

/// The components, with what makes a project of them.
fn whole(components: Vec<Component>, api_version: &str, page: String, chats: Vec<Chat>) -> Package {
    let project = format!(
        "{{\n  \"packageDirectories\": [{{ \"path\": \"force-app\", \"default\": true }}],\n  \
         \"sourceApiVersion\": \"{api_version}\"\n}}\n"
    );
    let mut files = vec![
        File { path: "README.md".to_owned(), text: page },
        File { path: "manifest/package.xml".to_owned(), text: manifest(&components, api_version) },
        File { path: "sfdx-project.json".to_owned(), text: project },
    ];
    let members = components.iter().map(|its| (its.kind, its.member.clone())).collect();
    files.extend(components.into_iter().map(|component| component.file));
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Package { files, members, chats }
}

/// `package.xml`: the components by kind.
fn manifest(components: &[Component], api_version: &str) -> String {
    let mut kinds: Vec<&str> = components.iter().map(|component| component.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let types = kinds.into_iter().map(|kind| {
        let of_kind = components.iter().filter(|component| component.kind == kind);
        let members = of_kind.map(|component| xml::leaf("members", &component.member));
        xml::node("types", members.chain([xml::leaf("name", kind)]).collect())
    });
    let version = xml::leaf("version", api_version);
    xml::document(&xml::root("Package", types.chain([version]).collect()))
}

#[cfg(test)]
mod tests;
