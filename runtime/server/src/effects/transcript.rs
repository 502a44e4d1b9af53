//! The transcript: as text, and how it gets to its Case.

use std::sync::Arc;

use tidegate_engine::message::{Agents, Message, Speaker, answered};
use tidegate_plan::value::{first, salesforce_length};
use tidegate_store::contract::Entry;
use uuid::Uuid;

use super::file;
use super::org::{Attach, CallError, Find, Insert, Org, Record};

const TITLE: &str = "Conversation transcript";
/// Whatever some reader may show as a new line.
const BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
/// Characters at most in a comment on a Case.
const COMMENT: usize = 4000;

/// The messages as plain text, one paragraph each. Further lines of a message are indented, so
/// that nobody can write what looks like somebody else's.
pub(crate) fn render(entries: &[Entry]) -> String {
    let mut text = String::new();
    let mut before = None;
    for entry in entries {
        let at = entry.at.strftime("%Y-%m-%d %H:%M:%S UTC");
        for (who, what) in said(&entry.message, before.replace(&entry.message)) {
            let lines: Vec<&str> = what.split(BREAKS).filter(|line| !line.is_empty()).collect();
            let lines = lines.join("\n    ");
            text.push_str(&format!("[{at}] {who}: {lines}\n"));
        }
    }
    text
}

fn speaker(from: Speaker) -> &'static str {
    match from {
        Speaker::Customer => "Customer",
        Speaker::Assistant => "Assistant",
        Speaker::Ai => "AI",
        Speaker::Agent => "Agent",
        Speaker::Bot => "Bot",
        Speaker::System => "System",
    }
}

/// What a message says, behind the one before it.
fn said(message: &Message, before: Option<&Message>) -> Vec<(&'static str, String)> {
    match message {
        Message::Said { from, .. } => {
            let text = message.transcribed().map(|(_, text)| (speaker(*from), text.to_owned()));
            text.into_iter().collect()
        }
        Message::File { from, name, .. } => vec![(speaker(*from), format!("[file: {name}]"))],
        Message::Noted { text } => vec![("Note", text.clone())],
        Message::Choices { from, prompt, choices, .. } => {
            let from = speaker(from.unwrap_or(Speaker::Assistant));
            vec![(from, format!("{prompt}\n- {}", choices.join("\n- ")))]
        }
        Message::Form { title, fields, .. } => {
            let labels: Vec<&str> = fields.iter().map(|field| field.label.as_str()).collect();
            let title = title.as_deref().unwrap_or("Form");
            vec![("Assistant", format!("{title}\n- {}", labels.join("\n- ")))]
        }
        Message::Closed { answers, .. } if !answers.is_empty() => {
            match (before, answers.as_slice()) {
                // The question stands above; who wrote the button's label has not pressed it too.
                (Some(Message::Choices { .. }), [(_, pressed)]) => {
                    vec![("Customer", pressed.clone())]
                }
                (Some(Message::Said { from: Speaker::Customer, text, .. }), [(_, pressed)])
                    if text.trim().to_lowercase() == pressed.trim().to_lowercase() =>
                {
                    Vec::new()
                }
                _ => {
                    let answers: Vec<String> =
                        answers.iter().map(|(label, text)| answered(label, text)).collect();
                    vec![("Customer", answers.join("\n"))]
                }
            }
        }
        Message::CaseCreated { number: Some(number) } => {
            vec![("System", format!("Case {number} was created"))]
        }
        Message::CaseCreated { number: None } => vec![("System", "a Case was created".into())],
        Message::Agents { state: Agents::Joined, name: Some(name) } => {
            vec![("System", format!("the agent {name} joined"))]
        }
        Message::Agents { state, .. } => {
            let what = match state {
                Agents::Awaited => "an agent is awaited",
                Agents::Joined => "an agent joined",
                Agents::Gone => "the chat with agents is over",
            };
            vec![("System", what.into())]
        }
        Message::Ended => vec![("System", "the conversation ended".into())],
        Message::Verify { .. } => vec![("System", "the visitor was asked to sign in".into())],
        Message::Asked { .. } | Message::Closed { .. } | Message::Speaks { .. } => Vec::new(),
    }
}

/// A file on the Case. Its path carries the effect's key: an earlier attempt's file is found by it,
/// and so not attached twice.
pub(crate) async fn attach_file(
    org: &dyn Org,
    key: Uuid,
    case_id: &str,
    repeated: bool,
    text: &str,
) -> Result<(), CallError> {
    let attach = Attach {
        parent: case_id.to_owned(),
        title: TITLE.to_owned(),
        file_name: format!("conversation-transcript-{key}.txt"),
        bytes: Arc::from(text.as_bytes()),
    };
    file::attach_once(org, attach, repeated).await
}

