//! Pages to people inside, and the outbox to the world outside.

use axum::{http::StatusCode, response::Json as Answer};
use kapok::protocol::{OutboxId, PageId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    dto::{List, Outbox, Page, Way},
    extract::{Path, Query},
    guard::{Admin, Signed},
    paging::{Cursor, Limit},
    problem::Problem,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PagesQuery {
    /// Only those not opened yet.
    #[serde(default)]
    unread: bool,
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// The caller's pages, newest first; `count` is that of the unread.
#[utoipa::path(get, path = "/pages", tag = "pages", params(PagesQuery), responses((status = 200, body = List<Page>)))]
pub(crate) async fn list_pages(signed: Signed, Query(query): Query<PagesQuery>) -> Result<Answer<List<Page>>, Problem> {
    let after = query.cursor.as_ref().map(Cursor::key).transpose()?;
    let (list, count) = signed
        .call(move |staff| {
            let limit = query.limit.get();
            let list = match query.unread {
                true => List::all(staff.unread_pages(limit)?),
                false => List::page(staff.pages(after.as_deref(), limit)?),
            };
            Ok((list, staff.me()?.unread_pages))
        })
        .await?;
    Ok(Answer(list.counted(count)))
}

/// Marks a page as opened.
#[utoipa::path(post, path = "/pages/{id}/read", tag = "pages", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn read_page(signed: Signed, Path(id): Path<PageId>) -> Result<StatusCode, Problem> {
    signed.call(move |staff| staff.read_page(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks every page as opened.
#[utoipa::path(post, path = "/pages/read-all", tag = "pages", responses((status = 204)))]
pub(crate) async fn read_all_pages(signed: Signed) -> Result<StatusCode, Problem> {
    signed.call(|staff| staff.read_all_pages()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OutboxQuery {
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Limit,
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Messages to the world outside, newest first.
#[utoipa::path(get, path = "/outbox", tag = "administration", params(OutboxQuery),
    responses((status = 200, body = Outbox)))]
pub(crate) async fn list_outbox(admin: Admin, Query(query): Query<OutboxQuery>) -> Result<Answer<Outbox>, Problem> {
    let after = query.cursor.as_ref().map(Cursor::key).transpose()?;
    let outbox = admin.call(move |administrator| {
        let list = List::page(administrator.outbox(after.as_deref(), query.limit.get())?);
        let (mail, sms) = administrator.ways_out();
        Ok(Outbox {
            list,
            mail: Way { configured: mail },
            sms: Way { configured: sms },
        })
    });
    Ok(Answer(outbox.await?))
}

/// Sends a message again whose fate is unknown, or that failed: a person has decided it.
#[utoipa::path(post, path = "/outbox/{id}/resend", tag = "administration", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn resend_message(admin: Admin, Path(id): Path<OutboxId>) -> Result<StatusCode, Problem> {
    admin.call(move |administrator| administrator.resend(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a message up.
#[utoipa::path(post, path = "/outbox/{id}/discard", tag = "administration", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn discard_message(admin: Admin, Path(id): Path<OutboxId>) -> Result<StatusCode, Problem> {
    admin.call(move |administrator| administrator.discard(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
