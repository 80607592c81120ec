//! A process that is killed loses nothing that it had answered.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use kapok_store::{Batch, Bytes, Options, Store};

const FOLDER: &str = "KAPOK_STORE_KILL_FOLDER";

fn open(folder: &Path) -> Store {
    Store::open_folder(folder, options()).unwrap_or_else(|error| panic!("{error}"))
}

fn options() -> Options {
    Options {
        segment_bytes: 50_000,
        feed_every: Duration::from_millis(1),
        checkpoint_every: Duration::from_millis(5),
        ..Options::default()
    }
}

fn rows(store: &Store) -> Vec<(Bytes, Bytes)> {
    store.view().scan(b"").map(|row| row.expect("readable")).collect()
}

fn batch(number: u64) -> Batch {
    let mut batch = Batch::new();
    batch.put(
        (number % 97).to_be_bytes(),
        number.to_be_bytes().repeat((number % 13) as usize * 100),
    );
    batch.delete((number * 31 % 97).to_be_bytes());
    batch.put("last", number.to_be_bytes());
    batch
}

/// Not a test by itself: the process that the test below kills.
#[test]
#[ignore = "started by the test below"]
fn commit_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open(&PathBuf::from(folder));
    for number in store.view().seq() + 1.. {
        store.commit(batch(number), 0).expect("commits");
        println!("answered {number}");
    }
}

/// Starts the process and kills it after so many answers; returns the last of them.
fn kill_after(answers: usize, folder: &Path) -> u64 {
    let mut child = Command::new(std::env::current_exe().expect("known"))
        .args(["--exact", "kill::commit_until_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let answered = lines.filter_map(|line| line.ok()?.strip_prefix("answered ")?.parse::<u64>().ok());
    let answered = answered.take(answers).last().expect("at least one answer");
    child.kill().expect("still running");
    child.wait().expect("ends");
    answered
}

#[test]
fn what_a_killed_process_answered_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let model = Store::memory();
    for (answers, same_boot) in [(1, true), (40, true), (333, true), (7, false), (150, true)] {
        let answered = kill_after(answers, folder.path());
        // As after a power cut that happened to lose nothing: the state files are not trusted all the same.
        let boot_id = options()
            .boot_id
            .filter(|_| same_boot)
            .or(Some("another run of the system".into()));
        let store = Store::open_folder(folder.path(), Options { boot_id, ..options() }).expect("opens");
        assert_eq!(store.recovery().rebuilt.is_none(), same_boot, "{:?}", store.recovery());
        let last = store.view().seq();
        assert!(last >= answered, "{last} is there, {answered} was answered");
        for number in model.view().seq() + 1..=last {
            model.commit(batch(number), 0).expect("commits");
        }
        assert!(rows(&store) == rows(&model));
        // And it goes on.
        store.commit(batch(last + 1), 0).expect("commits");
    }
}
