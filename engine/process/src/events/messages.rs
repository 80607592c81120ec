//! Messages (BPMN 2.0.2, 8.4.12, 10.5.5): each goes to one receiver, found by name and key.
//!
//! A message with a key goes to who waits for just that key, else to one who names none; without a key it goes to the
//! only one who waits for its name. When several could have it, nobody gets it: which one was meant is not for the engine
//! to guess. When nobody waits, it may start a case. A message from one case to another is kept until somebody wants it;
//! one from outside is refused, unless it says how long it may wait.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::Message;
use kapok_protocol::{
    DefinitionId, ElementInstanceId, Expression, InstanceId, MessageId, PublishedMessage, SubscriptionId, Text,
    TimerId, Value,
};

use super::{name, occur};
use crate::{
    Answer, Context, Stop,
    agenda::Agenda,
    case::{Case, missing},
    commands::start,
    data, flow,
    halt::Halt,
    refusals, scope,
    state::{Awaited, EventKind, KeptMessage, StateError, Subscription, Timer, TimerKind, Waiting, Work},
};

/// So many candidates are looked at; more than one is already too many.
const LOOKED_AT: usize = 1_000;

/// Where a message can go.
enum Receiver {
    /// To who waits for it.
    Waiting(Waiting),
    /// To a process that it starts.
    Start(DefinitionId, kapok_model::NodeIndex),
    /// Nobody wants it now.
    Nobody,
    /// Several could have it.
    Several,
}

/// The key by which receivers are found, as text.
pub(crate) fn key(case: &mut Case, scope: Option<ElementInstanceId>, expression: &Expression) -> Result<String, Halt> {
    match scope::value(case, scope, expression)? {
        Value::Text(key) if !key.is_empty() => Ok(key),
        Value::Number(number) => Ok(number.normalize().to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        other => Err(Halt::Stuck(Text::new(
            format!(
                "消息的关联值“{}”得到 {other}，无法用来找到对应的事项。请修改数据后重试。",
                expression.text
            ),
            format!(
                "The correlation key `{}` gave {other}, by which no case can be found. Mend the data and retry.",
                expression.text
            ),
        ))),
    }
}

/// An activation sends a message. When it is unclear to whom, that is the sender's trouble.
pub(crate) fn send(case: &mut Case, id: ElementInstanceId, message: &Message) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    let name = name(case, Some(id), &message.name)?;
    let key = match &message.key {
        Some(expression) => Some(key(case, Some(id), expression)?),
        None => None,
    };
    let variables = data::content(case, id, &graph)?;
    let message = KeptMessage {
        id: case.new_id(),
        name,
        key,
        variables,
        to: message.to.clone(),
        sender: Some(case.id),
        timer: None,
    };
    match receiver(case.work, case.context, &message)? {
        Receiver::Several => return Err(Halt::Stuck(several(&message.name))),
        Receiver::Start(..) => super::may_start(case)?,
        Receiver::Waiting(_) | Receiver::Nobody => {}
    }
    case.log(id, EventKind::Thrown(message.name.clone()))?;
    case.work.agenda.push_back(Agenda::Deliver(message));
    Ok(())
}

fn several(name: &str) -> Text {
    Text::new(
        format!("有多个事项在等待消息“{name}”，不知道该给谁。请为消息设置关联值（或在发送时给出），再重试。"),
        format!(
            "Several cases wait for the message `{name}`, and it is unclear which one is meant. Give the message a \
             correlation key, and retry."
        ),
    )
}

/// A message from outside.
pub(crate) fn publish(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    published: &PublishedMessage,
) -> Result<Answer, Stop> {
    let message = KeptMessage {
        id: (context.ids)().into(),
        name: published.name.clone(),
        key: published.key.clone(),
        variables: published.variables.clone(),
        to: None,
        sender: None,
        timer: None,
    };
    match receiver(work, context, &message)? {
        Receiver::Waiting(waiting) => deliver_to(work, context, waiting, message.variables).map(|()| Answer::Done),
        Receiver::Start(definition, node) => {
            let trigger = start::Trigger::message(definition, node, &message);
            Ok(start::by_event(work, context, trigger)?.map_or(Answer::Done, Answer::Started))
        }
        Receiver::Several => Err(refusals::message_several(&message.name).into()),
        Receiver::Nobody => {
            let Some(ttl) = published.ttl_millis.filter(|ttl| *ttl > 0) else {
                return Err(refusals::message_nobody(&message.name).into());
            };
            keep(work, context, message, Some(ttl));
            Ok(Answer::Done)
        }
    }
}

/// A message from a case.
pub(crate) fn deliver(work: &mut Work<'_>, context: &mut Context<'_>, message: KeptMessage) -> Result<(), Stop> {
    match receiver(work, context, &message)? {
        Receiver::Waiting(waiting) => deliver_to(work, context, waiting, message.variables),
        Receiver::Start(definition, node) => {
            let trigger = start::Trigger::message(definition, node, &message);
            start::by_event(work, context, trigger).map(drop)
        }
        Receiver::Nobody | Receiver::Several => {
            keep(work, context, message, None);
            Ok(())
        }
    }
}

fn deliver_to(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    waiting: Waiting,
    content: BTreeMap<String, Value>,
) -> Result<(), Stop> {
    let mut case = Case::open(work, context, waiting.instance)?;
    occur(&mut case, waiting, content)?;
    flow::run(&mut case)
}

