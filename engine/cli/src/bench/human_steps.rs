//! People at work: each has to-dos of their own, and finishes one after another.

use std::{
    collections::BTreeMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use kapok::{
    Kapok, Staff, TaskCompletion,
    protocol::{InstanceId, TaskId},
};

use super::{
    Failure,
    clients::{self, Goal, MANY},
    counts::Counts,
    figures::Figure,
    models, people, process,
    session::Session,
};

const NAME: &str = "human-steps";
/// So many to-dos are open at any moment.
const OPEN: u64 = 10_000;
/// How many steps tell what one of them costs.
const SAMPLE: u64 = 1_000;

/// Starting cases that wait for a person, then completing those to-dos in no order, with at least [`OPEN`] open all the
/// time.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let folder = session.place.folder(NAME);
    let goal = session.goal(300_000, 60.0);
    let (open, few) = (session.number(OPEN).min(OPEN), session.number(SAMPLE).min(SAMPLE));

    // What one start, and one completion, writes.
    let kapok = session.open(NAME)?;
    kapok.deploy(&models::human_step())?;
    let people = people::hire(&kapok, MANY)?;
    drop(kapok);
    let first = Counts::read(&folder)?;
    let kapok = session.open(NAME)?;
    let (_, cases) = start(&people::staff(&kapok, &people)?, Goal::count(few))?;
    let open_tasks = tasks(&kapok, cases)?;
    drop(kapok);
    let second = Counts::read(&folder)?;
    let kapok = session.open(NAME)?;
    complete(&people::staff(&kapok, &people)?, open_tasks, Goal::count(few))?;
    drop(kapok);
    let third = Counts::read(&folder)?;
    let (of_start, of_step) = ((second - first).each(few), (third - second).each(few));

    let kapok = session.open(NAME)?;
    let people = people::staff(&kapok, &people)?;
    let (begin, processor) = (Instant::now(), process::processor_time());
    let needed = Goal {
        count: goal.count.max(open) + open,
        ..goal
    };
    let (starts, cases) = start(&people, needed)?;
    kapok.catch_up()?;
    let (starting, processor_of_starts) = (begin.elapsed(), process::processor_time().saturating_sub(processor));

    let tasks = tasks(&kapok, cases)?;
    let steps = (tasks.iter().map(Vec::len).sum::<usize>() as u64).saturating_sub(open);
    let (begin, processor) = (Instant::now(), process::processor_time());
    let completed = complete(&people, tasks, Goal::count(steps))?;
    kapok.catch_up()?;
    let (completing, processor_of_steps) = (begin.elapsed(), process::processor_time().saturating_sub(processor));
    drop((people, kapok));
    session.place.clear(NAME)?;

    let start = format!("{NAME}.start");
    let parts = [
        (NAME, completed, completing, of_step, processor_of_steps),
        (&start, starts, starting, of_start, processor_of_starts),
    ];
    for (name, times, took, each, processor) in parts {
        let n = times.len() as u64;
        let (limit, why) = session.machine.commits(&each, MANY)?;
        session.report.add(&Figure::rate(name, times, took).limit(limit, why))?;
        session
            .report
            .add(&Figure::processor(name, processor, n).note(each.to_string()))?;
    }
    Ok(())
}

/// Lets everybody start cases, and answers which each of them has started.
fn start(people: &[Staff], goal: Goal) -> Result<(Vec<Duration>, Vec<Vec<InstanceId>>), Failure> {
    let started: Vec<Mutex<Vec<InstanceId>>> = people.iter().map(|_| Mutex::default()).collect();
    let times = clients::run(people.len(), goal, |client, _| {
        let case = people[client].start("human-step", BTreeMap::new(), None, None)?;
        lock(&started[client]).push(case);
        Ok(())
    })?;
    let started = started.into_iter().map(|cases| std::mem::take(&mut *lock(&cases)));
    Ok((times, started.collect()))
}

/// The open tasks of everybody's cases, in no order.
fn tasks(kapok: &Kapok, cases: Vec<Vec<InstanceId>>) -> Result<Vec<Vec<TaskId>>, Failure> {
    let mut all = Vec::new();
    for cases in cases {
        let mut tasks = Vec::new();
        for case in cases {
            tasks.extend(kapok.tasks(case)?.into_iter().map(|task| task.task.id));
        }
        shuffle(&mut tasks);
        all.push(tasks);
    }
    Ok(all)
}

/// Lets everybody complete so many of their tasks, all together.
fn complete(people: &[Staff], tasks: Vec<Vec<TaskId>>, goal: Goal) -> Result<Vec<Duration>, Failure> {
    let tasks: Vec<_> = tasks.into_iter().map(Mutex::new).collect();
    clients::run(people.len(), goal, |client, _| {
        // Whoever has nothing left takes one of somebody else's, whose name it is then done in.
        let found = (0..people.len()).find_map(|step| {
            let whose = (client + step) % people.len();
            lock(&tasks[whose]).pop().map(|task| (whose, task))
        });
        let (whose, task) = found.ok_or("no task is left")?;
        Ok(people[whose].complete(task, TaskCompletion::default())?)
    })
}

/// Puts a list into an order that is always the same and looks like none.
fn shuffle<T>(list: &mut [T]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for place in (1..list.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        list.swap(place, (state % (place as u64 + 1)) as usize);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
