//! Live chat: what a channel of the plan needs in its org, by the names that it has there.

pub(crate) mod channel;
pub(crate) mod flow;
mod links;
mod names;
pub(crate) mod permissions;
pub(crate) mod queue;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use tidegate_plan::model::{CASE_PARAMETER, Instruction, Plan, Routed};
use tidegate_schemas::catalog::{Catalog, FieldKind};

use super::Component;
use links::Linked;
use names::{LONGEST_FIELD, LONGEST_NAME, api_name, label};

/// The object that agents have on their screen during a chat.
pub(crate) const SESSION: &str = "MessagingSession";

/// The longest value of a custom parameter.
const LONGEST_VALUE: u32 = 255;

/// Characters of a Case's key.
const KEY_LENGTH: u32 = 36;

/// Variables that Omni-Channel itself fills in a routing flow.
const OF_OMNI_CHANNEL: [&str; 2] = ["recordId", "input_record"];

/// A channel as the manifest describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelSetup {
    /// The deployment's API name; the channel's own where absent.
    pub deployment: Option<String>,
    /// The queue that gets the chats, by its developer name; one of the channel's name where absent.
    pub queue: Option<String>,
    /// Its parameters, each with the most characters.
    pub parameters: BTreeMap<String, u32>,
    /// How the runtime vouches for customers, where it does.
    pub verification: Option<Verification>,
}

/// What the org has to know of the key that customers are vouched for with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The issuer.
    pub issuer: String,
    /// The key's id.
    pub key_id: String,
    /// The environment variable that holds the private half.
    pub variable: String,
}

/// A channel by the names that it has in Salesforce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// The manifest's name.
    pub said: String,
    /// The messaging channel.
    pub channel: String,
    /// The deployment for custom clients.
    pub deployment: String,
    /// The flow that routes.
    pub flow: String,
    /// The queue that gets the chats.
    pub queue: Queue,
    /// Custom parameters, by key.
    pub parameters: Vec<Parameter>,
    /// Standard parameters that go along, by the metadata's names.
    pub standard: Vec<&'static str>,
    /// How the runtime vouches for customers, where it does.
    pub verification: Option<Verification>,
}

/// A queue for chats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its developer name.
    pub name: String,
    /// Whether the pulled metadata has it; then it is left as it is.
    pub known: bool,
    /// Whether it may own chats.
    pub takes_chats: bool,
}

/// A custom parameter of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The key among routing values.
    pub key: String,
    /// Its API name, which is the flow's variable, too.
    pub name: String,
    /// The most characters.
    pub max_length: u32,
    /// Where its value goes; nowhere where no push sends it.
    pub target: Option<Target>,
}

/// Where the flow writes a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Into a field of the chat's own record.
    Field {
        /// The API name.
        name: String,
        /// The most characters that it holds.
        length: u32,
    },
    /// It is the id of the Case that the chat belongs to.
    Case,
    /// It is the id of the Contact who chats.
    Contact,
    /// It is the key of the Case that the conversation has recorded.
    RecordedCase {
        /// The field of Cases that holds it.
        key_field: String,
    },
}

/// Why there can be no package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Chat {
    /// The fields of the chat's record that its flow writes, each with its length.
    pub fn fields(&self) -> impl Iterator<Item = (&Parameter, &str, u32)> {
        self.parameters.iter().filter_map(|parameter| match &parameter.target {
            Some(Target::Field { name, length }) => Some((parameter, name.as_str(), *length)),
            _ => None,
        })
    }

    /// The field of Cases that holds their keys, where the flow finds one by it.
    fn key_field(&self) -> Option<&str> {
        self.parameters.iter().find_map(|parameter| match &parameter.target {
            Some(Target::RecordedCase { key_field }) => Some(key_field.as_str()),
            _ => None,
        })
    }

    fn parameter(&self, target: &Target) -> Option<&Parameter> {
        self.parameters.iter().find(|its| its.target.as_ref() == Some(target))
    }
}

/// The channels that a plan hands off to.
pub(crate) fn chats(
    plan: &Plan,
    catalog: &Catalog,
    setups: &BTreeMap<String, ChannelSetup>,
) -> Result<Vec<Chat>, Vec<Problem>> {
    let mut pushed: BTreeMap<&str, Vec<&Routed>> = BTreeMap::new();
    let key_field = recorded_by(plan);
    for push in &plan.channels {
        pushed.entry(&push.channel).or_default().extend(&push.entries);
    }
    let nothing = ChannelSetup::default();
    let mut problems = Vec::new();
    let chats = pushed.into_iter().map(|(said, entries)| {
        let setup = setups.get(said).unwrap_or(&nothing);
        let mut chat = chat(said, setup, &Linked::of(plan, &entries), catalog, &mut problems);
        chat.parameters.extend(key_field.map(recorded_case));
        chat
    });
    let mut chats: Vec<Chat> = chats.collect();
    problems.extend(alike(&chats));
    widen(&mut chats, catalog, &mut problems);
    if problems.is_empty() { Ok(chats) } else { Err(problems) }
}

