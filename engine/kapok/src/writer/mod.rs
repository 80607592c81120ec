//! The one writer.
//!
//! It drains the commands that wait, carries each out on a transaction of its own above the group's, appends what the
//! group changed in one batch, and only then answers. It waits for nobody: what is slow (plugins, mail) happens before a
//! command is handed in or after it was answered.

mod process;
mod records;
mod step;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use kapok_store::{Batch, Seq};
use kapok_tables::{Transaction, last_id};

pub(crate) use records::{CheckedSave, Saved, entity};
use step::Counts;
pub(crate) use step::Step;

use crate::{Error, shared::Shared};

/// At most so many commands share a sync.
const GROUP: usize = 512;
/// A group of so many bytes takes no further command.
const GROUP_BYTES: usize = 16 << 20;
/// At most so many commands wait; whoever comes then is held back.
const QUEUE: usize = 4096;

/// A way to hand commands to the writer.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::SyncSender<Box<dyn Entry>>,
    /// How many commands have been handed in and not been answered.
    waiting: Arc<AtomicUsize>,
}

/// An answer that comes after the commit.
pub(crate) struct Reply<T>(mpsc::Receiver<Result<T, Error>>);

impl<T> Reply<T> {
    /// Waits for it, blocking the thread.
    pub(crate) fn wait(self) -> Result<T, Error> {
        self.0.recv().unwrap_or(Err(Error::Unknown))
    }
}

/// A command in the queue.
trait Entry: Send {
    /// Carries it out; how many bytes are to be kept of it, none when it was refused.
    fn run(&mut self, step: &mut Step<'_>) -> Option<usize>;
    /// Answers it; `committed` is what became of the group.
    fn answer(self: Box<Self>, committed: &Result<Seq, Error>);
}

struct Command<T, F> {
    work: Option<F>,
    result: Result<T, Error>,
    reply: mpsc::SyncSender<Result<T, Error>>,
}

impl<T: Send, F: FnOnce(&mut Step<'_>) -> Result<T, Error> + Send> Entry for Command<T, F> {
    fn run(&mut self, step: &mut Step<'_>) -> Option<usize> {
        let work = self.work.take()?;
        // A panic in a decision drops only that command: its transaction is thrown away like a refused one's.
        self.result = catch_unwind(AssertUnwindSafe(|| work(step))).unwrap_or_else(|_| {
            Err(Error::Data(
                "the engine made a mistake while carrying this out; nothing was changed. See the log.".into(),
            ))
        });
        if self.result.is_ok() {
            // Here, because a batch that is refused is refused with everybody in it.
            match step.size() {
                Ok(size) => return Some(size),
                Err(error) => self.result = Err(error),
            }
        }
        None
    }

    fn answer(self: Box<Self>, committed: &Result<Seq, Error>) {
        let result = match (self.result, committed) {
            (Ok(_), Err(error)) => Err(error.clone()),
            (result, _) => result,
        };
        // Whoever asked may have gone away; the command stands all the same.
        let _ = self.reply.send(result);
    }
}

impl Writer {
    /// Starts the writer's thread.
    pub(crate) fn start(shared: Arc<Shared>) -> Result<(Self, thread::JoinHandle<()>), Error> {
        let (sender, receiver) = mpsc::sync_channel::<Box<dyn Entry>>(QUEUE);
        let next_id = last_id(&shared.store.view())?;
        let writer = Self {
            queue: sender,
            waiting: Arc::default(),
        };
        let waiting = writer.waiting.clone();
        let thread = thread::Builder::new()
            .name("kapok-writer".into())
            .spawn(move || write(&shared, &receiver, &waiting, next_id))
            .map_err(|error| Error::Data(format!("the writer's thread cannot be started: {error}")))?;
        Ok((writer, thread))
    }

    /// Hands a command in. It is carried out in the order of arrival, and answered when it is on disk.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Step<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Reply<T> {
        let (reply, receiver) = mpsc::sync_channel(1);
        let command = Command {
            work: Some(work),
            result: Err(Error::Unknown),
            reply,
        };
        // A writer that is gone drops the sender, and the reply says so.
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _ = self.queue.send(Box::new(command));
        Reply(receiver)
    }

    /// How many commands wait for their answer.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

fn write(shared: &Shared, queue: &mpsc::Receiver<Box<dyn Entry>>, waiting: &AtomicUsize, mut last: u64) {
    while let Ok(first) = queue.recv() {
        let now = shared.clock.now();
        let view = shared.store.view();
        let mut group = Transaction::new(&view);
        let (mut done, mut hints, mut after_commit) = (Vec::new(), Vec::new(), Vec::new());
        let (mut next, mut bytes, mut counts) = (Some(first), 0_usize, Counts::default());
        while let Some(mut entry) = next.take() {
            let mut step = Step::new(shared, Transaction::after(&group, last), now, &mut last);
            let kept = entry.run(&mut step);
            let finished = step.finish();
            done.push(entry);
            if let Some(size) = kept {
                bytes = bytes.saturating_add(size);
                group.absorb(finished.writes);
                hints.extend(finished.hints);
                after_commit.extend(finished.after_commit);
                counts.add(finished.counts);
            }
            // What others must see before the next decision (a new definition, a changed organisation) ends the group.
            if done.len() < GROUP && bytes < GROUP_BYTES && after_commit.is_empty() {
                next = queue.try_recv().ok();
            }
        }
        let (changed, records) = (group.changed(), group.records());
        let batch = batch_of(group, last);
        // The store waits for old views before it moves on; the writer must not hold one while it commits.
        drop(view);
        let committed = batch.and_then(|batch| commit(shared, batch, now.millis()));
        if let Ok(seq) = committed {
            for action in after_commit {
                action(shared);
            }
            shared.projection.note(seq, now.millis(), records);
            shared.operating.counted.add(counts.started, counts.finished);
            shared.hints.send(hints, seq);
            shared.bells.ring(changed);
        }
        waiting.fetch_sub(done.len(), Ordering::Relaxed);
        for entry in done {
            entry.answer(&committed);
        }
    }
}

/// What a group changed, with the counter it drew its ids from.
fn batch_of(mut group: Transaction<'_>, last: u64) -> Result<Batch, Error> {
    if !group.is_empty() && last_id(&group)? != last {
        group.set_last_id(last);
    }
    Ok(Batch::from(group.into_writes()))
}

fn commit(shared: &Shared, batch: Batch, now: i64) -> Result<Seq, Error> {
    Ok(shared.store.commit(batch, now)?)
}
