//! Cases that run from start to end without waiting for anybody: what the engine itself costs.

use std::time::Instant;

use kapok::{
    Kapok,
    process::state::InstanceState,
    protocol::{InstanceId, Value},
};

use super::{
    Failure,
    clients::{self, Goal, MANY},
    counts::{Counts, Each},
    figures::Figure,
    models, process,
    session::Session,
};

/// How many cases tell what one of them costs.
const SAMPLE: u64 = 2_000;

/// 64 clients.
pub(super) fn many(session: &mut Session) -> Result<(), Failure> {
    measure(session, "straight-through", MANY, 1_000_000, 60.0)
}

/// One client: how long one waits for an answer when nobody else is there.
pub(super) fn one(session: &mut Session) -> Result<(), Failure> {
    measure(session, "straight-through-1", 1, 20_000, 10.0)
}

/// Starts a case and answers when it has ended.
pub(super) fn start(kapok: &Kapok, number: u64) -> Result<InstanceId, Failure> {
    Ok(kapok.start("straight-through", variables(number))?)
}

/// The variables that a case starts with.
pub(super) fn variables(number: u64) -> [(&'static str, Value); 4] {
    let amount = i64::try_from(100 + number % 1_000).unwrap_or(100);
    let zero = Value::from(0);
    [
        ("amount", amount.into()),
        ("total", zero.clone()),
        ("booked", zero.clone()),
        ("shipped", zero),
    ]
}

fn measure(session: &mut Session, name: &str, clients: usize, count: u64, seconds: f64) -> Result<(), Failure> {
    let goal = session.goal(count, seconds);
    let each = sample(session, name, clients, session.number(SAMPLE).min(SAMPLE))?;

    let kapok = session.open(name)?;
    let (begin, processor) = (Instant::now(), process::processor_time());
    let times = clients::run(clients, goal, |_, number| start(&kapok, number).map(drop))?;
    kapok.catch_up()?;
    let took = begin.elapsed();
    let processor = process::processor_time().saturating_sub(processor);
    check(&kapok)?;
    drop(kapok);
    session.place.clear(name)?;

    let n = times.len() as u64;
    let (limit, why) = session.machine.commits(&each, clients)?;
    let figure = Figure::rate(name, times, took).limit(limit, why);
    session.report.add(&figure)?;
    session
        .report
        .add(&Figure::processor(name, processor, n).note(each.to_string()))
}

/// Runs some cases in a new folder: what one of them writes.
fn sample(session: &Session, name: &str, clients: usize, n: u64) -> Result<Each, Failure> {
    let folder = session.place.folder(name);
    let kapok = session.open(name)?;
    kapok.deploy(&models::straight_through())?;
    drop(kapok);
    let before = Counts::read(&folder)?;
    let kapok = session.open(name)?;
    clients::run(clients, Goal::count(n), |_, number| start(&kapok, number).map(drop))?;
    drop(kapok);
    Ok((Counts::read(&folder)? - before).each(n))
}

/// A case that did something else would make all figures worthless.
fn check(kapok: &Kapok) -> Result<(), Failure> {
    let case = start(kapok, 0)?;
    let detail = kapok.instance(case)?;
    let variables = kapok.variables(case)?;
    let expected = [("total", 300), ("booked", 301), ("shipped", 302)];
    let right = expected
        .iter()
        .all(|(name, value)| variables.get(*name) == Some(&Value::from(*value)));
    if detail.view.instance.state == InstanceState::Completed && right {
        Ok(())
    } else {
        Err(format!("case {case} did not go its way: {variables:?}").into())
    }
}
