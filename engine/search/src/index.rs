//! The index: what is written to it, and a state of it that questions are asked of.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use kapok_protocol::Entity;
use tantivy::{
    IndexReader, IndexSettings, IndexWriter, ReloadPolicy,
    directory::MmapDirectory,
    index::SegmentId,
    store::Compressor,
    tokenizer::{Token, TokenStream, Tokenizer},
};

use crate::{
    Change, Error,
    fact::{document, key},
    order::Order,
    part::{Kept, Part},
    query::rights::Readable,
    schema::{END_OF_TOKEN, FORM, Fields, TOKENS},
};

/// Memory for documents that are not yet in a part.
const WRITE_BUFFER: usize = 48 << 20;
/// Orders of parts with fewer documents are not made before they are asked for.
const WARMED: u32 = 20_000;

/// An index of records.
///
/// It says of itself up to where it has followed ([`Index::position`]); whoever follows the journal hands over what
/// became of records and that place. What it holds can always be made anew, so a fault is never mended.
pub struct Index {
    fields: Arc<Fields>,
    inner: tantivy::Index,
    writer: Mutex<IndexWriter>,
    reader: IndexReader,
    snapshot: RwLock<Arc<Snapshot>>,
}

/// The index as of one commit.
pub(crate) struct Snapshot {
    pub(crate) parts: Vec<Part>,
    pub(crate) readable: Readable,
}

/// How far an index has followed, as it was committed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Position {
    /// The last record of the journal that is in it; `None` while it is being made anew.
    pub sequence: Option<u64>,
    /// What tells this journal from another one of the same length.
    pub mark: String,
}

impl Position {
    fn to_payload(&self) -> String {
        let sequence = self.sequence.map_or("-".to_owned(), |sequence| sequence.to_string());
        format!("{FORM} {sequence} {}", self.mark)
    }

    fn from_payload(payload: &str) -> Result<Self, Error> {
        let other = || Error::Damaged(format!("it is of another form: {payload}"));
        let mut words = payload.splitn(3, ' ');
        if words.next() != Some(FORM.to_string().as_str()) {
            return Err(other());
        }
        let sequence = match words.next().ok_or_else(other)? {
            "-" => None,
            number => Some(number.parse().map_err(|_| other())?),
        };
        Ok(Self {
            sequence,
            mark: words.next().unwrap_or_default().to_owned(),
        })
    }
}

impl Index {
    /// An index in memory.
    ///
    /// # Errors
    /// [`Error::Damaged`] if there is no memory or thread for it.
    pub fn memory() -> Result<Self, Error> {
        let fields = Fields::new();
        let inner = tantivy::Index::builder()
            .schema(fields.schema.clone())
            .settings(settings())
            .create_in_ram()?;
        Self::start(inner, fields)
    }

    /// Makes an empty index in a folder that holds none.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the folder cannot be written.
    pub fn create(folder: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        let fields = Fields::new();
        let inner = tantivy::Index::builder()
            .schema(fields.schema.clone())
            .settings(settings())
            .create_in_dir(folder)?;
        Self::start(inner, fields)
    }

