//! An administrator has the step of an incident tried again, from its beginning.

use kapok_protocol::IncidentId;

use super::is_operator;
use crate::{
    Context, Stop,
    case::Case,
    flow, refusals,
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
    flow::clear(&mut case, element)?;
    flow::execute(&mut case, element)?;
    flow::run(&mut case)
}
