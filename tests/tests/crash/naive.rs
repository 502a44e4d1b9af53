//! What a program does, read off its description in the plainest way: from the beginning, with the
//! answers so far. It shares nothing with the compiler and the engine.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::program::{Entry, Expr, Line, MAPPED, Program, Push, Step, Test};

/// What a customer did at a wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    Words(String),
    Pressed(usize),
    /// Texts by attribute; what is left empty is not there.
    Filled(BTreeMap<String, String>),
}

/// A Case as the org is to get it: fields, and owner and record type by their developer names.
pub(crate) type Case = BTreeMap<String, Json>;

/// Where a conversation is after its answers.
pub(crate) enum Turn<'p> {
    Asks,
    Chooses(usize),
    Collects(&'p [Line]),
    Ended(Option<Case>),
}

#[derive(Clone)]
enum Value {
    Text(String),
    /// Cents or whole numbers, as they were entered.
    Number(String),
    YesNo(bool),
}

struct Run<'p> {
    program: &'p Program,
    answers: VecDeque<Answer>,
    values: BTreeMap<&'static str, Value>,
    /// Everything that the customer said, entered and pressed, for the Description.
    said: Vec<String>,
    words: Option<String>,
    case: Option<Case>,
}

/// Where these answers lead.
pub(crate) fn turn<'p>(program: &'p Program, answers: &[Answer]) -> Turn<'p> {
    let mut run = Run {
        program,
        answers: answers.iter().cloned().collect(),
        values: BTreeMap::new(),
        said: Vec::new(),
        words: None,
        case: None,
    };
    match run.all(&program.workflows[0].1) {
        Err(stop) => stop,
        Ok(()) => panic!("the program ends without a step that ends it"),
    }
}

