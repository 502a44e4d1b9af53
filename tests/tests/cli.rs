//! The command line as its users see it: screens, exit codes, and every command that the README gives.

#[path = "cli/ai.rs"]
mod ai;
#[path = "cli/bad_inputs.rs"]
mod bad_inputs;
#[path = "cli/ci.rs"]
mod ci;
#[path = "cli/dead_letters.rs"]
mod dead_letters;
#[path = "cli/dev.rs"]
mod dev;
#[path = "cli/diff.rs"]
mod diff;
#[path = "cli/emit.rs"]
mod emit;
#[path = "cli/emitted.rs"]
mod emitted;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/fmt.rs"]
mod fmt;
#[path = "cli/graph.rs"]
mod graph;
#[path = "cli/json.rs"]
mod json;
#[path = "cli/proposals.rs"]
mod proposals;
#[path = "cli/rehearsals.rs"]
mod rehearsals;
#[path = "cli/tell.rs"]
mod tell;
#[path = "cli/watch.rs"]
mod watch;
#[path = "cli/witness.rs"]
mod witness;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use tidegate_tests::process::{Process, binary};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// What a command printed, and how it ended, with this run's folder and addresses taken out.
fn screen(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let done = Command::new(binary())
        .args(arguments)
        .envs(variables.iter().copied())
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .expect("the tidegate binary");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    let code = done.status.code().map_or("none".to_owned(), |code| code.to_string());
    let screen = format!(
        "$ tidegate {}\n{}\n---- standard error\n{}\n---- exit code {code}\n",
        arguments.join(" "),
        text(&done.stdout),
        text(&done.stderr)
    );
    let folder = folder.canonicalize().expect("a folder").display().to_string();
    screen.replace(&folder, "FOLDER")
}

/// A copy of the example, as somebody's own project that has no tests yet.
fn project() -> TempDir {
    let folder = project_with_tests();
    fs::remove_file(folder.path().join("tests.tide")).expect("the example's tests");
    folder
}

fn project_with_tests() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("examples/support"), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_owned();
        if path.is_dir() && !name.to_string_lossy().starts_with('.') {
            copy(&path, &to.join(name));
        } else if path.is_file() {
            fs::copy(&path, to.join(name)).expect("a copy");
        }
    }
}

fn change(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("text");
    assert!(text.contains(from), "{file} has `{from}`");
    fs::write(path, text.replacen(from, to, 1)).expect("a file");
}

const VERBS: [&str; 20] = [
    "init",
    "pull",
    "check",
    "fmt",
    "sync",
    "test",
    "tell",
    "graph",
    "ai",
    "diff",
    "build",
    "emit",
    "inspect",
    "run",
    "dev",
    "org",
    "dead-letters",
    "lsp",
    "explain",
    "completions",
];

#[test]
fn help() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut all = screen(folder.path(), &["--help"], &[]);
    for verb in VERBS {
        all += &screen(folder.path(), &[verb, "--help"], &[]);
    }
    all += &screen(folder.path(), &["sync", "add", "--help"], &[]);
    all += &screen(folder.path(), &["emit", "salesforce", "--help"], &[]);
    for what in ["list", "show", "mend", "resend", "drop"] {
        all += &screen(folder.path(), &["dead-letters", what, "--help"], &[]);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_example_passes_its_check_and_builds_the_same_plan_every_time() {
    let folder = project();
    insta::assert_snapshot!(screen(folder.path(), &["check", "."], &[]));
    let built = |name: &str| {
        screen(folder.path(), &["build", ".", "-o", name], &[]);
        fs::read(folder.path().join(name)).expect("a plan")
    };
    assert_eq!(built("one.plan"), built("two.plan"));
}

#[test]
fn a_broken_project_in_each_format() {
    let folder = project();
    change(folder.path(), "billing.tide", "conversation.order_number", "conversation.ordr_number");
    change(folder.path(), "pushes.tide", "owner queue Tier_1", "owner queue Teir_1");
    let all: String = ["human", "short", "json", "github"]
        .map(|format| screen(folder.path(), &["check", ".", "--format", format], &[]))
        .concat();
    insta::assert_snapshot!(all);
    insta::assert_snapshot!(screen(folder.path(), &["build", "."], &[]));
    assert!(!folder.path().join("support.plan").exists(), "nothing is built of it");
}

#[test]
fn paths_for_other_programs_begin_at_the_repository() {
    let folder = project();
    change(folder.path(), "billing.tide", "conversation.order_number", "conversation.ordr_number");
    let above = folder.path().parent().expect("a parent").to_path_buf();
    let name = folder.path().file_name().expect("a name").to_str().expect("UTF-8");
    let uri = |folder: &Path, arguments: &[&str], workspace: &Path| {
        let done = Command::new(binary())
            .args(arguments)
            .env("GITHUB_WORKSPACE", workspace)
            .current_dir(folder)
            .output()
            .expect("the tidegate binary");
        assert_eq!(done.status.code(), Some(1));
        String::from_utf8(done.stdout).expect("UTF-8")
    };
    let nowhere = Path::new("/nowhere");
    let sarif = ["check", name, "--format", "sarif"];
    let log: serde_json::Value =
        serde_json::from_str(&uri(&above, &sarif, nowhere)).expect("a SARIF log");
    let result = &log["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    let expected = format!("{name}/billing.tide");
    assert_eq!(place["artifactLocation"]["uri"], expected);
    assert_eq!(place["region"]["startLine"], 4);
    assert_eq!(result["fixes"][0]["artifactChanges"][0]["artifactLocation"]["uri"], expected);
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], result["ruleId"]);
    let page = rule["help"]["markdown"].as_str().expect("the page");
    assert!(page.starts_with("# E0203"), "{page}");

    let github = ["check", ".", "--format", "github"];
    let here = uri(folder.path(), &github, nowhere);
    assert!(here.starts_with("::error file=billing.tide,line=4,"), "{here}");
    let in_workspace = uri(folder.path(), &github, &above);
    assert!(
        in_workspace.starts_with(&format!("::error file={expected},line=4,")),
        "{in_workspace}"
    );
}

