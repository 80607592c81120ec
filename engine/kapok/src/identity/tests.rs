//! Who is who.

use std::collections::BTreeMap;

use kapok_plugin_host::{OutsideDepartment, OutsidePerson};
use kapok_protocol::{Principal, Record, RecordId, Timestamp, Value};
use kapok_tables::{IdentityLink, LinkedKind};

use super::{Here, LastRead, MatchedBy, Outside, Plan, Planned};
use crate::{Clock, ManualClock};

fn id(number: u64) -> RecordId {
    RecordId::new(number).expect("not zero")
}

fn record(number: u64, fields: &[(&str, &str)]) -> (RecordId, Record) {
    let mut fields: BTreeMap<String, Value> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    if fields.remove("left").is_some() {
        fields.insert("active".to_owned(), false.into());
    }
    let record = Record {
        id: id(number),
        version: 1,
        owner: None,
        created_at: Timestamp::from_millis(0),
        created_by: None,
        updated_at: Timestamp::from_millis(0),
        fields,
    };
    (record.id, record)
}

fn link(kind: LinkedKind, external: &str, record: u64) -> IdentityLink {
    IdentityLink {
        kind,
        source: "wecom.wecom".to_owned(),
        external: external.to_owned(),
        record: id(record),
        at: Timestamp::from_millis(0),
        by: Principal::System,
    }
}

/// Somebody there: id, phone, e-mail address.
fn there(external: &str, phone: &str, email: &str) -> OutsidePerson {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    OutsidePerson {
        id: external.to_owned(),
        login: None,
        name: external.to_uppercase(),
        phone: some(phone),
        email: some(email),
        department: None,
        superior: None,
        is_active: true,
    }
}

/// Who each one is: `7 by Phone`, `new`, or `unclear`.
fn told(item: &Planned) -> String {
    match (&item.problem, item.record, item.by) {
        (Some(_), _, _) => "unclear".to_owned(),
        (None, Some(record), Some(by)) => format!("{record} by {by:?}"),
        (None, ..) => "new".to_owned(),
    }
}

fn who(here: &Here, people: Vec<OutsidePerson>) -> Vec<(String, String)> {
    let outside = Outside {
        departments: Vec::new(),
        people,
    };
    let plan = Plan::new("wecom", &outside, here);
    plan.items
        .iter()
        .map(|item| (item.external.clone(), told(item)))
        .collect()
}

fn company() -> Here {
    let people = [
        record(
            1,
            &[
                ("login", "zhang"),
                ("phone", "138 0000 0001"),
                ("email", "zhang@example.com"),
            ],
        ),
        record(
            2,
            &[("login", "li"), ("phone", "13800000002"), ("email", "Li@Example.com")],
        ),
        record(3, &[("login", "wang"), ("phone", "13800000003")]),
        record(4, &[("login", "zhao"), ("phone", "13800000003")]),
        record(5, &[("login", "gone"), ("left", "yes")]),
        record(6, &[("login", "linked"), ("phone", "13800000006")]),
    ];
    Here {
        people: people.into(),
        links: vec![link(LinkedKind::Person, "x6", 6)],
        ..Here::default()
    }
}

#[test]
fn somebody_is_whoever_has_exactly_the_same() {
    let here = company();
    let cases = [
        // By link, whatever else is the same.
        (vec![there("x6", "13800000001", "")], vec!["6 by Link"]),
        (vec![there("Zhang", "", "")], vec!["1 by Login"]),
        (vec![there("a", "+86 138-0000-0001", "")], vec!["1 by Phone"]),
        (vec![there("a", "", "LI@example.com")], vec!["2 by Email"]),
        (vec![there("a", "", "")], vec!["new"]),
        // Two here, or two there, are too many.
        (vec![there("a", "13800000003", "")], vec!["unclear"]),
        (
            vec![there("a", "13800000001", ""), there("b", "13800000001", "")],
            vec!["unclear", "unclear"],
        ),
        // What is not clear may still be by something else.
        (vec![there("a", "13800000003", "li@example.com")], vec!["2 by Email"]),
        // The name counts before the number, and nobody is two people.
        (
            vec![there("a", "13800000001", ""), there("zhang", "", "")],
            vec!["unclear", "1 by Login"],
        ),
        // Whoever is connected already is nobody else.
        (vec![there("a", "13800000006", "")], vec!["unclear"]),
        (vec![there("linked", "", "")], vec!["unclear"]),
        // Nobody comes back by themselves.
        (vec![there("gone", "", "")], vec!["unclear"]),
        // One person twice is one.
        (vec![there("a", "", ""), there("a", "13800000001", "")], vec!["new"]),
    ];
    for (people, expected) in cases {
        let shown = format!("{people:?}");
        let found: Vec<String> = who(&here, people).into_iter().map(|(_, told)| told).collect();
        assert_eq!(found, expected, "{shown}");
    }
}

