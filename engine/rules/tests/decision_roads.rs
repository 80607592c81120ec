//! A decision comes to the same whether its rules are looked up or every cell is evaluated.

mod common;

use std::collections::BTreeMap;

use common::{
    context,
    dmn::{decision, file, table},
    json, variables,
};
use kapok_protocol::Value;
use kapok_rules::{Cause, Decisions, EvaluationError, Values};
use proptest::prelude::*;

type Answer = Result<Value, EvaluationError>;

/// What all roads come to.
fn agreed(decisions: &Decisions, values: &BTreeMap<String, Value>) -> Answer {
    let context = context();
    let scope = Values::new(values, &context);
    let reference = decisions.evaluate_every_cell("x", &scope);
    assert_eq!(decisions.evaluate("x", &scope), reference, "{values:?}");
    let shared = decisions.decide("x", &scope).map(|value| (*value).clone());
    assert_eq!(shared, reference, "{values:?}");
    reference
}

fn read(table: &str) -> Decisions {
    let xml = file(&decision("x", "The table", &[], table));
    Decisions::parse(&xml).unwrap_or_else(|text| panic!("{xml}: {text}"))
}

/// What a cell may compare with.
const VALUES: [&str; 36] = [
    "0",
    "1",
    "1.0",
    "1.50",
    "2",
    "10",
    "-1",
    "-0",
    "0.0000000000000000000000000001",
    "79228162514264337593543950335",
    "-79228162514264337593543950335",
    "5000000000",
    "1 + 1",
    "\"\"",
    "\"a\"",
    "\"ab\"",
    "\"b\"",
    "\"B\"",
    "\"龙\"",
    "\"1\"",
    "\"a\" + \"b\"",
    "true",
    "false",
    "null",
    "date(\"2026-11-23\")",
    "@\"2026-11-24\"",
    "date(\"2026-02-30\")",
    "@\"10:00:00\"",
    "@\"10:00:00Z\"",
    "@\"2026-11-23T10:00:00\"",
    "@\"P1D\"",
    "@\"-PT1H\"",
    "@\"P1Y\"",
    "@\"P12M\"",
    "[1, \"a\"]",
    "{k: 1}",
];

/// What cannot be looked up.
const EVALUATED: [&str; 12] = [
    "c",
    "? > 1",
    "< c",
    "[c..10]",
    "not(c)",
    "a = b",
    "not(true)",
    "today()",
    "contains(?, \"a\")",
    "some y in 1..20000 satisfies y < 0",
    "string join(for y in 1..2000 return \"0123456789\") = ?",
    "1, c",
];

const RESULTS: [&str; 12] = [
    "1", "2.50", "\"one\"", "\"two\"", "", "-", "c", "[1, 2]", "{k: 1}", "a + 1", "@\"P1D\"", "true",
];

/// What comes in.
const INPUTS: [&str; 32] = [
    "null",
    "true",
    "false",
    "0",
    "0.00",
    "0.5",
    "1",
    "1.00000",
    "1.5",
    "1.500000000001",
    "2",
    "9.999999999999999999999999",
    "10",
    "-1",
    "-1.5",
    "4999999999.99",
    "79228162514264337593543950335",
    "\"\"",
    "\"a\"",
    "\"aa\"",
    "\"ab\"",
    "\"b\"",
    "\"1\"",
    "\"true\"",
    "\"龙\"",
    "\"2026-11-23\"",
    "\"2026-11-24T10:00:00\"",
    "\"P1D\"",
    "\"P12M\"",
    "[1, \"a\"]",
    "[]",
    "{\"k\": 1}",
];

fn value() -> impl Strategy<Value = &'static str> {
    prop::sample::select(VALUES.as_slice())
}

fn test() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec!["<", "<=", ">", ">=", "=", "!="]);
    let (start, end) = (
        prop::sample::select(vec!["[", "(", "]"]),
        prop::sample::select(vec!["]", ")", "["]),
    );
    prop_oneof![
        value().prop_map(str::to_owned),
        (operator, value()).prop_map(|(operator, value)| format!("{operator} {value}")),
        (start, value(), value(), end).prop_map(|(start, from, to, end)| format!("{start}{from}..{to}{end}")),
        prop::collection::vec(value(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
        (value(), value(), value()).prop_map(|(item, from, to)| format!("[{item}, [{from}..{to}]]")),
    ]
}

fn cell() -> impl Strategy<Value = String> {
    let tests = || prop::collection::vec(test(), 1..4).prop_map(|tests| tests.join(", "));
    prop_oneof![
        2 => Just("-".to_owned()),
        5 => tests(),
        2 => tests().prop_map(|tests| format!("not({tests})")),
        1 => prop::sample::select(EVALUATED.as_slice()).prop_map(str::to_owned),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    let result = || prop::sample::select(RESULTS.as_slice());
    (cell(), cell(), result(), result()).prop_map(|(a, b, first, second)| format!("{a} | {b} => {first} | {second}"))
}

fn input() -> impl Strategy<Value = String> {
    let name = prop::sample::select(INPUTS.as_slice()).prop_map(Some);
    let given = move || prop_oneof![9 => name.clone(), 1 => Just(None)];
    (given(), given(), given()).prop_map(|(a, b, c)| {
        let given = [("a", a), ("b", b), ("c", c)];
        let entries = given
            .into_iter()
            .filter_map(|(name, value)| Some(format!("\"{name}\": {}", value?)));
        format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
    })
}

fn policy() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "UNIQUE",
        "ANY",
        "FIRST",
        "PRIORITY",
        "RULE ORDER",
        "OUTPUT ORDER",
        "COLLECT",
    ])
}

