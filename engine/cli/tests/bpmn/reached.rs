//! What of BPMN a trace reaches: the nodes that were activated or completed, and what the model says they are.

use std::collections::{BTreeMap, BTreeSet};

use kapok::model::{
    Behavior, EventDefinition, MultiInstance, Node, NodeIndex, NodeKind, ProcessGraph, Repeat, SubProcess,
    TimerDefinition, Unchecked, read,
};
use kapok::protocol::Language;

use crate::scenario::{Played, Step};

/// A row of the table: the part of the table, the element, and how or where it stands.
pub type Fact = (Part, String, String);

/// The parts of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Events,
    Activities,
    Repetitions,
    Gateways,
    Flows,
    Others,
}

/// What one played model reaches.
pub fn reached(xml: &str, played: &Played) -> BTreeSet<Fact> {
    let graphs = read(xml, &Unchecked).processes;
    let mut facts = BTreeSet::new();
    for (process, nodes) in by_process(played) {
        let Some(graph) = graphs.iter().find(|graph| graph.key == process) else {
            continue;
        };
        for (index, node) in graph.nodes() {
            if nodes.contains(node.id.as_str()) {
                add_node(&mut facts, graph, index, node);
            }
        }
        add_flows(&mut facts, graph, &nodes);
    }
    facts
}

/// The ids of the nodes that were reached, by the process of their case.
fn by_process(played: &Played) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut process_of: BTreeMap<&str, &str> = BTreeMap::new();
    let mut nodes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Step {
        case, element, event, ..
    } in &played.steps
    {
        match event.as_str() {
            "started" => {
                process_of.insert(case, element);
            }
            "activated" | "completed" => {
                if let Some(process) = process_of.get(case.as_str()) {
                    nodes.entry(process).or_default().insert(element);
                }
            }
            _ => {}
        }
    }
    nodes
}

fn add(facts: &mut BTreeSet<Fact>, part: Part, element: &str, how: &str) {
    facts.insert((part, element.to_owned(), how.to_owned()));
}

fn add_node(facts: &mut BTreeSet<Fact>, graph: &ProcessGraph, index: NodeIndex, node: &Node) {
    match &node.kind {
        NodeKind::StartEvent(start) => {
            let is_event = node.scope.and_then(|scope| graph.node(scope));
            let position = match is_event.map(|around| &around.kind) {
                None => "start of a process",
                Some(NodeKind::SubProcess(SubProcess::Event)) if start.interrupting => {
                    "start of an event sub-process, interrupting"
                }
                Some(NodeKind::SubProcess(SubProcess::Event)) => "start of an event sub-process, non-interrupting",
                Some(_) => "start of a sub-process",
            };
            add_event(facts, &start.triggers, start.parallel, position);
        }
        NodeKind::EndEvent(results) => add_event(facts, results, false, "end"),
        NodeKind::IntermediateCatch(catch) => {
            add_event(facts, &catch.triggers, catch.parallel, "intermediate, catching")
        }
        NodeKind::IntermediateThrow(results) => add_event(facts, results, false, "intermediate, throwing"),
        NodeKind::BoundaryEvent {
            interrupting, catch, ..
        } => {
            let position = if *interrupting {
                "boundary, interrupting"
            } else {
                "boundary, non-interrupting"
            };
            add_event(facts, &catch.triggers, catch.parallel, position);
        }
        kind if kind.is_gateway() => add_gateway(facts, graph, index, node),
        _ => add_activity(facts, graph, index, node),
    }
    if !node.data.inputs.is_empty() && !node.kind.is_activity() {
        add(facts, Part::Others, "data into an event", "");
    }
    if !node.data.outputs.is_empty() && !node.kind.is_activity() {
        add(facts, Part::Others, "data out of an event", "");
    }
}

