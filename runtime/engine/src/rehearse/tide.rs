//! Lines of a test as Tide writes them.

use tidegate_plan::model::{AttrId, Owner};
use tidegate_plan::rehearsal::{Act, Agent, Ai, Customer, Expectation, Given, LineName, Org};
use tidegate_plan::value::{Value, ValueType};
use tidegate_plan::verify::VerifiedPlan;

/// Where a line can be broken: behind `{`, between entries, and before `}`.
const OPEN: char = '\u{1}';
const BETWEEN: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// Letters of a line at most, unless a text is longer.
const WIDTH: usize = 120;

/// A line on one line, without what goes before it.
pub(super) fn line(plan: &VerifiedPlan, act: &Act) -> String {
    written(plan, act).replace([OPEN, CLOSE], " ").replace(BETWEEN, ", ")
}

/// A line as it stands in a test, broken where it is too long.
pub(super) fn indented(plan: &VerifiedPlan, act: &Act) -> String {
    let whole = format!("  {}", line(plan, act));
    if whole.chars().count() <= WIDTH {
        return whole;
    }
    let broken = written(plan, act).replace([OPEN, BETWEEN], "\n    ");
    format!("  {}", broken.replace(CLOSE, "\n  "))
}

fn written(plan: &VerifiedPlan, act: &Act) -> String {
    match act {
        Act::Given(given) => self::given(plan, given),
        Act::Customer(customer) => self::customer(plan, customer),
        Act::Org(org) => self::org(plan, org),
        Act::Ai(ai) => self::ai(plan, ai),
        Act::Agent(agent) => self::agent(agent),
        Act::TimePasses(millis) => format!("time passes {}", duration(*millis)),
        Act::Expect(expected) => format!("expect {}", expectation(plan, expected)),
    }
}

fn given(plan: &VerifiedPlan, given: &Given) -> String {
    let bare = |attr: AttrId| plan.attributes[attr.index()].name.clone();
    let values = |values: &[(AttrId, Value)]| {
        block(values.iter().map(|(attr, value)| format!("{} = {}", bare(*attr), literal(value))))
    };
    match given {
        Given::Time(time) => format!("given time \"{time}\""),
        Given::Started(workflow) => format!("given started {workflow}"),
        Given::Session(given) => format!("given session {}", values(given)),
        Given::Person { signed, known, values: given } => {
            let word = match (signed, known) {
                (false, _) => "unsigned",
                (true, true) if given.is_empty() => "known",
                (true, _) => "verified",
            };
            let text = format!("given {word} person");
            if given.is_empty() { text } else { format!("{text} {}", values(given)) }
        }
    }
}

fn customer(plan: &VerifiedPlan, customer: &Customer) -> String {
    match customer {
        Customer::Visits(0) => "customer visits".to_owned(),
        Customer::Visits(after) => {
            let after = duration(i64::try_from(*after).unwrap_or(i64::MAX));
            format!("customer visits after {after}")
        }
        Customer::Opens => "customer opens".to_owned(),
        Customer::Writes(text) => format!("customer writes {}", quote(text)),
        Customer::Chooses(label) => format!("customer chooses {}", quote(label)),
        Customer::Submits(lines) => {
            let lines = lines.iter().map(|(line, text)| match line {
                LineName::Attribute(attr) => {
                    let attribute = &plan.attributes[attr.index()];
                    format!("{} = {}", attribute.path(), typed(attribute.ty, text))
                }
                LineName::File(name) => format!("file {name} = {}", quote(text)),
            });
            format!("customer submits {}", block(lines))
        }
        Customer::SignsIn { known: false, .. } => "customer signs in".to_owned(),
        Customer::SignsIn { values, .. } if values.is_empty() => {
            "customer signs in as known person".to_owned()
        }
        Customer::SignsIn { values, .. } => {
            let values = values.iter().map(|(attr, value)| {
                format!("{} = {}", plan.attributes[attr.index()].name, literal(value))
            });
            format!("customer signs in as known person {}", block(values))
        }
        Customer::RefusesToSignIn => "customer refuses to sign in".to_owned(),
        Customer::Confirms => "customer confirms".to_owned(),
        Customer::AsksForPerson => "customer asks for a person".to_owned(),
        Customer::IsSilent(millis) => format!("customer is silent {}", duration(*millis)),
    }
}

