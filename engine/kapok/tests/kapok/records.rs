//! Records: locks, conflicts, and what a save starts.

use kapok::{
    process::state::InstanceState,
    protocol::{Entity, PageKind, RecordRef},
};

use crate::support::{CUSTOMER, World, approve, change, code, no_variables, on_customer, process_with, task_for};

#[test]
fn a_record_under_approval_is_locked() {
    let world = World::new();
    let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| world.staff(login));
    let (quote, case) = world.quote(&seller, 100);
    let version = seller.record(&quote).expect("a record").version;
    assert_eq!(
        code(seller.save(change(&quote, version, "title", "x".into())).map(drop)),
        "record.under-approval"
    );
    manager
        .complete(world.only_task(&manager).task.id, approve())
        .expect("approves");
    assert_eq!(
        code(seller.save(change(&quote, version, "title", "x".into())).map(drop)),
        "record.under-approval"
    );
    world.kapok.run_due().expect("runs");
    assert_eq!(world.state(case), InstanceState::Completed);
    let version = seller.record(&quote).expect("a record").version;
    assert!(seller.save(change(&quote, version, "title", "x".into())).is_ok());
}

/// Even when the save itself would start something.
#[test]
fn what_a_save_starts_does_not_unlock_its_record() {
    let world = World::new();
    let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| world.staff(login));
    let reference = RecordRef {
        entity: Entity::new(CUSTOMER),
        id: world.customer(&seller),
    };
    let task = task_for("<kapok:initiator/>").replace(
        "<kapok:assignees>",
        r#"<kapok:approval mode="any" onRejection="end"/><kapok:assignees>"#,
    );
    let settings = format!(r#"<kapok:subject entity="{CUSTOMER}"/>"#);
    let xml = process_with("watch", &settings, &on_customer("updated"), &task);
    world.kapok.deploy(&xml).unwrap_or_else(|error| panic!("{error}"));
    let (_, started) = seller.save(change(&reference, 1, "note", "a".into())).expect("saves");
    assert_eq!(started.len(), 1);
    assert_eq!(
        code(seller.save(change(&reference, 2, "note", "b".into())).map(drop)),
        "record.under-approval"
    );
    assert_eq!(code(manager.delete(&reference)), "record.under-approval");
    seller.cancel(started[0], "重复".into()).expect("cancels");
    assert!(seller.save(change(&reference, 2, "note", "b".into())).is_ok());
}

/// Work that somebody has to do about a record keeps it from being deleted, but nobody from writing on.
#[test]
fn a_case_without_an_approval_locks_nothing() {
    let world = World::new();
    let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| world.staff(login));
    let reference = RecordRef {
        entity: Entity::new(CUSTOMER),
        id: world.customer(&seller),
    };
    let settings = format!(r#"<kapok:subject entity="{CUSTOMER}"/>"#);
    let xml = process_with(
        "work",
        &settings,
        &on_customer("updated"),
        &task_for("<kapok:initiator/>"),
    );
    world.kapok.deploy(&xml).unwrap_or_else(|error| panic!("{error}"));
    let (_, started) = seller.save(change(&reference, 1, "note", "a".into())).expect("saves");
    assert_eq!(started.len(), 1);
    assert!(seller.save(change(&reference, 2, "note", "b".into())).is_ok());
    assert_eq!(code(manager.delete(&reference)), "record.under-approval");
}

#[test]
fn two_who_change_one_field_are_told() {
    let world = World::new();
    let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| world.staff(login));
    let reference = RecordRef {
        entity: Entity::new(CUSTOMER),
        id: world.customer(&seller),
    };
    assert_eq!(
        seller
            .save(change(&reference, 1, "note", "a".into()))
            .expect("saves")
            .0
            .version,
        2
    );
    let late = manager
        .save(change(&reference, 1, "note", "b".into()))
        .expect_err("too late");
    assert_eq!(
        late.refusal().map(|refusal| refusal.code.as_str()),
        Some("record.conflict")
    );
    assert_eq!(manager.record(&reference).expect("a record").fields["note"], "a".into());
}

/// A process that cannot start is the administrators' matter; whoever saves has done nothing wrong.
#[test]
fn a_start_that_fails_is_told_and_the_save_stands() {
    let world = World::new();
    let [seller, admin] = ["he.junjie", "admin"].map(|login| world.staff(login));
    // There is no such choice, which only shows when the record's status is to be set.
    let settings = format!(
        r#"<kapok:subject entity="{CUSTOMER}" statusField="level" running="no-such-level" rejected="potential"/>"#
    );
    let xml = process_with(
        "broken",
        &settings,
        &on_customer("created"),
        &task_for("<kapok:initiator/>"),
    );
    world.kapok.deploy(&xml).unwrap_or_else(|error| panic!("{error}"));
    let customer = world.customer(&seller);
    let reference = RecordRef {
        entity: Entity::new(CUSTOMER),
        id: customer,
    };
    assert_eq!(seller.record(&reference).expect("it stands").version, 1);
    assert!(
        seller
            .instances(&kapok::CaseFilter::Mine, None, 10)
            .expect("reads")
            .items
            .is_empty()
    );
    assert_eq!(seller.inbox_count().expect("counts"), 0, "nothing of the case is left");
    let pages = admin.unread_pages(10).expect("reads");
    assert!(
        pages.len() == 1 && pages[0].kind == PageKind::Page && pages[0].text.zh.contains("broken"),
        "{pages:?}"
    );
    // By hand it is refused to whoever starts it.
    let start = world.kapok.start("broken", no_variables());
    assert!(start.is_err(), "{start:?}");
}
