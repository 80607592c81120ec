//! What FEEL expressions mean.

mod common;

use common::{context, json, variables};
use kapok_protocol::{Expression, Value};
use kapok_rules::{Cause, EvaluationError, Limits, Sandbox, Values};
use proptest::prelude::*;

const CASE: &str = r#"{"a":10,"b":4,"price":12.50,"n":null,"yes":true,"name":"李娜","first name":"Li","天数":5,
    "due":"2026-12-24","tags":["vip","new"],"numbers":[3,1,2],"order":{"level":"A","lines":[{"quantity":2,"price":9.9},
    {"quantity":1,"price":0.2}]}}"#;

fn evaluate(source: &str) -> Result<Value, EvaluationError> {
    let sandbox = Sandbox::new(Limits::WRITER);
    let compiled = sandbox
        .compile(&Expression::feel(source))
        .unwrap_or_else(|text| panic!("{}: {text}", source.chars().take(200).collect::<String>()));
    compiled.evaluate(&sandbox, &Values::new(&variables(CASE), &context()))
}

fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(evaluate(source), Ok(json(expected)), "{source}");
    }
}

#[test]
fn values_names_and_arithmetic() {
    check(&[
        ("a", "10"),
        ("order.level", "\"A\""),
        ("numbers", "[3,1,2]"),
        ("a + b", "14"),
        ("10 / 4", "2.5"),
        ("0.1 + 0.2 = 0.3", "true"),
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("2 ** 3 ** 2", "64"),
        ("2 ** -1", "0.5"),
        ("-2 ** 2", "4"),
        ("-a + 1", "-9"),
        ("- -a", "10"),
        ("9 ** 0.5", "3"),
        (".5 + 1", "1.5"),
        ("\"a\" + \"b\"", "\"ab\""),
        ("\"say \\\"hi\\\"\\n\\u6728\\\\\"", "\"say \\\"hi\\\"\\n木\\\\\""),
        ("天数 // how long\n + /* more */ 1", "6"),
        ("`first name`", "\"Li\""),
        // Errors inside are null, and so are unknown names.
        ("nobody", "null"),
        ("nobody.name", "null"),
        ("nobody + 1", "null"),
        ("1 / 0", "null"),
        ("\"a\" + 1", "null"),
        ("79228162514264337593543950335 * 10", "null"),
        ("2 ** 0.3", "null"),
        ("0 ** -1", "null"),
        ("-\"a\"", "null"),
    ]);
}

#[test]
fn comparison_and_logic_have_three_values() {
    check(&[
        ("a > 9 and a >= 10 and b < 5 and b <= 4 and a != b", "true"),
        ("a = 10.0", "true"),
        ("\"abc\" < \"abd\"", "true"),
        ("n = null", "true"),
        ("null != n", "false"),
        ("a = null", "false"),
        ("a != null", "true"),
        ("a = \"10\"", "null"),
        ("a != \"10\"", "null"),
        ("n > 5", "null"),
        ("yes < false", "null"),
        ("[1, 2] = [1, 2]", "true"),
        ("[1, 2] = [2, 1]", "false"),
        ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
        ("true and n", "null"),
        ("false and n", "false"),
        ("n and false", "false"),
        ("true or n", "true"),
        ("n or true", "true"),
        ("false or n", "null"),
        ("n and n", "null"),
        ("yes or false and false", "true"),
        ("not(yes)", "false"),
        ("not(n)", "null"),
        ("a between 5 and 10", "true"),
        ("a between 11 and 20 or yes", "true"),
        ("n between 1 and 2", "null"),
        ("a in [1..10]", "true"),
        ("a in [1..10)", "false"),
        ("a in [1..10[", "false"),
        ("a in ]10..11]", "false"),
        ("a in (1..10]", "true"),
        ("a in (10..11)", "false"),
        ("a in (1, 10)", "true"),
        ("a in (1, [5..10], < 0)", "true"),
        ("a in > 9", "true"),
        ("a in (< 5, >= 11)", "false"),
        ("a in [1, 10]", "true"),
        ("a in 10", "true"),
        ("a in (? > 5, 3)", "true"),
        ("\"b\" in [\"a\"..\"c\"]", "true"),
        ("name in (\"李娜\", \"王芳\") and yes", "true"),
        ("if a > 5 then \"big\" else \"small\"", "\"big\""),
        ("if n then 1 else 2", "2"),
        ("if a < 5 then 1 else if a < 20 then 2 else 3", "2"),
        ("(if yes then 1 else 2) + 1", "2"),
        ("1 instance of number and not(\"a\" instance of number)", "true"),
        ("name instance of string", "true"),
        ("null instance of string", "false"),
        (
            "[1] instance of list<number> and {} instance of context<a: number>",
            "true",
        ),
        ("date(\"2026-01-01\") instance of date", "true"),
        ("@\"2026-01-01T00:00:00\" instance of date and time", "true"),
        (
            "@\"P1D\" instance of days and time duration and @\"P1M\" instance of years and months duration",
            "true",
        ),
        ("is defined(a) and is defined(n) and not(is defined(nobody))", "true"),
        ("is defined(order.level) and not(is defined(order.note))", "true"),
    ]);
}

