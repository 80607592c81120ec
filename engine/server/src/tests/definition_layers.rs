//! An administrator changes what kinds of records there are, and people work with it at once.

use serde_json::{Value, json};

use super::{browser::Server, record_work::server};

fn visit() -> Value {
    let text = |zh: &str, en: &str| json!({ "zh": zh, "en": en });
    json!({
        "label": text("拜访", "Visit"),
        "title": "subject",
        "fields": {
            "subject": { "pos": 1, "type": "text", "label": text("主题", "Subject"), "required": true },
            "cost": { "pos": 2, "type": "text", "label": text("费用", "Cost") },
        },
    })
}

async fn change(server: &Server, cookie: &str, changes: Value, confirm: bool) -> super::browser::Answer {
    let body = json!({ "changes": changes, "confirm": confirm });
    server.ask("POST", "/admin/definitions", cookie, Some(body)).await
}

#[tokio::test]
async fn an_entity_made_by_mouse_is_there_at_once() {
    let server = server();
    let [root, cookie] = [server.cookie("root").await, server.cookie("li.na").await];
    let grants = json!({ "everyone": { "read": "own", "create": "all", "update": "own" } });
    let changes = json!([
        { "kind": "entities", "id": "custom.visit", "value": visit() },
        { "kind": "permissions", "id": "custom.visit", "value": grants },
    ]);
    let planned = server
        .ask(
            "POST",
            "/admin/definitions/plan",
            &root,
            Some(json!({ "changes": changes })),
        )
        .await;
    assert_eq!(planned.status, 200, "{}", planned.body);
    assert_eq!(planned.body["errors"], json!([]));
    assert_eq!(
        server.ask("GET", "/entities/custom.visit", &cookie, None).await.status,
        404
    );
    let changed = change(&server, &root, changes.clone(), false).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let entity = server.ask("GET", "/entities/custom.visit", &cookie, None).await;
    assert_eq!(entity.body["fields"][0]["id"], "subject", "{}", entity.body);
    let body = json!({ "fields": { "subject": "首次拜访", "cost": "12.5" } });
    let made = server.ask("POST", "/records/custom.visit", &cookie, Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let layer = server.ask("GET", "/admin/definitions", &root, None).await.body;
    assert_eq!(layer["entities"]["custom.visit"]["title"], "subject");
    let effective = server
        .ask("GET", "/admin/definitions/effective/custom.visit", &root, None)
        .await;
    assert_eq!(effective.body["shipped"], Value::Null, "{}", effective.body);

    // A field becomes a number: what is there is read so, before and after it is stored so.
    let mut numbered = visit();
    numbered["fields"]["cost"]["type"] = json!("number");
    let changes = json!([{ "kind": "entities", "id": "custom.visit", "value": numbered }]);
    let changed = change(&server, &root, changes, true).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let path = format!("/records/custom.visit/{}", made.body["id"].as_str().unwrap());
    let read = server.ask("GET", &path, &cookie, None).await;
    assert_eq!(
        (&read.body["fields"]["cost"], &read.body["version"]),
        (&json!(12.5), &json!(1))
    );
}

#[tokio::test]
async fn what_loses_data_is_confirmed_and_what_is_wrong_refused() {
    let server = server();
    let root = server.cookie("root").await;
    let made = json!([{ "kind": "entities", "id": "custom.visit", "value": visit() }]);
    assert_eq!(change(&server, &root, made, false).await.status, 200);
    let gone = || json!([{ "kind": "entities", "id": "custom.visit", "value": null }]);
    let refused = change(&server, &root, gone(), false).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (409, &json!("definition.confirm"))
    );
    assert_eq!(change(&server, &root, gone(), true).await.status, 200);
    for (changes, code) in [
        (json!([{ "kind": "menus", "id": "a", "value": {} }]), "definition.kind"),
        (
            json!([{ "kind": "entities", "id": "custom.visit", "value": { "labels": 1 } }]),
            "definition.wrong",
        ),
    ] {
        let refused = change(&server, &root, changes, true).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)));
    }
    let layer = server.ask("GET", "/admin/definitions", &root, None).await.body;
    assert_eq!(layer, json!({}), "nothing of what was refused is there");
}

/// Two administrators begin with the same definitions: the second one's changes are not applied over the first one's.
#[tokio::test]
async fn changes_are_made_on_what_they_were_planned_on() {
    let server = server();
    let root = server.cookie("root").await;
    let read = async || {
        let layer = server.ask("GET", "/admin/definitions", &root, None).await;
        layer.headers["etag"].to_str().unwrap().trim_matches('"').to_owned()
    };
    let apply = async |value: Value, base: &str| {
        let changes = json!([{ "kind": "entities", "id": "custom.visit", "value": value }]);
        let body = json!({ "changes": changes, "confirm": true, "base": base });
        server.ask("POST", "/admin/definitions", &root, Some(body)).await
    };
    let begun = read().await;
    let changes = json!({ "changes": [{ "kind": "entities", "id": "custom.visit", "value": visit() }] });
    let planned = server
        .ask("POST", "/admin/definitions/plan", &root, Some(changes))
        .await;
    assert_eq!(planned.body["version"], begun);
    let first = apply(visit(), &begun).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(first.body["version"], read().await);
    let mut other = visit();
    other["title"] = json!("cost");
    let before = server.kapok.state_hash().unwrap();
    let refused = apply(other.clone(), &begun).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (409, &json!("definition.changed"))
    );
    assert_eq!(server.kapok.state_hash().unwrap(), before);
    // Looked at again, they are.
    assert_eq!(apply(other, &read().await).await.status, 200);
    let layer = server.ask("GET", "/admin/definitions", &root, None).await.body;
    assert_eq!(layer["entities"]["custom.visit"]["title"], "cost");
}
