use std::collections::BTreeMap;

use kapok::{
    EntityView, ListViewEntry, RecordMay, RecordPage, RecordView, Slice, TrashedView,
    protocol::{PersonId, RecordRef, Value},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Field, List, PersonRef, Text,
    layout::{ParentView, RelatedView, SortView, ViewView},
};

/// An entity in the menu.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntityBrief {
    id: String,
    label: Text,
    plugin: String,
    may: MayOpen,
}

/// Whether an entity's list and form are for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MayOpen {
    create: bool,
    read: bool,
}

impl From<EntityView> for EntityBrief {
    fn from(view: EntityView) -> Self {
        let id = view.definition.id.to_string();
        let plugin = id.split('.').next().unwrap_or_default().to_owned();
        Self {
            id,
            label: view.definition.label.into(),
            plugin,
            may: MayOpen {
                create: view.create,
                read: view.read,
            },
        }
    }
}

/// An entity: what its list and form are drawn from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entity {
    id: String,
    label: Text,
    /// The field that names a record.
    title_field: String,
    fields: Vec<Field>,
    /// The fields of the list.
    list: Vec<String>,
    sections: Vec<SectionView>,
    /// How the list is sorted at first.
    sort: Option<SortView>,
    /// Whose readers read its records too.
    parent: Option<ParentView>,
    /// The field by which it is shown as a board.
    kanban: Option<String>,
    /// The field by which it is shown as a calendar.
    calendar: Option<String>,
    /// The field by which it is shown as a tree.
    tree: Option<String>,
    /// Whether its records show their history.
    history: bool,
    views: Vec<ViewView>,
    related: Vec<RelatedView>,
    may: May,
}

/// A part of the form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SectionView {
    label: Text,
    fields: Vec<String>,
}

/// What the caller may do with some of the records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct May {
    create: bool,
    read: bool,
    update: bool,
    delete: bool,
    share: bool,
    transfer: bool,
    import: bool,
    export: bool,
}

impl Entity {
    /// The same with these views.
    pub(crate) fn with_views(self, views: Vec<ListViewEntry>) -> Self {
        Self {
            views: views.into_iter().map(ViewView::from).collect(),
            ..self
        }
    }
}

impl From<EntityView> for Entity {
    fn from(view: EntityView) -> Self {
        let definition = view.definition;
        let names_in = |section: Option<&str>| -> Vec<String> {
            let fields = definition
                .fields
                .iter()
                .filter(|field| field.section.as_deref() == section);
            fields.map(|field| field.id.clone()).collect()
        };
        let sections = definition.sections.iter();
        let mut sections: Vec<SectionView> = sections
            .map(|section| SectionView {
                label: (&section.label).into(),
                fields: names_in(Some(&section.id)),
            })
            .collect();
        // Fields that stand in no section come first, under the entity's own name.
        let rest = names_in(None);
        if !rest.is_empty() {
            sections.insert(
                0,
                SectionView {
                    label: (&definition.label).into(),
                    fields: rest,
                },
            );
        }
        sections.retain(|section| !section.fields.is_empty());
        let shown = |id: &String| definition.field(id).is_some();
        Self {
            id: definition.id.to_string(),
            label: (&definition.label).into(),
            title_field: definition.title.clone(),
            fields: definition
                .fields
                .iter()
                .map(|field| Field::from(field).restricted(view.restricted.get(&field.id).copied()))
                .collect(),
            list: definition.columns.iter().filter(|id| shown(id)).cloned().collect(),
            sections,
            sort: definition
                .sort
                .as_ref()
                .filter(|sort| shown(&sort.field))
                .map(SortView::from),
            parent: definition.parent_of().map(|(field, entity)| ParentView {
                field: field.to_owned(),
                entity: entity.to_string(),
            }),
            kanban: definition.kanban.clone().filter(shown),
            calendar: definition.calendar.clone().filter(shown),
            tree: definition.tree.clone().filter(shown),
            history: definition.history,
            views: definition.views.iter().map(ViewView::from).collect(),
            related: definition.related.iter().map(RelatedView::from).collect(),
            may: May {
                create: view.create,
                read: view.read,
                update: view.update,
                delete: view.delete,
                share: view.share,
                transfer: view.transfer,
                import: view.import,
                export: view.export,
            },
        }
    }
}

