//! Requests that may be sent again. `Idempotency-Key` names one intent of one person; the engine keeps the first answer
//! in the same batch as what was done. Here the request gets the name by which a repetition is known: its key, and a
//! hash of method, address and body.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    extract::{XML_LIMIT, too_large},
    guard::{Credentials, Gate},
};

/// By what a repetition of a request is known. The guard hands it to the engine with the caller's rights.
#[derive(Debug, Clone)]
pub(crate) struct RequestName {
    pub(crate) key: String,
    pub(crate) hash: String,
}

/// Names requests that carry a key and change something.
pub(crate) async fn name(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let key = request
        .headers()
        .get("idempotency-key")
        .map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
    let (Some(key), false) = (key, is_safe) else {
        return next.run(request).await;
    };
    // Nobody's body is read into memory before it is known whose it is; the guard refuses strangers.
    let known = match Credentials::of(request.headers(), &gate) {
        Some(credentials) => gate.knows(&credentials).await,
        None => false,
    };
    if !known {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, XML_LIMIT).await else {
        return too_large(XML_LIMIT).into_response();
    };
    let mut hash = blake3::Hasher::new();
    // Lengths keep the parts apart.
    for part in [
        parts.method.as_str().as_bytes(),
        parts.uri.to_string().as_bytes(),
        &body,
    ] {
        hash.update(&(part.len() as u64).to_be_bytes()).update(part);
    }
    parts.extensions.insert(RequestName {
        key,
        hash: hash.finalize().to_hex().to_string(),
    });
    next.run(Request::from_parts(parts, Body::from(body))).await
}
