//! Saving records: the part that must happen in the writer. What is slow (plugins) was done before.

mod files;
mod found_by;
mod imports;
mod jobs;
mod merging;
mod plugins;
mod roll_ups;
mod transfer;
mod trash;
mod trigger;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kapok_model::NodeKind;
use kapok_process::{
    Definitions,
    state::{Instance, InstanceState},
};
use kapok_protocol::{
    Command, Entity, InstanceId, PersonId, Principal, Record, RecordEvent, RecordId, RecordRef, Refusal, RefusalKind,
    Value,
};
use kapok_records::{
    Action, Author, Catalogue, DEPARTMENT, DuplicateAction, DuplicateRule, EntityDefinition, FieldKind, Fields, PERSON,
    POST, ROLE, STAND_IN, validate,
};
use kapok_tables::{HistoryEntry, InstanceList, Notes, RecordChange};

pub(crate) use found_by::files as named_files;
pub(crate) use imports::{Became, Undone};
pub(crate) use jobs::Progress;

use super::Step;
use crate::{
    Error, grants,
    hints::{Audience, HintKind},
    organisation::today,
};

/// So many of the cases about a record are looked at when it changes, the newest first.
const CASES_RECONSIDERED: usize = 100;

/// A record as it will be stored, checked by the definition and by plugins.
#[derive(Debug, Clone)]
pub(crate) struct CheckedSave {
    pub(crate) record: Option<RecordId>,
    /// The id that a new one gets, when it was drawn already.
    pub(crate) new_id: Option<RecordId>,
    /// What plugins read while they checked it.
    pub(crate) reads: Arc<Notes>,
    /// The version all checks were made on; none for a new record.
    pub(crate) on_version: Option<u64>,
    pub(crate) owner: Option<PersonId>,
    /// Who is to be responsible for one that is there, if that changes.
    pub(crate) hand_over: Option<Option<PersonId>>,
    pub(crate) fields: Fields,
    /// Whether its author knows that it is probably there already.
    pub(crate) ignore_duplicates: bool,
    /// Through what it is saved.
    pub(crate) through: Through,
}

/// Through what a record is changed, besides who does it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Through {
    /// The plugins that changed it on its way.
    pub(crate) plugins: Vec<String>,
    /// The case in which a person does it.
    pub(crate) instance: Option<InstanceId>,
    /// How many calls of plugins caused one another before it.
    pub(crate) depth: u32,
}

/// A change of a record that is about to be stored.
pub(crate) struct Change {
    pub(crate) id: RecordId,
    /// What is there now; it gives the version, and what the record keeps.
    pub(crate) before: Option<Record>,
    pub(crate) owner: Option<PersonId>,
    pub(crate) fields: Fields,
    /// What happens besides a change of fields.
    pub(crate) what: Option<RecordChange>,
    pub(crate) through: Through,
}

/// What became of a save.
#[derive(Debug, Clone)]
pub(crate) enum Saved {
    Done(Box<Record>, Vec<InstanceId>),
    /// Somebody saved it since the checks: they must be made again.
    Stale,
    /// It is probably the same as these; nothing of it may stay.
    Alike {
        records: Vec<RecordId>,
        may_ignore: bool,
    },
}

/// What became of a save before anything was started by it.
pub(crate) enum Kept {
    /// It is stored.
    Done {
        record: RecordId,
        version: u64,
        event: RecordEvent,
    },
    /// As [`Saved::Stale`].
    Stale,
    /// As [`Saved::Alike`].
    Alike { records: Vec<RecordId>, may_ignore: bool },
}

/// Records stand no deeper below each other.
const DEPTH: usize = 64;

/// So many cases of one record, newest first, are looked at for one that locks it.
const CASES: usize = 1_000;

