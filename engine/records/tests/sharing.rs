//! Records that are reached one by one, through their parents, and field by field.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{person, record};
use kapok_protocol::{Entity, Record, RecordId, RecordRef};
use kapok_records::{
    Action, Catalogue, Circles, Definitions, FieldAccess, FieldSet, Level, ProcessGrant, ProcessGrants, Reason,
    Records, Rights, Sharing, Viewer, as_seen, visible_fields,
};

/// A customer has visits and quotes; visits are not for finance, who see every customer.
const COMPANY: &str = r#"
[entities."a.customer"]
label = { zh = "客户", en = "Customer" }
title = "name"
[entities."a.customer".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" } }
phone = { pos = 2, type = "phone", label = { zh = "电话", en = "Phone" } }
credit = { pos = 3, type = "money", label = { zh = "信用额度", en = "Credit" } }
secret = { pos = 4, type = "text", label = { zh = "密", en = "Secret" }, private = true }

[entities."a.visit"]
label = { zh = "拜访", en = "Visit" }
title = "note"
parent = "customer"
[entities."a.visit".fields]
customer = { pos = 1, type = "reference", entity = "a.customer", label = { zh = "客户", en = "Customer" } }
note = { pos = 2, type = "text", label = { zh = "内容", en = "Note" } }

[entities."a.photo"]
label = { zh = "照片", en = "Photo" }
title = "note"
parent = "visit"
[entities."a.photo".fields]
visit = { pos = 1, type = "reference", entity = "a.visit", label = { zh = "拜访", en = "Visit" } }
note = { pos = 2, type = "text", label = { zh = "内容", en = "Note" } }

[roles.sales]
label = { zh = "销售", en = "Sales" }
[roles.closed]
label = { zh = "不接受共享", en = "Closed" }
[roles.finance]
label = { zh = "财务", en = "Finance" }
[roles.service]
label = { zh = "客服", en = "Service" }
[roles.keeper]
label = { zh = "额度管理", en = "Credit keeper" }

[permissions."a.customer"]
sales = { read = "shared", update = "shared" }
closed = { read = "own", update = "own" }
finance = { read = "all" }
service = { read = "all" }
keeper = { read = "own", update = "all" }
[permissions."a.visit"]
finance = { inherit = false }
service = { inherit = false }

[field_rules."a.customer".service]
phone = "masked"
credit = "hidden"
[field_rules."a.customer".keeper]
name = "read"
"#;

fn catalogue() -> Catalogue {
    let definitions = Definitions::parse("a.toml", COMPANY).unwrap_or_else(|errors| panic!("{errors:#?}"));
    Catalogue::new([definitions]).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// Customer 10 belongs to person 1, visit 11 in it to person 2, photo 12 of that to nobody.
struct Company(BTreeMap<RecordId, Record>);

impl Company {
    fn new() -> Self {
        let customer = record(
            10,
            Some(1),
            r#"{"name":"木棉","phone":"13812345678","credit":5,"secret":"x"}"#,
        );
        let visit = record(11, Some(2), r#"{"customer":"10","note":"第一次"}"#);
        let photo = record(12, None, r#"{"visit":"11","note":"门头"}"#);
        Self([customer, visit, photo].map(|record| (record.id, record)).into())
    }

    fn get(&self, id: u64) -> &Record {
        &self.0[&RecordId::new(id).unwrap()]
    }
}

impl Records for Company {
    fn record(&self, _: &Entity, id: RecordId) -> Option<Record> {
        self.0.get(&id).cloned()
    }
}

const ENTITIES: [(u64, &str); 3] = [(10, "a.customer"), (11, "a.visit"), (12, "a.photo")];

fn viewer(id: u64, roles: &[&str], shares: &[(u64, Sharing)]) -> Viewer {
    let own = BTreeSet::from([person(id)]);
    let circles = Circles {
        own: own.clone().into(),
        subordinates: own.clone().into(),
        department: own.clone().into(),
        department_tree: own.into(),
    };
    let mut viewer = Viewer {
        person: Some(person(id)),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        circles,
        ..Viewer::default()
    };
    for (id, sharing) in shares {
        let entity = ENTITIES.iter().find(|(known, _)| known == id).unwrap().1;
        viewer.share(reference(entity, *id), *sharing);
    }
    viewer
}

fn reference(entity: &str, id: u64) -> RecordRef {
    RecordRef {
        entity: Entity::new(entity),
        id: RecordId::new(id).unwrap(),
    }
}

#[test]
fn shares_tasks_and_parents_open_what_they_should_and_no_more() {
    use Sharing::*;
    let catalogue = catalogue();
    let company = Company::new();
    // Who, with which roles and shares; may read customer, visit, photo; may change the customer.
    type Case<'a> = (u64, &'a [&'a str], &'a [(u64, Sharing)], [bool; 3], bool);
    let cases: [Case<'_>; 13] = [
        (1, &["sales"], &[], [true, true, true], true),
        (2, &["sales"], &[], [false, false, false], false),
        (3, &["sales"], &[], [false, false, false], false),
        (3, &["sales"], &[(10, Read)], [true, true, true], false),
        (3, &["sales"], &[(10, Update)], [true, true, true], true),
        // A role that has nothing shared with it gains nothing by a share, but can do its tasks.
        (3, &["closed"], &[(10, Update)], [false, false, false], false),
        (3, &["closed"], &[(10, Task)], [true, true, true], false),
        (3, &[], &[(11, Task), (10, TaskBelow)], [true, true, true], false),
        (3, &[], &[(12, Task), (11, TaskBelow)], [false, true, true], false),
        (3, &["finance"], &[], [true, false, false], false),
        (3, &["finance", "sales"], &[(10, Read)], [true, true, true], false),
        (3, &["service"], &[(10, Task)], [true, true, true], false),
        (1, &["finance"], &[], [true, false, false], false),
    ];
    for (index, (who, roles, shares, reads, changes)) in cases.into_iter().enumerate() {
        let viewer = viewer(who, roles, shares);
        let rights = Rights::new(&viewer, &catalogue, &company);
        for ((id, entity), expected) in ENTITIES.into_iter().zip(reads) {
            let entity = catalogue.entity(entity).unwrap();
            let granted = rights.decide(Action::Read, entity, Some(company.get(id))).is_granted();
            assert_eq!(granted, expected, "case {index}: {id}");
            let reasons = rights.explain(Action::Read, entity, company.get(id));
            assert_eq!(!reasons.is_empty(), expected, "case {index}: {id}: {reasons:?}");
            for action in [Action::Delete, Action::Share, Action::Transfer, Action::Export] {
                assert!(
                    !rights.decide(action, entity, Some(company.get(id))).is_granted(),
                    "case {index}"
                );
            }
        }
        let customer = catalogue.entity("a.customer").unwrap();
        let granted = rights.decide(Action::Update, customer, Some(company.get(10)));
        assert_eq!(granted.is_granted(), changes, "case {index}");
    }
}

/// A task about a visit opens its customer, but not what others wrote about that customer.
#[test]
fn what_a_task_opens_above_is_not_handed_down() {
    let (catalogue, company) = (catalogue(), Company::new());
    let viewer = viewer(3, &[], &[(10, Sharing::TaskBelow)]);
    let rights = Rights::new(&viewer, &catalogue, &company);
    let reads = |entity: &str, id| {
        let entity = catalogue.entity(entity).unwrap();
        rights.decide(Action::Read, entity, Some(company.get(id))).is_granted()
    };
    assert!(reads("a.customer", 10));
    assert!(!reads("a.visit", 11));
}

#[test]
fn a_parent_that_is_gone_hands_nothing_down() {
    let (catalogue, mut company) = (catalogue(), Company::new());
    let viewer = viewer(1, &["sales"], &[]);
    let visit = catalogue.entity("a.visit").unwrap();
    company.0.remove(&RecordId::new(10).unwrap());
    let rights = Rights::new(&viewer, &catalogue, &company);
    assert!(!rights.decide(Action::Read, visit, Some(company.get(11))).is_granted());
}

#[test]
fn a_field_is_as_open_as_the_widest_way_to_its_record() {
    use FieldAccess::*;
    let (catalogue, company) = (catalogue(), Company::new());
    let customer = catalogue.entity("a.customer").unwrap();
    // name, phone, credit, secret of customer 10, and which fields can be searched without looking at each record.
    type Case<'a> = (
        u64,
        &'a [&'a str],
        &'a [(u64, Sharing)],
        [FieldAccess; 4],
        &'a [&'a str],
    );
    let cases: [Case<'_>; 6] = [
        (
            1,
            &["sales"],
            &[],
            [Edit, Edit, Edit, Edit],
            &["name", "phone", "credit", "secret"],
        ),
        (3, &["service"], &[], [Edit, Masked, Hidden, Hidden], &["name"]),
        (
            3,
            &["service"],
            &[(10, Sharing::Task)],
            [Edit, Edit, Edit, Hidden],
            &["name"],
        ),
        (
            3,
            &["service", "finance"],
            &[],
            [Edit, Edit, Edit, Hidden],
            &["name", "phone", "credit"],
        ),
        (1, &["service", "sales"], &[], [Edit, Edit, Edit, Edit], &["name"]),
        // One role lets the name be seen and the record be changed; another one, that only reads, does not add to that.
        (
            1,
            &["keeper", "finance"],
            &[],
            [Read, Edit, Edit, Edit],
            &["name", "phone", "credit", "secret"],
        ),
    ];
    for (index, (who, roles, shares, expected, always)) in cases.into_iter().enumerate() {
        let viewer = viewer(who, roles, shares);
        let rights = Rights::new(&viewer, &catalogue, &company);
        let access = rights.decide(Action::Read, customer, Some(company.get(10)));
        let found = ["name", "phone", "credit", "secret"].map(|field| access.of(field));
        assert_eq!(found, expected, "case {index}");
        let found = rights.judge(Action::Read, customer).fields_always_read();
        assert_eq!(
            found,
            always.iter().map(|field| (*field).to_owned()).collect(),
            "case {index}"
        );
    }
    let service = viewer(3, &["service"], &[]);
    let access = Rights::new(&service, &catalogue, &company).decide(Action::Read, customer, Some(company.get(10)));
    let shown = visible_fields(customer, &company.get(10).fields, &access);
    assert_eq!(shown.masked, ["phone"]);
    let shown = as_seen(customer, company.get(10), &access).fields;
    assert_eq!(
        serde_json::to_string(&shown).unwrap(),
        r#"{"name":"木棉","phone":"138****5678"}"#
    );
}

#[test]
fn a_process_has_what_was_granted_and_no_more() {
    let (catalogue, company) = (catalogue(), Company::new());
    let grant = ProcessGrant {
        read: FieldSet::All,
        ..ProcessGrant::default()
    };
    let mut grants = ProcessGrants::default();
    grants.add(Entity::new("a.visit"), grant);
    let process = Viewer::process(grants);
    let rights = Rights::new(&process, &catalogue, &company);
    let may = |action, entity: &str, id| {
        let entity = catalogue.entity(entity).unwrap();
        rights.decide(action, entity, Some(company.get(id))).is_granted()
    };
    assert!(may(Action::Read, "a.visit", 11));
    assert!(!may(Action::Read, "a.customer", 10));
    assert!(!may(Action::Update, "a.visit", 11));
    assert!(!may(Action::Update, "a.customer", 10));
    let nothing = Viewer::process(ProcessGrants::default());
    let rights = Rights::new(&nothing, &catalogue, &company);
    let people = catalogue.entity("system.person").unwrap();
    assert!(
        !rights
            .decide(Action::Read, people, Some(&record(1, None, "{}")))
            .is_granted(),
        "it is not everyone"
    );
}

#[test]
fn a_process_sees_and_changes_the_fields_it_was_granted() {
    use FieldAccess::{Edit, Hidden, Read};
    let (catalogue, company) = (catalogue(), Company::new());
    let customer = catalogue.entity("a.customer").unwrap();
    let these = |fields: &[&str]| FieldSet::these(fields.iter().copied());
    let (all, none) = (FieldSet::All, FieldSet::Nothing);
    //   read, update: what becomes of name, phone and the private secret; none when it may not even be read
    let cases = [
        (none.clone(), none.clone(), None),
        (all.clone(), none.clone(), Some([Read, Read, Hidden])),
        (these(&["name", "secret"]), none.clone(), Some([Read, Hidden, Read])),
        (all.clone(), these(&["phone"]), Some([Read, Edit, Read])),
        (these(&["name"]), these(&["phone"]), Some([Read, Edit, Hidden])),
        (none.clone(), all.clone(), None),
        (all.clone(), all.clone(), Some([Edit, Edit, Edit])),
    ];
    for (index, (read, update, expected)) in cases.into_iter().enumerate() {
        let mut grants = ProcessGrants::default();
        let grant = ProcessGrant {
            read,
            update,
            ..ProcessGrant::default()
        };
        grants.add(Entity::new("a.customer"), grant);
        let process = Viewer::process(grants);
        let access = Rights::new(&process, &catalogue, &company).decide(Action::Read, customer, Some(company.get(10)));
        let seen = access
            .is_granted()
            .then(|| ["name", "phone", "secret"].map(|field| access.of(field).min(Edit)));
        // Where nothing may be changed, what may be done with a field is what reading gives.
        assert_eq!(seen, expected, "case {index}");
    }
    // What is made is not there yet, so all of it may be said.
    let mut grants = ProcessGrants::default();
    let create = true;
    grants.add(
        Entity::new("a.customer"),
        ProcessGrant {
            create,
            ..ProcessGrant::default()
        },
    );
    let process = Viewer::process(grants);
    let made = Rights::new(&process, &catalogue, &company).decide(Action::Create, customer, None);
    assert_eq!(made.of("name"), Edit);
    assert!(
        !Rights::new(&process, &catalogue, &company)
            .decide(Action::Read, customer, Some(company.get(10)))
            .is_granted()
    );
}

#[test]
fn what_a_process_reads_hands_nothing_down() {
    let (catalogue, company) = (catalogue(), Company::new());
    let mut grants = ProcessGrants::default();
    let read = FieldSet::All;
    grants.add(
        Entity::new("a.customer"),
        ProcessGrant {
            read,
            ..ProcessGrant::default()
        },
    );
    let process = Viewer::process(grants);
    let visit = catalogue.entity("a.visit").unwrap();
    let rights = Rights::new(&process, &catalogue, &company);
    assert!(!rights.decide(Action::Read, visit, Some(company.get(11))).is_granted());
}

#[test]
fn the_reasons_lead_from_the_record_to_the_right() {
    let (catalogue, company) = (catalogue(), Company::new());
    let viewer = viewer(1, &["sales"], &[(11, Sharing::Task)]);
    let rights = Rights::new(&viewer, &catalogue, &company);
    let visit = catalogue.entity("a.visit").unwrap();
    let own = Reason::Role {
        role: "sales".into(),
        level: Level::Shared,
    };
    let parent = Reason::Parent {
        field: "customer".into(),
        parent: reference("a.customer", 10),
        reasons: vec![own],
    };
    let reasons = rights.explain(Action::Read, visit, company.get(11));
    assert_eq!(reasons, [Reason::Shared(Sharing::Task), parent]);
}
