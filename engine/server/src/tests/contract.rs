//! The document of the API and the headers of every answer.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::header;

use super::browser::{Server, request};
use crate::{openapi, routes};

/// Every route is documented, and nothing else is.
#[test]
fn the_document_is_about_the_routes_there_are() {
    let document = serde_json::to_value(openapi()).unwrap();
    let documented: BTreeSet<_> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .keys()
                .map(move |method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    let routes: BTreeSet<_> = routes::api()
        .listed
        .into_iter()
        .map(|(method, path)| (method.to_string(), path.to_owned()))
        .collect();
    assert_eq!(documented, routes);
}

/// A change of the API shows in a review. `KAPOK_UPDATE=1` writes the document anew.
#[test]
fn the_document_is_the_kept_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let document = serde_json::to_string_pretty(&openapi()).unwrap() + "\n";
    if std::env::var_os("KAPOK_UPDATE").is_some() {
        fs::write(&file, &document).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == document,
        "the API has changed: look at it, then run the tests with KAPOK_UPDATE=1"
    );
}

#[tokio::test]
async fn every_answer_is_protected() {
    let server = Server::new();
    for path in [
        "/",
        "/some/page",
        "/assets/none.js",
        "/healthz",
        "/metrics",
        "/api/v1/session",
        "/api/none",
    ] {
        let answer = server.send(request("GET", path, None, None)).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
    }
    assert_eq!(server.send(request("GET", "/healthz", None, None)).await.status, 200);
    assert_eq!(
        server.send(request("GET", "/assets/none.js", None, None)).await.status,
        404
    );
    assert_eq!(server.send(request("GET", "/some/page", None, None)).await.status, 200);
}

#[tokio::test]
async fn a_rule_has_its_page() {
    let server = Server::new();
    let root = server.cookie("root").await;
    let request = request("GET", "/api/v1/rules/timer.missing", Some(&root), None);
    let response = server.send(request).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.headers[header::CONTENT_TYPE], "text/markdown; charset=utf-8");
    assert!(response.text.starts_with("# timer.missing\n"), "{}", response.text);
    let unknown = server.ask("GET", "/rules/no.such", &root, None).await;
    assert_eq!(
        (unknown.status.as_u16(), &unknown.body["code"]),
        (404, &"rule.unknown".into())
    );
}
