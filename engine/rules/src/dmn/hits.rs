//! The rules that matched, with what their results come to. Results that are constants were made when the table was read
//! and are shared; they cost the operations that evaluating them would.

use std::sync::Arc;

use kapok_protocol::Value;

use super::{policy::Policy, table::Rule};
use crate::{
    Cause,
    feel::{Evaluation, Feel},
};

/// Results that are always the same.
#[derive(Debug)]
pub(super) struct Known {
    /// Of each output column.
    pub(super) outputs: Vec<Feel>,
    /// What evaluating them costs.
    pub(super) operations: u64,
    /// What they are together.
    pub(super) result: Feel,
    /// What putting them together costs.
    pub(super) result_operations: u64,
    /// The same as it leaves the table.
    pub(super) value: Arc<Value>,
}

/// The rules that matched so far.
pub(super) struct Hits<'t> {
    policy: Policy,
    /// The only one, when its results are known and nothing else has to be looked at.
    only: Option<(usize, &'t Known)>,
    all: Vec<Hit>,
}

/// The number of a rule, counted from 1, and its results.
pub(super) type Hit = (usize, Vec<Feel>);

/// What matched in the end.
pub(super) enum Found {
    /// One rule, at this place, whose results are known.
    Known(usize),
    Hits(Vec<Hit>),
}

impl<'t> Hits<'t> {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            policy,
            only: None,
            all: Vec::new(),
        }
    }

    /// One more; whether it is the last that counts.
    pub(super) fn take(
        &mut self,
        index: usize,
        rule: &'t Rule,
        evaluation: &mut Evaluation<'t>,
    ) -> Result<bool, Cause> {
        let counts_alone = matches!(self.policy, Policy::First | Policy::Unique | Policy::Any);
        if let Some(known) = &rule.known {
            evaluation.meter().spend_many(known.operations)?;
        }
        match &rule.known {
            Some(known) if counts_alone && self.only.is_none() && self.all.is_empty() => {
                self.only = Some((index, known))
            }
            known => {
                self.spell_out();
                let outputs = match known {
                    Some(known) => known.outputs.clone(),
                    None => rule.outputs(evaluation)?,
                };
                self.all.push((index + 1, outputs));
            }
        }
        Ok(self.policy == Policy::First)
    }

    fn spell_out(&mut self) {
        if let Some((index, known)) = self.only.take() {
            self.all.push((index + 1, known.outputs.clone()));
        }
    }

    /// When there are no more.
    pub(super) fn end(self, evaluation: &Evaluation<'_>) -> Result<Found, Cause> {
        match self.only {
            Some((index, known)) => {
                evaluation.meter().spend_many(known.result_operations)?;
                Ok(Found::Known(index))
            }
            None => Ok(Found::Hits(self.all)),
        }
    }
}
