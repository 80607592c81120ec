//! What a record is found by besides its id: unique values, the records and files it names, records like it.

use std::collections::BTreeSet;

use kapok_protocol::{Record, RecordId, Refusal, RefusalKind, Value};
use kapok_records::{EntityDefinition, Field, FieldKind, Fields, likeness, opened_by, unique_keys};
use kapok_tables::RecordRow;

use crate::{Error, writer::Step};

/// So many records like one are named.
const NAMED: usize = 20;

impl Step<'_> {
    /// A record with what it is found by; refused when somebody has one of its unique values.
    pub(super) fn found_by(&self, entity: &EntityDefinition, record: Record) -> Result<RecordRow, Error> {
        let fields = &record.fields;
        let unique = unique_keys(entity, fields);
        let mut refusals = Vec::new();
        for (rule, value) in &unique {
            let taken = self.queries().record_with(&entity.id, rule, value)?;
            if taken.is_some_and(|other| other != record.id) {
                refusals.push(taken_already(entity, rule));
            }
        }
        if !refusals.is_empty() {
            return Err(refusals.into());
        }
        let likeness = entity.duplicates.iter().filter_map(|rule| {
            let value = likeness(entity, rule, fields)?;
            Some((rule.id.clone(), value))
        });
        Ok(RecordRow {
            entity: entity.id.clone(),
            unique,
            references: references(entity, fields),
            likeness: likeness.collect(),
            files: files(entity, fields),
            opens: opened_by(entity, &record),
            record,
        })
    }

    /// The records that a record is probably the same as, by the rules for which `asked` says so, unless that was so
    /// before.
    pub(super) fn alike(
        &self,
        entity: &EntityDefinition,
        before: Option<&Fields>,
        record: RecordId,
        fields: &Fields,
        asked: impl Fn(&kapok_records::DuplicateRule) -> bool,
    ) -> Result<Vec<RecordId>, Error> {
        let mut found = BTreeSet::new();
        for rule in entity.duplicates.iter().filter(|rule| asked(rule)) {
            let Some(value) = likeness(entity, rule, fields) else {
                continue;
            };
            if before.is_some_and(|before| likeness(entity, rule, before).as_ref() == Some(&value)) {
                continue;
            }
            let alike = self.queries().alike(&entity.id, &rule.id, &value, NAMED + 1)?;
            found.extend(alike.into_iter().filter(|other| *other != record));
        }
        Ok(found.into_iter().take(NAMED).collect())
    }
}

fn taken_already(entity: &EntityDefinition, rule: &str) -> Refusal {
    let named = |id: &str| entity.field(id).map(|field| field.label.clone()).unwrap_or_default();
    let compound = rule
        .strip_prefix('+')
        .and_then(|id| entity.unique.iter().find(|rule| rule.id == id));
    match compound {
        None => {
            let label = named(rule);
            Refusal::new(
                RefusalKind::Conflict,
                "field.not-unique",
                format!("“{}”已被另一条记录使用，请换一个。", label.zh),
                format!("“{}” is used by another record already; choose another.", label.en),
            )
            .at(rule)
        }
        Some(rule) => {
            let labels: Vec<_> = rule.fields.iter().map(|field| named(field)).collect();
            let zh: Vec<_> = labels.iter().map(|label| format!("“{}”", label.zh)).collect();
            let en: Vec<_> = labels.iter().map(|label| format!("“{}”", label.en)).collect();
            Refusal::new(
                RefusalKind::Conflict,
                "record.not-unique",
                format!("{}的组合已被另一条记录使用，请修改其中一项。", zh.join("、")),
                format!(
                    "Another record has the same {} already; change one of them.",
                    en.join(", ")
                ),
            )
            .at(rule.fields.first().cloned().unwrap_or_default())
        }
    }
}

/// The records that the fields of a record name; those of line items by `lines.column`. Persons and departments are
/// not among them: the organisation knows who is named where.
fn references(entity: &EntityDefinition, fields: &Fields) -> Vec<(String, RecordId)> {
    let mut found = BTreeSet::new();
    each_value(entity, fields, &mut |path, field, value| {
        if let FieldKind::Reference { .. } = field.kind {
            let ids = value.as_list().unwrap_or(std::slice::from_ref(value)).iter();
            found.extend(ids.filter_map(|id| Some((path.to_owned(), id.as_text()?.parse().ok()?))));
        }
    });
    found.into_iter().collect()
}

/// The files that the fields of a record name.
pub(crate) fn files(entity: &EntityDefinition, fields: &Fields) -> Vec<String> {
    let mut found = BTreeSet::new();
    each_value(entity, fields, &mut |_, field, value| {
        if let FieldKind::Attachment(_) | FieldKind::Picture(_) = field.kind {
            let named = value.as_list().unwrap_or_default().iter();
            let hashes = named.filter_map(|file| file.as_map()?.get("file")?.as_text());
            found.extend(hashes.map(str::to_owned));
        }
    });
    found.into_iter().collect()
}

/// Every value of a record and of its line items, with its field and where it stands. Fields that are not used any more
/// count too: what they name is still named.
pub(super) fn each_value(entity: &EntityDefinition, fields: &Fields, told: &mut dyn FnMut(&str, &Field, &Value)) {
    for field in entity.fields.iter().chain(&entity.disabled) {
        let Some(value) = fields.get(&field.id) else { continue };
        let FieldKind::Lines { columns } = &field.kind else {
            told(&field.id, field, value);
            continue;
        };
        for row in value.as_list().unwrap_or_default().iter().filter_map(Value::as_map) {
            for column in columns {
                if let Some(cell) = row.get(&column.id) {
                    told(&format!("{}.{}", field.id, column.id), column, cell);
                }
            }
        }
    }
}
