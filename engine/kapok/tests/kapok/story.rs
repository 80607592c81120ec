//! The main story: a quote is saved, approved late, and its seller is told.

use kapok::{
    ListQuery, Staff,
    process::state::{EventKind, InstanceState},
    protocol::{Decision, Delivery, InstanceId, Message, OutboxRow, PageKind, RecordRef, Value},
};

use crate::support::{World, approve, change, code, decision, line, new_quote};

/// The messages on their way out, oldest first.
fn outbox(world: &World) -> Vec<OutboxRow> {
    let admin = world.staff("admin").administrator().expect("an administrator");
    let mut rows: Vec<_> = admin
        .outbox(None, 100)
        .expect("reads")
        .items
        .into_iter()
        .map(|view| view.row)
        .collect();
    rows.reverse();
    rows
}

fn pages(person: &Staff) -> Vec<PageKind> {
    person
        .unread_pages(100)
        .expect("reads")
        .into_iter()
        .map(|page| page.kind)
        .collect()
}

#[test]
fn a_plugin_checks_a_quote_before_it_is_saved_and_adds_it_up() {
    let world = World::new();
    let seller = world.staff("he.junjie");
    let mut quote = new_quote(world.customer(&seller), 100);
    quote
        .fields
        .insert("lines".into(), vec![line(1, 5), line(0, -1)].into());
    let refusals = match seller.save(quote.clone()) {
        Err(kapok::Error::Refused(refusals)) => refusals,
        other => panic!("it should be refused: {other:?}"),
    };
    let found: Vec<_> = refusals.iter().filter_map(|refusal| refusal.field.as_deref()).collect();
    assert_eq!(found, ["lines.1.quantity", "lines.1.price"]);
    assert_eq!(
        seller
            .records(&ListQuery::all(quote.entity.clone(), 1))
            .expect("counts")
            .count,
        0,
        "nothing of it was saved"
    );

    quote
        .fields
        .insert("lines".into(), vec![line(2, 100), line(3, 7)].into());
    let (record, _) = seller.save(quote).expect("saved");
    assert_eq!(record.fields["total"], Value::from(221));
    assert_eq!(record.fields["number"], Value::from("BJ20261123-0001"));
}

/// What the case has told and to whom, after each stretch of waiting.
#[test]
fn a_forgotten_quote_is_urged_escalated_and_approved() {
    let world = World::new();
    let [seller, manager, superior] = ["he.junjie", "wang.wei", "zhao.jianhua"].map(|login| world.staff(login));
    let (quote, case) = world.quote(&seller, 100);

    // All of it came with the save.
    assert_eq!(world.field(&quote, "status"), "in-approval".into());
    let task = world.only_task(&manager);
    assert_eq!(
        (task.name.as_str(), task.approval, task.overdue),
        ("经理审批", true, false)
    );
    assert_eq!(task.title, "报价 BJ20261123-0001");
    assert_eq!(manager.me().expect("reads").open_tasks, 1);
    let form = manager.task(task.task.id).expect("a form").form;
    assert_eq!(form.record.expect("the quote").0.fields["total"], Value::from(200));

    world.pass(8);
    assert_eq!(pages(&manager).first(), Some(&PageKind::Page));
    assert!(outbox(&world).is_empty());

    world.pass(2);
    let sent = outbox(&world);
    assert!(
        matches!(&sent[..], [OutboxRow { message: Message::Sms(sms), delivery: Delivery::Waiting { .. }, attempts: 0, .. }]
            if sms.to == manager.person()),
        "{sent:?}"
    );

    world.pass(2);
    assert_eq!(manager.inbox_count().expect("counts"), 0);
    let task = world.only_task(&superior);
    assert!(task.overdue);
    assert_eq!(task.escalated_from.map(|who| who.name).as_deref(), Some("王伟"));
    assert_eq!(code(manager.complete(task.task.id, approve())), "task.not-yours");

    superior.complete(task.task.id, approve()).expect("approves");
    assert_eq!(
        world.state(case),
        InstanceState::Active,
        "the plugin's step waits for its turn"
    );
    world.kapok.run_due().expect("runs");
    assert_eq!(world.state(case), InstanceState::Completed);
    assert_eq!(world.field(&quote, "status"), "approved".into());
    let sent = outbox(&world);
    assert!(
        matches!(&sent[1].message, Message::Mail(mail) if mail.to == seller.person() && mail.subject == "报价 BJ20261123-0001 已批准"),
        "{sent:?}"
    );
    assert_eq!(superior.finished(None, 10).expect("reads").items.len(), 1);
    tells_all_of_it(&seller, case);
    // Nothing is left that could happen.
    world.pass(1_000);
    assert_eq!(outbox(&world), sent);
}

