use kapok_protocol::{Entity, RecordId, Text, Value};
use proptest::prelude::*;

use super::{CellLanguage, Cells, Found, Names, suggest};
use crate::{
    Definitions, Fields,
    definition::{Choice, FieldKind, FileLimits},
    validate::normal_alone,
};

/// `李娜` is 1, `王伟` 2 and 3, `A；B` 4.
struct People;

impl Names for People {
    fn name(&self, _: &FieldKind, id: RecordId) -> Option<String> {
        match id.get() {
            1 => Some("李娜".into()),
            4 => Some("A；B".into()),
            5 => Some("Smith, John".into()),
            _ => None,
        }
    }

    fn find(&self, _: &FieldKind, name: &str) -> Found {
        match name {
            "李娜" | "li.na" => Found::One(id(1)),
            "王伟" => Found::Several,
            "A；B" => Found::One(id(4)),
            "Smith, John" => Found::One(id(5)),
            _ => Found::Nothing,
        }
    }

    fn is_there(&self, _: &FieldKind, id: RecordId) -> bool {
        id.get() <= 9
    }
}

fn id(number: u64) -> RecordId {
    RecordId::new(number).unwrap()
}

fn cells(language: CellLanguage) -> Cells<'static> {
    Cells::new(&People, language, 480)
}

fn choice(id: &str, zh: &str, en: &str, parent: Option<&str>) -> Choice {
    Choice {
        id: id.into(),
        label: Text::new(zh, en),
        parent: parent.map(str::to_owned),
        disabled: false,
    }
}

/// Two labels that are alike, one that is another's key, one with a separator, one empty.
fn choices() -> Vec<Choice> {
    vec![
        choice("won", "赢单", "Won", None),
        choice("lost", "输单", "Lost", None),
        choice("other", "won", "Lost", None),
        choice("two", "甲；乙", "A; B", None),
        choice("bare", "", "", None),
    ]
}

fn regions() -> Vec<Choice> {
    vec![
        choice("zj", "浙江", "Zhejiang", None),
        choice("hz", "杭州", "Hangzhou", Some("zj")),
        choice("hz-xh", "西湖/区", "Xihu", Some("hz")),
        choice("js", "江苏", "Jiangsu", None),
        choice("js-gl", "鼓楼", "Gulou", Some("js")),
        choice("fj-gl", "鼓楼", "Gulou", None),
    ]
}

fn of_choices(multiple: bool) -> FieldKind {
    FieldKind::Choice {
        choices: choices().into(),
        dictionary: None,
        multiple,
    }
}

fn of_regions(multiple: bool) -> FieldKind {
    FieldKind::TreeChoice {
        choices: regions().into(),
        dictionary: "d".into(),
        multiple,
    }
}

fn address() -> FieldKind {
    FieldKind::Address {
        dictionary: Some("d".into()),
        choices: regions().into(),
    }
}

fn money() -> FieldKind {
    FieldKind::Money {
        currency: "CNY".into(),
        min: None,
        max: None,
    }
}

fn number() -> FieldKind {
    FieldKind::Number {
        scale: None,
        min: None,
        max: None,
    }
}

fn person(multiple: bool) -> FieldKind {
    FieldKind::Person { multiple }
}