fn keep(work: &mut Work<'_>, context: &mut Context<'_>, mut message: KeptMessage, ttl_millis: Option<i64>) {
    if let Some(ttl) = ttl_millis {
        let timer: TimerId = (context.ids)().into();
        message.timer = Some(timer);
        let kind = TimerKind::ForgetMessage { message: message.id };
        work.timers.put(
            timer,
            Timer {
                id: timer,
                due: context.now.plus_millis(ttl),
                kind,
                repeat: None,
                cron: None,
            },
        );
    }
    work.messages.put(message.id, message);
}

/// Who gets a message.
fn receiver(work: &mut Work<'_>, context: &mut Context<'_>, message: &KeptMessage) -> Result<Receiver, Stop> {
    let mut found = match &message.key {
        Some(key) => {
            let exact = candidates(work, context, message, Some(Some(key)))?;
            if exact.is_empty() {
                candidates(work, context, message, Some(None))?
            } else {
                exact
            }
        }
        None => candidates(work, context, message, None)?,
    };
    if found.len() > 1
        && let Some(sender) = message.sender
    {
        let corresponds = correspondents(work, sender, &found)?;
        if !corresponds.is_empty() {
            found = corresponds;
        }
    }
    match found.as_slice() {
        [one] => return Ok(Receiver::Waiting(*one)),
        [] => {}
        _ => return Ok(Receiver::Several),
    }
    let mut starts = context.definitions.message_starts(&message.name);
    if let Some((process, node)) = &message.to {
        starts.retain(|(definition, start)| {
            context.definitions.graph(*definition).is_some_and(|graph| {
                graph.key == *process
                    && node
                        .as_ref()
                        .is_none_or(|node| graph.node(*start).is_some_and(|start| start.id == *node))
            })
        });
    }
    Ok(match starts.as_slice() {
        [] => Receiver::Nobody,
        [(definition, node)] => Receiver::Start(*definition, *node),
        _ => Receiver::Several,
    })
}

/// Those who wait for the message, where its message flow leads.
fn candidates(
    work: &mut Work<'_>,
    context: &Context<'_>,
    message: &KeptMessage,
    key: Option<Option<&str>>,
) -> Result<Vec<Waiting>, Stop> {
    let state = work.state;
    let committed = state.message_subscriptions(&message.name, key, LOOKED_AT)?;
    let waits = |_: &SubscriptionId, row: &Subscription| match &row.awaited {
        Awaited::Message { name, key: own } => *name == message.name && key.is_none_or(|key| own.as_deref() == key),
        _ => false,
    };
    let ids = work.subscriptions.merged(committed, waits);
    let mut found = Vec::new();
    for id in ids {
        let Some(row) = work.subscriptions.get(&id, || state.subscription(id))? else {
            continue;
        };
        let waiting = row.waiting;
        if leads_to(work, context, message, waiting)? {
            found.push(waiting);
        }
    }
    Ok(found)
}

fn leads_to(
    work: &mut Work<'_>,
    context: &Context<'_>,
    message: &KeptMessage,
    waiting: Waiting,
) -> Result<bool, StateError> {
    let Some((process, node)) = &message.to else {
        return Ok(true);
    };
    let state = work.state;
    let instance = work
        .instances
        .get(&waiting.instance, || state.instance(waiting.instance))?
        .ok_or_else(|| missing("the case", waiting.instance))?;
    let graph = context
        .definitions
        .graph(instance.definition)
        .ok_or_else(|| missing("the definition", instance.definition))?;
    Ok(graph.key == *process
        && node
            .as_ref()
            .is_none_or(|node| graph.node(waiting.node).is_some_and(|waiting| waiting.id == *node)))
}

/// Those among several whom an earlier message connects with the sender.
fn correspondents(work: &mut Work<'_>, sender: InstanceId, found: &[Waiting]) -> Result<Vec<Waiting>, StateError> {
    let state = work.state;
    let mut started_by = |id: InstanceId| -> Result<Option<InstanceId>, StateError> {
        Ok(work
            .instances
            .get(&id, || state.instance(id))?
            .and_then(|instance| instance.correspondent))
    };
    let senders = started_by(sender)?;
    let mut connected = Vec::new();
    for waiting in found {
        if senders == Some(waiting.instance) || started_by(waiting.instance)? == Some(sender) {
            connected.push(*waiting);
        }
    }
    Ok(connected)
}

/// Takes the oldest kept message that a fresh subscription waits for.
pub(crate) fn take_kept(
    case: &mut Case,
    waiting: &Waiting,
    name: &str,
    key: Option<&str>,
) -> Result<Option<BTreeMap<String, Value>>, Stop> {
    let state = case.work.state;
    let committed = state.messages(name, LOOKED_AT)?;
    let ids = case
        .work
        .messages
        .merged(committed, |_, row: &KeptMessage| row.name == name);
    for id in ids {
        let Some(message) = case.work.messages.get(&id, || state.message(id))?.cloned() else {
            continue;
        };
        let fits = match (&message.key, key) {
            (Some(given), Some(awaited)) => given == awaited,
            (None, _) | (_, None) => true,
        };
        if fits && leads_to(case.work, case.context, &message, *waiting)? {
            forget(case.work, id)?;
            return Ok(Some(message.variables));
        }
    }
    Ok(None)
}

/// A kept message is gone, and the timer that would have forgotten it.
pub(crate) fn forget(work: &mut Work<'_>, id: MessageId) -> Result<(), StateError> {
    let state = work.state;
    let timer = work
        .messages
        .get(&id, || state.message(id))?
        .and_then(|message| message.timer);
    if let Some(timer) = timer {
        work.timers.delete(timer);
    }
    work.messages.delete(id);
    Ok(())
}
