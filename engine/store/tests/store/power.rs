//! Power cuts, faults and full disks at random moments of random runs, and what is there afterwards.
//!
//! A run is told by its seed. `KAPOK_DISK_POINTS` says how many there are, `KAPOK_DISK_SEED` repeats one.

use std::collections::BTreeMap;
use std::time::Duration;

use kapok_sim::Chance;
use kapok_sim::disk::{SimDisk, Survival};
use kapok_store::{Batch, Health, Options, Store, StoreError};

use crate::state_folder::StateFolder;

const QUICK: u64 = 2_000;
/// One run in so many has state files as well.
const WITH_STATE: u64 = 40;

fn number_from(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
    )
}

/// How many runs there are.
fn points() -> u64 {
    number_from("KAPOK_DISK_POINTS").unwrap_or(QUICK)
}

/// Whether more is asked for than the quick look that every change gets.
pub fn is_deep() -> bool {
    points() > QUICK
}

#[test]
fn whatever_was_answered_is_there_after_any_power_cut() {
    let seeds = match number_from("KAPOK_DISK_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..points(),
    };
    let mut tally = Tally::default();
    for seed in seeds.clone() {
        let _told = Seed(seed);
        Run::new(seed).play(&mut tally);
    }
    println!("{tally:?}");
    if seeds.end - seeds.start >= QUICK {
        // What never happens proves nothing.
        let all = [
            tally.cuts,
            tally.cuts_at_start,
            tally.faults,
            tally.full,
            tally.in_doubt_kept,
        ];
        assert!(all.iter().all(|&count| count > 50), "{tally:?}");
        assert!(
            tally.in_doubt_lost > 50 && tally.tails_cut > 50 && tally.rebuilt > 10,
            "{tally:?}"
        );
    }
}

/// Tells how to see a failure again.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("to see this again: KAPOK_DISK_SEED={}", self.0);
        }
    }
}

/// How often what happened, in all runs.
#[derive(Debug, Default)]
struct Tally {
    cuts: u32,
    cuts_at_start: u32,
    faults: u32,
    full: u32,
    /// A commit that had not been answered was there afterwards, or was not.
    in_doubt_kept: u32,
    in_doubt_lost: u32,
    tails_cut: u32,
    rebuilt: u32,
    snapshots: u32,
    /// Starts from a snapshot, and with a journal that no longer begins at 1.
    from_snapshot: u32,
    pruned: u32,
}

