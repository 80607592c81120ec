//! To-dos.

use axum::{http::StatusCode, response::Json as Answer};
use kapok::protocol::TaskId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    dto::{Completion, List, Task, TaskBrief},
    extract::{Json, Path, Query},
    guard::Signed,
    paging::{Cursor, Limit},
    problem::Problem,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TasksQuery {
    /// Whose tasks; one's own are the only ones.
    #[serde(default, rename = "assignee")]
    _assignee: Assignee,
    /// Finished ones, newest first, instead of open ones.
    #[serde(default)]
    done: bool,
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Whose tasks.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Assignee {
    /// The caller's.
    #[default]
    Me,
}

/// The to-do list, soonest due first: the caller's own tasks, and those the caller could claim.
#[utoipa::path(get, path = "/tasks", tag = "tasks", params(TasksQuery),
    responses((status = 200, body = List<TaskBrief>), (status = 400, body = Problem)))]
pub(crate) async fn list_tasks(
    signed: Signed,
    Query(query): Query<TasksQuery>,
) -> Result<Answer<List<TaskBrief>>, Problem> {
    let limit = query.limit.get();
    if query.done {
        let after = query.cursor.as_ref().map(Cursor::key).transpose()?;
        return Ok(Answer(List::page(
            signed
                .call(move |staff| staff.finished(after.as_deref(), limit))
                .await?,
        )));
    }
    let after = query.cursor.as_ref().map(Cursor::inbox).transpose()?;
    let ((items, next), count) = signed
        .call(move |staff| Ok((staff.inbox(after, limit)?, staff.inbox_count()?)))
        .await?;
    let list = List {
        next: next.map(Cursor::of_inbox),
        ..List::all(items)
    };
    Ok(Answer(list.counted(count)))
}

/// A task with its form.
#[utoipa::path(get, path = "/tasks/{id}", tag = "tasks", params(("id" = String, Path)),
    responses((status = 200, body = Task), (status = 404, body = Problem)))]
pub(crate) async fn show_task(signed: Signed, Path(id): Path<TaskId>) -> Result<Answer<Task>, Problem> {
    Ok(Answer(signed.call(move |staff| staff.task(id)).await?.into()))
}

/// Takes a task that several could do.
#[utoipa::path(post, path = "/tasks/{id}/claim", tag = "tasks", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn claim_task(signed: Signed, Path(id): Path<TaskId>) -> Result<StatusCode, Problem> {
    signed.call(move |staff| staff.claim(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a claimed task back.
#[utoipa::path(post, path = "/tasks/{id}/release", tag = "tasks", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn release_task(signed: Signed, Path(id): Path<TaskId>) -> Result<StatusCode, Problem> {
    signed.call(move |staff| staff.release(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finishes a task; changes to the record are saved with it, or nothing is done.
#[utoipa::path(post, path = "/tasks/{id}/complete", tag = "tasks", params(("id" = String, Path)),
    request_body = Completion,
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn complete_task(
    signed: Signed,
    Path(id): Path<TaskId>,
    Json(body): Json<Completion>,
) -> Result<StatusCode, Problem> {
    signed.call(move |staff| staff.complete(id, body.into())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Nudges whoever has a task (催办).
#[utoipa::path(post, path = "/tasks/{id}/urge", tag = "tasks", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn urge_task(signed: Signed, Path(id): Path<TaskId>) -> Result<StatusCode, Problem> {
    signed.call(move |staff| staff.urge(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
