//! What a test expects.

use std::collections::BTreeMap;

use tidegate_diagnostics::codes;
use tidegate_plan::model::{AttrId, Owner, PushId};
use tidegate_plan::rehearsal::{Expectation, LineName};
use tidegate_plan::value::Value;

use super::{Program, written};
use crate::finding::Finding;
use crate::lower::Lowering;
use crate::resolve::{names, owner, suggest};
use crate::syntax::ast::{Entry, Expected, Name, OwnerExpr, TestValue, Text};
use crate::types::table;

/// The only object whose records are created.
const CASE: &str = "Case";

impl Lowering<'_> {
    pub(super) fn expectation(
        &mut self,
        program: &Program<'_>,
        expected: &Expected,
    ) -> Option<Expectation> {
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.text.clone());
        Some(match expected {
            Expected::Say { text: said, part } => {
                Expectation::Say { text: text(said)?, part: *part }
            }
            Expected::Note { text: noted, part } => {
                Expectation::Note { text: text(noted)?, part: *part }
            }
            Expected::Answer { text: said, part } => {
                Expectation::Answer { text: text(said)?, part: *part }
            }
            Expected::Ask => Expectation::Ask,
            Expected::Verify => Expectation::Verify,
            Expected::Choices { prompt, entries } => Expectation::Choices {
                prompt: text(prompt),
                labels: entries.as_deref().map(|entries| self.labels(entries)),
            },
            Expected::Form { title, entries } => Expectation::Form {
                title: text(title),
                lines: entries.as_deref().map(|entries| self.form_lines(entries)),
            },
            Expected::Refused { entries } => Expectation::Refused {
                lines: entries.as_deref().map(|entries| self.mistakes(entries)),
            },
            Expected::Case { push, owner, entries } => {
                let known = push.as_ref().map(|name| self.push_named(name));
                let owner = owner.as_ref().and_then(|owner| self.expected_owner(owner));
                let fields = self.case_fields(entries);
                let push = match known {
                    Some(known) => Some(PushId(known?.0)),
                    None => None,
                };
                Expectation::Case { push, owner, fields }
            }
            Expected::HandOff { channel, entries } => {
                self.expected_hand_off(channel.as_ref(), entries.as_deref())?
            }
            Expected::NoCase => Expectation::NoCase,
            Expected::Value { place, value } => {
                let attr = self.attribute(place)?;
                let attribute = self.scope.attribute(attr);
                let place = format!("`{}`", attribute.path());
                let value = self.fixed_value(value, &attribute.ty, &place)?;
                Expectation::Attribute(AttrId(attr.0), value)
            }
            Expected::IsBlank { place, set } => {
                let attr = AttrId(self.attribute(place)?.0);
                if *set { Expectation::IsSet(attr) } else { Expectation::Attribute(attr, None) }
            }
            Expected::Step(name) => Expectation::Step(self.step_named(program, name.as_ref()?)?),
            Expected::Ended(because) => Expectation::Ended { because: text(because) },
            Expected::Nothing => Expectation::NothingElse,
        })
    }

    fn expected_hand_off(
        &mut self,
        channel: Option<&Name>,
        entries: Option<&[(Text, Option<Text>)]>,
    ) -> Option<Expectation> {
        let channel = match channel {
            Some(name) => Some(self.channel_of_manifest(name)?),
            None => None,
        };
        let routing = match entries {
            Some(entries) => Some(self.routing(entries)?),
            None => None,
        };
        Some(Expectation::HandOff { channel, routing })
    }

    fn channel_of_manifest(&mut self, name: &Name) -> Option<String> {
        if name.is_missing() {
            return None;
        }
        let channels = &self.scope.settings.channels;
        if channels.contains_key(&name.text) {
            return Some(name.text.clone());
        }
        let at = self.at(name.range);
        let message = format!("`tidegate.toml` has no channel `{}`", name.text);
        let known: Vec<String> = channels.keys().map(|name| format!("`{name}`")).collect();
        let finding = Finding::new(codes::UNKNOWN_CHANNEL, at, message);
        self.report(finding.help(format!("its channels are {}", known.join(", "))));
        None
    }

    /// Keys with their values, each once.
    fn routing(&mut self, entries: &[(Text, Option<Text>)]) -> Option<Vec<(String, String)>> {
        let mut routing: BTreeMap<String, String> = BTreeMap::new();
        for (key, value) in entries {
            let value = value.as_ref()?.text.clone();
            if routing.insert(key.text.clone(), value).is_some() {
                let finding = Finding::new(
                    codes::GIVEN_TWICE,
                    self.at(key.range),
                    format!("`{}` has a value already", key.text),
                );
                self.report(finding.help("keep one of the two"));
                return None;
            }
        }
        Some(routing.into_iter().collect())
    }

    fn labels(&mut self, entries: &[Entry]) -> Vec<String> {
        let mut labels = Vec::new();
        for entry in entries {
            match entry {
                Entry::Text(text) => labels.push(text.text.clone()),
                Entry::File { range, .. } => self.file_out_of_place(*range),
                Entry::Name { place, .. } => {
                    let at = self.at(place.range);
                    let message = "expected what stands on a button, found a name";
                    self.report(
                        Finding::new(codes::UNEXPECTED_TEXT, at, message)
                            .help(format!("write it in quotes: `\"{}\"`", written(place))),
                    );
                }
            }
        }
        labels
    }

    fn form_lines(&mut self, entries: &[Entry]) -> Vec<LineName> {
        let mut lines = Vec::new();
        for entry in entries {
            match entry {
                Entry::Name { place, value } => {
                    if let Some(value) = value {
                        let at = self.at(value.range());
                        self.report(
                            Finding::new(codes::UNEXPECTED_TEXT, at, "a form is expected by its lines")
                                .help("what it holds is expected on a line of its own: `expect ATTRIBUTE = …`"),
                        );
                    }
                    let attr = self.attribute(place).map(|attr| AttrId(attr.0));
                    lines.extend(attr.map(LineName::Attribute));
                }
                Entry::File { name, value, range: _ } => {
                    if let Some(value) = value {
                        let at = self.at(value.range);
                        self.report(
                            Finding::new(
                                codes::UNEXPECTED_TEXT,
                                at,
                                "a form is expected by its lines",
                            )
                            .help(format!("write `file {}` alone", name.text)),
                        );
                    }
                    lines.push(LineName::File(name.text.clone()));
                }
                Entry::Text(text) => self.text_out_of_place(text, "an attribute"),
            }
        }
        lines
    }

    /// Lines of a form that are wrong, with what is said about them.
    fn mistakes(&mut self, entries: &[Entry]) -> Vec<(LineName, Option<String>)> {
        let mut lines = Vec::new();
        for entry in entries {
            let (place, value) = match entry {
                Entry::Name { place, value } => (place, value),
                Entry::File { name, value, range: _ } => {
                    let said = value.as_ref().map(|text| text.text.clone());
                    lines.push((LineName::File(name.text.clone()), said));
                    continue;
                }
                Entry::Text(text) => {
                    self.text_out_of_place(text, "an attribute");
                    continue;
                }
            };
            let Some(attr) = self.attribute(place) else { continue };
            let message = match value {
                None => None,
                Some(value) => match self.said(value) {
                    Some(message) => Some(message),
                    None => continue,
                },
            };
            lines.push((LineName::Attribute(AttrId(attr.0)), message));
        }
        lines
    }

    /// What a form says about a line.
    fn said(&mut self, value: &TestValue) -> Option<String> {
        let ty = crate::hir::Type::Text(None);
        match self.fixed_value(value, &ty, "what a form says")? {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn expected_owner(&mut self, expected: &OwnerExpr) -> Option<Owner> {
        owner::check(self, expected, CASE);
        match expected {
            OwnerExpr::Queue(name) => Some(Owner::Queue(name.text.clone())),
            OwnerExpr::User(name) => Some(Owner::User(name.text.clone())),
            OwnerExpr::AssignmentRules => Some(Owner::AssignmentRules),
            OwnerExpr::Missing => None,
        }
    }

    fn case_fields(&mut self, entries: &[Entry]) -> Vec<(String, Option<Value>)> {
        let mut fields = Vec::new();
        let catalog = self.scope.catalog;
        for entry in entries {
            let Some((place, value)) = self.assigned(entry) else { continue };
            let [name] = place.parts.as_slice() else {
                let at = self.at(place.range);
                let last = place.parts.last().map_or("Subject", |part| part.text.as_str());
                self.report(
                    Finding::new(codes::UNKNOWN_FIELD, at, "a Case has fields, and no attributes")
                        .help(format!("write the field's API name alone, such as `{last}`")),
                );
                continue;
            };
            let Some(object) = catalog.objects.get(CASE) else { continue };
            let at = self.at(name.range);
            let Some(field) = names::field(object, name, at, &mut self.findings) else { continue };
            let ty = table::field_type(CASE, field);
            let value = self.fixed_value(value, &ty, &format!("`{CASE}.{}`", field.name));
            if let Some(value) = value {
                fields.push((field.name.clone(), value));
            }
        }
        fields
    }

    fn step_named(&mut self, program: &Program<'_>, name: &Name) -> Option<String> {
        let is_named = |id: &&String| is_step(id, &name.text);
        if program.steps.iter().any(|id| is_named(&id)) {
            return Some(name.text.clone());
        }
        let at = self.at(name.range);
        let last = |id: &'_ String| id.rsplit('/').next().unwrap_or_default().to_owned();
        let names: Vec<String> = program.steps.iter().map(last).collect();
        let finding =
            Finding::new(codes::UNKNOWN_STEP, at, format!("there is no step `{}`", name.text));
        self.report(match suggest::closest(&name.text, names.iter().map(String::as_str)) {
            Some(near) if near.contains(' ') => finding.help(format!("did you mean `\"{near}\"`?")),
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("give the step a name: `collect \"…\" as details { … }`"),
        });
        None
    }
}

/// Whether a step's id is that of a name: the whole of it, or its last part.
fn is_step(id: &str, name: &str) -> bool {
    id == name || id.rsplit('/').next() == Some(name)
}
