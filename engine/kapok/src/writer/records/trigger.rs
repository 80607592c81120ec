//! Processes that are started by a saved record.

use std::collections::BTreeMap;

use kapok_process::Answer;
use kapok_protocol::{Command, InstanceId, Principal, RecordEvent, RecordRef, StartRequest, Text};
use kapok_rules::{Condition, Values};

use crate::{Error, writer::Step};

impl Step<'_> {
    /// Starts the processes that a saved record starts. A start that fails is told to the administrators; the save
    /// stands. What a process saves starts nothing, so that no two processes can feed each other for ever.
    pub(super) fn trigger(
        &mut self,
        actor: Principal,
        reference: &RecordRef,
        event: RecordEvent,
    ) -> Result<Vec<InstanceId>, Error> {
        let mut started = Vec::new();
        if matches!(actor, Principal::Process(_)) {
            return Ok(started);
        }
        for trigger in self.shared.definitions.triggers(&reference.entity, event) {
            let Some(row) = self.queries().record(&reference.entity, reference.id)? else {
                break;
            };
            let initiator = actor.person().or(row.record.owner);
            let organisation = self.shared.organisation();
            let context = organisation.context(initiator, self.now, self.shared.settings.utc_offset_minutes);
            if let Some(when) = &trigger.trigger.when {
                match Condition::new(when) {
                    Ok(condition) if condition.holds(&Values::new(&row.record.fields, &context)) => {}
                    Ok(_) => continue,
                    Err(reason) => {
                        self.tell_administrators(&trigger.process, &reason)?;
                        continue;
                    }
                }
            }
            let start = Command::Start(StartRequest {
                definition: trigger.definition,
                start_event: Some(trigger.start_event),
                variables: BTreeMap::new(),
                business_key: None,
                record: Some(reference.clone()),
                initiator,
            });
            match self.attempt(|step| step.process(actor, &start)) {
                Ok(Answer::Started(instance)) => started.push(instance),
                Ok(Answer::Done) => {}
                Err(Error::Refused(reasons)) => {
                    for reason in reasons {
                        self.tell_administrators(&trigger.process, &reason.text)?;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(started)
    }

    fn tell_administrators(&mut self, process: &str, reason: &Text) -> Result<(), Error> {
        let text = Text::new(
            format!("流程“{process}”没有随记录保存而启动：{}", reason.zh),
            format!(
                "The process “{process}” was not started by a saved record: {}",
                reason.en
            ),
        );
        self.page_administrators(&text, None)
    }
}
