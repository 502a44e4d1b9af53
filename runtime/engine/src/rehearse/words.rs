//! Events, messages and effects in words.

use std::fmt::Write;

use jiff::SignedDuration;
use tidegate_plan::model::Owner;
use tidegate_plan::value::duration_text;

use crate::effect::{Action, CaseRequest};
use crate::event::{Author, ChatEvent, Detection, Event, Opened, PersonFound, Reply, Signed};
use crate::message::{Agents, FormLine, Message, Speaker};
use crate::offer;
use crate::transition::Reception;

pub(super) fn millis(time: SignedDuration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn found_words(found: &PersonFound) -> String {
    match found {
        PersonFound::One { id, .. } => format!("person found: {id}"),
        PersonFound::Nobody => "person not found".to_owned(),
        PersonFound::Several => "several persons found".to_owned(),
        PersonFound::Unavailable => "person could not be looked for".to_owned(),
    }
}

pub(super) fn event_words(event: &Event) -> String {
    match event {
        Event::Opened(Opened { signed: Some(Signed { claim: Some(claim) }), .. }) => {
            format!("opened by {claim}, verified")
        }
        Event::Opened(Opened { signed: Some(_), .. }) => "opened, verified".to_owned(),
        Event::Opened(_) => "opened".to_owned(),
        Event::Visited { after_ms, .. } => {
            let after = i64::try_from(*after_ms).unwrap_or(i64::MAX);
            format!("opened after a visit of {}", duration_text(after))
        }
        Event::SignedIn(_) => "visitor signs in".to_owned(),
        Event::SignInRefused { wait } => format!("visitor refuses to sign in at wait {wait}"),
        Event::PersonSynced { found, .. } => found_words(found),
        Event::CaseSynced { values: Some(_), .. } => "Case read".to_owned(),
        Event::CaseSynced { values: None, .. } => "Case could not be read".to_owned(),
        Event::Message { text } => format!("customer writes: {}", indented(text)),
        Event::FormSubmitted { wait, values, files } => {
            let files = with_files(files.len());
            format!("customer submits {} values{files} to wait {wait}", values.len())
        }
        Event::ChoiceMade { wait, choice } => format!("customer presses {choice} at wait {wait}"),
        Event::AnsweredLate { .. } => "customer answers what is not asked any more".to_owned(),
        Event::HumanRequested => "customer asks for a person".to_owned(),
        Event::FileSent { file } => format!("customer sends {:?}", file.name),
        Event::Helped { wait } => format!("customer says at wait {wait} that it helped"),
        Event::Summarised { summary, .. } => match summary {
            Some(summary) => format!("summary: {summary}"),
            None => "no summary".to_owned(),
        },
        Event::Detected { found, .. } => match found {
            Detection::Value { value, .. } => format!("detected: {value}"),
            Detection::Nothing => "nothing detected".to_owned(),
            Detection::Unavailable => "the AI is unavailable".to_owned(),
        },
        Event::Answered { reply, .. } => match reply {
            Reply::Answer { text, .. } => format!("the AI answers: {}", indented(text)),
            Reply::Question { text } => format!("the AI asks: {}", indented(text)),
            Reply::Confirmed => "the AI hears that it helped".to_owned(),
            Reply::Human => "the AI hears a wish for a person".to_owned(),
            Reply::Unresolved => "the AI gives up".to_owned(),
            Reply::Unavailable => "the AI is unavailable".to_owned(),
        },
        Event::Chat { what, .. } => chat_words(what),
        Event::CaseCreated { id, number, .. } => {
            format!("case {} created: {id}", number.as_deref().unwrap_or("without number"))
        }
        Event::CaseRefused { code, .. } => format!("case refused: {code}"),
        Event::IdleFired { wait, ordinal } => {
            format!("silence {} at wait {wait}", u64::from(*ordinal) + 1)
        }
        Event::DeadlinePassed { .. } => "deadline".to_owned(),
    }
}

fn author_words(by: Author) -> &'static str {
    match by {
        Author::Agent => "agent",
        Author::Bot => "bot",
        Author::System => "system",
    }
}

