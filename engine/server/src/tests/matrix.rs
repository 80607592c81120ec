//! Who may do what with whose records: a table written by hand, and every cell of it asked over HTTP.
//!
//! The table says what must be, in letters; nothing in it is computed. For each person and record it says which actions are
//! carried out; every way of reading must then show the record, or not a byte of it: each record carries a text of its own
//! that nobody finds anywhere else. What is refused must leave everything as it was.

use std::collections::BTreeMap;

use kapok::{Company, Kapok, PluginSource, records::Fields};
use serde_json::{Value, json};

use super::browser::{Answer, PASSWORD, Server};
use crate::{Config, routes};

/// Eight people: the owner; a colleague in the owner's department; their manager, who is the owner's superior; the head of
/// the departments above; finance, who reads all customers but no visits; somebody elsewhere with whom things are shared;
/// somebody who has a task; and an administrator, who has no right to any of it.
const PEOPLE: &str = "login,name,phone,email,department,superior,roles
owner,欧文,,,sales,manager,sales
colleague,孔力,,,sales,manager,clerk
manager,马宁,,,sales,,manager
head,何德,,,company,,head
finance,方财,,,money,,finance
receiver,任收,,,money,,sales
handler,韩理,,,money,,none
root,管理员,,,money,,administrator
";

const WHO: [&str; 8] = [
    "owner",
    "colleague",
    "manager",
    "head",
    "finance",
    "receiver",
    "handler",
    "root",
];

const COMPANY: Company<'static> = Company {
    departments: "code,name,parent,head\ncompany,公司,,\nsales,销售,company,\nmoney,财务,,\n",
    roles: "code,name\nadministrator,管理员\nsales,销售\nclerk,文员\nmanager,经理\nhead,负责人\nfinance,财务\nnone,无\n",
    people: PEOPLE,
    records: &[],
};

const PLUGIN: &str = r#"
[plugin]
id = "m"
version = "0.1.0"
label = { zh = "矩阵", en = "Matrix" }

