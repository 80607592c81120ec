//! What a flow node is, and what may stand in it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, activities, attributes, events};
use crate::{
    NodeKind, SubProcess,
    catalogue::{Words, elements as rules, names},
    xml::Element,
};

/// Drawn around the flow, without meaning for it.
pub(super) const ARTIFACTS: &[&str] = &[
    "association",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "group",
    "supports",
    "textAnnotation",
];

/// May stand in every element and says nothing about how it runs.
const DESCRIPTIONS: &[&str] = &[
    "auditing",
    "categoryValueRef",
    "documentation",
    "extensionElements",
    "incoming",
    "monitoring",
    "outgoing",
];

/// Says how data or people belong to a step. Kapok has these from its own settings, which must be there anyhow, so
/// leaving them out changes nothing; the author is told.
const NOT_CARRIED_OUT: &[&str] = &[
    "dataInput",
    "dataInputAssociation",
    "dataOutput",
    "dataOutputAssociation",
    "humanPerformer",
    "inputSet",
    "ioSpecification",
    "outputSet",
    "performer",
    "potentialOwner",
    "property",
    "rendering",
    "resourceRole",
];

/// Whether flow nodes of this name can be run.
pub(super) fn is_supported(name: &str) -> bool {
    bpmn_name(name).is_some()
}

/// The name of a flow node's element, when it can be run.
pub(super) fn bpmn_name(name: &str) -> Option<&'static str> {
    const RUN: &[&str] = &[
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "boundaryEvent",
        "userTask",
        "scriptTask",
        "serviceTask",
        "exclusiveGateway",
        "parallelGateway",
        "subProcess",
    ];
    RUN.iter().copied().find(|run| *run == name)
}

/// Whether a sub-process is started by an event in it (BPMN 2.0.2, 10.3.5).
pub(super) fn is_event_sub_process(sub_process: &Element) -> bool {
    matches!(
        sub_process.attribute("triggeredByEvent").map(str::trim),
        Some("true" | "1")
    )
}

/// Reads what a node is; `None`, and a finding, when it cannot be run.
pub(super) fn read_kind<'a>(
    element: &'a Element,
    by_id: &BTreeMap<&str, usize>,
    context: &mut Context<'a>,
) -> Option<NodeKind> {
    let understood = attributes::check(element, &mut context.findings) & check_children(element, context);
    let kind = match element.name.as_str() {
        "startEvent" => events::read_start(element, context),
        "endEvent" => events::read_end(element, context),
        "intermediateCatchEvent" => events::read_intermediate(element, context),
        "boundaryEvent" => events::read_boundary(element, by_id, context),
        "userTask" => Some(activities::read_user_task(element, context)),
        "scriptTask" => Some(activities::read_script_task(element, context)),
        "serviceTask" => Some(activities::read_service_task(element, context)),
        "exclusiveGateway" => Some(NodeKind::ExclusiveGateway),
        "parallelGateway" => Some(NodeKind::ParallelGateway),
        "subProcess" if !is_event_sub_process(element) => Some(NodeKind::SubProcess(SubProcess::Embedded)),
        _ => None,
    };
    kind.filter(|_| understood)
}

fn check_children(element: &Element, context: &mut Context<'_>) -> bool {
    if element.name == "subProcess" {
        // Its children are the nodes of a scope, and were looked at as such.
        return true;
    }
    let mut understood = true;
    let mut told = BTreeSet::new();
    for child in element.bpmn_children() {
        let name = child.name.as_str();
        let of_this_kind = match element.name.as_str() {
            "scriptTask" => name == "script",
            "startEvent" | "endEvent" | "intermediateCatchEvent" | "boundaryEvent" => events::is_definition(child),
            _ => false,
        };
        if of_this_kind || (NOT_CARRIED_OUT.contains(&name) && told.contains(name)) {
            continue;
        }
        if !is_passive(child, element, context) {
            context.findings.refuse_element(element, child.line, name);
            understood = false;
        }
        told.insert(name);
    }
    understood
}

/// Whether a child says nothing about how its parent runs; tells the author about one that might seem to.
pub(super) fn is_passive(child: &Element, parent: &Element, context: &mut Context<'_>) -> bool {
    let name = child.name.as_str();
    if DESCRIPTIONS.contains(&name) {
        return true;
    }
    // A plain association only draws where data belongs; one that computes is work that nobody would do.
    let computes = child
        .bpmn_child("assignment")
        .or(child.bpmn_child("transformation"))
        .is_some();
    if !NOT_CARRIED_OUT.contains(&name) || computes {
        return false;
    }
    let words: &[&dyn Words] = &[&parent.label(), &names::element(name)];
    context
        .findings
        .report_inside(&rules::NOT_CARRIED_OUT, parent, child.line, words);
    true
}
