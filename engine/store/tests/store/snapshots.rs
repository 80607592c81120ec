//! Snapshots: the same rows as the journal they stand for, whatever happens to them or to the state files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use kapok_sim::disk::{SimDisk, Survival};
use kapok_store::{Batch, Disk, Options, Store, StoreError};
use proptest::prelude::*;

use crate::common::{batch, commit, expected, hash, options, pruned_folder};

fn open(disk: &SimDisk) -> Store {
    try_open(disk).unwrap_or_else(|error| panic!("{error}"))
}

fn try_open(disk: &SimDisk) -> Result<Store, StoreError> {
    Store::open_with(disk.clone(), options())
}

fn files(disk: &SimDisk, folder: &str) -> Vec<String> {
    disk.files()
        .into_iter()
        .filter(|name| name.starts_with(folder))
        .collect()
}

fn snapshot_name(last: u64) -> String {
    format!("snapshots/{last:020}.snapshot")
}

/// The hash that a snapshot says its rows have.
fn hash_in(snapshot: &[u8]) -> [u8; 32] {
    let end = snapshot.len() - 4;
    snapshot[end - 32..end].try_into().expect("32 bytes")
}

/// A disk with two snapshots, up to 30 and 60, and a journal to 75 whose beginning is gone.
fn pruned() -> SimDisk {
    let disk = SimDisk::default();
    let store = open(&disk);
    for last in [30, 60] {
        commit(&store, last - 29..=last);
        assert_eq!(store.snapshot().expect("works"), Some(last));
    }
    commit(&store, 61..=75);
    drop(store);
    assert_eq!(files(&disk, "snapshots"), [snapshot_name(30), snapshot_name(60)]);
    assert_eq!(files(&disk, "journal")[0], format!("journal/{:020}.journal", 31));
    disk
}

#[test]
fn what_two_snapshots_have_passed_is_removed() {
    let disk = SimDisk::default();
    let store = open(&disk);
    assert_eq!(store.snapshot().expect("works"), None, "there is nothing yet");
    for (last, oldest_snapshot, first_record) in [(30, 30, 1), (60, 30, 31), (90, 60, 61), (120, 90, 91)] {
        commit(&store, last - 29..=last);
        assert_eq!(store.snapshot().expect("works"), Some(last));
        assert_eq!(store.snapshot().expect("works"), Some(last), "nothing new");
        assert_eq!(files(&disk, "snapshots")[0], snapshot_name(oldest_snapshot));
        assert!(files(&disk, "snapshots").len() <= 2);
        assert_eq!(
            files(&disk, "journal")[0],
            format!("journal/{first_record:020}.journal")
        );
        assert_eq!(hash_in(&disk.bytes(&snapshot_name(last))), expected(last));
        let usage = store.usage().expect("known");
        assert_eq!((usage.newest_snapshot, usage.snapshot_problem), (Some(last), None));
        assert_eq!(usage.journal + usage.snapshots, disk.used() as u64);
    }
    assert!(matches!(store.history(50), Err(StoreError::JournalIncomplete { .. })));
    assert_eq!(store.history(95).expect("kept").expect("a journal").count(), 25);
    drop(store);
    let store = open(&disk);
    assert_eq!((store.recovery().snapshot, store.recovery().replayed), (Some(120), 0));
    assert_eq!(hash(&store), expected(120));
}

#[test]
fn what_a_follower_needs_stays() {
    let disk = SimDisk::default();
    let store = Store::open_with(
        disk.clone(),
        Options {
            keep_from: Some(1),
            ..options()
        },
    )
    .expect("opens");
    for last in [30, 60, 90] {
        commit(&store, last - 29..=last);
        store.snapshot().expect("works");
    }
    assert_eq!(store.history(0).expect("kept").expect("a journal").count(), 90);
    store.keep_from(Some(45));
    store.snapshot().expect("works");
    let first = |disk: &SimDisk| files(disk, "journal")[0][8..28].parse::<u64>().expect("a number");
    assert!((2..=45).contains(&first(&disk)), "{}", first(&disk));
    assert_eq!(store.history(44).expect("kept").expect("a journal").count(), 46);
    store.keep_from(None);
    store.snapshot().expect("works");
    assert_eq!(first(&disk), 61);
}

