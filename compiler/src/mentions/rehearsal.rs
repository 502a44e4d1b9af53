//! The names in a test.

use super::{Bare, Named, Valued, Walker, Wanted};
use crate::hir::Space;
use crate::syntax::ast::{Entry, Expected, Path, Test, TestLineKind, TestValue};

/// The only object whose records a test sees.
pub(super) const CASE: &str = "Case";

impl<'t> Walker<'t> {
    pub(super) fn test(&mut self, test: &'t Test) {
        for line in &test.lines {
            match &line.kind {
                TestLineKind::GivenSession(entries) => {
                    self.entries(entries, Bare::Attribute(Space::Session));
                }
                TestLineKind::GivenPerson { signed: _, entries }
                | TestLineKind::SignsIn { known: _, entries } => {
                    self.entries(entries, Bare::Attribute(Space::Person));
                }
                TestLineKind::OrgChanges { space: Some(space), entries } => {
                    let person = space.text == "person";
                    let space = if person { Space::Person } else { Space::Conversation };
                    self.entries(entries, Bare::Attribute(space));
                }
                TestLineKind::GivenStarted(name) => {
                    name.iter().for_each(|name| self.uses(name, Named::Workflow));
                }
                TestLineKind::Submits(entries) => self.entries(entries, Bare::Let),
                TestLineKind::AiDetects { place: Some(place), value } => {
                    self.entry(place, value.as_ref());
                }
                TestLineKind::Expect(expected) => self.expected(expected),
                TestLineKind::GivenTime(_)
                | TestLineKind::Visits(_)
                | TestLineKind::Opens
                | TestLineKind::Writes(_)
                | TestLineKind::Chooses(_)
                | TestLineKind::Confirms
                | TestLineKind::AsksForPerson
                | TestLineKind::RefusesToSignIn
                | TestLineKind::IsSilent(_)
                | TestLineKind::OrgCreates(_)
                | TestLineKind::OrgRefuses(_)
                | TestLineKind::OrgIsDown
                | TestLineKind::OrgFinds(_)
                | TestLineKind::OrgChanges { space: None, entries: _ }
                | TestLineKind::AiDetects { place: None, value: _ }
                | TestLineKind::AiAnswers(_)
                | TestLineKind::AiAsks(_)
                | TestLineKind::AiGivesUp
                | TestLineKind::AiHearsThatItHelped
                | TestLineKind::AiHearsWishForPerson
                | TestLineKind::AiIsUnavailable
                | TestLineKind::Agent(_)
                | TestLineKind::TimePasses(_)
                | TestLineKind::Unknown => {}
            }
        }
    }

    fn expected(&mut self, expected: &'t Expected) {
        match expected {
            Expected::Form { title: _, entries } | Expected::Refused { entries } => {
                // What a form says is free text, whatever its line is.
                for entry in entries.iter().flatten() {
                    match entry {
                        Entry::Name { place, value: _ } => drop(self.path(place, &Wanted::Place)),
                        Entry::File { name, value: _, range: _ } => self.uses(name, Named::File),
                        Entry::Text(_) => {}
                    }
                }
            }
            Expected::Case { push, owner, entries } => {
                push.iter().for_each(|push| self.uses(push, Named::Push));
                owner.iter().for_each(|owner| self.owner(owner));
                self.entries(entries, Bare::Field(CASE.to_owned()));
            }
            Expected::HandOff { channel, entries: _ } => {
                channel.iter().for_each(|channel| self.uses(channel, Named::Channel));
            }
            Expected::Value { place, value } => self.entry(place, Some(value)),
            Expected::IsBlank { place, set: _ } => self.entry(place, None),
            Expected::Step(name) => name.iter().for_each(|name| self.uses(name, Named::Step)),
            Expected::Say { text: _, part: _ }
            | Expected::Note { text: _, part: _ }
            | Expected::Answer { text: _, part: _ }
            | Expected::Ask
            | Expected::Verify
            | Expected::Choices { prompt: _, entries: _ }
            | Expected::NoCase
            | Expected::Ended(_)
            | Expected::Nothing => {}
        }
    }

    /// Names with their values; a bare name is one of this kind.
    fn entries(&mut self, entries: &'t [Entry], bare: Bare) {
        let before = std::mem::replace(&mut self.bare, bare);
        for entry in entries {
            match entry {
                Entry::Name { place, value } => self.entry(place, value.as_ref()),
                Entry::File { name, value: _, range: _ } => self.uses(name, Named::File),
                Entry::Text(_) => {}
            }
        }
        self.bare = before;
    }

    fn entry(&mut self, place: &'t Path, value: Option<&'t TestValue>) {
        let of: Option<Valued> = self.path(place, &Wanted::Place);
        match value {
            Some(TestValue::One(value)) => self.expr_for(value, of),
            Some(TestValue::Many(texts, _)) => {
                texts.iter().for_each(|text| self.value(text, of.as_ref()));
            }
            None => {}
        }
    }
}
