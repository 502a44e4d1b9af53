//! Metadata in source format, as an admin deploys it: fields, queues, flows, channels, deployments.

mod channel;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize as _, Serialize};
use serde_json::{Value as Json, json};

use self::channel::ChannelFile;
use super::Desk;
use super::deployment::{Deployment, FormField, Handler, Parameter, StandardParameter};
use super::flow::{self, Fields, Flow};
use super::xml::{self, children, flag, number, required, text};
use crate::org::schema::Schema;
use crate::org::{Org, SchemaChange};

/// Files of a folder, by their paths in it.
pub(crate) type Files = BTreeMap<String, String>;

/// What was deployed, and what was left out because the local org has no use for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Deployed {
    /// The files that took effect.
    pub deployed: Vec<String>,
    /// The files that were left out.
    pub left_out: Vec<String>,
    /// What takes effect otherwise than it stands in a file.
    pub notes: Vec<String>,
}

/// A queue of a file.
#[derive(Debug, Clone)]
struct QueueFile {
    name: String,
    label: String,
    owns: Vec<String>,
}

/// A deployment of a file, with the name of its channel.
#[derive(Debug, Clone)]
struct ConfigFile {
    deployment: Deployment,
    channel: String,
}

/// Everything that was read.
#[derive(Debug, Default)]
struct Package {
    fields: Vec<(String, CustomField)>,
    queues: Vec<QueueFile>,
    flows: Vec<Flow>,
    channels: Vec<ChannelFile>,
    configs: Vec<ConfigFile>,
    told: Deployed,
}

/// A custom field of a file.
#[derive(Debug, Clone)]
struct CustomField {
    name: String,
    /// What adds it, as [`SchemaChange`] reads it.
    change: Json,
    /// Of a text.
    text_length: Option<u32>,
}

