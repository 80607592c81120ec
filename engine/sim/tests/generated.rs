//! The reference model on random models: the same seed gives the same, and every case comes to its end.

mod support;

use kapok_sim::{
    generate::{self, Model, Wish},
    reference::{Outcome, Refused, World},
};
use support::read;

fn cases() -> u64 {
    std::env::var("KAPOK_SIM_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000)
}

/// What became of a case.
struct Run {
    told: String,
    ended: bool,
    gave_up: bool,
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
    for round in 0..200 {
        if is_over(&world) {
            break;
        }
        let command = Wish::helpful(&world, round);
        if !carry_out(&mut world, command) {
            break;
        }
    }
    let ended = is_over(&world);
    Run { told, ended, gave_up }
}

fn check(draw: impl Fn(u64, usize) -> Model) {
    let (mut gave_up, mut stuck) = (0, 0);
    for seed in 0..cases() {
        let size = 2 + (seed % 14) as usize;
        let model = draw(seed, size);
        assert_eq!(model.xml, draw(seed, size).xml, "seed {seed}");
        let first = run(&model, seed);
        assert_eq!(first.told, run(&model, seed).told, "seed {seed}\n{}", model.xml);
        assert!(
            first.ended || first.gave_up,
            "seed {seed}, size {size}: it does not end\n{}\n{}",
            model.xml,
            first.told
        );
        gave_up += u64::from(first.gave_up);
        stuck += u64::from(first.told.contains(" ?"));
    }
    assert!(gave_up * 20 < cases(), "{gave_up} cases go round in circles");
    assert!(stuck * 3 < cases(), "{stuck} cases are stuck");
}

#[test]
fn structured_models_end() {
    check(generate::structured);
}

#[test]
fn tangled_models_end() {
    check(generate::tangled);
}
