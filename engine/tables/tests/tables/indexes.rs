//! Lists agree with what they list: after any sequence of changes the index rows are those of the rows that are left.

use std::collections::BTreeMap;

use kapok_process::state::InstanceState;
use kapok_store::{Batch, Store};
use kapok_tables::{Prefix, Transaction};
use proptest::{collection, prelude::*};

use crate::{
    any_row::{AnyRow, everything, store_with},
    strategies,
};

/// Where a row lies, so that the last one written there is known.
fn place(row: &AnyRow) -> Vec<u8> {
    let alone = store_with(|tx| row.write(tx));
    // Of a row and its index rows only the row has a value.
    let mut keys = everything(&alone).into_iter().filter(|(_, value)| !value.is_empty());
    let mut key = keys.next().map(|(key, _)| key).expect("a row");
    // A page moves when it is opened.
    if key[0] == Prefix::UnreadPage as u8 {
        key[0] = Prefix::Page as u8;
    }
    key
}

/// A case that ends takes its other rows with it, so what is left depends on more than the last row of each place:
/// that is looked at in `finishing`. Nor are events rows by themselves.
fn stands_alone(row: &AnyRow) -> bool {
    match row {
        AnyRow::Instance(instance) => instance.state == InstanceState::Active,
        AnyRow::Event(_) => false,
        _ => true,
    }
}

fn row() -> impl Strategy<Value = AnyRow> {
    strategies::row().prop_filter("it stands alone", stands_alone)
}

proptest! {
    #[test]
    fn no_index_row_is_stale(changes in collection::vec((row(), any::<bool>(), any::<bool>()), 1..40)) {
        let (store, mut left) = (Store::memory(), BTreeMap::new());
        let mut changes = changes.into_iter().peekable();
        while changes.peek().is_some() {
            // Some changes share a batch, and some of those a command.
            let view = store.view();
            let mut group = Transaction::new(&view);
            loop {
                let mut command = Transaction::new(&group);
                let Some((row, delete, last)) = changes.next() else { break };
                if delete && row.delete(&mut command).expect("deletes") {
                    left.remove(&place(&row));
                } else {
                    row.write(&mut command).expect("writes");
                    left.insert(place(&row), row);
                }
                let writes = command.into_writes();
                group.absorb(writes);
                if last {
                    break;
                }
            }
            let batch = Batch::from(group.into_writes());
            drop(view);
            store.commit(batch, 0).expect("commits");
        }
        let fresh = store_with(|tx| left.values().try_for_each(|row| row.write(tx)));
        prop_assert_eq!(everything(&store), everything(&fresh));
    }

    #[test]
    fn answers_are_forgotten_when_their_time_is_over(
        rows in collection::vec(row(), 0..20),
        now in -3..4_i64,
    ) {
        let now = kapok_protocol::Timestamp::from_millis(now);
        let store = store_with(|tx| {
            rows.iter().try_for_each(|row| row.write(tx))?;
            tx.forget_answers(now, usize::MAX)
        });
        let mut left: BTreeMap<_, _> = rows.iter().map(|row| (place(row), row)).collect();
        left.retain(|_, row| !matches!(row, AnyRow::Answer(answer) if answer.expires_at < now));
        let fresh = store_with(|tx| left.values().try_for_each(|row| row.write(tx)));
        prop_assert_eq!(everything(&store), everything(&fresh));
    }
}
