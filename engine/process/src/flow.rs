//! Tokens: how activations begin and end, and how one leads to the next (BPMN 2.0.2, 13.2–13.5).
//!
//! Every scope, the case itself or a sub-process, counts what is live in it: activations and the tokens under way
//! between them. It is over when the count comes to nothing, so that nobody ever has to look for what is left.

use kapok_model::{FlowIndex, NodeIndex, NodeKind};
use kapok_protocol::ElementInstanceId;

use crate::{
    Stop,
    case::Case,
    elements::{self, boundary_event, parallel_gateway},
    halt::Halt,
    human::{notice, to_do},
    incident,
    state::{ElementInstance, ElementState, EventKind, InstanceState, StateError},
};

/// A step still to be taken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// A token comes to a node.
    Enter(Token),
    /// A scope may be over.
    Finish(Option<ElementInstanceId>),
}

/// A token under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Where it goes.
    pub(crate) node: NodeIndex,
    /// The sub-process it is in; `None` at the top.
    pub(crate) scope: Option<ElementInstanceId>,
    /// By which flow it comes; `None` when its scope begins with it.
    pub(crate) flow: Option<FlowIndex>,
    /// The activation that sent it; `None` when the case begins with it.
    pub(crate) cause: Option<ElementInstanceId>,
}

/// The life of an activation: every step from one state to another that there is.
const LIFE_CYCLE: [(Option<ElementState>, ElementState); 3] = [
    (None, ElementState::Active),
    (Some(ElementState::Active), ElementState::Completed),
    (Some(ElementState::Active), ElementState::Cancelled),
];

fn check_life_cycle(id: ElementInstanceId, from: Option<ElementState>, to: ElementState) -> Result<(), StateError> {
    if LIFE_CYCLE.contains(&(from, to)) {
        return Ok(());
    }
    Err(StateError(format!(
        "the activation {id} cannot go from {from:?} to {to:?}"
    )))
}

/// Takes steps until every token waits.
pub(crate) fn run(case: &mut Case) -> Result<(), Stop> {
    while let Some(step) = case.queue.pop_front() {
        match step {
            Step::Enter(token) => arrive(case, token)?,
            Step::Finish(scope) => finish(case, scope)?,
        }
    }
    Ok(())
}

fn arrive(case: &mut Case, token: Token) -> Result<(), Stop> {
    if !is_live(case, token.scope)? {
        return Ok(()); // Its scope was ended while it was under way.
    }
    case.steps = case.steps.saturating_add(1);
    if let (Some(flow), Some(cause)) = (token.flow, token.cause)
        && parallel_gateway::is_join(&case.graph, token.node)
    {
        return Ok(parallel_gateway::arrive(case, token.node, token.scope, flow, cause)?);
    }
    let id = activate(case, token.node, token.scope, token.cause.into_iter().collect())?;
    execute(case, id)
}

/// Does what the element of an activation does, for the first time or, after a repair, once more.
pub(crate) fn execute(case: &mut Case, id: ElementInstanceId) -> Result<(), Stop> {
    let outcome = match incident::over_limit(case)? {
        Some(text) => Err(text.into()),
        None => elements::enter(case, id),
    };
    settle(case, id, outcome)
}

/// Turns what halted a step into what the case makes of it.
pub(crate) fn settle(case: &mut Case, id: ElementInstanceId, outcome: Result<(), Halt>) -> Result<(), Stop> {
    match outcome {
        Ok(()) => Ok(()),
        Err(Halt::Stuck(text)) => Ok(incident::raise(case, id, text)?),
        Err(Halt::Error { code, message }) => Ok(boundary_event::throw(case, id, &code, &message)?),
        Err(Halt::Stop(stop)) => Err(stop),
    }
}

/// Makes an activation of the token that came to `node`. The scope's count stays: the token becomes the activation.
pub(crate) fn activate(
    case: &mut Case,
    node: NodeIndex,
    scope: Option<ElementInstanceId>,
    causes: Vec<ElementInstanceId>,
) -> Result<ElementInstanceId, StateError> {
    let id: ElementInstanceId = case.new_id();
    check_life_cycle(id, None, ElementState::Active)?;
    let row = ElementInstance {
        id,
        instance: case.id,
        node,
        scope,
        state: ElementState::Active,
        entered_at: case.context.now,
        left_at: None,
        causes,
        arrivals: Vec::new(),
        live_children: 0,
        joins: Vec::new(),
        tasks: Vec::new(),
        timers: Vec::new(),
        job: None,
        incident: None,
    };
    case.work.elements.put((case.id, id), row);
    let instance = case.instance_mut()?;
    instance.activations = instance.activations.saturating_add(1);
    case.log(id, EventKind::Activated)?;
    Ok(id)
}

/// Adds a token to a scope: another one than those that follow from an activation's end.
pub(crate) fn add_token(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    *live_children(case, scope)? += 1;
    Ok(())
}

/// Takes a token away from a scope.
pub(crate) fn remove_token(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    let count = live_children(case, scope)?;
    *count = count.saturating_sub(1);
    if *count == 0 {
        case.queue.push_back(Step::Finish(scope));
    }
    Ok(())
}

/// Completes an activation; a token leaves by each of its sequence flows.
pub(crate) fn leave(case: &mut Case, id: ElementInstanceId) -> Result<(), StateError> {
    let node = case.element(id)?.node;
    let flows: Vec<FlowIndex> = case.graph.outgoing(node).iter().map(|(flow, _)| *flow).collect();
    leave_by(case, id, &flows)
}

