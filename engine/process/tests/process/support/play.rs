//! Little plays: what is asked of an engine, step by step, and the trace that must come of each step.

use std::collections::BTreeMap;

use kapok_protocol::{Command, JobOutcome, PublishedMessage, Value};

use super::engine::{Engine, message, start};

/// A drawing of one process (its elements and its flows), what is asked, and what comes of it.
pub type Play<'a> = (&'a str, String, &'a str, &'a [(&'a str, &'a str)]);

/// Plays each on an engine of its own.
pub fn all(plays: &[Play<'_>]) {
    for (name, elements, flows, steps) in plays {
        let mut engine = Engine::new(super::drawing::process(elements, flows));
        steps_of(name, &mut engine, steps);
    }
}

/// Takes the steps, and holds each to its trace.
pub fn steps_of(name: &str, engine: &mut Engine, steps: &[(&str, &str)]) {
    for (step, expected) in steps {
        take(engine, step);
        assert_eq!(engine.trace(), *expected, "{name}: {step}");
    }
}

/// Takes one step. A word, what it is about, and variables as `name=json`:
/// `start n=1`, `do u n=2` (the task at `u`), `message M1 key n=3`, `signal S1`, `wait 60` (seconds), `job n=4`,
/// `job!E1`, `retry`, `cancel` (the oldest case that runs).
pub fn take(engine: &mut Engine, step: &str) {
    let mut words = Vec::new();
    let mut variables = BTreeMap::new();
    for word in step.split(' ') {
        match word.split_once('=') {
            Some((name, value)) => {
                let value: Value = serde_json::from_str(value).expect("a value in JSON");
                variables.insert(name.to_owned(), value);
            }
            None => words.push(word),
        }
    }
    let command = match words.as_slice() {
        ["start"] => {
            let variables: Vec<_> = variables
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone()))
                .collect();
            start(&variables)
        }
        ["do", node] => Command::Complete {
            task: engine.task(node, ""),
            decision: None,
            comment: None,
            variables,
        },
        ["message", name, key @ ..] => Command::Publish(PublishedMessage {
            variables,
            ..message(name, key.first().copied())
        }),
        ["signal", signal] => Command::Broadcast {
            signal: (*signal).to_owned(),
            variables,
        },
        ["wait", seconds] => {
            return engine.advance(seconds.parse::<i64>().expect("seconds") * 1_000);
        }
        ["job"] => Command::FinishJob {
            job: engine.job(),
            outcome: JobOutcome::Completed(variables),
        },
        ["job!E1"] => Command::FinishJob {
            job: engine.job(),
            outcome: JobOutcome::Error {
                code: "E1".to_owned(),
                message: "no".to_owned(),
                variables: Default::default(),
            },
        },
        ["retry"] => Command::Retry(engine.incident().0),
        ["cancel"] => Command::Cancel {
            instance: engine.running()[0],
            reason: "enough".to_owned(),
        },
        _ => panic!("no such step: {step}"),
    };
    engine.does("", command);
}
