//! The bytes of one file: those that last, and what was done to them since.

use std::ops::Range;

use super::{SECTOR, Survival};
use crate::Chance;

/// One change of a file's bytes.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// These bytes from this offset on.
    Write(usize, Vec<u8>),
    /// Cut to this length, or extended by zeros.
    Truncate(usize),
}

/// A file without its name.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// As the running system sees it.
    pub(super) written: Vec<u8>,
    /// As it is after a power cut at the worst.
    lasting: Vec<u8>,
    /// What was done since the last sync, oldest first.
    pending: Vec<Change>,
    /// Bytes whose sync failed. The system takes them for synced, so they last only if they are written again.
    forgotten: Vec<Range<usize>>,
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Write(offset, new) => {
                let end = offset + new.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*offset..end].copy_from_slice(new);
            }
            Change::Truncate(length) => bytes.resize(*length, 0),
        }
    }

    /// The same change of one sector, which begins at `start`.
    fn apply_to_sector(&self, start: usize, sector: &mut [u8; SECTOR]) {
        match self {
            Change::Write(offset, new) => {
                let from = start.max(*offset);
                let to = (start + SECTOR).min(offset + new.len());
                if from < to {
                    sector[from - start..to - start].copy_from_slice(&new[from - offset..to - offset]);
                }
            }
            Change::Truncate(length) => sector[length.saturating_sub(start).min(SECTOR)..].fill(0),
        }
    }
}

impl Contents {
    /// A file of which everything lasts.
    pub(super) fn synced(bytes: Vec<u8>) -> Self {
        Self {
            written: bytes.clone(),
            lasting: bytes,
            ..Self::default()
        }
    }

    pub(super) fn make(&mut self, change: Change) {
        change.apply(&mut self.written);
        if let Change::Write(offset, new) = &change {
            let new = *offset..offset + new.len();
            let left = std::mem::take(&mut self.forgotten).into_iter().flat_map(|old| {
                [old.start..old.end.min(new.start), old.start.max(new.end)..old.end]
                    .into_iter()
                    .filter(|range| range.start < range.end)
            });
            self.forgotten = left.collect();
        }
        self.pending.push(change);
    }

    pub(super) fn sync(&mut self) {
        let read = |range: &Range<usize>| {
            let bytes = range.clone().map(|at| self.lasting.get(at).copied().unwrap_or(0));
            (range.clone(), bytes.collect::<Vec<_>>())
        };
        let kept: Vec<_> = self.forgotten.iter().map(read).collect();
        for change in self.pending.drain(..) {
            change.apply(&mut self.lasting);
        }
        for (range, bytes) in kept {
            for (at, byte) in range.zip(bytes) {
                if let Some(place) = self.lasting.get_mut(at) {
                    *place = byte;
                }
            }
        }
    }

    /// A sync failed.
    pub(super) fn forget(&mut self) {
        let writes = self.pending.iter().filter_map(|change| match change {
            Change::Write(offset, new) => Some(*offset..offset + new.len()),
            Change::Truncate(_) => None,
        });
        self.forgotten.extend(writes);
    }

    /// What is there after a power cut.
    pub(super) fn surviving(&self, survival: Survival, chance: &mut Chance) -> Vec<u8> {
        let (old, new) = (self.lasting.len(), self.written.len());
        let grown = new.saturating_sub(old);
        let mut bytes = self.lasting.clone();
        match survival {
            Survival::Lost => {}
            Survival::Half => bytes.extend(self.written.iter().skip(old).take(grown / 2)),
            Survival::Zeros => bytes.resize(old + grown, 0),
            Survival::Kept => bytes.clone_from(&self.written),
            Survival::Mixed(_) => return self.mixed(chance),
        }
        bytes
    }

    fn mixed(&self, chance: &mut Chance) -> Vec<u8> {
        if self.pending.is_empty() {
            return self.lasting.clone();
        }
        let mut bytes = Vec::new();
        let length = self.some_length(chance);
        for start in (0..length).step_by(SECTOR) {
            let mut sector = self.sector(start, chance);
            if chance.once_in(16) {
                // It was just being written.
                let (at, other) = (chance.below(SECTOR), self.sector(start, chance));
                sector[at..].copy_from_slice(&other[at..]);
            }
            if start >= self.lasting.len() && chance.once_in(16) {
                // It was given to the file, and still has what another file left there.
                sector.fill_with(|| chance.number() as u8);
            }
            bytes.extend(sector);
        }
        bytes.truncate(length);
        bytes
    }

    /// The length at some moment since the last sync; a write makes a file longer bit by bit.
    fn some_length(&self, chance: &mut Chance) -> usize {
        let mut length = self.lasting.len();
        for change in &self.pending[..chance.below(self.pending.len() + 1)] {
            length = match change {
                Change::Write(offset, new) => length.max(offset + new.len()),
                Change::Truncate(length) => *length,
            };
        }
        if length > self.lasting.len() && chance.once_in(4) {
            length = self.lasting.len() + chance.below(length - self.lasting.len());
        }
        length
    }

    /// A sector as of some moment since the last sync.
    fn sector(&self, start: usize, chance: &mut Chance) -> [u8; SECTOR] {
        let mut sector = [0; SECTOR];
        let lasting = self.lasting.iter().skip(start);
        sector.iter_mut().zip(lasting).for_each(|(to, from)| *to = *from);
        for change in &self.pending[..chance.below(self.pending.len() + 1)] {
            change.apply_to_sector(start, &mut sector);
        }
        sector
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(file: &Contents) -> impl Iterator<Item = Vec<u8>> {
        (0..500).map(|seed| file.surviving(Survival::Mixed(seed), &mut Chance::new(seed)))
    }

    #[test]
    fn what_is_synced_stays() {
        let mut file = Contents::default();
        file.make(Change::Write(0, vec![1; 3000]));
        file.sync();
        assert!(mixed(&file).all(|bytes| bytes == vec![1; 3000]));
        file.make(Change::Write(3000, vec![2; 3000]));
        assert!(mixed(&file).all(|bytes| bytes[..2560] == vec![1; 2560] && bytes.len() >= 3000));
    }

    #[test]
    fn sectors_are_lost_one_by_one() {
        let mut file = Contents::synced(vec![1; 2 * SECTOR]);
        file.make(Change::Write(0, vec![2; 2 * SECTOR]));
        let found: Vec<_> = mixed(&file).map(|bytes| (bytes[0], bytes[SECTOR])).collect();
        for (first, second) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
            assert!(found.contains(&(first, second)), "{first} {second}");
        }
    }

    #[test]
    fn after_a_failed_sync_only_what_is_written_again_lasts() {
        let mut file = Contents::synced(vec![1; 10]);
        file.make(Change::Write(2, vec![2; 6]));
        file.forget();
        file.make(Change::Write(4, vec![3; 2]));
        file.sync();
        assert_eq!(file.lasting, [1, 1, 1, 1, 3, 3, 1, 1, 1, 1]);
        assert_eq!(file.written, [1, 1, 2, 2, 3, 3, 2, 2, 1, 1]);
    }
}
