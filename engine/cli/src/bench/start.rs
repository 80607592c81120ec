//! How long it takes until the engine can work.

use super::{
    Failure,
    child::{self, Child, Role},
    clients::{self, Goal, MANY},
    figures::Figure,
    models,
    session::Session,
    straight_through,
};

const NAME: &str = "start";

/// Opening a folder with finished cases after it was closed in order, and after the program was killed at work.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let folder = session.place.folder(NAME);
    let cases = session.amount(200_000);
    let kapok = session.open(NAME)?;
    kapok.deploy(&models::straight_through())?;
    clients::run(MANY, Goal::count(cases), |_, number| {
        straight_through::start(&kapok, number).map(drop)
    })?;
    drop(kapok);

    let clean = child::open(&folder)?;
    Child::start(Role::Work, &folder)?.kill()?;
    let killed = child::open(&folder)?;
    session.place.clear(NAME)?;

    let note = format!("opening {cases} finished cases after a stop in order");
    session
        .report
        .add(&Figure::new(NAME, clean.seconds, "s", cases).note(note))?;
    let note = "the same after a kill at work";
    session
        .report
        .add(&Figure::new(format!("{NAME}.killed"), killed.seconds, "s", cases).note(note))?;
    let figure = Figure::new(format!("{NAME}.memory"), megabytes(clean.memory), "MB", cases);
    session.report.add(&figure.note("in use when it has been opened"))
}

pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
