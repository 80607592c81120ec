//! What an import leaves behind besides its records: enough to undo it, and the rows that failed. It goes when it was kept
//! long enough; that there was an import stays.

use kapok_protocol::{ImportId, Timestamp};
use kapok_tables::Queries;

use crate::{Error, shared::Shared, writer::Writer};

/// For so many days an import can be undone.
pub(crate) const UNDOABLE: i64 = 30;
const DAY: i64 = 24 * 3_600_000;
/// So many imports are looked at in one go.
const LOOKED_AT: usize = 100;
/// So many parts go in one command.
const PARTS: usize = 50;

/// Removes what imports have left behind that ended long ago.
pub(crate) fn forget(shared: &Shared, writer: &Writer, now: Timestamp) -> Result<(), Error> {
    let moment = now.plus_millis(-UNDOABLE * DAY);
    let mut before: Option<ImportId> = None;
    loop {
        let imports = Queries(&shared.store.view()).imports(before, LOOKED_AT)?;
        let Some(last) = imports.last() else { return Ok(()) };
        before = Some(last.id);
        for import in imports {
            let is_old = import.ended_at.unwrap_or(import.asked_at) < moment && !import.state.is_open();
            while is_old && !shared.bells.cleaning.is_closed() {
                let parts = Queries(&shared.store.view()).import_parts(import.id, None, PARTS)?;
                let numbers: Vec<u64> = parts.iter().map(|part| part.number).collect();
                if numbers.is_empty() {
                    break;
                }
                let id = import.id;
                let removed = writer.submit(move |step| {
                    for number in numbers {
                        step.tx.delete_import_part(id, number)?;
                    }
                    Ok(())
                });
                removed.wait()?;
            }
        }
    }
}