impl<'p> Run<'p> {
    fn all(&mut self, steps: &'p [Step]) -> Result<(), Turn<'p>> {
        steps.iter().try_for_each(|step| self.one(step))
    }

    fn one(&mut self, step: &'p Step) -> Result<(), Turn<'p>> {
        match step {
            Step::Say(_) => {}
            Step::Ask => match self.answers.pop_front() {
                None => return Err(Turn::Asks),
                Some(Answer::Words(text)) => {
                    self.words.get_or_insert(text.clone());
                    self.said.push(text);
                }
                Some(other) => panic!("words were asked for, not {other:?}"),
            },
            Step::Choose(prompt, arms) => match self.answers.pop_front() {
                None => return Err(Turn::Chooses(arms.len())),
                Some(Answer::Pressed(at)) => {
                    self.said.push(format!("{prompt} {}", arms[at].0));
                    self.all(&arms[at].1)?;
                }
                Some(other) => panic!("a button was awaited, not {other:?}"),
            },
            Step::Collect(_, lines) => match self.answers.pop_front() {
                None => return Err(Turn::Collects(lines)),
                Some(Answer::Filled(texts)) => {
                    lines.iter().for_each(|line| self.fill(line, &texts))
                }
                Some(other) => panic!("a form was awaited, not {other:?}"),
            },
            Step::If(when, then, otherwise) => {
                let body = if self.holds(when) { then } else { otherwise };
                self.all(body)?;
            }
            Step::Set(name, value) => {
                if let Some(text) = self.text(value) {
                    self.values.insert(name, Value::Text(text));
                }
            }
            Step::Run(name) => {
                let called = self.program.workflows.iter().find(|(one, _)| one == name);
                self.all(&called.expect("a workflow of this name").1)?;
            }
            Step::Record(name) => self.case = Some(self.case(name)),
            Step::Create(name) => return Err(Turn::Ended(Some(self.case(name)))),
            Step::End => return Err(Turn::Ended(self.case.take())),
        }
        Ok(())
    }

    fn fill(&mut self, line: &Line, texts: &BTreeMap<String, String>) {
        let text = match (texts.get(line.attribute), line.entry) {
            (Some(text), _) => text.clone(),
            // A box that is left alone says no.
            (None, Entry::YesNo) => "false".to_owned(),
            (None, _) => return,
        };
        let (value, shown) = match line.entry {
            Entry::Money(_) | Entry::Whole(_) => (Value::Number(text.clone()), text.clone()),
            Entry::YesNo => {
                let yes = text == "true";
                (Value::YesNo(yes), if yes { "Yes" } else { "No" }.to_owned())
            }
            Entry::OneOf(all) => {
                let label =
                    all.iter().find(|(value, _)| *value == text).expect("one of the list").1;
                (Value::Text(text.clone()), label.to_owned())
            }
            Entry::Digits | Entry::Words | Entry::Email => {
                (Value::Text(text.clone()), text.clone())
            }
        };
        self.values.insert(line.attribute, value);
        let colon = if line.label.ends_with('?') { "" } else { ":" };
        self.said.push(format!("{}{colon} {shown}", line.label));
    }

    fn holds(&self, test: &Test) -> bool {
        match test {
            Test::Is(name, value) => {
                matches!(self.values.get(name), Some(Value::Text(text)) if text == value)
            }
            Test::IsSet(name) => self.values.contains_key(name),
            Test::MoreThan(name, than) => match self.values.get(name) {
                Some(Value::Number(text)) => cents(text) > u64::from(*than),
                _ => false,
            },
            Test::Any(tests) => tests.iter().any(|test| self.holds(test)),
            Test::Not(test) => !self.holds(test),
        }
    }

    fn text(&self, value: &Expr) -> Option<String> {
        match value {
            Expr::Text(text) => Some((*text).to_owned()),
            Expr::Attribute(name) => match self.values.get(name)? {
                Value::Text(text) | Value::Number(text) => Some(text.clone()),
                Value::YesNo(yes) => Some(yes.to_string()),
            },
            Expr::OrElse(one, other) => self.text(one).or_else(|| self.text(other)),
            Expr::Choice(when, one, other) => self.text(if self.holds(when) { one } else { other }),
            Expr::Joined(pieces) => {
                Some(pieces.iter().filter_map(|piece| self.text(piece)).collect())
            }
            Expr::First(inner, count) => {
                let all = self.text(inner)?;
                Some(all.chars().take(*count).collect::<String>().trim_end().to_owned())
            }
        }
    }

    fn case(&self, name: &str) -> Case {
        let push = self.program.pushes.iter().find(|push| push.name == name);
        let push: &Push = push.expect("a push of this name");
        let mut case = Case::new();
        for (attribute, field) in MAPPED {
            if let Some(value) = self.values.get(attribute)
                && !push.not_carried.contains(field)
            {
                case.insert((*field).to_owned(), wire(value));
            }
        }
        let words = self.words.iter().flat_map(|text| text.split_whitespace());
        case.insert("Subject".to_owned(), json!(words.collect::<Vec<_>>().join(" ")));
        case.insert("Description".to_owned(), json!(self.said.join("\n")));
        for (field, value) in &push.lines {
            let value = match value {
                Expr::Attribute(name) => self.values.get(name).map(wire),
                other => self.text(other).map(Json::String),
            };
            match value {
                Some(value) => case.insert((*field).to_owned(), value),
                None => case.remove(*field),
            };
        }
        let first =
            |(when, _): &&(Option<Test>, &str)| when.as_ref().is_none_or(|when| self.holds(when));
        let owner = push.owners.iter().find(first).expect("the last owner has no test").1;
        case.insert("Owner".to_owned(), json!(owner));
        case.insert("RecordType".to_owned(), json!(push.record_type));
        case
    }
}

fn cents(text: &str) -> u64 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "00"));
    whole.parse::<u64>().expect("digits") * 100 + rest.parse::<u64>().expect("two digits")
}

fn wire(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(text) => json!(text.parse::<f64>().expect("a number")),
        Value::YesNo(yes) => json!(yes),
    }
}

/// Whether two values of a field mean the same: 500 and 500.0 do.
pub(crate) fn same(one: &Json, other: &Json) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < 0.001,
        _ => one == other,
    }
}
