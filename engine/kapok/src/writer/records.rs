//! Saving records: the part that must happen in the writer. What is slow (plugins) was done before.

use std::collections::{BTreeMap, BTreeSet};

use kapok_process::{
    Answer,
    state::{Instance, InstanceState},
};
use kapok_protocol::{
    Command, Entity, InstanceId, PersonId, Principal, Record, RecordEvent, RecordId, RecordRef, Refusal, RefusalKind,
    StartRequest, Text, Value,
};
use kapok_records::{Author, Catalogue, DEPARTMENT, EntityDefinition, FieldKind, Fields, PERSON, ROLE, validate};
use kapok_rules::{Condition, Values};
use kapok_tables::{HistoryEntry, InstanceList, RecordRow};

use super::Step;
use crate::{
    Error,
    hints::{Audience, HintKind},
    organisation::today,
};

/// So many of the cases about a record are looked at when it changes, the newest first.
const CASES_RECONSIDERED: usize = 100;

/// A record as it will be stored, checked by the definition and by plugins.
#[derive(Debug, Clone)]
pub(crate) struct CheckedSave {
    pub(crate) record: Option<RecordId>,
    /// The version all checks were made on; none for a new record.
    pub(crate) on_version: Option<u64>,
    pub(crate) owner: Option<PersonId>,
    pub(crate) fields: Fields,
}

/// What became of a save.
#[derive(Debug, Clone)]
pub(crate) enum Saved {
    Done(Box<Record>, Vec<InstanceId>),
    /// Somebody saved it since the checks: they must be made again.
    Stale,
}

/// So many cases of one record, newest first, are looked at for one that locks it.
const CASES: usize = 1_000;

