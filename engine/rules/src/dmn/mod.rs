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
//!
//! There are two roads to a decision. The long one evaluates the cells of one rule after the other, and says what is right.
//! The short one is for cells that compare with constants, which is nearly all of them: `column` turns each column around
//! when the file is read, and `lookup` finds the rules that match as an intersection of sets. Both come to the same, errors
//! and limits included.

mod bits;
mod column;
mod hits;
mod inputs;
mod lookup;
mod policy;
mod read;
mod regions;
mod run;
mod table;
mod types;
mod xml;

use std::sync::Arc;

use kapok_protocol::{Text, Value};

use crate::{Cause, EvaluationError, Limits, Scope, feel::Type};
use read::Formula;
use run::Road;
use table::Table;

/// The decisions of one file, ready to be evaluated. Cloning it costs nothing.
#[derive(Debug, Clone)]
pub struct Decisions(Arc<File>);

#[derive(Debug)]
struct File {
    decisions: Vec<Decision>,
    /// What is asked of the scope.
    asked: Vec<Asked>,
    /// How many operations one evaluation may take.
    operations: u64,
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
    /// The names its expressions mention, in ascending order.
    names: Vec<String>,
    /// Where the value of each comes from.
    origins: Vec<Origin>,
    /// How many expressions it has.
    expressions: usize,
}

#[derive(Debug)]
enum Logic {
    Table(Table),
    Literal(Formula),
}

/// Where the value of a name comes from.
#[derive(Debug, Clone)]
enum Origin {
    /// What is asked of the scope, by its place.
    Scope(usize),
    /// A required decision, by its place.
    Decision(usize),
    /// The output of this name of a required decision, by its place.
    Output(usize),
}

/// A name that the scope is asked for.
#[derive(Debug)]
struct Asked {
    name: String,
    /// The declared type.
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
        let (mut decisions, asked) = read::read(&definitions)?;
        if decisions.is_empty() {
            return Err(Text::new("文件里没有决策。", "the file has no decisions."));
        }
        let expressions: usize = decisions.iter().map(|decision| decision.expressions).sum();
        let operations = Limits::WRITER.operations + (expressions * EACH) as u64;
        for decision in &mut decisions {
            if let Logic::Table(table) = &mut decision.logic
                && table.saved() > operations
            {
                // Each decision would be made again by evaluation, since that might come to the limit.
                table.forget_lookup();
            }
        }
        Ok(Self(Arc::new(File {
            decisions,
            asked,
            operations,
        })))
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
        run::decide(&self.0, self.place(decision)?, scope, Road::Short)?
            .into_value()
            .map_err(|cause| EvaluationError::new(decision, cause))
    }

    /// The same without copying: results of a table that are constants are made once and shared.
    ///
    /// # Errors
    ///
    /// As [`Decisions::evaluate`].
    pub fn decide(&self, decision: &str, scope: &dyn Scope) -> Result<Arc<Value>, EvaluationError> {
        run::decide(&self.0, self.place(decision)?, scope, Road::Short)?
            .into_shared()
            .map_err(|cause| EvaluationError::new(decision, cause))
    }

    /// The same by evaluating one cell after the other: what the other roads are measured by.
    ///
    /// # Errors
    ///
    /// As [`Decisions::evaluate`].
    pub fn evaluate_every_cell(&self, decision: &str, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        run::decide(&self.0, self.place(decision)?, scope, Road::Long)?
            .into_value()
            .map_err(|cause| EvaluationError::new(decision, cause))
    }

    fn place(&self, decision: &str) -> Result<usize, EvaluationError> {
        let decisions = &self.0.decisions;
        decisions
            .iter()
            .position(|known| known.id == decision)
            .or_else(|| decisions.iter().position(|known| known.name == decision))
            .ok_or_else(|| EvaluationError::new(decision, self.unknown()))
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
