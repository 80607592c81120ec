//! Damage at any place of any file of a data folder: flipped bits and cut ends. It is found, or mended with a word about
//! it, or does no harm; what is read is never wrong.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kapok_sim::Chance;
use kapok_sim::disk::SimDisk;
use kapok_store::{Batch, Options, Store, StoreError};

use crate::power::{batch, is_deep, model};

type Rows = Vec<(Vec<u8>, Vec<u8>)>;

/// Decides what the commits are.
const SEED: u64 = 7;

#[derive(Debug, Clone, Copy)]
enum Damage {
    Flip(usize, u32),
    Cut(usize),
}

impl Damage {
    fn apply(self, bytes: &mut Vec<u8>) {
        match self {
            Damage::Flip(at, bit) => bytes[at] ^= 1 << bit,
            Damage::Cut(length) => bytes.truncate(length),
        }
    }
}

/// Damages of a file with so many bytes, about `step` bytes from each other.
fn damages(length: usize, step: usize, seed: u64) -> impl Iterator<Item = Damage> {
    let mut chance = Chance::new(seed);
    let mut places = Vec::new();
    let mut at = chance.below(step);
    while at < length {
        places.push(Damage::Flip(at, chance.below(8) as u32));
        if chance.once_in(4) {
            places.push(Damage::Cut(at));
        }
        at += 1 + chance.below(2 * step - 1);
    }
    places.into_iter()
}

fn options() -> Options {
    Options {
        segment_bytes: 1_000,
        feed_every: Duration::from_millis(1),
        checkpoint_every: Duration::ZERO,
        cache_bytes: 1 << 20,
        reserve_bytes: 0,
        boot_id: Some("this run".into()),
        ..Options::default()
    }
}

fn commit_up_to(store: &Store, last: u64) {
    for number in store.view().seq() + 1..=last {
        store.commit(batch(SEED, number), number as i64).expect("commits");
    }
}

fn rows(store: &Store) -> Result<Rows, StoreError> {
    let view = store.view();
    let rows = view.scan(b"");
    rows.map(|row| row.map(|(key, value)| (key.to_vec(), value.to_vec())))
        .collect()
}

/// What of the journal can be read is what was committed.
fn check_history(store: &Store, batch: impl Fn(u64) -> Batch) {
    let first = (0..=store.view().seq()).find_map(|after| store.history(after).ok().flatten());
    for record in first.into_iter().flatten() {
        let Ok(record) = record else { return };
        assert_eq!(record.batch, batch(record.seq));
    }
}

/// A refusal that names the place.
fn is_refusal(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::JournalDamaged { .. }
            | StoreError::JournalIncomplete { .. }
            | StoreError::SnapshotDamaged { .. }
            | StoreError::NewerFormat { .. }
    )
}

#[test]
fn damage_to_journal_and_snapshots_is_found_mended_or_harmless() {
    const LAST: u64 = 45;
    let open = |disk: &SimDisk| Store::open_with(disk.clone(), options());
    let disk = SimDisk::default();
    let store = open(&disk).expect("opens");
    for last in [15, 30] {
        commit_up_to(&store, last);
        store.snapshot().expect("makes one");
    }
    commit_up_to(&store, LAST);
    drop(store);
    let files = disk.files();
    let newest = files
        .iter()
        .rfind(|name| name.starts_with("journal/"))
        .expect("a segment");
    let mut tally = BTreeMap::<&str, u32>::new();
    for (number, name) in files.iter().enumerate() {
        let bytes = disk.bytes(name);
        let step = match is_deep() {
            true => 1,
            false if name == newest => 15,
            false => 120,
        };
        for damage in damages(bytes.len(), step, number as u64) {
            let disk = disk.copy();
            disk.change(name, |bytes| damage.apply(bytes));
            if disk.bytes(name) == bytes {
                continue;
            }
            let damaged = disk.bytes(name);
            let store = match open(&disk) {
                Ok(store) => store,
                Err(error) => {
                    assert!(is_refusal(&error), "{name} {damage:?}: {error}");
                    assert_eq!(disk.bytes(name), damaged, "nothing may be changed");
                    *tally.entry("refused").or_default() += 1;
                    continue;
                }
            };
            let (found, recovery) = (store.view().seq(), store.recovery().clone());
            assert!(
                rows(&store).expect("readable") == model(SEED, found),
                "{name} {damage:?}"
            );
            if found < LAST {
                // Only the end of the journal looks like a write that was interrupted. A cut between two records looks
                // like nothing at all: only state files and checkpoint can tell.
                assert_eq!(name, newest, "{damage:?}");
                assert!(
                    recovery.cut_tail.is_some() || matches!(damage, Damage::Cut(_)),
                    "{damage:?}"
                );
                *tally.entry("cut").or_default() += 1;
            } else if recovery.bad_snapshots.is_empty() {
                *tally.entry("harmless").or_default() += 1;
            } else {
                assert_eq!(recovery.bad_snapshots[0].file, *name);
                *tally.entry("passed over").or_default() += 1;
            }
            check_history(&store, |number| batch(SEED, number));
            // It does not spread into what is made from here on.
            commit_up_to(&store, LAST + 3);
            let _ = store.snapshot();
            commit_up_to(&store, LAST + 6);
            let _ = store.snapshot();
            drop(store);
            match open(&disk) {
                Ok(store) => assert!(
                    rows(&store).expect("readable") == model(SEED, LAST + 6),
                    "{name} {damage:?}"
                ),
                Err(error) => panic!("{name} {damage:?}: {error}"),
            }
        }
    }
    println!("{tally:?}");
    assert!(
        ["refused", "cut", "harmless", "passed over"]
            .iter()
            .all(|what| tally.get(what) > Some(&1)),
        "{tally:?}"
    );
}

