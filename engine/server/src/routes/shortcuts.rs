//! What people arrange for themselves: views of lists, marked records, those seen lately.

use axum::{http::StatusCode, response::Json as Answer};
use kapok::protocol::{Entity as EntityId, RecordId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::record_work::reference;
use crate::{
    dto::{List, ListView, NewListView, Shortcut, ViewOwner},
    extract::{Json, Path, Query},
    guard::Signed,
    problem::Problem,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ViewQuery {
    /// Whose view: the caller's own, or, for administrators, everybody's.
    #[serde(default)]
    scope: ViewOwner,
}

/// The views of an entity's list that the caller may use.
#[utoipa::path(get, path = "/views/{entity}", tag = "records", params(("entity" = String, Path)),
    responses((status = 200, body = List<ListView>), (status = 404, body = Problem)))]
pub(crate) async fn list_views(signed: Signed, Path(entity): Path<String>) -> Result<Answer<List<ListView>>, Problem> {
    let views = signed
        .call(move |staff| staff.list_views(&EntityId::new(entity)))
        .await?;
    Ok(Answer(List::all(views)))
}

/// Keeps a view of an entity's list.
#[utoipa::path(put, path = "/views/{entity}/{id}", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path), ViewQuery), request_body = NewListView,
    responses((status = 204), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn put_view(
    signed: Signed,
    Path((entity, id)): Path<(String, String)>,
    Query(query): Query<ViewQuery>,
    Json(body): Json<NewListView>,
) -> Result<StatusCode, Problem> {
    let view = body.named(id)?;
    signed
        .call(move |staff| {
            let entity = EntityId::new(entity);
            match query.scope {
                ViewOwner::Mine => staff.put_list_view(&entity, view),
                ViewOwner::Company => staff.administrator()?.put_company_view(&entity, view),
            }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a view of an entity's list.
#[utoipa::path(delete, path = "/views/{entity}/{id}", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path), ViewQuery),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete_view(
    signed: Signed,
    Path((entity, id)): Path<(String, String)>,
    Query(query): Query<ViewQuery>,
) -> Result<StatusCode, Problem> {
    signed
        .call(move |staff| {
            let entity = EntityId::new(entity);
            match query.scope {
                ViewOwner::Mine => staff.delete_list_view(&entity, &id),
                ViewOwner::Company => staff.administrator()?.delete_company_view(&entity, &id),
            }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The records the caller marked.
#[utoipa::path(get, path = "/stars", tag = "records", responses((status = 200, body = List<Shortcut>)))]
pub(crate) async fn list_stars(signed: Signed) -> Result<Answer<List<Shortcut>>, Problem> {
    Ok(Answer(List::all(signed.call(|staff| staff.starred()).await?)))
}

/// Marks a record.
#[utoipa::path(put, path = "/records/{entity}/{id}/star", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn star_record(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
) -> Result<StatusCode, Problem> {
    signed
        .call(move |staff| staff.star(&reference(entity, id), true))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the mark off a record.
#[utoipa::path(delete, path = "/records/{entity}/{id}/star", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn unstar_record(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
) -> Result<StatusCode, Problem> {
    signed
        .call(move |staff| staff.star(&reference(entity, id), false))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The records the caller has opened lately.
#[utoipa::path(get, path = "/recent", tag = "records", responses((status = 200, body = List<Shortcut>)))]
pub(crate) async fn list_recent(signed: Signed) -> Result<Answer<List<Shortcut>>, Problem> {
    Ok(Answer(List::all(signed.call(|staff| staff.recent()).await?)))
}

/// Notes that the caller has opened a record.
#[utoipa::path(post, path = "/records/{entity}/{id}/seen", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn note_seen(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
) -> Result<StatusCode, Problem> {
    signed
        .call(move |staff| staff.note_seen(&reference(entity, id)))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
