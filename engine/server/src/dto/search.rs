use kapok::{
    FoundRecord, FoundRecords, StatisticsRow, StatisticsView,
    protocol::{RecordId, Value},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Text;

/// What was found in one entity.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    entity: String,
    label: Text,
    /// Those whose title was found first.
    items: Vec<FoundItem>,
}

/// A record that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundItem {
    #[schema(value_type = String)]
    id: RecordId,
    title: String,
    /// Where it was found, when that is not the title.
    snippet: Option<String>,
}

impl From<FoundRecords> for Found {
    fn from(found: FoundRecords) -> Self {
        Self {
            entity: found.entity.to_string(),
            label: found.label.into(),
            items: found.items.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<FoundRecord> for FoundItem {
    fn from(found: FoundRecord) -> Self {
        Self {
            id: found.reference.id,
            title: found.title,
            snippet: found.snippet,
        }
    }
}

/// Records counted and added up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Statistics {
    rows: Vec<StatisticsGroup>,
    total: StatisticsTotal,
}

/// One group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatisticsGroup {
    /// The value, or the name of the period; null for records without one.
    #[schema(value_type = Option<serde_json::Value>)]
    key: Value,
    /// What it is called; empty for records without a value.
    label: String,
    /// The same of the second field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<serde_json::Value>)]
    key2: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label2: Option<String>,
    count: u64,
    /// What they add up to, exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    sum: Option<String>,
}

/// All records together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatisticsTotal {
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sum: Option<String>,
}

impl From<StatisticsView> for Statistics {
    fn from(view: StatisticsView) -> Self {
        Self {
            rows: view.rows.into_iter().map(Into::into).collect(),
            total: StatisticsTotal {
                count: view.total.count,
                sum: view.total.sum.map(|sum| sum.to_string()),
            },
        }
    }
}

impl From<StatisticsRow> for StatisticsGroup {
    fn from(row: StatisticsRow) -> Self {
        let mut groups = row.groups.into_iter();
        let (key, label) = groups.next().unwrap_or_default();
        let (key2, label2) = groups.next().unzip();
        Self {
            key,
            label,
            key2,
            label2,
            count: row.count,
            sum: row.sum.map(|sum| sum.to_string()),
        }
    }
}
