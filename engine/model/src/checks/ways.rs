//! Ways through a process: whether every node can be reached, and whether a case can always get to an end.
//!
//! Scopes are looked at together: entering a sub-process leads to its start events, and nothing inside leads out, for
//! it is the sub-process itself that goes on when everything in it is over.

use super::joins;
use crate::{
    NodeKind, Rejection,
    catalogue::flow as rules,
    read::{Draft, Findings},
};

pub(super) fn check(draft: &Draft<'_>, findings: &mut Findings) {
    let reached = reached(draft);
    for (position, node) in draft.nodes.iter().enumerate() {
        let ends_scope_openly = matches!(node.kind, Some(NodeKind::EndEvent(_)));
        if !reached[position] {
            findings.report(&rules::UNREACHABLE, node.element, &[&node.element.label()]);
        } else if draft.outgoing[position].is_empty() && !ends_scope_openly {
            findings.report(&rules::DEAD_END, node.element, &[&node.element.label()]);
        }
    }
    check_ends(draft, &reached, findings);
    joins::check(draft, &reached, findings);
}

/// Which nodes a case can get to.
fn reached(draft: &Draft<'_>) -> Vec<bool> {
    let mut starts_inside = vec![Vec::new(); draft.nodes.len()];
    let mut waiting = Vec::new();
    for (position, node) in draft.nodes.iter().enumerate() {
        if let Some(NodeKind::StartEvent(_)) = node.kind {
            match node.scope {
                Some(scope) => starts_inside[scope].push(position),
                None => waiting.push(position),
            }
        }
    }
    spread(draft.nodes.len(), waiting, |node| {
        let along_flows = draft.outgoing[node].iter().map(|flow| draft.flows[*flow].target);
        along_flows
            .chain(draft.boundary_events[node].iter().copied())
            .chain(starts_inside[node].iter().copied())
    })
}

/// Reports where a case enters a part of the process that it can never leave by an end.
fn check_ends(draft: &Draft<'_>, reached: &[bool], findings: &mut Findings) {
    let all = 0..draft.nodes.len();
    let predecessors = |node: usize| {
        let host = match draft.nodes[node].kind {
            Some(NodeKind::BoundaryEvent { attached_to, .. }) => Some(attached_to.0 as usize),
            _ => None,
        };
        draft.incoming[node]
            .iter()
            .map(|flow| draft.flows[*flow].source)
            .chain(host)
    };
    // A node without a way on was reported as such; here it counts as an end.
    let ends = all
        .clone()
        .filter(|node| draft.outgoing[*node].is_empty() || ends_by_rejection(draft, *node));
    let can_end = spread(draft.nodes.len(), ends.collect(), predecessors);
    let pauses = all
        .clone()
        .filter(|node| draft.nodes[*node].kind.as_ref().is_some_and(can_pause));
    let can_pause = spread(draft.nodes.len(), pauses.collect(), predecessors);
    for node in all.filter(|node| reached[*node] && !can_end[*node]) {
        let entered = draft.incoming[node].is_empty() || predecessors(node).any(|before| can_end[before]);
        if entered {
            let rule = if can_pause[node] {
                &rules::NO_END
            } else {
                &rules::ENDLESS
            };
            findings.report(rule, draft.nodes[node].element, &[&draft.label(node)]);
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
    matches!(
        kind,
        NodeKind::UserTask(_)
            | NodeKind::IntermediateTimer(_)
            | NodeKind::ServiceTask(_)
            | NodeKind::SubProcess
            | NodeKind::ParallelGateway
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
