//! `@{newCase.id}`: what a part takes from the answers of earlier ones.

use serde_json::{Map, Value as Json, json};

use super::Part;
use crate::http::answer::Answer;
use crate::org::{ErrorCode, Refusal};

/// The answers so far, by the names of their parts.
#[derive(Debug, Default)]
pub(super) struct Results {
    answers: Vec<(String, Answer)>,
}

impl Results {
    pub(super) fn add(&mut self, name: &str, answer: Answer) {
        self.answers.push((name.to_owned(), answer));
    }

    /// Puts one answer in the place of all but one.
    pub(super) fn replace_others(&mut self, but: &str, with: &Answer) {
        for (_, answer) in self.answers.iter_mut().filter(|(name, _)| name != but) {
            answer.clone_from(with);
        }
    }

    pub(super) fn into_json(self) -> Vec<Json> {
        let part = |(name, answer): (String, Answer)| {
            let headers = answer.headers.iter().filter(|(name, _)| name.as_str() == "location");
            let headers: Map<String, Json> =
                headers.map(|(_, value)| ("Location".to_owned(), json!(value))).collect();
            json!({
                "body": answer.body,
                "httpHeaders": headers,
                "httpStatusCode": answer.status.as_u16(),
                "referenceId": name,
            })
        };
        self.answers.into_iter().map(part).collect()
    }

    /// The part with every reference in its address and body replaced by what it stands for.
    pub(super) fn fill(&self, part: &Part) -> Result<Part, Refusal> {
        let mut part = part.clone();
        part.url = self.fill_text(&part.url)?;
        self.fill_json(&mut part.body)?;
        Ok(part)
    }

    fn fill_json(&self, json: &mut Json) -> Result<(), Refusal> {
        match json {
            Json::String(text) => {
                let whole = text.strip_prefix("@{").and_then(|rest| rest.strip_suffix('}'));
                match whole.filter(|path| !path.contains('}')) {
                    Some(path) => *json = self.find(path)?.clone(),
                    None => *text = self.fill_text(text)?,
                }
                Ok(())
            }
            Json::Array(items) => items.iter_mut().try_for_each(|item| self.fill_json(item)),
            Json::Object(fields) => fields.values_mut().try_for_each(|value| self.fill_json(value)),
            _ => Ok(()),
        }
    }

    fn fill_text(&self, text: &str) -> Result<String, Refusal> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("@{") {
            let Some((path, tail)) = after.split_once('}') else { break };
            filled.push_str(before);
            match self.find(path)? {
                Json::String(text) => filled.push_str(text),
                other => filled.push_str(&other.to_string()),
            }
            rest = tail;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// `newCase.id`, `found.records[0].Id`, `made[1].id`
    fn find(&self, path: &str) -> Result<&Json, Refusal> {
        let name = path.split(['.', '[']).next().unwrap_or_default();
        let answer = self.answers.iter().find(|(known, _)| known == name);
        let good = answer.filter(|(_, answer)| answer.status.is_success());
        let body = good.and_then(|(_, answer)| answer.body.as_ref());
        let steps = path[name.len()..].split(['.', '[', ']']).filter(|step| !step.is_empty());
        let found = steps.fold(body, |at, step| match at? {
            Json::Object(fields) => fields.get(step),
            Json::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        });
        found.ok_or_else(|| {
            let message =
                format!("Invalid reference specified. No value for {path} found in {name}");
            Refusal::request(ErrorCode::ProcessingHalted, message)
        })
    }
}
