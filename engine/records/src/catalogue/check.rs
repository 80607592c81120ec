//! What several entities have to do with each other.

use kapok_protocol::Entity;

use super::{Catalogue, circles};
use crate::{
    definition::{EntityDefinition, Field, FieldKind, NamedTotal, Related, ViewKind},
    document::{Part, Problems},
    reading::{Names, Reader},
};

impl Catalogue {
    pub(super) fn check(&self, problems: &mut Problems) {
        for definition in self.entities.values() {
            self.check_fields(
                &["entities", definition.id.as_str(), "fields"],
                &definition.fields,
                problems,
            );
            for (role, filter) in &definition.create_when {
                let part = self.part(&["permissions", definition.id.as_str(), role, "create_when"]);
                let mut reader = Reader {
                    dictionaries: Some(&self.dictionaries),
                    problems,
                };
                reader.filter_fields(&part, filter, &names(definition));
            }
            for related in &definition.related {
                self.check_related(definition, related, problems);
            }
        }
        for total in self.totals.values() {
            self.check_total(total, problems);
        }
        circles::parents(self, problems);
    }

    fn check_fields(&self, path: &[&str], fields: &[Field], problems: &mut Problems) {
        for field in fields {
            let path = [path, &[field.id.as_str()]].concat();
            match &field.kind {
                FieldKind::Lines { columns } => {
                    self.check_fields(&[&path[..], &["columns"]].concat(), columns, problems);
                }
                kind => {
                    if let Some(entity) = kind.target()
                        && !self.entities.contains_key(&entity)
                    {
                        let part = self.part(&[&path[..], &["entity"]].concat());
                        unknown(&part, entity.as_str(), problems);
                    }
                }
            }
        }
    }

    fn check_related(&self, definition: &EntityDefinition, related: &Related, problems: &mut Problems) {
        let path = ["entities", definition.id.as_str(), "related", related.id.as_str()];
        let Some(other) = self.entities.get(&related.entity) else {
            let part = self.part(&[&path[..], &["entity"]].concat());
            return unknown(&part, related.entity.as_str(), problems);
        };
        let names = names(other);
        let mut reader = Reader {
            dictionaries: Some(&self.dictionaries),
            problems,
        };
        let part = self.part(&[&path[..], &["field"]].concat());
        let (zh, en) = back_reference(&definition.id);
        reader.field_named(&part, &related.field, &names, &zh, &en, |field| {
            field.kind.target().as_ref() == Some(&definition.id)
        });
        if related.kind == ViewKind::Tree && other.tree.is_none() {
            let part = self.part(&[&path[..], &["kind"]].concat());
            part.problem(
                reader.problems,
                format!("实体“{}”没有写“tree”，不能显示为树。", other.id),
                format!(
                    "the entity “{}” says no “tree”, so it cannot be shown as one.",
                    other.id
                ),
            );
        }
        for column in &related.columns {
            let part = self.part(&[&path[..], &["columns", column]].concat());
            reader.field_named(&part, column, &names, "列", "a column", |field| field.kind.is_column());
        }
    }

    fn check_total(&self, total: &NamedTotal, problems: &mut Problems) {
        let path = ["totals", total.id.as_str()];
        if !self.roles.contains_key(&total.role) {
            let role = &total.role;
            self.part(&[&path[..], &["role"]].concat()).problem(
                problems,
                format!("角色“{role}”没有定义。"),
                format!("the role “{role}” is not declared."),
            );
        }
        let Some(entity) = self.entities.get(&total.entity) else {
            let part = self.part(&[&path[..], &["entity"]].concat());
            return unknown(&part, total.entity.as_str(), problems);
        };
        let names = names(entity);
        let mut reader = Reader {
            dictionaries: Some(&self.dictionaries),
            problems,
        };
        let value = self.part(&[&path[..], &["value"]].concat());
        match (&total.function, &total.value) {
            (crate::Function::Count, None) => {}
            (crate::Function::Count, Some(_)) => {
                value.problem(reader.problems, "计数不需要“value”。", "a count has no “value”.")
            }
            (_, Some(name)) => {
                reader.field_named(&value, name, &names, "合计", "summed", |field| {
                    field.kind.is_numeric()
                });
            }
            (_, None) => value.problem(reader.problems, "缺少“value”。", "“value” is missing here."),
        }
        if let Some(filter) = &total.filter {
            let part = self.part(&[&path[..], &["filter"]].concat());
            reader.filter_fields(&part, filter, &names);
        }
        if let Some(date) = &total.date {
            let part = self.part(&[&path[..], &["date"]].concat());
            let is_date = |field: &Field| matches!(field.kind.of_values(), FieldKind::Date | FieldKind::DateTime);
            if !["created_at", "updated_at"].contains(&date.as_str()) {
                reader.field_named(&part, date, &names, "时间段", "the date of a period", is_date);
            }
        } else if let Some(finest) = self.part(&path).get("finest") {
            finest.problem(
                reader.problems,
                "没有“date”就不能按时间段查看，“finest”没有意义。",
                "without a “date” there are no periods, so “finest” says nothing.",
            );
        }
    }
}

pub(super) fn names(entity: &EntityDefinition) -> Names<'_> {
    Names {
        entity: entity.id.as_str(),
        fields: &entity.fields,
        disabled: &entity.disabled,
    }
}

/// What a field that must name records of an entity is called in messages.
pub(super) fn back_reference(entity: &Entity) -> (String, String) {
    (
        format!("对“{entity}”的引用"),
        format!("the reference that names “{entity}”"),
    )
}

pub(super) fn unknown(part: &Part<'_>, entity: &str, problems: &mut Problems) {
    part.problem(
        problems,
        format!("实体“{entity}”没有定义。"),
        format!("the entity “{entity}” is not declared."),
    );
}
