//! A request that is asked for again under its key is answered again, and done once.

use std::thread;

use kapok::{
    ListQuery, PeopleImportOptions, SheetKind,
    process::state::InstanceState,
    protocol::{Entity, RecordRef},
};

use crate::support::{CUSTOMER, QUOTE, World, approve, change, code, new_quote, no_variables, process, task_for};

#[test]
fn a_repeated_save_makes_one_record_and_one_case() {
    let world = World::new();
    let seller = world.staff("he.junjie");
    let quote = new_quote(world.customer(&seller), 100);
    let once = seller.once("key-1", "hash").expect("a key");
    let (first, started) = once.save(quote.clone()).expect("saves");
    let (again, restarted) = once.save(quote.clone()).expect("answers");
    assert_eq!((first.reference, started), (again.reference, restarted));
    assert_eq!(
        seller
            .records(&ListQuery::all(Entity::new(QUOTE), 1))
            .expect("counts")
            .count,
        1
    );

    let other = seller.once("key-1", "another hash").expect("a key");
    assert_eq!(code(other.save(quote.clone())), "idempotency.other-request");
    // A key is one person's own.
    assert!(
        world
            .staff("li.na")
            .once("key-1", "hash")
            .expect("a key")
            .choose_language("en")
            .is_ok()
    );
    for key in ["", &"k".repeat(256)] {
        assert_eq!(code(seller.once(key, "hash").map(drop)), "idempotency.key");
    }
}

/// Of what one request asks for, its key stands for the whole and not for the first part.
#[test]
fn a_request_with_a_key_takes_all_people_of_a_file() {
    let world = World::new();
    let admin = world.staff("admin");
    let file = "employee_id,name,reports_to,title,department\nnw.1,Nancy,nw.2,Ms.,sales-1\nnw.2,Andrew,zhao.jianhua,Dr.,sales\n";
    let bring = |key: &str| {
        let keyed = admin
            .once(key, "hash")
            .expect("a key")
            .administrator()
            .expect("an administrator");
        keyed
            .import_people(file.as_bytes(), SheetKind::Csv, &PeopleImportOptions::default(), false)
            .expect("imports")
    };
    let first = bring("key-1");
    assert_eq!((first.report.created, first.report.failed.len()), (2, 0));
    let ignored = first.columns.iter().filter(|column| column.target.is_none());
    assert_eq!(
        ignored.map(|column| column.heading.as_str()).collect::<Vec<_>>(),
        ["title"]
    );
    for repeated in [bring("key-1"), bring("key-2")].map(|done| done.report) {
        assert_eq!((repeated.created, repeated.unchanged), (0, 2));
    }
    assert_eq!(world.staff("nw.1").me().expect("reads").name, "Nancy");
}

/// A client that is out of patience asks again while the first request is still on its way.
#[test]
fn requests_with_one_key_at_once_are_done_once() {
    let world = World::new();
    let seller = world.staff("he.junjie");
    let customer = world.customer(&seller);
    let reference = RecordRef {
        entity: Entity::new(CUSTOMER),
        id: customer,
    };
    for round in 0..10_i64 {
        let version = seller.record(&reference).expect("a record").version;
        let answers: Vec<_> = thread::scope(|scope| {
            let ask = || {
                let created = seller
                    .once(&format!("new-{round}"), "h")
                    .expect("a key")
                    .save(new_quote(customer, 5));
                let update = change(&reference, version, "note", round.to_string().into());
                let updated = seller
                    .once(&format!("change-{round}"), "h")
                    .expect("a key")
                    .save(update);
                (created.expect("saves").0.reference, updated.expect("saves").0.version)
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().expect("ends")).collect()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(answers[0].1, version + 1);
        assert_eq!(
            i64::try_from(
                seller
                    .records(&ListQuery::all(Entity::new(QUOTE), 1))
                    .expect("counts")
                    .count
            ),
            Ok(round + 1)
        );
    }
}

#[test]
fn so_are_decisions_starts_and_deployments() {
    let world = World::new();
    let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| world.staff(login));
    let (_, case) = world.quote(&seller, 100);
    let task = world.only_task(&manager).task.id;
    for _ in 0..3 {
        manager
            .once("approve", "h")
            .expect("a key")
            .complete(task, approve())
            .expect("answers as before");
        world.kapok.run_due().expect("runs");
    }
    assert_eq!(world.state(case), InstanceState::Completed);
    assert_eq!(code(manager.complete(task, approve())), "task.ended");

    let admin = world
        .staff("admin")
        .once("deploy", "h")
        .expect("a key")
        .administrator()
        .expect("an administrator");
    let xml = process("errand", &task_for("<kapok:initiator/>"));
    let [first, again] = [0, 1].map(|_| admin.deploy(&xml, Some(0)).expect("deploys").definitions);
    assert_eq!(first, again);
    let starter = seller.once("start", "h").expect("a key");
    let [first, again] = [0, 1].map(|_| starter.start("errand", no_variables(), None, None).expect("starts"));
    assert_eq!(first, again);
    assert_eq!(seller.inbox_count().expect("counts"), 1);
}

/// A refusal is no answer to be kept: mended, the same request may be asked for under its key.
#[test]
fn a_refused_request_leaves_its_key_free() {
    let world = World::new();
    let seller = world.staff("he.junjie");
    let once = seller.once("key", "h").expect("a key");
    let mut quote = new_quote(world.customer(&seller), 100);
    let lines = quote
        .fields
        .insert("lines".into(), kapok::protocol::Value::List(Vec::new()));
    assert!(once.save(quote.clone()).is_err());
    quote.fields.extend(lines.map(|lines| ("lines".to_owned(), lines)));
    assert!(once.save(quote).is_ok());
}
