//! Records over HTTP: conflicts, the trash, histories, handing over, many at once.

use kapok::{Kapok, PluginSource};
use serde_json::{Value, json};

use super::browser::Server;

const PLUGIN: &str = r#"
[plugin]
id = "crm"
version = "0.1.0"
label = { zh = "客户关系", en = "CRM" }

[entities."crm.account"]
label = { zh = "客户", en = "Account" }
title = "name"
columns = { name = 1 }

[entities."crm.account".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" }, required = true, unique = true }
note = { pos = 2, type = "text", label = { zh = "备注", en = "Note" } }
cost = { pos = 3, type = "number", label = { zh = "成本", en = "Cost" }, private = true }

[permissions."crm.account"]
everyone = { read = "subordinates", create = "all", update = "own", delete = "own", transfer = "own" }
"#;

pub(super) fn server() -> Server {
    let plugin = PluginSource {
        origin: "crm.toml".into(),
        manifest: PLUGIN.into(),
        component: None,
        pages: Default::default(),
    };
    Server::over(Kapok::builder().plugins(vec![plugin]).memory().unwrap())
}

async fn account(server: &Server, cookie: &str, name: &str) -> String {
    let body = json!({ "fields": { "name": name } });
    let made = server.ask("POST", "/records/crm.account", cookie, Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["id"].as_str().unwrap().to_owned()
}

fn texts(list: &Value, key: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|item| item[key].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn a_conflict_is_told_by_field() {
    let server = server();
    let cookie = server.cookie("li.na").await;
    let id = account(&server, &cookie, "木棉科技").await;
    let path = format!("/records/crm.account/{id}");
    let save = async |version: u64, fields: Value, base: Value| {
        let body = json!({ "version": version, "fields": fields, "base": base });
        server.ask("PATCH", &path, &cookie, Some(body)).await
    };
    assert_eq!(save(1, json!({ "note": "a" }), json!({})).await.status, 200);
    assert_eq!(save(1, json!({ "cost": 2 }), json!({ "cost": null })).await.status, 200);
    let answer = save(1, json!({ "note": "b" }), json!({ "note": "" })).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.body["code"]),
        (409, &json!("record.conflict"))
    );
    let conflicts = json!([{ "field": "note", "mine": "b", "theirs": "a", "base": "" }]);
    assert_eq!(answer.body["conflicts"], conflicts);
    assert_eq!(answer.body["fields"][0]["field"], "note");
}

#[tokio::test]
async fn a_deleted_record_is_in_the_trash_and_comes_back() {
    let server = server();
    let [cookie, stranger] = [server.cookie("li.na").await, server.cookie("zhou.li").await];
    let id = account(&server, &cookie, "木棉科技").await;
    let path = format!("/records/crm.account/{id}");
    assert_eq!(server.ask("DELETE", &path, &cookie, None).await.status, 204);
    assert_eq!(server.ask("GET", &path, &cookie, None).await.status, 404);
    let list = async |cookie: &str, query: &str| {
        let path = format!("/records/crm.account{query}");
        server.ask("GET", &path, cookie, None).await.body
    };
    assert_eq!(texts(&list(&cookie, "").await, "id"), [""; 0]);
    let trash = list(&cookie, "?trash=true").await;
    assert_eq!(texts(&trash, "id"), [id.as_str()]);
    assert_eq!(trash["items"][0]["trash"]["restorable"], true);
    assert_eq!(trash["items"][0]["trash"]["deleted_by"]["name"], "李娜");
    assert_eq!(texts(&list(&stranger, "?trash=true").await, "id"), [""; 0]);
    let restore = format!("{path}/restore");
    assert_eq!(server.ask("POST", &restore, &stranger, None).await.status, 404);
    let restored = server.ask("POST", &restore, &cookie, None).await;
    assert_eq!((restored.status.as_u16(), &restored.body["version"]), (200, &json!(2)));
    let history = server.ask("GET", &format!("{path}/history"), &cookie, None).await;
    assert_eq!(texts(&history.body, "event"), ["restored", "deleted", "saved"]);
    let first = &history.body["items"][2];
    assert_eq!(first["actor"]["name"], "李娜");
    assert_eq!(first["cause"]["kind"], "person");
    assert_eq!(
        (&first["changes"][0]["before"], &first["changes"][0]["after"]),
        (&Value::Null, &json!("木棉科技"))
    );
    assert_eq!(
        server
            .ask("GET", &format!("{path}/history"), &stranger, None)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn records_are_handed_over_merged_and_done_in_bulk() {
    let server = server();
    let [cookie, manager] = [server.cookie("li.na").await, server.cookie("wang.wei").await];
    let manager_id = server.ask("GET", "/session", &manager, None).await.body["id"].clone();
    let a = account(&server, &cookie, "甲").await;
    let b = account(&server, &cookie, "乙").await;
    // A superior reads them, and may not give them away.
    let path = format!("/records/crm.account/{a}/transfer");
    let to = || Some(json!({ "to": manager_id }));
    assert_eq!(server.ask("POST", &path, &manager, to()).await.status, 403);
    let moved = server.ask("POST", &path, &cookie, to()).await;
    assert_eq!((moved.status.as_u16(), &moved.body["record"]), (200, &Value::Null));

    let c = account(&server, &cookie, "丙").await;
    let body = json!({ "keep": b, "others": [c], "fields": { "note": "x" } });
    let merged = server
        .ask("POST", "/records/crm.account/merge", &cookie, Some(body))
        .await;
    assert_eq!(merged.status, 200, "{}", merged.body);
    assert_eq!(merged.body["record"]["fields"]["note"], "x");
    let job = format!("/jobs-of-records/{}", merged.body["job"].as_str().unwrap());
    assert_eq!(server.ask("GET", &job, &cookie, None).await.body["kind"], "merge");
    assert_eq!(server.ask("GET", &job, &manager, None).await.status, 404);

    let body = json!({ "ids": [a, b], "action": "update", "fields": { "note": "y" } });
    let answers = server
        .ask("POST", "/records/crm.account/bulk", &cookie, Some(body))
        .await;
    assert_eq!(answers.status, 200, "{}", answers.body);
    assert_eq!(answers.body["items"][0]["problem"]["code"], "not-found");
    assert_eq!(answers.body["items"][1], json!({ "id": b, "ok": true }));
    let body = json!({ "ids": [a], "action": "delete", "fields": {} });
    assert_eq!(
        server
            .ask("POST", "/records/crm.account/bulk", &cookie, Some(body))
            .await
            .status,
        422
    );

    let body = json!({ "entity": "crm.account", "ids": [b], "to": manager_id });
    let begun = server.ask("POST", "/records/transfer", &cookie, Some(body)).await;
    assert_eq!(begun.status, 202, "{}", begun.body);
    for body in [
        json!({ "entity": "crm.account", "to": manager_id }),
        json!({ "entity": "crm.account", "ids": [b], "filter": { "all": [] }, "to": manager_id }),
    ] {
        let refused = server.ask("POST", "/records/transfer", &cookie, Some(body)).await;
        assert_eq!(refused.body["code"], "transfer.which");
    }
}

#[tokio::test]
async fn people_arrange_their_lists() {
    let server = server();
    let [cookie, root] = [server.cookie("li.na").await, server.cookie("root").await];
    let view = json!({ "label": { "zh": "我的", "en": "Mine" }, "kind": "list", "columns": ["name"] });
    let put = async |cookie: &str, path: &str, body: Value| server.ask("PUT", path, cookie, Some(body)).await;
    assert_eq!(put(&cookie, "/views/crm.account/mine", view.clone()).await.status, 204);
    let refused = put(&cookie, "/views/crm.account/all?scope=company", view.clone()).await;
    assert_eq!(refused.status, 403);
    assert_eq!(
        put(&root, "/views/crm.account/all?scope=company", view.clone())
            .await
            .status,
        204
    );
    let wrong = json!({ "label": { "zh": "", "en": "" } });
    assert_eq!(put(&cookie, "/views/crm.account/mine", wrong).await.status, 422);
    let entity = server.ask("GET", "/entities/crm.account", &cookie, None).await.body;
    let scopes: Vec<_> = entity["views"]
        .as_array()
        .unwrap()
        .iter()
        .map(|view| &view["scope"])
        .collect();
    assert_eq!(scopes, [&json!("company"), &json!("mine")]);
    let removed = server.ask("DELETE", "/views/crm.account/mine", &cookie, None).await;
    assert_eq!(removed.status, 204);

    let id = account(&server, &cookie, "甲").await;
    let path = format!("/records/crm.account/{id}");
    assert_eq!(
        server.ask("PUT", &format!("{path}/star"), &cookie, None).await.status,
        204
    );
    assert_eq!(
        server.ask("POST", &format!("{path}/seen"), &cookie, None).await.status,
        204
    );
    for list in ["/stars", "/recent"] {
        let shown = server.ask("GET", list, &cookie, None).await.body;
        assert_eq!(
            shown["items"][0],
            json!({ "entity": "crm.account", "id": id, "title": "甲" })
        );
    }
}
