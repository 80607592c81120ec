//! Parallel gateways that wait for ever, and activities that wait for more tokens than ever come.
//!
//! A join fills only when tokens stand on all its incoming flows at once, and two tokens of a scope are there at once
//! only because some fork made them. So if no fork has one branch that leads to one incoming flow and *another* branch
//! that leads to the other, the two never meet, whatever the conditions say. What is reported is certain; a join that
//! merely may wait for ever (a branch that can go elsewhere) is not reported. An activity that needs several tokens
//! (`startQuantity`) is never begun when no two of its tokens can be there at once.
//!
//! Which incoming flows each node leads to is found for 64 of them at a time, one bit each, and in one pass: nodes of
//! one loop lead to the same, and loops are taken in the order from the end to the start.

use petgraph::{algo::kosaraju_scc, graph::DiGraph};

use super::{links::Links, ways::begins_alone};
use crate::{
    EventDefinition, NodeKind, Rejection, TimerDefinition,
    catalogue::{Words, flow as rules},
    read::{Draft, Findings},
};

/// How many flows are looked at together: one bit each.
const MOST_WAYS: usize = 64;

pub(super) fn check(draft: &Draft<'_>, reached: &[bool], findings: &mut Findings) {
    let joins: Vec<usize> = (0..draft.nodes.len())
        .filter(|node| {
            let ways = draft.incoming[*node].len();
            let joins = ways > 1 && matches!(draft.nodes[*node].kind, Some(NodeKind::ParallelGateway));
            // Any two of its ways could bring what an activity needs, so all of them must be looked at.
            let gathers = (1..=MOST_WAYS).contains(&ways) && gathers(draft, *node);
            reached[*node] && (joins || gathers)
        })
        .collect();
    let shape = Shape::of(draft);
    let mut batch: Vec<usize> = Vec::new();
    let mut joins = joins.into_iter().peekable();
    while let Some(join) = joins.next() {
        // Of a join with very many incoming flows, the first are compared.
        batch.extend(draft.incoming[join].iter().copied().take(MOST_WAYS));
        let room = joins
            .peek()
            .is_some_and(|next| batch.len() + draft.incoming[*next].len() <= MOST_WAYS);
        if !room {
            check_batch(draft, &batch, &shape, findings);
            batch.clear();
        }
    }
}

/// Whether an activity begins only when several tokens have come.
fn gathers(draft: &Draft<'_>, node: usize) -> bool {
    draft.nodes[node].activity.start_quantity > 1
}

/// What is found once and asked for each batch.
struct Shape {
    /// The nodes, those of one loop together, each after all that it leads to.
    loops: Vec<Vec<usize>>,
    links: Links,
    /// What begins at once when a scope without a start event does, for each such scope.
    beginnings: Vec<Vec<usize>>,
}

impl Shape {
    fn of(draft: &Draft<'_>) -> Self {
        let links = Links::of(draft);
        let is_start = |node: &usize| matches!(draft.nodes[*node].kind, Some(NodeKind::StartEvent(_)));
        let beginnings = draft.scopes().into_iter();
        let beginnings = beginnings
            .filter(|(_, nodes)| !nodes.iter().any(is_start))
            .map(|(_, nodes)| nodes.into_iter().filter(|node| begins_alone(draft, *node)).collect())
            .collect();
        Self {
            loops: loops(draft, &links),
            links,
            beginnings,
        }
    }
}

/// Checks joins all of whose incoming flows are in the batch, those of each join side by side.
fn check_batch(draft: &Draft<'_>, batch: &[usize], shape: &Shape, findings: &mut Findings) {
    let leads_to = leads_to(draft, batch, shape);
    let together = together(draft, &leads_to, shape);
    let mut first = 0;
    while let Some(join) = batch.get(first).map(|flow| draft.flows[*flow].target) {
        let count = batch[first..]
            .iter()
            .take_while(|flow| draft.flows[**flow].target == join)
            .count();
        let range = first..first + count;
        if gathers(draft, join) {
            let own = range.clone().fold(0, |own, bit| own | 1 << bit);
            if range.clone().all(|bit| together[bit] & own == 0) {
                let needed = draft.nodes[join].activity.start_quantity.to_string();
                let words: &[&dyn Words] = &[&draft.label(join), &needed];
                findings.report(&rules::QUANTITY_NEVER, draft.nodes[join].element, words);
            }
            first = range.end;
            continue;
        }
        let never = range.clone().find_map(|one| {
            let other = (one + 1..range.end).find(|other| together[one] & (1 << other) == 0)?;
            Some((one, other))
        });
        if let Some((one, other)) = never {
            let (one, other) = (draft.flow_label(batch[one]), draft.flow_label(batch[other]));
            findings.report(
                &rules::JOIN_NEVER_FILLS,
                draft.nodes[join].element,
                &[&draft.label(join), &one, &other],
            );
        }
        first = range.end;
    }
}

/// For each flow of the drawing, the flows of the batch that a token on it can get to, one bit each.
struct LeadsTo {
    of_flow: Vec<u64>,
    of_node: Vec<u64>,
}

