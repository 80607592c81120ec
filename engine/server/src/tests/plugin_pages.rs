//! Pages of plugins: who is offered what, and that a frame gets what its plugin was granted and its person may see, no more.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, header};
use kapok::{Company, Kapok, PluginPackage, PluginSource};
use serde_json::{Value, json};

use super::browser::{PASSWORD, Server, request};
use crate::Config;

const PLUGIN: &str = r#"
[plugin]
id = "p"
version = "0.1.0"
label = { zh = "页", en = "Pages" }

[capabilities.records]
"p.thing" = { actions = ["read", "create", "update"], fields = ["name", "amount"] }

[entities."p.thing"]
label = { zh = "物", en = "Thing" }
title = "name"
[entities."p.thing".fields]
name = { pos = 1, type = "text", label = { zh = "名", en = "Name" }, required = true }
amount = { pos = 2, type = "number", label = { zh = "数", en = "Amount" } }
note = { pos = 3, type = "text", label = { zh = "注", en = "Note" } }
day = { pos = 4, type = "date", label = { zh = "日", en = "Day" } }

[entities."p.other"]
label = { zh = "另", en = "Other" }
title = "name"
[entities."p.other".fields]
name = { pos = 1, type = "text", label = { zh = "名", en = "Name" } }

[roles.seller]
label = { zh = "销售", en = "Seller" }
[roles.reader]
label = { zh = "读者", en = "Reader" }

[permissions."p.thing"]
seller = { read = "own", create = "all", update = "own" }
reader = { read = "all" }
[permissions."p.other"]
seller = { read = "all" }

[totals."p.all"]
label = { zh = "数", en = "All" }
entity = "p.thing"
function = "count"
role = "reader"

[pages."p.desk"]
pos = 1
label = { zh = "台", en = "Desk" }
roles = ["seller", "reader"]
[pages."p.desk".widgets]
list = { pos = 1, kind = "list", entity = "p.thing", label = { zh = "单", en = "List" } }
form = { pos = 2, kind = "form", entity = "p.thing", values = { day = "$today" }, label = { zh = "新", en = "New" } }
all = { pos = 3, kind = "number", total = "p.all", label = { zh = "数", en = "All" } }
none = { pos = 4, kind = "report", report = "p.none", label = { zh = "表", en = "None" } }
map = { pos = 5, kind = "frame", file = "pages/map.html", label = { zh = "图", en = "Map" } }
lost = { pos = 6, kind = "frame", file = "pages/lost.html", label = { zh = "失", en = "Lost" } }

[pages."p.open"]
pos = 2
label = { zh = "开", en = "Open" }
[pages."p.open".widgets]
others = { pos = 1, kind = "list", entity = "p.other", label = { zh = "另", en = "Others" } }
"#;

const COMPANY: Company<'static> = Company {
    departments: "code,name,parent,head\n",
    roles: "code,name\nadministrator,管理员\nseller,销售\nreader,读者\n",
    people: "login,name,phone,email,department,superior,roles\nan,安,,,,,seller\nbai,白,,,,,seller\ncen,岑,,,,,reader\n\
             root,管理员,,,,,administrator\n",
    records: &[],
};

/// What no frame may find: a field that was not granted, and a record of somebody else.
const CANARY: &str = "金丝雀";

struct World {
    server: Server,
    /// A record of 安, and one of 白.
    mine: String,
    theirs: String,
}

async fn world() -> World {
    let plugin = PluginSource {
        origin: "pages.toml".into(),
        manifest: PLUGIN.into(),
        component: None,
        pages: BTreeMap::from([("pages/map.html".to_owned(), "<p>木棉</p>".to_owned())]),
    };
    let kapok = Kapok::builder().plugins(vec![plugin]).memory();
    let kapok = kapok.unwrap_or_else(|error| panic!("{error}"));
    kapok.load_company(&COMPANY, PASSWORD).unwrap();
    let server = Server::on(kapok, Config::default());
    let mut made = Vec::new();
    for (login, name, amount) in [("an", "甲", 5), ("bai", CANARY, 7)] {
        let fields = json!({ "fields": { "name": name, "amount": amount, "note": CANARY } });
        let cookie = server.cookie(login).await;
        let answer = server.ask("POST", "/records/p.thing", &cookie, Some(fields)).await;
        made.push(
            answer.body["id"]
                .as_str()
                .unwrap_or_else(|| panic!("{}", answer.text))
                .to_owned(),
        );
    }
    let theirs = made.pop().unwrap();
    World {
        server,
        mine: made.pop().unwrap(),
        theirs,
    }
}

