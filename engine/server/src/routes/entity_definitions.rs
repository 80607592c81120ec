//! What kinds of records there are, as administrators see and change it.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Json as Answer, Response},
};
use kapok::DefinitionChange;
use serde_json::Value;

use crate::{
    dto::{LayerChangeRequest, LayerPlan, LayerPlanRequest},
    extract::{Json, Path},
    guard::Admin,
    problem::Problem,
};

/// The administrator's layer of definitions: what was made by mouse, as one document. Its version is the `ETag`.
#[utoipa::path(get, path = "/admin/definitions", tag = "administration",
    responses((status = 200, body = Object), (status = 403, body = Problem)))]
pub(crate) async fn show_definition_layer(admin: Admin) -> Result<Response, Problem> {
    let layer = admin.call(|admin| admin.definition_layer()).await?;
    let mut response = Answer(layer.document).into_response();
    if let Ok(version) = HeaderValue::from_str(&format!("\"{}\"", layer.version)) {
        response.headers_mut().insert(header::ETAG, version);
    }
    Ok(response)
}

/// What changes of the layer would do.
#[utoipa::path(post, path = "/admin/definitions/plan", tag = "administration", request_body = LayerPlanRequest,
    responses((status = 200, body = LayerPlan), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn plan_definition_layer(
    admin: Admin,
    Json(body): Json<LayerPlanRequest>,
) -> Result<Answer<LayerPlan>, Problem> {
    let changes: Vec<_> = body.changes.into_iter().map(DefinitionChange::from).collect();
    let plan = admin.call(move |admin| admin.plan_definitions(&changes)).await?;
    Ok(Answer(plan.into()))
}

/// Changes the layer. What loses data, or takes it from sight, needs `confirm`; with `base`, the changes are only made
/// on that version of the layer.
#[utoipa::path(post, path = "/admin/definitions", tag = "administration", request_body = LayerChangeRequest,
    responses((status = 200, body = LayerPlan), (status = 403, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem)))]
pub(crate) async fn change_definition_layer(
    admin: Admin,
    Json(body): Json<LayerChangeRequest>,
) -> Result<Answer<LayerPlan>, Problem> {
    let (confirm, base) = (body.confirm, body.base);
    let changes: Vec<_> = body.changes.into_iter().map(DefinitionChange::from).collect();
    let plan = admin
        .call(move |admin| admin.change_definitions(&changes, confirm, base.as_deref()))
        .await?;
    Ok(Answer(plan.into()))
}

/// Everything that holds, dictionaries and roles too, and what is shipped of it.
#[utoipa::path(get, path = "/admin/definitions/effective", tag = "administration",
    responses((status = 200, body = Object), (status = 403, body = Problem)))]
pub(crate) async fn effective_definitions(admin: Admin) -> Result<Answer<Value>, Problem> {
    Ok(Answer(admin.call(|admin| Ok(admin.effective_definitions())).await?))
}

/// What holds for an entity, and what is shipped of it.
#[utoipa::path(get, path = "/admin/definitions/effective/{entity}", tag = "administration",
    params(("entity" = String, Path)),
    responses((status = 200, body = Object), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn effective_definition(admin: Admin, Path(entity): Path<String>) -> Result<Answer<Value>, Problem> {
    Ok(Answer(
        admin.call(move |admin| admin.effective_definition(&entity)).await?,
    ))
}
