//! What was evaluated before changes nothing: neither another script nor the same one over other values.

mod common;

use common::{context, variables};
use kapok_rules::{Compiled, EvaluationError, Limits, Outcome, Sandbox, Values};
use proptest::prelude::*;

const SCRIPTS: [&str; 24] = [
    "x = x + 1",
    "x += y",
    "x = y",
    "x == y",
    "x != y",
    "x < y",
    "y in x",
    "x.contains(y)",
    "let x = 5; x * 2",
    "let a = x; a += 1; a",
    "if x == y { x = 1 } else { y = 2 }",
    "vars.z = x",
    "vars.x = y; x = 3",
    "let vars = 1; x = vars",
    "x.push(y)",
    "x.k = y",
    "x[0] = y",
    "x.len()",
    "`${x} and ${y}`",
    "let f = |v| v + x; x = f.call(1)",
    "fn twice(v) { v + v } x = twice(y)",
    "try { Fn(\"==\").call(x, y) } catch { 1 }",
    "try { x = Fn(\"+\").call(x, y) } catch { x = 1 }",
    "let n = 0; while n < 2000 { n += 1 } x = n",
];

const VALUES: [&str; 12] = [
    r#"{"x": 1, "y": 2}"#,
    r#"{"x": 1.5, "y": 1.50}"#,
    r#"{"x": 1, "y": 2.5}"#,
    r#"{"x": "a", "y": "b"}"#,
    r#"{"x": "a", "y": 1}"#,
    r#"{"x": null, "y": 1}"#,
    r#"{"x": [1, "a"], "y": [1, "a"]}"#,
    r#"{"x": [[1]], "y": 1}"#,
    r#"{"x": {"k": 1}, "y": {"k": 1.0}}"#,
    r#"{"x": true, "y": false, "vars": 7}"#,
    r#"{"y": 1}"#,
    r#"{"a": 1, "n": 2, "v": 3, "x": 4, "y": 5, "z": 6}"#,
];

fn run(sandbox: &Sandbox, script: &Compiled, values: &str) -> Result<Outcome, EvaluationError> {
    script.run(sandbox, &Values::new(&variables(values), &context()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_was_evaluated_before_changes_nothing(
        steps in prop::collection::vec((0..SCRIPTS.len(), 0..VALUES.len(), 1..4_usize), 1..40),
    ) {
        let shared = Sandbox::new(Limits::WRITER);
        let scripts = SCRIPTS.map(|script| shared.compile_script(script).expect(script));
        for (script, values, times) in steps {
            let fresh = Sandbox::new(Limits::WRITER);
            let alone = fresh.compile_script(SCRIPTS[script]).expect("it was compiled before");
            let wanted = run(&fresh, &alone, VALUES[values]);
            for _ in 0..times {
                prop_assert_eq!(&run(&shared, &scripts[script], VALUES[values]), &wanted, "{}", SCRIPTS[script]);
            }
        }
    }
}

#[test]
fn an_operator_called_by_its_name_changes_no_operator() {
    let sandbox = Sandbox::new(Limits::WRITER);
    let called = "let n = 0; while n < 5 { try { Fn(\"==\").call(x, y) } catch { } n += 1 }";
    let called = sandbox.compile_script(called).expect("a script");
    let plain = sandbox.compile_script("if x == y { 1 } else { 2 }").expect("a script");
    for values in VALUES {
        let before = run(&Sandbox::new(Limits::WRITER), &plain, values);
        for _ in 0..3 {
            let _ = run(&sandbox, &called, values);
            assert_eq!(run(&sandbox, &plain, values), before, "{values}");
        }
    }
}
