//! A journal written by the first version, which every later version must read.

use kapok_store::{Batch, Options, Record, Store};

use kapok_sim::disk::SimDisk;

const SEGMENT: &str = "journal/00000000000000000001.journal";
const GOLDEN: &[u8] = include_bytes!("golden/journal-1.journal");

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

#[test]
fn the_first_format_is_read() {
    let disk = SimDisk::default();
    kapok_store::Disk::create_dir(&disk, "journal").expect("creates");
    kapok_store::Disk::create(&disk, SEGMENT).expect("creates");
    disk.change(SEGMENT, |bytes| *bytes = GOLDEN.to_vec());
    let store = open(&disk);
    assert_eq!(store.recovery().cut_tail, None);
    let history = store.history(0).expect("readable").expect("kept");
    assert_eq!(
        history.map(|record| record.expect("readable")).collect::<Vec<_>>(),
        records()
    );
}

#[test]
fn and_still_written() {
    let disk = SimDisk::default();
    let store = open(&disk);
    for record in records() {
        store.commit(record.batch, record.time_ms).expect("commits");
    }
    let written = disk.bytes(SEGMENT);
    if std::env::var_os("KAPOK_WRITE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/store/golden/journal-1.journal");
        std::fs::write(path, &written).expect("writes");
    }
    // All but what depends on the random id of the folder: that id, the hashes, the checksums.
    assert_eq!(written.len(), GOLDEN.len());
    assert_eq!(written[..12], GOLDEN[..12]);
    assert_eq!(written[72..92], GOLDEN[72..92]);
    let payload = 124..124 + u32::from_be_bytes([GOLDEN[72], GOLDEN[73], GOLDEN[74], GOLDEN[75]]) as usize;
    assert_eq!(written[payload.clone()], GOLDEN[payload]);
}
