use std::collections::BTreeMap;

use kapok::{
    model::{FieldAccess, FieldKind as FormKind, FormField},
    protocol::Value,
    records::{Field as RecordField, FieldKind},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Text;

/// A field of a form: of a record, of its line items, or of a process.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(no_recursion)]
pub(crate) struct Field {
    id: String,
    label: Text,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    read_only: bool,
    /// The entity that a reference points at.
    #[serde(skip_serializing_if = "Option::is_none")]
    entity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<Vec<ChoiceView>>,
    /// The columns of `lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<Field>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// What a new record or line begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    default: Option<Value>,
    /// What the present step may do with it: `read`, `edit` or `required`. Hidden fields are not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<&'static str>,
}

/// An entry of a dictionary.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ChoiceView {
    id: String,
    label: Text,
}

impl Field {
    fn new(id: &str, label: Text, kind: &'static str, required: bool) -> Self {
        Self {
            id: id.to_owned(),
            label,
            kind,
            required,
            read_only: false,
            entity: None,
            choices: None,
            columns: None,
            currency: None,
            default: None,
            access: None,
        }
    }

    /// Where it is found from the top of a form, with its columns: `lines`, `lines.quantity`.
    pub(crate) fn paths(self) -> Vec<CatalogueField> {
        let columns = self.columns.clone().unwrap_or_default();
        let parent = self.id.clone();
        let own = CatalogueField {
            path: self.id,
            label: self.label,
            kind: self.kind,
            choices: self.choices,
        };
        let columns = columns.into_iter().map(|column| CatalogueField {
            path: format!("{parent}.{}", column.id),
            label: column.label,
            kind: column.kind,
            choices: column.choices,
        });
        std::iter::once(own).chain(columns).collect()
    }

    /// The fields as a step shows them: without those that are hidden from it.
    pub(crate) fn for_step(fields: Vec<Self>, access: &BTreeMap<String, FieldAccess>) -> Vec<Self> {
        fields
            .into_iter()
            .filter_map(|field| field.with_access("", access))
            .collect()
    }

    fn with_access(mut self, parent: &str, access: &BTreeMap<String, FieldAccess>) -> Option<Self> {
        let path = format!("{parent}{}", self.id);
        self.access = Some(match access.get(&path).copied().unwrap_or(FieldAccess::Read) {
            FieldAccess::Hidden => return None,
            FieldAccess::Read => "read",
            FieldAccess::Edit => "edit",
            FieldAccess::Required => "required",
        });
        // Columns have rules of their own only where some are written; otherwise they follow their lines.
        let prefix = format!("{path}.");
        if let Some(columns) = self.columns.take() {
            let ruled = access.keys().any(|key| key.starts_with(&prefix));
            let columns = columns.into_iter().filter_map(|column| match ruled {
                true => column.with_access(&prefix, access),
                false => Some(Self {
                    access: self.access,
                    ..column
                }),
            });
            self.columns = Some(columns.collect());
        }
        Some(self)
    }
}

impl From<&RecordField> for Field {
    fn from(field: &RecordField) -> Self {
        let mut view = Self::new(&field.id, (&field.label).into(), "", field.required);
        view.default.clone_from(&field.default);
        view.read_only = field.read_only || matches!(field.kind, FieldKind::AutoNumber { .. });
        view.kind = match &field.kind {
            FieldKind::Text { .. } => "text",
            FieldKind::LongText { .. } => "long-text",
            FieldKind::Number { .. } => "number",
            FieldKind::Money { currency } => {
                view.currency = Some(currency.clone());
                "money"
            }
            FieldKind::Date => "date",
            FieldKind::DateTime => "date-time",
            FieldKind::Boolean => "boolean",
            FieldKind::Choice { choices } => {
                let choices = choices.iter();
                let choices = choices.map(|choice| ChoiceView {
                    id: choice.id.clone(),
                    label: (&choice.label).into(),
                });
                view.choices = Some(choices.collect());
                "choice"
            }
            FieldKind::Person => "person",
            FieldKind::Department => "department",
            FieldKind::Reference { entity, .. } => {
                view.entity = Some(entity.to_string());
                "reference"
            }
            FieldKind::Phone => "phone",
            FieldKind::Email => "email",
            FieldKind::AutoNumber { .. } => "auto-number",
            FieldKind::Lines { columns } => {
                view.columns = Some(columns.iter().map(Self::from).collect());
                "lines"
            }
        };
        view
    }
}

impl From<&FormField> for Field {
    fn from(field: &FormField) -> Self {
        let same = |words: &String| Text {
            zh: words.clone(),
            en: words.clone(),
        };
        let kind = match field.kind {
            FormKind::Text => "text",
            FormKind::LongText => "long-text",
            FormKind::Number => "number",
            FormKind::Money => "money",
            FormKind::Date => "date",
            FormKind::DateTime => "date-time",
            FormKind::Boolean => "boolean",
            FormKind::Choice => "choice",
            FormKind::Person => "person",
            FormKind::Lines => "lines",
        };
        let mut view = Self::new(&field.id, same(&field.label), kind, field.required);
        if field.kind == FormKind::Choice {
            let choices = field.choices.iter();
            view.choices = Some(
                choices
                    .map(|name| ChoiceView {
                        id: name.clone(),
                        label: same(name),
                    })
                    .collect(),
            );
        }
        if field.kind == FormKind::Lines {
            view.columns = Some(field.columns.iter().map(Self::from).collect());
        }
        view
    }
}

/// A field by its path, for drawing processes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogueField {
    path: String,
    label: Text,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<Vec<ChoiceView>>,
}
