//! What a change of the definitions does: the plan that is shown before, and how older records are read after.

mod common;

use common::fields;
use kapok_records::{Catalogue, Definitions, erase_undeclared, plan, upcast};

const BEFORE: &str = r#"
[entities."a.b"]
label = { zh = "甲", en = "A" }
title = "name"
sort = "name"

[entities."a.b".fields]
name = { pos = 1, type = "text", label = { zh = "名", en = "Name" } }
x = { pos = 2, type = "number", label = { zh = "某", en = "X" } }
up = { pos = 3, type = "reference", entity = "a.b", label = { zh = "上", en = "Up" } }
pick = { pos = 4, type = "choice", label = { zh = "选", en = "Pick" }, choices = { y = { pos = 1, label = { zh = "是", en = "Yes" } }, n = { pos = 2, label = { zh = "否", en = "No" } } } }
rows = { pos = 5, type = "lines", label = { zh = "行", en = "Rows" }, columns = { q = { pos = 1, type = "number", label = { zh = "量", en = "Quantity" } } } }

[dictionaries."a.d"]
label = { zh = "典", en = "List" }
entries = { k = { pos = 1, label = { zh = "键", en = "Key" } } }

[roles.sales]
label = { zh = "销售", en = "Sales" }

[permissions."a.b"]
sales = { read = "own" }
"#;

