//! `check --org`, `pull --check` and what `pull` says, against the local org as an admin changes it.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_simulator::{RunningOrg, SchemaChange};
use tidegate_tests::process::binary;

use super::{KEY, SECRET, org};

/// A project on the local org, as its own production and as a sandbox that another login leads to.
struct Project {
    folder: TempDir,
    org: RunningOrg,
}

const ORGS: &str = r#"
[project]
name = "support"
org = "production"

[org.production]
login_url = "URL"
login = { flow = "client-credentials", consumer_key_env = "KEY", consumer_secret_env = "SECRET" }

[org.sandbox]
login_url = "URL"
login = { flow = "client-credentials", consumer_key_env = "KEY", consumer_secret_env = "SECRET" }

[org.gone]
login_url = "http://127.0.0.1:1"
login = { flow = "client-credentials", consumer_key_env = "KEY", consumer_secret_env = "SECRET" }

[messenger.web]
"#;

impl Project {
    /// Pulled from the org as it is in the beginning.
    async fn new() -> Self {
        let org = org(None).await;
        let folder = TempDir::new().expect("a folder");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/support");
        for entry in std::fs::read_dir(example).expect("the example") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|ending| ending == "tide") {
                let name = path.file_name().expect("a name");
                std::fs::copy(&path, folder.path().join(name)).expect("a copy");
            }
        }
        let manifest = ORGS.replace("URL", org.url());
        std::fs::write(folder.path().join("tidegate.toml"), manifest).expect("the manifest");
        let project = Self { folder, org };
        let pulled = project.screen(&["pull"]);
        assert!(pulled.contains("exit code 0"), "{pulled}");
        project
    }

    fn change(&self, change: Value) {
        let change: SchemaChange = serde_json::from_value(change).expect("a change");
        self.org.org().change_schema(&change).expect("it can be changed");
    }

    /// What a command printed, and how it ended.
    fn screen(&self, arguments: &[&str]) -> String {
        let done = Command::new(binary())
            .args(arguments)
            .envs([("KEY", KEY), ("SECRET", SECRET), ("NO_COLOR", "1"), ("COLUMNS", "100")])
            .env_remove("GITHUB_WORKSPACE")
            .current_dir(self.folder.path())
            .output()
            .expect("the tidegate binary");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        let screen = format!(
            "$ tidegate {}\n{}\n---- standard error\n{}\n---- exit code {}\n",
            arguments.join(" "),
            text(&done.stdout),
            text(&done.stderr),
            done.status.code().map_or("none".to_owned(), |code| code.to_string())
        );
        let folder = self.folder.path().canonicalize().expect("a folder").display().to_string();
        screen.replace(&folder, "FOLDER").replace(self.org.url(), "URL")
    }

    fn schema(&self) -> Vec<(String, String)> {
        let folder = self.folder.path().join("schema");
        ["org.toml", "objects/Case.toml", "objects/Contact.toml"]
            .map(|name| {
                let text = std::fs::read_to_string(folder.join(name)).expect("a file");
                (name.to_owned(), text)
            })
            .to_vec()
    }
}

