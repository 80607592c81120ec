//! Intermediate timer events (BPMN 2.0.2, 10.5.4): the token waits for a moment.

use kapok_model::TimerDefinition;
use kapok_protocol::ElementInstanceId;

use crate::{case::Case, flow, halt::Halt, state::TimerKind, timing};

pub(crate) fn enter(case: &mut Case, id: ElementInstanceId, definition: &TimerDefinition) -> Result<(), Halt> {
    let scope = case.element(id)?.scope;
    let mut schedule = timing::schedule(case, scope, definition)?;
    schedule.repeat = None; // A token leaves once; the next one to come here waits for its own moment.
    let kind = TimerKind::Intermediate {
        instance: case.id,
        element: id,
    };
    Ok(timing::arm(case, id, schedule, kind)?)
}

/// The moment has come.
pub(crate) fn fire(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    Ok(flow::leave(case, id)?)
}
