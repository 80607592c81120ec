//! Backups are taken beside a running process and give back every record they hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use kapok_sim::disk::{SimDisk, Survival};
use kapok_store::{Batch, Options, StateFiles, Store, StoreError, backup, restore, verify};

use crate::common::{commit, expected, hash, options, pruned_folder};

fn open(folder: &Path) -> Store {
    Store::open_folder(folder, options()).unwrap_or_else(|error| panic!("{error}"))
}

fn temporary() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// All files of a folder and what is in them.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.clone(), fs::read(path).expect("readable"));
            }
        }
    }
    files
}

/// So that the writers end also when the test fails.
struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_backup_taken_while_four_threads_commit_is_whole() {
    let (folder, copies) = (temporary(), temporary());
    let options = || Options {
        segment_bytes: 4000,
        snapshot_bytes: 20_000,
        ..options()
    };
    let store = Store::open_folder(folder.path(), options()).expect("opens");
    let (enough, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|threads| {
        let _stop = SetWhenDropped(&enough);
        for writer in 0..4u64 {
            let (store, enough, answered) = (store.clone(), &enough, &answered);
            threads.spawn(move || {
                for number in 0u64.. {
                    let mut batch = Batch::new();
                    // Both rows or none: what a backup must not tear apart.
                    batch.put([b'a', writer as u8], number.to_be_bytes());
                    batch.put([b'b', writer as u8], number.to_be_bytes());
                    batch.put((number % 50).to_be_bytes(), number.to_be_bytes().repeat(20));
                    let seq = store.commit(batch, 0).expect("commits");
                    answered.fetch_max(seq, Ordering::SeqCst);
                    if enough.load(Ordering::SeqCst) {
                        return;
                    }
                }
            });
        }
        for number in 0..5 {
            let to = copies.path().join(number.to_string());
            while answered.load(Ordering::SeqCst) < number * 200 {
                std::thread::yield_now();
            }
            let before = answered.load(Ordering::SeqCst);
            let made = backup(folder.path(), &to).unwrap_or_else(|error| panic!("{error}"));
            assert!(made.last >= before, "everything answered before is in it");

            let found = verify(&to, true).expect("readable");
            assert_eq!(found.problems, []);
            assert_eq!((found.last, found.is_backup, found.torn_tail), (made.last, true, None));
            assert_eq!(found.state, StateFiles::Absent);
            let copy = Store::open_folder(&to, options()).expect("opens");
            let view = copy.view();
            assert_eq!(view.seq(), made.last);
            assert_eq!(found.hash, Some(view.hash().expect("readable")));
            for writer in 0..4 {
                assert_eq!(
                    view.get(&[b'a', writer]).expect("readable"),
                    view.get(&[b'b', writer]).expect("readable")
                );
            }
        }
    });
    drop(store);
    assert_eq!(verify(folder.path(), true).expect("readable").problems, []);
}

#[test]
fn a_backup_holds_the_newest_snapshot_and_what_follows() {
    let (folder, copies) = (pruned_folder(), temporary());
    let to = copies.path().join("new/one");
    let before = contents(folder.path());
    let made = backup(folder.path(), &to).expect("works");
    assert_eq!((made.first, made.last), (60, 75));
    assert!(contents(folder.path()) == before, "nothing happens to the folder");

    let copied = contents(&to);
    let bytes = copied.iter().filter(|(path, _)| !path.ends_with("backup.manifest"));
    assert_eq!(bytes.map(|(_, bytes)| bytes.len() as u64).sum::<u64>(), made.bytes);
    let store = open(&to);
    assert_eq!((store.view().seq(), hash(&store)), (75, expected(75)));
    // It goes on by itself; then it is a data folder like any other.
    commit(&store, 76..=80);
    drop(store);
    let found = verify(&to, true).expect("readable");
    assert_eq!((found.problems, found.is_backup, found.last), (vec![], false, 80));
    assert_eq!(found.hash, Some(expected(80)));
}

#[test]
fn it_can_be_restored_to_every_number() {
    let (folder, copies) = (pruned_folder(), temporary());
    let copy = copies.path().join("copy");
    backup(folder.path(), &copy).expect("works");
    // From a backup back to its snapshot, from the folder itself back to the older one.
    for (source, first) in [(copy.as_path(), 60), (folder.path(), 30)] {
        let before = contents(source);
        for seq in first..=75 {
            let to = copies.path().join(format!("{first}-{seq}"));
            assert_eq!(restore(source, &to, Some(seq)).expect("works"), seq);
            let found = verify(&to, true).expect("readable");
            assert_eq!(
                (found.problems, found.last, found.hash),
                (vec![], seq, Some(expected(seq)))
            );
            if seq % 9 > 0 {
                continue;
            }
            let store = open(&to);
            assert_eq!((store.view().seq(), hash(&store)), (seq, expected(seq)));
            // And another history can begin there.
            commit(&store, seq + 1..=seq + 3);
            drop(store);
            assert_eq!(hash(&open(&to)), expected(seq + 3));
        }
        for seq in [0, first - 1, 76, u64::MAX] {
            let to = copies.path().join(format!("refused-{seq}"));
            match restore(source, &to, Some(seq)) {
                Err(StoreError::OutOfReach {
                    wanted,
                    first: low,
                    last,
                }) => {
                    assert_eq!((wanted, low, last), (seq, first, 75));
                }
                other => panic!("{other:?}"),
            }
            assert!(!to.exists());
        }
        assert_eq!(
            restore(source, &copies.path().join(format!("all-{first}")), None).expect("works"),
            75
        );
        assert!(contents(source) == before, "nothing happens to what is restored from");
    }
}

