//! One evaluation of a decision, with the decisions it requires.

use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::Value;

use super::{Asked, Decision, File, Logic, Origin, hits::Known, table::Decided, types};
use crate::{
    Cause, Context, EvaluationError, Scope,
    feel::{Evaluation, Feel, Global, Globals},
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
    match file.decisions.get(place) {
        None => Ok(Outcome::Feel(Feel::Null)),
        Some(decision) if decision.requires.is_empty() => {
            alone(file, decision, scope, road).map_err(|cause| EvaluationError::new(&decision.name, cause))
        }
        Some(decision) => {
            let mut run = Run::new(file, scope, road);
            let result = run.decide(decision);
            if run.meter.used().saturating_add(run.saved) <= file.operations {
                return result;
            }
            let asked = std::mem::take(&mut run.asked);
            let mut run = Run::new(file, scope, Road::Long);
            run.asked = asked;
            run.decide(decision)
        }
    }
}

/// A decision that requires no others: nothing has to be remembered.
fn alone<'f>(file: &'f File, decision: &'f Decision, scope: &dyn Scope, road: Road) -> Result<Outcome<'f>, Cause> {
    let mut values = Vec::with_capacity(decision.names.len());
    for origin in &decision.origins {
        values.push(match origin {
            Origin::Scope(place) => file
                .asked
                .get(*place)
                .map_or(Ok(Global::Unknown), |name| name.ask(scope))?,
            Origin::Decision(_) | Origin::Output(_) => Global::Unknown,
        });
    }
    let meter = Meter::new(file.operations);
    let result = decision.evaluate(&values, scope.context(), &meter, road);
    if meter.used().saturating_add(decision.saved(road)) <= file.operations {
        return result;
    }
    let meter = Meter::new(file.operations);
    decision.evaluate(&values, scope.context(), &meter, Road::Long)
}

struct Run<'f, 's> {
    file: &'f File,
    scope: &'s dyn Scope,
    road: Road,
    meter: Meter,
    /// The most operations that the long road would have taken more.
    saved: u64,
    /// What the scope said to each name, by its place.
    asked: Vec<Option<Global<'s>>>,
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
            asked: vec![None; file.asked.len()],
            results: BTreeMap::new(),
        }
    }

    /// Goes as deep as decisions require each other, which was bounded when they were read.
    fn decide(&mut self, decision: &'f Decision) -> Result<Outcome<'f>, EvaluationError> {
        for place in &decision.requires {
            if let (Some(required), false) = (self.file.decisions.get(*place), self.results.contains_key(place)) {
                let result = self.decide(required)?.into_feel();
                self.results.insert(*place, result);
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
                Origin::Decision(place) => self.results.get(place).cloned().map(Into::into).unwrap_or_default(),
                Origin::Output(place) => {
                    let result = self.results.get(place);
                    let value = result.map(|result| match result.as_context() {
                        Some(outputs) => outputs.get(name).cloned().unwrap_or_default(),
                        None => result.clone(),
                    });
                    value.map(Into::into).unwrap_or_default()
                }
            });
        }
        self.saved = self.saved.saturating_add(decision.saved(self.road));
        decision.evaluate(&values, self.scope.context(), &self.meter, self.road)
    }

    /// What the scope says, each time the same.
    fn ask(&mut self, place: usize) -> Result<Global<'s>, Cause> {
        let (Some(name), Some(known)) = (self.file.asked.get(place), self.asked.get_mut(place)) else {
            return Ok(Global::Unknown);
        };
        if known.is_none() {
            *known = Some(name.ask(self.scope)?);
        }
        Ok(known.clone().unwrap_or_default())
    }
}

impl Asked {
    /// What the scope says, in the declared type.
    fn ask<'s>(&self, scope: &'s dyn Scope) -> Result<Global<'s>, Cause> {
        let global = Global::of(scope.get(&self.name))?;
        if types::reads_texts(self.kind)
            && let (Some(_), Some(text)) = (global.as_text(), global.value())
        {
            return types::typed(text.clone(), self.kind, &self.name).map(Into::into);
        }
        Ok(global)
    }
}

impl Decision {
    /// The most operations by which the short road is cheaper.
    fn saved(&self, road: Road) -> u64 {
        match (&self.logic, road) {
            (Logic::Table(table), Road::Short) => table.saved(),
            _ => 0,
        }
    }

    fn evaluate(
        &self,
        values: &[Global<'_>],
        context: &Context,
        meter: &Meter,
        road: Road,
    ) -> Result<Outcome<'_>, Cause> {
        let globals = Globals {
            names: &self.names,
            values,
        };
        let mut evaluation = Evaluation::new(globals, context, meter);
        match &self.logic {
            Logic::Literal(formula) => evaluation.value(&formula.expr).map(Outcome::Feel),
            Logic::Table(table) => Ok(match table.decide(&mut evaluation, road)? {
                Decided::Rule(rule) => table.known(rule).map_or(Outcome::Feel(Feel::Null), Outcome::Known),
                Decided::Feel(result) => Outcome::Feel(result),
            }),
        }
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
