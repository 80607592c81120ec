//! Named totals: figures that a role sees without the records.

use axum::response::Json as Answer;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    dto::{List, Total, TotalValue},
    extract::{Path, Query},
    guard::Signed,
    problem::Problem,
};

/// The named totals one may see.
#[utoipa::path(get, path = "/totals", tag = "records", responses((status = 200, body = List<Total>)))]
pub(crate) async fn list_totals(signed: Signed) -> Result<Answer<List<Total>>, Problem> {
    Ok(Answer(List::all(signed.call(|staff| staff.totals()).await?)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TotalParams {
    /// A period, no finer than the total allows: `2026`, `2026-Q3`, `2026-11`.
    period: Option<String>,
}

/// The figure of one of them. It takes no condition, so that nothing can be found out about single records.
#[utoipa::path(get, path = "/totals/{id}", tag = "records", params(("id" = String, Path), TotalParams),
    responses((status = 200, body = TotalValue), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show_total(
    signed: Signed,
    Path(id): Path<String>,
    Query(params): Query<TotalParams>,
) -> Result<Answer<TotalValue>, Problem> {
    let period = params.period.filter(|period| !period.is_empty());
    let found = signed.call(move |staff| staff.total(&id, period.as_deref())).await?;
    Ok(Answer(found.into()))
}
