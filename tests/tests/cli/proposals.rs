//! `tidegate test --generate`: what is proposed comes to what no test came to.

use std::path::Path;

use super::{binary, change, project, screen};

/// The tests that are proposed for a project, and what is said beside them.
fn proposed(folder: &Path) -> (String, String) {
    let done = std::process::Command::new(binary())
        .args(["test", "--generate"])
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .expect("the tidegate binary");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (text(done.stdout), text(done.stderr))
}

/// A project with one workflow, which asks for what `body` says.
fn project_of(declared: &str, body: &str) -> tempfile::TempDir {
    let program = format!(
        "{declared}\nworkflow support {{\n  on open\n{body}  end because \"done\"\n\n  defaults {{\n    \
         idle 15m => end because \"silence\"\n  }}\n}}\n"
    );
    let folder = written(&program);
    std::fs::remove_file(folder.path().join("pushes.tide")).expect("a file of the example");
    folder
}

/// The example's fields and pushes with these workflows.
fn written(program: &str) -> tempfile::TempDir {
    let folder = project();
    for file in ["support.tide", "billing.tide", "breakdown.tide"] {
        std::fs::remove_file(folder.path().join(file)).expect("a file of the example");
    }
    std::fs::write(folder.path().join("support.tide"), program).expect("the program");
    folder
}

/// Proposes tests, pastes them, and looks whether they come to all of the program.
fn comes_to_everything(folder: &Path) -> String {
    let (tests, said) = proposed(folder);
    std::fs::write(folder.join("tests.tide"), &tests).expect("the tests");
    let screen = screen(folder, &["test", "--min", "100"], &[]);
    assert!(screen.contains("exit code 0"), "{tests}\n{said}\n{screen}");
    let style = super::screen(folder, &["fmt", "--check"], &[]);
    assert!(!style.contains("tests.tide"), "{style}");
    tests
}

#[test]
fn what_is_proposed_comes_to_everything_once_it_is_pasted() {
    let folder = project();
    let (tests, _) = proposed(folder.path());
    insta::assert_snapshot!(tests);
    std::fs::write(folder.path().join("tests.tide"), &tests).expect("the tests");
    let run = |line: &str| screen(folder.path(), &line.split(' ').collect::<Vec<_>>(), &[]);
    let all = ["fmt --check", "check --strict", "test --min 100", "test --generate"].map(run);
    insta::assert_snapshot!(all.concat());
}

#[test]
fn what_is_proposed_is_by_day_and_by_night() {
    let folder = project();
    change(
        folder.path(),
        "support.tide",
        "workflow support {\n  on open\n",
        "hours office from \"Service Desk\"\n\nworkflow support {\n  on open\n\n  \
         if not (now in office) {\n    say \"We are closed.\"\n  }\n",
    );
    let tests = comes_to_everything(folder.path());
    assert!(tests.contains("  given time \"2026-11-23T16:00:00Z\"\n"), "{tests}");
}

#[test]
fn days_are_tried_around_today_and_around_what_they_are_compared_with() {
    let folder = project_of(
        "data conversation {\n  arrival: date\n  departure: date\n}\n",
        r#"  let today = now | date in "Europe/Berlin"
  collect "When do you stay?" {
    conversation.arrival required
    conversation.departure required
  }
  if conversation.arrival < today {
    say "That is over."
  } else if conversation.arrival == today {
    say "That is today."
  } else if conversation.arrival - today <= 2d {
    say "That is soon."
  }
  let nights = conversation.departure - conversation.arrival
  if nights > 14d {
    say "That is long."
  } else if nights < 1d {
    say "That is no night."
  }
  if conversation.departure > "2027-06-30" {
    say "We do not know our prices then."
  }
"#,
    );
    insta::assert_snapshot!(comes_to_everything(folder.path()));
}

#[test]
fn instants_and_times_of_day_are_tried_on_both_sides() {
    let folder = project_of(
        "data conversation {\n  call_at: datetime\n  best_time: time\n}\n",
        r#"  collect "When shall we call?" {
    conversation.call_at required
    conversation.best_time
  }
  if conversation.call_at < now {
    say "That is over."
  } else if conversation.call_at < now + 2h {
    say "That is soon."
  }
  if conversation.best_time is set and conversation.best_time > "17:30" {
    say "We call in the evening."
  }
"#,
    );
    comes_to_everything(folder.path());
}

#[test]
fn time_passes_at_a_wait_and_takes_the_clock_out_of_hours() {
    let folder = project_of(
        "hours office from \"Service Desk\"\n",
        r#"  say "One moment."
  if now in office {
    wait 10m
    if now in office {
      say "We are still here."
    } else {
      say "We have just gone home."
    }
  } else {
    say "We have gone home."
  }
  ask "Anything else?"
"#,
    );
    insta::assert_snapshot!(comes_to_everything(folder.path()));
}

#[test]
fn hours_open_and_close_while_the_customer_thinks() {
    let folder = project_of(
        "hours office from \"Service Desk\"\n",
        r#"  if now in office {
    ask "What is it about?"
    if not (now in office) {
      say "We closed while you wrote."
    }
  } else {
    ask "We are closed. What is it about?"
    if now in office {
      say "We have just opened."
    }
  }
"#,
    );
    insta::assert_snapshot!(comes_to_everything(folder.path()));
}

#[test]
fn hours_open_between_an_opening_that_starts_nothing_and_the_first_words() {
    let folder = written(
        r#"hours office from "Service Desk"

workflow by_day {
  on open when now in office
  ask "What can we do for you?"
  end because "we are here"

  defaults {
    idle 15m => end because "silence"
  }
}

workflow written_by_day {
  on message when now in office before written
  say "We have just opened."
  end because "we are here"
}

workflow written {
  on message
  say "We are closed."
  end because "nobody is here"
}
"#,
    );
    std::fs::remove_file(folder.path().join("pushes.tide")).expect("a file of the example");
    insta::assert_snapshot!(comes_to_everything(folder.path()));
}

#[test]
fn the_case_that_the_customer_waits_for_has_the_number_that_the_test_says() {
    let folder = written(
        r#"workflow support {
  on open
  ask
  answer {
    confirmed, assumed => record case using resolved_case
    unresolved, unavailable => go on
  }
  create case using open_case {
    rejected => say "A colleague will look into it."
  }

  defaults {
    human => create case using open_case
    idle 15m => end because "silence"
  }
}
"#,
    );
    insta::assert_snapshot!(comes_to_everything(folder.path()));
}