impl Step<'_> {
    /// Saves a checked record, numbers it, and starts what its save starts.
    pub(crate) fn save(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        save: CheckedSave,
    ) -> Result<Saved, Error> {
        let before = match save.record {
            Some(id) => self.queries().record(&entity.id, id)?.map(|row| row.record),
            None => None,
        };
        if before.as_ref().map(|record| record.version) != save.on_version {
            return Ok(Saved::Stale);
        }
        let event = if before.is_some() {
            RecordEvent::Updated
        } else {
            RecordEvent::Created
        };
        let id = save.record.unwrap_or_else(|| self.next_id().into());
        let mut fields = save.fields;
        if before.is_none() {
            self.number(entity, &mut fields)?;
        }
        self.refuse_dangling(entity, before.as_ref(), &fields)?;
        let owner = save.owner.or(before.as_ref().and_then(|record| record.owner));
        self.store_record(actor, entity, id, before, owner, fields)?;
        let reference = RecordRef {
            entity: entity.id.clone(),
            id,
        };
        let started = self.trigger(actor, &reference, event)?;
        let row = self.queries().record(&entity.id, id)?;
        let record = row.ok_or_else(|| Error::not_found("记录", "record"))?.record;
        Ok(Saved::Done(Box::new(record), started))
    }

    /// Sets fields in the name of a process or the system, which may write what people may not.
    pub(crate) fn set_fields(
        &mut self,
        actor: Principal,
        record: &RecordRef,
        set: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<(), Error> {
        let catalogue = self.shared.catalogue();
        let entity = entity(&catalogue, &record.entity)?;
        let before = self.queries().record(&record.entity, record.id)?;
        let before = before.ok_or_else(|| Error::not_found("记录", "record"))?.record;
        let fields = validate(entity, &before.fields, &set.into_iter().collect(), Author::Program)?;
        self.refuse_dangling(entity, Some(&before), &fields)?;
        let owner = before.owner;
        self.store_record(actor, entity, record.id, Some(before), owner, fields)
    }

    /// Stores a record that comes from elsewhere; it starts nothing.
    pub(crate) fn import(
        &mut self,
        entity: &EntityDefinition,
        id: RecordId,
        owner: Option<PersonId>,
        fields: Fields,
    ) -> Result<(), Error> {
        self.store_record(Principal::System, entity, id, None, owner, fields)
    }

    fn store_record(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
        before: Option<Record>,
        owner: Option<PersonId>,
        fields: Fields,
    ) -> Result<(), Error> {
        let changed = before.is_some();
        let unique = self.unique(entity, id, &fields)?;
        let record = Record {
            id,
            version: before.as_ref().map_or(1, |record| record.version + 1),
            owner,
            created_at: before.as_ref().map_or(self.now, |record| record.created_at),
            created_by: before.as_ref().map_or(actor.person(), |record| record.created_by),
            updated_at: self.now,
            fields,
        };
        let old = before.map(|record| record.fields).unwrap_or_default();
        let (before, after) = difference(&old, &record.fields);
        let sequence = self.next_id().get();
        self.tx.put_record_history(&HistoryEntry {
            entity: entity.id.clone(),
            record: id,
            sequence,
            at: self.now,
            actor,
            before,
            after,
            change: None,
            plugins: Vec::new(),
            instance: None,
        })?;
        self.tx.put_record(&RecordRow {
            entity: entity.id.clone(),
            references: references(entity, &record.fields),
            record,
            unique,
            likeness: Vec::new(),
            files: Vec::new(),
        })?;
        self.hint(HintKind::Record, id.get(), Audience::Readers(entity.id.clone(), owner));
        self.refresh_organisation(&entity.id);
        if changed {
            self.reconsider_cases(&entity.id, id)
        } else {
            Ok(())
        }
    }

    /// Cases about a record may wait for what has just become true of it.
    fn reconsider_cases(&mut self, entity: &Entity, id: RecordId) -> Result<(), Error> {
        let about = InstanceList::About(entity.clone(), id);
        let cases = self.queries().instances(&about, None, CASES_RECONSIDERED)?.items;
        let waits = |case: &Instance| case.state == InstanceState::Active && case.conditions > 0;
        for case in cases.into_iter().filter(waits) {
            self.process(Principal::System, &Command::Reconsider(case.id))?;
        }
        Ok(())
    }

    /// Deletes a record for good. What it was stays in its history.
    pub(crate) fn delete_record(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
    ) -> Result<(), Error> {
        let Some(row) = self.queries().record(&entity.id, id)? else {
            return Err(Error::not_found("记录", "record"));
        };
        self.refuse_under_approval(
            &RecordRef {
                entity: entity.id.clone(),
                id,
            },
            &[],
        )?;
        let (before, after) = difference(&row.record.fields, &Fields::new());
        let sequence = self.next_id().get();
        let entry = HistoryEntry {
            entity: entity.id.clone(),
            record: id,
            sequence,
            at: self.now,
            actor,
            before,
            after,
            change: None,
            plugins: Vec::new(),
            instance: None,
        };
        self.tx.put_record_history(&entry)?;
        self.tx.delete_record(&entity.id, id)?;
        self.hint(
            HintKind::Record,
            id.get(),
            Audience::Readers(entity.id.clone(), row.record.owner),
        );
        self.refresh_organisation(&entity.id);
        Ok(())
    }

    /// A record under approval is locked, except for what its step may edit (N2). The cases that this very command
    /// started do not count.
    pub(crate) fn refuse_under_approval(&self, record: &RecordRef, started: &[InstanceId]) -> Result<(), Error> {
        let list = InstanceList::About(record.entity.clone(), record.id);
        let cases = self.queries().instances(&list, None, CASES)?;
        let locks = |case: &&Instance| case.state == InstanceState::Active && !started.contains(&case.id);
        match cases.items.iter().find(locks) {
            None => Ok(()),
            Some(case) => Err(Refusal::new(
                RefusalKind::Conflict,
                "record.under-approval",
                format!("该记录正在审批（{}），结束前不能修改。", case.title),
                format!(
                    "The record is under approval ({}) and cannot be changed until that ends.",
                    case.title
                ),
            )
            .into()),
        }
    }

    fn refresh_organisation(&mut self, entity: &Entity) {
        if [PERSON, DEPARTMENT, ROLE].contains(&entity.as_str()) {
            self.after_commit(|shared| {
                if let Err(error) = shared.reload_organisation() {
                    tracing::error!(%error, "the organisation could not be read again");
                }
            });
        }
    }

    fn number(&mut self, entity: &EntityDefinition, fields: &mut Fields) -> Result<(), Error> {
        let today = today(self.now, self.shared.settings.utc_offset_minutes);
        for field in &entity.fields {
            if let FieldKind::AutoNumber { pattern } = &field.kind
                && !fields.contains_key(&field.id)
            {
                let counter = self.tx.next_number(&entity.id, &field.id, &pattern.series(today))?;
                fields.insert(field.id.clone(), pattern.format(today, counter).into());
            }
        }
        Ok(())
    }

    /// What a field newly points at must be there.
    fn refuse_dangling(
        &self,
        definition: &EntityDefinition,
        before: Option<&Record>,
        new: &Fields,
    ) -> Result<(), Error> {
        let mut refusals = Vec::new();
        for field in &definition.fields {
            let Some(target) = field.kind.target() else { continue };
            let old = before.and_then(|record| record.fields.get(&field.id));
            let Some(value) = new.get(&field.id).filter(|value| old != Some(*value)) else {
                continue;
            };
            let ids = value.as_list().unwrap_or(std::slice::from_ref(value)).iter();
            for id in ids.filter_map(|id| id.as_text()?.parse().ok()) {
                if self.queries().record(&target, id)?.is_none() {
                    refusals.push(
                        Refusal::new(
                            RefusalKind::Invalid,
                            "field.reference",
                            format!("“{}”所选的记录不存在。", field.label.zh),
                            format!("“{}” names a record that does not exist.", field.label.en),
                        )
                        .at(field.id.clone()),
                    );
                }
            }
        }
        if refusals.is_empty() {
            Ok(())
        } else {
            Err(refusals.into())
        }
    }

    /// The unique values of a record, or who has one of them already.
    fn unique(&self, entity: &EntityDefinition, id: RecordId, fields: &Fields) -> Result<Vec<(String, String)>, Error> {
        let mut unique = Vec::new();
        for field in entity.fields.iter().filter(|field| field.unique) {
            let Some(value) = fields.get(&field.id) else { continue };
            let key = value.as_text().map_or_else(|| value.to_string(), str::to_owned);
            let taken = self.queries().record_with(&entity.id, &field.id, &key)?;
            if taken.is_some_and(|other| other != id) {
                return Err(Refusal::new(
                    RefusalKind::Conflict,
                    "field.not-unique",
                    format!("“{}”已被另一条记录使用，请换一个。", field.label.zh),
                    format!(
                        "“{}” is used by another record already; choose another.",
                        field.label.en
                    ),
                )
                .at(field.id.clone())
                .into());
            }
            unique.push((field.id.clone(), key));
        }
        Ok(unique)
    }

    /// Starts the processes that a saved record starts. A start that fails is told to the administrators; the save
    /// stands. What a process saves starts nothing, so that no two processes can feed each other for ever.
    fn trigger(
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

/// The definition of an entity.
pub(crate) fn entity<'a>(catalogue: &'a Catalogue, id: &Entity) -> Result<&'a EntityDefinition, Error> {
    catalogue
        .entity(id.as_str())
        .ok_or_else(|| Error::not_found("实体", "entity"))
}

/// The records that a record names, with the field that does.
fn references(entity: &EntityDefinition, fields: &Fields) -> Vec<(String, RecordId)> {
    let mut found = Vec::new();
    for field in &entity.fields {
        if let FieldKind::Reference { .. } = field.kind
            && let Some(value) = fields.get(&field.id)
        {
            let ids = value.as_list().unwrap_or(std::slice::from_ref(value)).iter();
            let ids = ids.filter_map(|id| id.as_text()?.parse().ok());
            found.extend(ids.map(|id| (field.id.clone(), id)));
        }
    }
    found
}

/// What changed: the fields before and after, null where there was nothing.
fn difference(before: &Fields, after: &Fields) -> (BTreeMap<String, Value>, BTreeMap<String, Value>) {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let value = |fields: &Fields, name: &String| fields.get(name).cloned().unwrap_or(Value::Null);
    changed
        .map(|name| ((name.clone(), value(before, name)), (name.clone(), value(after, name))))
        .unzip()
}
