//! What administrators may do. It gives no right to read business data.

use std::{collections::BTreeMap, ops::Deref};

use kapok_model::Diagnostic;
use kapok_process::Answer;
use kapok_protocol::{
    Command, DefinitionId, Delivery, IncidentId, InstanceId, Message, OutboxId, OutboxRow, PersonId, PublishedMessage,
    RecordRef, Refusal, RefusalKind, Value,
};
use kapok_records::EntityDefinition;
use kapok_tables::{Definition, InstanceList, Queries, Slice};

use super::{OfferView, Staff, plugin_offers::offer};
use crate::{
    Error, Explanation, TopicView, Worker, decisions,
    definitions::{self, Deployed},
    external,
    grants::Confirm,
    hints::{Audience, HintKind},
    operate::Overview,
    organisation::Named,
    plugins::PluginState,
    react::ways_out,
    views::{IncidentView, Who},
};

/// An administrator. Everything staff may do is there too.
#[derive(Clone)]
pub struct Administrator(Staff);

/// A message on its way out, as the administrator sees it.
#[derive(Debug, Clone)]
pub struct OutboxView {
    /// The row.
    pub row: OutboxRow,
    /// To whom.
    pub to: Who,
    /// The address or number it goes to; `None` when the person has none.
    pub address: Option<String>,
}

/// Active cases are counted no further.
const COUNTED: usize = 1_000;

impl Deref for Administrator {
    type Target = Staff;

    fn deref(&self) -> &Staff {
        &self.0
    }
}

impl Administrator {
    pub(super) fn new(staff: Staff) -> Self {
        Self(staff)
    }

    /// Checks a model as deployment would.
    pub fn check(&self, xml: &str) -> Vec<Diagnostic> {
        definitions::check(&self.kapok.shared, xml).diagnostics
    }

    /// Publishes a model. `base` is the version its author started from (0: none); a newer one is a conflict. What it may
    /// do with records is what the version before might.
    pub fn deploy(&self, xml: &str, base: Option<u32>) -> Result<Deployed, Error> {
        self.publish_model(xml, base, Confirm::Kept)
    }

    /// Publishes a model, and says what it may do with records.
    pub fn publish_model(&self, xml: &str, base: Option<u32>, confirm: Confirm) -> Result<Deployed, Error> {
        // Parsing is slow and needs nothing of the writer.
        let reading = definitions::check(&self.kapok.shared, xml);
        let diagnostics = reading.diagnostics.clone();
        let actor = self.principal();
        let xml = xml.to_owned();
        let ids: Vec<DefinitionId> = match self.answered()? {
            Some(ids) => ids,
            None if !reading.is_deployable() => return Err(Error::Model(diagnostics)),
            None => self.submit(move |step| {
                let deployed = definitions::deploy(step, actor, &xml, &reading, base, &confirm)?;
                Ok(deployed.into_iter().map(|definition| definition.id).collect())
            })?,
        };
        let definitions = ids
            .into_iter()
            .map(|id| self.definition(id))
            .collect::<Result<_, _>>()?;
        Ok(Deployed {
            definitions,
            diagnostics,
        })
    }

    /// Publishes a file of decisions (DMN), which business rule tasks can then ask; its id.
    pub fn deploy_decisions(&self, xml: &str) -> Result<DefinitionId, Error> {
        let decisions = decisions::parse(xml)?;
        let (actor, xml) = (self.principal(), xml.to_owned());
        self.submit(move |step| decisions::deploy(step, actor, &xml, decisions))
    }

    /// The present version of each process, with the number of its active cases.
    pub fn definitions(&self) -> Result<Vec<(Definition, usize)>, Error> {
        let view = self.view();
        let queries = Queries(&view);
        let mut found = Vec::new();
        for (id, _) in self.kapok.shared.definitions.all_latest() {
            if let Some(definition) = queries.definition(id)? {
                found.extend(
                    self.counted(&queries, queries.versions(&definition.key, usize::MAX)?)?
                        .into_iter()
                        .reduce(|(newest, count), (_, more)| (newest, count + more)),
                );
            }
        }
        Ok(found)
    }

    /// The versions of a process, newest first, with the number of active cases of each.
    pub fn versions(&self, key: &str) -> Result<Vec<(Definition, usize)>, Error> {
        let view = self.view();
        let queries = Queries(&view);
        let versions = queries.versions(key, 1_000)?;
        self.counted(&queries, versions)
    }

    fn counted(&self, queries: &Queries<'_>, versions: Vec<Definition>) -> Result<Vec<(Definition, usize)>, Error> {
        let counted = versions.into_iter().map(|definition| {
            let count = queries.count_instances(&InstanceList::Of(definition.id, true), COUNTED)?;
            Ok((definition, count))
        });
        counted.collect()
    }

    /// Who published a version.
    pub fn publisher(&self, definition: &Definition) -> Option<Who> {
        let organisation = self.kapok.shared.organisation();
        definition.deployed_by.map(|person| Who {
            id: person,
            name: organisation.name_of(person),
        })
    }

    /// The service task handlers that plugins offer.
    pub fn handlers(&self) -> Vec<OfferView> {
        let plugins = self.kapok.shared.plugins.running();
        let handlers = plugins.iter().flat_map(|plugin| &plugin.manifest().handlers);
        handlers
            .map(|(name, handler)| offer(name, &handler.label, &handler.inputs))
            .collect()
    }

