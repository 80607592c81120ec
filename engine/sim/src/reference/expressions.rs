//! The least of rhai that the generator writes: numbers, texts, lists, names, comparison, `+ - *`, `&& || !`, and
//! scripts of assignments. An unknown name is an error.

use std::{cell::RefCell, collections::BTreeMap};

use kapok_protocol::Value;

/// Where names come from.
pub type Names<'n> = &'n dyn Fn(&str) -> Option<Value>;

/// The value of an expression.
pub fn value(text: &str, names: Names<'_>) -> Result<Value, String> {
    let mut reader = Reader {
        words: words(text)?,
        at: 0,
        names,
    };
    let value = reader.binary(0)?;
    match reader.peek() {
        None => Ok(value),
        Some(word) => Err(format!("{text}: what is {word}?")),
    }
}

/// What a script assigns, in the end, and the value of its last statement.
pub fn script(text: &str, names: Names<'_>) -> Result<(BTreeMap<String, Value>, Value), String> {
    let writes = RefCell::new(BTreeMap::new());
    let seen = |name: &str| writes.borrow().get(name).cloned().or_else(|| names(name));
    let mut last = Value::Null;
    for statement in text.split(';').map(str::trim).filter(|it| !it.is_empty()) {
        match statement.split_once(" = ") {
            Some((name, source)) => {
                let name = name.trim();
                let (name, is_new) = match name.strip_prefix("vars.") {
                    Some(name) => (name, true),
                    None => (name, false),
                };
                if !is_new && seen(name).is_none() {
                    return Err(format!("nobody knows {name}"));
                }
                let value = value(source, &seen)?;
                writes.borrow_mut().insert(name.to_owned(), value);
                last = Value::Null;
            }
            None => last = value(statement, &seen)?,
        }
    }
    Ok((writes.into_inner(), last))
}

/// Operators, those that bind least first.
const OPERATORS: [&[&str]; 5] = [
    &["||"],
    &["&&"],
    &["==", "!=", "<", "<=", ">", ">="],
    &["+", "-"],
    &["*"],
];

struct Reader<'n> {
    words: Vec<String>,
    at: usize,
    names: Names<'n>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<String> {
        self.at += 1;
        self.words.get(self.at - 1).cloned()
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        match self.next() {
            Some(found) if found == word => Ok(()),
            found => Err(format!("{found:?} instead of {word}")),
        }
    }

    fn binary(&mut self, level: usize) -> Result<Value, String> {
        let Some(operators) = OPERATORS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = self.peek().filter(|word| operators.contains(word)).map(str::to_owned) {
            self.at += 1;
            let right = self.binary(level + 1)?;
            left = apply(&operator, left, right)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Value, String> {
        match self.next().as_deref() {
            Some("!") => match self.unary()? {
                Value::Bool(value) => Ok(Value::Bool(!value)),
                other => Err(format!("! of {other}")),
            },
            Some("-") => apply("-", Value::from(0), self.unary()?),
            Some("(") => {
                let value = self.binary(0)?;
                self.expect(")")?;
                Ok(value)
            }
            Some("[") => self.list(),
            Some("true") => Ok(Value::Bool(true)),
            Some("false") => Ok(Value::Bool(false)),
            Some(word) if word.starts_with('"') => Ok(Value::from(word.trim_matches('"'))),
            Some(word) if word.starts_with(|c: char| c.is_ascii_digit()) => match word.parse::<i64>() {
                Ok(number) => Ok(Value::from(number)),
                Err(error) => Err(format!("{word}: {error}")),
            },
            Some(path) => self.path(path),
            None => Err("nothing to compute".to_owned()),
        }
    }

    fn list(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        while self.peek() != Some("]") {
            items.push(self.binary(0)?);
            if self.peek() == Some(",") {
                self.at += 1;
            }
        }
        self.expect("]")?;
        Ok(Value::List(items))
    }

    fn path(&self, path: &str) -> Result<Value, String> {
        let path = path.strip_prefix("vars.").unwrap_or(path);
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let value = (self.names)(name).ok_or_else(|| format!("nobody knows {name}"))?;
        match rest {
            None => Ok(value),
            Some(rest) => value.at(rest).cloned().ok_or_else(|| format!("nothing at {path}")),
        }
    }
}

fn apply(operator: &str, left: Value, right: Value) -> Result<Value, String> {
    let wrong = || format!("{left} {operator} {right}");
    Ok(match (operator, &left, &right) {
        ("||", Value::Bool(left), Value::Bool(right)) => Value::Bool(*left || *right),
        ("&&", Value::Bool(left), Value::Bool(right)) => Value::Bool(*left && *right),
        ("==", ..) => Value::Bool(left == right),
        ("!=", ..) => Value::Bool(left != right),
        ("<", Value::Number(left), Value::Number(right)) => Value::Bool(left < right),
        ("<=", Value::Number(left), Value::Number(right)) => Value::Bool(left <= right),
        (">", Value::Number(left), Value::Number(right)) => Value::Bool(left > right),
        (">=", Value::Number(left), Value::Number(right)) => Value::Bool(left >= right),
        ("+", Value::Number(left), Value::Number(right)) => Value::Number(left + right),
        ("-", Value::Number(left), Value::Number(right)) => Value::Number(left - right),
        ("*", Value::Number(left), Value::Number(right)) => Value::Number(left * right),
        ("+", Value::Text(left), Value::Text(right)) => Value::Text(format!("{left}{right}")),
        _ => return Err(wrong()),
    })
}

/// Cuts a text into words.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => match rest[1..].find('"') {
                Some(end) => end + 2,
                None => return Err(format!("{text}: a text that does not end")),
            },
            _ if first.is_alphanumeric() || first == '_' => rest
                .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
                .unwrap_or(rest.len()),
            _ if ["==", "!=", "<=", ">=", "&&", "||"]
                .iter()
                .any(|two| rest.starts_with(two)) =>
            {
                2
            }
            _ => first.len_utf8(),
        };
        words.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(words)
}
