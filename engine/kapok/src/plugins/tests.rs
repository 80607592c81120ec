//! Rows and index say the same.

use kapok_plugin_host::{Aggregate, Measure};
use kapok_protocol::{Entity, Filter, Operator, PersonId, Test, Value};
use kapok_records::Fields;
use kapok_tables::Queries;

use super::{Caller, PluginSource, counting, reading};
use crate::{Kapok, seeing::Seeing, views::Viewing};

const MANIFEST: &str = r#"
[plugin]
id = "test"
version = "0.1.0"
label = { zh = "试", en = "Test" }

[entities."test.thing"]
label = { zh = "物", en = "Thing" }
title = "name"

[entities."test.thing".fields]
name = { pos = 1, type = "text", label = { zh = "名", en = "Name" }, max_length = 10 }
amount = { pos = 2, type = "number", scale = 2, label = { zh = "数", en = "Amount" } }
done = { pos = 3, type = "boolean", label = { zh = "毕", en = "Done" } }
tags = { pos = 4, type = "choice", multiple = true, label = { zh = "签", en = "Tags" }, choices.a = { pos = 1, label = { zh = "甲", en = "A" } } }
day = { pos = 6, type = "date", label = { zh = "日", en = "Day" } }
weight = { pos = 7, type = "number", scale = 9, label = { zh = "重", en = "Weight" } }
kind = { pos = 5, type = "choice", label = { zh = "类", en = "Kind" }, choices.a = { pos = 1, label = { zh = "甲", en = "A" } }, choices.b = { pos = 2, label = { zh = "乙", en = "B" } } }

[roles.staff]
label = { zh = "员工", en = "Staff" }

[permissions."test.thing"]
staff = { read = "own" }
"#;

fn thing(kapok: &Kapok, owner: PersonId, number: i64) {
    let mut fields = Fields::from([("name".to_owned(), "T".into())]);
    if number % 5 != 0 {
        fields.insert("amount".to_owned(), format!("{number}.5").as_str().into());
    }
    if number % 3 != 0 {
        let kind = if number % 2 == 0 { "a" } else { "b" };
        fields.insert("kind".to_owned(), kind.into());
    }
    fields.insert("done".to_owned(), Value::Bool(number % 4 == 0));
    if number % 7 != 0 {
        fields.insert(
            "day".to_owned(),
            format!("2026-03-{:02}", number % 28 + 1).as_str().into(),
        );
        // Finer than the index is.
        fields.insert(
            "weight".to_owned(),
            format!("{}.{number:09}", number % 3).as_str().into(),
        );
    }
    kapok.save("test.thing", Some(owner), fields).expect("saves");
}

#[test]
fn the_index_counts_and_adds_up_as_the_rows_do() {
    let source = PluginSource {
        origin: "plugin.toml".into(),
        manifest: MANIFEST.into(),
        component: None,
        pages: Default::default(),
    };
    let kapok = Kapok::builder().plugins(vec![source]).memory().expect("opens");
    let [own, other] = ["zhang", "wang"].map(|login| kapok.add_person(login, login, &["staff".into()]).expect("one"));
    for number in 0..30 {
        thing(&kapok, own, number);
        thing(&kapok, other, number + 100);
    }
    let shared = &kapok.shared;
    shared.projection.catch_up(shared).expect("follows");
    let view = shared.store.view();
    let viewing = Viewing {
        shared,
        organisation: shared.organisation(),
        catalogue: shared.catalogue(),
        queries: Queries(&view),
        now: shared.clock.now(),
    };
    let seeing = Seeing::by_person(&viewing, own).expect("works here");
    let sight = seeing.entity(viewing.catalogue.entity("test.thing").expect("there"));
    let context = reading::context(&viewing, Caller::Person(own));
    let asked = |filter: Option<Filter>, group: &[&str], measures: &[Measure]| Aggregate {
        entity: Entity::new("test.thing"),
        filter,
        group: group.iter().map(|field| (*field).to_owned()).collect(),
        measures: measures.to_vec(),
    };
    let amount = || Measure::Sum("amount".into());
    let is_a = Filter::Test(Test {
        field: "kind".into(),
        op: Operator::Equal,
        value: "a".into(),
    });
    let least_and_greatest = |field: &str| [Measure::Min(field.into()), Measure::Max(field.into())];
    let nothing = Filter::Test(Test {
        field: "amount".into(),
        op: Operator::Equal,
        value: (-1).into(),
    });
    let both = [
        asked(None, &[], &[Measure::Count]),
        asked(None, &[], &[amount(), Measure::Count]),
        asked(None, &["kind"], &[Measure::Count, amount()]),
        asked(None, &["done", "kind"], &[Measure::Count]),
        asked(None, &["owner"], &[Measure::Count]),
        asked(Some(is_a.clone()), &["done"], &[Measure::Count, amount()]),
        asked(Some(Filter::Not(Box::new(is_a))), &[], &[amount()]),
        asked(None, &[], &least_and_greatest("amount")),
        asked(None, &["kind"], &least_and_greatest("weight")),
        asked(None, &["done"], &least_and_greatest("day")),
        asked(
            None,
            &["kind", "done"],
            &[
                &least_and_greatest("kind")[..],
                &[amount(), Measure::Sum("weight".into()), Measure::Count],
            ]
            .concat(),
        ),
        asked(
            Some(nothing),
            &[],
            &[&least_and_greatest("day")[..], &least_and_greatest("amount")].concat(),
        ),
    ];
    for aggregate in both {
        let mut by_rows = reading::by_rows(&viewing, &seeing, Caller::Person(own), &aggregate).expect("counts");
        let by_index = counting::by_index(&viewing, &sight, &aggregate, &context).expect("counts");
        let mut by_index = by_index.unwrap_or_else(|| panic!("the index knows {aggregate:?}"));
        for rows in [&mut by_rows, &mut by_index] {
            rows.sort_by_key(|row| format!("{:?}", row.keys));
        }
        assert_eq!(by_rows, by_index, "{aggregate:?}");
    }
    let rows_only = [
        asked(None, &[], &[Measure::Max("name".into())]),
        asked(None, &[], &[Measure::Max("tags".into())]),
        asked(None, &["tags"], &[Measure::Count]),
        asked(None, &["name"], &[Measure::Count]),
        asked(None, &["done", "kind", "owner"], &[Measure::Count]),
        asked(None, &[], &[Measure::Sum("name".into())]),
    ];
    for aggregate in rows_only {
        let by_index = counting::by_index(&viewing, &sight, &aggregate, &context).expect("answers");
        assert_eq!(by_index, None, "{aggregate:?}");
    }
}
