//! The words every part of Kapok agrees on.
//!
//! Plain data and nothing else: ids, values, filters, commands, effects, refusals. No logic beyond what a type needs
//! to be well formed, no IO, no clock. A crate that only wants to talk *about* the engine depends on this one alone.

mod command;
mod effect;
mod expression;
mod filter;
mod ids;
mod principal;
mod record;
mod refusal;
mod text;
mod time;
mod value;

pub use command::{Command, Decision, JobOutcome, PublishedMessage, RecordEvent, StartRequest};
pub use effect::{Delivery, Effect, Mail, Message, OutboxRow, Page, PageKind, Sms};
pub use expression::{Expression, Language};
pub use filter::{Filter, Operator, Test};
pub use ids::{
    DefinitionId, ElementInstanceId, ImportId, IncidentId, InstanceId, JobId, MessageId, OutboxId, PageId,
    ParseIdError, PersonId, RecordId, RecordJobId, ShareId, SubscriptionId, TaskId, TimerId,
};
pub use principal::Principal;
pub use record::{Entity, Record, RecordChange, RecordRef};
pub use refusal::{Refusal, RefusalKind};
pub use text::Text;
pub use time::{IsoDuration, ParseDurationError, Timestamp};
pub use value::Value;
