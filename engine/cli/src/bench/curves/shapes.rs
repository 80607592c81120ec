//! Models and cases of different sizes, each in a folder of its own.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use kapok::{
    Kapok,
    protocol::{InstanceId, Value},
};

use super::super::{
    Failure,
    clients::{self, Goal},
    cost::Cost,
    models,
};

/// What a step costs at a size.
pub(super) type Measure = fn(&Kapok, usize) -> Result<Cost, Failure>;

/// So many elements one command runs through at least, so that the clock has something to measure.
const ELEMENTS: usize = 5_000;

/// Scripts one after another.
pub(super) fn chain(kapok: &Kapok, size: usize) -> Result<Cost, Failure> {
    kapok.deploy(&models::chain(size)?)?;
    let times = (ELEMENTS / size).max(1);
    let run = || -> Result<(), Failure> {
        let case = kapok.start("chain", [("n", 0)])?;
        let n = kapok.variables(case)?.get("n").cloned();
        if n == Some(Value::from(i64::try_from(size)?)) {
            Ok(())
        } else {
            Err(format!("{size} scripts counted to {n:?}").into())
        }
    };
    Cost::of(kapok, || {
        let begin = Instant::now();
        for _ in 0..times {
            run()?;
        }
        each(begin, times * size)
    })
}

/// A multi-instance activity with so many to-dos, every one completed.
pub(super) fn to_dos(kapok: &Kapok, size: usize) -> Result<Cost, Failure> {
    kapok.deploy(&models::repeated("userTask", false))?;
    let case = kapok.start("repeated", [("items", items(size))])?;
    // What one command begins is bounded; the next ones follow by themselves.
    let mut tasks = kapok.tasks(case)?;
    while tasks.len() < size.min(10_000) {
        thread::sleep(Duration::from_millis(5));
        tasks = kapok.tasks(case)?;
    }
    let cost = Cost::of(kapok, || {
        clients::run(1, Goal::count(tasks.len() as u64), |_, number| {
            let task = tasks[usize::try_from(number)?].task.id;
            Ok(kapok.complete(task, NOTHING)?)
        })
    })?;
    check_done(kapok, case, size)?;
    Ok(cost)
}

/// So many scripts, one for each item, one after another.
pub(super) fn repetitions(kapok: &Kapok, size: usize) -> Result<Cost, Failure> {
    kapok.deploy(&models::repeated("scriptTask", true))?;
    let mut started = None;
    let cost = Cost::of(kapok, || {
        let begin = Instant::now();
        let case = kapok.start("repeated", [("items", items(size))])?;
        // The to-do behind them is the cheapest to look for.
        while kapok.tasks(case)?.is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
        started = Some(case);
        each(begin, size)
    })?;
    check_done(kapok, started.ok_or("no case was started")?, size)?;
    Ok(cost)
}

/// Whether an activity was repeated so often.
fn check_done(kapok: &Kapok, case: InstanceId, size: usize) -> Result<(), Failure> {
    let variables = kapok.variables(case)?;
    let done = variables.get("done").and_then(Value::as_list).map(<[Value]>::len);
    if done == Some(size) {
        Ok(())
    } else {
        Err(format!("{done:?} of {size} were done").into())
    }
}

/// A join that looks upstream while so many branches wait.
pub(super) fn branches(kapok: &Kapok, size: usize) -> Result<Cost, Failure> {
    kapok.deploy(&models::branches(size)?)?;
    let case = kapok.start("branches", NOTHING)?;
    let tasks = kapok.tasks(case)?;
    Cost::of(kapok, || {
        clients::run(1, Goal::count(tasks.len() as u64), |_, number| {
            let task = tasks[usize::try_from(number)?].task.id;
            Ok(kapok.complete(task, NOTHING)?)
        })
    })
}

/// No variables.
const NOTHING: BTreeMap<String, Value> = BTreeMap::new();

fn items(size: usize) -> Vec<Value> {
    (0..).take(size).map(|item: i64| Value::from(item)).collect()
}

/// Steps that were done together, as if each had taken its part.
fn each(begin: Instant, steps: usize) -> Result<Vec<Duration>, Failure> {
    Ok(vec![begin.elapsed() / u32::try_from(steps)?; steps])
}
