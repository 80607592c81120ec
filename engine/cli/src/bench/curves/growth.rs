//! Curves over one folder of data that grows from point to point.

use std::{sync::Arc, time::Duration};

use kapok::{Administrator, Kapok, protocol::PersonId};

use super::{
    super::{
        Failure, child,
        clients::{self, Goal, MANY},
        clock::MovedClock,
        cost::Cost,
        counts,
        place::disk_bytes,
        process,
        session::Session,
        start::megabytes,
    },
    Point,
};

/// So many steps are measured at each point.
const STEPS: u64 = 1_000;

/// What grows, and what a step is.
pub(super) trait Growth {
    /// The models that are deployed before anything else.
    fn models(&self) -> Vec<String>;

    /// Makes so many more.
    fn grow(&mut self, world: &World, count: u64) -> Result<(), Failure>;

    /// Makes ready what so many steps need, which is not measured.
    fn prepare(&mut self, _world: &World, _steps: u64) -> Result<(), Failure> {
        Ok(())
    }

    /// Does so many steps, one after another; how long each took.
    fn steps(&mut self, world: &World, steps: u64) -> Result<Vec<Duration>, Failure>;

    /// How many more there are after so many steps than before; fewer when it is negative.
    fn left_by(&self, steps: u64) -> i64;
}

/// An engine with somebody who may see everything, and a clock that can be set on.
pub(super) struct World {
    pub(super) kapok: Kapok,
    pub(super) clock: Arc<MovedClock>,
    pub(super) administrator: Administrator,
}

impl World {
    /// Does something so many times with 64 clients.
    pub(super) fn many(&self, count: u64, step: impl Fn(u64) -> Result<(), Failure> + Sync) -> Result<(), Failure> {
        clients::run(MANY, Goal::count(count), |_, number| step(number)).map(drop)
    }

    /// Does something so many times with one client.
    pub(super) fn one_by_one(
        &self,
        count: u64,
        step: impl Fn(u64) -> Result<(), Failure> + Sync,
    ) -> Result<Vec<Duration>, Failure> {
        clients::run(1, Goal::count(count), |_, number| step(number))
    }
}

/// Measures at each size, the smallest first.
pub(super) fn points(
    session: &mut Session,
    growth: &mut dyn Growth,
    name: &str,
    sizes: &[u64],
    show: &mut dyn FnMut(&mut Session, Point) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let folder = session.place.folder(name);
    let clock = Arc::new(MovedClock::default());
    let open = |administrator: Option<PersonId>| -> Result<World, Failure> {
        let kapok = Kapok::builder().clock(clock.clone()).open(&folder)?;
        let administrator = match administrator {
            Some(known) => known,
            None => kapok.add_person("administrator", "administrator", &["administrator".to_owned()])?,
        };
        let administrator = kapok.staff(administrator)?.administrator()?;
        Ok(World {
            kapok,
            clock: clock.clone(),
            administrator,
        })
    };
    let world = open(None)?;
    for model in growth.models() {
        world.kapok.deploy(&model)?;
    }
    let administrator = world.administrator.person();
    drop(world);
    let steps = session.number(STEPS).min(STEPS);
    let mut there = 0_u64;
    for size in sizes {
        let world = open(Some(administrator))?;
        growth.grow(&world, size.saturating_sub(there))?;
        there = there.max(*size);
        growth.prepare(&world, steps)?;
        world.kapok.catch_up()?;
        let before = world.kapok.sequence();
        let cost = Cost::of(&world.kapok, || growth.steps(&world, steps))?;
        let memory = process::memory_bytes();
        drop(world);
        there = there.saturating_add_signed(growth.left_by(steps));
        let written = counts::written(&folder, before)?;
        let opened = child::open(&folder)?;
        let on_disk = disk_bytes(&folder)?;
        let mut point = Point::new(*size, &cost).written(written);
        point.open_s = Some(opened.seconds);
        point.open_mb = Some(megabytes(opened.memory));
        point.memory_mb = Some(megabytes(memory));
        point.disk_each = (there > 0).then(|| on_disk as f64 / there as f64);
        show(session, point)?;
    }
    session.place.clear(name)
}