/// A record as the caller may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Record {
    id: String,
    version: u64,
    owner: Option<PersonRef>,
    created_at: String,
    created_by: Option<PersonRef>,
    updated_at: String,
    #[schema(value_type = Object)]
    fields: BTreeMap<String, Value>,
    /// The fields that are shown in part, such as `138****5678`.
    masked: Vec<String>,
    /// What fields that point at something show.
    display: BTreeMap<String, String>,
    title: String,
    parent: Option<ParentName>,
    may: RecordMayView,
    /// Of a deleted record: what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    trash: Option<InTrash>,
}

/// Which record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParentName {
    pub(crate) entity: String,
    pub(crate) id: String,
}

impl From<RecordRef> for ParentName {
    fn from(reference: RecordRef) -> Self {
        Self {
            entity: reference.entity.to_string(),
            id: reference.id.to_string(),
        }
    }
}

/// What the caller may do with a record besides seeing it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordMayView {
    update: bool,
    delete: bool,
    share: bool,
    transfer: bool,
}

impl From<RecordMay> for RecordMayView {
    fn from(may: RecordMay) -> Self {
        Self {
            update: may.update,
            delete: may.delete,
            share: may.share,
            transfer: may.transfer,
        }
    }
}

impl From<RecordPage> for List<Record> {
    fn from(page: RecordPage) -> Self {
        let (count, partial) = (page.count, page.is_partial);
        let slice = Slice {
            items: page.items,
            next: page.next,
        };
        Self {
            partial,
            ..List::page(slice).counted(count)
        }
    }
}

/// When a record was deleted, and by whom.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InTrash {
    deleted_at: String,
    deleted_by: Option<PersonRef>,
    /// Whether the caller may restore it.
    restorable: bool,
}

impl From<TrashedView> for Record {
    fn from(trashed: TrashedView) -> Self {
        Self {
            trash: Some(InTrash {
                deleted_at: trashed.deleted_at.to_string(),
                deleted_by: trashed.deleted_by.map(PersonRef::from),
                restorable: trashed.restorable,
            }),
            ..trashed.record.into()
        }
    }
}

impl From<RecordView> for Record {
    fn from(view: RecordView) -> Self {
        Self {
            id: view.reference.id.to_string(),
            version: view.version,
            owner: view.owner.map(PersonRef::from),
            created_at: view.created_at.to_string(),
            created_by: view.created_by.map(PersonRef::from),
            updated_at: view.updated_at.to_string(),
            fields: view.fields,
            masked: view.masked,
            display: view.display,
            title: view.title,
            parent: view.parent.map(ParentName::from),
            may: view.may.into(),
            trash: None,
        }
    }
}

/// A new record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRecord {
    #[schema(value_type = Object)]
    pub(crate) fields: BTreeMap<String, Value>,
    /// Who is responsible for it; the caller when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) owner: Option<PersonId>,
    /// Whether it is to be saved although it is probably there already.
    #[serde(default)]
    pub(crate) ignore_duplicates: bool,
}

/// Changed fields of a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordEdit {
    /// The version they were changed on.
    pub(crate) version: u64,
    #[schema(value_type = Object)]
    pub(crate) fields: BTreeMap<String, Value>,
    /// What those fields were in that version: then only fields that somebody else changed too are a conflict.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(crate) base: Option<BTreeMap<String, Value>>,
    /// Whether it is to be saved although another one is probably the same.
    #[serde(default)]
    pub(crate) ignore_duplicates: bool,
}
