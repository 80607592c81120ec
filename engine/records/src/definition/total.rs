use kapok_protocol::{Entity, Filter, Text};
use serde::Serialize;

use super::Function;

/// One figure over all records of an entity, which a role may see without seeing the records. It takes no further
/// filter, so that nothing about single records can be found out by asking for it in many ways.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedTotal {
    /// Its stable id, such as `plans.year`.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// Over which records.
    pub entity: Entity,
    /// Their count or sum.
    pub function: Function,
    /// The field that is summed.
    pub value: Option<String>,
    /// Which of the records.
    pub filter: Option<Filter>,
    /// The role that may see it.
    pub role: String,
}
