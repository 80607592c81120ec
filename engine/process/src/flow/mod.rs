//! Tokens: how activations begin and end, and how one leads to the next (BPMN 2.0.2, 13.2–13.5).
//!
//! Every scope, the case itself or an activation in which others run, counts what is live in it: activations and the
//! tokens under way between them. It is over when the count comes to nothing, so that nobody ever has to look for what
//! is left.
//!
//! Steps are taken first come first served until every token waits. Only then are those asked that wait for what the
//! rest of their scope does: gateways that look upstream, and conditions.

mod completion;
mod ending;
mod tokens;

use kapok_model::{FlowIndex, NodeIndex};
use kapok_protocol::{ElementInstanceId, SubscriptionId};

use crate::{
    Stop,
    case::Case,
    elements::{self, gathering},
    events,
    halt::Halt,
    incident,
    state::{InstanceState, StateError},
};

pub(crate) use completion::{choose, complete, complete_by, no_way_on};
pub(crate) use ending::{cancel, cancel_within, clear, drop_tokens, end_case, is_live, live_in, terminate};
pub(crate) use tokens::{
    activate, activate_part, add_token, emit, end_and_leave, handling, is_ad_hoc, joins, remove_token, send,
};

/// A step still to be taken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// A token comes to a node.
    Enter(Token),
    /// A fresh activation does what its element does.
    Execute(ElementInstanceId),
    /// A scope may be over.
    Finish(Option<ElementInstanceId>),
    /// What a fresh subscription waits for may be there already.
    Offer(SubscriptionId),
    /// A step of an ad-hoc sub-process was done.
    AdHoc(ElementInstanceId),
}

/// A token under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Where it goes.
    pub(crate) node: NodeIndex,
    /// The activation it runs in; `None` at the top.
    pub(crate) scope: Option<ElementInstanceId>,
    /// By which flow it comes; `None` when its scope begins with it.
    pub(crate) flow: Option<FlowIndex>,
    /// The activation that sent it; `None` when the case begins with it.
    pub(crate) cause: Option<ElementInstanceId>,
}

/// Takes steps until every token waits.
pub(crate) fn run(case: &mut Case) -> Result<(), Stop> {
    loop {
        while let Some(step) = case.queue.pop_front() {
            match step {
                Step::Enter(token) => arrive(case, token)?,
                Step::Execute(id) => execute(case, id)?,
                Step::Finish(scope) => ending::finish(case, scope)?,
                Step::Offer(subscription) => events::offer(case, subscription)?,
                Step::AdHoc(id) => elements::ad_hoc::step_done(case, id)?,
            }
        }
        if case.instance()?.state != InstanceState::Active {
            return Ok(());
        }
        gathering::look_upstream(case)?;
        if case.queue.is_empty() && case.moved.is_empty() {
            events::conditions::reconsider(case)?;
            if case.queue.is_empty() && case.moved.is_empty() {
                return Ok(());
            }
        }
    }
}

fn arrive(case: &mut Case, token: Token) -> Result<(), Stop> {
    if !is_live(case, token.scope)? {
        return Ok(()); // Its scope was ended while it was under way.
    }
    if let (Some(flow), Some(cause)) = (token.flow, token.cause)
        && gathering::gathers(&case.graph, token.node)
    {
        case.work.steps = case.work.steps.saturating_add(1);
        return gathering::arrive(case, token.node, token.scope, flow, cause);
    }
    let id = activate(case, token.node, token.scope, token.cause.into_iter().collect())?;
    execute(case, id)
}

/// Does what the element of an activation does, for the first time or, after a repair, once more.
pub(crate) fn execute(case: &mut Case, id: ElementInstanceId) -> Result<(), Stop> {
    if !is_live(case, Some(id))? {
        return Ok(()); // It was ended before its turn came.
    }
    case.work.steps = case.work.steps.saturating_add(1);
    let outcome = match incident::over_limit(case)? {
        Some(text) => Err(text.into()),
        None if case.element(id)?.leaving => complete(case, id),
        None => elements::enter(case, id),
    };
    settle(case, id, outcome)
}

/// Turns what halted a step into what the case makes of it.
pub(crate) fn settle(case: &mut Case, id: ElementInstanceId, outcome: Result<(), Halt>) -> Result<(), Stop> {
    match outcome {
        Ok(()) => Ok(()),
        Err(Halt::Stuck(text)) => Ok(incident::raise(case, id, text)?),
        Err(Halt::Error { code, message }) => events::errors::throw(case, id, &code, &message),
        Err(Halt::Stop(stop)) => Err(stop),
    }
}

/// A row that says what cannot be.
pub(super) fn broken(what: impl Into<String>) -> StateError {
    StateError(what.into())
}
