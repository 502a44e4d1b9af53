//! A test: what its lines mean, and that each of them can be.

mod expected;
mod values;

use std::collections::BTreeMap;

use tidegate_diagnostics::codes;
use tidegate_plan::model::AttrId;
use tidegate_plan::rehearsal::{Act, Agent, Ai, Customer, Given, LineName, Org};
use tidegate_plan::value::Value;

use crate::finding::Finding;
use crate::hir::{self, Attribute, Origin, Space, Test, Trigger};
use crate::lower::{Lowering, writable};
use crate::resolve::declarations::space_word;
use crate::source::{Loc, Range};
use crate::syntax::ast::{self, AgentLine, Entry, Name, Path, TestLineKind, TestValue, Text};

/// What a test can name beside what workflows can.
pub(crate) struct Program<'a> {
    /// The ids of all steps.
    pub(crate) steps: &'a [String],
    /// Whether a map finds the visitor's record.
    pub(crate) finds_people: bool,
    /// The workflows that start at most once.
    pub(crate) once: &'a [&'a str],
    /// Whether what the customer writes first can start something.
    pub(crate) on_message: bool,
    /// The visits that start something.
    pub(crate) visits: &'a [Trigger],
}

/// Lowers a test. Its findings stay with the lowering.
pub(crate) fn test(
    lowering: &mut Lowering<'_>,
    program: &Program<'_>,
    syntax: &ast::Test,
) -> Option<Test> {
    let reported = lowering.findings.len();
    let mut order = Order { on_message: program.on_message, ..Order::default() };
    let mut lines = Vec::new();
    for line in &syntax.lines {
        order.check(lowering, line);
        if let Some(act) = lowering.act(program, line) {
            lines.push((line.range, act));
        }
    }
    if syntax.lines.is_empty() {
        let at = lowering.at(syntax.head);
        lowering.report(
            Finding::new(codes::MISSING_PART, at, "nothing happens in this test")
                .help("begin with `customer opens`, and say what you expect"),
        );
    }
    let name = syntax.name.as_ref().map_or_else(String::new, |name| name.text.clone());
    let understood = lowering.findings.len() == reported && lines.len() == syntax.lines.len();
    let test = Test { name, item: lowering.item, head: syntax.head, lines };
    understood.then_some(test)
}

/// Reports a name that two tests have.
pub(crate) fn named_once(tests: &[(Loc, &Text)], findings: &mut Vec<Finding>) {
    let mut names: BTreeMap<&str, Loc> = BTreeMap::new();
    for (at, name) in tests {
        if let Some(earlier) = names.get(name.text.as_str()) {
            let message = format!("the test `{}` is declared twice", name.text);
            findings.push(
                Finding::new(codes::DECLARED_TWICE, *at, message)
                    .also(*earlier, "it is declared here")
                    .help("give one of them another name, or remove it"),
            );
            continue;
        }
        names.insert(&name.text, *at);
    }
}

/// Which lines have come: what is given stands first, then the customer opens, once.
#[derive(Default)]
struct Order {
    on_message: bool,
    opened: Option<Range>,
    /// Whether nothing but visits has happened, which may have shown nothing.
    visited: bool,
    given: BTreeMap<&'static str, Range>,
}

impl Order {
    fn check(&mut self, lowering: &mut Lowering<'_>, line: &ast::TestLine) {
        let at = lowering.at(line.range);
        let finding = |message: &str| Finding::new(codes::OUT_OF_PLACE, at, message);
        let given = match line.kind {
            TestLineKind::GivenTime(_) => Some("given time"),
            TestLineKind::GivenSession(_) => Some("given session"),
            TestLineKind::GivenPerson { .. } => Some("given person"),
            TestLineKind::GivenStarted(_) => Some("given started"),
            _ => None,
        };
        if let Some(given) = given {
            if let Some(opened) = self.opened {
                return lowering.report(
                    finding("what is given holds before the customer opens")
                        .also(lowering.at(opened), "the customer opens here")
                        .help("move it to the top of the test"),
                );
            }
            // Several workflows may have started.
            if given == "given started" {
                return;
            }
            if let Some(earlier) = self.given.insert(given, line.range) {
                lowering.report(
                    Finding::new(codes::GIVEN_TWICE, at, format!("`{given}` is given twice"))
                        .also(lowering.at(earlier), "it is given here")
                        .help("write all values into one of them"),
                );
            }
            return;
        }
        if self.visit(lowering, line) {
            return;
        }
        match (&line.kind, self.opened) {
            (TestLineKind::Opens, None) => self.opened = Some(line.range),
            (TestLineKind::Writes(_), None) if self.on_message => self.opened = Some(line.range),
            (TestLineKind::Opens, Some(opened)) => lowering.report(
                finding("a test is one conversation, and the customer opens it once")
                    .also(lowering.at(opened), "the customer opens here")
                    .help("write another test for another conversation"),
            ),
            (
                TestLineKind::OrgIsDown
                | TestLineKind::OrgFinds(_)
                | TestLineKind::OrgChanges { .. }
                | TestLineKind::AiIsUnavailable
                | TestLineKind::Unknown,
                None,
            )
            | (_, Some(_)) => {}
            (_, None) => {
                self.opened = Some(line.range);
                lowering.report(
                    finding("nothing happens before the customer opens")
                        .help("write `customer opens` above this line"),
                );
            }
        }
    }

