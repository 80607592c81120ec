//! End events: none, terminate (13.5.6) and error (BPMN 2.0.2, 10.5.3).

use kapok_model::EndResult;
use kapok_protocol::ElementInstanceId;

use crate::{case::Case, flow, halt::Halt};

pub(crate) fn enter(case: &mut Case, id: ElementInstanceId, result: &EndResult) -> Result<(), Halt> {
    match result {
        EndResult::None => flow::leave_by(case, id, &[])?,
        EndResult::Terminate => {
            let scope = case.element(id)?.scope;
            flow::leave_by(case, id, &[])?;
            flow::terminate(case, scope)?;
        }
        EndResult::Error(code) => {
            let label = case.element(id)?.node;
            return Err(Halt::Error {
                code: code.clone(),
                message: case.label(label),
            });
        }
    }
    Ok(())
}
