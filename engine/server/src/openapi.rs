//! The document of the API, made from the code that serves it.

use utoipa::OpenApi;

use crate::{dto, routes};

#[derive(OpenApi)]
#[openapi(
    info(title = "Kapok", description = "Processes, to-dos and records."),
    servers((url = "/api/v1")),
    paths(
        routes::sign_in,
        routes::show_session,
        routes::change_session,
        routes::sign_out,
        routes::demo_people,
        routes::find_people,
        routes::startable_processes,
        routes::list_definitions,
        routes::deploy,
        routes::check_definition,
        routes::rule_page,
        routes::definition_xml,
        routes::catalogue,
        routes::start_instance,
        routes::list_instances,
        routes::show_instance,
        routes::cancel_instance,
        routes::list_incidents,
        routes::deploy_decisions,
        routes::publish_message,
        routes::broadcast_signal,
        routes::retry_incident,
        routes::list_tasks,
        routes::show_task,
        routes::claim_task,
        routes::release_task,
        routes::complete_task,
        routes::urge_task,
        routes::list_pages,
        routes::read_page,
        routes::read_all_pages,
        routes::list_entities,
        routes::show_entity,
        routes::list_records,
        routes::create_record,
        routes::show_record,
        routes::change_record,
        routes::delete_record,
        routes::record_history,
        routes::restore_record,
        routes::transfer_record,
        routes::transfer_records,
        routes::merge_records,
        routes::bulk_records,
        routes::list_record_jobs,
        routes::show_record_job,
        routes::star_record,
        routes::unstar_record,
        routes::note_seen,
        routes::upload_file,
        routes::record_file,
        routes::record_file_preview,
        routes::show_definition_layer,
        routes::change_definition_layer,
        routes::plan_definition_layer,
        routes::effective_definitions,
        routes::effective_definition,
        routes::list_stars,
        routes::list_recent,
        routes::list_views,
        routes::put_view,
        routes::delete_view,
        routes::list_outbox,
        routes::resend_message,
        routes::discard_message,
        routes::list_plugins,
        routes::show_system,
        routes::stream,
        routes::openapi_document,
    ),
    components(schemas(dto::Text))
)]
struct Document;

/// The document of the API.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
