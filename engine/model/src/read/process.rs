//! `bpmn:process` and the sub-processes in it: finds the nodes and flows, and puts them together.

use std::collections::BTreeMap;

use super::{
    Context, Draft, DraftFlow, DraftNode, attributes,
    expressions::read_expression,
    nodes::{self, ARTIFACTS, is_passive},
    settings::read_settings,
};
use crate::{
    NodeKind, ProcessGraph,
    catalogue::{Words, elements as rules, flow as flow_rules, names},
    checks,
    xml::Element,
};

/// Reads and checks one process. `None`, or a finding, when it cannot be run.
pub(crate) fn read_process<'a>(
    process: &'a Element,
    executable: bool,
    context: &mut Context<'a>,
) -> Option<ProcessGraph> {
    if process.id().is_none() {
        context
            .findings
            .report(&rules::ID_MISSING, process, &[&names::element("process")]);
    }
    attributes::check(process, &mut context.findings);
    let settings = read_settings(process, context);
    let mut found = Found::default();
    found.collect(process, None, context);
    let draft = found.into_draft(process, settings, context);
    checks::check(&draft, context);
    draft.into_graph(executable)
}

/// The nodes and flows of a process, in the order of the document.
#[derive(Default)]
struct Found<'a> {
    nodes: Vec<DraftNode<'a>>,
    flows: Vec<&'a Element>,
    incomplete: bool,
}

impl<'a> Found<'a> {
    fn collect(&mut self, parent: &'a Element, scope: Option<usize>, context: &mut Context<'a>) {
        let mut lanes_reported = false;
        for child in parent.bpmn_children() {
            let name = child.name.as_str();
            if nodes::is_supported(name) {
                self.add_node(child, scope, context);
            } else if name == "sequenceFlow" {
                self.flows.push(child);
            } else if name == "laneSet" {
                if !std::mem::replace(&mut lanes_reported, true) {
                    context
                        .findings
                        .report_inside(&rules::LANES, parent, child.line, &[&parent.label()]);
                }
            } else if ARTIFACTS.contains(&name) || is_passive(child, parent, context) {
                // Drawn, and nothing more.
            } else if name.ends_with("LoopCharacteristics") {
                context.findings.refuse_element(parent, child.line, name);
                self.incomplete = true;
            } else {
                context.findings.refuse_element(child, child.line, name);
                self.incomplete = true;
                // Flows may lead here, and boundary events may be attached: they are not dangling.
                self.nodes.push(DraftNode {
                    element: child,
                    scope,
                    kind: None,
                });
            }
        }
    }

    fn add_node(&mut self, element: &'a Element, scope: Option<usize>, context: &mut Context<'a>) {
        if element.id().is_none() {
            context
                .findings
                .report(&rules::ID_MISSING, element, &[&names::element(&element.name)]);
        }
        let position = self.nodes.len();
        self.nodes.push(DraftNode {
            element,
            scope,
            kind: None,
        });
        if element.name == "subProcess" {
            if nodes::is_event_sub_process(element) {
                context
                    .findings
                    .refuse_element(element, element.line, names::EVENT_SUB_PROCESS);
                self.incomplete = true;
            } else {
                self.collect(element, Some(position), context);
            }
        }
    }

    fn into_draft(
        mut self,
        process: &'a Element,
        settings: crate::ProcessSettings,
        context: &mut Context<'a>,
    ) -> Draft<'a> {
        let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
        for (position, node) in self.nodes.iter().enumerate() {
            if let Some(id) = node.element.id() {
                by_id.entry(id).or_insert(position);
            }
        }
        for node in &mut self.nodes {
            if nodes::is_supported(&node.element.name) {
                node.kind = nodes::read_kind(node.element, &by_id, context);
            }
        }
        let mut complete = !self.incomplete && self.nodes.iter().all(|node| node.kind.is_some());
        let mut draft = Draft {
            process,
            settings,
            outgoing: vec![Vec::new(); self.nodes.len()],
            incoming: vec![Vec::new(); self.nodes.len()],
            boundary_events: vec![Vec::new(); self.nodes.len()],
            nodes: self.nodes,
            flows: Vec::with_capacity(self.flows.len()),
            complete: false,
        };
        for element in self.flows {
            match read_flow(element, &by_id, context) {
                Some(flow) => {
                    draft.outgoing[flow.source].push(draft.flows.len());
                    draft.incoming[flow.target].push(draft.flows.len());
                    draft.flows.push(flow);
                }
                None => complete = false,
            }
        }
        for position in 0..draft.nodes.len() {
            if let Some(NodeKind::BoundaryEvent { attached_to, .. }) = draft.nodes[position].kind {
                draft.boundary_events[attached_to.0 as usize].push(position);
            }
        }
        draft.complete = complete;
        mark_defaults(&mut draft, context);
        draft
    }
}

fn read_flow<'a>(
    element: &'a Element,
    by_id: &BTreeMap<&str, usize>,
    context: &mut Context<'a>,
) -> Option<DraftFlow<'a>> {
    if element.id().is_none() {
        context
            .findings
            .report(&rules::ID_MISSING, element, &[&names::element("sequenceFlow")]);
    }
    attributes::check(element, &mut context.findings);
    let source = resolve(element, "sourceRef", by_id, context);
    let target = resolve(element, "targetRef", by_id, context);
    // Some tools write an empty condition where there is none.
    let condition = element
        .bpmn_child("conditionExpression")
        .filter(|condition| !condition.text.trim().is_empty())
        .map(|condition| read_expression(element, condition, context));
    Some(DraftFlow {
        element,
        source: source?,
        target: target?,
        condition,
        is_default: false,
    })
}

/// The node that a reference of this element names.
pub(super) fn resolve(
    element: &Element,
    reference: &'static str,
    by_id: &BTreeMap<&str, usize>,
    context: &mut Context<'_>,
) -> Option<usize> {
    let Some(id) = element.attribute(reference).map(str::trim).filter(|id| !id.is_empty()) else {
        context
            .findings
            .report(&rules::REFERENCE_MISSING, element, &[&element.label(), &reference]);
        return None;
    };
    let found = by_id.get(id).copied();
    if found.is_none() {
        context
            .findings
            .report(&rules::DANGLING, element, &[&element.label(), &reference, &id]);
    }
    found
}

fn mark_defaults(draft: &mut Draft<'_>, context: &mut Context<'_>) {
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    for (position, flow) in draft.flows.iter().enumerate() {
        if let Some(id) = flow.element.id() {
            by_id.entry(id).or_insert(position);
        }
    }
    for position in 0..draft.nodes.len() {
        let node = &draft.nodes[position];
        let (element, label) = (node.element, node.element.label());
        let Some(id) = element.attribute("default").map(str::trim).filter(|id| !id.is_empty()) else {
            continue;
        };
        if !matches!(node.kind, Some(NodeKind::ExclusiveGateway)) {
            continue;
        }
        match by_id.get(id) {
            Some(flow) if draft.flows[*flow].source == position => draft.flows[*flow].is_default = true,
            Some(flow) => {
                let words: &[&dyn Words] = &[&label, &draft.flow_label(*flow)];
                context.findings.report(&flow_rules::DEFAULT_ELSEWHERE, element, words);
            }
            None => context
                .findings
                .report(&rules::DANGLING, element, &[&label, &"default", &id]),
        }
    }
}
