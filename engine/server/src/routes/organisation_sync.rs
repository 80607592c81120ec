//! The organisation from another system: looked at, then taken over.

use axum::response::Json as Answer;

use crate::{
    dto::{List, LookedAt, SignInSource, SyncView},
    extract::{Json, Path},
    guard::Admin,
    problem::Problem,
};

/// Where departments and people can be taken from.
#[utoipa::path(get, path = "/organisation/sources", tag = "people",
    responses((status = 200, body = List<SignInSource>), (status = 403, body = Problem)))]
pub(crate) async fn organisation_sources(admin: Admin) -> Result<Answer<List<SignInSource>>, Problem> {
    let sources = admin.call(|admin| Ok(admin.organisation_sources()));
    Ok(Answer(List::all(sources.await?)))
}

/// Reads the departments and people of a source, and says what would be done with them.
#[utoipa::path(post, path = "/organisation/sources/{source}/preview", tag = "people", params(("source" = String, Path)),
    responses((status = 200, body = SyncView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub(crate) async fn preview_sync(admin: Admin, Path(source): Path<String>) -> Result<Answer<SyncView>, Problem> {
    let report = admin.call(move |admin| admin.preview_sync(&source));
    Ok(Answer(report.await?.into()))
}

/// Does what was looked at; nothing when something has changed since.
#[utoipa::path(post, path = "/organisation/sources/{source}/apply", tag = "people", params(("source" = String, Path)),
    request_body = LookedAt,
    responses((status = 200, body = SyncView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn apply_sync(
    admin: Admin,
    Path(source): Path<String>,
    Json(body): Json<LookedAt>,
) -> Result<Answer<SyncView>, Problem> {
    let report = admin.call(move |admin| admin.apply_sync(&source, &body.plan));
    Ok(Answer(report.await?.into()))
}
