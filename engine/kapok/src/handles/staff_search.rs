//! Searching over all entities, and statistics. Both ask only about fields that the person reads in every record that is
//! found, so that neither a hit nor a sum tells of what is hidden.

use std::collections::BTreeSet;

use kapok_protocol::{Entity, Filter, RecordId, RecordRef, Refusal, RefusalKind, Text, Value};
use kapok_records::{Catalogue, EntityDefinition, FieldKind, Sort};
use kapok_search::{Group, Grouping, Key, Query, searched_fields, snippet};
use rust_decimal::Decimal;

use super::Staff;
use crate::{
    Error,
    lists::{SYSTEM, keyword as keyword_in, names},
    project::{Searching, StoredRecords, rights_of},
    seeing::{EntitySight, Seeing},
    views::RecordView,
    writer::entity,
};

/// What is counted and added up.
#[derive(Debug, Clone)]
pub struct StatisticsQuery {
    /// Records of this entity.
    pub entity: Entity,
    /// What they contain.
    pub keyword: Option<String>,
    /// What holds of them.
    pub filter: Option<Filter>,
    /// By what they are grouped: nothing, one field or two.
    pub groups: Vec<Group>,
    /// The field whose numbers are added up.
    pub sum: Option<String>,
}

/// Statistics as people read them.
#[derive(Debug, Clone, PartialEq)]
pub struct StatisticsView {
    /// The groups.
    pub rows: Vec<StatisticsRow>,
    /// All records together.
    pub total: StatisticsRow,
}

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct StatisticsRow {
    /// Of each field it is grouped by, the value (null when there is none), and what it is called.
    pub groups: Vec<(Value, String)>,
    /// How many records.
    pub count: u64,
    /// What they add up to, when that was asked for.
    pub sum: Option<Decimal>,
}

/// What was found in one entity.
#[derive(Debug, Clone)]
pub struct FoundRecords {
    /// The entity.
    pub entity: Entity,
    /// What it is called.
    pub label: Text,
    /// The records, those whose title was found first.
    pub items: Vec<FoundRecord>,
}

/// A record that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRecord {
    /// The record.
    pub reference: RecordRef,
    /// What it is called.
    pub title: String,
    /// Where it was found, when that is not the title.
    pub snippet: Option<String>,
}

