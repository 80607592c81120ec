//! Making one record of several that are the same.

use kapok_protocol::{Principal, RecordId, Value};
use kapok_records::{EntityDefinition, Field, FieldKind, Fields};
use kapok_tables::{HistoryEntry, RecordChange, RecordRow};

use super::{Change, Through};
use crate::{Error, writer::Step};

impl Step<'_> {
    /// Puts the others into the trash and says so in the histories. What names them is moved afterwards.
    pub(crate) fn merge_records(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        keep: RecordId,
        others: &[RecordId],
    ) -> Result<(), Error> {
        for other in others {
            let reference = kapok_protocol::RecordRef {
                entity: entity.id.clone(),
                id: *other,
            };
            self.refuse_in_case(&reference)?;
            self.put_into_trash(actor, entity, *other, Some(keep))?;
            let sequence = self.next_id().get();
            self.tx.put_record_history(&HistoryEntry {
                entity: entity.id.clone(),
                record: keep,
                sequence,
                at: self.now,
                actor,
                before: Fields::new(),
                after: Fields::new(),
                change: Some(RecordChange::Merged(*other)),
                plugins: Vec::new(),
                instance: None,
            })?;
        }
        Ok(())
    }

    /// The next records that name `from`: which entity, by which field.
    pub(crate) fn naming(
        &self,
        target: &EntityDefinition,
        from: RecordId,
        limit: usize,
    ) -> Result<Vec<RecordRow>, Error> {
        let catalogue = self.shared.catalogue();
        let mut found = Vec::new();
        for entity in catalogue.entities() {
            for path in paths_to(entity, target) {
                let page = self
                    .queries()
                    .referring(&entity.id, &path, from, None, limit - found.len())?;
                found.extend(page.items);
                if found.len() >= limit {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// Lets a record name `to` where it named `from`.
    pub(crate) fn follow(
        &mut self,
        actor: Principal,
        row: RecordRow,
        target: &EntityDefinition,
        from: RecordId,
        to: RecordId,
    ) -> Result<(), Error> {
        let catalogue = self.shared.catalogue();
        let entity = super::entity(&catalogue, &row.entity)?;
        let mut fields = row.record.fields.clone();
        let (old, new) = (Value::from(from.to_string()), Value::from(to.to_string()));
        for field in entity.fields.iter().chain(&entity.disabled) {
            if let Some(value) = fields.get_mut(&field.id) {
                replace(field, value, target, &old, &new);
            }
        }
        let change = Change {
            id: row.record.id,
            owner: row.record.owner,
            before: Some(row.record),
            fields,
            what: Some(RecordChange::Followed),
            through: Through::default(),
        };
        self.store_record(actor, entity, change)
    }
}

/// The fields of an entity that name records of another one.
fn paths_to(entity: &EntityDefinition, target: &EntityDefinition) -> Vec<String> {
    let mut paths = Vec::new();
    for field in entity.fields.iter().chain(&entity.disabled) {
        match &field.kind {
            FieldKind::Reference { entity, .. } if *entity == target.id => paths.push(field.id.clone()),
            FieldKind::Lines { columns } => {
                let naming = columns.iter().filter(
                    |column| matches!(&column.kind, FieldKind::Reference { entity, .. } if *entity == target.id),
                );
                paths.extend(naming.map(|column| format!("{}.{}", field.id, column.id)));
            }
            _ => {}
        }
    }
    paths
}

fn replace(field: &Field, value: &mut Value, target: &EntityDefinition, old: &Value, new: &Value) {
    match &field.kind {
        FieldKind::Reference { entity, .. } if *entity == target.id => match value {
            Value::List(items) => {
                let has_new = items.contains(new);
                if has_new {
                    items.retain(|item| item != old);
                }
                items
                    .iter_mut()
                    .filter(|item| *item == old)
                    .for_each(|item| *item = new.clone());
            }
            one if one == old => *one = new.clone(),
            _ => {}
        },
        FieldKind::Lines { columns } => {
            let Value::List(rows) = value else { return };
            for row in rows {
                let Value::Map(cells) = row else { continue };
                for column in columns {
                    if let Some(cell) = cells.get_mut(&column.id) {
                        replace(column, cell, target, old, new);
                    }
                }
            }
        }
        _ => {}
    }
}
