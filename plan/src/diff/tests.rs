//! Plans that differ in one thing each.

use super::{Area, Change, Diff, diff};
use crate::fixture::support;
use crate::model::{
    Article, DAY_MS, Holiday, Hours, Instruction, Opening, Origin, Owner, Plan, Recurs, Section,
    TranscriptTo,
};
use crate::value::Value;
use crate::verify::VerifiedPlan;

/// What becomes different when this is done to the support plan.
fn after(change: impl FnOnce(&mut Plan)) -> Diff {
    let mut plan = support();
    change(&mut plan);
    let new = VerifiedPlan::new(plan).unwrap();
    diff(&VerifiedPlan::new(support()).unwrap(), &new)
}

fn areas(found: &Diff) -> Vec<Area> {
    let mut areas: Vec<Area> = found.changes.iter().map(|change| change.area).collect();
    areas.dedup();
    areas
}

fn told(found: &Diff) -> Vec<String> {
    let line = |change: &Change| {
        let (before, after) = (change.before.as_deref(), change.after.as_deref());
        format!(
            "{}: {} [{} -> {}]",
            change.subject,
            change.what,
            before.unwrap_or("-"),
            after.unwrap_or("-")
        )
    };
    found.changes.iter().map(line).collect()
}

#[test]
fn a_plan_is_no_different_from_itself_wherever_it_stands() {
    let found = after(|plan| {
        plan.compiler = "tidegate 9.9.9".into();
        plan.sources[0].name = "elsewhere.tide".into();
        for step in &mut plan.steps {
            step.span.start += 100;
            step.span.end += 100;
        }
    });
    assert_eq!(found, Diff { changes: Vec::new(), equal: true });
}

#[test]
fn a_field_under_another_name_is_the_same() {
    let found = after(|plan| {
        let field = plan
            .attributes
            .iter_mut()
            .find(|its| matches!(its.origin, crate::model::Origin::Field(_)));
        field.unwrap().name = "renamed".into();
    });
    assert_eq!(found, Diff { changes: Vec::new(), equal: true });
}

#[test]
fn what_becomes_private_is_told() {
    // No text shows what the Messenger tells.
    let found = after(|plan| {
        let told = plan.attributes.iter_mut().find(|its| its.origin == Origin::Session);
        told.unwrap().private = true;
    });
    let told = told(&found);
    assert!(told.iter().any(|one| one.ends_with("[not private -> private]")), "{told:?}");
}

