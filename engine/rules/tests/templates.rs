//! Texts with placeholders.

mod common;

use common::{context, variables};
use kapok_rules::{Cause, Template, Values};

const CASE: &str = r#"{"days":3.50,"note":null,"ok":true,"names":["李娜","王伟"],"record":{"number":"BJ20261123-0001","owner":"{days}"}}"#;

#[test]
fn placeholders_are_filled_in_once() {
    let (values, context) = (variables(CASE), context());
    let cases = [
        ("报价 {record.number}", "报价 BJ20261123-0001"),
        ("{days}天 { note }（{ok}）", "3.5天 （是）"),
        ("{names}", "李娜、王伟"),
        ("{{days}} 和 {{{days}}}", "{days} 和 {3.5}"),
        ("{record.owner}", "{days}"),
        ("", ""),
    ];
    for (source, expected) in cases {
        let template = Template::parse(source).unwrap_or_else(|text| panic!("{source}: {text}"));
        assert_eq!(
            template.render(&Values::new(&values, &context)).as_deref(),
            Ok(expected),
            "{source}"
        );
    }
    let unknown = Template::parse("{record.numbr}")
        .unwrap()
        .render(&Values::new(&values, &context))
        .unwrap_err();
    assert_eq!(unknown.cause, Cause::UnknownName("record.numbr".into()));
}

#[test]
fn braces_must_match_and_hold_a_path() {
    for source in ["{", "}", "{a", "a}", "{}", "{a b}", "{a..b}", "{1 + 1}", "{{a}"] {
        assert!(Template::parse(source).is_err(), "{source}");
    }
}
