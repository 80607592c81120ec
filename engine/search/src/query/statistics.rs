//! Statistics: how many records there are, what fields of theirs add up to, and the least and greatest values, by one or two
//! fields.
//!
//! The values of a field become small numbers (buckets) in each part, so that counting is adding to places of an array.
//! Sums are exact: whole millionths, and records whose number is finer than that are read.

use std::collections::{BTreeMap, HashMap};

use kapok_protocol::{Entity, Filter, RecordId, Value};
use kapok_rules::Context;
use rust_decimal::Decimal;
use tantivy::{
    DocId,
    columnar::{Column, StrColumn},
};

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
    /// The fields whose values are added up, and of which the least and the greatest are looked for.
    pub measured: &'a [&'a str],
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
    /// What the fields that were asked for come to.
    pub measured: Vec<Measured>,
}

impl Row {
    /// What the numbers of the first field add up to.
    pub fn sum(&self) -> Decimal {
        self.measured.first().map(|measured| measured.sum).unwrap_or_default()
    }
}

/// What the values of a field come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// What its numbers add up to.
    pub sum: Decimal,
    /// The least number or short text; nothing when no record has a value.
    pub least: Option<Key>,
    /// The greatest one.
    pub greatest: Option<Key>,
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

/// What a field of a group's records comes to in one part.
#[derive(Debug, Clone)]
struct Sum {
    count: u64,
    millionths: i128,
    /// What is finer than millionths.
    others: Decimal,
    /// The least and the greatest of what the part's column holds; the wrong way round when there is nothing.
    range: (i64, i64),
    /// The same of what the column does not hold.
    beyond: Option<Box<(Decimal, Decimal)>>,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            count: 0,
            millionths: 0,
            others: Decimal::ZERO,
            range: (i64::MAX, i64::MIN),
            beyond: None,
        }
    }
}

impl Sum {
    /// Counts a record with what its field holds.
    fn add(&mut self, held: &Held) {
        self.count += 1;
        match held {
            Held::Nothing => {}
            Held::Number(number) => {
                self.millionths += i128::from(*number);
                self.range = (self.range.0.min(*number), self.range.1.max(*number));
            }
            Held::Ordinal(ordinal) => self.range = (self.range.0.min(*ordinal), self.range.1.max(*ordinal)),
            Held::Other(number) => {
                self.others = self.others.saturating_add(*number);
                match &mut self.beyond {
                    Some(beyond) => **beyond = (beyond.0.min(*number), beyond.1.max(*number)),
                    None => self.beyond = Some(Box::new((*number, *number))),
                }
            }
        }
    }
}

/// A group over all parts.
#[derive(Debug, Clone, Default)]
struct Whole {
    count: u64,
    fields: Vec<(i128, Decimal, Option<Key>, Option<Key>)>,
}

impl Whole {
    /// Takes in what a part says of the field of this number.
    fn add(&mut self, number: usize, sum: &Sum, values: &Values<'_>) {
        if number == 0 {
            self.count += sum.count;
        }
        if self.fields.len() <= number {
            self.fields.resize(number + 1, Default::default());
        }
        let (millionths, others, least, greatest) = &mut self.fields[number];
        *millionths += sum.millionths;
        *others = others.saturating_add(sum.others);
        let (low, high) = sum.range;
        let mut range: Vec<(Option<Key>, Option<Key>)> = Vec::new();
        if low <= high {
            range.push((values.key(low), values.key(high)));
        }
        if let Some(beyond) = &sum.beyond {
            range.push((Some(Key::Number(beyond.0)), Some(Key::Number(beyond.1))));
        }
        for (low, high) in range {
            if low.is_some() && (least.is_none() || low < *least) {
                *least = low;
            }
            if high > *greatest {
                *greatest = high;
            }
        }
    }

    /// As many fields as were asked for, whether there was anything or not.
    fn row(self, keys: Vec<Key>, fields: usize) -> Row {
        let mut measured: Vec<Measured> = self
            .fields
            .into_iter()
            .map(|(millionths, others, least, greatest)| Measured {
                sum: decimal(millionths).saturating_add(others),
                least,
                greatest,
            })
            .collect();
        measured.resize(fields, Measured::default());
        Row {
            keys,
            count: self.count,
            measured,
        }
    }
}

