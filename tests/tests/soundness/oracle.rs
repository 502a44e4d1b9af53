//! What must not happen in a conversation of a program that was called proved. Knows the org and
//! the plan; nothing of how the compiler proves.

use tidegate_diagnostics::{SourceMap, Span};
use tidegate_engine::effect::{Action, CaseRequest};
use tidegate_engine::event::Event;
use tidegate_engine::message::{Message, Speaker};
use tidegate_engine::state::{Conversation, Person, Position, Slot, Writer};
use tidegate_engine::transition::{Reception, Transition};
use tidegate_plan::model::{
    Attribute, ConstId, Expr, ExprId, Input, Instruction, Origin, Space, StepId, Target,
};
use tidegate_plan::value::{Value, salesforce_length};
use tidegate_plan::verify::VerifiedPlan;
use tidegate_schemas::catalog::{Catalog, Decimals, Field, FieldKind, Object, Offered};

use super::rules::Rule;

/// The source whose places [`Oracle::unreached`] are.
const PROGRAM: &str = "flow.tide";

/// Whether a hole was filled with nothing. Where `first` or `last` has cut a sign off, the other
/// one of the pair may stand beside that of another hole: then nothing can be said.
fn shows_a_blank(text: &str) -> bool {
    text.contains("⟦⟧") && text.matches('⟦').count() == text.matches('⟧').count()
}

/// Watches one program.
pub(crate) struct Oracle<'a> {
    pub(crate) plan: &'a VerifiedPlan,
    pub(crate) catalog: &'a Catalog,
    pub(crate) rules: &'a [Rule],
    pub(crate) sources: &'a SourceMap,
    /// Places of which it was said that no conversation comes there.
    pub(crate) unreached: Vec<Span>,
    /// Lines of forms of which it was said that what is filled in there is overwritten unread.
    pub(crate) in_vain: Vec<Span>,
}

/// What is remembered of a conversation from one event to the next.
#[derive(Default)]
pub(crate) struct Memory {
    /// The customer wrote or filled in something, and has not fallen silent since.
    spoken: bool,
    /// A Case was asked for.
    recorded: bool,
    /// Answers of which it was said that they are overwritten unread, and were.
    pub(crate) unread: u64,
}

type Seen = Result<(), String>;

fn must(holds: bool, what: impl FnOnce() -> String) -> Seen {
    if holds { Ok(()) } else { Err(what()) }
}

