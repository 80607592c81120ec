//! The state files are a projection: whatever happens to them, the rows come back from the journal.

use std::fs;
use std::path::Path;
use std::time::Duration;

use kapok_store::{Batch, Health, Options, Store, StoreError};

use kapok_sim::disk::SimDisk;

const LAST: u64 = 300;

fn quick() -> Options {
    Options {
        feed_every: Duration::from_millis(1),
        checkpoint_every: Duration::ZERO,
        ahead_bytes: 0,
        ..Options::default()
    }
}

fn open(folder: &Path) -> Store {
    Store::open_folder(folder, quick()).unwrap_or_else(|error| panic!("{error}"))
}

fn commit(store: &Store, number: u64) -> Result<u64, StoreError> {
    let mut batch = Batch::new();
    batch.put(
        (number % 50).to_be_bytes(),
        number.to_be_bytes().repeat(number as usize * 3),
    );
    if number.is_multiple_of(7) {
        batch.delete((number / 2 % 50).to_be_bytes());
    }
    store.commit(batch, 0)
}

fn commit_up_to(store: &Store, last: u64) {
    for number in 1..=last {
        commit(store, number).expect("commits");
    }
}

/// The rows that commits up to `last` leave.
fn expected(last: u64) -> Vec<(Vec<u8>, Vec<u8>)> {
    let store = Store::memory();
    commit_up_to(&store, last);
    rows(&store)
}

fn rows(store: &Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    try_rows(store).expect("readable")
}

fn try_rows(store: &Store) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
    let view = store.view();
    view.scan(b"")
        .map(|row| row.map(|(key, value)| (key.to_vec(), value.to_vec())))
        .collect()
}

/// A folder with 300 commits, closed in order.
fn closed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path());
    commit_up_to(&store, LAST);
    folder
}

#[test]
fn after_a_clean_stop_nothing_is_read_again() {
    let folder = closed();
    for boot in ["this one", "another"] {
        let options = Options {
            boot_id: Some(boot.into()),
            ..quick()
        };
        let store = Store::open_folder(folder.path(), options).expect("opens");
        assert_eq!((store.recovery().replayed, &store.recovery().rebuilt), (0, &None));
        assert_eq!(rows(&store), expected(LAST));
    }
}

#[test]
fn damaged_or_lost_files_are_made_anew() {
    type Harm = fn(&Path);
    let harms: [(&str, bool, Harm); 7] = [
        ("the folder is lost", true, |folder| {
            fs::remove_dir_all(folder.join("state")).expect("removes")
        }),
        ("the checkpoint is lost", true, |folder| {
            fs::remove_file(folder.join("state.checkpoint")).expect("removes")
        }),
        ("the checkpoint is cut", true, |folder| {
            let text = fs::read_to_string(folder.join("state.checkpoint")).expect("readable");
            fs::write(folder.join("state.checkpoint"), &text[..text.len() - 4]).expect("writes");
        }),
        ("the file is emptied", true, |folder| {
            fs::write(folder.join("state/db"), "").expect("writes")
        }),
        ("the end of the file is lost", true, |folder| {
            let bytes = fs::read(folder.join("state/db")).expect("readable");
            fs::write(folder.join("state/db"), &bytes[..bytes.len() / 2]).expect("writes");
        }),
        ("a value is damaged", true, |folder| {
            let mut bytes = fs::read(folder.join("state/db")).expect("readable");
            let value = 260u64.to_be_bytes().repeat(4);
            let places = (0..bytes.len() - value.len()).filter(|&at| bytes[at..].starts_with(&value));
            places.collect::<Vec<_>>().into_iter().for_each(|at| bytes[at] ^= 0x55);
            fs::write(folder.join("state/db"), bytes).expect("writes");
        }),
        ("a snapshot was interrupted", false, |folder| {
            fs::write(folder.join("state/snap.0000000000000001.generating"), "x").expect("writes");
        }),
    ];
    for (name, rebuilt, harm) in harms {
        let folder = closed();
        harm(folder.path());
        let mut store = open(folder.path());
        if matches!(try_rows(&store), Err(StoreError::State { .. })) {
            // Damage that is found only when it is read.
            drop(store);
            store = open(folder.path());
        }
        assert_eq!(
            store.recovery().rebuilt.is_some(),
            rebuilt,
            "{name}: {:?}",
            store.recovery()
        );
        assert_eq!(rows(&store), expected(LAST), "{name}");
        assert_eq!(commit(&store, LAST + 1).expect("commits"), LAST + 1);
    }
}

