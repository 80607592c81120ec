//! What people do with whole records: delete and restore, hand over, merge, and the same with many.

use kapok_protocol::{
    Entity, Filter, PersonId, Record, RecordId, RecordJobId, RecordRef, Refusal, RefusalKind, Timestamp,
};
use kapok_records::{Action, Author, EntityDefinition, Fields};
use kapok_tables::{RecordTask, Slice};

use super::{RecordSave, Staff};
use crate::{
    Error,
    saving::{self, SaveRequest, Saver},
    views::{RecordView, Who},
    writer::entity,
};

/// A record in the trash, as a person may see it.
#[derive(Debug, Clone)]
pub struct TrashedView {
    /// The record as it was.
    pub record: RecordView,
    /// When it was deleted.
    pub deleted_at: Timestamp,
    /// By whom, when a person did it.
    pub deleted_by: Option<Who>,
    /// Whether the person may restore it.
    pub restorable: bool,
}

/// What is done with many records.
#[derive(Debug, Clone)]
pub enum BulkAction {
    /// Fields are changed, whatever version each record has.
    Update(Fields),
    /// They are deleted.
    Delete,
    /// They are handed over.
    Transfer(PersonId),
}

/// What became of one of many records.
pub type BulkAnswer = (RecordId, Result<(), Error>);

/// So many deleted records are looked at for one page.
const LOOKED_AT: usize = 5_000;
/// The most records that are named one by one.
const NAMED: usize = 10_000;
/// The most records done at once.
const BULK: usize = 200;
/// The most records merged at once.
const MERGED: usize = 20;

impl Staff {
    /// Deletes a record: it goes to the trash.
    pub fn delete(&self, reference: &RecordRef) -> Result<(), Error> {
        if let Some(()) = self.answered()? {
            return Ok(());
        }
        self.allow(Action::Delete, reference)?;
        let (actor, reference) = (self.principal(), reference.clone());
        self.submit(move |step| {
            let catalogue = step.shared.catalogue();
            step.delete_record(actor, entity(&catalogue, &reference.entity)?, reference.id)
        })
    }