impl Oracle<'_> {
    /// What is wrong with a transition, by a word for the proof that failed.
    pub(crate) fn look(
        &self,
        memory: &mut Memory,
        before: &Conversation,
        event: &Event,
        seen: &Transition,
    ) -> Seen {
        must(seen.fault.is_none(), || format!("fault: {:?}", seen.fault))?;
        must(seen.next.position != Position::New, || "nowhere: not opened".to_owned())?;
        self.forms(event, seen)?;
        self.unread(memory, before, event, seen)?;
        for message in &seen.messages {
            message_is_whole(message)?;
        }
        for entry in &seen.trace {
            self.entry(entry.step, &entry.what)?;
        }
        for effect in &seen.effects {
            if let Action::CreateCase(request) = &effect.action {
                memory.recorded = true;
                self.case(request)?;
                self.cut(request, seen)?;
                self.discards(request, before, seen)?;
            }
        }
        if before.position != Position::Ended {
            self.words(memory, before, event, seen)?;
        }
        self.privacy(&seen.next)?;
        super::private::look(self.plan, seen)?;
        let changed = seen.next.slots.iter().zip(&self.plan.attributes).enumerate();
        for (at, (slot, attribute)) in changed {
            if let Some(slot) = slot
                .as_ref()
                .filter(|slot| before.slots.get(at).and_then(Option::as_ref) != Some(*slot))
            {
                self.slot(attribute, &slot.value, slot.by)?;
            }
        }
        self.lets(before, seen)?;
        Ok(())
    }

    /// The value of a `let` changes where its own step is done, and nowhere else.
    fn lets(&self, before: &Conversation, seen: &Transition) -> Seen {
        let done = |id: &str| {
            let mut steps = seen.trace.iter().filter_map(|entry| entry.step);
            steps.any(|step| self.plan.steps.get(step.index()).is_some_and(|its| its.id == id))
        };
        for (at, attribute) in self.plan.attributes.iter().enumerate() {
            let value = |of: &Conversation| of.slots.get(at).cloned().flatten();
            let same = attribute.space != Space::Let || value(before) == value(&seen.next);
            must(same || done(&attribute.label), || format!("let: {} changed", attribute.name))?;
        }
        Ok(())
    }

    /// Nobody leaves with what the customer wrote, but in silence or with a reason.
    fn words(
        &self,
        memory: &mut Memory,
        before: &Conversation,
        event: &Event,
        seen: &Transition,
    ) -> Seen {
        let taken = seen.reception == Reception::Taken;
        // A button's label typed presses the button; and who presses one after other words has
        // answered.
        let rates = |at: Target| match self.plan.code.get(at.index()) {
            Some(Instruction::Collect { form, .. }) => {
                let fields = &self.plan.forms[form.index()].fields;
                fields.iter().all(|line| line.input == Input::Rating)
            }
            _ => false,
        };
        let chooses = |at: Target| {
            let choose = self.plan.code.get(at.index());
            matches!(choose, Some(Instruction::Choose { other: None, .. })) || rates(at)
        };
        let rated = matches!(before.position, Position::Waiting { at, .. } if rates(at));
        let pressed = seen.trace.iter().any(|entry| entry.what.starts_with("choice "));
        let awaited =
            matches!(before.position, Position::Waiting { at, .. } if !chooses(at) && !pressed);
        // An agent has read it.
        memory.recorded |= seen.trace.iter().any(|entry| entry.what == "the chat is over: ended");
        // What comes while nothing is awaited counts when a wait takes it.
        memory.spoken |=
            seen.trace.iter().any(|entry| entry.what == "took the words that had come");
        match event {
            Event::Message { text } if !text.trim().is_empty() => {
                // Who writes while time passes, or the AI thinks, has not fallen silent either.
                let meanwhile = matches!(
                    before.position,
                    Position::Pausing { .. }
                        | Position::Detecting { .. }
                        | Position::Answering { .. }
                        | Position::HandedOff { .. }
                        | Position::AwaitingMessage { .. }
                );
                memory.spoken |= awaited || meanwhile;
            }
            Event::FormSubmitted { .. } => memory.spoken |= taken && !rated,
            // What an arm for silence does next is its author's decision.
            Event::IdleFired { .. } if !seen.trace.is_empty() => memory.spoken = false,
            _ => {}
        }
        // What was answered needs nobody else.
        let resolved = |what: &str| matches!(what, "confirmed" | "assumed");
        memory.spoken &= !seen.trace.iter().any(|entry| resolved(&entry.what));
        let because =
            seen.trace.last().is_some_and(|entry| entry.what.starts_with("ended because"));
        let lost = seen.next.position == Position::Ended && memory.spoken && !memory.recorded;
        must(!lost || because, || "words: nobody reads what was written".to_owned())
    }

    /// What Salesforce knows of a person is there only for who was vouched for; of the Case that the
    /// conversation itself has recorded, agents may change fields for anybody.
    fn privacy(&self, next: &Conversation) -> Seen {
        let shown = next.slots.iter().zip(&self.plan.attributes).any(|(slot, attribute)| {
            let theirs = slot.as_ref().is_some_and(|slot| slot.by == Writer::Salesforce);
            theirs && attribute.space == Space::Person
        });
        must(!shown || matches!(next.person, Person::Known { .. }), || {
            "privacy: a value of Salesforce's for somebody unknown".to_owned()
        })
    }

    /// No line takes the place of what the conversation put there, unless it reads it or says so.
    fn discards(&self, request: &CaseRequest, before: &Conversation, seen: &Transition) -> Seen {
        let Some(push) = self.plan.pushes.get(request.push as usize) else { return Ok(()) };
        for line in &push.fields {
            let mapped = self.plan.attributes.iter().position(|attribute| {
                attribute.space == Space::Conversation
                    && matches!(&attribute.origin, Origin::Field(path) if *path == [&*line.field])
            });
            let Some(at) = mapped else { continue };
            // A `record case` may be followed by a `set`: what was there before counts as well.
            let written = |slots: &[Option<Slot>]| {
                let slot = slots.get(at).and_then(Option::as_ref);
                slot.is_some_and(|slot| slot.by.is_conversation())
            };
            let sent = request.fields.iter().find(|(field, _)| *field == line.field);
            // What writes the value that is there takes nothing away.
            let same = sent.is_some_and(|(_, value)| {
                let slot = seen.next.slots.get(at).and_then(Option::as_ref);
                slot.is_some_and(|slot| slot.value == *value)
            });
            let there = written(&before.slots) && written(&seen.next.slots) && !same;
            let always = self.line_of(line.span).starts_with("always ");
            must(!there || always || self.reads(line.value, at), || {
                format!("discard: {} takes the place of what was set", line.field)
            })?;
        }
        Ok(())
    }

    /// The line of the sources in which a span begins, without blanks around it.
    fn line_of(&self, span: Span) -> &str {
        let file = self.plan.sources.get(span.source.0 as usize).map(|file| &file.name);
        let source = self.sources.iter().find(|(_, source)| Some(&source.name) == file);
        let text = source.map_or("", |(_, source)| source.text.as_str());
        let start = text[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
        text[start..].lines().next().unwrap_or_default().trim()
    }

    fn reads(&self, expression: ExprId, attr: usize) -> bool {
        let expression = &self.plan.expressions[expression.index()];
        matches!(expression, Expr::Attr(id) if id.index() == attr)
            || expression.operands().any(|operand| self.reads(operand, attr))
    }

    fn forms(&self, event: &Event, seen: &Transition) -> Seen {
        self.fillable(seen)?;
        let refused = matches!(seen.reception, Reception::Invalid { .. });
        let form = matches!(event, Event::FormSubmitted { .. });
        must(!refused || form, || "form: something else was refused as one".to_owned())
    }

    /// What was filled in is overwritten before anything reads it, where that was said.
    fn unread(
        &self,
        memory: &mut Memory,
        before: &Conversation,
        event: &Event,
        seen: &Transition,
    ) -> Seen {
        let taken =
            seen.reception == Reception::Taken && matches!(event, Event::FormSubmitted { .. });
        let (true, Position::Waiting { at, .. }) = (taken, &before.position) else { return Ok(()) };
        let Some(form) = self.plan.code_steps.get(at.index()) else { return Ok(()) };
        let Some(text) = self.text_of(*form) else { return Ok(()) };
        let start = self.plan.steps[form.index()].span.start;
        let all = start..start + u32::try_from(text.len()).unwrap_or(u32::MAX);
        for span in self.in_vain.iter().filter(|span| all.contains(&span.start)) {
            let line = self.line_of_program(span.start);
            let name = line.split(' ').next().unwrap_or_default();
            // Of a form that is declared, the step is told that shows it.
            if !name.contains('.') {
                continue;
            }
            self.overwritten(name, *form, seen)?;
            memory.unread += 1;
        }
        Ok(())
    }

    /// The steps behind a form overwrite an attribute, and none before reads it.
    fn overwritten(&self, name: &str, form: StepId, seen: &Transition) -> Seen {
        let steps = seen.trace.iter().filter_map(|entry| entry.step).filter(|step| *step != form);
        for step in steps {
            let Some(span) = self.plan.steps.get(step.index()).map(|step| step.span) else {
                continue;
            };
            let line = self.line_of(span);
            let is_set = line.strip_prefix(&format!("set {name} ="));
            if is_set.is_some_and(|value| !names(value, name)) || line == format!("clear {name}") {
                return Ok(());
            }
            must(!names(line, name), || format!("vain: {name} is read: {line}"))?;
        }
        Err(format!("vain: {name} is kept"))
    }

    /// A step's text, up to the end of its first block.
    fn text_of(&self, step: StepId) -> Option<&str> {
        let span = self.plan.steps.get(step.index())?.span;
        let file = self.plan.sources.get(span.source.0 as usize)?;
        let (_, source) = self.sources.iter().find(|(_, source)| source.name == file.name)?;
        Some(block(source.text.get(span.start as usize..)?))
    }

    fn line_of_program(&self, at: u32) -> &str {
        let program = self.sources.iter().find(|(_, source)| source.name == PROGRAM);
        let text = program.and_then(|(_, source)| source.text.get(at as usize..));
        text.and_then(|text| text.lines().next()).unwrap_or_default()
    }

    /// No step is done of which it was said that no conversation comes to it.
    fn reached(&self, step: Option<StepId>) -> Seen {
        let step = step.and_then(|step| self.plan.steps.get(step.index()));
        let Some(span) = step.map(|step| step.span) else { return Ok(()) };
        let file = self.plan.sources.get(span.source.0 as usize);
        let own = file.is_some_and(|file| file.name == PROGRAM);
        let told = self.unreached.iter().any(|all| (all.start..all.end).contains(&span.start));
        must(!own || !told, || format!("reach: {}", self.line_of(span)))
    }

    /// Somebody can fill in each line that must be, and no line says that it takes more than it does.
    fn fillable(&self, seen: &Transition) -> Seen {
        let Position::Waiting { at, .. } = seen.next.position else { return Ok(()) };
        let Some(Instruction::Collect { form, .. }) = self.plan.code.get(at.index()) else {
            return Ok(());
        };
        for line in &self.plan.forms[form.index()].fields {
            let attribute = &self.plan.attributes[line.attr.index()];
            let bound = |id: ConstId| self.plan.constants[id.index()].to_text().into_owned();
            let longest = attribute.max_length.filter(|_| attribute.ty.is_text());
            if let (Some(Ok(min)), Some(max)) =
                (line.min.map(|id| bound(id).parse::<u32>()), longest)
            {
                must(min <= max, || format!("form: nobody can fill in {}", attribute.path()))?;
            }
            let wide = || format!("wide: {} takes less than its form says", attribute.path());
            if let (Some(Ok(said)), Some(max)) =
                (line.max.map(|id| bound(id).parse::<u32>()), longest)
            {
                must(said <= max, wide)?;
            }
            if let (Some(Ok(said)), Some((precision, scale))) =
                (line.max.map(|id| bound(id).parse()), attribute.decimals)
            {
                must(fits(said, Decimals { precision, scale }), wide)?;
            }
        }
        Ok(())
    }

    fn entry(&self, step: Option<StepId>, what: &str) -> Seen {
        must(!what.starts_with("had nothing to"), || "blank: nothing to say".to_owned())?;
        must(!what.starts_with("left out"), || format!("fault: {what}"))?;
        self.reached(step)?;
        let step_text = step.and_then(|step| self.text_of(step)).unwrap_or_default();
        if !step_text.starts_with("match") || step_text.contains("else =>") {
            return Ok(());
        }
        must(what != "is another value", || format!("match: no arm\n{step_text}"))?;
        let arm = step_text.contains("blank =>");
        must(what != "is blank" || arm, || format!("match: no arm for blank\n{step_text}"))
    }

    /// A slot holds what its attribute can, as the org declares it.
    fn slot(&self, attribute: &Attribute, value: &Value, by: Writer) -> Seen {
        let path = attribute.path();
        match value {
            Value::Text(text) if attribute.list.is_none() => {
                let max = attribute.max_length.unwrap_or(u32::MAX) as usize;
                let length = salesforce_length(text);
                must(!text.trim().is_empty(), || format!("blank: white space in {path}"))?;
                must(length <= max, || format!("size: {length} of {max} in {path}: {text}"))
            }
            Value::Number(number) => match attribute.decimals {
                Some((precision, scale)) => {
                    must(fits(*number, Decimals { precision, scale }), || {
                        format!("range: {number} in {path}")
                    })
                }
                None => Ok(()),
            },
            // A `let` may hold what Salesforce gave.
            Value::Text(_) | Value::Many(_)
                if by != Writer::Salesforce && attribute.space != Space::Let =>
            {
                let Some(list) = attribute.list.map(|list| &self.plan.lists[list.index()]) else {
                    return Ok(());
                };
                let known = |text: &str| list.values.iter().any(|one| one.value == text);
                let all = match value {
                    Value::Many(values) => values.iter().all(|one| known(one)),
                    other => known(&other.to_text()),
                };
                must(all || list.open, || format!("list: {value:?} in {path}"))
            }
            _ => Ok(()),
        }
    }

    /// The org would accept the Case.
    fn case(&self, request: &CaseRequest) -> Seen {
        let object = &self.catalog.objects[&request.object];
        for (name, value) in &request.fields {
            let field = object.fields.get(name).ok_or_else(|| format!("case: no field {name}"))?;
            must(field.createable, || format!("case: {name} can't be written"))?;
            must(!shows_a_blank(&value.to_text()), || format!("blank: in {name}: {value:?}"))?;
            takes(field, value).map_err(|what| format!("{what} in {name}: {value:?}"))?;
            offers(object, request.record_type.as_deref(), field, value)?;
        }
        for rule in self.rules {
            if let Some(line) = rule.refuses(self.catalog, request) {
                return Err(format!("complete: refused by a rule: {line}"));
            }
        }
        for field in object.fields.values().filter(|field| field.required_on_create()) {
            let given = request.fields.iter().any(|(name, _)| *name == field.name)
                || request.key_field == field.name
                || request.transcript.as_ref().is_some_and(|to| to.field == field.name);
            must(given, || format!("complete: no {}", field.name))?;
        }
        must(request.owner.is_some(), || "case: no owner".to_owned())
    }

    /// Only what fills itself may be cut.
    fn cut(&self, request: &CaseRequest, seen: &Transition) -> Seen {
        let Some(push) = self.plan.pushes.get(request.push as usize) else { return Ok(()) };
        for line in &push.fields {
            let note = format!("cut {} to", line.field);
            let cut = seen.trace.iter().any(|entry| entry.what.starts_with(&note));
            must(!cut, || format!("size: {} was cut", line.field))?;
        }
        Ok(())
    }
}

