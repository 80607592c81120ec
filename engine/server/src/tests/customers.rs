//! Who sees what of customers and of what is done with them, over the plugins that ship.
//!
//! Two customers, 甲 of 安 and 乙 of 白, each with a contact, a task and a record of what was said. Every one of them carries
//! a text that stands nowhere else, and so does the note of each customer, which is more than finding it shows. The scenes
//! tell a story; after each of them a table, written by hand, says who sees which texts, and every way of reading has to
//! agree: a text that is not in the table must not be in any answer.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use kapok::{Clock, Company, Kapok, ManualClock, PluginSource, SystemClock};
use serde_json::{Value, json};

use super::browser::{Answer, PASSWORD, Server};
use crate::Config;

const COMPANY: Company<'static> = Company {
    departments: "code,name,parent,head\ncompany,公司,,\nsales,销售,company,\nservice,客服,company,\nmoney,财务,company,\n",
    roles: "code,name\nadministrator,管理员\ngeneral-manager,总经理\nsales-manager,销售经理\nsales,销售\nservice-manager,客服主管\n\
            service,客服\nfinance,财务\n",
    people: "login,name,phone,email,department,superior,roles
boss,总经理,,,company,,general-manager
lead,一部经理,,,sales,boss,sales-manager
other,二部经理,,,sales,boss,sales-manager
an,安,,,sales,lead,sales
bai,白,,,sales,lead,sales
cen,岑,,,sales,other,sales
head,客服主管,,,service,boss,service-manager
su,苏,,,service,head,service
sha,沙,,,service,head,service
fin,财,,,money,boss,finance
root,管理员,,,money,,administrator
",
    records: &[],
};

const PLUGINS: [&str; 3] = ["standards", "customers", "tracking"];

pub(super) const CUSTOMER: &str = "customers.customer";
const CONTACT: &str = "customers.contact";
const TASK: &str = "tracking.task";
pub(super) const RECORD: &str = "tracking.contact-record";

/// The texts: of which record, in which field. The letters stand for them in the tables.
const TEXTS: [(char, &str, &str, &str); 10] = [
    ('a', "甲", CUSTOMER, "金丝雀甲"),
    ('n', "甲", CUSTOMER, "备注雀甲"),
    ('c', "甲的联系人", CONTACT, "联系雀甲"),
    ('t', "甲的任务", TASK, "任务雀甲"),
    ('r', "甲的记录", RECORD, "记录雀甲"),
    ('A', "乙", CUSTOMER, "金丝雀乙"),
    ('N', "乙", CUSTOMER, "备注雀乙"),
    ('C', "乙的联系人", CONTACT, "联系雀乙"),
    ('T', "乙的任务", TASK, "任务雀乙"),
    ('R', "乙的记录", RECORD, "记录雀乙"),
];

pub(super) struct World {
    pub(super) server: Server,
    pub(super) clock: Arc<ManualClock>,
    tokens: BTreeMap<String, String>,
    pub(super) people: BTreeMap<String, String>,
    /// Entity and id, by what they are called here.
    pub(super) records: BTreeMap<&'static str, (&'static str, String)>,
}

