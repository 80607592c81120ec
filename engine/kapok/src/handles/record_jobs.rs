//! How work on many records stands.

use kapok_protocol::{Principal, RecordJobId, Text, Timestamp};
use kapok_tables::{RecordJob, RecordJobState, RecordTask};

use super::{Administrator, Staff};
use crate::{Error, views::Who};

/// Work on many records.
#[derive(Debug, Clone)]
pub struct RecordJobView {
    /// Its id.
    pub id: RecordJobId,
    /// What is done: `back-fill`, `roll-ups`, `transfer` or `merge`.
    pub kind: &'static str,
    /// With which entity's records.
    pub entity: String,
    /// Who asked for it, when a person did.
    pub asked_by: Option<Who>,
    /// When.
    pub asked_at: Timestamp,
    /// How it stands.
    pub state: RecordJobState,
    /// How many records were looked at.
    pub seen: u64,
    /// How many of them were changed.
    pub changed: u64,
    /// How many could not be.
    pub refused: u64,
    /// Some of those, and why.
    pub problems: Vec<(String, Text)>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Staff {
    /// How work stands that the person asked for.
    pub fn record_job(&self, id: RecordJobId) -> Result<RecordJobView, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let job = viewing.queries.record_job(id)?;
        let job = job.filter(|job| job.asked_by == self.principal() || self.is_administrator());
        let job = job.ok_or_else(|| Error::not_found("任务", "work"))?;
        Ok(shown(job, |person| viewing.who(person)))
    }
}

impl Administrator {
    /// All work on many records, the last asked for first.
    pub fn record_jobs(&self, limit: usize) -> Result<Vec<RecordJobView>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let jobs = viewing.queries.record_jobs(limit)?.into_iter();
        Ok(jobs.map(|job| shown(job, |person| viewing.who(person))).collect())
    }
}

fn shown(job: RecordJob, who: impl Fn(kapok_protocol::PersonId) -> Who) -> RecordJobView {
    let (kind, entity) = match &job.task {
        RecordTask::BackFill { entity, .. } => ("back-fill", entity),
        RecordTask::RollUps { entity } | RecordTask::Recount { entity, .. } => ("roll-ups", entity),
        RecordTask::Transfer { entity, .. } => ("transfer", entity),
        RecordTask::Merge { entity, .. } => ("merge", entity),
    };
    RecordJobView {
        id: job.id,
        kind,
        entity: entity.to_string(),
        asked_by: match job.asked_by {
            Principal::Person(person) => Some(who(person)),
            Principal::Process(_) | Principal::System => None,
        },
        asked_at: job.asked_at,
        state: job.state,
        seen: job.seen,
        changed: job.changed,
        refused: job.refused,
        problems: job
            .problems
            .into_iter()
            .map(|(record, text)| (record.to_string(), text))
            .collect(),
        ended_at: job.ended_at,
    }
}
