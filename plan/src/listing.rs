//! A plan as text that people can read and compare: what `tidegate inspect` prints.
//!
//! Tables come first, then the code of each workflow. Instructions are numbered from their
//! workflow's first one, and attributes, lists and pushes go by name, so that a change in one place
//! changes few lines elsewhere.

mod code;
mod expr;
mod hours;

use std::fmt::Write;

use tidegate_diagnostics::Span;

use crate::model::{
    Article, Attribute, ChannelPush, FieldWords, Fill, Form, FormField, FormFile, Input, List,
    ListId, Origin, Owner, PersonMap, Plan, Push, Space, TranscriptTo,
};
use crate::value::duration_text;
use crate::verify::{VerifiedPlan, type_name};

use expr::quoted;
pub(crate) use expr::{constant, expression};
pub use hours::{holiday, week};

/// The listing of a plan.
pub fn listing(plan: &VerifiedPlan) -> String {
    let mut out = Listing { plan, text: String::new() };
    out.head(plan.hash());
    if let Some(person) = &plan.person {
        out.person(person);
    }
    out.section("attributes", &plan.attributes, |out, _, attribute| out.attribute(attribute));
    out.section("lists", &plan.lists, |out, at, list| out.list(at, list));
    out.section("hours", &plan.hours, |out, _, hours| {
        out.line(1, &format!("{}: {} in {}", hours.name, week(hours), hours.zone));
        for one in &hours.holidays {
            out.line(2, &format!("closed: {}", holiday(one)));
        }
    });
    out.section("forms", &plan.forms, |out, at, form| out.form(at, form));
    for push in &plan.pushes {
        out.push(push);
    }
    for push in &plan.channels {
        out.channel(push);
    }
    out.section("articles", &plan.articles, |out, _, article| out.article(article));
    for workflow in &plan.workflows {
        code::workflow(&mut out, workflow);
    }
    out.section("requires", &plan.requirements, |out, _, requirement| {
        let line = format!("{}  ({})", requirement.what, out.place(requirement.span));
        out.line(1, &line);
    });
    out.text
}

struct Listing<'p> {
    plan: &'p Plan,
    text: String,
}

