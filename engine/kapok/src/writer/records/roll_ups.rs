//! Values computed from the records that name a record: kept up in the commit that changes one of those, in a row of their
//! own, so that a customer whose contacts are being written is no new version of the customer.
//!
//! A count or sum changes by the difference. A least, greatest, first or last one has to be looked for again when it goes;
//! a thousand records are looked through at once, and what more there are in the next commits, by a job. Until that is
//! done the value is that of the records looked through so far, and what changes among those meanwhile is kept up, too.

use kapok_protocol::{Entity, Principal, Record, RecordId};
use kapok_records::{Applied, Catalogue, Contribution, EntityDefinition, Fields, RollUp, RollUpState, values_of};
use kapok_tables::{Counting, RecordJob, RecordList, RecordTask, RollUps};

use super::jobs::Progress;
use crate::{Error, writer::Step};

/// So many records are looked through in one commit to make one value anew.
const COUNTED: usize = 1_000;

/// What came of making values anew.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Recounted {
    /// Whether something is another than it was.
    pub(super) changed: bool,
    /// How many records were looked through.
    pub(super) rows: usize,
}

impl Step<'_> {
    /// Keeps up what is computed from a record, which was there before, is there now, or both. It is called when that is
    /// stored, and before its own row of roll-ups goes with it.
    pub(super) fn keep_roll_ups(
        &mut self,
        entity: &EntityDefinition,
        before: Option<&Record>,
        after: Option<&Record>,
    ) -> Result<(), Error> {
        let catalogue = self.shared.catalogue();
        let Some(id) = after.or(before).map(|record| record.id) else {
            return Ok(());
        };
        if let Some(record) = after.filter(|_| catalogue.formulas().has_live(&entity.id))
            && let Some(known) = self.queries().roll_ups(&entity.id, id)?
        {
            // The formulas over roll-ups may name what was changed in the record itself.
            let mut row = known.clone();
            show(&catalogue, entity, record, &mut row);
            if row != known {
                self.tx.put_roll_ups(&row)?;
            }
        }
        let mut over = catalogue.roll_ups_over(&entity.id).peekable();
        if over.peek().is_none() {
            return Ok(());
        }
        // A save changes nothing of what is computed of the record itself from others.
        let own = match catalogue.roll_ups_over(&entity.id).any(RollUp::follows) {
            true => self.queries().roll_ups(&entity.id, id)?,
            false => None,
        };
        let values = |record: &Record| values(&catalogue, entity, record, own.as_ref());
        let (old, new) = (before.map(values), after.map(values));
        for roll_up in over {
            for contribution in roll_up.contributions(old.as_ref(), new.as_ref()) {
                self.contribute(&catalogue, roll_up, id, &contribution)?;
            }
        }
        Ok(())
    }

    /// Computes everything anew that is computed of a record. It has a row of its own from the first day: the index finds
    /// those of which nothing counts by the 0 in it.
    pub(super) fn compute_roll_ups(&mut self, entity: &EntityDefinition, id: RecordId) -> Result<Recounted, Error> {
        let catalogue = self.shared.catalogue();
        let known = self.queries().roll_ups(&entity.id, id)?;
        let Some(record) = self.queries().record(&entity.id, id)? else {
            return Ok(Recounted::default());
        };
        let mut row = RollUps::none(&entity.id, id);
        let mut rows = 0;
        for roll_up in catalogue.roll_ups_of(&entity.id) {
            rows += self.recount(&catalogue, roll_up, &mut row)?;
        }
        show(&catalogue, entity, &record.record, &mut row);
        let is_needed = known.is_some() || !row.states.is_empty() || !row.counting.is_empty();
        let changed = is_needed && known.as_ref() != Some(&row);
        if changed {
            self.begin_counting(None, &row)?;
            self.put_computed(&catalogue, known.as_ref(), &row)?;
        }
        Ok(Recounted { changed, rows })
    }

    /// Goes on making a value anew that very many records count in.
    pub(super) fn go_on_counting(
        &mut self,
        job: &mut RecordJob,
        entity: &Entity,
        id: RecordId,
    ) -> Result<Progress, Error> {
        let catalogue = self.shared.catalogue();
        let definition = super::entity(&catalogue, entity)?;
        let (known, record) = (self.queries().roll_ups(entity, id)?, self.queries().record(entity, id)?);
        let (Some(known), Some(record)) = (known, record) else {
            return Ok(Progress::Done);
        };
        let mut row = known.clone();
        let Some((name, counting)) = row.counting.pop_first() else {
            return Ok(Progress::Done);
        };
        if let Some(roll_up) = catalogue.roll_ups_of(entity).find(|roll_up| roll_up.name() == name) {
            let read = self.count_on(&catalogue, roll_up, &mut row, counting.state, Some(counting.behind))?;
            job.seen += read as u64;
        }
        show(&catalogue, definition, &record.record, &mut row);
        let is_done = row.counting.is_empty();
        self.put_computed(&catalogue, Some(&known), &row)?;
        Ok(if is_done { Progress::Done } else { Progress::More })
    }

    /// Brings one value up to date with what a record counts as now.
    fn contribute(
        &mut self,
        catalogue: &Catalogue,
        roll_up: &RollUp,
        from: RecordId,
        contribution: &Contribution,
    ) -> Result<(), Error> {
        let (entity, target) = (roll_up.target(), contribution.record);
        let Some(record) = self.queries().record(entity, target)? else {
            return Ok(());
        };
        let definition = super::entity(catalogue, entity)?;
        let known = self.queries().roll_ups(entity, target)?;
        let mut row = known.clone().unwrap_or_else(|| RollUps::none(entity, target));
        let applied = match (row.counting.get_mut(roll_up.name()), row.states.get_mut(roll_up.name())) {
            // It will be counted as it is then.
            (Some(counting), _) if counting.is_to_come(from) => Applied::Done,
            (Some(counting), _) => roll_up.apply(&mut counting.state, contribution),
            (None, Some(state)) => roll_up.apply(state, contribution),
            (None, None) => Applied::Recount,
        };
        if applied == Applied::Recount {
            self.recount(catalogue, roll_up, &mut row)?;
            self.begin_counting(known.as_ref(), &row)?;
        }
        show(catalogue, definition, &record.record, &mut row);
        self.put_computed(catalogue, known.as_ref(), &row)
    }

    /// Writes what is computed of a record, and keeps up what is computed from that.
    fn put_computed(&mut self, catalogue: &Catalogue, before: Option<&RollUps>, after: &RollUps) -> Result<(), Error> {
        if before == Some(after) {
            return Ok(());
        }
        self.tx.put_roll_ups(after)?;
        let mut over = catalogue
            .roll_ups_over(&after.entity)
            .filter(|over| over.follows())
            .peekable();
        if over.peek().is_none() {
            return Ok(());
        }
        let entity = super::entity(catalogue, &after.entity)?;
        let Some(record) = self.queries().record(&after.entity, after.record)? else {
            return Ok(());
        };
        let old = values(catalogue, entity, &record.record, before);
        let new = values(catalogue, entity, &record.record, Some(after));
        for roll_up in over {
            for contribution in roll_up.contributions(Some(&old), Some(&new)) {
                self.contribute(catalogue, roll_up, after.record, &contribution)?;
            }
        }
        Ok(())
    }

    /// Makes one value anew, as far as one commit may; how many records were looked through.
    fn recount(&self, catalogue: &Catalogue, roll_up: &RollUp, row: &mut RollUps) -> Result<usize, Error> {
        row.states.remove(roll_up.name());
        row.counting.remove(roll_up.name());
        self.count_on(catalogue, roll_up, row, RollUpState::default(), None)
    }

    /// Has counting gone on with that began in this commit.
    fn begin_counting(&mut self, before: Option<&RollUps>, after: &RollUps) -> Result<(), Error> {
        let goes_on = before.is_some_and(|before| !before.counting.is_empty());
        if goes_on || after.counting.is_empty() {
            return Ok(());
        }
        let task = RecordTask::Recount {
            entity: after.entity.clone(),
            record: after.record,
        };
        self.begin_record_job(Principal::System, task).map(drop)
    }

    /// Looks through the next records that name a record, newest first.
    fn count_on(
        &self,
        catalogue: &Catalogue,
        roll_up: &RollUp,
        row: &mut RollUps,
        mut state: RollUpState,
        behind: Option<RecordId>,
    ) -> Result<usize, Error> {
        let source = super::entity(catalogue, roll_up.source())?;
        let list = RecordList::Naming(source.id.clone(), roll_up.field().to_owned(), row.record);
        let ids = self.queries().record_ids(&list, behind, COUNTED)?;
        for id in &ids {
            let Some(found) = self.queries().record(&source.id, *id)? else {
                continue;
            };
            let own = match roll_up.follows() {
                true => self.queries().roll_ups(&source.id, *id)?,
                false => None,
            };
            let values = values(catalogue, source, &found.record, own.as_ref());
            for contribution in roll_up.contributions(None, Some(&values)) {
                if contribution.record == row.record {
                    roll_up.apply(&mut state, &contribution);
                }
            }
        }
        let name = roll_up.name().to_owned();
        match ids.last().filter(|_| ids.len() == COUNTED) {
            Some(behind) => drop(row.counting.insert(name, Counting { behind: *behind, state })),
            None => drop(row.states.insert(name, state)),
        }
        Ok(ids.len())
    }
}

