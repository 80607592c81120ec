//! What is computed from other records, over HTTP: roll-ups, roll-ups of those, formulas over them; records that are
//! probably there already; and what refers to itself.

use kapok::{Kapok, PluginSource};
use serde_json::{Value, json};

use super::browser::Server;

const PLUGIN: &str = r#"
[plugin]
id = "s"
version = "0.1.0"
label = { zh = "销售", en = "Sales" }

[entities."s.customer"]
label = { zh = "客户", en = "Customer" }
title = "name"
[entities."s.customer".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" }, required = true }
phone = { pos = 2, type = "phone", label = { zh = "电话", en = "Phone" } }
orders = { pos = 3, type = "roll-up", entity = "s.order", field = "customer", function = "count", label = { zh = "订单数", en = "Orders" } }
ordered = { pos = 4, type = "roll-up", entity = "s.order", field = "customer", function = "sum", value = "amount", label = { zh = "销售额", en = "Ordered" } }
receivable = { pos = 5, type = "roll-up", entity = "s.order", field = "customer", function = "sum", value = "open", label = { zh = "应收", en = "Receivable" } }
paid = { pos = 6, type = "formula", expression = "ordered - receivable", result = "money", label = { zh = "已收", en = "Paid" } }
last_order = { pos = 7, type = "roll-up", entity = "s.order", field = "customer", function = "last", value = "number", by = "day", label = { zh = "最近订单", en = "Last order" } }
[entities."s.customer".duplicates.name]
fields = ["name"]
action = "warn"
[entities."s.customer".duplicates.phone]
fields = ["phone"]
action = "refuse"

[entities."s.order"]
label = { zh = "订单", en = "Order" }
title = "number"
parent = "customer"
[entities."s.order".fields]
number = { pos = 1, type = "text", label = { zh = "编号", en = "Number" } }
customer = { pos = 2, type = "reference", entity = "s.customer", label = { zh = "客户", en = "Customer" } }
amount = { pos = 3, type = "money", label = { zh = "金额", en = "Amount" } }
day = { pos = 4, type = "date", label = { zh = "日期", en = "Day" } }
paid = { pos = 5, type = "roll-up", entity = "s.payment", field = "order", function = "sum", value = "amount", label = { zh = "已付", en = "Paid" } }
open = { pos = 6, type = "formula", expression = "amount - paid", result = "money", label = { zh = "未付", en = "Open" } }

[entities."s.payment"]
label = { zh = "收款", en = "Payment" }
title = "order"
parent = "order"
[entities."s.payment".fields]
order = { pos = 1, type = "reference", entity = "s.order", label = { zh = "订单", en = "Order" } }
amount = { pos = 2, type = "money", label = { zh = "金额", en = "Amount" } }

[permissions."s.customer"]
everyone = { read = "own", create = "all", update = "own", delete = "own" }
[permissions."s.order"]
everyone = { read = "own", create = "all", update = "own", delete = "own" }
[permissions."s.payment"]
everyone = { read = "own", create = "all", update = "own", delete = "own" }
"#;

struct World {
    server: Server,
    cookie: String,
}

impl World {
    async fn new() -> Self {
        let plugin = PluginSource {
            origin: "sales.toml".into(),
            manifest: PLUGIN.into(),
            component: None,
            pages: Default::default(),
        };
        let kapok = Kapok::builder().plugins(vec![plugin]).memory();
        let server = Server::over(kapok.unwrap_or_else(|error| panic!("{error}")));
        let cookie = server.cookie("li.na").await;
        Self { server, cookie }
    }

    async fn make(&self, entity: &str, fields: Value) -> String {
        let body = json!({ "fields": fields });
        let made = self
            .server
            .ask("POST", &format!("/records/{entity}"), &self.cookie, Some(body))
            .await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.body["id"].as_str().unwrap().to_owned()
    }

    async fn fields(&self, entity: &str, id: &str) -> Value {
        let path = format!("/records/{entity}/{id}");
        let read = self.server.ask("GET", &path, &self.cookie, None).await;
        assert_eq!(read.status, 200, "{}", read.body);
        read.body["fields"].clone()
    }

    async fn change(&self, entity: &str, id: &str, fields: Value) {
        let path = format!("/records/{entity}/{id}");
        let read = self.server.ask("GET", &path, &self.cookie, None).await;
        let body = json!({ "version": read.body["version"], "fields": fields });
        let saved = self.server.ask("PATCH", &path, &self.cookie, Some(body)).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
    }

    async fn act(&self, method: &str, path: &str) {
        let done = self.server.ask(method, path, &self.cookie, None).await;
        assert!(done.status.is_success(), "{method} {path}: {}", done.body);
    }

    /// What a customer's row shows: orders, ordered, receivable, paid, the last order.
    async fn shows(&self, customer: &str) -> [String; 5] {
        let fields = self.fields("s.customer", customer).await;
        ["orders", "ordered", "receivable", "paid", "last_order"].map(|name| text(&fields[name]))
    }
}

/// A value as people would read it.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn what_is_computed_follows_every_change_of_what_it_is_computed_from() {
    let world = World::new().await;
    let a = world.make("s.customer", json!({ "name": "甲" })).await;
    let b = world.make("s.customer", json!({ "name": "乙" })).await;
    assert_eq!(world.shows(&a).await, ["0", "0", "0", "0", "null"]);
    let order = json!({ "number": "O1", "customer": a, "amount": "100", "day": "2026-11-02" });
    let first = world.make("s.order", order).await;
    let order = json!({ "number": "O2", "customer": a, "amount": "50", "day": "2026-11-01" });
    let second = world.make("s.order", order).await;
    assert_eq!(world.shows(&a).await, ["2", "150", "150", "0", "O1"]);

    // A payment changes its order, and that the customer.
    let payment = world.make("s.payment", json!({ "order": first, "amount": "30" })).await;
    assert_eq!(text(&world.fields("s.order", &first).await["open"]), "70");
    assert_eq!(world.shows(&a).await, ["2", "150", "120", "30", "O1"]);
    world.change("s.payment", &payment, json!({ "amount": "45.5" })).await;
    assert_eq!(world.shows(&a).await, ["2", "150", "104.5", "45.5", "O1"]);
    world.change("s.payment", &payment, json!({ "order": second })).await;
    assert_eq!(world.shows(&a).await, ["2", "150", "104.5", "45.5", "O1"]);
    assert_eq!(text(&world.fields("s.order", &first).await["open"]), "100");

    // An order that goes to somebody else takes its payments with it.
    world.change("s.order", &second, json!({ "customer": b })).await;
    assert_eq!(world.shows(&a).await, ["1", "100", "100", "0", "O1"]);
    assert_eq!(world.shows(&b).await, ["1", "50", "4.5", "45.5", "O2"]);
    world
        .change("s.order", &second, json!({ "amount": "60", "day": "2026-11-09" }))
        .await;
    assert_eq!(world.shows(&b).await, ["1", "60", "14.5", "45.5", "O2"]);

    // So does one that is deleted, and it brings them back.
    world.act("DELETE", &format!("/records/s.order/{second}")).await;
    assert_eq!(world.shows(&b).await, ["0", "0", "0", "0", "null"]);
    world.act("POST", &format!("/records/s.order/{second}/restore")).await;
    assert_eq!(world.shows(&b).await, ["1", "60", "14.5", "45.5", "O2"]);
    world.act("DELETE", &format!("/records/s.payment/{payment}")).await;
    assert_eq!(world.shows(&b).await, ["1", "60", "60", "0", "O2"]);
    // None of it made a new version of the customer.
    let path = format!("/records/s.customer/{b}");
    let read = world.server.ask("GET", &path, &world.cookie, None).await;
    assert_eq!(read.body["version"], 1);
}