impl Listing<'_> {
    /// One line, indented by so many levels. Nothing in it can move a terminal's cursor.
    fn line(&mut self, level: usize, line: &str) {
        let _ = write!(self.text, "{:1$}", "", level * 2);
        for character in line.trim_end().chars() {
            match character {
                control if control.is_control() => {
                    let _ = write!(self.text, "{}", control.escape_default());
                }
                other => self.text.push(other),
            }
        }
        self.text.push('\n');
    }

    fn section<T>(&mut self, name: &str, table: &[T], row: impl Fn(&mut Self, usize, &T)) {
        if table.is_empty() {
            return;
        }
        self.text.push('\n');
        self.line(0, name);
        for (at, one) in table.iter().enumerate() {
            row(self, at, one);
        }
    }

    fn head(&mut self, hash: &str) {
        self.line(0, &format!("plan {hash}"));
        self.line(0, &format!("compiler {}", self.plan.compiler));
        self.line(0, &format!("org {}", self.plan.org_id));
        for source in &self.plan.sources {
            self.line(0, &format!("source {}", source.name));
        }
        for (event, workflow) in [
            ("on open", self.plan.on_open),
            ("on message", self.plan.on_message),
            ("on agent reply", self.plan.on_agent_reply),
        ] {
            if let Some(workflow) = workflow {
                let name = &self.plan.workflows[workflow.index()].name;
                self.line(0, &format!("{event} {name}"));
            }
        }
        for visit in &self.plan.visits {
            let name = &self.plan.workflows[visit.workflow.index()].name;
            let after = i64::try_from(visit.after_ms).unwrap_or(i64::MAX);
            self.line(0, &format!("on visit after {} {name}", duration_text(after)));
        }
    }

    fn person(&mut self, person: &PersonMap) {
        self.text.push('\n');
        let PersonMap { object, find_by, claim, synced } = person;
        self.line(0, &format!("person: {object} whose {find_by} is claim {claim}"));
        for attr in synced {
            let attribute = &self.plan.attributes[attr.index()];
            self.line(1, &format!("sync {} as {}", origin(attribute), attribute.name));
        }
    }

    fn attribute(&mut self, attribute: &Attribute) {
        let word = if attribute.space == Space::Let { "let " } else { "" };
        let private = if attribute.private { "private " } else { "" };
        let mut line = format!("{private}{word}{}: {}", attribute.path(), type_name(attribute.ty));
        match (attribute.max_length, attribute.decimals) {
            (Some(length), _) => drop(write!(line, "({length})")),
            (_, Some((precision, scale))) => drop(write!(line, "({precision}, {scale})")),
            _ => {}
        }
        if let Some(list) = attribute.list {
            let _ = write!(line, " of {}", self.list_name(list));
        }
        if let Some(default) = attribute.default {
            let default = &self.plan.constants[default.index()];
            let _ = write!(line, " = {}", expr::constant(default));
        }
        if attribute.label != attribute.name {
            let _ = write!(line, "  {}", quoted(&attribute.label));
        }
        self.line(1, &line);
    }

    fn article(&mut self, article: &Article) {
        let Article { name, title, url, language, sections } = article;
        let language = language.as_ref().map_or(String::new(), |tag| format!(" in {tag}"));
        let url = url.as_ref().map_or(String::new(), |url| format!(", {url}"));
        self.line(1, &format!("{name}: {}{language}{url}", quoted(title)));
        for section in sections {
            let heading = Some(&section.heading).filter(|heading| !heading.is_empty());
            let heading = heading.map_or("the beginning".to_owned(), |heading| quoted(heading));
            let characters = section.text.chars().count();
            self.line(2, &format!("{heading}: {characters} characters"));
        }
    }

    /// A list goes by the first attribute that has it.
    fn list_name(&self, list: ListId) -> String {
        let of = self.plan.attributes.iter().find(|attribute| attribute.list == Some(list));
        of.map_or_else(|| format!("list {}", list.0), |of| format!("list {}", of.path()))
    }

    fn list(&mut self, at: usize, list: &List) {
        let name = self.list_name(ListId(u32::try_from(at).unwrap_or(u32::MAX)));
        let mut head = name;
        if list.open {
            head.push_str(", open");
        }
        if let Some(controller) = list.controller {
            let controller = self.plan.attributes[controller.index()].path();
            let _ = write!(head, ", controlled by {controller}");
        }
        self.line(1, &head);
        for value in &list.values {
            let mut line = quoted(&value.value);
            if value.label != value.value {
                let _ = write!(line, " shown {}", quoted(&value.label));
            }
            if let Some(fits) = &value.valid_for {
                let fits: Vec<String> = fits.iter().map(|one| quoted(one)).collect();
                let _ = write!(line, " for {}", fits.join(", "));
            }
            if let Some(description) = &value.description {
                let _ = write!(line, " means {}", quoted(description));
            }
            self.line(2, &line);
        }
    }

    fn form(&mut self, at: usize, form: &Form) {
        let title = form.title.map(|title| expression(self.plan, title)).unwrap_or_default();
        self.line(1, &format!("form {at} {title}"));
        for field in &form.fields {
            let line = self.form_field(field);
            self.line(2, &line);
        }
        for file in &form.files {
            let line = form_file(file);
            self.line(2, &line);
        }
    }

    fn form_field(&self, field: &FormField) -> String {
        let mut line = self.plan.attributes[field.attr.index()].path();
        let _ = write!(line, " {}", input_name(field.input));
        if field.required {
            line.push_str(" required");
        }
        let _ = write!(line, " label {}", quoted(&field.label));
        if let Some(help) = &field.help {
            let _ = write!(line, " help {}", quoted(help));
        }
        for (name, limit) in [("min", field.min), ("max", field.max)] {
            if let Some(limit) = limit {
                let limit = &self.plan.constants[limit.index()];
                let _ = write!(line, " {name} {}", expr::constant(limit));
            }
        }
        if let Some((pattern, message)) = &field.matches {
            let _ = write!(line, " matches '{pattern}' else {}", quoted(message));
        }
        in_languages(&mut line, &field.words);
        line
    }

    fn channel(&mut self, push: &ChannelPush) {
        self.text.push('\n');
        let fin = if push.fin { ", keys fin" } else { "" };
        self.line(0, &format!("push {} to channel {}{fin}", push.name, push.channel));
        for entry in &push.entries {
            let value = expression(self.plan, entry.value);
            let key = quoted(&entry.key);
            self.line(1, &format!("{key} = {value}, {} characters at most", entry.max_length));
        }
    }

    fn push(&mut self, push: &Push) {
        self.text.push('\n');
        let record_type =
            push.record_type.as_ref().map(|name| format!(" type {name}")).unwrap_or_default();
        self.line(0, &format!("push {} to {}{record_type}", push.name, push.object));
        for choice in &push.owner {
            let owner = match &choice.owner {
                Owner::Queue(name) => format!("queue {name}"),
                Owner::User(name) => format!("user {name}"),
                Owner::AssignmentRules => "by assignment rules".to_owned(),
            };
            let when = choice.when.map(|when| format!(" if {}", expression(self.plan, when)));
            self.line(1, &format!("owner {owner}{}", when.unwrap_or_default()));
        }
        for line in &push.fields {
            let value = expression(self.plan, line.value);
            self.line(1, &format!("{} = {value}", line.field));
        }
        for (field, attr) in &push.carry {
            let attr = self.plan.attributes[attr.index()].path();
            self.line(1, &format!("carry {field} from {attr}"));
        }
        for (field, fill) in &push.fill {
            self.line(1, &format!("fill {field} with {}", fill_name(*fill)));
        }
        if let Some(field) = &push.summary_to {
            self.line(1, &format!("summary to {field}"));
        }
        let transcript = match &push.transcript {
            TranscriptTo::File => "file",
            TranscriptTo::Comment => "comment",
            TranscriptTo::Field(field) => field,
            TranscriptTo::Nowhere => "nowhere",
        };
        self.line(1, &format!("transcript to {transcript}"));
        self.line(1, &format!("key in {}", push.key_field));
        for (field, length) in &push.lengths {
            self.line(1, &format!("at most {length} characters in {field}"));
        }
    }

    fn place(&self, span: Span) -> String {
        self.plan.place(span).unwrap_or_else(|| "?".to_owned())
    }
}

