//! Lanes (BPMN 2.0.2, 10.7): who does the steps in them, when the steps do not say.

use std::collections::BTreeMap;

use super::Context;
use crate::{
    catalogue::{Words, elements as element_rules},
    xml::Element,
};

/// The innermost lane of each flow node.
#[derive(Debug, Default)]
pub(crate) struct Lanes<'a>(BTreeMap<&'a str, &'a Element>);

impl<'a> Lanes<'a> {
    /// Reads the lanes of a process or sub-process into those read before.
    pub(super) fn read(&mut self, parent: &'a Element, context: &mut Context<'a>) {
        for set in parent.bpmn_children().filter(|child| child.name == "laneSet") {
            self.read_set(set, context);
        }
    }

    fn read_set(&mut self, set: &'a Element, context: &mut Context<'a>) {
        let mut of_this_set: BTreeMap<&str, &Element> = BTreeMap::new();
        for lane in set.bpmn_children().filter(|child| child.name == "lane") {
            for reference in lane.bpmn_children().filter(|child| child.name == "flowNodeRef") {
                let id = reference.text.trim();
                let Some(node) = context.file.placed(id).and_then(|placed| placed.element.id()) else {
                    let words: &[&dyn Words] = &[&lane.label(), &"flowNodeRef", &id];
                    context
                        .findings
                        .report_inside(&element_rules::DANGLING, lane, reference.line, words);
                    continue;
                };
                match of_this_set.insert(node, lane) {
                    Some(other) if !std::ptr::eq(other, lane) => {
                        let words: &[&dyn Words] = &[&node, &other.label(), &lane.label()];
                        context
                            .findings
                            .report_inside(&element_rules::LANE_TWICE, lane, reference.line, words);
                    }
                    _ => {}
                }
            }
        }
        self.0.extend(of_this_set);
        // The lanes inside come later, for they are nearer to their nodes.
        let lanes = set.bpmn_children().filter(|child| child.name == "lane");
        for inner in lanes.flat_map(|lane| lane.bpmn_children()) {
            if inner.name == "childLaneSet" {
                self.read_set(inner, context);
            }
        }
    }

    /// The innermost lane that a node is drawn in, by the node's id.
    pub(super) fn of(&self, id: &str) -> Option<&'a Element> {
        self.0.get(id).copied()
    }
}
