//! Why somebody may do something with a record: "view as this person".

use kapok_protocol::{Record, RecordRef};

use super::{
    Owners, Rights, Sharing,
    reach::{Sources, parent_of},
};
use crate::definition::{Action, EntityDefinition, Level};

/// One reason for a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A role reaches the record's owner.
    Role {
        /// The role's code.
        role: String,
        /// How far it reaches.
        level: Level,
    },
    /// The process was granted it when it was published.
    Granted(Level),
    /// Nobody is responsible for it, and a role finds such records.
    Unowned {
        /// The role's code.
        role: String,
    },
    /// The record is reached for itself.
    Shared(Sharing),
    /// Its parent is read, for these reasons, and hands reading down.
    Parent {
        /// The field that names the parent.
        field: String,
        /// The parent.
        parent: RecordRef,
        /// Why the parent is read.
        reasons: Vec<Reason>,
    },
}

impl Rights<'_> {
    /// All reasons why the viewer may do something with a record; none exactly when the viewer may not.
    pub fn explain(&self, action: Action, entity: &EntityDefinition, record: &Record) -> Vec<Reason> {
        let mut reasons = Vec::new();
        for role in self.roles() {
            let sources = Sources {
                roles: vec![role],
                grants: false,
                shares: false,
            };
            if self.owns(&sources, action, entity, record) {
                let level = entity.grants.get(role).copied().unwrap_or_default().level(action);
                reasons.push(Reason::Role {
                    role: role.to_owned(),
                    level,
                });
            }
        }
        let granted = Sources {
            roles: Vec::new(),
            grants: true,
            shares: false,
        };
        if self.owns(&granted, action, entity, record) {
            let level = self.viewer.grants.of(&entity.id).map(|grant| grant.level(action));
            reasons.push(Reason::Granted(level.unwrap_or_default()));
        }
        let whole = self.reach(action, entity);
        if whole.shared.contains(&record.id) {
            let sharings = self.viewer.sharing(&entity.id, record.id);
            reasons.extend(sharings.into_iter().map(Reason::Shared));
        }
        if action == Action::Read
            && reasons.is_empty()
            && record.owner.is_none()
            && let Some(role) = self.finds_unowned(entity)
        {
            reasons.push(Reason::Unowned { role: role.to_owned() });
        }
        if let Some(inherited) = whole
            .inherited
            .filter(|inherited| inherited.admits(record, self.records))
            && let Some(id) = parent_of(record, &inherited.field)
            && let Some((field, definition)) = self.parent(entity)
            && let Some(parent) = self.records.record(&definition.id, id)
        {
            reasons.push(Reason::Parent {
                field: field.to_owned(),
                parent: RecordRef {
                    entity: definition.id.clone(),
                    id,
                },
                reasons: self.explain(action, definition, &parent),
            });
        }
        reasons
    }

    /// Whether the sources reach the record through its owner.
    fn owns(&self, sources: &Sources<'_>, action: Action, entity: &EntityDefinition, record: &Record) -> bool {
        match self.reach_from(sources, action, entity).owners {
            Owners::None => false,
            Owners::These(persons) => record.owner.is_some_and(|owner| persons.contains(&owner)),
            Owners::All => true,
            Owners::Nobody => record.owner.is_none(),
        }
    }
}
