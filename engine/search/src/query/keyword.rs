//! The documents that contain the words of a search.

use std::{collections::BTreeSet, sync::Arc};

use kapok_protocol::Entity;
use tantivy::{DocId, DocSet, TERMINATED, postings::SegmentPostings, schema::IndexRecordOption};

use crate::{
    Error,
    bits::Bits,
    part::{Part, term},
    predicate::Node,
    schema::path,
    words::{Part as Wish, Wanted, Way, Word},
};

/// A beginning stands for so many words at most; those behind are left out.
const WORDS: usize = 1024;

/// The documents of one part that contain all words, each in one of the fields.
pub(crate) fn node<'q>(
    part: &Part,
    entity: &Entity,
    fields: &BTreeSet<String>,
    wanted: &Wanted,
) -> Result<Node<'q>, Error> {
    let paths: Vec<String> = fields.iter().map(|field| path(entity, field)).collect();
    let mut found: Option<Vec<DocId>> = None;
    for word in &wanted.0 {
        let mut docs = docs_with(part, &paths, word)?;
        if let Some(found) = &found {
            docs.retain(|doc| found.binary_search(doc).is_ok());
        }
        if docs.is_empty() {
            return Ok(Node::Never);
        }
        found = Some(docs);
    }
    let docs = found.unwrap_or_default();
    if docs.len() < (part.len() / 64) as usize {
        return Ok(Node::Docs(Arc::new(docs)));
    }
    let mut bits = Bits::none(part.len());
    docs.into_iter().for_each(|doc| bits.insert(doc));
    Ok(Node::Bits(Arc::new(bits)))
}

/// The documents that contain a word in one of the fields, in one of the ways.
fn docs_with(part: &Part, paths: &[String], word: &Word) -> Result<Vec<DocId>, Error> {
    let mut lists = Vec::new();
    for way in word {
        for path in paths {
            let docs = docs_in(part, path, way)?;
            if !docs.is_empty() {
                lists.push(docs);
            }
        }
    }
    if lists.len() == 1 {
        return Ok(lists.remove(0));
    }
    let total: usize = lists.iter().map(Vec::len).sum();
    if total > (part.len() / 16) as usize {
        let mut bits = Bits::none(part.len());
        lists.into_iter().flatten().for_each(|doc| bits.insert(doc));
        return Ok(bits.iter().collect());
    }
    let mut docs: Vec<DocId> = lists.into_iter().flatten().collect();
    docs.sort_unstable();
    docs.dedup();
    Ok(docs)
}

enum List {
    Postings(Box<SegmentPostings>),
    Docs(Vec<DocId>),
}

/// The documents that have all of the tokens in one field.
fn docs_in(part: &Part, path: &str, way: &Way) -> Result<Vec<DocId>, Error> {
    let field = part.fields.words;
    let mut lists: Vec<(usize, List)> = Vec::with_capacity(way.len());
    for wish in way {
        match wish {
            Wish::Token(token) => {
                let term = term(field, path, token);
                let Some(postings) = part.postings(field, &term)? else {
                    return Ok(Vec::new());
                };
                lists.push((postings.size_hint() as usize, List::Postings(Box::new(postings))));
            }
            Wish::Beginning(beginning) => {
                let docs = docs_beginning(part, path, beginning)?;
                if docs.is_empty() {
                    return Ok(docs);
                }
                lists.push((docs.len(), List::Docs(docs)));
            }
        }
    }
    lists.sort_by_key(|(count, _)| *count);
    let mut lists = lists.into_iter().map(|(_, list)| list);
    let mut docs = match lists.next() {
        Some(List::Docs(docs)) => docs,
        Some(List::Postings(mut postings)) => {
            let mut docs = Vec::with_capacity(postings.size_hint() as usize);
            while postings.doc() != TERMINATED {
                docs.push(postings.doc());
                postings.advance();
            }
            docs
        }
        None => return Ok(Vec::new()),
    };
    for list in lists {
        match list {
            List::Postings(mut postings) => {
                docs.retain(|doc| postings.doc() == *doc || (postings.doc() < *doc && postings.seek(*doc) == *doc));
            }
            List::Docs(others) => docs.retain(|doc| others.binary_search(doc).is_ok()),
        }
    }
    Ok(docs)
}

/// The documents that have a token that begins so.
fn docs_beginning(part: &Part, path: &str, beginning: &str) -> Result<Vec<DocId>, Error> {
    let field = part.fields.words;
    let first = term(field, path, beginning);
    let inverted = part.reader.inverted_index(field)?;
    let key = first.serialized_value_bytes();
    // No token has this byte.
    let end = [key, &[0xff]].concat();
    let mut terms = inverted.terms().range().ge(key).lt(&end).into_stream()?;
    let mut docs = Vec::new();
    let mut taken = 0;
    while taken < WORDS && terms.advance() {
        let mut postings = inverted.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
        while postings.doc() != TERMINATED {
            docs.push(postings.doc());
            postings.advance();
        }
        taken += 1;
    }
    docs.sort_unstable();
    docs.dedup();
    Ok(docs)
}