impl Staff {
    /// Counts records, and adds up a field of theirs, by one or two others.
    pub fn statistics(&self, query: &StatisticsQuery) -> Result<StatisticsView, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let seeing = self.seeing(&viewing)?;
        let definition = entity(&viewing.catalogue, &query.entity)?;
        let sight = seeing.entity(definition);
        let readable = sight.judge.fields_always_read();
        check(definition, &readable, query)?;
        refuse_timed(&viewing.catalogue, definition, query)?;
        let total = StatisticsRow {
            groups: Vec::new(),
            count: 0,
            sum: query.sum.is_some().then_some(Decimal::ZERO),
        };
        if sight.judge.reach().is_nothing() {
            return Ok(StatisticsView {
                rows: Vec::new(),
                total,
            });
        }
        let keyword = query.keyword.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let (searching, context) = (self.searching(), self.context());
        let keyword = keyword.map(|text| keyword_in(&seeing, &searching, definition, &readable, text, &context));
        let keyword = keyword.transpose()?;
        let summed = query.sum.as_deref();
        let grouping = Grouping {
            entity: &query.entity,
            keyword: keyword.as_ref(),
            filter: query.filter.as_ref(),
            groups: &query.groups,
            measured: summed.as_slice(),
            utc_offset_minutes: self.kapok.shared.settings.utc_offset_minutes,
        };
        let rights = rights_of(sight.judge.reach());
        let statistics = searching.ask(|index| {
            let view = self.kapok.shared.store.view();
            index.statistics(&grouping, &rights, &context, &StoredRecords(&view))
        })?;
        let in_chinese = self.language()? != "en";
        let row = |row: &kapok_search::Row| -> Result<StatisticsRow, Error> {
            let groups = row.keys.iter().zip(&query.groups);
            Ok(StatisticsRow {
                groups: groups
                    .map(|(key, group)| named(&seeing, definition, &group.field, key, in_chinese))
                    .collect::<Result<_, _>>()?,
                count: row.count,
                sum: query.sum.is_some().then_some(row.sum()),
            })
        };
        Ok(StatisticsView {
            rows: statistics.rows.iter().map(row).collect::<Result<_, _>>()?,
            total: row(&statistics.total)?,
        })
    }

    /// Finds records of all entities by what is written in them, at most so many of each.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<FoundRecords>, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let view = self.view();
        let viewing = self.viewing(&view);
        let seeing = self.seeing(&viewing)?;
        let mut found = Vec::new();
        for definition in viewing.catalogue.entities() {
            let sight = seeing.entity(definition);
            if sight.judge.reach().is_nothing() {
                continue;
            }
            let mut items = Vec::new();
            for id in self.found_ids(&sight, text, limit)? {
                let Some(row) = viewing.queries.record(&definition.id, id)? else {
                    continue;
                };
                let shown = sight.present(row.record)?;
                items.extend(shown.map(|record| found_record(definition, record, text)));
            }
            if !items.is_empty() {
                found.push(FoundRecords {
                    entity: definition.id.clone(),
                    label: definition.label.clone(),
                    items,
                });
            }
        }
        Ok(found)
    }

    /// The records that were found, those whose title was found first, then the last changed.
    fn found_ids(&self, sight: &EntitySight<'_>, text: &str, limit: usize) -> Result<Vec<RecordId>, Error> {
        let definition = sight.definition;
        let readable = sight.judge.fields_always_read();
        let (rights, context) = (rights_of(sight.judge.reach()), self.context());
        let anywhere = keyword_in(sight.seeing(), &self.searching(), definition, &readable, text, &context)?;
        let mut in_title = anywhere.clone();
        in_title.fields.retain(|field| *field == definition.title);
        in_title.words.iter_mut().for_each(|word| word.also = None);
        let sort = [Sort {
            field: "updated_at".to_owned(),
            descending: true,
        }];
        let mut ids: Vec<RecordId> = Vec::new();
        for keyword in [in_title, anywhere] {
            let has_places = !keyword.fields.is_empty() || keyword.words.iter().any(|word| word.also.is_some());
            if !has_places || ids.len() >= limit {
                continue;
            }
            let query = Query {
                entity: &definition.id,
                keyword: Some(keyword),
                filter: None,
                sort: &sort,
                after: None,
                limit,
                count_to: 0,
            };
            let found = self.searching().ask(|index| {
                let view = self.kapok.shared.store.view();
                index.find(&query, &rights, &context, &StoredRecords(&view))
            })?;
            for id in found.ids {
                if !ids.contains(&id) && ids.len() < limit {
                    ids.push(id);
                }
            }
        }
        Ok(ids)
    }

    pub(super) fn searching(&self) -> Searching<'_> {
        Searching {
            shared: &self.kapok.shared,
            reader: Some(self.person),
        }
    }
}

fn found_record(definition: &EntityDefinition, record: RecordView, text: &str) -> FoundRecord {
    let searched = searched_fields(definition);
    let mut fields = record
        .fields
        .iter()
        .filter(|(name, _)| **name != definition.title && searched.contains(*name) && !record.masked.contains(name));
    FoundRecord {
        snippet: match snippet(&record.title, text) {
            Some(_) => None,
            None => fields.find_map(|(_, value)| snippet(value.as_text()?, text)),
        },
        reference: record.reference,
        title: record.title,
    }
}

