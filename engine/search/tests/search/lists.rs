//! Pages, sorting, counting, rights and statistics are those of a plain reading of the records.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kapok_protocol::{Entity, Filter, Record, RecordId, Value};
use kapok_records::Sort;
use kapok_search::{Group, Grouping, Index, Inherited, Key, Period, Query, Rights, Row, Whose};
use proptest::{collection::vec, option, prelude::*, sample::select};
use rust_decimal::Decimal;

use crate::support::{Kept, context, entity, filter, id, index, person, record, saved};

fn ids(
    index: &Index,
    entity: &Entity,
    filter: Option<&Filter>,
    sort: &[Sort],
    rights: &Rights,
    kept: &Kept,
    page: usize,
) -> (Vec<u64>, usize) {
    let (mut all, mut after, mut count): (Vec<u64>, Option<Vec<u8>>, _) = (Vec::new(), None, 0);
    loop {
        let query = Query {
            entity,
            keyword: None,
            filter,
            sort,
            after: after.as_deref(),
            limit: page,
            count_to: 1000,
        };
        let found = index.find(&query, rights, &context(), kept).expect("found");
        assert!(found.ids.len() <= page);
        if all.is_empty() {
            count = found.count;
        }
        assert_eq!(found.count, count, "the count is that of all pages");
        all.extend(found.ids.iter().map(|id| id.get()));
        after = found.next;
        if after.is_none() {
            return (all, count);
        }
    }
}

fn sort(field: &str, descending: bool) -> Sort {
    Sort {
        field: field.to_owned(),
        descending,
    }
}

/// What is sorted by, of one record.
fn sorted_value(record: &Record, field: &str) -> Option<(u8, Value)> {
    let value = match field {
        "id" => Value::Number(record.id.get().into()),
        "created_at" => Value::Number(record.created_at.millis().into()),
        _ => record.fields.get(field)?.clone(),
    };
    match value {
        Value::Bool(_) => Some((0, value)),
        Value::Number(_) => Some((1, value)),
        Value::Text(_) => Some((2, value)),
        _ => None,
    }
}

