//! The engine against the reference model, on random models and commands.
//!
//! `KAPOK_SIM_CASES` says how many models of each kind, `KAPOK_SIM_FIRST` at which seed to begin. A failure prints the
//! seed, the smallest size of the same seed that fails too, and the model.

#[path = "../cases/mod.rs"]
mod cases;
#[path = "../support/mod.rs"]
mod support;

mod engine;
// The rows of the process engine's own tests: the smallest true `State` there is.
#[path = "../../../process/tests/process/support/state.rs"]
mod memory;
mod ports;
mod search;

use std::sync::Arc;

use engine::Engine;
use kapok_model::ProcessGraph;
use kapok_sim::{
    generate::{self, Model, Wish},
    reference::{Command, Outcome, Refused, World},
};
use search::{Search, compared};
use support::{command, in_short, read};

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// Why a run was left before its end.
#[derive(Debug)]
enum Ran {
    /// It goes round in circles.
    GivenUp,
    /// They differ: the story so far.
    Differed(String),
}

/// The engine, and the worlds of the reference that agree with it so far.
struct Pair {
    graphs: Vec<Arc<ProcessGraph>>,
    engine: Engine,
    worlds: Vec<World>,
    story: String,
}

impl Pair {
    fn new(xml: &str) -> Self {
        let graphs = read(xml);
        Self {
            engine: Engine::new(graphs.clone()),
            worlds: vec![World::new(graphs.clone())],
            graphs,
            story: String::new(),
        }
    }

    /// Carries out a command in both; answers with what came of it when they do not agree.
    fn run(&mut self, command: &Command) -> Result<(), Ran> {
        self.story += &format!("{command:?}\n");
        let did = self.engine.run(command);
        if let Some(broken) = &self.engine.broken {
            return Err(Ran::Differed(format!("{}{broken}", self.story)));
        }
        let picture = compared(self.engine.picture());
        let events = did.clone().unwrap_or_default();
        let found = Search::new(&self.graphs, &events, &picture).find(&self.worlds, command);
        match (did, found) {
            (None, Err(_)) => self.story += "  refused\n",
            (Some(events), Ok(found)) if !found.is_empty() => {
                self.story += &format!("  {}\n", in_short(&events));
                self.worlds = found;
            }
            (did, found) => {
                let mut preferred = self.worlds[0].clone();
                preferred.clear_trace();
                if preferred.run(command) == Err(Refused::TooManySteps) {
                    return Err(Ran::GivenUp);
                }
                let did = did.map_or("refused".to_owned(), |events| in_short(&events));
                self.story += &format!("  engine    {did}\n            {picture:?}\n");
                self.story += &match found {
                    Ok(_) => {
                        let picture = compared(preferred.picture());
                        format!("  reference {}\n            {picture:?}\n", in_short(preferred.trace()))
                    }
                    Err(refused) => format!("  reference {refused:?}\n"),
                };
                return Err(Ran::Differed(self.story.clone()));
            }
        }
        Ok(())
    }

    /// Rows that are written and read again between commands make no difference, and neither does another run.
    fn end(&self) -> Result<(), Ran> {
        if self.engine.without_restarts() != self.engine.state {
            return Err(Ran::Differed(format!("{}a restart makes a difference", self.story)));
        }
        Ok(())
    }
}

fn run(model: &Model, seed: u64) -> Result<(), Ran> {
    let mut pair = Pair::new(&model.xml);
    pair.run(&Wish::start(&model.process, seed))?;
    for wish in generate::wishes(seed, 12) {
        if let Some(command) = wish.command(&pair.worlds[0]) {
            pair.run(&command)?;
        }
    }
    for round in 0..600 {
        if !is_active(&pair.worlds[0]) {
            break;
        }
        pair.run(&Wish::helpful(&pair.worlds[0], round))?;
    }
    if is_active(&pair.worlds[0]) && !pair.worlds[0].is_deadlocked() {
        return Err(Ran::Differed(format!("{}it does not end", pair.story)));
    }
    pair.end()
}

#[test]
fn hand_written_models() {
    let mut wrong = Vec::new();
    for case in cases::all() {
        let mut pair = Pair::new(&case.xml);
        let commands = case.commands.split(';').map(command);
        let came = commands
            .into_iter()
            .try_for_each(|command| pair.run(&command))
            .and_then(|()| pair.end());
        if let Err(Ran::Differed(story)) = came {
            wrong.push(format!("{}\n{story}", case.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn is_active(world: &World) -> bool {
    world
        .cases()
        .into_iter()
        .any(|case| world.outcome(case) == Outcome::Active)
}

fn check(draw: impl Fn(u64, usize) -> Model, part: u64) {
    let (first, cases) = (number("KAPOK_SIM_FIRST", 0), number("KAPOK_SIM_CASES", 1_000));
    let mut given_up = 0;
    let mut wrong = Vec::new();
    for seed in (first..first + cases).filter(|seed| seed % 4 == part) {
        let size = 2 + (seed / 4 % 14) as usize;
        match run(&draw(seed, size), seed) {
            Ok(()) => {}
            Err(Ran::GivenUp) => given_up += 1,
            Err(Ran::Differed(_)) => wrong.push((seed, size)),
        }
        if wrong.len() as u64 >= number("KAPOK_SIM_FAILURES", 1) {
            break;
        }
    }
    let smallest = wrong.iter().map(|(seed, size)| {
        let fails = |size: &usize| matches!(run(&draw(*seed, *size), *seed), Err(Ran::Differed(_)));
        let size = (1..=*size).find(fails).unwrap_or(*size);
        let model = draw(*seed, size);
        let Err(Ran::Differed(story)) = run(&model, *seed) else {
            return String::new();
        };
        (size, format!("seed {seed}, size {size}\n{}\n{story}", model.xml)).1
    });
    let mut smallest: Vec<String> = smallest.collect();
    smallest.sort_by_key(String::len);
    assert!(
        wrong.is_empty(),
        "{} differ: {wrong:?}\n{}",
        wrong.len(),
        smallest.join("\n\n")
    );
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
