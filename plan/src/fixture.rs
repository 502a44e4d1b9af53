//! A plan built by hand for tests, of this crate and of the engine.

use tidegate_diagnostics::{SourceId, Span};
use tidegate_plan::model::{
    AttrId, Attribute, ChoiceOption, Comparison, ConstId, Expr, ExprId, Fill, Form, FormField,
    FormId, Handlers, IdleHandler, Input, Instruction, List, ListId, ListValue, Origin, Owner,
    OwnerChoice, PersonMap, Pipe, Plan, Push, PushField, PushId, Requirement, SourceFile, Space,
    Step, StepId, Target, TranscriptTo, Workflow, WorkflowId,
};
use tidegate_plan::value::{Value, ValueType};

/// A place that matters to no test.
pub(crate) const SPAN: Span = Span { source: SourceId(0), start: 0, end: 1 };

/// Puts a plan together, table by table.
pub(crate) struct Builder {
    pub(crate) plan: Plan,
}

fn next(length: usize) -> u32 {
    u32::try_from(length).expect("a small plan")
}

impl Builder {
    pub(crate) fn new() -> Self {
        let plan = Plan {
            compiler: "tidegate 0.1.0".into(),
            org_id: "00D000000000001EAA".into(),
            sources: vec![SourceFile::new("support.tide", &"twenty bytes a line\n".repeat(99))],
            person: None,
            attributes: vec![],
            lists: vec![],
            constants: vec![],
            expressions: vec![],
            forms: vec![],
            pushes: vec![],
            channels: vec![],
            articles: vec![],
            hours: vec![],
            steps: vec![],
            workflows: vec![],
            on_open: None,
            on_message: None,
            on_agent_reply: None,
            visits: Vec::new(),
            code: vec![],
            code_steps: vec![],
            requirements: vec![],
        };
        Self { plan }
    }

    pub(crate) fn attr(&mut self, path: &str, ty: ValueType) -> AttrId {
        let (space, name) = path.split_once('.').expect("a namespace");
        let (space, origin) = match space {
            "person" => (Space::Person, Origin::Field(vec![name.into()])),
            "session" => (Space::Session, Origin::Session),
            _ => (Space::Conversation, Origin::Own),
        };
        let attribute = Attribute {
            space,
            name: name.into(),
            label: name.into(),
            ty,
            max_length: (ty == ValueType::Text).then_some(255),
            decimals: (ty == ValueType::Number).then_some((10, 2)),
            list: None,
            origin,
            default: None,
            private: false,
        };
        self.plan.attributes.push(attribute);
        AttrId(next(self.plan.attributes.len() - 1))
    }

    /// A list attribute; each value is a value, its label, and the controller's values it fits.
    pub(crate) fn list(
        &mut self,
        path: &str,
        controller: Option<AttrId>,
        values: &[(&str, &str, &[&str])],
    ) -> AttrId {
        let values = values.iter().map(|(value, label, fits)| ListValue {
            value: (*value).into(),
            label: (*label).into(),
            valid_for: controller.map(|_| fits.iter().map(|one| (*one).into()).collect()),
            description: None,
        });
        let list = List { controller, open: false, values: values.collect() };
        self.plan.lists.push(list);
        let attr = self.attr(path, ValueType::Text);
        self.plan.attributes[attr.index()].list = Some(ListId(next(self.plan.lists.len() - 1)));
        attr
    }

    pub(crate) fn constant(&mut self, value: Value) -> ConstId {
        self.plan.constants.push(value);
        ConstId(next(self.plan.constants.len() - 1))
    }

    pub(crate) fn expr(&mut self, expression: Expr) -> ExprId {
        self.plan.expressions.push(expression);
        ExprId(next(self.plan.expressions.len() - 1))
    }

    pub(crate) fn text(&mut self, text: &str) -> ExprId {
        let constant = self.constant(Value::Text(text.into()));
        self.expr(Expr::Const(constant))
    }

    pub(crate) fn number(&mut self, number: &str) -> ExprId {
        let constant = self.constant(Value::Number(number.parse().expect("a number")));
        self.expr(Expr::Const(constant))
    }

    pub(crate) fn read(&mut self, attr: AttrId) -> ExprId {
        self.expr(Expr::Attr(attr))
    }

    pub(crate) fn at(&self) -> Target {
        Target(next(self.plan.code.len()))
    }

    /// Adds an instruction as a step of its own; gives where it stands.
    pub(crate) fn code(&mut self, id: &str, instruction: Instruction) -> Target {
        let at = self.at();
        self.plan.steps.push(Step { id: id.into(), span: SPAN });
        self.plan.code_steps.push(StepId(next(self.plan.steps.len() - 1)));
        self.plan.code.push(instruction);
        at
    }

