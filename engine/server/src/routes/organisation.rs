//! People as an organisation: their passwords, who stands in for them, and leaving.

use axum::{http::StatusCode, response::Json as Answer};
use kapok::protocol::{PersonId, RecordId};

use crate::{
    dto::{HandedOverView, LeavePreviewView, Leaving, List, NewPassword, StandIn, StandInCreated, StandInRequest},
    extract::{Json, Path},
    guard::{Admin, Signed},
    problem::Problem,
};

/// What a person would leave behind: what is handed over, and what has to be changed by hand.
#[utoipa::path(get, path = "/people/{id}/leave", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = LeavePreviewView), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn preview_leave(
    admin: Admin,
    Path(person): Path<PersonId>,
) -> Result<Answer<LeavePreviewView>, Problem> {
    let preview = admin.call(move |admin| admin.leave_preview(person));
    Ok(Answer(preview.await?.into()))
}

/// Lets a person leave: no sign-in any more, their open tasks and records go to somebody else.
#[utoipa::path(post, path = "/people/{id}/leave", tag = "people", params(("id" = String, Path)), request_body = Leaving,
    responses((status = 200, body = HandedOverView), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn leave(
    admin: Admin,
    Path(person): Path<PersonId>,
    Json(body): Json<Leaving>,
) -> Result<Answer<HandedOverView>, Problem> {
    let done = admin.call(move |admin| admin.leave(person, body.hand_over_to));
    Ok(Answer(done.await?.into()))
}

/// Sets a person's password and signs them out everywhere.
#[utoipa::path(post, path = "/people/{id}/password", tag = "people", params(("id" = String, Path)),
    request_body = NewPassword, responses((status = 204), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_password(
    admin: Admin,
    Path(person): Path<PersonId>,
    Json(body): Json<NewPassword>,
) -> Result<StatusCode, Problem> {
    admin
        .call(move |admin| admin.set_password_of(person, &body.password))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who stands in for a person: one's own, or anybody's for administrators.
#[utoipa::path(get, path = "/people/{id}/stand-ins", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = List<StandIn>), (status = 403, body = Problem)))]
pub(crate) async fn list_stand_ins(
    signed: Signed,
    Path(person): Path<PersonId>,
) -> Result<Answer<List<StandIn>>, Problem> {
    Ok(Answer(List::all(
        signed.call(move |staff| staff.stand_ins(person)).await?,
    )))
}

/// Lets somebody act for a person who will be away.
#[utoipa::path(post, path = "/people/{id}/stand-ins", tag = "people", params(("id" = String, Path)),
    request_body = StandInRequest,
    responses((status = 201, body = StandInCreated), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add_stand_in(
    signed: Signed,
    Path(person): Path<PersonId>,
    Json(body): Json<StandInRequest>,
) -> Result<(StatusCode, Answer<StandInCreated>), Problem> {
    let added = signed.call(move |staff| staff.add_stand_in(person, body.into()));
    let id = added.await?.to_string();
    Ok((StatusCode::CREATED, Answer(StandInCreated { id })))
}

/// Ends a stand-in.
#[utoipa::path(delete, path = "/people/{id}/stand-ins/{stand_in}", tag = "people",
    params(("id" = String, Path), ("stand_in" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn end_stand_in(
    signed: Signed,
    Path((person, stand_in)): Path<(PersonId, RecordId)>,
) -> Result<StatusCode, Problem> {
    signed.call(move |staff| staff.end_stand_in(person, stand_in)).await?;
    Ok(StatusCode::NO_CONTENT)
}
