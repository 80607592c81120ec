//! What the web app needs to draw the list and the form of an entity.

use kapok_protocol::Text;
use serde::Serialize;

use crate::{
    Access, Viewer, decide,
    definition::{Action, EntityDefinition, Field, Section, Sort},
};

/// An entity as one viewer may know it: labels in both languages, no field that is hidden from the viewer everywhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description<'e> {
    /// The entity's id.
    pub id: &'e str,
    /// What people call it.
    pub label: &'e Text,
    /// The field that names a record.
    pub title: &'e str,
    /// Its fields, in order.
    pub fields: Vec<&'e Field>,
    /// The parts of its form, in order.
    pub sections: &'e [Section],
    /// The fields of its list, in order.
    pub columns: Vec<&'e str>,
    /// How its list is sorted at first.
    pub sort: Option<&'e Sort>,
    /// What the viewer may do with at least some of its records.
    pub may: Vec<Action>,
}

/// Describes an entity to a viewer; `None` when the viewer may do nothing with it.
pub fn describe<'e>(entity: &'e EntityDefinition, viewer: &Viewer) -> Option<Description<'e>> {
    let may: Vec<Action> = [Action::Read, Action::Create, Action::Update, Action::Delete]
        .into_iter()
        .filter(|action| decide(viewer, *action, entity, None).is_granted())
        .collect();
    let Access::Granted { hidden } = decide(viewer, *may.first()?, entity, None) else {
        return None;
    };
    Some(Description {
        id: entity.id.as_str(),
        label: &entity.label,
        title: &entity.title,
        fields: entity
            .fields
            .iter()
            .filter(|field| !hidden.contains(&field.id))
            .collect(),
        sections: &entity.sections,
        columns: entity
            .columns
            .iter()
            .map(String::as_str)
            .filter(|column| !hidden.contains(*column))
            .collect(),
        sort: entity.sort.as_ref(),
        may,
    })
}
