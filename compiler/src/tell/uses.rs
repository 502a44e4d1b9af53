//! What becomes of each attribute: who reads it, and where it goes.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::names::{read_by, written_by};
use crate::hir::{
    AttrId, Attribute, Channel, Expr, ExprKind, Origin, Program, Push, Space, Step, StepKind, Type,
};

use crate::syntax::ast::BinaryOp;
use crate::types::table;

use super::words::quoted;

/// What is done with an attribute's value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// The visitor's record is found by it.
    Finds,
    /// Customers read it.
    Shown,
    /// Colleagues read it.
    Noted,
    /// The AI is told it.
    ToldToAi,
    /// What is done hangs on it.
    Decides,
    /// What a form offers hangs on it.
    Offers,
    /// Another attribute gets it.
    Kept,
    /// The reason for which a conversation ended has it.
    Reason,
    /// Who owns a Case of this push hangs on it.
    Owner(String),
    /// It goes into a field of a Case of this push.
    Sent {
        /// The push.
        push: String,
        /// The field's API name.
        field: String,
    },
}

impl Use {
    /// What is done, as the end of a sentence about the attribute.
    pub fn words(&self) -> String {
        match self {
            Self::Finds => "finds the visitor's record".to_owned(),
            Self::Shown => "shown to customers".to_owned(),
            Self::Noted => "noted for colleagues".to_owned(),
            Self::ToldToAi => "told to the AI that answers".to_owned(),
            Self::Decides => "decides what is done".to_owned(),
            Self::Offers => "decides what a form offers".to_owned(),
            Self::Kept => "kept in other data".to_owned(),
            Self::Reason => "told as the reason of an end".to_owned(),
            Self::Owner(push) => format!("decides who owns a Case by {}", quoted(push)),
            Self::Sent { push, field } => format!("sent as {field} by {}", quoted(push)),
        }
    }
}

/// What becomes of the attributes of a program, those that nothing reads left out.
pub type Uses = BTreeMap<AttrId, BTreeSet<Use>>;

/// What becomes of the attributes of a program.
pub fn uses(program: &Program) -> Uses {
    let mut found = Found { program, set: BTreeSet::new(), uses: Uses::new() };
    for workflow in &program.workflows {
        workflow.when.iter().for_each(|when| found.read(when, &Use::Decides));
        workflow.steps().into_iter().for_each(|step| {
            found.set.extend(written_by(step));
            found.step(step);
        });
    }
    program.pushes.iter().for_each(|push| found.push(push));
    program.channels.iter().for_each(|push| found.channel(push));
    let find_by = program.person.as_ref().and_then(|person| person.find_by.as_deref());
    for (id, attribute) in (0u32..).map(AttrId).zip(&program.attributes) {
        let found_by = match &attribute.origin {
            Origin::Field { path, .. } => {
                attribute.space == Space::Person && path.len() == 1 && find_by == Some(&path[0])
            }
            _ => false,
        };
        if found_by {
            found.note(id, Use::Finds);
        }
    }
    found.uses
}

/// The attributes that are read for each visitor and used by nothing: taking them out of `sync`
/// changes no conversation and no Case.
pub fn never_used<'u>(program: &'u Program, uses: &'u Uses) -> impl Iterator<Item = AttrId> + 'u {
    let all = (0u32..).map(AttrId).zip(&program.attributes);
    let unused = all.filter(|(id, its)| is_pulled(its) && !uses.contains_key(id));
    unused.filter(|(_, its)| may_be_left_out(its)).map(|(id, _)| id)
}

/// Whether a map need not sync it.
fn may_be_left_out(attribute: &Attribute) -> bool {
    match &attribute.origin {
        Origin::Field { path, field, .. } => path.len() > 1 || !table::always_comes(field),
        Origin::Own | Origin::Session | Origin::Let => true,
    }
}

/// Whether a value comes from the visitor's record.
pub(super) fn is_pulled(attribute: &Attribute) -> bool {
    attribute.space == Space::Person && matches!(attribute.origin, Origin::Field { .. })
}

struct Found<'p> {
    program: &'p Program,
    /// What steps write: what they do not is blank wherever a Case is made.
    set: BTreeSet<AttrId>,
    uses: Uses,
}

