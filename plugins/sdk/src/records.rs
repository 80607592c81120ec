//! Records, with the rights of the caller, within `[capabilities.records]` of `plugin.toml`.
//!
//! What is changed is collected and carried out after the call, all of it or nothing. In `before_save` nothing can be
//! changed but the record itself, by what the function answers.

use crate::{
    Denial, Fields, RecordRef, StoredRecord, Value,
    bindings::kapok::plugin::records as wire,
    convert::{self, record},
};

/// The record as the caller may see it; `None` when there is none or the caller may not know of it.
///
/// # Errors
/// When the plugin was not granted it.
pub fn get(entity: &str, id: u64) -> Result<Option<StoredRecord>, Denial> {
    let found = wire::get(&RecordRef {
        entity: entity.to_owned(),
        id,
    })?;
    Ok(found.and_then(record))
}

/// Makes a record. The answer stands for its id: as the value of a field of type reference in what this call changes
/// afterwards.
///
/// # Errors
/// When the plugin was not granted it.
pub fn create(entity: &str, fields: &Fields) -> Result<String, Denial> {
    wire::create(entity, &convert::text(fields))
}

/// Sets fields of a record; the others stay.
///
/// # Errors
/// When the plugin was not granted it.
pub fn update(entity: &str, id: u64, set: &Fields) -> Result<(), Denial> {
    let record = RecordRef {
        entity: entity.to_owned(),
        id,
    };
    wire::update(&record, &convert::text(set))
}

/// Makes somebody responsible for a record, or nobody, and sets fields of it in the same save. The caller is somebody who
/// hands such records over, or takes one that nobody is responsible for, or gives back their own.
///
/// # Errors
/// When the plugin was not granted it.
pub fn hand_over(entity: &str, id: u64, to: Option<u64>, mut set: Fields) -> Result<(), Denial> {
    let to = to.map_or(Value::Null, |person| Value::String(person.to_string()));
    set.insert("owner".to_owned(), to);
    update(entity, id, &set)
}

/// Puts a record into the trash.
///
/// # Errors
/// When the plugin was not granted it.
pub fn delete(entity: &str, id: u64) -> Result<(), Denial> {
    wire::delete(&RecordRef {
        entity: entity.to_owned(),
        id,
    })
}

/// A question about the records of an entity.
///
/// ```no_run
/// # use kapok_plugin_sdk::{json, records::Query};
/// # fn open_orders(customer: u64) -> Result<(), kapok_plugin_sdk::Denial> {
/// let open = Query::of("orders.order")
///     .filter(json!({ "all": [
///         { "field": "customer", "op": "=", "value": customer.to_string() },
///         { "field": "status", "op": "=", "value": "open" },
///     ]}));
/// let sums = open.sum("total")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Query {
    entity: String,
    filter: Option<Value>,
    sort: Vec<wire::Order>,
    limit: u32,
}

impl Query {
    /// All records of an entity, newest first, 100 at most.
    pub fn of(entity: impl Into<String>) -> Self {
        Self {
            entity: entity.into(),
            filter: None,
            sort: Vec::new(),
            limit: 100,
        }
    }

    /// Only those that a filter keeps, such as `{"field":"status","op":"=","value":"open"}`. In `before_save` a test on a
    /// field of type reference makes the answer quick.
    #[must_use]
    pub fn filter(mut self, filter: Value) -> Self {
        self.filter = Some(filter);
        self
    }

    /// Sorted by a field, the least first.
    #[must_use]
    pub fn ascending(mut self, field: impl Into<String>) -> Self {
        self.sort.push(wire::Order {
            field: field.into(),
            descending: false,
        });
        self
    }

    /// Sorted by a field, the greatest first.
    #[must_use]
    pub fn descending(mut self, field: impl Into<String>) -> Self {
        self.sort.push(wire::Order {
            field: field.into(),
            descending: true,
        });
        self
    }

    /// So many at most; never more than 1,000.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// The records.
    ///
    /// # Errors
    /// When the plugin was not granted them, or the question cannot be answered.
    pub fn find(&self) -> Result<Vec<StoredRecord>, Denial> {
        let found = wire::find(&wire::Query {
            entity: self.entity.clone(),
            filter: self.filter.as_ref().map(Value::to_string),
            sort: self.sort.clone(),
            limit: self.limit,
        })?;
        Ok(found.into_iter().filter_map(record).collect())
    }

    /// Measures of all of them, or of each group.
    ///
    /// # Errors
    /// When the plugin was not granted them, or the question cannot be answered.
    pub fn groups(&self, group: &[&str], measures: &[Measure<'_>]) -> Result<Vec<Group>, Denial> {
        let measure = |measure: &Measure<'_>| {
            let (kind, field) = match measure {
                Measure::Count => (wire::MeasureKind::Count, None),
                Measure::Sum(field) => (wire::MeasureKind::Sum, Some(*field)),
                Measure::Min(field) => (wire::MeasureKind::Min, Some(*field)),
                Measure::Max(field) => (wire::MeasureKind::Max, Some(*field)),
            };
            wire::Measure {
                kind,
                field: field.map(str::to_owned),
            }
        };
        let groups = wire::add_up(&wire::Aggregate {
            entity: self.entity.clone(),
            filter: self.filter.as_ref().map(Value::to_string),
            group: group.iter().map(|field| (*field).to_owned()).collect(),
            measures: measures.iter().map(measure).collect(),
        })?;
        let values = |texts: Vec<String>| texts.iter().map(|text| convert::value(text)).collect();
        let group = |group: wire::Group| Group {
            keys: values(group.keys),
            values: values(group.values),
        };
        Ok(groups.into_iter().map(group).collect())
    }

    /// What a field of them adds up to.
    ///
    /// # Errors
    /// When the plugin was not granted them, or the question cannot be answered.
    pub fn sum(&self, field: &str) -> Result<crate::Decimal, Denial> {
        let groups = self.groups(&[], &[Measure::Sum(field)])?;
        let sum = groups.first().and_then(|group| group.values.first());
        Ok(sum.and_then(crate::decimal).unwrap_or_default())
    }

    /// How many there are.
    ///
    /// # Errors
    /// When the plugin was not granted them, or the question cannot be answered.
    pub fn count(&self) -> Result<u64, Denial> {
        let groups = self.groups(&[], &[Measure::Count])?;
        let count = groups.first().and_then(|group| group.values.first());
        Ok(count.and_then(Value::as_u64).unwrap_or_default())
    }
}

/// One thing that is found out about a group of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure<'f> {
    /// How many there are.
    Count,
    /// What a field adds up to.
    Sum(&'f str),
    /// The least value of a field.
    Min(&'f str),
    /// The greatest value of a field.
    Max(&'f str),
}

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// A value of each field it is grouped by.
    pub keys: Vec<Value>,
    /// A value of each measure.
    pub values: Vec<Value>,
}
