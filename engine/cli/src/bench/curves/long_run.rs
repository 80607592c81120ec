//! `kapok bench --minutes N`: whether it is as fast in the evening as it was in the morning.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use kapok::{Clock, Kapok, SystemClock, TaskCompletion};
use serde::Serialize;

use super::super::{
    Failure,
    clients::{self, Goal, MANY},
    figures::percentile,
    models, people,
    place::disk_bytes,
    process,
    session::Session,
    start::megabytes,
    straight_through,
};

const NAME: &str = "long-run";
/// Of so many cases one waits for a person, who is there, and one for a timer; the others run straight through.
const MIX: u64 = 10;
/// How long the timers wait.
const WAIT: i64 = 10_000;

/// One line: what happened since the one before, and what there is now.
#[derive(Debug, Clone, Serialize)]
struct Minute {
    minutes: f64,
    cases: u64,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    processor_us: f64,
    memory_mb: f64,
    journal_mb: f64,
    snapshots_mb: f64,
    state_mb: f64,
}

/// Works for so many minutes with 64 clients, and says once a minute how it goes.
pub(in super::super) fn run(session: &mut Session, minutes: f64) -> Result<(), Failure> {
    let kapok = session.open(NAME)?;
    for model in [models::straight_through(), models::human_step(), models::timer()] {
        kapok.deploy(&model)?;
    }
    let staff = people::staff(&kapok, &people::hire(&kapok, MANY)?)?;
    session.report.heading(&heading())?;
    let whole = Duration::from_secs_f64(minutes * 60.0);
    let times = Mutex::new(Vec::new());
    let ended = AtomicBool::new(false);
    let (goal, kapok) = (Goal::time(whole), &kapok);
    thread::scope(|scope| {
        let work = scope.spawn(|| {
            let worked = clients::run_quietly(MANY, goal, |client, number| {
                let begin = Instant::now();
                work(kapok, &staff[client], number)?;
                lock(&times).push(begin.elapsed());
                Ok(())
            });
            ended.store(true, Ordering::SeqCst);
            worked
        });
        let watched = watch(session, whole, &times, &ended);
        let worked = work.join().map_err(|_| "a client panicked")?;
        worked.and(watched)
    })?;
    drop(staff);
    Ok(())
}

/// One case.
fn work(kapok: &Kapok, staff: &kapok::Staff, number: u64) -> Result<(), Failure> {
    match number % MIX {
        0 => {
            let case = staff.start("human-step", [].into(), None, None)?;
            for task in kapok.tasks(case)? {
                staff.complete(task.task.id, TaskCompletion::default())?;
            }
            Ok(())
        }
        1 => {
            let due = SystemClock.now().plus_millis(WAIT).to_string();
            Ok(kapok.start("timer", [("due", due)]).map(drop)?)
        }
        _ => straight_through::start(kapok, number).map(drop),
    }
}

/// Prints a line a minute until the work ends.
fn watch(
    session: &mut Session,
    whole: Duration,
    times: &Mutex<Vec<Duration>>,
    ended: &AtomicBool,
) -> Result<(), Failure> {
    let folder = session.place.folder(NAME);
    let every = Duration::from_secs(60).min(whole / 2);
    let begin = Instant::now();
    let (mut last, mut processor) = (begin, process::processor_time());
    while !ended.load(Ordering::SeqCst) {
        while last.elapsed() < every && !ended.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(20));
        }
        // What is left after the last whole one says nothing.
        if last.elapsed() < every / 2 {
            break;
        }
        let mut done = std::mem::take(&mut *lock(times));
        let (now, used) = (Instant::now(), process::processor_time());
        done.sort_unstable();
        let millis = |percent| percentile(&done, percent).map_or(0.0, |time| time.as_secs_f64() * 1e3);
        let of = |part: &str| Ok::<_, Failure>(megabytes(disk_bytes(&folder.join(part))?));
        let minute = Minute {
            minutes: (now - begin).as_secs_f64() / 60.0,
            cases: done.len() as u64,
            per_second: done.len() as f64 / (now - last).as_secs_f64(),
            p50_ms: millis(50),
            p99_ms: millis(99),
            processor_us: (used - processor).as_secs_f64() * 1e6 / done.len().max(1) as f64,
            memory_mb: megabytes(process::memory_bytes()),
            journal_mb: of("journal")?,
            snapshots_mb: of("snapshots")?,
            state_mb: of("state")?,
        };
        (last, processor) = (now, used);
        session.report.line(&minute, || text(&minute))?;
    }
    Ok(())
}

fn heading() -> String {
    format!(
        "{:>8} {:>9} {:>9} {:>8} {:>8} {:>9} {:>8} {:>10} {:>12} {:>8}",
        "minutes", "cases", "cases/s", "p50 ms", "p99 ms", "cpu µs", "MB", "journal MB", "snapshots MB", "state MB"
    )
}

fn text(minute: &Minute) -> String {
    format!(
        "{:>8.1} {:>9} {:>9.0} {:>8.2} {:>8.2} {:>9.1} {:>8.0} {:>10.0} {:>12.0} {:>8.0}",
        minute.minutes,
        minute.cases,
        minute.per_second,
        minute.p50_ms,
        minute.p99_ms,
        minute.processor_us,
        minute.memory_mb,
        minute.journal_mb,
        minute.snapshots_mb,
        minute.state_mb
    )
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
