//! The cells of one input column, turned around: from a value to the rules whose cells it passes.
//!
//! The values that cells compare with divide all values of their kind into regions: each of them is one, and so is what
//! lies between two that are neighbours. Values of the same region pass the same cells, so the set of these is found by
//! a binary search, however many rules there are.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};

use super::{
    bits,
    inputs::Seen,
    regions::{Numbers, Regions},
};
use crate::feel::{Cell, Feel};

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    null: Box<[u64]>,
    yes: Box<[u64]>,
    no: Box<[u64]>,
    numbers: Numbers,
    texts: Regions<Arc<str>>,
    dates: Regions<NaiveDate>,
    days: Regions<TimeDelta>,
    months: Regions<i64>,
}

impl Column {
    /// Turns a column around; `None` stands for a cell that must be evaluated, whose rule then is in no set.
    pub(super) fn new(cells: &[Option<Cell>]) -> Self {
        let passing = |value: Feel| {
            let passes = |cell: &Option<Cell>| cell.as_ref().is_some_and(|cell| cell.passes(&value));
            bits::set(cells.iter().map(passes))
        };
        Self {
            null: passing(Feel::Null),
            yes: passing(true.into()),
            no: passing(false.into()),
            numbers: Numbers::new(cells),
            texts: Regions::new(cells, |value| match value {
                Feel::Text(text) => Some(text.clone()),
                _ => None,
            }),
            dates: Regions::new(cells, |value| match value {
                Feel::Date(date) => Some(*date),
                _ => None,
            }),
            days: Regions::new(cells, |value| match value {
                Feel::Days(days) => Some(*days),
                _ => None,
            }),
            months: Regions::new(cells, |value| match value {
                Feel::Months(months) => Some(*months),
                _ => None,
            }),
        }
    }

    /// At most how many bits the sets of a column take.
    pub(super) fn bits(cells: &[Option<Cell>]) -> usize {
        /// Of values that are in no order, and of each kind where there are no bounds.
        const OTHERS: usize = 8;
        let mut bounds = 0;
        for cell in cells.iter().flatten() {
            cell.parts(&mut |_| bounds += 2);
        }
        (2 * bounds + OTHERS).saturating_mul(cells.len())
    }

    /// The rules whose cells a value passes; `None` for a kind of values that have no regions.
    pub(super) fn passed(&self, input: &Seen<'_>) -> Option<&[u64]> {
        if let Some(text) = input.as_text() {
            return self.texts.at(|bound| (**bound).cmp(text));
        }
        match input.value() {
            Feel::Null => Some(&self.null),
            Feel::Bool(true) => Some(&self.yes),
            Feel::Bool(false) => Some(&self.no),
            Feel::Number(number) => self.numbers.at(*number),
            Feel::Date(date) => self.dates.at(|bound| bound.cmp(date)),
            Feel::Days(days) => self.days.at(|bound| bound.cmp(days)),
            Feel::Months(months) => self.months.at(|bound| bound.cmp(months)),
            // Some of these compare with each other and some do not, so they are in no single order.
            Feel::Text(_) | Feel::Time(_) | Feel::DateTime(_) | Feel::Range(_) | Feel::List(_) | Feel::Context(_) => {
                None
            }
        }
    }
}
