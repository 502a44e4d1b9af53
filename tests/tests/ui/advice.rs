//! What a diagnostic advises mends the program.

use tidegate_diagnostics::Severity;

use super::program;

fn counting(step: &str, condition: Option<&str>) -> String {
    let set = match condition {
        Some(condition) => format!("if {condition} {{ {step} }}"),
        None => step.to_owned(),
    };
    format!(
        "data person {{\n  stays_asked: number = 0\n}}\n\nworkflow support {{\n  on open\n  ask\n  {set}\n  \
         create case using open_case\n  defaults {{\n    idle 15m => end\n  }}\n}}\n"
    )
}

fn wrong(text: &str) -> Option<(String, String)> {
    let analysis = program::check(&program::catalog(None), "counter.tide", text);
    let found = analysis.diagnostics.iter().find(|its| its.severity != Severity::Note)?;
    Some((found.help.clone().unwrap_or_default(), program::rendered(&analysis)))
}

#[test]
fn the_bound_that_is_advised_for_a_counter_holds() {
    for step in [
        "set person.stays_asked = person.stays_asked + 1",
        "set person.stays_asked = 1 + person.stays_asked",
        "set person.stays_asked = person.stays_asked - 3",
        "set person.stays_asked = person.stays_asked + 5 - 2",
    ] {
        let (help, all) = wrong(&counting(step, None)).expect("nothing bounds it");
        let advised = help.split("`if ").nth(1).and_then(|rest| rest.split('`').next());
        let advised = advised.unwrap_or_else(|| panic!("no bound is advised:\n{all}"));
        let mended = wrong(&counting(step, Some(advised)));
        assert!(mended.is_none(), "{advised}: {mended:?}");
    }
}

#[test]
fn a_bound_of_the_sum_itself_holds() {
    let step = "set person.stays_asked = person.stays_asked + 1";
    for condition in [
        "person.stays_asked + 1 <= 999999999999999999",
        "person.stays_asked + 1 < 999999999999999999",
        "not (person.stays_asked + 1 > 999999999999999999)",
        "999999999999999999 >= 1 + person.stays_asked",
    ] {
        let mended = wrong(&counting(step, Some(condition)));
        assert!(mended.is_none(), "{condition}: {mended:?}");
    }
    assert!(wrong(&counting(step, Some("person.stays_asked <= 999999999999999999"))).is_some());
}
