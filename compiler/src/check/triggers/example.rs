//! One conversation in which conditions hold, or do not: what is told beside a finding about starts.

use crate::flow::domain::Content;
use crate::flow::eval::World;
use crate::flow::facts::Fact;
use crate::flow::moments::Moment;
use crate::flow::starts::begin;
use crate::flow::state::State;
use crate::hir::{AttrId, HoursId, Origin, Space, Trigger, Type, Workflow};
use crate::source::Loc;

/// Things at most that are said of whom the conversation is with.
const SAID: usize = 3;

/// A conversation that is in this state before anything starts.
pub(super) struct Example<'a, 'p> {
    pub(super) world: &'a World<'p>,
    pub(super) event: Trigger,
    /// What its event finds.
    pub(super) begin: &'a State,
    pub(super) state: &'a State,
    pub(super) moment: &'a Moment,
}

impl Example<'_, '_> {
    /// Its steps: how it begins, and what becomes of each workflow.
    pub(super) fn of(
        &self,
        workflows: &[&Workflow],
        what: impl Fn(&Workflow, usize) -> String,
    ) -> Vec<(Loc, String)> {
        let Some(first) = workflows.first() else { return Vec::new() };
        let begins = match self.event {
            Trigger::Visit(_) => "a visitor is on a page",
            Trigger::Open => "a customer opens the Messenger",
            Trigger::Message => "a customer opens the Messenger and writes",
            Trigger::AgentReply => "a conversation is handed off, and its agent replies",
        };
        let mut holds = self.holds();
        holds.splice(0..0, self.times(workflows));
        holds.truncate(SAID);
        let begins = match holds.as_slice() {
            [] => begins.to_owned(),
            holds => format!("{begins}, for example where {}", holds.join(" and ")),
        };
        let head = Loc { item: first.item, range: first.head };
        let each = workflows.iter().enumerate().map(|(at, workflow)| {
            let range = workflow.when.as_ref().map_or(workflow.trigger, |when| when.range);
            (Loc { item: workflow.item, range }, what(workflow, at))
        });
        std::iter::once((head, begins)).chain(each).collect()
    }

    /// What sets it apart from any other conversation.
    fn holds(&self) -> Vec<String> {
        let entry = match self.event {
            Trigger::Visit(_) | Trigger::Open | Trigger::Message => {
                begin(self.world, Trigger::Open)
            }
            Trigger::AgentReply => self.begin.clone(),
        };
        let mut holds: Vec<String> = self.person(&entry).map(str::to_owned).into_iter().collect();
        let told = !holds.is_empty();
        let changed = self.state.changes(&entry);
        let values = changed.into_iter().filter_map(|(attr, _)| self.value(attr, &entry, told));
        holds.extend(values);
        holds.truncate(SAID);
        holds
    }

    /// Which of the hours that are asked for are open; those of an opening long before a message are
    /// not told.
    fn times(&self, workflows: &[&Workflow]) -> Vec<String> {
        let now = workflows.iter().filter(|its| its.on == Some(self.event));
        let asked = now.filter_map(|its| its.when.as_ref());
        let mut known: Vec<_> = asked.flat_map(|when| self.moment.asked_by(when)).collect();
        known.sort_unstable();
        known.dedup();
        let name = |(hours, open): (HoursId, bool)| {
            let name = &self.world.program.hours.get(hours.0 as usize)?.name;
            Some(format!("`{name}` is {}", if open { "open" } else { "not open" }))
        };
        known.into_iter().filter_map(name).collect()
    }

    fn person(&self, entry: &State) -> Option<&'static str> {
        let (here, before) = (self.state.facts(), entry.facts());
        let learned = |fact, holds: bool| before.can(fact, !holds) && !here.can(fact, !holds);
        if learned(Fact::Known, true) {
            return Some("`person is known`");
        }
        if learned(Fact::Verified, true) {
            let known = here.can(Fact::Known, true);
            let text = "`person is verified` and not known";
            return Some(if known { "`person is verified`" } else { text });
        }
        if learned(Fact::Verified, false) {
            return Some("`person is verified` does not hold");
        }
        learned(Fact::Known, false).then_some("`person is known` does not hold")
    }

    /// What an attribute is there. Where it is told who the visitor is, whether the org has said
    /// anything of them follows.
    fn value(&self, attr: AttrId, entry: &State, person: bool) -> Option<String> {
        let (here, before) = (self.state.read(attr), entry.read(attr));
        let name = self.world.name(attr);
        let attribute = self.world.attribute(attr)?;
        let synced = matches!(attribute.origin, Origin::Field { .. });
        let follows = person && synced && attribute.space == Space::Person;
        if before.may_be_set() && !here.may_be_set() {
            return (!follows).then(|| format!("`{name}` is blank"));
        }
        if let (Content::List(values), Type::List(list)) = (&here.content, self.world.ty(attr))
            && here.content != before.content
        {
            let value = values.positions().find_map(|at| list.values.get(at))?;
            return Some(format!("`{name}` is `{}`", value.value));
        }
        (before.may_be_blank() && !here.may_be_blank() && !follows)
            .then(|| format!("`{name}` is set"))
    }
}
