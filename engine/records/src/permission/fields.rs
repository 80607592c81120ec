//! What may be done with each field of a record.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::{Filter, Record};

use super::{
    Owners, ProcessGrant, Reach, Rights,
    reach::{Sources, hands_down},
};
use crate::{
    PERSON,
    definition::{Action, EntityDefinition, Field, FieldAccess, FieldKind, REST},
    reading::Names,
};

/// The answer about one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Not allowed. For reading, the record must not even be known to exist.
    Denied,
    /// Allowed; these fields are restricted, and all others may be changed where the record may be.
    Granted(BTreeMap<String, FieldAccess>),
}

impl Access {
    /// Whether it is allowed at all.
    pub fn is_granted(&self) -> bool {
        matches!(self, Self::Granted(_))
    }

    /// What may be done with a field.
    pub fn of(&self, field: &str) -> FieldAccess {
        match self {
            Self::Denied => FieldAccess::Hidden,
            Self::Granted(restricted) => restricted.get(field).copied().unwrap_or(FieldAccess::Edit),
        }
    }
}

/// Who says something of fields.
#[derive(Clone, Copy)]
enum Says<'a> {
    /// A role.
    Role(&'a str),
    /// What a process was granted, and whether it is about a record that it makes.
    Grant(&'a ProcessGrant, bool),
    /// A share, which says nothing.
    Share,
}

/// One source of the viewer's rights, what it reaches by itself, and what it says of fields.
struct Source<'a> {
    /// Which it is.
    of: Says<'a>,
    /// What it shows.
    reads: Reach,
    /// What it lets be changed, or made.
    changes: Reach,
}

/// Decides about the records of one entity: what does not depend on the record is found out once.
pub struct Judge<'a> {
    rights: Rights<'a>,
    entity: &'a EntityDefinition,
    reach: Reach,
    changes: Reach,
    /// Each source of rights by itself. Empty when no source restricts a field.
    sources: Vec<Source<'a>>,
    /// Whether records that nobody is responsible for are found too, with the fields that the entity shows of them.
    finds_unowned: bool,
}

impl<'a> Rights<'a> {
    /// Decides about many records of an entity.
    pub fn judge(&self, action: Action, entity: &'a EntityDefinition) -> Judge<'a> {
        let change = match action {
            Action::Create | Action::Import => action,
            _ => Action::Update,
        };
        let is_restricted = !entity.field_rules.is_empty()
            || self.viewer.grants.of(&entity.id).is_some()
            || entity.fields.iter().any(|field| origin(field).is_some());
        Judge {
            rights: *self,
            entity,
            reach: self.reach(action, entity),
            changes: self.reach(change, entity),
            sources: if is_restricted {
                self.sources(change, entity)
            } else {
                Vec::new()
            },
            finds_unowned: action == Action::Read && self.finds_unowned(entity).is_some(),
        }
    }

    /// Every way by which the viewer has rights over some records of an entity.
    fn sources(&self, change: Action, entity: &EntityDefinition) -> Vec<Source<'a>> {
        let from = |of: Says<'a>, sources: &Sources<'_>| {
            let reads = self.reach_from(sources, Action::Read, entity);
            let changes = self.reach_from(sources, change, entity);
            let gives = !reads.is_nothing() || !changes.is_nothing();
            gives.then_some(Source { of, reads, changes })
        };
        let by_role = |role| {
            let sources = Sources {
                roles: vec![role],
                grants: false,
                shares: false,
            };
            from(Says::Role(role), &sources)
        };
        let others = |grants| Sources {
            roles: Vec::new(),
            grants,
            shares: !grants,
        };
        let granted = self.viewer.grants.of(&entity.id);
        let granted = granted.and_then(|grant| from(Says::Grant(grant, change == Action::Create), &others(true)));
        let sources = self.roles().filter_map(by_role).chain(granted);
        sources.chain(from(Says::Share, &others(false))).collect()
    }

    /// What a source says of a field. Nothing computed says more than what it is computed from.
    fn says(&self, entity: &EntityDefinition, of: Says<'_>, field: &Field) -> FieldAccess {
        let bases = bases(entity, field);
        let said = bases.iter().map(|base| match origin(base) {
            Some(origin) if !self.reads_all_of(&origin, entity, of) => FieldAccess::Hidden,
            _ => rule(entity, of, &base.id),
        });
        said.min().unwrap_or(FieldAccess::Edit)
    }

