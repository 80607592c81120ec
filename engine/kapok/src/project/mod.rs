//! The search index follows the commits.
//!
//! The writer notes which records a commit touched; that is all that searching costs a save. What became of them is read
//! from a view later, by a thread of its own, or by a reader who needs it now. The index says of itself up to which record
//! of the journal it has followed, so after a restart it goes on from there. Whatever is wrong with it (it is missing,
//! damaged, of another form, from another folder, too old for the journal), it is made anew from the rows, behind
//! everybody's back.

mod facts;
mod finding;
mod followed;
mod projector;
mod reading;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use kapok_protocol::{PersonId, Refusal, RefusalKind};
use kapok_search::Index;
use kapok_store::Seq;
use kapok_tables::RecordKey;

pub(crate) use facts::StoredRecords;
pub(crate) use finding::{find, rights_of};
use followed::Followed;
use projector::{Progress, Projector};
pub(crate) use reading::Searching;

use crate::{Error, bell::Bell, shared::Shared};

/// The folder of the index, within that of the data.
const FOLDER: &str = "index";
/// How long changes wait for others before they are taken in, when nobody asks for them.
const GATHERED: Duration = Duration::from_millis(500);
/// A reader waits for others' changes too when there are no more than so many.
const NEAR: usize = 5_000;
/// The longest that a reader waits.
const LONGEST: Duration = Duration::from_secs(20);

/// The index of one engine, and how far it has followed.
pub(crate) struct Projection {
    folder: Option<PathBuf>,
    followed: Mutex<Followed>,
    projector: Mutex<Projector>,
    pub(crate) bell: Bell,
}

impl Projection {
    /// Nothing is indexed yet. An engine without a folder begins with that when somebody first searches.
    pub(crate) fn new(folder: Option<&Path>, seq: Seq) -> Self {
        let followed = Followed::new(seq);
        Self {
            folder: folder.map(|folder| folder.join(FOLDER)),
            followed: Mutex::new(followed),
            projector: Mutex::default(),
            bell: Bell::default(),
        }
    }

    /// What the files of the index take, in bytes; none for an engine without a folder.
    pub(crate) fn size(&self) -> Option<u64> {
        let folder = self.folder.as_deref()?;
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        // One that goes away meanwhile takes nothing.
        Some(files.filter_map(|file| Some(file.metadata().ok()?.len())).sum())
    }

    /// The first record of the journal that the index in a data folder needs, if there is one.
    pub(crate) fn needs_from(folder: &Path) -> Option<Seq> {
        Index::position_in(&folder.join(FOLDER)).ok()?.sequence
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn projector(&self) -> MutexGuard<'_, Projector> {
        self.projector.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a commit and the records that it touched. Called by the writer before it answers.
    pub(crate) fn note(&self, seq: Seq, at_millis: i64, records: Vec<RecordKey>) {
        let gathered = self.followed().note(seq, at_millis, records);
        if gathered >= NEAR {
            self.bell.ring();
        }
    }

    /// Notes that a person's write was answered: what that person reads from now on has it.
    pub(crate) fn wrote(&self, person: PersonId) {
        self.followed().wrote(person);
    }

    /// The index, when it has the reader's own last write, and, unless very much has happened, everybody's.
    fn index_for(&self, shared: &Shared, reader: Option<PersonId>) -> Result<Arc<Index>, Error> {
        let target = self.followed().target(reader);
        let begun = Instant::now();
        loop {
            {
                let mut projector = self.projector();
                let reached = self.followed().reached();
                if let Some(index) = projector.readable().filter(|_| reached >= target) {
                    return Ok(index);
                }
                projector.advance(shared, self, Some(target))?;
            }
            if begun.elapsed() > LONGEST {
                return Err(being_made());
            }
            // So that the thread has its turn too.
            thread::yield_now();
        }
    }

    /// Throws the index away: the next who needs it makes it anew.
    fn give_up(&self, why: &str) {
        tracing::warn!("the search index is made anew: {why}");
        self.projector().give_up();
        self.bell.ring();
    }

    /// Returns when the index has everything that is committed now.
    pub(crate) fn catch_up(&self, shared: &Shared) -> Result<(), Error> {
        let target = self.followed().begin();
        loop {
            let mut projector = self.projector();
            if projector.readable().is_some() && self.followed().reached() >= target {
                return Ok(());
            }
            projector.advance(shared, self, Some(target))?;
        }
    }
}

fn being_made() -> Error {
    Refusal::new(
        RefusalKind::Unavailable,
        "search.being-made",
        "搜索索引正在重建，请稍后再试。",
        "The search index is being made anew. Try again in a while.",
    )
    .into()
}

/// Starts the thread; none for an engine without a folder, whose readers do its work.
pub(crate) fn start(shared: &Arc<Shared>) -> Result<Option<JoinHandle<()>>, Error> {
    if shared.projection.folder.is_none() {
        return Ok(None);
    }
    shared.projection.followed().begin();
    let shared = shared.clone();
    let thread = thread::Builder::new()
        .name("kapok-project".into())
        .spawn(move || run(&shared));
    let thread = thread.map_err(|error| Error::Data(format!("the thread kapok-project cannot be started: {error}")))?;
    Ok(Some(thread))
}

fn run(shared: &Shared) {
    let projection = &shared.projection;
    loop {
        let heard = projection.bell.heard();
        while !projection.bell.is_closed() {
            match projection.projector().advance(shared, projection, None) {
                Ok(Progress::More) => {}
                Ok(Progress::Done) => break,
                Err(error) => {
                    tracing::error!(%error, "the search index cannot follow; it is tried again");
                    break;
                }
            }
        }
        if !projection.bell.wait(heard, GATHERED) {
            projection.projector().close(shared, projection);
            return;
        }
    }
}
