//! Sequence flows: within one scope, with conditions where conditions can be.

use super::joins::rejection_flow;
use crate::{
    NodeKind,
    catalogue::flow as rules,
    read::{Context, Draft},
};

pub(super) fn check(draft: &Draft<'_>, context: &mut Context<'_>) {
    for (position, flow) in draft.flows.iter().enumerate() {
        let source = &draft.nodes[flow.source];
        if source.scope != draft.nodes[flow.target].scope {
            context
                .findings
                .report(&rules::FLOW_SCOPE, flow.element, &[&draft.flow_label(position)]);
        }
        let decides =
            source.kind.as_ref().is_none_or(NodeKind::has_conditions) && !source.element.name.ends_with("Event");
        if flow.condition.is_some() && !decides {
            let label = draft.flow_label(position);
            context
                .findings
                .report(&rules::FLOW_CONDITION, flow.element, &[&label, &source.element.label()]);
        }
    }
    for (position, node) in draft.nodes.iter().enumerate() {
        match &node.kind {
            Some(NodeKind::ExclusiveGateway) => check_branches(draft, position, context),
            Some(kind) if kind.has_conditions() => check_conditional_ways(draft, position, kind, context),
            _ => {}
        }
    }
}

/// Of ways that are taken by their own conditions, each on its own: all those without a condition are taken besides.
fn check_conditional_ways(draft: &Draft<'_>, node: usize, kind: &NodeKind, context: &mut Context<'_>) {
    // A rejection takes its flow whatever the conditions say.
    let rejection = rejection_flow(draft, node);
    let ways = draft.outgoing[node].iter().filter(|flow| Some(**flow) != rejection);
    let (mut conditions, mut sure) = (false, draft.nodes[node].element.attribute("default").is_some());
    for way in ways {
        let flow = &draft.flows[*way];
        conditions |= flow.condition.is_some();
        sure |= flow.condition.is_none();
        if flow.is_default && flow.condition.is_some() {
            let label = draft.flow_label(*way);
            context
                .findings
                .report(&rules::DEFAULT_CONDITION, flow.element, &[&label]);
        }
    }
    // A complex gateway may take none: it has a second time to open.
    if conditions && !sure && !matches!(kind, NodeKind::ComplexGateway { .. }) {
        context.findings.report(
            &rules::DEFAULT_MISSING,
            draft.nodes[node].element,
            &[&draft.label(node)],
        );
    }
}

fn check_branches(draft: &Draft<'_>, gateway: usize, context: &mut Context<'_>) {
    let branches = &draft.outgoing[gateway];
    // A default that is named but faulty was reported.
    let has_default = draft.nodes[gateway].element.attribute("default").is_some();
    let mut missing = false;
    for branch in branches {
        let flow = &draft.flows[*branch];
        let rule = match (&flow.condition, flow.is_default) {
            (None, false) if branches.len() > 1 => &rules::CONDITION_MISSING,
            (Some(_), true) => &rules::DEFAULT_CONDITION,
            _ => continue,
        };
        missing = true;
        context
            .findings
            .report(rule, flow.element, &[&draft.flow_label(*branch)]);
    }
    let decides = branches.iter().any(|branch| draft.flows[*branch].condition.is_some());
    if decides && !has_default && !missing {
        context.findings.report(
            &rules::DEFAULT_MISSING,
            draft.nodes[gateway].element,
            &[&draft.label(gateway)],
        );
    }
}
