//! What is done with whole records, one or many: history, trash, transfer, merging.

use axum::{http::StatusCode, response::Json as Answer};
use kapok::protocol::{Entity as EntityId, RecordId, RecordJobId, RecordRef};

use crate::{
    dto::{
        Bulk, BulkResult, HistoryEntry, List, Merge, Merged, Record, RecordJob, Started, Transfer, TransferMany,
        Transferred,
    },
    extract::{Json, Path},
    guard::{Admin, Signed},
    problem::Problem,
};

pub(super) fn reference(entity: String, id: RecordId) -> RecordRef {
    RecordRef {
        entity: EntityId::new(entity),
        id,
    }
}

/// What happened to a record, newest first.
#[utoipa::path(get, path = "/records/{entity}/{id}/history", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = List<HistoryEntry>), (status = 404, body = Problem)))]
pub(crate) async fn record_history(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
) -> Result<Answer<List<HistoryEntry>>, Problem> {
    let items = signed
        .call(move |staff| staff.record_history(&reference(entity, id)))
        .await?;
    Ok(Answer(List::all(items)))
}

/// Takes a record out of the trash.
#[utoipa::path(post, path = "/records/{entity}/{id}/restore", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Record), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn restore_record(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
) -> Result<Answer<Record>, Problem> {
    let record = signed.call(move |staff| staff.restore(&reference(entity, id))).await?;
    Ok(Answer(record.into()))
}

/// Makes somebody else responsible for a record.
#[utoipa::path(post, path = "/records/{entity}/{id}/transfer", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)), request_body = Transfer,
    responses((status = 200, body = Transferred), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn transfer_record(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
    Json(body): Json<Transfer>,
) -> Result<Answer<Transferred>, Problem> {
    let record = signed
        .call(move |staff| staff.transfer(&reference(entity, id), body.to))
        .await?;
    Ok(Answer(Transferred {
        record: record.map(Record::from),
    }))
}

/// Makes somebody else responsible for many records, part by part.
#[utoipa::path(post, path = "/records/transfer", tag = "records", request_body = TransferMany,
    responses((status = 202, body = Started), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn transfer_records(
    signed: Signed,
    Json(body): Json<TransferMany>,
) -> Result<(StatusCode, Answer<Started>), Problem> {
    let job = signed
        .call(move |staff| staff.transfer_many(&EntityId::new(body.entity), body.ids, body.filter, body.to))
        .await?;
    Ok((StatusCode::ACCEPTED, Answer(Started { job: job.to_string() })))
}

/// Makes one record of several.
#[utoipa::path(post, path = "/records/{entity}/merge", tag = "records", params(("entity" = String, Path)),
    request_body = Merge, responses((status = 200, body = Merged), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn merge_records(
    signed: Signed,
    Path(entity): Path<String>,
    Json(body): Json<Merge>,
) -> Result<Answer<Merged>, Problem> {
    let (record, job) = signed
        .call(move |staff| staff.merge(&EntityId::new(entity), body.keep, &body.others, body.fields))
        .await?;
    Ok(Answer(Merged {
        record: record.into(),
        job: job.to_string(),
    }))
}

/// Does the same with many records, and answers for each.
#[utoipa::path(post, path = "/records/{entity}/bulk", tag = "records", params(("entity" = String, Path)),
    request_body = Bulk, responses((status = 200, body = List<BulkResult>), (status = 422, body = Problem)))]
pub(crate) async fn bulk_records(
    signed: Signed,
    Path(entity): Path<String>,
    Json(body): Json<Bulk>,
) -> Result<Answer<List<BulkResult>>, Problem> {
    let (ids, action) = body.action()?;
    let answers = signed
        .call(move |staff| staff.bulk(&EntityId::new(entity), &ids, &action))
        .await?;
    Ok(Answer(List::all(answers)))
}

/// How work on many records stands.
#[utoipa::path(get, path = "/jobs-of-records/{id}", tag = "records", params(("id" = String, Path)),
    responses((status = 200, body = RecordJob), (status = 404, body = Problem)))]
pub(crate) async fn show_record_job(signed: Signed, Path(id): Path<RecordJobId>) -> Result<Answer<RecordJob>, Problem> {
    Ok(Answer(signed.call(move |staff| staff.record_job(id)).await?.into()))
}

/// The latest work on many records.
#[utoipa::path(get, path = "/jobs-of-records", tag = "records",
    responses((status = 200, body = List<RecordJob>), (status = 403, body = Problem)))]
pub(crate) async fn list_record_jobs(admin: Admin) -> Result<Answer<List<RecordJob>>, Problem> {
    Ok(Answer(List::all(admin.call(|admin| admin.record_jobs(200)).await?)))
}