/// The state files may lag far behind the snapshots.
#[test]
fn what_a_restart_would_read_stays() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = || Options {
        snapshot_bytes: 2000,
        checkpoint_every: Duration::from_secs(3600),
        ..options()
    };
    let store = Store::open_folder(folder.path(), options()).expect("opens");
    let deadline = Instant::now() + Duration::from_secs(60);
    let (mut last, mut snapshots) = (0, BTreeSet::new());
    while snapshots.len() < 4 {
        assert!(Instant::now() < deadline, "{:?}", store.usage());
        last += 1;
        commit(&store, last..=last);
        snapshots.insert(store.usage().expect("known").newest_snapshot);
    }
    let first = folder.path().join("journal/00000000000000000001.journal");
    assert!(first.exists());
    store.snapshot().expect("works");
    assert!(!first.exists(), "now a checkpoint vouches for everything");
    assert_eq!(hash(&store), expected(last));
}

#[test]
fn nothing_is_removed_while_somebody_copies() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open_folder(folder.path(), options()).expect("opens");
    let first = folder.path().join("journal/00000000000000000001.journal");
    let pin = File::create(folder.path().join("journal.pin")).expect("creates");
    pin.lock_shared().expect("locks");
    for last in [30, 60, 90] {
        commit(&store, last - 29..=last);
        assert_eq!(store.snapshot().expect("works"), Some(last));
    }
    assert!(first.exists());
    pin.unlock().expect("unlocks");
    store.snapshot().expect("works");
    assert!(!first.exists());
    assert_eq!(hash(&store), expected(90));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Snapshot and tail give the rows that the whole journal gives.
    #[test]
    fn a_snapshot_stands_for_the_journal_before_it(
        steps in prop::collection::vec(
            (prop::collection::vec((0u8..40, prop::option::weighted(0.7, 0usize..200)), 1..5), prop::bool::weighted(0.2)),
            1..60,
        ),
        large in 0usize..200_000,
    ) {
        let disk = SimDisk::default();
        let model = Store::memory();
        let keep_all = Options { keep_from: Some(1), ..options() };
        let store = Store::open_with(disk.clone(), keep_all).expect("opens");
        let mut snapshots = Vec::new();
        for (number, (changes, snapshot)) in steps.into_iter().enumerate() {
            let mut batch = Batch::new();
            for (key, length) in changes {
                match length {
                    Some(length) => batch.put([key], vec![number as u8; length]),
                    None => batch.delete([key]),
                }
            }
            if number == 5 {
                // A row that is a block of its own.
                batch.put("large", (0..large).map(|at| (at * at) as u8).collect::<Vec<_>>());
            }
            model.commit(batch.clone(), 0).expect("commits");
            store.commit(batch, 0).expect("commits");
            if snapshot {
                let last = store.snapshot().expect("works").expect("one");
                prop_assert_eq!(last, number as u64 + 1);
                prop_assert_eq!(hash_in(&disk.bytes(&snapshot_name(last))), hash(&model));
                snapshots.push(last);
            }
        }
        drop(store);
        let store = open(&disk);
        prop_assert_eq!(store.recovery().snapshot, snapshots.last().copied());
        prop_assert_eq!(hash(&store), hash(&model));
        // And without any snapshot, from the first record.
        let from_nothing = disk.copy();
        for name in files(&from_nothing, "snapshots") {
            from_nothing.remove(&name).expect("removes");
        }
        let store = open(&from_nothing);
        prop_assert_eq!(store.recovery().snapshot, None);
        prop_assert_eq!(hash(&store), hash(&model));
        // Made from the journal alone it has the same bytes as made from the one before.
        if let Some(&last) = snapshots.last() {
            let by_steps = disk.bytes(&snapshot_name(last));
            if store.view().seq() == last {
                store.snapshot().expect("works");
                prop_assert_eq!(from_nothing.bytes(&snapshot_name(last)), by_steps);
            }
        }
    }
}

