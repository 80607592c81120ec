//! The attributes of BPMN itself: those that ask for something that cannot be run, and those that nobody knows.

use super::{Findings, nodes::is_activity};
use crate::{
    catalogue::elements as rules,
    xml::{Element, Namespace},
};

/// Attributes that change how an element runs, and the only values each may have.
const FIXED: &[(&str, &[&str])] = &[("isImmediate", &["true", "1"])];

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

/// Checks the attributes of a process, flow node or sequence flow; false when one cannot be run.
pub(super) fn check(element: &Element, findings: &mut Findings) -> bool {
    let mut understood = true;
    for attribute in element
        .attributes
        .iter()
        .filter(|attribute| attribute.namespace == Namespace::None)
    {
        let (name, value) = (attribute.name.as_str(), attribute.value.trim());
        let is_known = matches!(name, "id" | "name")
            || known(&element.name).contains(&name)
            || (is_activity(&element.name) && OF_ACTIVITIES.contains(&name));
        if !is_known {
            findings.report(&rules::ATTRIBUTE_UNKNOWN, element, &[&element.label(), &name]);
            continue;
        }
        let refused = FIXED
            .iter()
            .any(|(fixed, only)| *fixed == name && !only.contains(&value));
        if refused {
            findings.refuse_attribute(element, name, value);
            understood = false;
        }
    }
    understood
}
