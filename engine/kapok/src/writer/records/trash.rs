//! Deleting is putting into the trash: the record is kept with who did it and when, and is in no list any more.

use kapok_protocol::{Entity, Principal, RecordId, RecordRef, Refusal, RefusalKind};
use kapok_records::{EntityDefinition, Fields};
use kapok_tables::{LinkedKind, RecordChange, TrashedRecord};

use super::{Change, Through};
use crate::{Error, writer::Step};

impl Step<'_> {
    /// Puts a record into the trash.
    pub(crate) fn delete_record(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
    ) -> Result<(), Error> {
        let reference = RecordRef {
            entity: entity.id.clone(),
            id,
        };
        self.refuse_in_case(&reference)?;
        self.put_into_trash(actor, entity, id, None)
    }

    /// The same, whatever goes on with it; for good when it was merged into another one.
    pub(super) fn put_into_trash(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
        merged_into: Option<RecordId>,
    ) -> Result<(), Error> {
        let Some(row) = self.queries().record(&entity.id, id)? else {
            return Err(Error::not_found("记录", "record"));
        };
        let what = merged_into.map_or(RecordChange::Deleted, RecordChange::MergedInto);
        let fields = (&row.record.fields, &Fields::new());
        self.note_history(actor, entity, id, fields, Some(what), Through::default())?;
        let record = row.record.clone();
        self.tx.put_trashed(&TrashedRecord {
            row,
            deleted_at: self.now,
            deleted_by: actor,
            merged_into,
        })?;
        self.keep_roll_ups(entity, Some(&record), None)?;
        self.tx.delete_roll_ups(&entity.id, id)?;
        self.unlink(&entity.id, id)?;
        self.hint_readers(entity, id, [record.owner, record.owner]);
        self.refresh_organisation(&entity.id);
        Ok(())
    }

    /// Whoever is not here any more is nobody of another system either, and stays so when the record comes back.
    fn unlink(&mut self, entity: &Entity, id: RecordId) -> Result<(), Error> {
        for kind in [LinkedKind::Person, LinkedKind::Department] {
            if kind.entity() == *entity {
                for link in self.queries().identity_links_of(kind, id)? {
                    self.tx.delete_identity_link(&link)?;
                }
            }
        }
        Ok(())
    }

    /// Takes a record out of the trash; refused when somebody has one of its unique values by now.
    pub(crate) fn restore_record(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
    ) -> Result<(), Error> {
        let trashed = self.queries().trashed(&entity.id, id)?;
        let trashed = trashed.ok_or_else(|| Error::not_found("记录", "record"))?;
        if trashed.merged_into.is_some() {
            return Err(Refusal::new(
                RefusalKind::Conflict,
                "record.merged",
                "这条记录已合并到另一条记录，不能恢复。",
                "This record was merged into another one and cannot be restored.",
            )
            .into());
        }
        let mut record = trashed.row.record;
        let fields = std::mem::take(&mut record.fields);
        self.tx.delete_trashed(&entity.id, id)?;
        let change = Change {
            id,
            owner: record.owner,
            before: Some(record),
            fields,
            what: Some(RecordChange::Restored),
            through: Through::default(),
        };
        self.store_record(actor, entity, change)?;
        self.compute_roll_ups(entity, id).map(drop)
    }

    /// Removes what has lain in the trash since before a moment. `entity` and `ids` are what was found there.
    pub(crate) fn empty_trash(&mut self, found: &[(Entity, RecordId)]) -> Result<(), Error> {
        for (entity, id) in found {
            self.tx.delete_trashed(entity, *id)?;
        }
        Ok(())
    }
}