#[test]
fn a_journal_that_lost_what_was_saved_is_refused() {
    let segment = "journal/00000000000000000001.journal";
    let folder = closed();
    let whole = fs::read(folder.path().join(segment)).expect("readable");
    fs::write(folder.path().join(segment), &whole[..whole.len() - 1]).expect("writes");
    let refused = |folder: &Path| matches!(Store::open(folder).err(), Some(StoreError::JournalIncomplete { .. }));
    // It looks like an interrupted write, but the state files show that it had been answered.
    assert!(refused(folder.path()));
    fs::remove_file(folder.path().join(segment)).expect("removes");
    assert!(refused(folder.path()));
    fs::write(folder.path().join(segment), whole).expect("writes");
    assert_eq!(rows(&open(folder.path())), expected(LAST));
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path());
    assert!(matches!(
        Store::open(folder.path()).err(),
        Some(StoreError::Locked { .. })
    ));
    // A view reads the files, so they stay in use.
    let view = store.view();
    drop(store);
    assert!(matches!(
        Store::open(folder.path()).err(),
        Some(StoreError::Locked { .. })
    ));
    assert_eq!(view.scan(b"").count(), 0);
    drop(view);
    open(folder.path());
}

#[test]
fn a_view_held_too_long_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open_folder(
        folder.path(),
        Options {
            view_patience: Duration::ZERO,
            ..quick()
        },
    )
    .expect("opens");
    commit_up_to(&store, 3);
    store.catch_up().expect("catches up");
    let view = store.view();
    assert_eq!(view.scan(b"").count(), 3, "nothing newer waits, so it may stay");
    commit(&store, 4).expect("commits");
    store.catch_up().expect("catches up");
    assert!(matches!(
        view.get(&1u64.to_be_bytes()),
        Err(StoreError::ViewExpired { seq: 3 })
    ));
    let mut scan = view.scan(b"");
    assert!(matches!(scan.next(), Some(Err(StoreError::ViewExpired { seq: 3 }))));
    assert!(scan.next().is_none_or(|row| row.is_err()));
    assert_eq!(rows(&store), expected(4));
}

#[test]
fn the_files_wait_for_a_view() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let patient = Options {
        view_patience: Duration::from_secs(3600),
        ..quick()
    };
    let store = Store::open_folder(folder.path(), patient).expect("opens");
    commit(&store, 1).expect("commits");
    store.catch_up().expect("catches up");
    let view = store.view();
    commit(&store, 51).expect("commits");
    let reader = std::thread::spawn(move || {
        for _ in 0..1000 {
            assert_eq!(
                view.get(&1u64.to_be_bytes()).expect("readable").expect("there").len(),
                24
            );
        }
    });
    // Ends only because the reader lets go of its view.
    store.catch_up().expect("catches up");
    reader.join().expect("no panic");
    assert_eq!(rows(&store).len(), 1);
}

#[test]
fn with_little_space_left_the_store_is_read_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = SimDisk::default();
    let options = Options {
        state_folder: Some(folder.path().join("state")),
        reserve_bytes: 1 << 20,
        ..quick()
    };
    let store = Store::open_with(disk.clone(), options).expect("opens");
    commit(&store, 1).expect("commits");
    store.catch_up().expect("catches up");
    disk.set_capacity(Some(1 << 19));
    // The first may still be taken from the reserve; then the feeder finds that there is too little.
    let _ = commit(&store, 2);
    assert!(matches!(store.catch_up(), Err(StoreError::DiskFull) | Ok(())));
    while commit(&store, 3).is_ok() {}
    assert!(matches!(commit(&store, 3), Err(StoreError::DiskFull)));
    assert!(matches!(store.health(), Health::ReadOnly { .. }));
    assert!(!rows(&store).is_empty());
    disk.set_capacity(None);
    commit(&store, 4).expect("commits when there is room");
    assert_eq!(store.health(), Health::Writable);
}