fn add_event(facts: &mut BTreeSet<Fact>, definitions: &[EventDefinition], parallel: bool, position: &str) {
    let name = match definitions {
        [] => "none",
        [one] => definition(one),
        _ if parallel => "parallel multiple",
        _ => "multiple",
    };
    add(facts, Part::Events, name, position);
}

fn definition(definition: &EventDefinition) -> &'static str {
    match definition {
        EventDefinition::Message(_) => "message",
        EventDefinition::Timer(TimerDefinition::Date(_)) => "timer, date",
        EventDefinition::Timer(TimerDefinition::Duration(_) | TimerDefinition::After(_)) => "timer, duration",
        EventDefinition::Timer(TimerDefinition::Cron(_)) => "timer, cron",
        EventDefinition::Timer(TimerDefinition::Cycle(_) | TimerDefinition::Every(..)) => "timer, cycle",
        EventDefinition::Signal(_) => "signal",
        EventDefinition::Error(_) => "error",
        EventDefinition::Escalation(_) => "escalation",
        EventDefinition::Condition(_) => "conditional",
        EventDefinition::Compensation { .. } => "compensation",
        EventDefinition::Link(_) => "link",
        EventDefinition::Cancel => "cancel",
        EventDefinition::Terminate => "terminate",
        EventDefinition::Record(_) => "record",
    }
}

fn add_gateway(facts: &mut BTreeSet<Fact>, graph: &ProcessGraph, index: NodeIndex, node: &Node) {
    let (ways_in, ways_out) = (graph.incoming(index).len(), graph.outgoing(index).len());
    let how = match (&node.kind, ways_in, ways_out) {
        (
            NodeKind::EventBasedGateway {
                instantiate: true,
                parallel,
            },
            ..,
        ) => {
            if *parallel {
                "instantiating, parallel"
            } else {
                "instantiating, exclusive"
            }
        }
        (_, 0 | 1, _) => "diverging",
        (_, _, 0 | 1) => "converging",
        _ => "mixed",
    };
    add(facts, Part::Gateways, node.bpmn_name, how);
    if graph.outgoing(index).iter().any(|(_, flow)| flow.is_default) {
        add(facts, Part::Gateways, node.bpmn_name, "with a default flow");
    }
}

