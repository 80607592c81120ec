//! The engine against the reference model, on random models and commands.
//!
//! `KAPOK_SIM_CASES` says how many models of each kind, `KAPOK_SIM_FIRST` at which seed to begin. A failure prints the
//! seed, the smallest size of the same seed that fails too, and the model.

#[path = "../support/mod.rs"]
mod support;

mod engine;
mod memory;
mod ports;
mod search;

use engine::Engine;
use kapok_sim::{
    generate::{self, Model, Wish},
    reference::{Outcome, Refused, World},
};
use search::{Search, compared};
use support::{in_short, read};

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What came of a run.
enum Ran {
    /// Both agree, to the end.
    Agreed,
    /// It was given up: it goes round in circles, or one command set too much in motion.
    GivenUp,
    /// They differ: the story so far.
    Differed(String),
}

fn run(model: &Model, seed: u64) -> Ran {
    let graphs = read(&model.xml);
    let mut worlds = vec![World::new(graphs.clone())];
    let mut engine = Engine::new(graphs.clone());
    let mut story = String::new();
    let mut wishes = generate::wishes(seed, 12).into_iter();
    let mut round = 0;
    let mut next = Some(Wish::start(&model.process, seed));
    while let Some(command) = next.take() {
        story += &format!("{command:?}\n");
        let did = engine.run(&command);
        if let Some(broken) = &engine.broken {
            return Ran::Differed(format!("{story}{broken}"));
        }
        let picture = compared(engine.picture());
        let events = did.clone().unwrap_or_default();
        let found = Search::new(&graphs, &events, &picture).find(&worlds, &command);
        match (did, found) {
            (None, Err(_)) => story += "  refused\n",
            (Some(events), Ok(found)) if !found.is_empty() => {
                story += &format!("  {}\n", in_short(&events));
                worlds = found;
            }
            (did, found) => {
                let mut preferred = worlds[0].clone();
                preferred.clear_trace();
                if preferred.run(&command) == Err(Refused::TooManySteps) {
                    return Ran::GivenUp;
                }
                let did = did.map_or("refused".to_owned(), |events| in_short(&events));
                story += &format!("  engine    {did}\n            {picture:?}\n");
                story += &match found {
                    Ok(_) => {
                        let picture = compared(preferred.picture());
                        format!("  reference {}\n            {picture:?}\n", in_short(preferred.trace()))
                    }
                    Err(refused) => format!("  reference {refused:?}\n"),
                };
                return Ran::Differed(story);
            }
        }
        let world = &worlds[0];
        next = wishes.by_ref().find_map(|wish| wish.command(world));
        if next.is_none() && round < 200 && is_active(world) {
            round += 1;
            next = Some(Wish::helpful(world, round));
        }
    }
    if is_active(&worlds[0]) && !worlds[0].is_deadlocked() {
        return Ran::Differed(format!("{story}it does not end"));
    }
    let stored = engine.state.clone();
    if engine.without_restarts() != stored {
        return Ran::Differed(format!("{story}a restart makes a difference"));
    }
    Ran::Agreed
}

fn is_active(world: &World) -> bool {
    world
        .cases()
        .into_iter()
        .any(|case| world.outcome(case) == Outcome::Active)
}

fn check(draw: impl Fn(u64, usize) -> Model, part: u64) {
    let (first, cases) = (number("KAPOK_SIM_FIRST", 0), number("KAPOK_SIM_CASES", 500));
    let mut given_up = 0;
    let mut wrong = Vec::new();
    for seed in (first..first + cases).filter(|seed| seed % 4 == part) {
        let size = 2 + (seed / 4 % 14) as usize;
        match run(&draw(seed, size), seed) {
            Ran::Agreed => {}
            Ran::GivenUp => given_up += 1,
            Ran::Differed(_) => wrong.push((seed, size)),
        }
        if wrong.len() as u64 >= number("KAPOK_SIM_FAILURES", 1) {
            break;
        }
    }
    let smallest = wrong.iter().map(|(seed, size)| {
        let fails = |size: &usize| matches!(run(&draw(*seed, *size), *seed), Ran::Differed(_));
        let size = (1..=*size).find(fails).unwrap_or(*size);
        let model = draw(*seed, size);
        let Ran::Differed(story) = run(&model, *seed) else {
            return String::new();
        };
        (size, format!("seed {seed}, size {size}\n{}\n{story}", model.xml)).1
    });
    let mut smallest: Vec<String> = smallest.collect();
    smallest.sort_by_key(String::len);
    assert!(wrong.is_empty(), "{} differ: {wrong:?}\n{}", wrong.len(), smallest.join("\n\n"));
    assert!(given_up * 20 <= cases, "{given_up} cases go round in circles");
}

macro_rules! parts {
    ($draw:path: $($name:ident $part:literal),*) => {
        $(#[test]
        fn $name() {
            check($draw, $part);
        })*
    };
}

parts!(generate::structured: structured_0 0, structured_1 1, structured_2 2, structured_3 3);
parts!(generate::tangled: tangled_0 0, tangled_1 1, tangled_2 2, tangled_3 3);