fn speaker_words(from: Speaker) -> &'static str {
    match from {
        Speaker::Customer => "customer",
        Speaker::Assistant => "assistant",
        Speaker::Ai => "AI",
        Speaker::Agent => "agent",
        Speaker::Bot => "bot",
        Speaker::System => "system",
    }
}

fn chat_words(what: &ChatEvent) -> String {
    match what {
        ChatEvent::Accepted { name } => {
            format!("agent {} accepts", name.as_deref().unwrap_or("without name"))
        }
        ChatEvent::Wrote { by, text } => {
            format!("{} writes: {}", author_words(*by), indented(text))
        }
        ChatEvent::Sent { by, name, file } => {
            let lost = if file.is_some() { "" } else { ", which can't be had" };
            format!("{} sends {name:?}{lost}", author_words(*by))
        }
        ChatEvent::Asked { by, asks, .. } => {
            format!("{} asks: {}", author_words(*by), indented(&asks.as_text()))
        }
        ChatEvent::NotPassedOn { file } => {
            let what = file.as_ref().map_or_else(|| "words".to_owned(), |name| format!("{name:?}"));
            format!("{what} can't be passed on")
        }
        ChatEvent::Left => "agent leaves".to_owned(),
        ChatEvent::Ended => "chat ended".to_owned(),
        ChatEvent::Failed => "chat failed".to_owned(),
        ChatEvent::Lost => "chat lost".to_owned(),
    }
}

fn reply_words(reply: &offer::Reply) -> String {
    match reply {
        offer::Reply::Chosen { id, title } => format!("the option {id:?}, {title:?}"),
    }
}

fn with_files(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} files") }
}

pub(super) fn message_words(message: &Message) -> String {
    match message {
        Message::Said { from, text, .. } => {
            format!("  {}: {}", speaker_words(*from), indented(text))
        }
        Message::File { from, name, file } => {
            let lost = if file.is_some() { "" } else { ", which can't be had" };
            format!("  {}: [file {name:?}{lost}]", speaker_words(*from))
        }
        Message::Agents { state, name } => {
            let state = match state {
                Agents::Awaited => "awaits an agent",
                Agents::Joined => "an agent is there",
                Agents::Gone => "no agent any more",
            };
            let name = name.as_ref().map_or_else(String::new, |name| format!(": {name}"));
            format!("  [{state}{name}]")
        }
        Message::Noted { text } => format!("  note: {}", indented(text)),
        Message::Verify { wait, human } => {
            format!("  [{wait}: to sign in{}]", human_words(*human))
        }
        Message::Asked { wait, human, helped } => {
            let helped = if *helped { ", or that it helped" } else { "" };
            format!("  [{wait}: words{helped}{}]", human_words(*human))
        }
        Message::Choices { from, wait, prompt, choices, other, human } => {
            let from =
                from.map_or_else(String::new, |from| format!("{} asks: ", speaker_words(from)));
            let other = if *other { " | other words" } else { "" };
            let choices = choices.join(" | ");
            format!("  [{wait}: {from}{prompt} {choices}{other}{}]", human_words(*human))
        }
        Message::Form { wait, title, fields, human } => {
            let title = title.as_deref().unwrap_or("form");
            let mut text = format!("  [{wait}: {title}{}]", human_words(*human));
            for line in fields {
                let _ = write!(text, "\n      {}", line_words(line));
            }
            text
        }
        Message::Closed { wait, answers } => {
            let answers: Vec<String> =
                answers.iter().map(|(label, text)| format!("{label}: {text}")).collect();
            format!("  [{wait} closed] {}", answers.join(", ")).trim_end().to_owned()
        }
        Message::CaseCreated { number } => {
            format!("  [case {}]", number.as_deref().unwrap_or("without number"))
        }
        Message::Speaks { language } => format!("  [speaks {language}]"),
        Message::Ended => "  [ended]".to_owned(),
    }
}

