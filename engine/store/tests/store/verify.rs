//! Checking finds every kind of damage, and nothing where nothing is wrong.

use std::fs;
use std::path::Path;

use kapok_store::{Problem, StateFiles, Store, StoreError, backup, verify};

use crate::common::{commit, expected, options, pruned_folder};

fn flip(folder: &Path, file: &str, at: usize) {
    let path = folder.join(file);
    let mut bytes = fs::read(&path).expect("readable");
    bytes[at] ^= 0x10;
    fs::write(path, bytes).expect("writes");
}

fn segment(first: u64) -> String {
    format!("journal/{first:020}.journal")
}

fn snapshot(last: u64) -> String {
    format!("snapshots/{last:020}.snapshot")
}

fn problems(folder: &Path, deep: bool) -> Vec<Problem> {
    verify(folder, deep).unwrap_or_else(|error| panic!("{error}")).problems
}

fn has_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

#[test]
fn nothing_is_wrong_with_good_folders() {
    for deep in [false, true] {
        // New and empty, with a journal only, with snapshots; closed in order.
        let folder = tempfile::tempdir().expect("a temporary folder");
        drop(Store::open_folder(folder.path(), options()).expect("opens"));
        let found = verify(folder.path(), deep).expect("readable");
        assert_eq!((found.problems, found.first, found.last), (vec![], 1, 0));
        assert_eq!(found.state, StateFiles::Read { rows: 0 });
        assert_eq!(found.hash, deep.then(|| expected(0)));

        commit(&Store::open_folder(folder.path(), options()).expect("opens"), 1..=20);
        let found = verify(folder.path(), deep).expect("readable");
        assert_eq!((found.problems, found.first, found.last), (vec![], 1, 20));
        assert_eq!(found.hash, deep.then(|| expected(20)));

        let folder = pruned_folder();
        let found = verify(folder.path(), deep).expect("readable");
        assert_eq!((found.problems, found.first, found.last), (vec![], 31, 75));
        assert_eq!(
            (found.snapshots, found.torn_tail, found.is_backup),
            (vec![30, 60], None, false)
        );
        assert!(
            matches!(found.state, StateFiles::Read { rows } if rows > 1),
            "{:?}",
            found.state
        );
        assert_eq!(found.hash, deep.then(|| expected(75)));
        // And it is as it was: the next start has nothing to do.
        let store = Store::open_folder(folder.path(), options()).expect("opens");
        assert_eq!((store.recovery().replayed, &store.recovery().rebuilt), (0, &None));
        assert!(matches!(verify(folder.path(), deep), Err(StoreError::Locked { .. })));
    }
    let nothing = tempfile::tempdir().expect("a temporary folder");
    assert!(matches!(verify(nothing.path(), false), Err(StoreError::NoData { .. })));
}

#[test]
fn a_stop_without_closing_is_no_damage() {
    let folder = pruned_folder();
    let name = segment(61);
    // As a killed process leaves it: half a record at the end, state files behind the journal.
    let checkpoint = folder.path().join("state.checkpoint");
    let text = fs::read_to_string(&checkpoint).expect("readable");
    let body = text.rsplit_once("checksum").expect("there").0;
    let body = body
        .replace("applied 75", "applied 62")
        .replace("synced 75", "synced 62")
        .replace("clean yes", "clean no");
    let checksum = crc32fast::hash(body.as_bytes());
    fs::write(&checkpoint, format!("{body}checksum {checksum:08x}\n")).expect("writes");
    let last = fs::read_dir(folder.path().join("journal")).expect("readable");
    let last = last.map(|entry| entry.expect("readable").path()).max().expect("one");
    let mut bytes = fs::read(&last).expect("readable");
    bytes.extend([0, 0, 0, 9, 1]);
    fs::write(&last, bytes).expect("writes");
    assert!(last >= folder.path().join(name));
    // A row behind the checkpoint, written in part.
    in_sled(folder.path(), |tree| {
        tree.insert([&[1], &b"last"[..]].concat(), &[0, 7]).map(drop)
    });
    let before = fs::read(&checkpoint).expect("readable");
    for deep in [false, true] {
        let found = verify(folder.path(), deep).expect("readable");
        assert_eq!((found.problems, found.last), (vec![], 75));
        assert_eq!(found.torn_tail.map(|tail| tail.bytes), Some(5));
        assert!(matches!(found.state, StateFiles::Read { .. }));
        assert_eq!(fs::read(&checkpoint).expect("readable"), before);
    }
}

