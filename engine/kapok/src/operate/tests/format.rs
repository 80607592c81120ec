//! Opening data of another form.

use std::{fs, path::Path, sync::Arc};

use kapok_protocol::Timestamp;
use kapok_store::{Batch, Store};
use kapok_tables::{DATA_FORMAT, Key, Prefix, data_format};

use super::{rows_of, waiting};
use crate::{Kapok, ManualClock, operate};

fn key() -> Vec<u8> {
    Key::new(Prefix::Meta).text("format").into_bytes()
}

/// A data folder with this number, or none.
fn data(folder: &Path, number: Option<u8>) {
    let (kapok, _) = waiting();
    let store = Store::open(folder).expect("opens");
    let mut batch = Batch::new();
    for (key, value) in rows_of(&kapok.shared.store.view()) {
        batch.put(key, value);
    }
    batch.delete(key());
    if let Some(number) = number {
        // The version of the row, then a small number as CBOR has it.
        batch.put(key(), vec![1, number]);
    }
    store.commit(batch, 0).expect("commits");
}

/// Opens a folder and closes it; nothing happens in it.
fn open(folder: &Path) {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
    drop(Kapok::builder().clock(clock).open(folder).expect("opens"));
}

fn format_of(folder: &Path) -> Option<u64> {
    let store = Store::open(folder).expect("opens");
    data_format(&store.view()).expect("reads")
}

#[test]
fn newer_data_is_refused_in_words_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    data(&at("data"), Some(9));
    let refused = Kapok::builder().open(at("data")).err().expect("refused").to_string();
    assert!(refused.contains("form 9") && refused.contains("格式为 9"), "{refused}");
    assert_eq!(format_of(&at("data")), Some(9));
    assert!(!at("data").join("backups").exists());
    let now = Timestamp::from_millis(0);
    assert!(operate::export(&at("data"), &at("export"), now).is_err());
    assert!(operate::verify(&at("data"), false).is_err());
}

#[test]
fn older_data_is_kept_aside_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    data(&at("data"), None);
    let before = rows_of(&Store::open(&at("data")).expect("opens").view());
    open(&at("data"));
    assert_eq!(format_of(&at("data")), Some(DATA_FORMAT));
    let kept = at("data").join("backups").join(format!("before-format-{DATA_FORMAT}"));
    operate::restore(&kept, &at("copy"), None).expect("restores");
    assert_eq!(rows_of(&Store::open(&at("copy")).expect("opens").view()), before);
    // Once is enough.
    open(&at("data"));
    assert_eq!(fs::read_dir(at("data").join("backups")).expect("lists").count(), 1);
    let verified = operate::verify(&at("data"), true).expect("reads");
    assert!(verified.is_sound(), "{verified:#?}");
}

#[test]
fn an_empty_folder_has_nothing_to_keep() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    open(&data);
    assert_eq!(format_of(&data), Some(DATA_FORMAT));
    assert!(!data.join("backups").exists());
}
