//! What is done in the name of a process is decided by what was confirmed for it.

use kapok::{
    Administrator, Confirm, TaskCompletion,
    process::state::InstanceState,
    protocol::{DefinitionId, Entity, InstanceId},
    records::{FieldSet, ProcessGrant, ProcessGrants},
};

use crate::support::{QUOTE, QUOTE_APPROVAL, World, approve, code, fields, on_customer, process_with, task_for};

fn quotes(read: FieldSet, update: FieldSet) -> ProcessGrants {
    let mut grants = ProcessGrants::default();
    let grant = ProcessGrant {
        read,
        update,
        ..ProcessGrant::default()
    };
    grants.add(Entity::new(QUOTE), grant);
    grants
}

fn status() -> FieldSet {
    FieldSet::these(["status"])
}

fn admin(world: &World) -> Administrator {
    world.staff("admin").administrator().expect("an administrator")
}

fn latest(admin: &Administrator, key: &str) -> DefinitionId {
    admin.versions(key).expect("reads")[0].0.id
}

/// What each step does without its grant: (what is confirmed, where it is stuck, what the sentence names).
#[test]
fn what_lacks_a_grant_is_an_incident_that_names_it() {
    let all_but_total = FieldSet::these(["number", "title", "status", "customer"]);
    let cases = [
        (quotes(FieldSet::All, status()), None),
        (
            quotes(FieldSet::Nothing, status()),
            Some(("amount", "查看报价单的所有字段")),
        ),
        (quotes(all_but_total, status()), Some(("amount", "查看报价单的总金额"))),
        (
            quotes(FieldSet::All, FieldSet::these(["note"])),
            Some(("mark-approved", "修改报价单的状态")),
        ),
        (
            quotes(FieldSet::All, FieldSet::Nothing),
            Some(("mark-approved", "修改报价单的状态")),
        ),
    ];
    for (index, (grants, stuck)) in cases.into_iter().enumerate() {
        let world = World::new();
        let admin = admin(&world);
        let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| world.staff(login));
        let (quote, case) = world.quote(&seller, 100);
        let definition = latest(&admin, "quote-approval");
        admin.confirm_grants(definition, grants).expect("confirms");
        let task = world.only_task(&manager).task.id;
        manager.complete(task, approve()).expect("approves");
        world.kapok.run_due().expect("runs");
        let incidents = admin.incidents(10).expect("reads");
        let Some((element, sentence)) = stuck else {
            assert!(incidents.is_empty(), "case {index}");
            assert_eq!(world.state(case), InstanceState::Completed, "case {index}");
            continue;
        };
        assert_eq!(
            (incidents.len(), incidents[0].element.as_str()),
            (1, element),
            "case {index}"
        );
        let text = &incidents[0].row.text.zh;
        assert!(text.contains(sentence), "case {index}: {text}");
        // Confirmed, it goes on where it was.
        admin
            .confirm_grants(definition, quotes(FieldSet::All, status()))
            .expect("confirms");
        admin.retry(incidents[0].row.id).expect("tries again");
        world.kapok.run_due().expect("runs");
        assert_eq!(world.state(case), InstanceState::Completed, "case {index}");
        assert_eq!(world.field(&quote, "status"), "approved".into(), "case {index}");
    }
}

#[test]
fn a_save_stands_when_its_process_may_not_begin() {
    let world = World::new();
    let admin = admin(&world);
    let definition = latest(&admin, "quote-approval");
    admin
        .confirm_grants(definition, ProcessGrants::default())
        .expect("confirms");
    let seller = world.staff("he.junjie");
    let customer = world.customer(&seller);
    let (_, started) = seller.save(crate::support::new_quote(customer, 100)).expect("is saved");
    assert!(started.is_empty());
    let page = &admin.unread_pages(10).expect("reads")[0];
    assert!(page.text.zh.contains("修改报价单的状态"), "{}", page.text);
}

