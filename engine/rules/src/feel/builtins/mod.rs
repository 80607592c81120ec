//! The functions of FEEL. Which one is meant is decided when an expression is compiled; what does not fit the
//! arguments' kinds is null, as FEEL wants it.

mod contexts;
mod convert;
mod lists;
mod moments;
mod numbers;
mod texts;

use chrono::NaiveDate;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{evaluate::Evaluation, temporal::DateTime, tree::Expr, value::Feel};
use crate::{Cause, meter::Meter, syntax::Fault};

/// A function.
#[derive(Debug)]
pub(crate) struct Builtin {
    name: &'static str,
    parameters: &'static [&'static str],
    /// How many of the parameters must be given.
    required: usize,
    /// Whether the last parameter may be given many times.
    repeats: bool,
    run: fn(&Arguments<'_>) -> Answer,
}

type Answer = Result<Feel, Cause>;

/// What a function is called with.
struct Arguments<'a> {
    values: &'a [Option<Feel>],
    meter: &'a Meter,
    today: NaiveDate,
    now: Option<DateTime>,
}

static NULL: Feel = Feel::Null;

const fn builtin(
    name: &'static str,
    parameters: &'static [&'static str],
    required: usize,
    run: fn(&Arguments<'_>) -> Answer,
) -> Builtin {
    Builtin {
        name,
        parameters,
        required,
        repeats: false,
        run,
    }
}

const fn repeating(
    name: &'static str,
    parameters: &'static [&'static str],
    run: fn(&Arguments<'_>) -> Answer,
) -> Builtin {
    Builtin {
        name,
        parameters,
        required: parameters.len(),
        repeats: true,
        run,
    }
}

/// All functions. One name may stand for several, which take different parameters.
const BUILTINS: [&[Builtin]; 6] = [
    contexts::BUILTINS,
    convert::BUILTINS,
    lists::BUILTINS,
    moments::BUILTINS,
    numbers::BUILTINS,
    texts::BUILTINS,
];

fn all() -> impl Iterator<Item = &'static Builtin> {
    BUILTINS.into_iter().flatten()
}

/// The names of functions that have spaces.
pub(super) fn spaced_names() -> impl Iterator<Item = &'static str> {
    all()
        .map(|builtin| builtin.name)
        .filter(|name| name.contains(' '))
        .chain(["is defined"])
}

/// The function of this name that takes these arguments, and the arguments in the order of its parameters.
pub(super) fn resolve(
    name: &str,
    positional: Vec<Expr>,
    named: Vec<(String, Expr)>,
    at: usize,
) -> Result<(&'static Builtin, Vec<Option<Expr>>), Fault> {
    let candidates: Vec<_> = all().filter(|builtin| builtin.name == name).collect();
    if candidates.is_empty() {
        return Err(unknown(name, at));
    }
    let found = candidates.iter().find(|builtin| {
        let counted = builtin.repeats || positional.len() <= builtin.parameters.len();
        if named.is_empty() {
            return counted && positional.len() >= builtin.required;
        }
        let given = |parameter: &&str| named.iter().any(|(name, _)| name == parameter);
        positional.is_empty()
            && named
                .iter()
                .all(|(name, _)| builtin.parameters.contains(&name.as_str()))
            && builtin.parameters[..builtin.required].iter().all(given)
    });
    let Some(builtin) = found else {
        let forms: Vec<String> = candidates.iter().map(|builtin| builtin.form()).collect();
        let forms = forms.join(", ");
        return Err(Fault::new(
            at,
            format!("函数 {name}() 的参数不对，应当是 {forms}。"),
            format!("the function {name}() is called as {forms}."),
        ));
    };
    if named.is_empty() {
        return Ok((builtin, positional.into_iter().map(Some).collect()));
    }
    let mut arguments: Vec<Option<Expr>> = builtin.parameters.iter().map(|_| None).collect();
    for (name, value) in named {
        if let Some(place) = builtin.parameters.iter().position(|parameter| *parameter == name) {
            arguments[place] = Some(value);
        }
    }
    Ok((builtin, arguments))
}

fn unknown(name: &str, at: usize) -> Fault {
    match name {
        "matches" => Fault::new(
            at,
            "matches() 不可用：这里没有正则表达式。可以用 contains()、starts with() 和 ends with()。",
            "matches() does not exist: there are no regular expressions here. Use contains(), starts with() and ends with().",
        ),
        _ => Fault::new(
            at,
            format!("没有函数 {name}()，请检查写法。"),
            format!("there is no function {name}(); check its spelling."),
        ),
    }
}

impl Builtin {
    /// Its value for these arguments.
    pub(super) fn call(&self, values: &[Option<Feel>], evaluation: &Evaluation<'_>) -> Answer {
        let arguments = Arguments {
            values,
            meter: evaluation.meter,
            today: evaluation.today,
            now: evaluation.now,
        };
        for value in values.iter().flatten() {
            // What a function reads through is paid for by its size; scalars are cheap to look at.
            match value {
                Feel::Text(text) => arguments.meter.read(text.len())?,
                Feel::List(list) => arguments.meter.spend(list.items.len() / 8)?,
                Feel::Context(context) => arguments.meter.spend(context.entries.len() / 8)?,
                _ => {}
            }
        }
        (self.run)(&arguments)
    }

    /// Whether its value depends on when it is asked for.
    pub(super) fn asks_the_time(&self) -> bool {
        matches!(self.name, "today" | "now")
    }

    /// How it is called, for messages.
    fn form(&self) -> String {
        let repeats = if self.repeats { ", …" } else { "" };
        let required = &self.parameters[..self.required];
        let optional: String = self.parameters[self.required..]
            .iter()
            .map(|parameter| format!("[, {parameter}]"))
            .collect();
        format!("{}({}{optional}{repeats})", self.name, required.join(", "))
    }
}

impl Arguments<'_> {
    fn get(&self, place: usize) -> &Feel {
        self.values.get(place).and_then(Option::as_ref).unwrap_or(&NULL)
    }

    fn is_given(&self, place: usize) -> bool {
        self.values.get(place).is_some_and(Option::is_some)
    }

    fn text(&self, place: usize) -> Option<&str> {
        self.get(place).as_text()
    }

    fn number(&self, place: usize) -> Option<Decimal> {
        self.get(place).as_number()
    }

    fn whole(&self, place: usize) -> Option<i64> {
        self.number(place).filter(Decimal::is_integer)?.to_i64()
    }

    /// The items of a list; a single value counts as a list of one.
    fn items(&self, place: usize) -> Option<&[Feel]> {
        match self.get(place) {
            Feel::Null => None,
            Feel::List(list) => Some(&list.items),
            single => Some(std::slice::from_ref(single)),
        }
    }

    /// The items of the only argument, if that is a list, or the arguments themselves.
    fn list_or_arguments(&self) -> Vec<Feel> {
        match self.values {
            [Some(Feel::List(list))] => list.items.clone(),
            values => values.iter().flatten().cloned().collect(),
        }
    }

    fn list(&self, items: Vec<Feel>) -> Answer {
        Feel::list(items, self.meter)
    }

    fn make_text(&self, text: String) -> Answer {
        Feel::text(text, self.meter)
    }
}

fn count(number: usize) -> Feel {
    Feel::Number(Decimal::from(number))
}
