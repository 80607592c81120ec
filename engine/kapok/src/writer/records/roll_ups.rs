//! Values computed from the records that name a record: kept up in the commit that changes one of those, in a row of their
//! own, so that a customer whose contacts are being written is no new version of the customer.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Record, RecordId};
use kapok_records::{Applied, EntityDefinition, Fields, RollUp, RollUpState, values_of};
use kapok_tables::RollUps;

use crate::{Error, writer::Step};

/// Rows read at once while a value is computed anew.
const CHUNK: usize = 500;

impl Step<'_> {
    /// Keeps up what is computed from a record, which was there before, is there afterwards, or both. It is called before
    /// the record is stored.
    pub(super) fn keep_roll_ups(
        &mut self,
        entity: &EntityDefinition,
        before: Option<&Record>,
        after: Option<&Record>,
    ) -> Result<(), Error> {
        let catalogue = self.shared.catalogue();
        let values = |record: Option<&Record>| record.map(|record| values_of(entity, record));
        let mut known: Option<(Option<Fields>, Option<Fields>)> = None;
        let own = after.or(before).map(|record| record.id);
        for roll_up in catalogue.roll_ups_over(&entity.id) {
            let (old, new) = known.get_or_insert_with(|| (values(before), values(after)));
            for contribution in roll_up.contributions(old.as_ref(), new.as_ref()) {
                let target = contribution.record;
                let row = self.queries().roll_ups(roll_up.target(), target)?;
                if row.is_none() && self.queries().record(roll_up.target(), target)?.is_none() {
                    continue;
                }
                let mut fresh = row.clone().unwrap_or_else(|| nothing(roll_up.target(), target));
                let state = fresh.states.get_mut(roll_up.name());
                let applied = state.map_or(Applied::Recount, |state| roll_up.apply(state, &contribution));
                if applied == Applied::Recount {
                    // What is stored of the record at hand is what it was.
                    let replaced = own.map(|own| (own, new.as_ref()));
                    let state = self.counted(roll_up, target, replaced)?;
                    fresh.states.insert(roll_up.name().to_owned(), state);
                }
                show(roll_up, &mut fresh);
                if row.as_ref() != Some(&fresh) {
                    self.tx.put_roll_ups(&fresh)?;
                }
            }
        }
        Ok(())
    }

    /// Computes everything anew that is computed of a record; whether something is another than it was.
    pub(crate) fn compute_roll_ups(&mut self, entity: &EntityDefinition, id: RecordId) -> Result<bool, Error> {
        let catalogue = self.shared.catalogue();
        let known = self.queries().roll_ups(&entity.id, id)?;
        let mut row = nothing(&entity.id, id);
        for roll_up in catalogue.roll_ups_of(&entity.id) {
            let state = self.counted(roll_up, id, None)?;
            row.states.insert(roll_up.name().to_owned(), state);
            show(roll_up, &mut row);
        }
        let is_empty = row.states.values().all(|state| *state == RollUpState::default());
        let changed = known.as_ref() != Some(&row) && !(known.is_none() && is_empty);
        if changed {
            self.tx.put_roll_ups(&row)?;
        }
        Ok(changed)
    }

    /// Counts all records that name a record. `replaced` is one of them that is being changed, and what it is afterwards.
    fn counted(
        &self,
        roll_up: &RollUp,
        target: RecordId,
        replaced: Option<(RecordId, Option<&Fields>)>,
    ) -> Result<RollUpState, Error> {
        let catalogue = self.shared.catalogue();
        let source = super::entity(&catalogue, roll_up.source())?;
        let mut state = RollUpState::default();
        let mut add = |values: &Fields| {
            for contribution in roll_up.contributions(None, Some(values)) {
                if contribution.record == target {
                    roll_up.apply(&mut state, &contribution);
                }
            }
        };
        let mut position: Option<Vec<u8>> = None;
        loop {
            let queries = self.queries();
            let page = queries.referring(&source.id, roll_up.field(), target, position.as_deref(), CHUNK)?;
            let others = page.items.iter().map(|row| &row.record);
            let others = others.filter(|record| replaced.is_none_or(|(own, _)| own != record.id));
            others.for_each(|record| add(&values_of(source, record)));
            position = page.next;
            if position.is_none() {
                break;
            }
        }
        if let Some((_, Some(values))) = replaced {
            add(values);
        }
        Ok(state)
    }
}

fn nothing(entity: &Entity, record: RecordId) -> RollUps {
    RollUps {
        entity: entity.clone(),
        record,
        states: BTreeMap::new(),
        values: BTreeMap::new(),
    }
}

/// Notes what a roll-up shows, for those who read the row without the definitions.
fn show(roll_up: &RollUp, row: &mut RollUps) {
    let value = row
        .states
        .get(roll_up.name())
        .map(|state| roll_up.value(state))
        .unwrap_or_default();
    match value.is_empty() {
        true => row.values.remove(roll_up.name()),
        false => row.values.insert(roll_up.name().to_owned(), value),
    };
}
