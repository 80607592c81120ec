//! How far rights go: whose records, which single ones, and the children of which.

use std::{collections::BTreeSet, sync::Arc};

use kapok_protocol::{Entity, PersonId, Record, RecordId, Value};

use super::{EVERYONE, Records, Rights, Sharing};
use crate::definition::{Action, EntityDefinition, Grants, Level};

/// The records of one entity that a right reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Of which entity.
    pub entity: Entity,
    /// By who is responsible for them.
    pub owners: Owners,
    /// And these besides.
    pub shared: BTreeSet<RecordId>,
    /// And the children of records that are reached.
    pub inherited: Option<Box<Inherited>>,
}

/// Records are reached through their parents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// The field that names the parent.
    pub field: String,
    /// Which parents hand down.
    pub parents: Reach,
}

/// Whose records are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owners {
    /// Nobody's.
    None,
    /// Those of these persons.
    These(Arc<BTreeSet<PersonId>>),
    /// Everybody's, also those that nobody is responsible for.
    All,
    /// Those that nobody is responsible for.
    Nobody,
}

/// So many parents above each other hand down: entities may name themselves, and each other in a circle.
const GENERATIONS: usize = 4;

/// Which of the viewer's rights are asked for.
#[derive(Clone)]
pub(super) struct Sources<'r> {
    pub(super) roles: Vec<&'r str>,
    pub(super) grants: bool,
    pub(super) shares: bool,
}

impl Reach {
    /// Nothing of an entity.
    pub(super) fn nothing(entity: &Entity) -> Self {
        Self {
            entity: entity.clone(),
            owners: Owners::None,
            shared: BTreeSet::new(),
            inherited: None,
        }
    }

    /// Whether nothing is reached.
    pub fn is_nothing(&self) -> bool {
        self.owners == Owners::None && self.shared.is_empty() && self.inherited.is_none()
    }

    /// Whether everything is reached.
    pub fn is_everything(&self) -> bool {
        self.owners == Owners::All
    }

    /// Whether it reaches the records of all owners that another one reaches, when that one reaches nothing else.
    pub(super) fn includes_owners_of(&self, other: &Self) -> bool {
        let of_owners_only = other.inherited.is_none() && other.shared.is_empty();
        of_owners_only
            && match (&self.owners, &other.owners) {
                (Owners::All, _) | (_, Owners::None) => true,
                (Owners::These(mine), Owners::These(theirs)) => theirs.is_subset(mine),
                _ => false,
            }
    }

    /// Whether it reaches a record of its entity.
    pub fn admits(&self, record: &Record, records: &dyn Records) -> bool {
        let owned = match &self.owners {
            Owners::None => false,
            Owners::These(persons) => record.owner.is_some_and(|owner| persons.contains(&owner)),
            Owners::All => true,
            Owners::Nobody => record.owner.is_none(),
        };
        owned
            || self.shared.contains(&record.id)
            || self
                .inherited
                .as_ref()
                .is_some_and(|inherited| inherited.admits(record, records))
    }
}

impl Inherited {
    /// Whether a record is a child of one that is reached.
    pub fn admits(&self, record: &Record, records: &dyn Records) -> bool {
        let Some(id) = parent_of(record, &self.field) else {
            return false;
        };
        let simply = self.parents.is_everything() || self.parents.shared.contains(&id);
        match records.record(&self.parents.entity, id) {
            // A parent that is gone hands nothing down, not even one that everybody could read.
            None => false,
            Some(parent) => simply || self.parents.admits(&parent, records),
        }
    }
}

/// Whether who reads a record through a role thereby reads the records of an entity below it.
pub(super) fn hands_down(parent: &EntityDefinition, child: &EntityDefinition, role: &str) -> bool {
    let says = |entity: &EntityDefinition, flag: fn(&Grants) -> bool| entity.grants.get(role).is_none_or(flag);
    says(parent, |grants| grants.hand_down) && says(child, |grants| grants.inherit)
}

/// The parent that a record names in a field.
pub(super) fn parent_of(record: &Record, field: &str) -> Option<RecordId> {
    record.fields.get(field).and_then(Value::as_text)?.parse().ok()
}

impl<'a> Rights<'a> {
    /// How far the viewer's rights go for an action on an entity. The widest of the viewer's roles counts.
    pub fn reach(&self, action: Action, entity: &EntityDefinition) -> Reach {
        self.reach_from(&self.all_sources(), action, entity)
    }