/// The field with the key of the Cases that conversations record before agents come, if any do.
fn recorded_by(plan: &Plan) -> Option<&str> {
    plan.code.iter().find_map(|instruction| match instruction {
        Instruction::RecordCase { push } => Some(plan.pushes.get(push.index())?.key_field.as_str()),
        _ => None,
    })
}

/// The parameter by which a chat's Case is found.
fn recorded_case(key_field: &str) -> Parameter {
    Parameter {
        key: CASE_PARAMETER.to_owned(),
        name: CASE_PARAMETER.to_owned(),
        max_length: KEY_LENGTH,
        target: Some(Target::RecordedCase { key_field: key_field.to_owned() }),
    }
}

fn chat(
    said: &str,
    setup: &ChannelSetup,
    linked: &Linked<'_>,
    catalog: &Catalog,
    problems: &mut Vec<Problem>,
) -> Chat {
    let channel = api_name(said, LONGEST_NAME);
    let mut lengths = setup.parameters.clone();
    for (key, length) in linked.lengths() {
        lengths.entry(key.to_owned()).or_insert(length);
    }
    let mut standard: Vec<&'static str> =
        linked.lengths().filter_map(|(key, _)| standard(key)).collect();
    standard.sort_unstable();
    lengths.retain(|key, _| self::standard(key).is_none());
    let parameter = |(key, max_length): (String, u32)| {
        problems.extend(refused(said, &key, max_length));
        let target = linked.target(&key).map(|target| {
            target.unwrap_or_else(|| Target::Field { name: field(&key), length: max_length })
        });
        Parameter { name: api_name(&key, LONGEST_NAME), key, max_length, target }
    };
    Chat {
        parameters: lengths.into_iter().map(parameter).collect(),
        deployment: setup.deployment.clone().unwrap_or_else(|| channel.clone()),
        flow: api_name(&format!("Route_{channel}"), LONGEST_NAME),
        queue: queue_of(setup.queue.as_ref().unwrap_or(&channel), catalog),
        said: said.to_owned(),
        channel,
        standard,
        verification: setup.verification.clone(),
    }
}

/// What Salesforce itself calls one of its parameters.
fn standard(key: &str) -> Option<&'static str> {
    match key {
        "_firstName" => Some("FirstName"),
        "_lastName" => Some("LastName"),
        "_email" => Some("Email"),
        "_subject" => Some("Subject"),
        _ => None,
    }
}

/// The field for a key. What Fin writes before each label is shortened, so that the label fits.
fn field(key: &str) -> String {
    let short = ["conversation_", "user_"].into_iter().find_map(|whose| {
        let rest = key.strip_prefix(whose)?.strip_prefix("custom_data_")?;
        Some(format!("{whose}{rest}"))
    });
    format!("{}__c", api_name(short.as_deref().unwrap_or(key), LONGEST_FIELD))
}

fn queue_of(name: &str, catalog: &Catalog) -> Queue {
    let known = catalog.queues.values().find(|its| its.developer_name.eq_ignore_ascii_case(name));
    Queue {
        name: known.map_or(name, |its| its.developer_name.as_str()).to_owned(),
        known: known.is_some(),
        takes_chats: known.is_none_or(|its| its.objects.iter().any(|object| object == SESSION)),
    }
}

fn refused(channel: &str, key: &str, max_length: u32) -> Option<Problem> {
    let name = api_name(key, LONGEST_NAME);
    let taken = OF_OMNI_CHANNEL.into_iter().find(|its| its.eq_ignore_ascii_case(&name));
    if let Some(taken) = taken {
        return Some(Problem {
            message: format!(
                "`[channel.{channel}]`: the parameter `{key}` has the name of `{taken}`, which \
                 Omni-Channel gives every flow that routes"
            ),
            help: format!("give it another name, and send under that: `as \"{key}_sent\"`"),
        });
    }
    if name.eq_ignore_ascii_case(CASE_PARAMETER) {
        return Some(Problem {
            message: format!(
                "`[channel.{channel}]`: the parameter `{key}` has the name by which Tidegate tells of the \
                 Case that a conversation has recorded"
            ),
            help: "leave it out: it is written where a program needs it".to_owned(),
        });
    }
    (max_length > LONGEST_VALUE).then(|| Problem {
        message: format!(
            "`[channel.{channel}]`: the parameter `{key}` takes {max_length} characters, and parameters of \
             Salesforce take {LONGEST_VALUE} at most"
        ),
        help: format!("write `{LONGEST_VALUE}`, and `| first {LONGEST_VALUE}` behind what is sent"),
    })
}

