//! What holds in every round of a repeat, and behind it.

use super::support::told_of;

fn proved(steps: &str) {
    let found = told_of(steps);
    assert!(found.is_empty(), "{steps}\n{found}");
}

#[test]
fn what_leaves_a_repeat_is_known_behind_it() {
    proved(
        r#"  repeat up to 3 {
    collect { conversation.name }
    if conversation.name is set { leave repeat }
  } exhausted => create case using open_case
  say "Hi {conversation.name}."
  create case using open_case"#,
    );
}

#[test]
fn what_every_round_keeps_is_known_in_the_next() {
    proved(
        r#"  set conversation.name = "you"
  repeat up to 3 {
    say "Hi {conversation.name}."
    collect { conversation.name required }
    repeat up to 2 {
      say "Hi {conversation.name}."
      if conversation.name == "Ada" { leave repeat }
    } exhausted => set conversation.name = "Bob"
  } exhausted => go on
  say "Hi {conversation.name}."
  create case using open_case"#,
    );
}

/// Joined states give the number up, so that they end; the ways show it.
#[test]
fn a_number_that_grows_is_bounded_by_the_rounds() {
    let steps = |rounds: u32| {
        format!(
            r#"  set conversation.count = 8
  repeat up to {rounds} {{
    set conversation.count = (conversation.count ?? 0) * 10
  }} exhausted => go on
  set conversation.code = "{{conversation.count ?? 0}}"
  create case using open_case"#
        )
    };
    proved(&steps(2));
    assert!(told_of(&steps(3)).starts_with("E0531"), "{}", told_of(&steps(3)));
}

#[test]
fn the_way_goes_round() {
    insta::assert_snapshot!(told_of(
        r#"  set conversation.name = "you"
  repeat up to 3 {
    if conversation.urgent is set {
      say "Hi {conversation.name}."
    }
    clear conversation.name
    set conversation.urgent = true
  } exhausted => go on
  create case using open_case"#,
    ));
}

#[test]
fn exhausted_comes_after_as_many_rounds() {
    insta::assert_snapshot!(told_of(
        r#"  repeat up to 3 {
    if conversation.code is blank {
      set conversation.code = "a"
    } else if conversation.code == "a" {
      set conversation.code = "b"
    } else {
      clear conversation.name
      set conversation.code = "c"
    }
  } exhausted => say "Hi {conversation.code}{conversation.name ?? ""}."
  say "Hi {conversation.name}."
  create case using open_case"#,
    ));
}

#[test]
fn words_of_any_round_are_read() {
    insta::assert_snapshot!(told_of(
        r#"  repeat up to 2 {
    ask
  } exhausted => end"#,
    ));
}
