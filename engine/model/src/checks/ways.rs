//! Ways through a process: whether every node can be reached, and whether a case can always get to an end.
//!
//! Scopes are looked at together: entering a sub-process leads to its start events, and nothing inside leads out, for
//! it is the sub-process itself that goes on when everything in it is over.

use super::{joins, links::Links};
use crate::{
    EventDefinition, NodeKind, Rejection, SubProcess,
    catalogue::{Words, flow as rules},
    read::{Draft, Findings},
};

pub(super) fn check(draft: &Draft<'_>, findings: &mut Findings) {
    let scopes = Scopes::of(draft);
    let reached = reached(draft, &scopes);
    for (position, node) in draft.nodes.iter().enumerate() {
        let Some(kind) = &node.kind else { continue };
        let words: &[&dyn Words] = &[&node.element.label()];
        if !reached[position] {
            findings.report(&rules::UNREACHABLE, node.element, words);
        } else if draft.outgoing[position].is_empty() && !is_last(draft, position) {
            // A step that nothing follows ends its path (BPMN 2.0.2, 10.5.3, 13.2.1); what only leads on must lead somewhere.
            let is_step =
                kind.is_activity() || matches!(kind, NodeKind::IntermediateCatch(_) | NodeKind::IntermediateThrow(_));
            let is_end = is_step || (!kind.is_gateway() && !scopes.has_end[Scopes::slot(node.scope)]);
            findings.report(
                if is_end { &rules::IMPLICIT_END } else { &rules::DEAD_END },
                node.element,
                words,
            );
        }
    }
    check_ends(draft, &reached, &scopes, findings);
    joins::check(draft, &reached, findings);
}

/// What each scope has: first the process, then each node in turn, of which only sub-processes matter.
struct Scopes {
    has_start: Vec<bool>,
    has_end: Vec<bool>,
    /// Something in it ends the scope whatever else goes on there.
    ends_at_once: Vec<bool>,
}

impl Scopes {
    fn slot(scope: Option<usize>) -> usize {
        scope.map_or(0, |scope| scope + 1)
    }

    fn of(draft: &Draft<'_>) -> Self {
        let none = vec![false; draft.nodes.len() + 1];
        let mut scopes = Self {
            has_start: none.clone(),
            has_end: none.clone(),
            ends_at_once: none,
        };
        for (position, node) in draft.nodes.iter().enumerate() {
            let slot = Self::slot(node.scope);
            scopes.has_end[slot] |= node.element.name == "endEvent";
            match &node.kind {
                Some(NodeKind::EndEvent(result)) => {
                    scopes.ends_at_once[slot] |= result.iter().any(ends_scope);
                }
                Some(NodeKind::StartEvent(start)) if in_event_sub_process(draft, node.scope) => {
                    scopes.has_start[slot] = true;
                    let around = node.scope.and_then(|scope| draft.nodes[scope].scope);
                    scopes.ends_at_once[Self::slot(around)] |= start.interrupting;
                }
                Some(NodeKind::BoundaryEvent {
                    attached_to,
                    interrupting: true,
                    ..
                }) => {
                    scopes.ends_at_once[attached_to.0 as usize + 1] = true;
                }
                Some(NodeKind::StartEvent(_)) => scopes.has_start[slot] = true,
                // A rejection ends the whole case.
                _ if ends_by_rejection(draft, position) => scopes.ends_at_once[0] = true,
                _ => {}
            }
        }
        scopes
    }

    /// Whether this scope, or one around it, can be ended from elsewhere.
    fn can_be_ended(&self, draft: &Draft<'_>, mut scope: Option<usize>) -> bool {
        loop {
            if self.ends_at_once[Self::slot(scope)] {
                return true;
            }
            let Some(sub_process) = scope else { return false };
            scope = draft.nodes[sub_process].scope;
        }
    }
}

/// Which nodes a case can get to.
fn reached(draft: &Draft<'_>, scopes: &Scopes) -> Vec<bool> {
    let mut starts_inside = vec![Vec::new(); draft.nodes.len()];
    let mut waiting = Vec::new();
    for (position, node) in draft.nodes.iter().enumerate() {
        let starts = match &node.kind {
            Some(NodeKind::StartEvent(_) | NodeKind::SubProcess(SubProcess::Event)) => true,
            Some(
                NodeKind::ReceiveTask { instantiate: true, .. } | NodeKind::EventBasedGateway { instantiate: true, .. },
            ) => draft.incoming[position].is_empty(),
            // Whether something undoes by it is a question of its own.
            _ if node.activity.is_for_compensation => true,
            _ => begins_alone(draft, position) && !scopes.has_start[Scopes::slot(node.scope)],
        };
        match node.scope {
            Some(scope) if starts => starts_inside[scope].push(position),
            None if starts => waiting.push(position),
            _ => {}
        }
    }
    let links = Links::of(draft);
    spread(draft.nodes.len(), waiting, |node| {
        let along_flows = draft.outgoing[node].iter().map(|flow| draft.flows[*flow].target);
        let handler = match draft.nodes[node].kind {
            Some(NodeKind::BoundaryEvent { handler, .. }) => handler.map(|handler| handler.0 as usize),
            _ => None,
        };
        along_flows
            .chain(draft.boundary_events[node].iter().copied())
            .chain(starts_inside[node].iter().copied())
            .chain(links.from(node).iter().copied())
            .chain(handler)
    })
}

