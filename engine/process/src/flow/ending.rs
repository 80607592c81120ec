//! Activations, scopes and cases end.

use kapok_model::{NodeKind, SubProcess};
use kapok_protocol::{ElementInstanceId, InstanceId};

use super::{
    Step, complete, settle,
    tokens::{check_life_cycle, count_token, live_children, remove_token},
};
use crate::{
    Stop,
    agenda::Agenda,
    case::{Case, missing},
    compensation,
    elements::ad_hoc,
    events,
    human::{notice, to_do},
    repeat,
    state::{ElementState, EventKind, InstanceState, Part, StateError},
};

/// Whether an activation, or the case, is live.
pub(crate) fn is_live(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<bool, StateError> {
    match scope {
        None => Ok(case.instance()?.state == InstanceState::Active),
        Some(id) => Ok(case.element(id)?.state == ElementState::Active),
    }
}

/// Cancels an activation and everything in it. No token leaves it.
pub(crate) fn cancel(case: &mut Case, id: ElementInstanceId) -> Result<(), StateError> {
    cancel_within(case, Some(id))?;
    let scope = end(case, id, ElementState::Cancelled)?;
    super::joins(case, scope)?.retain(|(_, join)| *join != id);
    remove_token(case, scope)
}

/// Cancels everything that is live in a scope, however deep, and drops the tokens under way in it.
pub(crate) fn cancel_within(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    if *live_children(case, scope)? == 0 {
        return Ok(());
    }
    let mut found = live_in(case, scope)?;
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        next += 1;
        if case.element(id)?.live_children > 0 {
            found.extend(live_in(case, Some(id))?);
        }
    }
    for id in found.into_iter().rev() {
        end(case, id, ElementState::Cancelled)?;
    }
    case.queue
        .retain(|step| !matches!(step, Step::Enter(token) if token.scope == scope));
    *live_children(case, scope)? = 0;
    super::joins(case, scope)?.clear();
    Ok(())
}

/// Drops the tokens under way in a scope in which other activations stay.
pub(crate) fn drop_tokens(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    let before = case.queue.len();
    case.queue
        .retain(|step| !matches!(step, Step::Enter(token) if token.scope == scope));
    let dropped = u32::try_from(before.saturating_sub(case.queue.len())).unwrap_or(u32::MAX);
    let count = live_children(case, scope)?;
    *count = count.saturating_sub(dropped);
    Ok(())
}

/// Ends everything in a scope; the scope itself is then complete (13.5.6).
pub(crate) fn terminate(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    cancel_within(case, scope)?;
    case.queue.push_back(Step::Finish(scope));
    Ok(())
}

/// Ends the case, whatever is still live in it.
pub(crate) fn end_case(case: &mut Case, state: InstanceState) -> Result<(), StateError> {
    cancel_within(case, None)?;
    events::disarm(case, None)?;
    case.queue.clear();
    case.moved.clear();
    let now = case.context.now;
    let instance = case.instance_mut()?;
    instance.state = state;
    instance.ended_at = Some(now);
    instance.live_children = 0;
    if let Some((caller, element)) = instance.caller {
        let child = case.id;
        case.work.agenda.push_back(Agenda::Return {
            caller,
            element,
            child,
            state,
        });
    }
    case.log_for_case(EventKind::Ended(state));
    notice::case_ended(case, state)
}

/// A scope in which nothing is live any more.
pub(super) fn finish(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), Stop> {
    if !is_live(case, scope)? || *live_children(case, scope)? > 0 {
        return Ok(());
    }
    let Some(id) = scope else {
        return Ok(end_case(case, InstanceState::Completed)?);
    };
    let row = case.element(id)?;
    let (node, part, undoes) = (row.node, row.part, !row.undoing.is_empty());
    let ad_hoc = matches!(
        case.graph.node(node).map(|node| &node.kind),
        Some(NodeKind::SubProcess(SubProcess::AdHoc(_)))
    );
    let outcome = match part {
        _ if undoes => compensation::proceed(case, id),
        Part::Body(_) => repeat::over(case, id),
        _ if ad_hoc => ad_hoc::nothing_left(case, id),
        _ => complete(case, id),
    };
    settle(case, id, outcome)
}

/// Ends an activation and what belongs to it; answers with its scope.
pub(super) fn end(
    case: &mut Case,
    id: ElementInstanceId,
    state: ElementState,
) -> Result<Option<ElementInstanceId>, StateError> {
    let now = case.context.now;
    let row = case.element_mut(id)?;
    check_life_cycle(id, Some(row.state), state)?;
    row.state = state;
    row.left_at = Some(now);
    row.live_children = 0;
    row.joins.clear();
    row.undoing.clear();
    row.arrivals.clear();
    row.handling = 0;
    let (scope, node) = (row.scope, row.node);
    if state == ElementState::Cancelled {
        repeat::forget_items(case, id)?;
    }
    let is_handler = case
        .graph
        .node(node)
        .is_some_and(|node| matches!(node.kind, NodeKind::SubProcess(SubProcess::Event)));
    if is_handler {
        let handling = super::handling(case, scope)?;
        *handling = handling.saturating_sub(1);
    }
    clear(case, id)?;
    count_token(case, scope, node, false)?;
    let kind = if state == ElementState::Completed {
        compensation::remember(case, id)?;
        EventKind::Completed
    } else {
        EventKind::Cancelled
    };
    case.log(id, kind)?;
    Ok(scope)
}

/// Takes away what waits for an activation: tasks, timers, subscriptions, its job, its incident, the case it
/// called.
pub(crate) fn clear(case: &mut Case, id: ElementInstanceId) -> Result<(), StateError> {
    events::disarm(case, Some(id))?;
    let row = case.element_mut(id)?;
    let tasks = std::mem::take(&mut row.tasks);
    let (job, incident, called) = (row.job.take(), row.incident.take(), row.called.take());
    for task in tasks {
        to_do::cancel(case, task)?;
    }
    if let Some(job) = job {
        case.work.jobs.delete(job);
    }
    if let Some(incident) = incident {
        case.work.incidents.delete(incident);
    }
    match called {
        Some(called) => cancel_called(case, called),
        None => Ok(()),
    }
}

/// A called case ends at once when nobody waits for it any more: whatever happens next must not reach it.
fn cancel_called(case: &mut Case, called: InstanceId) -> Result<(), StateError> {
    let opened = Case::open(case.work, case.context, called);
    let mut inner = opened.map_err(|_| missing("the called case", called))?;
    if inner.instance()?.state == InstanceState::Active {
        end_case(&mut inner, InstanceState::Cancelled)?;
    }
    Ok(())
}

/// The live activations directly in a scope, by id, as this command has left them.
pub(crate) fn live_in(case: &Case, scope: Option<ElementInstanceId>) -> Result<Vec<ElementInstanceId>, StateError> {
    let mut live: std::collections::BTreeSet<_> = case.work.state.live_elements(case.id, scope)?.into_iter().collect();
    for ((instance, id), row) in case.work.elements.seen() {
        if *instance != case.id {
            continue;
        }
        match row {
            Some(row) if row.scope == scope && row.state == ElementState::Active => live.insert(*id),
            _ => live.remove(id),
        };
    }
    Ok(live.into_iter().collect())
}
