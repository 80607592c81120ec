//! Figures over the records that name a record, kept up bit by bit.

mod common;

use std::collections::BTreeMap;

use common::record;
use kapok_protocol::{Entity, RecordId, Value};
use kapok_records::{Applied, Catalogue, Definitions, Fields, RollUp, RollUpState, values_of};
use proptest::prelude::*;

const VISITS: &str = r#"
[entities."a.customer"]
label = { zh = "", en = "" }
title = "name"
[entities."a.customer".fields]
name = { pos = 1, type = "text", label = { zh = "", en = "" } }
count = { pos = 2, type = "roll-up", entity = "a.visit", field = "customer", function = "count", label = { zh = "", en = "" } }
done = { pos = 3, type = "roll-up", entity = "a.visit", field = "customer", function = "sum", value = "hours", filter = { field = "done", op = "=", value = true }, label = { zh = "", en = "" } }
shortest = { pos = 4, type = "roll-up", entity = "a.visit", field = "customer", function = "min", value = "hours", label = { zh = "", en = "" } }
longest = { pos = 5, type = "roll-up", entity = "a.visit", field = "customer", function = "max", value = "hours", label = { zh = "", en = "" } }
first = { pos = 6, type = "roll-up", entity = "a.visit", field = "customer", function = "first", value = "topic", by = "day", label = { zh = "", en = "" } }
last = { pos = 7, type = "roll-up", entity = "a.visit", field = "customer", function = "last", value = "topic", by = "day", label = { zh = "", en = "" } }

[entities."a.visit"]
label = { zh = "", en = "" }
title = "topic"
[entities."a.visit".fields]
topic = { pos = 1, type = "text", label = { zh = "", en = "" } }
customer = { pos = 2, type = "reference", entity = "a.customer", label = { zh = "", en = "" } }
hours = { pos = 3, type = "number", label = { zh = "", en = "" } }
day = { pos = 4, type = "date", label = { zh = "", en = "" } }
done = { pos = 5, type = "boolean", label = { zh = "", en = "" } }
"#;

fn catalogue() -> Catalogue {
    Catalogue::new([Definitions::parse("a.toml", VISITS).unwrap()]).unwrap()
}

fn visit(catalogue: &Catalogue, id: u64, json: &str) -> Fields {
    values_of(catalogue.entity("a.visit").unwrap(), &record(id, None, json))
}

fn roll_up<'c>(catalogue: &'c Catalogue, name: &str) -> &'c RollUp {
    let target = Box::leak(Box::new(Entity::new("a.customer")));
    catalogue
        .roll_ups_of(target)
        .find(|roll_up| roll_up.name() == name)
        .unwrap()
}

