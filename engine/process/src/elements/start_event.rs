//! Start events (BPMN 2.0.2, 10.5.2): the token leaves at once; what triggers one is the business of commands.

use kapok_protocol::ElementInstanceId;

use crate::{case::Case, flow, halt::Halt};

pub(crate) fn enter(case: &mut Case, id: ElementInstanceId) -> Result<(), Halt> {
    Ok(flow::leave(case, id)?)
}
