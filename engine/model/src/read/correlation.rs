//! Which of several cases a message means (BPMN 2.0.2, 8.4.2): the value by which both sides find each other.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::Expression;

use super::{
    Context,
    expressions::{expression_of, read_expression},
    file::File,
    messages::Way,
};
use crate::{
    catalogue::{Words, flow as flow_rules},
    xml::Element,
};

/// The expression that gives the value, in the process of the element that sends or receives.
pub(super) fn message_key<'a>(
    owner: &'a Element,
    definition: Option<&'a Element>,
    message: Option<&'a Element>,
    way: Way,
    context: &mut Context<'a>,
) -> Option<Expression> {
    if way == Way::Sends {
        let places = [definition, Some(owner)].into_iter().flatten();
        for place in places {
            if let Some(setting) = place.zeebe_setting("publishMessage")
                && let Some(key) = setting.stated("correlationKey")
            {
                return Some(expression_of(owner, setting.line, key, None, context));
            }
        }
    }
    let message = message?;
    if let Some(setting) = message.setting("correlation")
        && let Some(key) = setting.stated("key")
    {
        return Some(expression_of(
            owner,
            setting.line,
            key,
            setting.stated("language"),
            context,
        ));
    }
    if let Some(setting) = message.zeebe_setting("subscription")
        && let Some(key) = setting.stated("correlationKey")
    {
        return Some(expression_of(owner, setting.line, key, None, context));
    }
    standard_key(owner, message, way, context)
}

/// The correlation of a file: which properties are found in which messages, and how processes bind them.
#[derive(Debug, Default)]
pub(crate) struct Correlations<'a> {
    /// The properties found in each message, with the path to each.
    retrievals: BTreeMap<&'a str, Vec<(&'a str, Option<&'a Element>)>>,
    /// How a process computes a property: by the ids of both.
    bindings: BTreeMap<(&'a str, &'a str), &'a Element>,
    /// The properties by which a process is found.
    subscribed: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Correlations<'a> {
    pub(crate) fn of(file: &File<'a>) -> Self {
        let mut found = Self::default();
        let id_of = |reference: Option<&str>, name: &str| file.find(reference?, name)?.id();
        for property in file.roots("correlationProperty") {
            for retrieval in property.bpmn_children() {
                if let (Some(property), Some(message)) =
                    (property.id(), id_of(retrieval.stated("messageRef"), "message"))
                {
                    let properties = found.retrievals.entry(message).or_default();
                    properties.push((property, retrieval.bpmn_child("messagePath")));
                }
            }
        }
        for process in file.roots("process") {
            let Some(process_id) = process.id() else { continue };
            for subscription in process
                .bpmn_children()
                .filter(|child| child.name == "correlationSubscription")
            {
                for binding in subscription.bpmn_children() {
                    if let Some(property) = id_of(binding.stated("correlationPropertyRef"), "correlationProperty")
                        && let Some(path) = binding.bpmn_child("dataPath")
                    {
                        found.bindings.entry((process_id, property)).or_insert(path);
                    }
                }
                let key = subscription
                    .stated("correlationKeyRef")
                    .and_then(|reference| file.find(reference, "correlationKey"));
                for property in key.into_iter().flat_map(Element::bpmn_children) {
                    if let Some(property) = id_of(Some(&property.text), "correlationProperty") {
                        found.subscribed.insert((process_id, property));
                    }
                }
            }
        }
        found
    }

    /// The expressions that give the values of a message in a process.
    fn keys(&self, message: &str, process: &str, way: Way) -> Vec<&'a Element> {
        let retrievals = self.retrievals.get(message).map_or(&[][..], Vec::as_slice);
        // One is all there can be, so a few are enough to say that there are several.
        let retrievals = &retrievals[..retrievals.len().min(8)];
        let bound: Vec<&Element> = retrievals
            .iter()
            .filter_map(|(property, _)| self.bindings.get(&(process, property)).copied())
            .collect();
        if !bound.is_empty() {
            return bound;
        }
        // Without a subscription nothing says which of its cases a receiver means; a sender says it by what the message
        // contains.
        let meant = |property| way == Way::Sends || self.subscribed.contains(&(process, property));
        retrievals
            .iter()
            .filter(|(property, _)| meant(*property))
            .filter_map(|(_, path)| *path)
            .collect()
    }
}

/// The key that correlation subscriptions, keys and properties describe.
fn standard_key<'a>(
    owner: &'a Element,
    message: &'a Element,
    way: Way,
    context: &mut Context<'a>,
) -> Option<Expression> {
    let file = context.file;
    let process = file.placed(owner.id()?).and_then(|placed| placed.process)?;
    let keys = file.correlations.keys(message.id()?, process.id()?, way);
    if keys.len() > 1 {
        let words: &[&dyn Words] = &[&owner.label(), &message.label()];
        context.findings.report(&flow_rules::CORRELATION_SEVERAL, owner, words);
    }
    Some(read_expression(owner, keys.first()?, context))
}
