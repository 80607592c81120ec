//! One evaluation of a decision, with the decisions it requires.

use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::Value;

use super::{Decision, File, Logic, Origin, hits::Known, table::Decided, types};
use crate::{
    Cause, EvaluationError, Scope,
    feel::{Evaluation, Feel, Globals},
    meter::Meter,
};

/// How rules are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Road {
    /// Looked up where that can be.
    Short,
    /// By evaluating one cell after the other.
    Long,
}

/// What a decision comes to.
pub(super) enum Outcome<'f> {
    Known(&'f Known),
    Feel(Feel),
}

/// What a decision comes to.
///
/// The short road counts fewer operations. Where the long one might have come to the limit, it is gone after all, so that
/// both always come to the same.
pub(super) fn decide<'f>(
    file: &'f File,
    place: usize,
    scope: &dyn Scope,
    road: Road,
) -> Result<Outcome<'f>, EvaluationError> {
    let mut run = Run::new(file, scope, road);
    let result = run.decide(place);
    if run.meter.used().saturating_add(run.saved) <= file.operations {
        return result;
    }
    let asked = std::mem::take(&mut run.asked);
    let mut run = Run::new(file, scope, Road::Long);
    run.asked = asked;
    run.decide(place)
}

struct Run<'f, 's> {
    file: &'f File,
    scope: &'s dyn Scope,
    road: Road,
    meter: Meter,
    /// The most operations that the long road would have taken more.
    saved: u64,
    /// What the scope said to each name, by its place; empty until something is asked.
    asked: Vec<Option<Option<Feel>>>,
    /// What each required decision came to, by its place.
    results: BTreeMap<usize, Feel>,
}

impl<'f, 's> Run<'f, 's> {
    fn new(file: &'f File, scope: &'s dyn Scope, road: Road) -> Self {
        Self {
            file,
            scope,
            road,
            meter: Meter::new(file.operations),
            saved: 0,
            asked: Vec::new(),
            results: BTreeMap::new(),
        }
    }

    /// Goes as deep as decisions require each other, which was bounded when they were read.
    fn decide(&mut self, place: usize) -> Result<Outcome<'f>, EvaluationError> {
        let file = self.file;
        let Some(decision) = file.decisions.get(place) else {
            return Ok(Outcome::Feel(Feel::Null));
        };
        for required in &decision.requires {
            if !self.results.contains_key(required) {
                let result = self.decide(*required)?.into_feel();
                self.results.insert(*required, result);
            }
        }
        self.evaluate(decision)
            .map_err(|cause| EvaluationError::new(&decision.name, cause))
    }

    fn evaluate(&mut self, decision: &'f Decision) -> Result<Outcome<'f>, Cause> {
        let mut values = Vec::with_capacity(decision.names.len());
        for (name, origin) in decision.names.iter().zip(&decision.origins) {
            values.push(match origin {
                Origin::Scope(place) => self.ask(*place)?,
                Origin::Decision(place) => self.results.get(place).cloned(),
                Origin::Output(place) => self.results.get(place).map(|result| match result.as_context() {
                    Some(outputs) => outputs.get(name).cloned().unwrap_or_default(),
                    None => result.clone(),
                }),
            });
        }
        let globals = Globals {
            names: &decision.names,
            values: &values,
        };
        let mut evaluation = Evaluation::new(globals, self.scope.context(), &self.meter);
        match &decision.logic {
            Logic::Literal(formula) => evaluation.value(&formula.expr).map(Outcome::Feel),
            Logic::Table(table) => {
                if self.road == Road::Short {
                    self.saved = self.saved.saturating_add(table.saved());
                }
                Ok(match table.decide(&mut evaluation, self.road)? {
                    Decided::Rule(index) => table.known(index).map_or(Outcome::Feel(Feel::Null), Outcome::Known),
                    Decided::Feel(result) => Outcome::Feel(result),
                })
            }
        }
    }

    /// What the scope says, in the declared type.
    fn ask(&mut self, place: usize) -> Result<Option<Feel>, Cause> {
        if self.asked.is_empty() {
            self.asked = vec![None; self.file.asked.len()];
        }
        let (Some(asked), Some(known)) = (self.file.asked.get(place), self.asked.get_mut(place)) else {
            return Ok(None);
        };
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let value = match self.scope.get(&asked.name) {
            Some(value) => Some(types::typed(Feel::from_value(&value)?, asked.kind, &asked.name)?),
            None => None,
        };
        *known = Some(value.clone());
        Ok(value)
    }
}

impl Outcome<'_> {
    fn into_feel(self) -> Feel {
        match self {
            Self::Known(known) => known.result.clone(),
            Self::Feel(result) => result,
        }
    }

    pub(super) fn into_value(self) -> Result<Value, Cause> {
        match self {
            Self::Known(known) => Ok((*known.value).clone()),
            Self::Feel(result) => result.into_value(),
        }
    }

    pub(super) fn into_shared(self) -> Result<Arc<Value>, Cause> {
        match self {
            Self::Known(known) => Ok(known.value.clone()),
            Self::Feel(result) => result.into_value().map(Arc::new),
        }
    }
}
