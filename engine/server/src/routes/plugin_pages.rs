//! Pages that plugins put together from the host's widgets, and the frames on them.

use axum::{
    body::Body,
    http::{HeaderName, header},
    response::{IntoResponse, Json as Answer, Response},
};

use super::files::set;
use crate::{
    dto::{FrameReply, FrameRequest, List, PluginPage},
    extract::{Json, Path},
    guard::Signed,
    problem::Problem,
};

/// A frame is nobody's page here: it has an origin of its own that it shares with nothing, loads nothing, sends nothing, and
/// stands in our own pages only. (A policy cannot speak of WebRTC, so a plugin could still tell an accomplice what its person
/// may see and it was granted; nothing else is within its reach.)
const POLICY: &str = "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The pages that one is offered, in their order.
#[utoipa::path(get, path = "/plugin-pages", tag = "records", responses((status = 200, body = List<PluginPage>)))]
pub(crate) async fn list_plugin_pages(signed: Signed) -> Result<Answer<List<PluginPage>>, Problem> {
    Ok(Answer(List::all(signed.call(|staff| staff.plugin_pages()).await?)))
}

/// The file of a frame: HTML that runs shut off from everything, its address opened by itself too.
#[utoipa::path(get, path = "/plugin-pages/{page}/frames/{widget}", tag = "records",
    params(("page" = String, Path), ("widget" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), (status = 404, body = Problem)))]
pub(crate) async fn show_frame(
    signed: Signed,
    Path((page, widget)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let text = signed.call(move |staff| staff.frame_file(&page, &widget)).await?;
    let mut response = Body::from(text).into_response();
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    set(headers, header::CACHE_CONTROL, "private, no-cache");
    set(headers, HeaderName::from_static("x-dns-prefetch-control"), "off");
    Ok(response)
}

/// What a frame asks for: with the caller's rights, within what its plugin was granted.
#[utoipa::path(post, path = "/plugin-pages/{page}/frames/{widget}/calls", tag = "records",
    params(("page" = String, Path), ("widget" = String, Path)), request_body = FrameRequest,
    responses((status = 200, body = FrameReply), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn call_from_frame(
    signed: Signed,
    Path((page, widget)): Path<(String, String)>,
    Json(asked): Json<FrameRequest>,
) -> Result<Answer<FrameReply>, Problem> {
    let call = asked.call().ok_or_else(Problem::not_found)?;
    let answer = signed.call(move |staff| staff.call_from_frame(&page, &widget, call));
    Ok(Answer(answer.await?.into()))
}
