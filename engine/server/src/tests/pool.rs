//! The pool (公海): customers that nobody is responsible for, what is shown of them to whom, who takes them, and how they come
//! back (N8). By the world of `customers`: 甲 is 安's.

use kapok::{Clock, protocol::Timestamp};
use serde_json::{Value, json};

use super::{
    browser::Answer,
    customers::{CUSTOMER, RECORD, World, encoded},
};

const CLAIM: &str = "customers.claim";
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

impl World {
    async fn act(&self, who: &str, record: &str, action: &str) -> Answer {
        let path = self.path(record, &format!("/actions/customers.{action}"));
        self.ask(who, "POST", &path, Some(json!({}))).await
    }

    /// Sets what an administrator sets on the page of plugins.
    async fn set(&self, settings: Value) -> Answer {
        let body = json!({ "settings": settings });
        self.ask("root", "PUT", "/plugins/customers/settings", Some(body)).await
    }

    /// A list of customers as the page asks for it.
    async fn customers(&self, who: &str, filter: Option<Value>, rest: &str) -> Answer {
        let filter = filter.map(|filter| format!("filter={}", encoded(&filter.to_string())));
        let path = format!("/records/{CUSTOMER}?{}{rest}", filter.unwrap_or_default());
        self.ask(who, "GET", &path, None).await
    }

    async fn pool(&self, who: &str, rest: &str) -> Answer {
        self.customers(who, Some(json!({ "field": "owner", "op": "empty" })), rest)
            .await
    }

    /// Lets days pass, and the nights between them.
    fn nights(&self, count: u64) {
        for _ in 0..count {
            let next = self.clock.now().millis() + DAY_MILLIS;
            self.clock.move_to(Timestamp::from_millis(next));
            self.server.kapok.run_due().unwrap();
        }
    }

    async fn owner(&self, record: &str) -> Option<String> {
        let answer = self.ask("boss", "GET", &self.path(record, ""), None).await;
        answer.body["owner"]["id"].as_str().map(str::to_owned)
    }