fn org(plan: &VerifiedPlan, org: &Org) -> String {
    match org {
        Org::CreatesCase { number: None } => "org creates the case".to_owned(),
        Org::CreatesCase { number: Some(number) } => {
            format!("org creates the case {}", quote(number))
        }
        Org::RefusesCase { code } => format!("org refuses the case {}", quote(code)),
        Org::IsDown => "org is down".to_owned(),
        Org::FindsNobody => "org finds nobody".to_owned(),
        Org::FindsSeveral => "org finds several".to_owned(),
        Org::Changes(values) => {
            let attribute = |attr: &AttrId| &plan.attributes[attr.index()];
            let space = values.first().map_or("person", |(attr, _)| attribute(attr).space.name());
            let values = values.iter().map(|(attr, value)| {
                let value = value.as_ref().map_or_else(|| "blank".to_owned(), literal);
                format!("{} = {value}", attribute(attr).name)
            });
            format!("org changes {space} {}", block(values))
        }
    }
}

fn ai(plan: &VerifiedPlan, ai: &Ai) -> String {
    match ai {
        Ai::Detects(attr, value) => {
            let value = value.as_deref().map_or_else(|| "blank".to_owned(), quote);
            format!("ai detects {} = {value}", plan.attributes[attr.index()].path())
        }
        Ai::Answers(text) => format!("ai answers {}", quote(text)),
        Ai::Asks(text) => format!("ai asks {}", quote(text)),
        Ai::GivesUp => "ai gives up".to_owned(),
        Ai::HearsThatItHelped => "ai hears that it helped".to_owned(),
        Ai::HearsWishForPerson => "ai hears a wish for a person".to_owned(),
        Ai::IsUnavailable => "ai is unavailable".to_owned(),
    }
}

fn agent(agent: &Agent) -> String {
    match agent {
        Agent::Accepts => "agent accepts".to_owned(),
        Agent::Writes(text) => format!("agent writes {}", quote(text)),
        Agent::Ends => "agent ends".to_owned(),
        Agent::Leaves => "agent leaves".to_owned(),
        Agent::NobodyAccepts => "no agent accepts".to_owned(),
        Agent::Fails => "hand off fails".to_owned(),
        Agent::IsLost => "hand off is lost".to_owned(),
    }
}

fn expectation(plan: &VerifiedPlan, expected: &Expectation) -> String {
    let path = |attr: AttrId| plan.attributes[attr.index()].path();
    let behind = |word: &str, text: Option<&str>| match text {
        Some(text) => format!("{word} {}", quote(text)),
        None => word.to_owned(),
    };
    match expected {
        Expectation::Say { text, part: false } => format!("say {}", quote(text)),
        Expectation::Say { text, part: true } => format!("say containing {}", quote(text)),
        Expectation::Note { text, part: false } => format!("note {}", quote(text)),
        Expectation::Note { text, part: true } => format!("note containing {}", quote(text)),
        Expectation::Answer { text, part: false } => format!("answer {}", quote(text)),
        Expectation::Answer { text, part: true } => format!("answer containing {}", quote(text)),
        Expectation::Ask => "ask".to_owned(),
        Expectation::Verify => "verify".to_owned(),
        Expectation::Choices { prompt, labels } => {
            let labels = labels.as_ref().map(|its| block(its.iter().map(|label| quote(label))));
            with_block(behind("choices", prompt.as_deref()), labels)
        }
        Expectation::Form { title, lines } => {
            let lines =
                lines.as_ref().map(|its| block(its.iter().map(|line| line_name(plan, line))));
            with_block(behind("form", title.as_deref()), lines)
        }
        Expectation::Refused { lines } => {
            let line = |(line, message): &(LineName, Option<String>)| match message {
                Some(message) => format!("{} = {}", line_name(plan, line), quote(message)),
                None => line_name(plan, line),
            };
            let lines = lines.as_ref().map(|its| block(its.iter().map(line)));
            with_block("form refused".to_owned(), lines)
        }
        Expectation::Case { push, owner, fields } => {
            let push = push.and_then(|push| plan.pushes.get(push.index()));
            let head = push.map_or("case".to_owned(), |push| format!("case using {}", push.name));
            let owner = owner.iter().map(owner_words);
            let fields = fields.iter().map(|(field, value)| {
                format!("{field} = {}", value.as_ref().map_or("blank".to_owned(), literal))
            });
            let entries: Vec<String> = owner.chain(fields).collect();
            with_block(head, (!entries.is_empty()).then(|| block(entries.into_iter())))
        }
        Expectation::HandOff { channel, routing } => {
            hand_off(channel.as_deref(), routing.as_deref())
        }
        Expectation::NoCase => "no case".to_owned(),
        Expectation::Attribute(attr, None) => format!("{} is blank", path(*attr)),
        Expectation::Attribute(attr, Some(value)) => {
            format!("{} = {}", path(*attr), literal(value))
        }
        Expectation::IsSet(attr) => format!("{} is set", path(*attr)),
        Expectation::Step(name) if is_word(name) => format!("step {name}"),
        Expectation::Step(name) => format!("step {}", quote(name)),
        Expectation::Ended { because: None } => "ended".to_owned(),
        Expectation::Ended { because: Some(because) } => {
            format!("ended because {}", quote(because))
        }
        Expectation::NothingElse => "nothing else".to_owned(),
    }
}

