//! The process as a graph.
//!
//! petgraph holds it, privately: whoever walks a process does so by the few questions below. Nodes and flows are named
//! by ordinals, their position in the XML among all flow nodes (or sequence flows) of the process. Rows store ordinals;
//! a definition's XML never changes, so neither do they.

use std::collections::BTreeMap;

use petgraph::{
    Direction,
    graph::{DiGraph, EdgeIndex, NodeIndex as PetNode},
    visit::EdgeRef,
};

use kapok_protocol::Expression;

use crate::{Node, NodeKind, ProcessSettings};

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
    graph: DiGraph<Node, SequenceFlow>,
    by_id: BTreeMap<String, NodeIndex>,
    boundary_events: BTreeMap<NodeIndex, Vec<NodeIndex>>,
    children: BTreeMap<Option<NodeIndex>, Vec<NodeIndex>>,
}

impl ProcessGraph {
    /// Puts a process together; `nodes` and `flows` are in the order of the document, and name each other by ordinal.
    pub(crate) fn new(
        key: String,
        name: Option<String>,
        executable: bool,
        settings: ProcessSettings,
        nodes: Vec<Node>,
        flows: Vec<SequenceFlow>,
    ) -> Self {
        let mut graph = DiGraph::with_capacity(nodes.len(), flows.len());
        let mut by_id = BTreeMap::new();
        let mut boundary_events: BTreeMap<NodeIndex, Vec<NodeIndex>> = BTreeMap::new();
        let mut children: BTreeMap<Option<NodeIndex>, Vec<NodeIndex>> = BTreeMap::new();
        for node in nodes {
            let index = NodeIndex(graph.node_count() as u32);
            by_id.insert(node.id.clone(), index);
            children.entry(node.scope).or_default().push(index);
            if let NodeKind::BoundaryEvent { attached_to, .. } = node.kind {
                boundary_events.entry(attached_to).or_default().push(index);
            }
            graph.add_node(node);
        }
        for flow in flows {
            graph.add_edge(pet(flow.source), pet(flow.target), flow);
        }
        Self {
            key,
            name,
            executable,
            settings,
            graph,
            by_id,
            boundary_events,
            children,
        }
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

fn pet(index: NodeIndex) -> PetNode {
    PetNode::new(index.0 as usize)
}
