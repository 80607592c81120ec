//! Plugins: administrators install, upgrade, switch off and remove them; people use what they offer.

use axum::{http::StatusCode, response::Json as Answer};
use kapok::{
    Administrator, PluginState,
    protocol::{JobId, RecordId},
};

use super::record_work::reference;
use crate::{
    dto::{
        ActionAnswer, Confirming, Filled, Installing, List, Offer, PluginPlanView, PluginSettings, PluginView,
        PluginWork, ReportView,
    },
    extract::{Json, Package, Path, Query},
    guard::{Admin, Signed},
    problem::Problem,
};

/// A plugin, with what people call what it may use.
fn view(administrator: &Administrator, state: PluginState) -> PluginView {
    let names = administrator.names_in(&state.granted);
    PluginView::new(state, names)
}

/// The plugins, running or not.
#[utoipa::path(get, path = "/plugins", tag = "administration", responses((status = 200, body = List<PluginView>)))]
pub(crate) async fn list_plugins(admin: Admin) -> Result<Answer<List<PluginView>>, Problem> {
    let plugins = admin.call(|administrator| {
        let states = administrator.plugins().into_iter();
        Ok(states.map(|state| view(administrator, state)).collect::<Vec<_>>())
    });
    Ok(Answer(List::all(plugins.await?)))
}

/// What installing a plugin would do: its file (`.kapok`) is the body.
#[utoipa::path(post, path = "/plugins/plan", tag = "administration",
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, body = PluginPlanView), (status = 422, body = Problem)))]
pub(crate) async fn plan_plugin(admin: Admin, Package(bytes): Package) -> Result<Answer<PluginPlanView>, Problem> {
    let plan = admin.call(move |administrator| {
        let package = kapok::PluginPackage::read("plugin.kapok", bytes)?;
        administrator.plan_plugin(&package)
    });
    Ok(Answer(plan.await?.into()))
}

/// Installs a plugin, or upgrades it: its file (`.kapok`) is the body.
#[utoipa::path(post, path = "/plugins", tag = "administration",
    params(("granted" = Option<String>, Query, description = "What is granted, as JSON; everything that it asks for when it is absent"),
        ("confirm" = Option<bool>, Query, description = "Whether data may be lost, or taken from sight")),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = PluginView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn install_plugin(
    admin: Admin,
    Query(installing): Query<Installing>,
    Package(bytes): Package,
) -> Result<(StatusCode, Answer<PluginView>), Problem> {
    let granted = installing.granted().map_err(Problem::malformed)?;
    let installed = admin.call(move |administrator| {
        let package = kapok::PluginPackage::read("plugin.kapok", bytes)?;
        let state = administrator.install_plugin(&package, granted.as_ref(), installing.confirm)?;
        Ok(view(administrator, state))
    });
    Ok((StatusCode::CREATED, Answer(installed.await?)))
}

/// Switches a plugin on.
#[utoipa::path(post, path = "/plugins/{id}/enable", tag = "administration", params(("id" = String, Path)),
    responses((status = 200, body = PluginView), (status = 404, body = Problem)))]
pub(crate) async fn enable_plugin(admin: Admin, Path(id): Path<String>) -> Result<Answer<PluginView>, Problem> {
    let changed = admin.call(move |administrator| {
        let state = administrator.enable_plugin(&id, true)?;
        Ok(view(administrator, state))
    });
    Ok(Answer(changed.await?))
}

/// Switches a plugin off: its records can be read but not saved.
#[utoipa::path(post, path = "/plugins/{id}/disable", tag = "administration", params(("id" = String, Path)),
    responses((status = 200, body = PluginView), (status = 404, body = Problem)))]
pub(crate) async fn disable_plugin(admin: Admin, Path(id): Path<String>) -> Result<Answer<PluginView>, Problem> {
    let changed = admin.call(move |administrator| {
        let state = administrator.enable_plugin(&id, false)?;
        Ok(view(administrator, state))
    });
    Ok(Answer(changed.await?))
}

