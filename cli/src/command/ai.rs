//! `tidegate ai`: how good the AI is at what the project asks of it.

mod table;

use std::path::PathBuf;

use tidegate_ai::detect::{Choice, Request, detect};
use tidegate_diagnostics::printable;
use tidegate_plan::model::{Attribute, Instruction, List, ListValue};
use tidegate_plan::verify::VerifiedPlan;
use tidegate_project::examples::{Example, Examples};
use tidegate_server::effects::choice;

use crate::failure::Failure;
use crate::opened::Opened;
use table::{Judged, Table};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Say how often `detect` is right about messages whose values you know
    Eval(Eval),
}

#[derive(Debug, clap::Args)]
struct Eval {
    /// The messages with their values, a TOML file: `attribute = "conversation.Reason"`, and for each
    /// message `[[message]]`, `text = "…"` and, where one fits, `value = "…"`
    file: PathBuf,
    /// The project's folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    /// Fail where fewer than so many percent are right
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min: Option<u8>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.verb {
        Verb::Eval(eval) => evaluate(eval),
    }
}

fn evaluate(eval: &Eval) -> Result<(), Failure> {
    let shown = eval.file.display();
    let text = std::fs::read_to_string(&eval.file)
        .map_err(|error| Failure::usage(format!("`{shown}` cannot be read: {error}"), ""))?;
    let examples = Examples::parse(&text).map_err(|error| {
        let help = "write `attribute = \"conversation.Reason\"`, and for each message `[[message]]`, \
                    `text = \"…\"` and, where one fits, `value = \"…\"`";
        Failure::input(format!("`{shown}`: {error}"), help)
    })?;
    let plan = Opened::find(&eval.project)?.built()?.plan;
    let (attribute, list) = list(&plan, &examples.attribute)?;
    let offered = offered(&plan, attribute, list);
    for example in &examples.messages {
        known(example, &offered)?;
    }
    let judged = examples.messages.iter().map(|one| judge(one, &offered, &examples)).collect();
    let table = Table { name: attribute.path(), values: values(&offered), judged };
    anstream::print!("{table}");
    match eval.min {
        Some(min) if table.percent() < usize::from(min) => Err(Failure::input(
            format!("{} % are right, and {min} % are wanted", table.percent()),
            "say in the descriptions what customers would say, and what tells the values apart",
        )),
        _ => Ok(()),
    }
}

/// The list of an attribute that steps detect.
fn list<'p>(plan: &'p VerifiedPlan, path: &str) -> Result<(&'p Attribute, &'p List), Failure> {
    let detected = || {
        plan.attributes.iter().filter_map(|attribute| {
            let list = plan.lists.get(attribute.list?.index())?;
            let described = list.values.iter().any(|value| value.description.is_some());
            described.then_some((attribute, list))
        })
    };
    detected().find(|(attribute, _)| attribute.path() == path).ok_or_else(|| {
        let all: Vec<String> = detected().map(|(its, _)| format!("`{}`", its.path())).collect();
        let help = match all.as_slice() {
            [] => "no step of the project detects a list".to_owned(),
            all => format!("the project detects {}", all.join(", ")),
        };
        Failure::input(format!("no step detects `{}`", printable(path)), help)
    })
}

/// The values that some step which detects the attribute may choose: all of the list, but where each
/// such step is for a record type.
fn offered<'p>(
    plan: &'p VerifiedPlan,
    attribute: &Attribute,
    list: &'p List,
) -> Vec<&'p ListValue> {
    let steps = plan.code.iter().filter_map(|instruction| match instruction {
        Instruction::Detect { attr, among, .. } => {
            let detected = plan.attributes.get(attr.index())?;
            (detected.path() == attribute.path()).then_some(among.as_deref())
        }
        _ => None,
    });
    let steps: Vec<Option<&[String]>> = steps.collect();
    let may = |its: &&ListValue| {
        let by = |among: &Option<&[String]>| among.is_none_or(|among| among.contains(&its.value));
        steps.is_empty() || steps.iter().any(by)
    };
    list.values.iter().filter(may).collect()
}

fn values(offered: &[&ListValue]) -> Vec<String> {
    offered.iter().map(|its| its.value.clone()).collect()
}

fn known(example: &Example, offered: &[&ListValue]) -> Result<(), Failure> {
    let Some(value) = &example.value else { return Ok(()) };
    if offered.iter().any(|its| its.value == *value) {
        return Ok(());
    }
    let message = format!(
        "`{}` is no value that is offered, for “{}”",
        printable(value),
        printable(&example.text)
    );
    let all: Vec<String> =
        values(offered).iter().map(|value| format!("`{}`", printable(value))).collect();
    Err(Failure::input(message, format!("there are {}", all.join(", "))))
}

fn judge(example: &Example, offered: &[&ListValue], examples: &Examples) -> Judged {
    let choices: Vec<Choice<'_>> = offered.iter().copied().map(choice).collect();
    let words = [example.text.as_str()];
    let language = examples.language.as_deref();
    let answer = detect(&Request { choices: &choices, words: &words, language });
    Judged {
        text: example.text.clone(),
        right: example.value.clone(),
        given: answer.value,
        because: answer.because,
    }
}
