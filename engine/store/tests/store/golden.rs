//! Files written by each version, which every later version must read.

use kapok_sim::disk::SimDisk;
use kapok_store::{Batch, Disk, Options, Record, Store};

const SEGMENT: &str = "journal/00000000000000000001.journal";
/// Written before payloads were compressed.
const PLAIN: &[u8] = include_bytes!("golden/journal-1.journal");
/// With a payload that is compressed, and one that is not because that is shorter.
const COMPRESSED: &[u8] = include_bytes!("golden/journal-2.journal");

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
    Store::open_with(disk.clone(), Options::default()).unwrap_or_else(|error| panic!("{error}"))
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