impl World {
    pub(super) async fn new() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/dist");
        let mut plugins = PluginSource::read_folder(&folder).unwrap_or_default();
        plugins.retain(|plugin| {
            let is_named = |id: &&str| {
                Path::new(&plugin.origin)
                    .parent()
                    .is_some_and(|folder| folder.ends_with(id))
            };
            PLUGINS.iter().any(is_named)
        });
        assert_eq!(
            plugins.len(),
            PLUGINS.len(),
            "the plugins are not built: run `cargo xtask plugins` once"
        );
        // By a clock that is set, so that what plugins do after a save is done when the test says so.
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let kapok = Kapok::builder().plugins(plugins).clock(clock.clone()).memory().unwrap();
        kapok.load_company(&COMPANY, PASSWORD).unwrap();
        let logins = COMPANY.people.lines().skip(1).filter_map(|line| line.split(',').next());
        let tokens = logins.map(|login| {
            let token = kapok.create_token(login, "customers").unwrap();
            (login.to_owned(), token.reveal().to_owned())
        });
        let tokens = tokens.collect();
        let mut world = Self {
            server: Server::on(kapok, Config::default()),
            clock,
            tokens,
            people: BTreeMap::new(),
            records: BTreeMap::new(),
        };
        let people = world.ask("root", "GET", "/people?limit=200", None).await;
        for person in people.body["items"].as_array().unwrap() {
            let text = |name: &str| person[name].as_str().unwrap().to_owned();
            world.people.insert(text("login"), text("id"));
        }
        for (seller, sign, [customer, contact, task, record]) in [
            ("an", "甲", ["甲", "甲的联系人", "甲的任务", "甲的记录"]),
            ("bai", "乙", ["乙", "乙的联系人", "乙的任务", "乙的记录"]),
        ] {
            let fields = json!({ "name": format!("金丝雀{sign}"), "note": format!("备注雀{sign}"), "phone": "0571-88880000",
                "industry": "c34", "region": "330106", "credit_limit": "5000" });
            world.make(seller, customer, CUSTOMER, fields).await;
            let id = world.records[customer].1.clone();
            let fields = json!({ "name": format!("联系雀{sign}"), "customer": id });
            world.make(seller, contact, CONTACT, fields).await;
            let fields = json!({ "title": format!("任务雀{sign}"), "customer": id });
            world.make(seller, task, TASK, fields).await;
            let fields = json!({ "content": format!("记录雀{sign}"), "customer": id, "task": world.records[task].1,
                "progress": 30, "method": "visit" });
            world.make(seller, record, RECORD, fields).await;
        }
        world.server.kapok.run_due().unwrap();
        world
    }

    pub(super) async fn ask(&self, who: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.server.ask_with_token(method, path, &self.tokens[who], body).await
    }

    /// Makes a record, whatever is like it.
    pub(super) async fn make(&mut self, who: &str, name: &'static str, entity: &'static str, fields: Value) {
        let body = json!({ "fields": fields, "ignore_duplicates": true });
        let answer = self.ask(who, "POST", &format!("/records/{entity}"), Some(body)).await;
        assert_eq!(answer.status, 201, "{who} makes {name}: {}", answer.body);
        let id = answer.body["id"].as_str().unwrap().to_owned();
        self.records.insert(name, (entity, id));
    }

    pub(super) fn path(&self, record: &str, rest: &str) -> String {
        let (entity, id) = &self.records[record];
        format!("/records/{entity}/{id}{rest}")
    }

    pub(super) async fn change(&self, who: &str, record: &str, fields: Value) -> Answer {
        let version = self.ask(who, "GET", &self.path(record, ""), None).await.body["version"].clone();
        let body = json!({ "version": version, "fields": fields });
        self.ask(who, "PATCH", &self.path(record, ""), Some(body)).await
    }

    pub(super) async fn hand_over(&self, who: &str, record: &str, to: &str) -> Answer {
        let body = json!({ "to": self.people[to] });
        self.ask(who, "POST", &self.path(record, "/transfer"), Some(body)).await
    }

    pub(super) async fn share(&self, who: &str, record: &str, to: &str) -> Answer {
        let body = json!({ "to": { "person": self.people[to] }, "level": "read" });
        self.ask(who, "POST", &self.path(record, "/shares"), Some(body)).await
    }

    async fn end_shares(&self, who: &str, record: &str) {
        let shares = self.ask(who, "GET", &self.path(record, "/shares"), None).await;
        for share in shares.body["items"].as_array().unwrap() {
            let path = self.path(record, &format!("/shares/{}", share["id"].as_str().unwrap()));
            assert_eq!(self.ask(who, "DELETE", &path, None).await.status, 204);
        }
    }

    /// Every way of reading shows these people these texts and no others.
    async fn expect(&self, scene: &str, table: &[(&str, &str)]) {
        for (who, seen) in table {
            for (letter, name, entity, text) in TEXTS {
                let sees = seen.contains(letter);
                let is_note = text.starts_with("备注");
                let at = |way: &str| format!("{scene}: {who}, {way} of {name}");
                // For itself, and whatever hangs on it.
                let answer = self.tell(scene, who, seen, &self.path(name, "")).await;
                if !is_note {
                    assert_eq!(
                        answer.status,
                        if sees { 200 } else { 404 },
                        "{}: {}",
                        at("get"),
                        answer.body
                    );
                    for rest in ["/history", "/shares", "/access"] {
                        let answer = self.tell(scene, who, seen, &self.path(name, rest)).await;
                        assert_eq!(
                            answer.status,
                            if sees { 200 } else { 404 },
                            "{}: {}",
                            at(rest),
                            answer.body
                        );
                    }
                }
                assert_eq!(answer.text.contains(text), sees, "{}: {}", at("get"), answer.body);
                // Found by its text, in lists, counts, statistics and everywhere.
                let field = match entity {
                    CUSTOMER if is_note => "note",
                    CUSTOMER | CONTACT => "name",
                    TASK => "title",
                    _ => "content",
                };
                let filter = encoded(&json!({ "field": field, "op": "contains", "value": text }).to_string());
                for question in [format!("q={}", encoded(text)), format!("filter={filter}")] {
                    let answer = self
                        .tell(scene, who, seen, &format!("/records/{entity}?{question}"))
                        .await;
                    // A field that is not there for anybody of a role cannot be asked for either.
                    if answer.status == 422 && !sees {
                        continue;
                    }
                    assert_eq!(answer.status, 200, "{}: {}", at(&question), answer.body);
                    assert_eq!(
                        answer.body["count"],
                        u64::from(sees),
                        "{}: {}",
                        at(&question),
                        answer.body
                    );
                }
                let answer = self
                    .tell(
                        scene,
                        who,
                        seen,
                        &format!("/records/{entity}/statistics?filter={filter}"),
                    )
                    .await;
                if answer.status == 200 {
                    // Those who see a field in some records only get no figures about it.
                    let count = answer.body["total"]["count"].as_u64().unwrap_or_default();
                    assert!(count <= u64::from(sees), "{}: {}", at("statistics"), answer.body);
                    assert!(sees == (count == 1) || is_note, "{}: {}", at("statistics"), answer.body);
                }
                let answer = self
                    .tell(scene, who, seen, &format!("/search?q={}", encoded(text)))
                    .await;
                let found = answer.text.contains(&format!("\"{}\"", self.records[name].1));
                assert!(found <= sees, "{}: {}", at("search"), answer.body);
            }
            // Whole lists, in every order, with everything that pages show beside them.
            for entity in [CUSTOMER, CONTACT, TASK, RECORD] {
                let of_it = TEXTS.iter().filter(|(letter, _, of, text)| {
                    *of == entity && !text.starts_with("备注") && seen.contains(*letter)
                });
                let expected = of_it.count();
                for question in ["", "?sort=created_at", "?limit=1"] {
                    let answer = self
                        .tell(scene, who, seen, &format!("/records/{entity}{question}"))
                        .await;
                    if answer.status == 404 && expected == 0 {
                        continue;
                    }
                    let count = answer.body["count"].as_u64().unwrap_or_default();
                    assert_eq!(
                        count, expected as u64,
                        "{scene}: {who} lists {entity}{question}: {}",
                        answer.body
                    );
                }
            }
            for (customer, lists) in [
                ("甲", ["contacts", "tasks", "records"]),
                ("乙", ["contacts", "tasks", "records"]),
            ] {
                for list in lists {
                    self.tell(scene, who, seen, &self.path(customer, &format!("/related/{list}")))
                        .await;
                }
            }
        }
    }

    /// Asks, and nothing in the answer may be what is not seen.
    async fn tell(&self, scene: &str, who: &str, seen: &str, path: &str) -> Answer {
        let answer = self.ask(who, "GET", path, None).await;
        for (letter, name, _, text) in TEXTS {
            assert!(
                seen.contains(letter) || !answer.text.contains(text),
                "{scene}: {who} learns {text} of {name} by {path}: {}",
                answer.text
            );
        }
        answer
    }
}

