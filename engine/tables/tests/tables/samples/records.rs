//! What records are found by, what became of them, and what people arrange around them.

use kapok_protocol::{Entity, ImportId, Principal, RecordId, RecordJobId, Value};
use kapok_records::{Counted, RollUpState};
use kapok_tables::{
    Counting, DefinitionItem, EntityState, HistoryEntry, Import, ImportCounts, ImportFailure, ImportPart, ImportState,
    ImportedRow, ListView, Receiver, RecordChange, RecordJob, RecordJobState, RecordRow, RecordTask, RollUps,
    ShareLevel, Shortcuts, StoredFile, TrashedRecord,
};
use rust_decimal::Decimal;

use super::{at, instance_id, others, person, record_id, superior, text};
use crate::any_row::AnyRow;

fn entity() -> Entity {
    Entity::new("quotes.quote")
}

fn other() -> RecordId {
    RecordId::new(128).expect("not zero")
}

fn row() -> RecordRow {
    let AnyRow::Record(row) = others::records().remove(0) else {
        panic!("a record")
    };
    RecordRow {
        references: vec![("customer".to_owned(), other()), ("customer".to_owned(), record_id())],
        likeness: vec![("name".to_owned(), "木棉".to_owned())],
        files: vec!["ef56".to_owned()],
        ..row
    }
}

pub fn found_by_more() -> Vec<AnyRow> {
    vec![AnyRow::Record(row())]
}

/// A record that opens what is above it.
pub fn opening() -> Vec<AnyRow> {
    let opens = Some(other());
    vec![AnyRow::Record(RecordRow { opens, ..row() })]
}

pub fn history() -> Vec<AnyRow> {
    let (from, to) = (Some(person()), None);
    let changes = [
        RecordChange::Deleted,
        RecordChange::Restored,
        RecordChange::Transferred { from, to },
        RecordChange::Merged(other()),
        RecordChange::MergedInto(other()),
        RecordChange::Followed,
        RecordChange::Shared {
            to: Receiver::Person(person()),
            level: ShareLevel::Update,
        },
        RecordChange::Unshared(Receiver::Role("sales".into())),
    ];
    let entries = changes.into_iter().zip(202..).map(|(change, sequence)| HistoryEntry {
        sequence,
        change: Some(change),
        plugins: vec!["quotes".to_owned()],
        instance: Some(instance_id()),
        ..others::bare_entry()
    });
    entries.map(AnyRow::History).collect()
}

/// A person who is connected with another system, and no longer is.
pub fn connections() -> Vec<AnyRow> {
    let changes = [
        RecordChange::Connected("wecom.wecom".into()),
        RecordChange::Disconnected("wecom.wecom".into()),
    ];
    let entries = changes.into_iter().zip(220..).map(|(change, sequence)| HistoryEntry {
        sequence,
        change: Some(change),
        ..others::bare_entry()
    });
    entries.map(AnyRow::History).collect()
}

pub fn layers() -> Vec<AnyRow> {
    vec![
        AnyRow::DefinitionItem(DefinitionItem {
            kind: "entities".into(),
            id: "custom.visit".into(),
            json: r#"{"label":{"zh":"拜访","en":"Visit"}}"#.into(),
            changed_at: at(1),
            changed_by: Principal::Person(person()),
        }),
        AnyRow::EntityState(EntityState {
            entity: entity(),
            hash: "ab12".into(),
        }),
    ]
}

pub fn trash() -> Vec<AnyRow> {
    vec![AnyRow::Trashed(TrashedRecord {
        row: row(),
        deleted_at: at(5),
        deleted_by: Principal::Person(superior()),
        merged_into: Some(other()),
    })]
}

pub fn roll_ups() -> AnyRow {
    let chosen = Counted {
        record: other(),
        key: "2026-11-23".into(),
        value: "电话".into(),
    };
    AnyRow::RollUps(RollUps {
        entity: entity(),
        record: record_id(),
        states: [
            (
                "contacts".to_owned(),
                RollUpState {
                    count: 3,
                    ..RollUpState::default()
                },
            ),
            (
                "paid".to_owned(),
                RollUpState {
                    count: 2,
                    sum: Decimal::new(1_990, 2),
                    chosen: None,
                },
            ),
            (
                "last_contact".to_owned(),
                RollUpState {
                    count: 1,
                    sum: Decimal::ZERO,
                    chosen: Some(chosen),
                },
            ),
        ]
        .into(),
        values: [("contacts".to_owned(), 3.into())].into(),
        counting: [].into(),
    })
}

