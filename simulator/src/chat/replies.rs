//! Whether an answer of a customer's is one to what was asked.

use serde_json::{Map, Value as Json};

use super::Desk;
use super::problem::Problem;

/// How deep a question is looked through.
const DEEPEST: usize = 10;

impl Desk<'_> {
    /// Refuses what answers nothing that was asked in the conversation.
    pub(super) fn check_reply(&self, id: &str, message: &Map<String, Json>) -> Result<(), Problem> {
        let (member, list, asked) = match message.get("messageType").and_then(Json::as_str) {
            Some("ChoicesResponseMessage") => {
                ("choicesResponse", "selectedOptions", "ChoicesMessage")
            }
            Some("FormResponseMessage") => ("formResponse", "inputValues", "FormMessage"),
            _ => return Ok(()),
        };
        let question = message.get("inReplyToMessageId").and_then(Json::as_str);
        let entries = &self.conversation(id)?.entries;
        let question = entries.iter().find_map(|entry| {
            let message = entry.payload.get("abstractMessage")?;
            let same = message["id"].as_str() == question && message["messageType"] == asked;
            same.then_some(message)
        });
        let question = question.ok_or_else(|| {
            Problem::bad(format!("message.inReplyToMessageId names no {asked} here"))
        })?;
        let answers = message.get(member).and_then(|it| it[list].as_array());
        let answers = answers.filter(|answers| !answers.is_empty());
        let answers =
            answers.ok_or_else(|| Problem::bad(format!("message.{member}.{list} is required")))?;
        answers.iter().try_for_each(|answer| check_names(question, answer))?;
        match required(question).into_iter().find(|input| !fills(answers, input)) {
            Some(input) => Err(Problem::bad(format!("The input '{input}' must be filled in"))),
            None => Ok(()),
        }
    }
}

/// Refuses options and inputs that the question does not have.
fn check_names(question: &Json, answer: &Json) -> Result<(), Problem> {
    let named = |key: &str| gathered(answer, key);
    for option in named("optionIdentifier") {
        if !gathered(question, "optionIdentifier").contains(&option) {
            return Err(Problem::bad(format!("There is no option '{option}'")));
        }
    }
    for input in named("inputId") {
        if !inputs(question).iter().any(|its| its["id"] == input) {
            return Err(Problem::bad(format!("There is no input '{input}'")));
        }
    }
    Ok(())
}

fn inputs(question: &Json) -> Vec<&Json> {
    let sections = question["form"]["sections"].as_array();
    sections.into_iter().flatten().map(|section| &section["input"]).collect()
}

fn required(question: &Json) -> Vec<&str> {
    let must = inputs(question).into_iter().filter(|input| input["required"] == true);
    must.filter_map(|input| input["id"].as_str()).collect()
}

fn fills(answers: &[Json], input: &str) -> bool {
    answers.iter().any(|answer| answer["inputId"] == input)
}

/// Every text under a key, wherever it stands.
fn gathered<'j>(value: &'j Json, key: &str) -> Vec<&'j str> {
    let (mut found, mut left) = (Vec::new(), vec![(value, DEEPEST)]);
    while let Some((value, depth)) = left.pop() {
        let depth = depth.saturating_sub(1);
        match value {
            _ if depth == 0 => {}
            Json::Array(items) => left.extend(items.iter().map(|item| (item, depth))),
            Json::Object(members) => {
                found.extend(members.get(key).and_then(Json::as_str));
                left.extend(members.values().map(|member| (member, depth)));
            }
            _ => {}
        }
    }
    found
}
