//! Every row can be read and has its index rows, there are no others, and no id is above the counter.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kapok_protocol::Text;

use super::{
    Kind,
    cursor::Cursor,
    kinds::{Sort, Told},
    report::Report,
};
use crate::{Prefix, Read, TableError, last_id};

/// How many index rows of each kind follow from the rows that can be read.
type Expected = BTreeMap<Prefix, u64>;

pub(super) fn check(read: &dyn Read, report: &mut Report) -> Result<(), TableError> {
    let mut expected = Expected::new();
    let mut there = Expected::new();
    let last_id = match last_id(read) {
        Ok(last) => last,
        // A counter that cannot be read is reported as a row.
        Err(TableError::Codec { .. }) => u64::MAX,
        Err(error) => return Err(error),
    };
    let mut before: Option<Arc<[u8]>> = None;
    let mut all = Cursor::under(read, Vec::new());
    while let Some((key, value)) = all.next()? {
        let Some(kind) = Kind::of(&key) else {
            report.rows += 1;
            report.add(&key, Text::new("没有这种行。", "There is no such kind of row."));
            continue;
        };
        if kind.is_index() {
            report.index_rows += 1;
            if matches!(kind.sort, Sort::Retired) {
                continue;
            }
            *there.entry(kind.prefix).or_default() += 1;
            report.expect(value.is_empty(), &key, || {
                Text::new("索引行不应有内容。", "An index row should be empty.")
            });
            let is_taken = UNIQUE.contains(&kind.prefix) && before.is_some_and(|before| is_same(&before, &key));
            report.expect(!is_taken, &key, || {
                Text::new(
                    "同一个唯一值属于多行，只能找到其中一行。",
                    "A value that only one may have is had by several: only one of them is found by it.",
                )
            });
            before = Some(key);
        } else {
            report.rows += 1;
            match kind.read(&key, &value) {
                Ok(told) => {
                    check_id(&key, &told, last_id, report);
                    check_row(read, &key, told.indexes, &mut expected, report)?;
                }
                Err(text) => report.add(&key, text),
            }
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

/// Indexes of what only one row may have.
const UNIQUE: [Prefix; 2] = [Prefix::RecordByUnique, Prefix::DefinitionByKey];

/// Whether two index rows are of the same value, whatever they point at.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    match (one.split_last_chunk::<8>(), other.split_last_chunk::<8>()) {
        (Some((one, _)), Some((other, _))) => one == other,
        _ => false,
    }
}

/// An id above the counter would be given out again.
fn check_id(key: &[u8], told: &Told, last_id: u64, report: &mut Report) {
    let id = told.largest.unwrap_or_default();
    report.expect(id <= last_id, key, || {
        Text::new(
            format!("其中的编号 {id} 大于编号计数器 {last_id}，该编号会再次发出。"),
            format!("An id in it, {id}, is above the counter, {last_id}: it would be given out again."),
        )
    });
}

fn check_row(
    read: &dyn Read,
    key: &[u8],
    indexes: Vec<Vec<u8>>,
    expected: &mut Expected,
    report: &mut Report,
) -> Result<(), TableError> {
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
    let told = Kind::of(&owner).map(|kind| kind.read(&owner, &value));
    // Whatever belongs to a row that cannot be read is unknown; that row is reported.
    Ok(told.is_some_and(|told| told.map_or(true, |told| told.indexes.iter().any(|key| key == index))))
}
