//! `test`.

use tidegate_diagnostics::codes;

use super::junk::{LineKind, first_word};
use super::{Lower, offset};
use crate::source::Range;
use crate::syntax::ast::{
    AgentLine, Entry, Expected, Expr, ExprKind, Name, OwnerExpr, Path, PushLine, TemplatePart,
    Test, TestLine, TestLineKind, TestValue, Text,
};
use crate::syntax::parser::{Kind, Node};
use crate::syntax::problem::Problem;
use crate::syntax::suggest::nearest;

/// The parts that lines of a test are made of; which of them a line has, the grammar says.
#[derive(Default)]
struct Parts {
    text: Option<Text>,
    name: Option<Name>,
    duration: Option<u64>,
    later: bool,
    entries: Option<Vec<Entry>>,
    owner: Option<OwnerExpr>,
    place: Option<Path>,
    value: Option<TestValue>,
    routed: Option<Vec<(Text, Option<Text>)>>,
    is_set: Option<bool>,
    containing: bool,
    known: bool,
}

impl<'t> Lower<'t> {
    pub(super) fn rehearsal(&mut self, node: Node<'t>, doc: Option<String>) -> Test {
        let start = node.range();
        let (mut name, mut head, mut lines) = (None, start, Vec::new());
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::string | Kind::raw | Kind::curly => name = Some(self.plain_text(part)),
                Kind::test_body => {
                    head = self.from(start);
                    lines = self.test_lines(part);
                }
                _ => {}
            }
        }
        Test { doc, name, lines, head }
    }

    fn test_lines(&mut self, node: Node<'t>) -> Vec<TestLine> {
        let mut lines = Vec::new();
        let mut body = node.children();
        while let Some(line) = self.next(&mut body) {
            let range = line.range();
            let kind = match line.kind() {
                Kind::given
                | Kind::customer
                | Kind::org_line
                | Kind::ai_line
                | Kind::agent_line
                | Kind::hand_off_line
                | Kind::time_line
                | Kind::expect => {
                    lines.push(self.test_line(line));
                    continue;
                }
                Kind::unknown_line => {
                    self.unknown_line(line, LineKind::Test);
                    TestLineKind::Unknown
                }
                _ => continue,
            };
            lines.push(TestLine { kind, range });
        }
        lines
    }

    /// A line that begins with a word that tests know.
    fn test_line(&mut self, node: Node<'t>) -> TestLine {
        let (kind, start) = (node.kind(), node.range());
        let mut range = None;
        let mut said = TestLineKind::Unknown;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::other_word => self.other_word(part, kind),
                Kind::number => {
                    let ms = self.duration(part.text(), part.range());
                    said = TestLineKind::TimePasses(ms);
                }
                Kind::kw_passes => said = TestLineKind::TimePasses(None),
                Kind::agent_accepts => said = TestLineKind::Agent(AgentLine::Accepts),
                Kind::agent_ends => said = TestLineKind::Agent(AgentLine::Ends),
                Kind::agent_leaves => said = TestLineKind::Agent(AgentLine::Leaves),
                Kind::nobody_accepts => said = TestLineKind::Agent(AgentLine::NobodyAccepts),
                Kind::hand_off_fails => said = TestLineKind::Agent(AgentLine::Fails),
                Kind::hand_off_is_lost => said = TestLineKind::Agent(AgentLine::IsLost),
                Kind::opens => said = TestLineKind::Opens,
                Kind::asks_for_person => said = TestLineKind::AsksForPerson,
                Kind::org_is_down => said = TestLineKind::OrgIsDown,
                Kind::confirms => said = TestLineKind::Confirms,
                Kind::ai_hears_help => said = TestLineKind::AiHearsThatItHelped,
                Kind::ai_hears_wish => said = TestLineKind::AiHearsWishForPerson,
                Kind::ai_gives_up => said = TestLineKind::AiGivesUp,
                Kind::ai_is_unavailable => said = TestLineKind::AiIsUnavailable,
                Kind::refuses_to_sign_in => said = TestLineKind::RefusesToSignIn,
                Kind::expect_verify => said = TestLineKind::Expect(Expected::Verify),
                Kind::expect_ask => said = TestLineKind::Expect(Expected::Ask),
                Kind::expect_no_case => said = TestLineKind::Expect(Expected::NoCase),
                Kind::expect_nothing => said = TestLineKind::Expect(Expected::Nothing),
                Kind::kw_given | Kind::kw_customer | Kind::kw_org | Kind::kw_ai => {}
                Kind::kw_agent => {}
                Kind::kw_expect | Kind::kw_time => {}
                _ => {
                    let kind = part.kind();
                    let found = self.test_parts(part, start, &mut range);
                    said = told(kind, found);
                }
            }
        }
        TestLine { kind: said, range: range.unwrap_or_else(|| self.from(start)) }
    }

    /// The parts of a line, and its range up to where its braces begin.
    fn test_parts(&mut self, node: Node<'t>, start: Range, range: &mut Option<Range>) -> Parts {
        let mut found = Parts::default();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::string | Kind::raw | Kind::curly if found.name.is_none() => {
                    found.text = Some(self.plain_text(part));
                }
                Kind::text_lines => found.text = self.plain_lines(part),
                Kind::signed
                | Kind::using_name
                | Kind::found
                | Kind::label_name
                | Kind::workflow_name
                | Kind::channel_name
                | Kind::changed => {
                    found.name = Some(self.name(&part));
                }
                Kind::kw_after => found.later = true,
                Kind::number => found.duration = self.duration(part.text(), part.range()),
                Kind::kw_containing => found.containing = true,
                Kind::known_person => found.known = true,
                Kind::expected_place | Kind::place => found.place = Some(self.path(&part)),
                Kind::equals => self.check_assignment(&part),
                Kind::is_test => found.is_set = self.blank_or_set(part),
                Kind::expr | Kind::values_wanted => found.value = Some(self.wanted(part)),
                Kind::routed_entries => {
                    range.get_or_insert(self.from(start));
                    found.routed = Some(self.routed(part));
                }
                Kind::entries | Kind::inner_entries | Kind::case_entries => {
                    range.get_or_insert(self.from(start));
                    let (entries, owner) = self.entries(part);
                    (found.entries, found.owner) = (Some(entries), owner);
                }
                _ => {}
            }
        }
        found
    }

    fn entries(&mut self, node: Node<'t>) -> (Vec<Entry>, Option<OwnerExpr>) {
        let (mut entries, mut owner) = (Vec::new(), None);
        let around = std::mem::replace(&mut self.lines, LineKind::Entry);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::entry => entries.extend(self.entry(part)),
                Kind::owner => {
                    let PushLine::Owner { owner: who, when, range } = self.owner(part) else {
                        continue;
                    };
                    if when.is_some() {
                        self.out_of_place(
                            range,
                            "a test expects one owner, whatever the conditions are",
                            "take `if` and what follows it away",
                        );
                    }
                    owner = Some(who);
                }
                Kind::unknown_line => self.unknown_line(part, LineKind::Entry),
                _ => {}
            }
        }
        self.lines = around;
        (entries, owner)
    }

    /// What goes along at a hand-off, by key.
    fn routed(&mut self, node: Node<'t>) -> Vec<(Text, Option<Text>)> {
        let mut entries = Vec::new();
        let around = std::mem::replace(&mut self.lines, LineKind::Entry);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::routed_entry => entries.extend(self.routed_entry(part)),
                Kind::unknown_line => self.unknown_line(part, LineKind::Entry),
                _ => {}
            }
        }
        self.lines = around;
        entries
    }

    fn routed_entry(&mut self, node: Node<'t>) -> Option<(Text, Option<Text>)> {
        let (mut key, mut value) = (None, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::routed_key => {
                    key = Some(Text { text: part.text().to_owned(), range: part.range() });
                }
                Kind::string | Kind::raw | Kind::curly => {
                    let text = self.plain_text(part);
                    if key.is_none() { key = Some(text) } else { value = Some(text) }
                }
                Kind::equals => self.check_assignment(&part),
                _ => {}
            }
        }
        Some((key?, value))
    }

    fn entry(&mut self, node: Node<'t>) -> Option<Entry> {
        let range = node.range();
        let (mut text, mut place, mut value, mut assigned) = (None, None, None, false);
        let mut file = None;
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::string | Kind::raw | Kind::curly => text = Some(self.plain_text(part)),
                Kind::place => place = Some(self.path(&part)),
                Kind::file_name => file = Some(self.name(&part)),
                Kind::equals => {
                    assigned = true;
                    self.check_assignment(&part);
                }
                Kind::expr | Kind::values_wanted => value = Some(self.wanted(part)),
                _ => {}
            }
        }
        if let Some(name) = file {
            return Some(Entry::File { name, value: text, range });
        }
        if let Some(text) = text {
            return Some(Entry::Text(text));
        }
        if assigned && value.is_none() {
            value = Some(TestValue::One(self.absent_expr()));
        }
        Some(Entry::Name { place: place?, value })
    }

    fn wanted(&mut self, node: Node<'t>) -> TestValue {
        if node.kind() == Kind::expr {
            return TestValue::One(self.expression(node));
        }
        let range = node.range();
        self.openers.push(Range { start: range.start, end: range.start + 1 });
        let mut values = Vec::new();
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            if matches!(part.kind(), Kind::string | Kind::raw | Kind::curly) {
                values.push(self.plain_text(part));
            }
        }
        self.openers.pop();
        TestValue::Many(values, range)
    }

    fn blank_or_set(&mut self, node: Node<'t>) -> Option<bool> {
        let range = node.range();
        let (mut not, mut word) = (false, None);
        let mut parts = node.children();
        while let Some(part) = self.next(&mut parts) {
            match part.kind() {
                Kind::kw_not => not = true,
                Kind::test_word => word = Some(part.text()),
                _ => {}
            }
        }
        match (word?, not) {
            ("blank", false) => Some(false),
            ("set", false) => Some(true),
            (word, _) => {
                let message = format!("expected `is blank` or `is set`, found `{word}`");
                let problem = Problem::new(codes::MISSING_PART, range, message);
                self.report(problem.help("another value is expected by `=`"));
                None
            }
        }
    }

    /// A text of several lines that is the same for everybody.
    fn plain_lines(&mut self, node: Node<'t>) -> Option<Text> {
        let Expr { kind, range } = self.text_lines(node);
        let parts = match kind {
            ExprKind::Text(text) => return Some(Text { text, range }),
            ExprKind::Template(parts) => parts,
            _ => return None,
        };
        for part in parts {
            if let TemplatePart::Hole(hole) = part {
                self.hole_in_plain_text(hole.range);
            }
        }
        None
    }

    /// A word behind `given`, `customer`, `org`, `time` or `expect` that says nothing there.
    fn other_word(&mut self, node: Node<'t>, line: Kind) {
        let word = first_word(node.text());
        let start = node.range().start;
        let at = Range { start, end: start + offset(word.len()) };
        let Some(known) = words_behind(line) else { return };
        let message = format!("`{} {word}` is nothing that a test can say", known.subject);
        let problem = Problem::new(codes::UNKNOWN_LINE, at, message);
        let problem = match (instead(known.subject, word), nearest(word, known.words)) {
            (Some(help), _) => problem.help(help),
            (None, Some(meant)) => {
                problem.replace(at, meant).help(format!("did you mean `{meant}`?"))
            }
            (None, None) => problem.help(known.help),
        };
        self.report(problem);
        self.end = node.range().end;
        self.after_junk = true;
    }
}

