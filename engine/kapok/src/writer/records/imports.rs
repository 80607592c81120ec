//! Many records in one commit, each by itself: one that cannot be saved leaves the others alone.

use kapok_protocol::{Principal, RecordId, RecordRef, Refusal, RefusalKind, Text};
use kapok_records::{Author, EntityDefinition, Fields, validate};
use kapok_tables::ImportedRow;

use super::{Change, Kept, Through};
use crate::{
    Error,
    writer::{CheckedSave, Step},
};

/// What became of one of many saves.
#[derive(Debug)]
pub(crate) enum Became {
    /// It is stored.
    Done { record: RecordId, version: u64 },
    /// It is probably there already.
    Alike,
    /// It was refused.
    Refused(Vec<Refusal>),
}

/// What became of undoing what an import did to a record.
pub(crate) enum Undone {
    /// It is as it was before.
    Yes,
    /// It was left as it is.
    No(Text),
}

impl Step<'_> {
    /// Saves many checked records, and starts what their saves start if that is wanted. None of them is stale: see
    /// [`Step::is_stale`].
    pub(crate) fn save_many(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        saves: Vec<CheckedSave>,
        starts: bool,
    ) -> Result<Vec<Became>, Error> {
        let mut became = Vec::with_capacity(saves.len());
        for save in saves {
            became.push(match self.attempt(|step| step.save_one(actor, entity, save, starts)) {
                Ok(done) => done,
                Err(Error::Refused(reasons)) => Became::Refused(reasons),
                Err(error) => return Err(error),
            });
        }
        self.thin_hints();
        Ok(became)
    }

    fn save_one(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        save: CheckedSave,
        starts: bool,
    ) -> Result<Became, Error> {
        let reference = |id| RecordRef {
            entity: entity.id.clone(),
            id,
        };
        if let Some(id) = save.record {
            self.refuse_under_approval(&reference(id), &[])?;
        }
        match self.keep(actor, entity, save)? {
            Kept::Done { record, version, event } => {
                if starts {
                    self.trigger(actor, &reference(record), event)?;
                }
                Ok(Became::Done { record, version })
            }
            Kept::Alike { .. } => Ok(Became::Alike),
            Kept::Stale => Err(busy().into()),
        }
    }

    /// Puts a record back to what it was before an import, if nobody has changed it since.
    pub(crate) fn undo_import(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        row: &ImportedRow,
    ) -> Result<Undone, Error> {
        match self.attempt(|step| step.put_back(actor, entity, row)) {
            Err(Error::Refused(reasons)) => {
                let zh: Vec<_> = reasons.iter().map(|reason| reason.text.zh.as_str()).collect();
                let en: Vec<_> = reasons.iter().map(|reason| reason.text.en.as_str()).collect();
                Ok(Undone::No(Text::new(zh.join(""), en.join(" "))))
            }
            done => done,
        }
    }

    fn put_back(&mut self, actor: Principal, entity: &EntityDefinition, row: &ImportedRow) -> Result<Undone, Error> {
        let Some(found) = self.queries().record(&entity.id, row.record)? else {
            return Ok(match row.created {
                // Somebody was quicker.
                true => Undone::Yes,
                false => Undone::No(Text::new("记录已被删除。", "The record was deleted.")),
            });
        };
        let record = found.record;
        if record.version != row.version {
            return Ok(Undone::No(Text::new(
                "导入之后有人修改过，保持不变。",
                "It was changed after the import, so it stays as it is.",
            )));
        }
        let reference = RecordRef {
            entity: entity.id.clone(),
            id: row.record,
        };
        self.refuse_under_approval(&reference, &[])?;
        if row.created {
            self.put_into_trash(actor, entity, row.record, None)?;
            return Ok(Undone::Yes);
        }
        let submitted: Fields = row.before.clone();
        let fields = validate(entity, &record.fields, &submitted, Author::Program)?;
        self.refuse_dangling(entity, Some(&record), &fields)?;
        self.tell_plugins(actor, &reference, Some(&record), &fields, 0)?;
        let change = Change {
            id: row.record,
            owner: record.owner,
            before: Some(record),
            fields,
            what: None,
            through: Through::default(),
        };
        self.store_record(actor, entity, change)?;
        Ok(Undone::Yes)
    }
}

fn busy() -> Refusal {
    Refusal::new(
        RefusalKind::Conflict,
        "record.busy",
        "这条记录正被多人同时修改，请稍后再试。",
        "Several people are saving this record at once; try again in a moment.",
    )
}
