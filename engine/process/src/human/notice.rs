//! What people are told about their to-dos and cases, in both languages.

use std::collections::BTreeMap;

use kapok_model::MessageChannel;
use kapok_protocol::{Effect, Mail, Message, PageKind, PersonId, Sms, TaskId, Text};

use crate::{
    case::Case,
    human::{assignment::MEMBERS_TOLD, claim},
    state::{InstanceState, StateError},
};

/// The template of a text message that reminds.
const REMINDER_TEMPLATE: &str = "task-reminder";

/// What a notice names: the step and the case.
struct Names {
    step: String,
    case: String,
}

fn names(case: &mut Case, task: TaskId) -> Result<Names, StateError> {
    let node = case.task(task)?.node;
    Ok(Names {
        step: case.label(node),
        case: case.instance()?.title.clone(),
    })
}

fn page(case: &mut Case, to: PersonId, kind: PageKind, task: Option<TaskId>, text: Text) {
    let instance = Some(case.id);
    case.tell(Effect::Page {
        to,
        kind,
        text,
        task,
        instance,
    });
}

/// A to-do came: whoever could act on it is told in passing, for it stands in their list.
pub(crate) fn arrived(case: &mut Case, task: TaskId) -> Result<(), StateError> {
    let Names { step, case: title } = names(case, task)?;
    let text = Text::new(
        format!("新待办：{step}（{title}）"),
        format!("New to-do: {step} ({title})"),
    );
    let row = case.task(task)?.clone();
    for person in claim::handlers(case.context, &row, MEMBERS_TOLD) {
        page(case, person, PageKind::Prompt, Some(task), text.clone());
    }
    Ok(())
}

/// A to-do waits for too long: the handler is reminded by one way; a page (寻呼) stays on the screen until it is opened.
pub(crate) fn reminder(case: &mut Case, task: TaskId, to: PersonId, channel: MessageChannel) -> Result<(), StateError> {
    let Names { step, case: title } = names(case, task)?;
    let text = Text::new(
        format!("待办提醒：{step}（{title}）还没有处理，请尽快办理。"),
        format!("Reminder: {step} ({title}) is still waiting for you."),
    );
    match channel {
        MessageChannel::Page => page(case, to, PageKind::Page, Some(task), text),
        MessageChannel::Mail => case.tell(Effect::Send(Message::Mail(Mail {
            to,
            subject: format!("待办提醒 / Reminder: {step}"),
            body: format!("{}\n\n{}", text.zh, text.en),
        }))),
        MessageChannel::Sms => case.tell(Effect::Send(Message::Sms(Sms {
            to,
            template: REMINDER_TEMPLATE.to_owned(),
            variables: BTreeMap::from([("step".to_owned(), step), ("case".to_owned(), title)]),
            text: text.zh,
        }))),
    }
    Ok(())
}

/// A to-do was handed to somebody else because its handler did not act.
pub(crate) fn escalated(case: &mut Case, task: TaskId, from: Option<PersonId>) -> Result<(), StateError> {
    let Names { step, case: title } = names(case, task)?;
    let from = from.and_then(|person| case.context.directory.name(person));
    let (zh, en) = match from {
        Some(name) => (format!("，原处理人{name}超时未处理"), format!(", left by {name}")),
        None => ("，超时无人处理".to_owned(), ", left by everybody".to_owned()),
    };
    let text = Text::new(
        format!("待办已升级给你：{step}（{title}）{zh}。"),
        format!("Escalated to you: {step} ({title}){en}."),
    );
    let row = case.task(task)?.clone();
    for person in claim::handlers(case.context, &row, MEMBERS_TOLD) {
        page(case, person, PageKind::Page, Some(task), text.clone());
    }
    Ok(())
}

/// Somebody nudges the handler of a to-do.
pub(crate) fn urged(case: &mut Case, task: TaskId, to: PersonId) -> Result<(), StateError> {
    let Names { step, case: title } = names(case, task)?;
    let name = case
        .context
        .actor
        .person()
        .and_then(|person| case.context.directory.name(person));
    let (zh, en) = match name {
        Some(name) => (format!("{name}催办"), format!("{name} asks you to act")),
        None => ("催办".to_owned(), "You are asked to act".to_owned()),
    };
    let text = Text::new(format!("{zh}：{step}（{title}）"), format!("{en}: {step} ({title})"));
    page(case, to, PageKind::Page, Some(task), text);
    Ok(())
}

/// A case ended by itself: whoever it was for is told how.
pub(crate) fn case_ended(case: &mut Case, state: InstanceState) -> Result<(), StateError> {
    let title = case.instance()?.title.clone();
    let text = match state {
        InstanceState::Completed => Text::new(
            format!("你发起的“{title}”已办结。"),
            format!("Your case \"{title}\" is complete."),
        ),
        InstanceState::Rejected => Text::new(
            format!("你发起的“{title}”被拒绝。"),
            format!("Your case \"{title}\" was rejected."),
        ),
        InstanceState::Active | InstanceState::Cancelled => return Ok(()),
    };
    if let Some(initiator) = case.initiator()? {
        page(case, initiator, PageKind::Notice, None, text);
    }
    Ok(())
}
