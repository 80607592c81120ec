//! What a decision costs: a table of 100 rules with 4 inputs (two ranges of numbers, two texts), first hit, the rule
//! that is hit evenly spread. Every answer is compared with the one that plain Rust finds.
//!
//! `cargo run --release -p kapok-rules --example decision_table`

use std::{collections::BTreeMap, error::Error, fmt::Write, fs, time::Instant};

use kapok_protocol::Value;
use kapok_rules::{Context, Decisions, Values};

const RULES: usize = 100;
const INPUTS: usize = 1_000;
const ROUNDS: usize = 1_000;

const REGIONS: [&str; 5] = ["east", "west", "north", "south", "abroad"];
const LEVELS: [&str; 4] = ["bronze", "silver", "gold", "platinum"];

fn main() -> Result<(), Box<dyn Error>> {
    let xml = table()?;
    let decisions = Decisions::parse(&xml).map_err(|text| text.en)?;
    let context = Context::default();
    let inputs: Vec<BTreeMap<String, Value>> = (0..INPUTS).map(|place| input(place * RULES / INPUTS, place)).collect();
    for (place, input) in inputs.iter().enumerate() {
        let wanted = Value::from(format!("rule {}", place * RULES / INPUTS));
        let found = decisions.evaluate("discount", &Values::new(input, &context))?;
        if found != wanted {
            return Err(format!("{input:?} gives {found}, not {wanted}").into());
        }
    }

    let scopes: Vec<Values<'_>> = inputs.iter().map(|input| Values::new(input, &context)).collect();
    let every_cell = measure(ROUNDS / 10, &scopes, |scope| {
        decisions.evaluate_every_cell("discount", scope).is_ok()
    });
    for (road, nanos) in [
        (
            "decide",
            measure(ROUNDS, &scopes, |scope| decisions.decide("discount", scope).is_ok()),
        ),
        (
            "evaluate",
            measure(ROUNDS, &scopes, |scope| decisions.evaluate("discount", scope).is_ok()),
        ),
        ("evaluate_every_cell", every_cell),
    ] {
        let (rate, ratio) = (1e9 / nanos, every_cell / nanos);
        println!("{road:20} {nanos:7.0} ns a decision, {rate:9.0} a second, {ratio:5.1} times as fast as every cell");
    }
    Ok(())
}

/// Nanoseconds of one decision.
fn measure(rounds: usize, scopes: &[Values<'_>], decide: impl Fn(&Values<'_>) -> bool) -> f64 {
    let round = || scopes.iter().filter(|scope| decide(scope)).count();
    round();
    let start = cpu_time();
    let mut made = 0;
    for _ in 0..rounds {
        made += round();
    }
    (cpu_time() - start) / made as f64
}

/// Nanoseconds that this thread has computed, so that what else runs on the machine counts less; where the system does
/// not say, those that have passed.
fn cpu_time() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    let passed = START.with(|start| start.elapsed().as_nanos() as f64);
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let computed = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
    computed.unwrap_or(passed)
}

/// Rule `n` wants an amount of `[100n..100n + 150)`, an age that grows with it, and a region and a level.
fn table() -> Result<String, Box<dyn Error>> {
    let mut xml = String::from(
        r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">
        <decision id="discount" name="Discount"><decisionTable hitPolicy="FIRST">
        <input><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
        <input><inputExpression typeRef="number"><text>age</text></inputExpression></input>
        <input><inputExpression typeRef="string"><text>region</text></inputExpression></input>
        <input><inputExpression typeRef="string"><text>level</text></inputExpression></input>
        <output name="discount"/>"#,
    );
    for rule in 0..RULES {
        let (from, age) = (rule * 100, rule / 2);
        let (region, other) = (REGIONS[rule % 5], REGIONS[(rule + 1) % 5]);
        write!(
            xml,
            "<rule><inputEntry><text>[{from}..{})</text></inputEntry>
            <inputEntry><text>&gt;= {age}</text></inputEntry>
            <inputEntry><text>\"{region}\", \"{other}\"</text></inputEntry>
            <inputEntry><text>\"{}\"</text></inputEntry>
            <outputEntry><text>\"rule {rule}\"</text></outputEntry></rule>",
            from + 150,
            LEVELS[rule % 4],
        )?;
    }
    Ok(xml + "</decisionTable></decision></definitions>")
}

/// An input for which this rule is the first that matches.
fn input(rule: usize, place: usize) -> BTreeMap<String, Value> {
    let values = [
        ("amount", Value::from((rule * 100 + 60 + place % 40) as i64)),
        ("age", Value::from((rule / 2 + place % 30) as i64)),
        ("region", Value::from(REGIONS[(rule + place % 2) % 5])),
        ("level", Value::from(LEVELS[rule % 4])),
    ];
    values.map(|(name, value)| (name.to_owned(), value)).into()
}
