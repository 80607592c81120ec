//! What goes wrong in one case stops that step, is told to somebody who can mend it, and disturbs nobody else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use kapok::{
    Kapok, ManualClock,
    process::state::InstanceState,
    protocol::{JobOutcome, Timestamp},
};

use crate::support::{World, approve, code, no_variables, process, task_for};

#[test]
fn a_script_that_loops_is_an_incident() {
    let world = World::new();
    let admin = world.staff("admin").administrator().expect("an administrator");
    let script = r#"<bpmn:scriptTask id="step" name="算" scriptFormat="rhai"><bpmn:script>loop { }</bpmn:script></bpmn:scriptTask>"#;
    world
        .kapok
        .deploy(&process("loops", script))
        .unwrap_or_else(|error| panic!("{error}"));
    let case = world
        .kapok
        .start("loops", no_variables())
        .expect("starts, and is stuck");
    assert_eq!(world.state(case), InstanceState::Active);
    let incidents = admin.incidents(10).expect("reads");
    assert_eq!((incidents.len(), incidents[0].element.as_str()), (1, "step"));
    assert_eq!(admin.unread_pages(10).expect("reads")[0].instance, Some(case));

    // Others go on.
    let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| world.staff(login));
    let (_, other) = world.quote(&seller, 100);
    manager
        .complete(world.only_task(&manager).task.id, approve())
        .expect("approves");
    world.kapok.run_due().expect("runs");
    assert_eq!(world.state(other), InstanceState::Completed);

    admin.retry(incidents[0].row.id).expect("tries again");
    assert_eq!(admin.incidents(10).expect("reads").len(), 1, "it loops as before");
    admin.cancel(case, "不再需要".into()).expect("cancels");
    assert!(admin.incidents(10).expect("reads").is_empty());
    assert_eq!(world.state(case), InstanceState::Cancelled);
}

/// A handler in Rust that panics, fails for now, or succeeds at last.
#[test]
fn a_failing_handler_is_tried_again_and_then_shown() {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let kapok = Kapok::builder()
        .clock(clock.clone())
        .handler("test.flaky", move |_| match counted.fetch_add(1, Ordering::SeqCst) {
            0 => JobOutcome::Failed {
                message: "the other side is away".into(),
                retry: true,
            },
            1 => panic!("a mistake"),
            _ => JobOutcome::Completed([("answer".to_owned(), 42.into())].into()),
        })
        .memory()
        .expect("opens");
    let step = r#"<bpmn:serviceTask id="step"><bpmn:extensionElements><kapok:handler name="test.flaky"/></bpmn:extensionElements></bpmn:serviceTask>"#;
    kapok
        .deploy(&process("flaky", step))
        .unwrap_or_else(|error| panic!("{error}"));
    let case = kapok.start("flaky", no_variables()).expect("starts");
    let state = || kapok.instance(case).expect("a case");
    kapok.run_due().expect("runs");
    assert_eq!(
        (calls.load(Ordering::SeqCst), state().incidents.len()),
        (1, 0),
        "it is tried again later"
    );
    clock.move_to(Timestamp::from_millis(24 * 3_600_000));
    kapok.run_due().expect("runs");
    let incidents = state().incidents;
    assert_eq!(
        (calls.load(Ordering::SeqCst), incidents.len()),
        (2, 1),
        "a panic needs a person"
    );
    assert!(
        incidents[0].row.text.zh.contains("test.flaky"),
        "{:?}",
        incidents[0].row.text
    );
}

/// What the store cannot take is refused to whoever asks for it, not to those whose commands share its batch.
#[test]
fn a_command_that_is_too_large_disturbs_no_other() {
    let kapok = Kapok::memory().expect("opens");
    kapok
        .deploy(&process("errand", &task_for("<kapok:initiator/>")))
        .unwrap_or_else(|error| panic!("{error}"));
    thread::scope(|scope| {
        for number in 0..64 {
            let kapok = &kapok;
            scope.spawn(move || {
                // A name is part of a key, and keys are short.
                let name = if number % 2 == 0 {
                    "n".repeat(5_000)
                } else {
                    "name".to_owned()
                };
                match kapok.start("errand", [(name, 1)]) {
                    Ok(_) => assert_eq!(number % 2, 1),
                    Err(error) => assert_eq!((number % 2, code::<()>(Err(error)).as_str()), (0, "too-large")),
                }
            });
        }
    });
}
