//! Dictionaries, and what each person has offered first.

use axum::{http::StatusCode, response::Json as Answer};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    dto::{ChoiceView, DictionaryView, Favourites, List},
    extract::{Json, Path, Query},
    guard::Signed,
    paging::Limit,
    problem::Problem,
};

/// A dictionary with all its entries.
#[utoipa::path(get, path = "/dictionaries/{id}", tag = "records", params(("id" = String, Path)),
    responses((status = 200, body = DictionaryView), (status = 404, body = Problem)))]
pub(crate) async fn show_dictionary(signed: Signed, Path(id): Path<String>) -> Result<Answer<DictionaryView>, Problem> {
    let found = signed.call(move |staff| staff.dictionary(&id)).await?;
    Ok(Answer(found.into()))
}

/// What somebody typed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntriesQuery {
    /// Characters of a name, its pinyin or initials.
    q: String,
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
}

/// The entries of a dictionary that are found by what somebody typed.
#[utoipa::path(get, path = "/dictionaries/{id}/entries", tag = "records", params(("id" = String, Path), EntriesQuery),
    responses((status = 200, body = List<ChoiceView>), (status = 404, body = Problem)))]
pub(crate) async fn find_entries(
    signed: Signed,
    Path(id): Path<String>,
    Query(query): Query<EntriesQuery>,
) -> Result<Answer<List<ChoiceView>>, Problem> {
    let found = signed.call(move |staff| staff.find_entries(&id, &query.q, query.limit.get()));
    Ok(Answer(List::all(found.await?.iter().map(ChoiceView::from))))
}

/// Chooses the entries of a dictionary that the caller has offered first.
#[utoipa::path(put, path = "/dictionaries/{id}/favourites", tag = "records", params(("id" = String, Path)),
    request_body = Favourites,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn choose_favourites(
    signed: Signed,
    Path(id): Path<String>,
    Json(body): Json<Favourites>,
) -> Result<StatusCode, Problem> {
    signed
        .call(move |staff| staff.choose_favourites(&id, body.favourites))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
