//! Waits for the customer (words, buttons, forms), and for time to pass.

use jiff::Timestamp;
use tidegate_plan::model::{AttrId, ChoiceOption, ExprId, FormId, Handlers, Instruction, Target};
use tidegate_plan::value::Value;

use super::{Flow, Machine, behind};
use crate::eval::same_without_case;
use crate::file::FileRef;
use crate::form;
use crate::message::Message;
use crate::state::{Position, Said, Shown, Writer};
use crate::transition::{Fault, Reception};

impl<'p> Machine<'p> {
    pub(super) fn ask(&mut self, at: Target, own: &'p Handlers) -> Flow {
        if !self.out.next.inbox.is_empty() {
            self.out.next.inbox.clear();
            self.trace(Some(at), "took the words that had come");
            return Flow::Next;
        }
        let wait = self.begin_wait(at, own);
        self.trace(Some(at), format!("wait {wait}: for words"));
        let human = self.has_human(own);
        self.emit(Message::Asked { wait, human, helped: false });
        Flow::Stop
    }

    /// Lets time pass; a message that comes meanwhile waits for the next wait for words.
    pub(super) fn pause(&mut self, at: Target, ms: u64) -> Flow {
        let Some(step) = self.step_of(at) else {
            self.fail(Some(at), Fault::ImpossibleState);
            return Flow::Stop;
        };
        let occurrence = self.count(step);
        let key = self.key_of_step(step, occurrence, "wait");
        self.trace(Some(at), "lets time pass");
        self.deadline(key, i64::try_from(ms).unwrap_or(i64::MAX));
        self.out.next.position = Position::Pausing { at, key };
        Flow::Stop
    }

    pub(super) fn choose(
        &mut self,
        at: Target,
        prompt: ExprId,
        options: &'p [ChoiceOption],
        other: bool,
        own: &'p Handlers,
    ) -> Result<Flow, Fault> {
        let prompt = self.scope().text(prompt)?.into_owned();
        let choices = self.labels(options)?;
        let wait = self.begin_wait(at, own);
        self.out.next.shown = Some(Shown { prompt: prompt.clone(), labels: choices.clone() });
        self.trace(Some(at), format!("wait {wait}: for a choice"));
        let human = self.has_human(own);
        self.emit(Message::Choices { from: None, wait, prompt, choices, other, human });
        Ok(Flow::Stop)
    }

    pub(super) fn collect(
        &mut self,
        at: Target,
        id: FormId,
        own: &'p Handlers,
    ) -> Result<Flow, Fault> {
        let form = self.plan.forms.get(id.index()).ok_or(Fault::ImpossibleState)?;
        let title = match form.title {
            Some(title) => Some(self.scope().text(title)?.into_owned()),
            None => None,
        };
        let fields = form::lines(self.plan, &self.out.next, form);
        let wait = self.begin_wait(at, own);
        self.trace(Some(at), format!("wait {wait}: for a form"));
        let human = self.has_human(own);
        self.emit(Message::Form { wait, title, fields, human });
        Ok(Flow::Stop)
    }

    /// The customer wrote while something is awaited.
    pub(super) fn words_at_wait(&mut self, at: Target, wait: u64, text: &str) -> Result<(), Fault> {
        match self.plan.code.get(at.index()) {
            Some(Instruction::Ask { .. }) => {
                self.trace(Some(at), "took the customer's words");
                self.close(wait, Vec::new());
                self.run(behind(at));
            }
            Some(Instruction::Choose { prompt, options, other, .. }) => {
                let labels = self.shown(*prompt, options)?.labels;
                let pressed =
                    labels.iter().position(|label| same_without_case(label.trim(), text.trim()));
                match (pressed, other) {
                    (Some(choice), _) => {
                        // The answer says it again, with the question.
                        self.out.next.said.pop_if(|said| said.text() == text.trim());
                        self.press(at, wait, *prompt, options, choice)?;
                    }
                    (None, Some(target)) => {
                        self.trace(Some(at), "other words");
                        self.close(wait, Vec::new());
                        self.run(*target);
                    }
                    (None, None) => self.broke_silence(at),
                }
            }
            Some(Instruction::Collect { .. } | Instruction::Verify { .. }) => {
                self.broke_silence(at);
            }
            Some(Instruction::Answer { .. }) => {
                self.trace(Some(at), "took the customer's words");
                self.close(wait, Vec::new());
                self.take_turn(at);
            }
            _ => return Err(Fault::ImpossibleState),
        }
        Ok(())
    }