impl Desk<'_> {
    /// Deploys all files, or none; the errors say what is wrong in which file.
    pub(crate) fn deploy(&mut self, files: &Files) -> Result<Deployed, Vec<String>> {
        let mut problems = Vec::new();
        let mut package = Package::default();
        for (path, content) in files {
            if let Err(problem) = package.take(path, content) {
                problems.push(format!("{path}: {problem}"));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let known = Known { schema: &self.org.schema(), package: &package };
        for flow in &package.flows {
            let found = flow.problems(&known);
            problems.extend(found.iter().map(|it| format!("the flow {}: {it}", flow.name)));
        }
        problems.extend(self.loose_ends(&package));
        if !problems.is_empty() {
            return Err(problems);
        }
        let Package { fields, queues, flows, channels, configs, mut told } = package;
        for (object, field) in fields {
            add_field(self.org, &object, &field).map_err(|problem| vec![problem])?;
        }
        for queue in &queues {
            self.add_queue(queue).map_err(|problem| vec![problem])?;
        }
        for flow in flows {
            self.state.flows.insert(flow.name.clone(), flow);
        }
        for channel in channels {
            self.add_channel(channel, &mut told.notes);
        }
        for config in configs {
            let name = config.deployment.name.clone();
            self.add_deployment(config);
            self.channel_record(&name).map_err(|problem| vec![problem.message])?;
        }
        Ok(told)
    }

    /// Names in the package that lead nowhere.
    fn loose_ends(&self, package: &Package) -> Vec<String> {
        let mut found = Vec::new();
        let known_queue = |name: &str| {
            package.queues.iter().any(|queue| queue.name == name) || self.queue(name).is_some()
        };
        let known_flow = |name: &str| {
            package.flows.iter().any(|flow| flow.name == name)
                || self.state.flows.contains_key(name)
        };
        for ChannelFile { channel, .. } in &package.channels {
            let name = &channel.name;
            let (flow, queue) = match &channel.handler {
                Handler::Queue(queue) => (None, Some(queue)),
                Handler::Flow { name, fallback } => (Some(name), fallback.as_ref()),
            };
            if let Some(flow) = flow.filter(|flow| !known_flow(flow)) {
                found.push(format!("the channel {name}: there is no flow `{flow}`"));
            }
            if let Some(queue) = queue.filter(|queue| !known_queue(queue)) {
                found.push(format!("the channel {name}: there is no queue `{queue}`"));
            }
        }
        for config in &package.configs {
            let name = &config.channel;
            let mut deployments = self.state.deployments.iter();
            let known = package.channels.iter().any(|its| its.channel.name == *name)
                || deployments.any(|its| its.channel.name == *name);
            if !known {
                let deployment = &config.deployment.name;
                found.push(format!("the deployment {deployment}: there is no channel `{name}`"));
            }
        }
        found
    }

    fn add_queue(&self, queue: &QueueFile) -> Result<(), String> {
        if self.queue(&queue.name).is_some() {
            return Ok(());
        }
        let refused = |refusal: crate::org::Refusal| {
            let messages = refusal.errors().iter().map(|error| error.message.clone());
            format!("the queue {}: {}", queue.name, messages.collect::<Vec<_>>().join("; "))
        };
        let values = json!({ "Name": queue.label, "DeveloperName": queue.name, "Type": "Queue" });
        let id = self.create("Group", &values).map_err(refused)?;
        for object in &queue.owns {
            let values = json!({ "QueueId": id, "SobjectType": object });
            self.create("QueueSobject", &values).map_err(refused)?;
        }
        Ok(())
    }

    /// A channel without a deployment of its own is reached by one of its name.
    fn add_channel(&mut self, file: ChannelFile, notes: &mut Vec<String>) {
        let ChannelFile { mut channel } = file;
        let name = channel.name.clone();
        let flow = match &channel.handler {
            Handler::Flow { name, .. } => self.state.flows.get(name),
            Handler::Queue(_) => None,
        };
        let active = flow.is_some_and(|flow| flow.active);
        if !active || !self.state.switches.mappings_deployed {
            let why =
                if active { "mappings do not deploy here" } else { "no active flow is bound" };
            let lost = lose_mappings(&mut channel.parameters, &mut channel.standard_parameters);
            notes.extend(lost.then(|| format!("the channel {name} has no mappings: {why}")));
        }
        let mut bound = false;
        for deployment in &mut self.state.deployments {
            if deployment.channel.name == name {
                deployment.channel = channel.clone();
                bound = true;
            }
        }
        if !bound {
            let deployment = Deployment { name, channel, ..Deployment::default() };
            self.state.deployments.push(deployment);
        }
    }

    fn add_deployment(&mut self, config: ConfigFile) {
        let ConfigFile { mut deployment, channel } = config;
        let all = &mut self.state.deployments;
        let bound = all.iter().find(|its| its.channel.name == channel);
        if let Some(bound) = bound {
            deployment.channel = bound.channel.clone();
        }
        all.retain(|its| its.name != deployment.name && its.name != channel);
        all.push(deployment);
    }
}

fn lose_mappings(parameters: &mut [Parameter], standard: &mut [StandardParameter]) -> bool {
    let mut all: Vec<&mut Vec<String>> =
        parameters.iter_mut().map(|it| &mut it.mapped_to).collect();
    all.extend(standard.iter_mut().map(|it| &mut it.mapped_to));
    let lost = all.iter().any(|mapped| !mapped.is_empty());
    all.into_iter().for_each(Vec::clear);
    lost
}

impl Package {
    fn take(&mut self, path: &str, content: &str) -> Result<(), String> {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let named = |suffix: &str| file.strip_suffix(suffix);
        if let Some(name) = named(".flow-meta.xml") {
            self.flows.push(flow::read(name, content)?);
        } else if let Some(name) = named(".messagingChannel-meta.xml") {
            self.channels.push(channel::read(name, content)?);
        } else if let Some(name) = named(".EmbeddedServiceConfig-meta.xml") {
            self.configs.push(config(name, content)?);
        } else if let Some(name) = named(".queue-meta.xml") {
            self.queues.push(queue(name, content)?);
        } else if let Some(name) = named(".field-meta.xml") {
            let object = path.rsplit(['/', '\\']).nth(2).unwrap_or_default().to_owned();
            self.fields.push((object.clone(), field(&object, name, content)?));
        } else {
            self.told.left_out.push(path.to_owned());
            return Ok(());
        }
        self.told.deployed.push(path.to_owned());
        Ok(())
    }
}

/// The org as it will be with the package's fields.
struct Known<'k> {
    schema: &'k Schema,
    package: &'k Package,
}

impl Fields for Known<'_> {
    fn has_object(&self, object: &str) -> bool {
        self.schema.object(object).is_some()
    }

    fn has_field(&self, object: &str, field: &str) -> bool {
        let known = self.schema.object(object).is_some_and(|its| its.field(field).is_some());
        let mut new = self.package.fields.iter();
        known
            || new.any(|(its, new)| {
                its.eq_ignore_ascii_case(object) && new.name.eq_ignore_ascii_case(field)
            })
    }
}

