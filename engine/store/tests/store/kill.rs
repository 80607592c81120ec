//! A process that is killed loses nothing that it had answered.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use kapok_store::{Batch, Options, Store};

const FOLDER: &str = "KAPOK_STORE_KILL_FOLDER";

fn open(folder: &Path) -> Store {
    let options = Options {
        segment_bytes: 50_000,
        feed_every: Duration::from_millis(1),
        checkpoint_every: Duration::from_millis(5),
        ..Options::default()
    };
    Store::open_folder(folder, options).unwrap_or_else(|error| panic!("{error}"))
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

#[test]
fn what_a_killed_process_answered_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let model = Store::memory();
    for answers in [1, 40, 333, 7, 150] {
        let mut child = Command::new(std::env::current_exe().expect("known"))
            .args(["--exact", "kill::commit_until_killed", "--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let answered = lines.filter_map(|line| line.ok()?.strip_prefix("answered ")?.parse::<u64>().ok());
        let answered = answered.take(answers).last().expect("at least one answer");
        child.kill().expect("still running");
        child.wait().expect("ends");

        let store = open(folder.path());
        let last = store.view().seq();
        assert!(last >= answered, "{last} is there, {answered} was answered");
        assert_eq!(
            store.recovery().rebuilt,
            None,
            "a killed process leaves files that can be used"
        );
        for number in model.view().seq() + 1..=last {
            model.commit(batch(number), 0).expect("commits");
        }
        let (found, expected) = (store.view(), model.view());
        assert!(
            found
                .scan(b"")
                .map(Result::unwrap)
                .eq(expected.scan(b"").map(Result::unwrap))
        );
        // And it goes on.
        store.commit(batch(last + 1), 0).expect("commits");
    }
}
