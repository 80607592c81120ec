//! With whom records are shared, and why somebody sees one.

use axum::{http::StatusCode, response::Json as Answer};
use kapok::protocol::{Entity as EntityId, PersonId, RecordId, RecordRef, ShareId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    dto::{AccessExplanation, List, Share, ShareCreated, ShareRequest},
    extract::{Json, Path, Query},
    guard::Signed,
    problem::Problem,
};

fn reference(entity: String, id: RecordId) -> RecordRef {
    RecordRef {
        entity: EntityId::new(entity),
        id,
    }
}

/// With whom a record is shared.
#[utoipa::path(get, path = "/records/{entity}/{id}/shares", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = List<Share>), (status = 404, body = Problem)))]
pub(crate) async fn list_shares(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
) -> Result<Answer<List<Share>>, Problem> {
    let shares = signed.call(move |staff| staff.shares(&reference(entity, id))).await?;
    Ok(Answer(List::all(shares)))
}

/// Shares a record. Sharing it with the same receiver again replaces the share.
#[utoipa::path(post, path = "/records/{entity}/{id}/shares", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)), request_body = ShareRequest,
    responses((status = 201, body = ShareCreated), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn share_record(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
    Json(body): Json<ShareRequest>,
) -> Result<(StatusCode, Answer<ShareCreated>), Problem> {
    let share = signed.call(move |staff| staff.share(&reference(entity, id), body.into()));
    let id = share.await?.to_string();
    Ok((StatusCode::CREATED, Answer(ShareCreated { id })))
}

/// Ends a share.
#[utoipa::path(delete, path = "/records/{entity}/{id}/shares/{share}", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path), ("share" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn end_share(
    signed: Signed,
    Path((entity, id, share)): Path<(String, RecordId, ShareId)>,
) -> Result<StatusCode, Problem> {
    let ended = signed.call(move |staff| staff.end_share(&reference(entity, id), share));
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccessQuery {
    /// About whom, for administrators; the caller when absent.
    #[serde(rename = "as")]
    #[param(rename = "as", value_type = Option<String>)]
    person: Option<PersonId>,
}

/// What the caller may do with a record, and why; administrators may ask it about anybody and learn nothing of what is in
/// the record.
#[utoipa::path(get, path = "/records/{entity}/{id}/access", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path), AccessQuery),
    responses((status = 200, body = AccessExplanation), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn explain_access(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
    Query(query): Query<AccessQuery>,
) -> Result<Answer<AccessExplanation>, Problem> {
    let explanation = signed.call(move |staff| match query.person {
        Some(person) => staff.administrator()?.access_of(&reference(entity, id), person),
        None => staff.access(&reference(entity, id)),
    });
    Ok(Answer(explanation.await?.into()))
}
