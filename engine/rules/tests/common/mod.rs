//! Values from JSON text, and evaluation over them.
#![allow(dead_code, reason = "every test file uses a part of it")]

pub mod dmn;

use std::collections::BTreeMap;

use kapok_protocol::{Expression, PersonId, RecordId, Value};
use kapok_rules::{Context, EvaluationError, Limits, Outcome, Sandbox, Values};

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn variables(text: &str) -> BTreeMap<String, Value> {
    json(text).as_map().expect("an object").clone()
}

/// Person 7 of department 3, superior of 8 and 9, on 2026-11-23.
pub fn context() -> Context {
    Context {
        me: PersonId::new(7),
        department: RecordId::new(3),
        subordinates: [8, 9].into_iter().filter_map(PersonId::new).collect(),
        today: "2026-11-23".parse().expect("a date"),
        now: "2026-11-23T09:30:00+08:00".parse().ok(),
    }
}

pub fn evaluate(source: &str, values: &str) -> Result<Value, EvaluationError> {
    let sandbox = Sandbox::new(Limits::WRITER);
    let compiled = sandbox
        .compile(&Expression::rhai(source))
        .unwrap_or_else(|text| panic!("{source}: {text}"));
    compiled.evaluate(&sandbox, &Values::new(&variables(values), &context()))
}

pub fn run(source: &str, values: &str) -> Result<Outcome, EvaluationError> {
    let sandbox = Sandbox::new(Limits::WRITER);
    let compiled = sandbox
        .compile_script(source)
        .unwrap_or_else(|text| panic!("{source}: {text}"));
    compiled.run(&sandbox, &Values::new(&variables(values), &context()))
}
