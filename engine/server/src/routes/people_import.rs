//! People from a spreadsheet.

use axum::{
    body::Body,
    response::{Json as Answer, Response},
};
use kapok::{LoginFrom, PeopleImportOptions, SheetFormat, protocol::RecordId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::imports::{Format, download};
use crate::{
    dto::PeopleImport,
    extract::{Query, Spreadsheet},
    guard::Admin,
    problem::Problem,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleQuery {
    /// Whether to say only what would happen.
    #[serde(default)]
    dry_run: bool,
    /// What each column says, commas between: a field of a person, `id`, `first_name`, `last_name`, or nothing. What it
    /// probably says when absent.
    columns: Option<String>,
    /// What sign-in names are where no column says it: `id` or `name`.
    #[param(value_type = Option<String>)]
    login: Option<LoginFrom>,
    /// Whether departments and posts that are not there are made.
    #[serde(default)]
    make_missing: bool,
    /// The roles of new people whose row names none: their ids, commas between.
    roles: Option<String>,
}

/// Takes people from a spreadsheet (CSV or XLSX): those with a known sign-in name are changed, others are new. What is as it
/// is already changes nothing, so an import can be repeated.
#[utoipa::path(post, path = "/people/import", tag = "people", params(PeopleQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = PeopleImport), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn import_people(
    admin: Admin,
    Query(query): Query<PeopleQuery>,
    sheet: Spreadsheet,
) -> Result<Answer<PeopleImport>, Problem> {
    let PeopleQuery {
        dry_run,
        columns,
        login,
        make_missing,
        roles,
    } = query;
    let options = options(columns.as_deref(), login, make_missing, roles.as_deref())?;
    let done = admin.call(move |admin| admin.import_people(&sheet.file, sheet.kind, &options, dry_run));
    Ok(Answer(PeopleImport::new(done.await?, dry_run)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleFailuresQuery {
    /// `csv` or `xlsx`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: Format,
    /// As of the import.
    columns: Option<String>,
    /// As of the import.
    #[param(value_type = Option<String>)]
    login: Option<LoginFrom>,
    /// As of the import.
    #[serde(default)]
    make_missing: bool,
    /// As of the import.
    roles: Option<String>,
}

/// The rows of a spreadsheet of people that could not be taken, with the reasons, as a file.
#[utoipa::path(post, path = "/people/import/failures", tag = "people", params(PeopleFailuresQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 403, body = Problem),
    (status = 422, body = Problem)))]
pub(crate) async fn failing_people(
    admin: Admin,
    Query(query): Query<PeopleFailuresQuery>,
    sheet: Spreadsheet,
) -> Result<Response, Problem> {
    let PeopleFailuresQuery {
        format,
        columns,
        login,
        make_missing,
        roles,
    } = query;
    let format = SheetFormat::from(format);
    let options = options(columns.as_deref(), login, make_missing, roles.as_deref())?;
    let file = admin.call(move |admin| admin.failing_people(&sheet.file, sheet.kind, &options, format));
    let name = format!("people-failed.{}", format.extension());
    Ok(download(Body::from(file.await?), &name, format))
}

fn options(
    columns: Option<&str>,
    login: Option<LoginFrom>,
    make_missing: bool,
    roles: Option<&str>,
) -> Result<PeopleImportOptions, Problem> {
    let target = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    let roles = roles.unwrap_or_default().split(',').filter(|role| !role.is_empty());
    let roles: Result<Vec<RecordId>, _> = roles.map(|role| role.trim().parse()).collect();
    Ok(PeopleImportOptions {
        columns: columns.map(|columns| columns.split(',').map(target).collect()),
        login,
        make_missing,
        roles: roles.map_err(|_| Problem::malformed("the roles"))?,
    })
}
