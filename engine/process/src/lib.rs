//! The pure process state machine.
//!
//! [`decide`] takes a command and the rows it needs, and answers with the rows that change and the effects that follow,
//! or with a refusal. It never does IO, never looks at a clock, never draws a random number and knows no store: the
//! same command on the same rows gives the same answer on every machine.
//!
//! Where things are: `commands/` checks what was asked and by whom; `flow` moves tokens from element to element until
//! every one of them waits; `elements/` says what each kind of element does with a token; `events/` is what is waited for
//! and what is thrown; `repeat` and `compensation` do activities again and undo them; `agenda` is what other cases have to
//! do because of this one; `human/` is what people do with their to-dos. What goes wrong inside a case becomes an incident on the element it happened to, never a failure
//! of the engine.
//!
//! What is true after every command, and what the tests hold it to:
//! - Every live activation waits for something that will come: a child, a to-do, a timer, a job, a message, a signal, a
//!   condition, a called case, a token at a join, or the repair of its incident. Each of these belongs to a live
//!   activation, which lists it, or to the case.
//! - Every scope knows how many activations are live in it. An active case has at least one, an ended case has none.
//! - A step touches the rows it is about. Only cancelling asks what is live in a scope; nothing ever asks for history.

mod agenda;
mod case;
mod commands;
mod compensation;
mod data;
mod elements;
mod events;
mod flow;
mod form;
mod halt;
mod human;
mod incident;
mod jobs;
mod ports;
mod refusals;
mod repeat;
mod scope;
pub mod state;
mod timing;

pub use commands::arm_start_timers;
pub use elements::http_task::{Verdict, request_inputs, verdict};
pub use elements::user_task::{ASSIGNEE_ANSWER, ASSIGNEE_JOB, ASSIGNEES_SO_FAR};
pub use ports::{Context, Definitions, Directory, EvaluationError, Evaluator, Limits, Scope, ScriptResult};

use kapok_protocol::{Command, InstanceId, Refusal};

use state::{StateError, Work};

/// What a command answers when it is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A case was started.
    Started(InstanceId),
    /// It is done.
    Done,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// The answer is no; nothing happened.
    Refused(Refusal),
    /// A row could not be read.
    State(StateError),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StateError> for Stop {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

/// Carries out one command on `work`. After a [`Stop`] the work is thrown away.
pub fn decide(command: &Command, work: &mut Work<'_>, context: &mut Context<'_>) -> Result<Answer, Stop> {
    let answer = carry_out(command, work, context)?;
    agenda::carry_out(work, context)?;
    Ok(answer)
}

fn carry_out(command: &Command, work: &mut Work<'_>, context: &mut Context<'_>) -> Result<Answer, Stop> {
    use commands::*;
    match command {
        Command::Start(request) => return start::start(work, context, request).map(Answer::Started),
        Command::FireTimer(timer) => return fire_timer::fire_timer(work, context, *timer),
        Command::Publish(message) => return publish::publish(work, context, message),
        Command::Broadcast { signal, variables } => publish::broadcast(work, context, signal, variables)?,
        Command::Reconsider(instance) => publish::reconsider(work, context, *instance)?,
        Command::Claim(task) => claim::claim(work, context, *task)?,
        Command::Release(task) => release::release(work, context, *task)?,
        Command::Complete {
            task,
            decision,
            comment,
            variables,
        } => {
            complete::complete(work, context, *task, *decision, comment.as_deref(), variables)?;
        }
        Command::Urge(task) => urge::urge(work, context, *task)?,
        Command::FinishJob { job, outcome } => finish_job::finish_job(work, context, *job, outcome)?,
        Command::Retry(incident) => retry::retry(work, context, *incident)?,
        Command::Cancel { instance, reason } => cancel::cancel(work, context, *instance, reason)?,
    }
    Ok(Answer::Done)
}
