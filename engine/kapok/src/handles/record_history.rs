//! What happened to a record: who changed what, when and through what.

use std::collections::BTreeMap;

use kapok_protocol::{InstanceId, Principal, RecordId, RecordRef, Text, Timestamp, Value};
use kapok_records::{Access, Action, EntityDefinition, Fields, visible_fields};
use kapok_tables::{HistoryEntry, RecordChange};

use super::Staff;
use crate::{
    Error,
    seeing::Seeing,
    views::{Viewing, Who},
    writer::entity,
};

/// So many entries of one record are shown, the newest.
const SHOWN: usize = 1_000;

/// Something that happened to a record.
#[derive(Debug, Clone)]
pub struct HistoryItem {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: RecordActor,
    /// The case through which it was done, and what that is called.
    pub case: Option<(InstanceId, String)>,
    /// The plugins that had a part in it, by their names.
    pub plugins: Vec<Text>,
    /// What happened besides a change of fields.
    pub change: Option<RecordChange>,
    /// The people and records named by that change.
    pub names: Vec<String>,
    /// The changed fields that the person may read: name, label, before and after.
    pub fields: Vec<(String, Text, Value, Value)>,
    /// What fields that point at something show, before and after.
    pub display: [BTreeMap<String, String>; 2],
}

/// Who did something to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordActor {
    /// A person.
    Person(Who),
    /// A process; the case is the item's.
    Process,
    /// The system itself.
    System,
}

impl Staff {
    /// What happened to a record, deleted or not, newest first. Fields that the person may not read now are left out of
    /// what was then.
    pub fn record_history(&self, reference: &RecordRef) -> Result<Vec<HistoryItem>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let definition = entity(&viewing.catalogue, &reference.entity)?;
        let queries = &viewing.queries;
        let row = match queries.record(&reference.entity, reference.id)? {
            Some(row) => Some(row),
            None => queries
                .trashed(&reference.entity, reference.id)?
                .map(|trashed| trashed.row),
        };
        let record = row.ok_or_else(|| Error::not_found("记录", "record"))?.record;
        let seeing = self.seeing(&viewing)?;
        let access = seeing.rights().decide(Action::Read, definition, Some(&record));
        if !access.is_granted() {
            return Err(Error::not_found("记录", "record"));
        }
        let mut entries = queries.record_history(&reference.entity, reference.id, usize::MAX)?;
        entries.reverse();
        entries.truncate(SHOWN);
        let shown = entries
            .into_iter()
            .map(|entry| self.history_item(&seeing, &viewing, definition, &access, entry));
        shown.collect()
    }

    fn history_item(
        &self,
        seeing: &Seeing<'_>,
        viewing: &Viewing<'_>,
        definition: &EntityDefinition,
        access: &Access,
        entry: HistoryEntry,
    ) -> Result<HistoryItem, Error> {
        let seen = |fields: Fields| visible_fields(definition, &fields, access).fields;
        let (before, after) = (seen(entry.before), seen(entry.after));
        let labelled = definition.fields.iter().filter_map(|field| {
            let value = |fields: &Fields| fields.get(&field.id).cloned();
            let (before, after) = (value(&before), value(&after));
            (before.is_some() || after.is_some()).then(|| {
                (
                    field.id.clone(),
                    field.label.clone(),
                    before.unwrap_or_default(),
                    after.unwrap_or_default(),
                )
            })
        });
        let fields = labelled.collect();
        let (actor, case) = match entry.actor {
            Principal::Person(person) => (RecordActor::Person(viewing.who(person)), entry.instance),
            Principal::Process(instance) => (RecordActor::Process, Some(instance)),
            Principal::System => (RecordActor::System, entry.instance),
        };
        let case = match case {
            Some(id) => {
                let title = viewing.queries.instance(id)?.map(|case| case.title);
                Some((id, title.unwrap_or_default()))
            }
            None => None,
        };
        let names = match &entry.change {
            Some(RecordChange::Transferred { from, to }) => {
                let named = |person: &Option<_>| person.map(|person| viewing.who(person).name).unwrap_or_default();
                vec![named(from), named(to)]
            }
            Some(RecordChange::Merged(other) | RecordChange::MergedInto(other)) => {
                vec![self.title_if_readable(seeing, viewing, definition, *other)?]
            }
            Some(RecordChange::Shared { to, .. } | RecordChange::Unshared(to)) => {
                vec![super::receiver_name(&viewing.organisation, to)]
            }
            Some(RecordChange::Connected(source) | RecordChange::Disconnected(source)) => {
                vec![viewing.shared.plugins.source_name(source)]
            }
            _ => Vec::new(),
        };
        Ok(HistoryItem {
            at: entry.at,
            actor,
            case,
            plugins: viewing.shared.plugins.labels(&entry.plugins),
            change: entry.change,
            names,
            fields,
            display: [
                seeing.display(definition, &before)?,
                seeing.display(definition, &after)?,
            ],
        })
    }

    /// What a record is called, deleted or not, for who may read it.
    fn title_if_readable(
        &self,
        seeing: &Seeing<'_>,
        viewing: &Viewing<'_>,
        definition: &EntityDefinition,
        id: RecordId,
    ) -> Result<String, Error> {
        let queries = &viewing.queries;
        let row = match queries.record(&definition.id, id)? {
            Some(row) => Some(row),
            None => queries.trashed(&definition.id, id)?.map(|trashed| trashed.row),
        };
        let Some(row) = row else { return Ok(String::new()) };
        let access = seeing.rights().decide(Action::Read, definition, Some(&row.record));
        Ok(crate::views::title_of(
            definition,
            &visible_fields(definition, &row.record.fields, &access).fields,
        ))
    }
}
