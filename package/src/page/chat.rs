//! What the admin's page says of live chat.

use crate::chat::channel::LARGEST_FILE_MB;
use crate::chat::permissions::NAME;
use crate::chat::{Chat, Parameter, Queue, Target, Verification};

pub(super) fn page(chats: &[Chat]) -> String {
    let mut page = String::from(
        "\n## Live chat\n\nThe routing values of a chat come to the channel's parameters, from there to the flow's \
         variables of the same names, letter by\nletter, and by the flow to the records. A value that is blank \
         overwrites nothing, and a record that refuses to be written\nkeeps no chat from its queue.\n",
    );
    for chat in chats {
        page.push_str(&told(chat));
    }
    page.push_str(&steps(chats));
    page.push_str(&verification(chats));
    page.push_str(LAYOUTS);
    page.push_str(TRUST);
    page.push_str(NEVER_TRIED);
    page
}

/// One channel: what it is called, and where each value goes.
fn told(chat: &Chat) -> String {
    let Chat { said, channel, deployment, flow, queue, .. } = chat;
    let mut told = format!(
        "\n### `{said}`\n\nThe channel `{channel}`, the deployment `{deployment}`, the flow `{flow}`, the queue \
         `{}`.\n",
        queue.name
    );
    if !chat.parameters.is_empty() {
        told.push_str(
            "\n| key | parameter and variable | characters | where it goes |\n|---|---|---|---|\n",
        );
    }
    for parameter in &chat.parameters {
        let Parameter { key, name, max_length, .. } = parameter;
        let goes = goes(parameter);
        told.push_str(&format!("| `{key}` | `{name}` | {max_length} | {goes} |\n"));
    }
    if !chat.standard.is_empty() {
        told.push_str(&format!(
            "\nStandard parameters, which Salesforce itself uses and the flow does not get: {}.\n",
            chat.standard.join(", ")
        ));
    }
    let other = chat.parameters.iter().filter(|its| its.key != its.name).map(|its| &its.key);
    for key in other {
        told.push_str(&format!(
            "\n`{key}` can be no API name: it stands in the parameter as its *channel variable name* alone. Send a \
             chat, and look\nwhether it arrives.\n"
        ));
    }
    told.push_str(&queue_told(queue));
    told
}

fn goes(parameter: &Parameter) -> String {
    match &parameter.target {
        Some(Target::Field { name, .. }) => format!("`MessagingSession.{name}`"),
        Some(Target::Case) => "`MessagingSession.CaseId`".to_owned(),
        Some(Target::Contact) => "`MessagingEndUser.ContactId`".to_owned(),
        Some(Target::RecordedCase { key_field }) => {
            format!("`MessagingSession.CaseId`: the Case of this `{key_field}`")
        }
        None => "nowhere: no push sends it".to_owned(),
    }
}

fn queue_told(queue: &Queue) -> String {
    let name = &queue.name;
    match queue {
        Queue { known: false, .. } => String::new(),
        Queue { takes_chats: true, .. } => format!(
            "\nThe queue `{name}` is in the org already and stays as it is. It needs a routing configuration.\n"
        ),
        _ => format!(
            "\nThe queue `{name}` is in the org already, and **takes no chats yet**: in Setup, Queues, `{name}`, add \
             the object\n*Messaging Session* and a routing configuration.\n"
        ),
    }
}

fn steps(chats: &[Chat]) -> String {
    let each = |what: &dyn Fn(&Chat) -> &str| {
        let mut names: Vec<String> = chats.iter().map(|chat| format!("`{}`", what(chat))).collect();
        names.dedup();
        names.join(", ")
    };
    let queues = each(&|chat| &chat.queue.name);
    let flows = each(&|chat| &chat.flow);
    let channels = each(&|chat| &chat.channel);
    let deployments = each(&|chat| &chat.deployment);
    format!(
        "\n### In this order, and what to click\n\n\
         Where a deployment of all at once is refused, deploy in this order: fields and permission sets; routing \
         configurations,\nthen queues; flows; channels; deployments. A channel that is deployed before its flow is \
         active loses its mappings.\n\n\
         1. *Omni-Channel Settings* and *Messaging Settings* in Setup: both on. In *Service Channels* there is \
         *Messaging*.\n\
         2. *Presence Statuses*: one that takes the service channel *Messaging*, enabled for the agents' profile or \
         permission set;\n   *Presence Configurations* say how many chats an agent has at a time.\n\
         3. *Queues*, {queues}: add the agents as members. The package adds nobody.\n\
         4. *Flows*, {flows}: active, after the deployment.\n\
         5. *Messaging Settings*, {channels}: look at the *parameter mappings*. Each parameter of the tables above must \
         be mapped to the\n   flow's variable of the same name. Where they are missing, map them by hand: some orgs take \
         them from metadata, others\n   do not. Then activate the channel.\n\
         6. *Embedded Service Deployments*, {deployments}: *Publish*, and again after each change. Its code snippet \
         shows the address\n   for `url` of `[channel.NAME]` in tidegate.toml; the deployment's name stands there as \
         `deployment`.\n\
         7. Give the permission set `{NAME}` to the agents, and to yourself:\n\n   ```text\n   \
         sf org assign permset --name {NAME} --target-org MY_ORG --on-behalf-of agent@example.com\n   ```\n\n\
         8. `tidegate emit salesforce . --check --org NAME` says what of it the org has. Then begin a chat, and look at \
         its record.\n\n\
         The channel takes files of up to {LARGEST_FILE_MB} MB;\nwhich kinds, *Messaging Settings* says.\n"
    )
}

