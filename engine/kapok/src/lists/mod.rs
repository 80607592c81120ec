//! Lists of records: which ones, in which order, one page at a time.
//!
//! A list without a condition, newest first, is read from index rows; with a condition it is looked through newest first;
//! whatever else is asked of the search index, and while that is being made by looking through all, as far as that is
//! bounded. Wherever ids come from, each record is decided about and its condition is evaluated on what the
//! viewer may see of it, so that nothing is found by what is hidden.

mod position;
mod search;
mod sources;
mod through;
mod wording;

use std::collections::BTreeSet;

use kapok_protocol::{Entity, Filter, Operator, RecordId, Refusal, RefusalKind, Test};
use kapok_records::{FieldKind, Owners, Sort};
use kapok_rules::{Condition, Context};

pub(crate) use position::Position;
pub(crate) use search::{Find, Found};
pub(crate) use through::{Kept, TOO_LONG, each, sort};
pub(crate) use wording::{ChoiceNames, keyword};

use crate::{
    Error, project,
    seeing::EntitySight,
    views::{RecordView, Viewing},
};

/// Counts go no further: 1,000 means as many or more.
pub(crate) const COUNTED: usize = 1_000;

/// Which records to list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// Their entity.
    pub entity: Entity,
    /// What one of their texts contains.
    pub keyword: Option<String>,
    /// What holds of them.
    pub filter: Option<Filter>,
    /// How they are sorted; newest first when empty.
    pub sort: Vec<Sort>,
    /// Only those whose field names this record.
    pub naming: Option<(String, RecordId)>,
    /// Where the page goes on.
    pub after: Option<Vec<u8>>,
    /// How many at most.
    pub limit: usize,
}

impl ListQuery {
    /// All records of an entity, newest first.
    pub fn all(entity: Entity, limit: usize) -> Self {
        Self {
            entity,
            keyword: None,
            filter: None,
            sort: Vec::new(),
            naming: None,
            after: None,
            limit,
        }
    }
}

/// A page of records.
#[derive(Debug, Clone)]
pub struct RecordPage {
    /// The records.
    pub items: Vec<RecordView>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Vec<u8>>,
    /// How many there are in all, counted to 1,000.
    pub count: usize,
    /// Whether there may be more than were counted, because only the newest 20,000 were looked at: what the list asks
    /// about is not shown in every record, or changes by itself, so that no index can answer.
    pub is_partial: bool,
}

/// A query that was checked against what the viewer may see.
pub(crate) struct Checked<'q> {
    pub(crate) keyword: Option<String>,
    pub(crate) condition: Option<Condition>,
    pub(crate) query: &'q ListQuery,
    pub(crate) context: &'q Context,
    /// Whether the index may answer: no field that it would look at is hidden in some records.
    pub(crate) is_open: bool,
}

/// Names that every record has besides its fields.
pub(crate) const SYSTEM: [&str; 6] = ["id", "owner", "created_at", "created_by", "updated_at", "version"];

/// Whether a filter asks for nothing but records that nobody is responsible for.
fn asks_for_unowned(filter: &Filter) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().any(asks_for_unowned),
        Filter::Test(Test { field, op, .. }) => field == "owner" && *op == Operator::Empty,
        Filter::Any(_) | Filter::Not(_) => false,
    }
}

/// A page of the records that the viewer may see and the query asks for.
pub(crate) fn page(
    viewing: &Viewing<'_>,
    sight: &EntitySight<'_>,
    query: &ListQuery,
    context: &Context,
) -> Result<RecordPage, Error> {
    // An entity may have a field of that name, which is something else then.
    let filter = query
        .filter
        .as_ref()
        .filter(|_| sight.definition.field("owner").is_none());
    let unowned = filter.is_some_and(asks_for_unowned);
    let unowned = unowned.then(|| sight.of_unowned());
    let sight = unowned.as_ref().unwrap_or(sight);
    // Who may read nothing is told nothing of the fields either.
    if sight.judge.reach().is_nothing() {
        return Ok(RecordPage {
            items: Vec::new(),
            next: None,
            count: 0,
            is_partial: false,
        });
    }
    let checked = check(sight, query, context)?;
    let is_plain = checked.keyword.is_none() && checked.condition.is_none() && query.sort.is_empty();
    // A list that was begun while the index was being made goes on as it began.
    let is_indexed = match query.after.as_deref().map(Position::decode).transpose()? {
        None | Some(Position::Searched(_)) => true,
        Some(Position::Behind(_) | Position::Sorted(..)) => false,
    };
    if !is_plain
        && is_indexed
        && checked.is_open
        && let Some(found) = project::find(viewing.shared, &Find::new(sight, &checked))?
    {
        let mut items = Vec::with_capacity(found.ids.len());
        for id in found.ids {
            if let Some(row) = viewing.queries.record(&query.entity, id)? {
                items.extend(sight.present(sight.whole(row.record)?)?);
            }
        }
        return Ok(RecordPage {
            items,
            next: found.next.map(|position| Position::Searched(position).encode()),
            count: found.count.min(COUNTED),
            is_partial: false,
        });
    }
    through::page(viewing, sight, &checked)
}

