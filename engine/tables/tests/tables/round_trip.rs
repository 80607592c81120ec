//! What is written is what is read.

use kapok_store::{Batch, Store};
use proptest::{collection, prelude::*};

use crate::{
    any_row::{AnyRow, store_with},
    samples, strategies,
};

proptest! {
    #[test]
    fn every_row_comes_back_as_it_went(row in strategies::row()) {
        let store = store_with(|tx| row.write(tx));
        prop_assert_eq!(row.read(&store.view()), Ok(Some(row)));
    }

    /// A damaged disk is told, and never ends the program.
    #[test]
    fn any_bytes_are_a_row_or_an_error(
        row in strategies::row(),
        cut in any::<prop::sample::Index>(),
        bytes in collection::vec(any::<u8>(), 0..40),
    ) {
        let store = store_with(|tx| row.write(tx));
        let damaged = Store::memory();
        let mut batch = Batch::new();
        for (key, value) in crate::any_row::everything(&store) {
            let kept = if value.is_empty() { 0 } else { cut.index(value.len()) };
            batch.put(key, [&value[..kept], bytes.as_slice()].concat());
        }
        damaged.commit(batch, 0).expect("commits");
        let _ = row.read(&damaged.view());
    }

    /// Numbers keep their digits: 2.50 stays 2.50.
    #[test]
    fn numbers_keep_their_scale(value in strategies::value()) {
        let AnyRow::Variable(key, _) = samples::variable() else { unreachable!("a variable") };
        let row = AnyRow::Variable(key, value.clone());
        let store = store_with(|tx| row.write(tx));
        let Ok(Some(AnyRow::Variable(_, read))) = row.read(&store.view()) else {
            return Err(TestCaseError::fail("it cannot be read"));
        };
        // Equal numbers may differ in scale; how they print does not hide it.
        prop_assert_eq!(format!("{read:?}"), format!("{value:?}"));
    }
}
