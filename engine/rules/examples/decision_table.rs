//! What a decision costs: a table of 100 rules with 4 inputs (two ranges of numbers, two texts), first hit, the rule
//! that is hit evenly spread. Every answer is compared with the one that plain Rust finds.
//!
//! `cargo run --release -p kapok-rules --example decision_table`

mod measure;

use std::{collections::BTreeMap, error::Error, fmt::Write};

use kapok_protocol::Value;
use kapok_rules::{Context, Decisions, Values};
use measure::{Cost, measure};

const RULES: usize = 100;
const INPUTS: usize = 1_000;

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
    let scope = |time: usize| &scopes[time % INPUTS];
    let every_cell = measure(|time| decisions.evaluate_every_cell("discount", scope(time)).is_ok());
    let evaluate = measure(|time| decisions.evaluate("discount", scope(time)).is_ok());
    let decide = measure(|time| decisions.decide("discount", scope(time)).is_ok());
    for (road, cost) in [
        ("decide", decide),
        ("evaluate", evaluate),
        ("evaluate_every_cell", every_cell),
    ] {
        let Cost { nanos, allocations } = cost;
        println!(
            "{road:20} {nanos:6.0} ns and {allocations:3.0} allocations a decision, {:8.0} a second, {:5.1} times as fast as every cell",
            1e9 / nanos,
            every_cell.nanos / nanos
        );
    }
    Ok(())
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
