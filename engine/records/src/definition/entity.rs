use std::collections::BTreeMap;

use kapok_protocol::{Entity, Filter, Text};
use serde::Serialize;

use super::{DuplicateRule, Field, FieldKind, FieldRule, Grants, IndexRule, Related, Sort, UniqueRule, View};

/// One kind of record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntityDefinition {
    /// Its stable id, such as `quotes.quote`.
    pub id: Entity,
    /// What people call it.
    pub label: Text,
    /// Its place in menus, behind those that have one when `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pos: Option<i64>,
    /// The field that names a record in choosers and links.
    pub title: String,
    /// Its fields, in order, without those that are disabled.
    pub fields: Vec<Field>,
    /// Fields that are no longer used. Records keep their values, and nobody sees them.
    #[serde(skip)]
    pub disabled: Vec<Field>,
    /// The parts of its form, in order.
    pub sections: Vec<Section>,
    /// The fields of its list, in order.
    pub columns: Vec<String>,
    /// How its list is sorted at first.
    pub sort: Option<Sort>,
    /// The reference field that names its parent: who may read that record may read this one.
    pub parent: Option<String>,
    /// While it holds of a record, whoever reads that for itself (through a role or a share, not through the parent) reads
    /// its parent, and what the parent hands down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<Filter>,
    /// What is shown of a record that nobody is responsible for to roles that find those and do not see it otherwise.
    #[serde(skip)]
    pub unowned: Vec<String>,
    /// Whether its records show their history. What happened is kept either way.
    pub history: bool,
    /// The choice field by which it can be shown as a board.
    pub kanban: Option<String>,
    /// The date field by which it can be shown as a calendar.
    pub calendar: Option<String>,
    /// The reference field, to this entity itself, by which it can be shown as a tree.
    pub tree: Option<String>,
    /// Which fields together no two records have alike; those of single fields stand at the field.
    pub unique: Vec<UniqueRule>,
    /// When two records are probably the same.
    pub duplicates: Vec<DuplicateRule>,
    /// Which fields lists are often sorted or narrowed by.
    pub indexes: Vec<IndexRule>,
    /// The lists of other records that its page shows, in order.
    pub related: Vec<Related>,
    /// The views that are shipped or made for the whole company, in order.
    pub views: Vec<View>,
    /// What each role may do with its records.
    #[serde(skip)]
    pub grants: BTreeMap<String, Grants>,
    /// What holds of the records that are made through a role, where that is not everything.
    #[serde(skip)]
    pub create_when: BTreeMap<String, Filter>,
    /// What each role may do with single fields, where that differs from the record.
    #[serde(skip)]
    pub field_rules: BTreeMap<String, FieldRule>,
}

impl EntityDefinition {
    /// The field of this name.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The parent field and the entity it names.
    pub fn parent_of(&self) -> Option<(&str, &Entity)> {
        let field = self.parent.as_deref()?;
        match &self.field(field)?.kind {
            FieldKind::Reference { entity, .. } => Some((field, entity)),
            _ => None,
        }
    }
}

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its name.
    pub id: String,
    /// Its heading.
    pub label: Text,
}
