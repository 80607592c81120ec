//! Pools and what is drawn between them (BPMN 2.0.2, chapter 9).

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, file::File, local_part, messages::message_reference};
use crate::{
    catalogue::{Words, elements as rules, names},
    xml::Element,
};

/// Elements of a collaboration that only draw what stands around the processes.
const PASSIVE_IN_COLLABORATION: &[&str] = &[
    "association",
    "conversationAssociation",
    "conversationLink",
    "correlationKey",
    "documentation",
    "extensionElements",
    "group",
    "messageFlowAssociation",
    "participant",
    "participantAssociation",
    "textAnnotation",
];

/// Elements of a pool that say nothing about how its process runs.
const PASSIVE_IN_PARTICIPANT: &[&str] = &["documentation", "endPointRef", "extensionElements", "interfaceRef"];

/// Who exchanges messages, and what for: drawn, and nothing for an engine to do.
const CONVERSATIONS: &[&str] = &["conversation", "subConversation", "callConversation"];

/// A message flow.
#[derive(Debug)]
pub(crate) struct MessageFlow<'a> {
    source: &'a str,
    target: &'a str,
    /// The message that it carries, when some element says so.
    pub(crate) message: Option<&'a Element>,
    /// What its message is called when nothing says so: the same on both ends.
    pub(crate) name: &'a str,
    /// The process and the node in it that it leads to.
    pub(crate) to: Option<(String, Option<String>)>,
}

/// The message flows of a file.
#[derive(Debug, Default)]
pub(crate) struct MessageFlows<'a> {
    flows: Vec<MessageFlow<'a>>,
    leaving: BTreeMap<&'a str, Vec<usize>>,
    entering: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> MessageFlows<'a> {
    pub(crate) fn of(file: &File<'a>) -> Self {
        let mut found = Self::default();
        let mut messages: BTreeMap<&str, Option<&Element>> = BTreeMap::new();
        let collaborations = file.roots("collaboration");
        for element in collaborations.flat_map(|collaboration| collaboration.bpmn_children()) {
            let (Some(source), Some(target)) = (element.stated("sourceRef"), element.stated("targetRef")) else {
                continue;
            };
            if element.name != "messageFlow" {
                continue;
            }
            let (source, target) = (local_part(source), local_part(target));
            let mut of_end = |id: &'a str| {
                let found = messages.entry(id).or_insert_with(|| message_of(end(file, id)?, file));
                *found
            };
            let message = message_of(element, file)
                .or_else(|| of_end(target))
                .or_else(|| of_end(source));
            let position = found.flows.len();
            found.leaving.entry(source).or_default().push(position);
            found.entering.entry(target).or_default().push(position);
            found.flows.push(MessageFlow {
                source,
                target,
                message,
                name: element.id().unwrap_or_default(),
                to: destination(file, target),
            });
        }
        found.share_names(file);
        found
    }

    /// Flows that share an end carry the same message: of those that say none, each takes the name of the first.
    fn share_names(&mut self, file: &File<'a>) {
        let mut named = vec![false; self.flows.len()];
        let mut passed: BTreeSet<(bool, &str)> = BTreeSet::new();
        for first in 0..self.flows.len() {
            let name = self.flows[first].name;
            let mut waiting = vec![first];
            while let Some(position) = waiting.pop() {
                if named[position] || self.flows[position].message.is_some() {
                    continue;
                }
                named[position] = true;
                self.flows[position].name = name;
                let (source, target) = (self.flows[position].source, self.flows[position].target);
                for (leaves, id, flows) in [(true, source, &self.leaving), (false, target, &self.entering)] {
                    // A pool is an end of many flows that have nothing to do with each other.
                    if end(file, id).is_some() && passed.insert((leaves, id)) {
                        waiting.extend(flows.get(id).into_iter().flatten());
                    }
                }
            }
        }
    }

    /// The flow by which this element sends; among several, the first into a process that is here.
    pub(crate) fn leaving(&self, id: &str) -> Option<&MessageFlow<'a>> {
        let flows = || {
            self.leaving
                .get(id)
                .into_iter()
                .flatten()
                .map(|flow| &self.flows[*flow])
        };
        flows().find(|flow| flow.to.is_some()).or_else(|| flows().next())
    }

    /// The flow by which this element receives.
    pub(crate) fn entering(&self, id: &str) -> Option<&MessageFlow<'a>> {
        self.entering.get(id)?.first().map(|flow| &self.flows[*flow])
    }
}

