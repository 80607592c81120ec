//! Messages (BPMN 2.0.2, 8.4.11): what they are called, which case they mean, and where they are drawn to go.

use super::{Context, Reported, correlation::message_key, events::definition_elements, file::File, values::read_name};
use crate::{
    Message, Name,
    catalogue::{Words, elements as rules},
    xml::Element,
};

/// Which end of a message an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Sends,
    Receives,
}

/// Reads the message of a task, or of an event with its definition; `None` when nothing says which.
pub(super) fn read_message<'a>(
    owner: &'a Element,
    definition: Option<&'a Element>,
    way: Way,
    context: &mut Context<'a>,
) -> Result<Option<Message>, Reported> {
    let file = context.file;
    let holder = definition.unwrap_or(owner);
    let stated = match own_reference(holder, file) {
        Some(reference) => match file.find(reference, "message") {
            Some(message) => Some(message),
            None => {
                let words: &[&dyn Words] = &[&owner.label(), &"messageRef", &reference];
                context
                    .findings
                    .report_inside(&rules::DANGLING, owner, holder.line, words);
                return Err(Reported);
            }
        },
        None => None,
    };
    let id = owner.id().unwrap_or_default();
    let flow = match way {
        Way::Sends => file.message_flows.leaving(id),
        Way::Receives => file.message_flows.entering(id),
    };
    let message = stated.or(flow.and_then(|flow| flow.message));
    let name = match (message, flow) {
        (Some(message), _) => match message.drawn_name() {
            Some(name) => read_name(owner, message.line, name, context),
            None => Name::Literal(message.id().unwrap_or_default().to_owned()),
        },
        (None, Some(flow)) => Name::Literal(flow.name.to_owned()),
        (None, None) => return Ok(None),
    };
    Ok(Some(Message {
        name,
        key: message_key(owner, definition, message, way, context),
        to: flow.filter(|_| way == Way::Sends).and_then(|flow| flow.to.clone()),
    }))
}

/// The reference to a message of a task or of a message event definition, by itself or by its operation.
fn own_reference<'a>(holder: &'a Element, file: &File<'a>) -> Option<&'a str> {
    holder.stated("messageRef").or_else(|| {
        let child = holder.bpmn_child("operationRef").map(|reference| reference.text.trim());
        let operation = file.find(holder.stated("operationRef").or(child)?, "operation")?;
        let message = operation.bpmn_child("inMessageRef")?.text.trim();
        (!message.is_empty()).then_some(message)
    })
}

/// The reference to a message of a message flow, a task, or any event.
pub(super) fn message_reference<'a>(element: &'a Element, file: &File<'a>) -> Option<&'a str> {
    own_reference(element, file).or_else(|| {
        definition_elements(element, file)
            .filter(|definition| definition.name == "messageEventDefinition")
            .find_map(|definition| own_reference(definition, file))
    })
}