    /// The deleted records of an entity that the person could read, the last deleted first.
    pub fn trash(&self, entity_id: &Entity, after: Option<&[u8]>, limit: usize) -> Result<Slice<TrashedView>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let definition = entity(&viewing.catalogue, entity_id)?;
        let seeing = self.seeing(&viewing)?;
        let sight = seeing.entity(definition);
        let mut items = Vec::new();
        let mut position = after.map(<[u8]>::to_vec);
        for _ in 0..LOOKED_AT {
            // One at a time, so that the next page begins right behind the last one shown.
            let page = viewing.queries.trash(entity_id, position.as_deref(), 1)?;
            let Some(trashed) = page.items.into_iter().next() else {
                return Ok(Slice { items, next: None });
            };
            position = page.next;
            let record = trashed.row.record;
            if let Some(record) = sight.present(record)? {
                let restorable = trashed.merged_into.is_none() && record.may.delete;
                items.push(TrashedView {
                    record,
                    deleted_at: trashed.deleted_at,
                    deleted_by: trashed.deleted_by.person().map(|person| viewing.who(person)),
                    restorable,
                });
            }
            if items.len() == limit || position.is_none() {
                break;
            }
        }
        Ok(Slice { items, next: position })
    }

    /// Takes a record out of the trash, for those who might delete it.
    pub fn restore(&self, reference: &RecordRef) -> Result<RecordView, Error> {
        let done: Option<()> = self.answered()?;
        if done.is_none() {
            let view = self.view();
            let viewing = self.viewing(&view);
            let definition = entity(&viewing.catalogue, &reference.entity)?;
            let nothing = || Error::not_found("记录", "record");
            let trashed = viewing.queries.trashed(&reference.entity, reference.id)?;
            let record = trashed.ok_or_else(nothing)?.row.record;
            self.seeing(&viewing)?.allow(Action::Delete, definition, &record)?;
            let (actor, reference) = (self.principal(), reference.clone());
            self.submit(move |step| {
                let catalogue = step.shared.catalogue();
                step.restore_record(actor, entity(&catalogue, &reference.entity)?, reference.id)
            })?;
        }
        self.record(reference)
    }

    /// Hands a record over to somebody else. The answer is what the person may still see of it.
    pub fn transfer(&self, reference: &RecordRef, to: PersonId) -> Result<Option<RecordView>, Error> {
        let done: Option<bool> = self.answered()?;
        if done.is_none() {
            self.allow(Action::Transfer, reference)?;
            let (actor, reference) = (self.principal(), reference.clone());
            self.submit(move |step| {
                let catalogue = step.shared.catalogue();
                step.transfer_record(actor, entity(&catalogue, &reference.entity)?, reference.id, to)
            })?;
        }
        match self.record(reference) {
            Ok(record) => Ok(Some(record)),
            Err(error)
                if error
                    .refusal()
                    .is_some_and(|refusal| refusal.kind == RefusalKind::NotFound) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Hands many records over, part by part: those that are named, or all that a filter keeps. Each must be one that the
    /// person may hand over; the others are left alone.
    pub fn transfer_many(
        &self,
        entity_id: &Entity,
        ids: Vec<RecordId>,
        filter: Option<Filter>,
        to: PersonId,
    ) -> Result<RecordJobId, Error> {
        if let Some(job) = self.answered()? {
            return Ok(job);
        }
        {
            let view = self.view();
            let viewing = self.viewing(&view);
            let definition = entity(&viewing.catalogue, entity_id)?;
            let seeing = self.seeing(&viewing)?;
            if !seeing.rights().decide(Action::Transfer, definition, None).is_granted() {
                return Err(Error::forbidden("您没有权限这样做。", "You may not do this."));
            }
        }
        if ids.len() > NAMED || (ids.is_empty() == filter.is_none()) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "transfer.which",
                format!("请指定要转交的记录（最多 {NAMED} 条），或者给出一个筛选条件。"),
                format!("Name the records to be handed over (at most {NAMED}), or give a filter."),
            )
            .at("ids")
            .into());
        }
        let filter = match &filter {
            Some(filter) => {
                kapok_rules::Condition::new(filter).map_err(|text| Error::invalid("filter.wrong", text, "filter"))?;
                Some(serde_json::to_string(filter).map_err(|error| Error::Data(error.to_string()))?)
            }
            None => None,
        };
        let (actor, entity) = (self.principal(), entity_id.clone());
        self.submit(move |step| {
            use kapok_process::Directory;
            if !step.shared.organisation().exists(to) {
                let text = kapok_protocol::Text::new(
                    "接收人不存在或已停用，请另选一位。",
                    "There is no active person to hand them over to; choose another one.",
                );
                return Err(Error::invalid("transfer.nobody", text, "to"));
            }
            let task = RecordTask::Transfer {
                entity,
                ids,
                filter,
                to,
            };
            step.begin_record_job(actor, task)
        })
    }

    /// Makes one record of several: the others go to the trash for good, what named them names the one that is kept.
    /// `fields` are what is changed in it.
    pub fn merge(
        &self,
        entity_id: &Entity,
        keep: RecordId,
        others: &[RecordId],
        fields: Fields,
    ) -> Result<(RecordView, RecordJobId), Error> {
        let others: Vec<RecordId> = others.iter().copied().filter(|other| *other != keep).collect();
        if others.is_empty() || others.len() > MERGED {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "merge.which",
                format!("请选择要合并的记录，最多 {MERGED} 条。"),
                format!("Choose the records to be merged, at most {MERGED}."),
            )
            .at("others")
            .into());
        }
        for other in &others {
            let reference = RecordRef {
                entity: entity_id.clone(),
                id: *other,
            };
            self.allow(Action::Delete, &reference)?;
        }
        let kept = RecordRef {
            entity: entity_id.clone(),
            id: keep,
        };
        let actor = self.principal();
        let request = SaveRequest {
            entity: entity_id.clone(),
            id: Some(keep),
            version: None,
            fields,
            base: None,
            owner: None,
            hand_over: None,
            author: Author::Person,
            ignore_duplicates: true,
            instance: None,
            key: self.request.clone(),
        };
        let allow = |definition: &EntityDefinition, before: Option<&Record>| {
            let before = before.ok_or_else(|| Error::not_found("记录", "record"))?;
            let view = self.view();
            let viewing = self.viewing(&view);
            super::staff_records::allow_change(
                &self.seeing(&viewing)?,
                definition,
                before,
                &request.fields,
                &self.context(),
            )
        };
        // The others give up their unique values before the one that is kept takes them.
        let first = {
            let (entity_id, others) = (entity_id.clone(), others.clone());
            move |step: &mut crate::writer::Step<'_>| {
                let catalogue = step.shared.catalogue();
                step.merge_records(actor, entity(&catalogue, &entity_id)?, keep, &others)
            }
        };
        let also = {
            let (kept, others) = (kept.clone(), others);
            move |step: &mut crate::writer::Step<'_>, _: &Record, started: Vec<_>| {
                step.refuse_under_approval(&kept, &started)?;
                let task = RecordTask::Merge {
                    entity: kept.entity.clone(),
                    keep,
                    others: others.clone(),
                };
                step.begin_record_job(actor, task)
            }
        };
        let (shared, writer) = (&self.kapok.shared, &self.kapok.writer);
        let job = saving::save_after(shared, writer, &mut Saver::new(actor), &request, allow, first, also)?;
        Ok((self.record(&kept)?, job))
    }

    /// Does the same with many records, and answers for each.
    pub fn bulk(&self, entity_id: &Entity, ids: &[RecordId], action: &BulkAction) -> Result<Vec<BulkAnswer>, Error> {
        if ids.len() > BULK {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "bulk.too-many",
                format!("一次最多处理 {BULK} 条记录，请减少选择。"),
                format!("At most {BULK} records are done at once; choose fewer."),
            )
            .at("ids")
            .into());
        }
        let each = self.each();
        let mut saver = Saver::new(self.principal());
        let mut answers = Vec::with_capacity(ids.len());
        for id in ids {
            let reference = RecordRef {
                entity: entity_id.clone(),
                id: *id,
            };
            let answer = match action {
                BulkAction::Delete => each.delete(&reference),
                BulkAction::Transfer(to) => each.transfer(&reference, *to).map(drop),
                BulkAction::Update(fields) => each.update_as_it_is(&mut saver, &reference, fields.clone()),
            };
            answers.push((*id, answer));
        }
        Ok(answers)
    }

    fn update_as_it_is(&self, saver: &mut Saver, reference: &RecordRef, fields: Fields) -> Result<(), Error> {
        let version = self.record(reference)?.version;
        let save = RecordSave {
            ignore_duplicates: true,
            ..RecordSave::change(reference.clone(), version, fields)
        };
        self.save_by(saver, save).map(drop)
    }
}
