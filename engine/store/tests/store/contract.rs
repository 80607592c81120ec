//! What every store promises, whatever lies below it.

use std::sync::Arc;
use std::time::Duration;

use kapok_store::{Batch, Options, RealDisk, Store, StoreError, View};

/// A store to try, with what must outlive it.
struct Backend {
    name: &'static str,
    store: Store,
    _folder: Option<tempfile::TempDir>,
}

fn backends() -> Vec<Backend> {
    let folder = || tempfile::tempdir().expect("a temporary folder");
    let (journal_only, files) = (folder(), folder());
    let quick = Options {
        feed_every: Duration::from_millis(1),
        ..Options::default()
    };
    vec![
        Backend {
            name: "memory",
            store: Store::memory(),
            _folder: None,
        },
        Backend {
            name: "journal",
            store: Store::open_with(RealDisk::new(journal_only.path()), quick.clone()).expect("opens"),
            _folder: Some(journal_only),
        },
        Backend {
            name: "files",
            store: Store::open_folder(files.path(), quick).expect("opens"),
            _folder: Some(files),
        },
    ]
}

/// Tries a promise on every backend.
fn everywhere(promise: impl Fn(&Store)) {
    for backend in backends() {
        println!("backend: {}", backend.name);
        promise(&backend.store);
        backend.store.catch_up().expect("catches up");
    }
}

fn batch(changes: &[(&str, Option<&str>)]) -> Batch {
    let mut batch = Batch::new();
    for (key, value) in changes {
        match value {
            Some(value) => batch.put(*key, *value),
            None => batch.delete(*key),
        }
    }
    batch
}

fn get(view: &View, key: &str) -> Option<String> {
    let value = view.get(key.as_bytes()).expect("readable")?;
    Some(String::from_utf8(value.to_vec()).expect("text"))
}

fn keys(scan: kapok_store::Scan<'_>) -> String {
    let keys: Vec<_> = scan
        .map(|row| String::from_utf8(row.expect("readable").0.to_vec()).expect("text"))
        .collect();
    keys.join(" ")
}

#[test]
fn a_commit_is_numbered_and_visible() {
    everywhere(|store| {
        assert_eq!(store.view().seq(), 0);
        assert_eq!(
            store
                .commit(batch(&[("a", Some("1")), ("b", Some("2"))]), 0)
                .expect("commits"),
            1
        );
        assert_eq!(
            store
                .commit(batch(&[("a", None), ("b", Some("3")), ("b", Some("4"))]), 0)
                .expect("commits"),
            2
        );
        let view = store.view();
        assert_eq!(
            (view.seq(), get(&view, "a"), get(&view, "b")),
            (2, None, Some("4".into()))
        );
    });
}

#[test]
fn an_empty_batch_changes_nothing() {
    everywhere(|store| {
        assert_eq!(store.commit(Batch::new(), 0).expect("commits"), 0);
        store.commit(batch(&[("a", Some(""))]), 0).expect("commits");
        assert_eq!(store.commit(Batch::new(), 0).expect("commits"), 1);
        assert_eq!(get(&store.view(), "a"), Some(String::new()));
    });
}

#[test]
fn a_view_does_not_move() {
    everywhere(|store| {
        store
            .commit(batch(&[("a", Some("old")), ("b", Some("old"))]), 0)
            .expect("commits");
        store.catch_up().expect("catches up");
        let view = store.view();
        store
            .commit(batch(&[("a", Some("new")), ("b", None), ("c", Some("new"))]), 0)
            .expect("commits");
        assert_eq!(get(&view, "a"), Some("old".into()));
        assert_eq!(keys(view.scan(b"")), "a b");
        assert_eq!(keys(store.view().scan(b"")), "a c");
    });
}