fn leads_to(draft: &Draft<'_>, batch: &[usize], shape: &Shape) -> LeadsTo {
    let mut own = vec![0u64; draft.flows.len()];
    for (bit, flow) in batch.iter().enumerate() {
        own[*flow] |= 1 << bit;
    }
    let mut of_node = vec![0u64; draft.nodes.len()];
    for nodes in &shape.loops {
        let mut bits = 0;
        for node in nodes {
            for flow in &draft.outgoing[*node] {
                bits |= own[*flow] | of_node[draft.flows[*flow].target];
            }
            for next in draft.boundary_events[*node].iter().chain(shape.links.from(*node)) {
                bits |= of_node[*next];
            }
        }
        for node in nodes {
            of_node[*node] = bits;
        }
    }
    let of_flow = draft
        .flows
        .iter()
        .zip(&own)
        .map(|(flow, own)| own | of_node[flow.target])
        .collect();
    LeadsTo { of_flow, of_node }
}

/// The nodes, those of one loop together, each after all that it leads to.
fn loops(draft: &Draft<'_>, links: &Links) -> Vec<Vec<usize>> {
    let along_flows = draft.flows.iter().map(|flow| (flow.source, flow.target));
    let to_events = draft.boundary_events.iter().enumerate();
    let to_events = to_events.flat_map(|(host, events)| events.iter().map(move |event| (host, *event)));
    let along_links =
        (0..draft.nodes.len()).flat_map(|node| links.from(node).iter().map(move |target| (node, *target)));
    let mut graph: DiGraph<(), (), usize> = DiGraph::from_edges(along_flows.chain(to_events).chain(along_links));
    while graph.node_count() < draft.nodes.len() {
        graph.add_node(());
    }
    let components = kosaraju_scc(&graph).into_iter();
    components
        .map(|nodes| nodes.into_iter().map(|node| node.index()).collect())
        .collect()
}

/// For each flow of the batch, those others on which a token can be at the same time.
fn together(draft: &Draft<'_>, leads_to: &LeadsTo, shape: &Shape) -> [u64; 64] {
    let mut together = [0u64; 64];
    for node in 0..draft.nodes.len() {
        if leads_to.of_node[node] == 0 {
            continue;
        }
        if let Some(NodeKind::ExclusiveGateway | NodeKind::EventBasedGateway { parallel: false, .. }) =
            draft.nodes[node].kind
        {
            continue;
        }
        let rejection = rejection_flow(draft, node);
        let mut branches: Vec<u64> = draft.outgoing[node]
            .iter()
            .filter(|flow| Some(**flow) != rejection)
            .map(|flow| leads_to.of_flow[*flow])
            .collect();
        // Several tokens leave by each flow.
        if draft.nodes[node].activity.completion_quantity > 1 {
            branches.extend_from_within(..);
        }
        fork(&branches, &mut together);
        // A non-interrupting boundary event runs beside everything else that comes of its activity.
        let mut of_activity = draft.outgoing[node]
            .iter()
            .fold(0, |all, flow| all | leads_to.of_flow[*flow]);
        let mut beside = Vec::new();
        for event in &draft.boundary_events[node] {
            let bits = leads_to.of_node[*event];
            match &draft.nodes[*event].kind {
                Some(NodeKind::BoundaryEvent {
                    interrupting: false,
                    catch,
                    ..
                }) => {
                    beside.push(bits);
                    if catch.triggers.iter().any(happens_again) {
                        beside.push(bits);
                    }
                }
                _ => of_activity |= bits,
            }
        }
        beside.push(of_activity);
        fork(&beside, &mut together);
    }
    for nodes in &shape.beginnings {
        let branches: Vec<u64> = nodes.iter().map(|node| leads_to.of_node[*node]).collect();
        fork(&branches, &mut together);
    }
    together
}

/// Whether what an event waits for can happen more than once while its activity runs.
fn happens_again(trigger: &EventDefinition) -> bool {
    !matches!(
        trigger,
        EventDefinition::Timer(TimerDefinition::Date(_) | TimerDefinition::Duration(_) | TimerDefinition::After(_))
    )
}

/// Notes that tokens on different branches are there at the same time.
fn fork(branches: &[u64], together: &mut [u64; 64]) {
    let mut once = 0u64;
    let mut twice = 0u64;
    for branch in branches {
        twice |= once & branch;
        once |= branch;
    }
    for branch in branches {
        // What only this branch leads to, another branch's token cannot be on; what two lead to, it can.
        let others = (once & !branch) | twice;
        let mut rest = *branch;
        while rest != 0 {
            let bit = rest.trailing_zeros() as usize;
            together[bit] |= others;
            rest &= rest - 1;
        }
    }
}

pub(super) fn rejection_flow(draft: &Draft<'_>, node: usize) -> Option<usize> {
    let Some(NodeKind::UserTask(task)) = &draft.nodes[node].kind else {
        return None;
    };
    let Some(Rejection::Flow(id)) = task.approval.as_ref().map(|approval| &approval.on_rejection) else {
        return None;
    };
    draft.outgoing[node]
        .iter()
        .copied()
        .find(|flow| draft.flows[*flow].element.id() == Some(id))
}
