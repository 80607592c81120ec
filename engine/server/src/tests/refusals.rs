//! Bad requests get a clear refusal, and lose nothing.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use kapok::{ManualClock, protocol::Timestamp};
use serde_json::json;

use super::browser::{PASSWORD, Server, request};
use crate::Config;

#[tokio::test]
async fn a_wrong_password_is_refused_and_ten_close_the_door() {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
    let server = Server::with(Config {
        clock: clock.clone(),
        ..Config::default()
    });
    for login in ["li.na", "nobody"] {
        let answer = server.sign_in(login, "wrong").await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (401, &json!("session.wrong")),
            "{login}"
        );
        assert!(answer.headers.get(header::SET_COOKIE).is_none());
    }
    for _ in 0..9 {
        server.sign_in("li.na", "wrong").await;
    }
    let answer = server.sign_in("li.na", PASSWORD).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.body["code"]),
        (429, &json!("session.throttled"))
    );
    clock.move_to(Timestamp::from_millis(15 * 60_000));
    assert_eq!(server.sign_in("li.na", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_is_an_unreadable_cookie_that_ends() {
    let base_url = "https://kapok.example.com".parse().ok();
    let server = Server::with(Config {
        base_url,
        ..Config::default()
    });
    let answer = server.sign_in("li.na", PASSWORD).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in [
        "__Host-kapok_session=",
        "HttpOnly",
        "SameSite=Strict",
        "Secure",
        "Path=/",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(server.ask("GET", "/session", cookie, None).await.body["login"], "li.na");
    assert_eq!(
        server
            .ask("GET", "/session", "__Host-kapok_session=made-up", None)
            .await
            .status,
        401
    );
    assert_eq!(server.ask("DELETE", "/session", cookie, None).await.status, 204);
    assert_eq!(server.ask("GET", "/session", cookie, None).await.status, 401);
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let server = Server::new();
    let cookie = server.cookie("li.na").await;
    for (ours, origin) in [
        (None, Some("http://kapok.test")),
        (Some("1"), Some("http://evil.test")),
        (None, None),
    ] {
        let mut builder = Request::post("/api/v1/pages/read-all").header(header::COOKIE, &cookie);
        builder = builder.header(header::HOST, "kapok.test");
        if let Some(ours) = ours {
            builder = builder.header("X-Kapok", ours);
        }
        if let Some(origin) = origin {
            builder = builder.header(header::ORIGIN, origin);
        }
        let answer = server.send(builder.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (403, &json!("request.foreign"))
        );
    }
    // A program with a token is no browser that could be misled.
    let token = server.kapok.create_token("li.na", "test").unwrap();
    let builder =
        Request::post("/api/v1/pages/read-all").header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()));
    assert_eq!(server.send(builder.body(Body::empty()).unwrap()).await.status, 204);
    let builder = Request::get("/api/v1/session").header(header::AUTHORIZATION, "Bearer made-up");
    assert_eq!(server.send(builder.body(Body::empty()).unwrap()).await.status, 401);
}

#[tokio::test]
async fn someone_elses_task_stays_as_it_is() {
    let server = Server::new();
    let (case, task) = server.leave().await;
    let approve = || Some(json!({ "decision": "approve", "variables": {} }));
    let path = format!("/tasks/{task}/complete");
    // Who may not know of the task learns nothing; who may see the case is told no.
    for (who, status) in [("zhou.li", 404), ("li.na", 403), ("root", 403)] {
        let answer = server.ask("POST", &path, &server.cookie(who).await, approve()).await;
        assert_eq!(answer.status.as_u16(), status, "{who}: {}", answer.body);
    }
    let cookie = server.cookie("wang.wei").await;
    let answer = server
        .ask(
            "POST",
            &path,
            &cookie,
            Some(json!({ "decision": "approve", "deciision": 1 })),
        )
        .await;
    assert_eq!(answer.status, 422, "unknown fields are refused");
    assert_eq!(server.ask("POST", &path, &cookie, approve()).await.status, 204);
    assert_eq!(
        server.ask("POST", &path, &cookie, approve()).await.status,
        409,
        "it is done"
    );
    let shown = server.ask("GET", &format!("/instances/{case}"), &cookie, None).await;
    assert_eq!(shown.body["state"], "completed", "{}", shown.body);
}

#[tokio::test]
async fn bad_models_are_refused() {
    let server = Server::new();
    let cookie = server.cookie("root").await;
    let send = async |path: &str, kind: &str, body: Vec<u8>| {
        let mut request = request("POST", &format!("/api/v1{path}"), Some(&cookie), None);
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, kind.parse().unwrap());
        *request.body_mut() = Body::from(body);
        server.send(request).await
    };
    let doctype = b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_vec();
    for body in [doctype.clone(), b"<a>".to_vec(), b"".to_vec()] {
        let answer = send("/definitions", "application/xml", body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (422, &json!("definition.refused"))
        );
        assert_eq!(answer.body["diagnostics"][0]["severity"], "error", "{}", answer.body);
    }
    assert_eq!(send("/definitions/check", "application/xml", doctype).await.status, 200);
    assert_eq!(send("/definitions", "text/plain", b"<a/>".to_vec()).await.status, 415);
    assert_eq!(
        send("/definitions", "application/xml", vec![b' '; (16 << 20) + 1])
            .await
            .status,
        413
    );
    assert_eq!(send("/definitions", "application/xml", vec![0xff]).await.status, 422);
    let leave = include_bytes!("../../../../workflows/leave/leave.bpmn").to_vec();
    let conflict = send("/definitions?base=7", "application/xml", leave.clone()).await;
    assert_eq!(
        (conflict.status.as_u16(), &conflict.body["code"]),
        (409, &json!("definition.conflict"))
    );
    let deployed = send("/definitions?base=1", "application/xml", leave.clone()).await;
    assert_eq!((deployed.status.as_u16(), &deployed.body["version"]), (201, &json!(2)));
}

