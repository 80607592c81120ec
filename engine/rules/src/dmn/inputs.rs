//! The input columns of a decision table, and what they come to.

use super::{read::Formula, types};
use crate::{
    Cause,
    feel::{Evaluation, Expr, Feel, Global, Type},
};

/// The head of an input column.
#[derive(Debug)]
pub(super) struct Input {
    formula: Formula,
    kind: Option<Type>,
    /// When it is only a name, its place among the names of the decision.
    place: Option<usize>,
}

/// What an input comes to.
#[derive(Debug)]
pub(super) enum Seen<'e> {
    /// Just what a name stands for.
    Global(&'e Global<'e>),
    Value(Feel),
}

static NULL: Feel = Feel::Null;

impl Input {
    pub(super) fn new(formula: Formula, kind: Option<Type>) -> Self {
        Self {
            formula,
            kind,
            place: None,
        }
    }

    /// Says which names the decision has, in their order.
    pub(super) fn know_names(&mut self, names: &[String]) {
        if let Expr::Name(name) = &self.formula.expr {
            self.place = names.binary_search(name).ok();
        }
    }

    /// What it comes to, in the declared type.
    pub(super) fn see<'e>(&'e self, evaluation: &mut Evaluation<'e>) -> Result<Seen<'e>, Cause> {
        let global = self.place.and_then(|place| evaluation.global(place));
        if let Some(global) = global
            && !(types::reads_texts(self.kind) && global.as_text().is_some())
        {
            // As much as evaluating it costs.
            evaluation.meter().spend(1)?;
            return Ok(Seen::Global(global));
        }
        let value = evaluation.value(&self.formula.expr)?;
        types::typed(value, self.kind, &self.formula.source).map(Seen::Value)
    }
}

impl Seen<'_> {
    pub(super) fn value(&self) -> &Feel {
        match self {
            Self::Global(global) => global.value().unwrap_or(&NULL),
            Self::Value(value) => value,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Global(global) => global.as_text(),
            Self::Value(value) => value.as_text(),
        }
    }
}