/// What counts of a record: its fields, what is computed of it from others, and what formulas make of that.
fn values(catalogue: &Catalogue, entity: &EntityDefinition, record: &Record, own: Option<&RollUps>) -> Fields {
    let mut values = values_of(entity, record);
    for roll_up in catalogue.roll_ups_of(&entity.id) {
        let nothing = RollUpState::default();
        let state = own.and_then(|own| own.state(roll_up.name())).unwrap_or(&nothing);
        values.insert(roll_up.name().to_owned(), roll_up.value(state));
    }
    let lasting = catalogue.formulas().lasting(entity, &values);
    values.extend(lasting);
    values
}

/// Notes what is shown of a record's roll-ups, and of the formulas over them that stay as they are until something is
/// written: for those who read the row without the definitions.
fn show(catalogue: &Catalogue, entity: &EntityDefinition, record: &Record, row: &mut RollUps) {
    let mut shown = values_of(entity, record);
    row.values.clear();
    for roll_up in catalogue.roll_ups_of(&entity.id) {
        let value = row.state(roll_up.name()).map(|state| roll_up.value(state));
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            row.values.insert(roll_up.name().to_owned(), value.clone());
            shown.insert(roll_up.name().to_owned(), value);
        }
    }
    row.values.extend(catalogue.formulas().lasting(entity, &shown));
}
