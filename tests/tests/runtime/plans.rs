//! Files that are no plans, at the door of a server that runs: each is refused by name, and the
//! plan before keeps serving.

use tidegate_plan::model::{ExprId, Handlers, IdleHandler, Instruction, Plan, Target};

use crate::world::World;
use serde_json::json;

/// Bytes before the contents.
const HEADER: usize = 48;

/// The contents as a file whose header fits them.
fn file_of(contents: &[u8]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut file = b"TIDEPLAN".to_vec();
    file.extend_from_slice(&1u32.to_be_bytes());
    file.extend_from_slice(&u32::try_from(contents.len()).unwrap().to_be_bytes());
    file.extend_from_slice(&Sha256::digest(contents));
    file.extend_from_slice(contents);
    file
}

fn with(file: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut file = file.to_vec();
    file[at] = byte;
    file
}

/// Another first item in the contents, behind the head of the whole.
fn with_first_item(contents: &[u8], item: &[u8]) -> Vec<u8> {
    // The first is the compiler's name: a text of fewer than 24 bytes.
    let length = usize::from(contents[1] & 0x1f);
    assert_eq!(contents[1] >> 5, 3);
    file_of(&[&contents[..1], item, &contents[2 + length..]].concat())
}

fn changed(file: &[u8], change: impl FnOnce(&mut Plan)) -> Vec<u8> {
    let mut plan = Plan::decode(file).unwrap();
    change(&mut plan);
    plan.encode()
}

fn at(plan: &Plan, kind: impl Fn(&Instruction) -> bool) -> usize {
    plan.code.iter().position(kind).unwrap()
}

/// Files that do not even have the form of a plan.
fn malformed(good: &[u8]) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let contents = &good[HEADER..];
    let mut twice = contents.to_vec();
    // One more item than a plan has: the first table once more behind the last.
    twice[0] += 1;
    twice.extend_from_slice(&[0x80]);
    let huge = |head: u8| [&[head, 0x80][..], &[0; 7]].concat();
    vec![
        ("nothing at all", "plan.truncated", Vec::new()),
        ("another file", "plan.magic", b"PK\x03\x04 an archive, surely no plan at all".to_vec()),
        ("a newer format", "plan.format", with(good, 11, 0xfe)),
        ("contents of four gigabytes", "plan.size", with(good, 12, 0xff)),
        ("another byte", "plan.hash", with(good, HEADER + 20, b'?')),
        ("another hash", "plan.hash", with(good, 20, good[20] ^ 1)),
        ("bytes behind it", "plan.trailing", [good, b"\n"].concat()),
        ("an item behind it", "plan.trailing", file_of(&[contents, &[0xf6]].concat())),
        ("a text of 2^63 bytes", "plan.canonical", with_first_item(contents, &huge(0x7b))),
        ("an array of 2^63 items", "plan.canonical", with_first_item(contents, &huge(0x9b))),
        ("a table too many", "plan.canonical", file_of(&twice)),
        ("arrays in arrays", "plan.canonical", file_of(&[0x81; 4096])),
        ("a number for a text", "plan.content", with_first_item(contents, &[0x01])),
        ("no table at all", "plan.content", file_of(&[0x80])),
    ]
}

/// Plans that are well formed and would lead astray.
fn unsound(good: &[u8]) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let say = |instruction: &Instruction| matches!(instruction, Instruction::Say { .. });
    let ask = |instruction: &Instruction| matches!(instruction, Instruction::Ask { .. });
    let made = |what, name, change: &dyn Fn(&mut Plan)| (what, name, changed(good, change));
    vec![
        made("a jump outside the code", "plan.jump", &|plan| {
            let say = at(plan, say);
            plan.code[say] = Instruction::Jump { target: Target(9_999) };
        }),
        made("an expression that is not there", "plan.bounds", &|plan| {
            let say = at(plan, say);
            plan.code[say] = Instruction::Say { text: ExprId(9_999) };
        }),
        made("an expression made of itself", "plan.order", &|plan| {
            let last = u32::try_from(plan.expressions.len()).unwrap();
            plan.expressions.push(tidegate_plan::model::Expr::Not(ExprId(last)));
        }),
        made("a circle without a wait", "plan.cycle", &|plan| {
            let say = at(plan, say);
            plan.code[say] = Instruction::Jump { target: Target(u32::try_from(say).unwrap()) };
        }),
        made("a workflow that runs itself", "plan.recursion", &|plan| {
            let say = at(plan, say);
            let workflow = plan.on_open.unwrap();
            plan.code[say] = Instruction::Run { workflow };
        }),
        made("two workflows of one code", "plan.code", &|plan| {
            let first = plan.workflows[0].clone();
            plan.workflows.push(first);
        }),
        made("two steps of one name", "plan.step", &|plan| {
            plan.steps[1].id = plan.steps[0].id.clone();
        }),
        made("a way back to a wait from no silence", "plan.resume", &|plan| {
            let say = at(plan, say);
            plan.code[say] = Instruction::ResumeWait;
        }),
        made("silences that do not grow", "plan.handlers", &|plan| {
            let ask = at(plan, ask);
            let arm = IdleHandler { after_ms: 0, target: plan.workflows[0].entry };
            let own = Handlers { idle: vec![arm], ..Handlers::default() };
            plan.code[ask] = Instruction::Ask { own };
        }),
        made("a condition that is a text", "plan.type", &|plan| {
            let say = at(plan, say);
            let Instruction::Say { text } = plan.code[say] else { unreachable!() };
            let otherwise = Target(u32::try_from(say + 1).unwrap());
            plan.code[say] = Instruction::Branch { condition: text, otherwise };
        }),
        made("a pattern that is none", "plan.pattern", &|plan| {
            let field = plan.forms.iter_mut().flat_map(|form| &mut form.fields).next();
            field.unwrap().matches = Some(("(".to_owned(), String::new()));
        }),
        made("what it relies on kept quiet", "plan.requirement", &|plan| plan.requirements.clear()),
    ]
}

#[tokio::test]
async fn what_is_no_plan_is_refused_by_name_and_the_one_before_keeps_serving() {
    let world = World::new().await;
    let server = world.server.as_ref().unwrap();
    let before = server.store().active_plan().await.unwrap();
    let good = &world.plan;
    let mut files = malformed(good);
    files.extend(unsound(good));
    files.extend((0..good.len()).map(|length| {
        ("a file that was not copied whole", "plan.truncated", good[..length].to_vec())
    }));
    for (what, name, file) in files {
        let refused = server.swap_plan(file).await.unwrap_err().to_string();
        assert!(refused.contains(&format!(" {name}: ")), "{what}: {refused}");
        assert!(refused.contains("the one before stays active"), "{what}: {refused}");
    }
    assert_eq!(server.store().active_plan().await.unwrap(), before);
    let visitor = world.open(json!({ "messenger": "web" })).await;
    world.until(&visitor, "asked").await;
}
