//! What makes a record valid, and what happens when two people save it.

mod common;

use common::{catalogue, fields, record};
use kapok_protocol::Value;
use kapok_records::{Author, Catalogue, Definitions, Fields, as_value, conflicts, defaults, validate};
use kapok_rules::Context;

const QUOTE: &str = r#"{"title":" 机床 ","customer":"5","date":"2026-11-23","valid_until":"2026-12-23",
    "lines":[{"product":"主轴","quantity":"2","price":"9.90"},{"product":"导轨","quantity":1,"price":5}]}"#;

fn quote(current: &str, submitted: &str, author: Author) -> Result<Fields, Vec<(String, String)>> {
    let catalogue = catalogue();
    validate(
        catalogue.entity("quotes.quote").unwrap(),
        &fields(current),
        &fields(submitted),
        author,
    )
    .map_err(|refusals| {
        refusals
            .into_iter()
            .map(|refusal| (refusal.field.unwrap_or_default(), refusal.code))
            .collect()
    })
}

#[test]
fn a_valid_record_comes_out_in_normal_form() {
    let saved = quote("{}", QUOTE, Author::Person).unwrap();
    let expected = fields(
        r#"{"title":"机床","customer":"5","date":"2026-11-23","valid_until":"2026-12-23","lines":[
            {"id":"1","product":"主轴","quantity":2,"price":9.9,"discount":0},{"id":"2","product":"导轨","quantity":1,"price":5,"discount":0}]}"#,
    );
    assert_eq!(saved, expected);
    // Saving what is there again changes nothing.
    let json = serde_json::to_string(&saved).unwrap();
    assert_eq!(quote(&json, &json, Author::Person).unwrap(), saved);
}

