//! Where the nodes of the process that is being read are.

use std::collections::BTreeMap;

use super::{Context, draft::node_index, lanes::Lanes, local_part};
use crate::{
    NodeIndex,
    catalogue::{Words, elements as rules},
    xml::Element,
};

/// The nodes of a process by their id, and what stands around each.
#[derive(Debug, Default)]
pub(crate) struct Drawing<'a> {
    pub(crate) by_id: BTreeMap<&'a str, usize>,
    /// The element each node is drawn in, by position.
    pub(crate) parents: Vec<Option<&'a Element>>,
    pub(crate) lanes: Lanes<'a>,
    /// The variable in which the process keeps who started it.
    pub(crate) initiator: Option<&'a str>,
}

impl<'a> Drawing<'a> {
    /// The sub-process a node is drawn in.
    pub(crate) fn parent(&self, element: &Element) -> Option<&'a Element> {
        let position = self.by_id.get(element.id()?)?;
        self.parents.get(*position).copied().flatten()
    }

    /// The node that a reference of this element names, which must be there.
    pub(crate) fn resolve(
        &self,
        element: &Element,
        reference: &'static str,
        context: &mut Context<'_>,
    ) -> Option<usize> {
        let Some(id) = element.stated(reference) else {
            context
                .findings
                .report(&rules::REFERENCE_MISSING, element, &[&element.label(), &reference]);
            return None;
        };
        let found = self.find(id);
        if found.is_none() {
            context
                .findings
                .report(&rules::DANGLING, element, &[&element.label(), &reference, &id]);
        }
        found
    }

    /// The node that a reference inside this element names, if there is such a reference.
    pub(crate) fn optional(
        &self,
        owner: &Element,
        holder: &Element,
        reference: &'static str,
        context: &mut Context<'_>,
    ) -> Option<NodeIndex> {
        let id = holder.stated(reference)?;
        let found = self.find(id);
        if found.is_none() {
            let words: &[&dyn Words] = &[&owner.label(), &reference, &id];
            context
                .findings
                .report_inside(&rules::DANGLING, owner, holder.line, words);
        }
        found.map(node_index)
    }

    fn find(&self, id: &str) -> Option<usize> {
        let found = self.by_id.get(id.trim());
        found.or_else(|| self.by_id.get(local_part(id))).copied()
    }
}
