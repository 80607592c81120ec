//! Messages and signals.

use std::collections::BTreeMap;

use kapok::protocol::Value;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A message for one case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentMessage {
    /// Its name, as drawn.
    pub(crate) name: String,
    /// Which of several cases is meant: the correlation key, or the business key of the case.
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) variables: BTreeMap<String, Value>,
    /// How many seconds it may wait for somebody who wants it.
    #[serde(default)]
    pub(crate) ttl: Option<u32>,
}

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublishedTo {
    /// The case that it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) instance: Option<String>,
}

/// A signal for all cases that wait for it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signal {
    /// Its name, as drawn.
    pub(crate) name: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) variables: BTreeMap<String, Value>,
}