/// The message that an element says.
fn message_of<'a>(element: &'a Element, file: &File<'a>) -> Option<&'a Element> {
    file.find(message_reference(element, file)?, "message")
}

/// The flow node at an end of a message flow, unless it ends at a pool.
fn end<'a>(file: &File<'a>, id: &str) -> Option<&'a Element> {
    let placed = file.placed(id)?;
    placed.process.is_some().then_some(placed.element)
}

fn destination(file: &File<'_>, target: &str) -> Option<(String, Option<String>)> {
    let placed = file.placed(target)?;
    if let Some(process) = placed.process {
        return Some((process.id()?.to_owned(), Some(target.to_owned())));
    }
    let process = placed.element.stated("processRef")?;
    Some((local_part(process).to_owned(), None))
}

/// Looks at a collaboration: a pool is a frame around a process; what is drawn between pools is read by those who send
/// and receive.
pub(super) fn check(collaboration: &Element, context: &mut Context<'_>) {
    for part in collaboration.bpmn_children() {
        match part.name.as_str() {
            "messageFlow" => check_message_flow(part, context),
            "participant" => check_participant(part, context),
            name if CONVERSATIONS.contains(&name) => context.not_carried_out(part, part.line, name),
            name if PASSIVE_IN_COLLABORATION.contains(&name) => {}
            name => context.findings.refuse_element(part, part.line, name),
        }
    }
}

fn check_participant(pool: &Element, context: &mut Context<'_>) {
    for child in pool.bpmn_children() {
        let name = child.name.as_str();
        if name == "participantMultiplicity" {
            // The process of the pool runs as often as it is started, whatever the drawing expects.
            context.not_carried_out(pool, child.line, name);
        } else if !PASSIVE_IN_PARTICIPANT.contains(&name) {
            context.findings.refuse_element(pool, child.line, name);
        }
    }
    if let Some(reference) = pool
        .stated("processRef")
        .filter(|reference| context.file.find(reference, "process").is_none())
    {
        let words: &[&dyn Words] = &[&pool.label(), &"processRef", &reference];
        context.findings.report(&rules::DANGLING, pool, words);
    }
}

fn check_message_flow(flow: &Element, context: &mut Context<'_>) {
    for (reference, exchanges) in [
        (
            "sourceRef",
            &[
                "endEvent",
                "intermediateThrowEvent",
                "sendTask",
                "serviceTask",
                "businessRuleTask",
            ][..],
        ),
        (
            "targetRef",
            &[
                "startEvent",
                "intermediateCatchEvent",
                "boundaryEvent",
                "receiveTask",
                "serviceTask",
            ][..],
        ),
    ] {
        let Some(id) = flow.stated(reference) else {
            let words: &[&dyn Words] = &[&flow.label(), &reference];
            context.findings.report(&rules::REFERENCE_MISSING, flow, words);
            continue;
        };
        let Some(placed) = context.file.placed(id) else {
            let words: &[&dyn Words] = &[&flow.label(), &reference, &id];
            context.findings.report(&rules::DANGLING, flow, words);
            continue;
        };
        // A step of people, say, can be drawn as the sender; what they do is their own affair.
        if placed.process.is_some() && !exchanges.contains(&placed.element.name.as_str()) {
            let words: &[&dyn Words] = &[&flow.label(), &names::element("messageFlow")];
            context.findings.report(&rules::NOT_CARRIED_OUT, flow, words);
            return;
        }
    }
    if let Some(reference) = flow
        .stated("messageRef")
        .filter(|reference| context.file.find(reference, "message").is_none())
    {
        let words: &[&dyn Words] = &[&flow.label(), &"messageRef", &reference];
        context.findings.report(&rules::DANGLING, flow, words);
    }
}
