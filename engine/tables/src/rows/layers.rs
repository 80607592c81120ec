//! The administrator's layer of definitions.

use kapok_protocol::{Entity, Principal, Timestamp};

use super::Row;
use crate::{Key, Prefix, codec::fields};

/// One item of the administrator's layer: an entity, what extends one, a dictionary, a role …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionItem {
    /// The table of the document it stands in, such as `entities`.
    pub kind: String,
    /// Its key in that table.
    pub id: String,
    /// What it says, as JSON.
    pub json: String,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: Principal,
}

/// For which definition the records of an entity were last put in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityState {
    /// The entity.
    pub entity: Entity,
    /// The hash of what the definition says about how records are stored and found.
    pub hash: String,
}

fields!(DefinitionItem { 0 => kind, 1 => id, 2 => json, 3 => changed_at, 4 => changed_by });
fields!(EntityState { 0 => entity, 1 => hash });

impl Row for DefinitionItem {
    type Id = (String, String);
    fn key((kind, id): &Self::Id) -> Key {
        Key::new(Prefix::DefinitionItem).text(kind).text(id)
    }
    fn id(&self) -> Self::Id {
        (self.kind.clone(), self.id.clone())
    }
}

impl Row for EntityState {
    type Id = Entity;
    fn key(entity: &Entity) -> Key {
        Key::new(Prefix::EntityState).text(entity.as_str())
    }
    fn id(&self) -> Entity {
        self.entity.clone()
    }
}
