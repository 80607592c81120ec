//! People, for choosers.

use axum::response::Json as Answer;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    dto::{List, Person},
    extract::Query,
    guard::Signed,
    paging::Limit,
    problem::Problem,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleQuery {
    /// What the name or the sign-in name contains.
    #[serde(default)]
    q: String,
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
}

/// People whose name contains a text.
#[utoipa::path(get, path = "/people", tag = "people", params(PeopleQuery),
    responses((status = 200, body = List<Person>)))]
pub(crate) async fn find_people(
    signed: Signed,
    Query(query): Query<PeopleQuery>,
) -> Result<Answer<List<Person>>, Problem> {
    let people = signed
        .call(move |staff| Ok(staff.people(&query.q, query.limit.get())))
        .await?;
    Ok(Answer(List::all(people)))
}
