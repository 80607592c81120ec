//! Importing and exporting over HTTP, the whole road.

use axum::{body::Body, http::header};
use kapok::{Company, Kapok, PluginSource};
use serde_json::{Value, json};

use super::browser::{Answer, PASSWORD, Server, request};
use crate::Config;

const PLUGIN: &str = r#"
[plugin]
id = "crm"
version = "0.1.0"
label = { zh = "客户关系", en = "CRM" }

[entities."crm.account"]
label = { zh = "客户", en = "Account" }
title = "name"
[entities."crm.account".fields]
code = { pos = 1, type = "text", label = { zh = "编号", en = "Code" }, unique = true }
name = { pos = 2, type = "text", label = { zh = "名称", en = "Name" }, required = true }
amount = { pos = 3, type = "money", currency = "CNY", label = { zh = "金额", en = "Amount" } }
cost = { pos = 4, type = "number", label = { zh = "成本", en = "Cost" } }

[roles.clerk]
label = { zh = "录入员", en = "Clerk" }
[permissions."crm.account"]
clerk = { read = "own", create = "own", update = "own", delete = "own", import = "own", export = "own" }
[field_rules."crm.account".clerk]
cost = "hidden"
"#;

const COMPANY: Company<'static> = Company {
    departments: "code,name,parent,head\n",
    roles: "code,name\nadministrator,管理员\nclerk,录入员\n",
    people: "login,name,phone,email,department,superior,roles\nroot,管理员,,,,,administrator\nclerk,文静,,,,,clerk\n\
             other,李娜,,,,,clerk\nnobody,周丽,,,,,\n",
    records: &[],
};

fn server() -> Server {
    let plugin = PluginSource {
        origin: "crm.toml".into(),
        manifest: PLUGIN.into(),
        component: None,
        pages: Default::default(),
    };
    let kapok = Kapok::builder().plugins(vec![plugin]).memory().unwrap();
    kapok.load_company(&COMPANY, PASSWORD).unwrap();
    Server::on(kapok, Config::default())
}

async fn upload(server: &Server, cookie: &str, content: &[u8]) -> Answer {
    let mut request = request("POST", "/api/v1/files", Some(cookie), None);
    let headers = request.headers_mut();
    headers.insert("X-File-Name", "customers.csv".parse().unwrap());
    headers.insert(header::CONTENT_TYPE, "text/csv".parse().unwrap());
    *request.body_mut() = Body::from(content.to_vec());
    let answer = server.send(request).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer
}

/// Brings a file in and begins its import.
async fn begin(server: &Server, cookie: &str, content: &[u8]) -> Answer {
    let file = upload(server, cookie, content).await.body["file"].clone();
    let body = json!({ "file": file, "name": "客户.csv" });
    server
        .ask("POST", "/records/crm.account/imports", cookie, Some(body))
        .await
}

/// The import once the engine has nothing more to do with it.
async fn settled(server: &Server, cookie: &str, id: &str) -> Value {
    loop {
        let answer = server.ask("GET", &format!("/imports/{id}"), cookie, None).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        if !["checking", "running", "undoing"].contains(&answer.body["state"].as_str().unwrap()) {
            return answer.body;
        }
        tokio::task::yield_now().await;
    }
}

async fn act(server: &Server, cookie: &str, id: &str, what: &str, body: Option<Value>) -> Answer {
    server.ask("POST", &format!("/imports/{id}/{what}"), cookie, body).await
}

const FILE: &str = "编号,名称,金额\nC1,木棉科技,\"1,234.5\"\nC2,木棉贸易,abc\nC3,=1+1,3\n";