/// So many changes that they are sorted in more files than may be open at once.
#[test]
fn a_long_journal_becomes_one_snapshot() {
    let disk = SimDisk::default();
    let (store, model) = (open(&disk), Store::memory());
    let commit_both = |batch: Batch| {
        model.commit(batch.clone(), 0).expect("commits");
        store.commit(batch, 0).expect("commits");
    };
    // Rows of the snapshot before that are removed, and changed, by the first of the changes only.
    let mut first = Batch::new();
    first.put("removed", "");
    first.put("changed", "old");
    commit_both(first);
    assert_eq!(store.snapshot().expect("works"), Some(1));
    let mut second = Batch::new();
    second.delete("removed");
    second.put("changed", "new");
    commit_both(second);
    (3..=1000).for_each(|number| commit_both(batch(number)));
    assert_eq!(store.snapshot().expect("works"), Some(1000));
    assert_eq!(hash_in(&disk.bytes(&snapshot_name(1000))), hash(&model));
    let unfinished = disk.files().into_iter().filter(|name| name.ends_with(".tmp"));
    assert_eq!(unfinished.count(), 0);
}

#[test]
fn a_snapshot_may_be_interrupted_anywhere() {
    use Survival::{Half, Kept, Lost, Mixed, Zeros};
    for torn in [Lost, Half, Zeros, Kept, Mixed(1), Mixed(2), Mixed(3), Mixed(4)] {
        for calls in 0.. {
            assert!(calls < 1000, "it never succeeds");
            let disk = pruned();
            let store = open(&disk);
            disk.cut_power_in(calls);
            let made = store.snapshot();
            drop(store);
            let disk = disk.restarted(torn);
            let store = open(&disk);
            assert_eq!(store.recovery().bad_snapshots, [], "{torn:?} after {calls} calls");
            assert!(store.recovery().snapshot >= Some(60));
            assert_eq!(
                (store.view().seq(), hash(&store)),
                (75, expected(75)),
                "{torn:?} after {calls} calls"
            );
            // It works the next time, and nothing is left over.
            commit(&store, 76..=80);
            assert_eq!(store.snapshot().expect("works"), Some(80));
            assert_eq!(files(&disk, "snapshots").len(), 2, "{:?}", disk.files());
            if made.is_ok() {
                assert_eq!(files(&disk, "snapshots"), [snapshot_name(75), snapshot_name(80)]);
                break;
            }
        }
    }
}

#[test]
fn a_snapshot_may_fail_anywhere() {
    for calls in 0.. {
        assert!(calls < 1000, "it never succeeds");
        let disk = pruned();
        let store = open(&disk);
        disk.fail_in(calls);
        let made = store.snapshot();
        let mut last = 75;
        // Only the end of the segment concerns the journal; whatever else fails, commits go on.
        match store.commit(batch(76), 0) {
            Ok(_) => last = 76,
            Err(StoreError::Poisoned { .. }) => assert!(made.is_err()),
            Err(other) => panic!("after {calls} calls: {other}"),
        }
        if last == 76 {
            assert_eq!(hash(&store), expected(76));
            assert_eq!(
                store.usage().expect("known").snapshot_problem.is_some(),
                made.is_err() && calls > 4
            );
            assert_eq!(store.snapshot().expect("works now"), Some(76), "after {calls} calls");
        }
        drop(store);
        for disk in [disk.copy(), disk.restarted(Survival::Lost)] {
            let store = open(&disk);
            assert_eq!(store.recovery().bad_snapshots, []);
            assert_eq!(hash(&store), expected(last), "after {calls} calls");
        }
        if made.is_ok() {
            break;
        }
    }
}

#[test]
fn a_damaged_snapshot_is_passed_over_for_the_one_before() {
    let disk = pruned();
    let (newest, rows) = (snapshot_name(60), expected(75));
    let whole = disk.bytes(&newest);
    type Harm = Box<dyn Fn(&mut Vec<u8>)>;
    let flips = (0..whole.len()).map(|at| Box::new(move |bytes: &mut Vec<u8>| bytes[at] ^= 1 << (at % 8)) as Harm);
    let cuts = (0..whole.len())
        .step_by(7)
        .map(|at| Box::new(move |bytes: &mut Vec<u8>| bytes.truncate(at)) as Harm);
    let longer = Box::new(|bytes: &mut Vec<u8>| bytes.push(0)) as Harm;
    for (number, harm) in flips.chain(cuts).chain([longer]).enumerate() {
        let disk = disk.copy();
        disk.change(&newest, |bytes| harm(bytes));
        let store = open(&disk);
        let recovery = store.recovery();
        assert_eq!(recovery.snapshot, Some(30), "harm {number}");
        assert_eq!(recovery.bad_snapshots.len(), 1);
        assert_eq!(recovery.bad_snapshots[0].file, newest);
        assert_eq!(hash(&store), rows, "harm {number}");
        if number % 16 == 0 {
            // The next one is made from the good one, and the journal behind that stays until there are two good ones.
            assert_eq!(store.snapshot().expect("works"), Some(75));
            assert_eq!(files(&disk, "snapshots"), [snapshot_name(30), snapshot_name(75)]);
            assert_eq!(hash_in(&disk.bytes(&snapshot_name(75))), rows);
            drop(store);
            assert_eq!(hash(&open(&disk)), rows);
        }
    }
}

