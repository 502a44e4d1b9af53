//! What others run in CI and before a commit: each file is read, and its commands are run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use saphyr::{LoadableYamlNode as _, Yaml};
use tempfile::TempDir;
use tidegate_tests::process::binary;

use crate::diff::{git, repository};
use crate::{change, root};

fn text(yaml: &Yaml<'_>, key: &str) -> Option<String> {
    yaml.as_mapping_get(key)?.as_str().map(str::to_owned)
}

fn texts(yaml: &Yaml<'_>, key: &str) -> Vec<String> {
    let all = yaml.as_mapping_get(key).and_then(|all| all.as_sequence());
    all.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

/// A clone of the example with a branch of its own, and the repository that it came from.
struct Clone {
    _origin: TempDir,
    folder: TempDir,
}

impl Clone {
    fn new() -> Self {
        let origin = repository();
        let folder = tempfile::tempdir().expect("a folder");
        let from = origin.path().to_str().expect("UTF-8").to_owned();
        git(folder.path(), &["clone", "--quiet", &from, "support"]);
        let clone = Self { _origin: origin, folder };
        git(&clone.project(), &["checkout", "--quiet", "-b", "longer"]);
        change(&clone.project(), "support.tide", "idle 15m", "idle 20m");
        git(&clone.project(), &["commit", "--quiet", "-am", "Wait longer"]);
        clone
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("support")
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// Runs a script as CI servers do: it ends at the first command that fails.
    fn bash(&self, script: &str, variables: &BTreeMap<String, String>) -> Output {
        Command::new("bash")
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script])
            .envs(variables)
            .current_dir(self.folder.path())
            .output()
            .expect("bash")
    }
}

