//! Lists of pages, whichever version wrote them.

use std::collections::BTreeMap;

use kapok_protocol::{Page, PageId};
use kapok_store::{Batch, Store};
use kapok_tables::{Key, Prefix, Queries, Transaction};
use proptest::{collection, prelude::*, sample::Index};

use crate::{
    any_row::{AnyRow, everything, store_with},
    samples::{self, person},
};

fn page(id: u64, opened: bool) -> Page {
    let (_, pages) = samples::all()
        .into_iter()
        .find(|(name, _)| *name == "page-2")
        .expect("pages");
    let found = pages.into_iter().find_map(|row| match row {
        AnyRow::Page(page) => Some(page),
        _ => None,
    });
    let page = found.expect("a page");
    Page {
        id: PageId::new(id).expect("not zero"),
        to: person(),
        read_at: opened.then_some(page.at),
        ..page
    }
}

/// Writes a page that was not opened as the first versions did: beside the others, with an index row.
fn put_as_before(page: &Page, batch: &mut Batch) {
    let alone = store_with(|tx| tx.put_page(page));
    let (_, value) = everything(&alone).pop().expect("its row");
    let id = page.id.get();
    let of = |kind| Key::new(kind).number(page.to.get()).newest(id);
    batch.put(of(Prefix::Page).into_bytes(), value);
    batch.put(of(Prefix::PageUnread).number(id).into_bytes(), Vec::new());
}

fn open(store: &Store, page: &mut Page) {
    page.read_at = Some(page.at);
    let view = store.view();
    let mut tx = Transaction::new(&view);
    tx.put_page(page).expect("writes");
    let batch = Batch::from(tx.into_writes());
    drop(view);
    store.commit(batch, 0).expect("commits");
}

fn check(store: &Store, pages: &BTreeMap<u64, Page>, limit: usize) {
    let view = store.view();
    let queries = Queries(&view);
    let newest_first: Vec<Page> = pages.values().rev().cloned().collect();
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let slice = queries.pages(person(), after.as_deref(), limit).expect("reads");
        assert!(slice.items.len() <= limit);
        listed.extend(slice.items);
        after = slice.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed, newest_first);
    let unread: Vec<Page> = newest_first.into_iter().filter(|page| page.read_at.is_none()).collect();
    let shown = unread.len().min(limit);
    assert_eq!(queries.unread_pages(person(), limit).expect("reads"), unread[..shown]);
    assert_eq!(queries.count_unread(person(), limit).expect("reads"), shown);
    for page in pages.values() {
        assert_eq!(queries.page(person(), page.id).expect("reads").as_ref(), Some(page));
    }
}

proptest! {
    #[test]
    fn they_are_listed_newest_first(
        some in collection::btree_map(1..200_u64, (any::<bool>(), any::<bool>()), 0..30),
        opened in collection::vec(any::<Index>(), 0..10),
        limit in 1..12_usize,
    ) {
        let store = Store::memory();
        let mut pages: BTreeMap<u64, Page> = BTreeMap::new();
        for (id, (is_opened, before)) in some {
            let page = page(id, is_opened);
            let mut batch = match before && !is_opened {
                true => Batch::new(),
                false => {
                    let view = store.view();
                    let mut tx = Transaction::new(&view);
                    tx.put_page(&page).expect("writes");
                    Batch::from(tx.into_writes())
                }
            };
            if batch.is_empty() {
                put_as_before(&page, &mut batch);
            }
            store.commit(batch, 0).expect("commits");
            pages.insert(id, page);
        }
        check(&store, &pages, limit);
        for index in opened {
            let count = pages.len();
            if let Some(page) = pages.values_mut().nth(index.index(count.max(1))) {
                open(&store, page);
            }
            check(&store, &pages, limit);
        }
        // One row each, and an index row for those of the first versions alone.
        let left = everything(&store).iter().filter(|(_, value)| !value.is_empty()).count();
        prop_assert_eq!(left, pages.len());
    }
}
