//! Files: brought in by whoever is signed in, read through the record that names them.

use std::io::Read;

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Json as Answer, Response},
};
use futures_util::stream;
use http_body_util::BodyExt;
use kapok::{StoredContent, protocol::RecordId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

use super::record_work::reference;
use crate::{dto::UploadedFile, extract::Path, guard::Signed, problem::Problem};

/// So much of a file is read at once.
const CHUNK: usize = 256 << 10;
/// What is written otherwise in the name of a file that is sent (RFC 8187).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');
/// Whatever a browser makes of a file, it is nobody's page here.
const POLICY: &str = "default-src 'none'; sandbox";

/// Brings a file in: its content is the body, its name stands in `X-File-Name`, percent-encoded. What it is, its content
/// says.
#[utoipa::path(post, path = "/files", tag = "records", request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = UploadedFile), (status = 413, body = Problem)))]
pub(crate) async fn upload_file(
    signed: Signed,
    headers: HeaderMap,
    request: Request,
) -> Result<(StatusCode, Answer<UploadedFile>), Problem> {
    let name = file_name(&headers)?;
    let mut upload = signed.call(|staff| staff.upload()).await?;
    let mut body = request.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::malformed("the body"))?;
        let Ok(bytes) = frame.into_data() else { continue };
        upload = signed
            .call(move |_| {
                upload.write(&bytes)?;
                Ok(upload)
            })
            .await?;
    }
    let file = signed.call(move |_| upload.finish(&name)).await?;
    Ok((StatusCode::CREATED, Answer(file.into())))
}

fn file_name(headers: &HeaderMap) -> Result<String, Problem> {
    let name = headers
        .get("x-file-name")
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    match percent_decode(name).decode_utf8() {
        Ok(name) if !name.trim().is_empty() => Ok(name.into_owned()),
        _ => Err(Problem::malformed("`X-File-Name` names the file, percent-encoded")),
    }
}

/// A file that a record names. It is always saved and never shown: it could be anything.
#[utoipa::path(get, path = "/records/{entity}/{id}/files/{file}", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = String, content_type = "application/octet-stream"), (status = 404, body = Problem)))]
pub(crate) async fn record_file(
    signed: Signed,
    Path((entity, id, file)): Path<(String, RecordId, String)>,
) -> Result<Response, Problem> {
    let file = signed
        .call(move |staff| staff.record_file(&reference(entity, id), &file))
        .await?;
    let mut response = Body::from_stream(chunks(signed, file.content)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, file.size.into());
    set(headers, header::CONTENT_TYPE, &file.media_type);
    set(headers, header::CONTENT_DISPOSITION, &disposition(&file.name));
    protect(headers);
    Ok(response)
}

/// A small picture of a picture that a record names.
#[utoipa::path(get, path = "/records/{entity}/{id}/files/{file}/preview", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = String, content_type = "image/jpeg"), (status = 404, body = Problem)))]
pub(crate) async fn record_file_preview(
    signed: Signed,
    Path((entity, id, file)): Path<(String, RecordId, String)>,
) -> Result<Response, Problem> {
    let (bytes, media_type) = signed
        .call(move |staff| staff.record_file_preview(&reference(entity, id), &file))
        .await?;
    let mut response = Body::from(bytes).into_response();
    set(response.headers_mut(), header::CONTENT_TYPE, media_type);
    protect(response.headers_mut());
    Ok(response)
}

pub(super) fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

pub(super) fn protect(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
}

/// Says that it is to be saved, and under which name (RFC 6266).
pub(super) fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|sign| match sign {
            ' '..='~' if sign != '"' && sign != '\\' && sign != '%' => sign,
            _ => '_',
        })
        .collect();
    let encoded = utf8_percent_encode(name, ENCODED);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// The content, read part by part on threads that may wait.
fn chunks(
    signed: Signed,
    content: StoredContent,
) -> impl stream::Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    stream::unfold(Some((signed, content)), |state| async move {
        let (signed, mut content) = state?;
        let read = signed
            .call(move |_| {
                let mut buffer = Vec::with_capacity(CHUNK);
                let read = Read::by_ref(&mut content).take(CHUNK as u64).read_to_end(&mut buffer);
                Ok((read, buffer, content))
            })
            .await;
        match read {
            Ok((Ok(0), ..)) => None,
            Ok((Ok(_), buffer, content)) => Some((Ok(Bytes::from(buffer)), Some((signed, content)))),
            Ok((Err(error), ..)) => Some((Err(error), None)),
            Err(_) => Some((Err(std::io::Error::other("the server is stopping")), None)),
        }
    })
}