fn catalogue(source: &str) -> Catalogue {
    let definitions = Definitions::parse("a.toml", source).unwrap_or_else(|errors| panic!("{errors:#?}"));
    Catalogue::new([definitions]).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

#[test]
fn a_plan_says_what_happens() {
    let number = "x = { pos = 2, type = \"number\"";
    let cases = [
        (
            "label = { zh = \"甲\", en = \"A\" }",
            "label = { zh = \"乙\", en = \"B\" }",
            "now called “B”",
            false,
            false,
        ),
        ("sort = \"name\"", "sort = \"-name\"", "sorted", false, true),
        (
            "sort = \"name\"",
            "sort = \"name\"\nunique.u = { fields = [\"name\", \"x\"] }",
            "unique rules",
            false,
            true,
        ),
        (
            "sort = \"name\"",
            "sort = \"name\"\nduplicates.u = { fields = [\"name\"] }",
            "duplicate rules",
            false,
            true,
        ),
        (
            "sort = \"name\"",
            "sort = \"name\"\ncolumns = { x = 1 }",
            "laid out anew",
            false,
            false,
        ),
        ("x = { pos", "z = { pos", "field “X” is removed", true, true),
        (
            "pos = 2, type = \"number\"",
            "pos = 2, disabled = true, type = \"number\"",
            "out of use",
            false,
            false,
        ),
        (
            "\nx = {",
            "\nz = { pos = 9, type = \"text\", label = { zh = \"\", en = \"Z\" } }\nx = {",
            "“Z” is new",
            false,
            false,
        ),
        (
            "\nx = {",
            "\nz = { pos = 9, type = \"text\", required = true, label = { zh = \"\", en = \"Z\" } }\nx = {",
            "new and required",
            false,
            false,
        ),
        (
            "\nx = {",
            "\nz = { pos = 9, type = \"formula\", expression = \"x + 1\", result = \"number\", label = { zh = \"\", en = \"Z\" } }\nx = {",
            "computed for the records",
            false,
            true,
        ),
        (
            number,
            "x = { pos = 2, type = \"money\"",
            "from number to money; its values are kept",
            false,
            true,
        ),
        (
            number,
            "x = { pos = 2, type = \"text\"",
            "from number to text; its values are kept",
            false,
            true,
        ),
        (
            number,
            "x = { pos = 2, type = \"date\"",
            "from number to date; values that",
            true,
            true,
        ),
        (
            number,
            "x = { pos = 2, type = \"number\", max = 5",
            "bounds",
            false,
            false,
        ),
        (
            number,
            "x = { pos = 2, type = \"number\", unique = true",
            "becomes unique",
            false,
            true,
        ),
        (
            number,
            "x = { pos = 2, type = \"number\", required = true",
            "becomes required",
            false,
            false,
        ),
        (
            number,
            "x = { pos = 2, type = \"number\", private = true",
            "Settings",
            false,
            false,
        ),
        (
            "entity = \"a.b\"",
            "entity = \"a.b\", multiple = true",
            "several values",
            false,
            true,
        ),
        (
            "entity = \"a.b\"",
            "entity = \"system.role\"",
            "names records of “system.role”",
            true,
            true,
        ),
        (
            "pos = 1, label = { zh = \"是\"",
            "pos = 1, disabled = true, label = { zh = \"是\"",
            "no longer offers “Yes”",
            false,
            false,
        ),
        (
            "n = { pos = 2, label = { zh = \"否\", en = \"No\" } }",
            "m = { pos = 2, label = { zh = \"或\", en = \"Maybe\" } }",
            "loses “No”",
            true,
            false,
        ),
        ("q = { pos", "r = { pos", "loses the column “Quantity”", true, true),
        (
            "entries = { k = { pos",
            "entries = { l = { pos",
            "The dictionary “List” loses “Key”",
            true,
            false,
        ),
        (
            "sales = { read = \"own\" }",
            "sales = { read = \"all\" }",
            "rights of the role sales",
            false,
            false,
        ),
        (
            "[roles.sales]",
            "[roles.boss]\nlabel = { zh = \"老板\", en = \"Boss\" }\n[roles.sales]",
            "role “Boss” is new",
            false,
            false,
        ),
    ];
    let before = catalogue(BEFORE);
    assert_eq!(plan(&before, &catalogue(BEFORE)), []);
    for (from, to, part, destructive, back_fill) in cases {
        assert!(BEFORE.contains(from), "{from}");
        let after = catalogue(&BEFORE.replacen(from, to, 1));
        let changes = plan(&before, &after);
        let change = changes.iter().find(|change| change.text.en.contains(part));
        let change = change.unwrap_or_else(|| panic!("{to}: {changes:#?}"));
        assert_eq!(
            (change.destructive, change.back_fill),
            (destructive, back_fill),
            "{to}: {change:?}"
        );
        assert!(!change.text.zh.is_empty());
    }
    let without = BEFORE
        .replace("[entities.\"a.b\"", "[entities.\"a.c\"")
        .replace("[permissions.\"a.b\"]", "[permissions.\"a.c\"]")
        .replace("entity = \"a.b\"", "entity = \"a.c\"");
    let changes = plan(&before, &catalogue(&without));
    let said: Vec<_> = changes
        .iter()
        .map(|change| (change.text.zh.as_str(), change.destructive))
        .collect();
    assert_eq!(
        said,
        [("移除实体“甲”，其中的记录不再可见。", true), ("新增实体“甲”。", false)]
    );
}

#[test]
fn older_records_are_read_in_the_present_form() {
    let types = [
        ("\"text\"", r#"5.50"#, Some(r#""5.5""#)),
        ("\"text\"", r#""a""#, Some(r#""a""#)),
        ("\"text\"", r#"["a"]"#, Some(r#""a""#)),
        ("\"text\"", r#"["a","b"]"#, None),
        ("\"text\"", r#"{"detail":"x"}"#, None),
        ("\"number\"", r#"" 5.50""#, Some("5.5")),
        ("\"number\"", r#""five""#, None),
        ("\"money\"", "5", Some("5")),
        ("\"date\"", r#""2026-11-23T09:00:00Z""#, Some(r#""2026-11-23""#)),
        ("\"date\"", r#""tomorrow""#, None),
        ("\"date-time\"", r#""2026-11-23""#, Some(r#""2026-11-23T00:00:00Z""#)),
        ("\"time\"", r#""2026-11-23""#, None),
        ("\"boolean\"", r#""true""#, None),
        ("\"person\", multiple = true", r#""7""#, Some(r#"["7"]"#)),
        ("\"person\"", r#"["7"]"#, Some(r#""7""#)),
        ("\"address\"", r#""文三路""#, Some(r#"{"detail":"文三路"}"#)),
        ("\"attachment\"", r#""x""#, None),
        (
            "\"rich-text\"",
            r#""<p>a</p><script>b</script>""#,
            Some(r#""<p>a</p>""#),
        ),
        ("\"rich-text\"", r#""<p>a</p>""#, Some(r#""<p>a</p>""#)),
    ];
    for (kind, stored, expected) in types {
        let source = BEFORE.replacen("type = \"number\"", &format!("type = {kind}"), 1);
        let catalogue = catalogue(&source);
        let mut values = fields(&format!(r#"{{"x":{stored},"name":"n","foreign":1}}"#));
        let before = values.clone();
        let changed = upcast(catalogue.entity("a.b").unwrap(), &mut values);
        let found = values.get("x").map(|value| serde_json::to_string(value).unwrap());
        assert_eq!(found.as_deref(), expected, "{kind} {stored}");
        assert_eq!(changed, values != before, "{kind} {stored}");
        // What is not declared stays until it is erased on purpose.
        assert!(values.contains_key("foreign"));
        assert!(erase_undeclared(catalogue.entity("a.b").unwrap(), &mut values) && !values.contains_key("foreign"));
    }
    let catalogue = catalogue(BEFORE);
    let mut rows = fields(r#"{"rows":[{"id":"1","q":"2"},{"id":"2","q":"x"},{"id":"3","q":4}]}"#);
    assert!(upcast(catalogue.entity("a.b").unwrap(), &mut rows));
    assert_eq!(
        rows,
        fields(r#"{"rows":[{"id":"1","q":2},{"id":"2"},{"id":"3","q":4}]}"#)
    );
}