/// Names that two things of one org would share.
fn alike(chats: &[Chat]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut channels: BTreeMap<String, &str> = BTreeMap::new();
    let mut fields: BTreeMap<String, &str> = BTreeMap::new();
    for chat in chats {
        if let Some(other) = channels.insert(chat.channel.to_ascii_lowercase(), &chat.said) {
            problems.push(Problem {
                message: format!(
                    "the channels `{other}` and `{}` would both be `{}` in Salesforce",
                    chat.said, chat.channel
                ),
                help: "give one of them another name, in tidegate.toml and in its push".to_owned(),
            });
        }
        let mut parameters: BTreeMap<String, &str> = BTreeMap::new();
        for Parameter { key, name, .. } in &chat.parameters {
            let other = parameters.insert(name.to_ascii_lowercase(), key);
            problems
                .extend(other.map(|other| same(other, key, &format!("the parameter `{name}`"))));
        }
        for (Parameter { key, .. }, field, _) in chat.fields() {
            let other = fields.insert(field.to_ascii_lowercase(), key);
            let told = |other: &&str| api_name(other, LONGEST_NAME) == api_name(key, LONGEST_NAME);
            let other = other.filter(|other| *other != key.as_str() && !told(other));
            problems.extend(other.map(|other| same(other, key, &format!("the field `{field}`"))));
        }
    }
    problems.dedup();
    problems
}

fn same(one: &str, other: &str, what: &str) -> Problem {
    Problem {
        message: format!("`{one}` and `{other}` would both be {what} in Salesforce"),
        help: "give one of the two parameters another name, and send under that: `as \"…\"`"
            .to_owned(),
    }
}

/// A field that several channels write holds the longest value, and no less than it does already.
fn widen(chats: &mut [Chat], catalog: &Catalog, problems: &mut Vec<Problem>) {
    let mut longest: BTreeMap<String, u32> = BTreeMap::new();
    for (_, field, length) in chats.iter().flat_map(Chat::fields) {
        let known = longest.entry(field.to_owned()).or_default();
        *known = length.max(*known);
    }
    let object = catalog.objects.get(SESSION);
    for (name, longest) in &mut longest {
        let mut fields = object.into_iter().flat_map(|object| object.fields.values());
        match fields.find(|its| its.name.eq_ignore_ascii_case(name)).map(|its| &its.kind) {
            None => {}
            Some(FieldKind::String { length }) => *longest = (*longest).max(*length),
            Some(other) => problems.push(Problem {
                message: format!(
                    "`{SESSION}.{name}` is there, and is no text but `{}`",
                    other.described_as()
                ),
                help: "give the parameter another name, and send under that: `as \"…\"`".to_owned(),
            }),
        }
    }
    for target in chats.iter_mut().flat_map(|its| &mut its.parameters) {
        if let Some(Target::Field { name, length }) = &mut target.target {
            *length = longest.get(name).copied().unwrap_or(*length);
        }
    }
}

/// All that is to be deployed for chats.
pub(crate) fn components(chats: &[Chat], api_version: &str) -> Vec<Component> {
    let mut components = Vec::new();
    let mut fields: BTreeMap<&str, (&Parameter, u32)> = BTreeMap::new();
    for (parameter, field, length) in chats.iter().flat_map(Chat::fields) {
        fields.insert(field, (parameter, length));
    }
    for (field, (parameter, length)) in fields {
        components.push(super::field::of_session(field, &label(field), &parameter.key, length));
    }
    let mut queues: BTreeMap<&str, &Queue> = BTreeMap::new();
    queues.extend(chats.iter().map(|chat| (chat.queue.name.as_str(), &chat.queue)));
    for queue in queues.into_values().filter(|queue| !queue.known) {
        components.extend(queue::components(queue));
    }
    for chat in chats {
        components.push(flow::component(chat, api_version));
        components.push(channel::channel(chat));
        components.push(channel::deployment(chat));
    }
    if !chats.is_empty() {
        components.push(permissions::set(chats));
    }
    components
}
