//! What processes may do with records.

use axum::response::Json as Answer;
use kapok::protocol::DefinitionId;

use crate::{
    dto::{ConfirmRequest, Grants, confirmed},
    extract::{Json, Path},
    guard::Admin,
    problem::Problem,
};

/// What a version of a process asks for, and what was confirmed.
#[utoipa::path(get, path = "/definitions/{id}/grants", tag = "processes", params(("id" = String, Path)),
    responses((status = 200, body = Grants), (status = 404, body = Problem)))]
pub(crate) async fn show_grants(admin: Admin, Path(id): Path<DefinitionId>) -> Result<Answer<Grants>, Problem> {
    let grants = admin.call(move |administrator| administrator.grants(id)).await?;
    Ok(Answer(grants.into()))
}

/// Confirms what a version of a process may do, instead of what was confirmed before.
#[utoipa::path(put, path = "/definitions/{id}/grants", tag = "processes", params(("id" = String, Path)),
    request_body = ConfirmRequest,
    responses((status = 200, body = Grants), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn confirm_grants(
    admin: Admin,
    Path(id): Path<DefinitionId>,
    Json(body): Json<ConfirmRequest>,
) -> Result<Answer<Grants>, Problem> {
    let grants = admin.call(move |administrator| {
        administrator.confirm_grants(id, confirmed(body.grants))?;
        administrator.grants(id)
    });
    Ok(Answer(grants.await?.into()))
}
