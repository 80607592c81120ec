//! Every row can be read and has its index rows, and there are no others.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::Text;

use super::{Kind, cursor::Cursor, kinds::Sort, report::Report};
use crate::{Prefix, Read, TableError};

/// How many index rows of each kind follow from the rows that can be read.
type Expected = BTreeMap<Prefix, u64>;

pub(super) fn check(read: &dyn Read, report: &mut Report) -> Result<(), TableError> {
    let mut expected = Expected::new();
    let mut there = Expected::new();
    let mut all = Cursor::under(read, Vec::new());
    while let Some((key, value)) = all.next()? {
        let Some(kind) = Kind::of(&key) else {
            report.rows += 1;
            report.add(&key, Text::new("没有这种行。", "There is no such kind of row."));
            continue;
        };
        if kind.is_index() {
            report.index_rows += 1;
            *there.entry(kind.prefix).or_default() += 1;
            report.expect(value.is_empty(), &key, || {
                Text::new("索引行不应有内容。", "An index row should be empty.")
            });
        } else {
            report.rows += 1;
            check_row(read, kind, (&key, &value), &mut expected, report)?;
        }
    }
    // All that follow are there, so when there are as many as that there are no others. Looking for each one's row is
    // only needed to say which.
    for (prefix, count) in &there {
        if expected.get(prefix).copied().unwrap_or_default() != *count {
            find_strays(read, *prefix, report)?;
        }
    }
    Ok(())
}

fn check_row(
    read: &dyn Read,
    kind: &Kind,
    (key, value): (&[u8], &[u8]),
    expected: &mut Expected,
    report: &mut Report,
) -> Result<(), TableError> {
    let indexes = match kind.indexes(key, value) {
        Ok(indexes) => indexes,
        Err(text) => {
            report.add(key, text);
            return Ok(());
        }
    };
    // One row may name an index row twice: a group that is a candidate twice.
    for index in indexes.into_iter().collect::<BTreeSet<_>>() {
        let Some(of) = Kind::of(&index) else { continue };
        if read.get(&index)?.is_some() {
            *expected.entry(of.prefix).or_default() += 1;
        } else {
            let name = of.name;
            report.add(
                key,
                Text::new(
                    format!("缺少它的{}行（{name}），列表中看不到它。", of.zh),
                    format!("Its index row “{name}” is missing, so a list does not show it."),
                ),
            );
        }
    }
    Ok(())
}

/// Finds the index rows that no row names.
fn find_strays(read: &dyn Read, prefix: Prefix, report: &mut Report) -> Result<(), TableError> {
    let mut rows = Cursor::new(read, prefix);
    while let Some((key, _)) = rows.next()? {
        if !is_named(read, &key)? {
            report.add(
                &key,
                Text::new("没有任何行对应这条索引。", "No row belongs to this index row."),
            );
        }
    }
    Ok(())
}

/// Whether the row that an index row points at names it.
fn is_named(read: &dyn Read, index: &[u8]) -> Result<bool, TableError> {
    let Some(Sort::Index(owner)) = Kind::of(index).map(|kind| &kind.sort) else {
        return Ok(false);
    };
    let Some(owner) = owner(index) else { return Ok(false) };
    let Some(value) = read.get(&owner)? else {
        return Ok(false);
    };
    let named = Kind::of(&owner).map(|kind| kind.indexes(&owner, &value));
    // Whatever belongs to a row that cannot be read is unknown; that row is reported.
    Ok(named.is_some_and(|named| named.map_or(true, |named| named.iter().any(|key| key == index))))
}