pub(super) fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

const BEGINNING: [(&str, &str); 11] = [
    ("boss", "anctrANCTR"),
    ("lead", "anctrANCTR"),
    ("other", ""),
    ("an", "anctr"),
    ("bai", "ANCTR"),
    ("cen", ""),
    // Service finds every customer, finance reads them; neither reads what was said to them.
    ("head", "aA"),
    ("su", "aA"),
    ("sha", "aA"),
    ("fin", "anAN"),
    ("root", ""),
];

#[tokio::test]
async fn each_sees_their_own_their_subordinates_and_what_their_role_finds() {
    let world = World::new().await;
    world.expect("at the beginning", &BEGINNING).await;
}

/// Sharing and handing over a task opens its customer while the receiver holds it; sharing a customer opens what is below.
#[tokio::test]
async fn a_task_opens_its_customer_while_it_is_held() {
    let world = World::new().await;
    assert_eq!(world.share("an", "甲的任务", "bai").await.status, 201);
    let table = [("bai", "anctrANCTR"), ("cen", ""), ("other", ""), ("su", "aA")];
    world.expect("安 shares the task with 白", &table).await;
    // A reader of the customer: no more than that.
    assert_eq!(world.change("bai", "甲", json!({ "note": "x" })).await.status, 403);
    assert_eq!(world.share("bai", "甲的任务", "cen").await.status, 403);

    world.end_shares("an", "甲的任务").await;
    world
        .expect("the share is ended", &[("bai", "ANCTR"), ("an", "anctr")])
        .await;

    assert_eq!(world.hand_over("an", "甲的任务", "cen").await.status, 200);
    let table = [("cen", "anctr"), ("other", "anctr"), ("an", "anctr"), ("bai", "ANCTR")];
    world.expect("安 hands the task over to 岑", &table).await;
    let why = world.ask("cen", "GET", &world.path("甲", "/access"), None).await;
    assert_eq!(why.body["may"][0]["reasons"][0]["kind"], "below", "{}", why.body);

    assert_eq!(world.hand_over("cen", "甲的任务", "bai").await.status, 200);
    let table = [("bai", "anctrANCTR"), ("cen", "anctr"), ("other", ""), ("an", "anctr")];
    world.expect("岑 hands it on to 白, and reads on", &table).await;

    let done = world.change("bai", "甲的任务", json!({ "state": "done" })).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let table = [("bai", "tANCTR"), ("cen", ""), ("an", "anctr"), ("lead", "anctrANCTR")];
    world.expect("白 has done it", &table).await;

    assert_eq!(world.share("an", "甲", "cen").await.status, 201);
    world
        .expect("安 shares the customer with 岑", &[("cen", "anctr"), ("other", "")])
        .await;
}