#[tokio::test]
async fn a_file_is_imported_and_taken_back() {
    let server = server();
    let cookie = server.cookie("clerk").await;
    let begun = begin(&server, &cookie, FILE.as_bytes()).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    assert_eq!(begun.body["suggestion"], json!(["code", "name", "amount"]));
    assert_eq!(begun.body["keys"], json!(["code"]));
    assert_eq!(begun.body["import"]["state"], "draft");
    assert_eq!(
        begun.body["sample"][0],
        json!({ "row": 2, "cells": ["C1", "木棉科技", "1,234.5"] })
    );
    let id = begun.body["import"]["id"].as_str().unwrap().to_owned();
    let settings = json!({ "columns": ["code", "name", "amount"] });

    let preview = act(&server, &cookie, &id, "preview", Some(settings.clone())).await;
    assert_eq!(preview.status, 200, "{}", preview.text);
    assert_eq!(preview.body["items"][0]["values"]["amount"], "1234.50");
    assert_eq!(preview.body["items"][1]["outcome"], "fail");
    assert_eq!(preview.body["items"][1]["reasons"][0]["field"], "amount");

    let checking = act(&server, &cookie, &id, "check", Some(settings.clone())).await;
    assert_eq!(checking.status, 202, "{}", checking.text);
    let checked = settled(&server, &cookie, &id).await;
    assert_eq!(checked["state"], "checked");
    assert_eq!(
        (&checked["counts"]["created"], &checked["counts"]["failed"]),
        (&json!(2), &json!(1))
    );
    let list = server.ask("GET", "/records/crm.account", &cookie, None).await;
    assert_eq!(list.body["count"], 0, "a check stores nothing");

    assert_eq!(
        act(&server, &cookie, &id, "run", Some(settings.clone())).await.status,
        202
    );
    let done = settled(&server, &cookie, &id).await;
    assert_eq!((&done["state"], &done["counts"]), (&json!("done"), &checked["counts"]));
    let again = act(&server, &cookie, &id, "run", Some(settings)).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["code"]),
        (409, &json!("import.state"))
    );

    let failures = server
        .ask("GET", &format!("/imports/{id}/failures"), &cookie, None)
        .await;
    assert_eq!(failures.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert!(
        failures.headers[header::CONTENT_DISPOSITION]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert!(failures.text.contains("C2,木棉贸易,abc,3,"), "{}", failures.text);
    let book = server
        .ask("GET", &format!("/imports/{id}/failures?format=xlsx"), &cookie, None)
        .await;
    assert!(book.text.starts_with("PK"));

    let export = server
        .ask(
            "GET",
            "/records/crm.account/export?columns=code,name,amount&sort=code",
            &cookie,
            None,
        )
        .await;
    assert_eq!(
        export.text,
        "\u{feff}编号,名称,金额\r\nC1,木棉科技,1234.50\r\nC3,'=1+1,3.00\r\n"
    );
    let book = server
        .ask("GET", "/records/crm.account/export?format=xlsx", &cookie, None)
        .await;
    assert!(book.status == 200 && book.text.starts_with("PK"));

    assert_eq!(act(&server, &cookie, &id, "undo", None).await.status, 202);
    let undone = settled(&server, &cookie, &id).await;
    assert_eq!(
        (&undone["state"], &undone["counts"]["undone"]),
        (&json!("undone"), &json!(2))
    );
    let list = server.ask("GET", "/records/crm.account", &cookie, None).await;
    assert_eq!(list.body["count"], 0);
    let imports = server.ask("GET", "/imports?entity=crm.account", &cookie, None).await;
    assert_eq!(imports.body["items"][0]["name"], "客户.csv");
    assert_eq!(imports.body["items"][0]["asked_by"]["name"], "文静");
}

#[tokio::test]
async fn nobody_imports_more_than_they_may() {
    let server = server();
    let [clerk, other, nobody, root] = [
        server.cookie("clerk").await,
        server.cookie("other").await,
        server.cookie("nobody").await,
        server.cookie("root").await,
    ];
    assert_eq!(begin(&server, &nobody, FILE.as_bytes()).await.status, 403);
    let begun = begin(&server, &clerk, "编号,名称,成本\nC1,甲,5\n".as_bytes()).await;
    // What is hidden from somebody is not even named to them.
    assert_eq!(begun.body["suggestion"], json!(["code", "name", null]));
    let id = begun.body["import"]["id"].as_str().unwrap().to_owned();
    let hidden = json!({ "columns": ["code", "name", "cost"] });
    for what in ["preview", "check", "run"] {
        let refused = act(&server, &clerk, &id, what, Some(hidden.clone())).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["code"]),
            (403, &json!("field.hidden")),
            "{what}"
        );
        let stranger = act(&server, &other, &id, what, Some(hidden.clone())).await;
        assert_eq!(stranger.status, 404, "{what}");
    }
    for what in ["cancel", "undo"] {
        assert_eq!(act(&server, &other, &id, what, None).await.status, 404, "{what}");
    }
    for rest in ["", "/columns", "/failures"] {
        let path = format!("/imports/{id}{rest}");
        assert_eq!(server.ask("GET", &path, &other, None).await.status, 404, "{rest}");
    }
    // An administrator sees that there was one, and nothing of what is in it.
    let seen = server.ask("GET", &format!("/imports/{id}"), &root, None).await;
    assert_eq!(
        (seen.status.as_u16(), &seen.body["own"], &seen.body["headings"]),
        (200, &json!(false), &json!([]))
    );
    assert_eq!(
        server
            .ask("GET", &format!("/imports/{id}/failures"), &root, None)
            .await
            .status,
        404
    );
    // A hash that somebody learnt is not the file.
    let file = upload(&server, &clerk, b"name\nsecret\n").await.body["file"].clone();
    let stolen = json!({ "file": file, "name": "x.csv" });
    let answer = server
        .ask("POST", "/records/crm.account/imports", &other, Some(stolen))
        .await;
    assert_eq!(answer.status, 404);
}

/// Files that are made to break whoever reads them are refused in words, and the server goes on.
#[tokio::test]
async fn hostile_files_are_refused() {
    let server = server();
    let cookie = server.cookie("clerk").await;
    let wide = "x,".repeat(1_000_000);
    let huge = format!("name\n{}\n", "x".repeat(1 << 20));
    let files: [(&str, &[u8]); 8] = [
        ("nothing", b""),
        ("headings only", b"name\n"),
        ("NUL bytes", b"name\n\0\n"),
        ("a million columns", wide.as_bytes()),
        ("a huge cell", huge.as_bytes()),
        ("an open quote", b"name,note\na,\"b\nc,d\ne,f\n"),
        ("no workbook", b"PK\x03\x04rubbish"),
        ("no text", &[0xff, 0x00, 0x80]),
    ];
    for (what, content) in files {
        let answer = begin(&server, &cookie, content).await;
        assert_eq!(answer.status, 422, "{what}: {}", answer.text);
        let detail = &answer.body["detail"];
        assert!(!detail["zh"].as_str().unwrap().is_empty(), "{what}: {}", answer.text);
    }
    assert_eq!(begin(&server, &cookie, FILE.as_bytes()).await.status, 201);
}
