//! Signals (BPMN 2.0.2, 10.5.5): told to everybody who waits for the name, in every case, and to whom it starts.

use std::collections::BTreeMap;

use kapok_protocol::{InstanceId, SubscriptionId, TimerId, Value};

use super::occur;
use crate::{
    Context, Stop,
    case::Case,
    commands::start,
    state::{Awaited, StateError, Subscription, Timer, TimerKind, Work},
};

/// So many receivers are told by one command; the next command tells more.
const AT_ONCE: usize = 1_000;

/// Tells a signal to everybody who waits for it now, and starts what it starts.
pub(crate) fn broadcast(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    signal: &str,
    variables: &BTreeMap<String, Value>,
    sender: Option<InstanceId>,
) -> Result<(), Stop> {
    // Whoever begins to wait because of this signal is not meant by it.
    let until: SubscriptionId = (context.ids)().into();
    tell(work, context, signal, variables, None, until)?;
    for (definition, node) in context.definitions.signal_starts(signal) {
        let trigger = start::Trigger::signal(definition, node, signal, variables.clone(), sender);
        start::by_event(work, context, trigger)?;
    }
    Ok(())
}

/// Tells it to those who come after `after`, and not after `until`.
pub(crate) fn tell(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    signal: &str,
    variables: &BTreeMap<String, Value>,
    after: Option<SubscriptionId>,
    until: SubscriptionId,
) -> Result<(), Stop> {
    let waiting = waiting(work, signal, after, until)?;
    let more = waiting.len() > AT_ONCE;
    let mut last = None;
    for id in waiting.into_iter().take(AT_ONCE) {
        last = Some(id);
        let state = work.state;
        let Some(row) = work.subscriptions.get(&id, || state.subscription(id))?.cloned() else {
            continue; // It ended because of the signal, too.
        };
        let mut case = Case::open(work, context, row.waiting.instance)?;
        occur(&mut case, row.waiting, variables.clone())?;
        crate::flow::run(&mut case)?;
    }
    if let Some(after) = last.filter(|_| more) {
        let id: TimerId = (context.ids)().into();
        let kind = TimerKind::Broadcast {
            signal: signal.to_owned(),
            variables: variables.clone(),
            after,
            until,
        };
        work.timers.put(
            id,
            Timer {
                id,
                due: context.now,
                kind,
                repeat: None,
                cron: None,
            },
        );
    }
    Ok(())
}

fn waiting(
    work: &Work<'_>,
    signal: &str,
    after: Option<SubscriptionId>,
    until: SubscriptionId,
) -> Result<Vec<SubscriptionId>, StateError> {
    let committed = work.state.signal_subscriptions(signal, after, AT_ONCE + 1)?;
    let waits =
        |_: &SubscriptionId, row: &Subscription| matches!(&row.awaited, Awaited::Signal(name) if name == signal);
    let merged = work.subscriptions.merged(committed, waits).into_iter();
    Ok(merged
        .filter(|id| after.is_none_or(|after| *id > after) && *id <= until)
        .collect())
}