/// Nobody opens a customer by putting a task below it, and nobody else's customer is told by a refusal.
#[tokio::test]
async fn a_task_is_made_for_customers_that_one_reads() {
    let world = World::new().await;
    for (who, status) in [
        ("an", 201),
        ("lead", 201),
        ("cen", 422),
        ("bai", 422),
        ("fin", 403),
        ("root", 403),
    ] {
        for (entity, fields) in [
            (TASK, json!({ "title": "新任务", "customer": world.records["甲"].1 })),
            (
                RECORD,
                json!({ "content": "新记录", "customer": world.records["甲"].1 }),
            ),
            (
                CONTACT,
                json!({ "name": "新联系人", "customer": world.records["甲"].1 }),
            ),
        ] {
            let body = json!({ "fields": fields, "ignore_duplicates": true });
            let answer = world.ask(who, "POST", &format!("/records/{entity}"), Some(body)).await;
            assert_eq!(answer.status, status, "{who} {entity}: {}", answer.body);
            assert!(status == 201 || !answer.text.contains("金丝雀"), "{}", answer.body);
        }
    }
    // Nor by moving one there.
    let moved = world
        .change("bai", "乙的任务", json!({ "customer": world.records["甲"].1 }))
        .await;
    assert_eq!(moved.status, 422, "{}", moved.body);
    assert_eq!(moved.body["fields"][0]["field"], "customer", "{}", moved.body);
}

