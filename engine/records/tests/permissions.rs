//! Who may do what, and who belongs to whom.

mod common;

use std::{collections::BTreeSet, sync::LazyLock};

use common::{catalogue, person, record};
use kapok_protocol::{Entity, PersonId, Record, RecordId, RecordRef};
use kapok_records::{
    Access, Action, Catalogue, Definitions, Department, EntityDefinition, Member, Organisation, Rights, Sharing,
    Structure, Viewer, visible_fields,
};
use proptest::prelude::*;

/// 1 general manager — 2 sales manager — 3, 4 sales; 5 finance manager; 6 administrator; 7 left, was below 3.
fn organisation() -> Organisation {
    let member = |login: &str, superior: Option<u64>, department: u64, role: &str| Member {
        login: login.to_owned(),
        superior: superior.map(person),
        department: RecordId::new(department),
        roles: BTreeSet::from([role.to_owned()]),
        active: login != "left",
    };
    let department = |code: &str, parent: Option<u64>, head: Option<u64>| Department {
        code: code.to_owned(),
        parent: parent.and_then(RecordId::new),
        head: head.map(person),
    };
    Organisation {
        people: [
            (1, member("boss", None, 100, "general-manager")),
            (2, member("manager", Some(1), 101, "sales-manager")),
            (3, member("li.na", Some(2), 101, "sales")),
            (4, member("wang.wei", Some(2), 102, "sales")),
            (5, member("finance", Some(1), 103, "finance-manager")),
            (6, member("admin", Some(1), 100, "administrator")),
            (7, member("left", Some(3), 101, "sales")),
        ]
        .map(|(id, member)| (person(id), member))
        .into(),
        departments: [
            (100, department("head-office", None, Some(1))),
            (101, department("sales", Some(100), Some(2))),
            (102, department("sales-east", Some(101), None)),
            (103, department("finance", Some(100), Some(5))),
        ]
        .map(|(id, department)| (RecordId::new(id).expect("not zero"), department))
        .into(),
    }
}

fn viewer(id: u64) -> Viewer {
    let organisation = organisation();
    let department = organisation.people[&person(id)].department;
    let circles = Structure::new(&organisation).circles(person(id), department);
    organisation.viewer(person(id), circles).expect("an active person")
}

/// What is decided where no record has a parent.
fn decide(viewer: &Viewer, action: Action, entity: &EntityDefinition, record: Option<&Record>) -> Access {
    Rights::new(viewer, &catalogue(), &()).decide(action, entity, record)
}

fn ids(persons: impl IntoIterator<Item = PersonId>) -> Vec<u64> {
    persons.into_iter().map(PersonId::get).collect()
}

#[test]
fn rights_reach_as_far_as_the_widest_role() {
    let catalogue = catalogue();
    let quote = catalogue.entity("quotes.quote").unwrap();
    let own = |owner| record(50, Some(owner), "{}");
    let cases = [
        (3, Action::Read, 3, true),
        (3, Action::Read, 4, false),
        (3, Action::Update, 3, true),
        (3, Action::Delete, 3, false),
        (2, Action::Read, 3, true),
        (2, Action::Read, 7, true),
        (2, Action::Read, 2, true),
        (2, Action::Read, 1, false),
        (5, Action::Read, 3, true),
        (5, Action::Update, 3, false),
        (1, Action::Read, 4, true),
        (6, Action::Read, 3, false),
        (6, Action::Read, 6, false),
    ];
    for (who, action, owner, expected) in cases {
        let access = decide(&viewer(who), action, quote, Some(&own(owner)));
        assert_eq!(access.is_granted(), expected, "{who} {action:?} {owner}");
    }
    assert!(decide(&viewer(3), Action::Create, quote, None).is_granted());
    assert!(!decide(&viewer(6), Action::Create, quote, None).is_granted());
}

#[test]
fn an_open_task_opens_its_record_for_reading_only() {
    let catalogue = catalogue();
    let quote = catalogue.entity("quotes.quote").unwrap();
    let record = record(50, Some(3), "{}");
    let mut handler = viewer(6);
    let reference = RecordRef {
        entity: Entity::new("quotes.quote"),
        id: record.id,
    };
    handler.share(reference, Sharing::Task);
    assert!(decide(&handler, Action::Read, quote, Some(&record)).is_granted());
    assert!(!decide(&handler, Action::Update, quote, Some(&record)).is_granted());
    let customer = catalogue.entity("customers.customer").unwrap();
    assert!(!decide(&handler, Action::Read, customer, Some(&record)).is_granted());
}

