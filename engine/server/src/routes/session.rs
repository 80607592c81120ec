//! Signing in and out.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Json as Answer, Response},
};

use crate::{
    dto::{DemoPersonView, List, MeView, SessionPatch, SignIn},
    extract::Json,
    guard::{Gate, Signed, Visitor},
    problem::Problem,
    session,
};

/// Signs in: a new session, whatever cookie was sent.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = MeView), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn sign_in(
    State(gate): State<Gate>,
    visitor: Visitor,
    headers: HeaderMap,
    Json(body): Json<SignIn>,
) -> Result<Response, Problem> {
    let (signed, secret) = gate.sign_in(body.user, body.password, visitor.address).await?;
    let cookie = replace_session(&gate, &headers, &secret).await?;
    let me = me(&gate, &signed).await?;
    Ok((cookie, Answer(me)).into_response())
}

/// Ends the session that a browser had, now that it has a new one.
pub(super) async fn replace_session(gate: &Gate, headers: &HeaderMap, secret: &str) -> Result<SetCookie, Problem> {
    if let Some(old) = session::secret(headers, gate.config()) {
        gate.sign_out(old).await?;
    }
    Ok(cookie(Some(secret), gate))
}

/// The person who is signed in.
#[utoipa::path(get, path = "/session", tag = "session",
    responses((status = 200, body = MeView), (status = 401, body = Problem)))]
pub(crate) async fn show_session(State(gate): State<Gate>, signed: Signed) -> Result<Answer<MeView>, Problem> {
    Ok(Answer(me(&gate, &signed).await?))
}

/// Chooses the interface's language.
#[utoipa::path(patch, path = "/session", tag = "session", request_body = SessionPatch,
    responses((status = 200, body = MeView), (status = 422, body = Problem)))]
pub(crate) async fn change_session(
    State(gate): State<Gate>,
    signed: Signed,
    Json(body): Json<SessionPatch>,
) -> Result<Answer<MeView>, Problem> {
    signed.call(move |staff| staff.choose_language(&body.language)).await?;
    Ok(Answer(me(&gate, &signed).await?))
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204), (status = 403, body = Problem)))]
pub(crate) async fn sign_out(
    State(gate): State<Gate>,
    _visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(secret) = session::secret(&headers, gate.config()) {
        gate.sign_out(secret).await?;
    }
    Ok((StatusCode::NO_CONTENT, cookie(None, &gate)).into_response())
}

/// The people of the demonstration, for the sign-in page.
#[utoipa::path(get, path = "/demo/people", tag = "session",
    responses((status = 200, body = List<DemoPersonView>), (status = 404, body = Problem)))]
pub(crate) async fn demo_people(State(gate): State<Gate>) -> Result<Answer<List<DemoPersonView>>, Problem> {
    Ok(Answer(List::all(gate.demo_people().ok_or_else(Problem::not_found)?)))
}

async fn me(gate: &Gate, signed: &Signed) -> Result<MeView, Problem> {
    Ok(MeView::new(signed.call(|staff| staff.me()).await?, gate.config().demo))
}

pub(super) type SetCookie = AppendHeaders<Option<(HeaderName, HeaderValue)>>;

fn cookie(secret: Option<&str>, gate: &Gate) -> SetCookie {
    AppendHeaders(session::set_cookie(secret, gate.config()).map(|cookie| (header::SET_COOKIE, cookie)))
}