#[test]
fn scans_go_both_ways_and_begin_anywhere() {
    everywhere(|store| {
        store
            .commit(
                batch(&["a", "b1", "b2", "b3", "b4", "c"].map(|key| (key, Some(key)))),
                0,
            )
            .expect("commits");
        // Some rows in the state files, some above them, one hidden.
        store.catch_up().expect("catches up");
        store
            .commit(batch(&[("b2", Some("again")), ("b3", None), ("b5", Some("new"))]), 0)
            .expect("commits");
        let view = store.view();
        let cases = [
            (view.scan(b""), "a b1 b2 b4 b5 c"),
            (view.scan(b"b"), "b1 b2 b4 b5"),
            (view.scan(b"b").reverse(), "b5 b4 b2 b1"),
            (view.scan(b"b").after("b2"), "b4 b5"),
            (view.scan(b"b").from("b2"), "b2 b4 b5"),
            (view.scan(b"b").from("a"), "b1 b2 b4 b5"),
            (view.scan(b"b").from("c"), ""),
            (view.scan(b"b").reverse().after("b4"), "b2 b1"),
            (view.scan(b"b").after("b4").reverse(), "b2 b1"),
            (view.scan(b"b").reverse().from("b4"), "b4 b2 b1"),
            (view.scan(b"b").reverse().from("c"), "b5 b4 b2 b1"),
            (view.scan(b"x"), ""),
            (view.scan_range(b"a", b"b4"), "a b1 b2"),
            (view.scan_range(b"b4", b"b4"), ""),
            (view.scan_range(b"c", b"a"), ""),
            (view.scan_range(b"a", b"b4").reverse().after("b1"), "a"),
        ];
        for (number, (scan, expected)) in cases.into_iter().enumerate() {
            assert_eq!(keys(scan), expected, "case {number}");
        }
    });
}

#[test]
fn a_prefix_of_the_highest_bytes_has_an_end() {
    everywhere(|store| {
        let mut batch = Batch::new();
        for key in [vec![0xfe], vec![0xff], vec![0xff, 0xff], vec![0xff, 0xff, 1]] {
            batch.put(key, "");
        }
        store.commit(batch, 0).expect("commits");
        store.catch_up().expect("catches up");
        assert_eq!(store.view().scan(&[0xff, 0xff]).count(), 2);
        assert_eq!(store.view().scan(&[0xff]).reverse().count(), 3);
    });
}

#[test]
fn large_values_come_back_whole_and_go_whole() {
    everywhere(|store| {
        for size in [4095usize, 4096, 4097, 100_000, 5000, 12_288, 10, 0] {
            let value: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let mut batch = Batch::new();
            batch.put("large", value.clone());
            store.commit(batch, 0).expect("commits");
            store.catch_up().expect("catches up");
            let read = store.view().get(b"large").expect("readable").expect("there");
            assert_eq!(read.as_ref(), value, "{size} bytes");
            assert_eq!(keys(store.view().scan(b"")), "large");
        }
        store.commit(batch(&[("large", None)]), 0).expect("commits");
        store.catch_up().expect("catches up");
        assert_eq!(keys(store.view().scan(b"")), "");
    });
}

#[test]
fn what_breaks_a_limit_is_refused_and_changes_nothing() {
    everywhere(|store| {
        let mut batch = Batch::new();
        batch.put("fine", "");
        batch.put(vec![0; kapok_store::MAX_KEY + 1], "");
        assert!(matches!(
            store.commit(batch, 0),
            Err(StoreError::TooLarge { what: "a key", .. })
        ));
        assert_eq!(store.view().seq(), 0);
    });
}

#[test]
fn views_and_stores_go_between_threads() {
    everywhere(|store| {
        let writers = (0..4).map(|writer| {
            let store = store.clone();
            std::thread::spawn(move || {
                for number in 0..25 {
                    let mut batch = Batch::new();
                    batch.put(format!("{writer}/{number}"), "");
                    batch.put("count", [writer as u8]);
                    store.commit(batch, 0).expect("commits");
                    // One row for each commit, and the one they share.
                    let view = store.view();
                    assert_eq!(view.scan(b"").count() as u64, view.seq() + 1);
                }
            })
        });
        writers
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|writer| writer.join().expect("no panic"));
        assert_eq!(store.view().seq(), 100);
    });
}

#[test]
fn a_value_is_shared_not_copied() {
    let store = Store::memory();
    store.commit(batch(&[("a", Some("1"))]), 0).expect("commits");
    let view = store.view();
    let (one, two) = (
        view.get(b"a").expect("readable"),
        view.clone().get(b"a").expect("readable"),
    );
    assert!(Arc::ptr_eq(&one.expect("there"), &two.expect("there")));
}
