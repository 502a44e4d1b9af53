//! The flow that writes routing values to records, and gives the chat to a queue.
//!
//! No value that is blank overwrites one that is not, and where a record refuses to be written, the
//! chat goes on to its queue. Where the queue is not found or does not take the chat, the flow fails on
//! purpose: the channel's own queue gets the chat then.

use super::names::{Names, label};
use super::{Chat, OF_OMNI_CHANNEL, Parameter, SESSION, Target};
use crate::xml::{Element, document, flag, leaf, node, root};
use crate::{Component, File};

/// Names of the flow's elements; those that lead to one another are in their order.
struct Drawn<'c> {
    chat: &'c Chat,
    /// For each parameter that goes into a field: the formula that keeps what is there.
    kept: Vec<(&'c Parameter, &'c str, String)>,
    links: Vec<Link<'c>>,
    stamp: Option<String>,
    recorded: Option<Recorded<'c>>,
    find: String,
    route: String,
}

/// Puts the chat in relation to the Case that the conversation has recorded, where its key came and the
/// org has it.
struct Recorded<'c> {
    parameter: &'c Parameter,
    key_field: &'c str,
    decision: String,
    rule: String,
    find: String,
    found: String,
    is_there: String,
    update: String,
}

impl<'c> Recorded<'c> {
    fn of(chat: &'c Chat, names: &mut Names) -> Option<Self> {
        let key_field = chat.key_field()?;
        let target = Target::RecordedCase { key_field: key_field.to_owned() };
        Some(Self {
            parameter: chat.parameter(&target)?,
            key_field,
            decision: names.take("Has_Recorded_Case"),
            rule: names.take("Key_Came"),
            find: names.take("Find_Recorded_Case"),
            found: names.take("Found_Recorded_Case"),
            is_there: names.take("Case_Is_There"),
            update: names.take("Link_Recorded_Case"),
        })
    }
}

/// Puts the chat in relation to a record, where its id came.
struct Link<'c> {
    parameter: &'c Parameter,
    decision: String,
    rule: String,
    update: String,
    /// The object that is written, its field, and what its id is.
    writes: (&'static str, &'static str, &'static str),
}

pub(crate) fn component(chat: &Chat, api_version: &str) -> Component {
    let name = &chat.flow;
    let path = format!("force-app/main/default/flows/{name}.flow-meta.xml");
    let text = document(&root("Flow", Drawn::of(chat).elements(api_version)));
    Component { kind: "Flow", member: name.clone(), file: File { path, text } }
}

impl<'c> Drawn<'c> {
    fn of(chat: &'c Chat) -> Self {
        let mut names = Names::default();
        for name in OF_OMNI_CHANNEL.into_iter().chain(chat.mapped().map(|its| its.name.as_str())) {
            names.take(name);
        }
        let link = |names: &mut Names, target: &Target, what, writes| {
            let parameter = chat.parameter(target)?;
            Some(Link {
                parameter,
                decision: names.take(&format!("Has_{what}")),
                rule: names.take(&format!("{what}_Came")),
                update: names.take(&format!("Link_{what}")),
                writes,
            })
        };
        let case = (SESSION, "CaseId", "recordId");
        let contact = ("MessagingEndUser", "ContactId", "input_record.MessagingEndUserId");
        let links = [
            link(&mut names, &Target::Case, "Case", case),
            link(&mut names, &Target::Contact, "Contact", contact),
        ];
        let kept = chat.fields().map(|(parameter, field, _)| {
            (parameter, field, names.take(&format!("{}_or_before", parameter.name)))
        });
        let kept: Vec<_> = kept.collect();
        let stamp = (!kept.is_empty()).then(|| names.take("Stamp_Session"));
        let recorded = Recorded::of(chat, &mut names);
        let (find, route) = (names.take("Find_Queue"), names.take("Route_To_Queue"));
        let links = links.into_iter().flatten().collect();
        Self { chat, kept, links, stamp, recorded, find, route }
    }

