//! Records that the system keeps in somebody's name.

use kapok_protocol::{PersonId, Principal, RecordId};
use kapok_records::{EntityDefinition, Fields};

use super::Step;
use crate::{
    Error,
    writer::records::{Change, Through},
};

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
        let change = Change {
            id,
            before: None,
            owner,
            fields,
            what: None,
            through: Through::default(),
        };
        self.store_record(actor, entity, change)
    }
}
