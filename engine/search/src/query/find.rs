//! Lists: which records, in which order, a page at a time.
//!
//! In each part of the index one of two ways is taken. When some test is seen to leave few documents (the records of one
//! person, a rare word), these are looked at and sorted. Otherwise the part is read in the order of the list until the page
//! is full, which is soon unless little passes; if it is not, all tests are made for all documents at once.

use std::{collections::BTreeSet, sync::Arc};

use kapok_protocol::{Entity, Filter, RecordId};
use kapok_records::Sort;
use kapok_rules::{Condition, Context};
use tantivy::DocId;

use super::{
    Found, Query, Rights, Rows,
    compile::compile,
    keyword, position,
    rights::{Admitted, Passing, passing},
    row::Source,
};
use crate::{
    Error, Index,
    index::Snapshot,
    order::{Entry, KeyColumn, Order, Place},
    part::{Members, Part},
    predicate::Node,
    words::{Wanted, wanted},
};

/// So many documents are looked at in order before all tests are made at once.
const PATIENCE: usize = 16_384;
/// Counting goes on in order while it seems that so many times as many will do.
const HOPE: usize = 8;
/// A part with no more documents than this is small: all of them are looked at.
const SMALL: usize = 512;

/// What is asked, made ready for every part.
pub(crate) struct Asked<'q> {
    pub(crate) source: Source<'q>,
    filter: Option<&'q Filter>,
    /// Each of the words, and what else has it.
    words: Vec<(Option<Wanted>, Option<&'q Filter>)>,
    /// Where they are looked for.
    fields: Option<&'q BTreeSet<String>>,
    admitted: Admitted,
}

impl<'q> Asked<'q> {
    pub(crate) fn new(
        snapshot: &Snapshot,
        source: Source<'q>,
        filter: Option<&'q Filter>,
        keyword: Option<&'q super::Keyword>,
        rights: &Rights,
    ) -> Result<Self, Error> {
        if let Some(filter) = filter {
            // What means nothing is refused before anything is done, and with it what is too deep.
            Condition::new(filter).map_err(Error::Filter)?;
        }
        let words = keyword.iter().flat_map(|keyword| &keyword.words);
        let words = words.map(|word| (wanted(&word.text), word.also.as_ref()));
        Ok(Self {
            source,
            filter,
            // Signs alone are no word.
            words: words
                .filter(|(wanted, also)| wanted.is_some() || also.is_some())
                .collect(),
            fields: keyword.map(|keyword| &keyword.fields),
            admitted: Admitted::new(snapshot, rights)?,
        })
    }

    /// The tests for one part, and the documents of the entity there.
    pub(crate) fn of(&self, part: &Part) -> Result<(Arc<Members>, Node<'q>), Error> {
        let members = part.members(self.source.entity)?;
        if matches!(*members, Members::None) {
            return Ok((members, Node::Never));
        }
        let mut tests = vec![self.admitted.node(part, self.source.entity)?];
        for (wanted, also) in &self.words {
            let mut places = Vec::new();
            if let (Some(wanted), Some(fields)) = (wanted, self.fields) {
                places.push(keyword::node(part, self.source.entity, fields, wanted)?);
            }
            if let Some(also) = also {
                places.push(compile(part, self.source, also)?);
            }
            tests.push(Node::any(places));
        }
        if let Some(filter) = self.filter {
            tests.push(compile(part, self.source, filter)?);
        }
        Ok((members, Node::all(tests)))
    }
}

impl Index {
    /// A page of a list.
    ///
    /// # Errors
    /// [`Error::Filter`] if the filter means nothing, [`Error::Damaged`] if the index has to be made anew.
    pub fn find(&self, query: &Query<'_>, rights: &Rights, context: &Context, rows: &dyn Rows) -> Result<Found, Error> {
        let snapshot = self.snapshot();
        let source = Source {
            entity: query.entity,
            rows,
            context,
        };
        let asked = Asked::new(&snapshot, source, query.filter, query.keyword.as_ref(), rights)?;
        let after = query.after.and_then(|bytes| position::read(bytes, query.sort.len()));
        // One more shows whether there is another page.
        let limit = query.limit.saturating_add(1);
        let mut count = 0;
        let mut found: Vec<Place> = Vec::new();
        for part in &snapshot.parts {
            let (members, node) = asked.of(part)?;
            if matches!(node, Node::Never) {
                continue;
            }
            let looking = Looking {
                part,
                entity: query.entity,
                sorts: query.sort,
                keys: query
                    .sort
                    .iter()
                    .map(|sort| KeyColumn::new(part, query.entity, &sort.field))
                    .collect::<Result<_, _>>()?,
                ids: part.ids()?,
                members: &members,
            };
            let (entries, counted) =
                looking.find(&node, after.as_ref(), limit, query.count_to.saturating_sub(count))?;
            count += counted;
            for entry in entries {
                found.push(looking.place(&entry)?);
            }
        }
        found.sort_by(|a, b| a.order(b, query.sort));
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        Ok(Found {
            next: found.last().filter(|_| more).map(position::write),
            ids: found.into_iter().filter_map(|place| RecordId::new(place.id)).collect(),
            count: count.min(query.count_to),
        })
    }
}

