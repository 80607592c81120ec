//! Definition files: what is read, and how mistakes are said.

use kapok_records::{Catalogue, Definitions, FieldKind};

fn shipped() -> Vec<Definitions> {
    let files = [
        (
            "plugins/customers/plugin.toml",
            include_str!("../../../plugins/customers/plugin.toml"),
        ),
        (
            "plugins/standards/plugin.toml",
            include_str!("../../../plugins/standards/plugin.toml"),
        ),
        (
            "plugins/tracking/plugin.toml",
            include_str!("../../../plugins/tracking/plugin.toml"),
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
            "customers.claim",
            "customers.contact",
            "customers.customer",
            "quotes.quote",
            "system.department",
            "system.person",
            "system.post",
            "system.role",
            "system.stand-in",
            "tracking.contact-record",
            "tracking.task"
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
fn every_mistake_names_its_file_line_and_keys() {
    assert!(Definitions::parse("a.toml", ENTITY).is_ok());
    let field = |rest: &str| format!("{ENTITY}x = {{ pos = 2, label = {{ zh = \"\", en = \"\" }}, {rest} }}");
    let x = "entities.\"a.b\".fields.x";
    let cases = [
        ("entities = ".to_owned(), 1, "", "entities"),
        (ENTITY.replace("title", "titel"), 4, "entities.\"a.b\".titel", "titel"),
        (format!("{ENTITY}[entites.x]"), 7, "entites", "entites"),
        (
            ENTITY.replace("\"name\"", "\"nam\""),
            4,
            "entities.\"a.b\".title",
            "nam",
        ),
        (ENTITY.replace("a.b", "AB"), 2, "entities.AB", "plugin.name"),
        (ENTITY.replace(", en = \"A\"", ""), 3, "entities.\"a.b\".label", "en"),
        (ENTITY.replace("\"A\"", "1"), 3, "entities.\"a.b\".label.en", "text"),
        (
            field("type = \"text\", colour = 1"),
            7,
            "entities.\"a.b\".fields.x.colour",
            "colour",
        ),
        (field("type = \"texts\""), 7, "entities.\"a.b\".fields.x.type", "texts"),
        (
            field("type = \"text\", max = 1"),
            7,
            "entities.\"a.b\".fields.x.max",
            "max",
        ),
        (
            field("type = \"text\", required = 1"),
            7,
            "entities.\"a.b\".fields.x.required",
            "true or false",
        ),
        (
            field("type = \"text\", max_length = 1.5"),
            7,
            "entities.\"a.b\".fields.x.max_length",
            "whole",
        ),
        (
            field("type = \"text\", max_length = 0"),
            7,
            "entities.\"a.b\".fields.x.max_length",
            "between",
        ),
        (
            field("type = \"text\", default = { a = 1 }"),
            7,
            "entities.\"a.b\".fields.x.default",
            "single",
        ),
        (field("type = \"choice\""), 7, x, "choices"),
        (
            field("type = \"choice\", choices = [\"a\"]"),
            7,
            "entities.\"a.b\".fields.x.choices",
            "choices",
        ),
        (
            field(
                "type = \"choice\", dictionary = \"a.d\", choices = { y = { pos = 1, label = { zh = \"\", en = \"\" } } }",
            ),
            7,
            "entities.\"a.b\".fields.x.dictionary",
            "either",
        ),
        (field("type = \"tree-choice\""), 7, x, "dictionary"),
        (field("type = \"reference\""), 7, x, "entity"),
        (
            field("type = \"auto-number\", pattern = \"X\""),
            7,
            "entities.\"a.b\".fields.x.pattern",
            "X",
        ),
        (
            field("type = \"number\", min = \"x\""),
            7,
            "entities.\"a.b\".fields.x.min",
            "numbers",
        ),
        (field("type = \"number\", min = 2, max = 1.5"), 7, x, "greater"),
        (
            field("type = \"decimal\", scale = 13"),
            7,
            "entities.\"a.b\".fields.x.scale",
            "12",
        ),
        (
            field("type = \"money\", currency = \"yuan\""),
            7,
            "entities.\"a.b\".fields.x.currency",
            "yuan",
        ),
        (field("type = \"formula\", result = \"text\""), 7, x, "expression"),
        (
            field("type = \"formula\", result = \"lines\", expression = \"1\""),
            7,
            "entities.\"a.b\".fields.x.result",
            "lines",
        ),
        (
            field("type = \"roll-up\", entity = \"a.b\", field = \"x\", function = \"sum\""),
            7,
            x,
            "value",
        ),
        (
            field("type = \"roll-up\", entity = \"a.b\", field = \"x\", function = \"count\", by = \"x\""),
            7,
            "entities.\"a.b\".fields.x.by",
            "first and last",
        ),
        (field("type = \"lines\""), 7, x, "columns"),
        (
            field(
                "type = \"lines\", columns = { d = { pos = 1, type = \"lines\", label = { zh = \"\", en = \"\" } } }",
            ),
            7,
            "entities.\"a.b\".fields.x.columns.d.type",
            "line items",
        ),
        (field("type = \"rich-text\", unique = true"), 7, x, "unique"),
        (
            field("type = \"number\", default = \"many\""),
            7,
            "entities.\"a.b\".fields.x.default",
            "begin",
        ),
        (
            field("type = \"date\", default = \"$yesterday\""),
            7,
            "entities.\"a.b\".fields.x.default",
            "begin",
        ),
        (
            field("type = \"formula\", result = \"number\", expression = \"1\", default = 1"),
            7,
            "entities.\"a.b\".fields.x.default",
            "begin",
        ),
        (
            field(
                "type = \"lines\", columns = { d = { pos = 1, type = \"date\", default = \"$today\", label = { zh = \"\", en = \"\" } } }",
            ),
            7,
            "entities.\"a.b\".fields.x.columns.d.default",
            "begin",
        ),
        (
            field("type = \"text\", section = \"s\""),
            7,
            "entities.\"a.b\".fields.x.section",
            "section",
        ),
        (
            field("type = \"text\"").replace("x = ", "owner = "),
            7,
            "entities.\"a.b\".fields.owner",
            "owner",
        ),
        (
            field("type = \"text\"").replace("x = ", "X = "),
            7,
            "entities.\"a.b\".fields.X",
            "X",
        ),
        (
            format!("{ENTITY}[permissions.\"a.b\"]\nsales = {{ read = \"every\" }}"),
            8,
            "permissions.\"a.b\".sales.read",
            "every",
        ),
        (
            format!("{ENTITY}[permissions.\"a.b\"]\nsales = {{ raed = \"all\" }}"),
            8,
            "permissions.\"a.b\".sales.raed",
            "raed",
        ),
        (
            format!("{ENTITY}[field_rules.\"a.b\".sales]\nname = \"seen\""),
            8,
            "field_rules.\"a.b\".sales.name",
            "seen",
        ),
    ];
    for (source, line, path, part) in cases {
        let errors = Definitions::parse("a.toml", &source).expect_err(&source);
        let error = &errors[0];
        assert_eq!(
            (error.file.as_str(), error.line, error.path.as_str()),
            ("a.toml", line, path),
            "{source}\n{errors:?}"
        );
        assert!(error.text.en.contains(part), "{source}\n{errors:?}");
        assert!(!error.text.zh.is_empty());
    }
}

/// Each line is put into the entity, and names the key it is about.
#[test]
fn what_an_entity_names_must_be_there_and_fit() {
    let head = ENTITY.replace("title = \"name\"", "title = \"name\"\nHERE");
    let fields = "
long = { pos = 2, type = \"long-text\", label = { zh = \"\", en = \"\" } }
day = { pos = 3, type = \"date\", label = { zh = \"\", en = \"\" } }
flag = { pos = 4, type = \"boolean\", label = { zh = \"\", en = \"\" } }
up = { pos = 5, type = \"reference\", entity = \"a.b\", label = { zh = \"\", en = \"\" } }
ups = { pos = 6, type = \"reference\", entity = \"a.b\", multiple = true, label = { zh = \"\", en = \"\" } }
place = { pos = 7, type = \"address\", label = { zh = \"\", en = \"\" } }
rows = { pos = 8, type = \"lines\", label = { zh = \"\", en = \"\" }, columns = { n = { pos = 1, type = \"number\", label = { zh = \"\", en = \"\" } } } }
";
    let label = "label = { zh = \"\", en = \"\" }";
    let view = |rest: &str| format!("views.v = {{ pos = 1, {label}, {rest} }}");
    let cases = [
        ("sort = \"-day\"".to_owned(), None),
        ("sort = \"-updated_at\"".to_owned(), None),
        ("sort = \"-month\"".to_owned(), Some("month")),
        ("sort = \"long\"".to_owned(), Some("long-text")),
        ("columns = { name = 1, place = 2 }".to_owned(), None),
        ("columns = { name = false }".to_owned(), None),
        ("columns = { name = true }".to_owned(), Some("whole number")),
        ("columns = { rows = 1 }".to_owned(), Some("lines")),
        ("parent = \"day\"".to_owned(), Some("date")),
        ("parent = \"ups\"".to_owned(), Some("reference")),
        ("kanban = \"flag\"".to_owned(), None),
        ("kanban = \"day\"".to_owned(), Some("date")),
        ("calendar = \"day\"".to_owned(), None),
        ("calendar = \"name\"".to_owned(), Some("text")),
        ("tree = \"up\"".to_owned(), None),
        ("tree = \"ups\"".to_owned(), Some("reference")),
        ("history = \"no\"".to_owned(), Some("true or false")),
        ("unique.u = { fields = [\"name\", \"day\"] }".to_owned(), None),
        ("unique.u = { fields = [] }".to_owned(), Some("list of names")),
        ("unique.u = { fields = [\"name\", \"name\"] }".to_owned(), Some("twice")),
        ("unique.u = { fields = [\"place\"] }".to_owned(), Some("address")),
        (
            "duplicates.d = { fields = [\"name\"], action = \"refuse\" }".to_owned(),
            None,
        ),
        ("duplicates.d = { fields = [\"nam\"] }".to_owned(), Some("nam")),
        (
            "duplicates.d = { fields = [\"name\"], action = \"stop\" }".to_owned(),
            Some("stop"),
        ),
        ("indexes.i = { fields = [\"day\", \"owner\"] }".to_owned(), None),
        ("indexes.i = { fields = [\"rows\"] }".to_owned(), Some("lines")),
        (
            view("filter = { field = \"day\", op = \"<=\", value = \"$today\" }"),
            None,
        ),
        (view("filter = { field = \"place.region\", op = \"empty\" }"), None),
        (
            view("filter = { field = \"owner\", op = \"=\", value = \"$me\" }"),
            None,
        ),
        (
            view("filter = { field = \"day\", op = \"~\", value = 1 }"),
            Some("not a condition"),
        ),
        (
            view("filter = { field = \"day\", op = \"=\", value = \"$never\" }"),
            Some("not a condition"),
        ),
        (
            view("filter = { any = [{ field = \"month\", op = \"empty\" }] }"),
            Some("month"),
        ),
        (view("filter = { field = \"rows.n\", op = \"empty\" }"), Some("rows.n")),
        (
            view("filter = { field = \"up.name\", op = \"empty\" }"),
            Some("up.name"),
        ),
        (view("columns = { nam = 1 }"), Some("nam")),
        (view("sort = \"rows\""), Some("lines")),
        (view("kind = \"calendar\", field = \"day\", end_field = \"day\""), None),
        (view("kind = \"calendar\""), Some("field")),
        (view("kind = \"kanban\", field = \"day\""), Some("date")),
        (view("kind = \"list\", field = \"day\""), Some("date")),
        (view("kind = \"gantt\""), Some("gantt")),
    ];
    for (line, expected) in cases {
        let source = head.replace("HERE", &line) + fields;
        let found = Definitions::parse("a.toml", &source);
        match (expected, found) {
            (None, found) => assert!(found.is_ok(), "{line}\n{found:?}"),
            (Some(part), Err(errors)) => {
                assert_eq!(errors[0].line, 5, "{line}\n{errors:?}");
                assert!(errors[0].text.en.contains(part), "{line}\n{errors:?}");
            }
            (Some(_), Ok(_)) => panic!("{line} was taken"),
        }
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
