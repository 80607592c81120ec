//! Very many timers that fall due in the same second.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use kapok::{
    Administrator, Clock, Kapok,
    process::state::InstanceState,
    protocol::{InstanceId, Timestamp},
};

use super::{
    Failure,
    clients::{self, Goal, MANY},
    clock::MovedClock,
    counts::Counts,
    figures::Figure,
    models, process,
    session::Session,
};

const NAME: &str = "timers";
/// How far away the moment is: more than it takes to get there, less than would matter.
const AWAY: i64 = 24 * 3_600_000;
/// How many cases tell what one of them costs, and how many are looked at to see in which order they went.
const SAMPLE: u64 = 2_000;

/// Lets them fall due by setting the clock on, and waits until all have fired and are on the disk.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let count = session.amount(100_000);
    let few = SAMPLE.min(count);
    let folder = session.place.folder(NAME);
    let clock = Arc::new(MovedClock::default());
    let open = || Kapok::builder().clock(clock.clone()).open(&folder);

    let kapok = open()?;
    kapok.deploy(&models::timer())?;
    let person = kapok.add_person("administrator", "administrator", &["administrator".to_owned()])?;
    start(&kapok, &clock, few)?;
    drop(kapok);
    let before = Counts::read(&folder)?;
    let kapok = open()?;
    fire(&kapok, &clock, &kapok.staff(person)?.administrator()?)?;
    drop(kapok);
    let each = (Counts::read(&folder)? - before).each(few);

    let kapok = open()?;
    let administrator = kapok.staff(person)?.administrator()?;
    let started = start(&kapok, &clock, count)?;
    kapok.catch_up()?;
    let before = process::processor_time();
    let took = fire(&kapok, &clock, &administrator)?;
    let processor = process::processor_time().saturating_sub(before);
    check_order(&kapok, started)?;
    drop((administrator, kapok));
    session.place.clear(NAME)?;

    let (limit, why) = session.machine.commits(&each, MANY)?;
    let seconds = count as f64 / limit;
    session
        .report
        .add(&Figure::new(NAME, took.as_secs_f64(), "s", count).limit(seconds, why))?;
    session.report.add(&Figure::processor(NAME, processor, count))
}

/// A case and the moment it waits for.
type Started = Vec<(Timestamp, InstanceId)>;

/// Starts cases whose moments lie in one second, in no order.
fn start(kapok: &Kapok, clock: &MovedClock, count: u64) -> Result<Started, Failure> {
    let moment = clock.now().plus_millis(AWAY);
    let started = Mutex::new(Vec::new());
    clients::run(MANY, Goal::count(count), |_, number| {
        let due = moment.plus_millis(i64::try_from(number.wrapping_mul(7_919) % 1_000)?);
        let case = kapok.start("timer", [("due", due.to_string())])?;
        started.lock().unwrap_or_else(PoisonError::into_inner).push((due, case));
        Ok(())
    })?;
    Ok(started.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Sets the clock behind the moment; how long it takes until no case is left that waits.
fn fire(kapok: &Kapok, clock: &MovedClock, administrator: &Administrator) -> Result<Duration, Failure> {
    let begin = Instant::now();
    clock.advance(AWAY + 1_000);
    wait_until_fired(kapok, administrator)?;
    kapok.catch_up()?;
    Ok(begin.elapsed())
}

/// Returns when no case of the process is left that waits, after the clock was set on.
pub(super) fn wait_until_fired(kapok: &Kapok, administrator: &Administrator) -> Result<(), Failure> {
    // The clock was moved behind the engine's back, who may look at it a second later. A case more makes it look now.
    kapok.start("timer", [("due", "2020-01-01T00:00:00Z")])?;
    while active(administrator)? > 0 {
        // Looking is work too, and shows in the processor time when it is done too often.
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Cases that wait; counted no further than the engine does.
fn active(administrator: &Administrator) -> Result<usize, Failure> {
    let versions = administrator.versions("timer")?;
    Ok(versions.into_iter().map(|(_, active)| active).sum())
}

/// Whether some of them ended in the order of their moments.
fn check_order(kapok: &Kapok, mut started: Started) -> Result<(), Failure> {
    started.sort_unstable();
    let step = (started.len() / SAMPLE as usize).max(1);
    let mut last = None;
    for (due, case) in started.into_iter().step_by(step) {
        let instance = kapok.instance(case)?.view.instance;
        if instance.state != InstanceState::Completed || instance.ended_at < last {
            return Err(format!("the timer of case {case}, due at {due}, fired too late or not at all").into());
        }
        last = instance.ended_at;
    }
    Ok(())
}
