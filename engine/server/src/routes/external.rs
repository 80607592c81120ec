//! Work for programs that are not part of this one.

use std::time::{Duration, Instant};

use axum::{http::StatusCode, response::Json as Answer};
use kapok::{TopicRequest, protocol::JobId};

use crate::{
    dto::{
        CompleteExternal, ErrorExternal, ExtendRequest, Extended, ExternalTaskView, FailExternal, FetchRequest, List,
        TopicState,
    },
    extract::{Json, Path},
    guard::{Admin, Outside},
    problem::Problem,
};

/// The longest that a request waits for something to do: well within the time that every request has.
const LONGEST_WAIT: Duration = Duration::from_secs(25);
/// Locks end by the clock, which rings no bell.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Fetches tasks of some topics, and locks them. With `wait_seconds` it answers as soon as there is something.
#[utoipa::path(post, path = "/external-tasks/fetch", tag = "external tasks", request_body = FetchRequest,
    responses((status = 200, body = List<ExternalTaskView>), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn fetch_external(
    outside: Outside,
    Json(body): Json<FetchRequest>,
) -> Result<Answer<List<ExternalTaskView>>, Problem> {
    let topics: Vec<TopicRequest> = body.topics.into_iter().map(TopicRequest::from).collect();
    let wait = Duration::from_secs(body.wait_seconds.unwrap_or(0)).min(LONGEST_WAIT);
    let limit = body.limit.unwrap_or(1);
    let deadline = Instant::now() + wait;
    let mut changes = outside.changes();
    let mut stopping = outside.stopping();
    loop {
        changes.borrow_and_update();
        let (worker, topics) = (body.worker.clone(), topics.clone());
        let found = outside
            .call(move |outside| outside.fetch(&worker, &topics, limit))
            .await?;
        let left = deadline.saturating_duration_since(Instant::now());
        if !found.is_empty() || left.is_zero() || *stopping.borrow() {
            return Ok(Answer(List::all(found)));
        }
        tokio::select! {
            _ = changes.changed() => {}
            _ = stopping.changed() => {}
            () = tokio::time::sleep(left.min(LOOK_AGAIN)) => {}
        }
    }
}

/// Keeps a task longer.
#[utoipa::path(post, path = "/external-tasks/{id}/extend", tag = "external tasks", params(("id" = String, Path)),
    request_body = ExtendRequest,
    responses((status = 200, body = Extended), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn extend_external(
    outside: Outside,
    Path(id): Path<JobId>,
    Json(body): Json<ExtendRequest>,
) -> Result<Answer<Extended>, Problem> {
    let millis = i64::from(body.lock_seconds) * 1000;
    let until = outside
        .call(move |outside| outside.extend(id, &body.worker, millis))
        .await?;
    let lock_until = until.to_string();
    Ok(Answer(Extended { lock_until }))
}

/// Says that a task is done; the process goes on.
#[utoipa::path(post, path = "/external-tasks/{id}/complete", tag = "external tasks", params(("id" = String, Path)),
    request_body = CompleteExternal,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn complete_external(
    outside: Outside,
    Path(id): Path<JobId>,
    Json(body): Json<CompleteExternal>,
) -> Result<StatusCode, Problem> {
    let done = outside.call(move |outside| outside.complete(id, &body.worker, body.variables));
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that a task could not be done: it is tried again, or becomes an incident.
#[utoipa::path(post, path = "/external-tasks/{id}/fail", tag = "external tasks", params(("id" = String, Path)),
    request_body = FailExternal,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn fail_external(
    outside: Outside,
    Path(id): Path<JobId>,
    Json(body): Json<FailExternal>,
) -> Result<StatusCode, Problem> {
    let (worker, failure) = body.split();
    outside.call(move |outside| outside.fail(id, &worker, failure)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that a task ended in an error that the model may catch.
#[utoipa::path(post, path = "/external-tasks/{id}/error", tag = "external tasks", params(("id" = String, Path)),
    request_body = ErrorExternal,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn throw_external(
    outside: Outside,
    Path(id): Path<JobId>,
    Json(body): Json<ErrorExternal>,
) -> Result<StatusCode, Problem> {
    let thrown = outside.call(move |outside| outside.error(id, &body.worker, body.code, body.message, body.variables));
    thrown.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The topics of outside workers, with what waits and who asks.
#[utoipa::path(get, path = "/external-tasks/topics", tag = "external tasks",
    responses((status = 200, body = List<TopicState>)))]
pub(crate) async fn list_topics(admin: Admin) -> Result<Answer<List<TopicState>>, Problem> {
    Ok(Answer(List::all(
        admin.call(|administrator| administrator.topics()).await?,
    )))
}