/// Blocks that are whole, but not those of this snapshot, are not taken either.
#[test]
fn a_snapshot_of_another_folder_or_place_is_not_taken() {
    let (disk, other) = (pruned(), pruned());
    let (older, newer) = (disk.bytes(&snapshot_name(30)), disk.bytes(&snapshot_name(60)));
    // Each part whole, but from two snapshots.
    let (blocks, footer) = older[72..].split_at(older.len() - 72 - 48);
    let mixed = [&newer[..72], blocks, &newer[newer.len() - 48..]].concat();
    assert_eq!(
        footer[..12],
        mixed[mixed.len() - 48..][..12],
        "even the number of rows is the same"
    );
    for bytes in [other.bytes(&snapshot_name(60)), older.clone(), mixed] {
        let disk = disk.copy();
        disk.change(&snapshot_name(60), |snapshot| *snapshot = bytes);
        let store = open(&disk);
        assert_eq!(store.recovery().bad_snapshots.len(), 1);
        assert_eq!(hash(&store), expected(75));
    }
}

#[test]
fn without_a_good_snapshot_or_the_whole_journal_it_is_refused() {
    let disk = pruned();
    for last in [30, 60] {
        disk.change(&snapshot_name(last), |bytes| bytes[80] ^= 1);
    }
    match try_open(&disk).err() {
        Some(StoreError::JournalIncomplete { reason }) => assert!(reason.contains("snapshots/"), "{reason}"),
        other => panic!("{other:?}"),
    }
    let disk = pruned();
    for name in files(&disk, "snapshots") {
        disk.remove(&name).expect("removes");
    }
    assert!(matches!(
        try_open(&disk).err(),
        Some(StoreError::JournalIncomplete { .. })
    ));
    // Snapshots without a journal are no beginning of something new.
    let disk = pruned();
    for name in files(&disk, "journal") {
        disk.remove(&name).expect("removes");
    }
    assert!(matches!(
        try_open(&disk).err(),
        Some(StoreError::JournalIncomplete { .. })
    ));
}

#[test]
fn a_journal_that_does_not_follow_its_snapshot_is_refused() {
    // Two journals of one folder that part at record 61.
    let disk = pruned();
    let parted = disk.copy();
    for name in files(&parted, "journal") {
        if name.as_str() > "journal/00000000000000000060" {
            parted.remove(&name).expect("removes");
        }
    }
    // The snapshot up to 60 is of the other one: its header names another hash.
    disk.change(&snapshot_name(60), |bytes| {
        bytes[40] ^= 1;
        let checksum = crc32fast::hash(&bytes[..68]);
        bytes[68..72].copy_from_slice(&checksum.to_be_bytes());
    });
    match try_open(&disk).err() {
        Some(StoreError::JournalDamaged { file, offset: 0, .. }) => {
            assert_eq!(file, format!("journal/{:020}.journal", 61));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        try_open(&parted).err(),
        Some(StoreError::JournalIncomplete { .. }) | None
    ));
}

#[test]
fn without_room_there_is_no_snapshot_and_commits_go_on() {
    let disk = SimDisk::default();
    let store = open(&disk);
    commit(&store, 1..=30);
    let full = store.snapshot().expect("works").expect("one");
    commit(&store, 31..=60);
    let used = disk.used();
    for room in (0..20_000).step_by(500) {
        disk.set_capacity(Some(used + 100 + room));
        match store.snapshot() {
            Err(StoreError::DiskFull) => {
                let unfinished = disk.files().into_iter().filter(|name| name.ends_with(".tmp"));
                assert_eq!(unfinished.count(), 0);
                assert!(store.usage().expect("known").snapshot_problem.is_some() || room == 0);
                assert_eq!(store.usage().expect("known").newest_snapshot, Some(full));
            }
            other => {
                assert_eq!(other.expect("works"), Some(60));
                assert_eq!(store.usage().expect("known").snapshot_problem, None);
                disk.set_capacity(None);
                commit(&store, 61..=62);
                return;
            }
        }
    }
    panic!("there was room enough");
}

