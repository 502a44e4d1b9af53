//! The command line as its users see it: screens, exit codes, and every command that the README gives.

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

/// A copy of the example, as somebody's own project.
fn project() -> TempDir {
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

#[test]
fn help() {
    let folder = tempfile::tempdir().expect("a folder");
    let verbs = ["pull", "check", "build", "inspect", "run", "dev", "org", "explain"];
    let mut all = screen(folder.path(), &["--help"], &[]);
    for verb in verbs {
        all += &screen(folder.path(), &[verb, "--help"], &[]);
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
    let all: String = ["human", "short", "json"]
        .map(|format| screen(folder.path(), &["check", ".", "--format", format], &[]))
        .concat();
    insta::assert_snapshot!(all);
    insta::assert_snapshot!(screen(folder.path(), &["build", "."], &[]));
    assert!(!folder.path().join("support.plan").exists(), "nothing is built of it");
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
    for verb in ["dev", "pull", "check", "explain", "build", "inspect", "run", "org"] {
        assert!(readme.contains(&format!("| `tidegate {verb}")), "the README's table has `{verb}`");
    }
}
