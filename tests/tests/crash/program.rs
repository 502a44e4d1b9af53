//! The program under load, described once: the Tide source is printed from it, and the naive
//! interpreter walks it. Neither knows the compiler or the engine.

/// A program: its first workflow is the one that opens.
pub(crate) struct Program {
    pub(crate) workflows: Vec<(&'static str, Vec<Step>)>,
    pub(crate) pushes: Vec<Push>,
}

/// One step.
pub(crate) enum Step {
    Say(Expr),
    Ask,
    Choose(&'static str, Vec<(&'static str, Vec<Step>)>),
    Collect(&'static str, Vec<Line>),
    If(Test, Vec<Step>, Vec<Step>),
    Set(&'static str, Expr),
    Run(&'static str),
    Record(&'static str),
    Create(&'static str),
    End,
}

/// A line of a form.
pub(crate) struct Line {
    pub(crate) attribute: &'static str,
    pub(crate) required: bool,
    pub(crate) label: &'static str,
    pub(crate) entry: Entry,
}

/// What is entered in a line.
#[derive(Clone, Copy)]
pub(crate) enum Entry {
    /// The nonce's six digits.
    Digits,
    /// A text around the nonce.
    Words,
    Email,
    /// Cents up to so many.
    Money(u32),
    /// A whole number up to this.
    Whole(u32),
    YesNo,
    /// One of these values, each with its label.
    OneOf(&'static [(&'static str, &'static str)]),
}

/// What gives a value.
pub(crate) enum Expr {
    Text(&'static str),
    Attribute(&'static str),
    OrElse(Box<Expr>, Box<Expr>),
    Choice(Box<Test>, Box<Expr>, Box<Expr>),
    /// A text with holes.
    Joined(Vec<Expr>),
    First(Box<Expr>, usize),
}

/// What holds or does not.
pub(crate) enum Test {
    Is(&'static str, &'static str),
    IsSet(&'static str),
    /// Set, and more than so many cents.
    MoreThan(&'static str, u32),
    Any(Vec<Test>),
    Not(Box<Test>),
}

/// How a Case is made.
pub(crate) struct Push {
    pub(crate) name: &'static str,
    pub(crate) record_type: &'static str,
    /// The first whose test holds; the last has none.
    pub(crate) owners: Vec<(Option<Test>, &'static str)>,
    pub(crate) lines: Vec<(&'static str, Expr)>,
    pub(crate) not_carried: &'static [&'static str],
    pub(crate) file: bool,
}

/// Attributes that are fields of the Case.
pub(crate) const MAPPED: &[(&str, &str)] = &[
    ("reason", "Reason"),
    ("priority", "Priority"),
    ("product", "Product__c"),
    ("order_number", "Order_Number__c"),
    ("units", "Units_Affected__c"),
    ("callback", "Wants_Callback__c"),
];

/// Attributes of the program's own, with their types.
const OWN: &[(&str, &str)] = &[
    ("refund", "decimal(10, 2)"),
    ("note", "text(200)"),
    ("serial", "text(40)"),
    ("mark", "text(40)"),
    ("contact_email", "email"),
    ("contact_name", "text(80)"),
    ("urgency", "list {\n    \"low\"\n    \"high\"\n  }"),
];

const PRODUCTS: &[(&str, &str)] = &[
    ("GC5040", "Gas condenser 5040"),
    ("GC5060", "Gas condenser 5060"),
    ("HP200", "Heat pump 200"),
    ("TH10", "Room thermostat 10"),
];

fn attribute(name: &'static str) -> Expr {
    Expr::Attribute(name)
}

fn or_else(one: Expr, other: Expr) -> Expr {
    Expr::OrElse(Box::new(one), Box::new(other))
}

fn line(attribute: &'static str, required: bool, label: &'static str, entry: Entry) -> Line {
    Line { attribute, required, label, entry }
}

impl Program {
    /// Branches, sets, forms, templates, three pushes and their owners: what is written to the org
    /// depends on all that was entered.
    pub(crate) fn under_load() -> Self {
        use Step::{Ask, Choose, Create, End, Run, Say, Set};
        let support = vec![
            Say(Expr::Text("Good day. What can we do for you?")),
            Ask,
            Choose(
                "What is it about?",
                vec![
                    ("A bill or a payment", vec![Set("reason", Expr::Text("Billing"))]),
                    ("Something is broken", vec![Set("reason", Expr::Text("Breakdown"))]),
                    ("Praise", vec![Set("reason", Expr::Text("Feedback"))]),
                    ("Nothing any more", vec![End]),
                ],
            ),
            Step::If(Test::Is("reason", "Billing"), vec![Run("billing")], vec![]),
            Step::If(Test::Is("reason", "Breakdown"), vec![Run("breakdown")], vec![]),
            Step::Collect(
                "How can we reach you?",
                vec![
                    line("contact_email", true, "Your e-mail address", Entry::Email),
                    line("contact_name", false, "Your name", Entry::Words),
                    line("note", true, "In a sentence", Entry::Words),
                    line("callback", false, "Shall we call?", Entry::YesNo),
                ],
            ),
            Say(Expr::Joined(vec![Expr::Text("Thank you, "), called(), Expr::Text(".")])),
            Step::If(
                Test::Is("urgency", "high"),
                vec![Create("urgent_case")],
                vec![Create("open_case")],
            ),
        ];
        Self {
            workflows: vec![
                ("support", support),
                ("billing", billing()),
                ("breakdown", breakdown()),
            ],
            pushes: vec![open_case(), urgent_case(), resolved_case()],
        }
    }
}

impl Program {
    /// The same program, which writes a mark at its first step and again at its last: a Case whose
    /// two marks differ was made by steps of two plans.
    pub(crate) fn marked(mark: &'static str) -> Self {
        let mut program = Self::under_load();
        program.workflows[0].1.insert(0, Step::Set("mark", Expr::Text(mark)));
        for push in &mut program.pushes {
            let first = or_else(attribute("mark"), Expr::Text("nothing"));
            let both = Expr::Joined(vec![first, Expr::Text(" and "), Expr::Text(mark)]);
            push.lines.push(("Diagnosis__c", both));
        }
        program
    }
}

fn called() -> Expr {
    or_else(attribute("contact_name"), Expr::Text("friend"))
}

fn billing() -> Vec<Step> {
    let high = |name, value| Step::Set(name, Expr::Text(value));
    vec![
        Step::Collect(
            "Which charge is it?",
            vec![
                line("order_number", true, "Order number", Entry::Digits),
                line("refund", false, "Amount in question", Entry::Money(99_999)),
            ],
        ),
        Step::If(
            Test::MoreThan("refund", 50_000),
            vec![high("priority", "High"), high("urgency", "high")],
            vec![high("urgency", "low")],
        ),
    ]
}

fn breakdown() -> Vec<Step> {
    let helped = Step::Choose(
        "Did a new battery help?",
        vec![
            ("Yes, it works again", vec![Step::Record("resolved_case"), Step::End]),
            ("No, it stays dark", vec![Step::Set("priority", Expr::Text("Low"))]),
        ],
    );
    let several = Test::Any(vec![Test::Is("product", "HP200"), Test::MoreThan("units", 300)]);
    vec![
        Step::Collect(
            "Which product is it?",
            vec![
                line("product", true, "Product", Entry::OneOf(PRODUCTS)),
                line("serial", true, "Number on the plate", Entry::Words),
                line("units", false, "How many are affected?", Entry::Whole(9)),
            ],
        ),
        Step::If(Test::Is("product", "TH10"), vec![helped], vec![]),
        Step::If(several, vec![Step::Set("urgency", Expr::Text("high"))], vec![]),
    ]
}

fn open_case() -> Push {
    let whom = Test::Any(vec![Test::Is("reason", "Billing"), Test::IsSet("units")]);
    Push {
        name: "open_case",
        record_type: "Support",
        owners: vec![(Some(whom), "Tier_2"), (None, "Tier_1")],
        lines: vec![
            ("Origin", Expr::Text("Chat")),
            ("Channel__c", Expr::Text("web_chat")),
            ("Refund_Amount__c", attribute("refund")),
            ("SuppliedEmail", attribute("contact_email")),
            ("SuppliedName", or_else(attribute("contact_name"), Expr::Text("no name"))),
        ],
        not_carried: &[],
        file: true,
    }
}

fn urgent_case() -> Push {
    let shortened = Expr::First(Box::new(or_else(attribute("note"), Expr::Text("-"))), 30);
    let priority = Expr::Choice(
        Box::new(Test::Not(Box::new(Test::IsSet("refund")))),
        Box::new(Expr::Text("Medium")),
        Box::new(Expr::Text("High")),
    );
    Push {
        name: "urgent_case",
        record_type: "Support",
        owners: vec![(Some(Test::MoreThan("refund", 90_000)), "Chat_Deflected"), (None, "Tier_2")],
        lines: vec![
            (
                "Subject",
                Expr::Joined(vec![Expr::Text("Urgent: "), called(), Expr::Text(", "), shortened]),
            ),
            ("Priority", or_else(attribute("priority"), priority)),
            ("Origin", Expr::Text("Web")),
            ("Channel__c", Expr::Text("in_app")),
            ("Refund_Amount__c", attribute("refund")),
            ("SuppliedEmail", attribute("contact_email")),
            ("SuppliedCompany", attribute("serial")),
        ],
        not_carried: &["Wants_Callback__c"],
        file: false,
    }
}

fn resolved_case() -> Push {
    Push {
        name: "resolved_case",
        record_type: "Support",
        owners: vec![(None, "Chat_Deflected")],
        lines: vec![
            (
                "Subject",
                Expr::Joined(vec![
                    Expr::Text("Solved in the chat: "),
                    or_else(attribute("serial"), Expr::Text("no number")),
                ]),
            ),
            ("Status", Expr::Text("Closed")),
            ("Origin", Expr::Text("Chat")),
            ("Channel__c", Expr::Text("web_chat")),
        ],
        not_carried: &[],
        file: false,
    }
}

pub(crate) mod tide {
    //! The description as Tide.

    use super::{Entry, Expr, Line, MAPPED, OWN, Program, Push, Step, Test};

    pub(crate) fn source(program: &Program) -> String {
        let mut out = String::from("map Case to conversation {\n");
        for (attribute, field) in MAPPED {
            out += &format!("  sync {field} as {attribute}\n");
        }
        out += "}\n\ndata conversation {\n";
        for (attribute, ty) in OWN {
            out += &format!("  {attribute}: {ty}\n");
        }
        out += "}\n";
        for push in &program.pushes {
            out += &push_item(push);
        }
        for (at, (name, body)) in program.workflows.iter().enumerate() {
            out += &format!("\nworkflow {name} {{\n");
            if at == 0 {
                out += "  on open\n";
            }
            steps(&mut out, body, 1);
            if at == 0 {
                out += "  defaults {\n    idle 60m => end\n  }\n";
            }
            out += "}\n";
        }
        out
    }

    fn push_item(push: &Push) -> String {
        let mut out = format!("\npush {} to Case type {} {{\n", push.name, push.record_type);
        for (when, queue) in &push.owners {
            let when = when.as_ref().map_or(String::new(), |when| format!(" if {}", test(when)));
            out += &format!("  owner queue {queue}{when}\n");
        }
        for (field, value) in &push.lines {
            let always = if *field == "Status" { "always " } else { "" };
            out += &format!("  {always}{field} = {}\n", expr(value));
        }
        if push.file {
            out += "  transcript to file\n";
        }
        match push.not_carried {
            [] => {}
            fields => out += &format!("  carry except {}\n", fields.join(", ")),
        }
        out + "}\n"
    }

    fn steps(out: &mut String, body: &[Step], depth: usize) {
        let pad = "  ".repeat(depth);
        for step in body {
            *out += &pad;
            match step {
                Step::Say(text) => *out += &format!("say {}\n", expr(text)),
                Step::Ask => *out += "ask\n",
                Step::Choose(prompt, arms) => {
                    *out += &format!("choose {prompt:?} {{\n");
                    for (label, body) in arms {
                        *out += &format!("{pad}  {label:?} => {{\n");
                        steps(out, body, depth + 2);
                        *out += &format!("{pad}  }}\n");
                    }
                    *out += &format!("{pad}}}\n");
                }
                Step::Collect(title, lines) => {
                    *out += &format!("collect {title:?} {{\n");
                    lines.iter().for_each(|one| *out += &format!("{pad}  {}\n", line(one)));
                    *out += &format!("{pad}}}\n");
                }
                Step::If(when, then, otherwise) => {
                    *out += &format!("if {} {{\n", test(when));
                    steps(out, then, depth + 1);
                    *out += &format!("{pad}}}");
                    if !otherwise.is_empty() {
                        *out += " else {\n";
                        steps(out, otherwise, depth + 1);
                        *out += &format!("{pad}}}");
                    }
                    *out += "\n";
                }
                Step::Set(name, value) => {
                    *out += &format!("set conversation.{name} = {}\n", expr(value));
                }
                Step::Run(name) => *out += &format!("run {name}\n"),
                Step::Record(push) => *out += &format!("record case using {push}\n"),
                Step::Create(push) => *out += &format!("create case using {push}\n"),
                Step::End => *out += "end because \"the customer is served\"\n",
            }
        }
    }

    fn line(line: &Line) -> String {
        let required = if line.required { " required" } else { "" };
        let rule = match line.entry {
            Entry::Digits => " matches '[0-9]{6}' else \"Six digits, please\"".to_owned(),
            Entry::Money(_) => " min 0.01".to_owned(),
            Entry::Whole(max) => format!(" min 1 max {max}"),
            _ => String::new(),
        };
        format!("conversation.{}{required} label {:?}{rule}", line.attribute, line.label)
    }

    fn test(test: &Test) -> String {
        match test {
            Test::Is(name, value) => format!("conversation.{name} == {value:?}"),
            Test::IsSet(name) => format!("conversation.{name} is set"),
            Test::MoreThan(name, cents) => {
                let number = match cents % 100 {
                    0 => (cents / 100).to_string(),
                    rest => format!("{}.{rest:02}", cents / 100),
                };
                format!("(conversation.{name} is set and conversation.{name} > {number})")
            }
            Test::Any(tests) => {
                let all: Vec<String> = tests.iter().map(self::test).collect();
                format!("({})", all.join(" or "))
            }
            Test::Not(inner) => format!("not ({})", self::test(inner)),
        }
    }

    fn expr(value: &Expr) -> String {
        match value {
            Expr::Text(text) => format!("{text:?}"),
            Expr::Attribute(name) => format!("conversation.{name}"),
            Expr::OrElse(one, other) => format!("{} ?? {}", operand(one), operand(other)),
            Expr::Choice(when, one, other) => {
                format!("if {} then {} else {}", test(when), expr(one), expr(other))
            }
            Expr::Joined(pieces) => {
                let piece = |piece: &Expr| match piece {
                    Expr::Text(text) => (*text).to_owned(),
                    hole => format!("{{{}}}", expr(hole)),
                };
                format!("\"{}\"", pieces.iter().map(piece).collect::<String>())
            }
            Expr::First(inner, count) => format!("{} | first {count}", expr(inner)),
        }
    }

    fn operand(value: &Expr) -> String {
        match value {
            Expr::Choice(..) => format!("({})", expr(value)),
            _ => expr(value),
        }
    }
}
