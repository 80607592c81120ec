//! Who asks, with all that rights depend on.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kapok_protocol::{Entity, PersonId, RecordId, RecordRef};

use super::ProcessGrants;

/// Who asks. [`Structure::circles`](crate::Structure::circles) makes the costly part of a person, which stays the same
/// until the organisation changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Viewer {
    /// The person; a process is none.
    pub person: Option<PersonId>,
    /// The codes of the person's roles.
    pub roles: BTreeSet<String>,
    /// Whose records are within which level.
    pub circles: Circles,
    /// Records that are reached for themselves, and why.
    pub shares: BTreeMap<Entity, BTreeMap<RecordId, BTreeSet<Sharing>>>,
    /// What a process may do, as it was confirmed when it was published.
    pub grants: ProcessGrants,
}

/// Why one record is reached for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sharing {
    /// It is shared for reading.
    Read,
    /// It is shared for reading and changing.
    Update,
    /// The viewer has an open task about it.
    Task,
    /// The viewer has an open task about a record below it.
    TaskBelow,
    /// A record below it, which the viewer reads for itself, opens it.
    Below,
}

/// Whose records are within which level, as seen from one person. Each holds the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Circles {
    /// The person alone.
    pub own: Arc<BTreeSet<PersonId>>,
    /// Everybody below the person too, at every level.
    pub subordinates: Arc<BTreeSet<PersonId>>,
    /// Everybody in the person's department too.
    pub department: Arc<BTreeSet<PersonId>>,
    /// Everybody in the departments below it too.
    pub department_tree: Arc<BTreeSet<PersonId>>,
}

impl Viewer {
    /// A process, with what it may do. The record that it is about is no exception.
    pub fn process(grants: ProcessGrants) -> Self {
        Self {
            grants,
            ..Self::default()
        }
    }

    /// Adds a record that is reached for itself.
    pub fn share(&mut self, record: RecordRef, sharing: Sharing) {
        let of_entity = self.shares.entry(record.entity).or_default();
        of_entity.entry(record.id).or_default().insert(sharing);
    }

    /// Why a record is reached for itself; empty when it is not.
    pub(crate) fn sharing(&self, entity: &Entity, id: RecordId) -> BTreeSet<Sharing> {
        let found = self.shares.get(entity).and_then(|records| records.get(&id));
        found.cloned().unwrap_or_default()
    }
}