/// Looking for a page in one part.
struct Looking<'p> {
    part: &'p Part,
    entity: &'p Entity,
    sorts: &'p [Sort],
    keys: Vec<KeyColumn>,
    ids: tantivy::columnar::Column<u64>,
    members: &'p Members,
}

impl Looking<'_> {
    fn find(
        &self,
        node: &Node<'_>,
        after: Option<&Place>,
        limit: usize,
        count_to: usize,
    ) -> Result<(Vec<Entry>, usize), Error> {
        let size = self.members.count(self.part);
        let few = SMALL.max(size / 64);
        if let Some(docs) = node.few(self.part, few)? {
            let docs: Vec<DocId> = docs
                .into_iter()
                .filter(|doc| self.is_member(*doc) && node.matches(*doc))
                .collect();
            return Ok((self.first(docs.iter().copied(), after, limit)?, docs.len()));
        }
        if size > SMALL
            && let Some(entries) = self.read_in_order(node, after, limit, PATIENCE)?
            && let Some(count) = self.count(node, count_to, PATIENCE)
        {
            return Ok((entries, count));
        }
        let passing = passing(self.part, self.members, node, few)?;
        let count = passing.count();
        match passing {
            Passing::Few(docs) => Ok((self.first(docs.into_iter(), after, limit)?, count)),
            Passing::Many(bits) if count <= few => Ok((self.first(bits.iter(), after, limit)?, count)),
            Passing::Many(bits) => {
                let node = Node::Bits(Arc::new(bits));
                let entries = self.read_in_order(&node, after, limit, usize::MAX)?;
                Ok((entries.unwrap_or_default(), count))
            }
        }
    }

    fn is_member(&self, doc: DocId) -> bool {
        let of_entity = match self.members {
            Members::None => false,
            Members::All => true,
            Members::Some(bits, _) => bits.contains(doc),
        };
        of_entity && self.part.is_alive(doc)
    }

    fn entry(&self, doc: DocId) -> Entry {
        Entry {
            keys: self.keys.iter().map(|column| column.key(doc)).collect(),
            id: self.ids.first(doc).unwrap_or(0),
        }
    }

    /// Where a place lies in this part.
    fn here(&self, place: &Place) -> Result<Entry, Error> {
        let keys = self.keys.iter().zip(&place.values);
        Ok(Entry {
            keys: keys
                .map(|(column, value)| value.as_ref().map(|value| column.place(value)).transpose())
                .collect::<Result<_, _>>()?,
            id: place.id,
        })
    }

    fn place(&self, entry: &Entry) -> Result<Place, Error> {
        let keys = self.keys.iter().zip(&entry.keys);
        Ok(Place {
            values: keys
                .map(|(column, key)| key.map(|key| column.value(key)).transpose())
                .collect::<Result<_, _>>()?,
            id: entry.id,
        })
    }

    /// The first of some documents.
    fn first(
        &self,
        docs: impl Iterator<Item = DocId>,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<Entry>, Error> {
        let after = after.map(|place| self.here(place)).transpose()?;
        let is_behind = |entry: &Entry| {
            after
                .as_ref()
                .is_none_or(|after| after.order(entry, self.sorts).is_lt())
        };
        let mut entries: Vec<Entry> = docs.map(|doc| self.entry(doc)).filter(is_behind).collect();
        if entries.len() > limit && limit > 0 {
            entries.select_nth_unstable_by(limit - 1, |a, b| a.order(b, self.sorts));
            entries.truncate(limit);
        }
        entries.sort_unstable_by(|a, b| a.order(b, self.sorts));
        Ok(entries)
    }

    /// Reads the part in the order of the list until the page is full; `None` if more than `patience` documents would have
    /// to be looked at.
    fn read_in_order(
        &self,
        node: &Node<'_>,
        after: Option<&Place>,
        limit: usize,
        patience: usize,
    ) -> Result<Option<Vec<Entry>>, Error> {
        let (field, descending) = match self.sorts.first() {
            Some(sort) => (sort.field.as_str(), sort.descending),
            None => ("id", true),
        };
        let order = Order::of(self.part, self.entity, field)?;
        let after = after.map(|place| self.here(place)).transpose()?;
        let mut page = Page {
            looking: self,
            node,
            after: after.as_ref(),
            limit,
            patience,
            entries: Vec::new(),
        };
        let from = match &after {
            Some(after) if after.keys.first().is_some_and(Option::is_none) => order.docs.len(),
            Some(after) => self.start(&order.docs, after, descending),
            None => 0,
        };
        let docs = &order.docs;
        let walked = match descending {
            true => page.walk(docs.iter().rev().skip(from).copied()) && page.walk(order.missing.iter().rev().copied()),
            false => page.walk(docs.iter().skip(from).copied()) && page.walk(order.missing.iter().copied()),
        };
        let mut entries = match (walked, page.is_full()) {
            (false, false) => return Ok(None),
            _ => page.entries,
        };
        entries.sort_by(|a, b| a.order(b, self.sorts));
        entries.truncate(limit);
        Ok(Some(entries))
    }

    /// How many documents, in the direction of the list, surely stand before a place.
    fn start(&self, docs: &[DocId], after: &Entry, descending: bool) -> usize {
        let Some(column) = self.keys.first() else {
            // By id, newest first.
            return docs.len() - docs.partition_point(|doc| self.ids.first(*doc).unwrap_or(0) < after.id);
        };
        let wanted = after.keys.first().copied().flatten();
        match descending {
            true => docs.len() - docs.partition_point(|doc| column.key(*doc) <= wanted),
            false => docs.partition_point(|doc| column.key(*doc) < wanted),
        }
    }

    /// How many documents pass, up to a number; `None` if too many would have to be looked at.
    fn count(&self, node: &Node<'_>, count_to: usize, patience: usize) -> Option<usize> {
        if count_to == 0 {
            return Some(0);
        }
        let (mut count, mut seen) = (0, 0);
        let mut see = |doc: DocId| {
            seen += 1;
            count += usize::from(self.part.is_alive(doc) && node.matches(doc));
            let hopeful = || count_to * seen <= count * patience * HOPE;
            count < count_to && (seen < patience || hopeful())
        };
        let ended = match self.members {
            Members::None => true,
            Members::All => (0..self.part.len()).all(&mut see),
            Members::Some(bits, _) => bits.iter().all(&mut see),
        };
        (ended || count == count_to).then_some(count)
    }
}

