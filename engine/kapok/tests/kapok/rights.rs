//! Who may see and do what.

use kapok::{
    Audience, CaseFilter, Hint, HintKind, ListQuery,
    protocol::{Entity, RecordRef},
};

use crate::support::{QUOTE, World, approve, change, code, no_variables, process, process_with, task_for};

#[test]
fn what_is_not_a_persons_business_is_not_there() {
    let world = World::new();
    let [seller, manager, stranger] = ["he.junjie", "wang.wei", "tang.zhiqiang"].map(|login| world.staff(login));
    let (quote, case) = world.quote(&seller, 100);
    let task = world.only_task(&manager).task.id;

    assert_eq!(code(stranger.task(task).map(drop)), "not-found");
    assert_eq!(code(stranger.claim(task)), "not-found");
    assert_eq!(code(stranger.complete(task, approve())), "not-found");
    assert_eq!(code(stranger.urge(task)), "not-found");
    assert_eq!(code(stranger.instance(case).map(drop)), "not-found");
    assert_eq!(code(stranger.instance_xml(case)), "not-found");
    assert_eq!(code(stranger.cancel(case, String::new())), "not-found");
    assert_eq!(code(stranger.record(&quote).map(drop)), "not-found");
    assert_eq!(
        code(stranger.save(change(&quote, 1, "title", "x".into())).map(drop)),
        "not-found"
    );
    assert_eq!(
        code(
            stranger
                .start("quote-approval", no_variables(), None, Some(quote.clone()))
                .map(drop)
        ),
        "not-found"
    );
    assert_eq!(
        stranger
            .records(&ListQuery::all(Entity::new(QUOTE), 1))
            .expect("counts")
            .count,
        0
    );
    assert!(
        stranger
            .records(&ListQuery::all(Entity::new(QUOTE), 10))
            .expect("reads")
            .items
            .is_empty()
    );
    let other = RecordRef {
        id: kapok::protocol::RecordId::new(999_999).expect("not zero"),
        ..quote.clone()
    };
    assert_eq!(
        code(stranger.record(&other).map(drop)),
        "not-found",
        "in the same words as what is not there"
    );

    // The initiator sees the case and cannot decide it.
    assert!(seller.instance(case).is_ok() && seller.task(task).is_ok());
    assert_eq!(code(seller.complete(task, approve())), "task.not-yours");
    assert!(seller.urge(task).is_ok());
}

