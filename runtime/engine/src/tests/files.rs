//! Files: asked for by a form, and attached to the Case that is asked for next.

use tidegate_plan::model::FormFile;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::{player, unknown, verified};
use crate::effect::{Action, Effect};
use crate::event::Event;
use crate::file::FileRef;
use crate::fixture;
use crate::form;
use crate::rehearse::Player;
use crate::transition::Reception;

fn file(n: u128) -> FileRef {
    let (name, media_type) = (format!("{n}.jpg"), "image/jpeg".to_owned());
    FileRef { id: Uuid::from_u128(n), name, bytes: 3, media_type }
}

/// The support plan, whose form asks for a file that must be there and for one that need not.
fn plan() -> VerifiedPlan {
    let mut plan = fixture::support();
    let asked = ["damage", "plate"].map(|name| FormFile {
        name: name.into(),
        label: format!("The {name}"),
        help: None,
        required: name == "damage",
        words: Vec::new(),
    });
    plan.forms.iter_mut().for_each(|form| form.files = asked.to_vec());
    verified(plan)
}

/// A conversation at its form.
fn at_the_form(plan: &VerifiedPlan) -> Player<'_> {
    let mut player = player(plan);
    player.opens(unknown(plan));
    player.writes("hello");
    player.presses(1);
    assert!(form::open_form(plan, &player.conversation, player.conversation.waits).is_some());
    player
}

fn submitted(
    player: &Player<'_>,
    plan: &VerifiedPlan,
    files: &[(&str, u128)],
) -> Result<Event, Reception> {
    let order = ("conversation.order_number".to_owned(), "123456".to_owned());
    let named = files.iter().map(|(name, n)| ((*name).to_owned(), file(*n).id.to_string()));
    let texts = named.chain([order]).collect();
    let known = [file(1), file(2)];
    form::submitted(plan, &player.conversation, player.conversation.waits, &texts, &known)
}

fn attached(effects: &[Effect]) -> Vec<(Uuid, String, FileRef)> {
    let of = |effect: &Effect| match &effect.action {
        Action::AttachFile { case_id, file } => Some((effect.key, case_id.clone(), file.clone())),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

#[test]
fn each_file_goes_once_to_the_case_that_is_asked_for_next() {
    let plan = plan();
    let mut player = at_the_form(&plan);
    let event = submitted(&player, &plan, &[("damage", 1), ("plate", 2)]).expect("a form");
    let asked = player.play(&event);
    assert!(player.log().contains("The damage: 1.jpg, The plate: 2.jpg"), "{}", player.log());
    let recorded = asked.effects.iter().find(|it| matches!(it.action, Action::CreateCase(_)));
    let key = recorded.expect("a Case is recorded behind the form").key;
    assert!(player.conversation.files.is_empty(), "that one has them");
    player.summarises(None);
    let last = player.creates_case("500000000000002AAA", None);
    assert!(attached(&last.effects).is_empty(), "and no other one");

    let case = "500000000000001AAA";
    let created =
        || Event::CaseCreated { key, id: case.to_owned(), number: None, differs: Vec::new() };
    let now = attached(&player.play(&created()).effects);
    let files: Vec<FileRef> = now.iter().map(|(_, _, file)| file.clone()).collect();
    assert_eq!(files, [file(1), file(2)]);
    assert!(now.iter().all(|(_, of, _)| of == case));
    assert_ne!(now[0].0, now[1].0, "each has a key of its own");
    assert!(attached(&player.play(&created()).effects).is_empty());
}

#[test]
fn a_file_that_is_missing_or_unknown_is_told_by_its_line() {
    let plan = plan();
    let player = at_the_form(&plan);
    let mistakes = |files: &[(&str, u128)]| match submitted(&player, &plan, files) {
        Err(Reception::Invalid { fields }) => fields.into_iter().collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let told = |name: &str, what: &str| (name.to_owned(), what.to_owned());
    assert_eq!(mistakes(&[]), [told("damage", "Please choose a file.")]);
    let gone = told("damage", "Please choose this file again.");
    assert_eq!(mistakes(&[("damage", 3)]), [gone]);
    let twice = told("plate", "Please choose this file again.");
    assert_eq!(mistakes(&[("damage", 1), ("plate", 1)]), [twice], "it goes to one Case once");
    let more = mistakes(&[("damage", 1), ("other", 2)]);
    assert_eq!(more, [told("other", "This form has no such line.")]);
}

#[test]
fn a_file_that_another_form_took_is_not_taken_again() {
    let plan = plan();
    let mut player = at_the_form(&plan);
    let event = submitted(&player, &plan, &[("damage", 1)]).expect("a form");
    player.conversation.files.push(file(1));
    let before = player.conversation.clone();
    let transition = player.play(&event);
    let Reception::Invalid { fields } = &transition.reception else { panic!("taken") };
    assert_eq!(fields["damage"], "Please choose this file again.");
    assert_eq!(transition.next, before);
}

#[test]
fn an_event_with_files_that_nobody_asked_for_is_refused() {
    let plan = plan();
    let mut player = at_the_form(&plan);
    let Event::FormSubmitted { wait, values, mut files } =
        submitted(&player, &plan, &[("damage", 1)]).expect("a form")
    else {
        panic!("a form")
    };
    files.push(("other".to_owned(), file(2)));
    let before = player.conversation.clone();
    let transition = player.play(&Event::FormSubmitted { wait, values, files });
    assert!(matches!(transition.reception, Reception::Invalid { .. }));
    assert_eq!(transition.next, before);
}
