//! How an entity's records can be looked at.

use kapok::{
    protocol::Filter,
    records::{Related, Sort, View, ViewKind},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Text;

/// How a list is sorted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SortView {
    field: String,
    descending: bool,
}

impl From<&Sort> for SortView {
    fn from(sort: &Sort) -> Self {
        Self {
            field: sort.field.clone(),
            descending: sort.descending,
        }
    }
}

/// The record whose readers read this one too.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParentView {
    /// The field that names it.
    pub(crate) field: String,
    /// Its entity.
    pub(crate) entity: String,
}

/// A saved way to look at records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ViewView {
    id: String,
    label: Text,
    /// `list`, `kanban`, `calendar` or `tree`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    filter: Option<Filter>,
    columns: Vec<String>,
    sort: Option<SortView>,
    field: Option<String>,
    end_field: Option<String>,
    /// `shipped`, `company` or `mine`.
    scope: &'static str,
}

impl From<&View> for ViewView {
    fn from(view: &View) -> Self {
        Self {
            id: view.id.clone(),
            label: (&view.label).into(),
            kind: kind_of(view.kind),
            filter: view.filter.clone(),
            columns: view.columns.clone(),
            sort: view.sort.as_ref().map(SortView::from),
            field: view.field.clone(),
            end_field: view.end_field.clone(),
            scope: if view.shipped { "shipped" } else { "company" },
        }
    }
}

impl ViewView {
    /// The same view, said whose it is.
    pub(super) fn of(mut self, scope: &'static str) -> Self {
        self.scope = scope;
        self
    }
}

fn kind_of(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::List => "list",
        ViewKind::Kanban => "kanban",
        ViewKind::Calendar => "calendar",
        ViewKind::Tree => "tree",
    }
}

/// A list of records that name this one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RelatedView {
    id: String,
    label: Text,
    entity: String,
    field: String,
    /// `list`, or `tree`, by the field that makes one of its entity.
    kind: &'static str,
    columns: Vec<String>,
}

impl From<&Related> for RelatedView {
    fn from(related: &Related) -> Self {
        Self {
            id: related.id.clone(),
            label: (&related.label).into(),
            entity: related.entity.to_string(),
            field: related.field.clone(),
            kind: kind_of(related.kind),
            columns: related.columns.clone(),
        }
    }
}
