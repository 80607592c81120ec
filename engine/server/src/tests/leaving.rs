//! What somebody leaves behind, said before they leave.

use serde_json::{Value, json};

use super::{browser::Server, record_work::server};

async fn id_of(server: &Server, cookie: &str, login: &str) -> String {
    let people = server.ask("GET", "/people?limit=100", cookie, None).await;
    let people = people.body["items"].as_array().unwrap().clone();
    let found = people.iter().find(|person| person["login"] == login);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_left_behind_is_said_in_numbers() {
    let server = server();
    let root = server.cookie("root").await;
    let [leaver, other] = [server.cookie("wang.wei").await, server.cookie("li.na").await];
    let person = id_of(&server, &root, "wang.wei").await;
    for name in ["金丝雀甲", "金丝雀乙"] {
        let body = json!({ "fields": { "name": name } });
        let made = server.ask("POST", "/records/crm.account", &leaver, Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    // 李娜 asks for leave: her superior has a to-do.
    server.leave().await;
    // A view for the whole company, and a process, name the leaver.
    let process = include_str!("../../../../workflows/leave/leave.bpmn")
        .replace("id=\"leave\"", "id=\"named\"")
        .replace("<kapok:superior level=\"1\"/>", "<kapok:person login=\"wang.wei\"/>");
    assert!(
        process.contains("login=\"wang.wei\""),
        "the shipped process is drawn otherwise now"
    );
    server.kapok.deploy(&process).unwrap_or_else(|error| panic!("{error}"));
    let view = json!({ "pos": 9, "kind": "list", "label": { "zh": "王伟的", "en": "Wang Wei's" },
        "filter": { "field": "owner", "op": "=", "value": person } });
    let change = json!({ "kind": "extend", "id": "crm.account", "value": { "views": { "his": view } } });
    let body = json!({ "changes": [change] });
    let changed = server.ask("POST", "/admin/definitions", &root, Some(body)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);

    let path = format!("/people/{person}/leave");
    let preview = server.ask("GET", &path, &root, None).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    assert_eq!(preview.body["tasks"], 1, "{}", preview.body);
    let records = json!([{ "entity": "crm.account", "label": { "zh": "客户", "en": "Account" }, "count": 2 }]);
    assert_eq!(preview.body["records"], records);
    assert_eq!(preview.body["subordinates"][0]["name"], "李娜");
    assert_eq!(preview.body["departments"], json!(["销售"]));
    let named = preview.body["definitions"].as_array().unwrap().iter();
    let named: Vec<(&Value, &Value)> = named.map(|one| (&one["kind"], &one["id"])).collect();
    assert_eq!(
        named,
        [
            (&json!("process"), &json!("named")),
            (&json!("entity"), &json!("crm.account"))
        ]
    );
    assert!(
        !preview.text.contains("金丝雀"),
        "numbers, and no records: {}",
        preview.text
    );
    // Asking changes nothing, and only administrators ask.
    assert_eq!(server.ask("GET", &path, &other, None).await.status, 403);
    assert_eq!(server.ask("GET", "/people/999999/leave", &root, None).await.status, 404);

    let to = id_of(&server, &root, "li.na").await;
    let left = server
        .ask("POST", &path, &root, Some(json!({ "hand_over_to": to })))
        .await;
    assert_eq!(left.status, 200, "{}", left.body);
    assert_eq!(
        (&left.body["tasks"], &left.body["records"]),
        (&preview.body["tasks"], &json!(2))
    );
    let preview = server.ask("GET", &path, &root, None).await;
    assert_eq!(
        (&preview.body["tasks"], &preview.body["records"]),
        (&json!(0), &json!([]))
    );
}