/// Whether a node begins by itself when its scope does and has no start event: nothing leads to it, and it is not
/// waiting for something else to call it.
pub(super) fn begins_alone(draft: &Draft<'_>, position: usize) -> bool {
    let node = &draft.nodes[position];
    draft.incoming[position].is_empty()
        && !node.activity.is_for_compensation
        && match &node.kind {
            Some(NodeKind::BoundaryEvent { .. } | NodeKind::SubProcess(SubProcess::Event)) => false,
            Some(NodeKind::IntermediateCatch(catch)) => !catch
                .triggers
                .iter()
                .any(|trigger| matches!(trigger, EventDefinition::Link(_))),
            _ => true,
        }
}

/// Whether nothing needs to follow a node.
fn is_last(draft: &Draft<'_>, position: usize) -> bool {
    let node = &draft.nodes[position];
    let in_ad_hoc = node.scope.is_some_and(|scope| {
        matches!(
            draft.nodes[scope].kind,
            Some(NodeKind::SubProcess(SubProcess::AdHoc(_)))
        )
    });
    in_ad_hoc
        // A global task is all there is of its process.
        || std::ptr::eq(node.element, draft.process)
        || node.element.name == "endEvent"
        || node.activity.is_for_compensation
        || match &node.kind {
            Some(NodeKind::EndEvent(_) | NodeKind::SubProcess(SubProcess::Event)) => true,
            Some(NodeKind::IntermediateThrow(results)) => {
                results.iter().any(|result| matches!(result, EventDefinition::Link(_)))
            }
            Some(NodeKind::BoundaryEvent { catch, .. }) => catch
                .triggers
                .iter()
                .any(|trigger| matches!(trigger, EventDefinition::Compensation { .. })),
            _ => false,
        }
}

fn in_event_sub_process(draft: &Draft<'_>, scope: Option<usize>) -> bool {
    scope.is_some_and(|scope| matches!(draft.nodes[scope].kind, Some(NodeKind::SubProcess(SubProcess::Event))))
}

/// Whether what an end event does ends its scope, whatever else goes on there.
fn ends_scope(result: &EventDefinition) -> bool {
    matches!(
        result,
        EventDefinition::Error(_)
            | EventDefinition::Escalation(_)
            | EventDefinition::Cancel
            | EventDefinition::Terminate
    )
}

/// Reports where a case enters a part of the process that it can never leave by an end.
fn check_ends(draft: &Draft<'_>, reached: &[bool], scopes: &Scopes, findings: &mut Findings) {
    let all = 0..draft.nodes.len();
    let links = Links::of(draft);
    let predecessors = |node: usize| {
        let host = match draft.nodes[node].kind {
            Some(NodeKind::BoundaryEvent { attached_to, .. }) => Some(attached_to.0 as usize),
            _ => None,
        };
        draft.incoming[node]
            .iter()
            .map(|flow| draft.flows[*flow].source)
            .chain(host)
            .chain(links.leading_to(node).iter().copied())
    };
    // A node without a way on was reported as such; here it counts as an end.
    let ends = all.clone().filter(|node| {
        draft.outgoing[*node].is_empty() && links.from(*node).is_empty() || ends_by_rejection(draft, *node)
    });
    let can_end = spread(draft.nodes.len(), ends.collect(), predecessors);
    let pauses = all
        .clone()
        .filter(|node| draft.nodes[*node].kind.as_ref().is_some_and(can_pause));
    let can_pause = spread(draft.nodes.len(), pauses.collect(), predecessors);
    for node in all.filter(|node| reached[*node] && !can_end[*node]) {
        let entered = predecessors(node).next().is_none() || predecessors(node).any(|before| can_end[before]);
        if !entered {
            continue;
        }
        if !can_pause[node] {
            findings.report(&rules::ENDLESS, draft.nodes[node].element, &[&draft.label(node)]);
        } else if !scopes.can_be_ended(draft, draft.nodes[node].scope) {
            findings.report(&rules::NO_END, draft.nodes[node].element, &[&draft.label(node)]);
        }
    }
}

fn ends_by_rejection(draft: &Draft<'_>, node: usize) -> bool {
    match &draft.nodes[node].kind {
        Some(NodeKind::UserTask(task)) => task
            .approval
            .as_ref()
            .is_some_and(|approval| approval.on_rejection == Rejection::End),
        _ => false,
    }
}

/// Whether a case can stay here for a while, so that going round is not going mad.
fn can_pause(kind: &NodeKind) -> bool {
    if let NodeKind::IntermediateCatch(catch) = kind {
        // A link is gone through at once.
        let is_link = |trigger| matches!(trigger, &EventDefinition::Link(_));
        return !catch.triggers.iter().all(is_link);
    }
    matches!(
        kind,
        NodeKind::UserTask(_)
            | NodeKind::ReceiveTask { .. }
            | NodeKind::CallActivity(_)
            | NodeKind::ServiceTask(_)
            | NodeKind::SubProcess(_)
            | NodeKind::ParallelGateway
            | NodeKind::InclusiveGateway
            | NodeKind::ComplexGateway { .. }
    )
}

/// Everything that can be got to from `waiting`, by the steps that `next` names.
pub(super) fn spread<I: Iterator<Item = usize>>(
    nodes: usize,
    mut waiting: Vec<usize>,
    next: impl Fn(usize) -> I,
) -> Vec<bool> {
    let mut seen = vec![false; nodes];
    while let Some(node) = waiting.pop() {
        if !std::mem::replace(&mut seen[node], true) {
            waiting.extend(next(node).filter(|node| !seen[*node]));
        }
    }
    seen
}