fn value(field: &str, value: &str, active: bool) -> Value {
    json!({ "list_value": { "object": "Case", "field": field, "value": value, "active": active } })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_equal_org_touches_nothing() {
    let project = Project::new().await;
    let screens = [
        project.screen(&["check", "--org", "sandbox"]),
        project.screen(&["pull", "--check"]),
        project.screen(&["pull"]),
    ];
    insta::assert_snapshot!(screens.concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_org_breaks_is_told_by_what_it_means() {
    let project = Project::new().await;
    let before = project.schema();
    project.change(value("Reason", "Billing", false));
    project.change(value("Product__c", "HP200", false));
    project.change(json!({ "field": { "object": "Case", "field": "Subject", "length": 80 } }));
    project
        .change(json!({ "field": { "object": "Case", "field": "SuppliedPhone", "label": "Tel" } }));
    project.change(json!({ "queue": { "name": "Tier_1", "owns": ["Lead"] } }));
    project.change(json!({ "permission": { "user": "integration@warmhaus.example",
        "object": "Contact", "field": "Customer_Tier__c", "may": "nothing" } }));
    project.change(
        json!({ "field": { "object": "Case", "field": "Order_Number__c", "required": true } }),
    );
    let human = project.screen(&["check", "--org", "sandbox"]);
    insta::assert_snapshot!("consequences", human);
    let forms = ["short", "json", "github", "sarif"]
        .map(|format| project.screen(&["check", "--org", "sandbox", "--format", format]));
    insta::assert_snapshot!("consequences_in_each_form", forms.concat());
    let checked = project.screen(&["pull", "--check"]);
    assert!(checked.contains("exit code 1"), "{checked}");
    assert_eq!(project.schema(), before, "nothing was written");

    // The pull says the same once, and afterwards it is for `check` to say.
    insta::assert_snapshot!("consequences_of_a_pull", project.screen(&["pull"]));
    assert_ne!(project.schema(), before);
    let again = project.screen(&["pull", "--check"]);
    assert!(again.contains("nothing of the program is touched"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_that_touch_nothing_are_counted() {
    let project = Project::new().await;
    project
        .change(json!({ "field": { "object": "Case", "field": "SuppliedPhone", "label": "Tel" } }));
    project.change(value("Topic__c", "A new one", true));
    project.change(json!({ "add_field": { "object": "Case",
        "field": { "name": "Region__c", "label": "Region", "type": "string", "length": 40 } } }));
    insta::assert_snapshot!(project.screen(&["check", "--org", "sandbox"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_gone_and_rights_that_are_lost_are_consequences() {
    let project = Project::new().await;
    let before = project.schema();
    project.change(json!({ "object": { "object": "Account", "remove": true } }));
    project.change(json!({ "object": { "object": "Case", "createable": false } }));
    project.change(
        json!({ "field": { "object": "Case", "field": "Tidegate_Key__c", "unique": false } }),
    );
    let screens =
        [project.screen(&["check", "--org", "sandbox"]), project.screen(&["pull"])].concat();
    insta::assert_snapshot!(screens);
    assert_eq!(project.schema(), before, "a pull that fails keeps what was there");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_org_that_can_not_be_reached_is_no_consequence() {
    let project = Project::new().await;
    let mut screens = vec![
        project.screen(&["check", "--org", "gone"]),
        project.screen(&["check", "--org", "nowhere"]),
    ];
    let manifest = project.folder.path().join("tidegate.toml");
    let text = std::fs::read_to_string(&manifest).expect("the manifest");
    let text = text.replace("org = \"production\"", "org = \"gone\"");
    std::fs::write(&manifest, text).expect("written");
    screens.push(project.screen(&["pull", "--check"]));
    let screens = screens.concat();
    // The machine's words for a refused connection are its own.
    let screens = screens.lines().map(|line| match line.split_once("could not be reached: ") {
        Some((before, after)) => {
            let kept = after.rsplit_once("; ").map_or("", |(_, kept)| kept);
            format!("{before}could not be reached: …; {kept}")
        }
        None => line.to_owned(),
    });
    insta::assert_snapshot!(screens.collect::<Vec<_>>().join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_its_own_do_not_hide_that_something_was_not_compared() {
    let project = Project::new().await;
    let pushes = project.folder.path().join("pushes.tide");
    let text = std::fs::read_to_string(&pushes).expect("text");
    std::fs::write(&pushes, text.replace("Origin = \"Chat\"", "Orgin = \"Chat\""))
        .expect("written");
    project.change(value("Reason", "Billing", false));
    let screen = project.screen(&["check", "--org", "sandbox", "--format", "short"]);
    assert!(screen.contains("what they hide is not compared"), "{screen}");
    assert!(screen.contains("error[E0306]") && !screen.contains("Orgin"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_and_a_user_that_the_org_does_not_know_are_told() {
    let project = Project::new().await;
    let manifest = project.folder.path().join("tidegate.toml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    let change = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        std::fs::write(&manifest, text.replacen(from, to, 1)).expect("a manifest");
        project.screen(&["pull"])
    };
    let user = change("\n[org.", "\n[user]\nghost = \"ghost@warmhaus.example\"\n\n[org.");
    let version = change("login = ", "api_version = \"99.0\"\nlogin = ");
    insta::assert_snapshot!(user + &version);
}
