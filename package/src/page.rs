//! The page for the admin who deploys a package.

mod chat;

use tidegate_plan::model::Plan;

use super::chat::Chat;
use super::{Component, KEY_FIELD, permissions};

/// The page of what a plan needs.
pub(crate) fn of_plan(plan: &Plan, components: &[Component], chats: &[Chat]) -> String {
    let mut page = head(components);
    page.push_str(&granted(plan));
    if !chats.is_empty() {
        page.push_str(&chat::page(chats));
    }
    page
}

/// The page of what an org needs before anything can be built against it.
pub(crate) fn of_new_org(components: &[Component]) -> String {
    head(components) + &not_yet()
}

fn head(components: &[Component]) -> String {
    let mut page = String::from("# What Tidegate needs in this org\n\n");
    page.push_str(
        "Written by `tidegate emit salesforce`; written anew, it is the same for the same plan. \
         Nothing here was\never deployed to a real org by Tidegate's makers: validate first, as below, \
         and read what Salesforce says.\n\n| component | what for |\n|---|---|\n",
    );
    for component in components {
        let Component { kind, member, .. } = component;
        page.push_str(&format!("| {kind} `{member}` | {} |\n", purpose(kind, member)));
    }
    page.push_str(
        "\n## In this order\n\n1. Validate, then deploy, from this folder:\n\n   ```text\n   \
         sf project deploy start --source-dir force-app --target-org MY_ORG --dry-run\n   \
         sf project deploy start --source-dir force-app --target-org MY_ORG\n   ```\n",
    );
    page
}

fn purpose(kind: &str, member: &str) -> &'static str {
    match kind {
        "CustomField" if member.starts_with(super::chat::SESSION) => {
            "shows agents what goes along with a chat"
        }
        "CustomField" => {
            "holds the key by which a repeated request is recognised, so that a Case comes only once"
        }
        "EmbeddedServiceConfig" => "the deployment by which the runtime reaches the channel",
        "Flow" => "writes what goes along, and gives the chat to the queue",
        "MessagingChannel" => "where chats come in, with the parameters that go along",
        "PermissionSet" if member == super::chat::permissions::NAME => {
            "lets agents see what goes along, and the flow write it"
        }
        "Queue" => "where chats wait for an agent",
        "QueueRoutingConfig" => "how the queue's chats are given to agents",
        _ => "what the integration user may do: what the plan reads and writes, and nothing else",
    }
}

fn granted(plan: &Plan) -> String {
    let types = plan.pushes.iter().any(|push| push.record_type.is_some());
    let types = if types {
        "\nRecord types are assigned by profile or permission set in Setup: add those that pushes name.\n"
    } else {
        ""
    };
    format!(
        "2. Give the permission set `{name}` to the user with whom the runtime logs in, and to the one with whom \
         `tidegate pull` does, if\n   it is another:\n\n   ```text\n   sf org assign permset --name {name} \
         --target-org MY_ORG --on-behalf-of runtime@example.com\n   ```\n\n   It lets the user see all \
         records of the objects that it names, for a Case is looked up by its key after a queue\n   has it, \
         and a visitor's Contact may be anybody's.\n3. `tidegate pull`, then `tidegate check`: what \
         the user may not see is missing there.\n\nWhere Salesforce refuses a field of the permission set \
         because everybody has it, take that line out. The key need not\nstand on any page layout.\n{types}",
        name = permissions::NAME,
    )
}

fn not_yet() -> String {
    format!(
        "2. Let the user with whom `tidegate pull` logs in see and edit `Case.{KEY_FIELD}` (field-level security).\n\
         3. `tidegate pull`, then `tidegate check`. When it passes, `tidegate emit salesforce` writes this \
         folder anew, with the\n   permission set that the program needs.\n"
    )
}
