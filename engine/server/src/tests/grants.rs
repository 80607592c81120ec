//! What processes may do with records, over HTTP.

use axum::{body::Body, http::header};
use kapok::{Kapok, PluginSource};
use serde_json::{Value, json};

use super::browser::{Answer, Server, request};

const PLUGIN: &str = r#"
[plugin]
id = "g"
version = "0.1.0"
label = { zh = "试", en = "Test" }
[entities."g.deal"]
label = { zh = "商机", en = "Deal" }
title = "name"
[entities."g.deal".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" }, required = true }
stage = { pos = 2, type = "text", label = { zh = "阶段", en = "Stage" } }
amount = { pos = 3, type = "number", label = { zh = "金额", en = "Amount" } }
"#;

fn model(editable: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kapok="urn:kapok:bpmn:1"
    id="definitions" targetNamespace="urn:test">
  <bpmn:process id="check" name="检查" isExecutable="true">
    <bpmn:extensionElements>
      <kapok:subject entity="g.deal" statusField="stage" running="checking"/></bpmn:extensionElements>
    <bpmn:startEvent id="start"/>
    <bpmn:sequenceFlow id="in" sourceRef="start" targetRef="step"/>
    <bpmn:userTask id="step" name="看一看"><bpmn:extensionElements>
      <kapok:assignees><kapok:person login="li.na"/></kapok:assignees>
      <kapok:fields><kapok:field id="{editable}" access="edit"/></kapok:fields></bpmn:extensionElements></bpmn:userTask>
    <bpmn:sequenceFlow id="out" sourceRef="step" targetRef="end"/>
    <bpmn:endEvent id="end"/>
  </bpmn:process>
</bpmn:definitions>"#
    )
}

struct World {
    server: Server,
    root: String,
}

impl World {
    async fn new() -> Self {
        let plugin = PluginSource {
            origin: "test.toml".into(),
            manifest: PLUGIN.into(),
            component: None,
            pages: Default::default(),
        };
        let server = Server::over(Kapok::builder().plugins(vec![plugin]).memory().unwrap());
        let root = server.cookie("root").await;
        Self { server, root }
    }

    async fn send(&self, path: &str, xml: String) -> Answer {
        let mut request = request("POST", &format!("/api/v1{path}"), Some(&self.root), None);
        let kind = "application/xml".parse().unwrap();
        request.headers_mut().insert(header::CONTENT_TYPE, kind);
        *request.body_mut() = Body::from(xml);
        self.server.send(request).await
    }
}

/// What is asked for: action, fields, whether it is new, whether it is confirmed.
fn told(grants: &Value) -> Vec<(String, Value, bool, bool)> {
    let needed = grants["needed"].as_array().unwrap().iter();
    let told = needed.map(|grant| {
        assert_eq!(grant["entity"], "g.deal");
        (
            grant["action"].as_str().unwrap().to_owned(),
            grant["fields"].clone(),
            grant["new"].as_bool().unwrap(),
            grant["confirmed"].as_bool().unwrap(),
        )
    });
    told.collect()
}

#[tokio::test]
async fn what_a_model_asks_for_is_told_and_confirmed_and_kept() {
    let world = World::new().await;
    let all = json!(["*"]);
    let line = |action: &str, fields: &Value, new, confirmed| (action.to_owned(), fields.clone(), new, confirmed);
    let two = json!(["amount", "stage"]);

    let checked = world.send("/definitions/check", model("amount")).await;
    let grants = &checked.body["grants"][0];
    assert_eq!(grants["process"], "check");
    assert_eq!(
        told(grants),
        [line("read", &all, true, false), line("update", &two, true, false)]
    );
    assert_eq!(
        grants["needed"][1]["text"],
        json!({ "zh": "修改商机的金额、阶段", "en": "change Amount, Stage of Deal" })
    );
    assert_eq!(
        grants["needed"][1]["because"],
        json!([{ "code": "step", "name": "看一看" }])
    );

    // Nothing is confirmed by publishing alone.
    let deployed = world.send("/definitions", model("amount")).await;
    assert_eq!(deployed.status.as_u16(), 201, "{}", deployed.body);
    assert_eq!(
        told(&deployed.body["grants"]),
        [line("read", &all, true, false), line("update", &two, true, false)]
    );
    let id = deployed.body["id"].as_str().unwrap().to_owned();

    // A part of it, afterwards.
    let body = json!({ "grants": [{ "entity": "g.deal", "action": "read" },
        { "entity": "g.deal", "action": "update", "fields": ["stage"] },
        { "entity": "g.deal", "action": "delete" }] });
    let path = format!("/definitions/{id}/grants");
    let shown = world.server.ask("PUT", &path, &world.root, Some(body)).await;
    assert_eq!(shown.status.as_u16(), 200, "{}", shown.body);
    assert_eq!(
        told(&shown.body),
        [line("read", &all, true, true), line("update", &two, true, false)]
    );
    assert_eq!(shown.body["others"][0]["action"], "delete");
    assert_eq!(shown.body["confirmed_by"]["name"], "管理员");
    assert_eq!(world.server.ask("GET", &path, &world.root, None).await.body, shown.body);

    // The next version keeps what it still asks for, and what was given besides; what is new is marked.
    let next = world.send("/definitions", model("name")).await;
    let named = json!(["name", "stage"]);
    assert_eq!(
        told(&next.body["grants"]),
        [line("read", &all, false, true), line("update", &named, true, false)]
    );
    assert_eq!(next.body["grants"]["others"][0]["action"], "delete");
    let all_of_it = world.send("/definitions?grants=proposed", model("name")).await;
    assert_eq!(
        told(&all_of_it.body["grants"]),
        [line("read", &all, false, true), line("update", &named, true, true)]
    );
    // `[{"entity":"g.deal","action":"read"}]`
    let list = "%5B%7B%22entity%22%3A%22g.deal%22%2C%22action%22%3A%22read%22%7D%5D";
    let only = world.send(&format!("/definitions?grants={list}"), model("name")).await;
    assert_eq!(
        told(&only.body["grants"]),
        [line("read", &all, false, true), line("update", &named, false, false)]
    );
}

#[tokio::test]
async fn only_administrators_confirm_and_only_what_there_is() {
    let world = World::new().await;
    let deployed = world.send("/definitions", model("amount")).await;
    let path = format!("/definitions/{}/grants", deployed.body["id"].as_str().unwrap());
    let grant =
        |entity: &str, field: &str| json!({ "grants": [{ "entity": entity, "action": "read", "fields": [field] }] });
    let seller = world.server.cookie("li.na").await;
    for (cookie, body, status) in [
        (&seller, grant("g.deal", "name"), 403),
        (&world.root, grant("g.nothing", "name"), 422),
        (&world.root, grant("g.deal", "nothing"), 422),
        (
            &world.root,
            json!({ "grants": [{ "entity": "g.deal", "action": "share" }] }),
            422,
        ),
        (&world.root, grant("g.deal", "name"), 200),
    ] {
        let answer = world.server.ask("PUT", &path, cookie, Some(body.clone())).await;
        assert_eq!(answer.status.as_u16(), status, "{body} {}", answer.body);
    }
    assert_eq!(world.server.ask("GET", &path, &seller, None).await.status.as_u16(), 403);
    let none = world
        .server
        .ask("GET", "/definitions/999999/grants", &world.root, None)
        .await;
    assert_eq!(none.status.as_u16(), 404);
    assert_eq!(
        world
            .send("/definitions?grants=all", model("amount"))
            .await
            .status
            .as_u16(),
        422
    );
}
