//! What several entities say of each other must fit together.

use kapok_records::{Catalogue, Definitions, FieldKind, Function};

const PAYMENTS: &str = r#"
[entities."a.order"]
label = { zh = "订单", en = "Order" }
title = "title"
EXTRA

[entities."a.order".fields]
title = { pos = 1, type = "text", label = { zh = "", en = "" } }
FIELDS

[entities."a.payment"]
label = { zh = "收款", en = "Payment" }
title = "title"
CHILD

[entities."a.payment".fields]
title = { pos = 1, type = "text", label = { zh = "", en = "" } }
order = { pos = 2, type = "reference", entity = "a.order", label = { zh = "", en = "" } }
orders = { pos = 3, type = "reference", entity = "a.order", multiple = true, label = { zh = "", en = "" } }
amount = { pos = 4, type = "money", label = { zh = "", en = "" } }
day = { pos = 5, type = "date", label = { zh = "", en = "" } }

[roles.boss]
label = { zh = "老板", en = "Boss" }

[dictionaries."a.list"]
label = { zh = "", en = "" }
entries = { x = { pos = 1, label = { zh = "", en = "" } } }
"#;

fn catalogue(extra: &str, field: &str, rest: &str) -> Result<Catalogue, String> {
    let fields = if field.is_empty() {
        String::new()
    } else {
        format!("x = {{ pos = 2, label = {{ zh = \"\", en = \"\" }}, {field} }}")
    };
    let source = PAYMENTS
        .replace("EXTRA", extra)
        .replace("FIELDS", &fields)
        .replace("CHILD", "")
        + rest;
    let said = |errors: Vec<kapok_records::DefinitionError>| format!("{}: {}", errors[0].path, errors[0].text.en);
    let definitions = Definitions::parse("a.toml", &source).map_err(said)?;
    Catalogue::new([definitions]).map_err(said)
}

#[test]
fn fields_name_what_there_is() {
    let x = "entities.\"a.order\".fields.x";
    let sum = "type = \"roll-up\", entity = \"a.payment\", field = \"order\", function = \"sum\"";
    let last = "type = \"roll-up\", entity = \"a.payment\", field = \"order\", function = \"last\", value = \"title\"";
    let formula = |text: &str| format!("type = \"formula\", result = \"number\", expression = \"{text}\"");
    let cases = [
        (
            "type = \"reference\", entity = \"a.nothing\"".to_owned(),
            "entity",
            "“a.nothing” is not declared",
        ),
        (
            "type = \"choice\", dictionary = \"a.nothing\"".to_owned(),
            "dictionary",
            "“a.nothing” is not declared",
        ),
        (
            "type = \"tree-choice\", dictionary = \"a.list\"".to_owned(),
            "dictionary",
            "is not a tree",
        ),
        (
            "type = \"choice\", dictionary = \"a.list\", default = \"y\"".to_owned(),
            "default",
            "begin",
        ),
        (format!("{sum}, value = \"nothing\""), "value", "no field “nothing”"),
        (format!("{sum}, value = \"title\""), "value", "type text"),
        (
            format!("{sum}, value = \"amount\"").replace("\"order\"", "\"orders\""),
            "field",
            "type reference",
        ),
        (
            format!("{sum}, value = \"amount\"").replace("\"order\"", "\"title\""),
            "field",
            "type text",
        ),
        (
            format!("{sum}, value = \"amount\"").replace("a.payment", "a.order"),
            "field",
            "no field “order”",
        ),
        (
            format!("{sum}, value = \"amount\"").replace("a.payment", "a.nothing"),
            "entity",
            "not declared",
        ),
        (
            format!("{sum}, value = \"amount\", filter = {{ field = \"nothing\", op = \"empty\" }}"),
            "filter",
            "nothing",
        ),
        (
            format!("{sum}, value = \"amount\", filter = {{ field = \"day\", op = \"<\", value = \"$today\" }}"),
            "filter",
            "no words",
        ),
        (format!("{last}, by = \"orders\""), "by", "reference"),
        (
            formula("nothing + 1"),
            "expression",
            "“nothing” in the formula is no field",
        ),
        (formula("1 +"), "expression", ""),
        (formula("title = 5"), "expression", ""),
        (formula("x + 1"), "", "depends on itself"),
    ];
    for (field, key, part) in cases {
        let said = catalogue("", &field, "").expect_err(&field);
        let path = if key.is_empty() {
            format!("{x}: ")
        } else {
            format!("{x}.{key}: ")
        };
        assert!(said.starts_with(&path) && said.contains(part), "{field}\n{said}");
    }
    for field in [
        "type = \"choice\", dictionary = \"a.list\", default = \"x\"".to_owned(),
        format!("{sum}, value = \"amount\""),
        format!("{last}, by = \"day\""),
        last.to_owned(),
        formula("title.len()"),
    ] {
        catalogue("", &field, "").unwrap_or_else(|said| panic!("{field}\n{said}"));
    }
}

