//! Payloads are kept in whichever encoding is shorter.

use kapok_sim::disk::SimDisk;
use kapok_store::{Batch, Options, Store};
use proptest::prelude::*;

const SEGMENT: &str = "journal/00000000000000000001.journal";
const HEADER: usize = 72;

fn open(disk: &SimDisk) -> Store {
    let options = Options {
        ahead_bytes: 0,
        ..Options::default()
    };
    Store::open_with(disk.clone(), options).unwrap_or_else(|error| panic!("{error}"))
}

/// The first payload in the journal.
fn payload(disk: &SimDisk) -> Vec<u8> {
    let bytes = disk.bytes(SEGMENT);
    let length = u32::from_be_bytes(bytes[HEADER..HEADER + 4].try_into().expect("four")) as usize;
    bytes[HEADER + 52..][..length].to_vec()
}

/// The payload in encoding 1, by the table in `FORMAT.md`.
fn plain(key: &[u8], value: &[u8]) -> Vec<u8> {
    let length = |mut length: usize| {
        let mut bytes = Vec::new();
        while length >= 128 {
            bytes.push((length % 128) as u8 + 128);
            length /= 128;
        }
        bytes.push(length as u8);
        bytes
    };
    [&[1, 1][..], &length(key.len()), key, &length(value.len()), value].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_shorter_encoding_is_taken_and_both_come_back(
        key in prop::collection::vec(any::<u8>(), 0..20),
        // From nothing in common to very much.
        values in 1u8..=255,
        length in prop_oneof![0usize..300, 65_000usize..66_000],
        seed in any::<u64>(),
    ) {
        let mut number = seed;
        let value: Vec<u8> = (0..length)
            .map(|_| {
                number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (number >> 33) as u8 % values
            })
            .collect();
        let disk = SimDisk::default();
        let mut batch = Batch::new();
        batch.put(key.clone(), value.clone());
        open(&disk).commit(batch.clone(), 0).expect("commits");

        let (written, plain) = (payload(&disk), plain(&key, &value));
        match written[0] {
            1 => prop_assert_eq!(&written, &plain),
            2 => {
                prop_assert!(written.len() < plain.len());
                let raw = u32::from_be_bytes(written[1..5].try_into().expect("four")) as usize;
                prop_assert_eq!(raw, plain.len() - 1);
            }
            other => prop_assert!(false, "encoding {}", other),
        }
        let store = open(&disk);
        let read = store.history(0).expect("readable").expect("kept").next().expect("one").expect("readable");
        prop_assert_eq!(read.batch, batch);
        prop_assert_eq!(store.view().get(&key).expect("readable").expect("there").to_vec(), value);
    }
}

#[test]
fn much_that_is_alike_takes_little_room() {
    let disk = SimDisk::default();
    let mut batch = Batch::new();
    for number in 0..1000u64 {
        batch.put(number.to_be_bytes(), "always the same value");
    }
    open(&disk).commit(batch, 0).expect("commits");
    let written = payload(&disk);
    assert_eq!(written[0], 2);
    assert!(written.len() * 2 < 1000 * (8 + 21), "{}", written.len());
}

/// Whoever can make the checksum right may still say wrong lengths; that is refused and nothing breaks.
#[test]
fn a_wrong_raw_length_is_refused() {
    let disk = SimDisk::default();
    let mut batch = Batch::new();
    batch.put("key", vec![1; 1000]);
    open(&disk).commit(batch, 0).expect("commits");
    let whole = disk.bytes(SEGMENT);
    for wrong in [0u32, 1, 1004, 1006, u32::MAX] {
        let disk = disk.copy();
        disk.change(SEGMENT, |bytes| {
            *bytes = whole.clone();
            bytes[HEADER + 53..HEADER + 57].copy_from_slice(&wrong.to_be_bytes());
            let end = bytes.len() - 4;
            let checksum = crc32fast::hash(&bytes[HEADER..end]);
            bytes[end..].copy_from_slice(&checksum.to_be_bytes());
        });
        let error = Store::open_with(disk, Options::default()).err();
        assert!(
            matches!(error, Some(kapok_store::StoreError::JournalDamaged { offset: 72, .. })),
            "{wrong}: {error:?}"
        );
    }
}

#[test]
fn the_hash_tells_rows_apart_and_only_rows() {
    let hash = |changes: &[(&str, Option<&str>)]| {
        let store = Store::memory();
        for (key, value) in changes {
            let mut batch = Batch::new();
            match value {
                Some(value) => batch.put(*key, *value),
                None => batch.delete(*key),
            }
            store.commit(batch, 0).expect("commits");
        }
        store.view().hash().expect("readable")
    };
    assert_eq!(hash(&[]), *blake3::hash(b"").as_bytes());
    assert_eq!(hash(&[("a", Some("bc"))]), *blake3::hash(b"\x01a\x02bc").as_bytes());
    // The same rows by another way.
    assert_eq!(
        hash(&[("a", Some("1")), ("b", Some("2"))]),
        hash(&[
            ("b", Some("x")),
            ("c", Some("y")),
            ("a", Some("1")),
            ("b", Some("2")),
            ("c", None)
        ])
    );
    // The same bytes, cut differently.
    assert_ne!(hash(&[("a", Some("bc"))]), hash(&[("ab", Some("c"))]));
    assert_ne!(hash(&[("a", Some(""))]), hash(&[]));
}
