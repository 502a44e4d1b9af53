//! What an org's admin gets to deploy.

use std::fs;

use super::{change, project, screen};

#[test]
fn an_org_gets_the_keys_field_and_the_smallest_permission_set() {
    let folder = project();
    let show = |arguments: &[&str]| screen(folder.path(), arguments, &[]);
    let first = show(&["emit", "salesforce", "."]);
    let same = show(&["emit", "salesforce", ".", "--check"]);
    let at = folder.path().join("salesforce");
    let read = |file: &str| fs::read_to_string(at.join(file)).expect(file);
    let set = "force-app/main/default/permissionsets/Tidegate_Runtime.permissionset-meta.xml";
    let files = [read("README.md"), read("manifest/package.xml"), read(set)];
    fs::write(at.join(set), "other").expect("a file");
    let other = show(&["emit", "salesforce", ".", "--check"]);
    insta::assert_snapshot!([first, same, files.join("\n"), other].join("\n---\n"));
}

#[test]
fn an_org_without_the_keys_field_gets_that_first() {
    let folder = project();
    let path = "schema/objects/Case.toml";
    change(folder.path(), path, "Tidegate_Key__c", "Other_Key__c");
    change(folder.path(), path, "external_id = true", "external_id = false");
    let first = screen(folder.path(), &["emit", "salesforce", "."], &[]);
    change(folder.path(), "pushes.tide", "owner queue Tier_1", "owner queue Teir_1");
    let wrong = screen(folder.path(), &["emit", "salesforce", "."], &[]);
    insta::assert_snapshot!([first, wrong].join("\n---\n"));
}
