//! What a process may do with records, as an administrator confirmed it when the process was published.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::Entity;

use crate::definition::{Action, Level};

/// What a process may do, by entity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProcessGrants(pub BTreeMap<Entity, ProcessGrant>);

/// What a process may do with the records of one entity, whoever is responsible for them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProcessGrant {
    /// The fields that it reads.
    pub read: FieldSet,
    /// Whether it makes new ones.
    pub create: bool,
    /// The fields that it changes.
    pub update: FieldSet,
    /// Whether it removes them.
    pub delete: bool,
}

/// Some fields of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FieldSet {
    /// None.
    #[default]
    Nothing,
    /// These.
    These(BTreeSet<String>),
    /// All, also those that come later.
    All,
}

impl FieldSet {
    /// These fields.
    pub fn these<F: Into<String>>(fields: impl IntoIterator<Item = F>) -> Self {
        let fields: BTreeSet<String> = fields.into_iter().map(Into::into).collect();
        if fields.is_empty() {
            Self::Nothing
        } else {
            Self::These(fields)
        }
    }

    /// Whether there is no field in it.
    pub fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }

    /// Whether a field is in it.
    pub fn has(&self, field: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::These(fields) => fields.contains(field),
            Self::All => true,
        }
    }

    /// Whether it names a field by itself.
    pub fn names(&self, field: &str) -> bool {
        *self != Self::All && self.has(field)
    }

    /// The fields of either.
    #[must_use]
    pub fn united_with(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Nothing, other) => other,
            (this, Self::Nothing) => this,
            (Self::These(mine), Self::These(theirs)) => Self::These(mine.into_iter().chain(theirs).collect()),
        }
    }

    /// The fields of both.
    #[must_use]
    pub fn common_with(self, other: &Self) -> Self {
        match (self, other) {
            (this, Self::All) => this,
            (Self::All, other) => other.clone(),
            (Self::These(mine), Self::These(theirs)) => Self::these(mine.intersection(theirs).cloned()),
            _ => Self::Nothing,
        }
    }

    /// The fields that are not in another one.
    #[must_use]
    pub fn without(self, other: &Self) -> Self {
        match (self, other) {
            (_, Self::All) => Self::Nothing,
            (Self::These(mine), Self::These(theirs)) => Self::these(mine.difference(theirs).cloned()),
            (this, _) => this,
        }
    }
}

impl ProcessGrant {
    /// How far it reaches for an action.
    pub fn level(&self, action: Action) -> Level {
        let is_granted = match action {
            Action::Read => !self.read.is_nothing(),
            Action::Create => self.create,
            Action::Update => !self.update.is_nothing(),
            Action::Delete => self.delete,
            // A process does none of these.
            Action::Share | Action::Transfer | Action::Import | Action::Export => false,
        };
        if is_granted { Level::All } else { Level::None }
    }

    /// Whether it allows nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it names a field by itself.
    pub(super) fn names(&self, field: &str) -> bool {
        self.read.names(field) || self.update.names(field)
    }

    /// What either allows.
    #[must_use]
    pub fn united_with(self, other: Self) -> Self {
        Self {
            read: self.read.united_with(other.read),
            create: self.create || other.create,
            update: self.update.united_with(other.update),
            delete: self.delete || other.delete,
        }
    }

    /// What both allow.
    #[must_use]
    pub fn common_with(self, other: &Self) -> Self {
        Self {
            read: self.read.common_with(&other.read),
            create: self.create && other.create,
            update: self.update.common_with(&other.update),
            delete: self.delete && other.delete,
        }
    }

    /// What it allows and another one does not.
    #[must_use]
    pub fn without(self, other: &Self) -> Self {
        Self {
            read: self.read.without(&other.read),
            create: self.create && !other.create,
            update: self.update.without(&other.update),
            delete: self.delete && !other.delete,
        }
    }
}

impl ProcessGrants {
    /// What is granted about one entity.
    pub fn of(&self, entity: &Entity) -> Option<&ProcessGrant> {
        self.0.get(entity)
    }

    /// Whether nothing is granted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what is granted about an entity.
    pub fn add(&mut self, entity: Entity, grant: ProcessGrant) {
        if !grant.is_nothing() {
            let known = self.0.entry(entity).or_default();
            *known = std::mem::take(known).united_with(grant);
        }
    }

    /// What either grants.
    #[must_use]
    pub fn united_with(mut self, other: Self) -> Self {
        for (entity, grant) in other.0 {
            self.add(entity, grant);
        }
        self
    }

    /// What both grant.
    #[must_use]
    pub fn common_with(&self, other: &Self) -> Self {
        self.each(|entity, grant| grant.common_with(&other.of(entity).cloned().unwrap_or_default()))
    }

    /// What is granted here and not there.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        self.each(|entity, grant| grant.without(&other.of(entity).cloned().unwrap_or_default()))
    }

    fn each(&self, change: impl Fn(&Entity, ProcessGrant) -> ProcessGrant) -> Self {
        let mut changed = Self::default();
        for (entity, grant) in &self.0 {
            changed.add(entity.clone(), change(entity, grant.clone()));
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_fields_are_united_shared_and_taken_from_each_other() {
        let these = |fields: &[&str]| FieldSet::these(fields.iter().copied());
        let none = FieldSet::Nothing;
        let all = FieldSet::All;
        let (ab, bc) = (these(&["a", "b"]), these(&["b", "c"]));
        let cases = [
            (&ab, &bc, these(&["a", "b", "c"]), these(&["b"]), these(&["a"])),
            (&ab, &all, all.clone(), ab.clone(), none.clone()),
            (&all, &ab, all.clone(), ab.clone(), all.clone()),
            (&ab, &none, ab.clone(), none.clone(), ab.clone()),
            (&none, &ab, ab.clone(), none.clone(), none.clone()),
            (&all, &all, all.clone(), all.clone(), none.clone()),
        ];
        for (index, (left, right, united, common, rest)) in cases.into_iter().enumerate() {
            assert_eq!(left.clone().united_with(right.clone()), united, "united {index}");
            assert_eq!(left.clone().common_with(right), common, "common {index}");
            assert_eq!(left.clone().without(right), rest, "rest {index}");
        }
    }
}
