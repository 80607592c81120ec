//! Undoing what was completed (BPMN 2.0.2, 10.7, 13.5.5).
//!
//! Every completed activity that has something to undo it is remembered in its scope, in the order of completion.
//! Whoever throws a compensation undoes what its scope remembers, the latest first, one after the other: by the handler
//! of the activity's compensation event, by the compensation event sub-process of a sub-process, or, when a sub-process
//! has none, by undoing what was done in it. The thrower is the scope in which all that runs, so cancelling it cancels
//! that too; what is undone sees the variables of what was done.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{EventDefinition, NodeIndex, NodeKind, SubProcess};
use kapok_protocol::ElementInstanceId;

use crate::{
    case::{Case, missing},
    elements::sub_process,
    flow::{self, Step},
    halt::Halt,
    state::{Compensation, CompensationKey, ElementState, Part, StateError, Undoing},
};

/// Remembers a completed activity, if something can undo it.
pub(crate) fn remember(case: &mut Case, id: ElementInstanceId) -> Result<(), StateError> {
    let row = case.element(id)?;
    let (node, scope, part) = (row.node, row.scope, row.part);
    if !case.graph.can_be_undone(node) {
        return Ok(());
    }
    // The repetitions of an activity are undone one by one, the body only holds them together.
    let has_handler = !matches!(part, Part::Body(_)) && case.graph.compensation_handler(node).is_some();
    let has_event = !matches!(part, Part::Body(_)) && compensation_event(case, node).is_some();
    if !has_handler && !has_event && latest(case, Some(id), u64::MAX, None)?.is_none() {
        return Ok(());
    }
    case.has_side_rows()?;
    let place = (case.context.ids)().get();
    case.work
        .compensations
        .put((case.id, scope, place), Compensation { activity: id, node });
    Ok(())
}

/// The compensation event sub-process in a sub-process, and its start event.
fn compensation_event(case: &Case, node: NodeIndex) -> Option<(NodeIndex, NodeIndex)> {
    case.graph
        .event_sub_processes(Some(node))
        .find(|(_, _, start)| {
            start
                .triggers
                .iter()
                .any(|trigger| matches!(trigger, EventDefinition::Compensation { .. }))
        })
        .map(|(index, start, _)| (index, start))
}

/// The latest of what a scope remembers.
fn latest(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    before: u64,
    only: Option<NodeIndex>,
) -> Result<Option<(CompensationKey, Compensation)>, StateError> {
    const AT_ONCE: usize = 16;
    let (state, id) = (case.work.state, case.id);
    let mut bound = before;
    loop {
        let committed = state.compensations(id, scope, bound, AT_ONCE)?;
        // Beyond the last committed one that was read, this command's own rows are not complete.
        let complete_from = if committed.len() < AT_ONCE {
            0
        } else {
            committed.last().copied().unwrap_or(0)
        };
        let own = case.work.compensations.seen();
        let mut places: Vec<u64> = own
            .filter(|((case, at, place), row)| {
                *case == id && *at == scope && *place < bound && *place >= complete_from && row.is_some()
            })
            .map(|((_, _, place), _)| *place)
            .collect();
        places.extend(committed);
        places.sort_unstable_by(|one, other| other.cmp(one));
        places.dedup();
        for place in places {
            let key = (id, scope, place);
            let row = case.work.compensations.get(&key, || state.compensation(&key))?.copied();
            if let Some(row) = row.filter(|row| only.is_none_or(|only| row.node == only)) {
                return Ok(Some((key, row)));
            }
        }
        if complete_from == 0 {
            return Ok(None);
        }
        bound = complete_from;
    }
}

/// Begins to undo, on behalf of the activation that throws, which is complete when that is done.
pub(crate) fn begin(case: &mut Case, thrower: ElementInstanceId, only: Option<NodeIndex>) -> Result<(), Halt> {
    let scope = scope_of(case, thrower)?;
    begin_in(case, thrower, scope, only)
}

/// Begins to undo what was done in a scope.
pub(crate) fn begin_in(
    case: &mut Case,
    thrower: ElementInstanceId,
    scope: Option<ElementInstanceId>,
    only: Option<NodeIndex>,
) -> Result<(), Halt> {
    let before = thrower.get();
    case.element_mut(thrower)?.undoing = vec![Undoing { scope, before, only }];
    proceed(case, thrower)
}

/// The scope that an event undoes: the one it stands in, or, in an event sub-process, the one around that.
fn scope_of(case: &mut Case, thrower: ElementInstanceId) -> Result<Option<ElementInstanceId>, StateError> {
    let mut scope = case.element(thrower)?.scope;
    while let Some(around) = scope {
        let row = case.element(around)?;
        let (node, outer) = (row.node, row.sees.map_or(row.scope, Some));
        let is_event = matches!(
            case.graph.node(node).map(|node| &node.kind),
            Some(NodeKind::SubProcess(SubProcess::Event))
        );
        if !is_event {
            break;
        }
        scope = outer;
    }
    Ok(scope)
}

/// Undoes the next activity; when none is left, the thrower is complete.
pub(crate) fn proceed(case: &mut Case, thrower: ElementInstanceId) -> Result<(), Halt> {
    loop {
        let Some(at) = case.element(thrower)?.undoing.last().copied() else {
            return over(case, thrower);
        };
        let Some((key, done)) = latest(case, at.scope, at.before, at.only)? else {
            case.element_mut(thrower)?.undoing.pop();
            continue;
        };
        case.work.compensations.delete(key);
        let is_body = matches!(case.element(done.activity)?.part, Part::Body(_));
        if !is_body && let Some(handler) = case.graph.compensation_handler(done.node) {
            return undo(case, thrower, handler, None, at.scope, done.activity);
        }
        if !is_body && let Some((sub_process, start)) = compensation_event(case, done.node) {
            return undo(
                case,
                thrower,
                sub_process,
                Some(start),
                Some(done.activity),
                done.activity,
            );
        }
        case.element_mut(thrower)?.undoing.push(Undoing {
            scope: Some(done.activity),
            before: u64::MAX,
            only: None,
        });
    }
}

fn undo(
    case: &mut Case,
    thrower: ElementInstanceId,
    handler: NodeIndex,
    start: Option<NodeIndex>,
    sees: Option<ElementInstanceId>,
    done: ElementInstanceId,
) -> Result<(), Halt> {
    flow::add_token(case, Some(thrower))?;
    let id = flow::activate_part(case, handler, Some(thrower), vec![thrower, done], Part::Whole, sees)?;
    match start {
        Some(start) => {
            let outcome = sub_process::begin_at(case, id, start, BTreeMap::new());
            flow::settle(case, id, outcome)?;
        }
        None => case.queue.push_back(Step::Execute(id)),
    }
    Ok(())
}

/// Everything is undone.
fn over(case: &mut Case, thrower: ElementInstanceId) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    if case.element(thrower)?.state != ElementState::Active {
        return Ok(());
    }
    let node = case.element(thrower)?.node;
    match graph.node(node).map(|node| &node.kind) {
        Some(NodeKind::EndEvent(results)) if results.contains(&EventDefinition::Cancel) => {
            let transaction = case.element(thrower)?.scope;
            let transaction = transaction.ok_or_else(|| missing("the transaction around", thrower))?;
            flow::end_and_leave(case, thrower, &[])?;
            crate::elements::transaction::cancelled(case, transaction)
        }
        _ => flow::complete(case, thrower),
    }
}