#[test]
fn an_open_task_shares_its_record_until_it_ends() {
    let world = World::new();
    let [seller, reviewer] = ["he.junjie", "jiang.jiayi"].map(|login| world.staff(login));
    let (quote, _) = world.quote(&seller, 100);
    let subject = format!(r#"<kapok:subject entity="{QUOTE}"/>"#);
    let start = r#"<bpmn:startEvent id="start"/>"#;
    let xml = process_with(
        "review",
        &subject,
        start,
        &task_for(r#"<kapok:person login="jiang.jiayi"/>"#),
    );
    world.kapok.deploy(&xml).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(code(reviewer.record(&quote).map(drop)), "not-found");
    seller
        .start("review", no_variables(), None, Some(quote.clone()))
        .expect("starts");
    assert!(reviewer.record(&quote).is_ok());
    assert_eq!(
        code(reviewer.save(change(&quote, 2, "title", "x".into())).map(drop)),
        "forbidden"
    );
    reviewer
        .complete(world.only_task(&reviewer).task.id, Default::default())
        .expect("completes");
    assert_eq!(code(reviewer.record(&quote).map(drop)), "not-found");
}

#[test]
fn only_administrators_are_administrators() {
    let world = World::new();
    let seller = world.staff("he.junjie");
    assert_eq!(code(seller.administrator().map(drop)), "forbidden");
    assert_eq!(
        code(seller.instances(&CaseFilter::All, None, 10).map(drop)),
        "forbidden"
    );
    let admin = world.staff("admin");
    let (quote, case) = world.quote(&seller, 100);
    assert!(
        admin.instance(case).is_ok_and(|detail| detail.record.is_none()),
        "the case, but not what it is about"
    );
    assert_eq!(code(admin.record(&quote).map(drop)), "not-found");
}

#[test]
fn a_task_of_a_group_is_its_first_claimers() {
    let world = World::new();
    // Two groups of one person: the task is one to-do all the same.
    let xml = process(
        "errand",
        &task_for("<kapok:role code=\"sales\"/><kapok:department code=\"sales-1\"/>"),
    );
    world.kapok.deploy(&xml).unwrap_or_else(|error| panic!("{error}"));
    world.kapok.start("errand", no_variables()).expect("starts");
    let [first, second, other] = ["he.junjie", "li.na", "lin.xiaoyan"].map(|login| world.staff(login));
    let task = world.only_task(&first);
    assert!(task.claimable && other.inbox_count().expect("counts") == 0);
    first.claim(task.task.id).expect("claims");
    assert_eq!(second.inbox_count().expect("counts"), 0);
    assert_eq!(code(second.claim(task.task.id)), "task.taken");
    first.release(task.task.id).expect("gives it back");
    second.claim(world.only_task(&second).task.id).expect("claims");
    assert_eq!(first.inbox_count().expect("counts"), 0);
}

#[test]
fn hints_go_to_who_may_see_the_thing() {
    let world = World::new();
    let [seller, manager, stranger, admin] =
        ["he.junjie", "wang.wei", "tang.zhiqiang", "admin"].map(|login| world.staff(login));
    let mut heard = seller.hints();
    let (quote, case) = world.quote(&seller, 100);
    let mut hints: Vec<Hint> = Vec::new();
    while let Ok(hint) = heard.try_recv() {
        hints.push(hint);
    }
    let for_whom = |kind: HintKind| {
        let of_kind: Vec<_> = hints.iter().filter(|hint| hint.kind == kind).collect();
        assert!(!of_kind.is_empty(), "{kind:?}");
        [&seller, &manager, &stranger, &admin].map(|person| of_kind.iter().any(|hint| person.may_hear(hint)))
    };
    assert_eq!(for_whom(HintKind::Task), [false, true, false, false]);
    assert_eq!(for_whom(HintKind::Record), [true, true, false, false]);
    assert_eq!(for_whom(HintKind::Instance), [true, false, false, true]);
    let ids: Vec<_> = hints
        .iter()
        .filter(|hint| hint.kind == HintKind::Instance)
        .map(|hint| hint.id)
        .collect();
    assert!(ids.iter().all(|id| *id == case.get()));
    assert!(
        hints
            .iter()
            .any(|hint| hint.kind == HintKind::Record && hint.id == quote.id.get())
    );
    assert!(
        hints.is_sorted_by_key(|hint| hint.seq) && hints.last().is_some_and(|hint| hint.seq <= world.kapok.sequence())
    );
    let outbox = Hint {
        kind: HintKind::Outbox,
        id: 1,
        seq: 1,
        audience: Audience::Administrators,
    };
    assert!(admin.may_hear(&outbox) && !seller.may_hear(&outbox));
}

#[test]
fn who_signs_in_is_known_until_they_sign_out() {
    let world = World::new();
    assert_eq!(
        code(world.kapok.sign_in("he.junjie", "wrong-password").map(|_| ())),
        "session.wrong"
    );
    assert_eq!(
        code(world.kapok.sign_in("nobody", "kapok-test").map(|_| ())),
        "session.wrong"
    );
    let (staff, secret) = world.kapok.sign_in("he.junjie", "kapok-test").expect("signs in");
    let session = || {
        world
            .kapok
            .session(secret.reveal())
            .expect("reads")
            .map(|staff| staff.person())
    };
    assert_eq!(session(), Some(staff.person()));
    world.kapok.sign_out(secret.reveal()).expect("signs out");
    assert_eq!(session(), None);
    let (_, secret) = world.kapok.sign_in("he.junjie", "kapok-test").expect("signs in");
    world.pass(12);
    assert!(
        world.kapok.session(secret.reveal()).expect("reads").is_none(),
        "a session ends by itself"
    );
}