#[test]
fn two_new_people_do_not_get_one_sign_in_name() {
    let named = |external: &str| OutsidePerson {
        login: Some("same".to_owned()),
        ..there(external, "", "")
    };
    let found = who(&Here::default(), vec![named("a"), named("b")]);
    assert!(found.iter().all(|(_, told)| told == "unclear"), "{found:?}");
}

#[test]
fn who_is_gone_is_told_and_left_alone() {
    let mut here = company();
    here.links.push(link(LinkedKind::Person, "x5", 5));
    here.links.push(link(LinkedKind::Person, "x1", 1));
    let inactive = OutsidePerson {
        is_active: false,
        ..there("x1", "", "")
    };
    let outside = Outside {
        departments: Vec::new(),
        people: vec![inactive, there("x6", "", "")],
    };
    let plan = Plan::new("wecom", &outside, &here);
    let gone: Vec<&str> = plan.gone.iter().map(|gone| gone.external.as_str()).collect();
    assert_eq!((gone, plan.items.len()), (vec!["x1"], 1));
}

#[test]
fn departments_come_from_above_and_by_their_names() {
    let department = |id: &str, parent: Option<&str>, name: &str| OutsideDepartment {
        id: id.to_owned(),
        parent: parent.map(str::to_owned),
        name: name.to_owned(),
        head: None,
    };
    let here = Here {
        departments: [
            record(10, &[("code", "sales"), ("name", "销售部")]),
            record(11, &[("code", "a"), ("name", "客服")]),
            record(12, &[("code", "b"), ("name", "客服")]),
            record(13, &[("code", "wecom-9"), ("name", "仓库")]),
            record(14, &[("code", "old"), ("name", "旧名")]),
        ]
        .into(),
        links: vec![link(LinkedKind::Department, "6", 14)],
        ..Here::default()
    };
    let outside = Outside {
        departments: vec![
            department("3", Some("2"), "华东"),
            department("2", Some("1"), "销售部"),
            department("1", None, "木棉"),
            department("4", Some("1"), "客服"),
            department("6", Some("1"), "新名"),
            department("7", Some("8"), "甲"),
            department("8", Some("7"), "乙"),
            department("9", Some("1"), "九"),
        ],
        people: Vec::new(),
    };
    let plan = Plan::new("wecom", &outside, &here);
    let found: Vec<(&str, String)> = plan
        .items
        .iter()
        .map(|item| (item.external.as_str(), told(item)))
        .collect();
    let expected = [
        ("1", "new"),
        ("2", "10 by Name"),
        ("4", "new"),
        ("6", "14 by Link"),
        ("9", "unclear"),
        ("3", "new"),
        ("8", "unclear"),
        ("7", "unclear"),
    ];
    assert_eq!(found, expected.map(|(id, told)| (id, told.to_owned())));
    assert_eq!(plan.items[0].fields["code"], "wecom-1".into());
    assert_eq!(plan.items[1].by, Some(MatchedBy::Name));
}

#[test]
fn what_was_read_too_late_is_there_when_somebody_looks_again() {
    let (last, clock) = (LastRead::default(), ManualClock::new(Timestamp::from_millis(0)));
    let named = |name: &str| Outside {
        departments: Vec::new(),
        people: vec![there(name, "", "")],
    };
    let look = |name: &str, millis: i64| {
        let read = last.read("a.a", &clock, || {
            // Meanwhile somebody else asks.
            let other = last.read("a.a", &clock, || panic!("two read at once"));
            let code = other
                .err()
                .and_then(|error| error.refusal().map(|refusal| refusal.code.clone()));
            assert_eq!(code.as_deref(), Some("sync.reading"));
            clock.move_to(clock.now().plus_millis(millis));
            Ok(named(name))
        });
        read.expect("reads").people.remove(0).id
    };
    assert_eq!(look("first", 10), "first");
    assert_eq!(look("late", 60_000), "late");
    assert_eq!(look("later", 10), "late", "what came too late is shown once");
    assert_eq!(look("later", 10), "later");
    let taken = |source| last.take(source, clock.now()).is_some();
    assert!(taken("a.a") && !taken("a.a"), "applied once");
    look("again", 10);
    assert!(!taken("b.b"), "nor what is another source's");
}
