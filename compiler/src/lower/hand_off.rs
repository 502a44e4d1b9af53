//! `hand off`: agents take over.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::hir::{ChannelId, StepKind};
use crate::lower::Lowering;
use crate::lower::outcomes::Where;
use crate::resolve::scope::Query;
use crate::resolve::suggest;
use crate::syntax::ast;

impl Lowering<'_> {
    pub(super) fn hand_off(
        &mut self,
        push: &ast::Name,
        up_to: Option<ast::DurationLit>,
        arms: &[ast::OutcomeArm],
        id: &str,
    ) -> StepKind {
        let push = self.channel_named(push);
        let arms = self.arms(arms, id, Where::HandOff);
        let (Some(push), Some(up_to)) = (push, up_to) else { return StepKind::Error };
        StepKind::HandOff { push, up_to: up_to.ms, arms }
    }

    fn channel_named(&mut self, name: &ast::Name) -> Option<ChannelId> {
        if name.is_missing() {
            return None;
        }
        self.uses(Query::Channel(name.text.clone()));
        self.uses(Query::Push(name.text.clone()));
        let scope = self.scope;
        if let Some((id, _)) = scope.channels.get(&name.text) {
            return Some(*id);
        }
        let at = self.at(name.range);
        if let Some((_, declared)) = scope.pushes.get(&name.text) {
            let message = format!("`{}` creates a Case, and goes to no channel", name.text);
            let finding = Finding::new(codes::UNKNOWN_PUSH, at, message)
                .also(*declared, "it is declared here")
                .help("name a push that is declared `push NAME to channel CHANNEL { … }`");
            self.report(finding);
            return None;
        }
        let message = format!("there is no push `{}`", name.text);
        let finding = Finding::new(codes::UNKNOWN_PUSH, at, message);
        let near = suggest::closest(&name.text, scope.channels.keys().map(String::as_str));
        self.report(match near {
            Some(near) => finding
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), vec![(at, near.to_owned())]),
            None => finding.help(format!(
                "declare it: `push {} to channel CHANNEL {{ send all }}`",
                name.text
            )),
        });
        None
    }
}
