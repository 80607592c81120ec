//! What several layers make of each other.

mod common;

use kapok_protocol::Entity;
use kapok_records::{Catalogue, DefinitionError, Definitions, FieldKind, Level};
use serde_json::{Value as Json, json};

const CRM: &str = r#"
[entities."a.customer"]
label = { zh = "客户", en = "Customer" }
title = "name"
columns = { name = 1, level = 2, note = 3 }
sort = "name"

[entities."a.customer".sections]
basic = { pos = 1, label = { zh = "基本", en = "Basics" } }

[entities."a.customer".fields]
name = { pos = 1, type = "text", required = true, max_length = 100, label = { zh = "名称", en = "Name" } }
code = { pos = 2, type = "text", unique = true, label = { zh = "编码", en = "Code" } }
note = { pos = 4, type = "long-text", label = { zh = "备注", en = "Note" } }
region = { pos = 5, type = "tree-choice", dictionary = "a.region", label = { zh = "地区", en = "Region" } }

[entities."a.customer".fields.level]
pos = 3
type = "choice"
label = { zh = "级别", en = "Level" }
choices = { a = { pos = 1, label = { zh = "甲", en = "A" } }, b = { pos = 2, label = { zh = "乙", en = "B" } } }

[entities."a.customer".views.key]
pos = 1
label = { zh = "重点", en = "Key" }
filter = { field = "level", op = "=", value = "a" }

[entities."a.order"]
label = { zh = "订单", en = "Order" }
title = "title"
parent = "customer"

[entities."a.order".fields]
title = { pos = 1, type = "text", label = { zh = "主题", en = "Title" } }
customer = { pos = 2, type = "reference", entity = "a.customer", label = { zh = "客户", en = "Customer" } }

[dictionaries."a.region"]
label = { zh = "地区", en = "Region" }
tree = true

[dictionaries."a.region".entries]
hangzhou = { pos = 1, parent = "zhejiang", label = { zh = "杭州", en = "Hangzhou" } }
zhejiang = { pos = 2, label = { zh = "浙江", en = "Zhejiang" } }
beijing = { pos = 1, label = { zh = "北京", en = "Beijing" } }

[roles.sales]
label = { zh = "销售", en = "Sales" }

[permissions."a.customer"]
sales = { read = "own", create = "all", update = "own" }
"#;

const WITHOUT_RIGHTS: &str = r#"
[extend."a.customer".fields]
credit = { pos = 9, type = "money", label = { zh = "信用", en = "Credit" }, section = "basic" }

[extend."a.customer".columns]
credit = 4

[extend."a.customer".views.rich]
pos = 2
label = { zh = "高信用", en = "Rich" }
filter = { field = "credit", op = ">", value = 1000 }
"#;