fn kind() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "Any",
        "Any",
        "Any",
        "number",
        "string",
        "boolean",
        "date",
        "days and time duration",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_table_comes_to_the_same_on_every_road(
        policy in policy(),
        kinds in (kind(), kind()),
        first in prop::sample::select(vec!["a", "a", "a", "a + 1", "c"]),
        rules in prop::collection::vec(rule(), 0..80),
        inputs in prop::collection::vec(input(), 20),
    ) {
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let heads = [format!("{first}: {}", kinds.0), format!("b: {}", kinds.1)];
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let outputs = ["o: 1, \"one\", \"two\"", "p: [1, 2], 2.5, c"];
        let decisions = read(&table(&format!("hitPolicy=\"{policy}\""), &heads, &outputs, &rules));
        for input in &inputs {
            let _ = agreed(&decisions, &variables(input));
        }
    }

    #[test]
    fn any_collected_column_comes_to_the_same_on_every_road(
        aggregation in prop::sample::select(vec!["LIST", "SUM", "MIN", "MAX", "COUNT"]),
        rules in prop::collection::vec((cell(), prop::sample::select(RESULTS.as_slice())), 0..80),
        inputs in prop::collection::vec(input(), 20),
    ) {
        let rules: Vec<String> = rules.iter().map(|(cell, result)| format!("{cell} => {result}")).collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let attributes = format!("hitPolicy=\"COLLECT\" aggregation=\"{aggregation}\"");
        let decisions = read(&table(&attributes, &["a"], &["o"], &rules));
        for input in &inputs {
            let _ = agreed(&decisions, &variables(input));
        }
    }

    #[test]
    fn decisions_that_require_tables_come_to_the_same_on_every_road(
        policies in (policy(), policy()),
        inner in prop::collection::vec(rule(), 0..20),
        outer in prop::collection::vec(rule(), 0..20),
        heads in prop::sample::select(vec![["y", "c"], ["p", "o"], ["a", "p"], ["o + 1", "a"]]),
        inputs in prop::collection::vec(input(), 10),
    ) {
        let outputs = ["o: 1, \"one\"", "p: 2.5, [1, 2]"];
        let table = |policy: &str, heads: &[&str], rules: &[String]| {
            let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
            table(&format!("hitPolicy=\"{policy}\""), heads, &outputs, &rules)
        };
        let xml = file(
            &(decision("x", "x", &["y"], &table(policies.0, &heads, &outer))
                + &*decision("y", "y", &[], &table(policies.1, &["a", "b"], &inner))),
        );
        let decisions = Decisions::parse(&xml).unwrap_or_else(|text| panic!("{xml}: {text}"));
        for input in &inputs {
            let _ = agreed(&decisions, &variables(input));
        }
    }

    /// Two columns of ranges and texts in which most inputs match something.
    #[test]
    fn a_table_of_ranges_finds_the_first_that_matches(
        ranges in prop::collection::vec((0..100_i64, 0..20_i64, prop::bool::ANY, prop::bool::ANY, 0..4_usize), 1..150),
        inputs in prop::collection::vec((-10..1_200_i64, 0..5_usize), 40),
    ) {
        let words = ["red", "green", "blue", "-", "black"];
        let rules: Vec<String> = ranges
            .iter()
            .enumerate()
            .map(|(number, (from, length, start, end, word))| {
                let (start, end) = (if *start { '[' } else { '(' }, if *end { ']' } else { ')' });
                let word = if words[*word] == "-" { "-".to_owned() } else { format!("\"{}\"", words[*word]) };
                format!("{start}{from}..{}{end} | {word} => {number}", from + length)
            })
            .collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let decisions = read(&table("hitPolicy=\"FIRST\"", &["a", "b"], &["o"], &rules));
        for (tenths, word) in inputs {
            // The end of a range is met exactly by every tenth.
            let found = ranges.iter().position(|(from, length, start, end, wanted)| {
                let (from, to) = (from * 10, (from + length) * 10);
                (from < tenths || *start && from == tenths)
                    && (tenths < to || *end && to == tenths)
                    && (words[*wanted] == "-" || wanted == &word)
            });
            let values = format!(r#"{{"a": {}, "b": "{}"}}"#, tenths as f64 / 10.0, words[word]);
            let wanted = found.map_or(Value::Null, |number| Value::from(number as i64));
            prop_assert_eq!(agreed(&decisions, &variables(&values)), Ok(wanted));
        }
    }
}

