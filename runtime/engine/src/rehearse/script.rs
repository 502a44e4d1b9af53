//! A test, played line by line.
//!
//! It is played without a word being written down; one that fails is played once more, for what is
//! to be told.

use tidegate_plan::rehearsal::{Act, Agent, Line, Rehearsal, Rehearsals, Span};
use tidegate_plan::value::duration_text;
use tidegate_plan::verify::VerifiedPlan;
use uuid::Uuid;

use super::failure::{Failure, Fault, Kind, Told, Where};
use super::output::{quoted, shown};
use super::reached::Reached;
use super::stage::Stage;
use super::tide;

/// The conversation of every rehearsal, so that two runs are one.
pub(super) const CONVERSATION: Uuid = Uuid::from_u128(0x0001_0000_0000_4000_8000_0000_0000_0000);

/// Plays one test, and notes what it came to; why it failed, where it did.
pub fn rehearse(
    plan: &VerifiedPlan,
    rehearsals: &Rehearsals,
    test: &Rehearsal,
    reached: &mut Reached,
) -> Option<Failure> {
    let mut script = Script::new(plan, rehearsals);
    let failed = script.play(test).is_err();
    reached.add(plan, &script.stage.player.seen);
    if !failed {
        return None;
    }
    let mut again = Script::new(plan, rehearsals);
    again.stage.told = Some(Vec::new());
    let failure = again.play(test).err()?;
    Some(Failure { told: again.stage.told.unwrap_or_default(), ..failure })
}

struct Script<'p> {
    stage: Stage<'p>,
    /// The line of the form that was sent last.
    sent: Option<Span>,
}

impl<'p> Script<'p> {
    fn new(plan: &'p VerifiedPlan, rehearsals: &'p Rehearsals) -> Self {
        let stage = Stage::new(plan, rehearsals, CONVERSATION);
        Self { stage, sent: None }
    }

    fn play(&mut self, test: &Rehearsal) -> Result<(), Failure> {
        for line in &test.lines {
            self.line(line)?;
        }
        let end = test.lines.last().map_or(test.span, |line| line.span);
        self.nothing_left(end, "behind this line")
    }

    fn line(&mut self, line: &Line) -> Result<(), Failure> {
        let done = match &line.act {
            Act::Given(given) => {
                self.stage.given(given);
                Ok(())
            }
            Act::Expect(expected) => self.stage.expect(expected),
            Act::Org(org) => {
                // What the org says about a Case comes before what is usual.
                self.unexpected(line.span, "before this line")?;
                self.tell(line);
                self.stage.org(org)
            }
            Act::Ai(ai) => {
                self.unexpected(line.span, "before this line")?;
                self.tell(line);
                self.stage.ai(ai)
            }
            Act::Agent(agent) => {
                self.nothing_left(line.span, "before this line")?;
                self.tell(line);
                self.stage.agent(agent)
            }
            Act::Customer(customer) => {
                self.nothing_left(line.span, "before this line")?;
                self.tell(line);
                self.sent = Some(line.span);
                self.stage.customer(customer)
            }
            Act::TimePasses(millis) => {
                self.nothing_left(line.span, "before this line")?;
                self.tell(line);
                self.stage.passes(*millis);
                Ok(())
            }
        };
        let told = matches!(line.act, Act::Ai(_));
        done.map_err(|fault| at(line.span, *if told { fault } else { self.with_the_ai(fault) }))
    }

    /// With what to write where the conversation waits for an AI of which no line says anything.
    fn with_the_ai(&self, fault: Box<Fault>) -> Box<Fault> {
        match self.stage.unanswered() {
            Some(act @ Act::Ai(_)) if fault.help.is_none() => {
                let written = tide::line(self.stage.plan, &act);
                fault.help(format!("write `{written}` above this line"))
            }
            _ => fault,
        }
    }

    /// The org has answered, and nothing has happened that no line expects.
    fn nothing_left(&mut self, here: Span, when: &str) -> Result<(), Failure> {
        if self.stage.refused.is_none() {
            self.stage.settle();
        }
        self.unexpected(here, when)
    }

    fn unexpected(&mut self, here: Span, when: &str) -> Result<(), Failure> {
        if let Some(refused) = &self.stage.refused {
            let mistakes: Vec<String> =
                refused.iter().map(|(name, what)| format!("{name}: {what}")).collect();
            let instead = format!("it is refused for {}", quoted(&mistakes));
            let fault = Fault::new(Kind::Unexpected, "this form is not taken", instead);
            let help = "mend what is sent, or write `expect form refused` below this line";
            return Err(at(self.sent.unwrap_or(here), *fault.help(help)));
        }
        let Some(next) = self.stage.outputs.front() else { return Ok(()) };
        let instead = format!("{when} {}", next.kind.words(self.stage.plan));
        let fault = Fault::new(Kind::Unexpected, "something happens that no line expects", instead);
        let written =
            tide::line(self.stage.plan, &Act::Expect(next.kind.expectation(self.stage.plan)));
        Err(at(here, *fault.help(format!("write `{written}`"))))
    }

    /// What the test does, where it is to be told.
    fn tell(&mut self, line: &Line) {
        let plan = self.stage.plan;
        let text = || match &line.act {
            Act::TimePasses(millis) => format!("{} pass", duration_text(*millis)),
            act @ Act::Ai(_) => shown(&tide::line(plan, act)).replacen("ai", "the AI", 1),
            act @ Act::Agent(Agent::NobodyAccepts) => shown(&tide::line(plan, act)),
            act => format!("the {}", shown(&tide::line(plan, act))),
        };
        if let Some(told) = &mut self.stage.told {
            told.push(Told { at: Where::Line(line.span), text: text() });
        }
    }
}

fn at(span: Span, fault: Fault) -> Failure {
    let Fault { kind, message, instead, help } = fault;
    Failure { kind, span, message, instead, help, told: Vec::new() }
}
