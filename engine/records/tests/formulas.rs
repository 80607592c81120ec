//! Fields that are computed.

mod common;

use common::fields;
use kapok_protocol::Entity;
use kapok_records::{Author, Catalogue, Definitions, Fields, validate};
use kapok_rules::Context;

const ORDER: &str = r#"
[entities."a.order"]
label = { zh = "订单", en = "Order" }
title = "name"

[entities."a.order".fields]
name = { pos = 1, type = "text", label = { zh = "", en = "" } }
rate = { pos = 2, type = "number", label = { zh = "", en = "" } }
cost = { pos = 3, type = "money", label = { zh = "", en = "" } }
margin = { pos = 4, type = "formula", result = "decimal", scale = 3, expression = "profit / total", label = { zh = "", en = "" } }
profit = { pos = 5, type = "formula", result = "money", expression = "total - cost", label = { zh = "", en = "" } }
total = { pos = 6, type = "formula", result = "money", expression = 'sum(lines, "amount")', label = { zh = "", en = "" } }
big = { pos = 7, type = "formula", result = "boolean", language = "feel", expression = "total > 100", label = { zh = "", en = "" } }
shown = { pos = 8, type = "formula", result = "text", expression = "name + `/` + name.len()", label = { zh = "名", en = "Shown" } }
checked = { pos = 9, type = "formula", result = "text", expression = 'if name == "bad" { throw "no" } else { name }', label = { zh = "查", en = "Checked" } }
paid = { pos = 10, type = "roll-up", entity = "a.payment", field = "order", function = "sum", value = "amount", label = { zh = "", en = "" } }
open = { pos = 11, type = "formula", result = "money", expression = "total - paid", label = { zh = "", en = "" } }
overdue = { pos = 12, type = "formula", result = "boolean", expression = "open > 0", label = { zh = "", en = "" } }

[entities."a.order".fields.lines]
pos = 20
type = "lines"
label = { zh = "", en = "" }

[entities."a.order".fields.lines.columns]
net = { pos = 4, type = "formula", result = "money", expression = "quantity * price", label = { zh = "净额", en = "Net" } }
quantity = { pos = 1, type = "number", label = { zh = "", en = "" } }
price = { pos = 2, type = "money", label = { zh = "", en = "" } }
amount = { pos = 5, type = "formula", result = "money", expression = "net * rate", label = { zh = "", en = "" } }

[entities."a.payment"]
label = { zh = "", en = "" }
title = "name"
[entities."a.payment".fields]
name = { pos = 1, type = "text", label = { zh = "", en = "" } }
order = { pos = 2, type = "reference", entity = "a.order", label = { zh = "", en = "" } }
amount = { pos = 3, type = "money", label = { zh = "", en = "" } }
"#;

fn catalogue() -> Catalogue {
    Catalogue::new([Definitions::parse("a.toml", ORDER).unwrap()]).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn save(json: &str) -> Result<Fields, Vec<String>> {
    let catalogue = catalogue();
    let entity = catalogue.entity("a.order").unwrap();
    let mut saved = validate(entity, &Fields::new(), &fields(json), Author::Person)
        .unwrap_or_else(|refusals| panic!("{json}: {refusals:#?}"));
    match catalogue.formulas().compute(entity, &mut saved, &Context::default()) {
        Ok(()) => Ok(saved),
        Err(refusals) => Err(refusals
            .into_iter()
            .map(|refusal| format!("{} {}", refusal.code, refusal.field.unwrap_or_default()))
            .collect()),
    }
}

#[test]
fn formulas_are_computed_after_what_they_need() {
    let saved = save(
        r#"{"name":"a","rate":"1.5","cost":"20","lines":[{"quantity":2,"price":"9.99"},{"quantity":3,"price":"33.33"},{"quantity":1}]}"#,
    )
    .unwrap();
    let expected = fields(
        r#"{"name":"a","rate":1.5,"cost":20,"total":179.97,"profit":159.97,"margin":0.889,"big":true,"shown":"a/1","checked":"a",
            "lines":[{"id":"1","quantity":2,"price":9.99,"net":19.98,"amount":29.97},
                     {"id":"2","quantity":3,"price":33.33,"net":99.99,"amount":150},
                     {"id":"3","quantity":1}]}"#,
    );
    // 99.99 * 1.5 is 149.985, which people round up to 149.99.
    let mut expected = expected;
    for (name, value) in fields(r#"{"total":179.96,"profit":159.96}"#) {
        expected.insert(name, value);
    }
    let rows = fields(
        r#"{"lines":[{"id":"1","quantity":2,"price":9.99,"net":19.98,"amount":29.97},
            {"id":"2","quantity":3,"price":33.33,"net":99.99,"amount":149.99},{"id":"3","quantity":1}]}"#,
    );
    expected.extend(rows);
    assert_eq!(saved, expected);
    // Computing it again changes nothing.
    let catalogue = catalogue();
    let mut again = saved.clone();
    let entity = catalogue.entity("a.order").unwrap();
    catalogue
        .formulas()
        .compute(entity, &mut again, &Context::default())
        .unwrap();
    assert_eq!(again, saved);
}

#[test]
fn a_formula_without_a_result_is_empty() {
    // Nothing is sold, so there is no margin, and that is no reason not to save.
    let saved = save(r#"{"name":"a","cost":"5","lines":[]}"#).unwrap();
    assert_eq!(
        saved,
        fields(r#"{"name":"a","cost":5,"total":0,"profit":-5,"big":false,"shown":"a/1","checked":"a"}"#)
    );
    let saved = save("{}").unwrap();
    assert!(
        !saved.contains_key("profit") && !saved.contains_key("checked"),
        "{saved:?}"
    );
}

#[test]
fn a_formula_that_fails_otherwise_refuses_the_save() {
    assert_eq!(save(r#"{"name":"bad"}"#), Err(vec!["field.formula checked".to_owned()]));
}

#[test]
fn nobody_writes_what_is_computed() {
    let saved = save(r#"{"name":"a","total":"999","open":"1","lines":[{"quantity":1,"price":2,"net":"7"}]}"#).unwrap();
    assert_eq!(saved["total"], 0.into());
    assert!(!saved.contains_key("open"));
}

#[test]
fn what_depends_on_roll_ups_is_computed_when_it_is_read() {
    let catalogue = catalogue();
    let entity = catalogue.entity("a.order").unwrap();
    let id = Entity::new("a.order");
    assert!(catalogue.formulas().has_live(&id) && catalogue.formulas().has_stored(&id));
    assert!(!catalogue.formulas().has_stored(&Entity::new("a.payment")));
    for (values, expected) in [
        (r#"{"total":100,"paid":40}"#, r#"{"open":60,"overdue":true}"#),
        (r#"{"total":100,"paid":100}"#, r#"{"open":0,"overdue":false}"#),
        (r#"{"paid":40}"#, "{}"),
    ] {
        let live = catalogue.formulas().live(entity, &fields(values), &Context::default());
        assert_eq!(live, fields(expected), "{values}");
    }
}

#[test]
fn formulas_of_line_items_know_what_is_computed_after_them() {
    let source = ORDER.replace("\"net * rate\"", "\"net * margin\"");
    let errors = Catalogue::new([Definitions::parse("a.toml", &source).unwrap()]).unwrap_err();
    assert!(errors[0].text.en.contains("computed after them"), "{errors:#?}");
    assert_eq!(
        errors[0].path,
        "entities.\"a.order\".fields.lines.columns.amount.expression"
    );
}
