//! The values of a field as small numbers.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Datelike, NaiveDate};
use kapok_protocol::Entity;
use tantivy::{
    DocId,
    columnar::{Column, StrColumn},
};

use super::statistics::{Group, Key, Period};
use crate::{Error, number::decimal, part::Part, schema::path};

/// The buckets of a field in one part; the last one is for records without a value.
pub(crate) enum Buckets {
    /// One for each text.
    Texts { column: StrColumn },
    /// One for each item of a list.
    Items { column: StrColumn },
    /// Texts, of which several share a bucket.
    Shared { column: Column<u64>, shared: Arc<Shares> },
    /// One for each number that occurs.
    Numbers {
        column: Column<i64>,
        numbers: HashMap<i64, usize>,
        names: Vec<Key>,
    },
    /// Moments, of which those of one period share a bucket.
    Days {
        column: Column<i64>,
        offset: i64,
        /// The first day, and the bucket of each from there on.
        first: i64,
        buckets: Vec<u32>,
        names: Vec<Key>,
    },
    Flags(Column<bool>),
    /// No record has a value.
    Nothing,
}

/// Which bucket each text is in.
#[derive(Debug)]
pub(crate) struct Shares {
    bucket: Vec<u32>,
    names: Vec<Key>,
}

impl Buckets {
    pub(crate) fn of(part: &Part, entity: &Entity, group: &Group, offset_minutes: i32) -> Result<Self, Error> {
        let offset = i64::from(offset_minutes) * 60_000;
        if let ("created_at" | "updated_at", Some(column)) = (group.field.as_str(), part.column_of_numbers(&group.field)?) {
            let period = group.period.unwrap_or(Period::Day);
            return Ok(Self::days(column, offset, period));
        }
        if let ("owner" | "created_by" | "version" | "id", Some(column)) = (group.field.as_str(), part.column_of_ids(&group.field)?) {
            return Ok(Self::ids(&column, group.field == "version"));
        }
        let path = path(entity, &group.field);
        if let Some(column) = part.texts(&path)? {
            return Ok(match group.period {
                None => Self::Texts { column },
                Some(period) => {
                    let name = format!("{path}\n{period:?}\n{offset}");
                    let shared = part.kept.shares.get(&name, || Shares::new(&column, period, offset))?;
                    Self::Shared {
                        column: column.ords().clone(),
                        shared,
                    }
                }
            });
        }
        if let Some(column) = part.items(&path)? {
            return Ok(Self::Items { column });
        }
        if let Some(column) = part.numbers(&path)? {
            return Ok(Self::numbers(column));
        }
        Ok(part.flags(&path)?.map_or(Self::Nothing, Self::Flags))
    }

    fn numbers(column: Column<i64>) -> Self {
        let mut numbers = HashMap::new();
        let mut names = Vec::new();
        for number in column.values.iter() {
            numbers.entry(number).or_insert_with(|| {
                names.push(Key::Number(decimal(number.into())));
                names.len() - 1
            });
        }
        Self::Numbers { column, numbers, names }
    }

    fn days(column: Column<i64>, offset: i64, period: Period) -> Self {
        let mut buckets = Vec::new();
        let mut names: Vec<Key> = Vec::new();
        let (first, last) = (day(column.min_value(), offset), day(column.max_value(), offset));
        for number in first..=last {
            let date = DateTime::from_timestamp(number * 86_400, 0).map(|moment| moment.date_naive());
            let name = date.map_or(Key::Missing, |date| Key::Text(period.name(date)));
            if names.last() != Some(&name) {
                names.push(name);
            }
            buckets.push(names.len() as u32 - 1);
        }
        Self::Days {
            column,
            offset,
            first,
            buckets,
            names,
        }
    }

    fn ids(column: &Column<u64>, are_numbers: bool) -> Self {
        let column = Column {
            index: column.index.clone(),
            values: Arc::new(AsNumbers(column.values.clone())),
        };
        let mut buckets = Self::numbers(column);
        if let Self::Numbers { names, numbers, .. } = &mut buckets {
            for (number, bucket) in numbers {
                names[*bucket] = match are_numbers {
                    true => Key::Number((*number).into()),
                    false => Key::Text(number.to_string()),
                };
            }
        }
        buckets
    }

    /// How many there are, that of missing values included.
    pub(crate) fn count(&self) -> usize {
        1 + match self {
            Self::Texts { column } | Self::Items { column } => column.num_terms(),
            Self::Shared { shared, .. } => shared.names.len(),
            Self::Numbers { names, .. } | Self::Days { names, .. } => names.len(),
            Self::Flags(_) => 2,
            Self::Nothing => 0,
        }
    }

