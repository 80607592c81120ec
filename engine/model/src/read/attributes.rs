//! The attributes of BPMN itself, so that misspelt ones are found.

use super::{Findings, nodes::is_activity};
use crate::{
    catalogue::elements as rules,
    xml::{Element, Namespace},
};

/// The attributes that every activity can have.
const OF_ACTIVITIES: &[&str] = &["isForCompensation", "startQuantity", "completionQuantity", "default"];

/// The attributes that every callable element can have.
const OF_CALLABLE: &[&str] = &[
    "isExecutable",
    "processType",
    "isClosed",
    "definitionalCollaborationRef",
];

/// The attributes an element of this name can have besides (BPMN 2.0.2, the XML schemas of chapters 8 and 10).
fn known(name: &str) -> &'static [&'static str] {
    match name {
        "process" => OF_CALLABLE,
        "startEvent" => &["parallelMultiple", "isInterrupting"],
        "intermediateCatchEvent" => &["parallelMultiple"],
        "boundaryEvent" => &["parallelMultiple", "cancelActivity", "attachedToRef"],
        "userTask" | "businessRuleTask" | "globalUserTask" | "globalBusinessRuleTask" => &["implementation"],
        "serviceTask" => &["implementation", "operationRef"],
        "sendTask" => &["implementation", "operationRef", "messageRef"],
        "receiveTask" => &["implementation", "operationRef", "messageRef", "instantiate"],
        "scriptTask" => &["scriptFormat"],
        "globalScriptTask" => &["scriptLanguage", "scriptFormat"],
        "callActivity" => &["calledElement"],
        "subProcess" => &["triggeredByEvent"],
        "transaction" => &["triggeredByEvent", "method"],
        "adHocSubProcess" => &["triggeredByEvent", "ordering", "cancelRemainingInstances"],
        "exclusiveGateway" | "inclusiveGateway" | "complexGateway" => &["gatewayDirection", "default"],
        "parallelGateway" => &["gatewayDirection"],
        "eventBasedGateway" => &["gatewayDirection", "instantiate", "eventGatewayType"],
        "sequenceFlow" => &["sourceRef", "targetRef", "isImmediate"],
        _ => &[],
    }
}

/// Tells about the attributes of a process, flow node or sequence flow that BPMN does not know.
pub(super) fn check(element: &Element, findings: &mut Findings) {
    for attribute in element
        .attributes
        .iter()
        .filter(|attribute| attribute.namespace == Namespace::None)
    {
        let name = attribute.name.as_str();
        let is_known = matches!(name, "id" | "name")
            || known(&element.name).contains(&name)
            || (is_activity(&element.name) && OF_ACTIVITIES.contains(&name));
        if !is_known {
            findings.report(&rules::ATTRIBUTE_UNKNOWN, element, &[&element.label(), &name]);
        }
    }
}
