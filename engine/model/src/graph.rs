//! The process as a graph.
//!
//! petgraph holds it, privately: whoever walks a process does so by the few questions below. Nodes and flows are named
//! by ordinals, their position in the XML among all flow nodes (or sequence flows) of the process. Rows store ordinals;
//! a definition's XML never changes, so neither do they.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use petgraph::{
    Direction,
    graph::{DiGraph, EdgeIndex, NodeIndex as PetNode},
    visit::EdgeRef,
};

use kapok_protocol::Expression;

use crate::{
    EventDefinition, Node, NodeKind, ProcessSettings, StartEvent, SubProcess,
    ways::{Ways, WaysInto},
};

/// The ordinal of a flow node in its process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub u32);

/// The ordinal of a sequence flow in its process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowIndex(pub u32);

/// A sequence flow (BPMN 2.0.2, 8.4.13).
#[derive(Debug, Clone, PartialEq)]
pub struct SequenceFlow {
    /// Its BPMN id.
    pub id: String,
    /// Its name as drawn.
    pub name: Option<String>,
    /// Its line in the XML, from 1.
    pub line: u32,
    /// Where it comes from.
    pub source: NodeIndex,
    /// Where it leads.
    pub target: NodeIndex,
    /// When it is taken.
    pub condition: Option<Expression>,
    /// Whether it is its source's default flow.
    pub is_default: bool,
}

/// A process that can be run.
#[derive(Debug, Clone)]
pub struct ProcessGraph {
    /// The process's BPMN id, by which it is known across versions.
    pub key: String,
    /// Its name.
    pub name: Option<String>,
    /// Whether the model says it is meant to be run.
    pub executable: bool,
    /// What only Kapok has.
    pub settings: ProcessSettings,
    /// The label of this version that its author gave it, to be called by.
    pub version_tag: Option<String>,
    /// Variables that the process declares (properties, data objects), empty at first.
    pub locals: Vec<String>,
    graph: DiGraph<Node, SequenceFlow>,
    by_id: BTreeMap<String, NodeIndex>,
    flow_ids: BTreeMap<String, FlowIndex>,
    boundary_events: BTreeMap<NodeIndex, Vec<NodeIndex>>,
    children: BTreeMap<Option<NodeIndex>, Vec<NodeIndex>>,
    handlers: BTreeMap<NodeIndex, NodeIndex>,
    /// Scopes with a gateway that looks upstream.
    upstream: BTreeSet<Option<NodeIndex>>,
    /// Activities that something can undo, and everything around them.
    undoable: BTreeSet<NodeIndex>,
    ways: Ways,
}

/// What a process is made of. Nodes and flows are in the order of the document, and name each other by ordinal.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    pub(crate) executable: bool,
    pub(crate) settings: ProcessSettings,
    pub(crate) version_tag: Option<String>,
    pub(crate) locals: Vec<String>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) flows: Vec<SequenceFlow>,
}

impl ProcessGraph {
    /// Puts a process together.
    pub(crate) fn new(parts: Parts) -> Self {
        let mut graph = DiGraph::with_capacity(parts.nodes.len(), parts.flows.len());
        let mut by_id = BTreeMap::new();
        let mut flow_ids = BTreeMap::new();
        let mut boundary_events: BTreeMap<NodeIndex, Vec<NodeIndex>> = BTreeMap::new();
        let mut children: BTreeMap<Option<NodeIndex>, Vec<NodeIndex>> = BTreeMap::new();
        for node in parts.nodes {
            let index = NodeIndex(graph.node_count() as u32);
            by_id.insert(node.id.clone(), index);
            children.entry(node.scope).or_default().push(index);
            if let NodeKind::BoundaryEvent { attached_to, .. } = node.kind {
                boundary_events.entry(attached_to).or_default().push(index);
            }
            graph.add_node(node);
        }
        for flow in parts.flows {
            flow_ids.insert(flow.id.clone(), FlowIndex(graph.edge_count() as u32));
            graph.add_edge(pet(flow.source), pet(flow.target), flow);
        }
        Self {
            key: parts.key,
            name: parts.name,
            executable: parts.executable,
            settings: parts.settings,
            version_tag: parts.version_tag,
            locals: parts.locals,
            graph,
            by_id,
            flow_ids,
            boundary_events,
            children,
            handlers: BTreeMap::new(),
            upstream: BTreeSet::new(),
            undoable: BTreeSet::new(),
            ways: Ways::default(),
        }
        .with_derived()
    }