/// Refuses what is asked of fields that are not there, or that the person does not read in every record.
fn check(definition: &EntityDefinition, readable: &BTreeSet<String>, query: &StatisticsQuery) -> Result<(), Error> {
    let mut asked = BTreeSet::new();
    if let Some(filter) = &query.filter {
        names(filter, &mut asked);
    }
    asked.extend(query.groups.iter().map(|group| group.field.as_str()));
    asked.extend(query.sum.as_deref());
    for path in asked {
        let name = path.split('.').next().unwrap_or_default();
        if SYSTEM.contains(&name) || readable.contains(name) {
            continue;
        }
        // Whether it is hidden or not there makes no difference to who may not see it.
        return Err(Refusal::new(
            RefusalKind::Forbidden,
            "statistics.field",
            format!("没有字段“{path}”，或者您无权查看，不能按它统计。"),
            format!("There is no field “{path}”, or you may not read it, so nothing is counted by it."),
        )
        .at(path)
        .into());
    }
    let is_number = |name: &str| {
        definition.field(name).is_some_and(|field| {
            matches!(
                field.kind.of_values(),
                FieldKind::Number { .. } | FieldKind::Decimal { .. } | FieldKind::Money { .. }
            )
        })
    };
    if let Some(sum) = query.sum.as_deref().filter(|sum| !is_number(sum)) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "statistics.not-a-number",
            format!("“{sum}”不是数字或金额，不能求和。"),
            format!("“{sum}” is neither a number nor an amount of money, so it cannot be added up."),
        )
        .at("sum")
        .into());
    }
    Ok(())
}

/// Refuses what is asked of a formula whose value changes by itself: the index, which counts, does not know it.
fn refuse_timed(catalogue: &Catalogue, definition: &EntityDefinition, query: &StatisticsQuery) -> Result<(), Error> {
    let mut asked = BTreeSet::new();
    if let Some(filter) = &query.filter {
        names(filter, &mut asked);
    }
    asked.extend(query.groups.iter().map(|group| group.field.as_str()));
    asked.extend(query.sum.as_deref());
    let is_timed = |path: &&str| catalogue.formulas().is_timed(&definition.id, path);
    match asked.into_iter().find(is_timed) {
        None => Ok(()),
        Some(field) => Err(Refusal::new(
            RefusalKind::Invalid,
            "statistics.timed",
            format!("“{field}”的公式使用了 today() 或 now()，它的值随时间改变，不能按它统计。"),
            format!(
                "The formula of “{field}” asks the time, so its value changes by itself and nothing is counted by it."
            ),
        )
        .at(field)
        .into()),
    }
}

/// The value of a group, and what it is called.
fn named(
    seeing: &Seeing<'_>,
    definition: &EntityDefinition,
    field: &str,
    key: &Key,
    in_chinese: bool,
) -> Result<(Value, String), Error> {
    let text = |text: &Text| if in_chinese { text.zh.clone() } else { text.en.clone() };
    let key = match key {
        Key::Missing => return Ok((Value::Null, String::new())),
        Key::Flag(flag) => {
            let label = if *flag {
                Text::new("是", "Yes")
            } else {
                Text::new("否", "No")
            };
            return Ok((Value::Bool(*flag), text(&label)));
        }
        Key::Number(number) => return Ok((Value::Number(*number), number.to_string())),
        Key::Text(key) => key,
    };
    let person = FieldKind::Person { multiple: false };
    let kind = match field {
        "owner" | "created_by" => Some(&person),
        _ => definition.field(field).map(|field| field.kind.of_values()),
    };
    let choice = kind
        .and_then(FieldKind::choices)
        .and_then(|choices| choices.iter().find(|choice| choice.id == *key));
    let label = match (choice, kind, key.parse::<RecordId>()) {
        (Some(choice), ..) => Some(text(&choice.label)),
        (None, Some(kind), Ok(id)) => seeing.named(kind, id)?,
        _ => None,
    };
    Ok((key.as_str().into(), label.unwrap_or_else(|| key.clone())))
}
