//! What is written is read, and nothing else is.

use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use sha2::{Digest, Sha256};
use tidegate_diagnostics::{SourceId, Span};

use super::{CodecError, FORMAT, HEADER, MAGIC, OLDEST};
use crate::fixture::{support, tiny};
use crate::model::{Article, Instruction, Plan, Section, SourceFile};
use crate::value::Value;

/// A file around contents, as one who forges plans would make it.
pub(crate) fn file_of(contents: &[u8]) -> Vec<u8> {
    file_in(OLDEST, contents)
}

fn file_in(format: u32, contents: &[u8]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&format.to_be_bytes());
    file.extend_from_slice(&u32::try_from(contents.len()).expect("small").to_be_bytes());
    file.extend_from_slice(&Sha256::digest(contents));
    file.extend_from_slice(contents);
    file
}

#[test]
fn a_plan_survives_its_file() {
    let plan = support();
    let file = plan.encode();
    assert_eq!(Plan::decode(&file).expect("a plan"), plan);
    assert_eq!(Plan::decode(&file).expect("a plan").encode(), file);
}

#[test]
fn a_plan_states_the_oldest_format_that_has_all_it_uses() {
    let format = |plan: &Plan| plan.encode()[8..12].to_vec();
    assert_eq!(format(&support()), OLDEST.to_be_bytes());
    let noted = noting();
    assert_eq!(format(&noted), 2u32.to_be_bytes());
    assert_eq!(Plan::decode(&noted.encode()).expect("a plan"), noted);
    let mut told = support();
    let section = Section { heading: "How".into(), text: "So.".into() };
    told.articles.push(Article {
        name: "knowledge/a.md".into(),
        title: "A".into(),
        url: None,
        language: Some("en".into()),
        sections: vec![section],
    });
    assert_eq!(format(&told), 2u32.to_be_bytes());
    assert_eq!(Plan::decode(&told.encode()).expect("a plan"), told);
    let refused = Plan::decode(&file_of(&noted.encode()[HEADER..])).expect_err("no plan");
    assert_eq!(refused.name(), "plan.content");
}

/// A plan that uses what the first format does not have.
fn noting() -> Plan {
    let mut plan = support();
    let say = |one: &Instruction| matches!(one, Instruction::Say { .. });
    let at = plan.code.iter().position(say).expect("something is said");
    if let Instruction::Say { text } = plan.code[at] {
        plan.code[at] = Instruction::Note { text };
    }
    plan
}

#[test]
fn the_hash_names_the_plan() {
    assert_eq!(tiny().hash(), tiny().hash());
    assert_ne!(tiny().hash(), support().hash());
    assert_eq!(tiny().hash().len(), 64);
}

#[test]
fn a_file_cut_anywhere_is_truncated() {
    let file = support().encode();
    for length in 0..file.len() {
        let refused = Plan::decode(&file[..length]).expect_err("a part of a plan");
        assert_eq!(refused.name(), "plan.truncated", "{length} bytes");
    }
}

#[test]
fn a_flipped_bit_is_never_a_plan() {
    let file = tiny().encode();
    for bit in 0..file.len() * 8 {
        let mut spoiled = file.clone();
        spoiled[bit / 8] ^= 1 << (bit % 8);
        assert!(Plan::decode(&spoiled).is_err(), "bit {bit}");
    }
}

