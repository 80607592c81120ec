//! Processes, activities and gateways (BPMN 2.0.2, 10.2, 10.3, 10.6–10.8).

use super::{Kind, Value, attribute, boolean, common, kind, leads_loosely_to, many, one, refers, refers_loosely, text};

pub(super) const KINDS: &[Kind] = &[
    common(
        "callableElement",
        "rootElement",
        &[],
        &[
            leads_loosely_to(many("supportedInterfaceRef"), &["interface"]),
            one("ioSpecification"),
            many("ioBinding"),
        ],
    ),
    kind(
        "ioBinding",
        "baseElement",
        &[
            refers_loosely("operationRef", &["operation"]),
            refers_loosely("inputDataRef", &["inputSet"]),
            refers_loosely("outputDataRef", &["outputSet"]),
        ],
        &[],
    ),
    kind(
        "process",
        "callableElement",
        &[
            attribute("processType", Value::Idle(&["None", "Public", "Private"])),
            boolean("isClosed"),
            boolean("isExecutable"),
            refers_loosely("definitionalCollaborationRef", &["collaboration"]),
        ],
        &[
            one("auditing"),
            one("monitoring"),
            many("property"),
            many("laneSet"),
            many("flowElement"),
            many("artifact"),
            many("resourceRole"),
            many("correlationSubscription"),
            leads_loosely_to(many("supports"), &["process"]),
        ],
    ),
    kind("globalTask", "callableElement", &[], &[many("resourceRole")]),
    kind(
        "globalUserTask",
        "globalTask",
        &[text("implementation")],
        &[many("rendering")],
    ),
    kind("globalManualTask", "globalTask", &[], &[]),
    kind(
        "globalScriptTask",
        "globalTask",
        &[text("scriptLanguage")],
        &[one("script")],
    ),
    kind("globalBusinessRuleTask", "globalTask", &[text("implementation")], &[]),
    common(
        "flowElement",
        "baseElement",
        &[],
        &[
            one("auditing"),
            one("monitoring"),
            leads_loosely_to(many("categoryValueRef"), &["categoryValue"]),
        ],
    ),
    kind(
        "sequenceFlow",
        "flowElement",
        &[text("sourceRef"), text("targetRef"), boolean("isImmediate")],
        &[one("conditionExpression")],
    ),
    common(
        "flowNode",
        "flowElement",
        &[],
        &[
            // Compared with the flows themselves.
            leads_loosely_to(many("incoming"), &[]),
            leads_loosely_to(many("outgoing"), &[]),
        ],
    ),
    common(
        "gateway",
        "flowNode",
        &[attribute(
            "gatewayDirection",
            Value::Idle(&["Unspecified", "Converging", "Diverging", "Mixed"]),
        )],
        &[],
    ),
    kind("exclusiveGateway", "gateway", &[text("default")], &[]),
    kind("inclusiveGateway", "gateway", &[text("default")], &[]),
    kind(
        "complexGateway",
        "gateway",
        &[text("default")],
        &[one("activationCondition")],
    ),
    kind("parallelGateway", "gateway", &[], &[]),
    kind(
        "eventBasedGateway",
        "gateway",
        &[
            boolean("instantiate"),
            attribute("eventGatewayType", Value::OneOf(&["Exclusive", "Parallel"])),
        ],
        &[],
    ),
    common(
        "activity",
        "flowNode",
        &[
            boolean("isForCompensation"),
            attribute("startQuantity", Value::AtLeast(1)),
            attribute("completionQuantity", Value::AtLeast(1)),
            text("default"),
        ],
        &[
            one("ioSpecification"),
            many("property"),
            many("dataInputAssociation"),
            many("dataOutputAssociation"),
            many("resourceRole"),
            one("loopCharacteristics"),
        ],
    ),
    kind("task", "activity", &[], &[]),
    kind(
        "sendTask",
        "task",
        &[
            text("implementation"),
            refers("messageRef", &["message"]),
            refers("operationRef", &["operation"]),
        ],
        &[],
    ),
    kind(
        "receiveTask",
        "task",
        &[
            text("implementation"),
            boolean("instantiate"),
            refers("messageRef", &["message"]),
            refers("operationRef", &["operation"]),
        ],
        &[],
    ),
    kind(
        "serviceTask",
        "task",
        &[text("implementation"), refers("operationRef", &["operation"])],
        &[],
    ),
    kind("userTask", "task", &[text("implementation")], &[many("rendering")]),
    kind("manualTask", "task", &[], &[]),
    kind("scriptTask", "task", &[text("scriptFormat")], &[one("script")]),
    kind("script", "", &[], &[]),
    kind("businessRuleTask", "task", &[text("implementation")], &[]),
    kind("callActivity", "activity", &[text("calledElement")], &[]),
    kind(
        "subProcess",
        "activity",
        &[boolean("triggeredByEvent")],
        &[many("laneSet"), many("flowElement"), many("artifact")],
    ),
    kind("transaction", "subProcess", &[text("method")], &[]),
    kind(
        "adHocSubProcess",
        "subProcess",
        &[
            boolean("cancelRemainingInstances"),
            attribute("ordering", Value::OneOf(&["Parallel", "Sequential"])),
        ],
        &[one("completionCondition")],
    ),
    common("loopCharacteristics", "baseElement", &[], &[]),
    kind(
        "standardLoopCharacteristics",
        "loopCharacteristics",
        &[boolean("testBefore"), attribute("loopMaximum", Value::AtLeast(0))],
        &[one("loopCondition")],
    ),
    kind(
        "multiInstanceLoopCharacteristics",
        "loopCharacteristics",
        &[
            boolean("isSequential"),
            attribute("behavior", Value::OneOf(&["None", "One", "All", "Complex"])),
            refers("oneBehaviorEventRef", &["eventDefinition"]),
            refers("noneBehaviorEventRef", &["eventDefinition"]),
        ],
        &[
            one("loopCardinality"),
            one("loopDataInputRef"),
            one("loopDataOutputRef"),
            one("inputDataItem"),
            one("outputDataItem"),
            many("complexBehaviorDefinition"),
            one("completionCondition"),
        ],
    ),
    // Each leads to data, or is simply the name of a variable.
    kind("loopDataInputRef", "", &[], &[]),
    kind("loopDataOutputRef", "", &[], &[]),
    kind(
        "complexBehaviorDefinition",
        "baseElement",
        &[],
        &[one("condition"), one("event")],
    ),
    kind("laneSet", "baseElement", &[], &[many("lane")]),
    kind("childLaneSet", "laneSet", &[], &[]),
    kind(
        "lane",
        "baseElement",
        &[refers_loosely("partitionElementRef", &["baseElement"])],
        &[
            one("partitionElement"),
            // Resolved when lanes are read.
            leads_loosely_to(many("flowNodeRef"), &[]),
            one("childLaneSet"),
        ],
    ),
    kind("partitionElement", "baseElement", &[], &[]),
];
