//! What a reader is told about files that are no catalog.

use super::super::{coherent, from_files, object_path, to_files};
use super::small_org;

/// The faults after one replacement in one file.
fn faults(path: &str, from: &str, to: &str) -> String {
    let mut files = to_files(&small_org());
    let text = files.get_mut(path).expect("a file of the small org");
    assert!(text.contains(from), "{from:?} is not in {path}");
    *text = text.replacen(from, to, 1);
    from_files(&files).expect_err("the changed files").to_string()
}

#[test]
fn every_fault_names_file_and_key() {
    let case = object_path("Case");
    let told = [
        faults(&case, "createable = true", "creatable = true"),
        faults(&case, "length = 255", "length = \"255\""),
        faults(&case, "length = 255\n", ""),
        faults(&case, "length = 255", "length = 255\ndigits = 3"),
        faults(&case, "type = \"string\"", "type = \"str\u{1b}ing\""),
        faults(&case, "value = \"Refund\", label", "value = \"Refund\", lable"),
        faults(&case, "restricted = true", "restricted = maybe"),
        faults(&case, "name = \"Case\"", "name = \"../Case\""),
        faults(&case, "[fields.OwnerId]", "[fields.Amount__c]"),
        faults(&case, "Master = \"all\"", "Master = \"most\""),
        faults(&case, "\"not known\"", "[3]"),
        faults("hours.toml", "08:00-17:30", "8-17"),
        faults("hours.toml", "day_of_month = 25", "day_of_month = \"25\""),
        faults("hours.toml", "time_zone", "timezone"),
        faults("org.toml", "pulled_by", "pulled_bye"),
        faults("org.toml", "objects = [\"Case\"]", "objects = \"Case\""),
        faults(
            "org.toml",
            "Tier_1 = { label = \"Tier 1\", objects = [\"Case\"] }",
            "Tier_1 = \"Tier 1\"",
        ),
        faults(&case, "{ value = \"Delivery\" }", "\"Delivery\""),
        faults("org.toml", "format = 1", "format = 2\nnew = true"),
        faults("org.toml", "format = 1\n", ""),
    ];
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_list_depends_on_values_that_are_there() {
    let told = |from: &str, to: &str| {
        let mut files = to_files(&small_org());
        let text = files.get_mut(&object_path("Case")).expect("the Case");
        assert!(text.contains(from), "{from:?} is not in {text}");
        *text = text.replacen(from, to, 1);
        let catalog = from_files(&files).expect("each line is right");
        coherent(&catalog).expect_err("together they are not").to_string()
    };
    let all = [
        told("controller = \"Reason\"", "controller = \"Raeson\""),
        told("controller = \"Reason\"", "controller = \"Subject\""),
        told("valid_for = [\"Delivery\"]", "valid_for = [\"Delivry\"]"),
    ];
    insta::assert_snapshot!(all.join("\n"));
    assert_eq!(coherent(&small_org()), Ok(()));
}

#[test]
fn every_file_with_a_fault_is_named() {
    let mut files = to_files(&small_org());
    files.insert("objects/Lead.toml".to_owned(), "name = 1".to_owned());
    files.insert("objects/Task.toml".to_owned(), "nonsense".to_owned());
    files.insert("notes.txt".to_owned(), String::new());
    files.remove("org.toml");
    insta::assert_snapshot!(from_files(&files).expect_err("four faults"));
}
