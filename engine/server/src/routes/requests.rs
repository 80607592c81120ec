//! HTTP requests that are drawn, tried before a process uses them.

use axum::response::Json as Answer;

use crate::{
    dto::{RequestTrialView, TryRequest},
    extract::Json,
    guard::Admin,
    problem::Problem,
};

/// Sends a drawn request now, to the addresses of the configuration only, and shows the answer.
#[utoipa::path(post, path = "/requests/try", tag = "processes", request_body = TryRequest,
    responses((status = 200, body = RequestTrialView), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn try_request(
    admin: Admin,
    Json(body): Json<TryRequest>,
) -> Result<Answer<RequestTrialView>, Problem> {
    let tried = admin.call(move |administrator| administrator.try_request(&body.request, &body.variables));
    Ok(Answer(tried.await?.into()))
}
