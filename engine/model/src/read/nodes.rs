//! What a flow node is, and what may stand in it.

use std::collections::BTreeSet;

use super::{
    Context, Reported, attributes,
    data::read_data,
    dialects,
    drawing::Drawing,
    events, gateways,
    global_tasks::task_name,
    people::ROLES,
    repeat::read_repeat,
    sub_processes::{SUB_PROCESSES, read_sub_process},
    tasks,
};
use crate::{Activity, Data, Listener, NodeKind, xml::Element};

/// Drawn around the flow; what they mean for it is read by those whom they belong to.
pub(super) const ARTIFACTS: &[&str] = &[
    "association",
    "correlationSubscription",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "group",
    "ioSpecification",
    "laneSet",
    "property",
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
    "ioBinding",
    "monitoring",
    "outgoing",
    "supportedInterfaceRef",
];

/// Understood in every activity.
const OF_ACTIVITIES: &[&str] = &[
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioSpecification",
    "multiInstanceLoopCharacteristics",
    "property",
    "standardLoopCharacteristics",
];

/// Understood in every event.
const OF_EVENTS: &[&str] = &[
    "dataInput",
    "dataInputAssociation",
    "dataOutput",
    "dataOutputAssociation",
    "inputSet",
    "outputSet",
    "property",
];

/// Says how a step is shown, or who does a step that nobody does. Leaving it out changes nothing; the author is told.
const NOT_CARRIED_OUT: &[&str] = &[
    "humanPerformer",
    "performer",
    "potentialOwner",
    "rendering",
    "resourceRole",
];

/// The flow nodes that can be run.
const RUN: &[&str] = &[
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
    "task",
    "manualTask",
    "userTask",
    "scriptTask",
    "serviceTask",
    "businessRuleTask",
    "sendTask",
    "receiveTask",
    "callActivity",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "eventBasedGateway",
    "complexGateway",
    "subProcess",
    "transaction",
    "adHocSubProcess",
    "globalTask",
    "globalManualTask",
    "globalUserTask",
    "globalScriptTask",
    "globalBusinessRuleTask",
];

/// Whether flow nodes of this name can be run.
pub(super) fn is_supported(name: &str) -> bool {
    bpmn_name(name).is_some()
}

/// The name of a flow node's element, when it can be run.
pub(super) fn bpmn_name(name: &str) -> Option<&'static str> {
    RUN.iter().copied().find(|run| *run == name)
}

/// Whether a sub-process is started by an event in it (BPMN 2.0.2, 10.3.5).
pub(super) fn is_event_sub_process(sub_process: &Element) -> bool {
    matches!(sub_process.stated("triggeredByEvent"), Some("true" | "1"))
}

/// What was read of a flow node.
#[derive(Debug)]
pub(super) struct ReadNode {
    pub(super) kind: NodeKind,
    pub(super) activity: Activity,
    pub(super) data: Data,
    pub(super) listeners: Vec<Listener>,
}

/// Reads a node; `None`, and a finding, when it cannot be run.
pub(super) fn read_node<'a>(
    element: &'a Element,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Option<ReadNode> {
    attributes::check(element, &mut context.findings);
    let understood = check_children(element, context);
    let mut data = read_data(element, context);
    let activity = if is_activity(&element.name) {
        read_activity(element, &mut data, drawing, context)
    } else {
        Ok(Activity::default())
    };
    if element.name != "callActivity" {
        dialects::read_data(element, &mut data, context);
    }
    let kind = read_kind(element, &mut data, drawing, context).filter(|_| understood)?;
    Some(ReadNode {
        kind,
        activity: activity.ok()?,
        data,
        listeners: dialects::read_listeners(element, context),
    })
}

fn read_kind<'a>(
    element: &'a Element,
    data: &mut Data,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Option<NodeKind> {
    Some(match task_name(&element.name) {
        "startEvent" => events::read_start(element, drawing, context)?,
        "endEvent" => events::read_end(element, drawing, context)?,
        "intermediateCatchEvent" => events::read_catch(element, drawing, context)?,
        "intermediateThrowEvent" => events::read_throw(element, drawing, context)?,
        "boundaryEvent" => events::read_boundary(element, drawing, context)?,
        "task" | "manualTask" => NodeKind::Task,
        "userTask" => tasks::read_user_task(element, drawing, context),
        "scriptTask" => tasks::read_script_task(element, context),
        "serviceTask" => tasks::read_service_task(element, context),
        "businessRuleTask" => tasks::read_business_rule_task(element, context),
        "sendTask" => tasks::read_send_task(element, context)?,
        "receiveTask" => tasks::read_receive_task(element, context)?,
        "callActivity" => tasks::read_call_activity(element, data, context)?,
        "exclusiveGateway" => NodeKind::ExclusiveGateway,
        "parallelGateway" => NodeKind::ParallelGateway,
        "inclusiveGateway" => NodeKind::InclusiveGateway,
        "eventBasedGateway" => gateways::read_event_based(element, context),
        "complexGateway" => gateways::read_complex(element, context),
        _ => read_sub_process(element, context),
    })
}

/// Whether elements of this name are activities.
pub(super) fn is_activity(name: &str) -> bool {
    let name = task_name(name);
    name.ends_with("Task") || name == "task" || name == "callActivity" || SUB_PROCESSES.contains(&name)
}

fn read_activity<'a>(
    element: &'a Element,
    data: &mut Data,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Result<Activity, Reported> {
    let mut quantity = |name: &str| {
        let Some(text) = element.stated(name) else { return 1 };
        text.parse().ok().filter(|quantity| *quantity > 0).unwrap_or_else(|| {
            context.faulty_attribute(element, element.line, name, text);
            1
        })
    };
    Ok(Activity {
        start_quantity: quantity("startQuantity"),
        completion_quantity: quantity("completionQuantity"),
        is_for_compensation: context.flag(element, element, "isForCompensation", false),
        repeat: read_repeat(element, data, drawing, context)?.map(Box::new),
    })
}

fn check_children(element: &Element, context: &mut Context<'_>) -> bool {
    if SUB_PROCESSES.contains(&element.name.as_str()) {
        // Its children are the nodes of a scope, and were looked at as such.
        return true;
    }
    let kind = task_name(&element.name);
    let mut understood = true;
    let mut told = BTreeSet::new();
    for child in element.bpmn_children() {
        let name = child.name.as_str();
        let of_this_kind = match kind {
            "scriptTask" => name == "script",
            "userTask" => ROLES.contains(&name),
            "complexGateway" => name == "activationCondition",
            _ => false,
        };
        let of_this_sort = if kind.ends_with("Event") {
            events::is_definition(child) || OF_EVENTS.contains(&name)
        } else {
            is_activity(kind) && OF_ACTIVITIES.contains(&name)
        };
        if of_this_kind || of_this_sort || (NOT_CARRIED_OUT.contains(&name) && told.contains(name)) {
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
    let told = NOT_CARRIED_OUT.contains(&name);
    if told {
        context.not_carried_out(parent, child.line, name);
    }
    told
}
