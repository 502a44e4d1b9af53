//! Bad inputs, by the rows of the project's list for compiler and command line. Each is told by a
//! stable code or a sentence, ends with the exit code for its kind, and leaves what was there.
//!
//! | row | test |
//! |---|---|
//! | C01 | `a_project_that_says_nothing` |
//! | C02 | `bytes_that_are_no_text` |
//! | C03 | `a_byte_order_mark_and_windows_lines` |
//! | C04 | `characters_that_nobody_sees` |
//! | C05 | `what_is_never_closed` |
//! | C06 | `parentheses_without_end` |
//! | C07 | `a_file_without_end` |
//! | C08 | `a_misspelt_field` |
//! | C09 | `a_value_that_the_list_lacks` |
//! | C10 | `a_field_that_the_org_alone_writes` |
//! | C11 | `a_text_too_long_for_its_field` |
//! | C12 | `a_required_field_forgotten_on_one_path` |
//! | C13 | `a_value_without_description_is_detected` |
//! | C14 | `steps_without_a_way_in_and_circles` |
//! | C15 | `a_contacts_field_where_nobody_is_known` |
//! | C16 | `a_secret_in_the_manifest`, `a_secret_in_the_source` |
//! | C17 | `two_of_one_name` |
//! | C18 | `a_value_that_its_controller_forbids` |
//! | L01 | `a_pull_without_an_org` |
//! | L02 | `a_pull_whose_login_is_refused` |
//! | L03 | `a_pull_that_is_killed` |
//! | L04 | `metadata_of_another_tool`, `a_plan_of_another_org` |
//! | L05 | `a_plan_that_cannot_be_written` |
//! | L09 | `a_reader_that_goes_away` |
//! | L11 | `a_store_of_a_newer_layout` |
//! | L12 | `two_runs_on_one_store` |

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tidegate_tests::process::{Process, binary};

use super::{at_local_org, change, project, screen};

/// A project whose conversation is this text; its fields and pushes are the example's.
fn with(text: &[u8]) -> TempDir {
    let folder = project();
    for file in ["billing.tide", "breakdown.tide"] {
        fs::remove_file(folder.path().join(file)).expect("a file of the example");
    }
    fs::write(folder.path().join("support.tide"), text).expect("a file");
    folder
}

fn flow(steps: &str) -> TempDir {
    with(format!("workflow support {{\n  on open\n{steps}\n}}\n").as_bytes())
}

/// What `check` says, `build` too having failed and written nothing.
fn refused(folder: &TempDir) -> String {
    let told = screen(folder.path(), &["check", "--format", "short"], &[]);
    assert!(told.contains("exit code 1"), "{told}");
    let built = screen(folder.path(), &["build"], &[]);
    assert!(built.contains("exit code 1"), "{built}");
    assert!(plans(folder.path()).is_empty(), "{built}");
    told
}

fn plans(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).expect("a folder");
    let names =
        names.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.contains("plan")).collect()
}

