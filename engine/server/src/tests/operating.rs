//! What whoever watches over the server may ask.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};

use super::browser::{Server, request};
use crate::Config;

/// A request for the numbers, from an address, under a name of the server.
fn metrics(from: &str, host: &str, more: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().uri("/metrics").header(header::HOST, host);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request
        .extensions_mut()
        .insert(ConnectInfo(from.parse::<SocketAddr>().unwrap()));
    request
}

#[tokio::test]
async fn numbers_are_for_this_machine_and_for_administrators() {
    let server = Server::new();
    let token = |login: &str| {
        let secret = server.kapok.create_token(login, "test").unwrap();
        format!("Bearer {}", secret.reveal())
    };
    let (root, staff) = (token("root"), token("li.na"));
    let here = "127.0.0.1:4000";
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], u16);
    let cases: [Case<'_>; 11] = [
        (here, "127.0.0.1:7654", &[], 200),
        (here, "localhost:7654", &[], 200),
        ("[::1]:4000", "[::1]:7654", &[], 200),
        // A proxy on this machine passes on what others ask.
        (here, "127.0.0.1:7654", &[("x-forwarded-for", "203.0.113.9")], 401),
        (here, "127.0.0.1:7654", &[("forwarded", "for=203.0.113.9")], 401),
        (here, "kapok.example.com", &[], 401),
        // A page of another site, by a name that leads here.
        (here, "rebound.example.net:7654", &[], 401),
        ("192.0.2.7:4000", "127.0.0.1:7654", &[], 401),
        ("192.0.2.7:4000", "kapok.example.com", &[("authorization", &staff)], 403),
        ("192.0.2.7:4000", "kapok.example.com", &[("authorization", &root)], 200),
        (here, "kapok.example.com", &[("authorization", "Bearer wrong")], 401),
    ];
    for (from, host, more, expected) in cases {
        let answer = server.send(metrics(from, host, more)).await;
        assert_eq!(
            answer.status.as_u16(),
            expected,
            "{from} {host} {more:?}: {}",
            answer.text
        );
    }
    // Behind a proxy everything comes from this machine.
    let behind = Server::with(Config {
        base_url: Some("https://kapok.example.com".parse().unwrap()),
        ..Config::default()
    });
    assert_eq!(behind.send(metrics(here, "127.0.0.1:7654", &[])).await.status, 401);
}

#[tokio::test]
async fn numbers_count_what_happens() {
    let server = Server::new();
    let value = async |name: &str| {
        let answer = server.send(metrics("127.0.0.1:4000", "localhost", &[])).await;
        let kind = answer.headers[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
        let line = answer.text.lines().find(|line| line.split(' ').next() == Some(name));
        let line = line.unwrap_or_else(|| panic!("no {name}: {}", answer.text)).to_owned();
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    let before = value("kapok_commits_total").await;
    assert_eq!(value("kapok_cases_started_total").await, 0.0);
    server.leave().await;
    assert_eq!(value("kapok_cases_started_total").await, 1.0);
    assert_eq!(value("kapok_cases_finished_total").await, 0.0);
    assert!(value("kapok_commits_total").await > before);
    assert_eq!(value("kapok_writable").await, 1.0);
    assert_eq!(value("kapok_queue").await, 0.0);
    assert_eq!(value("kapok_outbox{state=\"failed\"}").await, 0.0);
}

#[tokio::test]
async fn an_administrator_sees_how_the_server_does() {
    let server = Server::new();
    server.leave().await;
    let root = server.cookie("root").await;
    let system = server.ask("GET", "/system", &root, None).await;
    assert_eq!(system.status, 200, "{}", system.body);
    assert_eq!(system.body["health"], "writable");
    assert_eq!(system.body["cases_started"], 1);
    // In memory there is no disk, and nothing to copy.
    assert!(
        system.body["disk"].is_null() && system.body["backup"].is_null(),
        "{}",
        system.body
    );
    let health = server.send(request("GET", "/healthz", None, None)).await;
    assert_eq!((health.status.as_u16(), health.text.as_str()), (200, "ok\n"));
}
