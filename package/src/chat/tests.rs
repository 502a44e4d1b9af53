//! What channels become.

use std::collections::BTreeMap;

use tidegate_plan::model::{ChannelPush, Expr, Instruction, Origin, Pipe, Plan, Routed};
use tidegate_plan::value::ValueType;
use tidegate_schemas::catalog::{self, Catalog, Field, FieldKind};

use super::{ChannelSetup, SESSION, Verification};
use crate::fixture::{Builder, SPAN, resolved_case};
use crate::{Package, Problem, of_plan};

/// A push: its channel, and keys with what they send.
type Sent<'s> = (&'s str, &'s [(&'s str, u32, &'s str)]);

fn plan(pushes: &[Sent<'_>]) -> Plan {
    let mut b = Builder::new();
    for (channel, entries) in pushes {
        let entries = entries.iter().map(|(key, length, path)| entry(&mut b, key, *length, path));
        let entries = entries.collect();
        let (name, channel) = ("agent".into(), (*channel).into());
        b.plan.channels.push(ChannelPush { name, channel, fin: false, entries });
    }
    b.plan
}

fn entry(b: &mut Builder, key: &str, max_length: u32, path: &str) -> Routed {
    let attr = b.attr(path, ValueType::Text);
    let (_, name) = path.split_once('.').expect("a namespace");
    b.plan.attributes[attr.index()].origin = Origin::Field(vec![name.into()]);
    let mut value = b.read(attr);
    if name != "Id" {
        value = b.expr(Expr::Pipe(Pipe::Trim, value));
    }
    Routed { key: key.into(), value, max_length, span: SPAN }
}

fn setup(parameters: &[(&str, u32)]) -> ChannelSetup {
    let parameters = parameters.iter().map(|(key, length)| ((*key).to_owned(), *length)).collect();
    ChannelSetup { parameters, ..ChannelSetup::default() }
}

fn of(pushes: &[Sent<'_>], setups: &[(&str, ChannelSetup)]) -> Result<Package, Vec<Problem>> {
    let setups: BTreeMap<String, ChannelSetup> =
        setups.iter().map(|(name, setup)| ((*name).to_owned(), setup.clone())).collect();
    of_plan(&plan(pushes), &catalog(), &setups)
}

fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    catalog.origin.api_version = "66.0".into();
    for (name, objects) in [("Support", vec!["Case"]), ("Chats", vec!["Case", SESSION])] {
        let queue = catalog::Queue {
            developer_name: name.into(),
            label: name.into(),
            objects: objects.into_iter().map(str::to_owned).collect(),
        };
        catalog.queues.insert(name.into(), queue);
    }
    catalog
}

fn shown(package: &Package, of: &[&str]) -> String {
    let files = package.files.iter().filter(|file| of.iter().any(|part| file.path.contains(part)));
    files.map(|file| format!("==> {}\n{}\n", file.path, file.text)).collect()
}

fn refused(pushes: &[Sent<'_>], setups: &[(&str, ChannelSetup)]) -> String {
    let problems = of(pushes, setups).expect_err("problems");
    problems.iter().map(|it| format!("{}\n  {}\n", it.message, it.help)).collect()
}

#[test]
fn a_channel_becomes_all_that_brings_chats_to_agents() {
    let sent = [
        ("_email", 80, "person.Email"),
        ("ai_topic", 40, "conversation.topic"),
        ("case", 18, "conversation.Id"),
        ("conversation_custom_data_Product Area", 40, "conversation.area"),
        ("customer", 18, "person.Id"),
        ("find_queue", 20, "conversation.other"),
    ];
    let parameters = sent.map(|(key, length, _)| (key, length));
    let mut web = setup(&parameters);
    web.parameters.insert("of_others".into(), 10);
    web.deployment = Some("Web_Client".into());
    let package = of(&[("web_support", &sent)], &[("web_support", web)]).expect("a package");
    insta::assert_snapshot!(shown(&package, &["force-app", "manifest"]));
    insta::assert_snapshot!(shown(&package, &["README.md"]));
}

#[test]
fn a_case_that_is_recorded_before_is_found_by_its_key() {
    let sent = [("topic", 40, "conversation.topic")];
    let setups = BTreeMap::from([("web".to_owned(), setup(&[("topic", 40)]))]);
    let mut b = Builder { plan: plan(&[("web", &sent)]) };
    let push = resolved_case(&mut b);
    b.code("support/record case", Instruction::RecordCase { push });
    let plan = b.plan;
    let package = of_plan(&plan, &catalog(), &setups).expect("a package");
    insta::assert_snapshot!(shown(
        &package,
        &[".flow", "messagingChannel", "permissionsets/Tidegate_Chat"]
    ));
    let taken = BTreeMap::from([("web".to_owned(), setup(&[("Tidegate_Case", 40)]))]);
    let problems = of_plan(&plan, &catalog(), &taken).expect_err("a problem");
    assert_eq!(
        problems[0].message,
        "`[channel.web]`: the parameter `Tidegate_Case` has the name by which Tidegate tells of the Case \
         that a conversation has recorded"
    );
}

#[test]
fn a_queue_that_is_there_stays_as_it_is() {
    let sent = [("topic", 40, "conversation.topic")];
    let queue = |name: &str| ChannelSetup { queue: Some(name.into()), ..setup(&[("topic", 40)]) };
    let files = |name: &str| {
        let package = of(&[("web", &sent)], &[("web", queue(name))]).expect("a package");
        assert!(!shown(&package, &["/queue"]).contains("==>"), "{name}");
        let flow = shown(&package, &[".flow-meta.xml"]);
        assert!(flow.contains(&format!("<stringValue>{name}</stringValue>")), "{flow}");
        shown(&package, &["README.md"])
    };
    assert!(files("Chats").contains("stays as it is"));
    assert!(files("Support").contains("**takes no chats yet**"));
}

#[test]
fn a_field_of_two_channels_holds_the_longest_value() {
    let (short, long) =
        ([("topic", 40, "conversation.topic")], [("topic", 90, "conversation.topic")]);
    let setups = [("one", setup(&[("topic", 40)])), ("two", setup(&[("topic", 90)]))];
    let package = of(&[("one", &short), ("two", &long)], &setups).expect("a package");
    let field = shown(&package, &["fields/topic__c"]);
    assert!(field.contains("<length>90</length>"), "{field}");
    let channel = shown(&package, &["one.messagingChannel"]);
    assert!(channel.contains("<maxLength>40</maxLength>"), "{channel}");
}

#[test]
fn without_values_chats_are_routed_all_the_same() {
    let package = of(&[("web", &[])], &[("web", setup(&[]))]).expect("a package");
    insta::assert_snapshot!(shown(
        &package,
        &[".flow", "EmbeddedService", "permissionsets/Tidegate_Chat"]
    ));
}

#[test]
fn names_that_salesforce_could_not_tell_apart_are_refused() {
    let sent = [
        ("Product Area", 40, "conversation.a"),
        ("Product_Area", 40, "conversation.b"),
        ("RecordId", 18, "conversation.c"),
        ("error", 1000, "conversation.d"),
    ];
    let parameters = sent.map(|(key, length, _)| (key, length));
    let other = [("product_area", 40, "conversation.a")];
    insta::assert_snapshot!(refused(
        &[("web", &sent), ("Web", &other)],
        &[("web", setup(&parameters)), ("Web", setup(&[("product_area", 40)]))],
    ));
}

#[test]
fn a_field_of_another_type_is_refused() {
    let mut object = catalog::Object { name: SESSION.into(), ..catalog::Object::default() };
    let field = |kind: FieldKind| Field::plain("Topic__c", "Topic", kind);
    let sent = [("topic", 40, "conversation.topic")];
    let setups = BTreeMap::from([("web".to_owned(), setup(&[("topic", 40)]))]);
    let mut package = |kind: FieldKind| {
        object.fields.insert("Topic__c".into(), field(kind));
        let mut catalog = catalog();
        catalog.objects.insert(SESSION.into(), object.clone());
        of_plan(&plan(&[("web", &sent)]), &catalog, &setups)
    };
    let longer = package(FieldKind::String { length: 200 }).expect("a package");
    assert!(shown(&longer, &["fields/"]).contains("<length>200</length>"));
    let problems = package(FieldKind::Boolean).expect_err("a problem");
    assert_eq!(
        problems[0].message,
        "`MessagingSession.topic__c` is there, and is no text but `boolean`"
    );
}

#[test]
fn whoever_vouches_for_customers_says_what_the_org_must_know_of_that() {
    let verification = Verification {
        issuer: "acme.example".to_owned(),
        key_id: "2026-11".to_owned(),
        variable: "CHAT_KEY".to_owned(),
    };
    let setup = ChannelSetup { verification: Some(verification), ..setup(&[]) };
    let package = of(&[("web", &[("_email", 80, "person.Email")])], &[("web", setup)]);
    let shown = shown(&package.expect("a package"), &["README.md"]);
    let (_, told) = shown.split_once("### Who customers are").expect("that part");
    insta::assert_snapshot!(told.split("\n### ").next().unwrap_or_default());
}
