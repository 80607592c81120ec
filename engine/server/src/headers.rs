//! What every answer carries, and how long an answer may take.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    guard::{Credentials, Gate},
    problem::Problem,
};

/// How long an answer may take to begin, its request's body included.
const PATIENCE: Duration = Duration::from_secs(60);

const POLICY: &str = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; \
                      font-src 'self' data:; connect-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                      form-action 'self'; object-src 'none'";

/// Nothing of another origin is loaded, framed or told where a reader came from.
pub(crate) async fn protect(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        // What somebody brought in is told to be even less than a page of ours.
        if name != header::CONTENT_SECURITY_POLICY || !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if is_api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Gives a request up that takes too long.
pub(crate) async fn limit_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            "outcome.unknown",
            "处理时间太长，不知道是否已经完成。请刷新后查看。",
            "It took too long; whether it was done is unknown. Look again.",
        )
        .into_response(),
    }
}

/// Puts a problem's title into the language of whoever reads it: that of the session, else of the browser.
pub(crate) async fn translate(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        None => response,
        Some(problem) => {
            let language = language(&headers, &gate).await;
            let mut translated = problem.in_language(&language).into_response();
            translated.extensions_mut().clear();
            translated
        }
    }
}

async fn language(headers: &HeaderMap, gate: &Gate) -> String {
    if let Some(credentials) = Credentials::of(headers, gate)
        && let Ok(Some(signed)) = gate.identify(&credentials).await
        && let Ok(chosen) = signed.call(|staff| staff.language()).await
    {
        return chosen;
    }
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    accepted.unwrap_or("zh-CN").trim().to_lowercase()
}
