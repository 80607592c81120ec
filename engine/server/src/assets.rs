//! The web app, embedded.

use axum::{
    body::Body,
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use crate::problem::Problem;

include!(concat!(env!("OUT_DIR"), "/web.rs"));

/// Shown when the web app was not built into this binary.
const NOT_BUILT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>Kapok</title>\
<h1>Kapok</h1><p>网页尚未构建。请在源码目录运行 <code>cargo xtask web</code>，再重新构建。接口在 <code>/api/v1</code> 照常可用。</p>\
<p lang=\"en\">The web app is not part of this binary. Run <code>cargo xtask web</code> in the source folder and build \
again. The API under <code>/api/v1</code> works.</p></html>";

/// A file of the web app; its first page for every address that the app itself understands.
pub(crate) async fn serve(method: Method, uri: Uri) -> Response {
    let path = uri.path();
    if path.starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(file) = file(path) {
        // Names under /assets/ contain a hash of the content.
        let caching = if path.starts_with("/assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        return respond(StatusCode::OK, media_type(path), caching, file);
    }
    if path.starts_with("/assets/") {
        return respond(
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            "no-store",
            b"not found",
        );
    }
    match file("/index.html") {
        Some(page) => respond(StatusCode::OK, "text/html; charset=utf-8", "no-cache", page),
        None => respond(
            StatusCode::OK,
            "text/html; charset=utf-8",
            "no-store",
            NOT_BUILT.as_bytes(),
        ),
    }
}

fn file(path: &str) -> Option<&'static [u8]> {
    let place = FILES.binary_search_by_key(&path, |(path, _)| path).ok()?;
    Some(FILES[place].1)
}

fn respond(status: StatusCode, media_type: &'static str, caching: &'static str, body: &'static [u8]) -> Response {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, caching)];
    (status, headers, Body::from(body)).into_response()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
