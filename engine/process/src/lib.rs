//! The pure process state machine.
//!
//! [`decide`] takes a command and the rows it needs, and answers with the rows that change and the effects that follow,
//! or with a refusal. It never does IO, never looks at a clock, never draws a random number and knows no store: the
//! same command on the same rows gives the same answer on every machine.

mod ports;
pub mod state;

pub use ports::{Context, Definitions, Directory, EvaluationError, Evaluator, Limits, Scope, ScriptResult};

use kapok_protocol::{Command, InstanceId, Refusal, TaskId};

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
pub fn decide(_command: &Command, _work: &mut Work<'_>, _context: &mut Context<'_>) -> Result<Answer, Stop> {
    let _: Option<TaskId> = None;
    Ok(Answer::Done)
}
