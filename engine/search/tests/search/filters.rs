//! A filter finds exactly the records on which its condition holds.

use kapok_protocol::{Filter, Operator, Record, Test, Timestamp, Value};
use kapok_search::{Query, Rights};
use proptest::{collection::vec, option, prelude::*, sample::select};
use rust_decimal::Decimal;

use crate::support::{context, entity, filter, id, index, person, record};

/// Few different values, so that they meet.
fn scalar() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        "a",
        "ab",
        "b",
        "中国",
        "中国银行",
        "7",
        "8",
        "3",
        "2026-11-28",
        "2026-11-30",
        "2026-12-05T01:00:00Z",
        "$x",
    ];
    let long = || "长".repeat(90);
    let numbers = [
        "0",
        "1",
        "1.5",
        "-1.5",
        "2",
        "0.0000005",
        "0.0000007",
        "1.00",
        "99999999999999",
        "-99999999999999",
        "3",
    ];
    prop_oneof![
        6 => select(texts.to_vec()).prop_map(Value::from),
        1 => select(vec![long(), long() + "a", long() + "b"]).prop_map(Value::from),
        5 => select(numbers.to_vec()).prop_map(|text| Value::Number(text.parse::<Decimal>().expect("a decimal"))),
        2 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ]
}

fn field_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => scalar(),
        2 => vec(scalar(), 0..3).prop_map(Value::List),
        1 => vec(select(vec!["a", "ab", "7"]).prop_map(Value::from), 0..3).prop_map(Value::List),
        1 => proptest::collection::btree_map(select(vec!["a".to_owned(), "b".to_owned()]), scalar(), 0..3).prop_map(Value::Map),
    ]
}

const FIELDS: [&str; 4] = ["a", "b", "c", "d"];

fn records() -> impl Strategy<Value = Vec<Record>> {
    let fields = proptest::collection::btree_map(select(FIELDS.map(str::to_owned).to_vec()), field_value(), 0..5);
    let one = (fields, option::of(7_u64..10), option::of(7_u64..10), 0_i64..5);
    vec(one, 1..24).prop_map(|records| {
        let each = records.into_iter().enumerate();
        each.map(|(number, (fields, owner, by, half))| Record {
            id: id(number as u64 + 5),
            version: 1 + number as u64 % 3,
            owner: owner.map(person),
            created_at: Timestamp::from_millis(1_795_420_800_000 + half * 500),
            created_by: by.map(person),
            updated_at: Timestamp::from_millis(1_795_420_800_000 + half * 43_200_000),
            fields,
        })
        .collect()
    })
}

fn test() -> impl Strategy<Value = Filter> {
    let names = [
        "a",
        "b",
        "c",
        "d",
        "d.a",
        "a.b",
        "none",
        "id",
        "owner",
        "created_by",
        "created_at",
        "updated_at",
        "version",
        "owner.x",
    ];
    let words = [
        "$me",
        "$my_dept",
        "$my_subordinates",
        "$today",
        "$today+2d",
        "$today-1y",
        "$$x",
        "2026-11-23",
        "2026-11-23T08:00:00.500Z",
    ];
    let operand = prop_oneof![
        6 => scalar().prop_filter("a word", |value| value.as_text() != Some("$x")),
        2 => select(words.to_vec()).prop_map(Value::from),
        2 => vec(scalar().prop_filter("a word", |value| value.as_text() != Some("$x")), 0..3).prop_map(Value::List),
    ];
    let operators = [
        Operator::Equal,
        Operator::NotEqual,
        Operator::Less,
        Operator::LessOrEqual,
        Operator::Greater,
        Operator::GreaterOrEqual,
        Operator::In,
        Operator::NotIn,
        Operator::Contains,
        Operator::StartsWith,
        Operator::Empty,
        Operator::NotEmpty,
    ];
    (select(names.to_vec()), select(operators.to_vec()), operand).prop_map(|(field, op, value)| {
        Filter::Test(Test {
            field: field.to_owned(),
            op,
            value,
        })
    })
}

