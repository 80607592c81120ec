//! The attributes of BPMN itself: those that ask for something that cannot be run, and those that nobody knows.

use super::Findings;
use crate::{
    catalogue::elements as rules,
    xml::{Element, Namespace},
};

/// Attributes that change how an element runs, and the only values each may have.
const FIXED: &[(&str, &[&str])] = &[
    ("isForCompensation", &["false", "0"]),
    ("startQuantity", &["1"]),
    ("completionQuantity", &["1"]),
    ("parallelMultiple", &["false", "0"]),
    ("isImmediate", &["true", "1"]),
];

/// The attributes an element of this name can have (BPMN 2.0.2, the XML schemas of chapters 8 and 10).
fn known(name: &str) -> &'static [&'static str] {
    match name {
        "process" => &[
            "processType",
            "isClosed",
            "isExecutable",
            "definitionalCollaborationRef",
        ],
        "startEvent" => &["parallelMultiple", "isInterrupting"],
        "intermediateCatchEvent" => &["parallelMultiple"],
        "boundaryEvent" => &["parallelMultiple", "cancelActivity", "attachedToRef"],
        "userTask" => &[
            "isForCompensation",
            "startQuantity",
            "completionQuantity",
            "default",
            "implementation",
        ],
        "serviceTask" => &[
            "isForCompensation",
            "startQuantity",
            "completionQuantity",
            "default",
            "implementation",
            "operationRef",
        ],
        "scriptTask" => &[
            "isForCompensation",
            "startQuantity",
            "completionQuantity",
            "default",
            "scriptFormat",
        ],
        "subProcess" => &[
            "isForCompensation",
            "startQuantity",
            "completionQuantity",
            "default",
            "triggeredByEvent",
        ],
        "exclusiveGateway" => &["gatewayDirection", "default"],
        "parallelGateway" => &["gatewayDirection"],
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
        if !known(&element.name).contains(&name) && !matches!(name, "id" | "name") {
            findings.report(&rules::ATTRIBUTE_UNKNOWN, element, &[&element.label(), &name]);
            continue;
        }
        let refused = match name {
            "default" => element.name != "exclusiveGateway",
            "operationRef" => true,
            _ => FIXED
                .iter()
                .any(|(fixed, only)| *fixed == name && !only.contains(&value)),
        };
        if refused {
            findings.refuse_attribute(element, name, value);
            understood = false;
        }
    }
    understood
}
