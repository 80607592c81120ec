//! Records of every entity.

use axum::{
    http::{HeaderName, StatusCode},
    response::{AppendHeaders, Json as Answer},
};
use kapok::{
    ListQuery, RecordSave,
    protocol::{Entity as EntityId, Filter, RecordId, RecordRef},
    records::Sort,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    dto::{Entity, EntityBrief, List, NewRecord, Record, RecordEdit},
    extract::{Json, Path, Query},
    guard::Signed,
    paging::{Cursor, Limit},
    problem::Problem,
};

/// Names the case that a save started.
const STARTED: HeaderName = HeaderName::from_static("x-kapok-started");

/// The entities of which the caller may see or make something.
#[utoipa::path(get, path = "/entities", tag = "records", responses((status = 200, body = List<EntityBrief>)))]
pub(crate) async fn list_entities(signed: Signed) -> Result<Answer<List<EntityBrief>>, Problem> {
    Ok(Answer(List::all(signed.call(|staff| staff.entities()).await?)))
}

/// What an entity's list and form are drawn from.
#[utoipa::path(get, path = "/entities/{id}", tag = "records", params(("id" = String, Path)),
    responses((status = 200, body = Entity), (status = 404, body = Problem)))]
pub(crate) async fn show_entity(signed: Signed, Path(id): Path<String>) -> Result<Answer<Entity>, Problem> {
    let (entity, views) = signed
        .call(move |staff| {
            let id = EntityId::new(id);
            let entity = staff.entity(&id)?;
            // Whoever may only make new ones sees no list.
            let views = if entity.read {
                staff.list_views(&id)?
            } else {
                Vec::new()
            };
            Ok((entity, views))
        })
        .await?;
    Ok(Answer(Entity::from(entity).with_views(views)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecordsQuery {
    /// What one of the texts contains.
    q: Option<String>,
    /// A condition as JSON: `{"field","op","value"}`, `{"all":[…]}`, `{"any":[…]}`, `{"not":…}`.
    filter: Option<String>,
    /// Fields to sort by, `-` before one for the greatest first, commas between; newest first when absent.
    sort: Option<String>,
    /// Whether it is about deleted records.
    #[serde(default)]
    trash: bool,
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// A page of records: newest first, or as they are sorted.
#[utoipa::path(get, path = "/records/{entity}", tag = "records", params(("entity" = String, Path), RecordsQuery),
    responses((status = 200, body = List<Record>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list_records(
    signed: Signed,
    Path(entity): Path<String>,
    Query(query): Query<RecordsQuery>,
) -> Result<Answer<List<Record>>, Problem> {
    if query.trash {
        let after = query.cursor.as_ref().map(Cursor::key).transpose()?;
        let trash = signed.call(move |staff| staff.trash(&EntityId::new(entity), after.as_deref(), query.limit.get()));
        return Ok(Answer(List::page(trash.await?)));
    }
    let asked = ListQuery {
        entity: EntityId::new(entity),
        keyword: query.q,
        filter: query.filter.as_deref().map(filter).transpose()?,
        sort: query.sort.as_deref().map(sort).unwrap_or_default(),
        naming: None,
        after: query.cursor.as_ref().map(Cursor::key).transpose()?,
        limit: query.limit.get(),
    };
    Ok(Answer(signed.call(move |staff| staff.records(&asked)).await?.into()))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RelatedQuery {
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// A page of the records that name a record, newest first.
#[utoipa::path(get, path = "/records/{entity}/{id}/related/{related}", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path), ("related" = String, Path), RelatedQuery),
    responses((status = 200, body = List<Record>), (status = 404, body = Problem)))]
pub(crate) async fn list_related(
    signed: Signed,
    Path((entity, id, related)): Path<(String, RecordId, String)>,
    Query(query): Query<RelatedQuery>,
) -> Result<Answer<List<Record>>, Problem> {
    let reference = RecordRef {
        entity: EntityId::new(entity),
        id,
    };
    let after = query.cursor.as_ref().map(Cursor::key).transpose()?;
    let page = signed.call(move |staff| staff.related(&reference, &related, after, query.limit.get()));
    Ok(Answer(page.await?.into()))
}

/// A condition from its JSON.
pub(super) fn filter(json: &str) -> Result<Filter, Problem> {
    serde_json::from_str(json).map_err(Problem::malformed)
}

/// An order from its text: `-date,name`.
pub(super) fn sort(text: &str) -> Vec<Sort> {
    let fields = text.split(',').map(str::trim).filter(|field| !field.is_empty());
    let sort = fields.map(|field| Sort {
        field: field.trim_start_matches('-').to_owned(),
        descending: field.starts_with('-'),
    });
    sort.collect()
}

/// Makes a record. `X-Kapok-Started` names the case that the save started.
#[utoipa::path(post, path = "/records/{entity}", tag = "records", params(("entity" = String, Path)),
    request_body = NewRecord, responses((status = 201, body = Record), (status = 422, body = Problem)))]
pub(crate) async fn create_record(
    signed: Signed,
    Path(entity): Path<String>,
    Json(body): Json<NewRecord>,
) -> Result<(StatusCode, AppendHeaders<Option<(HeaderName, String)>>, Answer<Record>), Problem> {
    let save = RecordSave {
        owner: body.owner,
        ignore_duplicates: body.ignore_duplicates,
        ..RecordSave::new(EntityId::new(entity), body.fields)
    };
    let (record, started) = signed.call(move |staff| staff.save(save)).await?;
    let started = started.first().map(|id| (STARTED, id.to_string()));
    Ok((StatusCode::CREATED, AppendHeaders(started), Answer(record.into())))
}

/// A record.
#[utoipa::path(get, path = "/records/{entity}/{id}", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Record), (status = 404, body = Problem)))]
pub(crate) async fn show_record(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
) -> Result<Answer<Record>, Problem> {
    let reference = RecordRef {
        entity: EntityId::new(entity),
        id,
    };
    Ok(Answer(signed.call(move |staff| staff.record(&reference)).await?.into()))
}

/// Changes fields of a record, on the version that the caller saw.
#[utoipa::path(patch, path = "/records/{entity}/{id}", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)), request_body = RecordEdit,
    responses((status = 200, body = Record), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change_record(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
    Json(body): Json<RecordEdit>,
) -> Result<(AppendHeaders<Option<(HeaderName, String)>>, Answer<Record>), Problem> {
    let reference = RecordRef {
        entity: EntityId::new(entity),
        id,
    };
    let save = RecordSave {
        base: body.base,
        ignore_duplicates: body.ignore_duplicates,
        ..RecordSave::change(reference, body.version, body.fields)
    };
    let (record, started) = signed.call(move |staff| staff.save(save)).await?;
    let started = started.first().map(|id| (STARTED, id.to_string()));
    Ok((AppendHeaders(started), Answer(record.into())))
}

/// Removes a record.
#[utoipa::path(delete, path = "/records/{entity}/{id}", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete_record(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
) -> Result<StatusCode, Problem> {
    let reference = RecordRef {
        entity: EntityId::new(entity),
        id,
    };
    signed.call(move |staff| staff.delete(&reference)).await?;
    Ok(StatusCode::NO_CONTENT)
}
