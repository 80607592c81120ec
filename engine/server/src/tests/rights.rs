//! Who may reach which route. A route that is not in the table fails the test.

use std::collections::BTreeSet;

use axum::http::header;

use super::browser::{Server, request};
use crate::routes;

/// Route; answers to nobody, to somebody who has nothing to do with it, to an administrator. `{case}` and `{task}` are 李娜's case
/// and 王伟's task in it; other ids name nothing.
const TABLE: &[(&str, &str, [u16; 3])] = &[
    ("POST", "/session", [415, 415, 415]),
    ("GET", "/session", [401, 200, 200]),
    ("PATCH", "/session", [401, 415, 415]),
    ("DELETE", "/session", [204, 204, 204]),
    ("GET", "/demo/people", [404, 404, 404]),
    ("GET", "/sign-in/sources", [200, 200, 200]),
    ("GET", "/sign-in/{source}", [302, 302, 302]),
    ("GET", "/sign-in/{source}/return", [302, 302, 302]),
    ("POST", "/sign-in/{source}/connect", [401, 503, 503]),
    ("GET", "/people/{id}/connections", [401, 403, 200]),
    ("DELETE", "/people/{id}/connections/{source}", [401, 403, 404]),
    ("GET", "/organisation/sources", [401, 403, 200]),
    ("POST", "/organisation/sources/{source}/preview", [401, 403, 404]),
    ("POST", "/organisation/sources/{source}/apply", [401, 403, 415]),
    ("GET", "/people", [401, 200, 200]),
    ("POST", "/people/import", [401, 403, 415]),
    ("POST", "/people/import/failures", [401, 403, 415]),
    ("GET", "/people/{id}/leave", [401, 403, 404]),
    ("POST", "/people/{id}/leave", [401, 403, 415]),
    ("POST", "/people/{id}/password", [401, 403, 415]),
    ("GET", "/people/{id}/stand-ins", [401, 403, 200]),
    ("POST", "/people/{id}/stand-ins", [401, 415, 415]),
    ("DELETE", "/people/{id}/stand-ins/{stand_in}", [401, 403, 404]),
    ("GET", "/processes/startable", [401, 200, 200]),
    ("GET", "/definitions", [401, 403, 200]),
    ("POST", "/definitions", [401, 403, 415]),
    ("POST", "/definitions/check", [401, 403, 415]),
    ("GET", "/definitions/{id}/xml", [401, 404, 404]),
    ("POST", "/decisions", [401, 403, 415]),
    ("GET", "/rules/{rule}", [401, 403, 404]),
    ("GET", "/catalogue", [401, 403, 200]),
    ("POST", "/requests/try", [401, 403, 415]),
    ("POST", "/instances", [401, 415, 415]),
    ("GET", "/instances", [401, 200, 200]),
    ("GET", "/instances/{id}", [401, 404, 200]),
    ("POST", "/instances/{id}/cancel", [401, 415, 415]),
    ("POST", "/messages", [401, 403, 415]),
    ("POST", "/signals", [401, 403, 415]),
    ("POST", "/decisions", [401, 403, 415]),
    ("POST", "/messages", [401, 403, 415]),
    ("POST", "/signals", [401, 403, 415]),
    ("GET", "/incidents", [401, 403, 200]),
    ("POST", "/incidents/{id}/retry", [401, 403, 409]),
    ("GET", "/tasks", [401, 200, 200]),
    ("GET", "/tasks/{id}", [401, 404, 200]),
    ("POST", "/tasks/{id}/claim", [401, 404, 403]),
    ("POST", "/tasks/{id}/release", [401, 404, 403]),
    ("POST", "/tasks/{id}/complete", [401, 415, 415]),
    ("POST", "/tasks/{id}/urge", [401, 404, 204]),
    ("GET", "/pages", [401, 200, 200]),
    ("POST", "/pages/{id}/read", [401, 404, 404]),
    ("POST", "/pages/read-all", [401, 204, 204]),
    ("GET", "/entities", [401, 200, 200]),
    ("GET", "/entities/{id}", [401, 404, 404]),
    ("GET", "/dictionaries/{id}", [401, 404, 404]),
    ("GET", "/dictionaries/{id}/entries", [401, 422, 422]),
    ("PUT", "/dictionaries/{id}/favourites", [401, 415, 415]),
    ("GET", "/search", [401, 200, 200]),
    ("GET", "/totals", [401, 200, 200]),
    ("GET", "/totals/{id}", [401, 404, 404]),
    ("GET", "/records/{entity}/statistics", [401, 404, 404]),
    ("GET", "/records/{entity}", [401, 404, 404]),
    ("POST", "/records/{entity}", [401, 415, 415]),
    ("GET", "/records/{entity}/{id}", [401, 404, 404]),
    ("PATCH", "/records/{entity}/{id}", [401, 415, 415]),
    ("DELETE", "/records/{entity}/{id}", [401, 404, 404]),
    ("GET", "/records/{entity}/{id}/history", [401, 404, 404]),
    ("POST", "/records/{entity}/{id}/restore", [401, 404, 404]),
    ("POST", "/records/{entity}/{id}/transfer", [401, 415, 415]),
    ("POST", "/records/transfer", [401, 415, 415]),
    ("POST", "/records/{entity}/merge", [401, 415, 415]),
    ("POST", "/records/{entity}/bulk", [401, 415, 415]),
    ("GET", "/jobs-of-records", [401, 403, 200]),
    ("GET", "/jobs-of-records/{id}", [401, 404, 404]),
    ("PUT", "/records/{entity}/{id}/star", [401, 404, 404]),
    ("DELETE", "/records/{entity}/{id}/star", [401, 204, 204]),
    ("POST", "/records/{entity}/{id}/seen", [401, 404, 404]),
    ("POST", "/files", [401, 422, 422]),
    ("GET", "/records/{entity}/{id}/files/{file}", [401, 404, 404]),
    ("GET", "/records/{entity}/{id}/files/{file}/preview", [401, 404, 404]),
    ("GET", "/admin/definitions", [401, 403, 200]),
    ("POST", "/admin/definitions", [401, 403, 415]),
    ("POST", "/admin/definitions/plan", [401, 403, 415]),
    ("GET", "/admin/definitions/effective", [401, 403, 200]),
    ("GET", "/admin/definitions/effective/{entity}", [401, 403, 404]),
    ("GET", "/stars", [401, 200, 200]),
    ("GET", "/recent", [401, 200, 200]),
    ("GET", "/views/{entity}", [401, 404, 404]),
    ("PUT", "/views/{entity}/{id}", [401, 415, 415]),
    ("DELETE", "/views/{entity}/{id}", [401, 404, 404]),
    ("GET", "/records/{entity}/{id}/related/{related}", [401, 404, 404]),
    ("GET", "/records/{entity}/{id}/shares", [401, 404, 404]),
    ("POST", "/records/{entity}/{id}/shares", [401, 415, 415]),
    ("DELETE", "/records/{entity}/{id}/shares/{share}", [401, 404, 404]),
    ("GET", "/records/{entity}/{id}/access", [401, 404, 404]),
    ("GET", "/outbox", [401, 403, 200]),
    ("POST", "/outbox/{id}/resend", [401, 403, 404]),
    ("POST", "/outbox/{id}/discard", [401, 403, 404]),
    ("GET", "/plugins", [401, 403, 200]),
    ("GET", "/definitions/{id}/grants", [401, 403, 404]),
    ("PUT", "/definitions/{id}/grants", [401, 403, 415]),
    ("GET", "/external-tasks/topics", [401, 403, 200]),
    ("POST", "/external-tasks/fetch", [401, 403, 415]),
    ("POST", "/external-tasks/{id}/complete", [401, 403, 415]),
    ("POST", "/external-tasks/{id}/error", [401, 403, 415]),
    ("POST", "/external-tasks/{id}/extend", [401, 403, 415]),
    ("POST", "/external-tasks/{id}/fail", [401, 403, 415]),
    ("GET", "/imports", [401, 200, 200]),
    ("GET", "/imports/{id}", [401, 404, 404]),
    ("GET", "/imports/{id}/columns", [401, 404, 404]),
    ("GET", "/imports/{id}/reasons", [401, 404, 404]),
    ("GET", "/imports/{id}/failures", [401, 404, 404]),
    ("POST", "/imports/{id}/cancel", [401, 404, 404]),
    ("POST", "/imports/{id}/check", [401, 415, 415]),
    ("POST", "/imports/{id}/preview", [401, 415, 415]),
    ("POST", "/imports/{id}/run", [401, 415, 415]),
    ("POST", "/imports/{id}/undo", [401, 404, 404]),
    ("GET", "/records/{entity}/export", [401, 404, 404]),
    ("POST", "/records/{entity}/imports", [401, 415, 415]),
    ("GET", "/records/{entity}/{id}/actions", [401, 404, 404]),
    ("POST", "/records/{entity}/{id}/actions/{action}", [401, 415, 415]),
    ("GET", "/reports", [401, 200, 200]),
    ("POST", "/reports/{report}", [401, 415, 415]),
    ("GET", "/plugin-pages", [401, 200, 200]),
    ("GET", "/plugin-pages/{page}/frames/{widget}", [401, 404, 404]),
    ("POST", "/plugin-pages/{page}/frames/{widget}/calls", [401, 415, 415]),
    ("POST", "/plugins", [401, 403, 415]),
    ("POST", "/plugins/plan", [401, 403, 415]),
    ("POST", "/plugins/{id}/enable", [401, 403, 404]),
    ("POST", "/plugins/{id}/disable", [401, 403, 404]),
    ("PUT", "/plugins/{id}/settings", [401, 403, 415]),
    ("DELETE", "/plugins/{id}", [401, 403, 404]),
    ("GET", "/plugin-work", [401, 403, 200]),
    ("POST", "/plugin-work/{id}/retry", [401, 403, 404]),
    ("POST", "/plugin-work/{id}/discard", [401, 403, 404]),
    ("GET", "/system", [401, 403, 200]),
    ("GET", "/stream", [401, 200, 200]),
    ("GET", "/openapi.json", [200, 200, 200]),
];

