//! Bringing the index up to date, a little at a time.

use std::{
    collections::BTreeSet,
    fs, io,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use kapok_search::{Index, Position};
use kapok_store::Seq;
use kapok_tables::{Queries, RecordKey, record_of};

use super::{Projection, facts, followed::Place};
use crate::{Error, shared::Shared};

/// So many records are taken in at a time; a view is held no longer.
const BATCH: usize = 1_000;
/// What was taken in is committed after so long when nobody asks for it.
const COMMITTED_EVERY: Duration = Duration::from_secs(3);
/// The index says how far it has followed at least once in so many commits, so that the journal can be let go.
const SAID_EVERY: Seq = 5_000;
/// After a failure it is tried again after so long.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    More,
    Done,
}

/// The index, and what is being done with it.
#[derive(Default)]
pub(super) struct Projector {
    index: Option<Arc<Index>>,
    stage: Stage,
    /// What was taken in and is not committed.
    uncommitted: bool,
    /// Everything up to here was taken in.
    place: Place,
    /// What the index says of itself.
    said: Seq,
    committed: Option<Instant>,
    failed: Option<(Instant, Error)>,
}

#[derive(Default)]
enum Stage {
    /// Nothing is known of the index yet.
    #[default]
    Unopened,
    /// It was found to be of no use.
    GivenUp,
    /// All rows are read; the last one was this.
    Making { after: Option<Vec<u8>>, upto: Place },
    /// It follows the commits.
    Following,
    /// These are taken in.
    Taking { records: BTreeSet<RecordKey>, upto: Place },
}

impl Projector {
    /// The index, if questions can be asked of it.
    pub(super) fn readable(&self) -> Option<Arc<Index>> {
        match self.stage {
            Stage::Following | Stage::Taking { .. } => self.index.clone(),
            _ => None,
        }
    }

    /// Throws the index away.
    pub(super) fn give_up(&mut self) {
        self.index = None;
        self.stage = Stage::GivenUp;
    }

    /// Does some of what is to be done. Whoever waits for a commit says for which.
    pub(super) fn advance(
        &mut self,
        shared: &Shared,
        projection: &Projection,
        wanted: Option<Seq>,
    ) -> Result<Progress, Error> {
        if let Some((at, error)) = &self.failed {
            if at.elapsed() < AFTER_FAILURE {
                return wanted.map_or(Ok(Progress::Done), |_| Err(error.clone()));
            }
            self.failed = None;
        }
        let done = self.step(shared, projection, wanted);
        done.map_err(|fault| match fault {
            Fault::Index(error) => {
                tracing::warn!("the search index is made anew: {error}");
                let error = Error::Data(error.to_string());
                self.give_up();
                projection.followed().forget();
                self.failed = Some((Instant::now(), error.clone()));
                error
            }
            Fault::Data(error) => error,
        })
    }

    fn step(&mut self, shared: &Shared, projection: &Projection, wanted: Option<Seq>) -> Result<Progress, Fault> {
        match std::mem::take(&mut self.stage) {
            Stage::Unopened => match open(shared, projection)? {
                Some((index, place)) => {
                    self.index = Some(index);
                    self.place = place;
                    self.said = place.seq;
                    self.stage = Stage::Following;
                    projection.followed().reach(place.seq);
                    shared.store.keep_from(Some(place.seq));
                }
                None => self.begin_anew(shared, projection)?,
            },
            Stage::GivenUp => self.begin_anew(shared, projection)?,
            Stage::Making { after, upto } => self.make(shared, projection, after, upto)?,
            Stage::Taking { mut records, upto } => {
                let rest = records.iter().nth(BATCH).cloned();
                let later = rest.map(|first| records.split_off(&first)).unwrap_or_default();
                let view = shared.store.view();
                let queries = Queries(&view);
                let changes = records
                    .iter()
                    .map(|key| facts::change(&queries, key))
                    .collect::<Result<Vec<_>, _>>();
                match (changes, &self.index) {
                    (Ok(changes), Some(index)) => index.apply(changes)?,
                    (Err(error), _) => {
                        // Nothing of it was applied.
                        records.extend(later);
                        self.stage = Stage::Taking { records, upto };
                        return Err(error.into());
                    }
                    (_, None) => {}
                }
                self.uncommitted = true;
                self.stage = if later.is_empty() {
                    self.place = upto;
                    Stage::Following
                } else {
                    Stage::Taking { records: later, upto }
                };
            }
            Stage::Following => {
                self.stage = Stage::Following;
                return self.follow(shared, projection, wanted);
            }
        }
        Ok(Progress::More)
    }

    fn follow(&mut self, shared: &Shared, projection: &Projection, wanted: Option<Seq>) -> Result<Progress, Fault> {
        let (records, upto) = projection.followed().take();
        if !records.is_empty() {
            self.stage = Stage::Taking { records, upto };
            return Ok(Progress::More);
        }
        self.place = upto;
        let is_wanted = wanted.is_some_and(|_| self.uncommitted);
        let is_due = self.uncommitted && self.committed.is_none_or(|at| at.elapsed() >= COMMITTED_EVERY);
        if is_wanted || is_due || self.place.seq >= self.said + SAID_EVERY {
            self.commit(shared, projection)?;
            return Ok(Progress::More);
        }
        if !self.uncommitted {
            projection.followed().reach(upto.seq);
        }
        Ok(Progress::Done)
    }

