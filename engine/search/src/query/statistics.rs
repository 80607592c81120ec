//! Statistics: how many records there are, and what a field of theirs adds up to, by one or two fields.
//!
//! The values of a field become small numbers (buckets) in each part, so that counting is adding to places of an array.
//! Sums are exact: whole millionths, and records whose number is finer than that are read.

use std::collections::{BTreeMap, HashMap};

use kapok_protocol::{Entity, Filter, RecordId, Value};
use kapok_rules::Context;
use rust_decimal::Decimal;
use tantivy::{DocId, columnar::Column};

use super::{Keyword, Rights, Rows, buckets::Buckets, find::Asked, rights::passing, row::Source};
use crate::{Error, Index, number::decimal, part::Part, schema::path};

/// What is counted, and by what.
#[derive(Debug, Clone)]
pub struct Grouping<'a> {
    /// Records of this entity.
    pub entity: &'a Entity,
    /// That contain these words.
    pub keyword: Option<&'a Keyword>,
    /// For which this holds.
    pub filter: Option<&'a Filter>,
    /// By these: none, one or two.
    pub groups: &'a [Group],
    /// The field whose numbers are added up.
    pub sum: Option<&'a str>,
    /// How far company time is ahead of UTC, in minutes.
    pub utc_offset_minutes: i32,
}

/// What records are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The value of this field.
    pub field: String,
    /// The period that its date, or moment in company time, falls into.
    pub period: Option<Period>,
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// `2026-11-28`.
    Day,
    /// `2026-W48`, as ISO 8601 counts weeks.
    Week,
    /// `2026-11`.
    Month,
    /// `2026-Q4`.
    Quarter,
    /// `2026`.
    Year,
}

/// What a group is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A text: the key of a choice, an id, a period.
    Text(String),
    /// A number.
    Number(Decimal),
    /// Yes or no.
    Flag(bool),
    /// Records that have no value.
    Missing,
}

/// The numbers of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which group: as many as were asked for.
    pub keys: Vec<Key>,
    /// How many records.
    pub count: u64,
    /// What their numbers add up to.
    pub sum: Decimal,
}

/// Groups, ordered by what they are called, those without a value last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// The groups.
    pub rows: Vec<Row>,
    /// All records together.
    pub total: Row,
    /// Whether there are more groups than were kept; the total counts them too.
    pub cut: bool,
}

/// So many groups are kept.
const GROUPS: usize = 10_000;
/// With more places than this they are not an array.
const PLACES: usize = 1 << 20;

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    count: u64,
    millionths: i128,
    /// What is finer than millionths.
    others: Decimal,
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.millionths += other.millionths;
        self.others = self.others.saturating_add(other.others);
    }

    fn row(&self, keys: Vec<Key>) -> Row {
        Row {
            keys,
            count: self.count,
            sum: decimal(self.millionths).saturating_add(self.others),
        }
    }
}

impl Index {
    /// Counts and adds up.
    ///
    /// # Errors
    /// [`Error::Filter`] if the filter means nothing, [`Error::Damaged`] if the index has to be made anew.
    pub fn statistics(
        &self,
        grouping: &Grouping<'_>,
        rights: &Rights,
        context: &Context,
        rows: &dyn Rows,
    ) -> Result<Statistics, Error> {
        let snapshot = self.snapshot();
        let source = Source {
            entity: grouping.entity,
            rows,
            context,
        };
        let asked = Asked::new(&snapshot, source, grouping.filter, grouping.keyword, rights)?;
        let mut groups: BTreeMap<Vec<Key>, Sum> = BTreeMap::new();
        let mut total = Sum::default();
        for part in &snapshot.parts {
            let (members, node) = asked.of(part)?;
            let found = passing(part, &members, &node, part.len() as usize / 64)?;
            if found.count() == 0 {
                continue;
            }
            let buckets = grouping
                .groups
                .iter()
                .map(|group| Buckets::of(part, grouping.entity, group, grouping.utc_offset_minutes))
                .collect::<Result<Vec<_>, _>>()?;
            let summed = grouping
                .sum
                .map(|field| Summed::new(part, &source, field))
                .transpose()?;
            let mut places = Places::new(&buckets);
            found.for_each(|doc| {
                let one = summed.as_ref().map_or_else(Sum::one, |summed| summed.of(doc));
                total.add(&one);
                places.add(&buckets, doc, &one);
            });
            for (place, sum) in places.filled() {
                groups.entry(names(&buckets, place)).or_default().add(&sum);
            }
        }
        let cut = groups.len() > GROUPS;
        Ok(Statistics {
            rows: groups
                .into_iter()
                .take(GROUPS)
                .map(|(keys, sum)| sum.row(keys))
                .collect(),
            total: total.row(Vec::new()),
            cut,
        })
    }
}

