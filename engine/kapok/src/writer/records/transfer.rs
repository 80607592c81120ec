//! Making somebody else responsible for a record.

use kapok_process::Directory;
use kapok_protocol::{PersonId, Principal, RecordId, Refusal, RefusalKind};
use kapok_records::EntityDefinition;
use kapok_tables::RecordChange;

use super::{Change, Through};
use crate::{Error, writer::Step};

impl Step<'_> {
    /// Hands a record over. Whether somebody else had it before.
    pub(crate) fn transfer_record(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
        to: PersonId,
    ) -> Result<bool, Error> {
        if !self.shared.organisation().exists(to) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "transfer.nobody",
                "接收人不存在或已停用，请另选一位。",
                "There is no active person to hand it over to; choose another one.",
            )
            .at("to")
            .into());
        }
        let Some(row) = self.queries().record(&entity.id, id)? else {
            return Err(Error::not_found("记录", "record"));
        };
        let record = row.record;
        let from = record.owner;
        if from == Some(to) {
            return Ok(false);
        }
        let change = Change {
            id,
            fields: record.fields.clone(),
            before: Some(record),
            owner: Some(to),
            what: Some(RecordChange::Transferred { from, to: Some(to) }),
            through: Through::default(),
        };
        self.store_record(actor, entity, change)?;
        Ok(true)
    }
}
