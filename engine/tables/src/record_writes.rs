//! What may be written about records and definitions besides the records themselves.

use kapok_protocol::{Entity, ImportId, RecordId};

use crate::{
    TableError, Transaction,
    rows::{
        DefinitionItem, EntityState, Import, ImportPart, ListView, RecordJob, RecordRow, RollUps, Shortcuts,
        StoredFile, TrashedRecord,
    },
};

macro_rules! puts {
    ($($(#[$doc:meta])* $name:ident($row:ty);)*) => {
        impl Transaction<'_> {$(
            $(#[$doc])*
            pub fn $name(&mut self, row: &$row) -> Result<(), TableError> {
                self.put(row)
            }
        )*}
    };
}

puts! {
    /// Writes an item of the administrator's layer.
    put_definition_item(DefinitionItem);
    /// Says for which definition the records of an entity were put in order.
    put_entity_state(EntityState);
    /// Writes what is computed of a record.
    put_roll_ups(RollUps);
    /// Writes how work on many records stands.
    put_record_job(RecordJob);
    /// Writes how an import stands.
    put_import(Import);
    /// Writes what came of some rows of an import.
    put_import_part(ImportPart);
    /// Writes the row of a stored file.
    put_stored_file(StoredFile);
    /// Writes a view of a list.
    put_list_view(ListView);
    /// Writes the records a person marked or has seen.
    put_shortcuts(Shortcuts);
}

impl Transaction<'_> {
    /// Deletes an item of the administrator's layer.
    pub fn delete_definition_item(&mut self, kind: &str, id: &str) -> Result<(), TableError> {
        self.delete::<DefinitionItem>(&(kind.to_owned(), id.to_owned()))
    }

    /// Puts a record into the trash: it goes from everywhere else.
    pub fn put_trashed(&mut self, row: &TrashedRecord) -> Result<(), TableError> {
        let record = (row.row.entity.clone(), row.row.record.id);
        self.delete::<RecordRow>(&record)?;
        self.put(row)
    }

    /// Takes a record out of the trash; who restores it writes it anew.
    pub fn delete_trashed(&mut self, entity: &Entity, id: RecordId) -> Result<(), TableError> {
        self.delete::<TrashedRecord>(&(entity.clone(), id))
    }

    /// Deletes what is computed of a record.
    pub fn delete_roll_ups(&mut self, entity: &Entity, id: RecordId) -> Result<(), TableError> {
        self.delete::<RollUps>(&(entity.clone(), id))
    }

    /// Deletes the row of a stored file.
    pub fn delete_stored_file(&mut self, hash: &str) -> Result<(), TableError> {
        self.delete::<StoredFile>(&hash.to_owned())
    }

    /// Deletes what came of some rows of an import.
    pub fn delete_import_part(&mut self, import: ImportId, number: u64) -> Result<(), TableError> {
        self.delete::<ImportPart>(&(import, number))
    }

    /// Deletes a view of a list.
    pub fn delete_list_view(&mut self, view: &ListView) -> Result<(), TableError> {
        self.delete::<ListView>(&(view.person, view.entity.clone(), view.id.clone()))
    }
}
