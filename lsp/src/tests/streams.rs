//! The server over streams of bytes, as an editor starts it.

use std::io::{Read as _, Write as _, pipe};
use std::thread;

use crate::Ended;

fn framed(message: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{message}", message.len())
}

#[test]
fn a_mistake_in_a_header_is_answered_and_costs_its_message_alone() {
    let (theirs_in, mut input) = pipe().expect("a pipe");
    let (mut output, theirs_out) = pipe().expect("a pipe");
    let server = thread::spawn(move || crate::serve_streams(theirs_in, theirs_out));
    let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
    let there = r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#;
    let wrong = framed(there).replace("52", "40");
    let bye = r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#;
    let exit = r#"{"jsonrpc":"2.0","method":"exit"}"#;
    for message in [framed(hello), framed(there), wrong, framed(bye), framed(exit)] {
        input.write_all(message.as_bytes()).expect("a server");
    }
    let mut said = String::new();
    output.read_to_string(&mut said).expect("text");
    assert_eq!(server.join().expect("no panic").expect("threads"), Ended::Properly);
    let said: Vec<&str> = said.split("Content-Length: ").filter(|it| !it.is_empty()).collect();
    assert_eq!(said.len(), 3, "{said:#?}");
    let complaint = said.iter().find(|it| it.contains("-32700")).expect("it is told");
    assert!(complaint.contains(r#""id":null"#), "{complaint}");
    assert!(said.iter().any(|it| it.contains(r#""id":2,"result":null"#)), "{said:#?}");
}
