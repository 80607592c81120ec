use std::collections::BTreeMap;

use kapok::{
    model::{FieldAccess, FieldKind as FormKind, FormField},
    protocol::Value,
    records::{Choice, Field as RecordField, FieldAccess as Restriction, FieldKind},
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
    /// What people who fill it in are told about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    read_only: bool,
    /// The entity that a reference points at.
    #[serde(skip_serializing_if = "Option::is_none")]
    entity: Option<String>,
    /// Whether there may be several; the value is then a list.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    multiple: bool,
    /// Left out when the dictionary has very many.
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<Vec<ChoiceView>>,
    /// The dictionary that the choices come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    dictionary: Option<String>,
    /// The most characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    /// Digits after the point.
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<String>,
    /// Of files: the most of them, and the most bytes of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_files: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_size: Option<u64>,
    /// Of what is computed: the type of its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'static str>,
    /// The part of the form it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<String>,
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

/// A longer dictionary is asked for by itself, once for all fields that choose from it.
const SENT_ALONG: usize = 200;

/// An entry of a dictionary.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ChoiceView {
    id: String,
    label: Text,
    /// The entry it stands below, in a tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    /// Whether it can no longer be chosen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
}

impl From<&Choice> for ChoiceView {
    fn from(choice: &Choice) -> Self {
        Self {
            id: choice.id.clone(),
            label: (&choice.label).into(),
            parent: choice.parent.clone(),
            disabled: choice.disabled,
        }
    }
}

impl Field {
    fn new(id: &str, label: Text, kind: &'static str, required: bool) -> Self {
        Self {
            id: id.to_owned(),
            label,
            help: None,
            kind,
            required,
            read_only: false,
            entity: None,
            multiple: false,
            choices: None,
            dictionary: None,
            max_length: None,
            scale: None,
            min: None,
            max: None,
            max_files: None,
            max_size: None,
            result: None,
            section: None,
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

    /// The field with what its reader may do with it: `masked`, `read` or `edit`.
    pub(crate) fn restricted(self, access: Option<Restriction>) -> Self {
        let access = match access {
            Some(Restriction::Hidden | Restriction::Masked) => "masked",
            Some(Restriction::Read) => "read",
            Some(Restriction::Edit) | None => "edit",
        };
        Self {
            access: Some(access),
            ..self
        }
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
        view.read_only = field.read_only || field.kind.is_computed();
        view.help = field.help.as_ref().map(Into::into);
        view.section.clone_from(&field.section);
        view.describe(&field.kind);
        view
    }
}

impl Field {
    /// Its type, and what belongs to the type. What is computed is shown like its values.
    fn describe(&mut self, kind: &FieldKind) {
        self.kind = kind.name();
        self.multiple = kind.is_multiple();
        self.dictionary = kind.dictionary().map(str::to_owned);
        self.choices = kind
            .choices()
            .filter(|choices| self.dictionary.is_none() || choices.len() <= SENT_ALONG)
            .map(|choices| choices.iter().map(ChoiceView::from).collect());
        match kind {
            FieldKind::Text { max_length }
            | FieldKind::LongText { max_length }
            | FieldKind::RichText { max_length } => {
                self.max_length = Some(*max_length);
            }
            FieldKind::Number { scale, min, max } => self.bounds(*scale, min.as_ref(), max.as_ref()),
            FieldKind::Decimal { scale, min, max } => self.bounds(Some(*scale), min.as_ref(), max.as_ref()),
            FieldKind::Money { currency, min, max } => {
                self.currency = Some(currency.clone());
                self.bounds(Some(2), min.as_ref(), max.as_ref());
            }
            FieldKind::Reference { entity, .. } => self.entity = Some(entity.to_string()),
            FieldKind::Attachment(limits) | FieldKind::Picture(limits) => {
                self.max_files = Some(limits.max_files);
                self.max_size = Some(limits.max_size);
            }
            FieldKind::Formula { result, .. } | FieldKind::RollUp { result, .. } => {
                self.describe(result);
                self.kind = kind.name();
                self.result = Some(result.name());
            }
            FieldKind::Lines { columns } => self.columns = Some(columns.iter().map(Self::from).collect()),
            FieldKind::Date
            | FieldKind::Time
            | FieldKind::DateTime
            | FieldKind::Boolean
            | FieldKind::Choice { .. }
            | FieldKind::TreeChoice { .. }
            | FieldKind::Person { .. }
            | FieldKind::Department { .. }
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::Address { .. }
            | FieldKind::AutoNumber { .. } => {}
        }
    }

    fn bounds<N: ToString>(&mut self, scale: Option<u32>, min: Option<&N>, max: Option<&N>) {
        self.scale = scale;
        self.min = min.map(ToString::to_string);
        self.max = max.map(ToString::to_string);
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
                        parent: None,
                        disabled: false,
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
