//! What the cells of a file of people may name, and what of it is made when it is not there.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::{Entity, Record, RecordId, Text};
use kapok_records::{DEPARTMENT, Fields, PERSON, POST, ROLE};
use kapok_tables::{Queries, RecordList};

use super::{Administrator, text};
use crate::Error;

/// What stands between several names in one cell. A comma does so only where the parts are known: “Vice President, Sales” is
/// one post.
const SEPARATORS: [char; 5] = [';', '；', '、', '，', '\n'];

/// Names, and codes where they have one.
pub(super) struct PeopleNames {
    /// Sign-in names, and names that only one person has.
    pub(super) people: BTreeMap<String, RecordId>,
    pub(super) logins: BTreeSet<String>,
    pub(super) departments: BTreeMap<String, RecordId>,
    pub(super) roles: BTreeMap<String, RecordId>,
    pub(super) posts: BTreeMap<String, RecordId>,
    /// What could not be made, and why.
    pub(super) unmade: BTreeMap<String, Text>,
}

/// Departments and posts that are not there.
#[derive(Debug, Default)]
pub(super) struct Missing {
    pub(super) departments: Vec<String>,
    pub(super) posts: Vec<String>,
}

/// The names in a cell.
pub(super) fn several(known: &BTreeMap<String, RecordId>, text: &str) -> Vec<String> {
    if known.contains_key(text) {
        return vec![text.to_owned()];
    }
    let mut found = Vec::new();
    for part in text.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty()) {
        let parts: Vec<&str> = part.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        match !known.contains_key(part) && parts.iter().all(|part| known.contains_key(*part)) {
            true => found.extend(parts.into_iter().map(str::to_owned)),
            false => found.push(part.to_owned()),
        }
    }
    found
}

impl Administrator {
    pub(super) fn people_names(&self) -> Result<PeopleNames, Error> {
        let view = self.view();
        let queries = Queries(&view);
        let all = |entity: &str| -> Result<Vec<Record>, Error> {
            let rows = queries.records(&RecordList::All(Entity::new(entity)), None, usize::MAX)?;
            Ok(rows.items.into_iter().map(|row| row.record).collect())
        };
        let by_code = |entity: &str| -> Result<BTreeMap<String, RecordId>, Error> {
            let mut found = BTreeMap::new();
            let records = all(entity)?;
            // Codes come second, so that they count where a name is the same.
            for field in ["name", "code"] {
                for record in &records {
                    found.extend(text(record, field).map(|name| (name, record.id)));
                }
            }
            Ok(found)
        };
        let people = all(PERSON)?;
        let (mut names, mut several) = (BTreeMap::new(), BTreeSet::new());
        for record in &people {
            if let Some(name) = text(record, "name")
                && names.insert(name.clone(), record.id).is_some()
            {
                several.insert(name);
            }
        }
        // A name that two people have names nobody.
        names.retain(|name, _| !several.contains(name));
        let logins = people
            .iter()
            .filter_map(|record| Some((text(record, "login")?, record.id)));
        let logins: BTreeMap<String, RecordId> = logins.collect();
        names.extend(logins.clone());
        Ok(PeopleNames {
            people: names,
            logins: logins.into_keys().collect(),
            departments: by_code(DEPARTMENT)?,
            roles: by_code(ROLE)?,
            posts: by_code(POST)?,
            unmade: BTreeMap::new(),
        })
    }

    /// Makes departments and posts, or finds out whether they could be made; their names are known from then on. A
    /// department comes at the top, from where it is moved by mouse.
    pub(super) fn make_missing(&self, missing: &Missing, names: &mut PeopleNames, dry_run: bool) -> Missing {
        let mut made = Missing::default();
        for (entity, wanted, done) in [
            (DEPARTMENT, &missing.departments, &mut made.departments),
            (POST, &missing.posts, &mut made.posts),
        ] {
            for name in wanted {
                match self.make(entity, name, dry_run) {
                    Ok(id) => {
                        match entity {
                            DEPARTMENT => names.departments.insert(name.clone(), id),
                            _ => names.posts.insert(name.clone(), id),
                        };
                        done.push(name.clone());
                    }
                    Err(reason) => {
                        names.unmade.insert(name.clone(), reason);
                    }
                }
            }
        }
        made
    }

    fn make(&self, what: &str, name: &str, dry_run: bool) -> Result<RecordId, Text> {
        let fields: Fields = [("code", name), ("name", name)]
            .map(|(field, text)| (field.to_owned(), text.into()))
            .into();
        let made = self.take(what, None, fields, dry_run).map_err(|reasons| {
            let reason = reasons.into_iter().next();
            reason.map_or_else(|| Text::new(name, name), |reason| reason.text)
        })?;
        // Whoever asks stands for what would be there.
        Ok(made.record.unwrap_or_else(|| RecordId::from(self.person)))
    }
}
