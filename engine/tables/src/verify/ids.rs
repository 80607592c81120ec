//! No id was given out that the counter has still to come to: it would be given out again.

use kapok_protocol::Text;

use super::{KINDS, cursor::Cursor, kinds::IdAt, report::Report};
use crate::{Read, TableError, last_id};

pub(super) fn check(read: &dyn Read, report: &mut Report) -> Result<(), TableError> {
    let last = match last_id(read) {
        Ok(last) => last,
        // A counter that cannot be read is reported as a row.
        Err(TableError::Codec { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    for kind in KINDS.iter().filter(|kind| !matches!(kind.id, IdAt::Nowhere)) {
        let mut rows = Cursor::new(read, kind.prefix);
        while let Some((key, _)) = rows.next()? {
            let Some(id) = kind.id(&key) else { continue };
            report.expect(id <= last, &key, || {
                Text::new(
                    format!("它的编号 {id} 大于编号计数器 {last}，该编号会再次发出。"),
                    format!("Its id {id} is above the counter, {last}: it would be given out again."),
                )
            });
        }
    }
    Ok(())
}
