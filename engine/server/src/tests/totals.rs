//! Named totals: whose role has one learns the figure, and nothing else; everybody else does not learn that it is there.

use kapok::{Company, Kapok, PluginSource, records::Fields};
use serde_json::json;

use super::browser::{PASSWORD, Server};
use crate::Config;

const PLUGIN: &str = r#"
[plugin]
id = "t"
version = "0.1.0"
label = { zh = "合计", en = "Totals" }

[entities."t.order"]
label = { zh = "订单", en = "Order" }
title = "number"
[entities."t.order".fields]
number = { pos = 1, type = "text", label = { zh = "编号", en = "Number" } }
amount = { pos = 2, type = "money", label = { zh = "金额", en = "Amount" } }
day = { pos = 3, type = "date", label = { zh = "日期", en = "Day" } }

[roles.seller]
label = { zh = "销售", en = "Seller" }
[roles.planner]
label = { zh = "计划", en = "Planner" }

[permissions."t.order"]
seller = { read = "own" }

[totals."t.sales"]
label = { zh = "公司销售额", en = "Sales of the company" }
entity = "t.order"
function = "sum"
value = "amount"
role = "planner"
date = "day"
finest = "quarter"

[totals."t.large"]
label = { zh = "大单数", en = "Large orders" }
entity = "t.order"
function = "count"
filter = { field = "amount", op = ">=", value = 100 }
role = "planner"

[totals."t.all"]
label = { zh = "订单数", en = "Orders" }
entity = "t.order"
function = "count"
role = "everyone"
"#;

const COMPANY: Company<'static> = Company {
    departments: "code,name,parent,head\n",
    roles: "code,name\nadministrator,管理员\nseller,销售\nplanner,计划\n",
    people: "login,name,phone,email,department,superior,roles\nseller,甲,,,,,seller\nplanner,乙,,,,,planner\n\
             root,管理员,,,,,administrator\n",
    records: &[],
};

/// What nobody may find in an answer about totals.
const CANARY: &str = "金丝雀";

fn server() -> Server {
    let plugin = PluginSource {
        origin: "totals.toml".into(),
        manifest: PLUGIN.into(),
        component: None,
        pages: Default::default(),
    };
    let kapok = Kapok::builder().plugins(vec![plugin]).memory();
    let kapok = kapok.unwrap_or_else(|error| panic!("{error}"));
    kapok.load_company(&COMPANY, PASSWORD).unwrap();
    for (number, amount, day) in [
        (1, "99.5", "2026-02-03"),
        (2, "100", "2026-07-01"),
        (3, "250", "2026-09-30"),
        (4, "7", "2025-12-31"),
    ] {
        let fields = [
            ("number", format!("{CANARY}{number}")),
            ("amount", amount.to_owned()),
            ("day", day.to_owned()),
        ];
        let fields: Fields = fields.map(|(name, value)| (name.to_owned(), value.into())).into();
        kapok.save("t.order", None, fields).unwrap();
    }
    Server::on(kapok, Config::default())
}

/// Who asks for what; the status, and the figure.
const TABLE: &[(&str, &str, u16, &str)] = &[
    ("planner", "/totals/t.sales", 200, "456.5"),
    ("planner", "/totals/t.sales?period=2026", 200, "449.5"),
    ("planner", "/totals/t.sales?period=2026-Q3", 200, "350"),
    ("planner", "/totals/t.sales?period=2026-Q4", 200, "0"),
    ("planner", "/totals/t.sales?period=2025", 200, "7"),
    // Finer than the definition allows, and what is no period.
    ("planner", "/totals/t.sales?period=2026-07", 422, ""),
    ("planner", "/totals/t.sales?period=2026-W28", 422, ""),
    ("planner", "/totals/t.sales?period=2026-07-01", 422, ""),
    ("planner", "/totals/t.sales?period=202", 422, ""),
    // Nothing narrows it down.
    ("planner", "/totals/t.sales?filter=%7B%7D", 422, ""),
    ("planner", "/totals/t.sales?group=number", 422, ""),
    ("planner", "/totals/t.large", 200, "2"),
    ("planner", "/totals/t.large?period=2026", 422, ""),
    ("planner", "/totals/t.all", 200, "4"),
    ("planner", "/totals/t.none", 404, ""),
    ("seller", "/totals/t.all", 200, "4"),
    ("seller", "/totals/t.sales", 404, ""),
    ("seller", "/totals/t.large", 404, ""),
    // Configuring the system gives no right to read what is in it, not even added up.
    ("root", "/totals/t.sales", 404, ""),
    ("root", "/totals/t.all", 200, "4"),
];

#[tokio::test]
async fn a_figure_is_told_to_whose_role_has_it_and_nothing_else() {
    let server = server();
    for (who, path, status, value) in TABLE {
        let answer = server.ask("GET", path, &server.cookie(who).await, None).await;
        assert_eq!(answer.status, *status, "{who} {path}: {}", answer.body);
        assert!(!answer.text.contains(CANARY), "{who} {path}: {}", answer.text);
        if *status == 200 {
            assert_eq!(answer.body["value"], *value, "{who} {path}: {}", answer.body);
        }
    }
    let planner = server.cookie("planner").await;
    let figure = server
        .ask("GET", "/totals/t.sales?period=2026-Q3", &planner, None)
        .await;
    let expected = json!({
        "id": "t.sales", "label": { "zh": "公司销售额", "en": "Sales of the company" }, "currency": "CNY", "finest": "quarter",
        "period": "2026-Q3", "value": "350",
    });
    assert_eq!(figure.body, expected, "the figure, and nothing about records");
    // The rows behind it stay closed, and so does every other way to count them.
    for path in ["/records/t.order", "/records/t.order/statistics"] {
        let answer = server.ask("GET", path, &planner, None).await;
        assert!(!answer.text.contains(CANARY), "{path}: {}", answer.text);
        let count = if path.ends_with("statistics") {
            &answer.body["total"]["count"]
        } else {
            &answer.body["count"]
        };
        assert_eq!(*count, 0, "{path}: {}", answer.body);
    }
    for (who, ids) in [
        ("planner", vec!["t.all", "t.large", "t.sales"]),
        ("seller", vec!["t.all"]),
        ("root", vec!["t.all"]),
    ] {
        let list = server.ask("GET", "/totals", &server.cookie(who).await, None).await;
        let items = list.body["items"].as_array().unwrap().iter();
        let found: Vec<_> = items.map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(found, ids, "{who}");
    }
}
