//! Whose rights they are, found out from the rows: the organisation says whom a person stands above, shares and open tasks
//! open single records. Whatever is decided then is decided by `kapok_records::Rights`.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use kapok_process::Directory;
use kapok_protocol::{Entity, PersonId, Record, RecordId, RecordRef, Timestamp, Value};
use kapok_records::{Action, Catalogue, EntityDefinition, Level, Owners, Records, Rights, Sharing, Viewer};
use kapok_tables::{Queries, Receiver, ShareLevel, TableError, TaskList};

use crate::{
    Error, grants,
    organisation::{Organisation, today},
    shared::Shared,
};

/// So many shares with one receiver, and open tasks of one list, count.
const COUNTED: usize = 10_000;

/// Reads the records that rights depend on, each once.
pub(crate) struct Parents<'a> {
    queries: Queries<'a>,
    known: RefCell<BTreeMap<(Entity, RecordId), Option<Record>>>,
}

impl<'a> Parents<'a> {
    pub(crate) fn new(queries: Queries<'a>) -> Self {
        Self {
            queries,
            known: RefCell::default(),
        }
    }
}

impl Records for Parents<'_> {
    fn record(&self, entity: &Entity, id: RecordId) -> Option<Record> {
        let key = (entity.clone(), id);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let found = self.queries.record(entity, id).unwrap_or_else(|error| {
            tracing::error!(%error, "a record that rights depend on cannot be read; they are taken for refused");
            None
        });
        let found = found.map(|row| row.record);
        self.known.borrow_mut().insert(key, found.clone());
        found
    }
}

/// One viewer, with all that decisions about their rights depend on.
pub(crate) struct Viewpoint<'a> {
    pub(crate) viewer: Viewer,
    catalogue: &'a Catalogue,
    parents: Parents<'a>,
}

impl<'a> Viewpoint<'a> {
    pub(crate) fn new(viewer: Viewer, catalogue: &'a Catalogue, queries: Queries<'a>) -> Self {
        Self {
            viewer,
            catalogue,
            parents: Parents::new(queries),
        }
    }

    pub(crate) fn rights(&self) -> Rights<'_> {
        Rights::new(&self.viewer, self.catalogue, &self.parents)
    }
}

/// A person as one who asks for records, with what is shared with them today and what their open tasks are about. `None`
/// for somebody who does not work here.
pub(crate) fn viewer(
    shared: &Shared,
    organisation: &Organisation,
    catalogue: &Catalogue,
    queries: &Queries<'_>,
    person: PersonId,
    now: Timestamp,
    today: &str,
) -> Result<Option<Viewer>, Error> {
    let Some(mut viewer) = viewer_by_shares(organisation, catalogue, queries, person, today)? else {
        return Ok(None);
    };
    let groups = organisation.groups_of(person).into_iter().map(TaskList::Candidates);
    let others = organisation.stands_in_for(person, now);
    let assigned = std::iter::once(person).chain(others).map(TaskList::Assigned);
    for list in assigned.chain(groups) {
        for task in queries.tasks(&list, None, COUNTED)?.items {
            let process = |definition| Ok::<_, Error>(queries.definition(definition)?.map(|row| row.key));
            if let Some(other) = task.assignee.filter(|other| *other != person)
                && let process = process(task.definition)?.unwrap_or_default()
                && !organisation.stand_ins(other, &process, now).contains(&person)
            {
                continue;
            }
            let instance = queries.instance(task.instance)?;
            let Some(record) = instance.and_then(|instance| instance.record) else {
                continue;
            };
            // A task opens no more than its process may see.
            if !grants::reads(shared, task.definition, &record.entity) {
                continue;
            }
            if let Some(parent) = parent_of(catalogue, queries, &record)? {
                viewer.share(parent, Sharing::TaskBelow);
            }
            viewer.share(record, Sharing::Task);
        }
    }
    Ok(Some(viewer))
}

/// The same as of now; refused for somebody who does not work here.
pub(crate) fn viewer_of(shared: &Shared, queries: &Queries<'_>, person: PersonId) -> Result<Viewer, Error> {
    let now = shared.clock.now();
    let day = today(now, shared.settings.utc_offset_minutes).to_string();
    let viewer = viewer(
        shared,
        &shared.organisation(),
        &shared.catalogue(),
        queries,
        person,
        now,
        &day,
    )?;
    viewer.ok_or_else(|| Error::forbidden("该账号已停用。", "This account is not active."))
}

