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
    /// The field whose date says into which period a record falls; without one there is only the whole.
    pub date: Option<String>,
    /// The shortest period it can be asked for.
    pub finest: TotalPeriod,
}

/// A period that a total can be asked for, the shortest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TotalPeriod {
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    #[default]
    Year,
}

impl TotalPeriod {
    /// What it is called in definitions.
    pub fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}
