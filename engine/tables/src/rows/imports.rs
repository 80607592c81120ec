//! Imports of records: what was brought in, how far it has come, and what it would take to undo it.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, ImportId, PersonId, RecordId, Text, Timestamp, Value};

use super::Row;
use crate::{
    Key, Prefix,
    codec::{fields, variants},
};

/// An import.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Of which entity's records.
    pub entity: Entity,
    /// What the file is called that was brought in.
    pub name: String,
    /// The stored table that was made of it, by its hash.
    pub table: String,
    /// The headings of its columns.
    pub headings: Vec<String>,
    /// How many rows it has, without the headings.
    pub rows: u64,
    /// Who brought it in.
    pub asked_by: PersonId,
    /// When.
    pub asked_at: Timestamp,
    /// What is done with it, as JSON; nothing was said yet when it is empty.
    pub options: String,
    /// How it stands.
    pub state: ImportState,
    /// Where in the table it goes on; while it is undone or finished, behind which part.
    pub position: u64,
    /// What came of it so far.
    pub counts: ImportCounts,
    /// Why it came to an end early.
    pub reason: Option<Text>,
    /// Some of the records that could not be put back when it was undone, and why.
    pub kept: Vec<(RecordId, Text)>,
    /// When it began to be carried out.
    pub began_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// How an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// Its file is there.
    Draft,
    /// All rows are looked at; nothing is stored.
    Checking,
    /// All rows were looked at.
    Checked,
    /// Records are stored.
    Running,
    /// References between its own rows are set, now that all of them are there.
    Linking,
    /// It is done.
    Done,
    /// It came to an end before everything was done.
    Stopped,
    /// It is being undone.
    Undoing,
    /// It was undone.
    Undone,
}

impl ImportState {
    /// Whether there is something to be done.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::Linking | Self::Undoing)
    }
}

/// What came of the rows of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCounts {
    /// Rows that were looked at.
    pub seen: u64,
    /// Records that were made.
    pub created: u64,
    /// Records that were changed.
    pub updated: u64,
    /// Rows that say what is known already.
    pub unchanged: u64,
    /// Rows that were left out because their record is there already.
    pub skipped: u64,
    /// Rows that could not be taken.
    pub failed: u64,
    /// Records that were put back when it was undone.
    pub undone: u64,
    /// Records that were not.
    pub kept: u64,
}

/// What came of some rows of an import: one commit's worth.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPart {
    /// The import.
    pub import: ImportId,
    /// Its place: larger is later.
    pub number: u64,
    /// The rows that made or changed a record.
    pub done: Vec<ImportedRow>,
    /// The rows that could not be taken.
    pub failed: Vec<ImportFailure>,
}

/// A row that made or changed a record.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedRow {
    /// Its number in the file.
    pub row: u64,
    /// The record.
    pub record: RecordId,
    /// The record's version afterwards.
    pub version: u64,
    /// Whether it was made.
    pub created: bool,
    /// What the fields were that changed, when it was there before; null where there was nothing.
    pub before: BTreeMap<String, Value>,
    /// (field, name) pairs: what names another row of the file, to be set when all are there.
    pub later: Vec<(String, String)>,
    /// What names a row, when that is needed to say that it failed after all.
    pub cells: Vec<String>,
}

/// A row that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFailure {
    /// Its number in the file.
    pub row: u64,
    /// What stands in it.
    pub cells: Vec<String>,
    /// Why, with the field where there is one.
    pub reasons: Vec<(Option<String>, Text)>,
}

fields!(Import {
    0 => id, 1 => entity, 2 => name, 3 => table, 4 => headings, 5 => rows, 6 => asked_by, 7 => asked_at, 8 => options,
    9 => state, 10 => position, 11 => counts, 12 => reason, 13 => kept, 14 => began_at, 15 => ended_at,
});
variants!(ImportState {
    0 => Draft, 1 => Checking, 2 => Checked, 3 => Running, 4 => Linking, 5 => Done, 6 => Stopped, 7 => Undoing,
    8 => Undone,
});
fields!(ImportCounts {
    0 => seen, 1 => created, 2 => updated, 3 => unchanged, 4 => skipped, 5 => failed, 6 => undone, 7 => kept,
});
fields!(ImportPart { 0 => import, 1 => number, 2 => done, 3 => failed });
fields!(ImportedRow {
    0 => row, 1 => record, 2 => version, 3 => created, 4 => before, 5 => later, 6 => cells,
});
fields!(ImportFailure { 0 => row, 1 => cells, 2 => reasons });

impl Row for Import {
    type Id = ImportId;
    fn key(id: &ImportId) -> Key {
        Key::new(Prefix::Import).number(id.get())
    }
    fn id(&self) -> ImportId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        match self.state.is_open() {
            true => vec![
                Key::new(Prefix::ImportOpen).number(self.id.get()),
                import_file_key(&self.table).number(self.id.get()),
            ],
            false => Vec::new(),
        }
    }
}

impl Row for ImportPart {
    type Id = (ImportId, u64);
    fn key((import, number): &Self::Id) -> Key {
        parts_of(*import).number(*number)
    }
    fn id(&self) -> Self::Id {
        (self.import, self.number)
    }
}

/// The keys of an import's parts begin with this.
pub(crate) fn parts_of(import: ImportId) -> Key {
    Key::new(Prefix::ImportPart).number(import.get())
}

/// The index rows of the open imports of a stored table begin with this.
pub(crate) fn import_file_key(table: &str) -> Key {
    Key::new(Prefix::ImportByFile).text(table)
}
