//! Definition files: what is read, and how mistakes are said.

use kapok_records::{Catalogue, Definitions, FieldKind};

fn shipped() -> Vec<Definitions> {
    let files = [
        (
            "plugins/customers/plugin.toml",
            include_str!("../../../plugins/customers/plugin.toml"),
        ),
        (
            "plugins/quotes/plugin.toml",
            include_str!("../../../plugins/quotes/plugin.toml"),
        ),
    ];
    files
        .map(|(file, source)| Definitions::parse(file, source).unwrap_or_else(|errors| panic!("{errors:#?}")))
        .into()
}

#[test]
fn the_shipped_entities_fit_together() {
    let catalogue = Catalogue::new(shipped()).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let entities: Vec<&str> = catalogue.entities().map(|entity| entity.id.as_str()).collect();
    assert_eq!(
        entities,
        [
            "customers.customer",
            "quotes.quote",
            "system.department",
            "system.person",
            "system.role"
        ]
    );
    let quote = catalogue.entity("quotes.quote").unwrap();
    assert_eq!(
        quote.columns,
        ["number", "title", "customer", "date", "total", "status"]
    );
    assert!(
        quote
            .sort
            .as_ref()
            .is_some_and(|sort| sort.field == "number" && sort.descending)
    );
    let fields: Vec<&str> = quote.fields.iter().map(|field| field.id.as_str()).collect();
    assert_eq!(fields[..3], ["number", "title", "customer"]);
    assert!(matches!(&quote.field("lines").unwrap().kind, FieldKind::Lines { columns } if columns.len() == 5));
    assert!(quote.field("number").unwrap().read_only);
}

#[test]
fn the_web_app_gets_a_definition_it_can_draw() {
    let catalogue = Catalogue::new(shipped()).unwrap();
    let json = serde_json::to_value(catalogue.entity("quotes.quote")).unwrap();
    assert_eq!(json["label"]["zh"], "报价单");
    assert_eq!(json["fields"][0]["type"], "auto-number");
    assert_eq!(json["fields"][0]["pattern"], "BJ{yyyyMMdd}-{0000}");
    assert_eq!(json["fields"][6]["columns"][3]["id"], "discount");
    assert_eq!(json["sections"][0]["label"]["zh"], "基本信息");
    assert!(json.get("grants").is_none());
}

const ENTITY: &str = r#"
[entities."a.b"]
label = { zh = "甲", en = "A" }
title = "name"
[entities."a.b".fields]
name = { pos = 1, type = "text", label = { zh = "名", en = "Name" } }
"#;

#[test]
fn every_mistake_names_its_file_and_line() {
    assert!(Definitions::parse("a.toml", ENTITY).is_ok());
    let field = |rest: &str| format!("{ENTITY}x = {{ pos = 2, label = {{ zh = \"\", en = \"\" }}, {rest} }}");
    let cases = [
        ("entities = ".to_owned(), 1, "entities"),
        (ENTITY.replace("title", "titel"), 4, "titel"),
        (format!("{ENTITY}[entites.x]"), 7, "entites"),
        (ENTITY.replace("\"name\"", "\"nam\""), 4, "nam"),
        (ENTITY.replace("a.b", "AB"), 2, "plugin.name"),
        (ENTITY.replace(", en = \"A\"", ""), 3, "en"),
        (field("type = \"text\", colour = 1"), 7, "colour"),
        (field("type = \"texts\""), 7, "texts"),
        (field("type = \"text\", max = 1"), 7, "max"),
        (field("type = \"choice\""), 7, "choices"),
        (field("type = \"choice\", choices = [\"a\"]"), 7, "choices"),
        (field("type = \"reference\""), 7, "entity"),
        (field("type = \"auto-number\", pattern = \"X\""), 7, "X"),
        (field("type = \"number\", min = \"x\""), 7, "numbers"),
        (field("type = \"lines\""), 7, "columns"),
        (field("type = \"number\", default = \"many\""), 7, "begin"),
        (field("type = \"date\", default = \"$yesterday\""), 7, "begin"),
        (
            field(
                "type = \"lines\", columns = { d = { pos = 1, type = \"date\", default = \"$today\", label = { zh = \"\", en = \"\" } } }",
            ),
            7,
            "begin",
        ),
        (field("type = \"text\", section = \"s\""), 7, "section"),
        (field("type = \"text\"").replace("x = ", "owner = "), 7, "owner"),
        (field("type = \"text\"").replace("x = ", "X = "), 7, "X"),
        (
            format!("{ENTITY}[permissions.\"a.b\"]\nsales = {{ read = \"every\" }}"),
            8,
            "every",
        ),
        (
            format!("{ENTITY}[permissions.\"a.b\"]\nsales = {{ raed = \"all\" }}"),
            8,
            "raed",
        ),
    ];
    for (source, line, part) in cases {
        let errors = Definitions::parse("a.toml", &source).expect_err(&source);
        assert_eq!(
            (errors[0].file.as_str(), errors[0].line),
            ("a.toml", line),
            "{source}\n{errors:?}"
        );
        assert!(errors[0].text.en.contains(part), "{source}\n{errors:?}");
    }
}

#[test]
fn all_mistakes_of_a_file_are_said_at_once() {
    let source =
        ENTITY.replace("\"name\"", "\"nam\"") + "x = { pos = 2, type = \"y\", label = { zh = \"\", en = \"\" } }";
    assert_eq!(Definitions::parse("a.toml", &source).unwrap_err().len(), 2);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let role = "[roles.sales]\nlabel = { zh = \"销售\", en = \"Sales\" }\n";
    let cases = [
        (ENTITY.to_owned(), "declared already"),
        (
            "[permissions.\"a.b\"]\nsales = { read = \"all\" }".to_owned(),
            "role “sales”",
        ),
        (
            format!("{role}[permissions.\"c.d\"]\nsales = {{ read = \"all\" }}"),
            "“c.d”",
        ),
        (
            format!("{role}[permissions.\"system.person\"]\nsales = {{ update = \"all\" }}"),
            "plugin cannot",
        ),
        (
            "[permissions.\"a.b\"]\nadministrator = { read = \"all\" }".to_owned(),
            "no rights over business data",
        ),
        (
            "[permissions.\"system.person\"]\nadministrator = { read = \"all\" }".to_owned(),
            "plugin cannot",
        ),
        (
            ENTITY.replace("a.b", "c.d")
                + "x = { pos = 2, type = \"reference\", entity = \"e.f\", label = { zh = \"\", en = \"\" } }",
            "“e.f”",
        ),
        (
            "[roles.administrator]\nlabel = { zh = \"我\", en = \"Me\" }".to_owned(),
            "declared already",
        ),
    ];
    for (source, part) in cases {
        let files = [ENTITY, &source].map(|source| Definitions::parse("a.toml", source).unwrap());
        let errors = Catalogue::new(files).expect_err(&source);
        assert!(errors[0].text.en.contains(part), "{source}\n{errors:?}");
    }
}
