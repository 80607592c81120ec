//! Incidents: a step that cannot go on waits for a person; the case and the engine go on.

use kapok_protocol::{ElementInstanceId, IncidentId, Text};

use crate::{
    case::Case,
    state::{EventKind, Incident, StateError},
};

/// Marks an activation as stuck.
pub(crate) fn raise(case: &mut Case, element: ElementInstanceId, text: Text) -> Result<(), StateError> {
    let id: IncidentId = case.new_id();
    let row = case.element_mut(element)?;
    let node = row.node;
    if let Some(earlier) = row.incident.replace(id) {
        case.work.incidents.delete(earlier);
    }
    let incident = Incident {
        id,
        instance: case.id,
        element,
        node,
        at: case.context.now,
        text,
    };
    case.work.incidents.put(id, incident);
    case.log(element, EventKind::IncidentRaised(id))
}

/// Why no further element may be entered, when a bound is reached.
pub(crate) fn over_limit(case: &mut Case) -> Result<Option<Text>, StateError> {
    let limits = case.context.limits;
    if case.work.steps > limits.steps_per_command {
        let steps = limits.steps_per_command;
        return Ok(Some(Text::new(
            format!(
                "流程一次连续走了 {steps} 步仍未停下，已暂停，可能存在循环。请检查流程图；确认无误后点“重试”继续。"
            ),
            format!(
                "The process took {steps} steps in a row without coming to rest, so it was paused; there may be a loop. \
                 Check the drawing; if it is right, retry to go on."
            ),
        )));
    }
    if case.instance()?.activations > limits.activations_per_instance {
        let most = limits.activations_per_instance;
        return Ok(Some(Text::new(
            format!("这个事项已经走了超过 {most} 步，已暂停，可能存在循环。请检查流程图，并考虑取消这个事项。"),
            format!(
                "This case has taken more than {most} steps, so it was paused; there may be a loop. \
                 Check the drawing, and consider cancelling the case."
            ),
        )));
    }
    Ok(None)
}
