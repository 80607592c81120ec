//! What evaluating expressions and scripts costs once they are compiled, over a case with twelve variables.
//!
//! `cargo run --release -p kapok-rules --example expressions`, perhaps with `-- "x = x + 1"` to see only that one.

mod measure;

use std::{collections::BTreeMap, error::Error};

use kapok_protocol::{Expression, Language, Value};
use kapok_rules::{Context, Limits, Sandbox, Template, Values};
use measure::{Cost, measure};

fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::new(Limits::WRITER);
    let context = Context::default();
    let mut variables: BTreeMap<String, Value> = (0..8)
        .map(|place| (format!("other_{place}"), Value::from("something else")))
        .collect();
    variables.insert("x".to_owned(), Value::from(1));
    variables.insert("amount".to_owned(), Value::from(1_200));
    variables.insert("price".to_owned(), serde_json::from_str("12.50")?);
    variables.insert("name".to_owned(), Value::from("a name"));
    let values = Values::new(&variables, &context);

    for script in [
        "x = x + 1",
        "let total = price * amount; if total > 1000 { x = total * 0.1 } else { x = 0 }",
        "let n = 0; for i in 0..100 { n += i; } x = n",
        "vars.greeting = \"Hello \" + name",
    ] {
        if is_skipped(script) {
            continue;
        }
        let compiled = sandbox.compile_script(script).map_err(|text| text.en)?;
        show("script", script, measure(|_| compiled.run(&sandbox, &values).is_ok()));
    }
    for (language, condition) in [
        (Language::Rhai, "amount > 100"),
        (Language::Rhai, "amount > 100 && name == \"a name\""),
        (Language::Juel, "${amount > 100}"),
        (Language::Juel, "${amount > 100 && name == 'a name'}"),
        (Language::Feel, "amount > 100"),
        (Language::Feel, "amount > 100 and name = \"a name\""),
        (Language::Filter, r#"{"field": "amount", "op": ">", "value": 100}"#),
    ] {
        if is_skipped(condition) {
            continue;
        }
        let expression = Expression {
            language,
            text: condition.to_owned(),
        };
        let compiled = sandbox.compile(&expression).map_err(|text| text.en)?;
        let cost = measure(|_| compiled.condition(&sandbox, &values) == Ok(true));
        show(&format!("{language:?}"), condition, cost);
    }
    let template = "Order of {name} for {amount}";
    let compiled = Template::parse(template).map_err(|text| text.en)?;
    if !is_skipped(template) {
        show("text", template, measure(|_| compiled.render(&values).is_ok()));
    }
    Ok(())
}

/// Whether another one was asked for.
#[allow(clippy::disallowed_methods, reason = "an example is a program")]
fn is_skipped(source: &str) -> bool {
    std::env::args().nth(1).is_some_and(|wanted| wanted != source)
}

fn show(kind: &str, source: &str, Cost { nanos, allocations }: Cost) {
    println!("{nanos:7.0} ns {allocations:5.0} allocations  {kind:7} {source}");
}
