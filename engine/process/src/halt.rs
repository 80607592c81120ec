//! Why a step did not come to its end.

use kapok_protocol::Text;

use crate::{Stop, state::StateError};

/// Why a step did not come to its end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Somebody has to repair something first: it becomes an incident with this text.
    Stuck(Text),
    /// It failed with an error that the model may catch.
    Error {
        /// The error code.
        code: String,
        /// What happened, for the incident when nothing catches it.
        message: String,
    },
    /// The whole command cannot go on.
    Stop(Stop),
}

impl From<Text> for Halt {
    fn from(text: Text) -> Self {
        Self::Stuck(text)
    }
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<StateError> for Halt {
    fn from(error: StateError) -> Self {
        Self::Stop(error.into())
    }
}