#[test]
fn limits_are_the_same_on_every_road() {
    let long_list: Vec<String> = (0..1_500).map(|item| item.to_string()).collect();
    let long_list = long_list.join(", ");
    // Every cell of the first column costs 1,500 operations, and 20 of them more than there are.
    let rules: Vec<String> = (0..20).map(|rule| format!("{long_list} | {rule} => {rule}")).collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let decisions = read(&table("hitPolicy=\"FIRST\"", &["a", "b"], &["o"], &rules));
    assert_eq!(agreed(&decisions, &variables(r#"{"a": 3, "b": 5}"#)), Ok(5.into()));
    let error = agreed(&decisions, &variables(r#"{"a": "no", "b": 5}"#)).unwrap_err();
    assert!(matches!(error.cause, Cause::TooManyOperations(_)), "{error}");
    // What is evaluated comes to the limit sooner when much before it was.
    let hungry = "some y in 1..950 satisfies y < 0";
    let rules = [
        &*format!("{long_list} | {hungry} => 1"),
        &*format!("{long_list} | {hungry} => 2"),
        "- | - => 3",
    ];
    let decisions = read(&table("hitPolicy=\"FIRST\"", &["a", "b"], &["o"], &rules));
    for (values, stops) in [
        (r#"{"a": 3}"#, false),
        (r#"{"a": 1400}"#, true),
        (r#"{"a": null}"#, false),
    ] {
        let answer = agreed(&decisions, &variables(values));
        assert_eq!(answer.is_err(), stops, "{values}: {answer:?}");
    }
}

#[test]
fn numbers_of_any_size_are_looked_up() {
    let decisions = read(&table(
        "hitPolicy=\"FIRST\"",
        &["a"],
        &["o"],
        &["[0..1] => 1", "> 1 => 2", "- => 3"],
    ));
    for (values, wanted) in [
        (r#"{"a": 1}"#, 1),
        (r#"{"a": 1.0001}"#, 2),
        (r#"{"a": 1.0000000000000001}"#, 2),
        // In units of a ten-thousandth this is a little more than 64 bits can say.
        (r#"{"a": 1844674407370956}"#, 2),
        (r#"{"a": -1844674407370956}"#, 3),
        (r#"{"a": 79228162514264337593543950335}"#, 2),
    ] {
        assert_eq!(agreed(&decisions, &variables(values)), Ok(wanted.into()), "{values}");
    }
}

#[test]
fn a_table_of_thousands_of_rules_is_looked_up() {
    let rules: Vec<String> = (0..5_000)
        .map(|rule| format!("[{rule}..{}) | \"{}\" => {rule}", rule + 3, rule % 7))
        .collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let decisions = read(&table("hitPolicy=\"COLLECT\"", &["a", "b"], &["o"], &rules));
    for (values, wanted) in [
        (r#"{"a": 2500, "b": "1"}"#, "[2500]"),
        (r#"{"a": 4999.5, "b": "0"}"#, "[4998]"),
        (r#"{"a": -1, "b": "0"}"#, "null"),
    ] {
        assert_eq!(agreed(&decisions, &variables(values)), Ok(json(wanted)), "{values}");
    }
}

#[test]
fn names_are_asked_for_once_on_every_road() {
    use std::{borrow::Cow, cell::RefCell};
    struct Recording(RefCell<Vec<String>>, kapok_rules::Context);
    impl kapok_rules::Scope for Recording {
        fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
            self.0.borrow_mut().push(name.to_owned());
            Some(Cow::Owned(Value::from("a")))
        }
        fn context(&self) -> &kapok_rules::Context {
            &self.1
        }
    }
    let long_list: Vec<String> = (0..1_500).map(|item| item.to_string()).collect();
    // The last rules might have cost more than there is, so the decision is made again by evaluation.
    let hungry = "some y in 1..950 satisfies y < 0 | - => 0".to_owned();
    let mut rules = vec![hungry, "\"a\" | - => 1".to_owned()];
    rules.extend((0..6).map(|_| format!("{} | - => 2", long_list.join(", "))));
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let decisions = read(&table("hitPolicy=\"FIRST\"", &["b", "a"], &["o"], &rules));
    let recording = Recording(RefCell::default(), context());
    assert_eq!(decisions.evaluate("x", &recording), Ok(1.into()));
    // A name that is only local is asked for too.
    assert_eq!(recording.0.into_inner(), ["a", "b", "y"]);
}