/// Service finds any customer by name or telephone, makes service and visit tasks, and reads the rest where it has one.
#[tokio::test]
async fn service_reads_the_rest_only_where_it_has_a_task() {
    let mut world = World::new().await;
    for question in ["q=金丝雀", "q=jsq", "q=88880000"] {
        let question = question
            .split_once('=')
            .map(|(key, text)| format!("{key}={}", encoded(text)))
            .unwrap();
        let found = world
            .ask("su", "GET", &format!("/records/{CUSTOMER}?{question}"), None)
            .await;
        assert_eq!(found.body["count"], 2, "{question}: {}", found.body);
        for item in found.body["items"].as_array().unwrap() {
            let fields: Vec<&String> = item["fields"].as_object().unwrap().keys().collect();
            assert_eq!(fields, ["name", "phone"], "{item}");
        }
    }
    // What is hidden cannot be asked for: not as a condition, not as an order, not as a group.
    let filter = encoded(&json!({ "field": "industry", "op": "=", "value": "c34" }).to_string());
    for (question, is_told) in [
        (format!("?filter={filter}"), false),
        ("?sort=level".to_owned(), false),
        ("/statistics?group=industry".to_owned(), false),
        ("/statistics?sum=credit_limit".to_owned(), false),
        ("?sort=name".to_owned(), true),
    ] {
        let answer = world
            .ask("su", "GET", &format!("/records/{CUSTOMER}{question}"), None)
            .await;
        assert_eq!(answer.status == 200, is_told, "{question}: {}", answer.body);
    }
    let customer = world.records["甲"].1.clone();
    let task = |kind: &str| json!({ "fields": { "title": "任务", "customer": customer, "kind": kind } });
    for kind in ["sales", "service", "visit"] {
        let answer = world
            .ask("sha", "POST", &format!("/records/{TASK}"), Some(task(kind)))
            .await;
        let expected = if kind == "sales" { 403 } else { 201 };
        assert_eq!(answer.status, expected, "{kind}: {}", answer.body);
        if expected == 403 {
            assert_eq!(answer.body["fields"][0]["field"], "kind", "{}", answer.body);
        } else {
            let path = format!("/records/{TASK}/{}", answer.body["id"].as_str().unwrap());
            let done = json!({ "version": 1, "fields": { "state": "cancelled" } });
            assert_eq!(world.ask("sha", "PATCH", &path, Some(done)).await.status, 200);
        }
    }
    let fields = json!({ "title": "服务任务", "customer": customer, "kind": "service" });
    world.make("su", "服务任务", TASK, fields).await;
    let answer = world.change("su", "服务任务", json!({ "kind": "sales" })).await;
    assert_eq!(
        answer.status, 403,
        "a service task does not become another one: {}",
        answer.body
    );
    let seen = world.ask("su", "GET", &world.path("甲", ""), None).await;
    assert_eq!(seen.body["fields"]["note"], "备注雀甲", "{}", seen.body);
    for (who, status) in [("su", 200), ("head", 200), ("sha", 404)] {
        for record in ["甲的联系人", "甲的任务", "甲的记录"] {
            let answer = world.ask(who, "GET", &world.path(record, ""), None).await;
            assert_eq!(answer.status, status, "{who} {record}: {}", answer.body);
        }
        for record in ["乙的联系人", "乙的任务", "乙的记录"] {
            assert_eq!(
                world.ask(who, "GET", &world.path(record, ""), None).await.status,
                404,
                "{who} {record}"
            );
        }
    }
    let filter = encoded(&json!({ "field": "industry", "op": "=", "value": "c34" }).to_string());
    let found = world
        .ask("su", "GET", &format!("/records/{CUSTOMER}?filter={filter}"), None)
        .await;
    assert_eq!(
        found.body["count"], 1,
        "the other has the same industry: {}",
        found.body
    );
    assert_eq!(
        world.change("su", "服务任务", json!({ "state": "done" })).await.status,
        200
    );
    let seen = world.ask("su", "GET", &world.path("甲", ""), None).await;
    assert_eq!(seen.body["fields"].as_object().unwrap().len(), 2, "{}", seen.body);
}