fn crm() -> Definitions {
    Definitions::parse("crm.toml", CRM).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn with(json: &Json) -> Result<Catalogue, Vec<DefinitionError>> {
    Catalogue::new([crm(), Definitions::administrator(json)?])
}

fn label() -> Json {
    json!({ "zh": "新", "en": "New" })
}

#[test]
fn a_plugin_adds_to_the_entity_of_another() {
    let other = Definitions::parse("credit.toml", WITHOUT_RIGHTS).unwrap();
    // Whatever is loaded first.
    for layers in [[crm(), other.clone()], [other, crm()]] {
        let catalogue = Catalogue::new(layers).unwrap_or_else(|errors| panic!("{errors:#?}"));
        let customer = catalogue.entity("a.customer").unwrap();
        assert_eq!(customer.columns, ["name", "level", "note", "credit"]);
        assert!(matches!(
            &customer.field("credit").unwrap().kind,
            FieldKind::Money { .. }
        ));
        let views: Vec<&str> = customer.views.iter().map(|view| view.id.as_str()).collect();
        assert_eq!(views, ["key", "rich"]);
    }
}

#[test]
fn a_plugin_changes_nothing_of_another() {
    let cases = [
        (
            "[extend.\"a.customer\".fields]\nname = { pos = 9, type = \"text\", label = { zh = \"\", en = \"\" } }",
            3,
            "already",
        ),
        ("[extend.\"a.customer\".columns]\nname = 9", 3, "already"),
        (
            "[extend.\"a.nothing\".fields]\nx = { pos = 9, type = \"text\", label = { zh = \"\", en = \"\" } }",
            2,
            "“a.nothing” is not declared",
        ),
        ("[extend.\"a.customer\"]\nsort = \"-name\"", 3, "no “sort” here"),
        (
            "[extend.\"a.customer\".fields]\nx = { pos = 9, label = { zh = \"\", en = \"\" } }",
            3,
            "“type” is missing",
        ),
    ];
    for (source, line, part) in cases {
        let source = format!("\n{source}");
        let errors = match Definitions::parse("b.toml", &source) {
            Err(errors) => errors,
            Ok(other) => Catalogue::new([crm(), other]).expect_err(&source),
        };
        assert_eq!(
            (errors[0].file.as_str(), errors[0].line),
            ("b.toml", line),
            "{source}\n{errors:?}"
        );
        assert!(errors[0].text.en.contains(part), "{source}\n{errors:?}");
    }
}

#[test]
fn an_administrator_changes_what_is_shipped_and_adds_to_it() {
    let catalogue = with(&json!({
        "entities": {
            "a.customer": {
                "label": { "zh": "客户档案" },
                "columns": { "note": false, "wechat": 9 },
                "sort": "-code",
                "sections": { "more": { "pos": 2, "label": label() } },
                "fields": {
                    "note": { "label": { "zh": "说明", "en": "Remarks" }, "required": true, "section": "more" },
                    "region": { "disabled": true },
                    "level": { "default": "b", "choices": {
                        "a": { "disabled": true },
                        "c": { "pos": 0, "label": label() },
                    } },
                    "wechat": { "pos": 9, "type": "text", "label": label() },
                    "contacts": { "pos": 10, "type": "lines", "label": label(), "columns": {
                        "name": { "pos": 1, "type": "text", "label": label() },
                    } },
                },
                "views": {
                    "key": { "filter": { "field": "level", "op": "!=", "value": "b" } },
                    "own": { "pos": 2, "label": label() },
                },
            },
            "company.visit": {
                "label": label(), "title": "subject", "parent": "customer",
                "fields": {
                    "subject": { "pos": 1, "type": "text", "label": label() },
                    "customer": { "pos": 2, "type": "reference", "entity": "a.customer", "label": label() },
                },
            },
        },
        "dictionaries": { "a.region": { "entries": { "beijing": { "disabled": true }, "ningbo": { "pos": 2, "parent": "zhejiang", "label": label() } } } },
        "roles": { "service": { "label": label() } },
        "permissions": {
            "a.customer": { "sales": { "update": "none" }, "service": { "read": "all" } },
            "company.visit": { "sales": { "read": "own", "create": "own" } },
        },
        "field_rules": { "a.customer": { "service": { "code": "hidden", "note": "masked" } } },
    }))
    .unwrap_or_else(|errors| panic!("{errors:#?}"));
    let customer = catalogue.entity("a.customer").unwrap();
    assert_eq!(
        (customer.label.zh.as_str(), customer.label.en.as_str()),
        ("客户档案", "Customer")
    );
    assert_eq!(customer.columns, ["name", "level", "wechat"]);
    let note = customer.field("note").unwrap();
    assert!(note.required && note.label.en == "Remarks" && note.section.as_deref() == Some("more"));
    assert!(matches!(note.kind, FieldKind::LongText { .. }));
    assert!(customer.field("region").is_none() && customer.disabled.len() == 1);
    let choices = customer.field("level").unwrap().kind.choices().unwrap();
    let choices: Vec<_> = choices
        .iter()
        .map(|choice| (choice.id.as_str(), choice.disabled))
        .collect();
    assert_eq!(choices, [("c", false), ("a", true), ("b", false)]);
    let views: Vec<_> = customer
        .views
        .iter()
        .map(|view| (view.id.as_str(), view.shipped))
        .collect();
    assert_eq!(views, [("key", true), ("own", false)]);
    assert!(
        matches!(&customer.views[0].filter, Some(kapok_protocol::Filter::Test(test)) if test.op == kapok_protocol::Operator::NotEqual)
    );
    assert_eq!(customer.grants["sales"].read, Level::Own);
    assert_eq!(customer.grants["sales"].update, Level::None);
    assert_eq!(customer.grants["service"].read, Level::All);
    assert_eq!(customer.field_rules["service"].len(), 2);
    let id = Entity::new("a.customer");
    let children: Vec<_> = catalogue.children(&id).map(|child| child.id.as_str()).collect();
    assert_eq!(children, ["a.order", "company.visit"]);
    let region = catalogue.dictionary("a.region").unwrap();
    let entries: Vec<&str> = region.entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(entries, ["beijing", "zhejiang", "hangzhou", "ningbo"]);

    assert!(catalogue.is_shipped("entities", "a.customer") && !catalogue.is_shipped("entities", "company.visit"));
    let document = catalogue.document_of("a.customer").unwrap();
    assert_eq!(document["effective"]["entity"]["label"]["zh"], "客户档案");
    assert_eq!(document["shipped"]["entity"]["label"]["zh"], "客户");
    assert_eq!(document["effective"]["permissions"]["service"]["read"], "all");
    assert_eq!(catalogue.document_of("company.visit").unwrap()["shipped"], Json::Null);
    assert_eq!(catalogue.document_of("company.nothing"), None);
}

#[test]
fn an_administrator_breaks_nothing_that_is_shipped() {
    let customer = |change: Json| json!({ "entities": { "a.customer": change } });
    let field = |name: &str, change: Json| customer(json!({ "fields": { name: change } }));
    let cases = [
        (
            field("note", json!({ "type": "text" })),
            "entities.\"a.customer\".fields.note.type",
            "plugin's to say",
        ),
        (
            field("name", json!({ "max_length": 10 })),
            "entities.\"a.customer\".fields.name.max_length",
            "plugin's to say",
        ),
        (
            field("name", json!({ "required": false })),
            "entities.\"a.customer\".fields.name.required",
            "switched off",
        ),
        (
            field("code", json!({ "unique": false })),
            "entities.\"a.customer\".fields.code.unique",
            "switched off",
        ),
        (
            field("name", json!({ "disabled": true })),
            "entities.\"a.customer\".fields.name.disabled",
            "cannot be disabled",
        ),
        (
            field("code", json!({ "disabled": true })),
            "entities.\"a.customer\".fields.code.disabled",
            "unique",
        ),
        (
            field("region", json!({ "dictionary": "a.other" })),
            "entities.\"a.customer\".fields.region.dictionary",
            "plugin's to say",
        ),
        (
            customer(json!({ "title": "code" })),
            "entities.\"a.customer\".title",
            "plugin's to say",
        ),
        (
            customer(json!({ "parent": "code" })),
            "entities.\"a.customer\".parent",
            "plugin's to say",
        ),
        (
            json!({ "entities": { "a.order": { "fields": { "customer": { "disabled": true } } } } }),
            "entities.\"a.order\".fields.customer.disabled",
            "who sees",
        ),
        (
            json!({ "entities": { "a.order": { "fields": { "title": { "disabled": true } } } } }),
            "entities.\"a.order\".fields.title.disabled",
            "title",
        ),
        (
            customer(json!({ "colour": "red" })),
            "entities.\"a.customer\".colour",
            "no “colour” here",
        ),
        (
            field("x", json!({ "pos": 1, "label": label() })),
            "entities.\"a.customer\".fields.x",
            "“type” is missing",
        ),
        (
            json!({ "entities": { "company.x": { "label": label() } } }),
            "entities.\"company.x\"",
            "“title” is missing",
        ),
        (
            json!({ "extend": { "company.x": { "label": label() } } }),
            "extend.\"company.x\"",
            "not declared",
        ),
        (json!({ "plugin": {} }), "plugin", "no “plugin” here"),
        (json!({ "entities": [] }), "entities", "table"),
        (
            json!({ "permissions": { "a.customer": { "boss": { "read": "all" } } } }),
            "permissions.\"a.customer\".boss",
            "“boss”",
        ),
        (
            json!({ "permissions": { "a.x": { "sales": { "read": "all" } } } }),
            "permissions.\"a.x\".sales",
            "“a.x”",
        ),
        (
            json!({ "permissions": { "a.customer": { "administrator": { "read": "all" } } } }),
            "permissions.\"a.customer\".administrator",
            "no rights",
        ),
        (
            json!({ "permissions": { "system.person": { "administrator": { "update": "none" } } } }),
            "permissions.\"system.person\".administrator.update",
            "narrowed",
        ),
        (
            json!({ "field_rules": { "a.customer": { "sales": { "x": "read" } } } }),
            "field_rules.\"a.customer\".sales.x",
            "“x”",
        ),
        (
            json!({ "dictionaries": { "a.region": { "tree": false } } }),
            "dictionaries.\"a.region\".tree",
            "switched off|plugin's to say",
        ),
        (
            json!({ "dictionaries": { "a.region": { "entries": { "zhejiang": { "parent": "hangzhou" } } } } }),
            "dictionaries.\"a.region\".entries.zhejiang.parent",
            "its own parent",
        ),
        (
            json!({ "dictionaries": { "a.region": { "entries": { "hangzhou": { "parent": "x" } } } } }),
            "dictionaries.\"a.region\".entries.hangzhou.parent",
            "“x” is not",
        ),
    ];
    for (change, path, part) in cases {
        let errors = with(&change).expect_err(&change.to_string());
        let error = errors
            .iter()
            .find(|error| error.file == "administrator" && error.path == path)
            .unwrap_or_else(|| panic!("{change}\n{errors:#?}"));
        assert!(
            part.split('|').any(|part| error.text.en.contains(part)),
            "{change}\n{errors:#?}"
        );
    }
}

#[test]
fn what_is_said_again_is_no_change() {
    let same = json!({ "entities": { "a.customer": {
        "title": "name",
        "fields": { "name": { "type": "text", "required": true, "max_length": 100 } },
    } } });
    assert_eq!(
        with(&same).unwrap().document(false),
        with(&Json::Null).unwrap().document(false)
    );
}

#[test]
fn items_are_the_same_as_the_document_they_make() {
    let (role, visit) = (
        json!({ "label": label() }),
        json!({ "fields": { "note": { "disabled": true } } }),
    );
    let items = [("roles", "service", &role), ("extend", "a.customer", &visit)];
    let document = json!({ "roles": { "service": role }, "extend": { "a.customer": visit } });
    let made = Definitions::from_items(items).unwrap();
    assert_eq!(made, Definitions::administrator(&document).unwrap());
    assert_eq!(made.to_json(), document);
    assert!(Definitions::from_items([("menus", "x", &Json::Null)]).is_err());
}

#[test]
fn several_plugins_about_one_role_unite_to_the_widest() {
    let other = r#"
[roles.sales]
label = { zh = "销售", en = "Sales" }
[permissions."a.customer"]
sales = { read = "department", update = "none", export = "own" }
[field_rules."a.customer".sales]
note = "read"
"#;
    let third = "[field_rules.\"a.customer\".sales]\nnote = \"masked\"\ncode = \"hidden\"";
    let layers = [
        crm(),
        Definitions::parse("b.toml", other).unwrap(),
        Definitions::parse("c.toml", third).unwrap(),
    ];
    let catalogue = Catalogue::new(layers).unwrap();
    let customer = catalogue.entity("a.customer").unwrap();
    let sales = customer.grants["sales"];
    assert_eq!(
        (sales.read, sales.update, sales.export),
        (Level::Department, Level::Own, Level::Own)
    );
    let rules = &customer.field_rules["sales"];
    assert_eq!(rules["note"], kapok_records::FieldAccess::Read);
    assert_eq!(rules["code"], kapok_records::FieldAccess::Hidden);
}