/// What a line says by its parts.
fn told(kind: Kind, parts: Parts) -> TestLineKind {
    let entries = parts.entries;
    let expected = match kind {
        Kind::given_time => return TestLineKind::GivenTime(parts.text),
        Kind::given_session => return TestLineKind::GivenSession(entries.unwrap_or_default()),
        Kind::given_person => {
            let entries = entries.unwrap_or_default();
            return TestLineKind::GivenPerson { signed: parts.name, entries };
        }
        Kind::given_started => return TestLineKind::GivenStarted(parts.name),
        Kind::writes => return TestLineKind::Writes(parts.text),
        Kind::chooses => return TestLineKind::Chooses(parts.text),
        Kind::submits => return TestLineKind::Submits(entries.unwrap_or_default()),
        Kind::signs_in => {
            return TestLineKind::SignsIn {
                known: parts.known,
                entries: entries.unwrap_or_default(),
            };
        }
        Kind::agent_writes => return TestLineKind::Agent(AgentLine::Writes(parts.text)),
        Kind::is_silent => return TestLineKind::IsSilent(parts.duration),
        Kind::visits => return visits(parts.later, parts.duration),
        Kind::org_creates => return TestLineKind::OrgCreates(parts.text),
        Kind::org_refuses => return TestLineKind::OrgRefuses(parts.text),
        Kind::org_finds => return TestLineKind::OrgFinds(parts.name),
        Kind::org_changes => {
            let entries = entries.unwrap_or_default();
            return TestLineKind::OrgChanges { space: parts.name, entries };
        }
        Kind::ai_answers => return TestLineKind::AiAnswers(parts.text),
        Kind::ai_asks => return TestLineKind::AiAsks(parts.text),
        Kind::ai_detects => {
            return TestLineKind::AiDetects { place: parts.place, value: parts.value };
        }
        Kind::expect_say => Expected::Say { text: parts.text, part: parts.containing },
        Kind::expect_note => Expected::Note { text: parts.text, part: parts.containing },
        Kind::expect_answer => Expected::Answer { text: parts.text, part: parts.containing },
        Kind::expect_choices => Expected::Choices { prompt: parts.text, entries },
        Kind::expect_form => Expected::Form { title: parts.text, entries },
        Kind::expect_refused => Expected::Refused { entries },
        Kind::expect_case => Expected::Case {
            push: parts.name,
            owner: parts.owner,
            entries: entries.unwrap_or_default(),
        },
        Kind::expect_hand_off => Expected::HandOff { channel: parts.name, entries: parts.routed },
        Kind::expect_ended => Expected::Ended(parts.text),
        Kind::expect_step => Expected::Step(
            parts.name.or(parts.text.map(|text| Name { text: text.text, range: text.range })),
        ),
        Kind::expect_attribute => match (parts.place, parts.value, parts.is_set) {
            (Some(place), Some(value), _) => Expected::Value { place, value },
            (Some(place), None, Some(set)) => Expected::IsBlank { place, set },
            _ => return TestLineKind::Unknown,
        },
        _ => return TestLineKind::Unknown,
    };
    TestLineKind::Expect(expected)
}