    /// Words beside a form or buttons join the transcript; the silence begins anew.
    fn broke_silence(&mut self, at: Target) {
        let now: Timestamp = self.now;
        self.trace(Some(at), "the customer's words join the transcript");
        let Position::Waiting { wait, since, idled, .. } = &mut self.out.next.position else {
            return;
        };
        *since = now;
        let (wait, idled) = (*wait, *idled);
        if let Some(own) = self.own_handlers(at) {
            self.watch_silence(at, own, wait, idled);
        }
    }

    /// An answer to a wait that has passed joins the transcript where the customer is awaited, and
    /// changes nothing else.
    pub(super) fn answered_late(&mut self, text: &str) {
        match self.out.next.position {
            Position::Waiting { at, .. } if !text.trim().is_empty() => {
                self.say_as_customer(text);
                self.remember(Said::Answer(text.trim().to_owned()));
                self.broke_silence(at);
            }
            Position::Ended => self.out.reception = Reception::Over,
            _ => {
                self.trace(None, "ignored a late answer");
                self.out.reception = Reception::Stale;
            }
        }
    }

    pub(super) fn choice_made(&mut self, wait: u64, choice: u32) -> Result<(), Fault> {
        if self.offer_pressed(wait, choice) {
            return Ok(());
        }
        let Some(at) = self.answers(wait) else { return Ok(()) };
        match self.plan.code.get(at.index()) {
            Some(Instruction::Choose { prompt, options, .. })
                if (choice as usize) < options.len() =>
            {
                self.press(at, wait, *prompt, options, choice as usize)
            }
            _ => {
                self.out.reception = Reception::Stale;
                Ok(())
            }
        }
    }

    fn press(
        &mut self,
        at: Target,
        wait: u64,
        prompt: ExprId,
        options: &'p [ChoiceOption],
        choice: usize,
    ) -> Result<(), Fault> {
        let option = options.get(choice).ok_or(Fault::ImpossibleState)?;
        let Shown { prompt, mut labels } = self.shown(prompt, options)?;
        let label = labels.swap_remove(choice);
        self.trace(Some(at), format!("choice {}", choice + 1));
        self.close(wait, vec![(prompt, label)]);
        self.run(option.target);
        Ok(())
    }

    /// The buttons as the customer reads them. What was shown before this was kept reads as it is now.
    fn shown(&self, prompt: ExprId, options: &'p [ChoiceOption]) -> Result<Shown, Fault> {
        let shown = self.out.next.shown.clone().filter(|its| its.labels.len() == options.len());
        match shown {
            Some(shown) => Ok(shown),
            None => Ok(Shown {
                prompt: self.scope().text(prompt)?.into_owned(),
                labels: self.labels(options)?,
            }),
        }
    }

    pub(super) fn form_submitted(
        &mut self,
        wait: u64,
        values: &[(AttrId, Value)],
        files: &[(String, FileRef)],
    ) {
        let Some(at) = self.answers(wait) else { return };
        let Some(Instruction::Collect { form, .. }) = self.plan.code.get(at.index()) else {
            self.out.reception = Reception::Stale;
            return;
        };
        match form::check(self.plan, &self.out.next, *form, values, files) {
            Err(fields) => {
                self.trace(Some(at), format!("the form has {} mistakes", fields.len()));
                self.out.reception = Reception::Invalid { fields };
            }
            Ok(values) => {
                self.trace(Some(at), "took the form");
                self.close(wait, form::answers(self.plan, &self.out.next, *form, &values, files));
                self.write_all(values, Writer::Customer);
                self.out.next.files.extend(files.iter().map(|(_, file)| file.clone()));
                self.run(behind(at));
            }
        }
    }

    /// Where the wait of this number is, if it is the one that is open.
    pub(super) fn answers(&mut self, number: u64) -> Option<Target> {
        match self.out.next.position {
            Position::Waiting { at, wait, .. } if wait == number => Some(at),
            Position::Ended => {
                self.out.reception = Reception::Over;
                None
            }
            _ => {
                self.trace(None, format!("ignored an answer to wait {number}, which has passed"));
                self.out.reception = Reception::Stale;
                None
            }
        }
    }

    fn labels(&self, options: &[ChoiceOption]) -> Result<Vec<String>, Fault> {
        let scope = self.scope();
        options.iter().map(|option| Ok(scope.text(option.label)?.into_owned())).collect()
    }
}