    /// In the order of the schema.
    fn elements(&self, api_version: &str) -> Vec<Element> {
        let name = &self.chat.flow;
        let mut elements = vec![self.routing(), leaf("apiVersion", api_version)];
        elements.extend(self.links.iter().enumerate().map(|(at, link)| self.decision(at, link)));
        elements.extend(self.recorded.iter().flat_map(|its| self.looking(its)));
        elements.push(leaf("description", self.about()));
        elements.extend(self.formulas());
        elements.push(leaf("interviewLabel", format!("{name} {{!$Flow.CurrentDateTime}}")));
        elements.push(leaf("label", label(name)));
        let canvas = vec![leaf("name", "CanvasMode"), text("AUTO_LAYOUT_CANVAS")];
        elements.push(node("processMetadataValues", canvas));
        elements.push(leaf("processType", "RoutingFlow"));
        elements.extend(self.recorded.iter().map(|its| self.finding(its)));
        elements.push(self.lookup());
        elements.extend(self.links.iter().enumerate().map(|(at, link)| self.linking(at, link)));
        elements.extend(self.stamping());
        elements.extend(self.recorded.iter().map(|its| {
            let case = format!("{}.Id", its.find);
            update(&its.update, SESSION, "recordId", vec![assignment("CaseId", &case)], &self.find)
        }));
        elements.push(node("start", [&place()[..], &[to("connector", self.after(0))]].concat()));
        elements.push(leaf("status", "Active"));
        elements.extend(self.variables());
        elements
    }

    fn about(&self) -> String {
        format!(
            "Written by tidegate emit salesforce. Writes what Tidegate sends along to the chat, and gives \
             it to the queue {}.",
            self.chat.queue.name
        )
    }

    /// Where the links from this one on begin, or what comes after the last.
    fn after(&self, link: usize) -> &str {
        let next = self.links.get(link).map(|its| its.decision.as_str());
        next.or(self.stamp.as_deref()).unwrap_or_else(|| self.behind_the_stamp())
    }

    fn behind_the_stamp(&self) -> &str {
        self.recorded.as_ref().map_or(&self.find, |its| &its.decision)
    }

    fn decision(&self, at: usize, link: &Link<'_>) -> Element {
        let conditions = came(&link.parameter.name);
        let otherwise = (self.after(at + 1), "Nothing came");
        decided(&link.decision, (&link.rule, &link.update), conditions.into(), otherwise)
    }

    /// Whether a key came, and whether the org has its Case.
    fn looking(&self, its: &Recorded<'_>) -> [Element; 2] {
        let conditions = came(&its.parameter.name);
        let otherwise = (self.find.as_str(), "Nothing came");
        let came = decided(&its.decision, (&its.rule, &its.find), conditions.into(), otherwise);
        let case = format!("{}.Id", its.find);
        let there = vec![condition(&case, "IsNull", flag("booleanValue", false))];
        let otherwise = (self.find.as_str(), "It is not there");
        [came, decided(&its.found, (&its.is_there, &its.update), there, otherwise)]
    }

    /// By the key of its creation, which nobody else knows; an id can be anybody's.
    fn finding(&self, its: &Recorded<'_>) -> Element {
        let mut elements = named(&its.find);
        elements.extend([
            flag("assignNullValuesIfNoRecordsFound", false),
            to("connector", &its.found),
            to("faultConnector", &self.find),
            leaf("filterLogic", "and"),
            filter(its.key_field, "elementReference", &its.parameter.name),
            flag("getFirstRecordOnly", true),
            leaf("object", "Case"),
            leaf("queriedFields", "Id"),
            leaf("queriedFields", its.key_field),
            flag("storeOutputAutomatically", true),
        ]);
        node("recordLookups", elements)
    }

    fn linking(&self, at: usize, link: &Link<'_>) -> Element {
        let (object, field, id) = link.writes;
        let assigned = vec![assignment(field, &link.parameter.name)];
        update(&link.update, object, id, assigned, self.after(at + 1))
    }

    fn stamping(&self) -> Option<Element> {
        let stamp = self.stamp.as_ref()?;
        let assigned = self.kept.iter().map(|(_, field, formula)| assignment(field, formula));
        Some(update(stamp, SESSION, "recordId", assigned.collect(), self.behind_the_stamp()))
    }

    fn formulas(&self) -> impl Iterator<Item = Element> {
        self.kept.iter().map(|(parameter, field, formula)| {
            let variable = &parameter.name;
            let kept = format!("BLANKVALUE({{!{variable}}}, {{!input_record.{field}}})");
            let elements =
                vec![leaf("name", formula), leaf("dataType", "String"), leaf("expression", kept)];
            node("formulas", elements)
        })
    }

    fn lookup(&self) -> Element {
        let mut elements = named(&self.find);
        elements.extend([
            flag("assignNullValuesIfNoRecordsFound", false),
            to("connector", &self.route),
            leaf("filterLogic", "and"),
            filter("Type", "stringValue", "Queue"),
            filter("DeveloperName", "stringValue", &self.chat.queue.name),
            flag("getFirstRecordOnly", true),
            leaf("object", "Group"),
            leaf("queriedFields", "Id"),
            leaf("queriedFields", "DeveloperName"),
            flag("storeOutputAutomatically", true),
        ]);
        node("recordLookups", elements)
    }

