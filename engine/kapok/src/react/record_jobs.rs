//! Work on many records: put in order for a new definition, handed over, led to the record they were merged into. A few
//! hundred in a commit, with where it goes on in the same commit: so it survives the end of the program, and nobody waits
//! for it.

#[cfg(test)]
mod tests;

use std::time::Duration;

use kapok_protocol::{Entity, Filter, PersonId, Record, RecordId};
use kapok_records::{Action, as_seen, as_value};
use kapok_rules::{Condition, Values};
use kapok_tables::{Queries, RecordJob, RecordJobState, RecordList, RecordTask};

use super::{AFTER_FAILURE, LONGEST};
use crate::{
    Error,
    rights::{Viewpoint, viewer_of},
    shared::Shared,
    writer::{Progress, Writer, entity},
};

/// So many records are looked at in one commit.
const CHUNK: usize = 250;

pub(super) fn run(shared: &Shared, writer: &Writer) {
    loop {
        let heard = shared.bells.record_jobs.heard();
        let wait = match advance(shared, writer) {
            Ok(true) => Duration::ZERO,
            Ok(false) => LONGEST,
            Err(error) => {
                tracing::error!(%error, "work on many records waits: {error}");
                AFTER_FAILURE
            }
        };
        if !shared.bells.record_jobs.wait(heard, wait) {
            return;
        }
    }
}

/// Does the next part of the work that was asked for first; whether there was any.
pub(crate) fn advance(shared: &Shared, writer: &Writer) -> Result<bool, Error> {
    let view = shared.store.view();
    let Some(job) = Queries(&view).open_record_jobs(1)?.pop() else {
        return Ok(false);
    };
    let part = match next_part(shared, &Queries(&view), &job) {
        Ok(part) => part,
        // Its entity is gone, its filter cannot be read, or whoever asked for it has left.
        Err(Error::Refused(reasons)) => {
            for reason in &reasons {
                tracing::warn!(job = %job.id, "work on many records was stopped: {reason}");
            }
            Part::stop()
        }
        Err(error) => return Err(error),
    };
    drop(view);
    writer
        .submit(move |step| {
            // What was found out above belongs to the job as it was then.
            let unchanged = step.queries().record_job(job.id)?.is_some_and(|now| now == job);
            if !unchanged {
                return Ok(());
            }
            step.advance_record_job(job, &part.ids, part.seen, part.progress)
        })
        .wait()?;
    Ok(true)
}

/// What is done next.
struct Part {
    /// The records to be worked on.
    ids: Vec<RecordId>,
    /// How many were looked at for them.
    seen: usize,
    progress: Progress,
}

impl Part {
    fn stop() -> Self {
        Self {
            ids: Vec::new(),
            seen: 0,
            progress: Progress::Stopped,
        }
    }
}

fn next_part(shared: &Shared, queries: &Queries<'_>, job: &RecordJob) -> Result<Part, Error> {
    debug_assert_eq!(job.state, RecordJobState::Running);
    match &job.task {
        RecordTask::BackFill { entity, .. } | RecordTask::RollUps { entity } => {
            let (records, seen, progress) = walk(queries, entity, &job.position)?;
            let ids = records.into_iter().map(|record| record.id).collect();
            Ok(Part { ids, seen, progress })
        }
        RecordTask::Transfer {
            entity, ids, filter, ..
        } => {
            let Some(person) = job.asked_by.person() else {
                return Ok(Part::stop());
            };
            let (records, seen, progress) = match filter {
                Some(_) => walk(queries, entity, &job.position)?,
                None => {
                    let mut records = Vec::new();
                    for id in ids.iter().take(CHUNK) {
                        records.extend(queries.record(entity, *id)?.map(|row| row.record));
                    }
                    let seen = ids.len().min(CHUNK);
                    let progress = if ids.len() > CHUNK {
                        Progress::More
                    } else {
                        Progress::Done
                    };
                    (records, seen, progress)
                }
            };
            let ids = transferable(shared, queries, entity, person, filter.as_deref(), records)?;
            Ok(Part { ids, seen, progress })
        }
        RecordTask::Merge { .. } | RecordTask::Recount { .. } => Ok(Part {
            ids: Vec::new(),
            seen: CHUNK,
            progress: Progress::More,
        }),
    }
}

/// The next records of an entity behind a position.
fn walk(queries: &Queries<'_>, entity: &Entity, position: &[u8]) -> Result<(Vec<Record>, usize, Progress), Error> {
    let after = (!position.is_empty()).then_some(position);
    let page = queries.records(&RecordList::All(entity.clone()), after, CHUNK)?;
    let progress = page.next.map_or(Progress::Done, Progress::Behind);
    let records: Vec<_> = page.items.into_iter().map(|row| row.record).collect();
    let seen = records.len();
    Ok((records, seen, progress))
}

/// Those of some records that a person may hand over, and a filter keeps.
fn transferable(
    shared: &Shared,
    queries: &Queries<'_>,
    entity_id: &Entity,
    person: PersonId,
    filter: Option<&str>,
    records: Vec<Record>,
) -> Result<Vec<RecordId>, Error> {
    let catalogue = shared.catalogue();
    let definition = entity(&catalogue, entity_id)?;
    let viewer = viewer_of(shared, queries, person)?;
    let point = Viewpoint::new(viewer, &catalogue, Queries(queries.0));
    let (reads, hands_over) = (
        point.rights().judge(Action::Read, definition),
        point.rights().judge(Action::Transfer, definition),
    );
    let condition = match filter {
        Some(filter) => {
            let filter: Filter = serde_json::from_str(filter).map_err(|error| Error::Data(error.to_string()))?;
            Some(Condition::new(&filter).map_err(|text| Error::invalid("filter.wrong", text, "filter"))?)
        }
        None => None,
    };
    let now = shared.clock.now();
    let context = shared
        .organisation()
        .context(Some(person), now, shared.settings.utc_offset_minutes);
    // What the person does not see of a record decides nothing about it.
    let keeps = |record: &Record| {
        let access = reads.decide(record);
        let is_asked_for = || {
            condition.as_ref().is_none_or(|condition| {
                match as_value(definition, &as_seen(definition, record, &access)) {
                    kapok_protocol::Value::Map(values) => condition.holds(&Values::new(&values, &context)),
                    _ => false,
                }
            })
        };
        access.is_granted() && hands_over.decide(record).is_granted() && is_asked_for()
    };
    let kept = records.iter().filter(|record| keeps(record));
    Ok(kept.map(|record| record.id).collect())
}