/// A text of several lines, so that each stands under its first.
fn indented(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("\n      ")
}

fn human_words(human: bool) -> &'static str {
    if human { ", or a person" } else { "" }
}

fn line_words(line: &FormLine) -> String {
    let mut text = format!("{} `{}` {}", line.label, line.name, line.input);
    if line.required {
        text.push_str(" required");
    }
    if let Some(value) = &line.value {
        let _ = write!(text, " = {value}");
    }
    if !line.options.is_empty() {
        let options: Vec<&str> = line.options.iter().map(|one| one.label.as_str()).collect();
        let _ = write!(text, " ({})", options.join(" | "));
    }
    text
}

pub(super) fn effect_words(action: &Action) -> String {
    match action {
        Action::SyncPerson { claim } => format!("  ! look for person {claim}"),
        Action::SyncCase { case_id } => format!("  ! read the Case {case_id}"),
        Action::Summarise { through } => format!("  ! summarise up to message {through}"),
        Action::Detect { values, through, .. } => {
            format!("  ! detect {} up to message {through}", values.join(" | "))
        }
        Action::Answer { knowing, closing, through } => {
            let known: Vec<String> =
                knowing.iter().map(|(label, text)| format!(", {label} {text}")).collect();
            let what = if *closing { "say whether it helped" } else { "answer" };
            format!("  ! {what}, knowing up to message {through}{}", known.concat())
        }
        Action::OpenChat { channel, routing, through, .. } => {
            let mut text = format!("  ! open a chat in {channel} up to message {through}");
            for (key, value) in routing {
                let _ = write!(text, "\n      {key} = {value:?}");
            }
            text
        }
        Action::Relay { text, .. } => format!("  ! relay {text:?}"),
        Action::RelayFile { file, .. } => format!("  ! relay the file {:?}", file.name),
        Action::RelayReply { question, reply, .. } => {
            format!("  ! relay to {question:?} {}", reply_words(reply))
        }
        Action::WithdrawChat { .. } => "  ! withdraw the chat".to_owned(),
        Action::CreateCase(request) => case_words(request),
        Action::AttachTranscript { case_id, through, as_file } => {
            let how = if *as_file { "file" } else { "comments" };
            format!("  ! attach transcript up to message {through} to {case_id} as {how}")
        }
        Action::AttachFile { case_id, file } => {
            format!("  ! attach {:?} ({}) to {case_id}", file.name, file.media_type)
        }
        Action::Unreadable { .. } => "  ! something unreadable".to_owned(),
    }
}

fn case_words(request: &CaseRequest) -> String {
    let mut text = format!("  ! create {}", request.object);
    if let Some(record_type) = &request.record_type {
        let _ = write!(text, ", type {record_type}");
    }
    if let Some(owner) = &request.owner {
        let owner = match owner {
            Owner::Queue(name) => format!("queue {name}"),
            Owner::User(name) => format!("user {name}"),
            Owner::AssignmentRules => "by assignment rules".to_owned(),
        };
        let _ = write!(text, ", owner {owner}");
    }
    for (field, value) in &request.fields {
        let _ = write!(text, "\n      {field} = {:?}", value.to_text());
    }
    if let Some(transcript) = &request.transcript {
        let _ = write!(text, "\n      {} = transcript", transcript.field);
    }
    text
}

pub(super) fn reception_words(reception: &Reception) -> String {
    match reception {
        Reception::Taken => "taken".to_owned(),
        Reception::Stale => "stale".to_owned(),
        Reception::Over => "the conversation is over".to_owned(),
        Reception::Invalid { fields } => {
            let fields: Vec<String> =
                fields.iter().map(|(name, what)| format!("{name}: {what}")).collect();
            fields.join("; ")
        }
    }
}
