//! Inclusive gateways (BPMN 2.0.2, 10.6.3, 13.4.3): a fork takes every flow whose condition holds; a join waits for those
//! tokens that can still come.

use kapok_model::{FlowIndex, NodeIndex};
use kapok_protocol::ElementInstanceId;

use super::gathering;
use crate::{Stop, case::Case, flow, halt::Halt};

/// The flows that are taken: those whose condition holds, else the default flow.
pub(crate) fn choose(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<Vec<FlowIndex>, Halt> {
    flow::choose(case, id, node, |_| true)
}

/// Opens a join for which nothing more can come. Whether it did.
pub(crate) fn consider(
    case: &mut Case,
    id: ElementInstanceId,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
) -> Result<bool, Stop> {
    let arrivals = case.element(id)?.arrivals.clone();
    if arrivals.is_empty() {
        return Ok(false); // It has opened, and is stuck on its way out.
    }
    let filled: Vec<FlowIndex> = arrivals.iter().map(|arrival| arrival.flow).collect();
    if gathering::more_expected(case, node, scope, &filled)? {
        return Ok(false);
    }
    gathering::fire(case, id, &gathering::first_of_each(&arrivals))?;
    Ok(true)
}