/// Sets what a plugin lets the administrator set. An empty text takes a value away; what is not named stays.
#[utoipa::path(put, path = "/plugins/{id}/settings", tag = "administration", params(("id" = String, Path)),
    request_body = PluginSettings,
    responses((status = 200, body = PluginView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_plugin(
    admin: Admin,
    Path(id): Path<String>,
    Json(set): Json<PluginSettings>,
) -> Result<Answer<PluginView>, Problem> {
    let changed = admin.call(move |administrator| {
        let state = administrator.set_plugin(&id, &set.settings)?;
        Ok(view(administrator, state))
    });
    Ok(Answer(changed.await?))
}

/// Removes a plugin that was installed; its records stay in the data.
#[utoipa::path(delete, path = "/plugins/{id}", tag = "administration",
    params(("id" = String, Path), ("confirm" = Option<bool>, Query, description = "Whether data may be taken from sight")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn remove_plugin(
    admin: Admin,
    Path(id): Path<String>,
    Query(confirming): Query<Confirming>,
) -> Result<StatusCode, Problem> {
    admin
        .call(move |administrator| administrator.remove_plugin(&id, confirming.confirm))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Calls of plugins that are still to be made, those that wait for a person too.
#[utoipa::path(get, path = "/plugin-work", tag = "administration", responses((status = 200, body = List<PluginWork>)))]
pub(crate) async fn list_plugin_work(admin: Admin) -> Result<Answer<List<PluginWork>>, Problem> {
    Ok(Answer(List::all(
        admin.call(|administrator| administrator.plugin_work()).await?,
    )))
}

/// Has a call of a plugin made again now.
#[utoipa::path(post, path = "/plugin-work/{id}/retry", tag = "administration", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn retry_plugin_work(admin: Admin, Path(id): Path<JobId>) -> Result<StatusCode, Problem> {
    admin
        .call(move |administrator| administrator.retry_plugin_work(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a call of a plugin up.
#[utoipa::path(post, path = "/plugin-work/{id}/discard", tag = "administration", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn discard_plugin_work(admin: Admin, Path(id): Path<JobId>) -> Result<StatusCode, Problem> {
    admin
        .call(move |administrator| administrator.discard_plugin_work(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What plugins let the caller do with a record.
#[utoipa::path(get, path = "/records/{entity}/{id}/actions", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = List<Offer>), (status = 404, body = Problem)))]
pub(crate) async fn list_actions(
    signed: Signed,
    Path((entity, id)): Path<(String, RecordId)>,
) -> Result<Answer<List<Offer>>, Problem> {
    let actions = signed.call(move |staff| staff.actions(&reference(entity, id))).await?;
    Ok(Answer(List::all(actions)))
}

/// Lets a plugin do something with a record, with the caller's rights.
#[utoipa::path(post, path = "/records/{entity}/{id}/actions/{action}", tag = "records",
    params(("entity" = String, Path), ("id" = String, Path), ("action" = String, Path)), request_body = Filled,
    responses((status = 200, body = ActionAnswer), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem)))]
pub(crate) async fn run_action(
    signed: Signed,
    Path((entity, id, action)): Path<(String, RecordId, String)>,
    Json(filled): Json<Filled>,
) -> Result<Answer<ActionAnswer>, Problem> {
    let text = signed
        .call(move |staff| staff.run_action(&reference(entity, id), &action, filled.inputs))
        .await?;
    Ok(Answer(ActionAnswer {
        text: text.map(Into::into),
    }))
}

/// The reports that plugins offer.
#[utoipa::path(get, path = "/reports", tag = "records", responses((status = 200, body = List<Offer>)))]
pub(crate) async fn list_reports(signed: Signed) -> Result<Answer<List<Offer>>, Problem> {
    Ok(Answer(List::all(signed.call(|staff| Ok(staff.reports())).await?)))
}

/// The rows of a report, of what the caller may see.
#[utoipa::path(post, path = "/reports/{report}", tag = "records", params(("report" = String, Path)), request_body = Filled,
    responses((status = 200, body = ReportView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn run_report(
    signed: Signed,
    Path(report): Path<String>,
    Json(filled): Json<Filled>,
) -> Result<Answer<ReportView>, Problem> {
    let table = signed
        .call(move |staff| staff.run_report(&report, filled.inputs))
        .await?;
    Ok(Answer(table.into()))
}