#[tokio::test]
async fn what_is_probably_there_already_is_said_with_no_more_than_one_may_know() {
    let world = World::new().await;
    let stranger = world.server.cookie("zhou.li").await;
    let own = json!({ "name": "上海木棉科技有限公司", "phone": "021-5555 0101" });
    let id = world.make("s.customer", own).await;
    let ask = async |cookie: &str, body: Value| {
        let made = world
            .server
            .ask("POST", "/records/s.customer", cookie, Some(body))
            .await;
        (made.status.as_u16(), made.body)
    };
    // Written otherwise, it is the same.
    let alike = json!({ "fields": { "name": "上海木棉科技 有限公司" } });
    let (status, body) = ask(&world.cookie, alike.clone()).await;
    assert_eq!((status, &body["code"]), (409, &json!("record.duplicate")), "{body}");
    assert_eq!(
        body["duplicates"],
        json!([{ "id": id, "title": "上海木棉科技有限公司" }])
    );
    let (status, body) = ask(&stranger, alike).await;
    assert_eq!(status, 409);
    assert_eq!(body["duplicates"], json!([{ "title": "上***司" }]), "{body}");
    assert!(!body.to_string().contains("木棉") && !body.to_string().contains(&id));
    // It may be meant; by what is refused it may not.
    let meant = json!({ "fields": { "name": "上海木棉科技有限公司" }, "ignore_duplicates": true });
    assert_eq!(ask(&stranger, meant).await.0, 201);
    let refused = json!({ "fields": { "name": "别的", "phone": "02155550101" }, "ignore_duplicates": true });
    let (status, body) = ask(&stranger, refused).await;
    assert_eq!((status, &body["code"]), (409, &json!("record.duplicate")), "{body}");
}

