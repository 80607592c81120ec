//! Records from files, and into files.

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{IntoResponse, Json as Answer, Response},
};
use futures_util::stream;
use kapok::{
    Export, ExportQuery, ListQuery, SheetFormat,
    protocol::{Entity as EntityId, ImportId},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    files::{disposition, protect, set},
    records::{filter, sort},
};
use crate::{
    dto::{FailureReasonView, Import, ImportBegun, ImportFile, ImportPreview, ImportSettings, List},
    extract::{Json, Path, Query},
    guard::Signed,
    paging::{Cursor, Limit},
    problem::Problem,
};

/// Begins an import of a file that the caller has brought in by `POST /files`.
#[utoipa::path(post, path = "/records/{entity}/imports", tag = "records", params(("entity" = String, Path)),
    request_body = ImportFile, responses((status = 201, body = ImportBegun), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn begin_import(
    signed: Signed,
    Path(entity): Path<String>,
    Json(body): Json<ImportFile>,
) -> Result<(StatusCode, Answer<ImportBegun>), Problem> {
    let begun = signed
        .call(move |staff| staff.begin_import(&EntityId::new(entity), &body.file, &body.name))
        .await?;
    Ok((StatusCode::CREATED, Answer(begun.into())))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportsQuery {
    /// Of which entity's records.
    entity: Option<String>,
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// The caller's imports, the last first; for administrators everybody's.
#[utoipa::path(get, path = "/imports", tag = "records", params(ImportsQuery),
    responses((status = 200, body = List<Import>)))]
pub(crate) async fn list_imports(
    signed: Signed,
    Query(query): Query<ImportsQuery>,
) -> Result<Answer<List<Import>>, Problem> {
    let before: Option<ImportId> = match query.cursor.as_ref().map(Cursor::key).transpose()? {
        Some(key) => {
            let number = <[u8; 8]>::try_from(key.as_slice()).map(u64::from_be_bytes);
            let id = number.ok().and_then(ImportId::new);
            Some(id.ok_or_else(|| Problem::malformed("the cursor"))?)
        }
        None => None,
    };
    let (entity, limit) = (query.entity.map(EntityId::new), query.limit.get());
    let imports = signed
        .call(move |staff| staff.imports(entity.as_ref(), before, limit))
        .await?;
    let next = imports
        .last()
        .filter(|_| imports.len() == limit)
        .map(|last| last.id.get().to_be_bytes().to_vec());
    Ok(Answer(List::page(kapok::Slice { items: imports, next })))
}

/// How an import stands.
#[utoipa::path(get, path = "/imports/{id}", tag = "records", params(("id" = String, Path)),
    responses((status = 200, body = Import), (status = 404, body = Problem)))]
pub(crate) async fn show_import(signed: Signed, Path(id): Path<ImportId>) -> Result<Answer<Import>, Problem> {
    Ok(Answer(signed.call(move |staff| staff.import(id)).await?.into()))
}

/// An import with what its columns probably are, and its first rows.
#[utoipa::path(get, path = "/imports/{id}/columns", tag = "records", params(("id" = String, Path)),
    responses((status = 200, body = ImportBegun), (status = 404, body = Problem)))]
pub(crate) async fn import_columns(signed: Signed, Path(id): Path<ImportId>) -> Result<Answer<ImportBegun>, Problem> {
    Ok(Answer(signed.call(move |staff| staff.new_import(id)).await?.into()))
}

/// What the first rows would be as records.
#[utoipa::path(post, path = "/imports/{id}/preview", tag = "records", params(("id" = String, Path)),
    request_body = ImportSettings, responses((status = 200, body = List<ImportPreview>), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn preview_import(
    signed: Signed,
    Path(id): Path<ImportId>,
    Json(body): Json<ImportSettings>,
) -> Result<Answer<List<ImportPreview>>, Problem> {
    let rows = signed.call(move |staff| staff.preview_import(id, &body.into())).await?;
    Ok(Answer(List::all(rows)))
}

/// Begins to look at all rows; nothing is stored.
#[utoipa::path(post, path = "/imports/{id}/check", tag = "records", params(("id" = String, Path)),
    request_body = ImportSettings, responses((status = 202, body = Import), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn check_import(
    signed: Signed,
    Path(id): Path<ImportId>,
    Json(body): Json<ImportSettings>,
) -> Result<(StatusCode, Answer<Import>), Problem> {
    let import = signed.call(move |staff| staff.check_import(id, &body.into())).await?;
    Ok((StatusCode::ACCEPTED, Answer(import.into())))
}

/// Begins to import all rows.
#[utoipa::path(post, path = "/imports/{id}/run", tag = "records", params(("id" = String, Path)),
    request_body = ImportSettings, responses((status = 202, body = Import), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn run_import(
    signed: Signed,
    Path(id): Path<ImportId>,
    Json(body): Json<ImportSettings>,
) -> Result<(StatusCode, Answer<Import>), Problem> {
    let import = signed.call(move |staff| staff.run_import(id, &body.into())).await?;
    Ok((StatusCode::ACCEPTED, Answer(import.into())))
}

/// Ends an import where it is; what is stored stays.
#[utoipa::path(post, path = "/imports/{id}/cancel", tag = "records", params(("id" = String, Path)),
    responses((status = 200, body = Import), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn cancel_import(signed: Signed, Path(id): Path<ImportId>) -> Result<Answer<Import>, Problem> {
    Ok(Answer(signed.call(move |staff| staff.cancel_import(id)).await?.into()))
}

/// Begins to put back what an import has changed, where nobody has changed it since.
#[utoipa::path(post, path = "/imports/{id}/undo", tag = "records", params(("id" = String, Path)),
    responses((status = 202, body = Import), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem)))]
pub(crate) async fn undo_import(
    signed: Signed,
    Path(id): Path<ImportId>,
) -> Result<(StatusCode, Answer<Import>), Problem> {
    let import = signed.call(move |staff| staff.undo_import(id)).await?;
    Ok((StatusCode::ACCEPTED, Answer(import.into())))
}

/// A form of file.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    #[default]
    Csv,
    Xlsx,
}