/// Everything below `schema/`, by name.
fn schema(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.join("schema")];
    while let Some(below) = open.pop() {
        for entry in fs::read_dir(below).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let text = fs::read_to_string(&path).expect("text");
                found.push((path.display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_project_that_says_nothing() {
    let folder = with(b"");
    for file in ["fields.tide", "pushes.tide"] {
        fs::write(folder.path().join(file), "").expect("a file");
    }
    insta::assert_snapshot!(refused(&folder));
}

#[test]
fn bytes_that_are_no_text() {
    let folder = with(b"workflow support {\n  on open\n  say \"caf\xe9\"\n  end\n}\n");
    let file = folder.path().join("support.tide");
    let before = fs::read(&file).expect("a file");
    insta::assert_snapshot!(refused(&folder));
    assert_eq!(fs::read(file).expect("a file"), before, "nothing was mended unasked");
}

#[test]
fn a_byte_order_mark_and_windows_lines() {
    let folder = project();
    for file in ["fields.tide", "pushes.tide", "support.tide", "billing.tide", "breakdown.tide"] {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).expect("text").replace('\n', "\r\n");
        fs::write(path, format!("\u{feff}{text}")).expect("a file");
    }
    let told = screen(folder.path(), &["check"], &[]);
    assert!(told.contains("exit code 0"), "{told}");
    change(folder.path(), "billing.tide", "conversation.order_number", "conversation.ordr_number");
    insta::assert_snapshot!(screen(folder.path(), &["check"], &[]));
}

#[test]
fn characters_that_nobody_sees() {
    insta::assert_snapshot!(refused(&flow(
        "  set conversation.Sub\0ject = \"x\"\n  set conversation.Sub\u{202e}ject = \"x\"\n  end"
    )));
}

#[test]
fn what_is_never_closed() {
    let folder = flow("  say \"Hi.\n  if person is known {\n    say \"Hi again.\"\n  end");
    let other = "workflow other {\n  set conversation.Reason = \"Bill\"\n}\n";
    fs::write(folder.path().join("other.tide"), other).expect("a file");
    insta::assert_snapshot!(refused(&folder));
}

#[test]
fn parentheses_without_end() {
    let (open, close) = ("(".repeat(100_000), ")".repeat(100_000));
    insta::assert_snapshot!(refused(&flow(&format!(
        "  if {open}person is known{close} {{\n    end\n  }}\n  end"
    ))));
}

#[test]
fn a_file_without_end() {
    let mut text = b"workflow support {\n  on open\n".to_vec();
    text.resize(50 << 20, b'\n');
    insta::assert_snapshot!(refused(&with(&text)));
}

#[test]
fn a_misspelt_field() {
    let folder = project();
    change(folder.path(), "fields.tide", "sync Priority", "sync Prioritty");
    insta::assert_snapshot!(refused(&folder));
}

#[test]
fn a_value_that_the_list_lacks() {
    insta::assert_snapshot!(refused(&flow("  set conversation.Reason = \"Bill\"\n  end")));
}

#[test]
fn a_field_that_the_org_alone_writes() {
    let folder = project();
    change(
        folder.path(),
        "pushes.tide",
        "  Origin = \"Chat\"",
        "  CaseNumber = \"1\"\n  Id = \"2\"",
    );
    insta::assert_snapshot!(refused(&folder));
}

#[test]
fn a_text_too_long_for_its_field() {
    let long = "x".repeat(300);
    insta::assert_snapshot!(refused(&flow(&format!(
        "  set conversation.Subject = \"{long}\"\n  end"
    ))));
}

#[test]
fn a_required_field_forgotten_on_one_path() {
    let folder = project();
    change(
        folder.path(),
        "fields.tide",
        "sync Subject",
        "sync Subject\n  sync Channel__c as channel",
    );
    change(
        folder.path(),
        "pushes.tide",
        "  Channel__c = \"web_chat\"",
        "  Channel__c = if person is known then \"web_chat\" else blank",
    );
    refused(&folder);
    insta::assert_snapshot!(screen(folder.path(), &["check"], &[]));
}

#[test]
fn a_value_without_description_is_detected() {
    insta::assert_snapshot!(refused(&flow("  ask\n  detect conversation.Reason\n  end")));
}

#[test]
fn steps_without_a_way_in_and_circles() {
    let folder = flow("  run other\n  end\n  say \"Never.\"");
    let text = "\nworkflow other {\n  run support\n}\n";
    let file = folder.path().join("support.tide");
    let all = fs::read_to_string(&file).expect("text") + text;
    fs::write(file, all).expect("a file");
    insta::assert_snapshot!(refused(&folder));
    let warned =
        screen(flow("  end\n  say \"Never.\"").path(), &["check", "--format", "short"], &[]);
    insta::assert_snapshot!(warned);
}

#[test]
fn a_contacts_field_where_nobody_is_known() {
    insta::assert_snapshot!(refused(&flow("  say \"Dear {person.LastName}.\"\n  end")));
}

#[test]
fn a_secret_in_the_manifest() {
    let folder = project();
    let manifest = fs::read_to_string(folder.path().join("tidegate.toml")).expect("a manifest");
    let secret = "3MVG9pRzvMkjMb6kexample";
    let key = manifest.lines().find(|line| line.contains("_env")).expect("a variable's name");
    let literal = key.replacen("_env = \"", &format!(" = \"{secret}"), 1);
    change(folder.path(), "tidegate.toml", key, &literal);
    let told = refused(&folder);
    assert!(!told.contains(secret), "the value is not repeated: {told}");
    insta::assert_snapshot!(told);
}

#[test]
fn a_secret_in_the_source() {
    // Not the one that the page shows.
    let secret = "ghp_9876543210abcdefghijABCDEFGHIJ987654";
    let folder = flow(&format!("  say \"Use {secret}, {{person.Nmae}}.\"\n  end"));
    let formats = ["human", "short", "json", "github", "sarif"];
    let told = formats.map(|format| screen(folder.path(), &["check", "--format", format], &[]));
    for told in &told {
        assert!(told.contains("W0301") && !told.contains(secret), "{told}");
    }
    insta::assert_snapshot!(told[0]);
}

#[test]
fn two_of_one_name() {
    let folder = flow("  end");
    let text = "workflow support {\n  say \"Hi.\"\n}\n\npush open_case to Case {\n  owner queue Tier_1\n}\n";
    fs::write(folder.path().join("more.tide"), text).expect("a file");
    insta::assert_snapshot!(screen(folder.path(), &["check"], &[]));
    refused(&folder);
}

#[test]
fn a_value_that_its_controller_forbids() {
    insta::assert_snapshot!(refused(&flow(
        "  ask\n  set conversation.product = \"TH10\"\n  set conversation.component = \"burner\"\n  create case using open_case\n  defaults {\n    human => create case using open_case\n    idle 9m => end\n  }"
    )));
}

#[test]
fn a_pull_without_an_org() {
    let folder = project();
    let before = schema(folder.path());
    let manifest = fs::read_to_string(folder.path().join("tidegate.toml")).expect("a manifest");
    let start = manifest.find("[org.").expect("an org");
    let end = manifest[start + 1..].find("\n[").map_or(manifest.len(), |at| start + 1 + at);
    let without = format!("{}{}", &manifest[..start], &manifest[end..]);
    fs::write(folder.path().join("tidegate.toml"), without).expect("a manifest");
    insta::assert_snapshot!(screen(folder.path(), &["pull"], &[]));
    assert_eq!(schema(folder.path()), before);
}

#[test]
fn a_pull_whose_login_is_refused() {
    let (_org, address) = Process::start(&["org", "--port", "0"], &[], "the org answers at");
    let folder = project();
    let before = schema(folder.path());
    let mut variables = at_local_org(folder.path(), &address);
    variables[1] = ("SECRET", "of last year");
    let told = screen(folder.path(), &["pull"], &variables).replace(&address, "ORG");
    assert!(!told.contains("of last year"), "{told}");
    insta::assert_snapshot!(told);
    assert_eq!(schema(folder.path()), before);
}

/// A project in whose metadata every file is of yesterday.
fn out_of_date() -> TempDir {
    let folder = project();
    for (file, text) in schema(folder.path()) {
        let text = text.replacen("label = \"", "label = \"Old ", 1);
        let text = text.replacen("Europe/Berlin", "Europe/Rome", 1);
        fs::write(file, text).expect("a file");
    }
    folder
}

#[test]
fn a_pull_that_is_killed() {
    let (_org, address) = Process::start(&["org", "--port", "0"], &[], "the org answers at");
    let whole = out_of_date();
    let variables = at_local_org(whole.path(), &address);
    let old = schema(whole.path());
    let told = screen(whole.path(), &["pull"], &variables);
    assert!(told.contains("exit code 0"), "{told}");
    let texts =
        |all: &[(String, String)]| all.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
    let (old, new) = (texts(&old), texts(&schema(whole.path())));
    let kept = old.iter().filter(|text| new.contains(text)).count();
    assert_eq!(kept, 0, "the pull changes every file");
    for pause in 0..12u64 {
        let folder = out_of_date();
        let variables = at_local_org(folder.path(), &address);
        let mut pull = Command::new(binary())
            .arg("pull")
            .envs(variables)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tidegate binary");
        // What it says on its way is the only clock: it is killed behind so many bytes of that.
        let mut said = vec![0; 1 + usize::try_from(pause).expect("small") * 24];
        let mut errors = pull.stderr.take().expect("its standard error");
        let _ = errors.read_exact(&mut said);
        pull.kill().expect("a kill");
        pull.wait().expect("its end");
        let is = texts(&schema(folder.path()));
        assert!(is == old || is == new, "behind {} bytes the folder is mixed", said.len());
    }
}

#[test]
fn metadata_of_another_tool() {
    let folder = project();
    let file = fs::read_to_string(folder.path().join("schema/org.toml")).expect("the org");
    insta::assert_snapshot!(file.lines().take(4).collect::<Vec<_>>().join("\n"));
    fs::write(folder.path().join("schema/org.toml"), file.replace("format = 1", "format = 99"))
        .expect("a file");
    insta::assert_snapshot!(screen(folder.path(), &["check"], &[]));
}

#[test]
fn a_plan_that_cannot_be_written() {
    let folder = project();
    fs::write(folder.path().join("file"), "").expect("a file");
    let mut all = screen(folder.path(), &["build", "-o", "file/x.plan"], &[]);
    fs::create_dir(folder.path().join("x.plan")).expect("a folder");
    fs::write(folder.path().join("x.plan/kept"), "").expect("a file");
    all += &screen(folder.path(), &["build", "-o", "x.plan"], &[]);
    insta::assert_snapshot!(all);
    // No room: the kernel lets no file grow.
    let full = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" build -o full.plan"])
        .arg(binary())
        .current_dir(folder.path())
        .output()
        .expect("bash");
    let told = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(3), "{told}");
    assert!(told.contains("full.plan` cannot be written"), "{told}");
    assert_eq!(plans(folder.path()), ["x.plan"], "no part of a plan is left");
    assert!(folder.path().join("x.plan/kept").exists());
}

