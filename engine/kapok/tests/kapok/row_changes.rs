//! How many rows a step changes. Most of the processor time of a step is spent on them, so one more is to be seen.

use std::{path::Path, sync::Arc};

use kapok::{Kapok, ManualClock, TaskCompletion, protocol::Timestamp, store::Store};

use crate::support::{no_variables, process};

/// 2026-11-23T08:00:00Z
const START: Timestamp = Timestamp::from_millis(1_795_420_800_000);
const HOUR: i64 = 3_600_000;

const BY_HAND: &str = r#"<bpmn:userTask id="step"><bpmn:extensionElements>
    <kapok:assignees><kapok:initiator/></kapok:assignees></bpmn:extensionElements></bpmn:userTask>"#;
const BY_TIME: &str = r#"<bpmn:intermediateCatchEvent id="step"><bpmn:timerEventDefinition>
    <bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"#;

/// The row changes of each commit, without that of the counter of ids, which commands at work together share.
fn changes(folder: &Path) -> Vec<usize> {
    let store = Store::open(folder).expect("opens");
    let records = store.history(0).expect("reads").expect("is whole");
    records.map(|record| record.expect("reads").batch.len() - 1).collect()
}

#[test]
fn a_step_changes_as_few_rows_as_are_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(ManualClock::new(START));
    let kapok = Kapok::builder()
        .clock(clock.clone())
        .open(folder.path())
        .expect("opens");
    let person = kapok.add_person("boss", "陈国栋", &[]).expect("a person");
    for xml in [process("by-hand", BY_HAND), process("by-time", BY_TIME)] {
        kapok.deploy(&xml).unwrap_or_else(|error| panic!("{error}"));
    }
    // What a new folder has to do once is done before anything is counted.
    kapok.run_due().expect("runs");
    let staff = kapok.staff(person).expect("signs in");
    let case = staff.start("by-hand", no_variables(), None, None).expect("starts");
    let task = kapok.tasks(case).expect("reads").remove(0).task.id;
    staff.complete(task, TaskCompletion::default()).expect("completes");
    kapok.start("by-time", no_variables()).expect("starts");
    clock.move_to(START.plus_millis(HOUR));
    kapok.run_due().expect("runs");
    drop((staff, kapok));
    let all = changes(folder.path());
    let [.., started, completed, waits, fired] = all[..] else {
        panic!("{all:?}")
    };
    // The case and its place in two lists, the to-do and its place in two lists, the page that it came.
    assert_eq!(started, 7, "a case starts that waits for a person");
    // The case and its place in the list of those that go on, and of those that have ended; the to-do and its place in
    // the list of those to be done, and of those done; the page that the case is over.
    assert_eq!(completed, 7, "a to-do is completed that ends its case");
    // The case and its place in a list, the timer and its place.
    assert_eq!(waits, 4, "a case starts that waits for a moment");
    // All of these, and the case's place in the list of those that have ended.
    assert_eq!(fired, 5, "a timer fires that ends its case");
}
