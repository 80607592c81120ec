//! Files over HTTP: brought in by one, named by a record, read by who may read that.

use axum::{body::Body, http::header};
use kapok::{Kapok, PluginSource};
use serde_json::{Value, json};

use super::browser::{Answer, Server, request};

const PLUGIN: &str = r#"
[plugin]
id = "docs"
version = "0.1.0"
label = { zh = "资料", en = "Documents" }

[entities."docs.note"]
label = { zh = "资料", en = "Note" }
title = "name"
columns = { name = 1 }

[entities."docs.note".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" }, required = true }
files = { pos = 2, type = "attachment", label = { zh = "附件", en = "Files" } }

[permissions."docs.note"]
everyone = { read = "own", create = "all", update = "own" }
"#;

fn server() -> Server {
    let plugin = PluginSource {
        origin: "docs.toml".into(),
        manifest: PLUGIN.into(),
        component: None,
        pages: Default::default(),
    };
    Server::over(Kapok::builder().plugins(vec![plugin]).memory().unwrap())
}

async fn upload(server: &Server, cookie: &str, name: &str, content: &[u8]) -> Answer {
    let mut request = request("POST", "/api/v1/files", Some(cookie), None);
    let headers = request.headers_mut();
    headers.insert("X-File-Name", name.parse().unwrap());
    headers.insert(header::CONTENT_TYPE, "text/html".parse().unwrap());
    *request.body_mut() = Body::from(content.to_vec());
    server.send(request).await
}

async fn note(server: &Server, cookie: &str, file: &Value) -> Answer {
    let body = json!({ "fields": { "name": "资料", "files": [{ "file": file, "name": "a.html", "size": 1, "type": "text/html" }] } });
    server.ask("POST", "/records/docs.note", cookie, Some(body)).await
}

#[tokio::test]
async fn a_file_is_read_by_who_reads_its_record() {
    let server = server();
    let [cookie, stranger] = [server.cookie("li.na").await, server.cookie("zhou.li").await];
    let page = b"<!DOCTYPE html><script>alert(1)</script>";
    let file = upload(&server, &cookie, "%E6%9C%A8%E6%A3%89.html", page).await;
    assert_eq!(file.status, 201, "{}", file.body);
    assert_eq!(file.body["name"], "木棉.html");
    assert_eq!(
        (&file.body["type"], &file.body["size"]),
        (&json!("text/plain"), &json!(page.len()))
    );
    // To know a hash is not to have the file.
    let refused = note(&server, &stranger, &file.body["file"]).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["fields"][0]["code"]),
        (422, &json!("field.file"))
    );
    let made = note(&server, &cookie, &file.body["file"]).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["fields"]["files"][0]["type"], "text/plain");
    let id = made.body["id"].as_str().unwrap();
    let hash = file.body["file"].as_str().unwrap();
    let path = format!("/records/docs.note/{id}/files/{hash}");
    let read = server.ask("GET", &path, &cookie, None).await;
    assert_eq!((read.status.as_u16(), read.text.as_bytes()), (200, page.as_slice()));
    let header = |name: header::HeaderName| read.headers[name].to_str().unwrap().to_owned();
    assert!(header(header::CONTENT_DISPOSITION).starts_with("attachment;"));
    assert_eq!(header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(header(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
    assert_eq!(server.ask("GET", &path, &stranger, None).await.status, 404);
    let preview = server.ask("GET", &format!("{path}/preview"), &cookie, None).await;
    assert_eq!(
        (preview.status.as_u16(), &preview.body["code"]),
        (404, &json!("file.no-preview"))
    );
    // A record that does not name it does not lead to it.
    let other = json!({ "fields": { "name": "别的" } });
    let other = server.ask("POST", "/records/docs.note", &cookie, Some(other)).await;
    let other = format!("/records/docs.note/{}/files/{hash}", other.body["id"].as_str().unwrap());
    assert_eq!(server.ask("GET", &other, &cookie, None).await.status, 404);
}