#[test]
fn each_fault_of_a_file_has_its_name() {
    let file = tiny().encode();
    let contents = &file[HEADER..];
    let refused = |file: &[u8]| Plan::decode(file).expect_err("no plan").to_string();
    let spoiled = |at: usize, byte: u8| {
        let mut file = file.clone();
        file[at] = byte;
        file
    };
    // Behind the array's head stands the compiler's text, 0x6e and 14 bytes.
    assert_eq!(contents[1], 0x6e);
    let with_head = |head: &[u8]| file_of(&[&contents[..1], head, &contents[2..]].concat());
    let list = [
        (
            "another file",
            refused(b"PK\x03\x04 something else entirely, but long enough to be a plan"),
        ),
        ("a newer format", refused(&spoiled(11, 3))),
        ("a newer format than it needs", refused(&file_in(FORMAT, contents))),
        ("too large", refused(&spoiled(12, 0xff))),
        ("a byte behind it", refused(&[&file[..], &[0]].concat())),
        ("another byte", refused(&spoiled(HEADER + 3, b'?'))),
        ("an item behind it", refused(&file_of(&[contents, &[0xf6]].concat()))),
        ("a longer head", refused(&with_head(&[0x78, 14]))),
        ("an indefinite text", refused(&with_head(&[0x7f]))),
        ("a text beyond the end", refused(&with_head(&[0x7a, 0xff, 0xff, 0xff, 0xff]))),
        ("an array beyond the end", refused(&with_head(&[0x9a, 0xff, 0xff, 0xff, 0xff]))),
        ("a map", refused(&with_head(&[0xa1, 1, 1]))),
        ("a float", refused(&with_head(&[0xfa, 0, 0, 0, 0]))),
        (
            "a number for a text",
            refused(&file_of(&[&contents[..1], &[1], &contents[16..]].concat())),
        ),
        ("nothing", refused(&file_of(&[]))),
        ("an empty record", refused(&file_of(&[0x80]))),
        ("nested too deeply", refused(&file_of(&[0x81; 64]))),
        (
            "an unknown field",
            refused(&file_of(
                &[&[0x95][..], &contents[1..], &[0x80, 0xf6, 0x80, 0x80, 0xf6]].concat(),
            )),
        ),
    ];
    let lines: Vec<String> =
        list.iter().map(|(what, said)| format!("{what}\n    {said}")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_declared_size_is_not_believed() {
    let huge = CodecError::Size { found: 0xffff_ffff };
    let mut file = tiny().encode();
    file[12..16].copy_from_slice(&0xffff_ffffu32.to_be_bytes());
    assert_eq!(Plan::decode(&file), Err(huge));
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<String>().prop_map(Value::Text),
        (any::<i64>(), 0u32..=28)
            .prop_map(|(digits, scale)| Value::Number(rust_decimal::Decimal::new(digits, scale))),
        any::<bool>().prop_map(Value::Bool),
        (-9000i16..=9000, 1i8..=12, 1i8..=28)
            .prop_map(|(y, m, d)| Value::Date(jiff::civil::date(y, m, d))),
        (-377_705_000_000i64..253_402_000_000, 0i32..1_000_000_000).prop_map(|(second, nano)| {
            let second = second.max(0);
            Value::DateTime(jiff::Timestamp::new(second, nano).expect("in range"))
        }),
        (0i8..24, 0i8..60, 0i8..60, 0i32..1_000_000_000)
            .prop_map(|(h, m, s, n)| Value::Time(jiff::civil::time(h, m, s, n))),
        any::<i64>().prop_map(Value::Duration),
        proptest::collection::vec(any::<String>(), 0..4).prop_map(Value::Many),
    ]
}

proptest! {
    #[test]
    fn any_value_survives(constants in proptest::collection::vec(values(), 0..8)) {
        let plan = Plan { constants, ..tiny() };
        let again = Plan::decode(&plan.encode()).expect("our own file");
        // Debug shows the scale of a number, which equality overlooks.
        prop_assert_eq!(format!("{:?}", again.constants), format!("{:?}", plan.constants));
    }

    #[test]
    fn any_bytes_are_refused_or_a_plan(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(plan) = Plan::decode(&file_of(&bytes)) {
            prop_assert!(plan.encode() == file_of(&bytes));
        }
    }

    #[test]
    fn spoiled_contents_are_refused_or_read_exactly(
        spoil in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4)
    ) {
        let mut contents = support().encode().split_off(HEADER);
        for (at, byte) in spoil {
            let at = at.index(contents.len());
            contents[at] = byte;
        }
        if let Ok(plan) = Plan::decode(&file_of(&contents)) {
            prop_assert!(plan.encode() == file_of(&contents));
        }
    }
}

#[test]
fn a_byte_has_the_line_that_an_editor_shows() {
    let text = "one\n\u{fc}ber\r\n\nlast";
    let source = SourceFile::new("a.tide", text);
    let lines: Vec<usize> = (0u32..).take(text.len() + 1).map(|byte| source.line(byte)).collect();
    assert_eq!(lines, [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 4, 4, 4, 4, 4]);
    let plan = Plan { sources: vec![source], ..tiny() };
    let place = |source, start| plan.place(Span { source: SourceId(source), start, end: start });
    assert_eq!(place(0, 11).as_deref(), Some("a.tide:3"));
    assert_eq!(place(1, 0), None);
    assert_eq!(Plan::decode(&plan.encode()).expect("a plan"), plan);
}
