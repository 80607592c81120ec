//! Very many cases that wait.

use kapok::Kapok;

use super::{
    Failure, child,
    clients::{self, Goal, MANY},
    cost::Cost,
    figures::Figure,
    models,
    place::disk_bytes,
    process,
    session::Session,
    start::megabytes,
};

const NAME: &str = "waiting";
/// A step is measured when so many wait, and when all do.
const FEW: u64 = 1_000;
/// How often it is measured.
const STEPS: u64 = 1_000;

/// Cases that wait for a timer a month away: what they take, and whether a step costs more because of them.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let cases = session.amount(1_000_000);
    let (few, steps) = (FEW.min(cases), STEPS.min(cases));
    let folder = session.place.folder(NAME);
    let kapok = session.open(NAME)?;
    kapok.deploy(&models::waiting())?;
    load(&kapok, few)?;
    let at_few = step(&kapok, steps)?;
    load(&kapok, cases.saturating_sub(few + steps))?;
    kapok.catch_up()?;
    let memory = process::memory_bytes();
    let at_all = step(&kapok, steps)?;
    drop(kapok);
    let total = few + 2 * steps + cases.saturating_sub(few + steps);
    let bytes = disk_bytes(&folder)? as f64 / total as f64;
    let opened = child::open(&folder)?;
    session.place.clear(NAME)?;

    let note = format!("opening {total} cases that wait for a timer");
    session
        .report
        .add(&Figure::new(NAME, opened.seconds, "s", total).note(note))?;
    let figures = [
        Figure::new(format!("{NAME}.memory"), megabytes(opened.memory), "MB", total)
            .note("in use when it has been opened"),
        Figure::new(format!("{NAME}.memory-loaded"), megabytes(memory), "MB", total)
            .note("in use after they were started"),
        Figure::new(format!("{NAME}.disk"), bytes, "B/case", total).note("journal, snapshots and state files"),
        at_few.figure(format!("{NAME}.step-few"), &format!("one more case, when {few} wait")),
        at_all.figure(format!("{NAME}.step"), "one more case, when all wait"),
    ];
    for figure in &figures {
        session.report.add(figure)?;
    }
    Ok(())
}

fn load(kapok: &Kapok, cases: u64) -> Result<(), Failure> {
    clients::run(MANY, Goal::count(cases), |_, _| begin(kapok)).map(drop)
}

fn begin(kapok: &Kapok) -> Result<(), Failure> {
    Ok(kapok.start("waiting", [("n", 1)]).map(drop)?)
}

/// One client's steps.
fn step(kapok: &Kapok, steps: u64) -> Result<Cost, Failure> {
    Cost::of(kapok, || clients::run(1, Goal::count(steps), |_, _| begin(kapok)))
}
