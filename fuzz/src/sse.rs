//! The stream of events: where a reader goes on, and that every text arrives as it was.
//!
//! The first line of an input is a `Last-Event-ID`, what follows is a message.

use jiff::Timestamp;
use serde_json::Value;
use tidegate_engine::message::{Message, Speaker};
use tidegate_server::fuzzing::{resumed, streamed};
use tidegate_store::contract::Entry;

/// Messages that the conversation has.
const MESSAGES: u64 = 1000;

/// Resumes behind any id; sends any text.
pub fn run(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (id, text) = data.split_at(end);
    if let Some((after, reset)) = resumed(id, MESSAGES) {
        assert!(after <= MESSAGES, "behind the end");
        assert!(!reset || after == 0, "a reset in the middle");
    }
    let text = String::from_utf8_lossy(text.get(1..).unwrap_or_default());
    let at = Timestamp::from_second(1_795_341_600).expect("a time");
    let says = |sequence, text: &str| Entry {
        sequence,
        at,
        message: Message::Said {
            from: Speaker::Customer,
            text: text.to_owned(),
            masked: None,
            notice: None,
        },
    };
    let asks = Message::Choices {
        from: None,
        wait: 1,
        prompt: text.to_string(),
        choices: vec![text.to_string(), "b".to_owned()],
        other: false,
        human: true,
    };
    let entries = [says(1, &text), Entry { sequence: 2, at, message: asks }, says(3, "end")];
    let sent: Vec<Value> =
        entries.iter().map(|entry| serde_json::to_value(entry).expect("JSON")).collect();
    let stream = String::from_utf8(streamed(&entries)).expect("UTF-8");
    assert_eq!(read(&stream), sent);
}

/// Reads a stream as the HTML standard says, section 9.2.6; the data of each event.
fn read(stream: &str) -> Vec<Value> {
    let (mut events, mut data) = (Vec::new(), String::new());
    for line in stream.replace("\r\n", "\n").replace('\r', "\n").split('\n') {
        if line.is_empty() && !data.is_empty() {
            data.pop();
            events.push(serde_json::from_str(&data).expect("JSON"));
            data.clear();
        } else if let Some(value) = line.strip_prefix("data:") {
            data.push_str(value.strip_prefix(' ').unwrap_or(value));
            data.push('\n');
        }
    }
    events
}