#[test]
fn snapshots_come_by_themselves() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = || Options {
        snapshot_bytes: 2000,
        ..options()
    };
    let store = Store::open_folder(folder.path(), options()).expect("opens");
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut last = 0;
    // Until the first segments have gone.
    while folder.path().join("journal/00000000000000000001.journal").exists() {
        assert!(Instant::now() < deadline, "{:?}", store.usage());
        last += 1;
        commit(&store, last..=last);
    }
    assert_eq!(store.usage().expect("known").snapshot_problem, None);
    drop(store);
    let store = Store::open_folder(folder.path(), options()).expect("opens");
    assert_eq!(hash(&store), expected(last));
}

#[test]
fn lost_or_damaged_state_files_come_back_from_snapshot_and_journal() {
    type Harm = fn(&Path);
    let harms: [(&str, Harm); 4] = [
        ("the folder is lost", |folder| {
            fs::remove_dir_all(folder.join("state")).expect("removes")
        }),
        ("the checkpoint is lost", |folder| {
            fs::remove_file(folder.join("state.checkpoint")).expect("removes")
        }),
        ("both are lost", |folder| {
            fs::remove_dir_all(folder.join("state")).expect("removes");
            fs::remove_file(folder.join("state.checkpoint")).expect("removes");
        }),
        ("the file is emptied", |folder| {
            fs::write(folder.join("state/db"), "").expect("writes")
        }),
    ];
    for (name, harm) in harms {
        let folder = pruned_folder();
        harm(folder.path());
        let store = Store::open_folder(folder.path(), options()).expect("opens");
        let recovery = store.recovery();
        assert!(recovery.rebuilt.is_some(), "{name}");
        assert_eq!((recovery.snapshot, recovery.replayed), (Some(60), 15), "{name}");
        assert_eq!(hash(&store), expected(75), "{name}");
        commit(&store, 76..=77);
        drop(store);
        // Closed in order, they are good again.
        let store = Store::open_folder(folder.path(), options()).expect("opens");
        assert_eq!(store.recovery().rebuilt, None, "{name}");
        assert_eq!(hash(&store), expected(77), "{name}");
    }
}

#[test]
fn state_files_that_the_journal_no_longer_reaches_are_made_anew() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let late = Options {
        checkpoint_every: Duration::from_secs(3600),
        ..options()
    };
    let store = Store::open_folder(folder.path(), late).expect("opens");
    commit(&store, 1..=10);
    store.catch_up().expect("catches up");
    // As they were at the first checkpoint, of this run of the system.
    let old = fs::read_to_string(folder.path().join("state.checkpoint")).expect("readable");
    assert!(old.contains("\napplied 0\n") && old.contains("\nclean no\n"), "{old}");
    for last in [40, 70] {
        commit(&store, last - 29..=last);
        store.snapshot().expect("works");
    }
    drop(store);
    fs::write(folder.path().join("state.checkpoint"), old).expect("writes");
    let store = Store::open_folder(folder.path(), options()).expect("opens");
    assert!(
        store
            .recovery()
            .rebuilt
            .as_ref()
            .is_some_and(|reason| reason.contains("no longer kept"))
    );
    assert_eq!(hash(&store), expected(70));
}

#[test]
fn a_rebuild_gives_the_same_rows() {
    let folder = pruned_folder();
    assert_eq!(kapok_store::rebuild(folder.path()).expect("works"), 75);
    let store = Store::open_folder(folder.path(), options()).expect("opens");
    assert_eq!((&store.recovery().rebuilt, hash(&store)), (&None, expected(75)));
    assert!(matches!(
        kapok_store::rebuild(folder.path()),
        Err(StoreError::Locked { .. })
    ));
    let nothing = tempfile::tempdir().expect("a temporary folder");
    assert!(matches!(
        kapok_store::rebuild(nothing.path()),
        Err(StoreError::NoData { .. })
    ));
}
