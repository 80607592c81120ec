//! Ways through a process: whether every node can be reached, and whether a case can always get to an end.
//!
//! Scopes are looked at together: entering a sub-process leads to its start events, and nothing inside leads out, for
//! it is the sub-process itself that goes on when everything in it is over.

use super::joins;
use crate::{
    NodeKind, Rejection,
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
        } else if draft.outgoing[position].is_empty() && !matches!(kind, NodeKind::EndEvent(_)) {
            // Where no end event is drawn, the last activities are the ends (BPMN 2.0.2, 10.5.3).
            let is_end = kind.is_activity() && !scopes.has_end[Scopes::slot(node.scope)];
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
            match &node.kind {
                Some(NodeKind::StartEvent(_)) => scopes.has_start[slot] = true,
                Some(NodeKind::EndEvent(result)) => {
                    scopes.has_end[slot] = true;
                    scopes.ends_at_once[slot] |= !result.is_empty();
                }
                Some(NodeKind::BoundaryEvent {
                    attached_to,
                    interrupting: true,
                    ..
                }) => {
                    scopes.ends_at_once[attached_to.0 as usize + 1] = true;
                }
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
        let starts = match node.kind {
            Some(NodeKind::StartEvent(_)) => true,
            Some(NodeKind::BoundaryEvent { .. }) => false,
            // A scope without a start was reported; what could be its start counts as one.
            _ => !scopes.has_start[Scopes::slot(node.scope)] && draft.incoming[position].is_empty(),
        };
        match node.scope {
            Some(scope) if starts => starts_inside[scope].push(position),
            None if starts => waiting.push(position),
            _ => {}
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
fn check_ends(draft: &Draft<'_>, reached: &[bool], scopes: &Scopes, findings: &mut Findings) {
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
    matches!(
        kind,
        NodeKind::UserTask(_)
            | NodeKind::IntermediateCatch(_)
            | NodeKind::ServiceTask(_)
            | NodeKind::SubProcess(_)
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
