//! How requests are read: one parser for each declared type, each with its limit, every mistake a problem.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// The largest JSON body, in bytes.
const JSON_LIMIT: usize = 1 << 20;
/// The largest model, in bytes; the reader of models has the same limit.
pub(crate) const XML_LIMIT: usize = 16 << 20;

/// A JSON body. How deep it may nest is bounded by the parser (128).
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        expect_type(request.headers(), &["application/json"])?;
        let body = read(request.into_body(), JSON_LIMIT).await?;
        serde_json::from_slice(&body).map(Self).map_err(Problem::malformed)
    }
}

/// A model as XML text.
pub(crate) struct Xml(pub(crate) String);

impl<S: Sync> FromRequest<S> for Xml {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        expect_type(
            request.headers(),
            &["application/xml", "text/xml", "application/bpmn+xml"],
        )?;
        let body = read(request.into_body(), XML_LIMIT).await?;
        String::from_utf8(body)
            .map(Self)
            .map_err(|_| Problem::malformed("UTF-8"))
    }
}

/// The parameters behind the question mark; unknown ones are refused.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(Problem::malformed)
    }
}

/// What the path names. A path that names nothing that could exist is not found.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| Problem::not_found())
    }
}

fn expect_type(headers: &HeaderMap, types: &[&str]) -> Result<(), Problem> {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    if types.iter().any(|name| essence.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "request.type",
        format!("请求的 Content-Type 应为 {}。", types[0]),
        format!("Send this request with Content-Type {}.", types[0]),
    ))
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    let bytes = to_bytes(body, limit).await.map_err(|_| too_large(limit))?;
    Ok(bytes.into())
}

/// The body is larger than so many bytes.
pub(crate) fn too_large(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request.too-large",
        format!("内容太大：最多 {} MB。", limit >> 20),
        format!("It is too large: at most {} MB.", limit >> 20),
    )
}

/// A plugin's file, as it is.
pub(crate) struct Package(pub(crate) Vec<u8>);

/// The largest plugin's file, in bytes; the reader has the same limit.
const PACKAGE_LIMIT: usize = 64 << 20;

impl<S: Sync> FromRequest<S> for Package {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        expect_type(request.headers(), &["application/octet-stream"])?;
        read(request.into_body(), PACKAGE_LIMIT).await.map(Self)
    }
}

/// A spreadsheet, CSV or XLSX, as it is.
pub(crate) struct Spreadsheet {
    pub(crate) kind: kapok::SheetKind,
    pub(crate) file: Vec<u8>,
}

/// The largest spreadsheet, in bytes; the reader has the same limit.
const SPREADSHEET_LIMIT: usize = 4 << 20;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl<S: Sync> FromRequest<S> for Spreadsheet {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = match expect_type(request.headers(), &["text/csv"]) {
            Ok(()) => kapok::SheetKind::Csv,
            Err(_) => {
                expect_type(request.headers(), &[XLSX])?;
                kapok::SheetKind::Xlsx
            }
        };
        let file = read(request.into_body(), SPREADSHEET_LIMIT).await?;
        Ok(Self { kind, file })
    }
}
