//! `for`, `some` and `every`.

use std::borrow::Cow;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    evaluate::{Evaluation, Frame},
    tree::{Expr, Iteration},
    value::Feel,
};
use crate::{Cause, meter::LIST};

impl<'e> Evaluation<'e> {
    /// `for … return`
    pub(super) fn every_result(&mut self, iterations: &'e [Iteration], body: &'e Expr) -> Result<Feel, Cause> {
        let mut results = Vec::new();
        self.each(iterations, &mut |evaluation| {
            results.push(evaluation.value(body)?);
            Ok(results.len() <= LIST)
        })?;
        Feel::list(results, self.meter)
    }

    /// `some` when it looks for true, `every` when it looks for false.
    pub(super) fn quantified(
        &mut self,
        sought: bool,
        iterations: &'e [Iteration],
        body: &'e Expr,
    ) -> Result<Option<bool>, Cause> {
        let mut result = Some(!sought);
        let whole = self.each(iterations, &mut |evaluation| {
            match evaluation.value(body)?.as_bool() {
                Some(value) if value == sought => {
                    result = Some(sought);
                    return Ok(false);
                }
                Some(_) => {}
                None => result = None,
            }
            Ok(true)
        })?;
        Ok(if whole { result } else { Some(sought) })
    }

    /// Goes through every combination, until told to stop; whether it went through all.
    fn each(
        &mut self,
        iterations: &'e [Iteration],
        visit: &mut dyn FnMut(&mut Self) -> Result<bool, Cause>,
    ) -> Result<bool, Cause> {
        let Some((iteration, rest)) = iterations.split_first() else {
            return visit(self);
        };
        let domain = self.domain(iteration)?;
        for item in domain.items() {
            self.meter.spend(1)?;
            let go_on = self.with(Frame::Name(&iteration.name, item.into_owned()), |evaluation| {
                evaluation.each(rest, visit)
            })?;
            if !go_on {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn domain(&mut self, iteration: &'e Iteration) -> Result<Domain, Cause> {
        let start = self.value(&iteration.domain)?;
        let Some(end) = &iteration.end else {
            return Ok(match start {
                Feel::Range(range) => Domain::between(&range.start, &range.end),
                other => Domain::Values(other),
            });
        };
        let end = self.value(end)?;
        Ok(Domain::between(&start, &end))
    }
}

/// What a loop goes through.
enum Domain {
    /// A list, or a single value.
    Values(Feel),
    /// Whole numbers, up or down.
    Numbers(i64, i64),
}

impl Domain {
    fn between(start: &Feel, end: &Feel) -> Self {
        let whole = |value: &Feel| value.as_number().filter(Decimal::is_integer)?.to_i64();
        match (whole(start), whole(end)) {
            (Some(start), Some(end)) => Self::Numbers(start, end),
            _ => Self::Values(Feel::Null),
        }
    }

    fn items(&self) -> Box<dyn Iterator<Item = Cow<'_, Feel>> + '_> {
        match self {
            Self::Values(Feel::Null) => Box::new(std::iter::empty()),
            Self::Values(Feel::List(list)) => Box::new(list.items.iter().map(Cow::Borrowed)),
            Self::Values(single) => Box::new(std::iter::once(Cow::Borrowed(single))),
            Self::Numbers(start, end) if start <= end => {
                Box::new((*start..=*end).map(|number| Cow::Owned(Feel::Number(number.into()))))
            }
            Self::Numbers(start, end) => Box::new(
                (*end..=*start)
                    .rev()
                    .map(|number| Cow::Owned(Feel::Number(number.into()))),
            ),
        }
    }
}
