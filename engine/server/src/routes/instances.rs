//! Cases.

use axum::{http::StatusCode, response::Json as Answer};
use kapok::{
    CaseFilter, InstanceView, Slice,
    protocol::{DefinitionId, Entity, IncidentId, InstanceId, RecordRef},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    dto::{Cancel, Incident, Instance, InstanceBrief, List, Made, Start, state_name},
    extract::{Json, Path, Query},
    guard::{Admin, Signed},
    paging::{Cursor, Limit},
    problem::Problem,
};

/// Starts a case by hand.
#[utoipa::path(post, path = "/instances", tag = "cases", request_body = Start,
    responses((status = 201, body = Made), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn start_instance(
    signed: Signed,
    Json(body): Json<Start>,
) -> Result<(StatusCode, Answer<Made>), Problem> {
    let record = body.record.map(|record| RecordRef {
        entity: Entity::new(record.entity),
        id: record.id,
    });
    let id = signed
        .call(move |staff| staff.start(&body.process, body.variables, body.business_key, record))
        .await?;
    Ok((StatusCode::CREATED, Answer(Made { id: id.to_string() })))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InstancesQuery {
    #[serde(default)]
    filter: Filter,
    /// `active`, `completed`, `rejected` or `cancelled`.
    state: Option<String>,
    /// The key of the process.
    process: Option<String>,
    /// A version of a process.
    #[param(value_type = Option<String>)]
    definition: Option<DefinitionId>,
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Whose cases.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Filter {
    /// Started by the caller.
    #[default]
    Mine,
    /// In which the caller finished a task.
    Done,
    /// All; for administrators.
    All,
}

/// Rounds of reading for one page, so that a rare state does not read the whole list at once.
const ROUNDS: usize = 20;

/// A page of cases, newest first. A page may be shorter than asked for, and still have a next.
#[utoipa::path(get, path = "/instances", tag = "cases", params(InstancesQuery),
    responses((status = 200, body = List<InstanceBrief>), (status = 403, body = Problem)))]
pub(crate) async fn list_instances(
    signed: Signed,
    Query(query): Query<InstancesQuery>,
) -> Result<Answer<List<InstanceBrief>>, Problem> {
    let after = query.cursor.as_ref().map(Cursor::key).transpose()?;
    let page = signed.call(move |staff| {
        let filter = match (query.filter, query.definition, query.state.as_deref()) {
            (Filter::Mine, ..) => CaseFilter::Mine,
            (Filter::Done, ..) => CaseFilter::Done,
            (Filter::All, Some(definition), Some(state)) => CaseFilter::Of(definition, state == "active"),
            (Filter::All, ..) => CaseFilter::All,
        };
        let keeps = |view: &InstanceView| {
            query
                .state
                .as_deref()
                .is_none_or(|state| state == state_name(view.instance.state))
                && query.process.as_deref().is_none_or(|key| key == view.definition.key)
                && query.definition.is_none_or(|id| id == view.definition.id)
        };
        let mut found = Slice {
            items: Vec::new(),
            next: after,
        };
        for _ in 0..ROUNDS {
            let wanted = query.limit.get() - found.items.len();
            let page = staff.instances(&filter, found.next.as_deref(), wanted)?;
            found.items.extend(page.items.into_iter().filter(keeps));
            found.next = page.next;
            if found.next.is_none() || found.items.len() == query.limit.get() {
                break;
            }
        }
        Ok(found)
    });
    Ok(Answer(List::page(page.await?)))
}

/// A case with all that happened in it.
#[utoipa::path(get, path = "/instances/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Instance), (status = 404, body = Problem)))]
pub(crate) async fn show_instance(signed: Signed, Path(id): Path<InstanceId>) -> Result<Answer<Instance>, Problem> {
    let (detail, timers, awaited) = signed
        .call(move |staff| {
            let detail = staff.instance(id)?;
            let timers = staff.timers_of(&detail)?;
            let awaited = staff.awaited_of(&detail)?;
            Ok((detail, timers, awaited))
        })
        .await?;
    Ok(Answer(Instance::new(detail, timers, awaited)))
}

/// Ends a case.
#[utoipa::path(post, path = "/instances/{id}/cancel", tag = "cases", params(("id" = String, Path)),
    request_body = Cancel, responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn cancel_instance(
    signed: Signed,
    Path(id): Path<InstanceId>,
    Json(body): Json<Cancel>,
) -> Result<StatusCode, Problem> {
    signed.call(move |staff| staff.cancel(id, body.reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct IncidentsQuery {
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
}

/// Steps that are stuck, oldest first.
#[utoipa::path(get, path = "/incidents", tag = "cases", params(IncidentsQuery),
    responses((status = 200, body = List<Incident>)))]
pub(crate) async fn list_incidents(
    admin: Admin,
    Query(query): Query<IncidentsQuery>,
) -> Result<Answer<List<Incident>>, Problem> {
    Ok(Answer(List::all(
        admin
            .call(move |administrator| administrator.incidents(query.limit.get()))
            .await?,
    )))
}

/// Has a stuck step tried again.
#[utoipa::path(post, path = "/incidents/{id}/retry", tag = "cases", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn retry_incident(admin: Admin, Path(id): Path<IncidentId>) -> Result<StatusCode, Problem> {
    admin.call(move |administrator| administrator.retry(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
