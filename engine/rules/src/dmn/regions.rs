//! The values of one kind, divided by those that the cells of a column compare with.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::bits;
use crate::feel::{Cell, Feel};

/// The regions of one kind of values.
#[derive(Debug)]
pub(super) struct Regions<T> {
    /// In ascending order.
    bounds: Vec<T>,
    /// One set after the other: below the first bound, at it, between it and the second, at the second, and so on.
    sets: Vec<u64>,
    /// How many words a set has.
    words: usize,
}

impl<T: Ord> Regions<T> {
    /// `kind` says whether a value is of this kind.
    pub(super) fn new(cells: &[Option<Cell>], kind: impl Fn(&Feel) -> Option<T>) -> Self {
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
    pub(super) fn at(&self, order: impl FnMut(&T) -> Ordering) -> Option<&[u64]> {
        self.set(self.bounds.binary_search_by(order))
    }

    /// The set of the region at a bound, or below one.
    fn set(&self, found: Result<usize, usize>) -> Option<&[u64]> {
        let region = match found {
            Ok(place) => 2 * place + 1,
            Err(place) => 2 * place,
        };
        self.sets.get(region * self.words..(region + 1) * self.words)
    }
}

/// The regions of numbers. Decimals compare slowly, so where the bounds allow it they are also kept as whole numbers of a
/// common unit.
#[derive(Debug)]
pub(super) struct Numbers {
    regions: Regions<Decimal>,
    /// The bounds in units of 10 to the minus [`Numbers::scale`]; empty when one is no whole number of them.
    units: Vec<i64>,
    scale: u32,
}

impl Numbers {
    /// Numbers with so many digits behind the point can be looked up quickly even where no bound has any.
    const SCALE: u32 = 4;

    pub(super) fn new(cells: &[Option<Cell>]) -> Self {
        let regions = Regions::new(cells, Feel::as_number);
        let scales = regions.bounds.iter().map(|bound| bound.normalize().scale());
        let scale = scales.fold(Self::SCALE, u32::max);
        let units: Option<_> = regions
            .bounds
            .iter()
            .map(|bound| units(bound.normalize(), scale))
            .collect();
        Self {
            regions,
            units: units.unwrap_or_default(),
            scale,
        }
    }

    /// The set of the region in which a number is.
    pub(super) fn at(&self, number: Decimal) -> Option<&[u64]> {
        match units(number, self.scale) {
            Some(number) if !self.units.is_empty() => self.regions.set(self.units.binary_search(&number)),
            _ => self.regions.at(|bound| bound.cmp(&number)),
        }
    }
}

/// A number in units of 10 to the minus `scale`.
fn units(number: Decimal, scale: u32) -> Option<i64> {
    let factor = 10_i64.checked_pow(scale.checked_sub(number.scale())?)?;
    i64::try_from(number.mantissa()).ok()?.checked_mul(factor)
}