#[test]
fn every_failure_is_said_at_its_field() {
    let cases = [
        (
            "{}",
            vec![
                ("title", "required"),
                ("customer", "required"),
                ("date", "required"),
                ("valid_until", "required"),
                ("lines", "required"),
            ],
        ),
        (
            r#"{"title":"x","colour":"red"}"#,
            vec![
                ("colour", "unknown"),
                ("customer", "required"),
                ("date", "required"),
                ("valid_until", "required"),
                ("lines", "required"),
            ],
        ),
    ];
    for (submitted, expected) in cases {
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(field, code)| (field.to_owned(), format!("field.{code}")))
            .collect();
        assert_eq!(quote("{}", submitted, Author::Person), Err(expected), "{submitted}");
    }
    let cases = [
        (r#"{"title":5}"#, "title", "field.type"),
        (r#"{"title":"a\nb"}"#, "title", "field.one-line"),
        (r#"{"title":null}"#, "title", "field.required"),
        (r#"{"title":"  "}"#, "title", "field.required"),
        (r#"{"customer":"x"}"#, "customer", "field.reference"),
        (r#"{"customer":"0"}"#, "customer", "field.reference"),
        (r#"{"date":"2026-02-30"}"#, "date", "field.date"),
        (r#"{"date":20260230}"#, "date", "field.type"),
        (r#"{"status":"approved"}"#, "status", "field.read-only"),
        (r#"{"total":1}"#, "total", "field.read-only"),
        (r#"{"number":"BJ1"}"#, "number", "field.read-only"),
        (r#"{"lines":"x"}"#, "lines", "field.lines"),
        (r#"{"lines":[1]}"#, "lines", "field.lines"),
        (r#"{"lines":[]}"#, "lines", "field.required"),
        (
            r#"{"lines":[{"product":"a","quantity":1,"price":1},{"product":"a","quantity":-1,"price":1}]}"#,
            "lines.1.quantity",
            "field.too-small",
        ),
        (
            r#"{"lines":[{"product":"a","quantity":1,"price":"1.234"}]}"#,
            "lines.0.price",
            "field.scale",
        ),
        (
            r#"{"lines":[{"product":"a","quantity":"many","price":1}]}"#,
            "lines.0.quantity",
            "field.number",
        ),
        (
            r#"{"lines":[{"product":"a","quantity":1,"price":1,"discount":101}]}"#,
            "lines.0.discount",
            "field.too-large",
        ),
        (
            r#"{"lines":[{"product":"a","quantity":1,"price":1,"amount":5}]}"#,
            "lines.0.amount",
            "field.read-only",
        ),
        (
            r#"{"lines":[{"product":"a","quantity":1,"price":1,"x":5}]}"#,
            "lines.0.x",
            "field.unknown",
        ),
    ];
    for (submitted, field, code) in cases {
        assert_eq!(
            quote(QUOTE, submitted, Author::Person),
            Err(vec![(field.to_owned(), code.to_owned())]),
            "{submitted}"
        );
    }
}

#[test]
fn each_kind_of_field_has_its_form() {
    let source = r#"
[entities."a.b"]
label = { zh = "", en = "" }
title = "text"
[entities."a.b".fields]
text = { pos = 1, type = "text", max_length = 3, label = { zh = "", en = "" } }
moment = { pos = 2, type = "date-time", label = { zh = "", en = "" } }
flag = { pos = 3, type = "boolean", label = { zh = "", en = "" } }
choice = { pos = 4, type = "choice", choices = { a = { pos = 1, label = { zh = "", en = "" } } }, label = { zh = "", en = "" } }
phone = { pos = 5, type = "phone", label = { zh = "", en = "" } }
email = { pos = 6, type = "email", label = { zh = "", en = "" } }
several = { pos = 7, type = "reference", entity = "a.b", multiple = true, label = { zh = "", en = "" } }
long = { pos = 8, type = "long-text", label = { zh = "", en = "" } }
"#;
    let catalogue = Catalogue::new([Definitions::parse("a.toml", source).unwrap()]).unwrap();
    let cases = [
        ("text", r#""四个汉字""#, None),
        ("text", r#""三个字""#, Some(r#""三个字""#)),
        (
            "moment",
            r#""2026-11-23T09:30:00+08:00""#,
            Some(r#""2026-11-23T01:30:00Z""#),
        ),
        ("moment", r#""2026-11-23""#, None),
        ("flag", "true", Some("true")),
        ("flag", r#""true""#, None),
        ("choice", r#""a""#, Some(r#""a""#)),
        ("choice", r#""b""#, None),
        ("phone", r#""+86 571-5550 0123""#, Some(r#""+86 571-5550 0123""#)),
        ("phone", r#""call me""#, None),
        ("phone", r#""12""#, None),
        ("email", r#""li.na@example.com""#, Some(r#""li.na@example.com""#)),
        ("email", r#""li.na@example""#, None),
        ("email", r#""li na@example.com""#, None),
        ("email", r#""a@b.c\r\nBcc: x@y.z""#, None),
        ("several", r#"["1","2"]"#, Some(r#"["1","2"]"#)),
        ("several", r#""1""#, None),
        ("several", r#"["x"]"#, None),
        ("long", r#""a\nb""#, Some(r#""a\nb""#)),
    ];
    for (field, value, expected) in cases {
        let submitted = fields(&format!(r#"{{"{field}":{value}}}"#));
        let saved = validate(
            catalogue.entity("a.b").unwrap(),
            &Fields::new(),
            &submitted,
            Author::Person,
        );
        let value_of = |fields: Fields| serde_json::to_string(&fields[field]).unwrap();
        assert_eq!(saved.ok().map(value_of).as_deref(), expected, "{field} {value}");
    }
}

#[test]
fn rows_keep_their_identity_and_what_the_system_wrote() {
    let current = r#"{"title":"a","customer":"5","date":"2026-11-23","valid_until":"2026-12-23","total":25,"lines":[
        {"id":"1","product":"主轴","quantity":2,"price":10,"discount":5,"amount":19},{"id":"4","product":"导轨","quantity":1,"price":5,"amount":5}]}"#;
    let submitted = r#"{"lines":[{"id":"4","product":"导轨","quantity":2,"price":5,"amount":5},{"product":"新","price":1},
        {"id":"9","product":"外来","quantity":1,"price":1,"discount":3},{"id":"1","product":"主轴","quantity":2,"price":10}]}"#;
    let saved = quote(current, submitted, Author::Person).unwrap();
    let expected = fields(
        r#"{"lines":[{"id":"4","product":"导轨","quantity":2,"price":5,"amount":5},{"id":"5","product":"新","quantity":1,"price":1,"discount":0},
            {"id":"6","product":"外来","quantity":1,"price":1,"discount":3},{"id":"1","product":"主轴","quantity":2,"price":10,"amount":19}]}"#,
    );
    assert_eq!(saved["lines"], expected["lines"]);
    let program = quote(current, r#"{"total":30,"status":"approved"}"#, Author::Program).unwrap();
    assert_eq!(
        (&program["total"], &program["status"]),
        (&Value::from(30), &Value::from("approved"))
    );
}

#[test]
fn a_new_record_begins_with_its_defaults() {
    let catalogue = catalogue();
    let context = Context {
        today: "2026-11-23".parse().unwrap(),
        ..Context::default()
    };
    let begin = defaults(catalogue.entity("quotes.quote").unwrap(), &context);
    assert_eq!(
        begin,
        fields(r#"{"date":"2026-11-23","valid_until":"2026-12-23","status":"draft"}"#)
    );
}

#[test]
fn changes_to_different_fields_merge_and_to_the_same_one_do_not() {
    let catalogue = catalogue();
    let entity = catalogue.entity("quotes.quote").unwrap();
    let current = record(1, None, r#"{"title":"now","note":"kept"}"#);
    let cases = [
        (3, None, r#"{"title":"mine"}"#, vec![]),
        (2, Some(r#"{"title":"then"}"#), r#"{"title":"mine"}"#, vec!["title"]),
        (2, Some(r#"{"title":"then"}"#), r#"{"title":"now"}"#, vec![]),
        (2, Some(r#"{"note":"kept"}"#), r#"{"note":"mine"}"#, vec![]),
        (2, Some("{}"), r#"{"customer":"5"}"#, vec![]),
        (2, None, r#"{"note":"mine","customer":"5"}"#, vec!["customer", "note"]),
    ];
    for (version, base, submitted, expected) in cases {
        let refusals = conflicts(entity, &current, version, base.map(fields).as_ref(), &fields(submitted));
        let found: Vec<_> = refusals.iter().map(|conflict| conflict.field.as_str()).collect();
        assert_eq!(found, expected, "{submitted}");
    }
}

#[test]
fn expressions_see_every_declared_field() {
    let catalogue = catalogue();
    let value = as_value(
        catalogue.entity("quotes.quote").unwrap(),
        &record(1, Some(7), r#"{"title":"a"}"#),
    );
    for (path, expected) in [
        ("title", Value::from("a")),
        ("note", Value::Null),
        ("owner", "7".into()),
        ("id", "1".into()),
    ] {
        assert_eq!(value.at(path), Some(&expected), "{path}");
    }
    assert_eq!(value.at("titel"), None);
}
