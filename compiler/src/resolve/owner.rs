//! Who owns a Case: queues of the org, users that the manifest binds.

use tidegate_diagnostics::codes;

use crate::finding::Finding;
use crate::lower::Lowering;
use crate::resolve::suggest;
use crate::source::Loc;
use crate::syntax::ast::{Name, OwnerExpr};

/// Checks that the owner exists, is active, and may own records of the object.
pub(crate) fn check(lowering: &mut Lowering<'_>, owner: &OwnerExpr, object: &str) {
    match owner {
        OwnerExpr::Queue(name) if !name.is_missing() => queue(lowering, name, object),
        OwnerExpr::User(name) if !name.is_missing() => user(lowering, name),
        _ => {}
    }
}

fn queue(lowering: &mut Lowering<'_>, name: &Name, object: &str) {
    let at = lowering.at(name.range);
    let queues = &lowering.scope.catalog.queues;
    let finding = match queues.get(&name.text) {
        Some(queue) if queue.objects.iter().any(|owned| owned == object) => return,
        Some(queue) => Finding::new(
            codes::QUEUE_CANNOT_OWN,
            at,
            format!("the queue `{}` may not own records of `{object}`", queue.developer_name),
        )
        .help(format!(
            "add `{object}` to the queue's objects in Salesforce and pull again, or choose another queue"
        )),
        None => unknown_queue(lowering, name, at),
    };
    lowering.report(finding);
}

fn unknown_queue(lowering: &Lowering<'_>, name: &Name, at: Loc) -> Finding {
    let queues = &lowering.scope.catalog.queues;
    let finding = Finding::new(
        codes::UNKNOWN_QUEUE,
        at,
        format!("there is no queue `{}` in the pulled metadata", name.text),
    );
    let labelled = queues.values().find(|queue| queue.label.eq_ignore_ascii_case(&name.text));
    let near = labelled
        .map(|queue| queue.developer_name.as_str())
        .or_else(|| suggest::closest(&name.text, queues.keys().map(String::as_str)));
    match near {
        Some(near) => replace(finding, at, near),
        None => finding.help("write a queue's developer name; if it is new, run `tidegate pull`"),
    }
}

fn replace(finding: Finding, at: Loc, near: &str) -> Finding {
    finding
        .help(format!("did you mean `{near}`?"))
        .fix(format!("write `{near}`"), vec![(at, near.to_owned())])
}

fn user(lowering: &mut Lowering<'_>, name: &Name) {
    let at = lowering.at(name.range);
    let users = &lowering.scope.settings.users;
    let Some(username) = users.get(&name.text) else {
        let finding = Finding::new(
            codes::UNKNOWN_USER,
            at,
            format!("`tidegate.toml` binds no user `{}`", name.text),
        );
        let near = suggest::closest(&name.text, users.keys().map(String::as_str));
        let finding = match near {
            Some(near) => replace(finding, at, near),
            None => finding.help(format!(
                "bind it to a username below `[user]` there: `{} = \"ada@example.com\"`",
                name.text
            )),
        };
        return lowering.report(finding);
    };
    let finding = match lowering.scope.catalog.users.get(username) {
        Some(user) if user.active => return,
        Some(_) => Finding::new(
            codes::UNKNOWN_USER,
            at,
            format!("the user `{username}`, bound to `{}`, is not active", name.text),
        )
        .help("bind another user in `tidegate.toml`, or have this one activated and pull again"),
        None => Finding::new(
            codes::UNKNOWN_USER,
            at,
            format!("the org has no user `{username}`, which `{}` is bound to", name.text),
        )
        .help("mend the username in `tidegate.toml`, or run `tidegate pull`, which reads the users that are bound there"),
    };
    lowering.report(finding);
}