/// The same without the tasks.
pub(crate) fn viewer_by_shares(
    organisation: &Organisation,
    catalogue: &Catalogue,
    queries: &Queries<'_>,
    person: PersonId,
    today: &str,
) -> Result<Option<Viewer>, Error> {
    let Some(mut viewer) = organisation.viewer(person) else {
        return Ok(None);
    };
    for receiver in receivers(organisation, person) {
        for share in queries.shares_with(&receiver, COUNTED)? {
            if share.holds_on(today) {
                let sharing = match share.level {
                    ShareLevel::Read => Sharing::Read,
                    ShareLevel::Update => Sharing::Update,
                };
                viewer.share(share.reference(), sharing);
            }
        }
    }
    open_parents(&mut viewer, catalogue, queries)?;
    Ok(Some(viewer))
}

/// Adds what is above the records that the viewer reads for themselves, where those open it.
fn open_parents(viewer: &mut Viewer, catalogue: &Catalogue, queries: &Queries<'_>) -> Result<(), TableError> {
    let mut opened = BTreeSet::new();
    for child in catalogue.entities().filter(|child| child.opens.is_some()) {
        let parent = child
            .parent_of()
            .and_then(|(_, parent)| catalogue.entity(parent.as_str()));
        let Some(parent) = parent.filter(|parent| !reads_all_of(viewer, catalogue, parent)) else {
            continue;
        };
        let reach = Rights::new(viewer, catalogue, &()).reach(Action::Read, child);
        let mut above = BTreeSet::new();
        match &reach.owners {
            Owners::None | Owners::Nobody => {}
            Owners::These(owners) => {
                for owner in owners.iter() {
                    above.append(&mut queries.opened(&child.id, Some(*owner), COUNTED)?);
                }
            }
            Owners::All => above = queries.opened(&child.id, None, COUNTED)?,
        }
        for id in reach.shared {
            above.extend(queries.record(&child.id, id)?.and_then(|row| row.opens));
        }
        let entity = &parent.id;
        opened.extend(above.into_iter().map(|id| RecordRef {
            entity: entity.clone(),
            id,
        }));
    }
    for record in opened {
        viewer.share(record, Sharing::Below);
    }
    Ok(())
}

/// Whether one of the viewer's roles shows all records of an entity, all their fields and all that is below them: then
/// nothing opens more.
fn reads_all_of(viewer: &Viewer, catalogue: &Catalogue, entity: &EntityDefinition) -> bool {
    viewer.roles.iter().any(|role| {
        let of_role = entity.grants.get(role);
        let reads = of_role.is_some_and(|grants| grants.read == Level::All && grants.hand_down);
        let hands_down = |child: &EntityDefinition| child.grants.get(role).is_none_or(|grants| grants.inherit);
        reads && !entity.field_rules.contains_key(role) && catalogue.children(&entity.id).all(hands_down)
    })
}

/// As what a person receives shares: as themselves, in their department and those above it, in their roles.
pub(crate) fn receivers(organisation: &Organisation, person: PersonId) -> Vec<Receiver> {
    let departments = organisation.departments_above(person).into_iter();
    let roles = organisation.roles_of(person).into_iter();
    std::iter::once(Receiver::Person(person))
        .chain(departments.map(Receiver::Department))
        .chain(roles.map(Receiver::Role))
        .collect()
}

/// The record above another one.
pub(crate) fn parent_of(
    catalogue: &Catalogue,
    queries: &Queries<'_>,
    reference: &RecordRef,
) -> Result<Option<RecordRef>, TableError> {
    let definition = catalogue.entity(reference.entity.as_str());
    let Some((field, entity)) = definition.and_then(|definition| definition.parent_of()) else {
        return Ok(None);
    };
    let row = queries.record(&reference.entity, reference.id)?;
    let id = row.and_then(|row| row.record.fields.get(field).and_then(Value::as_text)?.parse().ok());
    Ok(id.map(|id| RecordRef {
        entity: entity.clone(),
        id,
    }))
}