#[test]
fn people_are_known_to_all_but_not_their_numbers() {
    let catalogue = catalogue();
    let entity = catalogue.entity("system.person").unwrap();
    let li_na = record(
        3,
        None,
        r#"{"name":"李娜","phone":"19900000003","email":"li.na@example.com"}"#,
    );
    for (who, expected) in [
        (4, vec!["name"]),
        (2, vec!["name"]),
        (3, vec!["email", "name", "phone"]),
        (6, vec!["email", "name", "phone"]),
    ] {
        let access = decide(&viewer(who), Action::Read, entity, Some(&li_na));
        let shown = visible_fields(entity, &li_na.fields, &access).fields;
        assert_eq!(shown.keys().map(String::as_str).collect::<Vec<_>>(), expected, "{who}");
    }
    assert_eq!(decide(&viewer(4), Action::Update, entity, Some(&li_na)), Access::Denied);
    assert!(decide(&viewer(6), Action::Update, entity, Some(&li_na)).is_granted());
}

#[test]
fn the_organisation_answers_who_is_where() {
    let organisation = organisation();
    assert_eq!(ids(organisation.superiors(person(7))), [3, 2, 1]);
    assert_eq!(organisation.superior(person(3), 2), Some(person(1)));
    assert_eq!(organisation.superior(person(3), 3), None);
    assert_eq!(organisation.superior(person(3), 0), None);
    let structure = Structure::new(&organisation);
    assert_eq!(ids(structure.subordinates(person(1))), [2, 3, 4, 5, 6, 7]);
    assert_eq!(ids(structure.subordinates(person(3))), [7]);
    assert_eq!(ids(organisation.members_of_role("sales")), [3, 4]);
    let department = |code: &str| organisation.by_code(code).unwrap();
    assert_eq!(ids(organisation.members_of_department(department("sales"))), [2, 3]);
    assert_eq!(structure.department_tree(department("sales")).len(), 2);
    for (who, head) in [(3, Some(2)), (4, Some(2)), (2, Some(1)), (1, None), (6, Some(1))] {
        assert_eq!(organisation.department_head(person(who)), head.map(person), "{who}");
    }
    assert_eq!(organisation.viewer(person(7), Default::default()), None);
}

#[test]
fn circles_in_the_organisation_do_not_run_for_ever() {
    let mut organisation = organisation();
    organisation.people.get_mut(&person(1)).unwrap().superior = Some(person(3));
    let root = organisation.by_code("head-office").unwrap();
    organisation.departments.get_mut(&root).unwrap().parent = organisation.by_code("sales");
    organisation
        .departments
        .values_mut()
        .for_each(|department| department.head = None);
    assert_eq!(ids(organisation.superiors(person(3))), [2, 1]);
    let structure = Structure::new(&organisation);
    assert_eq!(ids(structure.subordinates(person(3))), [1, 2, 4, 5, 6, 7]);
    assert_eq!(structure.department_tree(root).len(), 4);
    assert_eq!(organisation.department_head(person(4)), None);
}

fn with_level(level: &str) -> Catalogue {
    let source = format!(
        r#"
[entities."a.b"]
label = {{ zh = "", en = "" }}
title = "name"
[entities."a.b".fields]
name = {{ pos = 1, type = "text", label = {{ zh = "", en = "" }} }}
[roles.sales]
label = {{ zh = "", en = "" }}
[permissions."a.b"]
sales = {{ read = "{level}" }}
"#
    );
    Catalogue::new([Definitions::parse("a.toml", &source).expect("well formed")]).expect("complete")
}

static BY_LEVEL: LazyLock<Vec<(&str, Catalogue)>> = LazyLock::new(|| {
    let levels = [
        "none",
        "own",
        "shared",
        "subordinates",
        "department",
        "department-tree",
        "all",
    ];
    levels.map(|level| (level, with_level(level))).into()
});

proptest! {
    /// Whatever the levels, the people and the shares: a list shows exactly the records that a get allows, for which there
    /// is a reason, and a wider level never shows less.
    #[test]
    fn a_list_is_what_gets_allow(
        who in 1u64..7,
        owners in prop::collection::vec(prop::option::of(1u64..8), 1..20),
        shared in prop::collection::btree_set(1u64..20, 0..3),
    ) {
        let mut before = 0;
        for (level, catalogue) in BY_LEVEL.iter() {
            let entity = catalogue.entity("a.b").expect("declared");
            let mut viewer = viewer(who);
            for id in &shared {
                let id = RecordId::new(*id).expect("not zero");
                viewer.share(RecordRef { entity: entity.id.clone(), id }, Sharing::Read);
            }
            viewer.roles.insert("sales".to_owned());
            let records: Vec<Record> =
                owners.iter().enumerate().map(|(index, owner)| record(index as u64 + 1, *owner, "{}")).collect();
            let rights = Rights::new(&viewer, catalogue, &());
            let reach = rights.reach(Action::Read, entity);
            let list: Vec<&Record> = records.iter().filter(|record| reach.admits(record, &())).collect();
            let gets: Vec<&Record> =
                records.iter().filter(|record| rights.decide(Action::Read, entity, Some(record)).is_granted()).collect();
            let reasons: Vec<&Record> =
                records.iter().filter(|record| !rights.explain(Action::Read, entity, record).is_empty()).collect();
            prop_assert_eq!(&list, &gets);
            prop_assert_eq!(&reasons, &gets);
            prop_assert!(list.len() >= before, "{} shows less", level);
            before = list.len();
        }
    }
}
