//! The check of rows, on the rows of a real engine in which everything waits that can.

mod format;
mod transfer;

use std::{collections::BTreeMap, sync::Arc};

use kapok_process::state::{Changes, ElementState, State, TimerKind};
use kapok_protocol::{Command, InstanceId, PublishedMessage, Timestamp};
use kapok_store::{Batch, Store, View};
use kapok_tables::{Prefix, ProcessState, Queries, Read, TaskList, Transaction, verify::Kind};

use super::{Report, rows};
use crate::{Kapok, ManualClock};

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// An engine with one case that waits for everything there is, and its called case. The first one lies in rows, the other
/// one in one row.
fn waiting() -> (Kapok, InstanceId) {
    waiting_with("x".repeat(3_000))
}

/// The same; how long the note is decides how the first case lies.
fn waiting_with(note: String) -> (Kapok, InstanceId) {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
    let later = |_| kapok_protocol::JobOutcome::Completed(BTreeMap::new());
    let builder = Kapok::builder().clock(clock).handler("test.later", later);
    let kapok = builder.memory().expect("opens");
    kapok
        .add_person("boss", "陈国栋", &["administrator".to_owned()])
        .expect("a person");
    kapok
        .deploy(include_str!("waiting.bpmn"))
        .unwrap_or_else(|error| panic!("{error}"));
    let case = kapok
        .start("waiting", [("order", "A1".to_owned()), ("note", note)])
        .expect("starts");
    // One that is over, in one row.
    let over = kapok.start("called", [("order", "A2")]).expect("starts");
    let task = kapok.tasks(over).expect("reads").remove(0).task.id;
    kapok.complete(task, [("order", "A3")]).expect("completes");
    let message = PublishedMessage {
        name: "unwanted".into(),
        key: None,
        variables: BTreeMap::new(),
        ttl_millis: Some(60_000),
    };
    kapok.command(Command::Publish(message)).expect("is kept");
    (kapok, case)
}

fn rows_of(view: &View) -> Rows {
    let rows = Read::scan(view, &[], None, usize::MAX).expect("reads");
    rows.into_iter()
        .map(|(key, value)| (key.to_vec(), value.to_vec()))
        .collect()
}

fn report(rows: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Report {
    let store = Store::memory();
    let mut batch = Batch::new();
    for (key, value) in rows {
        batch.put(key, value);
    }
    store.commit(batch, 0).expect("commits");
    rows::check(&store.view()).expect("reads")
}

fn kind(key: &[u8]) -> &'static Kind {
    Kind::of(key).expect("a kind")
}

#[test]
fn what_the_engine_wrote_is_sound() {
    let (small, _) = waiting_with(String::new());
    assert_eq!(small.verify().expect("reads").findings, []);
    let (kapok, _) = waiting();
    let report = kapok.verify().expect("reads");
    assert_eq!(report.findings, [], "{report:#?}");
    assert!(report.rows > 50 && report.index_rows > 40, "{report:?}");
    // Otherwise the tests below say nothing about them.
    let rows = rows_of(&kapok.shared.store.view());
    for prefix in [
        Prefix::Tokens,
        Prefix::Item,
        Prefix::Compensation,
        Prefix::Job,
        Prefix::Incident,
        Prefix::KeptMessage,
        Prefix::SubscriptionBySignal,
        Prefix::ConditionByInstance,
        Prefix::TimerByDefinition,
        Prefix::TaskByCandidate,
        Prefix::UnreadPage,
    ] {
        assert!(rows.keys().any(|key| key[0] == prefix as u8), "no {prefix:?}");
    }
}

/// What nothing else refers to, so that nobody can know that it was there.
const ALONE: [Prefix; 10] = [
    Prefix::Variable,
    Prefix::Event,
    Prefix::Compensation,
    Prefix::Item,
    Prefix::UnreadPage,
    Prefix::RecordHistory,
    Prefix::RecordNumber,
    Prefix::EntityState,
    Prefix::Credential,
    Prefix::Token,
];

#[test]
fn a_row_that_is_gone_is_missed() {
    let (kapok, _) = waiting();
    let rows = rows_of(&kapok.shared.store.view());
    for gone in rows.keys() {
        let left = rows.iter().filter(|(key, _)| *key != gone);
        let report = report(left.map(|(key, value)| (key.clone(), value.clone())));
        // Rows without a number are of the first form.
        let is_form = *gone == kapok_tables::Key::new(Prefix::Meta).text("format").into_bytes();
        let alone = is_form || ALONE.contains(&kind(gone).prefix);
        assert_eq!(report.is_sound(), alone, "without a {}: {report:#?}", kind(gone).name);
    }
}

