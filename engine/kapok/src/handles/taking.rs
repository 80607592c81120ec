//! People and departments that come from elsewhere, a file or another system: what would come of one, and its saving. What is
//! as it is already changes nothing, so whatever was interrupted is simply done again.

use kapok_protocol::{Entity, Record, RecordId, Refusal, RefusalKind};
use kapok_records::{Author, Fields, validate};

use super::{Administrator, RecordSave};
use crate::{Error, writer::entity};

/// What became of one, or would become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    /// The record; `None` for one that would be new.
    pub(super) record: Option<RecordId>,
    pub(super) fate: Fate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    New,
    /// These fields.
    Changed(Vec<String>),
    Unchanged,
}

impl Administrator {
    /// Saves what is known of a record elsewhere, or finds out whether it could be.
    pub(super) fn take(
        &self,
        entity_id: &str,
        before: Option<&Record>,
        fields: Fields,
        dry_run: bool,
    ) -> Result<Taken, Vec<Refusal>> {
        let current = before.map(|record| record.fields.clone()).unwrap_or_default();
        let catalogue = self.kapok.shared.catalogue();
        let definition = entity(&catalogue, &Entity::new(entity_id)).map_err(reasons)?;
        let whole = validate(definition, &current, &fields, Author::Person)?;
        let changed = fields.keys().filter(|name| whole.get(*name) != current.get(*name));
        let changed: Vec<String> = changed.cloned().collect();
        let record = before.map(|record| record.id);
        let fate = match record {
            None => Fate::New,
            Some(_) if changed.is_empty() => Fate::Unchanged,
            Some(_) => Fate::Changed(changed),
        };
        if dry_run || fate == Fate::Unchanged {
            return Ok(Taken { record, fate });
        }
        let saved = self.each().save(RecordSave {
            id: record,
            version: before.map(|record| record.version),
            ignore_duplicates: true,
            ..RecordSave::new(definition.id.clone(), fields)
        });
        let (saved, _) = saved.map_err(reasons)?;
        Ok(Taken {
            record: Some(saved.reference.id),
            fate,
        })
    }
}

/// Why it could not be.
fn reasons(error: Error) -> Vec<Refusal> {
    match error {
        Error::Refused(reasons) => reasons,
        other => {
            let text = other.to_string();
            vec![Refusal::new(
                RefusalKind::Unavailable,
                "import.failed",
                text.clone(),
                text,
            )]
        }
    }
}