impl From<Format> for SheetFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Xlsx => Self::Xlsx,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FailuresQuery {
    /// `csv` or `xlsx`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: Format,
}

/// Why rows could not be taken, what concerns most of them first.
#[utoipa::path(get, path = "/imports/{id}/reasons", tag = "records", params(("id" = String, Path)),
    responses((status = 200, body = List<FailureReasonView>), (status = 404, body = Problem)))]
pub(crate) async fn import_reasons(
    signed: Signed,
    Path(id): Path<ImportId>,
) -> Result<Answer<List<FailureReasonView>>, Problem> {
    let (reasons, is_partial) = signed.call(move |staff| staff.import_reasons(id)).await?;
    let mut list = List::all(reasons);
    list.partial = is_partial;
    Ok(Answer(list))
}

/// The rows that could not be taken, with the reasons, as a file.
#[utoipa::path(get, path = "/imports/{id}/failures", tag = "records", params(("id" = String, Path), FailuresQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 404, body = Problem)))]
pub(crate) async fn import_failures(
    signed: Signed,
    Path(id): Path<ImportId>,
    Query(query): Query<FailuresQuery>,
) -> Result<Response, Problem> {
    let format = SheetFormat::from(query.format);
    let (name, file) = signed.call(move |staff| staff.import_failures(id, format)).await?;
    Ok(download(Body::from(file), &name, format))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportedQuery {
    /// `csv` or `xlsx`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: Format,
    /// What one of the texts contains.
    q: Option<String>,
    /// A condition as JSON, as of a list.
    filter: Option<String>,
    /// Fields to sort by, as of a list.
    sort: Option<String>,
    /// Fields to be written, in order, commas between; `id`, `owner`, `created_at`, `created_by` and `updated_at` too. With
    /// columns of line items, such as `lines.product`, each line is a row. All that the caller may see when absent.
    columns: Option<String>,
}

/// The records of a list as a file: those of them that the caller may export, with what the caller may see.
#[utoipa::path(get, path = "/records/{entity}/export", tag = "records", params(("entity" = String, Path), ExportedQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn export_records(
    signed: Signed,
    Path(entity): Path<String>,
    Query(query): Query<ExportedQuery>,
) -> Result<Response, Problem> {
    let columns = query.columns.unwrap_or_default();
    let columns = columns.split(',').map(str::trim).filter(|column| !column.is_empty());
    let asked = ExportQuery {
        list: ListQuery {
            keyword: query.q,
            filter: query.filter.as_deref().map(filter).transpose()?,
            sort: query.sort.as_deref().map(sort).unwrap_or_default(),
            ..ListQuery::all(EntityId::new(entity), 0)
        },
        columns: columns.map(str::to_owned).collect(),
        format: query.format.into(),
    };
    let export = signed.call(move |staff| staff.export(asked)).await?;
    let (name, format) = (export.name().to_owned(), export.format());
    Ok(download(Body::from_stream(parts(signed, export)), &name, format))
}

pub(super) fn download(body: Body, name: &str, format: SheetFormat) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, format.media_type());
    set(headers, header::CONTENT_DISPOSITION, &disposition(name));
    protect(headers);
    response
}

/// An export, written part by part on threads that may wait. One that fails on the way ends the connection, so that nobody
/// takes what was sent for the whole.
fn parts(signed: Signed, export: Export) -> impl stream::Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    stream::unfold(Some((signed, export)), |state| async move {
        let (signed, mut export) = state?;
        loop {
            let written = signed
                .call(move |_| export.next_part().map(|part| (part, export)))
                .await;
            match written {
                Ok((None, _)) => return None,
                Ok((Some(part), rest)) if part.is_empty() => export = rest,
                Ok((Some(part), rest)) => return Some((Ok(Bytes::from(part)), Some((signed, rest)))),
                Err(_) => return Some((Err(std::io::Error::other("the export ended early")), None)),
            }
        }
    })
}
