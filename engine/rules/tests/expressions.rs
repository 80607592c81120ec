//! What expressions and scripts mean.

mod common;

use common::{context, evaluate, json, run, variables};
use kapok_protocol::{Expression, Value};
use kapok_rules::{Cause, Limits, Sandbox, Values};

const CASE: &str = r#"{"a":10,"b":4,"price":12.50,"n":null,"yes":true,"name":"李娜","天数":5,"明细":[{"金额":1.50}],
    "record":{"total":50000.00,"note":null,"lines":[{"quantity":2,"price":9.9},{"quantity":1,"price":0.2}]}}"#;

#[test]
fn expressions_have_exact_values() {
    let cases = [
        ("10 / 4", "2.5"),
        ("a / b", "2.5"),
        ("8 / 4", "2"),
        ("0.1 + 0.2", "0.3"),
        ("0.1 + 0.2 == 0.3", "true"),
        ("a * 1.5 - 1", "14"),
        ("a % 4", "2"),
        ("2 ** 10", "1024"),
        ("2 ** -1", "0.5"),
        ("-a + 1", "-9"),
        ("-price", "-12.5"),
        ("9223372036854775807 + 1", "9223372036854775808"),
        ("price == 12.5", "true"),
        ("12.50 == 12.5", "true"),
        ("a == 10.0", "true"),
        ("a > 9.5 && 10.5 > a && a >= 10.0 && a != 10.1", "true"),
        ("price * 2 == 25", "true"),
        ("switch price * 2 { 25 => \"hit\", _ => \"miss\" }", "\"hit\""),
        ("[1, 2, 3][price * 0 + 1.0]", "2"),
        ("let x = 10; x /= 4; x", "2.5"),
        ("let x = 10; x += 0.5; x *= 2; x -= 1; x %= 7; x **= 2; x", "36"),
        ("let s = \"a\"; s += \"b\"; s", "\"ab\""),
        ("round(2.5) + round(-2.5) + round(1.005, 2)", "1.01"),
        ("floor(2.7) + ceiling(2.2) + abs(-1.5)", "6.5"),
        ("min(a, price) + max(3, 2)", "13"),
        ("parse_number(\"1.50\") * 2", "3"),
        ("record.total > 50000", "false"),
        ("record.total >= 50000 && name == \"李娜\"", "true"),
        (
            "record.lines.map(|line| line.quantity * line.price).reduce(|sum, amount| sum + amount, 0)",
            "20",
        ),
        ("record.lines.some(|line| line.price > b)", "true"),
        ("record.lines[0].price", "9.9"),
        ("record.lines.len", "2"),
        ("for i in 0..3 { if i == 2 { return i * 1.5; } }", "3"),
        ("n == ()", "true"),
        ("!yes", "false"),
        ("!(a > b) || !!yes", "true"),
        ("record.note ?? \"无\"", "\"无\""),
        ("\"total\" in record", "true"),
        ("`${name}：${a / b}`", "\"李娜：2.5\""),
        ("name.len", "2"),
        ("天数 > 3 && 明细[0].金额 == 1.5", "true"),
        ("fn double(x) { x * 2 } double(a)", "20"),
        ("#{ days: 3, who: [name] }", r#"{"days":3,"who":["李娜"]}"#),
        ("let t = \"aXbX\"; t.replace(\"X\", \"--\"); t", "\"a--b--\""),
        ("let b = 1; if yes { let b = 2; } b", "1"),
    ];
    for (source, expected) in cases {
        assert_eq!(evaluate(source, CASE), Ok(json(expected)), "{source}");
    }
}

#[test]
fn what_has_no_value_says_why() {
    type Expected = fn(&Cause) -> bool;
    let cases: [(&str, Expected); 18] = [
        ("tota > 5", |cause| *cause == Cause::UnknownName("tota".into())),
        ("record.totl > 5", |cause| *cause == Cause::UnknownName("totl".into())),
        ("fn f() { record } f()", |cause| {
            *cause == Cause::UnknownName("record".into())
        }),
        ("1 / 0", |cause| matches!(cause, Cause::Arithmetic(_))),
        ("1.5 % 0", |cause| matches!(cause, Cause::Arithmetic(_))),
        ("0 ** -1", |cause| matches!(cause, Cause::Arithmetic(_))),
        ("9.9 ** 999999999", |cause| matches!(cause, Cause::Arithmetic(_))),
        ("79228162514264337593543950335 * 10", |cause| {
            matches!(cause, Cause::Arithmetic(_))
        }),
        ("n + 1", |cause| {
            *cause == Cause::UnknownFunction("+ (empty, number)".into())
        }),
        ("n > 10", |cause| {
            *cause == Cause::UnknownFunction("> (empty, number)".into())
        }),
        ("1.5 <= n", |cause| {
            *cause == Cause::UnknownFunction("<= (number, empty)".into())
        }),
        ("n < name", |cause| {
            *cause == Cause::UnknownFunction("< (empty, text)".into())
        }),
        ("nothing_like_it(1, name, [])", |cause| {
            *cause == Cause::UnknownFunction("nothing_like_it (number, text, list)".into())
        }),
        ("record.lines.push(1); true", |cause| {
            *cause == Cause::Changes("record".into())
        }),
        ("parse_number(\"x\")", |cause| matches!(cause, Cause::Arithmetic(_))),
        ("throw \"库存不足\"", |cause| {
            *cause == Cause::Thrown("库存不足".into())
        }),
        ("|x| x", |cause| matches!(cause, Cause::NotAValue(_))),
        ("[1][5]", |cause| matches!(cause, Cause::Script(_))),
    ];
    for (source, expected) in cases {
        let error = evaluate(source, CASE).expect_err(source);
        assert!(expected(&error.cause), "{source}: {error:?}");
        assert!(
            error.text().zh.contains(source) && error.text().en.contains(source),
            "{error}"
        );
    }
}

/// What waits until a condition holds takes a missing value for "not yet", and nothing else.
#[test]
fn what_lacks_a_value_is_told_from_what_is_wrong() {
    let (sandbox, context) = (Sandbox::new(Limits::WRITER), context());
    let variables = variables(r#"{"n": null, "t": "x", "ok": true}"#);
    let cases = [
        (Expression::rhai("nobody > 5"), true),
        (Expression::rhai("n > 5"), true),
        (Expression::rhai("n"), true),
        (Expression::juel("${n > 5}"), true),
        (Expression::juel("${n.startsWith('a')}"), true),
        (Expression::feel("n"), true),
        (Expression::rhai("t - 1 > 5"), false),
        (Expression::rhai("1 / 0 > 5"), false),
        (Expression::rhai("t"), false),
        (Expression::juel("${t.nothing()}"), false),
    ];
    for (expression, lacks) in cases {
        let Ok(compiled) = sandbox.compile(&expression) else {
            assert!(!lacks, "{expression:?}");
            continue;
        };
        let error = compiled.condition(&sandbox, &Values::new(&variables, &context));
        let error = error.expect_err(&expression.text);
        assert_eq!(error.lacks_a_value(), lacks, "{error:?}");
    }
}

#[test]
fn a_condition_is_true_or_false_and_nothing_else() {
    let sandbox = Sandbox::new(Limits::WRITER);
    let (variables, context) = (variables(CASE), context());
    let condition = |expression: Expression| {
        sandbox
            .compile(&expression)
            .unwrap()
            .condition(&sandbox, &Values::new(&variables, &context))
            .map_err(|e| e.cause)
    };
    assert_eq!(condition(Expression::rhai("a > b")), Ok(true));
    assert_eq!(condition(Expression::rhai("n")), Err(Cause::Null));
    assert_eq!(condition(Expression::rhai("a")), Err(Cause::NotACondition("number")));
    let rows = |field: &str| Expression::filter(format!(r#"{{"field":"{field}","op":">=","value":50000}}"#));
    assert_eq!(condition(rows("record.total")), Ok(true));
    assert_eq!(condition(rows("record.note")), Ok(false));
    assert_eq!(
        condition(rows("record.totl")),
        Err(Cause::UnknownName("record.totl".into()))
    );
}

#[test]
fn what_is_not_an_expression_is_refused_with_its_place() {
    let sandbox = Sandbox::new(Limits::WRITER);
    for (source, part) in [
        ("", "empty"),
        ("a >", "line 1"),
        ("1 +\n + ) 2", "line 2"),
        ("a = 5", "may not change “a”"),
        ("record.total = 5; true", "may not change “record”"),
        ("vars.x = 5; true", "may not change “vars”"),
        ("eval(\"1\")", "eval"),
        ("import \"x\" as y;", "syntax error"),
        ("print(1)", "print"),
        ("a == 5 ==", "syntax error"),
    ] {
        let text = sandbox.compile(&Expression::rhai(source)).expect_err(source);
        assert!(text.en.contains(part), "{source}: {text}");
    }
    let long = " ".repeat(70_000) + "1";
    assert!(sandbox.compile_script(&long).is_err());
    assert!(sandbox.compile(&Expression::filter("{\"field\":1}")).is_err());
}

#[test]
fn scripts_say_what_they_changed() {
    let cases = [
        ("a = a / b", "null", r#"{"a":2.5}"#),
        ("a = 10.0;", "null", "{}"),
        ("let a = 99; a", "99", "{}"),
        ("let fresh = 1; fresh + 1", "2", "{}"),
        ("vars.days = 3; vars.days * 2", "6", r#"{"days":3}"#),
        ("vars[\"days\"] = 3;", "null", r#"{"days":3}"#),
        ("vars.a += 1; a", "10", r#"{"a":11}"#),
        (
            "vars.order = #{ sum: a }; vars.order.sum += 1;",
            "null",
            r#"{"order":{"sum":11}}"#,
        ),
        (
            "record.total += 1;",
            "null",
            r#"{"record":{"total":50001,"note":null,"lines":[{"quantity":2,"price":9.9},{"quantity":1,"price":0.2}]}}"#,
        ),
        ("let add = |x| a + x; a = add.call(5);", "null", r#"{"a":15}"#),
        (
            "record.lines.push(#{ quantity: 1, price: 1 }); record.lines = []; yes = ();",
            "null",
            r#"{"record":{"total":50000,"note":null,"lines":[]},"yes":null}"#,
        ),
    ];
    for (source, value, writes) in cases {
        let outcome = run(source, CASE).unwrap_or_else(|error| panic!("{source}: {error}"));
        assert_eq!(outcome.value, json(value), "{source}");
        assert_eq!(Value::Map(outcome.writes), json(writes), "{source}");
    }
    assert_eq!(
        run("fresh = 1", CASE).unwrap_err().cause,
        Cause::UnknownName("fresh".into())
    );
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
    let scope = Recording(RefCell::default(), context());
    let sandbox = Sandbox::new(Limits::WRITER);
    sandbox
        .compile(&Expression::rhai("b + a * b"))
        .unwrap()
        .evaluate(&sandbox, &scope)
        .unwrap();
    assert_eq!(*scope.0.borrow(), ["a", "b"]);
}