[entities."m.customer"]
label = { zh = "客户", en = "Customer" }
title = "name"
[entities."m.customer".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" } }
amount = { pos = 2, type = "number", label = { zh = "金额", en = "Amount" } }
[entities."m.customer".related]
visits = { pos = 1, label = { zh = "拜访", en = "Visits" }, entity = "m.visit", field = "customer" }

[entities."m.visit"]
label = { zh = "拜访", en = "Visit" }
title = "name"
parent = "customer"
[entities."m.visit".fields]
name = { pos = 1, type = "text", label = { zh = "内容", en = "Name" } }
customer = { pos = 2, type = "reference", entity = "m.customer", label = { zh = "客户", en = "Customer" } }
amount = { pos = 3, type = "number", label = { zh = "金额", en = "Amount" } }
[roles.sales]
label = { zh = "销售", en = "Sales" }
[roles.clerk]
label = { zh = "内勤", en = "Clerk" }
[roles.manager]
label = { zh = "经理", en = "Manager" }
[roles.head]
label = { zh = "负责人", en = "Head" }
[roles.finance]
label = { zh = "财务", en = "Finance" }

[permissions."m.customer"]
sales = { read = "shared", create = "own", update = "shared", delete = "own", share = "own", export = "own" }
clerk = { read = "department", share = "none" }
manager = { read = "subordinates", create = "subordinates", update = "subordinates", delete = "subordinates", share = "subordinates", transfer = "subordinates", export = "subordinates" }
head = { read = "department-tree", transfer = "department-tree" }
finance = { read = "all", export = "all" }
[permissions."m.visit"]
sales = { read = "own", create = "own", update = "own" }
clerk = { inherit = false }
finance = { inherit = false }
"#;

/// The six records, with the text that nobody else may find.
const RECORDS: [(&str, &str, &str); 6] = [
    ("own", "m.customer", "金丝雀甲"),
    ("shared-to-read", "m.customer", "金丝雀乙"),
    ("shared-to-change", "m.customer", "金丝雀丙"),
    ("in-a-task", "m.customer", "金丝雀丁"),
    ("below-own", "m.visit", "金丝雀戊"),
    ("nobodys", "m.customer", "金丝雀己"),
];

/// For each person, what they may do with each record: `r`ead, `u`pdate, `d`elete, `s`hare, `t`ransfer. All but the visit and
/// nobody's belong to the owner; the visit belongs to the receiver and to the owner's own customer.
#[rustfmt::skip]
const TABLE: [(&str, [&str; 6]); 8] = [
    //             own      to-read  to-change in-a-task below-own nobodys
    ("owner",     ["ruds",  "ruds",  "ruds",   "ruds",   "r",      ""]),
    ("colleague", ["r",     "r",     "r",      "r",      "",       ""]),
    ("manager",   ["rudst", "rudst", "rudst",  "rudst",  "r",      ""]),
    ("head",      ["rt",    "rt",    "rt",     "rt",     "r",      ""]),
    ("finance",   ["r",     "r",     "r",      "r",      "",       "r"]),
    ("receiver",  ["",      "r",     "ru",     "",       "ru",     ""]),
    ("handler",   ["",      "",      "",       "r",      "",       ""]),
    ("root",      ["",      "",      "",       "",       "",       ""]),
];

/// Whether each may make a customer for themselves, and one for the owner.
const MAKES: [(&str, [bool; 2]); 8] = [
    ("owner", [true, true]),
    ("colleague", [false, false]),
    ("manager", [true, true]),
    ("head", [false, false]),
    ("finance", [false, false]),
    ("receiver", [true, false]),
    ("handler", [false, false]),
    ("root", [false, false]),
];

/// Which customers each takes out as a file; nothing where there is no such right.
const EXPORTS: [(&str, Option<&[&str]>); 8] = [
    (
        "owner",
        Some(&["own", "shared-to-read", "shared-to-change", "in-a-task"]),
    ),
    ("colleague", None),
    (
        "manager",
        Some(&["own", "shared-to-read", "shared-to-change", "in-a-task"]),
    ),
    ("head", None),
    (
        "finance",
        Some(&["own", "shared-to-read", "shared-to-change", "in-a-task", "nobodys"]),
    ),
    // What is shared with them they see, and do not take out.
    ("receiver", Some(&[])),
    ("handler", None),
    ("root", None),
];

/// Every route that shows or changes records, and the part of the test that asks it. A route about records that is not here
/// fails the test.
const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/entities", "no records in it"),
    ("GET", "/entities/{id}", "no records in it"),
    ("GET", "/records/{entity}", "list, count, keyword, filter, sort"),
    ("POST", "/records/{entity}", "create"),
    ("GET", "/records/{entity}/{id}", "get"),
    ("PATCH", "/records/{entity}/{id}", "update"),
    ("DELETE", "/records/{entity}/{id}", "delete"),
    ("GET", "/records/{entity}/{id}/related/{related}", "related"),
    ("GET", "/records/{entity}/{id}/shares", "shares"),
    ("POST", "/records/{entity}/{id}/shares", "share"),
    ("DELETE", "/records/{entity}/{id}/shares/{share}", "end share"),
    ("GET", "/records/{entity}/{id}/access", "access"),
    (
        "GET",
        "/records/{entity}/{id}/actions",
        "what plugins offer; none is loaded here, their rights are shown with them",
    ),
    ("POST", "/records/{entity}/{id}/actions/{action}", "the same"),
    ("GET", "/records/{entity}/{id}/history", "history"),
    ("GET", "/records/{entity}/statistics", "statistics"),
    ("GET", "/records/{entity}/export", "export"),
    ("POST", "/records/{entity}/imports", "imports: asked by their own tests"),
    ("GET", "/search", "search"),
    ("POST", "/records/{entity}/{id}/transfer", "transfer"),
    ("PUT", "/records/{entity}/{id}/star", "star"),
    ("DELETE", "/records/{entity}/{id}/star", "star"),
    ("POST", "/records/{entity}/{id}/seen", "star"),
    (
        "POST",
        "/records/{entity}/{id}/restore",
        "restore: nothing of the six is in the trash",
    ),
    ("POST", "/records/transfer", "transfer of many"),
    ("POST", "/records/{entity}/merge", "merge"),
    ("POST", "/records/{entity}/bulk", "bulk"),
    (
        "GET",
        "/records/{entity}/{id}/files/{file}",
        "files: asked by their own tests",
    ),
    (
        "GET",
        "/records/{entity}/{id}/files/{file}/preview",
        "files: asked by their own tests",
    ),
];

