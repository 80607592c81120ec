//! The routes, one module for each thing the API is about.

mod definitions;
mod dictionaries;
mod elsewhere;
mod entity_definitions;
mod events;
mod external;
mod files;
mod grants;
mod imports;
mod instances;
mod messages;
mod organisation;
mod organisation_sync;
mod people;
mod people_import;
mod plugin_pages;
mod plugins;
mod record_work;
mod records;
mod requests;
mod search;
mod session;
mod shares;
mod shortcuts;
mod stream;
mod system;
mod tasks;
mod totals;

pub(crate) use definitions::*;
pub(crate) use dictionaries::*;
pub(crate) use elsewhere::*;
pub(crate) use entity_definitions::*;
pub(crate) use events::*;
pub(crate) use external::*;
pub(crate) use files::*;
pub(crate) use grants::*;
pub(crate) use imports::*;
pub(crate) use instances::*;
pub(crate) use messages::*;
pub(crate) use organisation::*;
pub(crate) use organisation_sync::*;
pub(crate) use people::*;
pub(crate) use people_import::*;
pub(crate) use plugin_pages::*;
pub(crate) use plugins::*;
pub(crate) use record_work::*;
pub(crate) use records::*;
pub(crate) use requests::*;
pub(crate) use search::*;
pub(crate) use session::*;
pub(crate) use shares::*;
pub(crate) use shortcuts::*;
pub(crate) use stream::*;
pub(crate) use system::*;
pub(crate) use tasks::*;
pub(crate) use totals::*;

use axum::{
    Router,
    handler::Handler,
    http::Method,
    middleware,
    routing::{MethodFilter, get, on},
};

use crate::{assets, guard::Gate, headers, idempotency};

/// Everything the server answers.
pub(crate) fn router(gate: Gate) -> Router {
    Router::new()
        .nest("/api/v1", api().router)
        .route("/healthz", get(health))
        .route("/metrics", get(show_metrics))
        .fallback(assets::serve)
        .layer(middleware::from_fn_with_state(gate.clone(), idempotency::name))
        .layer(middleware::from_fn_with_state(gate.clone(), headers::translate))
        .layer(middleware::from_fn(headers::limit_time))
        .layer(middleware::from_fn(headers::protect))
        .with_state(gate)
}

/// Routes, and the list of them that the document of the API is compared with.
pub(crate) struct Api {
    router: Router<Gate>,
    pub(crate) listed: Vec<(Method, &'static str)>,
}

impl Api {
    fn add<H: Handler<T, Gate>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.router = self.router.route(path, on(filter, handler));
        self.listed.push((method, path));
        self
    }

    fn get<H: Handler<T, Gate>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(Method::GET, MethodFilter::GET, path, handler)
    }

    fn post<H: Handler<T, Gate>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(Method::POST, MethodFilter::POST, path, handler)
    }

    fn put<H: Handler<T, Gate>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(Method::PUT, MethodFilter::PUT, path, handler)
    }

    fn patch<H: Handler<T, Gate>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(Method::PATCH, MethodFilter::PATCH, path, handler)
    }

    fn delete<H: Handler<T, Gate>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(Method::DELETE, MethodFilter::DELETE, path, handler)
    }
}

