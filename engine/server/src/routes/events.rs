//! What happens outside and cases wait for: messages and signals.

use axum::{http::StatusCode, response::Json as Answer};
use kapok::protocol::PublishedMessage;

use crate::{
    dto::{PublishedTo, SentMessage, Signal},
    extract::Json,
    guard::Admin,
    problem::Problem,
};

/// Hands a message to the one case that waits for its name and key, or starts a case by it.
///
/// Refused when nobody waits, unless `ttl` lets it wait; refused when several could be meant.
#[utoipa::path(post, path = "/messages", tag = "events", request_body = SentMessage,
    responses((status = 200, body = PublishedTo), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn publish_message(
    admin: Admin,
    Json(body): Json<SentMessage>,
) -> Result<Answer<PublishedTo>, Problem> {
    let message = PublishedMessage {
        name: body.name,
        key: body.key,
        variables: body.variables,
        ttl_millis: body.ttl.map(|ttl| i64::from(ttl).saturating_mul(1_000)),
    };
    let started = admin.call(move |administrator| administrator.publish(message)).await?;
    let instance = started.map(|instance| instance.to_string());
    Ok(Answer(PublishedTo { instance }))
}

/// Tells a signal to every case that waits for it, and starts what it starts.
#[utoipa::path(post, path = "/signals", tag = "events", request_body = Signal,
    responses((status = 204), (status = 403, body = Problem)))]
pub(crate) async fn broadcast_signal(admin: Admin, Json(body): Json<Signal>) -> Result<StatusCode, Problem> {
    admin
        .call(move |administrator| administrator.broadcast(body.name, body.variables))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