#[test]
fn cells_are_read_as_people_write_them() {
    let text = FieldKind::Text { max_length: 100 };
    let table: Vec<(FieldKind, &str, Value)> = vec![
        (text.clone(), "  一行\r\n两行 ", "一行 两行".into()),
        (text, "   ", Value::Null),
        (FieldKind::Date, "2026-11-23", "2026-11-23".into()),
        (FieldKind::Date, "2026/1/3", "2026-01-03".into()),
        (FieldKind::Date, "2026.11.23", "2026-11-23".into()),
        (FieldKind::Date, "2026年1月3日", "2026-01-03".into()),
        (FieldKind::Date, "２０２６－１１－２３", "2026-11-23".into()),
        (FieldKind::Date, "20261123", "2026-11-23".into()),
        (FieldKind::Date, "1996-07-04 00:00:00.000", "1996-07-04".into()),
        (FieldKind::Time, "9:05", "09:05".into()),
        (FieldKind::Time, "下午3:05", "15:05".into()),
        (FieldKind::Time, "3:05pm", "15:05".into()),
        (FieldKind::Time, "9点30分", "09:30".into()),
        (FieldKind::DateTime, "2026-11-23 09:30", "2026-11-23T01:30:00Z".into()),
        (
            FieldKind::DateTime,
            "2026年11月23日 9:30:05",
            "2026-11-23T01:30:05Z".into(),
        ),
        (
            FieldKind::DateTime,
            "2026-11-23T09:30:00+01:00",
            "2026-11-23T08:30:00Z".into(),
        ),
        (FieldKind::DateTime, "2026-11-23", "2026-11-22T16:00:00Z".into()),
        (FieldKind::Boolean, "是", true.into()),
        (FieldKind::Boolean, "TRUE", true.into()),
        (FieldKind::Boolean, "否", false.into()),
        (number(), "1,234,567.50", decimal("1234567.50")),
        (number(), "１２", decimal("12")),
        (number(), "1.2E+05", decimal("120000")),
        (number(), "-3", decimal("-3")),
        (money(), "¥1,234.50", decimal("1234.50")),
        (money(), "1234元", decimal("1234")),
        (money(), "(12.00)", decimal("-12.00")),
        // As programs write them that keep numbers as floating point; what somebody wrote stays.
        (money(), "32.3800011", decimal("32.38")),
        (money(), "34.7999992", decimal("34.8")),
        (money(), "-1007.64001", decimal("-1007.64")),
        (money(), "0.30000000000000004", decimal("0.3")),
        (money(), "12.345", decimal("12.345")),
        (money(), "0.0001", decimal("0.0001")),
        (money(), "5.9991", decimal("5.9991")),
        (number(), "32.3800011", decimal("32.3800011")),
        (of_choices(false), "赢单", "won".into()),
        (of_choices(false), "lost", "lost".into()),
        (of_choices(false), "won", "won".into()),
        (of_choices(true), "赢单；输单、won", list(&["won", "lost", "won"])),
        (of_choices(true), "赢单,输单", list(&["won", "lost"])),
        (of_choices(true), "甲；乙", list(&["two"])),
        (of_regions(false), "浙江/杭州", "hz".into()),
        (of_regions(false), "Zhejiang > Hangzhou", "hz".into()),
        (of_regions(false), "江苏 / 鼓楼", "js-gl".into()),
        (person(false), "li.na", "1".into()),
        (person(true), "李娜；#7", list(&["1", "7"])),
        (person(true), "Smith, John", list(&["5"])),
        (address(), "文三路 1 号", map(&[("detail", "文三路 1 号")])),
        (
            address(),
            "浙江/杭州 | 文三路 1 号 | 310000",
            map(&[("region", "hz"), ("detail", "文三路 1 号"), ("postcode", "310000")]),
        ),
    ];
    for (kind, text, value) in table {
        let read = cells(CellLanguage::Chinese).read(&kind, text);
        assert_eq!(read, Ok(value), "{} {text:?}", kind.name());
    }
}

