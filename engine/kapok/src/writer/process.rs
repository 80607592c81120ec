//! Carrying out a command of the process engine, and turning its effects into rows.

use kapok_process::{
    Answer, Context, Directory, Stop, decide,
    state::{Candidate, Changes, EventKind, InstanceState, Work},
};
use kapok_protocol::{
    Command, Delivery, Effect, InstanceId, OutboxId, OutboxRow, Page, PageId, PageKind, Principal, Text,
};
use kapok_tables::{ProcessState, Read};

use super::step::{Step, draw};
use crate::{
    Error,
    evaluate::Expressions,
    hints::{self, Audience, HintKind},
};

impl Step<'_> {
    /// Carries out a process command. When it is refused the step must be too, unless it was only an attempt
    /// ([`Step::attempt`]).
    pub(crate) fn process(&mut self, actor: Principal, command: &Command) -> Result<Answer, Error> {
        let (answer, changes) = self.decision(actor, |work, context| decide(command, work, context))?;
        self.tx.write_process(&changes)?;
        self.hints(hints::of_changes(&changes));
        self.count(&changes.events);
        self.follow_cases(&changes)?;
        self.tell_of_incidents(&changes)?;
        for (instance, _, effect) in changes.effects {
            self.effect(instance, effect)?;
        }
        Ok(answer)
    }

    /// Asks the process engine, with the rows and ports of this step.
    pub(crate) fn decision<T>(
        &mut self,
        actor: Principal,
        ask: impl FnOnce(&mut Work<'_>, &mut Context<'_>) -> Result<T, Stop>,
    ) -> Result<(T, Changes), Error> {
        let (shared, now) = (self.shared, self.now);
        let organisation = shared.organisation();
        let (tx, last_id) = self.parts();
        let read: &dyn Read = tx;
        let state = ProcessState::new(read);
        let mut work = Work::new(&state);
        let mut context = Context {
            now,
            actor,
            ids: &mut || draw(last_id),
            definitions: &shared.definitions,
            evaluator: &Expressions::new(shared, read, &organisation, actor, now),
            directory: organisation.as_ref(),
            limits: shared.settings.limits,
            shorten: shared.settings.shorten,
            utc_offset_minutes: shared.settings.utc_offset_minutes,
        };
        let answer = ask(&mut work, &mut context)?;
        Ok((answer, work.into_changes()))
    }

    /// Sets the status of records whose case began, was rejected or was cancelled.
    fn follow_cases(&mut self, changes: &Changes) -> Result<(), Error> {
        let turns = |kind: &EventKind| matches!(kind, EventKind::Started | EventKind::Ended(_));
        for event in changes.events.iter().filter(|event| turns(&event.kind)) {
            let Some((_, Some(instance))) = changes.instances.iter().find(|(id, _)| *id == event.instance) else {
                continue;
            };
            let graph = kapok_process::Definitions::graph(&self.shared.definitions, instance.definition);
            let Some(subject) = graph.as_ref().and_then(|graph| graph.settings.subject.as_ref()) else {
                continue;
            };
            let value = match event.kind {
                EventKind::Started => &subject.running,
                EventKind::Ended(InstanceState::Rejected) => &subject.rejected,
                EventKind::Ended(InstanceState::Cancelled) => &subject.cancelled,
                _ => continue,
            };
            if let (Some(record), Some(field), Some(value)) = (&instance.record, &subject.status_field, value) {
                let actor = Principal::Process(instance.id);
                let set = [(field.clone(), value.as_str().into())];
                match self.set_fields(actor, record, set) {
                    Err(Error::Refused(reasons)) if !matches!(event.kind, EventKind::Started) => {
                        // The end of a case is an end, whatever its record says then.
                        for reason in reasons {
                            self.page_administrators(&reason.text, Some(instance.id))?;
                        }
                    }
                    other => other?,
                }
            }
        }
        Ok(())
    }

    /// Pages the administrators when a step got stuck.
    fn tell_of_incidents(&mut self, changes: &Changes) -> Result<(), Error> {
        for (_, incident) in &changes.incidents {
            let Some(incident) = incident else { continue };
            let title = changes.instances.iter().find(|(id, _)| *id == incident.instance);
            let title = title
                .and_then(|(_, instance)| instance.as_ref())
                .map_or("", |instance| &instance.title);
            let text = Text::new(
                format!("流程“{title}”有一步卡住了：{}", incident.text.zh),
                format!("The case “{title}” is stuck: {}", incident.text.en),
            );
            self.page_administrators(&text, Some(incident.instance))?;
        }
        Ok(())
    }

    /// Pages every administrator.
    pub(crate) fn page_administrators(&mut self, text: &Text, instance: Option<InstanceId>) -> Result<(), Error> {
        let group = Candidate::Role(kapok_records::ADMINISTRATOR.into());
        for to in self.shared.organisation().members(&group) {
            let text = text.clone();
            self.effect(
                instance,
                Effect::Page {
                    to,
                    kind: PageKind::Page,
                    text,
                    task: None,
                    instance,
                },
            )?;
        }
        Ok(())
    }

    /// Puts what is to be told into rows of its own, in the batch of its cause.
    pub(crate) fn effect(&mut self, instance: Option<InstanceId>, effect: Effect) -> Result<(), Error> {
        match effect {
            Effect::Page {
                to,
                kind,
                text,
                task,
                instance,
            } => {
                let id = PageId::from(self.next_id());
                let page = Page {
                    id,
                    to,
                    kind,
                    text,
                    at: self.now,
                    read_at: None,
                    task,
                    instance,
                };
                self.tx.put_page(&page)?;
                self.hint(HintKind::Page, id.get(), Audience::Person(to));
            }
            Effect::Send(message) => {
                let id = OutboxId::from(self.next_id());
                let delivery = Delivery::Waiting {
                    next: self.now,
                    reason: None,
                };
                let row = OutboxRow {
                    id,
                    message,
                    created_at: self.now,
                    attempts: 0,
                    delivery,
                    instance,
                };
                self.tx.put_outbox(&row)?;
                self.hint(HintKind::Outbox, id.get(), Audience::Administrators);
            }
        }
        Ok(())
    }
}
