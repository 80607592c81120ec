//! Which of several cases a message means (BPMN 2.0.2, 8.4.2): the value by which both sides find each other.

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

/// The key that correlation subscriptions, keys and properties describe.
fn standard_key<'a>(
    owner: &'a Element,
    message: &'a Element,
    way: Way,
    context: &mut Context<'a>,
) -> Option<Expression> {
    let file = context.file;
    let retrievals: Vec<(&Element, &Element)> = file
        .roots("correlationProperty")
        .filter_map(|property| Some((property, retrieval(property, message, file)?)))
        .collect();
    if retrievals.is_empty() {
        return None;
    }
    let process = file.placed(owner.id()?).and_then(|placed| placed.process);
    let subscriptions = || {
        process
            .into_iter()
            .flat_map(|process| process.bpmn_children())
            .filter(|child| child.name == "correlationSubscription")
    };
    let mut bound: Vec<&Element> = Vec::new();
    let mut subscribed = way == Way::Sends;
    for (property, _) in &retrievals {
        for subscription in subscriptions() {
            subscribed |= names_property(subscription, property, file);
            let binding = subscription
                .bpmn_children()
                .find(|child| is_reference(child.attribute("correlationPropertyRef"), property, file));
            bound.extend(binding.and_then(|binding| binding.bpmn_child("dataPath")));
        }
    }
    // Without a subscription nothing says which of its cases a receiver means; a sender says it by what the message
    // contains.
    let keys = match bound.is_empty() {
        true if subscribed => {
            let paths = retrievals.iter();
            paths
                .filter_map(|(_, retrieval)| retrieval.bpmn_child("messagePath"))
                .collect()
        }
        _ => bound,
    };
    if keys.len() > 1 {
        let words: &[&dyn Words] = &[&owner.label(), &message.label()];
        context.findings.report(&flow_rules::CORRELATION_SEVERAL, owner, words);
    }
    let key = *keys.first()?;
    Some(read_expression(owner, key, context))
}

/// How a property is found in this message.
fn retrieval<'a>(property: &'a Element, message: &Element, file: &File<'a>) -> Option<&'a Element> {
    property
        .bpmn_children()
        .filter(|child| child.name == "correlationPropertyRetrievalExpression")
        .find(|retrieval| is_reference(retrieval.attribute("messageRef"), message, file))
}

/// Whether the key of a subscription has this property.
fn names_property(subscription: &Element, property: &Element, file: &File<'_>) -> bool {
    subscription
        .stated("correlationKeyRef")
        .and_then(|reference| file.find(reference, "correlationKey"))
        .into_iter()
        .flat_map(|key| key.bpmn_children())
        .filter(|child| child.name == "correlationPropertyRef")
        .any(|child| is_reference(Some(&child.text), property, file))
}

fn is_reference(reference: Option<&str>, element: &Element, file: &File<'_>) -> bool {
    reference
        .and_then(|reference| file.find(reference, &element.name))
        .is_some_and(|found| std::ptr::eq(found, element))
}
