use kapok::{DefinitionChange, DefinitionPlan};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::Text;

/// Changes of the administrator's layer, to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayerPlanRequest {
    pub(crate) changes: Vec<LayerChange>,
}

/// Changes of the administrator's layer, to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayerChangeRequest {
    pub(crate) changes: Vec<LayerChange>,
    /// Whether what loses data, or takes it from sight, is meant.
    #[serde(default)]
    pub(crate) confirm: bool,
    /// The version of the layer that the changes were made on; another one by now is a conflict.
    #[serde(default)]
    pub(crate) base: Option<String>,
}

/// A change of one item of the administrator's layer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayerChange {
    /// The table: `entities`, `extend`, `dictionaries`, `roles`, `permissions`, `field_rules` or `totals`.
    kind: String,
    /// The id in that table.
    id: String,
    /// What it says; null takes it out of the layer.
    #[schema(value_type = Object)]
    value: Json,
}

impl From<LayerChange> for DefinitionChange {
    fn from(change: LayerChange) -> Self {
        Self {
            kind: change.kind,
            id: change.id,
            value: Some(change.value).filter(|value| !value.is_null()),
        }
    }
}

/// What changes of the administrator's layer do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LayerPlan {
    changes: Vec<PlannedChange>,
    errors: Vec<LayerError>,
    /// The version of the layer: the one it was planned on, or the one that came of it.
    version: String,
}

/// One thing that changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlannedChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    entity: Option<String>,
    text: Text,
    /// Whether data is lost or taken from sight by it.
    destructive: bool,
    /// Whether the records are put in order afterwards.
    back_fill: bool,
}

/// Something that is wrong in a definition.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LayerError {
    file: String,
    line: usize,
    /// The keys that lead to it.
    path: String,
    text: Text,
}

impl From<DefinitionPlan> for LayerPlan {
    fn from(plan: DefinitionPlan) -> Self {
        let changes = plan.changes.into_iter().map(|change| PlannedChange {
            entity: change.entity.map(|entity| entity.to_string()),
            text: change.text.into(),
            destructive: change.destructive,
            back_fill: change.back_fill,
        });
        let errors = plan.errors.into_iter().map(|error| LayerError {
            file: error.file,
            line: error.line,
            path: error.path,
            text: error.text.into(),
        });
        Self {
            changes: changes.collect(),
            errors: errors.collect(),
            version: plan.version,
        }
    }
}
