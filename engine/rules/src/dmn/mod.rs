//! Decision files: DMN 1.1 to 1.5, as far as they consist of decision tables and literal expressions in FEEL.
//!
//! A decision's required decisions are evaluated first, each once, and are known by their name, their variable's name,
//! their id, and, when nothing else has that name, by the names of their output columns; different products do each of
//! these. Any other name is asked of the scope. A text that comes in for an input whose declared type is a number, a
//! truth value, a date, a time or a duration is read as one; a text that does not say one is an error, since a rule that
//! silently does not match is an approval skipped.
//!
//! One output is a value, several are a map; `COLLECT`, `RULE ORDER` and `OUTPUT ORDER` give lists; no hit gives the
//! default outputs or null, and 0 for a count. Lists of allowed input values are for drawing tools and not looked at.
//! Boxed contexts, invocations, knowledge models and other languages than FEEL are refused by name.

mod read;
mod table;
mod types;
mod xml;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kapok_protocol::{Text, Value};

use crate::{
    Cause, EvaluationError, Limits, Scope,
    feel::{Evaluation, Feel, Type},
    meter::Meter,
};
use read::Formula;
use table::Table;

/// The decisions of one file, ready to be evaluated. Cloning it costs nothing.
#[derive(Debug, Clone)]
pub struct Decisions(Arc<File>);

#[derive(Debug)]
struct File {
    decisions: Vec<Decision>,
    inputs: Vec<Input>,
}

#[derive(Debug)]
struct Decision {
    id: String,
    name: String,
    /// What other decisions call its result.
    variable: String,
    /// The places of the decisions it requires.
    requires: Vec<usize>,
    logic: Logic,
    /// The names its expressions mention.
    names: BTreeSet<String>,
    /// How many expressions it has.
    expressions: usize,
}

#[derive(Debug)]
enum Logic {
    Table(Table),
    Literal(Formula),
}

/// Something that comes from outside.
#[derive(Debug)]
struct Input {
    id: String,
    name: String,
    kind: Option<Type>,
}

/// What one expression of a table may cost beyond what a single expression may: a table's size is its author's
/// decision, and going through its rules is not yet computing.
const EACH: usize = 8;

impl Decisions {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it and where, or what it uses that is not supported.
    pub fn parse(xml: &str) -> Result<Self, Text> {
        let definitions = xml::parse(xml)?;
        let (decisions, inputs) = read::read(&definitions)?;
        if decisions.is_empty() {
            return Err(Text::new("文件里没有决策。", "the file has no decisions."));
        }
        Ok(Self(Arc::new(File { decisions, inputs })))
    }

    /// The decisions in the order of the file: id and name of each.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        let decisions = self.0.decisions.iter();
        decisions.map(|decision| (decision.id.as_str(), decision.name.as_str()))
    }

    /// What a decision, given by its id or its name, comes to.
    ///
    /// # Errors
    ///
    /// No such decision, an input that is not of its declared type, rules that match against the hit policy, or a limit.
    pub fn evaluate(&self, decision: &str, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        let File { decisions, .. } = &*self.0;
        let place = decisions
            .iter()
            .position(|known| known.id == decision)
            .or_else(|| decisions.iter().position(|known| known.name == decision))
            .ok_or_else(|| EvaluationError::new(decision, self.unknown()))?;
        let expressions: usize = decisions.iter().map(|decision| decision.expressions).sum();
        let operations = Limits::WRITER.operations + (expressions * EACH) as u64;
        let mut run = Run {
            file: &self.0,
            scope,
            meter: Meter::new(operations),
            asked: BTreeMap::new(),
            results: BTreeMap::new(),
        };
        run.decide(place)?
            .into_value()
            .map_err(|cause| EvaluationError::new(decision, cause))
    }

    fn unknown(&self) -> Cause {
        let ids: Vec<&str> = self.names().map(|(id, _)| id).take(20).collect();
        let ids = ids.join(", ");
        Cause::Refused(Text::new(
            format!("文件里没有这个决策，只有：{ids}。"),
            format!("the file has no such decision, only: {ids}."),
        ))
    }
}

/// One evaluation.
struct Run<'r> {
    file: &'r File,
    scope: &'r dyn Scope,
    meter: Meter,
    /// What the scope said to each name.
    asked: BTreeMap<&'r str, Option<Feel>>,
    /// What each decision came to.
    results: BTreeMap<usize, Feel>,
}

impl<'r> Run<'r> {
    /// Goes as deep as decisions require each other, which was bounded when they were read.
    fn decide(&mut self, place: usize) -> Result<Feel, EvaluationError> {
        if let Some(known) = self.results.get(&place) {
            return Ok(known.clone());
        }
        let file = self.file;
        let Some(decision) = file.decisions.get(place) else {
            return Ok(Feel::Null);
        };
        for required in &decision.requires {
            self.decide(*required)?;
        }
        let fail = |cause| EvaluationError::new(&decision.name, cause);
        let mut globals = BTreeMap::new();
        for name in &decision.names {
            let value = match self.required(decision, name) {
                Some(value) => Some(value),
                None => self.ask(name).map_err(fail)?,
            };
            if let Some(value) = value {
                globals.insert(name.clone(), value);
            }
        }
        let mut evaluation = Evaluation::new(&globals, self.scope.context(), &self.meter);
        let result = match &decision.logic {
            Logic::Table(table) => table.decide(&mut evaluation),
            Logic::Literal(formula) => evaluation.value(&formula.expr),
        };
        let result = result.map_err(fail)?;
        self.results.insert(place, result.clone());
        Ok(result)
    }

    /// What a required decision of this name came to.
    fn required(&self, decision: &Decision, name: &str) -> Option<Feel> {
        let required = || {
            let places = decision.requires.iter();
            places.filter_map(|place| Some((self.file.decisions.get(*place)?, self.results.get(place)?)))
        };
        let named =
            required().find(|(known, _)| [&known.variable, &known.name, &known.id].iter().any(|own| *own == name));
        if let Some((_, result)) = named {
            return Some(result.clone());
        }
        required().find_map(|(known, result)| {
            let Logic::Table(table) = &known.logic else { return None };
            let is_output = table.output_names().any(|output| output == name);
            is_output.then(|| match result.as_context() {
                Some(outputs) => outputs.get(name).cloned().unwrap_or_default(),
                None => result.clone(),
            })
        })
    }

    /// What the scope says, in the declared type.
    fn ask(&mut self, name: &'r str) -> Result<Option<Feel>, Cause> {
        if let Some(known) = self.asked.get(name) {
            return Ok(known.clone());
        }
        let input = self
            .file
            .inputs
            .iter()
            .find(|input| input.name == name || input.id == name);
        let value = match self.scope.get(name) {
            Some(value) => {
                let value = Feel::from_value(&value)?;
                Some(types::typed(value, input.and_then(|input| input.kind), name)?)
            }
            None => None,
        };
        self.asked.insert(name, value.clone());
        Ok(value)
    }
}
