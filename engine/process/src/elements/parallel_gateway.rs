//! Parallel gateways (BPMN 2.0.2, 10.6.4, 13.4.1): a fork takes all flows, a join waits for a token on each.

use kapok_model::NodeIndex;
use kapok_protocol::ElementInstanceId;

use crate::{case::Case, state::StateError};

/// One token of each way in, when each has one.
pub(crate) fn ready(case: &mut Case, id: ElementInstanceId, node: NodeIndex) -> Result<Option<Vec<usize>>, StateError> {
    let graph = std::sync::Arc::clone(&case.graph);
    let arrivals = &case.element(id)?.arrivals;
    let first = |flow| arrivals.iter().position(|arrival| arrival.flow == flow);
    Ok(graph.incoming(node).iter().map(|(flow, _)| first(*flow)).collect())
}