#[test]
fn each_text_that_is_another_one_is_told() {
    let texts = support().constants.iter().filter(|one| matches!(one, Value::Text(_))).count();
    let mut silent = Vec::new();
    for at in 0..texts {
        let mut plan = support();
        let mut texts = plan.constants.iter_mut().filter_map(|one| match one {
            Value::Text(text) => Some(text),
            _ => None,
        });
        let text = texts.nth(at).unwrap();
        let was = text.clone();
        text.push('!');
        // A value that its list does not have is another plan's business.
        let Ok(new) = VerifiedPlan::new(plan) else { continue };
        let found = diff(&VerifiedPlan::new(support()).unwrap(), &new);
        if found.changes.is_empty() {
            silent.push(was);
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn what_cases_hold_is_told() {
    let found = after(|plan| {
        plan.pushes[0].transcript = TranscriptTo::Nowhere;
        for choice in &mut plan.pushes[0].owner {
            choice.owner = Owner::User("lead".into());
        }
        let lead = crate::model::Required::User("lead".into());
        let span = plan.requirements[0].span;
        plan.requirements.push(crate::model::Requirement { what: lead, span });
        plan.requirements.sort_by(|one, other| one.what.cmp(&other.what));
    });
    assert_eq!(areas(&found), [Area::Cases, Area::Bounds]);
    insta::assert_debug_snapshot!(told(&found));
}

#[test]
fn a_silence_that_lasts_longer_is_told() {
    let found = after(|plan| {
        for workflow in &mut plan.workflows {
            if let Some(last) = workflow.defaults.idle.last_mut() {
                last.after_ms *= 2;
            }
        }
    });
    assert_eq!(areas(&found), [Area::Led]);
    insta::assert_debug_snapshot!(told(&found));
}

#[test]
fn a_rule_of_a_form_is_told() {
    let found = after(|plan| {
        for form in &mut plan.forms {
            form.fields.iter_mut().for_each(|line| line.required = !line.required);
        }
    });
    assert_eq!(areas(&found), [Area::Asked]);
}

#[test]
fn another_way_is_told() {
    let found = after(|plan| {
        let end = plan.code.iter().position(|one| matches!(one, Instruction::End { .. })).unwrap();
        let target = crate::model::Target(u32::try_from(end).unwrap());
        for instruction in &mut plan.code {
            if let Instruction::Choose { options, .. } = instruction {
                options[0].target = target;
            }
        }
    });
    assert!(areas(&found).contains(&Area::Led), "{:?}", told(&found));
}

#[test]
fn no_instruction_becomes_another_unseen() {
    let old = VerifiedPlan::new(support()).unwrap();
    let count = old.code.len();
    let (mut tried, mut silent) = (0, Vec::new());
    for at in 0..count {
        for from in (0..count).filter(|from| old.code[at] != old.code[*from]) {
            let mut plan = support();
            plan.code[at] = old.code[from].clone();
            let Ok(new) = VerifiedPlan::new(plan) else { continue };
            tried += 1;
            if diff(&old, &new).changes.is_empty() {
                silent.push(format!("{at}: {:?} for {:?}", old.code[from], old.code[at]));
            }
        }
    }
    assert!(tried > 100, "{tried} plans can be compared");
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn no_expression_becomes_another_unseen() {
    let old = VerifiedPlan::new(support()).unwrap();
    let count = old.expressions.len();
    let (mut tried, mut silent) = (0, Vec::new());
    for at in 0..count {
        for from in (0..count).filter(|from| old.expressions[at] != old.expressions[*from]) {
            let mut plan = support();
            plan.expressions[at] = old.expressions[from].clone();
            let Ok(new) = VerifiedPlan::new(plan) else { continue };
            tried += 1;
            if diff(&old, &new).changes.is_empty() {
                silent.push(format!("{at}: {:?}", old.expressions[from]));
            }
        }
    }
    assert!(tried > 100, "{tried} plans can be compared");
    assert_eq!(silent, Vec::<String>::new());
}

/// The support plan, with an office that is open on Mondays.
fn with_hours() -> Plan {
    let part = Opening { from: 0, to: DAY_MS };
    let first = jiff::civil::date(2020, 12, 25);
    let (name, recurs) = ("Christmas Day".to_owned(), Recurs::Yearly(12, 25));
    let mut plan = support();
    plan.hours.push(Hours {
        name: "office".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        week: vec![Some(part), None, None, None, None, None, None],
        holidays: vec![Holiday { name, part, recurs, first, last: None }],
    });
    plan
}

/// One thing done to a plan.
type Doing = fn(&mut Plan);

#[test]
fn no_table_becomes_another_unseen() {
    let all: [(&str, Doing); 16] = [
        ("carry", |plan| drop(plan.pushes.iter_mut().find_map(|push| push.carry.pop()))),
        ("fill", |plan| drop(plan.pushes.iter_mut().find_map(|push| push.fill.pop()))),
        ("line", |plan| drop(plan.pushes.iter_mut().find_map(|push| push.fields.pop()))),
        ("room", |plan| plan.pushes[0].lengths.push(("Web__c".into(), 5))),
        ("summary", |plan| plan.pushes.iter_mut().for_each(|push| push.summary_to = None)),
        ("record type", |plan| plan.pushes[0].record_type = None),
        ("another push", |plan| plan.pushes[0].name = "renamed".into()),
        ("label of a value", |plan| plan.lists[0].values[0].label.push('!')),
        ("open list", |plan| plan.lists[0].open = !plan.lists[0].open),
        ("hint", |plan| plan.forms[0].fields[0].help = Some("another hint".into())),
        ("line of a form", |plan| drop(plan.forms[0].fields.pop())),
        ("claim", |plan| plan.person.as_mut().unwrap().claim.push('!')),
        ("read field", |plan| plan.person.as_mut().unwrap().synced.clear()),
        ("hours", |plan| plan.hours[0].week[0] = None),
        ("holidays", |plan| plan.hours[0].holidays.clear()),
        ("org", |plan| plan.org_id = "00D000000000002AAA".into()),
    ];
    let silent: Vec<&str> = all
        .into_iter()
        .filter(|(_, change)| {
            let mut plan = with_hours();
            change(&mut plan);
            // What the verifier refuses, no two plans differ in.
            let Ok(new) = VerifiedPlan::new(plan) else { return false };
            diff(&VerifiedPlan::new(with_hours()).unwrap(), &new).changes.is_empty()
        })
        .map(|(name, _)| name)
        .collect();
    assert_eq!(silent, Vec::<&str>::new());
}

fn article(name: &str, text: &str) -> Article {
    Article {
        name: format!("knowledge/{name}.md"),
        title: format!("About {name}"),
        url: None,
        language: None,
        sections: vec![Section { heading: "How".into(), text: text.into() }],
    }
}

#[test]
fn articles_are_added_removed_and_changed() {
    let plan = |articles: Vec<Article>| {
        let mut plan = support();
        plan.articles = articles;
        VerifiedPlan::new(plan).unwrap()
    };
    let old = plan(vec![article("a", "So."), article("b", "So."), article("c", "So.")]);
    let mut renamed = article("c", "So.");
    renamed.url = Some("https://help.example.com/c".into());
    renamed.sections[0].heading = "How else".into();
    let new = plan(vec![article("b", "Otherwise."), renamed, article("d", "So.")]);
    let found = diff(&old, &new);
    assert_eq!(areas(&found), [Area::Knowledge]);
    insta::assert_snapshot!(told(&found).join("\n"));
}
