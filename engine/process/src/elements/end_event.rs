//! End events (BPMN 2.0.2, 10.5.3, 13.5.6): a path is over, and does what is drawn.

use kapok_model::EventDefinition;
use kapok_protocol::ElementInstanceId;

use super::transaction;
use crate::{case::Case, compensation, events, flow, halt::Halt};

pub(super) fn enter(case: &mut Case, id: ElementInstanceId, results: &[EventDefinition]) -> Result<(), Halt> {
    let scope = case.element(id)?.scope;
    let (mut undo, mut terminates, mut cancels) = (None, false, false);
    for result in results {
        match result {
            EventDefinition::Compensation { activity, .. } => undo = Some(*activity),
            EventDefinition::Terminate => terminates = true,
            EventDefinition::Cancel => cancels = true,
            other => events::throw_one(case, id, other)?,
        }
        if !flow::is_live(case, Some(id))? {
            return Ok(());
        }
    }
    if cancels {
        return transaction::cancel(case, id);
    }
    if terminates {
        flow::complete(case, id)?;
        return Ok(flow::terminate(case, scope)?);
    }
    match undo {
        Some(activity) => compensation::begin(case, id, activity),
        None => flow::complete(case, id),
    }
}