/// Who customers are to the org, channel by channel.
fn verification(chats: &[Chat]) -> String {
    let mut told = String::from("\n### Who customers are\n");
    for Chat { channel, deployment, verification, .. } in chats {
        told.push_str(&match verification {
            None => format!(
                "\n`{channel}`: visitors chat as guests. *User verification* of the channel stays off: the runtime says by \
                 routing\nvalues who they are.\n"
            ),
            Some(Verification { issuer, key_id, variable }) => format!(
                "\n`{channel}`: customers who are signed in chat as who they are, all others as guests. The runtime signs \
                 that with the\nRSA key in `{variable}`, which stays with it; the org gets the public half. No metadata of \
                 this package says so:\n\n\
                 1. Write the public half as a JSON Web Key with `kid` `{key_id}`, `kty` `RSA`, `alg` `RS256` and `use` \
                 `sig`.\n\
                 2. In Setup, the page of user verification for messaging: add that key, then a key set with it whose \
                 issuer is\n   `{issuer}`, letter by letter.\n\
                 3. *Messaging Settings*, `{channel}`: add *User Verification* with that key set.\n\
                 4. *Publish* `{deployment}` again. Begin a chat as somebody who is signed in: the `MessagingPlatformKey` of \
                 its\n   *Messaging User* must have `/AUTH/` in it. Where it has not, the log of the runtime says that the \
                 org does not\n   take customers for who they are; they chat as guests then.\n\
                 5. Begin one as a guest, too: whether a channel with user verification still takes guests is not \
                 documented.\n"
            ),
        });
    }
    told
}

const LAYOUTS: &str = "\n### Page layouts\n\nA new field stands on no page. Agents see a chat on the Lightning record page of *Messaging \
     Session*: add the fields there in\nthe App Builder, as *Dynamic Forms* fields or on the page layout that *Record Detail* \
     shows. An app, a profile or a record type\nmay have a page or a layout of its own, which hides the fields until they are \
     added there, too.\n";

const TRUST: &str = "\n### What these values are worth\n\nThe address of a deployment is public: whoever knows it can begin a chat with \
     any values. Agents should take them for what\na customer says, and decide nothing by them that needs proof. So the flow writes the chat's own \
     records, and no field of a Case or a Contact:\nan id that somebody else sends would do. A Case that the conversation has \
     recorded is found by the key of its creation,\nwhich no page and no customer is shown; Tidegate itself creates Cases and \
     writes to them.\n";

const NEVER_TRIED: &str = "\n### Never tried on a real org\n\nThe files were checked against the schema of the Metadata API, converted by \
     Salesforce's own source library, judged by a\nscanner of flows, and run in Tidegate's local org. Nobody has seen a \
     real org take them. Open questions are whether\n\n\
     - the mappings of parameters arrive by deployment (step 5 looks),\n\
     - a key on the wire is the parameter's API name or its channel variable name, which are the same here wherever the \
     key can be\n  an API name,\n\
     - a custom client needs the hidden form, which the package has in case it does,\n\
     - `routeWork` accepts that inputs which it does not need are left out,\n\
     - the token of a deployment tells of the hidden form's fields: without `tidegate_case` among them no Case's key goes along,\n\
     - a flow may read the Case, and may write `MessagingSession.CaseId` and `MessagingEndUser.ContactId` as whoever it runs as.\n";
