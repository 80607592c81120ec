//! The reference model on random models: the same seed gives the same, and every case comes to its end.

mod support;

use kapok_sim::{
    generate::{self, Model, Wish},
    reference::{Outcome, Refused, World},
};
use support::read;

fn cases() -> u64 {
    std::env::var("KAPOK_SIM_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(400)
}

/// What became of a case.
struct Run {
    told: String,
    ended: bool,
    gave_up: bool,
    deadlocked: bool,
}

fn run(model: &Model, seed: u64) -> Run {
    let mut world = World::new(read(&model.xml));
    let mut told = String::new();
    let mut gave_up = false;
    let mut carry_out = |world: &mut World, command| {
        let answer = world.run(&command);
        gave_up |= answer == Err(Refused::TooManySteps);
        told += &format!("{command:?}: {answer:?} {}\n", support::in_short(world.trace()));
        world.clear_trace();
        answer != Err(Refused::TooManySteps)
    };
    carry_out(&mut world, Wish::start(&model.process, seed));
    for wish in generate::wishes(seed, 12) {
        if let Some(command) = wish.command(&world)
            && !carry_out(&mut world, command)
        {
            break;
        }
    }
    let is_over = |world: &World| {
        world
            .cases()
            .into_iter()
            .all(|case| world.outcome(case) != Outcome::Active)
    };
    for round in 0..600 {
        if is_over(&world) {
            break;
        }
        let command = Wish::helpful(&world, round);
        if !carry_out(&mut world, command) {
            break;
        }
    }
    for (element, text) in world.incidents() {
        told += &format!("{element} is stuck: {text}\n");
        println!("{element} is stuck: {text}");
    }
    let ended = is_over(&world);
    Run {
        told,
        ended,
        gave_up,
        deadlocked: world.is_deadlocked(),
    }
}

/// Draws many models and runs each twice. A model may go round in circles, or come to a deadlock, only where
/// `may_deadlock`: two inclusive joins on a circle that wait for each other never open (13.4.3).
fn check(draw: impl Fn(u64, usize) -> Model, may_deadlock: bool) {
    let (mut gave_up, mut stuck, mut deadlocked) = (0, 0, 0);
    for seed in 0..cases() {
        let size = 2 + (seed % 14) as usize;
        let model = draw(seed, size);
        assert_eq!(model.xml, draw(seed, size).xml, "seed {seed}");
        let first = run(&model, seed);
        assert_eq!(first.told, run(&model, seed).told, "seed {seed}\n{}", model.xml);
        assert!(
            first.ended || first.gave_up || (may_deadlock && first.deadlocked),
            "seed {seed}, size {size}: it does not end\n{}\n{}",
            model.xml,
            first.told
        );
        deadlocked += u64::from(first.deadlocked);
        gave_up += u64::from(first.gave_up);
        stuck += u64::from(first.told.contains(" ?"));
    }
    println!("{gave_up} in circles, {stuck} stuck, {deadlocked} deadlocked");
    assert!(deadlocked * 5 < cases(), "{deadlocked} cases are deadlocked");
    assert!(gave_up * 20 < cases(), "{gave_up} cases go round in circles");
    assert!(stuck * 3 < cases(), "{stuck} cases are stuck");
}

#[test]
fn structured_models_end() {
    check(generate::structured, false);
}

#[test]
fn tangled_models_end() {
    check(generate::tangled, true);
}
