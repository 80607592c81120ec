//! An administrator has the step of an incident tried again, from its beginning; where others run inside, only what went
//! wrong is tried again.

use kapok_protocol::IncidentId;

use super::is_operator;
use crate::{
    Context, Stop,
    case::Case,
    flow::{self, Step},
    refusals,
    state::{EventKind, Work},
};

pub(crate) fn retry(work: &mut Work<'_>, context: &mut Context<'_>, id: IncidentId) -> Result<(), Stop> {
    if !is_operator(context) {
        return Err(refusals::only_administrators().into());
    }
    let state = work.state;
    let row = work
        .incidents
        .get(&id, || state.incident(id))?
        .ok_or_else(refusals::incident_gone)?;
    let (instance, element) = (row.instance, row.element);
    let mut case = Case::open(work, context, instance)?;
    case.log(element, EventKind::IncidentRetried(id))?;
    let row = case.element_mut(element)?;
    if (row.live_children > 0 || row.called.is_some()) && !row.leaving {
        row.incident = None;
        case.work.incidents.delete(id);
        // It was a condition that could not be asked: one that it waits for, or that ends it.
        case.variables_changed = true;
        if flow::is_ad_hoc(&mut case, element)? {
            case.queue.push_back(Step::AdHoc(element));
        }
    } else {
        flow::clear(&mut case, element)?;
        flow::execute(&mut case, element)?;
    }
    flow::run(&mut case)
}
