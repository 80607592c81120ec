//! Starts, ends and boundary events, and how they are connected.

use std::collections::BTreeSet;

use crate::{
    CatchEvent, EventDefinition, NodeKind, SubProcess,
    catalogue::{Words, elements, flow as rules, settings},
    read::{Context, Draft},
    xml::Element,
};

pub(super) fn check(draft: &Draft<'_>, context: &mut Context<'_>) {
    for (scope, nodes) in draft.scopes() {
        check_starts(draft, scope, &nodes, context);
    }
    let caught = caught(draft, context);
    for (position, node) in draft.nodes.iter().enumerate() {
        let label = node.element.label();
        let mut no_flow = |rule, flows: &[usize]| {
            if let Some(flow) = flows.first() {
                context
                    .findings
                    .report(rule, node.element, &[&label, &draft.flow_label(*flow)]);
            }
        };
        match &node.kind {
            Some(NodeKind::StartEvent(_)) => no_flow(&rules::START_INCOMING, &draft.incoming[position]),
            // One whose message is sent by work that is bound by name.
            Some(NodeKind::ServiceTask(_) | NodeKind::ExpressionTask { .. }) if node.element.name == "endEvent" => {
                no_flow(&rules::END_OUTGOING, &draft.outgoing[position]);
            }
            Some(NodeKind::EndEvent(result)) => {
                no_flow(&rules::END_OUTGOING, &draft.outgoing[position]);
                for result in result {
                    if let EventDefinition::Error(Some(code)) = result
                        && !is_caught(draft, node.scope, code, &caught)
                    {
                        context
                            .findings
                            .report(&rules::ERROR_UNCAUGHT, node.element, &[&label, code]);
                    }
                }
            }
            Some(NodeKind::BoundaryEvent { attached_to, .. }) => {
                no_flow(&rules::BOUNDARY_INCOMING, &draft.incoming[position]);
                check_host(draft, node.element, node.scope, attached_to.0 as usize, context);
            }
            _ => {}
        }
    }
}

fn check_starts(draft: &Draft<'_>, scope: Option<usize>, nodes: &[usize], context: &mut Context<'_>) {
    let owner: &Element = scope.map_or(draft.process, |scope| draft.nodes[scope].element);
    // What only begins with an event of the scope around it cannot be what the scope begins with.
    let waits = |node: &usize| is_event_sub_process(draft, *node);
    if nodes.iter().all(waits) {
        // What is refused stands in the way already; an empty scope of nothing else is simply not drawn yet.
        if draft.complete || draft.nodes.is_empty() || !nodes.is_empty() {
            context
                .findings
                .report(&elements::PROCESS_EMPTY, owner, &[&owner.label()]);
        }
        return;
    }
    let mut plain = 0;
    let mut starts = 0;
    for node in nodes.iter().map(|position| &draft.nodes[*position]) {
        if node.element.name != "startEvent" {
            continue;
        }
        starts += 1;
        let Some(NodeKind::StartEvent(start)) = &node.kind else {
            continue;
        };
        let label = node.element.label();
        match start.triggers.first() {
            None => {
                plain += 1;
                if plain == 2 {
                    context
                        .findings
                        .report(&rules::START_SEVERAL, node.element, &[&owner.label()]);
                }
            }
            _ if scope.is_some_and(|scope| !is_event_sub_process(draft, scope)) => {
                context
                    .findings
                    .report(&rules::START_IN_SUBPROCESS, node.element, &[&label])
            }
            Some(EventDefinition::Record(trigger)) => {
                let subject = draft.settings.subject.as_ref().map(|subject| &subject.entity);
                if subject != Some(&trigger.entity) {
                    let words: &[&dyn Words] = &[&label, &trigger.entity];
                    context.findings.report(&settings::TRIGGER_SUBJECT, node.element, words);
                }
            }
            _ => {}
        }
    }
    // Without end events the last steps are the ends, and then the first ones can be the starts (10.5.2). What happens
    // outside can begin a process too.
    let needs_start = nodes.iter().any(|position| {
        let kind = &draft.nodes[*position].kind;
        matches!(kind, Some(NodeKind::EndEvent(_))) || kind.is_none()
    });
    let begins = nodes.iter().any(|position| {
        matches!(
            draft.nodes[*position].kind,
            Some(
                NodeKind::ReceiveTask { instantiate: true, .. } | NodeKind::EventBasedGateway { instantiate: true, .. }
            )
        )
    });
    if starts == 0 && needs_start && !begins {
        context.findings.report(&rules::START_MISSING, owner, &[&owner.label()]);
    }
}

fn check_host(draft: &Draft<'_>, event: &Element, scope: Option<usize>, host: usize, context: &mut Context<'_>) {
    let host = &draft.nodes[host];
    let words: &[&dyn Words] = &[&event.label(), &host.element.label()];
    match &host.kind {
        Some(kind) if !kind.is_activity() || host.element.name.ends_with("Event") => {
            context.findings.report(&rules::BOUNDARY_HOST, event, words)
        }
        _ if host.scope != scope => context.findings.report(&rules::BOUNDARY_SCOPE, event, words),
        _ => {}
    }
}

fn is_event_sub_process(draft: &Draft<'_>, node: usize) -> bool {
    matches!(draft.nodes[node].kind, Some(NodeKind::SubProcess(SubProcess::Event)))
}

/// The codes that are caught on the border of each scope or activity, or by an event sub-process in it; `None` stands
/// for every code.
fn caught<'d>(draft: &'d Draft<'_>, context: &mut Context<'_>) -> Vec<BTreeSet<Option<&'d str>>> {
    let mut caught = vec![BTreeSet::new(); draft.nodes.len() + 1];
    let mut on_border = BTreeSet::new();
    for node in &draft.nodes {
        // An event sub-process handles the errors of the scope it is drawn in.
        if let (Some(NodeKind::StartEvent(start)), Some(handler)) = (&node.kind, node.scope)
            && is_event_sub_process(draft, handler)
        {
            let scope = slot(draft.nodes[handler].scope);
            for trigger in &start.triggers {
                if let EventDefinition::Error(code) = trigger {
                    caught[scope].insert(code.as_deref());
                }
            }
        }
    }
    for node in &draft.nodes {
        let Some(NodeKind::BoundaryEvent {
            attached_to,
            catch: CatchEvent { triggers, .. },
            ..
        }) = &node.kind
        else {
            continue;
        };
        let host = attached_to.0 as usize;
        for trigger in triggers {
            let EventDefinition::Error(code) = trigger else {
                continue;
            };
            caught[slot(Some(host))].insert(code.as_deref());
            // Which of two handlers of one error would run is not said by the drawing.
            if !on_border.insert((host, code.as_deref())) {
                context
                    .findings
                    .report(&rules::ERROR_CAUGHT_TWICE, node.element, &[&draft.label(host)]);
            }
        }
    }
    caught
}

/// Where what a scope catches is kept: first the process, then each node in turn.
fn slot(scope: Option<usize>) -> usize {
    scope.map_or(0, |scope| scope + 1)
}

/// Whether something around this scope handles the error.
fn is_caught(draft: &Draft<'_>, mut scope: Option<usize>, code: &str, caught: &[BTreeSet<Option<&str>>]) -> bool {
    loop {
        let caught = &caught[slot(scope)];
        if caught.contains(&Some(code)) || caught.contains(&None) {
            return true;
        }
        let Some(around) = scope else { return false };
        scope = draft.nodes[around].scope;
    }
}