#[test]
fn what_goes_wrong_outside_the_sources() {
    let empty = tempfile::tempdir().expect("a folder");
    let mut all = screen(empty.path(), &["check", "."], &[]);
    all += &screen(empty.path(), &["check", "nowhere"], &[]);
    all += &screen(empty.path(), &["explain", "E9999"], &[]);
    all += &screen(empty.path(), &["inspect", "no.plan"], &[]);
    fs::write(empty.path().join("bad.plan"), "not a plan").expect("a file");
    all += &screen(empty.path(), &["inspect", "bad.plan"], &[]);
    let folder = project();
    for file in ["billing", "breakdown", "fields", "pushes", "support"] {
        fs::remove_file(folder.path().join(format!("{file}.tide"))).expect("a file");
    }
    all += &screen(folder.path(), &["check", "."], &[]);
    all += &screen(folder.path(), &["pull", "."], &[]);
    let folder = project();
    fs::remove_dir_all(folder.path().join("schema")).expect("the schema");
    all += &screen(folder.path(), &["check", "."], &[]);
    change(folder.path(), "tidegate.toml", "origins", "orgins");
    all += &screen(folder.path(), &["check", "."], &[]);
    insta::assert_snapshot!(all);
}

#[test]
fn explain() {
    let folder = tempfile::tempdir().expect("a folder");
    insta::assert_snapshot!(screen(folder.path(), &["explain", "e0201"], &[]));
}

/// The commands of the README's shell blocks.
fn readme_commands() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let blocks = readme.split("```").skip(1).step_by(2);
    let shell = blocks.filter_map(|block| block.strip_prefix("sh\n"));
    shell.flat_map(str::lines).map(str::to_owned).collect()
}

#[test]
fn a_new_project_passes_its_check_and_builds() {
    let (_org, address) = Process::start(&["org", "--port", "0"], &[], "the org answers at");
    let folder = tempfile::tempdir().expect("a folder");
    let variables = [
        ("TIDEGATE_CONSUMER_KEY", "tidegate-local"),
        ("TIDEGATE_CONSUMER_SECRET", "tidegate-local-secret"),
    ];
    let mut all = String::new();
    for template in ["chat", "triage"] {
        let run = |arguments: &[&str]| screen(folder.path(), arguments, &variables);
        all += &run(&["init", template, "--template", template]);
        let manifest = format!("{template}/tidegate.toml");
        change(folder.path(), &manifest, "https://MY-DOMAIN.my.salesforce.com", &address);
        assert!(run(&["pull", template]).contains("exit code 0"));
        all += &run(&["check", template, "--strict"]);
        all += &run(&["test", template, "--min", "100"]);
        all += &run(&["build", template]);
    }
    all += &screen(folder.path(), &["init", "chat"], &[]);
    all += &screen(folder.path(), &["init", "other", "--template", "triag"], &[]);
    insta::assert_snapshot!(all);
}

#[test]
fn a_field_is_synced_by_name() {
    let folder = project();
    let before = fs::read(folder.path().join("fields.tide")).expect("a file");
    let add =
        |arguments: &[&str]| screen(folder.path(), &[&["sync", "add"], arguments].concat(), &[]);
    let mut all = add(&["Case.Topc"]);
    all += &add(&["Case.Topic__c", "as", "Subject"]);
    all += &add(&["Case.Topic__c", "is", "topic"]);
    all += &add(&["Case.Topic__c", "as"]);
    all += &add(&["Case.Priority"]);
    assert_eq!(fs::read(folder.path().join("fields.tide")).expect("a file"), before);
    all += &add(&["Case.Topic__c", "as", "topic"]);
    all += &add(&["Contact.Account.Name", "as", "company"]);
    all += &screen(folder.path(), &["check"], &[]);
    insta::assert_snapshot!(all);
}

#[test]
fn completions_name_every_verb() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish"] {
        let script = screen(folder.path(), &["completions", shell], &[]);
        assert!(script.contains("exit code 0"), "{script}");
        for verb in VERBS {
            assert!(script.contains(verb), "{shell} completes `{verb}`");
        }
    }
}