/// A visit; one whose time is missing or was not understood is nothing.
fn visits(later: bool, after: Option<u64>) -> TestLineKind {
    match after {
        None if later => TestLineKind::Unknown,
        after => TestLineKind::Visits(after.unwrap_or(0)),
    }
}

/// What can stand behind the first word of a line.
struct Behind {
    subject: &'static str,
    words: &'static [&'static str],
    help: &'static str,
}

fn words_behind(line: Kind) -> Option<Behind> {
    Some(match line {
        Kind::given => Behind {
            subject: "given",
            words: &["verified", "known", "unsigned", "person", "session", "started", "time"],
            help: "write `given verified person { … }`, `given session { … }`, `given started NAME` or \
                   `given time \"…\"`",
        },
        Kind::customer => Behind {
            subject: "customer",
            words: &["visits", "opens", "writes", "chooses", "submits", "confirms", "asks", "is"],
            help: "a customer `visits after 30s`, `opens`, `writes \"…\"`, `chooses \"…\"`, `submits { … }`, `confirms`, `asks for a \
                   person` or `is silent 5m`",
        },
        Kind::org_line => Behind {
            subject: "org",
            words: &["creates", "refuses", "is", "finds", "changes"],
            help: "an org `creates the case`, `refuses the case \"CODE\"`, `is down`, `finds nobody`, \
                   `finds several` or `changes person { … }`",
        },
        Kind::ai_line => Behind {
            subject: "ai",
            words: &["detects", "answers", "asks", "gives", "hears", "is"],
            help: "an AI `detects ATTR = \"…\"`, `answers \"…\"`, `asks \"…\"`, `gives up`, `hears that \
                   it helped`, `hears a wish for a person` or `is unavailable`",
        },
        Kind::agent_line => Behind {
            subject: "agent",
            words: &["accepts", "writes", "ends", "leaves"],
            help: "an agent `accepts`, `writes \"…\"`, `ends` or `leaves`; `no agent accepts` where none does",
        },
        Kind::time_line => {
            Behind { subject: "time", words: &["passes"], help: "write `time passes 10m`" }
        }
        Kind::expect => Behind {
            subject: "expect",
            words: &[
                "say", "note", "answer", "ask", "choices", "form", "case", "hand", "no", "step",
                "ended", "nothing",
            ],
            help: "a test expects `say \"…\"`, `note \"…\"`, `answer \"…\"`, `ask`, `choices { … }`, `form { … }`, `case using …`, \
                   `hand off to …`, `no case`, an attribute's value, `step NAME`, `ended` or `nothing else`",
        },
        _ => return None,
    })
}