    /// The level of the viewer's widest role, or of the grants of a process.
    pub fn level(&self, action: Action, entity: &EntityDefinition) -> Level {
        self.level_from(&self.all_sources(), action, entity)
    }

    pub(super) fn all_sources(&self) -> Sources<'a> {
        Sources {
            roles: self.roles().collect(),
            grants: true,
            shares: true,
        }
    }

    /// The viewer's roles, the one that everybody has included. A process has none.
    pub(super) fn roles(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let everyone = self.viewer.person.map(|_| EVERYONE);
        self.viewer.roles.iter().map(String::as_str).chain(everyone)
    }

    pub(super) fn reach_from(&self, sources: &Sources<'_>, action: Action, entity: &EntityDefinition) -> Reach {
        let mut reach = self.owned(sources, action, entity, GENERATIONS);
        if sources.shares {
            reach.shared = self.shared(action, entity, false);
        }
        reach
    }

    fn owned(&self, sources: &Sources<'_>, action: Action, entity: &EntityDefinition, generations: usize) -> Reach {
        let circles = &self.viewer.circles;
        let owners = match self.level_from(sources, action, entity) {
            Level::None => Owners::None,
            Level::Own | Level::Shared => Owners::These(circles.own.clone()),
            Level::Subordinates => Owners::These(circles.subordinates.clone()),
            Level::Department => Owners::These(circles.department.clone()),
            Level::DepartmentTree => Owners::These(circles.department_tree.clone()),
            Level::All => Owners::All,
        };
        Reach {
            owners,
            inherited: (action == Action::Read)
                .then(|| self.inherited(sources, entity, generations))
                .flatten()
                .map(Box::new),
            ..Reach::nothing(&entity.id)
        }
    }

    fn inherited(&self, sources: &Sources<'_>, entity: &EntityDefinition, generations: usize) -> Option<Inherited> {
        let generations = generations.checked_sub(1)?;
        let (field, parent) = self.parent(entity)?;
        let handing_down = Sources {
            roles: sources
                .roles
                .iter()
                .copied()
                .filter(|role| hands_down(parent, entity, role))
                .collect(),
            // What is confirmed for a process is confirmed by name.
            grants: false,
            ..sources.clone()
        };
        let mut parents = self.owned(&handing_down, Action::Read, parent, generations);
        if sources.shares {
            parents.shared = self.shared(Action::Read, parent, true);
        }
        (!parents.is_nothing()).then(|| Inherited {
            field: field.to_owned(),
            parents,
        })
    }

    /// The role through which the viewer finds the records of an entity that nobody is responsible for.
    pub(super) fn finds_unowned(&self, entity: &EntityDefinition) -> Option<&'a str> {
        let finds = |role: &&str| entity.grants.get(*role).is_some_and(|grants| grants.unowned);
        self.roles().find(finds)
    }

    /// The field of an entity that names its parent, and the parent's entity.
    pub(super) fn parent<'e>(&self, entity: &'e EntityDefinition) -> Option<(&'e str, &'a EntityDefinition)> {
        let field = entity.field(entity.parent.as_deref()?)?;
        let target = field.kind.target()?;
        Some((field.id.as_str(), self.catalogue.entity(target.as_str())?))
    }

    fn level_from(&self, sources: &Sources<'_>, action: Action, entity: &EntityDefinition) -> Level {
        let of_roles = sources.roles.iter().filter_map(|role| entity.grants.get(*role));
        let granted = self.viewer.grants.of(&entity.id).filter(|_| sources.grants);
        let levels = of_roles.map(|grants| grants.level(action));
        let levels = levels.chain(granted.map(|grant| grant.level(action)));
        levels.max().unwrap_or_default()
    }

    /// The single records that are reached for themselves, or as the parents of others.
    fn shared(&self, action: Action, entity: &EntityDefinition, as_parents: bool) -> BTreeSet<RecordId> {
        let Some(shares) = self.viewer.shares.get(&entity.id) else {
            return BTreeSet::new();
        };
        let may_be_shared_with = self.level(action, entity) >= Level::Shared;
        let counts = |sharing: &Sharing| match (sharing, action) {
            (Sharing::Task | Sharing::Below, Action::Read) => true,
            (Sharing::TaskBelow, Action::Read) => !as_parents,
            (Sharing::Read, Action::Read) | (Sharing::Update, Action::Read | Action::Update) => may_be_shared_with,
            _ => false,
        };
        let counting = shares.iter().filter(|(_, sharings)| sharings.iter().any(counts));
        counting.map(|(id, _)| *id).collect()
    }
}