/// What bash offers for the last of some words, by the script that we print.
fn bash_offers(words: &[&str]) -> Vec<String> {
    let script = Command::new(binary()).args(["completions", "bash"]).output().expect("a script");
    let script = String::from_utf8(script.stdout).expect("UTF-8");
    let [.., previous, last] = words else { panic!("at least two words") };
    let ask = format!(
        "{script}\nCOMP_WORDS=({}) COMP_CWORD={}\n_tidegate tidegate {last} {previous}\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.join(" "),
        words.len() - 1,
    );
    let done = Command::new("bash").args(["--norc", "-c", &ask]).output().expect("bash");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_verbs_options_and_values() {
    assert_eq!(bash_offers(&["tidegate", "comp"]), ["completions"]);
    assert_eq!(bash_offers(&["tidegate", "check", "--st"]), ["--strict"]);
    let templates = bash_offers(&["tidegate", "init", "--template", "''"]);
    assert_eq!(templates, ["chat", "triage"]);
}

/// Points a copy of the example at a local org; the variables that its manifest names.
fn at_local_org(folder: &Path, org: &str) -> Vec<(&'static str, &'static str)> {
    let manifest = format!(
        "[project]\nname = \"support\"\norg = \"local\"\n\n[org.local]\nlogin_url = \"{org}\"\n\
         login = {{ flow = \"client-credentials\", consumer_key_env = \"KEY\", \
         consumer_secret_env = \"SECRET\" }}\n\n[messenger.web]\n\n\
         [server]\nlisten = \"127.0.0.1:0\"\n"
    );
    fs::write(folder.join("tidegate.toml"), manifest).expect("a manifest");
    vec![("KEY", "tidegate-local"), ("SECRET", "tidegate-local-secret"), ("RUST_LOG", "off")]
}

#[test]
fn what_is_wrong_about_serving_is_told() {
    let folder = project();
    let mut variables = at_local_org(folder.path(), "http://127.0.0.1:1");
    let manifest = fs::read_to_string(folder.path().join("tidegate.toml")).expect("a manifest");
    let mut all = String::new();
    assert!(screen(folder.path(), &["build"], &[]).contains("exit code 0"));
    variables.push(("SHORT_TOKEN", "guess me"));
    for wrong in [
        "operator_listen = \"8081\"",
        "operator_token_env = \"NO_SUCH_TOKEN\"",
        "operator_token_env = \"SHORT_TOKEN\"",
        "trusted_proxies = [\"10.0.0.0/8\", \"proxy.local\"]",
        "trusted_proxy = [\"10.0.0.0/8\"]",
        "[server.limits]\nmessages_per_minute = 0",
        "[server.limits]\nmessages_per_hour = 20",
    ] {
        fs::write(folder.path().join("tidegate.toml"), format!("{manifest}{wrong}\n"))
            .expect("a manifest");
        all += &format!("# {wrong}\n");
        all += &screen(folder.path(), &["run", "support.plan"], &variables);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn every_command_of_the_readme_works() {
    let (_org, address) = Process::start(&["org", "--port", "0"], &[], "the org answers at");
    let own = project();
    let variables = at_local_org(own.path(), &address);
    let example: PathBuf = project().keep();
    for command in readme_commands() {
        let words: Vec<&str> = command.split(' ').collect();
        match words.as_slice() {
            ["cargo", "run", "--release", "--", "dev", "examples/support"] => {
                let folder = example.to_str().expect("UTF-8");
                drop(Process::start(&["dev", folder, "--port", "0"], &[], "ready"));
            }
            // What runs this test; its own script holds that.
            ["cargo", "xtask", "test"] => {
                let script = fs::read_to_string(root().join(".ci/run")).expect("the script");
                assert!(script.lines().any(|line| line == command), "CI runs the README's command");
            }
            ["tidegate", "run", plan] => {
                let plan = own.path().join(plan);
                let folder = own.path().to_str().expect("UTF-8");
                let plan = plan.to_str().expect("UTF-8");
                let arguments = ["run", plan, "--project", folder];
                drop(Process::start(&arguments, &variables, "listening on"));
            }
            ["tidegate", arguments @ ..] => {
                let screen = screen(own.path(), arguments, &variables);
                assert!(screen.contains("exit code 0"), "{screen}");
            }
            _ => panic!("no test knows the README's command `{command}`"),
        }
    }
    fs::remove_dir_all(example).expect("the copy");
}

#[test]
fn the_readmes_program_passes_its_check() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let program = readme.split("```tide\n").nth(1).and_then(|rest| rest.split("```").next());
    let folder = project();
    for file in ["billing.tide", "breakdown.tide"] {
        fs::remove_file(folder.path().join(file)).expect("a file of the example");
    }
    fs::write(folder.path().join("support.tide"), program.expect("a program")).expect("a file");
    let screen = screen(folder.path(), &["check", ".", "--format", "short", "--strict"], &[]);
    assert!(screen.contains("exit code 0"), "{screen}");
}

#[test]
fn the_readme_names_every_verb() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    for verb in VERBS {
        assert!(readme.contains(&format!("| `tidegate {verb}")), "the README's table has `{verb}`");
    }
}
