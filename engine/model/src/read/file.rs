//! Where everything in a file is, so that references can be followed.

use std::collections::BTreeMap;

use super::{collaboration::MessageFlows, correlation::Correlations, local_part};
use crate::xml::{Dialect, Element, Namespace};

/// An element with an id, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    pub(crate) element: &'a Element,
    /// The process it is in.
    pub(crate) process: Option<&'a Element>,
}

/// What the readers look up in the whole file.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(crate) root: &'a Element,
    elements: BTreeMap<&'a str, Placed<'a>>,
    /// Whether it is a file of Flowable or Activiti, for which processes are meant to be run unless they say no.
    pub(crate) runs_by_default: bool,
    /// What associations connect with what, both ways.
    associations: BTreeMap<&'a str, Vec<&'a str>>,
    /// By which values messages find their cases.
    pub(crate) correlations: Correlations<'a>,
    /// What is drawn between pools.
    pub(crate) message_flows: MessageFlows<'a>,
}

impl<'a> File<'a> {
    pub(crate) fn of(root: &'a Element) -> Self {
        let mut file = Self {
            root,
            elements: BTreeMap::new(),
            runs_by_default: false,
            associations: BTreeMap::new(),
            correlations: Correlations::default(),
            message_flows: MessageFlows::default(),
        };
        let mut waiting: Vec<(&Element, Option<&Element>)> = root.bpmn_children().map(|child| (child, None)).collect();
        waiting.reverse();
        while let Some((element, process)) = waiting.pop() {
            if element.name == "extensionElements" {
                continue;
            }
            let attributes = element.attributes.iter().map(|attribute| &attribute.namespace);
            file.runs_by_default |= attributes
                .chain(element.extensions().map(|setting| &setting.namespace))
                .any(|namespace| matches!(namespace, Namespace::Dialect(Dialect::Flowable | Dialect::Activiti)));
            let process = process.or_else(|| is_callable(element).then_some(element));
            if let Some(id) = element.id() {
                file.elements.entry(id).or_insert(Placed { element, process });
            }
            if element.name == "association"
                && let (Some(source), Some(target)) = (element.stated("sourceRef"), element.stated("targetRef"))
            {
                let (source, target) = (local_part(source), local_part(target));
                file.associations.entry(source).or_default().push(target);
                file.associations.entry(target).or_default().push(source);
            }
            let children = element.bpmn_children().map(|child| (child, process));
            let first = waiting.len();
            waiting.extend(children);
            waiting[first..].reverse();
        }
        file.message_flows = MessageFlows::of(&file);
        file.correlations = Correlations::of(&file);
        file
    }

    /// The element that a reference names, wherever it stands.
    pub(crate) fn placed(&self, reference: &str) -> Option<Placed<'a>> {
        // An id never holds a colon, but files of some tools do.
        let reference = reference.trim();
        let found = self.elements.get(reference);
        found.or_else(|| self.elements.get(local_part(reference))).copied()
    }

    /// The element of this name that a reference names.
    pub(crate) fn find(&self, reference: &str, name: &str) -> Option<&'a Element> {
        let placed = self.placed(reference)?;
        (placed.element.name == name).then_some(placed.element)
    }

    /// What associations connect with the element of this id.
    pub(crate) fn associated(&self, id: &str) -> impl Iterator<Item = &'a str> {
        self.associations.get(id).into_iter().flatten().copied()
    }

    /// Whether a process is meant to be run.
    pub(crate) fn is_executable(&self, process: &Element) -> bool {
        match process.stated("isExecutable") {
            Some(value) => matches!(value, "true" | "1"),
            None => self.runs_by_default,
        }
    }

    /// The children of the root with this name.
    pub(crate) fn roots(&self, name: &'static str) -> impl Iterator<Item = &'a Element> {
        self.root.bpmn_children().filter(move |child| child.name == name)
    }
}

/// Whether it can be run on its own: a process or a global task.
pub(crate) fn is_callable(element: &Element) -> bool {
    element.name == "process" || super::global_tasks::is_global_task(&element.name)
}