    fn routing(&self) -> Element {
        let input = |name: &str, value: Vec<Element>| {
            node("inputParameters", vec![leaf("name", name), node("value", value)])
        };
        let reference = |to: &str| vec![leaf("elementReference", to)];
        let string = |it: &str| vec![leaf("stringValue", it)];
        let channel = vec![
            leaf("setupReference", "sfdc_livemessage"),
            leaf("setupReferenceType", "ServiceChannel"),
        ];
        let mut elements = named(&self.route);
        elements.extend([
            leaf("actionName", "routeWork"),
            leaf("actionType", "routeWork"),
            input("recordId", reference("recordId")),
            input("serviceChannelId", channel),
            input("serviceChannelLabel", string("Messaging")),
            input("serviceChannelDevName", string("sfdc_livemessage")),
            input("routingType", string("QueueBased")),
            input("isQueueVariable", vec![flag("booleanValue", true)]),
            input("queueId", reference(&format!("{}.Id", self.find))),
        ]);
        node("actionCalls", elements)
    }

    fn variables(&self) -> Vec<Element> {
        let variable = |name: &str, kind: &str, object: Option<&str>| {
            let mut elements = vec![
                leaf("name", name),
                leaf("dataType", kind),
                flag("isCollection", false),
                flag("isInput", true),
                flag("isOutput", false),
            ];
            elements.extend(object.map(|object| leaf("objectType", object)));
            node("variables", elements)
        };
        let [id, record] = OF_OMNI_CHANNEL;
        let own = [variable(id, "String", None), variable(record, "SObject", Some(SESSION))];
        let mapped = self.chat.mapped().map(|its| variable(&its.name, "String", None));
        own.into_iter().chain(mapped).collect()
    }
}

impl Chat {
    /// Parameters that the flow gets.
    fn mapped(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|its| its.target.is_some())
    }
}

/// The canvas lays elements out by itself.
fn place() -> [Element; 2] {
    [leaf("locationX", "0"), leaf("locationY", "0")]
}

fn named(name: &str) -> Vec<Element> {
    let [x, y] = place();
    vec![leaf("name", name), leaf("label", label(name)), x, y]
}

fn to(connector: &'static str, name: &str) -> Element {
    node(connector, vec![leaf("targetReference", name)])
}

fn condition(left: &str, operator: &str, right: Element) -> Element {
    let elements = vec![
        leaf("leftValueReference", left),
        leaf("operator", operator),
        node("rightValue", vec![right]),
    ];
    node("conditions", elements)
}

/// That a value came. A text without characters is not null.
fn came(variable: &str) -> [Element; 2] {
    let empty = leaf("elementReference", "$GlobalConstant.EmptyString");
    [
        condition(variable, "IsNull", flag("booleanValue", false)),
        condition(variable, "NotEqualTo", empty),
    ]
}

/// Goes to one element where all conditions hold, and to another one otherwise.
fn decided(
    name: &str,
    (rule, then): (&str, &str),
    conditions: Vec<Element>,
    (otherwise, called): (&str, &str),
) -> Element {
    let mut fitting = vec![leaf("name", rule), leaf("conditionLogic", "and")];
    fitting.extend(conditions);
    fitting.extend([to("connector", then), leaf("label", label(rule))]);
    let mut elements = named(name);
    elements.push(to("defaultConnector", otherwise));
    elements.push(leaf("defaultConnectorLabel", called));
    elements.push(node("rules", fitting));
    node("decisions", elements)
}

fn text(value: &str) -> Element {
    node("value", vec![leaf("stringValue", value)])
}

fn filter(field: &str, kind: &'static str, value: &str) -> Element {
    let elements = vec![
        leaf("field", field),
        leaf("operator", "EqualTo"),
        node("value", vec![leaf(kind, value)]),
    ];
    node("filters", elements)
}

fn assignment(field: &str, from: &str) -> Element {
    let value = node("value", vec![leaf("elementReference", from)]);
    node("inputAssignments", vec![leaf("field", field), value])
}

/// Writes to one record, and goes on whether that worked or not.
fn update(name: &str, object: &str, id: &str, assigned: Vec<Element>, next: &str) -> Element {
    let mut elements = named(name);
    elements.extend([
        to("connector", next),
        to("faultConnector", next),
        leaf("filterLogic", "and"),
        filter("Id", "elementReference", id),
    ]);
    elements.extend(assigned);
    elements.push(leaf("object", object));
    node("recordUpdates", elements)
}
