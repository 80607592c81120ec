//! Something happens outside: a message for one case, a signal for all, a change that conditions may wait for.

use std::collections::BTreeMap;

use kapok_protocol::{InstanceId, Principal, PublishedMessage, Value};

use super::only_the_engine;
use crate::{
    Answer, Context, Stop,
    case::Case,
    events::{conditions, messages, signals},
    flow, refusals,
    state::{InstanceState, Work},
};

/// People who do not run the system, and processes, have no business to pretend that something happened.
fn only_operators(context: &Context<'_>) -> Result<(), Stop> {
    if super::is_operator(context) || matches!(context.actor, Principal::Process(_)) {
        return Ok(());
    }
    Err(refusals::only_administrators().into())
}

/// The longest name of a message or signal, and the longest key, in bytes: they become parts of keys of rows.
const LONGEST: usize = 1_024;

/// Refuses a name that is none, and what is too long to be one.
fn check(name: &str, key: Option<&str>) -> Result<(), Stop> {
    let fits = |text: &str| !text.trim().is_empty() && text.len() <= LONGEST;
    if !fits(name) {
        return Err(refusals::event_name(LONGEST).into());
    }
    if !key.is_none_or(fits) {
        return Err(refusals::event_key(LONGEST).into());
    }
    Ok(())
}

pub(crate) fn publish(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    message: &PublishedMessage,
) -> Result<Answer, Stop> {
    only_operators(context)?;
    check(&message.name, message.key.as_deref())?;
    messages::publish(work, context, message)
}

pub(crate) fn broadcast(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    signal: &str,
    variables: &BTreeMap<String, Value>,
) -> Result<(), Stop> {
    only_operators(context)?;
    check(signal, None)?;
    signals::broadcast(work, context, signal, variables, None)
}

pub(crate) fn reconsider(work: &mut Work<'_>, context: &mut Context<'_>, instance: InstanceId) -> Result<(), Stop> {
    only_the_engine(context)?;
    let mut case = Case::open(work, context, instance)?;
    if case.instance()?.state != InstanceState::Active {
        return Ok(());
    }
    case.variables_changed = true;
    conditions::reconsider(&mut case)?;
    flow::run(&mut case)
}
