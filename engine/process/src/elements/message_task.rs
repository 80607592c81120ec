//! Steps that tell people something (抄送, 通知): drawn as a service task, done at once, never waiting for an answer.

use std::collections::BTreeMap;

use kapok_model::{MessageChannel, MessageTask};
use kapok_protocol::{Effect, ElementInstanceId, Mail, Message, PageKind, Sms, Text};

use crate::{case::Case, flow, halt::Halt, human::assignment, scope, state::EventKind};

/// The template of a text message whose step names none.
const TEMPLATE: &str = "notice";

/// Tells everybody whom the rules name. Nobody to tell is no reason to hold the case up.
pub(crate) fn enter(case: &mut Case, id: ElementInstanceId, task: &MessageTask) -> Result<(), Halt> {
    let initiator = case.initiator()?;
    let (to, title, text) = scope::ask(case, Some(id), |context, view| {
        let to = assignment::resolve(&task.to, initiator, context, view)?.everybody(context.directory);
        let title = context.evaluator.text(&task.title, view)?;
        let text = context.evaluator.text(&task.text, view)?;
        Ok((to, title, text))
    })?;
    for person in to {
        let effect = match task.channel {
            MessageChannel::Page => Effect::Page {
                to: person,
                kind: PageKind::Notice,
                text: Text::same(page_text(&title, &text)),
                task: None,
                instance: Some(case.id),
            },
            MessageChannel::Mail => Effect::Send(Message::Mail(Mail {
                to: person,
                subject: title.clone(),
                body: text.clone(),
            })),
            MessageChannel::Sms => Effect::Send(Message::Sms(Sms {
                to: person,
                template: task.template.clone().unwrap_or_else(|| TEMPLATE.to_owned()),
                variables: BTreeMap::from([("title".to_owned(), title.clone()), ("text".to_owned(), text.clone())]),
                text: text.clone(),
            })),
        };
        case.tell(effect);
        case.log(
            id,
            EventKind::Told {
                channel: task.channel,
                person,
            },
        )?;
    }
    flow::complete(case, id)
}

fn page_text(title: &str, text: &str) -> String {
    match (title.is_empty(), text.is_empty()) {
        (false, false) => format!("{title}\n{text}"),
        (false, true) => title.to_owned(),
        _ => text.to_owned(),
    }
}