#[test]
fn circles_are_refused() {
    let parent = "parent = \"order\"";
    let related =
        |rest: &str| format!("\n[entities.\"a.order\".related.r]\npos = 1\nlabel = {{ zh = \"\", en = \"\" }}\n{rest}");
    let total = |rest: &str| format!("\n[totals.\"a.total\"]\nlabel = {{ zh = \"\", en = \"\" }}\n{rest}");
    let roll_up =
        "type = \"roll-up\", entity = \"a.payment\", field = \"order\", function = \"sum\", value = \"amount\"";
    let cases = [
        // The order is part of a payment, which is part of the order.
        (
            "parent = \"x\"",
            "type = \"reference\", entity = \"a.payment\"",
            format!("\n[extend.\"a.payment\"]\n# {parent}"),
            None,
        ),
        (
            "parent = \"x\"",
            "type = \"reference\", entity = \"a.order\"",
            String::new(),
            Some("its own parent"),
        ),
        (
            "parent = \"x\"",
            "type = \"person\"",
            String::new(),
            Some("type person"),
        ),
        (
            "",
            roll_up,
            related("entity = \"a.payment\"\nfield = \"order\"\ncolumns = { amount = 1 }"),
            None,
        ),
        ("", roll_up, related("entity = \"a.payment\"\nfield = \"orders\""), None),
        (
            "",
            roll_up,
            related("entity = \"a.payment\"\nfield = \"title\""),
            Some("type text"),
        ),
        (
            "",
            roll_up,
            related("entity = \"a.payment\"\nfield = \"order\"\ncolumns = { x = 1 }"),
            Some("no field “x”"),
        ),
        (
            "",
            roll_up,
            related("entity = \"a.nothing\"\nfield = \"order\""),
            Some("“a.nothing”"),
        ),
        (
            "",
            roll_up,
            total("entity = \"a.order\"\nfunction = \"count\"\nrole = \"boss\""),
            None,
        ),
        (
            "",
            roll_up,
            total("entity = \"a.payment\"\nfunction = \"sum\"\nvalue = \"amount\"\nrole = \"boss\""),
            None,
        ),
        (
            "",
            roll_up,
            total("entity = \"a.payment\"\nfunction = \"sum\"\nrole = \"boss\""),
            Some("“value” is missing"),
        ),
        (
            "",
            roll_up,
            total("entity = \"a.payment\"\nfunction = \"sum\"\nvalue = \"day\"\nrole = \"boss\""),
            Some("type date"),
        ),
        (
            "",
            roll_up,
            total("entity = \"a.payment\"\nfunction = \"count\"\nvalue = \"amount\"\nrole = \"boss\""),
            Some("no “value”"),
        ),
        (
            "",
            roll_up,
            total("entity = \"a.payment\"\nfunction = \"min\"\nvalue = \"day\"\nrole = \"boss\""),
            Some("min"),
        ),
        (
            "",
            roll_up,
            total("entity = \"a.nothing\"\nfunction = \"count\"\nrole = \"boss\""),
            Some("“a.nothing”"),
        ),
        (
            "",
            roll_up,
            total("entity = \"a.order\"\nfunction = \"count\"\nrole = \"chief\""),
            Some("“chief”"),
        ),
    ];
    for (extra, field, rest, expected) in cases {
        let found = catalogue(extra, field, &rest);
        match (expected, found) {
            (None, found) => assert!(found.is_ok(), "{field} {rest}\n{found:?}"),
            (Some(part), Err(said)) => assert!(said.contains(part), "{field} {rest}\n{said}"),
            (Some(_), Ok(_)) => panic!("{field} {rest} was taken"),
        }
    }
    let source = PAYMENTS
        .replace("EXTRA", "parent = \"payment\"")
        .replace(
            "FIELDS",
            "payment = { pos = 2, type = \"reference\", entity = \"a.payment\", label = { zh = \"\", en = \"\" } }",
        )
        .replace("CHILD", parent);
    let errors = Catalogue::new([Definitions::parse("a.toml", &source).unwrap()]).unwrap_err();
    let paths: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["entities.\"a.order\".parent", "entities.\"a.payment\".parent"]);

    // A formula needs a roll-up over formulas that need the formula.
    let circle = r#"