    /// The buckets of a document.
    pub(crate) fn each(&self, doc: DocId, mut visit: impl FnMut(usize)) {
        let missing = self.count() - 1;
        match self {
            Self::Texts { column } => visit(column.ords().first(doc).map_or(missing, |ordinal| ordinal as usize)),
            Self::Items { column } => {
                let mut any = false;
                for ordinal in column.ords().values_for_doc(doc) {
                    any = true;
                    visit(ordinal as usize);
                }
                if !any {
                    visit(missing);
                }
            }
            Self::Shared { column, shared } => {
                let bucket = column.first(doc).map(|ordinal| shared.bucket[ordinal as usize] as usize);
                visit(bucket.unwrap_or(missing));
            }
            Self::Numbers { column, numbers, .. } => {
                let number = column.first(doc);
                visit(number.and_then(|number| numbers.get(&number).copied()).unwrap_or(missing));
            }
            Self::Days {
                column,
                offset,
                first,
                buckets,
                ..
            } => {
                let day = column.first(doc).and_then(|millis| usize::try_from(day(millis, *offset) - first).ok());
                let bucket = day.and_then(|day| buckets.get(day));
                visit(bucket.map_or(missing, |bucket| *bucket as usize));
            }
            Self::Flags(column) => visit(column.first(doc).map_or(missing, usize::from)),
            Self::Nothing => visit(missing),
        }
    }

    /// What a bucket is called.
    pub(crate) fn name(&self, bucket: usize) -> Key {
        match self {
            Self::Texts { column } | Self::Items { column } => {
                let mut text = String::new();
                match column.ord_to_str(bucket as u64, &mut text) {
                    Ok(true) => Key::Text(text),
                    _ => Key::Missing,
                }
            }
            Self::Shared { shared, .. } => shared.names.get(bucket).cloned().unwrap_or(Key::Missing),
            Self::Numbers { names, .. } | Self::Days { names, .. } => names.get(bucket).cloned().unwrap_or(Key::Missing),
            Self::Flags(_) if bucket < 2 => Key::Flag(bucket == 1),
            Self::Flags(_) | Self::Nothing => Key::Missing,
        }
    }
}

/// The day of a moment, counted from 1970.
fn day(millis: i64, offset: i64) -> i64 {
    millis.saturating_add(offset).div_euclid(86_400_000)
}

impl Shares {
    /// The periods that the dates of a column fall into.
    fn new(column: &StrColumn, period: Period, offset: i64) -> Result<Arc<Self>, Error> {
        let mut shares = Self {
            bucket: Vec::with_capacity(column.num_terms()),
            names: Vec::new(),
        };
        let mut known: HashMap<Key, u32> = HashMap::new();
        let mut last: Option<(NaiveDate, u32)> = None;
        let mut terms = column.dictionary().stream()?;
        while terms.advance() {
            let date = std::str::from_utf8(terms.key()).ok().and_then(|text| day_of(text, offset));
            if let (Some(date), Some((day, bucket))) = (date, last)
                && date == day
            {
                shares.bucket.push(bucket);
                continue;
            }
            let name = date.map_or(Key::Missing, |date| Key::Text(period.name(date)));
            let bucket = *known.entry(name.clone()).or_insert_with(|| {
                shares.names.push(name);
                shares.names.len() as u32 - 1
            });
            last = date.map(|date| (date, bucket));
            shares.bucket.push(bucket);
        }
        Ok(Arc::new(shares))
    }
}

/// The day of a date, or of a moment in company time.
fn day_of(text: &str, offset: i64) -> Option<NaiveDate> {
    match text.len() {
        10 => text.parse().ok(),
        _ => {
            let millis = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
            Some(DateTime::from_timestamp_millis(millis.checked_add(offset)?)?.date_naive())
        }
    }
}

impl Period {
    /// What the period of a day is called.
    fn name(self, date: NaiveDate) -> String {
        let year = date.year();
        match self {
            Self::Day => date.to_string(),
            Self::Week => {
                // The week belongs to the year of its Thursday.
                let week = date.iso_week();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{year:04}-{:02}", date.month()),
            Self::Quarter => format!("{year:04}-Q{}", date.month0() / 3 + 1),
            Self::Year => format!("{year:04}"),
        }
    }
}

/// Ids, read as numbers.
struct AsNumbers(Arc<dyn tantivy::columnar::ColumnValues<u64>>);

impl tantivy::columnar::ColumnValues<i64> for AsNumbers {
    fn get_val(&self, row: u32) -> i64 {
        i64::try_from(self.0.get_val(row)).unwrap_or(i64::MAX)
    }

    fn min_value(&self) -> i64 {
        i64::try_from(self.0.min_value()).unwrap_or(i64::MAX)
    }

    fn max_value(&self) -> i64 {
        i64::try_from(self.0.max_value()).unwrap_or(i64::MAX)
    }

    fn num_vals(&self) -> u32 {
        self.0.num_vals()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_falls_into_periods() {
        let cases = [
            (Period::Day, "2027-01-01", "2027-01-01"),
            (Period::Week, "2027-01-01", "2026-W53"),
            (Period::Month, "2024-02-29", "2024-02"),
            (Period::Quarter, "2026-11-28", "2026-Q4"),
            (Period::Year, "2026-11-28", "2026"),
        ];
        for (period, day, name) in cases {
            assert_eq!(period.name(day.parse().expect("a date")), name);
        }
        let company = 8 * 3_600_000;
        assert_eq!(day_of("2026-11-27T16:00:00Z", company).map(|day| day.to_string()), Some("2026-11-28".into()));
        assert_eq!(day_of("2026-11-28", company).map(|day| day.to_string()), Some("2026-11-28".into()));
    }
}
