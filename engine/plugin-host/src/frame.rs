//! What a frame of a plugin's page asks for: the same as its component could, within the same grants and limits, and with the
//! rights of the person who looks at it.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Record, RecordRef, Value};

use crate::{
    Aggregate, AggregateRow, Call, Denial, Intent, Plugin, RecordAction, RecordQuery,
    answer::{self, BadAnswer},
    granted::{Granted, granted_part},
};

impl Plugin {
    /// The record, as far as the caller sees it and the plugin was granted it.
    ///
    /// # Errors
    /// See [`Denial`].
    pub fn read_for_frame(&self, call: &Call, record: &RecordRef) -> Result<Option<Record>, Denial> {
        let capability = Granted(self).capability(record.entity.as_str(), RecordAction::Read)?;
        let found = call.services.record(record)?;
        Ok(found.map(|record| granted_part(record, capability)))
    }

    /// The records that a filter keeps, as far as the caller sees them and the plugin was granted them.
    ///
    /// # Errors
    /// See [`Denial`].
    pub fn find_for_frame(&self, call: &Call, query: &RecordQuery) -> Result<Vec<Record>, Denial> {
        let capability = Granted(self).query(query)?;
        let found = call.services.query(query)?.into_iter();
        let records: Vec<Record> = found.map(|record| granted_part(record, capability)).collect();
        let size = records.iter().map(|record| answer::json(&record.fields).len());
        if size.sum::<usize>() > self.limits().input {
            return Err(Denial::too_many("the records are too large together; ask for fewer"));
        }
        Ok(records)
    }

    /// Counts and adds up records that the caller sees and the plugin was granted.
    ///
    /// # Errors
    /// See [`Denial`].
    pub fn add_up_for_frame(&self, call: &Call, aggregate: &Aggregate) -> Result<Vec<AggregateRow>, Denial> {
        Granted(self).aggregate(aggregate)?;
        call.services.aggregate(aggregate)
    }

    /// A new record that a frame wants, when the plugin was granted that.
    ///
    /// # Errors
    /// See [`Denial`].
    pub fn create_for_frame(&self, entity: Entity, fields: BTreeMap<String, Value>) -> Result<Intent, Denial> {
        self.check_fields(&fields)?;
        Granted(self).create(entity.as_str(), &fields)?;
        Ok(Intent::Create {
            entity,
            stands_for: "$new.0".to_owned(),
            fields,
        })
    }

    /// A change of a record that a frame wants, when the plugin was granted that.
    ///
    /// # Errors
    /// See [`Denial`].
    pub fn update_for_frame(&self, record: RecordRef, mut set: BTreeMap<String, Value>) -> Result<Intent, Denial> {
        self.check_fields(&set)?;
        let owner = Granted(self).update(record.entity.as_str(), &mut set)?;
        Ok(Intent::Update { record, set, owner })
    }

    /// As what a component hands over: a frame is no more trusted.
    fn check_fields(&self, fields: &BTreeMap<String, Value>) -> Result<(), Denial> {
        answer::within(fields, self.limits()).map_err(|BadAnswer(reason)| Denial::invalid(reason))
    }
}
