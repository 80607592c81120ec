//! The cells of one input column, turned around: from a value to the rules whose cells it passes.
//!
//! The values that cells compare with divide all values of their kind into regions: each of them is one, and so is what
//! lies between two that are neighbours. Values of the same region pass the same cells, so the set of these is found by
//! a binary search, however many rules there are.

use std::{cmp::Ordering, sync::Arc};

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;

use super::bits;
use crate::feel::{Cell, Feel};

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    null: Box<[u64]>,
    yes: Box<[u64]>,
    no: Box<[u64]>,
    numbers: Regions<Decimal>,
    texts: Regions<Arc<str>>,
    dates: Regions<NaiveDate>,
    days: Regions<TimeDelta>,
    months: Regions<i64>,
}

/// The regions of one kind of values.
#[derive(Debug)]
struct Regions<T> {
    /// In ascending order.
    bounds: Vec<T>,
    /// One set after the other: below the first bound, at it, between it and the second, at the second, and so on.
    sets: Vec<u64>,
    /// How many words a set has.
    words: usize,
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
            numbers: Regions::new(cells, Feel::as_number),
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
    pub(super) fn passed(&self, value: &Feel) -> Option<&[u64]> {
        match value {
            Feel::Null => Some(&self.null),
            Feel::Bool(true) => Some(&self.yes),
            Feel::Bool(false) => Some(&self.no),
            Feel::Number(number) => self.numbers.at(|bound| bound.cmp(number)),
            Feel::Text(text) => self.texts.at(|bound| bound.cmp(text)),
            Feel::Date(date) => self.dates.at(|bound| bound.cmp(date)),
            Feel::Days(days) => self.days.at(|bound| bound.cmp(days)),
            Feel::Months(months) => self.months.at(|bound| bound.cmp(months)),
            // Some of these compare with each other and some do not, so they are in no single order.
            Feel::Time(_) | Feel::DateTime(_) | Feel::Range(_) | Feel::List(_) | Feel::Context(_) => None,
        }
    }
}

impl<T: Ord> Regions<T> {
    /// `kind` says whether a value is of this kind.
    fn new(cells: &[Option<Cell>], kind: impl Fn(&Feel) -> Option<T>) -> Self {
        let mut bounds = Vec::new();
        for cell in cells.iter().flatten() {
            cell.parts(&mut |part| {
                let (first, second) = part.bounds();
                bounds.extend([Some(first), second].into_iter().flatten().filter_map(&kind));
            });
        }
        bounds.sort_unstable();
        bounds.dedup();
        let words = bits::words(cells.len());
        let mut regions = Self {
            sets: vec![0; words * (2 * bounds.len() + 1)],
            bounds,
            words,
        };
        for (rule, cell) in cells.iter().enumerate() {
            if let Some(cell) = cell {
                regions.add(rule, cell, &kind);
            }
        }
        regions
    }

    /// Adds a rule to the sets of the regions whose values pass its cell.
    fn add(&mut self, rule: usize, cell: &Cell, kind: &impl Fn(&Feel) -> Option<T>) {
        let last = 2 * self.bounds.len();
        let region_of = |value: &Feel| {
            let place = self.bounds.binary_search(&kind(value)?).ok()?;
            Some(2 * place + 1)
        };
        // Regions that meet a part of the cell, as pairs of first and last.
        let mut met = Vec::new();
        cell.parts(&mut |part| {
            let (first, second) = part.bounds();
            let mut bounds: Vec<usize> = [Some(first), second]
                .into_iter()
                .flatten()
                .filter_map(region_of)
                .collect();
            bounds.sort_unstable();
            // Between its own bounds, all regions are the same to a part.
            let mut from = 0;
            for to in bounds.into_iter().flat_map(|bound| [bound - 1, bound]).chain([last]) {
                if from <= to && part.is_met(|value| Some(from.cmp(&region_of(value)?))) {
                    met.push((from, to));
                }
                from = from.max(to + 1);
            }
        });
        met.sort_unstable();
        let mut mark = |from: usize, to: usize| {
            for region in from..to {
                let set = self.sets.get_mut(region * self.words..(region + 1) * self.words);
                bits::add(set.unwrap_or_default(), rule);
            }
        };
        let mut next = 0;
        for (from, to) in met {
            if cell.is_negated() {
                mark(next, from);
            } else {
                mark(from.max(next), to + 1);
            }
            next = next.max(to + 1);
        }
        if cell.is_negated() {
            mark(next, last + 1);
        }
    }

    /// The set of the region in which a value is; `order` says how a bound is ordered with that.
    fn at(&self, order: impl FnMut(&T) -> Ordering) -> Option<&[u64]> {
        let region = match self.bounds.binary_search_by(order) {
            Ok(place) => 2 * place + 1,
            Err(place) => 2 * place,
        };
        self.sets.get(region * self.words..(region + 1) * self.words)
    }
}
