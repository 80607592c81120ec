//! What is kept in memory while an import goes on: where its table is read, and what was found out on the way. All of it
//! can be found out again.

use std::{cell::RefCell, collections::HashSet, mem};

use kapok_protocol::{ImportId, Text, Timestamp};
use kapok_records::{DuplicateAction, EntityDefinition, Fields, likeness, unique_keys};
use kapok_tables::{Import, ImportState};

use super::{Examiner, ImportOptions, NameCache, OnDuplicate, RowKeys, TableReader};
use crate::{Error, files::FileStore};

/// One import that goes on.
pub(super) struct Session {
    import: ImportId,
    state: ImportState,
    /// Which of its runs it is, when it is run more than once.
    began_at: Option<Timestamp>,
    pub(super) options: ImportOptions,
    pub(super) table: TableReader,
    pub(super) keys: RowKeys,
    pub(super) cache: RefCell<NameCache>,
    pub(super) seen: SeenValues,
    /// Whether rows may name other rows of the file.
    pub(super) names_itself: bool,
    /// Whether the rows before the present place were looked at.
    pub(super) is_ready: bool,
    /// Whether it begins anew: a dry run keeps nothing of what it saw.
    pub(super) is_fresh: bool,
}

impl Session {
    pub(super) fn open(store: &FileStore, import: &Import) -> Result<Self, Error> {
        let options = serde_json::from_str(&import.options).map_err(|error| Error::Data(error.to_string()))?;
        let position = match import.state {
            ImportState::Checking => 0,
            _ => import.position,
        };
        Ok(Self {
            import: import.id,
            state: import.state,
            began_at: import.began_at,
            options,
            table: TableReader::open(store, &import.table, position)?,
            keys: RowKeys::default(),
            cache: RefCell::default(),
            seen: SeenValues::default(),
            names_itself: false,
            is_ready: false,
            is_fresh: true,
        })
    }

    /// Whether it is the session of an import as it stands.
    pub(super) fn is_of(&self, import: &Import) -> bool {
        let at = match self.is_fresh {
            true => true,
            false => self.table.position() == import.position,
        };
        self.import == import.id && self.state == import.state && self.began_at == import.began_at && at
    }

    /// Looks at the rows that were done before the end of the program, and at what rows are called when rows name each other.
    pub(super) fn get_ready(
        &mut self,
        store: &FileStore,
        import: &Import,
        examiner: &Examiner<'_>,
    ) -> Result<(), Error> {
        let end = self.table.position();
        let names_itself = examiner.names_itself();
        self.names_itself = names_itself;
        let mut reader = TableReader::open(store, &import.table, 0)?;
        while names_itself || reader.position() < end {
            let is_done = reader.position() < end;
            let Some((_, cells)) = reader.next()? else { break };
            if is_done {
                examiner.remember(&cells, &mut self.keys);
            }
            if names_itself {
                examiner.names_of(&cells, &mut self.keys.own_names);
            }
        }
        self.is_ready = true;
        Ok(())
    }
}

/// What the rows before had that others may not have too: a dry run stores nothing, so nothing else knows.
#[derive(Default)]
pub(super) struct SeenValues {
    unique: HashSet<(String, String)>,
    alike: HashSet<(String, String)>,
}

/// Whether a row would be taken after the rows before it.
pub(super) enum Seen {
    New,
    Skipped,
    Failed(Text),
}

impl SeenValues {
    pub(super) fn note(
        &mut self,
        definition: &EntityDefinition,
        fields: &Fields,
        is_new: bool,
        duplicates: OnDuplicate,
    ) -> Seen {
        let unique = unique_keys(definition, fields);
        let is_taken = |key: &(String, String)| self.unique.contains(key);
        if is_new && duplicates == OnDuplicate::Skip && unique.iter().any(is_taken) {
            return Seen::Skipped;
        }
        if let Some((rule, _)) = unique.iter().find(|key| self.unique.contains(*key)) {
            let label = definition
                .field(rule)
                .map(|field| field.label.clone())
                .unwrap_or_default();
            return Seen::Failed(Text::new(
                format!("“{}”与文件中前面的一行相同，不能重复。", label.zh),
                format!("An earlier row of the file has the same “{}”.", label.en),
            ));
        }
        let mut alike = Vec::new();
        for rule in &definition.duplicates {
            let Some(value) = likeness(definition, rule, fields) else {
                continue;
            };
            let key = (rule.id.clone(), value);
            if self.alike.contains(&key) && !(duplicates == OnDuplicate::Create && rule.action == DuplicateAction::Warn)
            {
                return match duplicates {
                    OnDuplicate::Skip => Seen::Skipped,
                    _ => Seen::Failed(Text::new(
                        "文件中前面可能已有相同的一行。",
                        "An earlier row of the file is probably the same.",
                    )),
                };
            }
            alike.push(key);
        }
        self.unique.extend(unique);
        self.alike.extend(mem::take(&mut alike));
        Seen::New
    }
}
