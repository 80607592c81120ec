//! A set of ids that is asked millions of times.

use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, Hasher},
};

/// A set of ids.
#[derive(Debug, Clone)]
pub(crate) enum Ids {
    /// A bit for each number from the least one on: ids are given out one after the other, so they lie near each other.
    Near {
        least: u64,
        bits: Vec<u64>,
        ids: Vec<u64>,
    },
    Scattered(HashSet<u64, BuildHasherDefault<Spread>>),
}

/// Ids are numbers one after the other, so spreading their bits is enough.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte) ^ self.0);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (number ^ (number >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// As many bits are always taken, and so many for each id.
const BITS: u64 = 1 << 20;
const BITS_EACH: u64 = 128;

impl Ids {
    pub(crate) fn contains(&self, id: u64) -> bool {
        match self {
            Self::Near { least, bits, .. } => {
                let place = id.wrapping_sub(*least);
                let word = usize::try_from(place / 64).ok().and_then(|word| bits.get(word));
                word.is_some_and(|word| word >> (place % 64) & 1 == 1)
            }
            Self::Scattered(ids) => ids.contains(&id),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Near { ids, .. } => ids.len(),
            Self::Scattered(ids) => ids.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        match self {
            Self::Near { ids, .. } => Box::new(ids.iter().copied()),
            Self::Scattered(ids) => Box::new(ids.iter().copied()),
        }
    }
}

impl FromIterator<u64> for Ids {
    fn from_iter<I: IntoIterator<Item = u64>>(ids: I) -> Self {
        let mut ids: Vec<u64> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let (least, most) = (ids.first().copied().unwrap_or(0), ids.last().copied().unwrap_or(0));
        let span = most - least;
        if span > BITS.max(BITS_EACH * ids.len() as u64) {
            return Self::Scattered(ids.into_iter().collect());
        }
        let mut bits = vec![0; (span / 64) as usize + 1];
        for id in &ids {
            let place = id - least;
            bits[(place / 64) as usize] |= 1 << (place % 64);
        }
        if ids.is_empty() {
            bits.clear();
        }
        Self::Near { least, bits, ids }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_or_scattered_ids_are_a_set() {
        for ids in [vec![], vec![7], vec![3, 900, 70_000], vec![5, u64::MAX - 1, 1 << 40]] {
            let set: Ids = ids.iter().copied().chain(ids.first().copied()).collect();
            assert_eq!(set.len(), ids.len());
            let mut all: Vec<u64> = set.iter().collect();
            all.sort_unstable();
            let mut expected = ids.clone();
            expected.sort_unstable();
            assert_eq!(all, expected);
            for id in [0, 3, 4, 7, 899, 900, 70_000, 70_001, u64::MAX] {
                assert_eq!(set.contains(id), ids.contains(&id), "{id} in {ids:?}");
            }
        }
    }
}