#[tokio::test]
async fn people_are_offered_what_they_may_use() {
    let World { server, .. } = world().await;
    for (who, expected) in [
        (
            "an",
            json!([["p.desk", ["list", "form", "map", "lost"]], ["p.open", ["others"]]]),
        ),
        ("cen", json!([["p.desk", ["list", "all", "map", "lost"]]])),
        // Whoever sets the system up does not thereby see what is in it.
        ("root", json!([])),
    ] {
        let answer = server
            .ask("GET", "/plugin-pages", &server.cookie(who).await, None)
            .await;
        let pages = answer.body["items"].as_array().unwrap().iter().map(|page| {
            let widgets: Vec<&Value> = page["widgets"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| &one["id"])
                .collect();
            json!([page["id"], widgets])
        });
        assert_eq!(Value::from_iter(pages), expected, "{who}: {}", answer.body);
    }
    let seller = server
        .ask("GET", "/plugin-pages", &server.cookie("an").await, None)
        .await;
    let form = &seller.body["items"][0]["widgets"][1];
    assert_eq!((&form["kind"], &form["entity"]), (&json!("form"), &json!("p.thing")));
    // Words are said as they are today.
    assert_eq!(form["values"]["day"].as_str().map(str::len), Some(10), "{form}");
}

#[tokio::test]
async fn a_frame_is_shut_off_and_only_for_those_who_are_offered_its_page() {
    let World { server, .. } = world().await;
    let seller = server.cookie("an").await;
    let frame = server
        .ask("GET", "/plugin-pages/p.desk/frames/map", &seller, None)
        .await;
    assert_eq!(frame.status, 200);
    assert_eq!(frame.text, "<p>木棉</p>");
    assert_eq!(frame.headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(frame.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let policy = frame.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    for part in [
        "sandbox allow-scripts;",
        "default-src 'none'",
        "img-src data:;",
        "frame-ancestors 'self'",
        "form-action 'none'",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(!policy.contains("allow-same-origin"), "{policy}");
    for (who, path, words) in [
        ("an", "p.desk/frames/lost", "pages/lost.html"),
        ("an", "p.desk/frames/list", ""),
        ("an", "p.none/frames/map", ""),
        ("root", "p.desk/frames/map", ""),
    ] {
        let path = format!("/plugin-pages/{path}");
        let answer = server.ask("GET", &path, &server.cookie(who).await, None).await;
        assert_eq!(answer.status, 404, "{who} {path}");
        assert!(answer.text.contains(words), "{who} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_frame_gets_what_its_plugin_was_granted_and_its_person_may_see() {
    let World { server, mine, theirs } = world().await;
    let find = |rest: Value| {
        let mut body = json!({ "call": "find", "entity": "p.thing" });
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        body
    };
    let update = |id: &str, set: Value| json!({ "call": "update", "entity": "p.thing", "id": id, "set": set });
    let filter = |field: &str| json!({ "filter": { "field": field, "op": "not-empty" } });
    let add_up = |measures: Value| json!({ "call": "add_up", "entity": "p.thing", "measures": measures });
    let cases = [
        ("an", find(json!({})), 200, "\"name\":\"甲\""),
        ("an", find(filter("amount")), 200, "甲"),
        ("an", find(filter("note")), 403, "frame.capability"),
        ("an", find(json!({ "sort": ["-note"] })), 403, "frame.capability"),
        ("an", find(json!({ "limit": 1001 })), 422, "frame.too-many"),
        ("an", find(json!({ "entities": 1 })), 422, "entities"),
        (
            "an",
            json!({ "call": "find", "entity": "p.other" }),
            403,
            "frame.capability",
        ),
        (
            "an",
            json!({ "call": "find", "entity": "system.person" }),
            403,
            "frame.capability",
        ),
        (
            "an",
            json!({ "call": "fetch", "url": "https://example.com" }),
            422,
            "fetch",
        ),
        (
            "an",
            json!({ "call": "get", "entity": "p.thing", "id": &mine }),
            200,
            "甲",
        ),
        (
            "an",
            json!({ "call": "get", "entity": "p.thing", "id": &theirs }),
            200,
            "{}",
        ),
        (
            "an",
            add_up(json!(["count", { "sum": "amount" }])),
            200,
            "\"values\":[1,5]",
        ),
        ("an", add_up(json!([{ "sum": "note" }])), 403, "frame.capability"),
        ("an", update(&mine, json!({ "amount": 6 })), 200, "{}"),
        ("an", update(&mine, json!({ "note": "x" })), 403, "frame.capability"),
        ("an", update(&mine, json!({ "owner": null })), 403, "frame.capability"),
        ("an", update(&theirs, json!({ "amount": 6 })), 404, ""),
        (
            "an",
            json!({ "call": "delete", "entity": "p.thing", "id": &mine }),
            422,
            "delete",
        ),
        (
            "an",
            json!({ "call": "create", "entity": "p.thing", "fields": { "amount": 1 } }),
            422,
            "name",
        ),
        ("an", json!({ "call": "run_report", "report": "p.none" }), 404, ""),
        // Whom the page is offered to, and who may see all, still makes nothing.
        (
            "cen",
            json!({ "call": "create", "entity": "p.thing", "fields": { "name": "丙" } }),
            403,
            "",
        ),
        ("root", find(json!({})), 404, ""),
    ];
    for (who, body, status, words) in cases {
        let cookie = server.cookie(who).await;
        let answer = server
            .ask(
                "POST",
                "/plugin-pages/p.desk/frames/map/calls",
                &cookie,
                Some(body.clone()),
            )
            .await;
        assert_eq!(answer.status, status, "{who} {body}: {}", answer.text);
        assert!(answer.text.contains(words), "{who} {body}: {}", answer.text);
        assert!(!answer.text.contains(CANARY), "{who} {body}: {}", answer.text);
    }

    // Asked twice under one key, it is made once, in the name of whoever looks at the page.
    let cookie = server.cookie("an").await;
    let body = json!({ "call": "create", "entity": "p.thing", "fields": { "name": "丙" } });
    let mut made = Vec::new();
    for _ in 0..2 {
        let path = "/api/v1/plugin-pages/p.desk/frames/map/calls";
        let mut request = request("POST", path, Some(&cookie), Some(body.clone()));
        request
            .headers_mut()
            .insert("idempotency-key", HeaderValue::from_static("once"));
        let answer = server.send(request).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        made.push(answer.body["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(made[0], made[1]);
    let list = server.ask("GET", "/records/p.thing", &cookie, None).await;
    assert_eq!(list.body["count"], 2, "{}", list.body);
    let new = server
        .ask("GET", &format!("/records/p.thing/{}", made[0]), &cookie, None)
        .await;
    assert_eq!(new.body["owner"]["name"], "安", "{}", new.body);
}

/// What definitions cannot know is looked for before a plugin is installed.
#[test]
fn pages_that_name_what_is_not_there_are_not_installed() {
    let kapok = Kapok::memory().unwrap();
    let head = "[plugin]\nid = 'q'\nversion = '0.1.0'\nlabel = { zh = '问', en = 'Q' }\n[pages.'PAGE']\npos = 1\nlabel = { zh = '页', en = 'Page' }\n";
    let workflow = include_str!("../../../../workflows/leave/leave.bpmn");
    let reasons = |page: &str, widget: &str, workflows: &[&str]| {
        let widget = format!("[pages.'{page}'.widgets.w]\npos = 1\nlabel = {{ zh = '件', en = 'W' }}\n{widget}\n");
        let source = PluginSource {
            origin: "q.toml".into(),
            manifest: format!("{}{widget}", head.replace("PAGE", page)),
            component: None,
            pages: BTreeMap::from([("pages/there.html".to_owned(), String::new())]),
        };
        let workflows = workflows.iter().map(|xml| ("leave.bpmn".to_owned(), (*xml).to_owned()));
        let package = PluginPackage::build(source, workflows.collect()).unwrap();
        let plan = kapok.plan_plugin(&package).unwrap();
        assert!(plan.errors.is_empty(), "{widget}: {:?}", plan.errors);
        plan.reasons
            .into_iter()
            .map(|reason| reason.en)
            .collect::<Vec<_>>()
            .join("; ")
    };
    let frame = |name: &str| format!("kind = 'frame'\nfile = 'pages/{name}.html'");
    let start = "kind = 'form'\nprocess = 'leave'";
    for (page, widget, workflows, expected) in [
        ("q.desk", frame("there"), &[][..], ""),
        ("q.desk", frame("gone"), &[][..], "no file “pages/gone.html”"),
        ("r.desk", frame("there"), &[][..], "must start with q."),
        (
            "q.desk",
            "kind = 'report'\nreport = 'q.none'".to_owned(),
            &[][..],
            "no report “q.none”",
        ),
        ("q.desk", start.to_owned(), &[][..], "no process “leave”"),
        // One that comes along is there.
        ("q.desk", start.to_owned(), &[workflow][..], ""),
    ] {
        let found = reasons(page, &widget, workflows);
        assert!(
            found.contains(expected) && found.is_empty() == expected.is_empty(),
            "{page} {widget}: {found}"
        );
    }
}
