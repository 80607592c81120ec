//! The normal form of every type, and what has none.

mod common;

use common::fields;
use kapok_records::{Author, Catalogue, Definitions, Fields, unique_keys, upcast, validate};
use proptest::prelude::*;

const EVERYTHING: &str = r#"
[entities."a.b"]
label = { zh = "", en = "" }
title = "text"
unique.pair = { fields = ["text", "date"] }
duplicates.same = { fields = ["text", "phone"] }

[entities."a.b".fields]
text = { pos = 1, type = "text", max_length = 8, label = { zh = "", en = "" } }
long = { pos = 2, type = "long-text", label = { zh = "", en = "" } }
rich = { pos = 3, type = "rich-text", label = { zh = "", en = "" } }
number = { pos = 4, type = "number", min = -1, max = 1.5, unique = true, label = { zh = "", en = "" } }
decimal = { pos = 5, type = "decimal", scale = 3, label = { zh = "", en = "" } }
money = { pos = 6, type = "money", min = 0, label = { zh = "", en = "" } }
date = { pos = 7, type = "date", label = { zh = "", en = "" } }
time = { pos = 8, type = "time", label = { zh = "", en = "" } }
moment = { pos = 9, type = "date-time", label = { zh = "", en = "" } }
flag = { pos = 10, type = "boolean", label = { zh = "", en = "" } }
choice = { pos = 11, type = "choice", dictionary = "a.list", label = { zh = "", en = "" } }
choices = { pos = 12, type = "choice", dictionary = "a.list", multiple = true, label = { zh = "", en = "" } }
region = { pos = 13, type = "tree-choice", dictionary = "a.tree", label = { zh = "", en = "" } }
regions = { pos = 14, type = "tree-choice", dictionary = "a.tree", multiple = true, label = { zh = "", en = "" } }
person = { pos = 15, type = "person", label = { zh = "", en = "" } }
people = { pos = 16, type = "person", multiple = true, label = { zh = "", en = "" } }
departments = { pos = 17, type = "department", multiple = true, label = { zh = "", en = "" } }
references = { pos = 18, type = "reference", entity = "a.b", multiple = true, label = { zh = "", en = "" } }
files = { pos = 19, type = "attachment", max_files = 2, max_size = 1000, label = { zh = "", en = "" } }
pictures = { pos = 20, type = "picture", label = { zh = "", en = "" } }
phone = { pos = 21, type = "phone", label = { zh = "", en = "" } }
email = { pos = 22, type = "email", label = { zh = "", en = "" } }
address = { pos = 23, type = "address", dictionary = "a.tree", label = { zh = "", en = "" } }
place = { pos = 24, type = "address", label = { zh = "", en = "" } }
formula = { pos = 25, type = "formula", expression = "number + 1", result = "number", label = { zh = "", en = "" } }
lines = { pos = 26, type = "lines", label = { zh = "", en = "" }, columns = { region = { pos = 1, type = "tree-choice", dictionary = "a.tree", label = { zh = "", en = "" } } } }

[dictionaries."a.list"]
label = { zh = "", en = "" }
[dictionaries."a.list".entries]
a = { pos = 1, label = { zh = "", en = "" } }
b = { pos = 2, label = { zh = "", en = "" } }
old = { pos = 3, disabled = true, label = { zh = "", en = "" } }

[dictionaries."a.tree"]
label = { zh = "", en = "" }
tree = true
[dictionaries."a.tree".entries]
root = { pos = 1, label = { zh = "", en = "" } }
leaf = { pos = 1, parent = "root", label = { zh = "", en = "" } }
gone = { pos = 2, disabled = true, label = { zh = "", en = "" } }
under = { pos = 1, parent = "gone", label = { zh = "", en = "" } }
"#;