impl Sum {
    fn one() -> Self {
        Self {
            count: 1,
            ..Self::default()
        }
    }
}

/// The numbers of a field.
struct Summed<'q> {
    source: &'q Source<'q>,
    field: &'q str,
    numbers: Option<Column<i64>>,
    marks: Option<Column<i64>>,
    ids: Column<u64>,
}

impl<'q> Summed<'q> {
    fn new(part: &Part, source: &'q Source<'q>, field: &'q str) -> Result<Self, Error> {
        let path = path(source.entity, field);
        Ok(Self {
            source,
            field,
            numbers: part.numbers(&path)?,
            marks: part.marks(&path)?,
            ids: part.ids()?,
        })
    }

    fn of(&self, doc: DocId) -> Sum {
        let mut sum = Sum::one();
        let is_marked = self.marks.as_ref().is_some_and(|marks| marks.first(doc).is_some());
        if is_marked {
            let id = self.ids.first(doc).and_then(RecordId::new);
            let record = id.and_then(|id| self.source.rows.record(self.source.entity, id));
            let number = record
                .as_ref()
                .and_then(|record| record.fields.get(self.field))
                .and_then(Value::as_number);
            sum.others = number.unwrap_or_default();
        } else if let Some(number) = self.numbers.as_ref().and_then(|numbers| numbers.first(doc)) {
            sum.millionths = number.into();
        }
        sum
    }
}

/// Sums by the place of their group.
enum Places {
    Array(Vec<Sum>),
    Map(HashMap<usize, Sum>),
}

impl Places {
    fn new(buckets: &[Buckets]) -> Self {
        let places = buckets
            .iter()
            .try_fold(1_usize, |places, buckets| places.checked_mul(buckets.count()));
        match places {
            Some(places) if places <= PLACES => Self::Array(vec![Sum::default(); places]),
            _ => Self::Map(HashMap::new()),
        }
    }

    fn add(&mut self, buckets: &[Buckets], doc: DocId, one: &Sum) {
        match buckets {
            [] => self.at(0).add(one),
            [only] => only.each(doc, |bucket| self.at(bucket).add(one)),
            [first, second, ..] => first.each(doc, |a| {
                second.each(doc, |b| self.at(a * second.count() + b).add(one));
            }),
        }
    }

    fn at(&mut self, place: usize) -> &mut Sum {
        match self {
            Self::Array(sums) => &mut sums[place],
            Self::Map(sums) => sums.entry(place).or_default(),
        }
    }

    fn filled(self) -> Vec<(usize, Sum)> {
        match self {
            Self::Array(sums) => sums.into_iter().enumerate().filter(|(_, sum)| sum.count > 0).collect(),
            Self::Map(sums) => sums.into_iter().collect(),
        }
    }
}

/// What the groups at a place are called.
fn names(buckets: &[Buckets], place: usize) -> Vec<Key> {
    match buckets {
        [] => Vec::new(),
        [only] => vec![only.name(place)],
        [first, second, ..] => vec![first.name(place / second.count()), second.name(place % second.count())],
    }
}
