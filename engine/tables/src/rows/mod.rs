//! What each kind of row is: where it lies, in which version it is written, and which index rows come with it.

mod files;
mod identity;
mod imports;
mod layers;
mod personal;
mod platform;
mod plugins;
mod process;
mod record_jobs;
mod records;
mod shares;
mod trash;
mod waiting;

pub use files::StoredFile;
pub(crate) use files::file_of;
pub use identity::{IdentityLink, LinkedKind};
pub(crate) use identity::{links_at, links_of};
pub use imports::{Import, ImportCounts, ImportFailure, ImportPart, ImportState, ImportedRow};
pub(crate) use imports::{import_file_key, parts_of};
pub use layers::{DefinitionItem, EntityState};
pub(crate) use personal::views_of;
pub use personal::{ListView, Shortcuts};
pub use platform::{ConfirmedGrants, Credential, DecisionFile, Definition, Preference, Session, StoredAnswer, Token};
pub use plugins::{PluginCall, PluginRow, PluginSchedule, PluginWork};
pub(crate) use process::{candidate_key, instances_of, topic_key};
pub use record_jobs::{RecordJob, RecordJobState, RecordTask};
pub use records::{Counting, HistoryEntry, RecordChange, RecordKey, RecordRow, RollUps, record_of};
pub(crate) use records::{file_key, likeness_key, opening_key, reference_key, unique_key};
pub use shares::{Receiver, Share, ShareLevel};
pub(crate) use shares::{shares_of, shares_with};
pub use trash::TrashedRecord;
pub(crate) use trash::{trash_by_file_key, trash_by_moment};
pub(crate) use waiting::{
    compensation_key, compensations_of, gathering_key, item_key, kept_key, message_key, signal_key, tokens_in,
    tokens_key,
};

use crate::{
    Key,
    codec::{self, CodecError, Field},
};

/// A kind of row.
///
/// Index rows are derived from the row alone, so they can always be recomputed; whoever writes a row writes them, in
/// the same batch, through [`crate::Transaction::put`].
pub(crate) trait Row: Field {
    /// What names a row of this kind.
    type Id;
    /// The version it is written in.
    const VERSION: u8 = 1;
    /// Where the row with this id lies.
    fn key(id: &Self::Id) -> Key;
    /// The id of this row.
    fn id(&self) -> Self::Id;
    /// Reads a row of this version, or of one before.
    fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        codec::decode(Self::VERSION, bytes)
    }
    /// The keys of the index rows that point at it.
    fn indexes(&self) -> Vec<Key> {
        Vec::new()
    }
}