    /// Finds out once what would otherwise be looked for at each step.
    fn with_derived(mut self) -> Self {
        let mut handlers = BTreeMap::new();
        let mut upstream = BTreeSet::new();
        let mut undone = Vec::new();
        for (index, node) in self.nodes() {
            match &node.kind {
                NodeKind::BoundaryEvent {
                    attached_to,
                    handler: Some(handler),
                    ..
                } => {
                    handlers.insert(*attached_to, *handler);
                    undone.push(*attached_to);
                }
                NodeKind::StartEvent(start)
                    if start
                        .triggers
                        .iter()
                        .any(|trigger| matches!(trigger, EventDefinition::Compensation { .. })) =>
                {
                    // The event sub-process undoes the sub-process around it.
                    undone.extend(node.scope.and_then(|event| self.node(event)?.scope));
                }
                NodeKind::InclusiveGateway | NodeKind::ComplexGateway { .. } if self.incoming(index).len() > 1 => {
                    upstream.insert(node.scope);
                }
                _ => {}
            }
        }
        let mut undoable = BTreeSet::new();
        for activity in undone {
            let mut next = Some(activity);
            while let Some(index) = next.filter(|index| undoable.insert(*index)) {
                next = self.node(index).and_then(|node| node.scope);
            }
        }
        self.handlers = handlers;
        self.upstream = upstream;
        self.undoable = undoable;
        self
    }

    /// The activity that undoes an activity (10.7.1).
    pub fn compensation_handler(&self, activity: NodeIndex) -> Option<NodeIndex> {
        self.handlers.get(&activity).copied()
    }

    /// Whether something can undo the activity, or something in it.
    pub fn can_be_undone(&self, activity: NodeIndex) -> bool {
        self.undoable.contains(&activity)
    }

    /// Whether a gateway in the scope waits for what can still come, so that it must be known where tokens stand.
    pub fn looks_upstream(&self, scope: Option<NodeIndex>) -> bool {
        self.upstream.contains(&scope)
    }

    /// The node with this ordinal.
    pub fn node(&self, index: NodeIndex) -> Option<&Node> {
        self.graph.node_weight(pet(index))
    }

    /// The ordinal of the node with this BPMN id.
    pub fn find(&self, id: &str) -> Option<NodeIndex> {
        self.by_id.get(id).copied()
    }

    /// The sequence flow with this ordinal.
    pub fn flow(&self, index: FlowIndex) -> Option<&SequenceFlow> {
        self.graph.edge_weight(EdgeIndex::new(index.0 as usize))
    }