/// The API.
pub(crate) fn api() -> Api {
    Api {
        router: Router::new(),
        listed: Vec::new(),
    }
    .post("/session", sign_in)
    .get("/session", show_session)
    .patch("/session", change_session)
    .delete("/session", sign_out)
    .get("/demo/people", demo_people)
    .get("/sign-in/sources", sign_in_sources)
    .get("/sign-in/{source}", begin_sign_in)
    .get("/sign-in/{source}/return", end_sign_in)
    .post("/sign-in/{source}/connect", begin_connection)
    .get("/people", find_people)
    .post("/people/import", import_people)
    .post("/people/import/failures", failing_people)
    .get("/people/{id}/leave", preview_leave)
    .post("/people/{id}/leave", leave)
    .post("/people/{id}/password", set_password)
    .get("/people/{id}/stand-ins", list_stand_ins)
    .post("/people/{id}/stand-ins", add_stand_in)
    .delete("/people/{id}/stand-ins/{stand_in}", end_stand_in)
    .get("/people/{id}/connections", list_connections)
    .delete("/people/{id}/connections/{source}", end_connection)
    .get("/organisation/sources", organisation_sources)
    .post("/organisation/sources/{source}/preview", preview_sync)
    .post("/organisation/sources/{source}/apply", apply_sync)
    .get("/processes/startable", startable_processes)
    .get("/definitions", list_definitions)
    .post("/definitions", deploy)
    .post("/definitions/check", check_definition)
    .get("/definitions/{id}/xml", definition_xml)
    .get("/definitions/{id}/grants", show_grants)
    .put("/definitions/{id}/grants", confirm_grants)
    .post("/external-tasks/fetch", fetch_external)
    .post("/external-tasks/{id}/extend", extend_external)
    .post("/external-tasks/{id}/complete", complete_external)
    .post("/external-tasks/{id}/fail", fail_external)
    .post("/external-tasks/{id}/error", throw_external)
    .get("/external-tasks/topics", list_topics)
    .get("/rules/{rule}", rule_page)
    .post("/decisions", deploy_decisions)
    .get("/catalogue", catalogue)
    .post("/requests/try", try_request)
    .post("/instances", start_instance)
    .get("/instances", list_instances)
    .get("/instances/{id}", show_instance)
    .post("/instances/{id}/cancel", cancel_instance)
    .post("/messages", publish_message)
    .post("/signals", broadcast_signal)
    .get("/incidents", list_incidents)
    .post("/incidents/{id}/retry", retry_incident)
    .get("/tasks", list_tasks)
    .get("/tasks/{id}", show_task)
    .post("/tasks/{id}/claim", claim_task)
    .post("/tasks/{id}/release", release_task)
    .post("/tasks/{id}/complete", complete_task)
    .post("/tasks/{id}/urge", urge_task)
    .get("/pages", list_pages)
    .post("/pages/{id}/read", read_page)
    .post("/pages/read-all", read_all_pages)
    .get("/entities", list_entities)
    .get("/entities/{id}", show_entity)
    .get("/dictionaries/{id}", show_dictionary)
    .get("/dictionaries/{id}/entries", find_entries)
    .put("/dictionaries/{id}/favourites", choose_favourites)
    .get("/search", search)
    .get("/totals", list_totals)
    .get("/totals/{id}", show_total)
    .get("/records/{entity}/statistics", show_statistics)
    .get("/records/{entity}/export", export_records)
    .post("/records/{entity}/imports", begin_import)
    .get("/imports", list_imports)
    .get("/imports/{id}", show_import)
    .get("/imports/{id}/columns", import_columns)
    .post("/imports/{id}/preview", preview_import)
    .post("/imports/{id}/check", check_import)
    .post("/imports/{id}/run", run_import)
    .post("/imports/{id}/cancel", cancel_import)
    .post("/imports/{id}/undo", undo_import)
    .get("/imports/{id}/reasons", import_reasons)
    .get("/imports/{id}/failures", import_failures)
    .get("/records/{entity}", list_records)
    .post("/records/{entity}", create_record)
    .get("/records/{entity}/{id}", show_record)
    .patch("/records/{entity}/{id}", change_record)
    .delete("/records/{entity}/{id}", delete_record)
    .get("/records/{entity}/{id}/related/{related}", list_related)
    .get("/records/{entity}/{id}/shares", list_shares)
    .post("/records/{entity}/{id}/shares", share_record)
    .delete("/records/{entity}/{id}/shares/{share}", end_share)
    .get("/records/{entity}/{id}/access", explain_access)
    .get("/records/{entity}/{id}/history", record_history)
    .post("/records/{entity}/{id}/restore", restore_record)
    .post("/records/{entity}/{id}/transfer", transfer_record)
    .post("/records/transfer", transfer_records)
    .post("/records/{entity}/merge", merge_records)
    .post("/records/{entity}/bulk", bulk_records)
    .get("/jobs-of-records", list_record_jobs)
    .get("/jobs-of-records/{id}", show_record_job)
    .put("/records/{entity}/{id}/star", star_record)
    .delete("/records/{entity}/{id}/star", unstar_record)
    .post("/records/{entity}/{id}/seen", note_seen)
    .post("/files", upload_file)
    .get("/records/{entity}/{id}/files/{file}", record_file)
    .get("/records/{entity}/{id}/files/{file}/preview", record_file_preview)
    .get("/admin/definitions", show_definition_layer)
    .post("/admin/definitions", change_definition_layer)
    .post("/admin/definitions/plan", plan_definition_layer)
    .get("/admin/definitions/effective", effective_definitions)
    .get("/admin/definitions/effective/{entity}", effective_definition)
    .get("/stars", list_stars)
    .get("/recent", list_recent)
    .get("/views/{entity}", list_views)
    .put("/views/{entity}/{id}", put_view)
    .delete("/views/{entity}/{id}", delete_view)
    .get("/outbox", list_outbox)
    .post("/outbox/{id}/resend", resend_message)
    .post("/outbox/{id}/discard", discard_message)
    .get("/plugins", list_plugins)
    .post("/plugins", install_plugin)
    .post("/plugins/plan", plan_plugin)
    .post("/plugins/{id}/enable", enable_plugin)
    .post("/plugins/{id}/disable", disable_plugin)
    .put("/plugins/{id}/settings", set_plugin)
    .delete("/plugins/{id}", remove_plugin)
    .get("/plugin-work", list_plugin_work)
    .post("/plugin-work/{id}/retry", retry_plugin_work)
    .post("/plugin-work/{id}/discard", discard_plugin_work)
    .get("/records/{entity}/{id}/actions", list_actions)
    .post("/records/{entity}/{id}/actions/{action}", run_action)
    .get("/reports", list_reports)
    .post("/reports/{report}", run_report)
    .get("/plugin-pages", list_plugin_pages)
    .get("/plugin-pages/{page}/frames/{widget}", show_frame)
    .post("/plugin-pages/{page}/frames/{widget}/calls", call_from_frame)
    .get("/system", show_system)
    .get("/stream", stream)
    .get("/openapi.json", openapi_document)
}
