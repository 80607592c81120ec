//! Data to make folders of.

use std::time::Duration;

use kapok_store::{Batch, Options, Store};

/// Small segments without zeros behind them, and snapshots only when asked for.
pub fn options() -> Options {
    Options {
        segment_bytes: 400,
        ahead_bytes: 0,
        snapshot_bytes: u64::MAX,
        reserve_bytes: 0,
        feed_every: Duration::from_millis(1),
        checkpoint_every: Duration::from_millis(20),
        ..Options::default()
    }
}

pub fn batch(number: u64) -> Batch {
    let mut batch = Batch::new();
    batch.put(
        (number % 17).to_be_bytes(),
        format!("{number} ").repeat(number as usize % 30),
    );
    batch.delete((number * 7 % 17).to_be_bytes());
    batch.put("last", number.to_be_bytes());
    batch
}

pub fn commit(store: &Store, numbers: std::ops::RangeInclusive<u64>) {
    for number in numbers {
        assert_eq!(store.commit(batch(number), number as i64).expect("commits"), number);
    }
}

pub fn hash(store: &Store) -> [u8; 32] {
    store.view().hash().expect("readable")
}

/// The hash of the rows that commits up to `last` leave.
pub fn expected(last: u64) -> [u8; 32] {
    let store = Store::memory();
    commit(&store, 1..=last);
    hash(&store)
}

/// A folder with snapshots up to 30 and 60, whose journal begins with 31 and ends with 75, closed in order.
pub fn pruned_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open_folder(folder.path(), options()).expect("opens");
    for last in [30, 60] {
        commit(&store, last - 29..=last);
        assert_eq!(store.snapshot().expect("works"), Some(last));
    }
    commit(&store, 61..=75);
    drop(store);
    assert!(!folder.path().join("journal/00000000000000000001.journal").exists());
    folder
}