#[test]
fn a_change_says_whom_it_concerns() {
    let catalogue = catalogue();
    let count = roll_up(&catalogue, "done");
    let (before, after) = (
        r#"{"customer":"1","hours":2,"done":true}"#,
        [
            (Some(r#"{"customer":"1","hours":2,"done":true,"topic":"x"}"#), vec![]),
            (Some(r#"{"customer":"1","hours":3,"done":true}"#), vec![(1, true, true)]),
            (
                Some(r#"{"customer":"2","hours":2,"done":true}"#),
                vec![(1, true, false), (2, false, true)],
            ),
            (
                Some(r#"{"customer":"1","hours":2,"done":false}"#),
                vec![(1, true, false)],
            ),
            (Some(r#"{"hours":2,"done":true}"#), vec![(1, true, false)]),
            (None, vec![(1, true, false)]),
        ],
    );
    let before = visit(&catalogue, 9, before);
    for (after, expected) in after {
        let after = after.map(|json| visit(&catalogue, 9, json));
        let found: Vec<_> = count
            .contributions(Some(&before), after.as_ref())
            .into_iter()
            .map(|change| (change.record.get(), change.before.is_some(), change.after.is_some()))
            .collect();
        assert_eq!(found, expected, "{after:?}");
    }
    assert_eq!(count.contributions(None, Some(&before)).len(), 1);
}

#[test]
fn values_are_as_people_expect() {
    let catalogue = catalogue();
    let visits = [
        r#"{"customer":"1","hours":2,"day":"2026-11-02","topic":"b","done":true}"#,
        r#"{"customer":"1","hours":0.5,"day":"2026-11-01","topic":"a","done":true}"#,
        r#"{"customer":"1","hours":4,"day":"2026-11-03","topic":"c","done":false}"#,
        r#"{"customer":"1","hours":null,"day":"2026-12-03"}"#,
        r#"{"customer":"2","hours":9,"day":"2026-10-03","topic":"z","done":true}"#,
    ];
    let visits: Vec<Fields> = (1..)
        .zip(visits)
        .map(|(id, json)| visit(&catalogue, id, json))
        .collect();
    let customer = RecordId::new(1).unwrap();
    let none = RecordId::new(7).unwrap();
    for (name, expected, of_none) in [
        ("count", "4", "0"),
        ("done", "2.5", "0"),
        ("shortest", "0.5", "null"),
        ("longest", "4", "null"),
        ("first", "\"a\"", "null"),
        ("last", "\"c\"", "null"),
    ] {
        let roll_up = roll_up(&catalogue, name);
        let value = |of| roll_up.value(&roll_up.count(&visits, of)).to_string();
        assert_eq!(
            (value(customer).as_str(), value(none).as_str()),
            (expected, of_none),
            "{name}"
        );
    }
}

#[test]
fn a_state_survives_being_stored() {
    let catalogue = catalogue();
    let visit = visit(
        &catalogue,
        9,
        r#"{"customer":"1","hours":2.5,"day":"2026-11-02","topic":"b"}"#,
    );
    let state = roll_up(&catalogue, "last").count([&visit], RecordId::new(1).unwrap());
    let json = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<RollUpState>(&json).unwrap(), state, "{json}");
}

fn visits() -> impl Strategy<Value = (u64, Option<String>)> {
    let hours = prop::option::of(0..3u32);
    let day = prop::option::of(1..3u32);
    let values = (1..3u64, hours, day, any::<bool>()).prop_map(|(customer, hours, day, done)| {
        let hours = hours.map_or("null".to_owned(), |hours| hours.to_string());
        let day = day.map_or("null".to_owned(), |day| format!("\"2026-11-0{day}\""));
        format!(r#"{{"customer":"{customer}","hours":{hours},"day":{day},"topic":"t{hours}","done":{done}}}"#)
    });
    (1..6u64, prop::option::weighted(0.8, values))
}

proptest! {
    /// However records come, change and go: what is kept up bit by bit is what counting them again gives.
    #[test]
    fn keeping_up_is_counting_again(steps in prop::collection::vec(visits(), 1..30)) {
        let catalogue = catalogue();
        let target = Entity::new("a.customer");
        for roll_up in catalogue.roll_ups_of(&target) {
            let mut records: BTreeMap<u64, Fields> = BTreeMap::new();
            let mut states: BTreeMap<RecordId, RollUpState> = BTreeMap::new();
            for (id, json) in &steps {
                let before = records.remove(id);
                let after = json.as_deref().map(|json| visit(&catalogue, *id, json));
                records.extend(after.clone().map(|after| (*id, after)));
                for contribution in roll_up.contributions(before.as_ref(), after.as_ref()) {
                    let state = states.entry(contribution.record).or_default();
                    if roll_up.apply(state, &contribution) == Applied::Recount {
                        *state = roll_up.count(records.values(), contribution.record);
                    }
                }
                for customer in [1, 2].map(|id| RecordId::new(id).unwrap()) {
                    let kept = states.get(&customer).cloned().unwrap_or_default();
                    let counted = roll_up.count(records.values(), customer);
                    prop_assert_eq!(roll_up.value(&kept), roll_up.value(&counted), "{} of {}", roll_up.name(), customer);
                    prop_assert_eq!(kept.count, counted.count);
                }
            }
        }
    }
}

#[test]
fn sums_need_no_counting_again() {
    let catalogue = catalogue();
    let done = roll_up(&catalogue, "done");
    let mut state = RollUpState::default();
    let before = visit(&catalogue, 1, r#"{"customer":"1","hours":2,"done":true}"#);
    let after = visit(&catalogue, 1, r#"{"customer":"1","hours":5,"done":true}"#);
    for (before, after, expected) in [
        (None, Some(&before), 2),
        (Some(&before), Some(&after), 5),
        (Some(&after), None, 0),
    ] {
        for contribution in done.contributions(before, after) {
            assert_eq!(done.apply(&mut state, &contribution), Applied::Done);
        }
        assert_eq!(done.value(&state), Value::from(expected));
    }
}
