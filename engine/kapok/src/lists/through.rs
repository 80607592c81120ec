//! Looking through the rows: newest first as long as a page is not full, or all of them to sort.

use std::cmp::Ordering;

use kapok_protocol::{Filter, Operator, PersonId, Record, RecordId, Refusal, RefusalKind, Test, Value};
use kapok_records::{EntityDefinition, FieldKind, Fields, Owners, Sort, as_value};
use kapok_rules::{Context, Values, order, resolve};
use kapok_tables::RecordList;

use super::{COUNTED, Checked, ListQuery, Position, RecordPage, by_owners_alone, position, sources::Sources};
use crate::{Error, seeing::EntitySight, views::Viewing};

/// The code of what cannot be answered by looking through rows.
pub(crate) const TOO_LONG: &str = "list.too-long";
/// Rows looked at for one page; a list that needs more says where to go on.
const LOOKED_AT: usize = 20_000;
/// Rows sorted without an index.
const SORTED: usize = 20_000;

struct Through<'t> {
    viewing: &'t Viewing<'t>,
    sight: &'t EntitySight<'t>,
    checked: &'t Checked<'t>,
}

/// A record that belongs into the list, as it is and as the viewer sees it.
pub(crate) struct Kept {
    pub(crate) record: Record,
    pub(crate) seen: Value,
}

/// Hands over the records that the viewer may see and the query keeps, newest first, until `visit` says that it has enough.
/// Rows alone are read.
pub(crate) fn each(
    viewing: &Viewing<'_>,
    sight: &EntitySight<'_>,
    query: &ListQuery,
    context: &Context,
    mut visit: impl FnMut(Kept) -> Result<bool, Error>,
) -> Result<(), Error> {
    if sight.judge.reach().is_nothing() {
        return Ok(());
    }
    let checked = super::check(sight, query, context)?;
    let through = Through {
        viewing,
        sight,
        checked: &checked,
    };
    let mut sources = through.sources()?;
    let mut looked_at = 0;
    while let Some(id) = sources.next()? {
        looked_at += 1;
        if looked_at > LOOKED_AT {
            return Err(Refusal::new(
                RefusalKind::Limit,
                TOO_LONG,
                format!("要看的记录超过 {LOOKED_AT} 条，请缩小范围。"),
                format!("More than {LOOKED_AT} records would have to be looked at; narrow it."),
            )
            .into());
        }
        if let Some(kept) = through.kept(id)?
            && !visit(kept)?
        {
            break;
        }
    }
    Ok(())
}

/// Sorts records as a list does; what is equal stays as it is.
pub(crate) fn sort(by: &[Sort], kept: &mut [Kept]) {
    kept.sort_by(|a, b| compare(by, &a.seen, &b.seen));
}

pub(super) fn page(viewing: &Viewing<'_>, sight: &EntitySight<'_>, checked: &Checked<'_>) -> Result<RecordPage, Error> {
    let through = Through {
        viewing,
        sight,
        checked,
    };
    if checked.query.sort.is_empty() {
        through.newest_first()
    } else {
        through.sorted()
    }
}