fn origin(attribute: &Attribute) -> String {
    match &attribute.origin {
        Origin::Field(path) => path.join("."),
        Origin::Own => "own data".to_owned(),
        Origin::Session => "session".to_owned(),
        Origin::Let => "let".to_owned(),
    }
}

pub(crate) fn fill_name(fill: Fill) -> &'static str {
    match fill {
        Fill::Subject => "the customer's first words",
        Fill::Description => "the customer's words",
        Fill::SuppliedEmail => "the claimed e-mail address",
        Fill::SuppliedName => "the claimed name",
        Fill::ContactId => "the known Contact",
    }
}

pub(crate) fn input_name(input: Input) -> &'static str {
    match input {
        Input::Line => "line",
        Input::Area => "area",
        Input::Email => "email",
        Input::Phone => "phone",
        Input::Url => "url",
        Input::Number => "number",
        Input::Rating => "rating",
        Input::Checkbox => "checkbox",
        Input::Date => "date",
        Input::DateTime => "datetime",
        Input::Time => "time",
        Input::Select => "select",
        Input::SelectMany => "select many",
    }
}

fn form_file(file: &FormFile) -> String {
    let mut line = format!("file {}", file.name);
    if file.required {
        line.push_str(" required");
    }
    let _ = write!(line, " label {}", quoted(&file.label));
    if let Some(help) = &file.help {
        let _ = write!(line, " help {}", quoted(help));
    }
    in_languages(&mut line, &file.words);
    line
}

fn in_languages(line: &mut String, words: &[FieldWords]) {
    for words in words {
        let _ = write!(line, " in {}:", words.language);
        let parts = [("label", &words.label), ("help", &words.help), ("else", &words.message)];
        for (name, said) in parts {
            if let Some(said) = said {
                let _ = write!(line, " {name} {}", quoted(said));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::listing;
    use crate::fixture::support;
    use crate::verify::VerifiedPlan;

    #[test]
    fn a_plan_reads_well() {
        let plan = VerifiedPlan::new(support()).expect("a sound plan");
        insta::assert_snapshot!(listing(&plan));
    }

    #[test]
    fn no_text_of_a_plan_moves_the_cursor() {
        let mut plan = support();
        plan.attributes[0].label = "\u{1b}[2J\n\r\u{7}".into();
        let plan = VerifiedPlan::new(plan).expect("a sound plan");
        let text = listing(&plan);
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
    }
}
