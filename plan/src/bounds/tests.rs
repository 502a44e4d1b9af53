//! Bounds of small workflows, counted by hand.

use super::{Bounds, bounds};
use crate::fixture::{Builder, support};
use crate::model::{
    AttrId, ExprId, Handlers, IdleHandler, Instruction, Outcome, OutcomeHandler, Target, WorkflowId,
};
use crate::verify::VerifiedPlan;

fn ask() -> Instruction {
    Instruction::Ask { own: Handlers::default() }
}

fn branch(otherwise: u32) -> Instruction {
    Instruction::Branch { condition: ExprId(1), otherwise: Target(otherwise) }
}

fn jump(target: u32) -> Instruction {
    Instruction::Jump { target: Target(target) }
}

fn run(workflow: u32) -> Instruction {
    Instruction::Run { workflow: WorkflowId(workflow) }
}

/// What the last of these workflows can come to.
fn bounds_of(workflows: &[(&[Instruction], Handlers)]) -> Bounds {
    let mut b = Builder::new();
    b.text("text");
    b.expr(crate::model::Expr::PersonVerified);
    b.list("conversation.topic", None, &[("bill", "Bill", &[])]);
    b.plan.lists[0].values[0].description = Some("An invoice".to_owned());
    for (number, (code, defaults)) in workflows.iter().enumerate() {
        let entry = b.at();
        for (at, instruction) in code.iter().enumerate() {
            b.code(&format!("w{number}/{at}"), instruction.clone());
        }
        b.workflow(&format!("w{number}"), entry, defaults.clone());
    }
    let plan = VerifiedPlan::new(b.build()).unwrap();
    let last = u32::try_from(workflows.len() - 1).unwrap();
    bounds(&plan, WorkflowId(last))
}

/// Questions of the last of these workflows.
fn questions(workflows: &[(&[Instruction], Handlers)]) -> Option<u64> {
    bounds_of(workflows).questions
}

#[test]
fn the_longer_way_counts() {
    let code = [branch(3), ask(), jump(5), ask(), ask(), Instruction::Return];
    assert_eq!(questions(&[(&code, Handlers::default())]), Some(2));
}

#[test]
fn rounds_count_as_often_as_they_may_be_gone() {
    // Leaving at once in the last round leads to more questions than going on to its end.
    let code = [
        Instruction::Repeat,
        branch(3),
        jump(7),
        ask(),
        ask(),
        Instruction::Again { head: Target(0), up_to: 3 },
        Instruction::End { because: None },
        ask(),
        Instruction::Return,
    ];
    assert_eq!(questions(&[(&code, Handlers::default())]), Some(6));
    let mut longer = code.to_vec();
    longer.splice(7..8, [ask(), ask(), ask(), ask()]);
    assert_eq!(questions(&[(&longer, Handlers::default())]), Some(2 * 2 + 4));
}

#[test]
fn repeats_within_each_other_multiply() {
    let code = [
        Instruction::Repeat,
        Instruction::Repeat,
        ask(),
        Instruction::Again { head: Target(1), up_to: 4 },
        Instruction::Again { head: Target(0), up_to: 5 },
        Instruction::Return,
    ];
    assert_eq!(questions(&[(&code, Handlers::default())]), Some(20));
}

/// A workflow that runs the first one and asks once more; two questions follow who wants a person.
fn with_an_arm(asks: &Instruction) -> Option<u64> {
    let inner = [ask(), ask(), Instruction::Return];
    let end = Instruction::End { because: None };
    let outer = [run(0), ask(), Instruction::Return, asks.clone(), asks.clone(), end];
    let defaults = Handlers {
        human: Some(Target(6)),
        idle: vec![IdleHandler { after_ms: 1000, target: Target(8) }],
        ..Handlers::default()
    };
    questions(&[(&inner, Handlers::default()), (&outer, defaults)])
}

#[test]
fn what_is_run_counts_and_its_outcomes_go_on_outside() {
    // Behind the third question a person is wanted, and two more are asked.
    let own = Handlers { human: Some(Target(8)), ..Handlers::default() };
    assert_eq!(with_an_arm(&Instruction::Ask { own }), Some(5));
}

#[test]
fn an_arm_that_leads_to_itself_has_no_bound() {
    assert_eq!(with_an_arm(&ask()), None);
}

#[test]
fn where_no_ai_answers_goes_on_outside_too() {
    let own = Handlers::default();
    let detect = Instruction::Detect { attr: AttrId(0), again: false, own, among: None };
    let inner = [ask(), detect, Instruction::Return];
    let end = Instruction::End { because: None };
    let outer = [run(0), end.clone(), ask(), ask(), end];
    let arm = OutcomeHandler { outcome: Outcome::Unavailable, target: Target(5) };
    let defaults = Handlers { others: vec![arm], ..Handlers::default() };
    let list = |own| [(&inner[..], Handlers::default()), (&outer[..], own)];
    assert_eq!(questions(&list(defaults)), Some(3));
    assert_eq!(questions(&list(Handlers::default())), Some(1));
}

#[test]
fn answers_count_by_their_turns_behind_whichever_outcome_has_most() {
    let answer = |turns, unresolved: Option<u32>| {
        let arm = |at| OutcomeHandler { outcome: Outcome::Unresolved, target: Target(at) };
        let others = unresolved.map(arm).into_iter().collect();
        let own = Handlers { others, ..Handlers::default() };
        Instruction::Answer { turns, knowing: vec![], check_in: None, assume_ms: 1_000, own }
    };
    let end = Instruction::End { because: None };
    // `defaults` handle what has no arm of its own.
    let defaults = |at| {
        let others = Outcome::ALL.map(|outcome| OutcomeHandler { outcome, target: Target(at) });
        Handlers { human: Some(Target(at)), others: others.to_vec(), ..Handlers::default() }
    };
    let code = [answer(3, Some(1)), ask(), answer(5, None), end];
    let found = bounds_of(&[(&code, defaults(3))]);
    assert_eq!((found.answers, found.questions), (Some(8), Some(1)));
    // An arm of `defaults` that lets the AI answer again comes back to itself.
    assert_eq!(bounds_of(&[(&code, defaults(2))]).answers, None);
}

#[test]
fn a_repeated_run_counts_in_every_round() {
    let inner = [ask(), ask(), Instruction::Return];
    let outer = [
        Instruction::Repeat,
        run(0),
        Instruction::Again { head: Target(3), up_to: 3 },
        Instruction::Return,
    ];
    assert_eq!(questions(&[(&inner, Handlers::default()), (&outer, Handlers::default())]), Some(6));
}

#[test]
fn a_whole_plan() {
    let plan = VerifiedPlan::new(support()).unwrap();
    let on_open = plan.on_open.unwrap();
    insta::assert_debug_snapshot!(bounds(&plan, on_open));
    let nothing = Bounds { questions: Some(0), answers: Some(0), cases: Some(0), calls: Some(0) };
    assert_ne!(bounds(&plan, on_open), nothing);
}

#[test]
fn an_arm_for_silence_that_leaves_costs_nothing_at_its_wait() {
    let silent = |arms: &[u32]| {
        let idle = (1u64..).zip(arms);
        let idle = idle
            .map(|(after, target)| IdleHandler { after_ms: after * 1000, target: Target(*target) });
        Instruction::Ask { own: Handlers { idle: idle.collect(), ..Handlers::default() } }
    };
    let code = [
        silent(&[2]),
        jump(3),
        Instruction::End { because: None },
        silent(&[5, 2]),
        Instruction::Return,
        Instruction::ResumeWait,
    ];
    assert_eq!(questions(&[(&code, Handlers::default())]), Some(2));
}