impl Through<'_> {
    fn newest_first(&self) -> Result<RecordPage, Error> {
        let after = match self.checked.query.after.as_deref().map(Position::decode).transpose()? {
            None => None,
            Some(Position::Behind(id)) => Some(id),
            Some(_) => return Err(position::unknown()),
        };
        let limit = self.checked.query.limit;
        let mut sources = self.sources()?;
        if let Some(id) = after {
            sources = sources.behind(id)?;
        }
        let (mut items, mut next) = (Vec::new(), None);
        let mut last = None;
        for looked_at in 0.. {
            if items.len() == limit || looked_at == LOOKED_AT {
                // Another page only when there is something to look at.
                next = match sources.next()? {
                    Some(_) => last,
                    None => None,
                };
                break;
            }
            let Some(id) = sources.next()? else { break };
            last = Some(id);
            if let Some(kept) = self.kept(id)? {
                items.extend(self.sight.present(kept.record)?);
            }
        }
        let (count, is_partial) = match (after, next) {
            (None, None) => (items.len(), false),
            _ => self.count()?,
        };
        Ok(RecordPage {
            items,
            next: next.map(|id| Position::Behind(id).encode()),
            count,
            is_partial,
        })
    }

    fn sorted(&self) -> Result<RecordPage, Error> {
        let query = self.checked.query;
        let after = match query.after.as_deref().map(Position::decode).transpose()? {
            None => None,
            Some(Position::Sorted(count, id)) => Some((count, id)),
            Some(_) => return Err(position::unknown()),
        };
        let mut all = Vec::new();
        let mut sources = self.sources()?;
        let mut looked_at = 0;
        while let Some(id) = sources.next()? {
            all.extend(self.kept(id)?);
            looked_at += 1;
            if looked_at > SORTED {
                return Err(too_long(self.checked.is_open));
            }
        }
        // What is equal stands as the index has it, so that a list is the same whoever answers.
        let is_ascending = query.sort.first().is_some_and(|sort| !sort.descending);
        let by_id = |a: &Kept, b: &Kept| {
            let order = a.record.id.cmp(&b.record.id);
            if is_ascending { order } else { order.reverse() }
        };
        all.sort_by(|a, b| compare(&query.sort, &a.seen, &b.seen).then_with(|| by_id(a, b)));
        let count = all.len().min(COUNTED);
        let begin = after.map_or(0, |(count, id)| {
            let found = all.iter().position(|kept| kept.record.id == id);
            found.map_or(count as usize, |index| index + 1)
        });
        let end = begin.saturating_add(query.limit).min(all.len());
        let next = match all.get(..end).and_then(<[Kept]>::last) {
            Some(last) if end < all.len() => Some(Position::Sorted(end as u64, last.record.id).encode()),
            _ => None,
        };
        let mut items = Vec::new();
        for kept in all.into_iter().take(end).skip(begin) {
            items.extend(self.sight.present(kept.record)?);
        }
        Ok(RecordPage {
            items,
            next,
            count,
            is_partial: false,
        })
    }

    fn sources(&self) -> Result<Sources<'_, '_>, Error> {
        let (entity, reach) = (&self.sight.definition.id, self.sight.judge.reach());
        let query = self.checked.query;
        // An entity may have a field of that name, which is something else then.
        let filter = query
            .filter
            .as_ref()
            .filter(|_| self.sight.definition.field("owner").is_none());
        let owner = filter.and_then(|filter| owner_in(filter, self.checked.context));
        Sources::of(&self.viewing.queries, entity, reach, query.naming.as_ref(), owner)
    }

    /// How many there are, and whether there may be more.
    fn count(&self) -> Result<(usize, bool), Error> {
        let entity = &self.sight.definition.id;
        let is_whole = self.checked.keyword.is_none() && self.checked.condition.is_none();
        let queries = &self.viewing.queries;
        // Where the owner alone decides, the index rows are all there is to count.
        match by_owners_alone(self.sight).filter(|_| is_whole && self.checked.query.naming.is_none()) {
            Some(Owners::All) => {
                let ids = queries.record_ids(&RecordList::All(entity.clone()), None, COUNTED)?;
                return Ok((ids.len(), false));
            }
            Some(Owners::These(owners)) => {
                let mut count = 0;
                for owner in owners.iter() {
                    let list = RecordList::OwnedBy(entity.clone(), Some(*owner));
                    count += queries.record_ids(&list, None, COUNTED - count)?.len();
                    if count >= COUNTED {
                        break;
                    }
                }
                return Ok((count, false));
            }
            _ => {}
        }
        let mut sources = self.sources()?;
        let (mut count, mut looked_at) = (0, 0);
        while count < COUNTED
            && looked_at < LOOKED_AT
            && let Some(id) = sources.next()?
        {
            count += usize::from(self.kept(id)?.is_some());
            looked_at += 1;
        }
        let is_partial = looked_at == LOOKED_AT && sources.next()?.is_some();
        Ok((count, is_partial))
    }

    /// A record, if it may be seen and is asked for.
    fn kept(&self, id: RecordId) -> Result<Option<Kept>, Error> {
        let definition = self.sight.definition;
        let Some(row) = self.viewing.queries.record(&definition.id, id)? else {
            return Ok(None);
        };
        let record = self.sight.whole(row.record)?;
        let Some(seen) = self.sight.seen(&record) else {
            return Ok(None);
        };
        if let Some(keyword) = &self.checked.keyword
            && !has_text(definition, &seen.fields, keyword)
        {
            return Ok(None);
        }
        let seen = as_value(definition, &seen);
        if let (Some(condition), Some(fields)) = (&self.checked.condition, seen.as_map())
            && !condition.holds(&Values::new(fields, self.checked.context))
        {
            return Ok(None);
        }
        if let Some((field, target)) = &self.checked.query.naming {
            let named = seen.at(field);
            let is_target = |value: &Value| value.as_text() == Some(target.to_string().as_str());
            let names = named.is_some_and(|value| match value.as_list() {
                Some(values) => values.iter().any(is_target),
                None => is_target(value),
            });
            if !names {
                return Ok(None);
            }
        }
        Ok(Some(Kept { record, seen }))
    }
}