    /// Whether whoever reads a record through a role (or a share) may read all records that one of its sums is made of.
    fn reads_all_of(&self, origin: &Origin<'_>, entity: &EntityDefinition, of: Says<'_>) -> bool {
        let Some(source) = self.catalogue.entity(origin.entity) else {
            return false;
        };
        let hands_down = self
            .parent(source)
            .is_some_and(|(field, parent)| field == origin.field && parent.id == entity.id)
            && match of {
                Says::Role(role) => hands_down(entity, source, role),
                Says::Grant(..) | Says::Share => true,
            };
        // What it counts may be computed itself, from records of yet another entity.
        let named = |name: &str| {
            source
                .fields
                .iter()
                .chain(&source.disabled)
                .find(|field| field.id == name)
        };
        let shows = |name: &str| match named(name) {
            Some(field) => {
                let granted = self.viewer.grants.of(&source.id).map(|grant| Says::Grant(grant, false));
                let mut said = self
                    .roles()
                    .map(Says::Role)
                    .chain(granted)
                    .map(|of| self.says(source, of, field));
                !is_private(source, field) && said.any(|access| access >= FieldAccess::Read)
            }
            None => Names::is_system(name),
        };
        (hands_down || self.reach(Action::Read, source).is_everything()) && origin.counts.iter().copied().all(shows)
    }
}

/// What a source says of a field; everything when it says nothing.
fn rule(entity: &EntityDefinition, of: Says<'_>, field: &str) -> FieldAccess {
    let said = match of {
        Says::Role(role) => {
            let rules = entity.field_rules.get(role);
            rules
                .and_then(|rules| rules.get(field).or_else(|| rules.get(REST)))
                .copied()
        }
        Says::Grant(_, true) | Says::Share => None,
        Says::Grant(grant, false) if grant.update.has(field) => None,
        Says::Grant(grant, false) if grant.read.has(field) => Some(FieldAccess::Read),
        Says::Grant(..) => Some(FieldAccess::Hidden),
    };
    said.unwrap_or(FieldAccess::Edit)
}

/// A field, and those that its formula names, and theirs.
fn bases<'e>(entity: &'e EntityDefinition, field: &'e Field) -> Vec<&'e Field> {
    let mut found = vec![field];
    let mut next = 0;
    while let Some(FieldKind::Formula { expression, .. }) = found.get(next).map(|field| &field.kind) {
        let words = expression.text.split(|c: char| !c.is_alphanumeric() && c != '_');
        for named in words.filter_map(|word| entity.field(word)) {
            if !found.iter().any(|known| known.id == named.id) {
                found.push(named);
            }
        }
        // Formulas first: the loop ends at the first field that is none.
        next += 1;
        if let Some(rest) = found.get_mut(next..) {
            rest.sort_by_key(|field| !matches!(field.kind, FieldKind::Formula { .. }));
        }
    }
    found
}

/// Whether a field, or something it is computed from, is for those who may change the record only.
fn is_private(entity: &EntityDefinition, field: &Field) -> bool {
    bases(entity, field).iter().any(|base| base.private)
}

/// Where a sum over other records comes from.
struct Origin<'f> {
    entity: &'f str,
    /// The field of theirs that names this record.
    field: &'f str,
    /// The fields of theirs that decide which of them count, in which order, and what they count as.
    counts: Vec<&'f str>,
}

fn origin(field: &Field) -> Option<Origin<'_>> {
    let FieldKind::RollUp {
        entity,
        field,
        value,
        filter,
        by,
        ..
    } = &field.kind
    else {
        return None;
    };
    let mut counts: Vec<&str> = value.iter().chain(by).map(String::as_str).collect();
    if let Some(filter) = filter {
        tested(filter, &mut counts);
    }
    Some(Origin {
        entity: entity.as_str(),
        field,
        counts,
    })
}

/// The fields that a condition asks about.
fn tested<'f>(filter: &'f Filter, found: &mut Vec<&'f str>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| tested(part, found)),
        Filter::Not(part) => tested(part, found),
        Filter::Test(test) => found.extend(test.field.split('.').next()),
    }
}

impl<'a> Judge<'a> {
    /// What is reached.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Decides about the records that nobody is responsible for and nothing else, for those who find such records and do
    /// not read all of them anyway. They are a list of their own, because a list with them in it can be asked about
    /// nothing but the little that is shown of them.
    #[must_use]
    pub fn of_unowned(self) -> Self {
        if !self.finds_unowned || self.reach.is_everything() {
            return self;
        }
        Self {
            reach: Reach {
                owners: Owners::Nobody,
                ..Reach::nothing(&self.entity.id)
            },
            changes: Reach::nothing(&self.entity.id),
            sources: Vec::new(),
            ..self
        }
    }

