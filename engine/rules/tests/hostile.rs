//! Scripts that try to take more than they are given. Each must end in an error, soon, and on an ordinary stack.

mod common;

use common::{evaluate, run};
use kapok_protocol::{Expression, Value};
use kapok_rules::{Cause, Limits, Sandbox};

#[test]
fn a_hostile_script_is_stopped() {
    type Expected = fn(&Cause) -> bool;
    let operations: Expected = |cause| matches!(cause, Cause::TooManyOperations(10_000));
    let data: Expected = |cause| matches!(cause, Cause::TooMuchData(_));
    let deep: Expected = |cause| matches!(cause, Cause::TooDeep);
    let limited: Expected = |cause| {
        matches!(
            cause,
            Cause::TooManyOperations(_) | Cause::TooMuchData(_) | Cause::TooDeep
        )
    };
    let cases = [
        ("loop { }", operations),
        ("let i = 0; while true { i += 1; }", operations),
        ("for i in 0..9223372036854775807 { }", operations),
        (
            "let a = []; a.pad(2000, 1); let b = a + []; a.filter(|x| b.some(|y| y > 1))",
            operations,
        ),
        ("let a = []; a.pad(2000, 1); loop { a.map(|x| x * 2); }", operations),
        (
            "let a = []; a.pad(2000, 1); loop { try { a.sort(|x, y| y - x); } catch { } }",
            operations,
        ),
        ("let s = \"x\"; loop { s += s; }", data),
        ("let s = \"x\"; loop { s = s + s; }", data),
        ("let s = \"x\"; loop { s = `${s}${s}`; }", data),
        ("let s = \"x\"; s.pad(1000000000, 'x'); s", data),
        ("let s = \"x\"; s.pad(1000000000, \"xy\"); s", data),
        (
            "let s = \"\"; s.pad(16000, 'x'); let r = \"\"; r.pad(16000, 'y'); s.replace(\"x\", r); s",
            data,
        ),
        ("let s = \"\"; s.pad(16000, 'x'); s.replace('x', s); s", data),
        ("let s = \"\"; s.pad(16000, 'x'); s.replace(\"\", s); s", data),
        ("let a = [1]; loop { a += a; }", data),
        ("let a = [1]; loop { a = a + a; }", data),
        ("let a = [1]; loop { a.append(a); }", data),
        ("let a = []; a.pad(1000000000, 1); a", data),
        ("let a = []; loop { a.push(1); }", limited),
        ("let a = []; loop { a = [a, a]; }", data),
        ("let a = [0]; loop { a.insert(0, a); }", data),
        ("let m = #{}; let i = 0; loop { i += 1; m[`k${i}`] = i; }", limited),
        ("let m = #{}; let i = 0; loop { i += 1; m.set(`k${i}`, m); }", data),
        ("fn f(x) { f(x + 1) } f(1)", deep),
        ("let f = |f| f.call(f); f.call(f)", deep),
        ("let a = []; for i in 0..1000 { a = [a]; } a", limited),
        ("let s = \"\"; s.pad(16000, ','); s.split(\",\")", data),
        ("let a = []; a.pad(2000, \"0123456789\"); a", data),
    ];
    for (source, expected) in cases {
        let error = run(source, "{}").expect_err(source);
        assert!(expected(&error.cause), "{source}: {error:?}");
    }
}

#[test]
fn deep_and_wide_sources_are_refused_when_compiled() {
    let sandbox = Sandbox::new(Limits::WRITER);
    let sources = [
        format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)),
        "-".repeat(5_000) + "1",
        "!".repeat(5_000) + "true",
        format!("{}{}", "if true {".repeat(2_000), "}".repeat(2_000)),
        vec!["1"; 5_000].join("+"),
        "a.".repeat(5_000) + "b",
        "|x|".repeat(2_000) + "1",
        (0..1_000).map(|i| format!("fn f{i}() {{ 1 }} ")).collect(),
    ];
    for source in sources {
        assert!(sandbox.compile_script(&source).is_err(), "{}…", &source[..20]);
    }
    let deep = format!(
        r#"{}{{"field":"a","op":"empty"}}{}"#,
        "{\"not\":".repeat(100),
        "}".repeat(100)
    );
    assert!(sandbox.compile(&Expression::filter(deep)).is_err());
    let too_deep = "{\"not\":".repeat(100_000) + "1";
    assert!(sandbox.compile(&Expression::filter(too_deep)).is_err());
}