fn filters() -> impl Strategy<Value = Filter> {
    test().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Filter::All),
            vec(inner.clone(), 0..3).prop_map(Filter::Any),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_filter_finds_what_its_condition_holds_for(records in records(), filters in vec(filters(), 24), parts in 1_usize..4) {
        let (entity, context) = (entity(), context());
        let (index, kept) = index(&entity, &records, parts);
        for filter in filters {
            if kapok_rules::Condition::new(&filter).is_err() {
                continue;
            }
            let query = Query { entity: &entity, keyword: None, filter: Some(&filter), sort: &[], after: None, limit: 100, count_to: 100 };
            let found = index.find(&query, &Rights::all(), &context, &kept).expect("found");
            let mut expected: Vec<_> = kept.matching(&entity, Some(&filter), &context).iter().map(|record| record.id).collect();
            expected.reverse();
            prop_assert_eq!(&found.ids, &expected, "{:?}", filter);
            prop_assert_eq!(found.count, expected.len());
        }
    }
}

#[test]
fn each_operator_finds_what_it_says() {
    let records = [
        record(
            1,
            Some(7),
            r#"{"name":"中国银行","amount":10.5,"day":"2026-11-28","tags":["a","b"],"hot":true}"#,
        ),
        record(
            2,
            Some(8),
            r#"{"name":"上海贸易","amount":-3,"day":"2026-12-05","tags":["b"],"address":{"region":"sh"}}"#,
        ),
        record(3, None, r#"{"name":"A$","amount":0.00000001,"tags":[],"hot":false}"#),
    ];
    let (entity, context) = (entity(), context());
    let (index, kept) = index(&entity, &records, 1);
    let cases: [(&str, &[u64]); 18] = [
        (r#"{"field":"name","op":"=","value":"中国银行"}"#, &[1]),
        (r#"{"field":"name","op":"!=","value":"中国银行"}"#, &[2, 3]),
        (r#"{"field":"name","op":"starts-with","value":"中国"}"#, &[1]),
        (r#"{"field":"name","op":"contains","value":"海贸"}"#, &[2]),
        (r#"{"field":"name","op":"=","value":"A$"}"#, &[3]),
        (r#"{"field":"amount","op":">","value":0}"#, &[1, 3]),
        (r#"{"field":"amount","op":"<=","value":0}"#, &[2]),
        (r#"{"field":"amount","op":"in","value":[10.50,-3]}"#, &[1, 2]),
        (r#"{"field":"day","op":">=","value":"$today+7d"}"#, &[2]),
        (r#"{"field":"day","op":"empty"}"#, &[3]),
        (r#"{"field":"tags","op":"contains","value":"b"}"#, &[1, 2]),
        (r#"{"field":"tags","op":"empty"}"#, &[3]),
        (r#"{"field":"hot","op":"=","value":true}"#, &[1]),
        (r#"{"field":"owner","op":"=","value":"$me"}"#, &[1]),
        (r#"{"field":"owner","op":"in","value":"$my_subordinates"}"#, &[2]),
        (r#"{"field":"owner","op":"empty"}"#, &[3]),
        (r#"{"field":"address.region","op":"=","value":"sh"}"#, &[2]),
        (
            r#"{"all":[{"field":"id","op":"in","value":["1","2"]},{"not":{"field":"hot","op":"=","value":true}}]}"#,
            &[2],
        ),
    ];
    for (json, expected) in cases {
        let filter = filter(json);
        let query = Query {
            entity: &entity,
            keyword: None,
            filter: Some(&filter),
            sort: &[],
            after: None,
            limit: 10,
            count_to: 10,
        };
        let found = index.find(&query, &Rights::all(), &context, &kept).expect("found");
        let mut ids: Vec<u64> = found.ids.iter().map(|id| id.get()).collect();
        ids.sort_unstable();
        assert_eq!(ids, expected, "{json}");
    }
    let wrong = filter(r#"{"field":"name","op":"=","value":"$nobody"}"#);
    let query = Query {
        entity: &entity,
        keyword: None,
        filter: Some(&wrong),
        sort: &[],
        after: None,
        limit: 10,
        count_to: 10,
    };
    assert!(index.find(&query, &Rights::all(), &context, &kept).is_err());
}