impl Step<'_> {
    /// Whether somebody saved a record, or changed what it was checked against, since it was checked.
    pub(crate) fn is_stale(&self, entity: &Entity, save: &CheckedSave) -> Result<bool, Error> {
        let now = match save.record {
            Some(id) => self.queries().record(entity, id)?.map(|row| row.record.version),
            None => None,
        };
        Ok(now != save.on_version || !save.reads.hold(&self.tx)?)
    }

    /// Saves a checked record, numbers it, and starts what its save starts.
    pub(crate) fn save(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        save: CheckedSave,
    ) -> Result<Saved, Error> {
        let (id, event) = match self.keep(actor, entity, save)? {
            Kept::Done { record, event, .. } => (record, event),
            Kept::Stale => return Ok(Saved::Stale),
            Kept::Alike { records, may_ignore } => return Ok(Saved::Alike { records, may_ignore }),
        };
        let reference = RecordRef {
            entity: entity.id.clone(),
            id,
        };
        let started = self.trigger(actor, &reference, event)?;
        let row = self.queries().record(&entity.id, id)?;
        let record = row.ok_or_else(|| Error::not_found("记录", "record"))?.record;
        Ok(Saved::Done(Box::new(record), started))
    }

    /// Saves a checked record and numbers it, and has the plugins called that react to it: what they keep up would be wrong
    /// otherwise. It starts no process.
    pub(super) fn keep(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        save: CheckedSave,
    ) -> Result<Kept, Error> {
        let before = match save.record {
            Some(id) => self.queries().record(&entity.id, id)?.map(|row| row.record),
            None => None,
        };
        if before.as_ref().map(|record| record.version) != save.on_version {
            return Ok(Kept::Stale);
        }
        let event = if before.is_some() {
            RecordEvent::Updated
        } else {
            RecordEvent::Created
        };
        let id = save.record.or(save.new_id).unwrap_or_else(|| self.next_id().into());
        let mut fields = save.fields;
        if before.is_none() {
            self.number(entity, &mut fields)?;
        }
        self.refuse_dangling(entity, before.as_ref(), &fields)?;
        self.refuse_circle(entity, id, &fields)?;
        let old = before.as_ref().map(|record| &record.fields);
        let is_strict = |rule: &DuplicateRule| rule.action == DuplicateAction::Refuse;
        let strict = self.alike(entity, old, id, &fields, is_strict)?;
        // Only a person can be asked whether it is meant.
        let loose = match save.ignore_duplicates || actor.person().is_none() {
            true => Vec::new(),
            false => self.alike(entity, old, id, &fields, |rule| !is_strict(rule))?,
        };
        if !strict.is_empty() || !loose.is_empty() {
            let may_ignore = strict.is_empty();
            let records = if may_ignore { loose } else { strict };
            return Ok(Kept::Alike { records, may_ignore });
        }
        let version = save.on_version.map_or(1, |version| version + 1);
        let former = before.as_ref().and_then(|record| record.owner);
        let owner = match save.hand_over {
            Some(to) => to,
            None => save.owner.or(former),
        };
        let handed_over = save.hand_over.filter(|to| *to != former);
        let reference = RecordRef {
            entity: entity.id.clone(),
            id,
        };
        self.tell_plugins(actor, &reference, before.as_ref(), &fields, save.through.depth)?;
        let change = Change {
            id,
            before,
            owner,
            fields,
            what: handed_over.map(|to| RecordChange::Transferred { from: former, to }),
            through: save.through,
        };
        self.store_record(actor, entity, change)?;
        if let Some(Some(to)) = handed_over {
            self.keep_reading(actor, &reference, former, to)?;
        }
        Ok(Kept::Done {
            record: id,
            version,
            event,
        })
    }

    /// Sets fields in the name of a process or the system, which may write what people may not; a process what was
    /// granted to it.
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
        let set: Fields = set.into_iter().collect();
        if let Principal::Process(instance) = actor {
            let (queries, changed) = (self.queries(), set.keys());
            grants::allow(
                self.shared,
                &queries,
                instance,
                Action::Update,
                entity,
                Some(&before),
                changed,
            )?;
        }
        let fields = validate(entity, &before.fields, &set, Author::Program)?;
        self.refuse_dangling(entity, Some(&before), &fields)?;
        self.tell_plugins(actor, record, Some(&before), &fields, 0)?;
        let change = Change {
            id: record.id,
            owner: before.owner,
            before: Some(before),
            fields,
            what: None,
            through: Through::default(),
        };
        self.store_record(actor, entity, change)
    }

    /// Stores a record that comes from elsewhere; it starts nothing.
    pub(crate) fn import(
        &mut self,
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
        self.store_record(Principal::System, entity, change)
    }

    /// Stores a record with everything that follows from it: its history, what it is found by, what is computed from it.
    pub(crate) fn store_record(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        change: Change,
    ) -> Result<(), Error> {
        let Change {
            id,
            before,
            owner,
            mut fields,
            what,
            through,
        } = change;
        let catalogue = self.shared.catalogue();
        if catalogue.formulas().has_stored(&entity.id) {
            let context = self.context(actor);
            catalogue.formulas().compute(entity, &mut fields, &context)?;
        }
        let record = Record {
            id,
            version: before.as_ref().map_or(1, |record| record.version + 1),
            owner,
            created_at: before.as_ref().map_or(self.now, |record| record.created_at),
            created_by: before.as_ref().map_or(actor.person(), |record| record.created_by),
            updated_at: self.now,
            fields,
        };
        let row = self.found_by(entity, record)?;
        let nothing = Fields::new();
        let old = before.as_ref().map_or(&nothing, |record| &record.fields);
        self.note_history(actor, entity, id, (old, &row.record.fields), what, through)?;
        if entity.opens.is_some() && before.is_some() && row.opens.is_none() {
            self.end_open_shares(entity, id)?;
        }
        self.tx.put_record(&row)?;
        if before.is_none() {
            self.compute_roll_ups(entity, id)?;
        }
        self.keep_roll_ups(entity, before.as_ref(), Some(&row.record))?;
        let former = before.as_ref().and_then(|record| record.owner);
        self.hint_readers(entity, id, [former, owner]);
        self.refresh_organisation(&entity.id);
        if before.is_some() {
            self.reconsider_cases(&entity.id, id)
        } else {
            Ok(())
        }
    }

    /// Tells those who may see a record because of who is or was responsible for it.
    fn hint_readers(&mut self, entity: &EntityDefinition, id: RecordId, owners: [Option<PersonId>; 2]) {
        let owners: BTreeSet<_> = owners.into_iter().collect();
        for owner in owners {
            self.hint(HintKind::Record, id.get(), Audience::Readers(entity.id.clone(), owner));
        }
    }

    /// Who acts and when, for words and expressions.
    fn context(&self, actor: Principal) -> kapok_rules::Context {
        let organisation = self.shared.organisation();
        organisation.context(actor.person(), self.now, self.shared.settings.utc_offset_minutes)
    }

    /// Says in the history what changes.
    fn note_history(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
        (old, new): (&Fields, &Fields),
        change: Option<RecordChange>,
        through: Through,
    ) -> Result<(), Error> {
        let (before, after) = difference(old, new);
        let sequence = self.next_id().get();
        Ok(self.tx.put_record_history(&HistoryEntry {
            entity: entity.id.clone(),
            record: id,
            sequence,
            at: self.now,
            actor,
            before,
            after,
            change,
            plugins: through.plugins,
            instance: through.instance,
        })?)
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

    /// A record under approval is locked, except for what its step may edit (N2). The cases that this very command
    /// started do not count, nor do those of processes in which nobody approves anything: who is to visit a customer
    /// next week keeps nobody from writing on.
    pub(crate) fn refuse_under_approval(&self, record: &RecordRef, started: &[InstanceId]) -> Result<(), Error> {
        let approves = |case: &Instance| {
            let graph = self.shared.definitions.graph(case.definition);
            graph.is_none_or(|graph| graph.nodes().any(|(_, node)| may_approve(&node.kind)))
        };
        self.refuse_with_case(record, |case| !started.contains(&case.id) && approves(case))
    }

    /// A record that a case is about stays until the case has ended.
    pub(crate) fn refuse_in_case(&self, record: &RecordRef) -> Result<(), Error> {
        self.refuse_with_case(record, |_| true)
    }

    fn refuse_with_case(&self, record: &RecordRef, counts: impl Fn(&Instance) -> bool) -> Result<(), Error> {
        let list = InstanceList::About(record.entity.clone(), record.id);
        let cases = self.queries().instances(&list, None, CASES)?;
        let locks = |case: &&Instance| case.state == InstanceState::Active && counts(case);
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
        if [PERSON, DEPARTMENT, ROLE, POST, STAND_IN].contains(&entity.as_str()) {
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

    /// A record does not stand above itself.
    fn refuse_circle(&self, entity: &EntityDefinition, id: RecordId, fields: &Fields) -> Result<(), Error> {
        for name in entity.tree.iter().chain(&entity.parent).collect::<BTreeSet<_>>() {
            let above = |fields: &Fields| fields.get(name)?.as_text()?.parse::<RecordId>().ok();
            if entity.field(name).and_then(|field| field.kind.target()).as_ref() != Some(&entity.id) {
                continue;
            }
            let mut next = above(fields);
            for _ in 0..DEPTH {
                let Some(upper) = next.filter(|upper| *upper != id) else {
                    break;
                };
                let row = self.queries().record(&entity.id, upper)?;
                next = row.and_then(|row| above(&row.record.fields));
            }
            if next.is_some() {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "field.circle",
                    format!("这样会使记录成为自己的上级，或层级超过 {DEPTH} 层，请另选上级。"),
                    format!(
                        "The record would stand above itself, or more than {DEPTH} levels deep; choose another one."
                    ),
                )
                .at(name.clone())
                .into());
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
}

/// Whether somebody approves something at a step, or in a process that it calls.
fn may_approve(step: &NodeKind) -> bool {
    match step {
        NodeKind::UserTask(task) => task.approval.is_some(),
        NodeKind::CallActivity(_) => true,
        _ => false,
    }
}

/// The definition of an entity.
pub(crate) fn entity<'a>(catalogue: &'a Catalogue, id: &Entity) -> Result<&'a EntityDefinition, Error> {
    catalogue
        .entity(id.as_str())
        .ok_or_else(|| Error::not_found("实体", "entity"))
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
