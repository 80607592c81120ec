//! What the journal does when the disk does not do its part.

use kapok_store::{Batch, Health, Options, Store, StoreError};

use kapok_sim::disk::{SimDisk, Survival};

const SEGMENT: &str = "journal/00000000000000000001.journal";
const HEADER: usize = 72;

fn open(disk: &SimDisk) -> Result<Store, StoreError> {
    Store::open_with(
        disk.clone(),
        Options {
            reserve_bytes: 0,
            ahead_bytes: 0,
            ..Options::default()
        },
    )
}

fn open_small_segments(disk: &SimDisk) -> Result<Store, StoreError> {
    Store::open_with(
        disk.clone(),
        Options {
            segment_bytes: 300,
            reserve_bytes: 0,
            ..Options::default()
        },
    )
}

/// Commits row `number` with a value that its number decides.
fn commit(store: &Store, number: u64) -> Result<u64, StoreError> {
    let mut batch = Batch::new();
    batch.put(number.to_be_bytes(), vec![number as u8; number as usize * 5]);
    batch.put("last", number.to_be_bytes());
    store.commit(batch, number as i64)
}

/// Rows 1 to `last` are there and right, and nothing else.
fn check(store: &Store, last: u64) {
    let view = store.view();
    assert_eq!(view.seq(), last);
    for number in 1..=last {
        let value = view.get(&number.to_be_bytes()).expect("readable").expect("there");
        assert_eq!(value.as_ref(), vec![number as u8; number as usize * 5]);
    }
    assert_eq!(view.scan(b"").count() as u64, if last == 0 { 0 } else { last + 1 });
    let history = store.history(0).expect("readable").expect("kept");
    let times: Vec<_> = history.map(|record| record.expect("readable").time_ms).collect();
    assert_eq!(times, (1..=last as i64).collect::<Vec<_>>());
}

/// A journal of three records and where each begins, with the end.
fn three_records() -> (SimDisk, Vec<usize>) {
    let disk = SimDisk::default();
    let store = open(&disk).expect("opens");
    let mut offsets = vec![disk.bytes(SEGMENT).len()];
    for number in 1..=3 {
        commit(&store, number).expect("commits");
        offsets.push(disk.bytes(SEGMENT).len());
    }
    assert_eq!(offsets[0], HEADER);
    (disk, offsets)
}

