//! What goes along at a hand-off.

use tidegate_plan::model::{ChannelPush, Routed};

use super::Emitter;

impl Emitter<'_> {
    pub(super) fn channels(&mut self) {
        for push in &self.program.channels {
            let lengths = push.parameters.as_ref();
            let entries = push.routed.iter().map(|line| Routed {
                key: line.key.clone(),
                value: self.expr(push.item, &line.value),
                max_length: lengths.and_then(|its| its.get(&line.key)).copied().unwrap_or(u32::MAX),
                span: self.span(push.item, line.at),
            });
            let entries = entries.collect();
            let (name, channel, fin) = (push.name.clone(), push.channel.clone(), push.fin);
            self.plan.channels.push(ChannelPush { name, channel, fin, entries });
        }
    }
}