/// Whose records alone a filter keeps.
fn owner_in(filter: &Filter, context: &Context) -> Option<PersonId> {
    match filter {
        Filter::All(parts) => parts.iter().find_map(|part| owner_in(part, context)),
        Filter::Test(Test {
            field,
            op: Operator::Equal,
            value,
        }) if field == "owner" => resolve(value, context).ok()?.as_text()?.parse().ok(),
        _ => None,
    }
}

/// That there is too much to be sorted without the index: it is not ready, or cannot be asked.
fn too_long(is_open: bool) -> Error {
    let (zh, en) = match is_open {
        true => (
            "搜索索引还没有准备好，暂时不能这样排序。请先缩小范围，或稍后再试。",
            "the search index is not ready, so they cannot be sorted like this now. Narrow the list, or try again later.",
        ),
        false => (
            "筛选或排序用到的字段并非每条记录都对您可见，或随时间改变，只能逐条查看。请先缩小范围，或改用别的字段。",
            "a field that is filtered or sorted by is not shown to you in all of them, or changes by itself, so they have \
             to be looked through one by one. Narrow the list, or use another field.",
        ),
    };
    Refusal::new(
        RefusalKind::Limit,
        TOO_LONG,
        format!("记录超过 {SORTED} 条，{zh}"),
        format!("There are more than {SORTED} records, and {en}"),
    )
    .into()
}

/// Whether one of the texts of a record contains a text in lower case.
fn has_text(definition: &EntityDefinition, fields: &Fields, keyword: &str) -> bool {
    definition.fields.iter().any(|field| {
        let is_text = matches!(
            field.kind.of_values(),
            FieldKind::Text { .. }
                | FieldKind::LongText { .. }
                | FieldKind::Phone
                | FieldKind::Email
                | FieldKind::AutoNumber { .. }
        );
        let text = fields.get(&field.id).and_then(Value::as_text);
        is_text && text.is_some_and(|text| text.to_lowercase().contains(keyword))
    })
}

/// By the first field that differs. What has no value comes last either way.
fn compare(sort: &[Sort], a: &Value, b: &Value) -> Ordering {
    for Sort { field, descending } in sort {
        let (a, b) = (
            a.at(field).filter(|value| !value.is_empty()),
            b.at(field).filter(|value| !value.is_empty()),
        );
        let found = match (a, b) {
            (Some(a), Some(b)) => {
                let found = match field.as_str() {
                    "id" => number(a).cmp(&number(b)),
                    _ => order(a, b).unwrap_or(Ordering::Equal),
                };
                if *descending { found.reverse() } else { found }
            }
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if found != Ordering::Equal {
            return found;
        }
    }
    Ordering::Equal
}

fn number(id: &Value) -> Option<u64> {
    id.as_text()?.parse().ok()
}