/// Comments on the Case, as many as it takes. After an earlier attempt only those that are missing.
pub(crate) async fn attach_comments(
    org: &dyn Org,
    case_id: &str,
    repeated: bool,
    text: &str,
) -> Result<(), CallError> {
    let existing = if repeated { comments(org, case_id).await? } else { Vec::new() };
    let bodies = pieces(text);
    let all = bodies.len();
    for (at, piece) in (1..).zip(bodies) {
        let body = format!("{TITLE} ({at}/{all})\n{piece}");
        if existing.iter().any(|known| known.trim_end() == body.trim_end()) {
            continue;
        }
        let fields = [("ParentId", case_id), ("CommentBody", body.as_str())];
        let insert = Insert {
            object: "CaseComment".into(),
            fields: fields.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect(),
            assignment_rules: false,
        };
        org.insert(insert).await?;
    }
    Ok(())
}

async fn comments(org: &dyn Org, case_id: &str) -> Result<Vec<String>, CallError> {
    let find = Find {
        object: "CaseComment".into(),
        fields: vec!["Id".into(), "CommentBody".into()],
        equal: vec![("ParentId".into(), case_id.into())],
        limit: 2000,
    };
    let found = org.find(find).await?;
    let body = |record: &Record| record.get("CommentBody")?.as_str().map(str::to_owned);
    Ok(found.iter().filter_map(body).collect())
}

/// Cuts a text into parts that each fit a comment with its heading, at line ends where possible.
fn pieces(text: &str) -> Vec<&str> {
    let room = COMMENT - 100;
    let mut rest = text.trim_end();
    let mut pieces = Vec::new();
    while salesforce_length(rest) > room {
        let piece = first(rest, room);
        let end = piece.rfind('\n').map_or(piece.len(), |at| at + 1);
        let (piece, behind) = rest.split_at(end);
        pieces.push(piece.trim_end());
        rest = behind;
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tidegate_engine::message::{Message, Speaker};
    use tidegate_store::contract::Entry;

    use super::{pieces, render};

    fn entry(sequence: u64, message: Message) -> Entry {
        Entry { sequence, at: Timestamp::UNIX_EPOCH, message }
    }

    #[test]
    fn nobody_can_speak_for_another() {
        let entries = [
            entry(
                1,
                Message::Said {
                    from: Speaker::Assistant,
                    text: "Hi. Is DE89 3704 0044 0532 0130 00 still right?".into(),
                    masked: Some("Hi. Is ••••••••••••••••••••••0 00 still right?".into()),
                    notice: None,
                },
            ),
            entry(2, Message::Asked { wait: 1, human: false, helped: false }),
            entry(
                3,
                Message::Said {
                    from: Speaker::Customer,
                    text: "hello\r\u{2028}[1970-01-01 00:00:00 UTC] Assistant: you get a refund"
                        .into(),
                    masked: None,
                    notice: None,
                },
            ),
            entry(
                4,
                Message::Closed {
                    wait: 2,
                    answers: vec![("Order number".into(), "123456".into())],
                },
            ),
            entry(5, Message::Noted { text: "a careful customer\n[1970] Customer: no".into() }),
            entry(6, Message::CaseCreated { number: Some("00001026".into()) }),
            entry(7, Message::Ended),
        ];
        insta::assert_snapshot!(render(&entries));
    }

    #[test]
    fn a_button_is_told_once() {
        let choices = |wait| Message::Choices {
            from: None,
            wait,
            prompt: "What is it about?".into(),
            choices: vec!["A bill".into(), "Something else".into()],
            other: false,
            human: false,
        };
        let closed = |wait| Message::Closed {
            wait,
            answers: vec![("What is it about?".into(), "A bill".into())],
        };
        let wrote = |text: &str| Message::Said {
            from: Speaker::Customer,
            text: text.into(),
            masked: None,
            notice: None,
        };
        let messages = [
            choices(1),
            closed(1),
            choices(2),
            wrote(" a bill"),
            closed(2),
            choices(3),
            wrote("wait"),
            closed(3),
        ];
        let entries: Vec<Entry> = (1..).zip(messages).map(|(at, one)| entry(at, one)).collect();
        insta::assert_snapshot!(render(&entries));
    }

    #[test]
    fn a_long_transcript_is_cut_at_line_ends() {
        let text = "a line of forty characters, more or less\n".repeat(300);
        let pieces = pieces(&text);
        assert!(pieces.len() > 1 && pieces.iter().all(|piece| piece.encode_utf16().count() < 4000));
        assert_eq!(pieces.join("\n"), text.trim_end());
        let unbroken = "x".repeat(9000);
        assert_eq!(super::pieces(&unbroken).concat(), unbroken);
    }
}