fn catalogue() -> Catalogue {
    let definitions = Definitions::parse("a.toml", EVERYTHING).unwrap_or_else(|errors| panic!("{errors:#?}"));
    Catalogue::new([definitions]).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn save(current: &str, field: &str, value: &str) -> Result<Option<String>, String> {
    let catalogue = catalogue();
    let submitted = fields(&format!(r#"{{"{field}":{value}}}"#));
    let saved = validate(
        catalogue.entity("a.b").unwrap(),
        &fields(current),
        &submitted,
        Author::Person,
    );
    match saved {
        Ok(saved) => Ok(saved.get(field).map(|value| serde_json::to_string(value).unwrap())),
        Err(refusals) => Err(refusals[0].code.clone()),
    }
}

#[test]
fn each_type_has_its_form() {
    let file = r#"{"file":"ab12","name":"a.pdf","size":10,"type":"application/PDF"}"#;
    let kept = r#"{"file":"ab12","name":"a.pdf","size":10,"type":"application/pdf"}"#;
    let picture = file.replace("application/PDF", "image/png");
    let cases = [
        ("text", r#"" 木棉 ""#.to_owned(), Ok(Some(r#""木棉""#.to_owned()))),
        ("text", r#""123456789""#.to_owned(), Err("field.too-long")),
        ("text", r#""a\u0000""#.to_owned(), Err("field.type")),
        (
            "rich",
            r#""<p>a<script>x()</script></p>""#.to_owned(),
            Ok(Some(r#""<p>a</p>""#.to_owned())),
        ),
        (
            "rich",
            r#""<p onclick=\"x()\">a</p>""#.to_owned(),
            Ok(Some(r#""<p>a</p>""#.to_owned())),
        ),
        (
            "rich",
            r#""<a href=\"javascript:x()\">a</a><img src=x onerror=y()>""#.to_owned(),
            Ok(Some(r#""<a rel=\"noopener noreferrer\">a</a>""#.to_owned())),
        ),
        ("rich", r#""<p> &nbsp;<br></p>""#.to_owned(), Ok(None)),
        ("rich", r#""1 < 2""#.to_owned(), Ok(Some(r#""1 &lt; 2""#.to_owned()))),
        ("number", "1.50".to_owned(), Ok(Some("1.5".to_owned()))),
        ("number", r#""-1""#.to_owned(), Ok(Some("-1".to_owned()))),
        ("number", "1.51".to_owned(), Err("field.too-large")),
        ("number", "-2".to_owned(), Err("field.too-small")),
        ("number", r#""1e""#.to_owned(), Err("field.number")),
        ("decimal", "0.1230".to_owned(), Ok(Some("0.123".to_owned()))),
        ("decimal", "0.1234".to_owned(), Err("field.scale")),
        ("money", r#""12.30""#.to_owned(), Ok(Some("12.3".to_owned()))),
        ("money", r#""-0.01""#.to_owned(), Err("field.too-small")),
        ("money", r#""0.001""#.to_owned(), Err("field.scale")),
        (
            "date",
            r#""2026-2-3""#.to_owned(),
            Ok(Some(r#""2026-02-03""#.to_owned())),
        ),
        ("date", r#""12026-02-03""#.to_owned(), Err("field.date")),
        ("time", r#""9:30""#.to_owned(), Ok(Some(r#""09:30""#.to_owned()))),
        ("time", r#""09:30:00""#.to_owned(), Ok(Some(r#""09:30""#.to_owned()))),
        ("time", r#""23:59:59""#.to_owned(), Ok(Some(r#""23:59:59""#.to_owned()))),
        ("time", r#""24:00""#.to_owned(), Err("field.time")),
        (
            "moment",
            r#""2026-01-01T00:00:00+08:00""#.to_owned(),
            Ok(Some(r#""2025-12-31T16:00:00Z""#.to_owned())),
        ),
        ("flag", "1".to_owned(), Err("field.boolean")),
        ("choice", r#""a""#.to_owned(), Ok(Some(r#""a""#.to_owned()))),
        ("choice", r#""c""#.to_owned(), Err("field.choice")),
        ("choice", r#""old""#.to_owned(), Err("field.choice-disabled")),
        ("choice", r#"["a"]"#.to_owned(), Err("field.type")),
        (
            "choices",
            r#"["b","a","b"]"#.to_owned(),
            Ok(Some(r#"["b","a"]"#.to_owned())),
        ),
        ("choices", r#""a""#.to_owned(), Err("field.type")),
        ("choices", r#"["a","old"]"#.to_owned(), Err("field.choice-disabled")),
        ("region", r#""leaf""#.to_owned(), Ok(Some(r#""leaf""#.to_owned()))),
        ("region", r#""gone""#.to_owned(), Err("field.choice-disabled")),
        ("region", r#""under""#.to_owned(), Err("field.choice-disabled")),
        (
            "regions",
            r#"["root","leaf"]"#.to_owned(),
            Ok(Some(r#"["root","leaf"]"#.to_owned())),
        ),
        ("person", r#""07""#.to_owned(), Ok(Some(r#""7""#.to_owned()))),
        ("person", r#"["7"]"#.to_owned(), Err("field.reference")),
        (
            "people",
            r#"["7","8","7"]"#.to_owned(),
            Ok(Some(r#"["7","8"]"#.to_owned())),
        ),
        ("people", r#"["me"]"#.to_owned(), Err("field.reference")),
        ("departments", "[]".to_owned(), Ok(None)),
        ("references", r#"["1"]"#.to_owned(), Ok(Some(r#"["1"]"#.to_owned()))),
        ("files", format!("[{file}]"), Ok(Some(format!("[{kept}]")))),
        ("files", format!("[{file},{file},{file}]"), Err("field.too-many")),
        (
            "files",
            format!("[{}]", file.replace("10", "1001")),
            Err("field.file-size"),
        ),
        (
            "files",
            format!("[{}]", file.replace("a.pdf", "../a")),
            Err("field.file"),
        ),
        (
            "files",
            format!("[{}]", file.replace("ab12", "../a")),
            Err("field.file"),
        ),
        ("files", format!("[{}]", file.replace("10", "-1")), Err("field.file")),
        (
            "files",
            format!("[{}]", file.replace("\"size\"", "\"sizes\"")),
            Err("field.file"),
        ),
        ("files", file.to_owned(), Err("field.type")),
        ("pictures", format!("[{picture}]"), Ok(Some(format!("[{picture}]")))),
        ("pictures", format!("[{file}]"), Err("field.picture")),
        (
            "pictures",
            format!("[{}]", file.replace("application/PDF", "image/svg+xml")),
            Err("field.picture"),
        ),
        (
            "phone",
            r#""１３８ 0013 8000""#.to_owned(),
            Ok(Some(r#""138 0013 8000""#.to_owned())),
        ),
        (
            "phone",
            r#""26.47.15.10""#.to_owned(),
            Ok(Some(r#""26.47.15.10""#.to_owned())),
        ),
        ("phone", r#""26,47""#.to_owned(), Err("field.phone")),
        (
            "email",
            r#""li.na＠example.com""#.to_owned(),
            Ok(Some(r#""li.na@example.com""#.to_owned())),
        ),
        (
            "address",
            r#"{"region":"leaf","detail":" 文三路\n1 号 ","postcode":"３１００００"}"#.to_owned(),
            Ok(Some(
                r#"{"detail":"文三路 1 号","postcode":"310000","region":"leaf"}"#.to_owned(),
            )),
        ),
        (
            "address",
            r#""文三路""#.to_owned(),
            Ok(Some(r#"{"detail":"文三路"}"#.to_owned())),
        ),
        ("address", r#"{"region":"","detail":null}"#.to_owned(), Ok(None)),
        ("address", r#"{"region":"nowhere"}"#.to_owned(), Err("field.choice")),
        (
            "address",
            r#"{"region":"under"}"#.to_owned(),
            Err("field.choice-disabled"),
        ),
        ("address", r#"{"postcode":"31-0?"}"#.to_owned(), Err("field.postcode")),
        ("address", r#"{"street":"x"}"#.to_owned(), Err("field.address")),
        ("address", "[]".to_owned(), Err("field.address")),
        (
            "place",
            r#"{"region":"anywhere"}"#.to_owned(),
            Ok(Some(r#"{"region":"anywhere"}"#.to_owned())),
        ),
        ("formula", "5".to_owned(), Ok(None)),
        (
            "lines",
            r#"[{"region":"leaf"}]"#.to_owned(),
            Ok(Some(r#"[{"id":"1","region":"leaf"}]"#.to_owned())),
        ),
        (
            "lines",
            r#"[{"region":"gone"}]"#.to_owned(),
            Err("field.choice-disabled"),
        ),
    ];
    for (field, value, expected) in cases {
        let expected = expected.map_err(str::to_owned);
        assert_eq!(save("{}", field, &value), expected, "{field} {value}");
    }
}

#[test]
fn what_is_out_of_use_stays_where_it_is() {
    let current = r#"{"choice":"old","choices":["a","old"],"region":"under","address":{"region":"gone","detail":"a"},
        "lines":[{"id":"1","region":"gone"},{"id":"2"}]}"#;
    for (field, value, saved) in [
        ("choice", r#""old""#, true),
        ("choices", r#"["old","b"]"#, true),
        ("region", r#""under""#, true),
        ("region", r#""gone""#, false),
        ("address", r#"{"region":"gone","detail":"a"}"#, true),
        ("address", r#"{"region":"gone","detail":"b"}"#, true),
        ("address", r#"{"region":"under","detail":"b"}"#, false),
        (
            "lines",
            r#"[{"id":"1","region":"gone"},{"id":"2","region":"leaf"}]"#,
            true,
        ),
        (
            "lines",
            r#"[{"id":"1","region":"gone"},{"id":"2","region":"gone"}]"#,
            false,
        ),
    ] {
        assert_eq!(save(current, field, value).is_ok(), saved, "{field} {value}");
    }
    // What is chosen anew is not what was there.
    assert!(save(r#"{"choice":"a"}"#, "choice", r#""old""#).is_err());
}

#[test]
fn fields_out_of_use_keep_their_values() {
    let change = serde_json::json!({ "entities": { "a.b": { "fields": { "long": { "disabled": true } } } } });
    let layers = [
        Definitions::parse("a.toml", EVERYTHING).unwrap(),
        Definitions::administrator(&change).unwrap(),
    ];
    let catalogue = Catalogue::new(layers).unwrap();
    let entity = catalogue.entity("a.b").unwrap();
    let current = fields(r#"{"long":"kept","text":"a"}"#);
    let submit = |json: &str, author| validate(entity, &current, &fields(json), author);
    assert_eq!(
        submit(r#"{"text":"b"}"#, Author::Person).unwrap(),
        fields(r#"{"long":"kept","text":"b"}"#)
    );
    assert_eq!(
        submit(r#"{"long":"b"}"#, Author::Person).unwrap_err()[0].code,
        "field.unknown"
    );
    // A plugin need not know.
    assert_eq!(submit(r#"{"long":"b"}"#, Author::Program).unwrap()["long"], "b".into());
    let mut stored = current.clone();
    assert!(!upcast(entity, &mut stored) && stored == current);
}

#[test]
fn keys_tell_values_apart() {
    let catalogue = catalogue();
    let entity = catalogue.entity("a.b").unwrap();
    let keys = |json: &str| {
        let keys = unique_keys(entity, &fields(json)).into_iter();
        keys.map(|(rule, key)| format!("{rule}={key}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (json, expected) in [
        (
            r#"{"number":1.5,"text":"a","date":"2026-11-23"}"#,
            "number=1.5 pair=a|2026-11-23",
        ),
        (r#"{"text":"a"}"#, ""),
        (r#"{"text":"a|b\\","date":"2026-11-23"}"#, r"pair=a\|b\\|2026-11-23"),
    ] {
        assert_eq!(keys(json), expected, "{json}");
    }
}

fn anything() -> impl Strategy<Value = String> {
    let text = prop::sample::select(vec![
        "",
        " a ",
        "1",
        "-1.50",
        "2026-11-23",
        "2026-11-23T09:30:00+08:00",
        "9:05",
        "a",
        "leaf",
        "old",
        "7",
        "+86 138 0013 8000",
        "a@b.cn",
        "<p>a<b>b",
        "<a href='https://x.cn'>x</a>&lt;",
        "x&y",
        "１２３４５",
    ]);
    let text = text.prop_map(|text| serde_json::to_string(text).unwrap());
    let leaf = prop_oneof![
        text,
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("1.25".to_owned()),
        Just(r#"{"region":"leaf","detail":"a "}"#.to_owned()),
        Just(r#"{"file":"ab","name":"a.png","size":1,"type":"image/png"}"#.to_owned()),
        Just(r#"{"region":"root"}"#.to_owned()),
    ];
    prop_oneof![
        leaf.clone(),
        prop::collection::vec(leaf, 0..3).prop_map(|items| format!("[{}]", items.join(",")))
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What was saved once is saved again unchanged, and read as it is.
    #[test]
    fn the_normal_form_stays_as_it_is(value in anything()) {
        let catalogue = catalogue();
        let entity = catalogue.entity("a.b").unwrap();
        for field in entity.fields.iter().filter(|field| !field.kind.is_computed()) {
            let submitted = fields(&format!(r#"{{"{}":{value}}}"#, field.id));
            let Ok(saved) = validate(entity, &Fields::new(), &submitted, Author::Program) else { continue };
            let again = validate(entity, &Fields::new(), &saved, Author::Program);
            prop_assert_eq!(again.ok(), Some(saved.clone()), "{} {}", field.id, value);
            let mut stored = saved.clone();
            prop_assert!(!upcast(entity, &mut stored), "{} {}", field.id, value);
        }
    }
}
