//! The one writer.
//!
//! It drains the commands that wait, carries each out on a transaction of its own above the group's, appends what the
//! group changed in one batch, and only then answers. It waits for nobody: what is slow (plugins, mail) happens before a
//! command is handed in or after it was answered.
//!
//! Two threads take turns: whoever has decided a group commits and answers it, while the other decides the next one.

mod desk;
mod group;
mod owners;
mod process;
mod records;
mod step;
#[cfg(test)]
mod tests;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use kapok_store::Seq;
use kapok_tables::last_id;

use desk::Desk;
pub(crate) use records::{Became, CheckedSave, Progress, Saved, Through, Undone, entity, named_files};
pub(crate) use step::Step;

use crate::{Error, shared::Shared};

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
        // A refusal too was decided on what is not there after all.
        let result = match committed {
            Ok(_) => self.result,
            Err(error) => Err(error.clone()),
        };
        // Whoever asked may have gone away; the command stands all the same.
        let _ = self.reply.send(result);
    }
}

impl Writer {
    /// Starts the writer's threads.
    pub(crate) fn start(shared: &Arc<Shared>) -> Result<(Self, Vec<thread::JoinHandle<()>>), Error> {
        let (queue, commands) = mpsc::sync_channel::<Box<dyn Entry>>(QUEUE);
        let waiting = Arc::<AtomicUsize>::default();
        let desk = Desk::new(commands, waiting.clone(), last_id(&shared.store.view())?);
        let desk = Arc::new(Mutex::new(desk));
        let threads = (1..=2).map(|number| {
            let (shared, desk) = (shared.clone(), desk.clone());
            thread::Builder::new()
                .name(format!("kapok-writer-{number}"))
                .spawn(move || desk::take_turns(&shared, &desk))
                .map_err(|error| Error::Data(format!("the writer's thread cannot be started: {error}")))
        });
        let threads = threads.collect::<Result<_, _>>()?;
        Ok((Self { queue, waiting }, threads))
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
