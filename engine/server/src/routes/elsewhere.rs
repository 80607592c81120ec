//! Signing in through another system, and connecting one's account with it.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Json as Answer, Response},
};
use kapok::protocol::PersonId;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::session::{SetCookie, replace_session};
use crate::{
    dto::{Connection, List, SentElsewhere, SignInSource},
    extract::Path,
    guard::{Ended, Gate, Return, Signed, Visitor},
    pending,
    problem::Problem,
    session,
};

/// A longer query than this, in bytes, is none that anybody sends.
const QUERY: usize = 8_192;
/// So many parameters are handed on.
const PARAMETERS: usize = 50;

/// The other systems in which people can sign in.
#[utoipa::path(get, path = "/sign-in/sources", tag = "session", responses((status = 200, body = List<SignInSource>)))]
pub(crate) async fn sign_in_sources(State(gate): State<Gate>) -> Result<Answer<List<SignInSource>>, Problem> {
    Ok(Answer(List::all(gate.sign_in_sources().await?)))
}

/// Sends the browser to another system to sign in. What cannot be done is said on the sign-in page.
#[utoipa::path(get, path = "/sign-in/{source}", tag = "session",
    params(("source" = String, Path), ("to" = Option<String>, Query, description = "The page to show afterwards.")),
    responses((status = 302, description = "To the other system, or back to the sign-in page.")))]
pub(crate) async fn begin_sign_in(
    State(gate): State<Gate>,
    visitor: Visitor,
    Path(source): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let to = parameters(query.as_deref()).into_iter().find(|(name, _)| name == "to");
    let to = to.map(|(_, to)| to);
    let begun = gate.begin_elsewhere(source, to.as_deref(), visitor.origin, visitor.address, None);
    match begun.await {
        Ok(sent) => (state_cookie(Some(&sent.state), &gate), redirect(&sent.address)).into_response(),
        Err(problem) => refused(&problem, to.as_deref().and_then(pending::local).unwrap_or("/")),
    }
}

/// Where the other system sends the browser back to: signs in whoever is connected with who was there.
#[utoipa::path(get, path = "/sign-in/{source}/return", tag = "session", params(("source" = String, Path)),
    responses((status = 302, description = "To the page that was asked for, or back to the sign-in page.")))]
pub(crate) async fn end_sign_in(
    State(gate): State<Gate>,
    visitor: Visitor,
    Path(source): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let back = Return {
        source,
        cookie: session::state(&headers, gate.config()),
        query: parameters(query.as_deref()),
    };
    let Ended { to, connects, outcome } = gate.end_elsewhere(back, visitor.address).await;
    // Whatever comes of it, the state is used.
    let forgotten = state_cookie(None, &gate);
    match outcome {
        Ok(Some(secret)) => match replace_session(&gate, &headers, &secret).await {
            Ok(cookie) => (forgotten, cookie, redirect(&to)).into_response(),
            Err(problem) => (forgotten, refused(&problem, &to)).into_response(),
        },
        Ok(None) => (forgotten, redirect("/?connection=done")).into_response(),
        Err(problem) if connects => {
            let address = format!("/?connection={}", code(&problem));
            (forgotten, redirect(&address)).into_response()
        }
        Err(problem) => (forgotten, refused(&problem, &to)).into_response(),
    }
}

/// Begins to connect one's own account with another system; the browser goes there next.
#[utoipa::path(post, path = "/sign-in/{source}/connect", tag = "session", params(("source" = String, Path)),
    responses((status = 200, body = SentElsewhere), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn begin_connection(
    State(gate): State<Gate>,
    signed: Signed,
    visitor: Visitor,
    Path(source): Path<String>,
) -> Result<Response, Problem> {
    let begun = gate.begin_elsewhere(source, None, visitor.origin, visitor.address, Some(signed));
    let sent = begun.await?;
    let answer = Answer(SentElsewhere { address: sent.address });
    Ok((state_cookie(Some(&sent.state), &gate), answer).into_response())
}

/// The other systems in which a person can sign in: one's own, or anybody's for administrators.
#[utoipa::path(get, path = "/people/{id}/connections", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = List<Connection>), (status = 403, body = Problem)))]
pub(crate) async fn list_connections(
    signed: Signed,
    Path(person): Path<PersonId>,
) -> Result<Answer<List<Connection>>, Problem> {
    let connections = signed.call(move |staff| staff.connections(person));
    Ok(Answer(List::all(connections.await?)))
}

/// Ends a connection: the person cannot sign in there any more.
#[utoipa::path(delete, path = "/people/{id}/connections/{source}", tag = "people",
    params(("id" = String, Path), ("source" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn end_connection(
    signed: Signed,
    Path((person, source)): Path<(PersonId, String)>,
) -> Result<StatusCode, Problem> {
    signed.call(move |staff| staff.disconnect(person, &source)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The parameters of an address; none when there are too many to be meant.
fn parameters(query: Option<&str>) -> Vec<(String, String)> {
    let query = query.filter(|query| query.len() <= QUERY).unwrap_or_default();
    let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
    pairs.take(PARAMETERS).collect()
}

fn redirect(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => (StatusCode::FOUND, [(header::LOCATION, address)]).into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

/// Back to the sign-in page, which says what happened and goes on to the same page.
fn refused(problem: &Problem, to: &str) -> Response {
    tracing::info!(code = problem.code(), "a sign-in elsewhere failed: {}", problem.words());
    let next = match to {
        "/" => String::new(),
        to => format!("&next={}", utf8_percent_encode(to, NON_ALPHANUMERIC)),
    };
    redirect(&format!("/sign-in?problem={}{next}", code(problem)))
}

/// What happened, as the page knows it.
fn code(problem: &Problem) -> &'static str {
    match problem.code() {
        "sign-in.source" => "source",
        "sign-in.no-base-url" => "no-base-url",
        "sign-in.expired" => "expired",
        "sign-in.refused" => "refused",
        "sign-in.unlinked" => "unlinked",
        "sign-in.inactive" => "inactive",
        "sign-in.throttled" => "throttled",
        "connection.taken" => "taken",
        "connection.other" => "other",
        _ => "failed",
    }
}

fn state_cookie(state: Option<&str>, gate: &Gate) -> SetCookie {
    AppendHeaders(session::set_state(state, gate.config()).map(|cookie| (header::SET_COOKIE, cookie)))
}