/// One that is being made anew, and the work that goes on with it.
pub fn counting() -> Vec<AnyRow> {
    let counting = Counting {
        behind: other(),
        state: RollUpState {
            count: 1_000,
            sum: Decimal::new(75, 1),
            chosen: None,
        },
    };
    let AnyRow::RollUps(row) = roll_ups() else {
        panic!("roll-ups")
    };
    let task = RecordTask::Recount {
        entity: entity(),
        record: record_id(),
    };
    let job = RecordJob {
        id: RecordJobId::new(220).expect("not zero"),
        task,
        asked_by: Principal::System,
        asked_at: at(2),
        state: RecordJobState::Running,
        seen: 1_000,
        changed: 0,
        refused: 0,
        position: Vec::new(),
        problems: Vec::new(),
        ended_at: None,
    };
    vec![
        AnyRow::RollUps(RollUps {
            counting: [("visits".to_owned(), counting)].into(),
            ..row
        }),
        AnyRow::RecordJob(job),
    ]
}

pub fn jobs() -> Vec<AnyRow> {
    let tasks = [
        RecordTask::BackFill {
            entity: entity(),
            hash: "ab12".into(),
        },
        RecordTask::Transfer {
            entity: entity(),
            ids: vec![record_id()],
            filter: Some("{}".into()),
            to: superior(),
        },
        RecordTask::Merge {
            entity: entity(),
            keep: record_id(),
            others: vec![other()],
        },
        RecordTask::RollUps { entity: entity() },
    ];
    let states = [
        RecordJobState::Running,
        RecordJobState::Done,
        RecordJobState::Stopped,
        RecordJobState::Running,
    ];
    let rows = tasks
        .into_iter()
        .zip(states)
        .zip(210..)
        .map(|((task, state), id)| RecordJob {
            id: RecordJobId::new(id).expect("not zero"),
            task,
            asked_by: Principal::Person(person()),
            asked_at: at(2),
            state,
            seen: 3,
            changed: 2,
            refused: 1,
            position: vec![64, 0, 255],
            problems: vec![(record_id(), text())],
            ended_at: (state != RecordJobState::Running).then(|| at(3)),
        });
    rows.map(AnyRow::RecordJob).collect()
}

pub fn files() -> Vec<AnyRow> {
    vec![AnyRow::StoredFile(StoredFile {
        hash: "ef56".into(),
        size: 12_345,
        media_type: "image/png".into(),
        added_at: at(1),
        added_by: vec![person(), superior()],
    })]
}

pub fn personal() -> Vec<AnyRow> {
    let view = |person, id: &str| {
        AnyRow::ListView(ListView {
            person,
            entity: entity(),
            id: id.into(),
            json: r#"{"kind":"list"}"#.into(),
            changed_at: at(2),
        })
    };
    vec![
        view(Some(person()), "mine"),
        view(None, "everybody"),
        AnyRow::Shortcuts(Shortcuts {
            person: person(),
            starred: vec![(entity(), record_id())],
            recent: vec![(entity(), other()), (entity(), record_id())],
        }),
    ]
}

pub fn imports() -> Vec<AnyRow> {
    let import = |number, state: ImportState| Import {
        id: import_id(number),
        entity: entity(),
        name: "客户.csv".into(),
        table: "ab12".into(),
        headings: vec!["名称".into(), "备注".into()],
        rows: 3,
        asked_by: person(),
        asked_at: at(2),
        options: "{}".into(),
        state,
        position: 77,
        counts: ImportCounts {
            seen: 3,
            created: 1,
            updated: 1,
            failed: 1,
            ..ImportCounts::default()
        },
        reason: (state == ImportState::Stopped).then(text),
        kept: vec![(record_id(), text())],
        began_at: Some(at(3)),
        ended_at: (!state.is_open()).then(|| at(4)),
    };
    let states = [
        ImportState::Draft,
        ImportState::Checking,
        ImportState::Checked,
        ImportState::Running,
        ImportState::Linking,
        ImportState::Done,
        ImportState::Stopped,
        ImportState::Undoing,
        ImportState::Undone,
    ];
    let rows = (300..)
        .zip(states)
        .map(|(number, state)| AnyRow::Import(import(number, state)));
    let part = ImportPart {
        import: import_id(303),
        number: 3,
        done: vec![ImportedRow {
            row: 2,
            record: record_id(),
            version: 4,
            created: false,
            before: [("name".to_owned(), "old".into()), ("note".to_owned(), Value::Null)].into(),
            later: vec![("parent".into(), "other".into())],
            cells: vec!["new".into()],
        }],
        failed: vec![ImportFailure {
            row: 3,
            cells: vec!["x".into(), String::new()],
            reasons: vec![(Some("name".into()), text()), (None, text())],
        }],
    };
    rows.chain([AnyRow::ImportPart(part)]).collect()
}

fn import_id(number: u64) -> ImportId {
    ImportId::new(number).expect("not zero")
}
