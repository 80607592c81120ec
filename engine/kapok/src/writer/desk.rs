//! Who decides, and on what.
//!
//! There is one desk, and whoever has it decides. What they have decided they leave on it, and hand it on before they
//! commit: so the next group is decided on rows that are not on the disk yet. It is committed when they are, and not at
//! all when they cannot be.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
    mpsc::{self, TryRecvError},
};

use kapok_store::Store;
use kapok_tables::{Pair, Read, TableError, Transaction, WriteSet, last_id};

use super::{Entry, group::Group, step::Step};
use crate::{Error, shared::Shared};

/// What deciding needs.
pub(super) struct Desk {
    queue: mpsc::Receiver<Box<dyn Entry>>,
    /// How many commands have been handed in and not been answered.
    waiting: Arc<AtomicUsize>,
    /// The last id that was drawn.
    last_id: u64,
    /// The group before, which may be on its way to the disk.
    flight: Option<Flight>,
}

/// One of the threads that take turns.
pub(super) fn take_turns(shared: &Shared, desk: &Mutex<Desk>) {
    // Nobody decides any more when whoever did has died of it.
    while let Ok(mut desk) = desk.lock() {
        let Some((mut group, before)) = desk.decide(shared) else {
            return;
        };
        let waiting = desk.waiting.clone();
        let mut landing = None;
        // What a group does when it is on the disk comes before the next decision.
        if before.is_ok() && group.after_commit.is_empty() {
            landing = Some(desk.send_off(&group));
            drop(desk);
        }
        let committed = before.and_then(|()| group.commit(shared));
        waiting.fetch_sub(group.entries.len(), Ordering::Relaxed);
        if let Some(landing) = landing {
            // Nobody may have built on it.
            let _ = landing.send(committed.clone().map(drop));
        }
        for entry in group.entries {
            entry.answer(&committed);
        }
    }
}

impl Desk {
    pub(super) fn new(queue: mpsc::Receiver<Box<dyn Entry>>, waiting: Arc<AtomicUsize>, last_id: u64) -> Self {
        Self {
            queue,
            waiting,
            last_id,
            flight: None,
        }
    }

    /// Waits for a command, and decides it with those that come with it. None when no command can come any more; else
    /// also what became of the group before, with which this one falls.
    fn decide(&mut self, shared: &Shared) -> Option<(Group, Result<(), Error>)> {
        let mut next = self.queue.recv().ok();
        next.as_ref()?;
        let flight = self.flight.take().filter(|flight| flight.outcome().is_none());
        let unsynced = flight.as_ref().map(|flight| flight.writes.clone()).unwrap_or_default();
        let (newest, mut group) = (Newest(&shared.store), Group::default());
        let below = Transaction::of(&newest, &unsynced);
        let mut tx = Transaction::new(&below);
        let mut intake = Intake::new(&self.queue, &self.waiting, flight);
        while let Some(entry) = next.take() {
            let above = Transaction::after(&tx, self.last_id);
            let step = Step::new(shared, above, shared.clock.now(), &mut self.last_id);
            if let Some(writes) = group.carry_out(entry, step) {
                tx.absorb(writes);
            }
            if !group.is_full() {
                next = intake.next(group.entries.len());
            }
        }
        let before = intake.land().and_then(|()| {
            if !tx.is_empty() && last_id(&tx)? != self.last_id {
                tx.set_last_id(self.last_id);
            }
            Ok(())
        });
        group.changed = Some(tx.changed());
        group.writes = Arc::new(tx.into_writes());
        Some((group, before))
    }

    /// Lets the next group be decided on this one; to be told what becomes of it.
    fn send_off(&mut self, group: &Group) -> mpsc::SyncSender<Result<(), Error>> {
        let (landing, landed) = mpsc::sync_channel(1);
        let writes = group.writes.clone();
        self.flight = Some(Flight { writes, landed });
        landing
    }
}

/// A group on its way to the disk.
struct Flight {
    writes: Arc<WriteSet>,
    /// What becomes of it; nothing when its thread dies of it.
    landed: mpsc::Receiver<Result<(), Error>>,
}

impl Flight {
    /// What became of it, if it has landed. To be asked no more after that.
    fn outcome(&self) -> Option<Result<(), Error>> {
        match self.landed.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(Error::Unknown)),
        }
    }

    fn land(self) -> Result<(), Error> {
        self.landed.recv().unwrap_or(Err(Error::Unknown))
    }
}

/// Which commands make one group: those that come while the group before is on its way, and what waits when it has
/// landed. Whoever comes later would hold up the others, while nothing is written.
struct Intake<'d> {
    queue: &'d mpsc::Receiver<Box<dyn Entry>>,
    waiting: &'d AtomicUsize,
    flight: Option<Flight>,
    /// What became of it.
    before: Result<(), Error>,
    /// How many commands the group may have.
    room: usize,
}

impl<'d> Intake<'d> {
    fn new(queue: &'d mpsc::Receiver<Box<dyn Entry>>, waiting: &'d AtomicUsize, flight: Option<Flight>) -> Self {
        Self {
            queue,
            waiting,
            flight,
            before: Ok(()),
            room: waiting.load(Ordering::Relaxed),
        }
    }

    /// The next command of a group that has so many.
    fn next(&mut self, decided: usize) -> Option<Box<dyn Entry>> {
        if let Some(flight) = self.flight.take() {
            match flight.outcome() {
                Some(outcome) => self.landed(outcome),
                None => {
                    let next = self.queue.try_recv().ok();
                    self.flight = Some(flight);
                    if next.is_some() {
                        return next;
                    }
                    self.wait();
                }
            }
        }
        (self.before.is_ok() && decided < self.room).then(|| self.queue.try_recv().ok())?
    }

    fn wait(&mut self) {
        if let Some(flight) = self.flight.take() {
            self.landed(flight.land());
        }
    }

    fn landed(&mut self, outcome: Result<(), Error>) {
        (self.before, self.room) = (outcome, self.waiting.load(Ordering::Relaxed));
    }

    /// Waits until the group before has landed; what became of it.
    fn land(mut self) -> Result<(), Error> {
        self.wait();
        self.before
    }
}

/// What is committed, as of each moment it is asked: a group may be decided for longer than a view may be held. With the
/// unsynced changes above it, it is the same rows whether or not these have been committed meanwhile.
struct Newest<'s>(&'s Store);

impl Read for Newest<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Arc<[u8]>>, TableError> {
        Read::get(&self.0.view(), key)
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        Read::scan(&self.0.view(), prefix, after, limit)
    }

    fn scan_back(&self, prefix: &[u8], before: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        Read::scan_back(&self.0.view(), prefix, before, limit)
    }
}
