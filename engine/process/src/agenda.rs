//! What other cases have to do because of a command: a called case begins or returns, a message or a signal arrives, an
//! error is caught further out. Done one after the other when the case at hand has come to rest, so that no case works
//! inside another.

use std::collections::BTreeMap;

use kapok_protocol::{DefinitionId, ElementInstanceId, InstanceId, Value};

use crate::{
    Context, Stop,
    case::Case,
    elements::call_activity,
    events::{
        catching::{self, Catcher},
        messages, signals,
    },
    flow,
    state::{InstanceState, KeptMessage, Work},
};

/// Something another case has to do.
#[derive(Debug)]
pub(crate) enum Agenda {
    /// A called case begins.
    Call {
        /// The calling case.
        caller: InstanceId,
        /// Its call activity.
        element: ElementInstanceId,
        /// What is called.
        definition: DefinitionId,
        /// Its first variables.
        variables: BTreeMap<String, Value>,
        /// Its business key.
        business_key: Option<String>,
    },
    /// A called case is over.
    Return {
        /// The calling case.
        caller: InstanceId,
        /// Its call activity.
        element: ElementInstanceId,
        /// The called case.
        child: InstanceId,
        /// How it ended.
        state: InstanceState,
    },
    /// An error or escalation of a called case is caught by a case further out.
    Catch {
        /// The catching case.
        instance: InstanceId,
        /// What catches it.
        catcher: Catcher,
        /// Whether what it leaves always ends.
        is_error: bool,
        /// What it says.
        content: BTreeMap<String, Value>,
    },
    /// A repeated activity has waited for what it threw to arrive.
    Release {
        /// Its case.
        instance: InstanceId,
        /// What holds its instances together.
        body: ElementInstanceId,
    },
    /// A message is on its way.
    Deliver(KeptMessage),
    /// A signal is on its way.
    Broadcast {
        /// Its name.
        signal: String,
        /// What it brings.
        variables: BTreeMap<String, Value>,
        /// The case that sent it.
        sender: Option<InstanceId>,
    },
}

/// Does what there is to do, until nothing is left.
pub(crate) fn carry_out(work: &mut Work<'_>, context: &mut Context<'_>) -> Result<(), Stop> {
    while let Some(item) = work.agenda.pop_front() {
        match item {
            Agenda::Call {
                caller,
                element,
                definition,
                variables,
                business_key,
            } => call_activity::begin(work, context, caller, element, definition, variables, business_key)?,
            Agenda::Return {
                caller,
                element,
                child,
                state,
            } => call_activity::returned(work, context, caller, element, child, state)?,
            Agenda::Catch {
                instance,
                catcher,
                is_error,
                content,
            } => {
                let mut case = Case::open(work, context, instance)?;
                if still_there(&mut case, catcher)? {
                    catching::catch(&mut case, catcher, is_error, content)?;
                    flow::run(&mut case)?;
                }
            }
            Agenda::Release { instance, body } => {
                let mut case = Case::open(work, context, instance)?;
                if flow::is_live(&mut case, Some(body))? {
                    flow::remove_token(&mut case, Some(body))?;
                    flow::run(&mut case)?;
                }
            }
            Agenda::Deliver(message) => messages::deliver(work, context, message)?,
            Agenda::Broadcast {
                signal,
                variables,
                sender,
            } => signals::broadcast(work, context, &signal, &variables, sender)?,
        }
    }
    Ok(())
}

/// Whether what would catch is still live when its turn comes.
fn still_there(case: &mut Case, catcher: Catcher) -> Result<bool, Stop> {
    if case.instance()?.state != InstanceState::Active {
        return Ok(false);
    }
    let watched = match catcher {
        Catcher::Boundary { activity, .. } => Some(activity),
        Catcher::EventSubProcess { scope, .. } => scope,
    };
    Ok(flow::is_live(case, watched)?)
}