#[test]
fn the_end_of_a_case_is_an_end_whatever_its_record_may_say() {
    let world = World::new();
    let admin = admin(&world);
    let seller = world.staff("he.junjie");
    let (quote, case) = world.quote(&seller, 100);
    let definition = latest(&admin, "quote-approval");
    admin
        .confirm_grants(definition, quotes(FieldSet::All, FieldSet::Nothing))
        .expect("confirms");
    admin.cancel(case, "不再需要".into()).expect("cancels");
    assert_eq!(world.state(case), InstanceState::Cancelled);
    assert_eq!(world.field(&quote, "status"), "in-approval".into());
    let page = &admin.unread_pages(10).expect("reads")[0];
    assert!(page.text.zh.contains("修改报价单的状态"), "{}", page.text);
}

/// A task opens its record as far as its process may see it, and changes what its process may change.
#[test]
fn a_task_opens_and_changes_no_more_than_its_process_may() {
    let world = World::new();
    let admin = admin(&world);
    let [seller, stranger] = ["he.junjie", "tang.zhiqiang"].map(|login| world.staff(login));
    let step = task_for(r#"<kapok:person login="tang.zhiqiang"/>"#).replace(
        "</kapok:assignees>",
        r#"</kapok:assignees><kapok:fields><kapok:field id="name" access="edit"/></kapok:fields>"#,
    );
    let subject = r#"<kapok:subject entity="customers.customer"/>"#;
    let xml = process_with("look", subject, &on_customer("created"), &step);
    world.kapok.deploy(&xml).unwrap_or_else(|error| panic!("{error}"));
    let definition = latest(&admin, "look");
    let customer = Entity::new("customers.customer");
    let grants = |read: FieldSet, update: FieldSet| {
        let mut grants = ProcessGrants::default();
        let grant = ProcessGrant {
            read,
            update,
            ..ProcessGrant::default()
        };
        grants.add(customer.clone(), grant);
        grants
    };
    let id = world.customer(&seller);
    let record = kapok::protocol::RecordRef {
        entity: customer.clone(),
        id,
    };
    let task = world.only_task(&stranger).task.id;
    let name = FieldSet::these(["name"]);
    let rename = |to: &str| TaskCompletion {
        record: Some((1, fields([("name", to.into())]))),
        ..TaskCompletion::default()
    };
    assert!(stranger.record(&record).is_ok());
    admin
        .confirm_grants(definition, grants(FieldSet::Nothing, name.clone()))
        .expect("confirms");
    assert_eq!(code(stranger.record(&record).map(drop)), "not-found");
    admin
        .confirm_grants(definition, grants(FieldSet::All, FieldSet::Nothing))
        .expect("confirms");
    assert_eq!(code(stranger.complete(task, rename("木棉"))), "process.not-granted");
    admin
        .confirm_grants(definition, grants(FieldSet::All, name))
        .expect("confirms");
    stranger.complete(task, rename("木棉")).expect("is done");
}

#[test]
fn a_new_version_has_what_the_one_before_had() {
    let world = World::new();
    let admin = admin(&world);
    let case = |confirm: Confirm| {
        let deployed = admin
            .publish_model(QUOTE_APPROVAL, None, confirm)
            .unwrap_or_else(|error| panic!("{error}"));
        let grants = admin.grants(deployed.definitions[0].id).expect("reads");
        let all = grants.needed.iter();
        all.map(|grant| (grant.is_new, grant.is_confirmed)).collect::<Vec<_>>()
    };
    // Reading and changing the quote: the program that deployed the first version confirmed both.
    assert_eq!(case(Confirm::Kept), [(false, true), (false, true)]);
    let read = quotes(FieldSet::All, FieldSet::Nothing);
    assert_eq!(case(Confirm::These(read)), [(false, true), (false, false)]);
    assert_eq!(case(Confirm::Kept), [(false, true), (true, false)]);
    assert_eq!(case(Confirm::Proposed), [(false, true), (true, true)]);
    // What is running stays with its own version.
    let old: InstanceId = world.quote(&world.staff("he.junjie"), 100).1;
    assert_eq!(
        case(Confirm::These(ProcessGrants::default())),
        [(false, false), (false, false)]
    );
    let manager = world.staff("wang.wei");
    manager
        .complete(world.only_task(&manager).task.id, approve())
        .expect("approves");
    world.kapok.run_due().expect("runs");
    assert_eq!(world.state(old), InstanceState::Completed);
}