const TASK: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kapok="urn:kapok:bpmn:1"
    id="definitions" targetNamespace="urn:test">
  <bpmn:process id="check" name="检查" isExecutable="true">
    <bpmn:extensionElements><kapok:subject entity="m.customer"/></bpmn:extensionElements>
    <bpmn:startEvent id="start"/>
    <bpmn:sequenceFlow id="in" sourceRef="start" targetRef="step"/>
    <bpmn:userTask id="step" name="看一看"><bpmn:extensionElements>
      <kapok:approval mode="any" onRejection="end"/>
      <kapok:assignees><kapok:person login="handler"/></kapok:assignees></bpmn:extensionElements></bpmn:userTask>
    <bpmn:sequenceFlow id="out" sourceRef="step" targetRef="end"/>
    <bpmn:endEvent id="end"/>
  </bpmn:process>
</bpmn:definitions>"#;

/// A company with the six records.
struct World {
    server: Server,
    tokens: BTreeMap<&'static str, String>,
    people: BTreeMap<String, String>,
    /// Entity and id, by the names in the table.
    records: BTreeMap<&'static str, (&'static str, String)>,
    case: String,
}

impl World {
    async fn new() -> Self {
        let plugin = PluginSource {
            origin: "matrix.toml".into(),
            manifest: PLUGIN.into(),
            component: None,
            pages: Default::default(),
        };
        let kapok = Kapok::builder().plugins(vec![plugin]).memory().unwrap();
        kapok.load_company(&COMPANY, PASSWORD).unwrap();
        kapok.deploy(TASK).unwrap_or_else(|error| panic!("{error}"));
        let tokens = WHO.map(|login| {
            let token = kapok.create_token(login, "matrix").unwrap();
            (login, token.reveal().to_owned())
        });
        let server = Server::on(kapok, Config::default());
        let mut world = Self {
            server,
            tokens: tokens.into(),
            people: BTreeMap::new(),
            records: BTreeMap::new(),
            case: String::new(),
        };
        let people = world.ask("root", "GET", "/people?limit=200", None).await;
        for person in people.body["items"].as_array().unwrap() {
            let text = |name: &str| person[name].as_str().unwrap().to_owned();
            world.people.insert(text("login"), text("id"));
        }
        for (name, entity, canary) in RECORDS {
            let owner = match name {
                "below-own" => Some("receiver"),
                "nobodys" => None,
                _ => Some("owner"),
            };
            let mut fields = Fields::from([("name".to_owned(), canary.into()), ("amount".to_owned(), 7.into())]);
            if name == "below-own" {
                fields.insert("customer".to_owned(), world.records["own"].1.clone().into());
            }
            let owner = owner.map(|login| world.people[login].parse().unwrap());
            let record = world.server.kapok.save(entity, owner, fields).unwrap();
            world.records.insert(name, (entity, record.id.to_string()));
        }
        for (name, level) in [("shared-to-read", "read"), ("shared-to-change", "update")] {
            let body = json!({ "to": { "person": world.people["receiver"] }, "level": level });
            let answer = world
                .ask("owner", "POST", &world.path(name, "/shares"), Some(body))
                .await;
            assert_eq!(answer.status, 201, "{}", answer.body);
        }
        let (entity, id) = &world.records["in-a-task"];
        let body = json!({ "process": "check", "record": { "entity": entity, "id": id } });
        let answer = world.ask("owner", "POST", "/instances", Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        world.case = answer.body["id"].as_str().unwrap().to_owned();
        world.come_to_rest().await;
        world
    }

    /// Waits for what a new engine still puts in order by itself: otherwise it would change rows between a question and its
    /// refusal.
    async fn come_to_rest(&self) {
        for _ in 0..1_000 {
            let jobs = self.ask("root", "GET", "/jobs-of-records", None).await;
            let jobs = jobs.body["items"].as_array().unwrap().clone();
            if !jobs.iter().any(|job| job["state"] == "running") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the work with records does not end");
    }

    /// Asks as somebody; no answer may hold a byte of what that person may not see.
    async fn ask(&self, who: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let answer = self.server.ask_with_token(method, path, &self.tokens[who], body).await;
        for (index, (name, _, canary)) in RECORDS.into_iter().enumerate() {
            if !rights(who, index).contains('r') {
                assert!(
                    !answer.text.contains(canary),
                    "{who} learns of {name} by {method} {path}: {}",
                    answer.text
                );
            }
        }
        answer
    }

    /// The version of a record, whoever may see it.
    async fn version(&self, name: &str) -> Value {
        let who = if name == "nobodys" { "finance" } else { "owner" };
        self.ask(who, "GET", &self.path(name, ""), None).await.body["version"].clone()
    }

    /// How far the journal has come, and the hash of all rows.
    fn state(&self) -> (u64, [u8; 32]) {
        (self.server.kapok.sequence(), self.server.kapok.state_hash().unwrap())
    }

    fn path(&self, record: &str, rest: &str) -> String {
        let (entity, id) = &self.records[record];
        format!("/records/{entity}/{id}{rest}")
    }

    /// Asks for a list, and says which of the six records are in it.
    async fn list(&self, who: &str, path: &str) -> (Vec<&'static str>, u64) {
        let answer = self.ask(who, "GET", path, None).await;
        assert_eq!(answer.status, 200, "{who} {path}: {}", answer.body);
        let ids: Vec<&str> = answer.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        let named = self.records.iter().filter(|(_, (_, id))| ids.contains(&id.as_str()));
        (
            named.map(|(name, _)| *name).collect(),
            answer.body["count"].as_u64().unwrap_or(0),
        )
    }
}

fn rights(who: &str, record: usize) -> &'static str {
    TABLE.iter().find(|(known, _)| *known == who).unwrap().1[record]
}

/// The names of the records of an entity that somebody reads, by the table.
fn readable(who: &str, entity: &str) -> Vec<&'static str> {
    let all = RECORDS.iter().enumerate();
    let mut names: Vec<_> = all
        .filter(|(index, (_, of, _))| *of == entity && rights(who, *index).contains('r'))
        .map(|(_, (name, ..))| *name)
        .collect();
    names.sort_unstable();
    names
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn every_route_about_records_is_in_the_matrix() {
    let about_records = |path: &str| path.starts_with("/records") || path.starts_with("/entities") || path == "/search";
    let listed: Vec<(String, &str)> = routes::api()
        .listed
        .into_iter()
        .filter(|(_, path)| about_records(path))
        .map(|(method, path)| (method.to_string(), path))
        .collect();
    let missing: Vec<_> = listed
        .iter()
        .filter(|(method, path)| !ROUTES.iter().any(|(known, at, _)| known == method && at == path))
        .collect();
    assert!(missing.is_empty(), "say in ROUTES what asks them: {missing:?}");
}

/// Get, list, count, pages, keyword, filter, sort, related lists, shares, reasons, the case, the stream: each shows what the
/// table says and nothing else.
#[tokio::test]
async fn every_way_of_reading_shows_what_the_table_says() {
    let world = World::new().await;
    for who in WHO {
        for (index, (name, entity, canary)) in RECORDS.into_iter().enumerate() {
            let letters = rights(who, index);
            let status = if letters.contains('r') { 200 } else { 404 };
            for rest in ["", "/shares", "/access", "/history"] {
                let answer = world.ask(who, "GET", &world.path(name, rest), None).await;
                assert_eq!(answer.status, status, "{who} {name}{rest}: {}", answer.body);
            }
            let answer = world.ask(who, "GET", &world.path(name, ""), None).await;
            if letters.contains('r') {
                for (action, letter) in [("update", 'u'), ("delete", 'd'), ("share", 's'), ("transfer", 't')] {
                    let may = &answer.body["may"][action];
                    assert_eq!(may, letters.contains(letter), "{who} {name} {action}: {}", answer.body);
                }
                assert_eq!(answer.body["title"], canary);
            }
            // Found by its text, or not at all.
            let found = if letters.contains('r') { vec![name] } else { Vec::new() };
            let filter = encoded(&json!({ "field": "name", "op": "=", "value": canary }).to_string());
            for question in [format!("q={}", encoded(canary)), format!("filter={filter}")] {
                let (names, count) = world.list(who, &format!("/records/{entity}?{question}")).await;
                assert_eq!(
                    (names, count),
                    (found.clone(), found.len() as u64),
                    "{who} {name} by {question}"
                );
            }
        }
        for entity in ["m.customer", "m.visit"] {
            let expected = readable(who, entity);
            let filter = encoded(&json!({ "field": "amount", "op": ">", "value": 0 }).to_string());
            for question in [
                String::new(),
                "sort=name".into(),
                "sort=-amount,name".into(),
                format!("filter={filter}"),
            ] {
                let (names, count) = world.list(who, &format!("/records/{entity}?{question}")).await;
                assert_eq!(names, expected, "{who} {entity} {question}");
                assert_eq!(count, expected.len() as u64, "{who} {entity} {question}");
            }
            // One by one they are the same.
            for question in ["", "sort=name&"] {
                let (mut names, mut cursor) = (Vec::new(), String::new());
                for _ in 0..10 {
                    let path = format!("/records/{entity}?{question}limit=1{cursor}");
                    let answer = world.ask(who, "GET", &path, None).await;
                    names.extend(world.list(who, &path).await.0);
                    match answer.body["next"].as_str() {
                        Some(next) => cursor = format!("&cursor={next}"),
                        None => break,
                    }
                }
                names.sort_unstable();
                assert_eq!(names, expected, "{who} {entity} {question} page by page");
            }
        }
        // Sums are those of the list, and search finds what a get shows.
        for entity in ["m.customer", "m.visit"] {
            let expected = readable(who, entity).len();
            let answer = world
                .ask(who, "GET", &format!("/records/{entity}/statistics?sum=amount"), None)
                .await;
            assert_eq!(answer.status, 200, "{who} {entity}: {}", answer.body);
            assert_eq!(
                answer.body["total"]["count"], expected,
                "{who} {entity}: {}",
                answer.body
            );
            if expected > 0 {
                let sum = (expected * 7).to_string();
                assert_eq!(answer.body["total"]["sum"], sum, "{who} {entity}: {}", answer.body);
            }
        }
        for (index, (name, _, canary)) in RECORDS.into_iter().enumerate() {
            let answer = world
                .ask(who, "GET", &format!("/search?q={}", encoded(canary)), None)
                .await;
            assert_eq!(answer.status, 200, "{who} {name}: {}", answer.body);
            let found = answer.text.contains(&format!("\"{}\"", world.records[name].1));
            assert_eq!(found, rights(who, index).contains('r'), "{who} {name}: {}", answer.body);
        }
        // The visits of the owner's own customer.
        let path = world.path("own", "/related/visits");
        if rights(who, 0).contains('r') {
            assert_eq!(world.list(who, &path).await.0, readable(who, "m.visit"), "{who}");
        } else {
            assert_eq!(world.ask(who, "GET", &path, None).await.status, 404, "{who}");
        }
        for path in [
            "/entities".to_owned(),
            "/tasks?assignee=me".to_owned(),
            "/instances".to_owned(),
            format!("/instances/{}", world.case),
            "/pages".to_owned(),
        ] {
            world.ask(who, "GET", &path, None).await;
        }
    }
}

/// A file holds what its reader may take out, and not a byte of anything else.
#[tokio::test]
async fn an_export_holds_what_the_table_says() {
    let world = World::new().await;
    for (who, expected) in EXPORTS {
        for question in [
            "",
            "?sort=name",
            "?q=%E9%87%91%E4%B8%9D%E9%9B%80",
            "?columns=name,amount",
        ] {
            let path = format!("/records/m.customer/export{question}");
            let answer = world.ask(who, "GET", &path, None).await;
            let Some(expected) = expected else {
                assert!(
                    matches!(answer.status.as_u16(), 403 | 404),
                    "{who} {path}: {}",
                    answer.text
                );
                continue;
            };
            assert_eq!(answer.status, 200, "{who} {path}: {}", answer.text);
            for (name, entity, canary) in RECORDS {
                let is_there = answer.text.contains(canary);
                assert_eq!(
                    is_there,
                    entity == "m.customer" && expected.contains(&name),
                    "{who} {name} {path}: {}",
                    answer.text
                );
            }
        }
        // Nobody exports visits.
        let answer = world.ask(who, "GET", "/records/m.visit/export", None).await;
        assert!(matches!(answer.status.as_u16(), 403 | 404), "{who}: {}", answer.text);
    }
}

/// Who hears that a record changed is who may read it.
#[tokio::test]
async fn the_stream_tells_readers_only() {
    use kapok::{Audience, Hint, HintKind};
    let world = World::new().await;
    for who in WHO {
        let staff = world.server.kapok.staff(world.people[who].parse().unwrap()).unwrap();
        for (index, (name, entity, _)) in RECORDS.into_iter().enumerate() {
            let owner = match name {
                "below-own" => Some("receiver"),
                "nobodys" => None,
                _ => Some("owner"),
            };
            let owner = owner.map(|login| world.people[login].parse().unwrap());
            let hint = Hint {
                kind: HintKind::Record,
                id: world.records[name].1.parse().unwrap(),
                seq: 1,
                audience: Audience::Readers(kapok::protocol::Entity::new(entity), owner),
            };
            // A task is told by a hint of its own.
            let expected = rights(who, index).contains('r') && who != "handler";
            assert_eq!(staff.may_hear(&hint), expected, "{who} {name}");
        }
    }
}

/// What the table does not name is refused and changes nothing; what it names is done.
#[tokio::test]
async fn every_change_is_done_or_refused_as_the_table_says() {
    let world = World::new().await;
    for who in WHO {
        for (index, (name, ..)) in RECORDS.into_iter().enumerate() {
            let letters = rights(who, index);
            let refused = if letters.contains('r') { 403 } else { 404 };
            let version = world.version(name).await;
            // A record under approval is locked for everybody who might change it.
            let locked = name == "in-a-task";
            let share = json!({ "to": { "person": world.people["colleague"] }, "level": "read" });
            let changes = [
                (
                    'u',
                    "PATCH",
                    "",
                    Some(json!({ "version": version, "fields": { "amount": 8 } })),
                    locked,
                ),
                ('s', "POST", "/shares", Some(share), false),
            ];
            for (letter, method, rest, body, locked) in changes {
                let before = world.state();
                let answer = world.ask(who, method, &world.path(name, rest), body).await;
                if letters.contains(letter) {
                    let done = if locked {
                        answer.status == 409
                    } else {
                        answer.status.is_success()
                    };
                    assert!(done, "{who} {method} {name}{rest}: {} {}", answer.status, answer.body);
                    // A share would open more than the table says to the next ones: it is taken back.
                    if let (true, Some(share)) = (rest == "/shares", answer.body["id"].as_str()) {
                        let end = world.path(name, &format!("/shares/{share}"));
                        assert_eq!(world.ask(who, "DELETE", &end, None).await.status, 204, "{who} {name}");
                    }
                } else {
                    assert_eq!(answer.status, refused, "{who} {method} {name}{rest}: {}", answer.body);
                    assert_eq!(world.state(), before, "{who} {method} {name}{rest} changed something");
                }
            }
            // What moves a record is done in a world of its own; here it is refused where the table says so.
            let (entity, id) = &world.records[name];
            let to = json!({ "to": world.people["receiver"] });
            let bulk = json!({ "ids": [id], "action": "update", "fields": { "amount": 9 } });
            let others = json!({ "keep": world.records["own"].1, "others": [id], "fields": {} });
            let until = json!({ "to": { "role": "none" }, "level": "read", "until": "2030-01-01" });
            let moves = [
                ('r', "PUT", world.path(name, "/star"), None),
                ('r', "POST", world.path(name, "/seen"), None),
                ('s', "POST", world.path(name, "/shares"), Some(until)),
                ('s', "DELETE", world.path(name, "/shares/1"), None),
                // Nothing of the six is in the trash, whoever asks.
                ('-', "POST", world.path(name, "/restore"), None),
                ('d', "DELETE", world.path(name, ""), None),
                ('t', "POST", world.path(name, "/transfer"), Some(to)),
                ('d', "POST", format!("/records/{entity}/merge"), Some(others)),
                ('u', "POST", format!("/records/{entity}/bulk"), Some(bulk)),
            ];
            for (letter, method, path, body) in moves {
                // Nothing is merged into itself, and only customers into a customer.
                if letters.contains(letter) || (path.ends_with("/merge") && ["own", "below-own"].contains(&name)) {
                    continue;
                }
                let before = world.state();
                let answer = world.ask(who, method, &path, body).await;
                if path.ends_with("/bulk") {
                    // Each record has its own answer.
                    assert!(
                        answer.body["items"][0]["ok"] != true,
                        "{who} {path} {name}: {}",
                        answer.body
                    );
                } else if path.ends_with("/restore") {
                    assert_eq!(answer.status, 404, "{who} {method} {path} {name}: {}", answer.body);
                } else {
                    assert_eq!(answer.status, refused, "{who} {method} {path} {name}: {}", answer.body);
                }
                assert_eq!(world.state(), before, "{who} {method} {path} {name} changed something");
            }
        }
        let makes = MAKES.iter().find(|(known, _)| *known == who).unwrap().1;
        for (for_whom, expected) in [who, "owner"].into_iter().zip(makes) {
            let before = world.state();
            let body =
                json!({ "fields": { "name": format!("{who} for {for_whom}") }, "owner": world.people[for_whom] });
            let answer = world.ask(who, "POST", "/records/m.customer", Some(body)).await;
            if expected {
                assert_eq!(answer.status, 201, "{who} for {for_whom}: {}", answer.body);
            } else {
                assert_eq!(answer.status, 403, "{who} for {for_whom}: {}", answer.body);
                assert_eq!(world.state(), before, "{who} for {for_whom} changed something");
            }
        }
    }
}

#[tokio::test]
async fn what_may_be_deleted_is() {
    for who in WHO {
        if !TABLE
            .iter()
            .any(|(known, cells)| *known == who && cells.iter().any(|cell| cell.contains('d')))
        {
            continue;
        }
        let world = World::new().await;
        for (index, (name, ..)) in RECORDS.into_iter().enumerate() {
            if rights(who, index).contains('d') {
                let answer = world.ask(who, "DELETE", &world.path(name, ""), None).await;
                let expected = if name == "in-a-task" { 409 } else { 204 };
                assert_eq!(answer.status, expected, "{who} {name}: {}", answer.body);
            }
        }
    }
}

/// A share ends on the day it says, or when it is taken back; what only administrators may ask tells them nothing of what is
/// in the record.
#[tokio::test]
async fn shares_end_and_reasons_are_told_without_contents() {
    let world = World::new().await;
    let receiver = world.people["receiver"].clone();
    let path = world.path("shared-to-read", "/access");
    let answer = world.ask("root", "GET", &format!("{path}?as={receiver}"), None).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["may"][0]["action"], "read");
    assert_eq!(answer.body["may"][0]["reasons"][0]["kind"], "share", "{}", answer.body);
    let owners = world.path("below-own", &format!("/access?as={}", world.people["owner"]));
    let answer = world.ask("root", "GET", &owners, None).await;
    assert_eq!(answer.body["may"][0]["reasons"][0]["kind"], "parent", "{}", answer.body);
    let answer = world.ask("owner", "GET", &format!("{path}?as={receiver}"), None).await;
    assert_eq!(answer.status, 403);
    let shares = world
        .ask("owner", "GET", &world.path("shared-to-read", "/shares"), None)
        .await;
    let share = shares.body["items"][0]["id"].as_str().unwrap();
    let end = world.path("shared-to-read", &format!("/shares/{share}"));
    assert_eq!(world.ask("colleague", "DELETE", &end, None).await.status, 403);
    assert_eq!(world.ask("owner", "DELETE", &end, None).await.status, 204);
    let shared = world.path("shared-to-read", "");
    let gone = world
        .server
        .ask_with_token("GET", &shared, &world.tokens["receiver"], None);
    assert_eq!(gone.await.status, 404);
    for (body, field) in [
        (
            json!({ "to": { "person": world.people["handler"] }, "level": "read" }),
            "to",
        ),
        (json!({ "to": { "role": "no-such" }, "level": "read" }), "to"),
        (
            json!({ "to": { "role": "sales" }, "level": "read", "until": "2020-01-01" }),
            "until",
        ),
    ] {
        let answer = world
            .ask("owner", "POST", &world.path("own", "/shares"), Some(body))
            .await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        assert_eq!(answer.body["fields"][0]["field"], field, "{}", answer.body);
    }
}

/// A process is a principal too: its task opens what was confirmed for it, and nothing of it otherwise.
#[tokio::test]
async fn a_task_opens_what_its_process_may_see() {
    let world = World::new().await;
    let versions = world.ask("root", "GET", "/definitions?key=check", None).await;
    let path = format!(
        "/definitions/{}/grants",
        versions.body["items"][0]["id"].as_str().unwrap()
    );
    let grant = |entity: &str, action: &str| json!([{ "entity": entity, "action": action }]);
    for (grants, opens) in [
        (grant("m.customer", "read"), true),
        (json!([]), false),
        (grant("m.customer", "update"), false),
        (grant("m.customer", "create"), false),
        (grant("m.visit", "read"), false),
    ] {
        let confirmed = world.ask("root", "PUT", &path, Some(json!({ "grants": grants }))).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.body);
        let token = &world.tokens["handler"];
        for way in [
            world.path("in-a-task", ""),
            "/records/m.customer".to_owned(),
            format!("/search?q={}", encoded("金丝雀")),
        ] {
            let shown = world.server.ask_with_token("GET", &way, token, None).await;
            assert_eq!(shown.text.contains("金丝雀丁"), opens, "{grants} {way}: {}", shown.text);
        }
    }
}