/// A data folder with state files that were opened more than once and lie in several of sled's segments, closed in order.
struct Folder {
    folder: tempfile::TempDir,
    files: BTreeMap<PathBuf, Vec<u8>>,
    rows: Rows,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let model = Store::memory();
        let mut store = open_folder(folder.path()).expect("opens");
        for number in 1..=800 {
            for store in [&store, &model] {
                store.commit(wide_batch(number), 0).expect("commits");
            }
            if number % 20 == 0 {
                store.catch_up().expect("catches up");
            }
            if number % 250 == 0 {
                store.snapshot().expect("makes one");
                drop(store);
                store = open_folder(folder.path()).expect("opens");
            }
        }
        drop(store);
        let mut files = BTreeMap::new();
        read(folder.path(), &mut files);
        Self {
            folder,
            files,
            rows: rows(&model).expect("readable"),
        }
    }

    /// As it was.
    fn restore(&self) {
        for sub in ["state", "journal", "snapshots"] {
            fs::remove_dir_all(self.folder.path().join(sub)).expect("removes");
            fs::create_dir(self.folder.path().join(sub)).expect("creates");
        }
        for (path, bytes) in &self.files {
            fs::create_dir_all(path.parent().expect("in a folder")).expect("creates");
            fs::write(path, bytes).expect("writes");
        }
    }

    fn open(&self) -> Result<Store, StoreError> {
        open_folder(self.folder.path())
    }
}

fn open_folder(folder: &Path) -> Result<Store, StoreError> {
    let options = Options {
        segment_bytes: 100_000,
        ..options()
    };
    Store::open_folder(folder, options)
}

/// Changes of so many rows that most lie in pages that were not written again later.
fn wide_batch(number: u64) -> Batch {
    let mut chance = Chance::new(number);
    let mut batch = Batch::new();
    for _ in 0..4 {
        let length = chance.one_of(&[10, 40, 200, 700]);
        let length = if chance.once_in(40) { 9_000 } else { length };
        let value = (0..length).map(|_| chance.number() as u8).collect::<Vec<_>>();
        batch.put(chance.below(600).to_be_bytes(), value);
    }
    batch.delete(chance.below(600).to_be_bytes());
    batch
}

fn read(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            read(&path, files);
        } else {
            let bytes = fs::read(&path).expect("readable");
            files.insert(path, bytes);
        }
    }
}

#[test]
fn damage_to_any_file_of_a_closed_folder_is_found_mended_or_harmless() {
    let folder = Folder::new();
    let expected = &folder.rows;
    let mut tally = BTreeMap::<&str, u32>::new();
    for (number, (path, bytes)) in folder.files.iter().enumerate() {
        let part = path.strip_prefix(folder.folder.path()).expect("in it");
        let in_state = part.starts_with("state");
        // In sled's file every byte of a page is under the same checksum.
        let is_db = part.ends_with("db");
        let step = match is_deep() {
            true if is_db => 97,
            true => 1,
            false if is_db => bytes.len() / 80,
            false if in_state || part.ends_with("state.checkpoint") => bytes.len().div_ceil(10),
            false => bytes.len().div_ceil(6),
        };
        for damage in damages(bytes.len(), step, number as u64) {
            folder.restore();
            let mut damaged = bytes.clone();
            damage.apply(&mut damaged);
            if damaged == *bytes {
                continue;
            }
            fs::write(path, &damaged).expect("writes");
            let about = format!("{} {damage:?}", part.display());
            if part.starts_with("journal") || part.starts_with("snapshots") {
                // Also where a start does not look.
                let found = kapok_store::verify(folder.folder.path(), false);
                assert!(
                    found.is_ok_and(|found| !found.problems.is_empty()),
                    "{about}: not found"
                );
            }
            let outcome = match folder.open() {
                Err(error) => {
                    assert!(is_refusal(&error) && !in_state, "{about}: {error}");
                    "refused"
                }
                Ok(store) => {
                    check_history(&store, wide_batch);
                    let read = rows(&store);
                    let rebuilt = store.recovery().rebuilt.is_some();
                    drop(store);
                    match read {
                        Ok(rows) => {
                            assert!(rows == *expected, "{about}: wrong rows, rebuilt: {rebuilt}");
                            if rebuilt { "rebuilt" } else { "harmless" }
                        }
                        Err(StoreError::State { .. }) => {
                            // What cannot be read is made anew at the next start.
                            let store = folder.open().unwrap_or_else(|error| panic!("{about}: {error}"));
                            assert!(store.recovery().rebuilt.is_some(), "{about}");
                            assert!(rows(&store).expect("readable") == *expected, "{about}");
                            "found when it was read"
                        }
                        Err(other) => panic!("{about}: {other}"),
                    }
                }
            };
            *tally.entry(outcome).or_default() += 1;
        }
    }
    println!("{tally:?}");
    let outcomes = ["refused", "rebuilt", "harmless", "found when it was read"];
    assert!(outcomes.iter().all(|what| tally.get(what) > Some(&1)), "{tally:?}");
}
