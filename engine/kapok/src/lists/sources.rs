//! Ids of records newest first, from several lists of index rows at once.

use std::collections::{BTreeSet, VecDeque};

use kapok_protocol::{Entity, PersonId, RecordId};
use kapok_records::{Owners, Reach};
use kapok_tables::{Queries, RecordList};

use crate::Error;

/// So many lists are read beside each other; for more it is cheaper to look through all records.
const LISTS: usize = 64;
/// Ids read at once from one list.
const CHUNK: usize = 200;

/// Some lists, merged.
pub(crate) struct Sources<'q, 'a> {
    queries: &'q Queries<'a>,
    lists: Vec<Source>,
}

struct Source {
    list: Option<RecordList>,
    ids: VecDeque<RecordId>,
    ended: bool,
}

impl<'q, 'a> Sources<'q, 'a> {
    /// The narrowest lists that hold all records of a reach.
    pub(crate) fn of(
        queries: &'q Queries<'a>,
        entity: &Entity,
        reach: &Reach,
        naming: Option<&(String, RecordId)>,
        owner: Option<PersonId>,
    ) -> Result<Self, Error> {
        let lists = match (naming, owner) {
            (Some((field, record)), _) => Some(vec![RecordList::Naming(entity.clone(), field.clone(), *record)]),
            (None, Some(owner)) => Some(vec![RecordList::OwnedBy(entity.clone(), Some(owner))]),
            (None, None) => lists_of(queries, entity, reach)?,
        };
        let mut sources: Vec<Source> = match lists {
            Some(lists) => lists.into_iter().map(Source::of).collect(),
            None => vec![Source::of(RecordList::All(entity.clone()))],
        };
        let is_narrow = sources
            .iter()
            .all(|source| !matches!(source.list, Some(RecordList::All(_))));
        if naming.is_none() && owner.is_none() && is_narrow && !reach.shared.is_empty() {
            sources.push(Source {
                list: None,
                ids: reach.shared.iter().rev().copied().collect(),
                ended: true,
            });
        }
        Ok(Self {
            queries,
            lists: sources,
        })
    }

    /// Goes on behind a record.
    pub(crate) fn behind(mut self, id: RecordId) -> Result<Self, Error> {
        for source in &mut self.lists {
            source.ids.retain(|known| *known < id);
            source.fill(self.queries, Some(id))?;
        }
        Ok(self)
    }

    /// The next id, each once.
    pub(crate) fn next(&mut self) -> Result<Option<RecordId>, Error> {
        let mut newest: Option<RecordId> = None;
        for source in &mut self.lists {
            source.fill(self.queries, None)?;
            newest = newest.max(source.ids.front().copied());
        }
        let Some(newest) = newest else { return Ok(None) };
        for source in &mut self.lists {
            if source.ids.front() == Some(&newest) {
                source.ids.pop_front();
                if source.ids.is_empty() {
                    source.fill(self.queries, Some(newest))?;
                }
            }
        }
        Ok(Some(newest))
    }
}

impl Source {
    fn of(list: RecordList) -> Self {
        Self {
            list: Some(list),
            ids: VecDeque::new(),
            ended: false,
        }
    }

    /// Reads on when nothing is left: from the beginning, or behind a record.
    fn fill(&mut self, queries: &Queries<'_>, behind: Option<RecordId>) -> Result<(), Error> {
        if self.ended || !self.ids.is_empty() {
            return Ok(());
        }
        let Some(list) = &self.list else { return Ok(()) };
        let ids = queries.record_ids(list, behind, CHUNK)?;
        self.ended = ids.len() < CHUNK;
        self.ids.extend(ids);
        Ok(())
    }
}

/// The lists of a reach; `None` when they would be too many.
fn lists_of(queries: &Queries<'_>, entity: &Entity, reach: &Reach) -> Result<Option<Vec<RecordList>>, Error> {
    let owners = match &reach.owners {
        Owners::All => return Ok(None),
        Owners::Nobody => return Ok(Some(vec![RecordList::OwnedBy(entity.clone(), None)])),
        Owners::None => BTreeSet::new(),
        Owners::These(owners) if owners.len() > LISTS => return Ok(None),
        Owners::These(owners) => owners.iter().copied().collect(),
    };
    let of_owner = |owner| RecordList::OwnedBy(entity.clone(), Some(owner));
    let mut lists: Vec<RecordList> = owners.into_iter().map(of_owner).collect();
    if let Some(inherited) = &reach.inherited {
        let Some(parents) = all_of(queries, &inherited.parents)? else {
            return Ok(None);
        };
        let of_parent = |parent| RecordList::Naming(entity.clone(), inherited.field.clone(), parent);
        lists.extend(parents.into_iter().map(of_parent));
    }
    Ok((lists.len() <= LISTS).then_some(lists))
}

/// All records of a reach, as long as they are few.
fn all_of(queries: &Queries<'_>, reach: &Reach) -> Result<Option<BTreeSet<RecordId>>, Error> {
    let Some(lists) = lists_of(queries, &reach.entity, reach)? else {
        return Ok(None);
    };
    let mut found = reach.shared.clone();
    for list in lists {
        found.extend(queries.record_ids(&list, None, LISTS + 1)?);
        if found.len() > LISTS {
            return Ok(None);
        }
    }
    Ok(Some(found))
}