    /// Visits come first, and may show nothing; whether that is all that there is to this line.
    fn visit(&mut self, lowering: &mut Lowering<'_>, line: &ast::TestLine) -> bool {
        let visited = std::mem::replace(&mut self.visited, false);
        match (&line.kind, self.opened) {
            (TestLineKind::Visits(_), Some(opened)) if !visited => lowering.report(
                Finding::new(
                    codes::OUT_OF_PLACE,
                    lowering.at(line.range),
                    "what a visit shows is shown before the customer opens",
                )
                .also(lowering.at(opened), "the customer is there here")
                .help("move it above what the customer does"),
            ),
            (TestLineKind::Visits(_), _) => {
                self.opened.get_or_insert(line.range);
                self.visited = true;
            }
            (TestLineKind::Expect(_), _) if visited => self.visited = true,
            (TestLineKind::Opens, _) if visited => {}
            _ => return false,
        }
        true
    }
}

/// What an agent does, or what becomes of the hand-off.
fn agent(line: &AgentLine) -> Option<Agent> {
    Some(match line {
        AgentLine::Accepts => Agent::Accepts,
        AgentLine::Writes(words) => Agent::Writes(words.as_ref()?.text.clone()),
        AgentLine::Ends => Agent::Ends,
        AgentLine::Leaves => Agent::Leaves,
        AgentLine::NobodyAccepts => Agent::NobodyAccepts,
        AgentLine::Fails => Agent::Fails,
        AgentLine::IsLost => Agent::IsLost,
    })
}

