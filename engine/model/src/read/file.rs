//! Where everything in a file is, so that references can be followed.

use std::collections::BTreeMap;

use super::{collaboration::MessageFlows, local_part};
use crate::xml::Element;

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
    /// The associations of the whole file: from where to where.
    pub(crate) associations: Vec<(&'a str, &'a str)>,
    /// What is drawn between pools.
    pub(crate) message_flows: MessageFlows<'a>,
}

impl<'a> File<'a> {
    pub(crate) fn of(root: &'a Element) -> Self {
        let mut file = Self {
            root,
            elements: BTreeMap::new(),
            associations: Vec::new(),
            message_flows: MessageFlows::default(),
        };
        let mut waiting: Vec<(&Element, Option<&Element>)> = root.bpmn_children().map(|child| (child, None)).collect();
        waiting.reverse();
        while let Some((element, process)) = waiting.pop() {
            if element.name == "extensionElements" {
                continue;
            }
            let process = process.or_else(|| is_callable(element).then_some(element));
            if let Some(id) = element.id() {
                file.elements.entry(id).or_insert(Placed { element, process });
            }
            if element.name == "association"
                && let (Some(source), Some(target)) = (element.stated("sourceRef"), element.stated("targetRef"))
            {
                file.associations.push((local_part(source), local_part(target)));
            }
            let children = element.bpmn_children().map(|child| (child, process));
            let first = waiting.len();
            waiting.extend(children);
            waiting[first..].reverse();
        }
        file.message_flows = MessageFlows::of(&file);
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

    /// The children of the root with this name.
    pub(crate) fn roots(&self, name: &'static str) -> impl Iterator<Item = &'a Element> {
        self.root.bpmn_children().filter(move |child| child.name == name)
    }
}

/// Whether it can be run on its own: a process or a global task.
pub(crate) fn is_callable(element: &Element) -> bool {
    element.name == "process" || super::global_tasks::is_global_task(&element.name)
}