#[test]
fn a_reader_that_goes_away() {
    let folder = project();
    for arguments in [&["explain", "E0110"][..], &["check"], &["completions", "bash"]] {
        let mut done = Command::new(binary())
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tidegate binary");
        drop(done.stdout.take());
        let ended = done.wait_with_output().expect("its end");
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!told.contains("panic"), "{arguments:?}: {told}");
        assert_ne!(ended.status.code(), Some(101), "{arguments:?}: {told}");
    }
}

/// A project at a local org, built.
fn built(address: &str) -> (TempDir, Vec<(&'static str, &'static str)>) {
    let folder = project();
    let variables = at_local_org(folder.path(), address);
    for verb in ["pull", "build"] {
        let told = screen(folder.path(), &[verb], &variables);
        assert!(told.contains("exit code 0"), "{told}");
    }
    (folder, variables)
}

#[test]
fn two_runs_on_one_store() {
    let (_org, address) = Process::start(&["org", "--port", "0"], &[], "the org answers at");
    let (folder, variables) = built(&address);
    let at = folder.path().to_str().expect("UTF-8");
    let plan = folder.path().join("support.plan");
    let arguments = ["run", plan.to_str().expect("UTF-8"), "--project", at];
    let (first, _) = Process::start(&arguments, &variables, "listening on");
    let told = screen(folder.path(), &["run", "support.plan"], &variables);
    let id = first.id().to_string();
    assert!(told.contains("exit code 3"), "{told}");
    assert!(told.contains(&id), "the holder {id} is named: {told}");
    insta::assert_snapshot!(told.replace(&id, "PID").replace(&address, "ORG"));
}