#[test]
fn every_route_is_in_the_table() {
    let listed: BTreeSet<_> = routes::api()
        .listed
        .into_iter()
        .map(|(method, path)| (method.to_string(), path.to_owned()))
        .collect();
    let tested = TABLE
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(listed, tested);
}

#[tokio::test]
async fn every_route_is_guarded() {
    let server = Server::new();
    let (case, task) = server.leave().await;
    let (stranger, root) = (server.cookie("zhou.li").await, server.cookie("root").await);
    let mut wrong = Vec::new();
    for (method, path, expected) in TABLE {
        let id = match path {
            path if path.starts_with("/instances") => case.as_str(),
            path if path.starts_with("/tasks") => task.as_str(),
            _ => "999999",
        };
        let path = format!(
            "/api/v1{}",
            path.replace("{id}", id)
                .replace("{entity}", "no.such")
                .replace("{rule}", "no.such")
                .replace("{file}", "no.such")
                .replace("{related}", "no-such")
                .replace("{action}", "no.such")
                .replace("{report}", "no.such")
                .replace("{page}", "no.such")
                .replace("{widget}", "no-such")
                .replace("{source}", "no.such")
                .replace("{share}", "999999")
                .replace("{stand_in}", "999999")
        );
        for (who, expected) in [None, Some(("zhou.li", &stranger)), Some(("root", &root))]
            .into_iter()
            .zip(expected)
        {
            let cookie = match who {
                // This request ends its session.
                Some((login, _)) if (*method, path.as_str()) == ("DELETE", "/api/v1/session") => {
                    Some(server.cookie(login).await)
                }
                Some((_, cookie)) => Some(cookie.clone()),
                None => None,
            };
            let who = who.map(|(login, _)| login);
            let answer = server.send(request(method, &path, cookie.as_deref(), None)).await;
            if answer.status.as_u16() != *expected {
                wrong.push(format!(
                    "{method} {path} as {who:?}: {}, not {expected}: {}",
                    answer.status, answer.body
                ));
            }
            if answer.status.is_client_error() {
                assert_eq!(
                    answer.headers[header::CONTENT_TYPE],
                    "application/problem+json",
                    "{method} {path}"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