/// What people write instead, where it is no slip of the pen.
fn instead(subject: &str, word: &str) -> Option<&'static str> {
    Some(match (subject, word) {
        ("given", "language") => "write `given session { language = \"…\" }`",
        ("given", "conversation") => {
            "nothing is known of a conversation before it begins: let the customer say it"
        }
        ("given", "contact" | "customer" | "visitor" | "user") => {
            "write `given verified person { … }`"
        }
        ("ai", "finds" | "chooses" | "detected") => {
            "write `ai detects conversation.Reason = \"…\"`"
        }
        ("agent", "says" | "answers" | "sends") => "write `agent writes \"…\"`",
        ("agent", "joins" | "takes") => "write `agent accepts`",
        ("customer", "says" | "sends" | "answers") => "write `customer writes \"…\"`",
        ("ai", "says" | "writes" | "replies") => "write `ai answers \"…\"`",
        ("customer", "helped" | "agrees" | "accepts") => "write `customer confirms`",
        ("customer", "clicks" | "presses" | "selects") => "write `customer chooses \"…\"`",
        ("customer", "uploads" | "attaches") => {
            "a file goes along with a form: `customer submits { file damage = \"photo.jpg\" }`"
        }
        ("customer", "rates") => "write `customer submits { conversation.satisfaction = 4 }`",
        ("customer", "fills" | "enters") => "write `customer submits { … }`",
        ("customer", "waits") => "write `customer is silent 5m`",
        ("expect", "message" | "reply" | "text") => "write `expect say \"…\"`",
        ("expect", "buttons" | "choose" | "options") => "write `expect choices { \"…\", \"…\" }`",
        ("expect", "collect") => "write `expect form { conversation.Subject }`",
        ("expect", "end") => "write `expect ended`",
        _ => return None,
    })
}
