//! Events and what they wait for or do (BPMN 2.0.2, 10.5).

use super::{Kind, boolean, common, kind, leads_loosely_to, leads_to, many, one, refers, text};

pub(super) const KINDS: &[Kind] = &[
    common("anyEvent", "flowNode", &[], &[many("property")]),
    common(
        "catchEvent",
        "anyEvent",
        &[boolean("parallelMultiple")],
        &[
            many("dataOutput"),
            many("dataOutputAssociation"),
            one("outputSet"),
            many("eventDefinition"),
            leads_to(many("eventDefinitionRef"), &["eventDefinition"]),
        ],
    ),
    common(
        "throwEvent",
        "anyEvent",
        &[],
        &[
            many("dataInput"),
            many("dataInputAssociation"),
            one("inputSet"),
            many("eventDefinition"),
            leads_to(many("eventDefinitionRef"), &["eventDefinition"]),
        ],
    ),
    kind("startEvent", "catchEvent", &[boolean("isInterrupting")], &[]),
    kind("intermediateCatchEvent", "catchEvent", &[], &[]),
    kind(
        "boundaryEvent",
        "catchEvent",
        &[boolean("cancelActivity"), text("attachedToRef")],
        &[],
    ),
    kind("endEvent", "throwEvent", &[], &[]),
    kind("intermediateThrowEvent", "throwEvent", &[], &[]),
    kind("implicitThrowEvent", "throwEvent", &[], &[]),
    // What a behavior of a multi-instance throws: no node of a flow, though it has all that a throwing event has.
    kind(
        "event",
        "baseElement",
        &[],
        &[
            many("property"),
            many("dataInput"),
            many("dataInputAssociation"),
            one("inputSet"),
            many("eventDefinition"),
            leads_to(many("eventDefinitionRef"), &["eventDefinition"]),
        ],
    ),
    common("eventDefinition", "rootElement", &[], &[]),
    kind("cancelEventDefinition", "eventDefinition", &[], &[]),
    kind(
        "compensateEventDefinition",
        "eventDefinition",
        &[boolean("waitForCompletion"), refers("activityRef", &["activity"])],
        &[],
    ),
    kind(
        "conditionalEventDefinition",
        "eventDefinition",
        &[],
        // What it is empty of is said of the event.
        &[one("condition")],
    ),
    kind("errorEventDefinition", "eventDefinition", &[text("errorRef")], &[]),
    kind(
        "escalationEventDefinition",
        "eventDefinition",
        &[refers("escalationRef", &["escalation"])],
        &[],
    ),
    kind(
        "linkEventDefinition",
        "eventDefinition",
        &[],
        &[
            leads_loosely_to(many("source"), &["linkEventDefinition", "throwEvent"]),
            leads_loosely_to(one("target"), &["linkEventDefinition", "catchEvent"]),
        ],
    ),
    kind(
        "messageEventDefinition",
        "eventDefinition",
        &[refers("messageRef", &["message"])],
        &[leads_loosely_to(one("operationRef"), &["operation"])],
    ),
    kind(
        "signalEventDefinition",
        "eventDefinition",
        &[refers("signalRef", &["signal"])],
        &[],
    ),
    kind("terminateEventDefinition", "eventDefinition", &[], &[]),
    kind(
        "timerEventDefinition",
        "eventDefinition",
        &[],
        // How many there must be is said of the event.
        &[many("timeDate"), many("timeDuration"), many("timeCycle")],
    ),
];
