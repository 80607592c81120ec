//! The server itself.

use axum::{extract::State, http::StatusCode, response::Json as Answer};
use kapok::Health;
use utoipa::openapi::OpenApi;

use crate::{
    dto::{List, PluginView},
    guard::{Admin, Gate},
    openapi,
    problem::Problem,
};

/// The plugins, running or not.
#[utoipa::path(get, path = "/plugins", tag = "administration", responses((status = 200, body = List<PluginView>)))]
pub(crate) async fn list_plugins(admin: Admin) -> Result<Answer<List<PluginView>>, Problem> {
    Ok(Answer(List::all(
        admin.call(|administrator| Ok(administrator.plugins())).await?,
    )))
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "system", responses((status = 200, body = Object)))]
pub(crate) async fn openapi_document() -> Answer<OpenApi> {
    Answer(openapi::document())
}

/// Whether the engine takes commands; for whoever watches over the server.
pub(crate) async fn health(State(gate): State<Gate>) -> (StatusCode, &'static str) {
    match gate.health() {
        Health::Writable => (StatusCode::OK, "ok\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n"),
    }
}