#[test]
fn nothing_of_the_outside_is_there() {
    for call in [
        "sleep(1)",
        "timestamp()",
        "blob(10)",
        "exit()",
        "open(\"/etc/passwd\")",
        "parse_json(\"{}\")",
        "rand()",
    ] {
        let error = evaluate(call, "{}").expect_err(call);
        assert!(matches!(error.cause, Cause::UnknownFunction(_)), "{call}: {error:?}");
    }
}

#[test]
fn values_that_are_nested_too_deeply_are_refused() {
    let deep = (0..100).fold(Value::Null, |value, _| Value::List(vec![value]));
    let values = [("deep".to_owned(), deep)].into();
    let context = common::context();
    let sandbox = Sandbox::new(Limits::WRITER);
    let compiled = sandbox.compile(&Expression::rhai("deep")).unwrap();
    let error = compiled
        .evaluate(&sandbox, &kapok_rules::Values::new(&values, &context))
        .unwrap_err();
    assert_eq!(error.cause, Cause::TooDeep);
}

#[test]
fn extreme_arguments_end_in_an_answer() {
    let extremes = [
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775807 - 1",
        "0.5",
        "1e28",
        "()",
        "\"木棉\"",
        "'木'",
        "[]",
        "#{}",
    ];
    let values = [
        "\"木棉ab\"",
        "[1, \"a\", [2]]",
        "#{ a: 1 }",
        "7",
        "-9223372036854775807 - 1",
        "2.5",
        "(1..5)",
        "'木'",
        "|x| x",
    ];
    let functions = [
        "sub_string",
        "crop",
        "truncate",
        "chop",
        "pad",
        "get",
        "set",
        "insert",
        "remove",
        "splice",
        "extract",
        "drain",
        "retain",
        "split",
        "splitn",
        "index_of",
        "contains",
        "pop",
        "bits",
        "get_bit",
        "chars",
        "starts_with",
        "repeat",
        "rsplitn",
        "round",
        "floor",
        "abs",
        "min",
        "max",
        "to_hex",
        "to_binary",
        "to_octal",
        "range",
        "dedup",
        "zip",
        "order",
        "sort",
        "call",
        "curry",
        "map",
        "filter",
        "reduce",
        "find",
        "parse_number",
        "is_odd",
        "sign",
        "to_string",
        "to_debug",
        "keys",
        "mixin",
        "fill_with",
    ];
    let operators = [
        "+", "-", "*", "/", "%", "**", "<<", ">>", "&", "|", "^", "==", "<", ">=", "..", "..=", "in", "??", "&&",
    ];
    let sandbox = Sandbox::new(Limits { operations: 300 });
    let (values_of_case, context) = (std::collections::BTreeMap::new(), common::context());
    let try_it = |source: String| {
        if let Ok(compiled) = sandbox.compile_script(&source) {
            let outcome = compiled.run(&sandbox, &kapok_rules::Values::new(&values_of_case, &context));
            let panicked = outcome.is_err_and(|error| error.cause == Cause::Script("rhai panicked".to_owned()));
            assert!(!panicked, "{source}");
        }
    };
    for value in values {
        for a in extremes {
            for operator in operators {
                try_it(format!("({value}) {operator} ({a})"));
                try_it(format!("let v = {value}; v {operator}= {a}; v"));
            }
            for access in [
                "v[x]",
                "v[x] = x",
                "v[x..]",
                "v[..x]",
                "v[x..x]",
                "v[0..x]",
                "-v",
                "!v",
                "`${v}${x}`",
            ] {
                try_it(format!("let v = {value}; let x = {a}; {access}"));
            }
            for function in functions {
                try_it(format!("let v = {value}; v.{function}({a})"));
                for b in extremes {
                    try_it(format!("let v = {value}; v.{function}({a}, {b})"));
                }
            }
        }
    }
}