#[test]
fn lists_contexts_and_loops() {
    check(&[
        (
            "{a: 1, b: a + 1, \"c d\": b * 2, e f: 5}",
            r#"{"a":1,"b":2,"c d":4,"e f":5}"#,
        ),
        ("{a: 1}.a + {b: {c: 2}}.b.c", "3"),
        ("{}", "{}"),
        ("[]", "[]"),
        ("[1, [2, \"x\"], {a: null}]", r#"[1,[2,"x"],{"a":null}]"#),
        ("order.lines[1].price", "9.9"),
        ("order.lines.price", "[9.9,0.2]"),
        ("numbers[1]", "3"),
        ("numbers[-1]", "2"),
        ("numbers[b - 2]", "1"),
        ("numbers[4]", "null"),
        ("numbers[0]", "null"),
        ("numbers[item > 1]", "[3,2]"),
        ("order.lines[quantity > 1].price", "[9.9]"),
        ("order.lines[item.quantity > 1][1].price", "9.9"),
        ("order.lines[price > 100]", "[]"),
        ("a[1]", "10"),
        ("a[item > 20]", "[]"),
        ("n[1]", "null"),
        ("for i in 1..3 return i * i", "[1,4,9]"),
        ("for i in 3..1 return i", "[3,2,1]"),
        ("for i in [1..3] return i", "[1,2,3]"),
        ("for x in numbers, y in [10, 20] return x * y", "[30,60,10,20,20,40]"),
        ("for l in order.lines return l.quantity * l.price", "[19.8,0.2]"),
        ("sum(for l in order.lines return l.quantity * l.price)", "20"),
        ("for x in [[1, 2], [3]], y in x return y", "[1,2,3]"),
        ("for x in nobody return x", "[]"),
        ("some x in numbers satisfies x > 2", "true"),
        ("every x in numbers satisfies x > 2", "false"),
        ("some x in [1, n] satisfies x > 2", "null"),
        ("every x in [] satisfies x > 2", "true"),
        ("some x in numbers, y in numbers satisfies x + y = 6", "true"),
        ("(some x in numbers satisfies x > 2) and yes", "true"),
        ("[1..5].start", "1"),
        ("(1..5].start included", "false"),
    ]);
}

#[test]
fn functions_on_texts_and_numbers() {
    check(&[
        ("substring(\"木棉花\", 2)", "\"棉花\""),
        ("substring(\"foobar\", 3, 3)", "\"oba\""),
        ("substring(\"foobar\", -2, 1)", "\"a\""),
        ("substring(\"foobar\", 0)", "null"),
        ("substring(string: \"foobar\", start position: 3)", "\"obar\""),
        ("string length(\"木棉\")", "2"),
        ("string   length(name)", "2"),
        ("upper case(\"aB\") + lower case(\"aB\")", "\"ABab\""),
        (
            "contains(\"foobar\", \"oba\") and starts with(\"foo\", \"f\") and ends with(\"foo\", \"o\")",
            "true",
        ),
        ("contains(n, \"a\")", "null"),
        (
            "substring before(\"foobar\", \"bar\") + substring after(\"foobar\", \"foo\")",
            "\"foobar\"",
        ),
        ("substring after(\"foobar\", \"x\")", "\"\""),
        ("replace(\"a-b-c\", \"-\", \"+\")", "\"a+b+c\""),
        ("replace(\"1.000\", \"\\\\.\", \",\")", "\"1,000\""),
        ("split(\"a;b\", \";\")", r#"["a","b"]"#),
        ("string join([\"a\", null, \"b\"], \", \")", "\"a, b\""),
        ("string join([\"a\", \"b\"])", "\"ab\""),
        ("trim(\" a \")", "\"a\""),
        ("is blank(\" \")", "true"),
        ("string(12.50) + string(true) + string(\"x\")", "\"12.5truex\""),
        ("string([1, \"a\", {b: null}])", "\"[1, \\\"a\\\", {b: null}]\""),
        ("string(n)", "null"),
        ("number(\"1 000,5\", \" \", \",\")", "1000.5"),
        ("number(\"12.5\") + number(\"x\")", "null"),
        ("decimal(2.5, 0) + decimal(1.115, 2)", "3.12"),
        ("floor(-1.5) + ceiling(-1.5)", "-3"),
        ("floor(1.58, 1)", "1.5"),
        ("round up(1.121, 2) + round down(1.129, 2)", "2.25"),
        ("round half up(2.5, 0) + round half down(2.5, 0)", "5"),
        ("round half up(1250, -2)", "1300"),
        ("abs(-1.5)", "1.5"),
        ("abs(n: -1)", "1"),
        (
            "[modulo(12, 5), modulo(-12, 5), modulo(12, -5), modulo(-12, -5)]",
            "[2,3,-3,-2]",
        ),
        ("modulo(1, 0)", "null"),
        ("sqrt(16)", "4"),
        ("round half up(sqrt(2), 10)", "1.4142135624"),
        ("sqrt(0.0001)", "0.01"),
        ("sqrt(79228162514264337593543950335) > 281474976710655", "true"),
        ("sqrt(-1)", "null"),
        ("odd(5) and even(-2) and not(odd(0))", "true"),
        ("odd(1.5)", "null"),
        ("get or else(nobody, 5)", "5"),
    ]);
}

#[test]
fn functions_on_lists_and_contexts() {
    check(&[
        (
            "list contains(tags, \"vip\") and list contains([1, null], null)",
            "true",
        ),
        ("count(tags) + count([])", "2"),
        (
            "[min(numbers), max(numbers), min(5, 4), max(\"a\", \"b\")]",
            "[1,3,4,\"b\"]",
        ),
        ("[min([]), max([1, \"a\"]), sum([]), mean([])]", "[null,null,null,null]"),
        (
            "[sum(numbers), sum(1, 2), mean([1, 2, 3, 4]), product(2, 3), median([8, 2, 5, 3])]",
            "[6,3,2.5,6,4]",
        ),
        (
            "[all([true, true]), all([true, null]), all(true, false), any([false, null]), any([]), all([])]",
            "[true,null,false,null,false,true]",
        ),
        ("append([1], 2, [3])", "[1,2,[3]]"),
        ("concatenate([1], [2, 3], 4)", "[1,2,3,4]"),
        ("reverse(numbers)", "[2,1,3]"),
        ("index of([1, 2, 1], 1)", "[1,3]"),
        ("union([1, 2], [2, 3])", "[1,2,3]"),
        (
            "distinct values([1, 1.0, \"1\", [1], [1], null, null])",
            r#"[1,"1",[1],null]"#,
        ),
        ("flatten([1, [2, [3, []]]])", "[1,2,3]"),
        ("insert before([1, 3], 2, 2)", "[1,2,3]"),
        ("insert before([1, 3], -1, 2)", "[1,2,3]"),
        ("remove([1, 2, 3], 2)", "[1,3]"),
        ("remove([1], 2)", "null"),
        ("sublist([1, 2, 3, 4], 2)", "[2,3,4]"),
        ("sublist([1, 2, 3, 4], -3, 2)", "[2,3]"),
        ("sort(numbers)", "[1,2,3]"),
        ("get value({\"x y\": 5}, \"x y\")", "5"),
        ("get value({}, \"x\")", "null"),
        ("get entries({a: 1})", r#"[{"key":"a","value":1}]"#),
        ("for e in get entries({a: 1, b: 2}) return e.value", "[1,2]"),
        ("context put({a: 1}, \"b\", 2)", r#"{"a":1,"b":2}"#),
        ("context merge([{a: 1}, {a: 2, b: 3}])", r#"{"a":2,"b":3}"#),
        ("context([{key: \"a\", value: 1}])", r#"{"a":1}"#),
        ("not(list contains(tags, \"x\"))", "true"),
    ]);
}

#[test]
fn dates_times_and_durations() {
    check(&[
        ("date(\"2026-11-23\")", "\"2026-11-23\""),
        ("date(2026, 2, 28) + duration(\"P1D\")", "\"2026-03-01\""),
        ("date(\"2026-02-29\")", "null"),
        ("date(\"26-01-01\")", "null"),
        ("date(due) > today()", "true"),
        ("string(now())", "\"2026-11-23T09:30:00+08:00\""),
        ("now() + duration(\"PT1H\") > now()", "true"),
        ("today() + duration(\"P1M\")", "\"2026-12-23\""),
        ("date(\"2026-01-31\") + @\"P1M\"", "\"2026-02-28\""),
        ("date(due) - today()", "\"P31D\""),
        ("(date(due) - today()).days", "31"),
        ("(date(due) - today()) / @\"P1D\"", "31"),
        (
            "date and time(\"2026-11-23T10:30:00\") + duration(\"PT36H\")",
            "\"2026-11-24T22:30:00\"",
        ),
        ("@\"2026-11-23T10:30:00+01:00\" = @\"2026-11-23T09:30:00Z\"", "true"),
        (
            "@\"2026-11-23T10:30:00+01:00\" - @\"2026-11-23T09:00:00Z\"",
            "\"PT30M\"",
        ),
        ("@\"2026-11-23T10:30:00Z\" > @\"2026-11-23T10:30:00\"", "null"),
        (
            "date and time(date(\"2026-11-23\"), time(\"10:30:00\"))",
            "\"2026-11-23T10:30:00\"",
        ),
        ("date(@\"2026-11-23T10:30:00\")", "\"2026-11-23\""),
        ("time(\"23:59:59\") + @\"PT2S\"", "\"00:00:01\""),
        ("time(\"25:00:00\")", "null"),
        ("time(10, 30, 0.5)", "\"10:30:00.500\""),
        ("time(\"10:00:00\") < time(\"11:00:00\")", "true"),
        ("@\"2026-11-23\" in [@\"2026-11-01\"..@\"2026-11-30\"]", "true"),
        (
            "@\"2026-11-23\".year + @\"2026-11-23\".month + @\"2026-11-23\".day + @\"2026-11-23\".weekday",
            "2061",
        ),
        ("@\"2026-11-23T10:30:05+01:00\".hour + time(\"10:30:05\").second", "15"),
        ("@\"2026-11-23T10:30:05+01:00\".time offset", "\"PT1H\""),
        ("duration(\"P1Y2M\").months + duration(\"P1DT2H3M4S\").hours", "4"),
        ("duration(\"PT90M\") + duration(\"PT0.5S\")", "\"PT1H30M0.5S\""),
        ("duration(\"PT1H\") * 24 = duration(\"P1D\")", "true"),
        ("duration(\"P1Y\") / 2", "\"P6M\""),
        ("-duration(\"P1Y2M\")", "\"-P1Y2M\""),
        ("duration(\"P1Y1D\")", "null"),
        ("duration(\"PT0S\")", "\"PT0S\""),
        ("@\"P1D\" > @\"P1M\"", "null"),
        (
            "years and months duration(@\"2025-12-24\", @\"2026-11-23\")",
            "\"P10M\"",
        ),
        (
            "day of week(@\"2026-11-23\") + month of year(@\"2026-11-23\")",
            "\"MondayNovember\"",
        ),
        ("day of year(@\"2026-02-01\") + week of year(@\"2026-01-01\")", "33"),
        ("string(@\"2026-11-23\")", "\"2026-11-23\""),
        ("due = date(due)", "null"),
        ("@\"262142-12-31\" + @\"P1D\"", "null"),
        ("duration(\"P9999999999D\")", "null"),
    ]);
}

#[test]
fn a_condition_is_true_or_false_and_nothing_else() {
    let sandbox = Sandbox::new(Limits::WRITER);
    let (variables, context) = (variables(CASE), context());
    for (source, expected) in [
        ("a > b", Ok(true)),
        ("a < b", Ok(false)),
        ("nobody > 5", Err(Cause::Null)),
        ("a", Err(Cause::NotACondition("number"))),
    ] {
        let condition = sandbox.compile(&Expression::feel(source)).unwrap();
        let holds = condition.condition(&sandbox, &Values::new(&variables, &context));
        assert_eq!(holds.map_err(|error| error.cause), expected, "{source}");
    }
}

#[test]
fn what_cannot_work_is_refused() {
    let sandbox = Sandbox::new(Limits::WRITER);
    for (source, part) in [
        ("", "empty"),
        ("a +", "line 1, character 4"),
        ("a\n+ )", "line 2, character 3"),
        ("a b", "“b”"),
        ("first name", "“name”"),
        ("(a", "should stand here"),
        ("\"a", "quote"),
        ("`a", "quote"),
        ("/* a", "comment"),
        ("[1..2", "should stand here"),
        ("if a then b", "backquotes"),
        ("a = 1 = 2", "“=”"),
        ("a ~ b", "“~”"),
        ("@\"nonsense\"", "no date, time or duration"),
        ("x instance of thing", "“thing”"),
        ("matches(a, \"x\")", "regular expressions"),
        ("random number()", "random"),
        ("fancy(1)", "no function fancy()"),
        ("substring(\"a\")", "substring(string, start position[, length])"),
        (
            "substring(text: \"a\", start position: 1)",
            "substring(string, start position[, length])",
        ),
        ("function(x) x + 1", "functions cannot be defined"),
    ] {
        let text = sandbox.compile(&Expression::feel(source)).expect_err(source);
        assert!(text.en.contains(part), "{source}: {text}");
    }
    for source in [
        "replace(\"a\", \"[a-z]\", \"x\")",
        "split(\"a b\", \"\\\\s\")",
        "replace(\"a\", \"a\", \"$1\")",
    ] {
        let error = evaluate(source).expect_err(source);
        assert!(matches!(error.cause, Cause::Refused(_)), "{source}: {error}");
        assert!(error.text().en.contains("regular expression"), "{error}");
    }
    assert_eq!(
        evaluate("[1..2]").map_err(|error| error.cause),
        Err(Cause::NotAValue("range".to_owned()))
    );
}

#[test]
fn a_hostile_expression_is_stopped() {
    let sandbox = Sandbox::new(Limits::WRITER);
    for source in [
        format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000)),
        "{a:".repeat(5_000) + "1" + &*"}".repeat(5_000),
        "-".repeat(5_000) + "1",
        "if true then ".repeat(2_000) + "1" + &*" else 2".repeat(2_000),
        "for x in ".repeat(2_000) + "y",
        "abs(".repeat(5_000) + "1" + &*")".repeat(5_000),
        "a in (".repeat(5_000) + "1" + &*")".repeat(5_000),
        "a in <".repeat(5_000) + "1",
        "x[".repeat(5_000) + "1" + &*"]".repeat(5_000),
        "(1..".repeat(5_000),
        format!("for {} return 1", vec!["x in y"; 100].join(", ")),
        " ".repeat(70_000) + "1",
    ] {
        assert!(
            sandbox.compile(&Expression::feel(&source)).is_err(),
            "{}…",
            &source[..20]
        );
    }
    let long = "x".repeat(500);
    let data: fn(&Cause) -> bool = |cause| matches!(cause, Cause::TooMuchData(_));
    let deep: fn(&Cause) -> bool = |cause| *cause == Cause::TooDeep;
    let operations: fn(&Cause) -> bool = |cause| matches!(cause, Cause::TooManyOperations(10_000));
    // Entries that each double, or nest, the one before.
    let entries = |first: &str, entry: fn(usize) -> String| {
        format!(
            "{{x0: {first}, {}}}",
            (1..400).map(entry).collect::<Vec<_>>().join(", ")
        )
    };
    let doubling =
        |entry: fn(usize) -> String| format!("{{x0: [1, 1], {}}}", (1..30).map(entry).collect::<Vec<_>>().join(", "));
    let cases = [
        ("for i in 1..9223372036854775807 return i".to_owned(), data),
        (
            "every i in 1..9223372036854775807 satisfies true".to_owned(),
            operations,
        ),
        ("for i in 1..100, j in 1..100, k in 1..100 return 1".to_owned(), data),
        (
            "count(for i in 1..2000 return for j in 1..2000 return 1)".to_owned(),
            operations,
        ),
        (entries("[1]", |i| format!("x{i}: [x{}]", i - 1)), deep),
        (entries("{a: 1}", |i| format!("x{i}: {{a: x{}}}", i - 1)), deep),
        (doubling(|i| format!("x{i}: [x{0}, x{0}]", i - 1)), data),
        (doubling(|i| format!("x{i}: concatenate(x{0}, x{0})", i - 1)), data),
        (
            format!(
                "some y in [{}] satisfies y = y",
                doubling(|i| format!("x{i}: [x{0}, x{0}]", i - 1))
            ),
            operations,
        ),
        (
            format!(
                "count(flatten({}.x25))",
                doubling(|i| format!("x{i}: [x{0}, x{0}]", i - 1))
            ),
            operations,
        ),
        (
            format!("string({}.x25)", doubling(|i| format!("x{i}: [x{0}, x{0}]", i - 1))),
            data,
        ),
        (entries("\"ab\"", |i| format!("x{i}: x{0} + x{0}", i - 1)), data),
        (format!("replace(\"{long}\", \"x\", \"{long}\")"), data),
        (vec!["1"; 15_000].join("+"), operations),
        (format!("for i in 1..2000 return upper case(\"{long}\")"), operations),
    ];
    for (source, expected) in cases {
        let error = evaluate(&source).expect_err(&source.chars().take(60).collect::<String>());
        assert!(
            expected(&error.cause),
            "{}…: {error:?}",
            &source[..20.min(source.len())]
        );
    }
    let iterators: Vec<String> = (0..8).map(|i| format!("x{i} in [1]")).collect();
    let deepest = format!("for {} return ", iterators.join(", ")).repeat(28) + "1";
    assert_eq!(evaluate(&format!("count({deepest})")), Ok(Value::from(1)));
    let deepest = "if yes and 1 + abs(-1) > 0 then ".repeat(15)
        + "["
        + "{a: [".repeat(7).as_str()
        + &*"]}".repeat(7)
        + "]"
        + &*" else 2".repeat(15);
    assert!(evaluate(&deepest).is_ok());
    // Wide is not deep.
    assert_eq!(evaluate(&vec!["1"; 1_000].join("+")), Ok(Value::from(1_000)));
    assert_eq!(evaluate(&vec!["a = 1"; 500].join(" or ")), Ok(Value::from(false)));
}

#[test]
fn only_the_names_it_mentions_are_asked_for() {
    use std::{borrow::Cow, cell::RefCell};
    struct Recording(RefCell<Vec<String>>, kapok_rules::Context);
    impl kapok_rules::Scope for Recording {
        fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
            self.0.borrow_mut().push(name.to_owned());
            Some(Cow::Owned(Value::from(1)))
        }
        fn context(&self) -> &kapok_rules::Context {
            &self.1
        }
    }
    let sandbox = Sandbox::new(Limits::WRITER);
    let compiled = sandbox.compile(&Expression::feel("a + a + b.c + {k: 1}.k")).unwrap();
    let recording = Recording(RefCell::default(), context());
    assert_eq!(compiled.evaluate(&sandbox, &recording), Ok(Value::Null));
    assert_eq!(recording.0.into_inner(), ["a", "b"]);
}

fn try_it(source: String) {
    let sandbox = Sandbox::new(Limits { operations: 500 });
    if let Ok(compiled) = sandbox.compile(&Expression::feel(source)) {
        let (values, context) = (variables(CASE), context());
        let _ = compiled.condition(&sandbox, &Values::new(&values, &context));
    }
}

proptest! {
    /// Whatever is written: compiling and evaluating it ends in an answer.
    #[test]
    fn any_text_can_be_tried(any in ".{0,30}", source in "[a-c0-9.+*/=<>!(){}\\[\\]\"`?:@\\\\,PTDY 木-]{0,40}") {
        try_it(source);
        try_it(format!("\"{any}\""));
        try_it(any);
    }

    /// As above, with what has a chance to be an expression.
    #[test]
    fn any_words_can_be_tried(words in prop::collection::vec(prop::sample::select(vec![
        "a", "n", "name", "tags", "numbers", "order", "nobody", "yes", "\"木x\"", "\"\"", "1", "-1", "0.5", "?", "item",
        "99999999999999999999", "9223372036854775807", "@\"P1D\"", "@\"-P1M\"", "@\"2026-11-23\"", "@\"10:30:00+18:00\"",
        "@\"262142-12-31T23:59:59\"", "@\"P999999999D\"", "@\"P4000000000Y\"", ".lines", ".days", "(", ")", "[", "]", "{x:",
        "}", ",", "..", "+", "-", "*", "/", "**", "=", "<", " in ", " and ", " or ", " if ", " then ", " else ", " for x in ",
        " return ", " some x in ", " satisfies ", " between ", " instance of number", "not(",
    ]), 0..14)) {
        try_it(words.concat());
    }

    /// Every function with arguments it may not expect.
    #[test]
    fn any_function_can_be_called(
        function in prop::sample::select(vec![
            "substring", "string length", "upper case", "substring before", "replace", "split", "string join", "list contains",
            "count", "min", "max", "sum", "mean", "median", "all", "any", "sublist", "append", "concatenate", "union",
            "distinct values", "insert before", "remove", "reverse", "index of", "flatten", "sort", "decimal", "floor",
            "ceiling", "round up", "round half up", "abs", "modulo", "sqrt", "odd", "number", "string", "date", "time",
            "date and time", "duration", "years and months duration", "day of week", "week of year", "get value",
            "get entries", "context put", "context merge", "context", "is defined", "not",
        ]),
        arguments in prop::collection::vec(prop::sample::select(vec![
            "0", "1", "-1", "0.5", "-9223372036854775808", "9223372036854775807", "79228162514264337593543950335", "28", "-28",
            "0.0000000000000000000000000001", "null", "true", "\"\"", "\"木棉\"", "\"2026-11-23\"", "\"10:30:00\"", "\"P1D\"",
            "[]", "[1, 2]", "[\"a\", null]", "{}", "{a: 1}", "[1..2]", "@\"P1D\"", "@\"-P4000000000M\"", "@\"2026-11-23\"",
            "@\"10:30:00\"", "@\"2026-11-23T10:30:00Z\"", "@\"-999999-01-01\"", "@\"P100000000D\"",
        ]), 1..4),
        operator in prop::sample::select(vec!["+", "-", "*", "/", "**", "=", "<", " in "]),
    ) {
        try_it(format!("{function}({})", arguments.join(", ")));
        try_it(arguments.join(operator));
    }
}
