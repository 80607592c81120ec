//! One part of the work on many records.

use std::cell::Cell;

use kapok_protocol::{Principal, RecordId, RecordJobId, Refusal, Text};
use kapok_records::{EntityDefinition, upcast};
use kapok_tables::{RecordJob, RecordJobState, RecordList, RecordTask};

use super::{entity, roll_ups::Recounted};
use crate::{Error, writer::Step};

/// So many of those that could not be changed are named.
const NAMED: usize = 100;

/// So many records are looked through in one commit for what is computed of others.
const LOOKED_THROUGH: usize = 5_000;

/// How far work has come.
#[derive(Debug, Clone)]
pub(crate) enum Progress {
    /// It goes on behind this key.
    Behind(Vec<u8>),
    /// It goes on; its row says with what.
    More,
    /// It is done.
    Done,
    /// It cannot go on.
    Stopped,
}

/// What became of one record.
enum Became {
    Changed,
    AsItWas,
}

impl Step<'_> {
    /// Notes work to be done, part by part.
    pub(crate) fn begin_record_job(&mut self, asked_by: Principal, task: RecordTask) -> Result<RecordJobId, Error> {
        let id = RecordJobId::from(self.next_id());
        self.tx.put_record_job(&RecordJob {
            id,
            task,
            asked_by,
            asked_at: self.now,
            state: RecordJobState::Running,
            seen: 0,
            changed: 0,
            refused: 0,
            position: Vec::new(),
            problems: Vec::new(),
            ended_at: None,
        })?;
        Ok(id)
    }

    /// Does one part of it, and notes how far it has come.
    pub(crate) fn advance_record_job(
        &mut self,
        mut job: RecordJob,
        ids: &[RecordId],
        seen: usize,
        progress: Progress,
    ) -> Result<(), Error> {
        let mut progress = progress;
        if !matches!(progress, Progress::Stopped) {
            match self.work(&mut job, ids, seen) {
                Ok(Some(done)) => progress = done,
                Ok(None) => {}
                // The entity is gone.
                Err(Error::Refused(_)) => progress = Progress::Stopped,
                Err(error) => return Err(error),
            }
        }
        match progress {
            Progress::Behind(key) => job.position = key,
            Progress::More => {}
            Progress::Done => job.state = RecordJobState::Done,
            Progress::Stopped => job.state = RecordJobState::Stopped,
        }
        if job.state != RecordJobState::Running {
            job.ended_at = Some(self.now);
        }
        Ok(self.tx.put_record_job(&job)?)
    }

    fn work(&mut self, job: &mut RecordJob, ids: &[RecordId], seen: usize) -> Result<Option<Progress>, Error> {
        let catalogue = self.shared.catalogue();
        let asked_by = job.asked_by;
        match job.task.clone() {
            RecordTask::BackFill { entity: id, .. } => {
                let definition = entity(&catalogue, &id)?;
                self.each(job, ids, |step, id| step.put_in_order(definition, id))?;
                job.seen += seen as u64;
                Ok(None)
            }
            RecordTask::RollUps { entity: id } => self.compute_next(job, entity(&catalogue, &id)?, ids),
            RecordTask::Recount { entity, record } => self.go_on_counting(job, &entity, record).map(Some),
            RecordTask::Transfer { entity: id, to, .. } => {
                let definition = entity(&catalogue, &id)?;
                self.each(job, ids, |step, id| {
                    match step.transfer_record(asked_by, definition, id, to)? {
                        true => Ok(Became::Changed),
                        false => Ok(Became::AsItWas),
                    }
                })?;
                if let RecordTask::Transfer { ids, filter: None, .. } = &mut job.task {
                    ids.drain(..seen.min(ids.len()));
                }
                job.seen += seen as u64;
                Ok(None)
            }
            RecordTask::Merge {
                entity: id,
                keep,
                others,
            } => {
                let definition = entity(&catalogue, &id)?;
                self.follow_next(job, definition, keep, &others, seen).map(Some)
            }
        }
    }

    /// Makes anew what is computed of the next records: of as many as can be done in one commit.
    fn compute_next(
        &mut self,
        job: &mut RecordJob,
        definition: &EntityDefinition,
        ids: &[RecordId],
    ) -> Result<Option<Progress>, Error> {
        let looked_through = Cell::new(0);
        for (index, id) in ids.iter().enumerate() {
            self.each(job, &[*id], |step, id| {
                let Recounted { changed, rows } = step.compute_roll_ups(definition, id)?;
                looked_through.set(looked_through.get() + rows);
                Ok(if changed { Became::Changed } else { Became::AsItWas })
            })?;
            job.seen += 1;
            if looked_through.get() >= LOOKED_THROUGH && index + 1 < ids.len() {
                let list = RecordList::All(definition.id.clone());
                return Ok(Some(Progress::Behind(list.behind(*id))));
            }
        }
        Ok(None)
    }

    /// Lets the next records that name one of the merged ones name the one that was kept.
    fn follow_next(
        &mut self,
        job: &mut RecordJob,
        target: &EntityDefinition,
        keep: RecordId,
        others: &[RecordId],
        limit: usize,
    ) -> Result<Progress, Error> {
        let Some(from) = others.first().copied() else {
            return Ok(Progress::Done);
        };
        let rows = self.naming(target, from, limit)?;
        let (found, mut moved) = (rows.len(), 0);
        let asked_by = job.asked_by;
        for row in rows {
            let id = row.record.id;
            match self.attempt(|step| step.follow(asked_by, row, target, from, keep)) {
                Ok(()) => moved += 1,
                Err(Error::Refused(reasons)) => note(job, id, &reasons),
                Err(error) => return Err(error),
            }
        }
        job.seen += found as u64;
        job.changed += moved;
        // What is left cannot be moved: it names a record in the trash, and the job says so.
        if found < limit || moved == 0 {
            let RecordTask::Merge { others, .. } = &mut job.task else {
                return Ok(Progress::Stopped);
            };
            others.remove(0);
            if others.is_empty() {
                return Ok(Progress::Done);
            }
        }
        Ok(Progress::More)
    }

    fn each(
        &mut self,
        job: &mut RecordJob,
        ids: &[RecordId],
        work: impl Fn(&mut Step<'_>, RecordId) -> Result<Became, Error>,
    ) -> Result<(), Error> {
        for id in ids {
            match self.attempt(|step| work(step, *id)) {
                Ok(Became::Changed) => job.changed += 1,
                Ok(Became::AsItWas) => {}
                Err(Error::Refused(reasons)) => note(job, *id, &reasons),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Stores a record as its definition says now. Nobody changed it, so it has no new version and no history.
    fn put_in_order(&mut self, definition: &EntityDefinition, id: RecordId) -> Result<Became, Error> {
        let Some(row) = self.queries().record(&definition.id, id)? else {
            return Ok(Became::AsItWas);
        };
        let mut record = row.record.clone();
        upcast(definition, &mut record.fields);
        let context = self.context(Principal::System);
        let catalogue = self.shared.catalogue();
        catalogue.formulas().compute(definition, &mut record.fields, &context)?;
        let fresh = self.found_by(definition, record)?;
        if fresh == row {
            return Ok(Became::AsItWas);
        }
        self.tx.put_record(&fresh)?;
        Ok(Became::Changed)
    }
}

fn note(job: &mut RecordJob, id: RecordId, reasons: &[Refusal]) {
    job.refused += 1;
    if job.problems.len() < NAMED {
        let zh: Vec<_> = reasons.iter().map(|reason| reason.text.zh.as_str()).collect();
        let en: Vec<_> = reasons.iter().map(|reason| reason.text.en.as_str()).collect();
        job.problems.push((id, Text::new(zh.join(""), en.join(" "))));
    }
}
