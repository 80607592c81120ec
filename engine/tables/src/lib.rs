//! Typed rows over ordered bytes.
//!
//! The only crate that knows keys and encodings. Other crates define their rows as plain types and never see a byte;
//! the store sees bytes and never a type; here the two meet, in tables that number every kind of row
//! ([`Prefix`]) and every field. A row's index rows follow from the row alone and are written with it, so no list can
//! disagree with what it lists.

mod codec;
mod data_format;
mod forgetting;
mod gathered;
mod history;
mod identity_links;
mod key;
mod lists;
mod noted;
mod pages;
mod plugin_rows;
mod prefix;
mod process_state;
mod queries;
mod read;
mod record_queries;
mod record_writes;
mod rows;
mod shares;
mod transaction;
pub mod verify;
mod writes;

pub use codec::CodecError;
pub use data_format::{DATA_FORMAT, data_format};
pub use forgetting::ended_before;
pub use key::Key;
pub use lists::{InstanceList, RecordList, Slice, TaskList};
pub use noted::{Notes, Noting};
pub use prefix::Prefix;
pub use process_state::{ProcessState, variables};
pub use queries::Queries;
pub use read::{Pair, Read, TableError};
pub use rows::{
    ConfirmedGrants, Counting, Credential, DecisionFile, Definition, DefinitionItem, EntityState, HistoryEntry,
    IdentityLink, Import, ImportCounts, ImportFailure, ImportPart, ImportState, ImportedRow, LinkedKind, ListView,
    PluginCall, PluginRow, PluginSchedule, PluginWork, Preference, Receiver, RecordChange, RecordJob, RecordJobState,
    RecordKey, RecordRow, RecordTask, RollUps, Session, Share, ShareLevel, Shortcuts, StoredAnswer, StoredFile, Token,
    TrashedRecord, record_of,
};
pub use transaction::{Changed, Transaction, WriteSet};
pub use writes::last_id;
