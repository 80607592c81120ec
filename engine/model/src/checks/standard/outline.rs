//! The elements of a file in a row, and how the drawing connects them.

use std::collections::{BTreeMap, BTreeSet};

use super::vocabulary::{Kind, Vocabulary};
use crate::{read::local_part, xml::Element};

/// A BPMN element of a known kind.
pub(super) struct Part<'a> {
    pub(super) element: &'a Element,
    pub(super) kind: &'static Kind,
    pub(super) parent: Option<usize>,
    /// The part that people see, where a fault in this one is shown: itself, or one around it.
    pub(super) owner: usize,
    /// Whether it belongs to something that is meant to run.
    pub(super) runs: bool,
}

/// The whole file.
pub(super) struct Outline<'a> {
    pub(super) vocabulary: Vocabulary,
    /// In the order of the file.
    pub(super) parts: Vec<Part<'a>>,
    by_id: BTreeMap<&'a str, usize>,
    /// The flows into and out of each part, in the order of the file.
    pub(super) incoming: Vec<Vec<usize>>,
    pub(super) outgoing: Vec<Vec<usize>>,
    /// The boundary events on each part.
    pub(super) attached: Vec<Vec<usize>>,
    /// What each part is connected with by associations, in either direction.
    pub(super) associated: Vec<Vec<usize>>,
    /// The names of what each event waits for or does, each once: many may ask about one event.
    definition_names: Vec<BTreeSet<&'a str>>,
}

/// Elements that are shown to people as such; a fault in any other is shown at the one around it.
const SHOWN: &[&str] = &[
    "flowElement",
    "artifact",
    "rootElement",
    "definitions",
    "lane",
    "participant",
    "messageFlow",
    "conversationNode",
];

impl<'a> Outline<'a> {
    /// Takes a file apart. `runs` says which processes are meant to run.
    pub(super) fn of(root: &'a Element, runs: &dyn Fn(&Element) -> bool) -> Self {
        let mut outline = Self {
            vocabulary: Vocabulary::new(),
            parts: Vec::new(),
            by_id: BTreeMap::new(),
            incoming: Vec::new(),
            outgoing: Vec::new(),
            attached: Vec::new(),
            associated: Vec::new(),
            definition_names: Vec::new(),
        };
        outline.add(root, None, true, runs);
        let none = vec![Vec::new(); outline.parts.len()];
        (outline.incoming, outline.outgoing) = (none.clone(), none.clone());
        (outline.attached, outline.associated) = (none.clone(), none);
        outline.connect();
        outline.definition_names = (0..outline.parts.len())
            .map(|part| {
                let definitions = outline.definitions(part).into_iter();
                definitions.map(|definition| outline.name(definition)).collect()
            })
            .collect();
        outline
    }

    /// How deep this goes is bounded by how deep the XML may be.
    fn add(&mut self, element: &'a Element, parent: Option<usize>, runs: bool, is_run: &dyn Fn(&Element) -> bool) {
        let Some(kind) = self.vocabulary.kind(&element.name) else {
            return;
        };
        let position = self.parts.len();
        let is_shown = self.vocabulary.and_bases(kind).any(|kind| SHOWN.contains(&kind.name));
        let inside_event = parent.is_some_and(|parent| self.is_a(parent, "anyEvent"));
        let owner = match parent {
            // An event's definition is the event to people; at the top of a file it is shared and itself.
            Some(parent) if !is_shown || inside_event => self.parts[parent].owner,
            _ => position,
        };
        let runs = runs && is_run(element);
        self.parts.push(Part {
            element,
            kind,
            parent,
            owner,
            runs,
        });
        if let Some(id) = element.id() {
            self.by_id.entry(id).or_insert(position);
        }
        if kind.name != "extensionElements" {
            for child in element.bpmn_children() {
                self.add(child, Some(position), runs, is_run);
            }
        }
    }