#[test]
fn a_torn_tail_is_cut_wherever_it_is_torn() {
    let (disk, offsets) = three_records();
    let (start, end) = (offsets[2], offsets[3]);
    let whole = disk.bytes(SEGMENT);
    for at in start..end {
        type Tear<'a> = &'a dyn Fn(&mut Vec<u8>);
        let tails: [(&str, Tear<'_>); 3] = [
            ("short", &|bytes| bytes.truncate(at)),
            ("zeros behind", &|bytes| bytes[at..].fill(0)),
            ("garbage before", &|bytes| bytes[start..=at].fill(0xee)),
        ];
        for (tail, tear) in tails {
            let disk = disk.copy();
            disk.change(SEGMENT, |bytes| tear(bytes));
            if disk.bytes(SEGMENT) == whole {
                continue; // The last bytes were zeros already.
            }
            let left = disk.bytes(SEGMENT).len() - start;
            // Nothing but zeros is no tail: that is what is written ahead.
            let torn = disk.bytes(SEGMENT)[start..].iter().any(|&byte| byte != 0);
            let store = open(&disk).unwrap_or_else(|error| panic!("{tail} at {at}: {error}"));
            check(&store, 2);
            let cut = store
                .recovery()
                .cut_tail
                .as_ref()
                .map(|cut| (cut.offset as usize, cut.bytes as usize));
            assert_eq!(cut, torn.then_some((start, left)), "{tail} at {at}");
            commit(&store, 3).expect("commits");
            drop(store);
            check(&open(&disk).expect("opens"), 3);
        }
    }
}

/// What is written ahead is neither a record nor what is left of one.
#[test]
fn zeros_written_ahead_are_no_tail() {
    let ahead = |disk: &SimDisk| {
        let options = Options {
            reserve_bytes: 0,
            ahead_bytes: 500,
            ..Options::default()
        };
        Store::open_with(disk.clone(), options).unwrap_or_else(|error| panic!("{error}"))
    };
    let disk = SimDisk::default();
    let store = ahead(&disk);
    commit(&store, 1).expect("commits");
    let grown = disk.bytes(SEGMENT).len();
    commit(&store, 2).expect("commits");
    assert_eq!(disk.bytes(SEGMENT).len(), grown, "there was room for it");
    drop(store);
    let end = disk
        .bytes(SEGMENT)
        .iter()
        .rposition(|&byte| byte != 0)
        .expect("records")
        + 1;
    assert!(grown > end + 100);
    // Whole, cut anywhere in the zeros, or with what an interrupted write left among them.
    for length in [grown, end + 7, end] {
        for torn in [None, Some(end), Some(end + 5)] {
            let disk = disk.copy();
            disk.change(SEGMENT, |bytes| {
                bytes.truncate(length);
                if let Some(byte) = torn.and_then(|at| bytes.get_mut(at)) {
                    *byte = 1;
                }
            });
            let touched = torn.is_some_and(|at| at < length);
            let store = ahead(&disk);
            assert_eq!(store.recovery().cut_tail.is_some(), touched, "{length}, {torn:?}");
            check(&store, 2);
            commit(&store, 3).expect("commits");
            drop(store);
            check(&ahead(&disk), 3);
            check(&open(&disk).expect("opens"), 3);
        }
    }
}

#[test]
fn damage_before_the_last_record_is_refused_with_its_place() {
    let (disk, offsets) = three_records();
    for at in 0..offsets[2] {
        let disk = disk.copy();
        disk.change(SEGMENT, |bytes| bytes[at] ^= 1 << (at % 8));
        let before = disk.bytes(SEGMENT);
        let error = open(&disk).err().unwrap_or_else(|| panic!("byte {at} is accepted"));
        let place = offsets.iter().rev().find(|&&offset| offset <= at).copied().unwrap_or(0);
        match error {
            StoreError::JournalDamaged { file, offset, .. } => {
                assert_eq!((file.as_str(), offset), (SEGMENT, place as u64))
            }
            other => panic!("byte {at}: {other}"),
        }
        assert_eq!(disk.bytes(SEGMENT), before, "nothing may be changed");
    }
}

#[test]
fn a_record_that_was_replaced_breaks_the_chain() {
    let (disk, offsets) = three_records();
    disk.change(SEGMENT, |bytes| {
        // A change of the time, with the checksum made right.
        let record = &mut bytes[offsets[1]..offsets[2]];
        record[19] ^= 1;
        let end = record.len() - 4;
        let checksum = crc32fast::hash(&record[..end]);
        record[end..].copy_from_slice(&checksum.to_be_bytes());
    });
    match open(&disk).err() {
        Some(StoreError::JournalDamaged { offset, .. }) => assert_eq!(offset, offsets[2] as u64),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_newer_format_is_refused_in_words() {
    let (disk, _) = three_records();
    disk.change(SEGMENT, |bytes| {
        bytes[11] = 9;
        let checksum = crc32fast::hash(&bytes[..HEADER - 4]);
        bytes[HEADER - 4..HEADER].copy_from_slice(&checksum.to_be_bytes());
    });
    assert!(matches!(
        open(&disk).err(),
        Some(StoreError::NewerFormat { found: 9, known: 1, .. })
    ));
}

#[test]
fn segments_follow_each_other_and_none_may_be_missing() {
    let disk = SimDisk::default();
    let store = open_small_segments(&disk).expect("opens");
    for number in 1..=12 {
        commit(&store, number).expect("commits");
    }
    let later: Vec<_> = store
        .history(7)
        .expect("readable")
        .expect("kept")
        .map(|record| record.expect("readable").seq)
        .collect();
    assert_eq!(later, [8, 9, 10, 11, 12]);
    drop(store);
    let segments = disk.files();
    assert!(segments.len() > 3, "{segments:?}");
    check(&open_small_segments(&disk).expect("opens"), 12);

    for missing in &segments[..segments.len() - 1] {
        let disk = disk.copy();
        kapok_store::Disk::remove(&disk, missing).expect("removes");
        assert!(
            matches!(open(&disk).err(), Some(StoreError::JournalIncomplete { .. })),
            "{missing}"
        );
    }
    // A tail is torn at the end of the journal only, not at the end of any segment.
    for segment in &segments[..segments.len() - 1] {
        let disk = disk.copy();
        disk.change(segment, |bytes| bytes.truncate(bytes.len() - 1));
        assert!(
            matches!(open(&disk).err(), Some(StoreError::JournalDamaged { .. })),
            "{segment}"
        );
    }
    // A segment of another folder, though whole, is not taken.
    let other = SimDisk::default();
    let store = open_small_segments(&other).expect("opens");
    (1..=12).for_each(|number| assert_eq!(commit(&store, number).expect("commits"), number));
    disk.change(&segments[1], |bytes| *bytes = other.bytes(&segments[1]));
    assert!(matches!(
        open(&disk).err(),
        Some(StoreError::JournalDamaged { offset: 0, .. })
    ));
}

#[test]
fn a_full_disk_means_read_only_until_there_is_room() {
    // Room for less than one record: the append is torn by the missing room at each of its bytes, or a new segment is.
    for room in 0..150 {
        let disk = SimDisk::default();
        let store = open_small_segments(&disk).expect("opens");
        let mut last = 0;
        for number in 1..=6 {
            disk.set_capacity(Some(disk.used() + room));
            match commit(&store, number) {
                Ok(_) => {}
                Err(StoreError::DiskFull) => {
                    assert!(matches!(store.health(), Health::ReadOnly { .. }));
                    check(&store, last);
                    disk.set_capacity(None);
                    commit(&store, number).expect("commits when there is room");
                }
                Err(other) => panic!("{other}"),
            }
            last = number;
            assert_eq!(store.health(), Health::Writable);
        }
        drop(store);
        check(&open(&disk).expect("opens"), 6);
    }
}

#[test]
fn a_write_that_found_no_room_leaves_nothing_behind() {
    let disk = SimDisk::default();
    let store = open(&disk).expect("opens");
    commit(&store, 1).expect("commits");
    let before = disk.bytes(SEGMENT);
    disk.set_capacity(Some(disk.used() + 400));
    let mut large = Batch::new();
    // Nothing in it that could be compressed.
    large.put(
        "large",
        (0u32..32)
            .flat_map(|number| *blake3::hash(&number.to_be_bytes()).as_bytes())
            .collect::<Vec<_>>(),
    );
    assert!(matches!(store.commit(large, 2), Err(StoreError::DiskFull)));
    assert_eq!(disk.bytes(SEGMENT), before);
    commit(&store, 2).expect("what is smaller still finds room");
    drop(store);
    let store = open(&disk).expect("opens");
    assert_eq!(store.recovery().cut_tail, None);
    check(&store, 2);
}

#[test]
fn after_a_failed_sync_nothing_is_saved_until_the_next_start() {
    let disk = SimDisk::default();
    let store = open(&disk).expect("opens");
    commit(&store, 1).expect("commits");
    disk.fail_next_sync();
    assert!(matches!(commit(&store, 2), Err(StoreError::Poisoned { .. })));
    let syncs = disk.syncs();
    assert!(matches!(commit(&store, 2), Err(StoreError::Poisoned { .. })));
    assert!(matches!(store.health(), Health::Poisoned { .. }));
    assert_eq!(disk.syncs(), syncs, "a failed sync is never tried again");
    check_rows_only(&store, 1);
    drop(store);
    for survival in [Survival::Lost, Survival::Half, Survival::Zeros, Survival::Kept] {
        let store = open(&disk.restarted(survival)).expect("opens");
        check(&store, if matches!(survival, Survival::Kept) { 2 } else { 1 });
    }
}

/// A record whose sync failed is still there when the process alone is started again; then it must also last.
#[test]
fn what_is_there_after_a_start_lasts() {
    let disk = SimDisk::default();
    let store = open(&disk).expect("opens");
    commit(&store, 1).expect("commits");
    disk.fail_next_sync();
    assert!(commit(&store, 2).is_err());
    drop(store);
    check(&open(&disk).expect("opens"), 2);
    check(&open(&disk.restarted(Survival::Lost)).expect("opens"), 2);
}

fn check_rows_only(store: &Store, last: u64) {
    assert_eq!(
        (store.view().seq(), store.view().scan(b"").count() as u64),
        (last, last + 1)
    );
}

#[test]
fn whatever_was_answered_survives_a_power_cut_at_any_moment() {
    for survival in [Survival::Lost, Survival::Half, Survival::Zeros, Survival::Kept] {
        for calls in 0.. {
            let disk = SimDisk::default();
            disk.cut_power_in(calls);
            let (mut answered, mut cut) = (0, false);
            match open_small_segments(&disk) {
                Ok(store) => {
                    for number in 1..=8 {
                        match commit(&store, number) {
                            Ok(_) => answered = number,
                            Err(_) => cut = true,
                        }
                    }
                }
                Err(_) => cut = true,
            }
            // The start after it may be interrupted as well.
            let disk = disk.restarted(survival);
            disk.cut_power_in(calls % 7);
            let _ = open_small_segments(&disk);
            let disk = disk.restarted(survival);
            let store =
                open_small_segments(&disk).unwrap_or_else(|error| panic!("{survival:?} after {calls} calls: {error}"));
            let found = store.view().seq();
            assert!(
                found == answered || found == answered + 1,
                "{survival:?} after {calls} calls: {found}, answered {answered}"
            );
            check(&store, found);
            commit(&store, found + 1).expect("commits");
            if !cut {
                break;
            }
        }
    }
}