    /// What somebody was told, newest first.
    async fn told(&self, who: &str) -> Vec<String> {
        let pages = self.ask(who, "GET", "/pages", None).await;
        let items = pages.body["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|page| page["text"]["zh"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

fn code(answer: &Answer) -> &str {
    answer.body["code"].as_str().unwrap_or_default()
}

/// Sales see the name, the industry and the region of what is in the pool, in a list of its own, and nothing below it.
#[tokio::test]
async fn sales_see_little_of_what_is_in_the_pool() {
    let world = World::new().await;
    assert_eq!(world.pool("cen", "").await.body["count"], 0);
    assert_eq!(world.act("an", "甲", "put-back").await.status, 200);

    // 安 has a task on it still, and so has 安's leader: that opens it, as it opens every customer.
    let an = world.ask("an", "GET", &world.path("甲", ""), None).await;
    assert_eq!(an.body["fields"]["note"], "备注雀甲", "{}", an.body);
    for who in ["bai", "cen", "other"] {
        let list = world.pool(who, "").await;
        assert_eq!(list.body["count"], 1, "{who}: {}", list.body);
        let fields: Vec<&String> = list.body["items"][0]["fields"].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["held_by", "held_since", "industry", "name", "region"], "{who}");
        let one = world.ask(who, "GET", &world.path("甲", ""), None).await;
        assert_eq!(one.status, 200, "{who}: {}", one.body);
        assert!(
            !one.text.contains("备注雀甲") && !one.text.contains("88880000"),
            "{who}: {}",
            one.text
        );
        // It is in no other list, and neither searched for nor counted.
        let all = world.customers(who, None, "").await;
        let mine = u64::from(who == "bai");
        assert_eq!(all.body["count"], mine, "{who}: {}", all.body);
        let found = world
            .ask(who, "GET", &format!("/search?q={}", encoded("金丝雀甲")), None)
            .await;
        assert!(!found.text.contains("金丝雀甲"), "{who}: {}", found.text);
    }
    // It can be looked for by what is shown, and by nothing else.
    for (question, status, count) in [
        (format!("&q={}", encoded("jsqj")), 200, 1),
        (format!("&q={}", encoded("备注雀甲")), 200, 0),
        ("&sort=region".to_owned(), 200, 1),
        ("&sort=level".to_owned(), 422, 0),
        ("&sort=credit_limit".to_owned(), 422, 0),
    ] {
        let answer = world.pool("cen", &question).await;
        assert_eq!(answer.status, status, "{question}: {}", answer.body);
        assert_eq!(
            answer.body["count"].as_u64().unwrap_or_default(),
            count,
            "{question}: {}",
            answer.body
        );
    }
    for (op, value) in [("=", "5000"), (">", "1")] {
        let asked = json!({ "all": [{ "field": "owner", "op": "empty" }, { "field": "credit_limit", "op": op, "value": value }] });
        assert_eq!(world.customers("cen", Some(asked), "").await.status, 422);
    }
    // The tables of what is below: whoever wrote something keeps it, nobody else reads it.
    for (who, record, status) in [
        ("cen", "甲的联系人", 404),
        ("cen", "甲的任务", 404),
        ("cen", "甲的记录", 404),
        ("bai", "甲的记录", 404),
        ("an", "甲的任务", 200),
    ] {
        let answer = world.ask(who, "GET", &world.path(record, ""), None).await;
        assert_eq!(answer.status, status, "{who} {record}: {}", answer.body);
    }
    // Nobody changes, shares or hands over what is in the pool, except for those who do so with everything.
    for who in ["cen", "lead"] {
        assert_eq!(
            world.change(who, "甲", json!({ "note": "x" })).await.status,
            403,
            "{who}"
        );
        assert_eq!(world.share(who, "甲", "bai").await.status, 403, "{who}");
        assert_eq!(world.hand_over(who, "甲", "cen").await.status, 403, "{who}");
    }
    // Nor does anybody open it by putting something below it.
    for (entity, fields) in [
        (
            "tracking.task",
            json!({ "title": "任务", "customer": world.records["甲"].1 }),
        ),
        (RECORD, json!({ "content": "记录", "customer": world.records["甲"].1 })),
        (
            "customers.contact",
            json!({ "name": "联系人", "customer": world.records["甲"].1 }),
        ),
    ] {
        let body = json!({ "fields": fields });
        let answer = world
            .ask("cen", "POST", &format!("/records/{entity}"), Some(body))
            .await;
        assert_eq!(answer.status, 422, "{entity}: {}", answer.body);
        assert_eq!(answer.body["fields"][0]["code"], "field.unowned", "{}", answer.body);
    }
    // Others are told what their roles say, as before.
    assert_eq!(world.pool("root", "").await.body["count"], 0);
    let why = world.ask("cen", "GET", &world.path("甲", "/access"), None).await;
    assert_eq!(why.body["may"][0]["reasons"][0]["kind"], "unowned", "{}", why.body);
    // Whoever makes it again is told that it is there, and where.
    let body = json!({ "fields": { "name": "新客户", "phone": "0571 88880000" } });
    let answer = world
        .ask("cen", "POST", &format!("/records/{CUSTOMER}"), Some(body))
        .await;
    let titles: Vec<&str> = answer.body["duplicates"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|duplicate| duplicate["title"].as_str())
        .collect();
    assert!(
        titles.contains(&"金丝雀甲") && titles.contains(&"金***乙"),
        "{}",
        answer.body
    );
    // Once the task is done there is nothing left to be done with it: then 安 sees of it what everybody sees.
    assert_eq!(
        world.change("an", "甲的任务", json!({ "state": "done" })).await.status,
        200
    );
    let an = world.ask("an", "GET", &world.path("甲", ""), None).await;
    assert_eq!(an.status, 200);
    assert!(!an.text.contains("备注雀甲"), "{}", an.text);
}

/// Whoever claims a customer has it, as a whole; of two the second is told so.
#[tokio::test]
async fn a_customer_is_claimed_once() {
    let world = World::new().await;
    assert_eq!(world.act("cen", "甲", "claim").await.status, 404, "it is 安's");
    assert_eq!(
        world.act("bai", "甲", "put-back").await.status,
        404,
        "it is not 白's to give"
    );
    assert_eq!(world.act("an", "甲", "put-back").await.status, 200);
    // Offered to sales only, and done by them only.
    for (who, offered) in [
        ("cen", true),
        ("lead", true),
        ("fin", false),
        ("su", false),
        ("boss", false),
    ] {
        let offers = world.ask(who, "GET", &world.path("甲", "/actions"), None).await;
        assert_eq!(
            offers.text.contains("customers.claim"),
            offered,
            "{who}: {}",
            offers.body
        );
        if !offered {
            assert_eq!(world.act(who, "甲", "claim").await.status, 404, "{who}");
        }
    }
    let (one, two) = tokio::join!(world.act("cen", "甲", "claim"), world.act("bai", "甲", "claim"));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{} {}", one.body, two.body);
    assert!([404, 409].contains(&statuses[1]), "{} {}", one.body, two.body);
    let who = if one.status == 200 { "cen" } else { "bai" };
    assert_eq!(world.owner("甲").await.as_ref(), world.people.get(who));
    let seen = world.ask(who, "GET", &world.path("甲", ""), None).await;
    assert_eq!(seen.body["fields"]["note"], "备注雀甲", "{}", seen.body);
    assert_eq!(
        seen.body["fields"]["held_by"],
        world.people[who].as_str(),
        "{}",
        seen.body
    );
    for record in ["甲的联系人", "甲的任务", "甲的记录"] {
        assert_eq!(
            world.ask(who, "GET", &world.path(record, ""), None).await.status,
            200,
            "{record}"
        );
    }
    assert_eq!(world.act(who, "甲", "claim").await.status, 409, "it is theirs already");
    let history = world.ask(who, "GET", &world.path("甲", "/history"), None).await;
    assert_eq!(history.body["items"][0]["event"], "transferred", "{}", history.body);
}

/// A day has so many claims, whatever was put back; a person so many customers; and a former owner waits.
#[tokio::test]
async fn claims_have_limits() {
    let mut world = World::new().await;
    for name in ["丙", "丁", "戊"] {
        let fields = json!({ "name": format!("公海{name}") });
        world.make("an", name, CUSTOMER, fields).await;
        assert_eq!(world.act("an", name, "put-back").await.status, 200);
    }
    let set = world.set(json!({ "daily_claims": "2", "most_customers": "3" })).await;
    assert_eq!(set.status, 200, "{}", set.body);
    for (settings, name) in [
        (json!({ "daily_claims": "many" }), "daily_claims"),
        (json!({ "most_customers": "501" }), "most_customers"),
        (json!({ "nothing": "1" }), "nothing"),
    ] {
        let answer = world.set(settings).await;
        assert_eq!(answer.status, 422, "{name}: {}", answer.body);
        assert!(answer.text.contains(&format!("settings.{name}")), "{}", answer.body);
    }
    let body = json!({ "settings": { "daily_claims": "99" } });
    let answer = world
        .ask("boss", "PUT", "/plugins/customers/settings", Some(body))
        .await;
    assert_eq!(answer.status, 403, "{}", answer.body);

    // 安 has had them just now.
    let refused = world.act("an", "丙", "claim").await;
    assert_eq!(
        (refused.status.as_u16(), code(&refused)),
        (422, "customers.cool-down"),
        "{}",
        refused.body
    );
    assert_eq!(world.act("bai", "丙", "claim").await.status, 200);
    assert_eq!(world.act("bai", "丙", "put-back").await.status, 200);
    let second = world.act("bai", "丁", "claim").await;
    assert_eq!(second.status, 200, "{}", second.body);
    // What was put back counts all the same.
    let third = world.act("bai", "戊", "claim").await;
    assert_eq!(code(&third), "customers.claims-of-the-day", "{}", third.body);
    // Nor is the list of claims written by hand.
    let by_hand = json!({ "fields": {} });
    let answer = world
        .ask("bai", "POST", &format!("/records/{CLAIM}"), Some(by_hand))
        .await;
    assert_eq!(answer.status, 422, "{}", answer.body);

    world.nights(1);
    let third = world.act("bai", "戊", "claim").await;
    assert_eq!(third.status, 200, "{}", third.body);
    // 乙, 丁 and 戊: as many as a person may have.
    let fourth = world.act("bai", "丙", "claim").await;
    assert_ne!(fourth.status, 200, "{}", fourth.body);
    assert_eq!(code(&fourth), "customers.cool-down", "{}", fourth.body);
    world.nights(8);
    let fourth = world.act("bai", "丙", "claim").await;
    assert_eq!(code(&fourth), "customers.most-customers", "{}", fourth.body);
    let again = world.act("an", "丙", "claim").await;
    assert_eq!(again.status, 200, "{}", again.body);
}

/// Whoever does not get in touch is warned, and loses the customer some days later; a record of a contact, and a new owner,
/// begin all days anew.
#[tokio::test]
async fn neglected_customers_are_taken_back() {
    let mut world = World::new().await;
    world.nights(40);
    assert!(
        world.owner("甲").await.is_some(),
        "nothing is taken back unless it is set"
    );
    let record = json!({ "content": "问候", "customer": world.records["甲"].1, "method": "phone" });
    world.make("an", "问候", RECORD, record.clone()).await;
    assert_eq!(
        world.set(json!({ "idle_days": "10", "warn_days": "3" })).await.status,
        200
    );
    world.nights(2);
    // 乙 has been idle for long; 甲 was talked to yesterday.
    let told = world.told("bai").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("“金丝雀乙”") && told[0].contains("3 天"), "{told:?}");
    assert!(world.told("an").await.is_empty());
    assert!(world.owner("乙").await.is_some(), "nothing is taken without a warning");

    world.nights(4);
    assert_eq!(world.owner("乙").await, None);
    let told = world.told("bai").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|text| text.contains("已收回公海")), "{told:?}");
    assert_eq!(world.pool("cen", "").await.body["count"], 1);

    world.nights(3);
    let told = world.told("an").await;
    assert_eq!(told.len(), 1, "{told:?}");
    // The warning helps.
    world.make("an", "又问候", RECORD, record).await;
    world.nights(5);
    assert!(world.owner("甲").await.is_some());
    // Whoever gets it from a leader has all days.
    assert_eq!(world.hand_over("lead", "甲", "bai").await.status, 200);
    world.nights(6);
    assert_eq!(world.owner("甲").await.as_ref(), world.people.get("bai"));
    world.nights(20);
    assert_eq!(world.owner("甲").await, None);
    let work = world.ask("root", "GET", "/plugin-work", None).await;
    assert_eq!(work.body["items"], json!([]), "{}", work.body);
}
