//! Calling what a plugin offers to processes and to the outbox without them: for who tries plugins out.

use kapok_plugin_host::{ChannelFailure, ChannelMessage, Receipt, RuleCall, ServiceFailure, ServiceJob};
use kapok_protocol::{PersonId, Record, RecordRef};
use kapok_records::Fields;

use super::{Caller, Intended, carry_out, faulty};
use crate::{Error, Kapok, views::Viewing};

impl Kapok {
    /// A record with what is computed from others, whoever may see it.
    pub fn record(&self, reference: &RecordRef) -> Result<Record, Error> {
        let view = self.shared.store.view();
        let viewing = Viewing::of(&self.shared, &view);
        let row = viewing.queries.record(&reference.entity, reference.id)?;
        let record = row.ok_or_else(|| Error::not_found("记录", "record"))?.record;
        match viewing.catalogue.entity(reference.entity.as_str()) {
            Some(definition) => viewing.whole(definition, record),
            None => Ok(record),
        }
    }

    /// Lets a plugin's handler run with these inputs, in the name of the system, and does what it wants done. Processes call
    /// it through their service tasks; this is for trying it out.
    pub fn run_handler(&self, name: &str, inputs: Fields) -> Result<Result<Fields, ServiceFailure>, Error> {
        let plugin = self.shared.plugins.handler(name);
        let plugin = plugin.ok_or_else(|| Error::not_found("处理程序", "handler"))?;
        let call = self.shared.plugins.call(&self.shared, &plugin, Caller::System);
        let job = ServiceJob {
            handler: name.to_owned(),
            key: format!("try-{}", self.sequence()),
            inputs,
        };
        let done = match plugin.run_service(&call, &job).map_err(faulty)? {
            Ok(done) => done,
            Err(failure) => return Ok(Err(failure)),
        };
        let intended = Intended {
            plugin: plugin.manifest().id.clone(),
            caller: Caller::System,
            intents: done.intents,
            depth: 0,
        };
        let outputs = done.answer;
        carry_out(&self.shared, &self.writer, intended, move |_| Ok(Ok(outputs.clone())))
    }

    /// Hands a message to a plugin's channel, once, as the outbox would.
    pub fn try_channel(&self, message: &ChannelMessage) -> Result<Result<Receipt, ChannelFailure>, Error> {
        let plugin = self.shared.plugins.channel(&message.channel);
        let plugin = plugin.ok_or_else(|| Error::not_found("渠道", "channel"))?;
        let call = self.shared.plugins.call(&self.shared, &plugin, Caller::System);
        plugin.send(&call, message).map_err(faulty)
    }

    /// Asks a plugin's rule who would get a task of a case about a record.
    pub fn find_assignees(
        &self,
        rule: &str,
        record: Option<RecordRef>,
        inputs: Fields,
    ) -> Result<Vec<PersonId>, Error> {
        let plugin = self.shared.plugins.assignee_rule(rule);
        let plugin = plugin.ok_or_else(|| Error::not_found("规则", "rule"))?;
        let call = self.shared.plugins.call(&self.shared, &plugin, Caller::System);
        let asked = RuleCall {
            name: rule.to_owned(),
            record,
            initiator: None,
            inputs,
        };
        let found = plugin.find_assignees(&call, &asked).map_err(faulty)?;
        found.map_err(|failure| Error::Data(failure.message))
    }
}