    fn commit(&mut self, shared: &Shared, projection: &Projection) -> Result<(), Fault> {
        let Some(index) = &self.index else { return Ok(()) };
        let at = match self.place.at {
            Some(at) => Some(at),
            // In memory nobody comes back.
            None if projection.folder.is_none() => None,
            None => time_of(shared, self.place.seq)?,
        };
        self.place.at = at;
        index.commit(&Position {
            sequence: Some(self.place.seq),
            mark: at.unwrap_or_default().to_string(),
        })?;
        self.uncommitted = false;
        self.said = self.place.seq;
        self.committed = Some(Instant::now());
        if projection.folder.is_some() {
            shared.store.keep_from(Some(self.place.seq));
        }
        projection.followed().reach(self.place.seq);
        Ok(())
    }

    /// Begins with an empty index. What is touched from now on is noted and taken in when all rows have been read.
    fn begin_anew(&mut self, shared: &Shared, projection: &Projection) -> Result<(), Fault> {
        self.index = None;
        self.stage = Stage::GivenUp;
        let upto = {
            let mut followed = projection.followed();
            followed.begin();
            followed.forget();
            followed.last()
        };
        shared.store.keep_from(None);
        let index = match &projection.folder {
            None => Index::memory()?,
            Some(folder) => {
                remove(folder)?;
                let index = Index::create(folder)?;
                // Without a place: whoever finds it begins anew.
                index.commit(&Position::default())?;
                index
            }
        };
        self.index = Some(Arc::new(index));
        self.stage = Stage::Making { after: None, upto };
        Ok(())
    }

    fn make(
        &mut self,
        shared: &Shared,
        projection: &Projection,
        after: Option<Vec<u8>>,
        upto: Place,
    ) -> Result<(), Fault> {
        let view = shared.store.view();
        let queries = Queries(&view);
        let read = || -> Result<_, Error> {
            let page = queries.all_records(after.as_deref(), BATCH)?;
            let rows = page.items.into_iter();
            let changes = rows
                .map(|row| facts::saved(&queries, row))
                .collect::<Result<Vec<_>, _>>()?;
            Ok((changes, page.next))
        };
        let (changes, next) = match read() {
            Ok(read) => read,
            Err(error) => {
                self.stage = Stage::Making { after, upto };
                return Err(error.into());
            }
        };
        drop(view);
        if let Some(index) = &self.index {
            index.add(changes)?;
        }
        match next {
            Some(next) => {
                self.stage = Stage::Making {
                    after: Some(next),
                    upto,
                }
            }
            None => {
                self.place = upto;
                self.commit(shared, projection)?;
                self.stage = Stage::Following;
            }
        }
        Ok(())
    }

    /// Says how far it has followed, so that the next start has little to do.
    pub(super) fn close(&mut self, shared: &Shared, projection: &Projection) {
        if matches!(self.stage, Stage::Following) && (self.uncommitted || self.place.seq > self.said) {
            // If it fails, the next start takes in again what is missing.
            let _ = self.commit(shared, projection);
        }
        self.index = None;
        self.stage = Stage::Unopened;
    }
}

/// The index of the folder, if it can go on from where it was.
fn open(shared: &Shared, projection: &Projection) -> Result<Option<(Arc<Index>, Place)>, Fault> {
    let Some(folder) = &projection.folder else {
        return Ok(None);
    };
    let opened = Index::open(folder).and_then(|index| Ok((index.position()?, index)));
    let (position, index) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            tracing::info!("{error}");
            return Ok(None);
        }
    };
    let Some(seq) = position.sequence else { return Ok(None) };
    let Some((place, touched)) = touched_since(shared, seq, &position.mark) else {
        tracing::info!("the search index must be made anew: the journal does not go on from where it ends");
        return Ok(None);
    };
    projection.followed().touch(touched);
    Ok(Some((Arc::new(index), place)))
}

/// Which records were touched after a commit of that time; `None` if there is no such commit in the journal.
fn touched_since(shared: &Shared, seq: Seq, mark: &str) -> Option<(Place, BTreeSet<RecordKey>)> {
    let mut touched = BTreeSet::new();
    let mut place = Place {
        seq,
        at: mark.parse().ok(),
    };
    let mut history = shared.store.history(seq.saturating_sub(1)).ok()??;
    if seq > 0 {
        let last = history.next()?.ok()?;
        if last.seq != seq || last.time_ms.to_string() != mark {
            return None;
        }
    }
    for record in history {
        let record = record.ok()?;
        touched.extend(record.batch.iter().filter_map(|(key, _)| record_of(key)));
        place.seq = seq;
    }
    Some((place, touched))
}

/// The time of a commit.
fn time_of(shared: &Shared, seq: Seq) -> Result<Option<i64>, Fault> {
    if seq == 0 {
        return Ok(None);
    }
    let history = shared.store.history(seq - 1).map_err(Error::from)?;
    let record = history.and_then(|mut history| history.next());
    Ok(record.transpose().map_err(Error::from)?.map(|record| record.time_ms))
}

fn remove(folder: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::Data(format!("{} cannot be removed: {error}", folder.display())).into())
        }
        _ => Ok(()),
    }
}

/// What went wrong.
enum Fault {
    /// The index is of no use.
    Index(kapok_search::Error),
    /// Something else; the index is as it was.
    Data(Error),
}

impl From<kapok_search::Error> for Fault {
    fn from(error: kapok_search::Error) -> Self {
        Self::Index(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Data(error)
    }
}