#[tokio::test]
async fn bad_bodies_and_parameters_are_refused() {
    let server = Server::new();
    let cookie = server.cookie("li.na").await;
    let mut large = request("POST", "/api/v1/instances", Some(&cookie), Some(json!(null)));
    *large.body_mut() = Body::from(vec![b' '; (1 << 20) + 1]);
    assert_eq!(server.send(large).await.status, 413);
    let mut deep = request("POST", "/api/v1/instances", Some(&cookie), Some(json!(null)));
    *deep.body_mut() = Body::from(format!(
        "{{\"process\":\"leave\",\"variables\":{{\"a\":{}",
        "[".repeat(10_000)
    ));
    assert_eq!(server.send(deep).await.status, 422);
    for (path, status) in [
        ("/tasks?limit=0", 422),
        ("/tasks?limit=201", 422),
        ("/tasks?assignee=somebody", 422),
        ("/tasks?colour=red", 422),
        ("/tasks?cursor=%25", 400),
        ("/tasks/none", 404),
        ("/tasks/0", 404),
        ("/no/such", 404),
        ("/instances?filter=all", 403),
    ] {
        assert_eq!(
            server.ask("GET", path, &cookie, None).await.status.as_u16(),
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_problem_speaks_the_readers_language() {
    let server = Server::new();
    let cookie = server.cookie("li.na").await;
    let answer = server.ask("GET", "/tasks/1", &cookie, None).await;
    assert_eq!(answer.body["title"], answer.body["detail"]["zh"]);
    let changed = server
        .ask("PATCH", "/session", &cookie, Some(json!({ "language": "en" })))
        .await;
    assert_eq!(changed.body["language"], "en");
    let answer = server.ask("GET", "/tasks/1", &cookie, None).await;
    assert_eq!(answer.body["title"], answer.body["detail"]["en"]);
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    let server = Server::new();
    let cookie = server.cookie("li.na").await;
    let start = async |key: &str, days: u32| {
        let variables = json!({ "kind": "年假", "from": "2026-12-01", "to": "2026-12-02", "days": days });
        let body = Some(json!({ "process": "leave", "variables": variables }));
        let mut request = request("POST", "/api/v1/instances", Some(&cookie), body);
        request.headers_mut().insert("Idempotency-Key", key.parse().unwrap());
        server.send(request).await
    };
    let first = start("one", 2).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    assert_eq!(start("one", 2).await.body, first.body);
    assert_ne!(start("two", 2).await.body, first.body);
    let other = start("one", 3).await;
    assert_eq!(
        (other.status.as_u16(), &other.body["code"]),
        (422, &json!("idempotency.other-request"))
    );
    let mine = server.ask("GET", "/instances", &cookie, None).await;
    assert_eq!(mine.body["items"].as_array().unwrap().len(), 2);
}