fn ended(done: &Output) -> (Option<i32>, String) {
    let said = [done.stdout.as_slice(), done.stderr.as_slice()].concat();
    (done.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// The action's steps that run something, with the values of their variables.
fn steps(inputs: &BTreeMap<&str, &str>) -> Vec<(String, String, BTreeMap<String, String>)> {
    let file = fs::read_to_string(root().join("action.yml")).expect("the action");
    let documents = Yaml::load_from_str(&file).expect("YAML");
    let action = &documents[0];
    let declared = action.as_mapping_get("inputs").expect("inputs");
    let value = |written: &str| match written.strip_prefix("${{ inputs.") {
        Some(name) => {
            let name = name.trim_end_matches(" }}");
            let input = declared.as_mapping_get(name).expect("a declared input");
            let default = text(input, "default").expect("a default");
            inputs.get(name).map_or(default, |given| (*given).to_owned())
        }
        None => written.replace("${{ github.base_ref }}", "main"),
    };
    let runs = action.as_mapping_get("runs").expect("runs");
    assert_eq!(text(runs, "using").as_deref(), Some("composite"));
    let steps = runs.as_mapping_get("steps").and_then(|steps| steps.as_sequence());
    let steps = steps.expect("steps").iter().filter_map(|step| {
        let (name, script) = (text(step, "name")?, text(step, "run")?);
        assert_eq!(text(step, "shell").as_deref(), Some("bash"), "{name}");
        // No value of a pull request is written into a script.
        assert!(!script.contains("${{"), "{name}: {script}");
        let variables = step.as_mapping_get("env").and_then(|env| env.as_mapping());
        let variables = variables.into_iter().flatten().filter_map(|(key, written)| {
            Some((key.as_str()?.to_owned(), value(written.as_str()?)))
        });
        let variables = variables.collect();
        Some((name, script, variables))
    });
    steps.filter(|(name, ..)| name != "Build tidegate").collect()
}

/// Plays the action; gives how each step ended.
fn play(clone: &Clone) -> BTreeMap<String, (Option<i32>, String)> {
    let path = |name: &str| clone.folder.path().join(name).display().to_string();
    let program = binary().display().to_string();
    let inputs = BTreeMap::from([("project", "support"), ("tidegate", program.as_str())]);
    let mut known = BTreeMap::from([
        ("RUNNER_TEMP".to_owned(), path("")),
        ("GITHUB_ENV".to_owned(), path("env")),
        ("GITHUB_OUTPUT".to_owned(), path("output")),
        ("GITHUB_STEP_SUMMARY".to_owned(), path("summary")),
        ("GITHUB_WORKSPACE".to_owned(), path("")),
    ]);
    let mut played = BTreeMap::new();
    for (name, script, own) in steps(&inputs) {
        let variables = known.clone().into_iter().chain(own).collect();
        played.insert(name, ended(&clone.bash(&script, &variables)));
        let set = clone.file("env");
        let set = set.lines().filter_map(|line| line.split_once('='));
        known.extend(set.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
    played
}

#[test]
fn the_action_checks_tests_and_compares() {
    let clone = Clone::new();
    for (step, (code, said)) in play(&clone) {
        // The example has no tests here, which is no failure.
        assert_eq!(code, Some(0), "{step}: {said}");
    }
    let summary = clone.file("summary");
    assert!(summary.contains("in behaviour from FETCH\\_HEAD"), "{summary}");
    assert!(summary.contains("silence of 20m"), "{summary}");
    assert!(clone.file("output").contains("file="));
}

#[test]
fn the_action_fails_where_the_project_is_wrong() {
    let clone = Clone::new();
    change(&clone.project(), "support.tide", "run clarify_bill", "run clarify_bil");
    change(&clone.project(), "support.tide", "  ask\n", "    ask\n");
    let played = play(&clone);
    let (code, said) = &played["Check"];
    assert_eq!(*code, Some(1), "{said}");
    assert!(said.contains("::error file=support/support.tide,line="), "{said}");
    assert_eq!(played["Style"].0, Some(1), "{}", played["Style"].1);
    assert_eq!(played["Tests"].0, Some(1), "{}", played["Tests"].1);
}

#[test]
fn the_jobs_for_gitlab_run() {
    let file = fs::read_to_string(root().join("ci/gitlab.yml")).expect("the template");
    let documents = Yaml::load_from_str(&file).expect("YAML");
    let clone = Clone::new();
    let variables = BTreeMap::from([
        ("TIDEGATE".to_owned(), binary().display().to_string()),
        ("TIDEGATE_PROJECT".to_owned(), "support".to_owned()),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME".to_owned(), "main".to_owned()),
        // Jobs begin in the clone; here the project is one folder further down.
        ("GIT_DIR".to_owned(), clone.project().join(".git").display().to_string()),
        ("GIT_WORK_TREE".to_owned(), clone.project().display().to_string()),
    ]);
    let jobs = documents[0].as_mapping().expect("jobs");
    let jobs = jobs.iter().filter_map(|(name, job)| {
        let script = texts(job, "script");
        (!script.is_empty()).then(|| (name.as_str().expect("a name").to_owned(), script))
    });
    let jobs: BTreeMap<String, Vec<String>> = jobs.collect();
    assert_eq!(
        jobs.keys().collect::<Vec<_>>(),
        ["tidegate check", "tidegate diff", "tidegate test"]
    );
    for (name, script) in jobs {
        let (code, said) = ended(&clone.bash(&script.join("\n"), &variables));
        assert_eq!(code, Some(0), "{name}: {said}");
    }
    assert!(clone.file("tidegate.xml").starts_with("<?xml"), "{}", clone.file("tidegate.xml"));
    assert!(clone.file("tidegate-diff.md").contains("silence of 20m"));
}

#[test]
fn the_hooks_run_before_a_commit() {
    let file = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).expect("the hooks");
    let documents = Yaml::load_from_str(&file).expect("YAML");
    let hooks = documents[0].as_sequence().expect("hooks");
    let folder = binary().parent().expect("a folder").display().to_string();
    let paths = std::env::var("PATH").expect("PATH");
    let variables = BTreeMap::from([("PATH".to_owned(), format!("{folder}:{paths}"))]);
    let clone = Clone::new();
    let play = |hook: &Yaml<'_>| {
        let entry = text(hook, "entry").expect("an entry");
        let files = if entry.ends_with("fmt") { " support.tide" } else { "" };
        ended(&clone.bash(&format!("cd support\n{entry}{files}"), &variables))
    };
    for hook in hooks {
        assert_eq!(text(hook, "language").as_deref(), Some("system"));
        let (code, said) = play(hook);
        assert_eq!(code, Some(0), "{said}");
    }
    change(&clone.project(), "support.tide", "run clarify_bill", "run clarify_bil");
    let wrong = hooks.iter().filter(|hook| play(hook).0 == Some(1));
    let wrong: Vec<_> = wrong.filter_map(|hook| text(hook, "id")).collect();
    assert_eq!(wrong, ["tidegate-check", "tidegate-test"]);
    assert!(Path::new(&root().join("ci/README.md")).is_file());
}
