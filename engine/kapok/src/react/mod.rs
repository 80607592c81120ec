//! What happens after a commit: timers that fall due, jobs, messages that leave, and what was kept long enough goes.
//!
//! Each is a thread that looks for something to do, does it, hands what came back to the writer as a new command, and
//! waits for the bell or for the next moment. None keeps anything that is not also a row: after a crash they look
//! again.

mod cleaning;
mod clock_watch;
mod jobs;
mod outbox;
mod plugin_work;
mod record_jobs;
mod requests;
mod timers;

use std::{
    cell::Cell,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use kapok_protocol::Timestamp;

use crate::{Error, imports, shared::Shared, writer::Writer};

pub use cleaning::Retention;
pub(crate) use cleaning::clean;
pub(crate) use clock_watch::{ClockWatch, watch_clock};
pub(crate) use jobs::run_ready_jobs;
pub(crate) use outbox::{send_due, ways_out};
pub(crate) use plugin_work::{advance as advance_plugin_work, called};
pub(crate) use record_jobs::advance as advance_record_jobs;
pub(crate) use requests::{answer, cut, encode, plain, prepare};
pub(crate) use timers::fire_due_timers;

/// The longest anybody sleeps: a wall clock may jump.
pub(crate) const LONGEST: Duration = Duration::from_secs(1);
/// How long to wait after a failure before trying again.
pub(crate) const AFTER_FAILURE: Duration = Duration::from_secs(1);

thread_local! {
    static OWN_THREAD: Cell<bool> = const { Cell::new(false) };
}

/// Starts the threads; none when the clock is moved by hand, and then the leases of dead senders end at once.
pub(crate) fn start(shared: &Arc<Shared>, writer: &Writer) -> Result<Vec<JoinHandle<()>>, Error> {
    let spawn = |name: &str, body: Box<dyn FnOnce() + Send>| {
        thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                enter_own_thread();
                body();
            })
            .map_err(|error| Error::Data(format!("the thread {name} cannot be started: {error}")))
    };
    let mut threads = Vec::new();
    if !shared.clock.runs() {
        outbox::end_leases(shared, writer)?;
        return Ok(threads);
    }
    {
        let (shared, writer) = (shared.clone(), writer.clone());
        threads.push(spawn("kapok-timers", Box::new(move || timers::run(&shared, &writer)))?);
    }
    {
        let (shared, writer) = (shared.clone(), writer.clone());
        threads.push(spawn("kapok-jobs", Box::new(move || jobs::run(&shared, &writer)))?);
    }
    {
        let (shared, writer) = (shared.clone(), writer.clone());
        threads.push(spawn("kapok-outbox", Box::new(move || outbox::run(&shared, &writer)))?);
    }
    {
        let (shared, writer) = (shared.clone(), writer.clone());
        threads.push(spawn(
            "kapok-records",
            Box::new(move || record_jobs::run(&shared, &writer)),
        )?);
    }
    {
        let (shared, writer) = (shared.clone(), writer.clone());
        threads.push(spawn(
            "kapok-plugins",
            Box::new(move || plugin_work::run(&shared, &writer)),
        )?);
    }
    {
        let (shared, writer) = (shared.clone(), writer.clone());
        threads.push(spawn(
            "kapok-imports",
            Box::new(move || imports::run(&shared, &writer)),
        )?);
    }
    {
        let (shared, writer) = (shared.clone(), writer.clone());
        threads.push(spawn(
            "kapok-cleaning",
            Box::new(move || cleaning::run(&shared, &writer)),
        )?);
    }
    Ok(threads)
}

fn enter_own_thread() {
    OWN_THREAD.set(true);
}

/// Whether this is a thread of an engine.
pub(crate) fn on_own_thread() -> bool {
    OWN_THREAD.get()
}

/// How long from now until a moment, at most [`LONGEST`].
fn until(now: Timestamp, moment: Option<Timestamp>) -> Duration {
    let millis = moment.map_or(i64::MAX, |moment| moment.millis().saturating_sub(now.millis()).max(0));
    Duration::from_millis(millis.unsigned_abs()).min(LONGEST)
}
