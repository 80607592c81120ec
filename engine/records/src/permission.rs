//! Who may do what with which records: the one place that decides.
//!
//! [`reach`] says how far a viewer's rights go for an action, and [`Reach::admits`] whether a record lies within.
//! [`decide`] is exactly that, for one record; a list asks for the reach once and filters by it. So what a list shows
//! and what a get allows cannot differ.

use std::collections::BTreeSet;

use kapok_protocol::{PersonId, Record, RecordRef};

use crate::{
    PERSON,
    definition::{Action, EntityDefinition, Level},
};

/// The role that sets the system up. It has no right to business data.
pub const ADMINISTRATOR: &str = "administrator";

/// The role that everybody has.
pub const EVERYONE: &str = "everyone";

/// Who asks, with all that rights depend on. [`Organisation::viewer`](crate::Organisation::viewer) makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The person.
    pub person: PersonId,
    /// The codes of the person's roles.
    pub roles: BTreeSet<String>,
    /// Everybody below the person, at every level.
    pub subordinates: BTreeSet<PersonId>,
    /// Everybody in the person's department, the person included.
    pub department: BTreeSet<PersonId>,
    /// Everybody in the person's department and the departments below it.
    pub department_tree: BTreeSet<PersonId>,
    /// Records that are shared with the person for reading, such as those of the person's open tasks.
    pub shares: BTreeSet<RecordRef>,
}

/// The records of one entity that a right reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// By who is responsible for them.
    pub owners: Owners,
    /// And these besides.
    pub shared: BTreeSet<RecordRef>,
}

/// Whose records are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owners {
    /// Nobody's.
    None,
    /// Those of these persons.
    These(BTreeSet<PersonId>),
    /// Everybody's, also those that nobody is responsible for.
    All,
}

/// The answer about one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Not allowed. For reading, the record must not even be known to exist.
    Denied,
    /// Allowed, except for these fields, which are not shown and not accepted.
    Granted {
        /// The names of hidden fields.
        hidden: BTreeSet<String>,
    },
}

impl Access {
    /// Whether it is allowed at all.
    pub fn is_granted(&self) -> bool {
        matches!(self, Self::Granted { .. })
    }
}

impl Reach {
    /// Whether nothing is reached.
    pub fn is_nothing(&self) -> bool {
        self.owners == Owners::None && self.shared.is_empty()
    }

    /// Whether it reaches a record of the entity it was asked for.
    pub fn admits(&self, entity: &EntityDefinition, record: &Record) -> bool {
        let owned = match &self.owners {
            Owners::None => false,
            Owners::These(persons) => record.owner.is_some_and(|owner| persons.contains(&owner)),
            Owners::All => true,
        };
        owned
            || self
                .shared
                .iter()
                .any(|shared| shared.id == record.id && shared.entity == entity.id)
    }
}

/// How far a viewer's rights go for an action on an entity. The widest of the viewer's roles counts.
pub fn reach(viewer: &Viewer, action: Action, entity: &EntityDefinition) -> Reach {
    let level = entity
        .grants
        .iter()
        .filter(|(role, _)| role.as_str() == EVERYONE || viewer.roles.contains(role.as_str()))
        .map(|(_, grants)| grants.level(action))
        .max()
        .unwrap_or_default();
    let own = || BTreeSet::from([viewer.person]);
    let with = |others: &BTreeSet<PersonId>| {
        let mut persons = others.clone();
        persons.insert(viewer.person);
        persons
    };
    let owners = match level {
        Level::None => Owners::None,
        Level::Own | Level::Shared => Owners::These(own()),
        Level::Subordinates => Owners::These(with(&viewer.subordinates)),
        Level::Department => Owners::These(with(&union(&viewer.subordinates, &viewer.department))),
        Level::DepartmentTree => Owners::These(with(&union(&viewer.subordinates, &viewer.department_tree))),
        Level::All => Owners::All,
    };
    // A share is for reading, and holds whatever the roles say: who has to decide about a record must see it.
    let shared = match action {
        Action::Read => viewer
            .shares
            .iter()
            .filter(|shared| shared.entity == entity.id)
            .cloned()
            .collect(),
        _ => BTreeSet::new(),
    };
    Reach { owners, shared }
}

/// Whether a viewer may do something with a record; without a record, whether it can be allowed at all (which for
/// creating is the whole question).
pub fn decide(viewer: &Viewer, action: Action, entity: &EntityDefinition, record: Option<&Record>) -> Access {
    let reach = reach(viewer, action, entity);
    let granted = match record {
        Some(record) => reach.admits(entity, record),
        None => !reach.is_nothing(),
    };
    if granted {
        Access::Granted {
            hidden: hidden(viewer, entity, record),
        }
    } else {
        Access::Denied
    }
}

/// Private fields are for those who may change the record, and for the person it describes.
fn hidden(viewer: &Viewer, entity: &EntityDefinition, record: Option<&Record>) -> BTreeSet<String> {
    let described = entity.id.as_str() == PERSON && record.is_some_and(|record| record.id == viewer.person.into());
    let may_change = || {
        let update = reach(viewer, Action::Update, entity);
        record.map_or(!update.is_nothing(), |record| update.admits(entity, record))
    };
    let private: BTreeSet<String> = entity
        .fields
        .iter()
        .filter(|field| field.private)
        .map(|field| field.id.clone())
        .collect();
    if private.is_empty() || described || may_change() {
        BTreeSet::new()
    } else {
        private
    }
}

fn union(a: &BTreeSet<PersonId>, b: &BTreeSet<PersonId>) -> BTreeSet<PersonId> {
    a.union(b).copied().collect()
}
