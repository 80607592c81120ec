//! What the crate writes is what its check expects. Whether rows make sense together is shown on rows of a real engine,
//! in `kapok`.

use kapok_process::state::NodeIndex;
use kapok_protocol::{DefinitionId, RecordId};
use kapok_store::{Batch, Store};
use kapok_tables::verify::{Drawings, Drawn, KINDS, Report, verify};
use proptest::{collection, prelude::*, sample::Index};

use crate::{
    any_row::{AnyRow, everything, store_with},
    samples, strategies,
};

struct NoModels;

impl Drawings for NoModels {
    fn can_read(&self, _: DefinitionId) -> bool {
        false
    }

    fn node(&self, _: DefinitionId, _: NodeIndex) -> Option<Drawn> {
        None
    }
}

fn check(store: &Store) -> Report {
    verify(&store.view(), &NoModels).expect("reads")
}

/// Whether something is said about reading rows, or about lists of them.
fn is_about_bytes(report: &Report) -> bool {
    let about = ["cannot be read:", "index row", "lie where", "no such kind"];
    let texts = report.findings.iter().map(|found| &found.text.en);
    texts
        .into_iter()
        .any(|text| about.iter().any(|words| text.contains(words)))
}

proptest! {
    #[test]
    fn rows_have_their_index_rows(rows in collection::vec(strategies::row(), 0..20)) {
        let store = store_with(|tx| rows.iter().try_for_each(|row| row.write(tx)));
        let report = check(&store);
        prop_assert!(!is_about_bytes(&report), "{report:#?}");
        let there = everything(&store);
        prop_assert_eq!(report.rows + report.index_rows, there.len() as u64);
        let of_index = there.iter().filter(|(_, value)| value.is_empty()).count();
        prop_assert_eq!(report.index_rows, of_index as u64);
    }

    #[test]
    fn an_index_row_too_few_or_too_many_is_found(
        rows in collection::vec(strategies::row(), 1..10),
        which in any::<Index>(),
        remove in any::<bool>(),
    ) {
        let store = store_with(|tx| rows.iter().try_for_each(|row| row.write(tx)));
        let there = everything(&store);
        let indexes: Vec<_> = there.iter().filter(|(_, value)| value.is_empty()).map(|(key, _)| key.clone()).collect();
        prop_assume!(!indexes.is_empty());
        let index = which.get(&indexes);
        let mut batch = Batch::new();
        if remove {
            batch.delete(index.clone());
        } else {
            let mut stray = index.clone();
            // The id at the end is that of another row, or of none.
            let last = stray.len() - 1;
            stray[last] ^= 0x40;
            prop_assume!(!indexes.contains(&stray));
            batch.put(stray, Vec::new());
        }
        store.commit(batch, 0).expect("commits");
        let report = check(&store);
        prop_assert!(is_about_bytes(&report), "{report:#?}");
    }

    /// A damaged disk is told, and never ends the program.
    #[test]
    fn any_bytes_can_be_checked(
        rows in collection::vec((collection::vec(any::<u8>(), 1..30), collection::vec(any::<u8>(), 0..30)), 0..20),
        kind in any::<Index>(),
    ) {
        let store = Store::memory();
        let mut batch = Batch::new();
        let prefix = kind.get(KINDS).prefix as u8;
        for (number, (mut key, value)) in rows.into_iter().enumerate() {
            if number % 2 == 0 {
                key[0] = prefix;
            }
            batch.put(key, value);
        }
        store.commit(batch, 0).expect("commits");
        check(&store);
    }
}

#[test]
fn a_value_that_several_have_is_found() {
    let (_, records) = samples::all()
        .into_iter()
        .find(|(name, _)| *name == "record")
        .expect("records");
    let unique = records.into_iter().find_map(|row| match row {
        AnyRow::Record(row) if !row.unique.is_empty() => Some(row),
        _ => None,
    });
    let one = unique.expect("a record with a value of its own");
    let mut other = one.clone();
    other.record.id = RecordId::new(other.record.id.get() + 1).expect("not zero");
    for (rows, expected) in [(vec![&one], false), (vec![&one, &other], true)] {
        let store = store_with(|tx| {
            tx.set_last_id(1_000);
            rows.iter().try_for_each(|row| tx.put_record(row))
        });
        let report = check(&store);
        assert_eq!(!report.is_sound(), expected, "{report:#?}");
    }
}

#[test]
fn kinds_have_names_of_their_own() {
    let mut names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KINDS.len());
}
