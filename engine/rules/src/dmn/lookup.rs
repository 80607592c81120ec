//! The rules of a decision table as sets: which rules match is the intersection of what each input passes, instead of
//! an evaluation of all their cells.
//!
//! Cells that are no comparisons with constants are evaluated as ever, for the rules that have such, in the order of
//! rules and columns; so what is found, what is asked and what goes wrong are the same on both roads. Only the count of
//! operations is smaller, and the whole decision is made again by evaluation where that could make a difference.

use super::{bits, column::Column, inputs::Seen};
use crate::{
    Cause,
    feel::{Cell, Evaluation, Tests},
};

/// A table's rules by what they match.
#[derive(Debug)]
pub(super) struct Lookup {
    columns: Vec<Column>,
    /// The rules that have cells which must be evaluated.
    mixed: Box<[u64]>,
    /// For each column, the rules whose cells in it must be evaluated.
    evaluated: Vec<Box<[u64]>>,
    /// The most operations by which it is cheaper than evaluating all cells.
    pub(super) saved: u64,
}

/// The rules that one decision is to look at.
#[derive(Debug)]
pub(super) struct Candidates<'t> {
    lookup: &'t Lookup,
    /// For each column, the rules whose cells the input passes.
    passed: Sets<'t>,
}

/// Sets of rules; those of a few columns need no memory of their own.
#[derive(Debug, Default)]
struct Sets<'t> {
    count: usize,
    first: [&'t [u64]; 8],
    others: Vec<&'t [u64]>,
}

/// The most bits of all sets of a table. A column that would take more, in a table of thousands of rules, is evaluated.
const BITS: usize = 64 * 1024 * 1024;

impl Lookup {
    /// Turns the cells of the rules around; `None` when there is nothing to be gained.
    pub(super) fn new<'t>(columns: usize, rules: impl ExactSizeIterator<Item = &'t [Tests]> + Clone) -> Option<Self> {
        let count = rules.len();
        if columns == 0 {
            return None;
        }
        let mut lookup = Self {
            columns: Vec::with_capacity(columns),
            mixed: bits::set((0..count).map(|_| false)),
            evaluated: Vec::with_capacity(columns),
            saved: 0,
        };
        let mut room = BITS;
        for place in 0..columns {
            let mut cells: Vec<Option<Cell>> = rules
                .clone()
                .map(|entries| entries.get(place).and_then(Cell::read))
                .collect();
            match room.checked_sub(Column::bits(&cells)) {
                Some(left) => room = left,
                None => cells.fill_with(|| None),
            }
            let evaluated = bits::set(cells.iter().map(Option::is_none));
            for (all, own) in lookup.mixed.iter_mut().zip(&evaluated) {
                *all |= own;
            }
            lookup.evaluated.push(evaluated);
            lookup.saved += cells.iter().flatten().map(|cell| cell.operations).sum::<u64>();
            lookup.columns.push(Column::new(&cells));
        }
        let all_mixed = (0..count).all(|rule| bits::has(&lookup.mixed, rule));
        (!all_mixed).then_some(lookup)
    }

    /// The rules to look at for these inputs; `None` when one of them is of a kind that must be evaluated.
    pub(super) fn candidates(&self, values: &[Seen<'_>]) -> Option<Candidates<'_>> {
        let mut passed = Sets::default();
        for (column, value) in self.columns.iter().zip(values) {
            passed.push(column.passed(value)?);
        }
        Some(Candidates { lookup: self, passed })
    }
}

impl<'t> Sets<'t> {
    fn push(&mut self, set: &'t [u64]) {
        match self.first.get_mut(self.count) {
            Some(place) => {
                *place = set;
                self.count += 1;
            }
            None => self.others.push(set),
        }
    }

    fn iter(&self) -> impl Iterator<Item = &'t [u64]> {
        self.first.iter().take(self.count).chain(&self.others).copied()
    }
}

impl<'t> Candidates<'t> {
    /// The rules in ascending order, without most of those that do not match.
    pub(super) fn rules(&self) -> impl Iterator<Item = usize> + use<'_, 't> {
        let mixed = self.lookup.mixed.iter().enumerate();
        mixed.flat_map(|(place, mixed)| {
            let word = |set: &[u64]| set.get(place).copied().unwrap_or_default();
            let matching = self.passed.iter().map(word).fold(u64::MAX, |all, set| all & set);
            bits::rules(place, matching | mixed)
        })
    }

    /// Whether one of these rules matches.
    pub(super) fn matches<'e>(
        &self,
        rule: usize,
        entries: &'e [Tests],
        values: &[Seen<'_>],
        evaluation: &mut Evaluation<'e>,
    ) -> Result<bool, Cause> {
        if !bits::has(&self.lookup.mixed, rule) {
            return Ok(true);
        }
        let columns = self.passed.iter().zip(&self.lookup.evaluated);
        for ((passed, evaluated), (tests, value)) in columns.zip(entries.iter().zip(values)) {
            let passes = match bits::has(evaluated, rule) {
                true => evaluation.passes(value.value(), tests)?,
                false => bits::has(passed, rule),
            };
            if !passes {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