#[test]
fn a_row_that_cannot_be_read_is_found() {
    let (kapok, _) = waiting();
    let rows = rows_of(&kapok.shared.store.view());
    for (key, value) in &rows {
        let mut changed = rows.clone();
        let mut broken = value.clone();
        if kind(key).prefix == Prefix::DefinitionXml {
            broken[0] = 0xff;
        } else {
            // The version of a row that no program knows; an index row has no value at all.
            broken.splice(0..broken.len().min(1), [0x7f]);
        }
        changed.insert(key.clone(), broken);
        let report = report(changed);
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let named = report.findings.iter().any(|found| found.key == hex);
        assert!(named, "a broken {}: {report:#?}", kind(key).name);
    }
}

#[test]
fn an_index_row_of_nothing_is_found() {
    let (kapok, _) = waiting();
    let rows = rows_of(&kapok.shared.store.view());
    for key in rows.keys().filter(|key| kind(key).is_index()) {
        let mut stray = key.clone();
        // Another moment, person or case; the id at the end stays, so the row that it points at is there.
        stray[1] ^= 0x40;
        let with = rows.clone().into_iter().chain([(stray, Vec::new())]);
        let report = report(with);
        assert_eq!(report.found, 1, "a stray {}: {report:#?}", kind(key).name);
        assert_eq!(report.findings[0].kind, kind(key).name);
    }
}

#[test]
fn keys_that_no_version_writes_are_found() {
    let (kapok, _) = waiting();
    let rows = rows_of(&kapok.shared.store.view());
    let report = report(rows.into_iter().chain([(vec![250, 1], vec![1])]));
    assert_eq!((report.found, report.findings[0].kind), (1, "unknown"));
}

/// What lies in the row of a case does not lie beside it, and of a case that has ended nothing does.
#[test]
fn rows_beside_a_case_in_one_row_are_found() {
    let (kapok, case) = waiting();
    let rows = rows_of(&kapok.shared.store.view());
    let is_whole = |(key, value): &(&Vec<u8>, &Vec<u8>)| key[0] == Prefix::Instance as u8 && value[0] == 2;
    let (over, _) = rows.iter().rfind(is_whole).expect("a case that is over");
    let (goes_on, _) = rows.iter().find(is_whole).expect("a case that is called");
    let of_case = |key: &&Vec<u8>| key.get(1..9) == Some(&case.get().to_be_bytes());
    for (prefix, of) in [
        (Prefix::Variable, goes_on),
        (Prefix::Variable, over),
        (Prefix::Item, over),
        (Prefix::Tokens, over),
        (Prefix::Compensation, over),
    ] {
        let like = rows.keys().filter(of_case).find(|key| key[0] == prefix as u8);
        let like = like.unwrap_or_else(|| panic!("no {prefix:?}"));
        let mut left = like.clone();
        left[1..9].copy_from_slice(&of[1..9]);
        let with = rows.clone().into_iter().chain([(left, rows[like].clone())]);
        let report = report(with);
        let found = report.findings.iter().any(|found| found.text.en.contains("left over"));
        assert!(found, "{prefix:?}: {report:#?}");
    }
}

#[test]
fn all_are_counted_and_some_are_listed() {
    let strays = (0..1_000_u64).map(|number| {
        let key = kapok_tables::Key::new(Prefix::JobReady).number(number + 1);
        (key.into_bytes(), Vec::new())
    });
    let report = report(strays);
    assert_eq!((report.found, report.findings.len()), (1_000, 200));
}

