//! What condition rows mean.

mod common;

use common::{context, variables};
use kapok_protocol::{Expression, Filter, Operator, Test, Value};
use kapok_rules::{Condition, Limits, Sandbox, Values};
use proptest::prelude::*;

const RECORD: &str = r#"{"total":50000.00,"name":"杭州西湖","tags":["vip","new"],"none":null,"blank":"","yes":true,
    "owner":"7","other":"8","department":"3","date":"2026-11-30","digits":"5","customer":{"level":"A","phone":null}}"#;

fn holds(filter: &str) -> bool {
    let filter: Filter = serde_json::from_str(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    let condition = Condition::new(&filter).unwrap_or_else(|text| panic!("{filter:?}: {text}"));
    condition.holds(&Values::new(&variables(RECORD), &context()))
}

#[test]
fn tests_compare_as_documented() {
    let cases = [
        ("total", "=", "50000", true),
        ("total", ">", "50000", false),
        ("total", ">=", "50000.000", true),
        ("total", "<", "50000.01", true),
        ("total", "in", "[1, 50000]", true),
        ("total", "contains", "5", false),
        ("digits", "=", "5", false),
        ("digits", ">", "4", false),
        ("total", "=", "\"50000\"", false),
        ("name", "contains", "\"西湖\"", true),
        ("name", "starts-with", "\"杭州\"", true),
        ("name", "<", "\"杭州西湖区\"", true),
        ("tags", "contains", "\"vip\"", true),
        ("tags", "contains", "\"vi\"", false),
        ("tags", "=", "[\"vip\",\"new\"]", true),
        ("yes", "=", "true", true),
        ("customer.level", "in", "[\"A\",\"B\"]", true),
        ("customer.level", "not-in", "[\"B\"]", true),
        ("customer.phone", "empty", "", true),
        ("customer.phone.area", "empty", "", true),
        ("name.first", "empty", "", true),
        ("none", "=", "0", false),
        ("none", "!=", "0", true),
        ("none", "<", "0", false),
        ("none", ">=", "0", false),
        ("none", "in", "[null]", false),
        ("none", "not-in", "[1]", true),
        ("none", "empty", "", true),
        ("absent", "empty", "", true),
        ("absent", "!=", "1", true),
        ("blank", "not-empty", "", false),
        ("owner", "=", "\"$me\"", true),
        ("other", "in", "\"$my_subordinates\"", true),
        ("owner", "in", "\"$my_subordinates\"", false),
        ("department", "=", "\"$my_dept\"", true),
        ("date", "=", "\"$today+7d\"", true),
        ("date", "=", "\"$today+1w\"", true),
        ("date", ">", "\"$today\"", true),
        ("date", "<", "\"$today+1m\"", true),
        ("date", "<", "\"$today-1y\"", false),
        ("name", "=", "\"$$me\"", false),
    ];
    for (field, op, value, expected) in cases {
        let value = if value.is_empty() {
            String::new()
        } else {
            format!(r#","value":{value}"#)
        };
        let filter = format!(r#"{{"field":"{field}","op":"{op}"{value}}}"#);
        assert_eq!(holds(&filter), expected, "{filter}");
    }
}

#[test]
fn groups_combine() {
    let yes = r#"{"field":"yes","op":"=","value":true}"#;
    let no = r#"{"field":"yes","op":"=","value":false}"#;
    let cases = [
        (r#"{"all":[]}"#.to_owned(), true),
        (r#"{"any":[]}"#.to_owned(), false),
        (format!(r#"{{"all":[{yes},{no}]}}"#), false),
        (format!(r#"{{"any":[{no},{yes}]}}"#), true),
        (format!(r#"{{"not":{no}}}"#), true),
    ];
    for (filter, expected) in cases {
        assert_eq!(holds(&filter), expected, "{filter}");
    }
}

#[test]
fn a_test_that_cannot_be_meant_is_refused() {
    for (op, value) in [
        ("in", "5"),
        ("in", "\"$me\""),
        (">", "[1]"),
        ("<", "\"$my_subordinates\""),
        ("=", "\"$nobody\""),
        ("=", "\"$today+d\""),
        ("=", "\"$today+7\""),
        ("=", "\"$today+7天\""),
        ("=", "\"$today+999999d\""),
        ("=", "\"$today+-7d\""),
    ] {
        let filter: Filter = serde_json::from_str(&format!(r#"{{"field":"a","op":"{op}","value":{value}}}"#)).unwrap();
        assert!(Condition::new(&filter).is_err(), "{op} {value}");
    }
    for test in [
        Test {
            field: String::new(),
            op: Operator::Empty,
            value: Value::Null,
        },
        Test {
            field: "a".to_owned(),
            op: Operator::Equal,
            value: Value::Null,
        },
    ] {
        assert!(Condition::new(&Filter::Test(test)).is_err());
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[$a-z0-9+-]{0,8}".prop_map(Value::from),
        prop_oneof!["[$]today[+-][0-9]{1,5}[dwmy]", "[$](me|my_dept|my_subordinates)"].prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::btree_map("[a-c]", inner, 0..3).prop_map(Value::Map),
        ]
    })
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let op = prop::sample::select(vec![
        Operator::Equal,
        Operator::NotEqual,
        Operator::Less,
        Operator::LessOrEqual,
        Operator::Greater,
        Operator::GreaterOrEqual,
        Operator::In,
        Operator::NotIn,
        Operator::Contains,
        Operator::StartsWith,
        Operator::Empty,
        Operator::NotEmpty,
    ]);
    let test = ("[a-c]([.][a-c]){0,2}", op, any_value())
        .prop_map(|(field, op, value)| Filter::Test(Test { field, op, value }));
    test.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::Any),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

proptest! {
    /// Whatever the filter and the values: no panic, and both ways of evaluation agree where both answer.
    #[test]
    fn any_filter_can_be_evaluated(
        filter in any_filter(),
        values in prop::collection::btree_map("[a-c]", any_value(), 0..4),
    ) {
        if let Ok(condition) = Condition::new(&filter) {
            let context = context();
            let scope = Values::new(&values, &context);
            let lenient = condition.holds(&scope);
            if let Ok(strict) = condition.holds_strictly(&scope) {
                prop_assert_eq!(strict, lenient);
            }
        }
    }

    /// Whatever is written as an expression: compiling and evaluating it ends in an answer.
    #[test]
    fn any_text_can_be_tried_as_an_expression(source in "[a-c0-9.+*/%=<>!|&(){}\\[\\]\"`$ ;]{0,40}") {
        let sandbox = Sandbox::new(Limits { operations: 500 });
        if let Ok(compiled) = sandbox.compile(&Expression::rhai(source)) {
            let (values, context) = (variables(r#"{"a":1,"b":2.5,"c":"x"}"#), context());
            let _ = compiled.condition(&sandbox, &Values::new(&values, &context));
        }
    }
}
