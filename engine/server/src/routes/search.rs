//! Searching over all entities, and statistics.

use axum::response::Json as Answer;
use kapok::{Group, Period, StatisticsQuery, protocol::Entity as EntityId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::records::filter;
use crate::{
    dto::{Found, Statistics},
    extract::{Path, Query},
    guard::Signed,
    paging::Limit,
    problem::Problem,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// What is searched for: words, parts of Chinese names, their pinyin or its initials.
    #[serde(default)]
    q: String,
    /// The most records of each entity.
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
}

/// Records of all entities in which something is written, by entity.
#[utoipa::path(get, path = "/search", tag = "records", params(SearchQuery), responses((status = 200, body = Vec<Found>)))]
pub(crate) async fn search(signed: Signed, Query(query): Query<SearchQuery>) -> Result<Answer<Vec<Found>>, Problem> {
    let found = signed.call(move |staff| staff.search(&query.q, query.limit.get())).await?;
    Ok(Answer(found.into_iter().map(Into::into).collect()))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatisticsParams {
    /// What is written in the records.
    q: Option<String>,
    /// A condition as JSON, as for lists.
    filter: Option<String>,
    /// A field, or the period that a date falls into: `date:month` (day, week, month, quarter, year).
    group: Option<String>,
    /// A second one.
    group2: Option<String>,
    /// The field whose numbers are added up.
    sum: Option<String>,
}

/// Records counted, and one of their fields added up, by one or two others.
#[utoipa::path(get, path = "/records/{entity}/statistics", tag = "records",
    params(("entity" = String, Path), StatisticsParams),
    responses((status = 200, body = Statistics), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn show_statistics(
    signed: Signed,
    Path(entity): Path<String>,
    Query(params): Query<StatisticsParams>,
) -> Result<Answer<Statistics>, Problem> {
    let groups = params.group.iter().chain(&params.group2).filter(|group| !group.is_empty());
    let query = StatisticsQuery {
        entity: EntityId::new(entity),
        keyword: params.q,
        filter: params.filter.as_deref().filter(|text| !text.is_empty()).map(filter).transpose()?,
        groups: groups.map(|group| self::group(group)).collect::<Result<_, _>>()?,
        sum: params.sum.filter(|sum| !sum.is_empty()),
    };
    Ok(Answer(signed.call(move |staff| staff.statistics(&query)).await?.into()))
}

/// A group from its text.
fn group(text: &str) -> Result<Group, Problem> {
    let (field, period) = match text.split_once(':') {
        None => (text, None),
        Some((field, period)) => {
            let period = match period {
                "day" => Period::Day,
                "week" => Period::Week,
                "month" => Period::Month,
                "quarter" => Period::Quarter,
                "year" => Period::Year,
                other => return Err(Problem::malformed(format!("there is no period “{other}”"))),
            };
            (field, Some(period))
        }
    };
    Ok(Group {
        field: field.to_owned(),
        period,
    })
}
