//! The least of a language: names and paths, numbers, texts, lists, `a > b`, `a == b`, `a + b`; scripts assign, `x = a + b; vars.y = 1`.

use std::collections::BTreeMap;

use kapok_process::{EvaluationError, Evaluator, Scope, ScriptResult};
use kapok_protocol::{Expression, Text, Value};

pub struct Tiny;

fn value_of(text: &str, scope: &dyn Scope) -> Result<Value, Text> {
    let text = text.trim();
    for operator in [" == ", " > ", " < ", " + "] {
        let Some((left, right)) = text.split_once(operator) else {
            continue;
        };
        let (left, right) = (value_of(left, scope)?, value_of(right, scope)?);
        return match (operator, left.as_number(), right.as_number()) {
            (" == ", ..) => Ok(Value::Bool(left == right)),
            (" > ", Some(left), Some(right)) => Ok(Value::Bool(left > right)),
            (" < ", Some(left), Some(right)) => Ok(Value::Bool(left < right)),
            (" + ", Some(left), Some(right)) => Ok(Value::Number(left + right)),
            _ => Err(Text::same(format!("{text}: not numbers"))),
        };
    }
    if let Ok(literal) = serde_json::from_str(text) {
        return Ok(literal);
    }
    let (name, path) = text
        .split_once('.')
        .map_or((text, None), |(name, path)| (name, Some(path)));
    match scope.get(name) {
        Ok(Some(value)) => Ok(match path {
            Some(path) => value.at(path).cloned().unwrap_or_default(),
            None => value,
        }),
        Ok(None) => Err(Text::same(format!("{text}: unknown name"))),
        Err(error) => Err(Text::same(error.to_string())),
    }
}

impl Evaluator for Tiny {
    fn value(&self, expression: &Expression, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        value_of(&expression.text, scope)
    }

    fn condition(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        let value = value_of(&expression.text, scope)?;
        value
            .as_bool()
            .ok_or_else(|| Text::same(format!("{}: not true or false", expression.text)))
    }

    fn becomes(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        match value_of(&expression.text, scope) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(Value::Null) => Ok(false),
            Ok(_) => Err(Text::same(format!("{}: not true or false", expression.text))),
            Err(error) if error.en.ends_with("unknown name") => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn knows_decision(&self, decision: &str) -> bool {
        decision == "double"
    }

    fn decision(&self, _: &str, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        let doubled = value_of("n + n", scope)?;
        Ok([("doubled", doubled)].into_iter().collect())
    }

    fn script(&self, script: &str, scope: &dyn Scope) -> Result<ScriptResult, EvaluationError> {
        let mut result = ScriptResult {
            value: Value::Null,
            writes: BTreeMap::new(),
        };
        for statement in script
            .split(';')
            .map(str::trim)
            .filter(|statement| !statement.is_empty())
        {
            match statement.split_once(" = ") {
                Some((name, source)) => {
                    let name = name.trim().trim_start_matches("vars.").to_owned();
                    result.writes.insert(name, value_of(source, scope)?);
                }
                None => result.value = value_of(statement, scope)?,
            }
        }
        Ok(result)
    }

    fn text(&self, template: &str, scope: &dyn Scope) -> Result<String, EvaluationError> {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| Text::same("no closing brace"))?;
            text.push_str(before);
            match value_of(name, scope)? {
                Value::Text(value) => text.push_str(&value),
                value => text.push_str(&value.to_string()),
            }
            rest = after;
        }
        Ok(text + rest)
    }
}