    fn is_of_unowned(&self) -> bool {
        self.reach.owners == Owners::Nobody
    }

    /// What the entity shows of records that nobody is responsible for.
    fn unowned_fields(&self) -> Access {
        let access = |field: &Field| match self.entity.unowned.contains(&field.id) {
            true => FieldAccess::Read,
            false => FieldAccess::Hidden,
        };
        let fields = self.entity.fields.iter();
        Access::Granted(fields.map(|field| (field.id.clone(), access(field))).collect())
    }

    /// Whether a record is shown only because nobody is responsible for it: that shows a little of it and opens nothing, so
    /// nobody puts anything below it either.
    pub fn is_merely_found(&self, record: &Record) -> bool {
        self.finds_unowned && record.owner.is_none() && !self.reach.admits(record, self.rights.records)
    }

    /// About one record.
    pub fn decide(&self, record: &Record) -> Access {
        let records = self.rights.records;
        if self.is_of_unowned() || !self.reach.admits(record, records) {
            return match self.finds_unowned && record.owner.is_none() {
                true => self.unowned_fields(),
                false => Access::Denied,
            };
        }
        let about_self = self.is_about_the_viewer(record);
        let may_change = self.changes.admits(record, records);
        Access::Granted(self.fields(about_self, may_change, |reach| reach.admits(record, records)))
    }

    /// About the entity: what can be allowed for some record.
    pub fn decide_in_general(&self) -> Access {
        if self.reach.is_nothing() {
            return Access::Denied;
        }
        if self.is_of_unowned() {
            return self.unowned_fields();
        }
        Access::Granted(self.fields(false, !self.changes.is_nothing(), |reach| !reach.is_nothing()))
    }

    /// The fields that are shown in every record that is reached: only by those can a list be filtered or sorted without
    /// looking at each record's rights.
    pub fn fields_always_read(&self) -> BTreeSet<String> {
        if self.is_of_unowned() {
            return self.entity.unowned.iter().cloned().collect();
        }
        let private_too = self.changes.is_everything() || self.changes == self.reach;
        let always = |field: &&Field| {
            let shows = |source: &Source<'_>| self.rights.says(self.entity, source.of, field) >= FieldAccess::Read;
            let includes = |wider: &Source<'_>, source: &Source<'_>| {
                wider.reads.is_everything()
                    || wider.reads == source.reads
                    || wider.reads.includes_owners_of(&source.reads)
            };
            let is_shown = |source: &Source<'_>| {
                let mut wider = self.sources.iter().filter(|wider| includes(wider, source));
                source.reads.is_nothing() || wider.any(shows)
            };
            (private_too || !is_private(self.entity, field)) && self.sources.iter().all(is_shown)
        };
        let fields = self.entity.fields.iter();
        fields.filter(always).map(|field| field.id.clone()).collect()
    }

    /// What is restricted, where `admits` says which reaches count.
    fn fields(
        &self,
        about_self: bool,
        may_change: bool,
        admits: impl Fn(&Reach) -> bool,
    ) -> BTreeMap<String, FieldAccess> {
        let admitting: Vec<(&Source<'_>, bool)> = self
            .sources
            .iter()
            .map(|source| (source, admits(&source.changes)))
            .filter(|(source, changes)| *changes || admits(&source.reads))
            .collect();
        let mut restricted = BTreeMap::new();
        for field in &self.entity.fields {
            let said = admitting.iter().map(|(source, changes)| {
                let said = self.rights.says(self.entity, source.of, field);
                // One source lets the record be changed, another shows more of it: that does not make more changeable.
                if *changes || !may_change {
                    said
                } else {
                    said.min(FieldAccess::Read)
                }
            });
            let mut access = said.max().unwrap_or(FieldAccess::Edit);
            if about_self {
                access = access.max(FieldAccess::Read);
            } else if !may_change && is_private(self.entity, field) && !self.is_named(field) {
                access = FieldAccess::Hidden;
            }
            if access < FieldAccess::Edit {
                restricted.insert(field.id.clone(), access);
            }
        }
        restricted
    }

    /// Whether a field was confirmed for a process by its name.
    fn is_named(&self, field: &Field) -> bool {
        let granted = self.rights.viewer.grants.of(&self.entity.id);
        granted.is_some_and(|grant| grant.names(&field.id))
    }

    /// Whether the record describes the viewer: one's own data is one's own to read.
    fn is_about_the_viewer(&self, record: &Record) -> bool {
        let person = self.rights.viewer.person;
        self.entity.id.as_str() == PERSON && person.is_some_and(|person| record.id == person.into())
    }
}