    /// Opens the index in a folder and checks its files.
    ///
    /// # Errors
    /// [`Error::Damaged`] if there is none, or one that cannot be used.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let fields = Fields::new();
        let directory = MmapDirectory::open(folder).map_err(|error| Error::Damaged(error.to_string()))?;
        let inner = tantivy::Index::open(directory)?;
        if inner.schema() != fields.schema {
            return Err(Error::Damaged("its fields are others".into()));
        }
        read_position(&inner)?;
        let damaged = inner.validate_checksum()?;
        if let Some(file) = damaged.iter().next() {
            return Err(Error::Damaged(format!("{} is damaged", file.display())));
        }
        Self::start(inner, fields)
    }

    fn start(inner: tantivy::Index, fields: Fields) -> Result<Self, Error> {
        inner.tokenizers().register(TOKENS, Tokens::default());
        let writer = inner.writer_with_num_threads(1, WRITE_BUFFER)?;
        let reader = inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let index = Self {
            fields: Arc::new(fields),
            inner,
            writer: Mutex::new(writer),
            reader,
            snapshot: RwLock::new(Arc::new(Snapshot {
                parts: Vec::new(),
                readable: Readable::default(),
            })),
        };
        index.reload()?;
        Ok(index)
    }

    fn writer(&self) -> MutexGuard<'_, IndexWriter> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes changes in. They are found after the next commit.
    ///
    /// # Errors
    /// [`Error::Damaged`] if they cannot be written.
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) -> Result<(), Error> {
        let writer = self.writer();
        for change in changes {
            match change {
                Change::Saved { entity, record } => {
                    writer.delete_term(key(&self.fields, record.id));
                    writer.add_document(document(&self.fields, &entity, &record))?;
                }
                Change::Gone(id) => {
                    writer.delete_term(key(&self.fields, id));
                }
            }
        }
        Ok(())
    }

    /// As [`Index::apply`], for records that are not in the index yet.
    ///
    /// # Errors
    /// As [`Index::apply`].
    pub fn add(&self, changes: impl IntoIterator<Item = Change>) -> Result<(), Error> {
        let writer = self.writer();
        for change in changes {
            if let Change::Saved { entity, record } = change {
                writer.add_document(document(&self.fields, &entity, &record))?;
            }
        }
        Ok(())
    }

    /// Makes what was applied durable and visible, together with the position.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it cannot be written.
    pub fn commit(&self, position: &Position) -> Result<(), Error> {
        {
            let mut writer = self.writer();
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&position.to_payload());
            commit.commit()?;
        }
        self.reload()
    }

    /// Up to where the last commit says that it has followed.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it does not say so.
    pub fn position(&self) -> Result<Position, Error> {
        read_position(&self.inner)
    }

    /// The position of the index in a folder, without opening it.
    ///
    /// # Errors
    /// [`Error::Damaged`] if there is none.
    pub fn position_in(folder: &Path) -> Result<Position, Error> {
        let directory = MmapDirectory::open(folder).map_err(|error| Error::Damaged(error.to_string()))?;
        read_position(&tantivy::Index::open(directory)?)
    }

    /// How many records are in it.
    pub fn count(&self) -> u64 {
        let snapshot = self.snapshot();
        snapshot.parts.iter().map(|part| u64::from(part.reader.num_docs())).sum()
    }

    /// Returns when no parts are being merged any more; for measurements.
    ///
    /// # Errors
    /// [`Error::Damaged`] if merging failed.
    pub fn settle(self) -> Result<(), Error> {
        let writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(writer.wait_merging_threads()?)
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows what is committed.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it cannot be read.
    pub fn reload(&self) -> Result<(), Error> {
        self.reader.reload()?;
        let old = self.snapshot();
        let known: HashMap<SegmentId, &Arc<Kept>> =
            old.parts.iter().map(|part| (part.reader.segment_id(), &part.kept)).collect();
        let mut parts = Vec::new();
        for reader in self.reader.searcher().segment_readers() {
            let kept = known.get(&reader.segment_id()).map(|kept| (*kept).clone());
            let part = Part {
                kept: kept.clone().unwrap_or_default(),
                reader: reader.clone(),
                fields: self.fields.clone(),
            };
            if kept.is_none() && part.len() >= WARMED {
                warm(&part, &old)?;
            }
            parts.push(part);
        }
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Snapshot {
            parts,
            readable: Readable::default(),
        });
        Ok(())
    }
}

/// Makes the orders that were in use, so that nobody waits for them after parts were merged.
fn warm(part: &Part, old: &Snapshot) -> Result<(), Error> {
    let large = old.parts.iter().filter(|part| part.len() >= WARMED);
    let mut names: Vec<String> = large.flat_map(|part| part.kept.orders.names()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        if let Some((entity, field)) = name.split_once('\n') {
            Order::of(part, &Entity::new(entity), field)?;
        }
    }
    Ok(())
}

fn settings() -> IndexSettings {
    IndexSettings {
        // Nothing is stored there: the rows are the records.
        docstore_compression: Compressor::None,
        ..IndexSettings::default()
    }
}

fn read_position(index: &tantivy::Index) -> Result<Position, Error> {
    let payload = index.load_metas()?.payload;
    Position::from_payload(&payload.unwrap_or_default())
}

/// Cuts a text that was taken apart before at the ends of its tokens.
#[derive(Clone, Default)]
struct Tokens {
    token: Token,
}

struct Cutting<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl Tokenizer for Tokens {
    type TokenStream<'a> = Cutting<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cutting<'a> {
        self.token.reset();
        Cutting {
            rest: text,
            token: &mut self.token,
        }
    }
}

impl TokenStream for Cutting<'_> {
    fn advance(&mut self) -> bool {
        let Some((token, rest)) = self.rest.split_once(END_OF_TOKEN) else {
            return false;
        };
        self.rest = rest;
        self.token.text.clear();
        self.token.text.push_str(token);
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
