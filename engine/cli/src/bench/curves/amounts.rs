//! What there may be much of: cases, to-dos, timers, definitions.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use kapok::protocol::{InstanceId, TaskId};

use super::{
    super::{Failure, models, straight_through, timers},
    growth::{Growth, World},
};

/// Finished cases.
pub(super) struct Finished;

impl Growth for Finished {
    fn models(&self) -> Vec<String> {
        vec![models::straight_through()]
    }

    fn grow(&mut self, world: &World, count: u64) -> Result<(), Failure> {
        world.many(count, |number| straight_through::start(&world.kapok, number).map(drop))
    }

    fn steps(&mut self, world: &World, steps: u64) -> Result<Vec<Duration>, Failure> {
        straight(world, steps)
    }

    fn left_by(&self, steps: u64) -> i64 {
        steps.cast_signed()
    }
}

/// Cases that wait for timers a month away.
pub(super) struct Waiting;

impl Growth for Waiting {
    fn models(&self) -> Vec<String> {
        vec![models::straight_through(), models::waiting()]
    }

    fn grow(&mut self, world: &World, count: u64) -> Result<(), Failure> {
        wait(world, count)
    }

    fn steps(&mut self, world: &World, steps: u64) -> Result<Vec<Duration>, Failure> {
        straight(world, steps)
    }

    fn left_by(&self, _steps: u64) -> i64 {
        0
    }
}

/// Timers a month away, beside which others fire.
pub(super) struct Timers;

/// How far away those are that fire.
const AWAY: i64 = 3_600_000;

impl Growth for Timers {
    fn models(&self) -> Vec<String> {
        vec![models::timer(), models::waiting()]
    }

    fn grow(&mut self, world: &World, count: u64) -> Result<(), Failure> {
        wait(world, count)
    }

    fn prepare(&mut self, world: &World, steps: u64) -> Result<(), Failure> {
        let due = kapok::Clock::now(&*world.clock).plus_millis(AWAY).to_string();
        world.many(steps, |_| {
            Ok(world.kapok.start("timer", [("due", due.as_str())]).map(drop)?)
        })
    }

    fn steps(&mut self, world: &World, steps: u64) -> Result<Vec<Duration>, Failure> {
        let begin = Instant::now();
        world.clock.advance(AWAY);
        timers::wait_until_fired(&world.kapok, &world.administrator)?;
        // They fire together, so each took its part.
        let each = begin.elapsed() / u32::try_from(steps.max(1))?;
        Ok(vec![each; usize::try_from(steps)?])
    }

    fn left_by(&self, _steps: u64) -> i64 {
        0
    }
}

/// Cases that wait for a message with a key of their own.
#[derive(Default)]
pub(super) struct Messages {
    started: u64,
    told: u64,
}

impl Growth for Messages {
    fn models(&self) -> Vec<String> {
        vec![models::message()]
    }

    fn grow(&mut self, world: &World, count: u64) -> Result<(), Failure> {
        let first = self.started;
        self.started += count;
        world.many(count, |number| {
            Ok(world
                .kapok
                .start("message", [("order", key(first + number))])
                .map(drop)?)
        })
    }

    fn steps(&mut self, world: &World, steps: u64) -> Result<Vec<Duration>, Failure> {
        // They lie far apart, as customers' payments do.
        let (waiting, first) = (self.started - self.told, self.told);
        let steps = steps.min(waiting);
        self.told += steps;
        world.one_by_one(steps, |number| {
            Ok(world
                .kapok
                .publish("paid", Some(&key(first + number)), [("n", 1)])
                .map(drop)?)
        })
    }

    fn left_by(&self, steps: u64) -> i64 {
        -steps.cast_signed()
    }
}

fn key(number: u64) -> String {
    // No two numbers below 2^64 have the same, since the factor is odd.
    format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Open to-dos of one person.
#[derive(Default)]
pub(super) struct ToDos {
    cases: Vec<InstanceId>,
    next: Vec<TaskId>,
}

impl Growth for ToDos {
    fn models(&self) -> Vec<String> {
        vec![models::human_step()]
    }

    fn grow(&mut self, world: &World, count: u64) -> Result<(), Failure> {
        let cases = Mutex::new(std::mem::take(&mut self.cases));
        world.many(count, |_| {
            let case = world.administrator.start("human-step", [].into(), None, None)?;
            cases.lock().unwrap_or_else(PoisonError::into_inner).push(case);
            Ok(())
        })?;
        self.cases = cases.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(())
    }

    fn prepare(&mut self, world: &World, steps: u64) -> Result<(), Failure> {
        // Every so-manieth, so that they lie far apart.
        let every = (self.cases.len() / usize::try_from(steps.max(1))?).max(1);
        let (mut kept, mut taken) = (Vec::new(), Vec::new());
        for (place, case) in std::mem::take(&mut self.cases).into_iter().enumerate() {
            let chosen = place % every == 0 && (taken.len() as u64) < steps;
            if chosen { taken.push(case) } else { kept.push(case) }
        }
        self.cases = kept;
        for case in taken {
            self.next
                .extend(world.kapok.tasks(case)?.into_iter().map(|task| task.task.id));
        }
        Ok(())
    }

    fn steps(&mut self, world: &World, _steps: u64) -> Result<Vec<Duration>, Failure> {
        let tasks = std::mem::take(&mut self.next);
        world.one_by_one(tasks.len() as u64, |number| {
            let task = tasks[usize::try_from(number)?];
            Ok(world.administrator.complete(task, kapok::TaskCompletion::default())?)
        })
    }

    fn left_by(&self, steps: u64) -> i64 {
        -steps.cast_signed()
    }
}

/// Definitions that nobody uses just now.
#[derive(Default)]
pub(super) struct Definitions {
    deployed: u64,
}

impl Growth for Definitions {
    fn models(&self) -> Vec<String> {
        vec![models::straight_through()]
    }

    fn grow(&mut self, world: &World, count: u64) -> Result<(), Failure> {
        let first = self.deployed;
        self.deployed += count;
        world.many(count, |number| {
            let key = format!("process-{}", first + number);
            let model = models::straight_through().replace("id='straight-through'", &format!("id='{key}'"));
            world.kapok.deploy(&model)?;
            Ok(())
        })
    }

    fn steps(&mut self, world: &World, steps: u64) -> Result<Vec<Duration>, Failure> {
        straight(world, steps)
    }

    fn left_by(&self, _steps: u64) -> i64 {
        0
    }
}

fn straight(world: &World, steps: u64) -> Result<Vec<Duration>, Failure> {
    world.one_by_one(steps, |number| straight_through::start(&world.kapok, number).map(drop))
}

fn wait(world: &World, count: u64) -> Result<(), Failure> {
    world.many(count, |_| Ok(world.kapok.start("waiting", [("n", 1)]).map(drop)?))
}
