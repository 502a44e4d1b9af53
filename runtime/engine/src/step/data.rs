//! Slots: `set`, `clear`, and what follows from a change.

use tidegate_plan::model::{AttrId, Attribute, ExprId, SPOKEN, Space, Target};
use tidegate_plan::value::{Value, plain_number};

use super::{Flow, Machine};
use crate::state::{Slot, Writer};
use crate::transition::Fault;

/// A value as its slot has room for it: no digits that say nothing. What `let` names stays as it is.
pub(super) fn as_stored(value: Value, attribute: &Attribute) -> Value {
    match value {
        Value::Number(number) if attribute.decimals.is_some() && attribute.space != Space::Let => {
            Value::Number(plain_number(number, attribute.decimals))
        }
        value => value,
    }
}

impl Machine<'_> {
    pub(super) fn set(&mut self, at: Target, attr: AttrId, value: ExprId) -> Result<Flow, Fault> {
        let value = self.scope().value(value)?.and_then(|value| value.into_value());
        let attribute = &self.plan.attributes[attr.index()];
        let value = value.map(|value| as_stored(value, attribute));
        let name = attribute.path();
        let done = if value.is_some() { "set" } else { "set to blank" };
        self.trace(Some(at), format!("{done} {name}"));
        let before = self.out.next.slots[attr.index()].clone();
        self.write(attr, value, Writer::Program);
        if self.plan.session(SPOKEN) == Some(attr) && self.out.next.slots[attr.index()] != before {
            self.tell_language();
        }
        Ok(Flow::Next)
    }

    pub(super) fn clear(&mut self, at: Target, attr: AttrId) -> Flow {
        let name = self.plan.attributes[attr.index()].path();
        self.trace(Some(at), format!("cleared {name}"));
        self.write(attr, None, Writer::Program);
        Flow::Next
    }

    /// Writes a slot and clears what depends on it and no longer fits.
    pub(super) fn write(&mut self, attr: AttrId, value: Option<Value>, by: Writer) {
        self.write_all(vec![(attr, value)], by);
    }

    /// Writes slots at once, and then clears what does not fit any more: lines of one form were
    /// checked together.
    pub(super) fn write_all(&mut self, values: Vec<(AttrId, Option<Value>)>, by: Writer) {
        let mut changed = Vec::with_capacity(values.len());
        for (attr, value) in values {
            self.out.next.slots[attr.index()] = value.map(|value| Slot { value, by });
            changed.push(attr);
        }
        while let Some(controller) = changed.pop() {
            for dependent in self.misfits(controller) {
                let name = self.plan.attributes[dependent.index()].path();
                self.trace(None, format!("cleared {name}, which no longer fits"));
                self.out.next.slots[dependent.index()] = None;
                changed.push(dependent);
            }
        }
    }

    /// The slots whose value the controller's value does not allow.
    fn misfits(&self, controller: AttrId) -> Vec<AttrId> {
        (0u32..)
            .map(AttrId)
            .zip(&self.plan.attributes)
            .filter(|(id, attribute)| {
                let Some(list) = attribute.list else { return false };
                let list = &self.plan.lists[list.index()];
                let slots = &self.out.next.slots;
                let Some(slot) = &slots[id.index()] else { return false };
                list.controller == Some(controller)
                    && !crate::list::allows(
                        list,
                        &slot.value,
                        slots[controller.index()].as_ref().map(|slot| &slot.value),
                    )
            })
            .map(|(id, _)| id)
            .collect()
    }
}