fn queue(name: &str, content: &str) -> Result<QueueFile, String> {
    let document = xml::parse(content)?;
    let root = xml::root(&document, "Queue")?;
    let owns = children(root, "queueSobject").map(|it| required(it, "sobjectType"));
    let owns = owns.collect::<Result<BTreeSet<_>, _>>()?.into_iter().collect();
    Ok(QueueFile { name: name.to_owned(), label: required(root, "name")?, owns })
}

fn config(name: &str, content: &str) -> Result<ConfigFile, String> {
    let document = xml::parse(content)?;
    let root = xml::root(&document, "EmbeddedServiceConfig")?;
    let kind = required(root, "deploymentType")?;
    if !kind.eq_ignore_ascii_case("api") {
        return Err(format!("clients of one's own need `deploymentType` `API`, not `{kind}`"));
    }
    let bound = xml::child(root, "embeddedServiceMessagingChannel")
        .ok_or("it has no `embeddedServiceMessagingChannel`")?;
    let mut fields: Vec<(u32, FormField)> = Vec::new();
    for form in children(root, "embeddedServiceForms").filter(|form| flag(*form, "isActive")) {
        for field in children(form, "embeddedServiceFormFields") {
            let order = number(field, "displayOrder")?.unwrap_or_default();
            fields.push((
                order,
                FormField {
                    name: required(field, "formField")?,
                    field_type: required(field, "formFieldType")?,
                    hidden: flag(field, "isHidden"),
                    required: flag(field, "isRequired"),
                },
            ));
        }
    }
    fields.sort_by_key(|(order, _)| *order);
    let deployment = Deployment {
        name: name.to_owned(),
        enabled: flag(root, "isEnabled") && flag(bound, "isEnabled"),
        business_hours: text(bound, "businessHours"),
        form_fields: fields.into_iter().map(|(_, field)| field).collect(),
        ..Deployment::default()
    };
    Ok(ConfigFile { deployment, channel: required(bound, "messagingChannel")? })
}

fn field(object: &str, name: &str, content: &str) -> Result<CustomField, String> {
    let document = xml::parse(content)?;
    let root = xml::root(&document, "CustomField")?;
    let kind = required(root, "type")?;
    let described = match kind.as_str() {
        "Text" => "string",
        "TextArea" | "LongTextArea" => "textarea",
        "Checkbox" => "boolean",
        "Number" => "double",
        "Date" => "date",
        "DateTime" => "datetime",
        "Email" => "email",
        "Phone" => "phone",
        "Url" => "url",
        other => return Err(format!("the local org does not add fields of the type `{other}`")),
    };
    let usual = if described == "boolean" { 0 } else { 255 };
    let field = json!({
        "name": name,
        "label": required(root, "label")?,
        "type": described,
        "length": number::<u32>(root, "length")?.unwrap_or(usual),
        "precision": number::<u32>(root, "precision")?.unwrap_or(18),
        "scale": number::<u32>(root, "scale")?.unwrap_or_default(),
        "unique": flag(root, "unique"),
        "external_id": flag(root, "externalId"),
        "id_lookup": flag(root, "externalId"),
    });
    let change = json!({ "add_field": { "object": object, "field": field } });
    let read = SchemaChange::deserialize(&change);
    read.map_err(|problem| problem.to_string())?;
    let text_length = if kind == "Text" { number(root, "length")? } else { None };
    Ok(CustomField { name: name.to_owned(), change, text_length })
}

/// Adds a field that is not there yet; a text that is there becomes as long as the file says, and no shorter.
fn add_field(org: &Org, object: &str, field: &CustomField) -> Result<(), String> {
    let schema = org.schema();
    let known = schema.object(object).ok_or_else(|| format!("there is no object `{object}`"))?;
    let change = match (known.field(&field.name), field.text_length) {
        (None, _) => field.change.clone(),
        (Some(known), Some(length)) if known.custom() && known.length < length => {
            json!({ "field": { "object": object, "field": known.name, "length": length } })
        }
        (Some(_), _) => return Ok(()),
    };
    let unread = |problem: serde_json::Error| problem.to_string();
    let change: SchemaChange = serde_json::from_value(change).map_err(unread)?;
    org.change_schema(&change)?;
    let unkept = |problem: std::io::Error| format!("{object}.{}: {problem}", field.name);
    org.keep_field(object, &field.name, &field.change).map_err(unkept)
}
