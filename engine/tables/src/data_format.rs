//! Which form the rows of a store have, as a whole.
//!
//! Each row says the version of its kind; this number says which kinds there are and what they mean together. A program
//! that knows less refuses to open the store, since it would not see what it does not know. Whoever raises it says below
//! what changed.

use crate::{Key, Prefix, Read, TableError, Transaction, codec, writes::counter};

/// The form that this program writes.
///
/// 1 had no number. 2: a finished case is one row. 3: so is a small one that goes on, and pages that were not opened lie
/// apart. 4: records say what they point at; the administrator's definitions, the trash, roll-ups, files, views, work
/// on many records, plugins, and who is whom in other systems are rows.
pub const DATA_FORMAT: u64 = 4;

fn key() -> Key {
    Key::new(Prefix::Meta).text("format")
}

/// The form of a store's rows; `None` when nothing is in it.
pub fn data_format(read: &dyn Read) -> Result<Option<u64>, TableError> {
    match counter(read, &key())? {
        0 if read.scan(&[], None, 1)?.is_empty() => Ok(None),
        0 => Ok(Some(1)),
        number => Ok(Some(number)),
    }
}

impl Transaction<'_> {
    /// Says that the rows have the form that this program writes.
    pub fn set_data_format(&mut self) {
        self.write(key(), codec::encode(1, &DATA_FORMAT));
    }
}

#[cfg(test)]
mod tests {
    use kapok_store::{Batch, Store};

    use super::*;

    #[test]
    fn a_store_without_a_number_is_of_the_first_form_or_empty() {
        let store = Store::memory();
        let form = |store: &Store| data_format(&store.view()).expect("reads");
        assert_eq!(form(&store), None);
        let mut batch = Batch::new();
        batch.put(vec![Prefix::Job as u8, 1], vec![1]);
        store.commit(batch, 0).expect("commits");
        assert_eq!(form(&store), Some(1));
        let view = store.view();
        let mut tx = Transaction::new(&view);
        tx.set_data_format();
        let batch = Batch::from(tx.into_writes());
        drop(view);
        store.commit(batch, 0).expect("commits");
        assert_eq!(form(&store), Some(DATA_FORMAT));
    }
}