impl Index {
    /// Counts, adds up, and finds the least and the greatest.
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
        let mut groups: BTreeMap<Vec<Key>, Whole> = BTreeMap::new();
        let mut total = Whole::default();
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
            // Each field is gone through by itself; without any, records are counted.
            for number in 0..grouping.measured.len().max(1) {
                let values = match grouping.measured.get(number) {
                    Some(field) => Values::new(part, &source, field)?,
                    None => Values::none(&source),
                };
                let mut places = Places::new(&buckets);
                let mut all = Sum::default();
                found.for_each(|doc| {
                    let held = values.of(doc);
                    all.add(&held);
                    places.add(&buckets, doc, &held);
                });
                total.add(number, &all, &values);
                for (place, sum) in places.filled() {
                    let group = groups.entry(names(&buckets, place)).or_default();
                    group.add(number, &sum, &values);
                }
            }
        }
        let (cut, fields) = (groups.len() > GROUPS, grouping.measured.len());
        Ok(Statistics {
            rows: groups
                .into_iter()
                .take(GROUPS)
                .map(|(keys, whole)| whole.row(keys, fields))
                .collect(),
            total: total.row(Vec::new(), fields),
            cut,
        })
    }
}

/// What a record holds in a field.
enum Held {
    Nothing,
    Number(i64),
    /// The place of its text among those of the part, which are in order.
    Ordinal(i64),
    /// A number that the column does not hold exactly.
    Other(Decimal),
}

/// The values of a field in a part.
struct Values<'q> {
    source: &'q Source<'q>,
    field: &'q str,
    numbers: Option<Column<i64>>,
    marks: Option<Column<i64>>,
    texts: Option<StrColumn>,
    ids: Option<Column<u64>>,
}

impl<'q> Values<'q> {
    fn none(source: &'q Source<'q>) -> Self {
        Self {
            source,
            field: "",
            numbers: None,
            marks: None,
            texts: None,
            ids: None,
        }
    }

    fn new(part: &Part, source: &'q Source<'q>, field: &'q str) -> Result<Self, Error> {
        let path = path(source.entity, field);
        Ok(Self {
            field,
            numbers: part.numbers(&path)?,
            marks: part.marks(&path)?,
            texts: part.texts(&path)?,
            ids: Some(part.ids()?),
            ..Self::none(source)
        })
    }

    fn of(&self, doc: DocId) -> Held {
        let is_marked = self.marks.as_ref().is_some_and(|marks| marks.first(doc).is_some());
        if is_marked {
            let id = self.ids.as_ref().and_then(|ids| ids.first(doc)).and_then(RecordId::new);
            let record = id.and_then(|id| self.source.rows.record(self.source.entity, id));
            let number = record
                .as_ref()
                .and_then(|record| record.fields.get(self.field))
                .and_then(Value::as_number);
            return number.map_or(Held::Nothing, Held::Other);
        }
        if let Some(number) = self.numbers.as_ref().and_then(|numbers| numbers.first(doc)) {
            return Held::Number(number);
        }
        let ordinal = self.texts.as_ref().and_then(|texts| texts.ords().first(doc));
        let ordinal = ordinal.and_then(|ordinal| i64::try_from(ordinal).ok());
        ordinal.map_or(Held::Nothing, Held::Ordinal)
    }

    /// The value that an end of a range stands for.
    fn key(&self, end: i64) -> Option<Key> {
        let Some(texts) = self.texts.as_ref().filter(|_| self.numbers.is_none()) else {
            return Some(Key::Number(decimal(end.into())));
        };
        let mut text = String::new();
        let is_there = texts.ord_to_str(u64::try_from(end).ok()?, &mut text).ok()?;
        is_there.then_some(Key::Text(text))
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

    fn add(&mut self, buckets: &[Buckets], doc: DocId, held: &Held) {
        match buckets {
            [] => self.at(0).add(held),
            [only] => only.each(doc, |bucket| self.at(bucket).add(held)),
            [first, second, ..] => first.each(doc, |a| {
                second.each(doc, |b| self.at(a * second.count() + b).add(held));
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