#[tokio::test]
async fn what_depends_on_itself_is_refused_where_it_stands() {
    let world = World::new().await;
    let root = world.server.cookie("root").await;
    let label = json!({ "zh": "字段", "en": "Field" });
    let formula = |expression: &str, language: &str| json!({ "pos": 20, "type": "formula", "expression": expression, "language": language, "result": "number", "label": label });
    let roll_up = |entity: &str, field: &str, value: &str| json!({ "pos": 21, "type": "roll-up", "entity": entity, "field": field, "function": "sum", "value": value, "label": label });
    let extend = |entity: &str, fields: Value| json!({ "kind": "extend", "id": entity, "value": { "fields": fields } });
    let tower: Vec<Value> = (1..=6)
        .map(|level| {
            let below = if level == 1 {
                "amount".to_owned()
            } else {
                format!("t{}", level - 1)
            };
            let mut fields = serde_json::Map::new();
            fields.insert(format!("t{level}"), roll_up("custom.node", "above", &below));
            extend("custom.node", fields.into())
        })
        .collect();
    let node = |fields: Value| json!([{ "kind": "entities", "id": "custom.node", "value": { "label": label, "title": "name", "fields": fields } }]);
    let mut nodes = json!({
        "name": { "pos": 1, "type": "text", "label": label },
        "above": { "pos": 2, "type": "reference", "entity": "custom.node", "label": label },
        "amount": { "pos": 3, "type": "number", "label": label },
    });
    for level in &tower {
        let fields = level["value"]["fields"].as_object().unwrap().clone();
        nodes.as_object_mut().unwrap().extend(fields);
    }
    let cases = [
        (
            "two formulas",
            json!([extend(
                "s.order",
                json!({ "x": formula("y + 1", "rhai"), "y": formula("x + 1", "rhai") })
            )]),
            "s.order",
            "depends on itself",
        ),
        (
            "a roll-up and a formula of what it counts",
            json!([
                extend(
                    "s.order",
                    json!({ "above": { "pos": 22, "type": "reference", "entity": "s.customer", "label": label },
                    "y": roll_up("s.customer", "in_order", "x") })
                ),
                extend(
                    "s.customer",
                    json!({ "in_order": { "pos": 22, "type": "reference", "entity": "s.order", "label": label },
                    "x": roll_up("s.order", "customer", "y") })
                ),
            ]),
            "",
            "depends on itself",
        ),
        (
            "what changes while time goes by",
            json!([
                extend(
                    "s.order",
                    json!({ "late": formula("if day < today() then open else 0", "feel") })
                ),
                extend("s.customer", json!({ "late": roll_up("s.order", "customer", "late") })),
            ]),
            "late",
            "today() or now()",
        ),
        ("a tower", node(nodes), "t6", "at most 5 deep"),
    ];
    for (what, changes, at, expected) in cases {
        let body = json!({ "changes": changes });
        let planned = world
            .server
            .ask("POST", "/admin/definitions/plan", &root, Some(body.clone()))
            .await;
        assert_eq!(planned.status, 200, "{what}: {}", planned.body);
        let errors = planned.body["errors"].as_array().unwrap();
        let found = errors.iter().find(|error| {
            let (path, text) = (error["path"].as_str().unwrap(), error["text"]["en"].as_str().unwrap());
            path.contains(at) && text.contains(expected)
        });
        assert!(found.is_some(), "{what}: {}", planned.body);
        let before = world.server.kapok.state_hash().unwrap();
        let refused = world.server.ask("POST", "/admin/definitions", &root, Some(body)).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["code"]),
            (422, &json!("definition.wrong")),
            "{what}"
        );
        assert_eq!(world.server.kapok.state_hash().unwrap(), before, "{what}");
    }
}