fn tells_all_of_it(person: &Staff, case: InstanceId) {
    let detail = person.instance(case).expect("their case");
    let told: Vec<_> = detail
        .history
        .iter()
        .filter_map(|entry| match &entry.event.kind {
            EventKind::Started => Some("started"),
            EventKind::TaskCreated { .. } => Some("created"),
            EventKind::Reminded { .. } => Some("reminded"),
            EventKind::Escalated { .. } => Some("escalated"),
            EventKind::TaskCompleted { comment, .. } if comment.as_deref() == Some("同意") => Some("approved"),
            EventKind::Told { .. } => Some("told"),
            EventKind::Ended(InstanceState::Completed) => Some("ended"),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [
            "started",
            "created",
            "reminded",
            "reminded",
            "escalated",
            "approved",
            "told",
            "ended"
        ]
    );
    assert!(
        detail
            .history
            .is_sorted_by_key(|entry| (entry.event.at, entry.event.sequence))
    );
    assert_eq!(
        detail.flows,
        ["to-manager", "to-amount", "ordinary", "to-mail", "to-end"]
    );
    assert!(detail.incidents.is_empty() && detail.view.waiting.is_empty());
}

#[test]
fn a_large_quote_goes_the_other_way() {
    let world = World::new();
    let [seller, manager, finance] = ["he.junjie", "wang.wei", "admin"].map(|login| world.staff(login));
    let (quote, case) = world.quote(&seller, 60_000);
    manager
        .complete(world.only_task(&manager).task.id, approve())
        .expect("approves");
    world.kapok.run_due().expect("runs");
    assert_eq!(
        (world.state(case), world.field(&quote, "status")),
        (InstanceState::Completed, "approved".into())
    );
    assert_eq!(world.kapok.variables(case).expect("reads")["level"], "重大".into());
    assert!(
        finance
            .instance(case)
            .expect("visible")
            .flows
            .contains(&"large".to_owned())
    );
}

#[test]
fn a_rejection_ends_the_case_though_nothing_is_drawn_for_it() {
    let world = World::new();
    let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| world.staff(login));
    let (quote, case) = world.quote(&seller, 100);
    let task = world.only_task(&manager).task.id;
    assert_eq!(
        code(manager.complete(task, decision(Decision::Reject, "  "))),
        "task.reason-required"
    );
    manager
        .complete(task, decision(Decision::Reject, "价格太低"))
        .expect("rejects");
    assert_eq!(
        (world.state(case), world.field(&quote, "status")),
        (InstanceState::Rejected, "rejected".into())
    );
    assert_eq!(manager.inbox_count().expect("counts"), 0);
    world.pass(100);
    let sms = outbox(&world)
        .into_iter()
        .filter(|row| matches!(row.message, Message::Sms(_)))
        .count();
    assert_eq!(sms, 0, "nobody is urged any more");
}

#[test]
fn a_quote_that_was_cancelled_or_rejected_is_submitted_again_by_saving_it() {
    let world = World::new();
    let (seller, manager) = (world.staff("he.junjie"), world.staff("wang.wei"));
    let (quote, case) = world.quote(&seller, 100);
    let again = |title: &str| {
        let version = seller.record(&quote).expect("there").version;
        let (_, started) = seller
            .save(change(&quote, version, "title", title.into()))
            .expect("saved");
        assert_eq!(world.field(&quote, "status"), "in-approval".into());
        assert_eq!(started.len(), 1);
    };

    seller.cancel(case, "算错了".into()).expect("cancelled");
    assert_eq!(world.state(case), InstanceState::Cancelled);
    assert_eq!(world.field(&quote, "status"), "draft".into());
    again("改过一次");

    let task = world.only_task(&manager).task.id;
    manager
        .complete(task, decision(Decision::Reject, "再便宜一点"))
        .expect("rejected");
    assert_eq!(world.field(&quote, "status"), "rejected".into());
    again("改过两次");
}

/// What can be seen of the story from outside.
#[derive(Debug, PartialEq)]
struct Seen {
    state: InstanceState,
    status: Value,
    tasks: Vec<Vec<String>>,
    history: Vec<kapok::process::state::Event>,
    outbox: Vec<OutboxRow>,
    sequence: u64,
}

fn see(world: &World, quote: &RecordRef, case: InstanceId) -> Seen {
    let detail = world.kapok.instance(case).expect("the case");
    let inbox = |login| {
        let (tasks, _) = world.staff(login).inbox(None, 10).expect("reads");
        tasks.into_iter().map(|task| task.name).collect()
    };
    let sequence = world.kapok.sequence();
    Seen {
        state: detail.view.instance.state,
        status: world.field(quote, "status"),
        tasks: ["wang.wei", "zhao.jianhua"].map(inbox).into(),
        history: detail.history.into_iter().map(|entry| entry.event).collect(),
        outbox: outbox(world),
        sequence,
    }
}

/// Everything is on disk: the engine may be closed after any step, and the story goes on where it was. The clock of each
/// life begins anew, so what is due is reached by waiting on from there.
#[test]
fn the_story_goes_on_after_every_closing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (quote, case) = {
        let world = World::open(folder.path());
        world.quote(&world.staff("he.junjie"), 100)
    };
    let steps: [&dyn Fn(&World); 5] = [
        &|world| world.pass(8),
        &|world| world.pass(10),
        &|world| world.pass(12),
        &|world| {
            let superior = world.staff("zhao.jianhua");
            superior
                .complete(world.only_task(&superior).task.id, approve())
                .expect("approves");
        },
        &|world| world.kapok.run_due().expect("runs"),
    ];
    for step in steps {
        let before = {
            let world = World::open(folder.path());
            step(&world);
            see(&world, &quote, case)
        };
        let after = see(&World::open(folder.path()), &quote, case);
        // Looking makes tokens, which are commits too.
        assert_eq!(
            Seen {
                sequence: before.sequence,
                ..after
            },
            before
        );
    }
    let world = World::open(folder.path());
    assert_eq!(
        (world.state(case), world.field(&quote, "status")),
        (InstanceState::Completed, "approved".into())
    );
}
