use kapok::{
    ListViewEntry, RecordView, ViewScope,
    protocol::{self, Filter},
    records::{Sort, View, ViewKind},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ViewView;
use crate::problem::Problem;

/// Whose view is meant.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ViewOwner {
    /// The caller's own.
    #[default]
    Mine,
    /// Everybody's.
    Company,
}

/// A view of a list, to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewListView {
    label: NewText,
    /// `list`, `kanban`, `calendar` or `tree`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    kind: ViewKind,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    filter: Option<Filter>,
    #[serde(default)]
    columns: Vec<String>,
    /// `{"field","descending"}`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    sort: Option<Sort>,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    end_field: Option<String>,
}

/// A label in both languages.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewText {
    zh: String,
    en: String,
}

/// The longest label, in characters.
const LONGEST: usize = 100;

impl NewListView {
    pub(crate) fn named(self, id: String) -> Result<View, Problem> {
        let label = protocol::Text::new(self.label.zh.trim(), self.label.en.trim());
        let fits = |text: &str| (1..=LONGEST).contains(&text.chars().count());
        if !fits(&label.zh) || !fits(&label.en) {
            return Err(Problem::malformed("`label` has 1 to 100 characters in each language"));
        }
        Ok(View {
            id,
            label,
            kind: self.kind,
            filter: self.filter,
            columns: self.columns,
            sort: self.sort,
            field: self.field,
            end_field: self.end_field,
            shipped: false,
        })
    }
}

/// A view of a list.
pub(crate) type ListView = ViewView;

impl From<ListViewEntry> for ViewView {
    fn from(entry: ListViewEntry) -> Self {
        Self::from(&entry.view).of(match entry.scope {
            ViewScope::Shipped => "shipped",
            ViewScope::Company => "company",
            ViewScope::Mine => "mine",
        })
    }
}

/// A record that the caller marked or has seen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Shortcut {
    entity: String,
    id: String,
    title: String,
}

impl From<RecordView> for Shortcut {
    fn from(record: RecordView) -> Self {
        Self {
            entity: record.reference.entity.to_string(),
            id: record.reference.id.to_string(),
            title: record.title,
        }
    }
}
