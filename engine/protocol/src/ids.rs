//! Identifiers. Every one is a `u64` drawn from one counter by the writer, so an id is never used twice, whatever it
//! names. In JSON they are decimal strings, because a browser's numbers lose digits past 2^53.

use std::{fmt, num::NonZeroU64, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A text that is not a positive decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseIdError;

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is a positive decimal number")
    }
}

impl std::error::Error for ParseIdError {}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU64);

        impl $name {
            /// The id with this number; `None` for zero, which names nothing.
            pub const fn new(number: u64) -> Option<Self> {
                match NonZeroU64::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// The number behind the id.
            pub const fn get(self) -> u64 {
                self.0.get()
            }
        }

        impl From<NonZeroU64> for $name {
            fn from(number: NonZeroU64) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.parse().map(Self).map_err(|_| ParseIdError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

ids! {
    /// One deployed version of one process.
    DefinitionId;
    /// One running or finished case of a process.
    InstanceId;
    /// One activation of one BPMN element in one instance.
    ElementInstanceId;
    /// One person's (or group's) to-do.
    TaskId;
    /// Something that happens at a moment.
    TimerId;
    /// A piece of work handed to a plugin or an outside worker.
    JobId;
    /// A step that could not go on and waits for repair.
    IncidentId;
    /// Something that waits for a message, a signal or a condition.
    SubscriptionId;
    /// A message between cases that nobody has taken yet.
    MessageId;
    /// A message that leaves the system.
    OutboxId;
    /// A page (寻呼), prompt or notice to one person.
    PageId;
    /// Work on many records that goes on over many commits.
    RecordJobId;
    /// An import of records.
    ImportId;
    /// A record of any entity.
    RecordId;
    /// That a record is shared with somebody.
    ShareId;
    /// A person: the id of a `system.person` record.
    PersonId;
}

impl From<PersonId> for RecordId {
    fn from(person: PersonId) -> Self {
        Self(person.0)
    }
}

impl From<RecordId> for PersonId {
    fn from(record: RecordId) -> Self {
        Self(record.0)
    }
}