/// Completes an activation; a token leaves by each of these flows.
pub(crate) fn leave_by(case: &mut Case, id: ElementInstanceId, flows: &[FlowIndex]) -> Result<(), StateError> {
    let scope = end(case, id, ElementState::Completed)?;
    for flow in flows {
        let Some(target) = case.graph.flow(*flow).map(|flow| flow.target) else {
            continue;
        };
        add_token(case, scope)?;
        case.queue.push_back(Step::Enter(Token {
            node: target,
            scope,
            flow: Some(*flow),
            cause: Some(id),
        }));
    }
    remove_token(case, scope)
}

/// Cancels an activation and everything in it. No token leaves it.
pub(crate) fn cancel(case: &mut Case, id: ElementInstanceId) -> Result<(), StateError> {
    if is_sub_process(case, id)? {
        cancel_within(case, Some(id))?;
    }
    let scope = end(case, id, ElementState::Cancelled)?;
    remove_token(case, scope)
}

/// Cancels everything that is live in a scope, however deep, and drops the tokens under way in it.
pub(crate) fn cancel_within(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), StateError> {
    let mut found = live_in(case, scope)?;
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        next += 1;
        if is_sub_process(case, id)? {
            found.extend(live_in(case, Some(id))?);
        }
    }
    for id in found.into_iter().rev() {
        end(case, id, ElementState::Cancelled)?;
    }
    case.queue
        .retain(|step| !matches!(step, Step::Enter(token) if token.scope == scope));
    match scope {
        None => {
            let instance = case.instance_mut()?;
            instance.live_children = 0;
            instance.joins.clear();
        }
        Some(id) => {
            let element = case.element_mut(id)?;
            element.live_children = 0;
            element.joins.clear();
        }
    }
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
    if case.instance()?.live_children > 0 {
        cancel_within(case, None)?;
    }
    case.queue.clear();
    let now = case.context.now;
    let instance = case.instance_mut()?;
    instance.state = state;
    instance.ended_at = Some(now);
    case.log_for_case(EventKind::Ended(state));
    notice::case_ended(case, state)
}

/// The parallel joins that wait in a scope.
pub(crate) fn joins<'x>(
    case: &'x mut Case,
    scope: Option<ElementInstanceId>,
) -> Result<&'x mut Vec<(NodeIndex, ElementInstanceId)>, StateError> {
    match scope {
        None => Ok(&mut case.instance_mut()?.joins),
        Some(id) => Ok(&mut case.element_mut(id)?.joins),
    }
}

fn live_children<'x>(case: &'x mut Case, scope: Option<ElementInstanceId>) -> Result<&'x mut u32, StateError> {
    match scope {
        None => Ok(&mut case.instance_mut()?.live_children),
        Some(id) => Ok(&mut case.element_mut(id)?.live_children),
    }
}

fn is_sub_process(case: &mut Case, id: ElementInstanceId) -> Result<bool, StateError> {
    let node = case.element(id)?.node;
    Ok(case
        .graph
        .node(node)
        .is_some_and(|node| matches!(node.kind, NodeKind::SubProcess)))
}

fn is_live(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<bool, StateError> {
    match scope {
        None => Ok(case.instance()?.state == InstanceState::Active),
        Some(id) => Ok(case.element(id)?.state == ElementState::Active),
    }
}

fn finish(case: &mut Case, scope: Option<ElementInstanceId>) -> Result<(), Stop> {
    if !is_live(case, scope)? || *live_children(case, scope)? > 0 {
        return Ok(());
    }
    match scope {
        None => end_case(case, InstanceState::Completed)?,
        Some(id) => leave(case, id)?,
    }
    Ok(())
}

/// Ends an activation and what belongs to it; answers with its scope.
fn end(case: &mut Case, id: ElementInstanceId, state: ElementState) -> Result<Option<ElementInstanceId>, StateError> {
    let now = case.context.now;
    let row = case.element_mut(id)?;
    check_life_cycle(id, Some(row.state), state)?;
    row.state = state;
    row.left_at = Some(now);
    row.live_children = 0;
    row.joins.clear();
    let scope = row.scope;
    clear(case, id)?;
    let kind = if state == ElementState::Completed {
        EventKind::Completed
    } else {
        EventKind::Cancelled
    };
    case.log(id, kind)?;
    Ok(scope)
}

/// Takes away what waits for an activation: tasks, timers, its job, its incident, tokens at a join.
pub(crate) fn clear(case: &mut Case, id: ElementInstanceId) -> Result<(), StateError> {
    let row = case.element_mut(id)?;
    let (tasks, timers) = (std::mem::take(&mut row.tasks), std::mem::take(&mut row.timers));
    let (job, incident) = (row.job.take(), row.incident.take());
    row.arrivals.clear();
    for task in tasks {
        to_do::cancel(case, task)?;
    }
    for timer in timers {
        case.work.timers.delete(timer);
    }
    if let Some(job) = job {
        case.work.jobs.delete(job);
    }
    if let Some(incident) = incident {
        case.work.incidents.delete(incident);
    }
    Ok(())
}

/// The live activations directly in a scope, by id, as this command has left them.
fn live_in(case: &Case, scope: Option<ElementInstanceId>) -> Result<Vec<ElementInstanceId>, StateError> {
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
