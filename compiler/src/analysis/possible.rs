//! What an attribute can be at a place, in the terms of its type.

use rust_decimal::Decimal;

use super::facade::Analysis;
use crate::flow::domain::{Abs, Content};
use crate::flow::types::top;
use crate::hir::{AttrId, Type, WorkflowId};
use crate::source::ItemId;

/// What an attribute can be where it stands, by the flow of all conversations that get there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possible {
    /// Whether it may be blank.
    pub blank: bool,
    /// What it may be where it is not.
    pub values: Values,
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    /// There is none.
    None,
    /// Whatever its type allows.
    Any,
    /// These of its list.
    Listed(Vec<String>),
    /// From the first to the second number.
    Between(Decimal, Decimal),
    /// The one text.
    Text(String),
    /// Yes or no.
    Bool(bool),
}

impl Analysis {
    /// What an attribute can be right before what stands at a byte of an item is done; nothing
    /// where that is no step of a workflow, and where no conversation gets there.
    pub fn possible(&self, item: ItemId, offset: u32, attr: AttrId) -> Option<Possible> {
        let at = self.program.workflows.iter().position(|workflow| workflow.item == item)?;
        let workflow = WorkflowId(u32::try_from(at).ok()?);
        let known = self.states.before(&self.program, workflow, offset, attr)?;
        if known.is_never() {
            return None;
        }
        let attribute = self.program.attributes.get(attr.0 as usize)?;
        let values = if known.may_be_set() && known.content == top(attribute).content {
            Values::Any
        } else {
            values(&known, &attribute.ty)
        };
        Some(Possible { blank: known.may_be_blank(), values })
    }
}

fn values(known: &Abs, ty: &Type) -> Values {
    if !known.may_be_set() {
        return Values::None;
    }
    match (&known.content, ty) {
        (Content::Nothing, _) => Values::None,
        (Content::List(set), Type::List(list)) if !set.others() => {
            let listed = set.positions().filter_map(|at| Some(list.values.get(at)?.value.clone()));
            Values::Listed(listed.collect())
        }
        (Content::Number(range), _) => Values::Between(range.low, range.high),
        (Content::Text(text), _) => match &text.one {
            Some(one) => Values::Text(one.to_string()),
            None => Values::Any,
        },
        (Content::Bool { no: true, yes: false }, _) => Values::Bool(false),
        (Content::Bool { no: false, yes: true }, _) => Values::Bool(true),
        (Content::List(_) | Content::Bool { .. } | Content::Any, _) => Values::Any,
    }
}
