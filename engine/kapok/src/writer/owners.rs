//! Who is responsible for a record.

use kapok_protocol::{PersonId, Principal, RecordId};
use kapok_records::{EntityDefinition, Fields};

use super::Step;
use crate::Error;

impl Step<'_> {
    /// Stores a new record whose fields are in order; it starts nothing.
    pub(crate) fn store_new(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
        owner: Option<PersonId>,
        fields: Fields,
    ) -> Result<(), Error> {
        self.store_record(actor, entity, id, None, owner, fields)
    }

    /// Hands a record over. Whether somebody else had it before.
    pub(crate) fn transfer_record(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
        to: PersonId,
    ) -> Result<bool, Error> {
        let row = self.queries().record(&entity.id, id)?;
        let before = row.ok_or_else(|| Error::not_found("记录", "record"))?.record;
        if before.owner == Some(to) {
            return Ok(false);
        }
        let fields = before.fields.clone();
        self.store_record(actor, entity, id, Some(before), Some(to), fields)?;
        Ok(true)
    }
}