#[test]
fn a_journal_from_its_beginning_can_be_restored_to_nothing() {
    let (folder, copies) = (temporary(), temporary());
    commit(&open(folder.path()), 1..=20);
    let copy = copies.path().join("copy");
    let made = backup(folder.path(), &copy).expect("works");
    assert_eq!((made.first, made.last), (0, 20));
    for seq in [0, 1, 19, 20] {
        let to = copies.path().join(seq.to_string());
        assert_eq!(restore(&copy, &to, Some(seq)).expect("works"), seq);
        let store = open(&to);
        assert_eq!((store.view().seq(), hash(&store)), (seq, expected(seq)));
    }
}

#[test]
fn what_cannot_be_copied_leaves_nothing_behind() {
    let (folder, other) = (pruned_folder(), temporary());
    let to = other.path().join("to");
    for taken in [folder.path(), Path::new(env!("CARGO_MANIFEST_DIR"))] {
        assert!(matches!(backup(folder.path(), taken), Err(StoreError::NotEmpty { .. })));
        assert!(matches!(
            restore(folder.path(), taken, None),
            Err(StoreError::NotEmpty { .. })
        ));
    }
    assert!(matches!(backup(other.path(), &to), Err(StoreError::NoData { .. })));
    assert!(matches!(
        restore(other.path(), &to, None),
        Err(StoreError::NoData { .. })
    ));
    // A record in the middle is damaged.
    let segment = folder.path().join(format!("journal/{:020}.journal", 61));
    let mut bytes = fs::read(&segment).expect("readable");
    bytes[100] ^= 1;
    fs::write(&segment, bytes).expect("writes");
    assert!(matches!(
        backup(folder.path(), &to),
        Err(StoreError::JournalDamaged { .. })
    ));
    assert!(!to.exists());
    match restore(folder.path(), &to, None) {
        Err(StoreError::Damaged { problems, .. }) => assert!(!problems.is_empty()),
        other => panic!("{other:?}"),
    }
    assert!(!to.exists());
    // An empty folder stays, empty.
    fs::create_dir(&to).expect("creates");
    assert!(backup(folder.path(), &to).is_err());
    assert_eq!(fs::read_dir(&to).expect("there").count(), 0);
}

#[test]
fn a_damaged_snapshot_is_not_copied() {
    let (folder, copies) = (pruned_folder(), temporary());
    let newest = folder.path().join(format!("snapshots/{:020}.snapshot", 60));
    let mut bytes = fs::read(&newest).expect("readable");
    bytes[100] ^= 1;
    fs::write(&newest, bytes).expect("writes");
    let to = copies.path().join("copy");
    let made = backup(folder.path(), &to).expect("works");
    assert_eq!((made.first, made.last), (30, 75));
    assert_eq!(verify(&to, true).expect("readable").hash, Some(expected(75)));
}

/// A disk with what a process was killed over: half a record at the end.
fn source() -> SimDisk {
    let disk = SimDisk::default();
    let store = Store::open_with(disk.clone(), options()).expect("opens");
    commit(&store, 1..=30);
    store.snapshot().expect("works");
    commit(&store, 31..=40);
    drop(store);
    let last = disk
        .files()
        .into_iter()
        .rfind(|name| name.ends_with(".journal"))
        .expect("one");
    disk.change(&last, |bytes| bytes.truncate(bytes.len() - 9));
    disk
}

#[test]
fn the_copy_is_cut_behind_the_last_whole_record() {
    let (source, target) = (source(), SimDisk::default());
    let made = kapok_store::backup_between(&source, &target, 5).expect("works");
    assert_eq!((made.first, made.last, made.time_ms), (30, 39, 5));
    let store = Store::open_with(target, options()).expect("opens");
    assert_eq!(store.recovery().cut_tail, None);
    assert_eq!(hash(&store), expected(39));
}

#[test]
fn an_interrupted_backup_is_not_taken_for_a_whole_one() {
    let source = source();
    for survival in [Survival::Lost, Survival::Kept, Survival::Mixed(1), Survival::Mixed(2)] {
        for calls in 0.. {
            assert!(calls < 1000, "it never succeeds");
            let target = SimDisk::default();
            target.cut_power_in(calls);
            let made = kapok_store::backup_between(&source, &target, 0);
            let target = target.restarted(survival);
            if target
                .files()
                .iter()
                .any(|name| name.starts_with("journal") || name.starts_with("snapshots"))
            {
                match Store::open_with(target.clone(), options()) {
                    Ok(store) => {
                        // The last step may have been done all the same.
                        assert!(!target.files().contains(&"backup.manifest.tmp".into()));
                        assert_eq!(hash(&store), expected(39), "{survival:?} after {calls} calls");
                    }
                    Err(StoreError::Unfinished) => assert!(made.is_err()),
                    Err(other) => panic!("{survival:?} after {calls} calls: {other}"),
                }
            }
            if made.is_ok() {
                break;
            }
        }
    }
}
