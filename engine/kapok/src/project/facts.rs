//! Records as readers get them, from their rows.

use kapok_protocol::{Entity, Record, RecordId};
use kapok_search::{Change, Rows};
use kapok_store::View;
use kapok_tables::{Queries, RecordKey, RecordRow};

use crate::Error;

/// What became of a record.
pub(super) fn change(queries: &Queries<'_>, (entity, id): &RecordKey) -> Result<Change, Error> {
    Ok(match queries.record(entity, *id)? {
        Some(row) => saved(queries, row)?,
        None => Change::Gone(*id),
    })
}

/// A record with what is computed of it.
pub(super) fn saved(queries: &Queries<'_>, row: RecordRow) -> Result<Change, Error> {
    let entity = row.entity.clone();
    let record = complete(queries, row)?;
    Ok(Change::Saved { entity, record })
}

fn complete(queries: &Queries<'_>, row: RecordRow) -> Result<Record, Error> {
    let mut record = row.record;
    if let Some(computed) = queries.roll_ups(&row.entity, record.id)? {
        record.fields.extend(computed.values);
    }
    Ok(record)
}

/// The records of a view, for what the index does not hold exactly.
pub(crate) struct StoredRecords<'v>(pub(crate) &'v View);

impl Rows for StoredRecords<'_> {
    fn record(&self, entity: &Entity, id: RecordId) -> Option<Record> {
        let queries = Queries(self.0);
        let row = queries.record(entity, id).ok()??;
        complete(&queries, row).ok()
    }
}
