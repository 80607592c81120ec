//! Files written by each version, which every later version must read.

use kapok_sim::disk::SimDisk;
use kapok_store::{Batch, Disk, Options, Record, Store};

const SEGMENT: &str = "journal/00000000000000000001.journal";
/// Written before payloads were compressed.
const PLAIN: &[u8] = include_bytes!("golden/journal-1.journal");
/// With a payload that is compressed, and one that is not because that is shorter.
const COMPRESSED: &[u8] = include_bytes!("golden/journal-2.journal");

/// Up to record 2, and the segment that begins with record 3.
const SNAPSHOT: &[u8] = include_bytes!("golden/snapshot-1.snapshot");
const BEHIND_SNAPSHOT: &[u8] = include_bytes!("golden/snapshot-1.journal");
const SNAPSHOT_NAME: &str = "snapshots/00000000000000000002.snapshot";
const BEHIND_NAME: &str = "journal/00000000000000000003.journal";

fn records() -> Vec<Record> {
    let mut first = Batch::new();
    first.put("key", "value");
    first.put([0u8, 255], vec![7u8; 200]);
    first.put("empty", "");
    let mut second = Batch::new();
    second.delete("key");
    second.put("木棉", "红");
    second.put("木棉", "花");
    [(first, 1_700_000_000_000), (second, -1)]
        .into_iter()
        .zip(1..)
        .map(|((batch, time_ms), seq)| Record { seq, time_ms, batch })
        .collect()
}

fn open(disk: &SimDisk) -> Store {
    let options = Options {
        ahead_bytes: 0,
        ..Options::default()
    };
    Store::open_with(disk.clone(), options).unwrap_or_else(|error| panic!("{error}"))
}

fn write_golden(name: &str, bytes: &[u8]) {
    if std::env::var_os("KAPOK_WRITE_GOLDEN").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/store/golden/");
        std::fs::write(format!("{folder}{name}"), bytes).expect("writes");
    }
}

#[test]
fn every_payload_encoding_is_read() {
    for golden in [PLAIN, COMPRESSED] {
        let disk = SimDisk::default();
        disk.create_dir("journal").expect("creates");
        disk.create(SEGMENT).expect("creates");
        disk.change(SEGMENT, |bytes| *bytes = golden.to_vec());
        let store = open(&disk);
        assert_eq!(store.recovery().cut_tail, None);
        let history = store.history(0).expect("readable").expect("kept");
        assert_eq!(
            history.map(|record| record.expect("readable")).collect::<Vec<_>>(),
            records()
        );
    }
}

#[test]
fn the_newest_journal_is_still_written() {
    let disk = SimDisk::default();
    let store = open(&disk);
    for record in records() {
        store.commit(record.batch, record.time_ms).expect("commits");
    }
    let written = disk.bytes(SEGMENT);
    write_golden("journal-2.journal", &written);
    // All but what depends on the random id of the folder: that id, the hashes, the checksums.
    assert_eq!(written.len(), COMPRESSED.len());
    assert_eq!(written[..12], COMPRESSED[..12]);
    let mut record = 72;
    for encoding in [2, 1] {
        let length = u32::from_be_bytes(COMPRESSED[record..record + 4].try_into().expect("four")) as usize;
        assert_eq!(written[record..record + 20], COMPRESSED[record..record + 20]);
        let payload = record + 52..record + 52 + length;
        assert_eq!(written[payload.start], encoding);
        assert_eq!(written[payload.clone()], COMPRESSED[payload]);
        record += 52 + length + 4;
    }
    assert_eq!(record, COMPRESSED.len());
}

/// Rows in two blocks, one of them removed again, and one commit behind the snapshot.
fn write_snapshot(disk: &SimDisk) -> Store {
    let store = open(disk);
    let [mut first, second] = records().try_into().expect("two");
    first
        .batch
        .put("large", b"a row that is a block of its own ".repeat(3000));
    store.commit(first.batch, 0).expect("commits");
    store.commit(second.batch, 0).expect("commits");
    assert_eq!(store.snapshot().expect("works"), Some(2));
    let mut third = Batch::new();
    third.put("key", "again");
    store.commit(third, 0).expect("commits");
    store
}

#[test]
fn a_snapshot_is_read() {
    let disk = SimDisk::default();
    for (folder, name, golden) in [
        ("snapshots", SNAPSHOT_NAME, SNAPSHOT),
        ("journal", BEHIND_NAME, BEHIND_SNAPSHOT),
    ] {
        disk.create_dir(folder).expect("creates");
        disk.create(name).expect("creates");
        disk.change(name, |bytes| *bytes = golden.to_vec());
    }
    let store = open(&disk);
    assert_eq!((store.recovery().snapshot, store.recovery().replayed), (Some(2), 1));
    let rows = |store: &Store| {
        store
            .view()
            .scan(b"")
            .map(|row| row.expect("readable"))
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&store), rows(&write_snapshot(&SimDisk::default())));
    assert_eq!(rows(&store).len(), 5);
}

#[test]
fn and_still_written() {
    let disk = SimDisk::default();
    write_snapshot(&disk);
    let written = disk.bytes(SNAPSHOT_NAME);
    write_golden("snapshot-1.snapshot", &written);
    write_golden("snapshot-1.journal", &disk.bytes(BEHIND_NAME));
    // All but what depends on the random id of the folder: that id, the hash and the checksum in the header.
    assert_eq!(written[..12], SNAPSHOT[..12]);
    assert_eq!(written[28..36], SNAPSHOT[28..36]);
    assert_eq!(written[72..], SNAPSHOT[72..]);
}