impl Lowering<'_> {
    fn act(&mut self, program: &Program<'_>, line: &ast::TestLine) -> Option<Act> {
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.text.clone());
        let milliseconds = |ms: &Option<u64>| ms.and_then(|ms| i64::try_from(ms).ok());
        Some(match &line.kind {
            TestLineKind::GivenTime(time) => Act::Given(Given::Time(self.instant(time.as_ref()?)?)),
            TestLineKind::GivenSession(entries) => {
                let values = self.given_values(Space::Session, entries);
                Act::Given(Given::Session(values))
            }
            TestLineKind::GivenStarted(name) => {
                let name = name.as_ref()?;
                self.workflow_named(name)?;
                self.starts_once(program, name);
                Act::Given(Given::Started(name.text.clone()))
            }
            TestLineKind::GivenPerson { signed, entries } => {
                self.given_person(program, signed.as_ref(), entries, line.range)
            }
            TestLineKind::Visits(after) => {
                self.starts_with_a_visit(program, *after, line.range);
                Act::Customer(Customer::Visits(*after))
            }
            TestLineKind::Opens => Act::Customer(Customer::Opens),
            TestLineKind::Writes(words) => Act::Customer(Customer::Writes(text(words)?)),
            TestLineKind::Chooses(label) => Act::Customer(Customer::Chooses(text(label)?)),
            TestLineKind::Submits(entries) => Act::Customer(Customer::Submits(self.typed(entries))),
            TestLineKind::Confirms => Act::Customer(Customer::Confirms),
            TestLineKind::AsksForPerson => Act::Customer(Customer::AsksForPerson),
            TestLineKind::SignsIn { known, entries } => {
                self.signs_in(program, *known, entries, line.range)
            }
            TestLineKind::RefusesToSignIn => Act::Customer(Customer::RefusesToSignIn),
            TestLineKind::IsSilent(ms) => Act::Customer(Customer::IsSilent(milliseconds(ms)?)),
            TestLineKind::OrgCreates(number) => Act::Org(Org::CreatesCase { number: text(number) }),
            TestLineKind::OrgRefuses(code) => Act::Org(Org::RefusesCase { code: text(code)? }),
            TestLineKind::OrgIsDown => Act::Org(Org::IsDown),
            TestLineKind::OrgFinds(found) => Act::Org(match found.as_ref()?.text.as_str() {
                "several" => Org::FindsSeveral,
                _ => Org::FindsNobody,
            }),
            TestLineKind::OrgChanges { space, entries } => {
                Act::Org(self.changes(space.as_ref()?, entries))
            }
            TestLineKind::AiDetects { place, value } => {
                Act::Ai(self.detected(place.as_ref()?, value.as_ref()?)?)
            }
            TestLineKind::AiAnswers(answer) => Act::Ai(Ai::Answers(text(answer)?)),
            TestLineKind::AiAsks(question) => Act::Ai(Ai::Asks(text(question)?)),
            TestLineKind::AiHearsThatItHelped => Act::Ai(Ai::HearsThatItHelped),
            TestLineKind::AiHearsWishForPerson => Act::Ai(Ai::HearsWishForPerson),
            TestLineKind::AiGivesUp => Act::Ai(Ai::GivesUp),
            TestLineKind::AiIsUnavailable => Act::Ai(Ai::IsUnavailable),
            TestLineKind::Agent(line) => Act::Agent(agent(line)?),
            TestLineKind::TimePasses(ms) => Act::TimePasses(milliseconds(ms)?),
            TestLineKind::Expect(expected) => Act::Expect(self.expectation(program, expected)?),
            TestLineKind::Unknown => return None,
        })
    }

    /// What the org holds from here on.
    fn changes(&mut self, space: &Name, entries: &[Entry]) -> Org {
        let person = space.text == "person";
        let values = self.values(if person { Space::Person } else { Space::Conversation }, entries);
        if let Some((own, _)) = values.iter().find(|(attr, _)| !self.is_synced(*attr)) {
            let name = self.scope.attribute(hir::AttrId(own.0)).path();
            let record = if person { "Contact" } else { "Case" };
            let message = format!("`{name}` is no field of the {record}: no org changes it");
            let finding = Finding::new(codes::OUT_OF_PLACE, self.at(space.range), message);
            self.report(finding.help("name what a map syncs"));
        }
        Org::Changes(values)
    }

    /// What starts as often as its event comes is remembered by nobody.
    fn starts_once(&mut self, program: &Program<'_>, name: &Name) {
        if program.once.contains(&name.text.as_str()) {
            return;
        }
        let message = format!("nothing remembers whether `{}` has started", name.text);
        let finding = Finding::new(codes::OUT_OF_PLACE, self.at(name.range), message);
        self.report(finding.help(format!(
            "take the line out, or write `once per visit`, `once per day` or `once per person` into \
             `{}`",
            name.text
        )));
    }

    /// A page tells of no visit that starts nothing.
    fn starts_with_a_visit(&mut self, program: &Program<'_>, after: u64, at: Range) {
        let visit = Trigger::Visit(after);
        if program.visits.contains(&visit) {
            return;
        }
        let message = format!("no workflow says `{}`", visit.name());
        let finding = Finding::new(codes::OUT_OF_PLACE, self.at(at), message);
        let there: Vec<String> =
            program.visits.iter().map(|its| format!("`{}`", its.name())).collect();
        self.report(match there.as_slice() {
            [] => finding.help("let one begin with it, or write `customer opens`"),
            there => finding.help(format!("what is there: {}", there.join(", "))),
        });
    }

    /// What the AI finds out about a list.
    fn detected(&mut self, place: &Path, value: &TestValue) -> Option<Ai> {
        let attr = self.attribute(place)?;
        let attribute = self.scope.attribute(attr);
        let name = attribute.path();
        if !matches!(attribute.ty, hir::Type::List(_) | hir::Type::Error) {
            let message = format!("an AI detects a value of a list, and `{name}` is none");
            let finding = Finding::new(codes::WRONG_TYPE, self.at(place.range), message);
            self.report(finding.help("name the attribute of a `detect` step"));
            return None;
        }
        let value = self.fixed_value(value, &attribute.ty, &format!("`{name}`"))?;
        let value = value.map(|value| value.to_text().into_owned());
        Some(Ai::Detects(AttrId(attr.0), value))
    }

    fn given_person(
        &mut self,
        program: &Program<'_>,
        signed: Option<&Name>,
        entries: &[Entry],
        line: Range,
    ) -> Act {
        let word = signed.map_or("verified", |word| word.text.as_str());
        let values = self.given_values(Space::Person, entries);
        let synced = values.iter().any(|(attr, _)| self.is_synced(*attr));
        if word == "unsigned" && synced {
            self.field_of_nobody(entries);
        }
        let known = word == "known" || signed.is_none() || synced;
        if known && !program.finds_people {
            let at = self.at(line);
            let message = "no map says how a visitor's record is found, so nobody is known";
            self.report(Finding::new(codes::FIND_BY, at, message).help(
                "write `map Contact to person` with `find by Email`, or `given unsigned person`",
            ));
        }
        Act::Given(Given::Person { signed: word != "unsigned", known, values })
    }

    /// A sign-in brings what the org knows of the visitor, and nothing else.
    fn signs_in(
        &mut self,
        program: &Program<'_>,
        known: bool,
        entries: &[Entry],
        line: Range,
    ) -> Act {
        let values = self.given_values(Space::Person, entries);
        let at = self.at(line);
        if let Some((own, _)) = values.iter().find(|(attr, _)| !self.is_synced(*attr)) {
            let name = self.scope.attribute(hir::AttrId(own.0)).path();
            let message =
                format!("`{name}` is no field of the Contact: a sign-in does not bring it");
            self.report(
                Finding::new(codes::OUT_OF_PLACE, at, message)
                    .help("give it before the customer opens: `given unsigned person { … }`"),
            );
        }
        if known && !program.finds_people {
            let message = "no map says how a visitor's record is found, so nobody is known";
            self.report(
                Finding::new(codes::FIND_BY, at, message)
                    .help("write `map Contact to person` with `find by Email`"),
            );
        }
        Act::Customer(Customer::SignsIn { known, values })
    }

    fn is_synced(&self, attr: AttrId) -> bool {
        matches!(self.scope.attribute(hir::AttrId(attr.0)).origin, Origin::Field { .. })
    }

    /// Fields of a Contact that nobody knows.
    fn field_of_nobody(&mut self, entries: &[Entry]) {
        for entry in entries {
            let Entry::Name { place, .. } = entry else { continue };
            let Some(attr) = self.in_space(Space::Person, place) else { continue };
            if !matches!(self.scope.attribute(attr).origin, Origin::Field { .. }) {
                continue;
            }
            let name = self.scope.attribute(attr).path();
            let at = self.at(place.range);
            let message = format!(
                "`{name}` comes from the Contact, and nobody knows that of an unsigned visitor"
            );
            return self.report(
                Finding::new(codes::GIVEN_TO_NOBODY, at, message)
                    .help("write `given verified person { … }`"),
            );
        }
    }

    /// The values of one namespace that are not blank.
    fn given_values(&mut self, space: Space, entries: &[Entry]) -> Vec<(AttrId, Value)> {
        let values = self.values(space, entries).into_iter();
        values.filter_map(|(attr, value)| Some((attr, value?))).collect()
    }

    /// `NAME = V` of one namespace, which need not be written.
    fn values(&mut self, space: Space, entries: &[Entry]) -> Vec<(AttrId, Option<Value>)> {
        let mut values = Vec::new();
        let mut seen: BTreeMap<hir::AttrId, Range> = BTreeMap::new();
        for entry in entries {
            let Some((place, value)) = self.assigned(entry) else { continue };
            let Some(attr) = self.in_space(space, place) else { continue };
            if self.is_given_twice(&mut seen, attr, place.range) {
                continue;
            }
            let attribute = self.scope.attribute(attr);
            let value = self.fixed_value(value, &attribute.ty, &format!("`{}`", attribute.path()));
            if let Some(value) = value {
                values.push((AttrId(attr.0), value));
            }
        }
        values
    }

    fn is_given_twice(
        &mut self,
        seen: &mut BTreeMap<hir::AttrId, Range>,
        attr: hir::AttrId,
        range: Range,
    ) -> bool {
        let Some(earlier) = seen.insert(attr, range) else { return false };
        let at = self.at(range);
        let finding = Finding::new(codes::GIVEN_TWICE, at, "this has a value already")
            .also(self.at(earlier), "it has one here")
            .help("keep one of the two");
        self.report(finding);
        true
    }

    /// An entry that gives a value.
    fn assigned<'e>(&mut self, entry: &'e Entry) -> Option<(&'e Path, &'e TestValue)> {
        match entry {
            Entry::Name { place, value: Some(value) } => Some((place, value)),
            Entry::Name { place, value: None } => {
                let at = self.at(place.range.after());
                let written = written(place);
                self.report(
                    Finding::new(codes::MISSING_PART, at, "expected `=` and a value")
                        .help(format!("write `{written} = \"…\"`, or `{written} = blank`")),
                );
                None
            }
            Entry::Text(text) => {
                self.text_out_of_place(text, "an attribute with its value");
                None
            }
            Entry::File { range, .. } => {
                self.file_out_of_place(*range);
                None
            }
        }
    }

    fn file_out_of_place(&mut self, range: Range) {
        let at = self.at(range);
        self.report(
            Finding::new(codes::UNEXPECTED_TEXT, at, "a file stands only in a form")
                .help("write it in `customer submits { … }` or `expect form { … }`"),
        );
    }

    fn text_out_of_place(&mut self, text: &Text, wanted: &str) {
        let at = self.at(text.range);
        self.report(
            Finding::new(codes::UNEXPECTED_TEXT, at, format!("expected {wanted}, found a text"))
                .help("write a name without quotes, such as `conversation.Subject`"),
        );
    }

    /// The attribute of a name in a namespace, which may stand before it.
    fn in_space(&mut self, space: Space, place: &Path) -> Option<hir::AttrId> {
        let word = space_word(space);
        let [only] = place.parts.as_slice() else {
            let attr = self.attribute(place)?;
            let found = self.scope.attribute(attr).space;
            if found == space {
                return Some(attr);
            }
            let at = self.at(place.range);
            let message = format!("`{}` is nothing of `{word}`", written(place));
            self.report(
                Finding::new(codes::UNKNOWN_NAMESPACE, at, message)
                    .help(format!("only values of `{word}` can stand here")),
            );
            return None;
        };
        let space = Name { text: word.to_owned(), range: only.range };
        self.attribute(&Path { parts: vec![space, only.clone()], range: place.range })
    }

    /// What a customer types into a form.
    fn typed(&mut self, entries: &[Entry]) -> Vec<(LineName, String)> {
        let mut lines: Vec<(LineName, String)> = Vec::new();
        let mut seen = BTreeMap::new();
        for entry in entries {
            if let Entry::File { name, value, range } = entry {
                let earlier =
                    lines.iter().any(|(line, _)| *line == LineName::File(name.text.clone()));
                let (name, at) = (name.text.clone(), self.at(*range));
                if earlier {
                    let finding = Finding::new(codes::GIVEN_TWICE, at, "this has a file already");
                    self.report(finding.help("keep one of the two"));
                } else if let Some(value) = value {
                    lines.push((LineName::File(name), value.text.clone()));
                } else {
                    let finding =
                        Finding::new(codes::MISSING_PART, at, "expected `=` and a file's name");
                    self.report(finding.help(format!("write `file {name} = \"photo.jpg\"`")));
                }
                continue;
            }
            let Some((place, value)) = self.assigned(entry) else { continue };
            let Some(attr) = self.attribute(place) else { continue };
            let (at, attribute) = (self.at(place.range), self.scope.attribute(attr));
            if self.is_given_twice(&mut seen, attr, place.range)
                || !self.passes(writable::askable(attribute, at))
            {
                continue;
            }
            if let Some(text) = self.typed_value(value, attribute) {
                lines.push((LineName::Attribute(AttrId(attr.0)), text));
            }
        }
        lines
    }

    /// Free text may be anything, so that a form can refuse it; a list offers its values.
    fn typed_value(&mut self, value: &TestValue, attribute: &Attribute) -> Option<String> {
        let listed = matches!(attribute.ty, hir::Type::List(_) | hir::Type::MultiList(_));
        match value {
            TestValue::One(ast::Expr { kind: ast::ExprKind::Text(text), .. })
                if !listed && attribute.ty != hir::Type::Bool =>
            {
                Some(text.clone())
            }
            value => {
                let place = format!("`{}`", attribute.path());
                let value = self.fixed_value(value, &attribute.ty, &place)?;
                Some(value.map_or_else(String::new, |value| value.to_text().into_owned()))
            }
        }
    }
}

/// A path as it stands in the text.
fn written(place: &Path) -> String {
    place.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
}