fn add_activity(facts: &mut BTreeSet<Fact>, graph: &ProcessGraph, index: NodeIndex, node: &Node) {
    let element = match &node.kind {
        NodeKind::SubProcess(SubProcess::Event) => "event subProcess",
        NodeKind::SubProcess(SubProcess::AdHoc(ad_hoc)) if ad_hoc.sequential => "adHocSubProcess, sequential",
        NodeKind::SubProcess(SubProcess::AdHoc(_)) => "adHocSubProcess, parallel",
        _ => node.bpmn_name,
    };
    let mut hows = Vec::new();
    match node.activity.repeat.as_deref() {
        Some(Repeat::Loop { .. }) => hows.push("in a standard loop"),
        Some(Repeat::Each(each)) if each.sequential => hows.push("multi-instance, sequential"),
        Some(Repeat::Each(_)) => hows.push("multi-instance, parallel"),
        None => {}
    }
    if node.activity.is_for_compensation {
        hows.push("for compensation");
    }
    if node.activity.start_quantity > 1 {
        hows.push("start quantity");
    }
    if node.activity.completion_quantity > 1 {
        hows.push("completion quantity");
    }
    match &node.kind {
        NodeKind::UserTask(task) if task.approval.is_some() => hows.push("approval"),
        NodeKind::ReceiveTask { instantiate: true, .. } => hows.push("instantiating"),
        NodeKind::SubProcess(SubProcess::AdHoc(ad_hoc)) => {
            if ad_hoc.completion.is_some() {
                hows.push("with a completion condition");
            }
            if !ad_hoc.cancel_remaining {
                hows.push("keeps remaining instances");
            }
        }
        NodeKind::SubProcess(SubProcess::Embedded) => {
            let mut children = graph.children(Some(index));
            if !children.any(|(_, child)| matches!(child.kind, NodeKind::StartEvent(_))) {
                hows.push("without a start event");
            }
        }
        NodeKind::CallActivity(call) if call.inputs.is_some() || call.outputs.is_some() => hows.push("with mappings"),
        _ => {}
    }
    if hows.is_empty() {
        hows.push("plain");
    }
    for how in hows {
        add(facts, Part::Activities, element, how);
    }
    for (there, how) in [
        (!node.data.inputs.is_empty(), "data inputs"),
        (!node.data.outputs.is_empty(), "data outputs"),
        (!node.data.locals.is_empty(), "data and properties of its own"),
    ] {
        if there {
            add(facts, Part::Activities, "any activity", how);
        }
    }
    match node.activity.repeat.as_deref() {
        Some(Repeat::Each(each)) => add_multi_instance(facts, each),
        Some(Repeat::Loop {
            test_before,
            maximum,
            condition,
        }) => {
            let how = if *test_before { "testBefore" } else { "tested after" };
            add(facts, Part::Repetitions, "standardLoopCharacteristics", how);
            if maximum.is_some() {
                add(facts, Part::Repetitions, "standardLoopCharacteristics", "loopMaximum");
            }
            if condition.is_some() {
                add(facts, Part::Repetitions, "standardLoopCharacteristics", "loopCondition");
            }
        }
        None => {}
    }
    // A compensation event is no step of its own: what it leads to is.
    let handles =
        |event: &Node| matches!(event.kind, NodeKind::BoundaryEvent { handler: Some(handler), .. } if handler == index);
    if graph.nodes().any(|(_, event)| handles(event)) {
        add(facts, Part::Events, "compensation", "boundary");
    }
}

fn add_multi_instance(facts: &mut BTreeSet<Fact>, each: &MultiInstance) {
    let order = if each.sequential { "sequential" } else { "parallel" };
    let mut tell = |how: &str| add(facts, Part::Repetitions, "multiInstanceLoopCharacteristics", how);
    if each.cardinality.is_some() {
        tell(&format!("{order}, loopCardinality"));
    }
    if each.collection.is_some() {
        tell(&format!("{order}, loopDataInputRef"));
    }
    if each.output.is_some() {
        tell("loopDataOutputRef");
    }
    if each.completion.is_some() {
        tell(&format!("{order}, completionCondition"));
    }
    match each.behavior {
        Behavior::All => tell("behavior All"),
        Behavior::One(_) => tell("behavior One"),
        Behavior::None(_) => tell("behavior None"),
        Behavior::Complex(_) => tell("behavior Complex"),
    }
}

fn language(language: Language) -> &'static str {
    match language {
        Language::Filter => "in condition rows",
        Language::Rhai => "in rhai",
        Language::Juel => "in JUEL",
        Language::Feel => "in FEEL",
    }
}

/// Flows between nodes that were both reached, where only a condition or its absence leads on.
fn add_flows(facts: &mut BTreeSet<Fact>, graph: &ProcessGraph, nodes: &BTreeSet<&str>) {
    for (_, flow) in graph.flows() {
        let (Some(source), Some(target)) = (graph.node(flow.source), graph.node(flow.target)) else {
            continue;
        };
        let only_way = graph.incoming(flow.target).len() == 1;
        if !only_way || !nodes.contains(source.id.as_str()) || !nodes.contains(target.id.as_str()) {
            continue;
        }
        let from = if source.kind.is_gateway() {
            source.bpmn_name
        } else {
            "an activity"
        };
        if flow.is_default {
            add(facts, Part::Flows, "default flow", &format!("from {from}"));
        }
        if let Some(condition) = &flow.condition {
            add(facts, Part::Flows, "conditional flow", &format!("from {from}"));
            add(facts, Part::Flows, "conditional flow", language(condition.language));
        }
    }
}
