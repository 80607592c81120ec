//! `bpmn:process` and the sub-processes in it: finds the nodes and flows, and puts them together.

use std::collections::BTreeMap;

use super::{
    Context, Draft, DraftFlow, DraftNode, attributes,
    data::read_locals,
    dialects,
    drawing::Drawing,
    expressions::read_expression,
    global_tasks::is_global_task,
    nodes::{self, ARTIFACTS, is_passive},
    settings::read_settings,
    sub_processes::SUB_PROCESSES,
};
use crate::{
    NodeKind, ProcessGraph, ProcessSettings,
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
    let mut settings = ReadSettings {
        settings: read_settings(process, context),
        version_tag: None,
    };
    dialects::read_process(process, &mut settings, context);
    let mut found = Found::default();
    if is_global_task(&process.name) {
        found.nodes.push(DraftNode::new(process, None));
    } else {
        attributes::check(process, &mut context.findings);
        found.collect(process, None, context);
    }
    let mut draft = found.into_draft(process, settings, context);
    dialects::read_forms(&mut draft, context);
    checks::check(&draft, context);
    draft.into_graph(executable)
}

/// What is said of a whole process.
#[derive(Debug)]
pub(crate) struct ReadSettings {
    pub(super) settings: ProcessSettings,
    pub(super) version_tag: Option<String>,
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
        for child in parent.bpmn_children() {
            let name = child.name.as_str();
            if nodes::is_supported(name) && !is_global_task(name) {
                self.add_node(child, scope, context);
            } else if name == "sequenceFlow" {
                self.flows.push(child);
            } else if ARTIFACTS.contains(&name)
                || is_of_sub_process(child, scope.is_some().then_some(parent))
                || is_passive(child, parent, context)
            {
                // Read by others, or drawn and nothing more.
            } else {
                context.findings.refuse_element(child, child.line, name);
                self.incomplete = true;
                // Flows may lead here, and boundary events may be attached: they are not dangling.
                self.nodes.push(DraftNode::new(child, scope));
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
        self.nodes.push(DraftNode::new(element, scope));
        if SUB_PROCESSES.contains(&element.name.as_str()) {
            self.collect(element, Some(position), context);
        }
    }

    fn drawing(&self, process: &'a Element, context: &mut Context<'a>) -> Drawing<'a> {
        let mut drawing = Drawing {
            initiator: dialects::initiator(process),
            ..Drawing::default()
        };
        for (position, node) in self.nodes.iter().enumerate() {
            if let Some(id) = node.element.id() {
                drawing.by_id.entry(id).or_insert(position);
            }
            drawing.parents.push(node.scope.map(|scope| self.nodes[scope].element));
        }
        drawing.lanes.read(process, context);
        for node in &self.nodes {
            if SUB_PROCESSES.contains(&node.element.name.as_str()) {
                drawing.lanes.read(node.element, context);
            }
        }
        drawing
    }

    fn into_draft(mut self, process: &'a Element, settings: ReadSettings, context: &mut Context<'a>) -> Draft<'a> {
        let drawing = self.drawing(process, context);
        for node in &mut self.nodes {
            if !nodes::is_supported(&node.element.name) {
                continue;
            }
            if let Some(read) = nodes::read_node(node.element, &drawing, context) {
                node.kind = Some(read.kind);
                node.activity = read.activity;
                node.data = read.data;
                node.listeners = read.listeners;
            }
        }
        let mut complete = !self.incomplete && self.nodes.iter().all(|node| node.kind.is_some());
        let mut draft = Draft {
            process,
            settings: settings.settings,
            version_tag: settings.version_tag,
            locals: read_locals(process, context.file),
            outgoing: vec![Vec::new(); self.nodes.len()],
            incoming: vec![Vec::new(); self.nodes.len()],
            boundary_events: vec![Vec::new(); self.nodes.len()],
            nodes: self.nodes,
            flows: Vec::with_capacity(self.flows.len()),
            complete: false,
        };
        let mut unnamed: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for element in self.flows {
            match read_flow(element, &drawing, context) {
                Some(mut flow) => {
                    if flow.id.is_empty() {
                        let before = unnamed.entry((flow.source, flow.target)).or_default();
                        flow.id = made_up_id(element, *before);
                        *before += 1;
                    }
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

/// Whether a child of a sub-process says something about the sub-process itself.
fn is_of_sub_process(child: &Element, sub_process: Option<&Element>) -> bool {
    let Some(sub_process) = sub_process else { return false };
    match child.name.as_str() {
        "dataInputAssociation"
        | "dataOutputAssociation"
        | "multiInstanceLoopCharacteristics"
        | "standardLoopCharacteristics" => true,
        "completionCondition" => sub_process.name == "adHocSubProcess",
        _ => false,
    }
}

fn read_flow<'a>(element: &'a Element, drawing: &Drawing<'a>, context: &mut Context<'a>) -> Option<DraftFlow<'a>> {
    attributes::check(element, &mut context.findings);
    let source = drawing.resolve(element, "sourceRef", context);
    let target = drawing.resolve(element, "targetRef", context);
    // Some tools write an empty condition where there is none.
    let condition = element
        .bpmn_child("conditionExpression")
        .filter(|condition| !condition.text.trim().is_empty())
        .map(|condition| read_expression(element, condition, context));
    Some(DraftFlow {
        element,
        id: element.id().unwrap_or_default().to_owned(),
        source: source?,
        target: target?,
        condition,
        is_default: false,
    })
}

/// The id of a flow that has none, which no XML id can be.
fn made_up_id(flow: &Element, before: usize) -> String {
    let end = |reference: &str| flow.stated(reference).unwrap_or_default();
    let between = format!("{}->{}", end("sourceRef"), end("targetRef"));
    match before {
        0 => between,
        before => format!("{between}#{}", before + 1),
    }
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
        if !node.kind.as_ref().is_some_and(NodeKind::has_conditions) {
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
