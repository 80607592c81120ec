//! Pages. Those that nobody has opened lie apart from the others, so that finding them needs no index row: nearly every
//! step of a person writes one.

use std::collections::BTreeMap;

use kapok_protocol::{Page, PageId, PersonId};

use crate::{
    Key, Prefix, Queries, Read, Slice, TableError, Transaction,
    codec::{self, CodecError, Field, Input, Output},
    read::{self, Pair},
    rows::Row,
};

/// A page that nobody has opened. The first version kept it with the others, and an index row for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unread(Page);

impl Field for Unread {
    fn encode(&self, output: &mut Output<'_>) {
        self.0.encode(output);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        Page::decode(input).map(Self)
    }
}

impl Row for Unread {
    type Id = (PersonId, PageId);

    fn key((person, id): &Self::Id) -> Key {
        Key::new(Prefix::UnreadPage).number(person.get()).newest(id.get())
    }

    fn id(&self) -> Self::Id {
        self.0.id()
    }
}

impl Transaction<'_> {
    /// Writes a page.
    pub fn put_page(&mut self, page: &Page) -> Result<(), TableError> {
        let id = page.id();
        let apart = Unread::key(&id);
        if page.read_at.is_some() {
            if self.get(apart.as_bytes())?.is_some() {
                self.erase(apart.into_bytes());
            }
            return self.put(page);
        }
        if self.get(Page::key(&id).as_bytes())?.is_some() {
            self.delete::<Page>(&id)?;
        }
        self.write(apart, codec::encode(Unread::VERSION, page));
        Ok(())
    }
}

impl Queries<'_> {
    /// A page to a person.
    pub fn page(&self, person: PersonId, id: PageId) -> Result<Option<Page>, TableError> {
        match read::row(self.0, &(person, id))? {
            Some(Unread(page)) => Ok(Some(page)),
            None => read::row(self.0, &(person, id)),
        }
    }

    /// The pages of a person, newest first.
    pub fn pages(&self, person: PersonId, after: Option<&[u8]>, limit: usize) -> Result<Slice<Page>, TableError> {
        let mut pages = BTreeMap::new();
        for kind in [Prefix::Page, Prefix::UnreadPage] {
            // Where the last one lies or would lie.
            let after = after.map(|after| [&[kind as u8], after.get(1..).unwrap_or_default()].concat());
            let prefix = Key::new(kind).number(person.get());
            for (key, value) in self.0.scan(prefix.as_bytes(), after.as_deref(), limit)? {
                let page = page_at(&key, &value)?;
                pages.insert(Page::key(&page.id()).into_bytes(), page);
            }
        }
        let (keys, items): (Vec<_>, Vec<_>) = pages.into_iter().take(limit).unzip();
        let next = keys.last().filter(|_| keys.len() == limit).cloned();
        Ok(Slice { items, next })
    }

    /// The pages a person has not opened, newest first.
    pub fn unread_pages(&self, person: PersonId, limit: usize) -> Result<Vec<Page>, TableError> {
        let prefix = Key::new(Prefix::UnreadPage).number(person.get());
        let rows = self.0.scan(prefix.as_bytes(), None, limit)?;
        let pages = rows.iter().map(|(key, value): &Pair| page_at(key, value));
        let mut pages = pages.collect::<Result<Vec<_>, _>>()?;
        for (_, id) in read::ids(self.0, &indexed(person), None, limit)? {
            if let Some(id) = PageId::new(id) {
                pages.extend(read::row::<Page>(self.0, &(person, id))?);
            }
        }
        pages.sort_by_key(|page| std::cmp::Reverse(page.id));
        pages.truncate(limit);
        Ok(pages)
    }

    /// How many pages a person has not opened, counting no further than `limit`.
    pub fn count_unread(&self, person: PersonId, limit: usize) -> Result<usize, TableError> {
        let apart = Key::new(Prefix::UnreadPage).number(person.get());
        let count = self.0.scan(apart.as_bytes(), None, limit)?.len();
        let left = limit.saturating_sub(count);
        Ok(count.saturating_add(self.0.scan(indexed(person).as_bytes(), None, left)?.len()))
    }
}

/// The index rows of pages that the first version wrote, and that nobody has opened.
fn indexed(person: PersonId) -> Key {
    Key::new(Prefix::PageUnread).number(person.get())
}

/// A page of either kind, which are written alike.
fn page_at(key: &[u8], value: &[u8]) -> Result<Page, TableError> {
    read::decode(key, value)
}