    /// The rules by which plugins say who gets a task.
    pub fn assignee_rules(&self) -> Vec<OfferView> {
        let plugins = self.kapok.shared.plugins.running();
        let rules = plugins.iter().flat_map(|plugin| &plugin.manifest().assignee_rules);
        rules
            .map(|(name, rule)| offer(name, &rule.label, &rule.inputs))
            .collect()
    }

    /// The roles there are.
    pub fn roles(&self) -> Vec<Named> {
        self.kapok.shared.organisation().roles()
    }

    /// The departments there are.
    pub fn departments(&self) -> Vec<Named> {
        self.kapok.shared.organisation().departments()
    }

    /// The definitions of all entities, for drawing processes about their records.
    pub fn entity_definitions(&self) -> Vec<EntityDefinition> {
        self.kapok.shared.catalogue().entities().cloned().collect()
    }

    /// Steps that are stuck, oldest first.
    pub fn incidents(&self, limit: usize) -> Result<Vec<IncidentView>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let rows = viewing.queries.incidents(limit)?;
        rows.into_iter().map(|row| viewing.incident(row)).collect()
    }

    /// Has a stuck step tried again.
    pub fn retry(&self, incident: IncidentId) -> Result<(), Error> {
        let actor = self.principal();
        self.submit(move |step| step.process(actor, &Command::Retry(incident)).map(drop))
    }

    /// Hands a message to the case that waits for it, or starts one by it: then its id.
    pub fn publish(&self, message: PublishedMessage) -> Result<Option<InstanceId>, Error> {
        let actor = self.principal();
        self.submit(move |step| match step.process(actor, &Command::Publish(message))? {
            Answer::Started(instance) => Ok(Some(instance)),
            Answer::Done => Ok(None),
        })
    }

    /// Tells a signal to everybody who waits for it.
    pub fn broadcast(&self, signal: String, variables: BTreeMap<String, Value>) -> Result<(), Error> {
        let actor = self.principal();
        self.submit(move |step| step.process(actor, &Command::Broadcast { signal, variables }).map(drop))
    }

    /// Messages on their way out or gone, newest first.
    pub fn outbox(&self, after: Option<&[u8]>, limit: usize) -> Result<Slice<OutboxView>, Error> {
        let view = self.view();
        let organisation = self.kapok.shared.organisation();
        let page = Queries(&view).outbox(after, limit)?;
        Ok(page.map(|row| {
            let to = match &row.message {
                Message::Mail(mail) => mail.to,
                Message::Sms(sms) => sms.to,
            };
            let contact = organisation.contact(to).unwrap_or_default();
            let address = match &row.message {
                Message::Mail(_) => contact.email,
                Message::Sms(_) => contact.phone,
            };
            OutboxView {
                to: Who {
                    id: to,
                    name: organisation.name_of(to),
                },
                address,
                row,
            }
        }))
    }

    /// Whether there is a way out for mail, and for SMS.
    pub fn ways_out(&self) -> (bool, bool) {
        ways_out(&self.kapok.shared)
    }

    /// Sends a message again whose fate is unknown or that has failed: a person has decided it.
    pub fn resend(&self, id: OutboxId) -> Result<(), Error> {
        self.settle(id, |now| Delivery::Waiting {
            next: now,
            reason: None,
        })
    }

    /// Gives a message up.
    pub fn discard(&self, id: OutboxId) -> Result<(), Error> {
        self.settle(id, |_| Delivery::Failed {
            reason: kapok_protocol::Text::new("管理员已放弃发送。", "An administrator gave it up."),
        })
    }

    fn settle(
        &self,
        id: OutboxId,
        delivery: impl FnOnce(kapok_protocol::Timestamp) -> Delivery + Send + 'static,
    ) -> Result<(), Error> {
        self.submit(move |step| {
            let row = step.queries().outbox_row(id)?;
            let mut row = row.ok_or_else(|| Error::not_found("消息", "message"))?;
            if matches!(row.delivery, Delivery::Leased { .. } | Delivery::Sent { .. }) {
                return Err(Refusal::new(
                    RefusalKind::Conflict,
                    "outbox.settled",
                    "该消息正在发送或已经发出。",
                    "This message is being sent or has been sent.",
                )
                .into());
            }
            row.delivery = delivery(step.now);
            row.attempts = 0;
            step.tx.put_outbox(&row)?;
            step.hint(HintKind::Outbox, id.get(), Audience::Administrators);
            Ok(())
        })
    }

    /// What a person may do with a record, and why. It says nothing of what is in the record.
    pub fn access_of(&self, reference: &RecordRef, person: PersonId) -> Result<Explanation, Error> {
        self.explanation(reference, person)
    }

    /// Topics of outside workers, and who asks for them.
    pub fn topics(&self) -> Result<Vec<TopicView>, Error> {
        external::topics(&self.kapok.shared)
    }

    /// An outside worker that may fetch every topic.
    pub fn worker(&self) -> Worker {
        Worker::new(self.kapok.clone(), None, self.principal())
    }

    /// The plugins, running or not.
    pub fn plugins(&self) -> Vec<PluginState> {
        self.kapok.shared.plugins.states()
    }

    /// How the engine does, in numbers.
    pub fn overview(&self) -> Result<Overview, Error> {
        self.kapok.overview()
    }

    /// A version of a process.
    pub fn definition(&self, id: DefinitionId) -> Result<Definition, Error> {
        let found = Queries(&self.view()).definition(id)?;
        found.ok_or_else(|| Error::not_found("流程", "process"))
    }
}