    fn connect(&mut self) {
        for position in 0..self.parts.len() {
            let element = self.parts[position].element;
            let end = |name| element.attribute(name).and_then(|id| self.find(id));
            match element.name.as_str() {
                "sequenceFlow" => {
                    let (source, target) = (end("sourceRef"), end("targetRef"));
                    source
                        .into_iter()
                        .for_each(|source| self.outgoing[source].push(position));
                    target
                        .into_iter()
                        .for_each(|target| self.incoming[target].push(position));
                }
                "boundaryEvent" => {
                    if let Some(host) = end("attachedToRef") {
                        self.attached[host].push(position);
                    }
                }
                "association" => {
                    if let (Some(source), Some(target)) = (end("sourceRef"), end("targetRef")) {
                        self.associated[source].push(target);
                        self.associated[target].push(source);
                    }
                }
                _ => {}
            }
        }
    }

    /// The part that a reference names, be it written with a prefix or not.
    pub(super) fn find(&self, reference: &str) -> Option<usize> {
        let reference = reference.trim();
        let found = self
            .by_id
            .get(reference)
            .or_else(|| self.by_id.get(local_part(reference)));
        found.copied()
    }

    /// The parts that are meant to run.
    pub(super) fn running(&self) -> impl Iterator<Item = (usize, &Part<'a>)> {
        self.parts.iter().enumerate().filter(|(_, part)| part.runs)
    }

    pub(super) fn is_a(&self, part: usize, name: &str) -> bool {
        self.vocabulary.is_a(self.parts[part].kind, name)
    }

    /// The XML name.
    pub(super) fn name(&self, part: usize) -> &'a str {
        &self.parts[part].element.name
    }

    pub(super) fn element(&self, part: usize) -> &'a Element {
        self.parts[part].element
    }

    pub(super) fn label(&self, part: usize) -> &'a str {
        self.parts[self.parts[part].owner].element.label()
    }

    pub(super) fn parent(&self, part: usize) -> Option<usize> {
        self.parts[part].parent
    }

    /// The parts directly in this one.
    pub(super) fn inside(&self, part: usize) -> impl Iterator<Item = usize> {
        // They follow it, up to the first that is neither in it nor in one of them.
        let after = self.parts[part + 1..].iter().enumerate();
        after
            .take_while(move |(_, other)| other.parent >= Some(part))
            .filter(move |(_, other)| other.parent == Some(part))
            .map(move |(offset, _)| part + 1 + offset)
    }

    /// What an event waits for or does, shared definitions among them.
    pub(super) fn definitions(&self, event: usize) -> Vec<usize> {
        if !self.is_a(event, "anyEvent") {
            return Vec::new();
        }
        let own = self.inside(event).filter(|part| self.is_a(*part, "eventDefinition"));
        let shared = self.element(event).bpmn_children();
        let shared = shared.filter(|child| child.name == "eventDefinitionRef");
        let shared = shared.filter_map(|child| self.find(&child.text));
        own.chain(shared.filter(|part| self.is_a(*part, "eventDefinition")))
            .collect()
    }

    /// The names of what an event waits for or does, such as `linkEventDefinition`.
    pub(super) fn definition_names(&self, event: usize) -> &BTreeSet<&'a str> {
        &self.definition_names[event]
    }

    /// Whether an event has a definition of this name.
    pub(super) fn has_definition(&self, event: usize, name: &str) -> bool {
        self.definition_names[event].contains(name)
    }

    /// Whether a yes-or-no attribute says yes.
    pub(super) fn says(&self, part: usize, attribute: &str, when_absent: bool) -> bool {
        match self.element(part).attribute(attribute).map(str::trim) {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            _ => when_absent,
        }
    }

    /// Whether this is a sub-process that an event in it starts.
    pub(super) fn is_event_sub_process(&self, part: usize) -> bool {
        self.is_a(part, "subProcess") && self.says(part, "triggeredByEvent", false)
    }
}
