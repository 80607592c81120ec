//! Starts, ends and boundary events, and how they are connected.

use std::collections::BTreeSet;

use crate::{
    BoundaryTrigger, EndResult, NodeKind, StartTrigger,
    catalogue::{Words, elements, flow as rules, settings},
    read::{Context, Draft},
    xml::Element,
};

pub(super) fn check(draft: &Draft<'_>, context: &mut Context<'_>) {
    for (scope, nodes) in draft.scopes() {
        check_starts(draft, scope, &nodes, context);
    }
    for (position, node) in draft.nodes.iter().enumerate() {
        let arriving = draft.incoming[position].first().map(|flow| draft.flow_label(*flow));
        let leaving = draft.outgoing[position].first().map(|flow| draft.flow_label(*flow));
        let mut report = |rule, flow: Option<String>| {
            if let Some(flow) = flow {
                context
                    .findings
                    .report(rule, node.element, &[&node.element.label(), &flow]);
            }
        };
        match &node.kind {
            Some(NodeKind::StartEvent(_)) => report(&rules::START_INCOMING, arriving),
            Some(NodeKind::EndEvent(result)) => {
                report(&rules::END_OUTGOING, leaving);
                if let EndResult::Error(code) = result
                    && !is_caught(draft, node.scope, code)
                {
                    context
                        .findings
                        .report(&rules::ERROR_UNCAUGHT, node.element, &[&node.element.label(), code]);
                }
            }
            Some(NodeKind::BoundaryEvent { attached_to, .. }) => {
                report(&rules::BOUNDARY_INCOMING, arriving);
                check_host(draft, node.element, node.scope, attached_to.0 as usize, context);
            }
            _ => {}
        }
        check_caught_once(draft, position, context);
    }
}

fn check_starts(draft: &Draft<'_>, scope: Option<usize>, nodes: &[usize], context: &mut Context<'_>) {
    let owner: &Element = scope.map_or(draft.process, |scope| draft.nodes[scope].element);
    if nodes.is_empty() {
        // What is refused stands in the way already; an empty scope of nothing else is simply not drawn yet.
        if draft.complete || draft.nodes.is_empty() {
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
        let Some(NodeKind::StartEvent(trigger)) = &node.kind else {
            continue;
        };
        let label = node.element.label();
        match trigger {
            StartTrigger::None => {
                plain += 1;
                if plain == 2 {
                    context
                        .findings
                        .report(&rules::START_SEVERAL, node.element, &[&owner.label()]);
                }
            }
            _ if scope.is_some() => context
                .findings
                .report(&rules::START_IN_SUBPROCESS, node.element, &[&label]),
            StartTrigger::Timer(_) => {}
            StartTrigger::Record(trigger) => {
                let subject = draft.settings.subject.as_ref().map(|subject| &subject.entity);
                if subject != Some(&trigger.entity) {
                    let words: &[&dyn Words] = &[&label, &trigger.entity];
                    context.findings.report(&settings::TRIGGER_SUBJECT, node.element, words);
                }
            }
        }
    }
    if starts == 0 {
        context.findings.report(&rules::START_MISSING, owner, &[&owner.label()]);
    }
}

fn check_host(draft: &Draft<'_>, event: &Element, scope: Option<usize>, host: usize, context: &mut Context<'_>) {
    let host = &draft.nodes[host];
    let words: &[&dyn Words] = &[&event.label(), &host.element.label()];
    match &host.kind {
        Some(kind) if !kind.is_activity() => context.findings.report(&rules::BOUNDARY_HOST, event, words),
        _ if host.scope != scope => context.findings.report(&rules::BOUNDARY_SCOPE, event, words),
        _ => {}
    }
}

/// Which of two handlers of one error would run is not said by the drawing.
fn check_caught_once(draft: &Draft<'_>, activity: usize, context: &mut Context<'_>) {
    let mut codes = BTreeSet::new();
    for event in &draft.boundary_events[activity] {
        if let Some(NodeKind::BoundaryEvent {
            trigger: BoundaryTrigger::Error(code),
            ..
        }) = &draft.nodes[*event].kind
            && !codes.insert(code)
        {
            context.findings.report(
                &rules::ERROR_CAUGHT_TWICE,
                draft.nodes[*event].element,
                &[&draft.label(activity)],
            );
        }
    }
}

/// Whether a sub-process around this scope handles the error.
fn is_caught(draft: &Draft<'_>, scope: Option<usize>, thrown: &str) -> bool {
    let mut scope = scope;
    while let Some(sub_process) = scope {
        let catches = |event: &usize| match &draft.nodes[*event].kind {
            Some(NodeKind::BoundaryEvent {
                trigger: BoundaryTrigger::Error(code),
                ..
            }) => code.as_deref().is_none_or(|code| code == thrown),
            _ => false,
        };
        if draft.boundary_events[sub_process].iter().any(catches) {
            return true;
        }
        scope = draft.nodes[sub_process].scope;
    }
    false
}
