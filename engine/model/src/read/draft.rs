//! A process while it is read: possibly faulty, each part beside the XML it came from.

use kapok_protocol::Expression;

use crate::{
    Activity, Data, Listener, Node, NodeIndex, NodeKind, ProcessGraph, ProcessSettings, SequenceFlow, graph::Parts,
    xml::Element,
};

/// A flow node as read.
#[derive(Debug)]
pub(crate) struct DraftNode<'a> {
    pub(crate) element: &'a Element,
    /// The position of the sub-process it is drawn in.
    pub(crate) scope: Option<usize>,
    /// What it is; `None` when it cannot be run, which was reported.
    pub(crate) kind: Option<NodeKind>,
    pub(crate) activity: Activity,
    pub(crate) data: Data,
    pub(crate) listeners: Vec<Listener>,
}

impl<'a> DraftNode<'a> {
    /// A node that is found and not read yet.
    pub(crate) fn new(element: &'a Element, scope: Option<usize>) -> Self {
        Self {
            element,
            scope,
            kind: None,
            activity: Activity::default(),
            data: Data::default(),
            listeners: Vec::new(),
        }
    }
}

/// A sequence flow as read; both ends are there.
#[derive(Debug)]
pub(crate) struct DraftFlow<'a> {
    pub(crate) element: &'a Element,
    /// Its id, or one made of what it connects: in XML it needs none.
    pub(crate) id: String,
    pub(crate) source: usize,
    pub(crate) target: usize,
    pub(crate) condition: Option<Expression>,
    pub(crate) is_default: bool,
}

/// A process as read.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) process: &'a Element,
    pub(crate) settings: ProcessSettings,
    pub(crate) version_tag: Option<String>,
    /// Variables that the process declares.
    pub(crate) locals: Vec<String>,
    pub(crate) nodes: Vec<DraftNode<'a>>,
    pub(crate) flows: Vec<DraftFlow<'a>>,
    /// The flows that leave each node, in the order of the document.
    pub(crate) outgoing: Vec<Vec<usize>>,
    /// The flows that enter each node, in the order of the document.
    pub(crate) incoming: Vec<Vec<usize>>,
    /// The boundary events of each node.
    pub(crate) boundary_events: Vec<Vec<usize>>,
    /// Whether every node and flow of the drawing is here and is understood. Otherwise nothing can be said about ways
    /// through the process.
    pub(crate) complete: bool,
}

impl<'a> Draft<'a> {
    /// What people call a node.
    pub(crate) fn label(&self, node: usize) -> &'a str {
        self.nodes[node].element.label()
    }

    /// What people call a flow: its name, or what it connects.
    pub(crate) fn flow_label(&self, flow: usize) -> String {
        let flow = &self.flows[flow];
        match flow.element.drawn_name() {
            Some(name) => name.to_owned(),
            None => format!("{} → {}", self.label(flow.source), self.label(flow.target)),
        }
    }

    /// The nodes drawn directly in each scope: first those of the process, then those of each node in turn.
    pub(crate) fn scopes(&self) -> Vec<(Option<usize>, Vec<usize>)> {
        let mut scopes: Vec<(Option<usize>, Vec<usize>)> = std::iter::once(None)
            .chain((0..self.nodes.len()).map(Some))
            .map(|scope| (scope, Vec::new()))
            .collect();
        for (position, node) in self.nodes.iter().enumerate() {
            scopes[node.scope.map_or(0, |scope| scope + 1)].1.push(position);
        }
        scopes.retain(|(scope, _)| {
            scope.is_none_or(|scope| matches!(self.nodes[scope].kind, Some(NodeKind::SubProcess(_))))
        });
        scopes
    }

    /// The process, if every part of it is understood.
    pub(crate) fn into_graph(self, executable: bool) -> Option<ProcessGraph> {
        if !self.complete {
            return None;
        }
        let nodes = self
            .nodes
            .into_iter()
            .map(|node| {
                Some(Node {
                    id: node.element.id()?.to_owned(),
                    name: node.element.drawn_name().map(str::to_owned),
                    line: node.element.line,
                    scope: node.scope.map(node_index),
                    bpmn_name: super::nodes::bpmn_name(&node.element.name)?,
                    kind: node.kind?,
                    activity: node.activity,
                    data: node.data,
                    listeners: node.listeners,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let flows = self
            .flows
            .into_iter()
            .map(|flow| {
                Some(SequenceFlow {
                    id: flow.id,
                    name: flow.element.drawn_name().map(str::to_owned),
                    line: flow.element.line,
                    source: node_index(flow.source),
                    target: node_index(flow.target),
                    condition: flow.condition,
                    is_default: flow.is_default,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let key = self.process.id()?.to_owned();
        let name = self.process.drawn_name().map(str::to_owned);
        Some(ProcessGraph::new(Parts {
            key,
            name,
            executable,
            settings: self.settings,
            version_tag: self.version_tag,
            locals: self.locals,
            nodes,
            flows,
        }))
    }
}

/// The ordinal of a position; there are at most 200,000.
pub(crate) fn node_index(position: usize) -> NodeIndex {
    NodeIndex(position as u32)
}
