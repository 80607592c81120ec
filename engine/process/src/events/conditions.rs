//! Conditional events (BPMN 2.0.2, 10.5.5): looked at when something has changed, and true once each time they become
//! true.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{EventDefinition, NodeKind};
use kapok_protocol::{Expression, SubscriptionId};

use super::{occur, subscription};
use crate::{
    Stop,
    case::Case,
    flow,
    halt::Halt,
    scope,
    state::{Awaited, StateError, Subscription, Waiting},
};

/// Looks at all conditions the case waits for, if a variable has changed.
pub(crate) fn reconsider(case: &mut Case) -> Result<(), Stop> {
    if !std::mem::take(&mut case.variables_changed) || case.instance()?.conditions == 0 {
        return Ok(());
    }
    for id in waiting(case)? {
        look(case, id)?;
    }
    Ok(())
}

fn waiting(case: &Case) -> Result<Vec<SubscriptionId>, StateError> {
    let committed = case.work.state.conditions(case.id)?;
    let is_ours = |_: &SubscriptionId, row: &Subscription| {
        row.waiting.instance == case.id && matches!(row.awaited, Awaited::Condition { .. })
    };
    Ok(case.work.subscriptions.merged(committed, is_ours).into_iter().collect())
}

/// Looks at one condition.
pub(crate) fn look(case: &mut Case, id: SubscriptionId) -> Result<(), Stop> {
    let Some(row) = subscription(case, id)? else {
        return Ok(());
    };
    let (Awaited::Condition { held }, waiting) = (row.awaited, row.waiting) else {
        return Ok(());
    };
    let Some(condition) = condition(case, waiting) else {
        return Ok(());
    };
    let asked = scope::ask(case, waiting.owner, |context, view| {
        context.evaluator.becomes(&condition, view)
    });
    let holds = match (asked, waiting.owner) {
        (Ok(holds), _) => holds,
        (Err(Halt::Stop(stop)), _) => return Err(stop),
        (Err(_), Some(owner)) if case.element(owner)?.incident.is_some() => return Ok(()), // Somebody looks at it.
        (Err(halt), Some(owner)) => return flow::settle(case, owner, Err(halt)),
        (Err(_), None) => false,
    };
    if holds == held {
        return Ok(());
    }
    let state = case.work.state;
    if let Some(row) = case.work.subscriptions.edit(&id, || state.subscription(id))? {
        row.awaited = Awaited::Condition { held: holds };
    }
    if holds {
        occur(case, waiting, BTreeMap::new())
    } else {
        Ok(())
    }
}

fn condition(case: &Case, waiting: Waiting) -> Option<Expression> {
    let graph = Arc::clone(&case.graph);
    let triggers = match &graph.node(waiting.node)?.kind {
        NodeKind::IntermediateCatch(catch) | NodeKind::BoundaryEvent { catch, .. } => &catch.triggers,
        NodeKind::StartEvent(start) => &start.triggers,
        _ => return None,
    };
    match triggers.get(waiting.trigger as usize)? {
        EventDefinition::Condition(condition) => Some(condition.clone()),
        _ => None,
    }
}