impl Found<'_> {
    fn note(&mut self, attr: AttrId, what: Use) {
        self.uses.entry(attr).or_default().insert(what);
    }

    fn read(&mut self, expr: &Expr, what: &Use) {
        let mut read = Vec::new();
        read_by(expr, &mut read);
        read.into_iter().for_each(|attr| self.note(attr, what.clone()));
    }

    /// A text or a value that is told: what decides between two of them decides.
    fn told(&mut self, expr: &Expr, what: &Use) {
        match &expr.kind {
            ExprKind::If(condition, yes, no) => {
                self.read(condition, &Use::Decides);
                self.told(yes, what);
                self.told(no, what);
            }
            ExprKind::Binary(BinaryOp::OrElse, left, right) => {
                self.told(left, what);
                self.told(right, what);
            }
            _ => self.read(expr, what),
        }
    }

    fn step(&mut self, step: &Step) {
        match &step.kind {
            StepKind::Say(text) => self.told(text, &Use::Shown),
            StepKind::Note(text) => self.told(text, &Use::Noted),
            StepKind::Choose { prompt, options, .. } => {
                self.told(prompt, &Use::Shown);
                options.iter().for_each(|(label, _)| self.told(label, &Use::Shown));
            }
            StepKind::Collect { title, fields, .. } => {
                title.iter().for_each(|title| self.told(title, &Use::Shown));
                fields.iter().for_each(|line| self.offered(line.attr));
            }
            StepKind::Set { value, .. } | StepKind::Let { value, .. } => {
                self.told(value, &Use::Kept);
            }
            StepKind::If { branches, .. } => {
                branches.iter().for_each(|(condition, _)| self.read(condition, &Use::Decides));
            }
            StepKind::Match { subject, .. } => self.read(subject, &Use::Decides),
            StepKind::End(Some(because)) => self.told(because, &Use::Reason),
            // What there is decides whether the AI is asked, and its controller what is offered.
            StepKind::Detect { attr, .. } => {
                self.note(*attr, Use::Decides);
                self.offered(*attr);
            }
            StepKind::Answer { knowing, check_in, .. } => {
                knowing.iter().for_each(|(attr, _)| self.note(*attr, Use::ToldToAi));
                check_in.iter().for_each(|(_, text)| self.told(text, &Use::Shown));
            }
            StepKind::Ask { .. }
            | StepKind::Verify { .. }
            | StepKind::HandOff { .. }
            | StepKind::Wait(_)
            | StepKind::Clear { .. }
            | StepKind::Repeat { .. }
            | StepKind::LeaveRepeat
            | StepKind::Run(_)
            | StepKind::CreateCase { .. }
            | StepKind::RecordCase { .. }
            | StepKind::End(None)
            | StepKind::GoOn
            | StepKind::Error => {}
        }
    }

    /// A list in a form offers what its controller allows.
    fn offered(&mut self, attr: AttrId) {
        let Some(asked) = self.program.attributes.get(attr.0 as usize) else { return };
        let (Type::List(list) | Type::MultiList(list)) = &asked.ty else { return };
        let Some(controller) = &list.controller else { return };
        let all = (0u32..).map(AttrId).zip(&self.program.attributes);
        let controls = all.filter(|(_, its)| match &its.origin {
            Origin::Field { path, .. } => {
                its.space == asked.space && path.as_slice() == std::slice::from_ref(controller)
            }
            _ => false,
        });
        let controls: Vec<AttrId> = controls.map(|(id, _)| id).collect();
        controls.into_iter().for_each(|id| self.note(id, Use::Offers));
    }

    fn channel(&mut self, push: &Channel) {
        for line in &push.routed {
            let (push, field) = (push.name.clone(), line.key.clone());
            self.told(&line.value, &Use::Sent { push, field });
        }
    }

    fn push(&mut self, push: &Push) {
        for when in push.owner.iter().filter_map(|(_, when, _)| when.as_ref()) {
            self.read(when, &Use::Owner(push.name.clone()));
        }
        for line in &push.fields {
            let (push, field) = (push.name.clone(), line.field.clone());
            self.told(&line.value, &Use::Sent { push, field });
        }
        let mut carried = Vec::new();
        for (field, attr) in push.carry.iter().filter(|(_, attr)| self.set.contains(attr)) {
            let (push, field) = (push.name.clone(), field.clone());
            carried.push((*attr, Use::Sent { push, field }));
        }
        carried.into_iter().for_each(|(attr, sent)| self.note(attr, sent));
    }
}
