//! Processes as they are drawn and published.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Json as Answer, Response},
};
use kapok::{Confirm, protocol::DefinitionId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    dto::{
        Catalogue, CatalogueEntity, Checked, ConfirmedGrant, DefinitionView, DeployedView, Diagnostic, Grants, List,
        Made, NamedView, Offer, PersonRef, StartableView, confirmed,
    },
    extract::{Path, Query, Xml},
    guard::{Admin, Signed},
    problem::Problem,
};

/// The processes the caller may start by hand.
#[utoipa::path(get, path = "/processes/startable", tag = "processes",
    responses((status = 200, body = List<StartableView>)))]
pub(crate) async fn startable_processes(signed: Signed) -> Result<Answer<List<StartableView>>, Problem> {
    Ok(Answer(List::all(signed.call(|staff| Ok(staff.startable())).await?)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DefinitionsQuery {
    /// Every version of this process, newest first; without it the latest of each.
    key: Option<String>,
}

/// The processes, or the versions of one.
#[utoipa::path(get, path = "/definitions", tag = "processes", params(DefinitionsQuery),
    responses((status = 200, body = List<DefinitionView>)))]
pub(crate) async fn list_definitions(
    admin: Admin,
    Query(query): Query<DefinitionsQuery>,
) -> Result<Answer<List<DefinitionView>>, Problem> {
    let items = admin.call(move |administrator| {
        let found = match &query.key {
            Some(key) => administrator.versions(key)?,
            None => administrator.definitions()?,
        };
        let views = found.into_iter().map(|(definition, active)| {
            let publisher = administrator.publisher(&definition).map(PersonRef::from);
            DefinitionView::new(definition, active, publisher)
        });
        Ok(views.collect::<Vec<_>>())
    });
    Ok(Answer(List::all(items.await?)))
}

/// The model of a version, byte for byte as it was deployed.
#[utoipa::path(get, path = "/definitions/{id}/xml", tag = "processes", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "application/xml"), (status = 404, body = Problem)))]
pub(crate) async fn definition_xml(signed: Signed, Path(id): Path<DefinitionId>) -> Result<Response, Problem> {
    let xml = signed.call(move |staff| staff.definition_xml(id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], xml).into_response())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeployQuery {
    /// The version it was drawn from; a newer one is a conflict.
    base: Option<u32>,
    /// What its processes may do with records, of what they ask for: `proposed` for all of it, or a JSON list of
    /// `{"entity","action","fields"}`. Without it, what the version before might do.
    grants: Option<String>,
}

impl DeployQuery {
    fn confirm(&self) -> Result<Confirm, Problem> {
        match self.grants.as_deref() {
            None => Ok(Confirm::Kept),
            Some("proposed") => Ok(Confirm::Proposed),
            Some(list) => {
                let list: Vec<ConfirmedGrant> = serde_json::from_str(list).map_err(Problem::malformed)?;
                Ok(Confirm::These(confirmed(list)))
            }
        }
    }
}

/// Publishes a model.
#[utoipa::path(post, path = "/definitions", tag = "processes", params(DeployQuery),
    request_body(content = String, content_type = "application/xml"),
    responses((status = 201, body = DeployedView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn deploy(
    admin: Admin,
    Query(query): Query<DeployQuery>,
    Xml(xml): Xml,
) -> Result<(StatusCode, Answer<DeployedView>), Problem> {
    let confirm = query.confirm()?;
    let deployed = admin.call(move |administrator| {
        let deployed = administrator.publish_model(&xml, query.base, confirm)?;
        let versions = deployed.definitions.iter();
        let grants = versions.map(|definition| administrator.grants(definition.id));
        let grants = grants.collect::<Result<Vec<_>, _>>()?;
        Ok((deployed, grants))
    });
    let (deployed, grants) = deployed.await?;
    let view =
        DeployedView::new(deployed, grants).ok_or_else(|| Problem::internal(&"a deployment without processes"))?;
    Ok((StatusCode::CREATED, Answer(view)))
}

/// Publishes a file of decisions (DMN), which business rule tasks can then ask by id or name.
#[utoipa::path(post, path = "/decisions", tag = "processes",
    request_body(content = String, content_type = "application/xml"),
    responses((status = 201, body = Made), (status = 422, body = Problem)))]
pub(crate) async fn deploy_decisions(admin: Admin, Xml(xml): Xml) -> Result<(StatusCode, Answer<Made>), Problem> {
    let id = admin
        .call(move |administrator| administrator.deploy_decisions(&xml))
        .await?;
    Ok((StatusCode::CREATED, Answer(Made { id: id.to_string() })))
}

/// Checks a model as publishing would.
#[utoipa::path(post, path = "/definitions/check", tag = "processes",
    request_body(content = String, content_type = "application/xml"), responses((status = 200, body = Checked)))]
pub(crate) async fn check_definition(admin: Admin, Xml(xml): Xml) -> Result<Answer<Checked>, Problem> {
    let (found, grants) = admin.call(move |administrator| Ok(administrator.examine(&xml))).await?;
    Ok(Answer(Checked {
        diagnostics: found.into_iter().map(Diagnostic::from).collect(),
        grants: grants.into_iter().map(Grants::from).collect(),
    }))
}

/// The page about a rule of the check, in Markdown: in Chinese, in English, a model that breaks it, and the model mended.
#[utoipa::path(get, path = "/rules/{rule}", tag = "processes", params(("rule" = String, Path)),
    responses((status = 200, body = String, content_type = "text/markdown"), (status = 404, body = Problem)))]
pub(crate) async fn rule_page(_: Admin, Path(rule): Path<String>) -> Result<Response, Problem> {
    let page = kapok::model::page(&rule).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "rule.unknown",
            "没有这条检查规则的说明页。请看问题本身的说明。",
            "There is no page about this rule of the check. The problem itself says what to do.",
        )
    })?;
    Ok(([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], page).into_response())
}

/// What a process can be drawn with.
#[utoipa::path(get, path = "/catalogue", tag = "processes", responses((status = 200, body = Catalogue)))]
pub(crate) async fn catalogue(admin: Admin) -> Result<Answer<Catalogue>, Problem> {
    let catalogue = admin.call(|administrator| {
        Ok(Catalogue {
            handlers: administrator.handlers().into_iter().map(Offer::from).collect(),
            assignee_rules: administrator.assignee_rules().into_iter().map(Offer::from).collect(),
            roles: administrator.roles().into_iter().map(NamedView::from).collect(),
            departments: administrator.departments().into_iter().map(NamedView::from).collect(),
            entities: administrator
                .entity_definitions()
                .into_iter()
                .map(CatalogueEntity::from)
                .collect(),
        })
    });
    Ok(Answer(catalogue.await?))
}