/// Whether a text names an attribute, and not another whose name begins so.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let behind = text[at + name.len()..].chars().next();
        behind.is_none_or(|next| !next.is_ascii_alphanumeric() && next != '_')
    })
}

/// A text up to the end of its first block.
fn block(text: &str) -> &str {
    let mut depth = 0usize;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth <= 1 => return &text[..=at],
            '}' => depth -= 1,
            _ => {}
        }
    }
    text
}

fn message_is_whole(message: &Message) -> Seen {
    let texts: Vec<&str> = match message {
        Message::Said { from: Speaker::Assistant, text, .. } | Message::Noted { text } => {
            vec![text]
        }
        Message::Choices { prompt, .. } => vec![prompt],
        Message::Form { title: Some(title), .. } => vec![title],
        _ => Vec::new(),
    };
    for text in texts {
        must(!shows_a_blank(text), || format!("blank: {text}"))?;
        must(!text.trim().is_empty(), || "blank: an empty text".to_owned())?;
    }
    Ok(())
}

fn takes(field: &Field, value: &Value) -> Seen {
    match (&field.kind, value) {
        (
            FieldKind::String { length }
            | FieldKind::TextArea { length, .. }
            | FieldKind::Email { length }
            | FieldKind::Phone { length }
            | FieldKind::Url { length },
            Value::Text(text),
        ) => must(salesforce_length(text) <= *length as usize && !text.trim().is_empty(), || {
            "size: text".to_owned()
        }),
        (FieldKind::Picklist(list), Value::Text(text)) => {
            let known = list.values.iter().find(|one| one.value == *text);
            let active = known.is_some_and(|one| one.active);
            must(active || !list.restricted, || "list: refused".to_owned())?;
            must(salesforce_length(text) <= 255, || "size: list value".to_owned())
        }
        (FieldKind::Int { digits }, Value::Number(number)) => {
            must(fits(*number, Decimals { precision: *digits, scale: 0 }), || "size: digits".into())
        }
        (
            FieldKind::Double(digits) | FieldKind::Currency(digits) | FieldKind::Percent(digits),
            Value::Number(number),
        ) => must(fits(*number, *digits), || "range: digits".to_owned()),
        (FieldKind::Boolean, Value::Bool(_)) | (FieldKind::Reference { .. }, Value::Text(_)) => {
            Ok(())
        }
        _ => Err("case: another kind of value".to_owned()),
    }
}

/// A record type takes no value of a restricted list that it does not offer.
fn offers(object: &Object, record_type: Option<&str>, field: &Field, value: &Value) -> Seen {
    let default = || object.record_types.values().find(|its| its.default);
    let name = record_type.or_else(|| default().map(|its| its.developer_name.as_str()));
    let offers = name.and_then(|name| object.offers.get(name));
    let Some(Offered::Only(values)) = offers.and_then(|its| its.lists.get(&field.name)) else {
        return Ok(());
    };
    let restricted = field.kind.list().is_some_and(|list| list.restricted);
    must(!restricted || values.iter().any(|one| *one == value.to_text()), || {
        format!("offer: {value:?} of {} for {name:?}", field.name)
    })
}

/// Whether a number has room, by counting the digits that are written.
fn fits(number: rust_decimal::Decimal, room: Decimals) -> bool {
    let text = number.normalize().abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.trim_start_matches('0').len();
    whole + room.scale as usize <= room.precision as usize && fraction.len() <= room.scale as usize
}
