//! Events: what is waited for, what happens when it comes, and what is thrown (BPMN 2.0.2, 10.5, 13.5).
//!
//! Whatever waits is a row: a timer or a subscription, which names who waits and for which trigger of which event.
//! Errors, escalations, cancellations and compensations wait for nothing; who catches them is found from the drawing
//! when they are thrown.

pub(crate) mod catching;
pub(crate) mod conditions;
pub(crate) mod errors;
pub(crate) mod escalations;
pub(crate) mod messages;
pub(crate) mod signals;

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{EventDefinition, Name, NodeIndex, NodeKind};
use kapok_protocol::{ElementInstanceId, SubscriptionId, Text, Value};

use crate::{
    Stop,
    agenda::Agenda,
    case::Case,
    data,
    elements::{boundary_event, event_based_gateway, event_sub_process},
    flow::{self, Step},
    halt::Halt,
    scope,
    state::{Awaited, EventKind, StateError, Subscription, TimerKind, Waiting},
    timing,
};

/// Starts to wait for the triggers of an event, on behalf of `owner`.
pub(crate) fn arm(
    case: &mut Case,
    owner: Option<ElementInstanceId>,
    node: NodeIndex,
    triggers: &[EventDefinition],
) -> Result<(), Halt> {
    for (trigger, definition) in (0..).zip(triggers) {
        let waiting = Waiting {
            instance: case.id,
            owner,
            node,
            trigger,
        };
        match definition {
            EventDefinition::Message(message) => {
                let name = name(case, owner, &message.name)?;
                let key = match &message.key {
                    Some(key) => Some(messages::key(case, owner, key)?),
                    None => case.instance()?.business_key.clone(),
                };
                let id = subscribe(case, waiting, Awaited::Message { name, key })?;
                case.queue.push_back(Step::Offer(id));
            }
            EventDefinition::Signal(signal) => {
                let name = name(case, owner, signal)?;
                subscribe(case, waiting, Awaited::Signal(name))?;
            }
            EventDefinition::Condition(_) => {
                let id = subscribe(case, waiting, Awaited::Condition { held: false })?;
                case.queue.push_back(Step::Offer(id));
            }
            EventDefinition::Timer(timer) => {
                let schedule = timing::schedule(case, owner, timer)?;
                timing::arm(case, owner, schedule, TimerKind::Event(waiting))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether the case may start another one, or is the last of a chain of cases that start each other.
fn may_start(case: &mut Case) -> Result<(), Halt> {
    let most = case.context.limits.trigger_depth;
    if case.instance()?.depth < most {
        return Ok(());
    }
    Err(Halt::Stuck(Text::new(
        format!("流程之间互相发起超过 {most} 层，已暂停，可能形成了循环。请检查流程图上的消息和信号。"),
        format!(
            "Processes have started each other more than {most} times in a row, so this was paused; they may go in a \
             circle. Check the messages and signals in the drawings."
        ),
    )))
}

/// A name as it stands, or as it is computed from what `scope` sees.
pub(crate) fn name(case: &mut Case, scope: Option<ElementInstanceId>, name: &Name) -> Result<String, Halt> {
    let expression = match name {
        Name::Literal(name) => return Ok(name.clone()),
        Name::Computed(expression) => expression,
    };
    match scope::value(case, scope, expression)? {
        Value::Text(name) if !name.is_empty() => Ok(name),
        Value::Number(number) => Ok(number.normalize().to_string()),
        other => Err(Halt::Stuck(Text::new(
            format!(
                "“{}”应得出一个名称，实际得到 {other}。请修改数据后重试。",
                expression.text
            ),
            format!(
                "`{}` should give a name and gave {other}. Mend the data and retry.",
                expression.text
            ),
        ))),
    }
}

fn subscribe(case: &mut Case, waiting: Waiting, awaited: Awaited) -> Result<SubscriptionId, StateError> {
    let id: SubscriptionId = case.new_id();
    if matches!(awaited, Awaited::Condition { .. }) {
        let instance = case.instance_mut()?;
        instance.conditions = instance.conditions.saturating_add(1);
    }
    case.work.subscriptions.put(id, Subscription { id, waiting, awaited });
    subscriptions_of(case, waiting.owner)?.push(id);
    Ok(id)
}

fn subscriptions_of<'x>(
    case: &'x mut Case,
    owner: Option<ElementInstanceId>,
) -> Result<&'x mut Vec<SubscriptionId>, StateError> {
    match owner {
        None => Ok(&mut case.instance_mut()?.subscriptions),
        Some(id) => Ok(&mut case.element_mut(id)?.subscriptions),
    }
}

/// A subscription that is still there.
fn subscription(case: &mut Case, id: SubscriptionId) -> Result<Option<Subscription>, StateError> {
    let state = case.work.state;
    Ok(case.work.subscriptions.get(&id, || state.subscription(id))?.cloned())
}

/// Stops waiting for everything that `owner` waits for.
pub(crate) fn disarm(case: &mut Case, owner: Option<ElementInstanceId>) -> Result<(), StateError> {
    disarm_where(case, owner, |_| true)
}

/// Stops waiting for those events of `owner` that are meant.
pub(crate) fn disarm_where(
    case: &mut Case,
    owner: Option<ElementInstanceId>,
    meant: impl Fn(NodeIndex) -> bool,
) -> Result<(), StateError> {
    forget(case, owner, |waiting| meant(waiting.node), true)
}

/// Stops waiting for one trigger of one event.
pub(crate) fn disarm_trigger(case: &mut Case, done: Waiting) -> Result<(), StateError> {
    forget(
        case,
        done.owner,
        |waiting| waiting.node == done.node && waiting.trigger == done.trigger,
        false,
    )
}

/// `others`: whether timers that are not events (new tries of jobs, continuations) are meant too.
fn forget(
    case: &mut Case,
    owner: Option<ElementInstanceId>,
    meant: impl Fn(&Waiting) -> bool,
    others: bool,
) -> Result<(), StateError> {
    let state = case.work.state;
    let subscriptions = std::mem::take(subscriptions_of(case, owner)?);
    let mut left = Vec::new();
    for id in subscriptions {
        match subscription(case, id)? {
            Some(row) if meant(&row.waiting) => {
                if matches!(row.awaited, Awaited::Condition { .. }) {
                    let instance = case.instance_mut()?;
                    instance.conditions = instance.conditions.saturating_sub(1);
                }
                case.work.subscriptions.delete(id);
            }
            Some(_) => left.push(id),
            None => {}
        }
    }
    *subscriptions_of(case, owner)? = left;
    let timers = std::mem::take(timing::timers_of(case, owner)?);
    let mut left = Vec::new();
    for id in timers {
        let kind = case
            .work
            .timers
            .get(&id, || state.timer(id))?
            .map(|timer| timer.kind.clone());
        let ends = match kind {
            Some(TimerKind::Event(waiting)) => meant(&waiting),
            Some(_) => others,
            None => continue,
        };
        if ends {
            case.work.timers.delete(id);
        } else {
            left.push(id);
        }
    }
    *timing::timers_of(case, owner)? = left;
    Ok(())
}

/// Whether other triggers of the event are still waited for.
fn others_wait(case: &mut Case, done: Waiting) -> Result<bool, StateError> {
    let state = case.work.state;
    for id in subscriptions_of(case, done.owner)?.clone() {
        if subscription(case, id)?.is_some_and(|row| row.waiting.node == done.node) {
            return Ok(true);
        }
    }
    for id in timing::timers_of(case, done.owner)?.clone() {
        let timer = case.work.timers.get(&id, || state.timer(id))?;
        if timer.is_some_and(|timer| matches!(&timer.kind, TimerKind::Event(waiting) if waiting.node == done.node)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a fresh subscription waits for may be there already: a message that was kept, a condition that holds.
pub(crate) fn offer(case: &mut Case, id: SubscriptionId) -> Result<(), Stop> {
    let Some(row) = subscription(case, id)? else {
        return Ok(());
    };
    match &row.awaited {
        Awaited::Message { name, key } => match messages::take_kept(case, &row.waiting, name, key.as_deref())? {
            Some(content) => {
                occur(case, row.waiting, content)?;
                // Whoever still waits takes the next one too.
                case.queue.push_back(Step::Offer(id));
                Ok(())
            }
            None => Ok(()),
        },
        Awaited::Condition { .. } => conditions::look(case, id),
        Awaited::Signal(_) => Ok(()),
    }
}

/// What was waited for has come.
pub(crate) fn occur(case: &mut Case, waiting: Waiting, content: BTreeMap<String, Value>) -> Result<(), Stop> {
    let graph = Arc::clone(&case.graph);
    let Some(node) = graph.node(waiting.node) else {
        return Ok(());
    };
    if !flow::is_live(case, waiting.owner)? {
        return Ok(());
    }
    let parallel = match &node.kind {
        NodeKind::IntermediateCatch(catch) | NodeKind::BoundaryEvent { catch, .. } => catch.parallel,
        NodeKind::StartEvent(start) => start.parallel,
        _ => false,
    };
    if parallel {
        disarm_trigger(case, waiting)?;
        if others_wait(case, waiting)? {
            for (name, value) in content {
                scope::set(case, waiting.owner, &name, value)?;
            }
            return Ok(());
        }
    }
    let owner = match waiting.owner {
        Some(owner) => Some((owner, case.element(owner)?.node)),
        None => None,
    };
    match (&node.kind, owner) {
        (_, Some((owner, own))) if own == waiting.node => {
            let outcome = data::receive_event(case, owner, content).and_then(|()| flow::complete(case, owner));
            flow::settle(case, owner, outcome)
        }
        (NodeKind::BoundaryEvent { interrupting, .. }, Some((activity, _))) => {
            boundary_event::trigger(case, activity, waiting.node, *interrupting, content)?;
            if parallel && !interrupting {
                let armed = boundary_event::arm_one(case, activity, waiting.node);
                flow::settle(case, activity, armed)?;
            }
            Ok(())
        }
        (NodeKind::StartEvent(start), _) => {
            event_sub_process::begin(case, waiting.owner, waiting.node, content)?;
            if parallel && !start.interrupting {
                let armed = event_sub_process::arm_one(case, waiting.owner, waiting.node);
                match waiting.owner {
                    Some(scope) => flow::settle(case, scope, armed)?,
                    // At the top there is nobody to be stuck; what armed it once would have failed then.
                    None => drop(armed),
                }
            }
            Ok(())
        }
        (_, Some((gateway, _))) => event_based_gateway::chosen(case, gateway, waiting.node, content),
        (_, None) => Ok(()),
    }
}

/// Throws what an event throws at once. What concerns the thrower's own way (an error, a link, a compensation, the end
/// of its scope) is its own business.
pub(crate) fn throw_one(case: &mut Case, id: ElementInstanceId, definition: &EventDefinition) -> Result<(), Halt> {
    let graph = Arc::clone(&case.graph);
    match definition {
        EventDefinition::Message(message) => messages::send(case, id, message),
        EventDefinition::Signal(signal) => {
            let signal = name(case, Some(id), signal)?;
            if !case.context.definitions.signal_starts(&signal).is_empty() {
                may_start(case)?;
            }
            let variables = data::content(case, id, &graph)?;
            case.log(id, EventKind::Thrown(signal.clone()))?;
            let sender = Some(case.id);
            case.work.agenda.push_back(Agenda::Broadcast {
                signal,
                variables,
                sender,
            });
            Ok(())
        }
        EventDefinition::Escalation(code) => Ok(escalations::throw(case, id, code.as_deref().unwrap_or_default())?),
        EventDefinition::Error(code) => Err(Halt::Error {
            code: code.clone().unwrap_or_default(),
            message: {
                let node = case.element(id)?.node;
                case.label(node)
            },
        }),
        _ => Ok(()),
    }
}