fn line_name(plan: &VerifiedPlan, line: &LineName) -> String {
    match line {
        LineName::Attribute(attr) => plan.attributes[attr.index()].path(),
        LineName::File(name) => format!("file {name}"),
    }
}

fn hand_off(channel: Option<&str>, routing: Option<&[(String, String)]>) -> String {
    let to = channel.map_or_else(String::new, |to| format!(" to {to}"));
    let entry = |(key, value): &(String, String)| {
        let key = if is_word(key) { key.clone() } else { quote(key) };
        format!("{key} = {}", quote(value))
    };
    with_block(format!("hand off{to}"), routing.map(|its| block(its.iter().map(entry))))
}

fn owner_words(owner: &Owner) -> String {
    match owner {
        Owner::Queue(name) => format!("owner queue {name}"),
        Owner::User(name) => format!("owner user {name}"),
        Owner::AssignmentRules => "owner by assignment rules".to_owned(),
    }
}

fn with_block(head: String, block: Option<String>) -> String {
    block.map_or_else(|| head.clone(), |block| format!("{head} {block}"))
}

fn block(entries: impl Iterator<Item = String>) -> String {
    let entries: Vec<String> = entries.collect();
    if entries.is_empty() {
        return "{}".to_owned();
    }
    format!("{{{OPEN}{}{CLOSE}}}", entries.join(&BETWEEN.to_string()))
}

fn is_word(name: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.chars().all(letter) && name.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// A value as a literal.
fn literal(value: &Value) -> String {
    match value {
        Value::Number(_) | Value::Bool(_) => value.to_text().into_owned(),
        Value::Duration(millis) => duration(*millis),
        Value::Many(values) => {
            let values: Vec<String> = values.iter().map(|value| quote(value)).collect();
            format!("[{}]", values.join(", "))
        }
        value => quote(&value.to_text()),
    }
}

/// What a customer types, as the value that it is.
fn typed(ty: ValueType, text: &str) -> String {
    let is_number = || {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, behind) = digits.split_once('.').unwrap_or((digits, "0"));
        let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        all(whole) && all(behind)
    };
    match ty {
        _ if text.is_empty() => "blank".to_owned(),
        ValueType::Bool => text.to_owned(),
        ValueType::Number if is_number() => text.to_owned(),
        ValueType::Many => {
            let values: Vec<String> = text.split(';').map(quote).collect();
            format!("[{}]", values.join(", "))
        }
        _ => quote(text),
    }
}

/// A span of time in the largest unit that fits it.
fn duration(millis: i64) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m")];
    let unit = units.into_iter().find(|(size, _)| millis % size == 0);
    let (size, name) = unit.unwrap_or((1000, "s"));
    format!("{}{name}", millis / size)
}

/// A text in quotes.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '"' | '\\' | '{' | '}' => quoted.extend(['\\', letter]),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
