//! When the last handle is gone the engine has stopped, and its folder is free.

use std::{sync::mpsc, thread};

use kapok::{Kapok, process::state::InstanceState, protocol::JobOutcome};

use crate::support::{no_variables, process, task_for};

const STEP: &str = r#"<bpmn:serviceTask id="step"><bpmn:extensionElements><kapok:handler name="test.slow"/></bpmn:extensionElements></bpmn:serviceTask>"#;

#[test]
fn the_folder_can_be_opened_again_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for round in 0..20_u64 {
        // With the machine's clock, so that all threads run.
        let kapok = Kapok::open(folder.path()).unwrap_or_else(|error| panic!("round {round}: {error}"));
        let other = kapok.clone();
        let elsewhere = thread::spawn(move || {
            let deployed = other.deploy(&process("p", &task_for("<kapok:initiator/>")));
            assert!(deployed.is_ok(), "{deployed:?}");

            drop(other);
        });
        drop(kapok);
        elsewhere.join().expect("ends");
    }
}

/// A job that runs while the engine is closed is waited for, and its end is kept.
#[test]
fn what_is_being_done_is_done_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let (began, begun) = mpsc::sync_channel(1);
    let (go_on, may_go_on) = mpsc::sync_channel::<()>(1);
    let may_go_on = std::sync::Mutex::new(may_go_on);
    let kapok = Kapok::builder()
        .handler("test.slow", move |_| {
            let _ = began.send(());
            let _ = may_go_on.lock().expect("alone").recv();
            JobOutcome::Completed(Default::default())
        })
        .open(folder.path())
        .expect("opens");
    kapok
        .deploy(&process("slow", STEP))
        .unwrap_or_else(|error| panic!("{error}"));
    let case = kapok.start("slow", no_variables()).expect("starts");
    begun.recv().expect("the job begins");
    let closing = thread::spawn(move || drop(kapok));
    go_on.send(()).expect("the job ends");
    closing.join().expect("closed");
    let kapok = Kapok::builder()
        .handler("test.slow", |_| unreachable!("it is done"))
        .open(folder.path())
        .expect("free");
    assert_eq!(
        kapok.instance(case).expect("a case").view.instance.state,
        InstanceState::Completed
    );
}

/// A handler may hold a handle, even the last one.
#[test]
fn a_job_may_drop_the_last_handle() {
    let (give, given) = mpsc::sync_channel::<Kapok>(1);
    let given = std::sync::Mutex::new(given);
    let (ended, end) = mpsc::sync_channel(1);
    let kapok = Kapok::builder()
        .handler("test.slow", move |_| {
            drop(given.lock().expect("alone").recv());
            let _ = ended.send(());
            JobOutcome::Completed(Default::default())
        })
        .memory()
        .expect("opens");
    kapok
        .deploy(&process("slow", STEP))
        .unwrap_or_else(|error| panic!("{error}"));
    kapok.start("slow", no_variables()).expect("starts");
    give.send(kapok).expect("the job waits for it");
    end.recv().expect("it did not wait for itself");
}

/// Calls block; inside an asynchronous program that is the caller's choice, and no panic.
#[test]
fn it_can_be_used_from_an_asynchronous_function() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let kapok = Kapok::memory().expect("opens");
        let deployed = kapok.deploy(&process("p", &task_for("<kapok:initiator/>")));
        assert!(deployed.is_ok(), "{deployed:?}");
    });
}
