//! Plain statements come to what rhai makes of them. A block around one is not plain.

mod common;

use common::{context, variables};
use kapok_rules::{Cause, Limits, Outcome, Sandbox, Values};
use proptest::prelude::*;

/// Both outcomes of a statement: by itself, and inside a block; `None` when it cannot be compiled.
fn both(statement: &str, values: &str) -> Option<[Result<Outcome, Cause>; 2]> {
    let sandbox = Sandbox::new(Limits::WRITER);
    let run = |script: &str| {
        let compiled = sandbox.compile_script(script).ok()?;
        let outcome = compiled.run(&sandbox, &Values::new(&variables(values), &context()));
        Some(outcome.map_err(|error| error.cause))
    };
    Some([run(statement)?, run(&format!("if true {{ {statement} }}"))?])
}

/// The digits of numbers count too.
fn shown(outcome: &Result<Outcome, Cause>) -> String {
    format!("{outcome:?}")
}

const OPERANDS: [&str; 22] = [
    "x",
    "y",
    "z",
    "unknown",
    "0",
    "1",
    "2",
    "2.50",
    "0.1",
    "100",
    "-3",
    "10.0",
    "3.3333333333333333333",
    "9223372036854775807",
    "\"a\"",
    "\"\"",
    "'a'",
    "true",
    "false",
    "()",
    "[1]",
    "x.k",
];

const VALUES: [&str; 20] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "1.0",
    "2.50",
    "-7",
    "0.000000000000000000001",
    "9223372036854775807",
    "9223372036854775808",
    "79228162514264337593543950335",
    "-0.0",
    "\"a\"",
    "\"\"",
    "\"b\"",
    "\"2\"",
    "[1]",
    "[]",
    "{\"k\": 1.0}",
];

fn expression() -> impl Strategy<Value = String> {
    const OPERATORS: [&str; 16] = [
        "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "in", "**", "??",
    ];
    let operator = prop::sample::select(OPERATORS.as_slice());
    let operand = prop::sample::select(OPERANDS.as_slice()).prop_map(str::to_owned);
    operand.prop_recursive(4, 12, 2, move |inner| {
        prop_oneof![
            8 => (inner.clone(), operator.clone(), inner.clone())
                .prop_map(|(left, operator, right)| format!("({left} {operator} {right})")),
            1 => inner.clone().prop_map(|operand| format!("!({operand})")),
            1 => inner.prop_map(|operand| format!("-({operand})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_statement_comes_to_what_rhai_makes_of_it(
        target in prop::sample::select(vec!["", "x = ", "y = ", "unknown = ", "x += ", "vars.x = ", "let x = "]),
        expression in expression(),
        x in prop::sample::select(VALUES.as_slice()),
        y in prop::sample::select(VALUES.as_slice()),
        z in prop::sample::select(VALUES.as_slice()),
    ) {
        let values = format!("{{\"x\": {x}, \"y\": {y}, \"z\": {z}}}");
        if let Some([plain, block]) = both(&format!("{target}{expression}"), &values) {
            prop_assert_eq!(shown(&plain), shown(&block));
        }
    }
}

proptest! {
    /// Mostly without mistakes.
    #[test]
    fn any_calculation_comes_to_what_rhai_makes_of_it(
        operands in prop::collection::vec(prop::sample::select(vec!["x", "y", "z", "2.50", "4", "0.1"]), 4),
        operators in prop::collection::vec(prop::sample::select(vec!["+", "-", "*", "/"]), 3),
        comparison in prop::sample::select(vec!["", " < 3", " >= x", " == 2.5", " != y", " > 1 && x == y", " <= 1 || !(x < y)"]),
        numbers in prop::collection::vec((-2000_i64..2000, 0..4_u32), 3),
    ) {
        let numbers: Vec<String> = numbers
            .iter()
            .map(|(digits, scale)| format!("{:.*}", *scale as usize, *digits as f64 / 10_f64.powi(*scale as i32)))
            .collect();
        let values = format!("{{\"x\": {}, \"y\": {}, \"z\": {}}}", numbers[0], numbers[1], numbers[2]);
        let sum = format!(
            "{} {} {} {} ({} {} {})",
            operands[0], operators[0], operands[1], operators[1], operands[2], operators[2], operands[3]
        );
        for statement in [format!("{sum}{comparison}"), format!("x = {sum}{comparison}")] {
            let [plain, block] = both(&statement, &values).expect(&statement);
            prop_assert_eq!(shown(&plain), shown(&block), "{}", statement);
        }
    }
}

#[test]
fn what_is_too_much_is_left_to_rhai() {
    let long = "a".repeat(20_000);
    let values = format!(r#"{{"x": "{long}", "y": "a"}}"#);
    let sum = vec!["x"; 20].join(" + ");
    for statement in ["x == y", "x", "y = x", &sum] {
        let [plain, block] = both(statement, &values).expect(statement);
        assert_eq!(plain, block, "{statement}");
    }
    let none = Sandbox::new(Limits { operations: 0 });
    let compiled = none.compile_script("1 + 1").expect("a script");
    let error = compiled
        .run(&none, &Values::new(&variables("{}"), &context()))
        .unwrap_err();
    assert_eq!(error.cause, Cause::TooManyOperations(0));
}
