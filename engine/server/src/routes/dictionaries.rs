//! Dictionaries, and what each person has offered first.

use axum::{http::StatusCode, response::Json as Answer};

use crate::{
    dto::{DictionaryView, Favourites},
    extract::{Json, Path},
    guard::Signed,
    problem::Problem,
};

/// A dictionary with all its entries.
#[utoipa::path(get, path = "/dictionaries/{id}", tag = "records", params(("id" = String, Path)),
    responses((status = 200, body = DictionaryView), (status = 404, body = Problem)))]
pub(crate) async fn show_dictionary(signed: Signed, Path(id): Path<String>) -> Result<Answer<DictionaryView>, Problem> {
    let found = signed.call(move |staff| staff.dictionary(&id)).await?;
    Ok(Answer(found.into()))
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
