//! Send and receive tasks.

use super::service::{new_handler, read_binding};
use crate::{
    Message, Name, NodeKind,
    catalogue::{Words, flow as rules},
    read::{
        Context,
        messages::{Way, read_message},
    },
    xml::Element,
};

pub(in crate::read) fn read_send_task<'a>(task: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    if let Some(bound) = read_binding(task, context) {
        return Some(bound);
    }
    Some(match read_message(task, None, Way::Sends, context).ok()? {
        Some(message) => NodeKind::SendTask(message),
        None => {
            context
                .findings
                .report(&rules::MESSAGE_NOTHING_SENT, task, &[&task.label()]);
            NodeKind::ServiceTask(new_handler(""))
        }
    })
}

pub(in crate::read) fn read_receive_task<'a>(task: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    let message = read_message(task, None, Way::Receives, context).ok()?;
    let message = message.unwrap_or_else(|| {
        let id = task.id().unwrap_or_default();
        let words: &[&dyn Words] = &[&task.label(), &id];
        context.findings.report(&rules::MESSAGE_UNNAMED, task, words);
        Message {
            name: Name::Literal(id.to_owned()),
            key: None,
            to: None,
        }
    });
    Some(NodeKind::ReceiveTask {
        message,
        instantiate: context.flag(task, task, "instantiate", false),
    })
}