    pub(crate) fn workflow(&mut self, name: &str, entry: Target, defaults: Handlers) -> WorkflowId {
        let end = self.at();
        self.plan.workflows.push(Workflow { name: name.into(), entry, end, defaults });
        WorkflowId(next(self.plan.workflows.len() - 1))
    }

    pub(crate) fn form(&mut self, title: &str, fields: Vec<FormField>) -> FormId {
        let title = Some(self.text(title));
        self.plan.forms.push(Form { title, fields, files: Vec::new() });
        FormId(next(self.plan.forms.len() - 1))
    }

    pub(crate) fn push(&mut self, push: Push) -> PushId {
        self.plan.pushes.push(push);
        PushId(next(self.plan.pushes.len() - 1))
    }

    /// The plan, with the requirements that it needs.
    pub(crate) fn build(mut self) -> Plan {
        let needed = tidegate_plan::requirements::of(&self.plan);
        self.plan.requirements =
            needed.into_iter().map(|what| Requirement { what, span: SPAN }).collect();
        self.plan
    }
}

pub(crate) fn field(attr: AttrId, label: &str, required: bool, input: Input) -> FormField {
    let label = label.into();
    FormField {
        attr,
        label,
        help: None,
        required,
        input,
        matches: None,
        min: None,
        max: None,
        words: Vec::new(),
    }
}

pub(crate) fn no_handlers() -> Handlers {
    Handlers::default()
}

/// A plan with one instruction that ends, to be spoiled by tests.
pub(crate) fn tiny() -> Plan {
    let mut b = Builder::new();
    let entry = b.code("support/end", Instruction::End { because: None });
    b.plan.on_open = Some(b.workflow("support", entry, no_handlers()));
    b.build()
}

/// A conversation of most instructions: greets, asks, chooses, collects, runs two workflows inside
/// one another, records and creates Cases; handles idleness and the wish for a person outermost.
pub(crate) fn support() -> Plan {
    let mut b = Builder::new();
    let a = attributes(&mut b);
    let inner = inner_workflow(&mut b, &a);
    let middle = middle_workflow(&mut b, inner);
    let open_case = open_case(&mut b, &a);
    let resolved = resolved_case(&mut b);
    main_workflow(&mut b, &a, middle, open_case, resolved);
    b.build()
}

struct Attributes {
    first_name: AttrId,
    reason: AttrId,
    detail: AttrId,
    order_number: AttrId,
    amount: AttrId,
    priority: AttrId,
}

fn attributes(b: &mut Builder) -> Attributes {
    let first_name = b.attr("person.FirstName", ValueType::Text);
    b.attr("session.email", ValueType::Email);
    b.attr("session.name", ValueType::Text);
    b.attr("session.summary", ValueType::Text);
    let reason = b.list(
        "conversation.Reason",
        None,
        &[("Billing", "A bill", &[]), ("Breakdown", "Something broke", &[])],
    );
    let detail = b.list(
        "conversation.detail",
        Some(reason),
        &[("Refund", "Money back", &["Billing"]), ("Noise", "It is loud", &["Breakdown"])],
    );
    let order_number = b.attr("conversation.order_number", ValueType::Text);
    let amount = b.attr("conversation.amount", ValueType::Number);
    let priority = b.attr("conversation.Priority", ValueType::Text);
    let medium = b.constant(Value::Text("Medium".into()));
    b.plan.attributes[priority.index()].default = Some(medium);
    b.plan.person = Some(PersonMap {
        object: "Contact".into(),
        find_by: "Email".into(),
        claim: "email".into(),
        synced: vec![first_name],
    });
    Attributes { first_name, reason, detail, order_number, amount, priority }
}

fn inner_workflow(b: &mut Builder, a: &Attributes) -> WorkflowId {
    let six = "Six digits, please".to_owned();
    let ten = b.constant(Value::Number(10.into()));
    let order = FormField {
        matches: Some(("[0-9]{6}".into(), six)),
        help: Some("On the letter".into()),
        ..field(a.order_number, "Order number", true, Input::Line)
    };
    let amount =
        FormField { min: Some(ten), ..field(a.amount, "Amount in question", false, Input::Number) };
    let detail = field(a.detail, "What about it", false, Input::Select);
    let form = b.form("A few details", vec![order, amount, detail]);
    let entry = b.code("details/collect", Instruction::Collect { form, own: Handlers::default() });
    b.code("details/return", Instruction::Return);
    b.workflow("details", entry, Handlers::default())
}

fn middle_workflow(b: &mut Builder, inner: WorkflowId) -> WorkflowId {
    let entry = b.code("triage/run details", Instruction::Run { workflow: inner });
    b.code("triage/return", Instruction::Return);
    b.workflow("triage", entry, Handlers::default())
}