/// What could mean two things means nothing; each says so in both languages.
#[test]
fn what_is_not_clear_is_refused_with_a_sentence() {
    let lines = FieldKind::Lines { columns: Vec::new() };
    let files = FieldKind::Attachment(FileLimits {
        max_files: 1,
        max_size: 1,
    });
    let table = [
        (FieldKind::Date, "11/12/2026"),
        (FieldKind::Date, "2026-02-30"),
        (FieldKind::Date, "2026-11-23 08:00"),
        (FieldKind::Date, "46349"),
        (FieldKind::Time, "25:00"),
        (FieldKind::DateTime, "gestern"),
        (FieldKind::Boolean, "2"),
        (number(), "1,5"),
        (number(), "1,2345"),
        (number(), "12%"),
        (number(), "--1"),
        (number(), "¥5"),
        (money(), "five"),
        (of_choices(false), "nothing"),
        (of_choices(true), "赢单；nothing"),
        (of_regions(false), "鼓楼"),
        (of_regions(false), "江苏/杭州"),
        (person(false), "王伟"),
        (person(false), "nobody"),
        (person(false), "#99"),
        (address(), "火星 | 1 | 2"),
        (lines, "[1]"),
        (files, "a.pdf"),
    ];
    for (kind, text) in table {
        let reason = cells(CellLanguage::Chinese).read(&kind, text).expect_err(text);
        assert!(!reason.zh.is_empty() && !reason.en.is_empty(), "{text:?}");
        assert_ne!(reason.zh, reason.en);
    }
}

fn decimal(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::from(*item)).collect())
}

fn map(entries: &[(&str, &str)]) -> Value {
    let entries = entries
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Value::from(*text)));
    Value::Map(entries.collect())
}

/// Kinds with values that a record can have.
fn values() -> impl Strategy<Value = (FieldKind, Value)> {
    let text = "[ -~一-三；、/|#\u{ff01}]{0,12}".prop_map(|text| text.trim().to_owned());
    let short = text.clone();
    let number_value = (any::<i64>(), 0_u32..8).prop_map(|(number, scale)| {
        Value::Number(rust_decimal::Decimal::from_i128_with_scale(number.into(), scale).normalize())
    });
    let amount = (-1_000_000_000_i64..1_000_000_000)
        .prop_map(|cents| Value::Number(rust_decimal::Decimal::new(cents, 2).normalize()));
    let ids = |all: &'static [&'static str]| {
        (
            proptest::sample::select(all),
            proptest::sample::subsequence(all, 0..all.len()),
        )
    };
    const CHOICES: &[&str] = &["won", "lost", "other", "two", "bare"];
    const REGIONS: &[&str] = &["zj", "hz", "hz-xh", "js", "js-gl", "fj-gl"];
    const PEOPLE: &[&str] = &["1", "4", "5", "7", "9"];
    let long = FieldKind::LongText { max_length: 50 };
    prop_oneof![
        text.clone()
            .prop_map(|text| (FieldKind::Text { max_length: 50 }, text.into())),
        text.prop_map(move |text| (long.clone(), format!("{text}\n{text}").trim().into())),
        number_value.prop_map(|value| (number(), value)),
        amount.prop_map(|value| (money(), value)),
        (0_i64..100_000).prop_map(|day| {
            let day = chrono::NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(day as u64);
            (FieldKind::Date, day.to_string().into())
        }),
        (0_u32..86_400).prop_map(|seconds| {
            let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap();
            (FieldKind::Time, time.to_string().into())
        }),
        (-2_000_000_000_000_i64..4_000_000_000_000).prop_map(|millis| {
            let moment = chrono::DateTime::from_timestamp_millis(millis).unwrap();
            (FieldKind::DateTime, moment.to_rfc3339().into())
        }),
        any::<bool>().prop_map(|truth| (FieldKind::Boolean, truth.into())),
        ids(CHOICES).prop_map(|(one, _)| (of_choices(false), one.into())),
        ids(CHOICES).prop_map(|(_, some)| (of_choices(true), list(&some))),
        ids(REGIONS).prop_map(|(one, _)| (of_regions(false), one.into())),
        ids(REGIONS).prop_map(|(_, some)| (of_regions(true), list(&some))),
        ids(PEOPLE).prop_map(|(one, _)| (person(false), one.into())),
        ids(PEOPLE).prop_map(|(_, some)| (person(true), list(&some))),
        (proptest::sample::select(REGIONS), short, "[0-9]{0,6}").prop_map(|(region, detail, postcode)| {
            (
                address(),
                map(&[("region", region), ("detail", &detail), ("postcode", &postcode)]),
            )
        }),
        Just((
            FieldKind::Reference {
                entity: Entity::new("x.y"),
                multiple: false
            },
            "1".into()
        )),
    ]
}

