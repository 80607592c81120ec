//! Figures over lists: `sum(lines, "amount")`, `average(lines, "price")`, `sum([1, 2])`.
//!
//! What is empty is passed over, as in a spreadsheet: a line that is not filled in yet adds nothing.

use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, Map, Position};
use rust_decimal::Decimal;

use crate::numbers::canonical;

type Fallible = Result<Dynamic, Box<EvalAltResult>>;

/// Adds the functions to an engine.
pub(crate) fn register(engine: &mut Engine) {
    engine.register_fn("sum", |list: Array| sum(&list, None));
    engine.register_fn("sum", |list: Array, column: ImmutableString| sum(&list, Some(&column)));
    engine.register_fn("average", |list: Array| average(&list, None));
    engine.register_fn("average", |list: Array, column: ImmutableString| {
        average(&list, Some(&column))
    });
    // A list that is empty in a record is null there.
    engine.register_fn("sum", |(): ()| canonical(Decimal::ZERO));
    engine.register_fn("sum", |(): (), _: ImmutableString| canonical(Decimal::ZERO));
    engine.register_fn("average", |(): ()| Dynamic::UNIT);
    engine.register_fn("average", |(): (), _: ImmutableString| Dynamic::UNIT);
}

fn sum(list: &Array, column: Option<&str>) -> Fallible {
    let (sum, _) = add(list, column)?;
    Ok(canonical(sum))
}

fn average(list: &Array, column: Option<&str>) -> Fallible {
    let (sum, count) = add(list, column)?;
    Ok(sum.checked_div(count.into()).map_or(Dynamic::UNIT, canonical))
}

fn add(list: &Array, column: Option<&str>) -> Result<(Decimal, u64), Box<EvalAltResult>> {
    let mut sum = Decimal::ZERO;
    let mut count = 0;
    for item in list {
        let value = match column {
            None => item.clone(),
            Some(column) => {
                let row = item.read_lock::<Map>().ok_or_else(|| wrong("sum", item))?;
                row.get(column).cloned().unwrap_or(Dynamic::UNIT)
            }
        };
        if value.is_unit() {
            continue;
        }
        let number = value
            .as_int()
            .map(Decimal::from)
            .or_else(|_| value.as_decimal())
            .map_err(|_| wrong("sum", &value))?;
        sum = sum.checked_add(number).ok_or_else(|| {
            EvalAltResult::ErrorArithmetic("数字过大 / the number is too large".to_owned(), Position::NONE)
        })?;
        count += 1;
    }
    Ok((sum, count))
}

fn wrong(function: &str, value: &Dynamic) -> Box<EvalAltResult> {
    EvalAltResult::ErrorFunctionNotFound(format!("{function} ({})", value.type_name()), Position::NONE).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kapok_protocol::{Expression, Value};

    use crate::{Context, Limits, Sandbox, Values};

    #[test]
    fn lists_are_added_up() {
        let sandbox = Sandbox::new(Limits::WRITER);
        let lines = r#"{"lines":[{"a":1.5},{"a":null},{},{"a":2}],"none":null,"bad":[{"a":"x"}],"list":[1,2]}"#;
        let values: BTreeMap<String, Value> = serde_json::from_str(lines).unwrap();
        let context = Context::default();
        for (text, expected) in [
            (r#"sum(lines, "a")"#, Some(Value::Number("3.5".parse().unwrap()))),
            (r#"average(lines, "a")"#, Some(Value::Number("1.75".parse().unwrap()))),
            ("sum(list)", Some(3.into())),
            (r#"sum(none, "a")"#, Some(0.into())),
            (r#"average(none, "a")"#, Some(Value::Null)),
            ("average([])", Some(Value::Null)),
            (r#"sum(bad, "a")"#, None),
            (r#"sum(list, "a")"#, None),
            ("lines.map(|line| line.b ?? 1).len()", None),
        ] {
            let compiled = sandbox.compile(&Expression::rhai(text)).unwrap();
            let value = compiled.evaluate(&sandbox, &Values::new(&values, &context)).ok();
            assert_eq!(value, expected, "{text}");
        }
    }

    #[test]
    fn an_expression_says_what_it_asks_for() {
        let sandbox = Sandbox::new(Limits::WRITER);
        for (expression, expected) in [
            (Expression::rhai("a * b + a"), vec!["a", "b"]),
            (
                Expression::rhai("lines.map(|line| line.a * rate)"),
                vec!["lines", "rate"],
            ),
            (Expression::rhai("let x = a; x + 1"), vec!["a"]),
            (Expression::feel("sum(lines.amount) + rate"), vec!["lines", "rate"]),
        ] {
            let compiled = sandbox.compile(&expression).unwrap();
            let mut names = compiled.names();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names, expected, "{}", expression.text);
        }
    }
}
