//! On whose behalf something happens.

use serde::{Deserialize, Serialize};

use crate::{InstanceId, PersonId};

/// Who acts. Every command, row of history and permission question names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Principal {
    /// The engine itself: timers, recovery, the first run.
    System,
    /// A person who is signed in, or a program with that person's token.
    Person(PersonId),
    /// A running process, with the grants confirmed when it was published.
    Process(InstanceId),
}

impl Principal {
    /// The person, if a person acts.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::System | Self::Process(_) => None,
        }
    }
}