proptest! {
    /// A value that a record can have, written into a cell and read back, is the same value.
    #[test]
    fn what_is_written_is_read_back((kind, value) in values(), english in any::<bool>()) {
        let language = if english { CellLanguage::English } else { CellLanguage::Chinese };
        let Ok(stored) = normal_alone(&kind, &value) else { return Ok(()) };
        let text = cells(language).write(&kind, &stored);
        let read = cells(language).read(&kind, &text);
        let read = read.map_err(|reason| TestCaseError::fail(format!("{text:?}: {reason}")))?;
        let read = match read.is_empty() {
            true => Value::Null,
            false => normal_alone(&kind, &read).map_err(|reason| TestCaseError::fail(reason.to_string()))?,
        };
        let stored = if stored.is_empty() { Value::Null } else { stored };
        prop_assert_eq!(read, stored, "{}", text);
    }

    /// Whatever stands in a cell, reading it ends with a value or a sentence.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        for kind in [number(), money(), FieldKind::Date, FieldKind::Time, FieldKind::DateTime, address(), person(true), of_regions(true)] {
            let _ = cells(CellLanguage::English).read(&kind, &text);
        }
    }
}

#[test]
fn line_items_are_read_back() {
    let kind = FieldKind::Lines { columns: Vec::new() };
    let row = Fields::from([("id".to_owned(), "1".into()), ("quantity".to_owned(), decimal("2"))]);
    let value = Value::List(vec![Value::Map(row)]);
    let text = cells(CellLanguage::Chinese).write(&kind, &value);
    assert_eq!(cells(CellLanguage::Chinese).read(&kind, &text), Ok(value), "{text}");
}

#[test]
fn columns_find_their_fields() {
    let text = r#"
[entities."a.b"]
label = { zh = "订单", en = "Order" }
title = "code"
[entities."a.b".fields]
code = { pos = 1, type = "text", label = { zh = "订单编号", en = "Order no." } }
amount = { pos = 2, type = "number", label = { zh = "金额", en = "Amount" } }
order_date = { pos = 3, type = "date", label = { zh = "下单日期", en = "Ordered" } }
files = { pos = 4, type = "attachment", label = { zh = "附件", en = "Files" } }
locked = { pos = 5, type = "text", label = { zh = "锁定", en = "Locked" }, read_only = true }
lines = { pos = 6, type = "lines", label = { zh = "明细", en = "Lines" }, columns = { product = { pos = 1, type = "text", label = { zh = "产品", en = "Product" } }, amount = { pos = 2, type = "number", label = { zh = "金额", en = "Amount" } }, sum = { pos = 3, type = "number", label = { zh = "合计", en = "Sum" }, read_only = true } } }
"#;
    let definitions = Definitions::parse("test", text).unwrap();
    let catalogue = crate::Catalogue::new([definitions]).unwrap();
    let headings = [
        "ORDER_DATE",
        " 订单编号 ",
        "金额（元）",
        "Amount",
        "附件",
        "locked",
        "负责人",
        "",
        "?",
        "product_id",
        "产品",
        "合计",
    ];
    let suggested = suggest(catalogue.entity("a.b").unwrap(), &headings.map(str::to_owned));
    let suggested: Vec<Option<&str>> = suggested.iter().map(Option::as_deref).collect();
    assert_eq!(
        suggested,
        [
            Some("order_date"),
            Some("code"),
            Some("amount"),
            None,
            None,
            None,
            Some("owner"),
            None,
            None,
            Some("lines.product"),
            None,
            None
        ]
    );
}
