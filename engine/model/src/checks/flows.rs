//! Sequence flows: within one scope, with conditions where conditions can be.

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
        let decides = source.kind.as_ref().is_none_or(NodeKind::has_conditions);
        if flow.condition.is_some() && !decides {
            let label = draft.flow_label(position);
            context
                .findings
                .report(&rules::FLOW_CONDITION, flow.element, &[&label, &source.element.label()]);
        }
    }
    for (position, node) in draft.nodes.iter().enumerate() {
        if matches!(node.kind, Some(NodeKind::ExclusiveGateway)) {
            check_branches(draft, position, context);
        }
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