fn order(a: &Record, b: &Record, sorts: &[Sort]) -> Ordering {
    for sort in sorts {
        let (a, b) = (sorted_value(a, &sort.field), sorted_value(b, &sort.field));
        let found = match (a, b) {
            (Some((a_kind, a)), Some((b_kind, b))) => {
                let order = a_kind
                    .cmp(&b_kind)
                    .then_with(|| kapok_rules::order(&a, &b).unwrap_or(Ordering::Equal));
                if sort.descending { order.reverse() } else { order }
            }
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if found.is_ne() {
            return found;
        }
    }
    if sorts.first().is_none_or(|sort| sort.descending) {
        b.id.cmp(&a.id)
    } else {
        a.id.cmp(&b.id)
    }
}

fn records(most: usize) -> impl Strategy<Value = Vec<Record>> {
    let values = select(vec![
        "1", "2.5", "-3", "true", "false", "\"a\"", "\"b\"", "\"中\"", "null",
    ]);
    let one = (
        option::of(7_u64..12),
        vec((select(vec!["a", "b", "c"]), values), 0..4),
        option::of(1_u64..31),
    );
    vec(one, 1..most).prop_map(|records| {
        let each = records.into_iter().enumerate();
        each.map(|(number, (owner, fields, parent))| {
            let mut record = record(number as u64 + 100, owner, "{}");
            for (field, value) in fields {
                let value: Value = serde_json::from_str(value).expect("a value");
                record.fields.insert(field.to_owned(), value);
            }
            if let Some(parent) = parent {
                record.fields.insert("parent".to_owned(), parent.to_string().into());
            }
            record
        })
        .collect()
    })
}

fn sorts() -> impl Strategy<Value = Vec<Sort>> {
    vec((select(vec!["a", "b", "c", "id", "created_at"]), any::<bool>()), 0..3).prop_map(|sorts| {
        sorts
            .into_iter()
            .map(|(field, descending)| sort(field, descending))
            .collect()
    })
}

fn rights() -> impl Strategy<Value = Rights> {
    let whose = prop_oneof![
        Just(Whose::None),
        Just(Whose::All),
        Just(Whose::Nobody),
        proptest::collection::btree_set(7_u64..12, 0..4)
            .prop_map(|persons| Whose::These(Arc::new(persons.into_iter().map(person).collect()))),
    ];
    let shared = || {
        proptest::collection::btree_set(100_u64..130, 0..3)
            .prop_map(|ids| ids.into_iter().map(id).collect::<BTreeSet<_>>())
    };
    let parents = (whose.clone(), proptest::collection::btree_set(1_u64..31, 0..3));
    (whose, shared(), option::of(parents)).prop_map(|(whose, shared, parents)| Rights {
        whose,
        shared,
        inherited: parents.map(|(whose, shared)| {
            Box::new(Inherited {
                field: "parent".into(),
                entity: Entity::new("crm.customer"),
                parents: Rights {
                    whose,
                    shared: shared.into_iter().map(id).collect(),
                    inherited: None,
                },
            })
        }),
    })
}

/// What rights mean, said plainly.
fn admits(rights: &Rights, record: &Record, kept: &Kept) -> bool {
    let owned = match &rights.whose {
        Whose::None => false,
        Whose::All => true,
        Whose::Nobody => record.owner.is_none(),
        Whose::These(persons) => record.owner.is_some_and(|owner| persons.contains(&owner)),
    };
    let inherits = |inherited: &Inherited| {
        let parent = record
            .fields
            .get(&inherited.field)
            .and_then(Value::as_text)
            .and_then(|id| id.parse::<u64>().ok());
        let parent = parent.and_then(|id| kept.0.get(&(inherited.entity.clone(), RecordId::new(id)?)));
        parent.is_some_and(|parent| admits(&inherited.parents, parent, kept))
    };
    owned || rights.shared.contains(&record.id) || rights.inherited.as_deref().is_some_and(inherits)
}

/// An index of deals, and of customers that are their parents.
fn with_parents(records: &[Record], parts: usize) -> (Index, Kept) {
    let (index, mut kept) = index(&entity(), records, parts);
    let customers = Entity::new("crm.customer");
    let mut changes = Vec::new();
    for id in (1_u64..31).filter(|id| id % 4 != 0) {
        let customer = record(id, (id % 3 != 0).then_some(7 + id % 5), r#"{"name":"customer"}"#);
        changes.push(saved(&customers, &customer));
        kept.0.insert((customers.clone(), customer.id), customer);
    }
    index.apply(changes).expect("applied");
    index.commit(&Default::default()).expect("committed");
    (index, kept)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn pages_are_the_sorted_list(records in records(40), sorts in vec(sorts(), 6), rights in vec(rights(), 4), parts in 1_usize..4, page in 1_usize..9) {
        let (index, kept) = with_parents(&records, parts);
        let entity = entity();
        for sort in &sorts {
            for rights in &rights {
                let mut expected: Vec<&Record> = records.iter().filter(|record| admits(rights, record, &kept)).collect();
                expected.sort_by(|a, b| order(a, b, sort));
                let expected: Vec<u64> = expected.iter().map(|record| record.id.get()).collect();
                let (found, count) = ids(&index, &entity, None, sort, rights, &kept, page);
                prop_assert_eq!(&found, &expected, "{:?} {:?}", sort, rights);
                prop_assert_eq!(count, expected.len());
            }
        }
    }

    #[test]
    fn sums_are_those_of_the_list(records in records(40), rights in rights(), group in select(vec!["a", "b", "owner"])) {
        let (index, kept) = with_parents(&records, 2);
        let groups = [Group { field: group.to_owned(), period: None }];
        let entity = entity();
        let grouping = Grouping { entity: &entity, keyword: None, filter: None, groups: &groups, measured: &["c"], utc_offset_minutes: 480 };
        let statistics = index.statistics(&grouping, &rights, &context(), &kept).expect("statistics");
        let readable: Vec<&Record> = records.iter().filter(|record| admits(&rights, record, &kept)).collect();
        let sum = |records: &mut dyn Iterator<Item = &&Record>| -> Decimal {
            records.filter_map(|record| record.fields.get("c").and_then(Value::as_number)).sum()
        };
        prop_assert_eq!(statistics.total.count as usize, readable.len());
        prop_assert_eq!(statistics.total.sum(), sum(&mut readable.iter()));
        prop_assert_eq!(statistics.rows.iter().map(|row| row.count).sum::<u64>() as usize, readable.len());
        let _ = Row::clone(&statistics.total);
        for row in &statistics.rows {
            if group == "owner" {
                let is_of = |record: &&&Record| match &row.keys[0] {
                    Key::Text(id) => record.owner.is_some_and(|owner| owner.to_string() == *id),
                    _ => record.owner.is_none(),
                };
                prop_assert_eq!(row.count as usize, readable.iter().filter(is_of).count());
                prop_assert_eq!(row.sum(), sum(&mut readable.iter().filter(is_of)));
            }
        }
    }
}

/// Enough records that the ways for large parts are taken.
#[test]
fn large_parts_answer_as_small_ones() {
    let mut seed = 1_u64;
    let mut next = move |of: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % of
    };
    let records: Vec<Record> = (0..40_000)
        .map(|number| {
            let (kind, amount, day) = (next(4), next(5000), next(28) + 1);
            let fields = format!(r#"{{"a":{amount},"b":"k{kind}","c":"2026-0{}-{day:02}"}}"#, 1 + next(9));
            record(1000 + number, (next(20) > 0).then_some(100 + next(200)), &fields)
        })
        .collect();
    let (index, kept) = index(&entity(), &records, 2);
    let entity = entity();
    let these = |count: u64| Rights {
        whose: Whose::These(Arc::new((100..100 + count).map(person).collect())),
        shared: [id(1001), id(39_000)].into(),
        inherited: None,
    };
    let cases = [
        (None, vec![sort("a", true)]),
        (None, vec![sort("b", false), sort("a", true)]),
        (Some(r#"{"field":"a","op":"<","value":100}"#), vec![sort("c", true)]),
        (Some(r#"{"field":"a","op":"=","value":77}"#), vec![sort("c", false)]),
        (
            Some(r#"{"all":[{"field":"b","op":"=","value":"k2"},{"field":"c","op":">=","value":"2026-05-01"}]}"#),
            vec![sort("created_at", true)],
        ),
        (Some(r#"{"field":"a","op":">","value":6000}"#), vec![]),
    ];
    for (json, sorts) in cases {
        let filter = json.map(filter);
        let matching = kept.matching(&entity, filter.as_ref(), &context());
        for rights in [Rights::all(), these(100), these(1), these(0)] {
            let mut expected: Vec<&&Record> = matching
                .iter()
                .filter(|record| admits(&rights, record, &kept))
                .collect();
            expected.sort_by(|a, b| order(a, b, &sorts));
            let mut after: Option<Vec<u8>> = None;
            for page in 0..3 {
                let query = Query {
                    entity: &entity,
                    keyword: None,
                    filter: filter.as_ref(),
                    sort: &sorts,
                    after: after.as_deref(),
                    limit: 20,
                    count_to: 1000,
                };
                let found = index.find(&query, &rights, &context(), &kept).expect("found");
                let here: Vec<u64> = found.ids.iter().map(|id| id.get()).collect();
                let there: Vec<u64> = expected
                    .iter()
                    .skip(page * 20)
                    .take(20)
                    .map(|record| record.id.get())
                    .collect();
                assert_eq!(here, there, "{json:?} {sorts:?} page {page}");
                assert_eq!(found.count, expected.len().min(1000), "{json:?}");
                after = found.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    let groups = [
        Group {
            field: "c".into(),
            period: Some(Period::Quarter),
        },
        Group {
            field: "b".into(),
            period: None,
        },
    ];
    let grouping = Grouping {
        entity: &entity,
        keyword: None,
        filter: None,
        groups: &groups,
        measured: &["a"],
        utc_offset_minutes: 480,
    };
    let rights = these(100);
    let statistics = index
        .statistics(&grouping, &rights, &context(), &kept)
        .expect("statistics");
    let mut expected: BTreeMap<(String, String), (u64, Decimal)> = BTreeMap::new();
    for record in records.iter().filter(|record| admits(&rights, record, &kept)) {
        let text = |field: &str| record.fields[field].as_text().expect("a text").to_owned();
        let month: u32 = text("c")[5..7].parse().expect("a month");
        let entry = expected
            .entry((format!("2026-Q{}", (month - 1) / 3 + 1), text("b")))
            .or_default();
        entry.0 += 1;
        entry.1 += record.fields["a"].as_number().expect("a number");
    }
    let found: BTreeMap<_, _> = statistics
        .rows
        .iter()
        .map(|row| match row.keys.as_slice() {
            [Key::Text(quarter), Key::Text(kind)] => ((quarter.clone(), kind.clone()), (row.count, row.sum())),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn sums_are_exact_however_fine_or_large() {
    let records = [
        record(1, None, r#"{"c":0.1}"#),
        record(2, None, r#"{"c":0.2}"#),
        record(3, None, r#"{"c":0.00000000001}"#),
        record(4, None, r#"{"c":1234567890123456}"#),
    ];
    let (index, kept) = index(&entity(), &records, 2);
    let entity = entity();
    let grouping = Grouping {
        entity: &entity,
        keyword: None,
        filter: None,
        groups: &[],
        measured: &["c"],
        utc_offset_minutes: 480,
    };
    let statistics = index
        .statistics(&grouping, &Rights::all(), &context(), &kept)
        .expect("statistics");
    assert_eq!(statistics.total.sum().to_string(), "1234567890123456.30000000001");
}