#[test]
fn a_plan_of_another_org() {
    let (_org, address) = Process::start(&["org", "--port", "0"], &[], "the org answers at");
    let folder = project();
    let mut variables = at_local_org(folder.path(), &address);
    let told = screen(folder.path(), &["pull"], &variables);
    assert!(told.contains("exit code 0"), "{told}");
    let theirs = "00D000000000009EAA";
    let pulled = fs::read_to_string(folder.path().join("schema/org.toml")).expect("the org");
    let ours = pulled.lines().find_map(|line| line.strip_prefix("org_id = ")).expect("its id");
    change(folder.path(), "schema/org.toml", ours, &format!("\"{theirs}\""));
    let told = screen(folder.path(), &["build"], &variables);
    assert!(told.contains("exit code 0"), "{told}");

    variables.push(("RUST_LOG", "tidegate_server=warn"));
    let log = folder.path().join("log");
    let mut command = Command::new(binary());
    command.args(["run", "support.plan"]).envs(variables).env("NO_COLOR", "1");
    command.current_dir(folder.path()).stderr(fs::File::create(&log).expect("a file"));
    let (_server, _) = Process::begin(command, "listening on");
    let deadline = Instant::now() + Duration::from_secs(20);
    let line = loop {
        let told = fs::read_to_string(&log).expect("the log");
        if let Some(line) = told.lines().find(|line| line.contains("another org")) {
            break line.to_owned();
        }
        assert!(Instant::now() < deadline, "{told}");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(line.contains("nothing is read or written there"), "{line}");
    assert!(line.contains(theirs) && line.contains(ours.trim_matches('"')), "{line}");
    // What is checked is what was pulled.
    let told = screen(
        folder.path(),
        &["pull", "--check"],
        &[("KEY", "tidegate-local"), ("SECRET", "tidegate-local-secret"), ("RUST_LOG", "off")],
    );
    insta::assert_snapshot!(told.replace(&address, "ORG"));
}

#[test]
fn a_store_of_a_newer_layout() {
    let (_org, address) = Process::start(&["org", "--port", "0"], &[], "the org answers at");
    let (folder, variables) = built(&address);
    let at = folder.path().to_str().expect("UTF-8");
    let plan = folder.path().join("support.plan");
    let arguments = ["run", plan.to_str().expect("UTF-8"), "--project", at];
    drop(Process::start(&arguments, &variables, "listening on"));
    let store = folder.path().join(".tidegate/tidegate.db");
    let store = rusqlite::Connection::open(store).expect("the store");
    store.pragma_update(None, "user_version", 999).expect("a version");
    drop(store);
    let told = screen(folder.path(), &["run", "support.plan"], &variables);
    assert!(told.contains("exit code 3"), "{told}");
    // How many this program knows grows.
    let (before, rest) = told.split_once("versions up to ").expect("the versions");
    let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
    insta::assert_snapshot!(format!("{before}versions up to N{rest}"));
}

#[test]
fn metadata_that_the_local_org_can_not_have() {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join("flows")).expect("a folder");
    let flow = "<Flow><processType>RoutingFlow</processType><start><connector>\
                <targetReference>Route</targetReference></connector></start></Flow>";
    fs::write(folder.path().join("flows/Chats.flow-meta.xml"), flow).expect("a file");
    fs::write(folder.path().join("README.md"), "not metadata").expect("a file");
    let deploy = |from: &str| {
        let arguments = ["org", "--port", "0", "--deploy", from];
        screen(folder.path(), &arguments, &[])
    };
    insta::assert_snapshot!([deploy("."), deploy("nowhere")].join("\n"));
}