/// A page that is being filled.
struct Page<'a> {
    looking: &'a Looking<'a>,
    node: &'a Node<'a>,
    after: Option<&'a Entry>,
    limit: usize,
    patience: usize,
    entries: Vec<Entry>,
}

impl Page<'_> {
    /// Goes on with these documents; false when there is no need to, or no patience.
    fn walk(&mut self, docs: impl Iterator<Item = DocId>) -> bool {
        let sorts = self.looking.sorts;
        for doc in docs {
            if self.entries.len() >= self.limit {
                // Those that are sorted alike by the first field belong together: the others decide among them.
                let group = |entry: &Entry| entry.keys.first().copied();
                let here = self.looking.keys.first().map(|column| column.key(doc));
                let alike = sorts.len() > 1 && self.entries.last().is_some_and(|last| group(last) == here);
                if !alike {
                    return false;
                }
            }
            if self.patience == 0 {
                return false;
            }
            self.patience -= 1;
            if !self.looking.part.is_alive(doc) || !self.node.matches(doc) {
                continue;
            }
            let entry = self.looking.entry(doc);
            if self.after.is_none_or(|after| after.order(&entry, sorts).is_lt()) {
                self.entries.push(entry);
            }
        }
        true
    }

    /// Whether it was left because there are enough.
    fn is_full(&self) -> bool {
        self.patience > 0 && self.entries.len() >= self.limit
    }
}