/// One run.
struct Run {
    seed: u64,
    chance: Chance,
    disk: SimDisk,
    state: Option<StateFolder>,
    segment_bytes: u64,
    boot: u64,
    /// The last commit that was answered, and the last that was tried.
    answered: u64,
    tried: u64,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        Self {
            seed,
            disk: SimDisk::default(),
            state: seed.is_multiple_of(WITH_STATE).then(StateFolder::new),
            segment_bytes: chance.one_of(&[200, 700, 3_000, 20_000]),
            boot: 1,
            answered: 0,
            tried: 0,
            chance,
        }
    }

    fn play(mut self, tally: &mut Tally) {
        for _ in 0..=self.chance.below(4) {
            let calls = self.chance.below(60);
            match self.chance.below(8) {
                0 => {}
                1 => {
                    self.disk.fail_in(calls);
                    tally.faults += 1;
                }
                // Right at the start.
                2 => self.disk.cut_power_in(calls % 8),
                _ => self.disk.cut_power_in(calls),
            }
            match self.open() {
                Ok(store) => {
                    self.check(&store, tally);
                    self.work(&store, tally);
                    self.stop(store, tally);
                }
                Err(error) => {
                    // A start may fail because the disk does, and for no other reason.
                    assert!(matches!(error, StoreError::Io { .. }), "{error}");
                    tally.cuts_at_start += u32::from(self.disk.is_cut());
                    if self.disk.is_cut() {
                        self.restart();
                    }
                }
            }
        }
        self.disk = self.disk.restarted(Survival::Mixed(self.chance.number()));
        let store = self.open().unwrap_or_else(|error| panic!("{error}"));
        self.check(&store, tally);
        self.commit(&store).expect("commits");
        self.check(&store, tally);
    }

    fn open(&self) -> Result<Store, StoreError> {
        let options = Options {
            segment_bytes: self.segment_bytes,
            reserve_bytes: 0,
            ahead_bytes: self.boot % 3 * 150,
            cache_bytes: 1 << 20,
            feed_every: Duration::from_millis(1),
            checkpoint_every: Duration::ZERO,
            state_folder: self.state.as_ref().map(StateFolder::path),
            boot_id: Some(format!("run {}", self.boot)),
            ..Options::default()
        };
        Store::open_with(self.disk.clone(), options)
    }

    /// Commits until that no longer works, or long enough.
    fn work(&mut self, store: &Store, tally: &mut Tally) {
        for _ in 0..self.chance.below(25) {
            if let Some(state) = &mut self.state
                && self.chance.once_in(4)
            {
                let _ = store.catch_up();
                state.remember();
            }
            let narrow = self.chance.once_in(6);
            if narrow {
                let room = self.chance.below(300);
                self.disk.set_capacity(Some(self.disk.used() + room));
            }
            let snapshot = self.chance.once_in(8);
            let done = if snapshot {
                self.snapshot(store, tally)
            } else {
                self.commit(store)
            };
            self.disk.set_capacity(None);
            match done {
                // Only a commit tries whether there is room again.
                Ok(()) => assert!(snapshot || store.health() == Health::Writable),
                Err(StoreError::DiskFull) => {
                    assert!(narrow && matches!(store.health(), Health::ReadOnly { .. }));
                    tally.full += 1;
                    // Nothing was changed.
                    self.tried = self.answered;
                }
                Err(StoreError::Poisoned { .. }) => {
                    assert!(matches!(store.health(), Health::Poisoned { .. }));
                    let calls = self.disk.calls();
                    let tried = self.tried;
                    assert!(matches!(self.commit(store), Err(StoreError::Poisoned { .. })));
                    self.tried = tried;
                    assert_eq!(self.disk.calls(), calls, "what failed is not tried again");
                    return;
                }
                Err(other) => panic!("{other}"),
            }
        }
    }

    /// A snapshot that fails is no matter: the next one is made as if it had not been tried.
    fn snapshot(&self, store: &Store, tally: &mut Tally) -> Result<(), StoreError> {
        match store.snapshot() {
            Ok(_) => tally.snapshots += 1,
            Err(StoreError::Io { .. } | StoreError::DiskFull) if !matches!(store.health(), Health::Poisoned { .. }) => {
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// The next commit; its number decides what is in it.
    fn commit(&mut self, store: &Store) -> Result<(), StoreError> {
        let number = self.answered + 1;
        self.tried = number;
        let seq = store.commit(batch(self.seed, number), number as i64)?;
        assert_eq!(seq, number);
        self.answered = number;
        Ok(())
    }

    /// The process ends: by itself, or with the power.
    fn stop(&mut self, store: Store, tally: &mut Tally) {
        let with_power = self.disk.is_cut() || self.chance.once_in(2);
        if !with_power {
            // What is not synced stays as it is, in the memory of the operating system.
            drop(store);
            return;
        }
        tally.cuts += 1;
        if let Some(state) = &mut self.state {
            state.remember();
        }
        drop(store);
        self.restart();
    }

    fn restart(&mut self) {
        self.disk = self.disk.restarted(Survival::Mixed(self.chance.number()));
        self.boot += 1;
        if let Some(state) = &mut self.state {
            state.lose_some(&mut self.chance);
        }
    }

    /// Everything answered is there, what was not is there whole or not at all, and nothing else.
    fn check(&mut self, store: &Store, tally: &mut Tally) {
        let view = store.view();
        let found = view.seq();
        assert!(
            (self.answered..=self.tried).contains(&found),
            "{found} is there, {} was answered, {} was tried",
            self.answered,
            self.tried
        );
        if self.tried > self.answered {
            *(if found == self.tried {
                &mut tally.in_doubt_kept
            } else {
                &mut tally.in_doubt_lost
            }) += 1;
        }
        tally.tails_cut += u32::from(store.recovery().cut_tail.is_some());
        tally.rebuilt += u32::from(store.recovery().rebuilt.is_some());
        (self.answered, self.tried) = (found, found);
        let expected = model(self.seed, found);
        let rows = view.scan(b"").map(|row| row.expect("readable"));
        let rows: Vec<_> = rows.map(|(key, value)| (key.to_vec(), value.to_vec())).collect();
        assert!(rows == expected, "the rows as of {found} are others");
        assert_eq!(view.hash().expect("readable"), hash(&expected));
        tally.from_snapshot += u32::from(store.recovery().snapshot.is_some());
        assert_eq!(store.recovery().bad_snapshots, []);
        let files = self.disk.files();
        let first = files
            .iter()
            .find_map(|name| name.strip_prefix("journal/")?.strip_suffix(".journal"));
        let mut last = first.expect("a segment").parse::<u64>().expect("a number") - 1;
        tally.pruned += u32::from(last > 0);
        let history = store.history(last).expect("readable").expect("kept");
        for record in history {
            let record = record.expect("readable");
            last += 1;
            assert_eq!((record.seq, record.time_ms), (last, last as i64));
            assert_eq!(record.batch, batch(self.seed, last));
        }
        assert_eq!(last, found);
    }
}

/// The hash of rows, as `FORMAT.md` says it.
fn hash(rows: &[(Vec<u8>, Vec<u8>)]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for part in rows.iter().flat_map(|(key, value)| [key, value]) {
        let mut length = part.len();
        while length > 127 {
            hasher.update(&[length as u8 | 128]);
            length >>= 7;
        }
        hasher.update(&[length as u8]);
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// What commit `number` of a run changes.
pub fn batch(seed: u64, number: u64) -> Batch {
    let mut chance = Chance::new(seed.wrapping_mul(1_000_003) ^ number);
    let mut batch = Batch::new();
    for _ in 0..=chance.below(4) {
        let key = [b"k", &chance.below(12).to_be_bytes()[..]].concat();
        if chance.once_in(4) {
            batch.delete(key);
        } else {
            // Mostly small; sometimes over several sectors, or in pieces.
            let length = [chance.below(40), chance.below(1_500), chance.below(9_000)];
            let length = length[chance.one_of(&[0, 0, 0, 0, 1, 1, 1, 2])];
            let mut value = number.to_be_bytes().to_vec();
            value.extend((0..length).map(|_| chance.number() as u8));
            batch.put(key, value);
        }
    }
    batch.put("last", number.to_be_bytes());
    batch
}

/// The rows that the commits up to `last` leave.
pub fn model(seed: u64, last: u64) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = BTreeMap::new();
    for number in 1..=last {
        for (key, value) in batch(seed, number).iter() {
            match value {
                Some(value) => rows.insert(key.to_vec(), value.to_vec()),
                None => rows.remove(key),
            };
        }
    }
    rows.into_iter().collect()
}