[entities."a.b"]
label = { zh = "", en = "" }
title = "name"
[entities."a.b".fields]
name = { pos = 1, type = "text", label = { zh = "", en = "" } }
up = { pos = 2, type = "reference", entity = "a.b", label = { zh = "", en = "" } }
own = { pos = 3, type = "formula", expression = "below + 1", result = "number", label = { zh = "", en = "" } }
below = { pos = 4, type = "roll-up", entity = "a.b", field = "up", function = "sum", value = "own", label = { zh = "", en = "" } }
"#;
    let errors = Catalogue::new([Definitions::parse("a.toml", circle).unwrap()]).unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:#?}");
    assert!(errors.iter().all(|error| error.text.en.contains("depends on itself")));
}

#[test]
fn a_roll_up_has_the_kind_of_what_it_takes() {
    let chain = r#"
[entities."a.customer"]
label = { zh = "", en = "" }
title = "name"
[entities."a.customer".fields]
name = { pos = 1, type = "text", label = { zh = "", en = "" } }
paid = { pos = 2, type = "roll-up", entity = "a.order", field = "customer", function = "sum", value = "x", label = { zh = "", en = "" } }
orders = { pos = 3, type = "roll-up", entity = "a.order", field = "customer", function = "count", label = { zh = "", en = "" } }
[extend."a.order".fields]
customer = { pos = 9, type = "reference", entity = "a.customer", label = { zh = "", en = "" } }
"#;
    let field = "type = \"roll-up\", entity = \"a.payment\", field = \"order\", function = \"sum\", value = \"amount\"";
    let catalogue = catalogue("", field, chain).unwrap();
    for (entity, field, kind) in [
        ("a.order", "x", "money"),
        ("a.customer", "paid", "money"),
        ("a.customer", "orders", "number"),
    ] {
        let field = catalogue.entity(entity).unwrap().field(field).unwrap();
        assert_eq!(field.kind.of_values().name(), kind, "{}", field.id);
        assert!(matches!(field.kind, FieldKind::RollUp { .. }) && field.read_only);
    }
    let order = kapok_protocol::Entity::new("a.order");
    let over: Vec<_> = catalogue
        .roll_ups_over(&order)
        .map(|roll_up| (roll_up.name(), roll_up.function()))
        .collect();
    assert_eq!(over, [("paid", Function::Sum), ("orders", Function::Count)]);
    let of: Vec<_> = catalogue
        .roll_ups_of(&order)
        .map(|roll_up| roll_up.source().as_str())
        .collect();
    assert_eq!(of, ["a.payment"]);
    let paid = catalogue.roll_ups_over(&order).next().unwrap();
    assert_eq!(paid.mentions().collect::<Vec<_>>(), ["customer", "x"]);
}
