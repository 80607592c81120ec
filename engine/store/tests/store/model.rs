//! Any sequence of commits, restarts and readings gives what a plain map would give.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use kapok_store::{Batch, Options, Store, StoreError, View};
use proptest::prelude::*;

use kapok_sim::disk::SimDisk;

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<(Vec<u8>, Option<Vec<u8>>)>),
    HoldView,
    CheckViews,
    CatchUp,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = prop::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0xff)], 0..4);
    let value = prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..8),
        1 => (4000usize..13_000, any::<u8>()).prop_map(|(length, byte)| vec![byte; length]),
    ];
    let changes = prop::collection::vec((key, prop::option::weighted(0.7, value)), 1..6);
    let step = prop_oneof![
        8 => changes.prop_map(Step::Commit),
        2 => Just(Step::HoldView),
        3 => Just(Step::CheckViews),
        2 => Just(Step::CatchUp),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..40)
}

/// Compares a view with what it must show; says whether it could still be read.
fn compare(view: &View, model: &Model) -> bool {
    let rows = |scan: kapok_store::Scan<'_>| -> Result<Vec<_>, StoreError> {
        scan.map(|row| row.map(|(key, value)| (key.to_vec(), value.to_vec())))
            .collect()
    };
    let read = (|| {
        let all = rows(view.scan(b""))?;
        let mut backwards = rows(view.scan(b"").reverse())?;
        backwards.reverse();
        let ones = rows(view.scan(&[1]).after([1, 1]))?;
        let single = model.keys().map(|key| view.get(key)).collect::<Result<Vec<_>, _>>()?;
        Ok((all, backwards, ones, single))
    })();
    let (all, backwards, ones, single) = match read {
        Ok(read) => read,
        Err(StoreError::ViewExpired { .. }) => return false,
        Err(error) => panic!("{error}"),
    };
    let expected: Vec<_> = model.clone().into_iter().collect();
    assert_eq!(all, expected);
    assert_eq!(backwards, expected);
    let expected: Vec<_> = expected
        .into_iter()
        .filter(|(key, _)| key.first() == Some(&1) && key.as_slice() > &[1, 1])
        .collect();
    assert_eq!(ones, expected);
    let single: Vec<_> = single.into_iter().map(|value| value.expect("there").to_vec()).collect();
    assert_eq!(single, model.values().cloned().collect::<Vec<_>>());
    true
}

fn play(steps: Vec<Step>, expiring: bool, open: impl Fn() -> Store) {
    let mut store = Some(open());
    let mut model = Model::new();
    let mut held: Vec<(View, Model)> = Vec::new();
    for step in steps {
        let opened = store.as_ref().expect("open");
        match step {
            Step::Commit(changes) => {
                let mut batch = Batch::new();
                for (key, value) in changes {
                    match value {
                        Some(value) => {
                            batch.put(key.clone(), value.clone());
                            model.insert(key, value);
                        }
                        None => {
                            batch.delete(key.clone());
                            model.remove(&key);
                        }
                    }
                }
                opened.commit(batch, 0).expect("commits");
            }
            Step::HoldView => held.push((opened.view(), model.clone())),
            Step::CheckViews => {
                // The newest can become an older one while it is read only by a commit, and there is none now.
                assert!(compare(&opened.view(), &model));
                for (view, model) in &held {
                    assert!(compare(view, model) || expiring, "a view in memory expired");
                }
            }
            Step::CatchUp => opened.catch_up().expect("catches up"),
            Step::Reopen => {
                held.clear();
                drop(store.take());
                store = Some(open());
            }
        }
    }
    assert!(compare(&store.expect("open").view(), &model));
}

fn open_files(folder: &Path) -> Store {
    let options = Options {
        segment_bytes: 2000,
        // Small enough for back-pressure, and for views to expire.
        overlay_bytes: 2000,
        view_patience: Duration::ZERO,
        feed_every: Duration::from_millis(1),
        checkpoint_every: Duration::ZERO,
        reserve_bytes: 0,
        cache_bytes: 1 << 20,
        ..Options::default()
    };
    Store::open_folder(folder, options).unwrap_or_else(|error| panic!("{error}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_memory(steps in steps()) {
        // It keeps nothing, so it is not opened again.
        let steps = steps.into_iter().filter(|step| !matches!(step, Step::Reopen)).collect();
        play(steps, false, Store::memory);
    }

    #[test]
    fn with_a_journal(steps in steps()) {
        let disk = SimDisk::default();
        let options = || Options { segment_bytes: 2000, ..Options::default() };
        play(steps, false, || Store::open_with(disk.clone(), options()).unwrap_or_else(|error| panic!("{error}")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_state_files(steps in steps()) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        play(steps, true, || open_files(folder.path()));
    }
}
