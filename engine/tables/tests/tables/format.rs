//! The bytes on people's disks. Each file in `golden` holds rows of one kind, keys, index rows and values, as the version
//! that introduced them wrote them. A change that these tests notice needs a new version of the row and an upcaster;
//! files of new kinds are written with `KAPOK_WRITE_GOLDEN=1`.

use std::{fmt::Write, fs, path::PathBuf};

use kapok_process::state::{ElementInstance, ElementState, Instance, InstanceState, State, TimerKind};
use kapok_protocol::{Entity, Value};
use kapok_store::{Batch, Store};
use kapok_tables::{Key, Prefix, ProcessState, Queries, Transaction, last_id};

use crate::{
    any_row::{AnyRow, everything, store_with},
    samples,
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Compares what a store holds with a golden file, which is written first when that is asked for.
fn assert_golden(name: &str, store: &Store) -> Store {
    let path = folder().join(format!("{name}.hex"));
    let mut written = String::new();
    for (key, value) in everything(store) {
        writeln!(written, "{} {}", hex(&key), hex(&value)).expect("writes into memory");
    }
    if std::env::var_os("KAPOK_WRITE_GOLDEN").is_some() {
        fs::write(&path, &written).expect("writes");
    }
    let golden = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(written, golden, "{name}: what is written has changed");
    read_golden(name)
}

/// A store that holds what a golden file holds.
fn read_golden(name: &str) -> Store {
    let path = folder().join(format!("{name}.hex"));
    let golden = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut batch = Batch::new();
    for line in golden.lines() {
        let (key, value) = line.split_once(' ').expect("a key and a value");
        batch.put(bytes(key), bytes(value));
    }
    let store = Store::memory();
    store.commit(batch, 0).expect("commits");
    store
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| digit.to_digit(16).expect("a digit") as u8)
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[test]
fn every_kind_of_row_is_written_and_read_as_ever() {
    for (name, rows) in samples::earlier() {
        let golden = read_golden(name);
        for row in rows {
            assert_eq!(row.read(&golden.view()), Ok(Some(row)), "{name}");
        }
    }
    for (name, rows) in samples::all() {
        let store = store_with(|tx| rows.iter().try_for_each(|row| row.write(tx)));
        let golden = assert_golden(name, &store);
        for row in rows {
            assert_eq!(row.read(&golden.view()), Ok(Some(row)), "{name}");
        }
    }
}

#[test]
fn so_are_the_values_that_are_no_rows() {
    let entity = Entity::new("quotes.quote");
    let xml = "<?xml version=\"1.0\"?><木棉/>";
    let store = store_with(|tx| {
        tx.set_last_id(300);
        tx.put_definition_xml(samples::definition_id(), xml);
        assert_eq!(tx.next_number(&entity, "number", "20261123")?, 1);
        assert_eq!(tx.next_number(&entity, "number", "20261123")?, 2);
        Ok(())
    });
    let golden = assert_golden("counters-and-xml", &store);
    let view = golden.view();
    assert_eq!(last_id(&view).expect("reads"), 300);
    assert_eq!(
        Queries(&view)
            .definition_xml(samples::definition_id())
            .expect("reads")
            .as_deref(),
        Some(xml)
    );
    assert_eq!(
        Transaction::new(&view)
            .next_number(&entity, "number", "20261123")
            .expect("counts"),
        3
    );
}

/// A case that has ended, and the events of one command: what is left of many rows in one.
#[test]
fn history_is_written_and_read_as_ever() {
    let (case, elements, events, variables) = samples::finished();
    let active = Instance {
        state: InstanceState::Active,
        ..case.clone()
    };
    let store = store_with(|tx| tx.write_process(&samples::changes_of(&case, &elements, &events, &variables)));
    let golden = assert_golden(
        "events",
        &store_with(|tx| tx.write_process(&samples::changes_of(&active, &[], &events, &[]))),
    );
    assert_eq!(Queries(&golden.view()).events(case.id, 100).expect("reads"), events);
    // With an activation of its own a case that goes on is one row, too.
    let live = ElementInstance {
        state: ElementState::Active,
        left_at: None,
        ..elements[1].clone()
    };
    let small = [elements[0].clone(), live, elements[2].clone(), elements[3].clone()];
    let golden = assert_golden(
        "small-case",
        &store_with(|tx| tx.write_process(&samples::changes_of(&active, &small, &events, &variables))),
    );
    let view = golden.view();
    assert_eq!(Queries(&view).instance(case.id).expect("reads"), Some(active));
    assert_eq!(Queries(&view).elements(case.id, 100).expect("reads"), small);
    assert_eq!(Queries(&view).events(case.id, 100).expect("reads"), events);
    let read = kapok_tables::variables(&view, case.id, None, 100).expect("reads");
    assert_eq!(read, variables);
    let golden = assert_golden("finished", &store);
    let view = golden.view();
    let queries = Queries(&view);
    assert_eq!(queries.instance(case.id).expect("reads"), Some(case.clone()));
    assert_eq!(queries.elements(case.id, 100).expect("reads"), elements);
    assert_eq!(queries.events(case.id, 100).expect("reads"), events);
    let read = kapok_tables::variables(&view, case.id, None, 100).expect("reads");
    assert_eq!(read, variables);
}

/// A kind of row that nobody made a golden file for would change unnoticed.
#[test]
fn no_kind_is_forgotten() {
    let kinds: std::collections::BTreeSet<u8> = fs::read_dir(folder())
        .expect("lists")
        .map(|entry| fs::read_to_string(entry.expect("lists").path()).expect("reads"))
        .flat_map(|file| file.lines().map(|line| bytes(&line[..2])[0]).collect::<Vec<_>>())
        .collect();
    let known = samples::prefixes().into_iter().map(|prefix| prefix as u8).collect();
    assert_eq!(kinds, known);
}

#[test]
fn bytes_that_are_no_row_of_ours_are_refused_in_words() {
    let AnyRow::Task(task) = samples::task() else {
        panic!("a task")
    };
    let row = AnyRow::Task(task.clone());
    let store = store_with(|tx| row.write(tx));
    let key = Key::new(Prefix::Task).number(task.id.get()).into_bytes();
    let good = kapok_tables::Read::get(&store.view(), &key)
        .expect("reads")
        .expect("is there");
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.to_vec();
        change(&mut bytes);
        bytes
    };
    // The first byte is the version, the second the CBOR head of a map with one pair for each field.
    let cases: [(Vec<u8>, &str); 8] = [
        (
            with(&|bytes| bytes[0] = 2),
            "version 2, this program knows up to 1: use a newer kapok",
        ),
        (with(&|bytes| bytes[0] = 0), "version 0, which has no upcaster"),
        (Vec::new(), "empty"),
        (with(&|bytes| bytes.truncate(9)), "end of input"),
        (with(&|bytes| bytes.push(0)), "left over"),
        (with(&|bytes| bytes[2] = 23), "has no field 23"),
        (vec![1, 0xa0], "lacks its field id"),
        (vec![1, 0xbf, 0xff], "unknown length"),
    ];
    for (bytes, expected) in cases {
        let store = Store::memory();
        let mut batch = Batch::new();
        batch.put(key.clone(), bytes.clone());
        store.commit(batch, 0).expect("commits");
        let error = row.read(&store.view()).expect_err("refused");
        assert!(error.contains(expected), "{}: {error}", hex(&bytes));
        assert!(error.contains(&hex(&key)), "it names the row: {error}");
        // Nor is it overwritten unread: its index rows would stay.
        assert!(
            Transaction::new(&store.view())
                .write_process(&Default::default())
                .is_ok()
        );
        assert!(row.write(&mut Transaction::new(&store.view())).is_err());
    }
}

#[test]
fn a_value_nested_beyond_reason_is_refused() {
    let AnyRow::Variable(key, _) = samples::variable() else {
        panic!("a variable")
    };
    let nested = |depth| (0..depth).fold(Value::Null, |inner, _| Value::List(vec![inner]));
    for (depth, readable) in [(100, true), (127, true), (128, false)] {
        let row = AnyRow::Variable(key.clone(), nested(depth));
        let store = store_with(|tx| row.write(tx));
        let read = ProcessState::new(&store.view()).variable(key.0, key.1, &key.2);
        assert_eq!(read.is_ok(), readable, "{depth}: {read:?}");
    }
}

#[test]
fn the_timers_that_start_cases_are_found_by_version() {
    let AnyRow::Timer(mut timer) = samples::timer() else {
        panic!("a timer")
    };
    timer.kind = TimerKind::Start {
        definition: samples::definition_id(),
        node: samples::node(),
    };
    let store = store_with(|tx| tx.put_timer(&timer));
    assert_eq!(
        Queries(&store.view())
            .start_timers(samples::definition_id())
            .expect("reads"),
        [timer.id]
    );
}
