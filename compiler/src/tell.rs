//! A program in plain English, for those who answer for what customers meet and read no code.
//!
//! Everything told is what the compiler knows: the steps with their branches and outcomes, what can
//! be set, what a Case can hold where it is made, how much a conversation can come to. [`Story`] is a
//! workflow as a tree, [`Page`] what is to be read.

mod cases;
mod falls;
mod page;
mod project;
mod steps;
mod story;
mod uses;
mod words;

use tidegate_plan::bounds::{
    Bounds, CALLS_FOR_A_PERSON, bounds, bounds_of_conversation, calls_for_a_reply,
};
use tidegate_plan::model;
use tidegate_plan::verify::VerifiedPlan;

use crate::analysis::Checked;
use crate::flow::whole::with_map;
use crate::hir::{Program, Trigger, WorkflowId};

pub use page::{Block, Item, Page};
pub use story::{Arm, Kind, Starts, Story, Then, Told, Way};
pub use uses::{Use, Uses, never_used, uses};

use steps::Teller;
use words::counted;

/// A workflow as a tree of steps; `None` where there is none of that name.
pub fn story(checked: &Checked, workflow: &str) -> Option<Story> {
    let program = &checked.analysis().program;
    let (_, workflow) = named(program, workflow)?;
    Some(Teller::new(program).story(workflow))
}

/// A page about one workflow; `None` where there is none of that name. The plan is the program's.
pub fn workflow(checked: &Checked, plan: &VerifiedPlan, name: &str) -> Option<Page> {
    let program = &checked.analysis().program;
    let (id, workflow) = named(program, name)?;
    let catalog = &checked.analysis().catalog;
    let teller = Teller::new(program);
    let mut blocks = page::steps(&teller.story(workflow));
    let set = cases::settable(&teller, workflow);
    if !set.is_empty() {
        blocks.push(Block::Heading("What can be set here".to_owned()));
        blocks.push(Block::Items(set));
    }
    blocks.extend(with_map(program, |map| cases::cases(&teller, catalog, map, id)));
    blocks.push(Block::Heading("How much it can come to".to_owned()));
    blocks.push(Block::Items(most(plan, bounds(plan, model::WorkflowId(id.0)), workflow.on)));
    Some(Page { title: name.to_owned(), blocks })
}

/// A page about the whole project.
pub fn project(checked: &Checked, plan: &VerifiedPlan) -> Page {
    let teller = Teller::new(&checked.analysis().program);
    let mut blocks = project::blocks(&teller);
    if let Some(bounds) = bounds_of_conversation(plan) {
        blocks.push(Block::Heading("How much a conversation can come to".to_owned()));
        blocks.push(Block::Items(most(plan, bounds, Some(Trigger::Open))));
    }
    Page { title: "The whole project".to_owned(), blocks }
}

fn named<'p>(program: &'p Program, name: &str) -> Option<(WorkflowId, &'p crate::hir::Workflow)> {
    let mut all = (0u32..).map(WorkflowId).zip(&program.workflows);
    all.find(|(_, workflow)| workflow.name == name).map(|(id, workflow)| (id, workflow.as_ref()))
}

/// What bounds say.
fn most(plan: &VerifiedPlan, bounds: Bounds, on: Option<Trigger>) -> Vec<Item> {
    let Bounds { questions, answers, cases, calls } = bounds;
    let times = |count: u64| match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    };
    let finds = on.is_some_and(Trigger::begins) && plan.person.is_some();
    let besides = if finds { CALLS_FOR_A_PERSON } else { 0 };
    let asked = match questions {
        Some(0) => "Asks the customer nothing".to_owned(),
        Some(count) => {
            format!("Asks the customer at most {}, forms and buttons included", times(count))
        }
        None => "Asks the customer any number of times".to_owned(),
    };
    let made = match cases {
        Some(0) => "Makes no Case".to_owned(),
        Some(count) => format!("Makes at most {}", counted(count, "Case")),
        None => "Makes any number of Cases".to_owned(),
    };
    let found = if finds { ", once of these to find the visitor" } else { "" };
    let called = match calls.map(|calls| calls.saturating_add(besides)) {
        Some(0) => "Does not call Salesforce".to_owned(),
        Some(count) => format!(
            "Calls Salesforce at most {}{found}; what has to be tried again is not counted",
            times(count)
        ),
        None => "Calls Salesforce any number of times".to_owned(),
    };
    // What runs beside a hand-off does nothing but that.
    let beside = on == Some(Trigger::AgentReply);
    let again = plan.on_agent_reply.filter(|_| on.is_some() && calls_for_a_reply(plan) > 0);
    let again = again.map(|_| {
        let (calls, more) = (times(calls_for_a_reply(plan)), if beside { "" } else { " more" });
        format!("Calls Salesforce at most {calls}{more} for each reply of an agent")
    });
    let called = (!beside).then_some(called);
    // Most programs let no AI answer, and their pages need not say so.
    let answered = match answers {
        Some(0) => None,
        Some(count) => Some(format!("Lets the AI answer at most {}", times(count))),
        None => Some("Lets the AI answer any number of times".to_owned()),
    };
    let steps = format!(
        "No message of a customer leads to more than {} in this project",
        counted(plan.bound(), "instruction")
    );
    let all = [Some(asked), answered, Some(made), called, again, Some(steps)];
    all.into_iter().flatten().map(Item::point).collect()
}

#[cfg(test)]
mod tests;