fn open_case(b: &mut Builder, a: &Attributes) -> PushId {
    let high = b.text("High");
    let (amount, limit) = (b.read(a.amount), b.number("500.00"));
    let large = b.expr(Expr::Compare(Comparison::Greater, amount, limit));
    let priority = b.read(a.priority);
    let priority = b.expr(Expr::If(large, high, priority));
    let owner = |when, name: &str| OwnerChoice { when, owner: Owner::Queue(name.into()) };
    b.push(Push {
        name: "open_case".into(),
        object: "Case".into(),
        record_type: Some("Support".into()),
        owner: vec![owner(Some(large), "Tier_2"), owner(None, "Tier_1")],
        fields: vec![PushField { field: "Priority".into(), value: priority, span: SPAN }],
        carry: vec![
            ("Reason".into(), a.reason),
            ("Order_Number__c".into(), a.order_number),
            ("Priority".into(), a.priority),
        ],
        fill: vec![
            ("Subject".into(), Fill::Subject),
            ("Description".into(), Fill::Description),
            ("SuppliedEmail".into(), Fill::SuppliedEmail),
            ("SuppliedName".into(), Fill::SuppliedName),
            ("ContactId".into(), Fill::ContactId),
        ],
        summary_to: Some("Description".into()),
        transcript: TranscriptTo::File,
        key_field: "Tidegate_Key__c".into(),
        lengths: vec![("Subject".into(), 30), ("Description".into(), 32_000)],
    })
}

pub(crate) fn resolved_case(b: &mut Builder) -> PushId {
    let subject = b.text("Asked for details");
    b.push(Push {
        name: "resolved_case".into(),
        object: "Case".into(),
        record_type: None,
        owner: vec![],
        fields: vec![PushField { field: "Subject".into(), value: subject, span: SPAN }],
        carry: vec![],
        fill: vec![],
        summary_to: None,
        transcript: TranscriptTo::Nowhere,
        key_field: "Tidegate_Key__c".into(),
        lengths: vec![],
    })
}

fn main_workflow(
    b: &mut Builder,
    a: &Attributes,
    middle: WorkflowId,
    open_case: PushId,
    resolved: PushId,
) {
    let (hi, there, what) = (b.text("Hi "), b.text("there"), b.text(". What can we do for you?"));
    let name = b.read(a.first_name);
    let name = b.expr(Expr::OrElse(name, there));
    let greeting = b.expr(Expr::Join(vec![hi, name, what]));
    let entry = b.code("support/say", Instruction::Say { text: greeting });
    b.code("support/ask", Instruction::Ask { own: Handlers::default() });
    let choose = b.at().0;
    let (prompt, bill, broke) =
        (b.text("What is it about?"), b.text("A bill"), b.text("Something broke"));
    let option = |label, behind: u32| ChoiceOption { label, target: Target(choose + behind) };
    b.code(
        "support/choose",
        Instruction::Choose {
            prompt,
            options: vec![option(bill, 1), option(broke, 3)],
            other: Some(Target(choose + 5)),
            own: Handlers::default(),
        },
    );
    let (billing, breakdown) = (b.text("Billing"), b.text("Breakdown"));
    b.code("support/set bill", Instruction::Set { attr: a.reason, value: billing });
    b.code("support/jump", Instruction::Jump { target: Target(choose + 5) });
    b.code("support/set broke", Instruction::Set { attr: a.reason, value: breakdown });
    b.code("support/run triage", Instruction::Run { workflow: middle });
    let list = b.plan.attributes[a.reason.index()].list.expect("a list");
    let (about, reason) = (b.text("So it is about: "), b.read(a.reason));
    let label = b.expr(Expr::Pipe(Pipe::Label(list), reason));
    let about = b.expr(Expr::Join(vec![about, label]));
    b.code("support/say about", Instruction::Say { text: about });
    b.code("support/record case", Instruction::RecordCase { push: resolved });
    b.code(
        "support/create case",
        Instruction::CreateCase { push: open_case, created: None, delayed: None, rejected: None },
    );
    let human = b.code(
        "support/human/create case",
        Instruction::CreateCase { push: open_case, created: None, delayed: None, rejected: None },
    );
    let still = b.text("Are you still there?");
    let nudge = b.code("support/idle 5m/say", Instruction::Say { text: still });
    b.code("support/idle 5m/resume", Instruction::ResumeWait);
    let silence = Some(b.text("silence"));
    let leave = b.code("support/idle 15m/end", Instruction::End { because: silence });
    let idle = |minutes: u64, target| IdleHandler { after_ms: minutes * 60_000, target };
    let defaults = Handlers {
        human: Some(human),
        idle: vec![idle(5, nudge), idle(15, leave)],
        ..Handlers::default()
    };
    b.plan.on_open = Some(b.workflow("support", entry, defaults));
}