/// What rows say of each other, changed one by one.
#[test]
fn a_row_that_says_otherwise_is_found() {
    let breaks: &[(&str, &str, Break)] = &[
        ("counts a child too much", "case", |state, id, changes, _| {
            let mut row = state.instance(id).unwrap().unwrap();
            row.live_children += 1;
            changes.instances.push((id, Some(row)));
        }),
        ("has ended with live elements", "case", |state, id, changes, _| {
            let mut row = state.instance(id).unwrap().unwrap();
            row.state = kapok_process::state::InstanceState::Completed;
            row.ended_at = Some(row.started_at);
            changes.instances.push((id, Some(row)));
        }),
        ("counts a condition too few", "case", |state, id, changes, _| {
            let mut row = state.instance(id).unwrap().unwrap();
            row.conditions = 0;
            changes.instances.push((id, Some(row)));
        }),
        (
            "does not know its subscription",
            "subscription",
            |state, id, changes, _| {
                let mut row = state.instance(id).unwrap().unwrap();
                row.subscriptions.clear();
                changes.instances.push((id, Some(row)));
            },
        ),
        ("forgets its timers", "timer", |_, id, changes, queries| {
            for mut row in live(queries, id) {
                row.timers.clear();
                changes.elements.push(((id, row.id), Some(row)));
            }
        }),
        ("forgets its tasks", "task", |_, id, changes, queries| {
            for mut row in live(queries, id) {
                row.tasks.clear();
                changes.elements.push(((id, row.id), Some(row)));
            }
        }),
        ("forgets whom it called", "case", |_, id, changes, queries| {
            for mut row in live(queries, id) {
                row.called = None;
                changes.elements.push(((id, row.id), Some(row)));
            }
        }),
        (
            "forgets its job and its incident",
            "incident",
            |_, id, changes, queries| {
                for mut row in live(queries, id) {
                    (row.job, row.incident) = (None, None);
                    changes.elements.push(((id, row.id), Some(row)));
                }
            },
        ),
        ("gathers nothing", "case", |_, id, changes, queries| {
            for mut row in live(queries, id) {
                row.arrivals.clear();
                changes.elements.push(((id, row.id), Some(row)));
            }
        }),
        ("runs in nothing", "element", |_, id, changes, queries| {
            let mut row = live(queries, id).into_iter().find(|row| row.scope.is_some()).unwrap();
            row.scope = kapok_protocol::ElementInstanceId::new(1);
            changes.elements.push(((id, row.id), Some(row)));
        }),
        ("stands at no node", "element", |_, id, changes, queries| {
            let mut row = live(queries, id).remove(0);
            row.node = kapok_process::state::NodeIndex(9_999);
            changes.elements.push(((id, row.id), Some(row)));
        }),
        ("is nobody's", "task", |_, id, changes, queries| {
            let list = TaskList::Of(id);
            let mut task = queries.tasks(&list, None, 10).unwrap().items.remove(0);
            (task.assignee, task.candidates) = (None, Vec::new());
            changes.tasks.push((task.id, Some(task)));
        }),
        ("is of another version", "task", |_, id, changes, queries| {
            let list = TaskList::Of(id);
            let mut task = queries.tasks(&list, None, 10).unwrap().items.remove(0);
            task.definition = kapok_protocol::DefinitionId::new(1).unwrap();
            changes.tasks.push((task.id, Some(task)));
        }),
        ("reminds of nothing", "timer", |_, _, changes, queries| {
            let timers = queries.timers(None, 100).unwrap().items;
            let is_reminder = |kind: &TimerKind| matches!(kind, TimerKind::Reminder { .. });
            let mut timer = timers.into_iter().find(|timer| is_reminder(&timer.kind)).unwrap();
            timer.kind = TimerKind::Reminder {
                task: kapok_protocol::TaskId::new(1).unwrap(),
                rung: 0,
            };
            changes.timers.push((timer.id, Some(timer)));
        }),
        ("counts tokens that are not there", "tokens", |state, id, changes, _| {
            let node = state.nodes_with_tokens(id, None, None, 1).unwrap()[0];
            changes.tokens.push(((id, None, node), Some(7)));
        }),
    ];
    for note in [3_000, 0] {
        let (kapok, case) = waiting_with("x".repeat(note));
        let rows = rows_of(&kapok.shared.store.view());
        for (what, kind, change) in breaks {
            // In one row, what is wrong with an activation is told of its case.
            let kind = if note == 0 && *kind == "element" { "case" } else { *kind };
            check_break((what, kind, *change), case, &rows);
        }
    }
}

type Break = fn(&dyn State, InstanceId, &mut Changes, &Queries<'_>);

/// Changes rows, and expects that it is found.
fn check_break((what, kind, change): (&str, &str, Break), case: InstanceId, rows: &Rows) {
    let store = Store::memory();
    let mut batch = Batch::new();
    for (key, value) in rows {
        batch.put(key.clone(), value.clone());
    }
    store.commit(batch, 0).unwrap();
    let view = store.view();
    let mut changes = Changes::default();
    change(&ProcessState::new(&view), case, &mut changes, &Queries(&view));
    let mut tx = Transaction::new(&view);
    tx.write_process(&changes).unwrap();
    let batch = Batch::from(tx.into_writes());
    drop(view);
    store.commit(batch, 0).unwrap();
    let report = rows::check(&store.view()).expect("reads");
    let found = report.findings.iter().any(|found| found.kind == kind);
    assert!(found, "something that {what}: {report:#?}");
    assert!(
        report
            .findings
            .iter()
            .all(|found| !found.text.zh.is_empty() && !found.text.en.is_empty()),
        "{report:#?}"
    );
}

fn live(queries: &Queries<'_>, case: InstanceId) -> Vec<kapok_process::state::ElementInstance> {
    let rows = queries.elements(case, usize::MAX).unwrap();
    rows.into_iter()
        .filter(|row| row.state == ElementState::Active)
        .collect()
}
