//! Activations begin, and tokens leave them.

use kapok_model::{FlowIndex, NodeIndex, NodeKind};
use kapok_protocol::ElementInstanceId;

use super::{Step, Token, broken, ending};
use crate::{
    case::Case,
    elements::event_sub_process,
    state::{ElementInstance, ElementState, EventKind, Part, StateError},
};

/// The life of an activation: every step from one state to another that there is.
const LIFE_CYCLE: [(Option<ElementState>, ElementState); 3] = [
    (None, ElementState::Active),
    (Some(ElementState::Active), ElementState::Completed),
    (Some(ElementState::Active), ElementState::Cancelled),
];

pub(super) fn check_life_cycle(
    id: ElementInstanceId,
    from: Option<ElementState>,
    to: ElementState,
) -> Result<(), StateError> {
    if LIFE_CYCLE.contains(&(from, to)) {
        return Ok(());
    }
    Err(broken(format!("the activation {id} cannot go from {from:?} to {to:?}")))
}

/// Makes an activation of the token that came to `node`. The scope's count stays: the token becomes the activation.
pub(crate) fn activate(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
    causes: Vec<ElementInstanceId>,
) -> Result<ElementInstanceId, StateError> {
    activate_part(case, node, scope, causes, Part::Whole, None)
}

/// Makes an activation of one part of a repeated activity, or of one that sees another scope than the one it runs in.
pub(crate) fn activate_part(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
    causes: Vec<ElementInstanceId>,
    part: Part,
    sees: Option<ElementInstanceId>,
) -> Result<ElementInstanceId, StateError> {
    let id: ElementInstanceId = case.new_id();
    check_life_cycle(id, None, ElementState::Active)?;
    let row = ElementInstance {
        part,
        sees,
        ..ElementInstance::new(id, case.id, node, scope, causes, case.context.now)
    };
    case.work.elements.put((case.id, id), row);
    let instance = case.instance_mut()?;
    instance.activations = instance.activations.saturating_add(1);
    count_token(case, scope, node, true)?;
    case.log(id, EventKind::Activated)?;
    Ok(id)
}

/// Adds a token to a scope: another one than those that follow from an activation's end.
pub(crate) fn add_token(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    let count = live_children(case, scope)?;
    *count = count.saturating_add(1);
    Ok(())
}

/// Takes a token away from a scope.
pub(crate) fn remove_token(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    let count = live_children(case, scope)?;
    *count = count.saturating_sub(1);
    let left = *count;
    if left == 0 {
        case.queue.push_back(Step::Finish(scope));
    } else if left == *handling(case, scope)? {
        // The scope only waits for its event sub-processes to be done: no further one begins (13.5.4).
        event_sub_process::disarm(case, scope)?;
    }
    Ok(())
}

/// How many event sub-processes of a scope run.
pub(crate) fn handling<'x>(case: &'x mut Case, scope: Option<ElementInstanceId>) -> Result<&'x mut u32, StateError> {
    match scope {
        None => Ok(&mut case.instance_mut()?.handling),
        Some(id) => Ok(&mut case.element_mut(id)?.handling),
    }
}

/// Sends a token by each of these flows; the activation stays.
pub(crate) fn emit(case: &mut Case, id: ElementInstanceId, flows: &[FlowIndex]) -> Result<(), StateError> {
    let row = case.element(id)?;
    let (scope, node) = (row.scope, row.node);
    let tokens = case
        .graph
        .node(node)
        .map_or(1, |node| node.activity.completion_quantity);
    for flow in flows {
        let Some(target) = case.graph.flow(*flow).map(|flow| flow.target) else {
            continue;
        };
        for _ in 0..tokens {
            send(case, target, scope, Some(*flow), Some(id))?;
        }
    }
    Ok(())
}

/// Puts a token on its way.
pub(crate) fn send(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
    flow: Option<FlowIndex>,
    cause: Option<ElementInstanceId>,
) -> Result<(), StateError> {
    add_token(case, scope)?;
    case.queue.push_back(Step::Enter(Token {
        node,
        scope,
        flow,
        cause,
    }));
    Ok(())
}

/// Completes an activation; a token leaves by each of these flows, unless its tokens have left already.
pub(crate) fn end_and_leave(case: &mut Case, id: ElementInstanceId, flows: &[FlowIndex]) -> Result<(), StateError> {
    let left = case.element(id)?.left;
    let scope = ending::end(case, id, ElementState::Completed)?;
    if !left {
        emit(case, id, flows)?;
    }
    if let Some(around) = scope
        && is_ad_hoc(case, around)?
    {
        case.queue.push_back(Step::AdHoc(around));
    }
    remove_token(case, scope)
}

/// Whether steps without a drawn order run in an activation.
pub(crate) fn is_ad_hoc(case: &mut Case, scope: ElementInstanceId) -> Result<bool, StateError> {
    let row = case.element(scope)?;
    let (node, body) = (row.node, matches!(row.part, Part::Body(_)));
    Ok(!body
        && matches!(
            case.graph.node(node).map(|node| &node.kind),
            Some(NodeKind::SubProcess(kapok_model::SubProcess::AdHoc(_)))
        ))
}

/// What gathers tokens in a scope.
pub(crate) fn joins<'x>(
    case: &'x mut Case,
    scope: Option<ElementInstanceId>,
) -> Result<&'x mut Vec<(NodeIndex, ElementInstanceId)>, StateError> {
    match scope {
        None => Ok(&mut case.instance_mut()?.joins),
        Some(id) => Ok(&mut case.element_mut(id)?.joins),
    }
}

/// How much is live in a scope.
pub(crate) fn live_children<'x>(
    case: &'x mut Case,
    scope: Option<ElementInstanceId>,
) -> Result<&'x mut u32, StateError> {
    match scope {
        None => Ok(&mut case.instance_mut()?.live_children),
        Some(id) => Ok(&mut case.element_mut(id)?.live_children),
    }
}

/// Counts a token that comes to or goes from a node, where a gateway of the scope looks upstream.
pub(super) fn count_token(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    node: NodeIndex,
    comes: bool,
) -> Result<(), StateError> {
    let drawn_in = case.graph.node(node).and_then(|node| node.scope);
    if !case.graph.looks_upstream(drawn_in) {
        return Ok(());
    }
    // The repetitions of an activity, and what undoes another one, do not stand in the scope they are drawn in.
    let stands_in = scope
        .map(|id| case.element(id).map(|row| (row.node, row.part)))
        .transpose()?;
    let stands_where_drawn = match stands_in {
        None => drawn_in.is_none(),
        Some((around, part)) => drawn_in == Some(around) && !matches!(part, Part::Body(_)),
    };
    if !stands_where_drawn {
        return Ok(());
    }
    case.has_side_rows()?;
    let key = (case.id, scope, node);
    let state = case.work.state;
    let count = case.work.tokens.get(&key, || state.tokens(&key))?.copied().unwrap_or(0);
    match if comes {
        count.saturating_add(1)
    } else {
        count.saturating_sub(1)
    } {
        0 => case.work.tokens.delete(key),
        count => case.work.tokens.put(key, count),
    }
    case.moved.insert(scope);
    Ok(())
}