/// A leader reassigns and shares what subordinates have, and nobody else's.
#[tokio::test]
async fn a_leader_reassigns_and_shares_what_subordinates_have() {
    let world = World::new().await;
    for (who, record) in [
        ("other", "甲"),
        ("cen", "甲"),
        ("fin", "甲"),
        ("su", "甲"),
        ("bai", "甲的任务"),
        ("an", "甲"),
    ] {
        let status = world.hand_over(who, record, "cen").await.status;
        assert!(status == 403 || status == 404, "{who} {record}: {status}");
    }
    assert_eq!(world.share("lead", "乙", "an").await.status, 201);
    world
        .expect("the leader shares 乙", &[("an", "anctrANCTR"), ("cen", "")])
        .await;
    assert_eq!(world.hand_over("lead", "甲", "bai").await.status, 200);
    let table = [
        // 安 still has the task, and wrote the record.
        ("an", "anctrANCTR"),
        ("bai", "anctrANCTR"),
        ("lead", "anctrANCTR"),
        ("cen", ""),
    ];
    world.expect("the leader gives 甲 to 白", &table).await;
    assert_eq!(world.hand_over("lead", "甲的任务", "bai").await.status, 200);
    assert_eq!(
        world
            .change("bai", "甲的任务", json!({ "state": "cancelled" }))
            .await
            .status,
        200
    );
    // What 安 wrote and the contact that 安 entered stay 安's own, as far as levels say so.
    world
        .expect("and the task too", &[("an", "rANCTR"), ("bai", "anctrANCTR")])
        .await;
}

/// What a customer shows of its tasks and records is computed from what finance does not read.
#[tokio::test]
async fn finance_learns_nothing_of_tracking() {
    let world = World::new().await;
    let own = world.ask("an", "GET", &world.path("甲", ""), None).await;
    assert_eq!(own.body["fields"]["open_tasks"], 1, "{}", own.body);
    assert_eq!(own.body["fields"]["last_content"], "记录雀甲", "{}", own.body);
    assert!(own.body["fields"]["last_contact"].is_string(), "{}", own.body);
    let task = world.ask("an", "GET", &world.path("甲的任务", ""), None).await;
    assert_eq!(task.body["fields"]["progress"], 30, "{}", task.body);
    assert!(task.body["fields"]["last_contact"].is_string(), "{}", task.body);
    let seen = world.ask("fin", "GET", &world.path("甲", ""), None).await;
    for field in ["open_tasks", "last_contact", "last_content", "next_date"] {
        assert!(seen.body["fields"].get(field).is_none(), "{field}: {}", seen.body);
        let answer = world
            .ask("fin", "GET", &format!("/records/{CUSTOMER}?sort={field}"), None)
            .await;
        assert_eq!(answer.status, 422, "{field}: {}", answer.body);
    }
    let entities = world.ask("fin", "GET", "/entities", None).await;
    assert!(!entities.text.contains("tracking.task"), "{}", entities.text);
}

/// Who saves a customer that is there already is told so, and no more of it than they may know.
#[tokio::test]
async fn a_duplicate_is_shown_masked_to_those_who_may_not_see_it() {
    let world = World::new().await;
    let body = json!({ "fields": { "name": "新客户", "phone": "0571 8888 0000" } });
    let answer = world
        .ask("cen", "POST", &format!("/records/{CUSTOMER}"), Some(body.clone()))
        .await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert_eq!(answer.body["duplicates"][0]["title"], "金***甲", "{}", answer.body);
    assert!(
        answer.body["duplicates"][0].get("id").is_none_or(Value::is_null),
        "{}",
        answer.body
    );
    let answer = world
        .ask("lead", "POST", &format!("/records/{CUSTOMER}"), Some(body))
        .await;
    assert_eq!(answer.body["duplicates"][0]["title"], "金丝雀甲", "{}", answer.body);
}