    /// All nodes, in the order of the document.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeIndex, &Node)> {
        self.graph
            .node_indices()
            .map(|index| (NodeIndex(index.index() as u32), &self.graph[index]))
    }

    /// All sequence flows, in the order of the document.
    pub fn flows(&self) -> impl Iterator<Item = (FlowIndex, &SequenceFlow)> {
        self.graph
            .edge_indices()
            .map(|index| (FlowIndex(index.index() as u32), &self.graph[index]))
    }

    /// The flows that leave a node, in the order of the document: the order in which conditions are tried.
    pub fn outgoing(&self, node: NodeIndex) -> Vec<(FlowIndex, &SequenceFlow)> {
        self.edges(node, Direction::Outgoing)
    }

    /// The flows that enter a node, in the order of the document.
    pub fn incoming(&self, node: NodeIndex) -> Vec<(FlowIndex, &SequenceFlow)> {
        self.edges(node, Direction::Incoming)
    }

    /// The boundary events attached to an activity.
    pub fn boundary_events(&self, activity: NodeIndex) -> &[NodeIndex] {
        self.boundary_events.get(&activity).map_or(&[], Vec::as_slice)
    }

    /// The nodes drawn directly in a scope: a sub-process, or the process itself (`None`).
    pub fn children(&self, scope: Option<NodeIndex>) -> impl Iterator<Item = (NodeIndex, &Node)> {
        let children = self.children.get(&scope).map_or(&[][..], Vec::as_slice);
        children.iter().map(|index| (*index, &self.graph[pet(*index)]))
    }

    /// Where a scope begins when its parent does: at its none start events, or, when it has no start event at all, at
    /// everything that nothing leads to (10.3.5, 10.4.3).
    pub fn entries(&self, scope: Option<NodeIndex>) -> Vec<NodeIndex> {
        let mut starts = Vec::new();
        let mut has_start = false;
        let mut loose = Vec::new();
        for (index, node) in self.children(scope) {
            match &node.kind {
                NodeKind::StartEvent(start) => {
                    has_start = true;
                    if start.is_none() {
                        starts.push(index);
                    }
                }
                NodeKind::BoundaryEvent { .. } | NodeKind::SubProcess(SubProcess::Event) => {}
                NodeKind::IntermediateCatch(catch) if is_link(&catch.triggers) => {}
                _ if node.activity.is_for_compensation || self.instantiates(index) => {}
                _ if self.incoming(index).is_empty() => loose.push(index),
                _ => {}
            }
        }
        if has_start { starts } else { loose }
    }

    /// Whether a case can begin at the node because of what happens outside: a receive task, or an event-based gateway.
    pub fn instantiates(&self, node: NodeIndex) -> bool {
        matches!(
            self.node(node).map(|node| &node.kind),
            Some(
                NodeKind::ReceiveTask { instantiate: true, .. } | NodeKind::EventBasedGateway { instantiate: true, .. }
            )
        )
    }

    /// The event sub-processes of a scope, and the start event of each.
    pub fn event_sub_processes(
        &self,
        scope: Option<NodeIndex>,
    ) -> impl Iterator<Item = (NodeIndex, NodeIndex, &StartEvent)> {
        self.children(scope)
            .filter(|(_, node)| matches!(node.kind, NodeKind::SubProcess(SubProcess::Event)))
            .filter_map(|(index, _)| {
                let (start, event) = self
                    .children(Some(index))
                    .find_map(|(start, child)| match &child.kind {
                        NodeKind::StartEvent(event) => Some((start, event)),
                        _ => None,
                    })?;
                Some((index, start, event))
            })
    }

    /// Where a link of this name comes out in a scope.
    pub fn link_target(&self, scope: Option<NodeIndex>, name: &str) -> Option<NodeIndex> {
        self.children(scope).find_map(|(index, node)| match &node.kind {
            NodeKind::IntermediateCatch(catch) => catch
                .triggers
                .iter()
                .any(|trigger| matches!(trigger, EventDefinition::Link(link) if link == name))
                .then_some(index),
            _ => None,
        })
    }

    /// The ordinal of the flow with this BPMN id.
    pub fn find_flow(&self, id: &str) -> Option<FlowIndex> {
        self.flow_ids.get(id).copied()
    }

    /// Which ways lead into a gateway, for those that look upstream (13.4.3).
    pub fn ways_into(&self, gateway: NodeIndex) -> Arc<WaysInto> {
        self.ways.leading_into(self, gateway)
    }

    fn edges(&self, node: NodeIndex, direction: Direction) -> Vec<(FlowIndex, &SequenceFlow)> {
        let mut flows: Vec<_> = self
            .graph
            .edges_directed(pet(node), direction)
            .map(|edge| (FlowIndex(edge.id().index() as u32), edge.weight()))
            .collect();
        flows.sort_by_key(|(index, _)| *index);
        flows
    }
}

fn is_link(triggers: &[EventDefinition]) -> bool {
    triggers
        .iter()
        .any(|trigger| matches!(trigger, EventDefinition::Link(_)))
}

fn pet(index: NodeIndex) -> PetNode {
    PetNode::new(index.0 as usize)
}