/// Refuses what is asked of fields that are not there, or not there for the viewer.
fn check<'q>(sight: &EntitySight<'_>, query: &'q ListQuery, context: &'q Context) -> Result<Checked<'q>, Error> {
    let definition = sight.definition;
    let in_general = sight.judge.decide_in_general();
    let always = sight.judge.fields_always_read();
    let is_known = |path: &str| {
        let name = path.split('.').next().unwrap_or_default();
        SYSTEM.contains(&name)
            || (definition.field(name).is_some() && in_general.of(name) > kapok_records::FieldAccess::Hidden)
            // One's own private fields are hidden in general.
            || (definition.id.as_str() == kapok_records::PERSON && definition.field(name).is_some())
    };
    let mut fields = BTreeSet::new();
    if let Some(filter) = &query.filter {
        names(filter, &mut fields);
    }
    fields.extend(query.sort.iter().map(|sort| sort.field.as_str()));
    fields.extend(query.naming.iter().map(|(field, _)| field.as_str()));
    if let Some(unknown) = fields.iter().find(|path| !is_known(path)) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "list.field-unknown",
            format!("没有字段“{unknown}”，不能按它筛选或排序。"),
            format!("There is no field “{unknown}” to filter or sort by."),
        )
        .at(*unknown)
        .into());
    }
    let is_open = |path: &str| {
        let name = path.split('.').next().unwrap_or_default();
        SYSTEM.contains(&name) || always.contains(name)
    };
    // What changes by itself is in no index.
    let is_timed = |path: &&str| sight.formulas().is_timed(&definition.id, path);
    for sort in &query.sort {
        let is_sortable = definition
            .field(&sort.field)
            .is_none_or(|field| is_sortable(&field.kind));
        if !is_sortable || !is_open(&sort.field) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "list.not-sortable",
                format!("不能按“{}”排序。", sort.field),
                format!("The list cannot be sorted by “{}”.", sort.field),
            )
            .at(sort.field.clone())
            .into());
        }
    }
    let condition = query.filter.as_ref().map(Condition::new).transpose();
    let condition =
        condition.map_err(|text| Refusal::new(RefusalKind::Invalid, "list.filter", text.zh, text.en).at("filter"))?;
    let keyword = query.keyword.as_deref().map(str::trim).filter(|text| !text.is_empty());
    Ok(Checked {
        keyword: keyword.map(str::to_lowercase),
        condition,
        query,
        context,
        is_open: fields.iter().all(|path| is_open(path)) && !fields.iter().any(is_timed),
    })
}

fn is_sortable(kind: &FieldKind) -> bool {
    !kind.is_multiple()
        && !matches!(
            kind,
            FieldKind::Lines { .. }
                | FieldKind::Attachment(_)
                | FieldKind::Picture(_)
                | FieldKind::LongText { .. }
                | FieldKind::RichText { .. }
                | FieldKind::Address { .. }
        )
}

/// The fields that a filter names.
pub(crate) fn names<'f>(filter: &'f Filter, found: &mut BTreeSet<&'f str>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| names(part, found)),
        Filter::Not(part) => names(part, found),
        Filter::Test(Test { field, .. }) => {
            found.insert(field);
        }
    }
}

/// Whether nothing but owners decides.
fn by_owners_alone(sight: &EntitySight<'_>) -> Option<Owners> {
    let reach = sight.judge.reach();
    (reach.shared.is_empty() && reach.inherited.is_none()).then(|| reach.owners.clone())
}
