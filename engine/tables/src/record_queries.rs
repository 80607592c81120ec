//! Questions about records besides lists of them: what names them, what is like them, what became of them.

use std::collections::BTreeSet;

use kapok_protocol::{Entity, ImportId, PersonId, RecordId, RecordJobId};

use crate::{
    Key, Prefix, Queries, Slice, TableError,
    queries::slice,
    read,
    rows::{
        self, DefinitionItem, EntityState, Import, ImportPart, ListView, RecordJob, RecordRow, RollUps, Shortcuts,
        StoredFile, TrashedRecord,
    },
};

type Answer<T> = Result<T, TableError>;

impl Queries<'_> {
    /// The administrator's layer, by kind and id.
    pub fn definition_items(&self) -> Answer<Vec<DefinitionItem>> {
        read::rows(self.0, &Key::new(Prefix::DefinitionItem), None, usize::MAX)
    }

    /// For which definition the records of an entity were put in order.
    pub fn entity_state(&self, entity: &Entity) -> Answer<Option<EntityState>> {
        read::row(self.0, entity)
    }

    /// A record in the trash.
    pub fn trashed(&self, entity: &Entity, id: RecordId) -> Answer<Option<TrashedRecord>> {
        read::row(self.0, &(entity.clone(), id))
    }

    /// The deleted records of an entity, the last deleted first.
    pub fn trash(&self, entity: &Entity, after: Option<&[u8]>, limit: usize) -> Answer<Slice<TrashedRecord>> {
        self.follow(&rows::trash_by_moment(entity), after, limit, |id| {
            RecordId::new(id).map(|id| (entity.clone(), id))
        })
    }

    /// Deleted records of all entities, to be looked through.
    pub fn all_trash(&self, after: Option<&[u8]>, limit: usize) -> Answer<Slice<TrashedRecord>> {
        let pairs = self.0.scan(Key::new(Prefix::Trash).as_bytes(), after, limit)?;
        slice(pairs, limit, |(key, value)| read::decode(key, value))
    }

    /// Records of all entities, to be looked through.
    pub fn all_records(&self, after: Option<&[u8]>, limit: usize) -> Answer<Slice<RecordRow>> {
        let pairs = self.0.scan(Key::new(Prefix::Record).as_bytes(), after, limit)?;
        slice(pairs, limit, |(key, value)| read::decode(key, value))
    }

    /// What is computed of a record from those that name it.
    pub fn roll_ups(&self, entity: &Entity, id: RecordId) -> Answer<Option<RollUps>> {
        read::row(self.0, &(entity.clone(), id))
    }

    /// The records of an entity whose field names a record, newest first.
    pub fn referring(
        &self,
        entity: &Entity,
        field: &str,
        target: RecordId,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Answer<Slice<RecordRow>> {
        self.follow(&rows::reference_key(entity, field, target), after, limit, |id| {
            RecordId::new(id).map(|id| (entity.clone(), id))
        })
    }

    /// What records of an entity open above them: those that one person is responsible for, or (with nobody named) all.
    pub fn opened(&self, entity: &Entity, owner: Option<PersonId>, limit: usize) -> Answer<BTreeSet<RecordId>> {
        let of_all = rows::opening_key(entity);
        let prefix = match owner {
            Some(owner) => of_all.number(owner.get()),
            None => of_all,
        };
        let pairs = self.0.scan(prefix.as_bytes(), None, limit)?;
        let parent = |key: &[u8]| {
            let (_, numbers) = key.split_last_chunk::<16>()?;
            RecordId::new(u64::from_be_bytes(*numbers.first_chunk()?))
        };
        Ok(pairs.iter().filter_map(|(key, _)| parent(key)).collect())
    }

    /// How many records of an entity name a record by a field, counting no further than `limit`.
    pub fn count_referring(&self, entity: &Entity, field: &str, target: RecordId, limit: usize) -> Answer<usize> {
        self.count(&rows::reference_key(entity, field, target), limit)
    }

    /// The records that a rule takes for the same, by the value they share.
    pub fn alike(&self, entity: &Entity, rule: &str, value: &str, limit: usize) -> Answer<Vec<RecordId>> {
        let ids = read::ids(self.0, &rows::likeness_key(entity, rule, value), None, limit)?;
        Ok(ids.into_iter().filter_map(|(_, id)| RecordId::new(id)).collect())
    }

    /// A stored file.
    pub fn stored_file(&self, hash: &str) -> Answer<Option<StoredFile>> {
        read::row(self.0, &hash.to_owned())
    }

    /// All stored files, by their hashes.
    pub fn stored_files(&self, after: Option<&str>, limit: usize) -> Answer<Vec<StoredFile>> {
        let after = after.map(|hash| rows::file_of(hash).into_bytes());
        read::rows(self.0, &Key::new(Prefix::StoredFile), after.as_deref(), limit)
    }

    /// Whether some record, deleted or not, names a file, or an import goes on with it.
    pub fn is_file_used(&self, hash: &str) -> Answer<bool> {
        Ok(self.count(&rows::file_key(hash), 1)? > 0
            || self.count(&rows::trash_by_file_key(hash), 1)? > 0
            || self.count(&rows::import_file_key(hash), 1)? > 0)
    }

    /// How work on many records stands.
    pub fn record_job(&self, id: RecordJobId) -> Answer<Option<RecordJob>> {
        read::row(self.0, &id)
    }

    /// Work on many records that goes on, the first asked for first.
    pub fn open_record_jobs(&self, limit: usize) -> Answer<Vec<RecordJob>> {
        self.follow(&Key::new(Prefix::RecordJobOpen), None, limit, RecordJobId::new)
            .map(|page| page.items)
    }

    /// All work on many records, the last asked for first.
    pub fn record_jobs(&self, limit: usize) -> Answer<Vec<RecordJob>> {
        let pairs = self.0.scan_back(Key::new(Prefix::RecordJob).as_bytes(), None, limit)?;
        pairs.iter().map(|(key, value)| read::decode(key, value)).collect()
    }

    /// An import.
    pub fn import(&self, id: ImportId) -> Answer<Option<Import>> {
        read::row(self.0, &id)
    }

    /// All imports, the last asked for first, before one.
    pub fn imports(&self, before: Option<ImportId>, limit: usize) -> Answer<Vec<Import>> {
        let before = before.map(|id| Key::new(Prefix::Import).number(id.get()).into_bytes());
        let pairs = self
            .0
            .scan_back(Key::new(Prefix::Import).as_bytes(), before.as_deref(), limit)?;
        pairs.iter().map(|(key, value)| read::decode(key, value)).collect()
    }

    /// Imports that go on, the first asked for first.
    pub fn open_imports(&self, limit: usize) -> Answer<Vec<Import>> {
        self.follow(&Key::new(Prefix::ImportOpen), None, limit, ImportId::new)
            .map(|page| page.items)
    }

    /// What came of the rows of an import, part by part, behind one.
    pub fn import_parts(&self, import: ImportId, after: Option<u64>, limit: usize) -> Answer<Vec<ImportPart>> {
        let prefix = rows::parts_of(import);
        let after = after.map(|number| rows::parts_of(import).number(number).into_bytes());
        read::rows(self.0, &prefix, after.as_deref(), limit)
    }

    /// The last part of an import before another one, or of all.
    pub fn last_import_part(&self, import: ImportId, before: Option<u64>) -> Answer<Option<ImportPart>> {
        let before = before.map(|number| rows::parts_of(import).number(number).into_bytes());
        let pairs = self
            .0
            .scan_back(rows::parts_of(import).as_bytes(), before.as_deref(), 1)?;
        pairs.first().map(|(key, value)| read::decode(key, value)).transpose()
    }

    /// The views a person made of an entity's list; those made for everybody when no person is named.
    pub fn list_views(&self, person: Option<PersonId>, entity: &Entity) -> Answer<Vec<ListView>> {
        read::rows(self.0, &rows::views_of(person, entity), None, usize::MAX)
    }

    /// One of them.
    pub fn list_view(&self, person: Option<PersonId>, entity: &Entity, id: &str) -> Answer<Option<ListView>> {
        read::row(self.0, &(person, entity.clone(), id.to_owned()))
    }

    /// The records a person marked or has seen lately.
    pub fn shortcuts(&self, person: PersonId) -> Answer<Option<Shortcuts>> {
        read::row(self.0, &person)
    }
}