/// A name, what is done to a folder, whether it takes a deep look, and the file that is to be named.
type Case = (&'static str, Box<dyn Fn(&Path)>, bool, String);

fn cases() -> Vec<Case> {
    let case = |name, harm: Box<dyn Fn(&Path)>, deep, file: &str| (name, harm, deep, file.to_owned());
    vec![
        case(
            "a record is changed",
            Box::new(|folder| flip(folder, &segment(31), 200)),
            false,
            &segment(31),
        ),
        case(
            "the header of a segment is changed",
            Box::new(|folder| flip(folder, &segment(61), 30)),
            false,
            &segment(61),
        ),
        case(
            "a segment in between is missing",
            Box::new(|folder| {
                let mut names: Vec<_> = fs::read_dir(folder.join("journal")).expect("readable").collect();
                names.sort_by_key(|entry| entry.as_ref().expect("readable").path());
                fs::remove_file(names[2].as_ref().expect("readable").path()).expect("removes");
            }),
            false,
            "journal",
        ),
        case(
            "the first segment is missing",
            Box::new(|folder| fs::remove_file(folder.join(segment(31))).expect("removes")),
            false,
            "journal",
        ),
        case(
            "the last segment is missing",
            Box::new(|folder| {
                let names = fs::read_dir(folder.join("journal")).expect("readable");
                let last = names.map(|entry| entry.expect("readable").path()).max().expect("one");
                fs::remove_file(last).expect("removes");
            }),
            false,
            "journal",
        ),
        case(
            "all segments are missing",
            Box::new(|folder| {
                fs::remove_dir_all(folder.join("journal")).expect("removes");
                fs::create_dir(folder.join("journal")).expect("creates");
            }),
            false,
            "journal",
        ),
        case(
            "a snapshot is changed",
            Box::new(|folder| flip(folder, &snapshot(60), 100)),
            false,
            &snapshot(60),
        ),
        case(
            "its header is changed",
            Box::new(|folder| flip(folder, &snapshot(30), 20)),
            false,
            &snapshot(30),
        ),
        case(
            "the snapshot that the journal stands on is missing",
            Box::new(|folder| {
                fs::remove_file(folder.join(snapshot(30))).expect("removes");
                fs::remove_file(folder.join(snapshot(60))).expect("removes");
            }),
            false,
            "journal",
        ),
        case(
            "a snapshot has another name",
            Box::new(|folder| fs::rename(folder.join(snapshot(60)), folder.join(snapshot(59))).expect("renames")),
            false,
            &snapshot(59),
        ),
        case(
            "a snapshot is whole, but its rows are not those of the journal",
            Box::new(|folder| {
                // The rows of another store at the same number, under this one's header.
                let other = tempfile::tempdir().expect("a temporary folder");
                let store = Store::open_folder(other.path(), options()).expect("opens");
                for number in 1..=60u64 {
                    let mut batch = kapok_store::Batch::new();
                    batch.put(number.to_be_bytes(), "wrong");
                    store.commit(batch, 0).expect("commits");
                }
                store.snapshot().expect("works");
                let header = fs::read(folder.join(snapshot(60))).expect("readable")[..72].to_vec();
                let mut bytes = fs::read(other.path().join(snapshot(60))).expect("readable");
                bytes[..72].copy_from_slice(&header);
                fs::write(folder.join(snapshot(60)), bytes).expect("writes");
            }),
            true,
            &snapshot(60),
        ),
        case(
            "the checkpoint is changed",
            Box::new(|folder| flip(folder, "state.checkpoint", 60)),
            false,
            "state.checkpoint",
        ),
        case(
            "the state files are gone",
            Box::new(|folder| fs::remove_dir_all(folder.join("state")).expect("removes")),
            false,
            "state",
        ),
        case(
            "the state file is emptied",
            Box::new(|folder| fs::write(folder.join("state/db"), "").expect("writes")),
            false,
            "state",
        ),
        case(
            "a row of the state files is changed",
            Box::new(|folder| {
                in_sled(folder, |tree| {
                    tree.insert([&[1], &b"last"[..]].concat(), &[0, 7]).map(drop)
                })
            }),
            true,
            "state",
        ),
        case(
            "a row of the state files is lost",
            Box::new(|folder| in_sled(folder, |tree| tree.remove([&[1], &b"last"[..]].concat()).map(drop))),
            true,
            "state",
        ),
        case(
            "the state files have a row too many",
            Box::new(|folder| {
                in_sled(folder, |tree| {
                    tree.insert([&[1], &b"more"[..]].concat(), &[0, 7]).map(drop)
                })
            }),
            true,
            "state",
        ),
    ]
}

/// Changes the state files behind everybody's back.
fn in_sled(folder: &Path, change: impl Fn(&sled::Db) -> sled::Result<()>) {
    let db = sled::open(folder.join("state")).expect("opens");
    change(&db).expect("works");
    db.flush().expect("works");
}

#[test]
fn every_kind_of_damage_is_found() {
    for (name, harm, deep, file) in cases() {
        let folder = pruned_folder();
        harm(folder.path());
        let quick = problems(folder.path(), false);
        assert_eq!(quick.is_empty(), deep, "{name}: {quick:?}");
        let found = problems(folder.path(), true);
        assert!(found.iter().any(|problem| problem.file == file), "{name}: {found:?}");
        for problem in found {
            assert!(
                has_chinese(&problem.zh) && !has_chinese(&problem.en),
                "{name}: {problem:?}"
            );
        }
    }
}

#[test]
fn a_flip_of_any_byte_is_found() {
    let folder = pruned_folder();
    // They are another matter, and take their time to open.
    fs::remove_dir_all(folder.path().join("state")).expect("removes");
    fs::remove_file(folder.path().join("state.checkpoint")).expect("removes");
    for file in [segment(31), snapshot(30)] {
        let whole = fs::read(folder.path().join(&file)).expect("readable");
        for at in 0..whole.len() {
            flip(folder.path(), &file, at);
            let found = problems(folder.path(), false);
            assert!(
                found.iter().any(|problem| problem.file == file),
                "{file} byte {at}: {found:?}"
            );
            fs::write(folder.path().join(&file), &whole).expect("writes");
        }
    }
    assert_eq!(problems(folder.path(), false), []);
}

#[test]
fn all_that_is_wrong_is_told() {
    let folder = pruned_folder();
    for file in [segment(31), segment(61), snapshot(30), snapshot(60)] {
        flip(folder.path(), &file, 90);
    }
    let found = problems(folder.path(), true);
    for file in [segment(31), segment(61), snapshot(30), snapshot(60)] {
        assert!(
            found
                .iter()
                .any(|problem| problem.file == file && problem.offset.is_some()),
            "{found:?}"
        );
    }
}

#[test]
fn a_backup_that_was_changed_is_no_longer_one() {
    let (folder, copies) = (pruned_folder(), tempfile::tempdir().expect("a temporary folder"));
    let copy = copies.path().join("copy");
    backup(folder.path(), &copy).expect("works");
    assert!(verify(&copy, true).expect("readable").is_backup);
    // The last segment shortened by a whole record is still a journal, but not the one that was copied.
    let segments = fs::read_dir(copy.join("journal")).expect("readable");
    let last = segments
        .map(|entry| entry.expect("readable").path())
        .max()
        .expect("one");
    let whole = fs::read(&last).expect("readable");
    fs::write(&last, &whole[..72]).expect("writes");
    assert!(!problems(&copy, false).is_empty());
    fs::write(&last, &whole).expect("writes");
    assert_eq!(problems(&copy, false), []);
    flip(&copy, "backup.manifest", 20);
    assert_eq!(problems(&copy, false)[0].file, "backup.manifest");
    fs::rename(copy.join("backup.manifest"), copy.join("backup.manifest.tmp")).expect("renames");
    assert_eq!(problems(&copy, false)[0].file, "backup.manifest.tmp");
    assert!(matches!(Store::open(&copy).err(), Some(StoreError::Unfinished)));
}
