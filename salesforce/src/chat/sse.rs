//! Server-sent events, by the rules of the [HTML Standard][rules], from bytes that come in any pieces.
//!
//! Own code, and not a library, for two things that a relay needs: the id of an event that says nothing
//! else counts, and a line without end costs no memory.
//!
//! [rules]: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

use std::time::Duration;

/// An event as it stands on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WireEvent {
    /// The last id so far, of this event or of one before.
    pub(super) id: Option<String>,
    /// Its name; `message` where it has none.
    pub(super) name: String,
    /// What it says; `None` where that was longer than is taken.
    pub(super) data: Option<String>,
}

/// Reads events from pieces of bytes.
#[derive(Debug)]
pub(super) struct Parser {
    /// Bytes of a line, and of the data of an event, at most.
    longest: usize,
    line: Vec<u8>,
    /// The line under way is longer, and is left out.
    overlong: bool,
    /// The last byte was a carriage return, so that a line feed belongs to it.
    after_return: bool,
    /// Nothing has come yet but, perhaps, a part of a byte order mark.
    first_line: bool,
    name: String,
    data: Option<String>,
    too_long: bool,
    id: Option<String>,
    /// How long the server wants to be left alone when the stream ends.
    pub(super) retry: Option<Duration>,
}

/// Bytes of an id at most; the org's are numbers.
const LONGEST_ID: usize = 256;
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Parser {
    pub(super) fn new(longest: usize) -> Self {
        Parser {
            longest,
            line: Vec::new(),
            overlong: false,
            after_return: false,
            first_line: true,
            name: String::new(),
            data: None,
            too_long: false,
            id: None,
            retry: None,
        }
    }

    /// Takes the next piece; gives the events that it completes.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<WireEvent> {
        let mut events = Vec::new();
        for &byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => events.extend(self.end_of_line()),
                _ if self.line.len() < self.longest => self.line.push(byte),
                _ => self.overlong = true,
            }
        }
        events
    }

    fn end_of_line(&mut self) -> Option<WireEvent> {
        let mut line = std::mem::take(&mut self.line);
        let overlong = std::mem::take(&mut self.overlong);
        if std::mem::take(&mut self.first_line) && line.starts_with(MARK) {
            line.drain(..MARK.len());
        }
        if line.is_empty() && !overlong {
            return self.dispatch();
        }
        // What is not UTF-8 is replaced, as the rules say. The buffer is used again.
        let text = String::from_utf8_lossy(&line);
        let (field, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            _ if overlong => self.too_long |= field == "data",
            "event" => value.clone_into(&mut self.name),
            "data" => self.more(value),
            "id" if !value.contains('\0') && value.len() <= LONGEST_ID => {
                self.id = Some(value.to_owned());
            }
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            // Comments begin with a colon; other fields are to be ignored.
            _ => {}
        }
        line.clear();
        self.line = line;
        None
    }

    fn more(&mut self, value: &str) {
        let data = self.data.get_or_insert_default();
        if data.len() + value.len() >= self.longest {
            self.too_long = true;
            return;
        }
        data.push_str(value);
        data.push('\n');
    }

    fn dispatch(&mut self) -> Option<WireEvent> {
        let name = std::mem::take(&mut self.name);
        let data = self.data.take();
        let too_long = std::mem::take(&mut self.too_long);
        let name = if name.is_empty() { "message".to_owned() } else { name };
        if too_long {
            return Some(WireEvent { id: self.id.clone(), name, data: None });
        }
        let mut data = data?;
        data.pop();
        // An empty id takes the last one back.
        let id = self.id.clone().filter(|id| !id.is_empty());
        Some(WireEvent { id, name, data: Some(data) })
    }

    /// The last id so far, which counts though its event may have said nothing else.
    pub(super) fn last_id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{
        ProptestConfig, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
    };
    use proptest::strategy::{Just, Strategy};

    use super::{Parser, WireEvent};

    fn read(text: &[u8]) -> Vec<WireEvent> {
        Parser::new(1000).take(text)
    }

    fn told(text: &str) -> String {
        let line = |event: &WireEvent| {
            format!("{:?} {} {:?}", event.id.as_deref().unwrap_or("-"), event.name, event.data)
        };
        read(text.as_bytes()).iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_rules_of_the_standard() {
        insta::assert_snapshot!(told("data: YHOO\ndata: +2\ndata: 10\n\n"));
        insta::assert_snapshot!(told(
            ": x\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\n"
        ));
        insta::assert_snapshot!(told("data\n\ndata\ndata\n\ndata:"));
        insta::assert_snapshot!(told(
            "\u{feff}event: ping\r\ndata: 0\r\n\r\nid: 7\revent: a:b\rdata:x\r\r"
        ));
        insta::assert_snapshot!(told(
            "id: a\0b\nretry: 2x\nother: y\ndata: z\n\nevent: none\n\ndata: a\n\n"
        ));
    }

    #[test]
    fn an_id_without_an_event_counts() {
        let mut parser = Parser::new(1000);
        assert_eq!(parser.take(b"id: 12\nevent: x\n\nretry: 1500\n"), []);
        assert_eq!(parser.last_id(), Some("12"));
        assert_eq!(parser.retry, Some(std::time::Duration::from_millis(1500)));
    }

    #[test]
    fn a_line_without_end_costs_no_memory() {
        let mut parser = Parser::new(100);
        let mut events = parser.take(b"id: 3\nevent: e\ndata: ");
        for _ in 0..10_000 {
            events.extend(parser.take(&[b'x'; 100]));
        }
        assert!(parser.line.capacity() < 1000);
        events.extend(parser.take(b"\n\ndata: ok\n\n"));
        let event = |name: &str, data: Option<&str>| WireEvent {
            id: Some("3".to_owned()),
            name: name.to_owned(),
            data: data.map(str::to_owned),
        };
        assert_eq!(events, [event("e", None), event("message", Some("ok"))]);
        let many = "data: 123456789\n".repeat(50) + "\ndata: ok\n\n";
        let told: Vec<_> =
            Parser::new(100).take(many.as_bytes()).into_iter().map(|it| it.data).collect();
        assert_eq!(told, [None, Some("ok".to_owned())]);
    }

    fn piece() -> impl Strategy<Value = Vec<u8>> {
        let words = [
            "data: x", "data:", "data", "id: 7", "id", "event: E", "retry: 5", ": c", "é",
            "\u{feff}",
        ];
        let ends = ["\n", "\r", "\r\n", "\n\n", "\r\n\r\n"];
        prop_oneof![
            proptest::sample::select(words.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
            proptest::sample::select(ends.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
            vec(any::<u8>(), 0..4),
            Just(vec![b'y'; 60]),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_pieces_give_the_same_events(
            pieces in vec(piece(), 0..30),
            cuts in vec(any::<proptest::sample::Index>(), 0..20),
        ) {
            let bytes = pieces.concat();
            let mut whole = Parser::new(100);
            let expected = whole.take(&bytes);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut parser = Parser::new(100);
            let mut events = Vec::new();
            for pair in cuts.windows(2) {
                events.extend(parser.take(&bytes[pair[0]..pair[1]]));
                prop_assert!(parser.line.len() <= 100);
            }
            prop_assert_eq!(events, expected);
            prop_assert_eq!(parser.last_id(), whole.last_id());
            prop_assert_eq!(parser.retry, whole.retry);
        }
    }
}
