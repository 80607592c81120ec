//! The server itself.

use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::Json as Answer,
};
use kapok::Health;
use utoipa::openapi::OpenApi;

use crate::{
    dto::{SystemView, health_text},
    guard::{Admin, Gate, Watcher},
    metrics, openapi,
    problem::Problem,
};

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "system", responses((status = 200, body = Object)))]
pub(crate) async fn openapi_document() -> Answer<OpenApi> {
    Answer(openapi::document())
}

/// How the server does, in numbers.
#[utoipa::path(get, path = "/system", tag = "administration", responses((status = 200, body = SystemView)))]
pub(crate) async fn show_system(admin: Admin) -> Result<Answer<SystemView>, Problem> {
    let overview = admin.call(|administrator| administrator.overview()).await?;
    Ok(Answer(overview.into()))
}

/// Whether the engine takes commands; for whoever watches over the server.
pub(crate) async fn health(State(gate): State<Gate>) -> (StatusCode, String) {
    let health = gate.health();
    let word = match &health {
        Health::Writable => return (StatusCode::OK, "ok\n".to_owned()),
        Health::ReadOnly { .. } => "read-only",
        Health::Poisoned { .. } => "failed",
    };
    let text = health_text(&health).map(|text| format!(": {} / {}", text.zh, text.en));
    let body = format!("{word}{}\n", text.unwrap_or_default());
    (StatusCode::SERVICE_UNAVAILABLE, body)
}

/// The same numbers for Prometheus.
pub(crate) async fn show_metrics(watcher: Watcher) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let overview = watcher.overview().await?;
    Ok((
        [(header::CONTENT_TYPE, metrics::CONTENT_TYPE)],
        metrics::text(&overview),
    ))
}
