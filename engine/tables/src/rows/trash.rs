//! Records that were deleted and can be restored.

use kapok_protocol::{Entity, Principal, RecordId, Timestamp};

use super::{RecordKey, RecordRow, Row};
use crate::{Key, Prefix, codec::fields};

/// A record in the trash. It has none of its index rows there: no list shows it, and its unique values are free.
#[derive(Debug, Clone, PartialEq)]
pub struct TrashedRecord {
    /// The record as it was.
    pub row: RecordRow,
    /// When it was deleted.
    pub deleted_at: Timestamp,
    /// By whom.
    pub deleted_by: Principal,
    /// The record it was merged into: then it cannot be restored.
    pub merged_into: Option<RecordId>,
}

fields!(TrashedRecord { 0 => row, 1 => deleted_at, 2 => deleted_by, 3 => merged_into });

impl Row for TrashedRecord {
    type Id = RecordKey;
    fn key((entity, id): &RecordKey) -> Key {
        Key::new(Prefix::Trash).text(entity.as_str()).newest(id.get())
    }
    fn id(&self) -> RecordKey {
        self.row.id()
    }
    fn indexes(&self) -> Vec<Key> {
        let id = self.row.record.id.get();
        let mut keys = vec![trash_by_moment(&self.row.entity).latest(self.deleted_at).number(id)];
        keys.extend(
            self.row
                .files
                .iter()
                .map(|file| trash_by_file_key(file).text(self.row.entity.as_str()).number(id)),
        );
        keys
    }
}

/// The index rows of the deleted records of an entity begin with this.
pub(crate) fn trash_by_moment(entity: &Entity) -> Key {
    Key::new(Prefix::TrashByMoment).text(entity.as_str())
}

/// The index rows of the deleted records that name a file begin with this.
pub(crate) fn trash_by_file_key(file: &str) -> Key {
    Key::new(Prefix::TrashByFile).text(file)
}
