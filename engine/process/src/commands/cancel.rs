//! Somebody ends a case from outside.

use kapok_protocol::InstanceId;

use super::is_operator;
use crate::{
    Context, Stop,
    case::Case,
    flow, refusals,
    state::{EventKind, InstanceState, Work},
};

pub(crate) fn cancel(work: &mut Work<'_>, context: &mut Context<'_>, id: InstanceId, reason: &str) -> Result<(), Stop> {
    let mut case = Case::open(work, context, id)?;
    let initiator = case.initiator()?;
    let theirs = initiator.is_some() && case.context.actor.person() == initiator;
    if !theirs && !is_operator(case.context) {
        return Err(refusals::instance_not_yours().into());
    }
    if case.instance()?.state != InstanceState::Active {
        return Err(refusals::instance_ended().into());
    }
    case.log_for_case(EventKind::CancelRequested(reason.to_owned()));
    Ok(flow::end_case(&mut case, InstanceState::Cancelled)?)
}
