//! Out as text and back.

use std::{fs, path::Path};

use kapok_protocol::Timestamp;
use kapok_store::{Batch, Store, View};

use super::{Rows, rows_of, waiting};
use crate::operate::{export, import};

const NOW: Timestamp = Timestamp::from_millis(1_795_420_800_000);

/// A data folder with the rows of an engine in which everything waits.
fn data(folder: &Path) -> Rows {
    let (kapok, _) = waiting();
    let rows = rows_of(&kapok.shared.store.view());
    let store = Store::open(folder).expect("opens");
    let mut batch = Batch::new();
    for (key, value) in &rows {
        batch.put(key.clone(), value.clone());
    }
    store.commit(batch, 0).expect("commits");
    rows
}

fn opened<T>(folder: &Path, ask: impl FnOnce(&View) -> T) -> T {
    ask(&Store::open(folder).expect("opens").view())
}

#[test]
fn what_was_exported_is_imported_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let rows = data(&at("data"));
    let exported = export(&at("data"), &at("export.jsonl"), NOW).expect("exports");
    let imported = import(&at("export.jsonl"), &at("copy"), NOW).expect("imports");
    assert!(imported.report.is_sound(), "{:#?}", imported.report);
    assert_eq!((imported.rows, imported.report.rows), (exported.rows, exported.rows));
    assert_eq!(opened(&at("copy"), rows_of), rows);
    let hash = |view: &View| view.hash().expect("reads");
    assert_eq!(opened(&at("copy"), hash), opened(&at("data"), hash));
    // And once more, to the byte.
    let again = export(&at("copy"), &at("again.jsonl"), NOW).expect("exports");
    assert_eq!(again.rows, exported.rows);
    let lines = |name: &str| fs::read_to_string(at(name)).expect("reads");
    let rows_of_file = |text: &str| {
        text.lines()
            .skip(1)
            .take(exported.rows as usize)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        rows_of_file(&lines("again.jsonl")),
        rows_of_file(&lines("export.jsonl"))
    );
    for left in ["export.jsonl.part", "copy.part"] {
        assert!(!at(left).exists(), "{left}");
    }
}

/// The file's form: what was once written is imported for ever.
const GOLDEN: &str = r#"{"format":"kapok-export","version":1,"at":"2026-11-23T08:00:00Z","seq":1}
{"kind":"meta","key":"6e6578742d69640001","value":"AQU="}
{"kind":"preference","key":"0000000000000003","value":"AaIAAwFlemgtQ04="}
{"rows":2,"blake3":"fd0a5f0f4185d49593866655c335dbd9242c074f78fa31dc269086ca15fbeacc"}
"#;

#[test]
fn the_text_stays_what_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("old.jsonl"), GOLDEN).expect("writes");
    let imported = import(&at("old.jsonl"), &at("data"), NOW).unwrap_or_else(|text| panic!("{text}"));
    assert_eq!(imported.rows, 2);
    assert!(imported.report.is_sound(), "{:#?}", imported.report);
    export(&at("data"), &at("new.jsonl"), NOW).expect("exports");
    assert_eq!(fs::read_to_string(at("new.jsonl")).expect("reads"), GOLDEN);
}

/// An import makes index rows anew: it mends a store that lost some.
#[test]
fn an_import_mends_lists() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let rows = data(&at("data"));
    let store = Store::open(&at("data")).expect("opens");
    let mut batch = Batch::new();
    for key in rows.keys().filter(|key| super::kind(key).is_index()) {
        batch.delete(key.clone());
    }
    store.commit(batch, 0).expect("commits");
    drop(store);
    export(&at("data"), &at("export.jsonl"), NOW).expect("exports");
    let imported = import(&at("export.jsonl"), &at("copy"), NOW).expect("imports");
    assert!(imported.report.is_sound());
    assert_eq!(opened(&at("copy"), rows_of), rows);
}

#[test]
fn a_file_that_is_not_whole_is_refused_and_nothing_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    data(&at("data"));
    export(&at("data"), &at("export.jsonl"), NOW).expect("exports");
    let text = fs::read_to_string(at("export.jsonl")).expect("reads");
    let lines: Vec<_> = text.lines().collect();
    let without = |gone: usize| {
        let left = lines.iter().enumerate().filter(|(number, _)| *number != gone);
        left.map(|(_, line)| format!("{line}\n")).collect::<String>()
    };
    let swapped = {
        let mut lines = lines.clone();
        lines.swap(5, 6);
        lines.join("\n") + "\n"
    };
    let newer = text.replacen("\"version\":1", "\"version\":9", 1);
    let unknown = text.replacen("\"kind\":\"task\"", "\"kind\":\"tusk\"", 1);
    let cases = [
        ("empty", String::new(), "no file that"),
        ("no head", without(0), "no file that"),
        ("no row", without(7), "hash is another"),
        ("no end", without(lines.len() - 1), "is missing"),
        ("cut in a line", text[..text.len() / 2].to_owned(), "is missing"),
        ("a line more", format!("{text}{{}}\n"), "behind the end"),
        ("another order", swapped, "out of order"),
        ("newer", newer, "newer version"),
        ("an unknown kind", unknown, "no kind of row"),
    ];
    for (what, text, expected) in cases {
        fs::write(at("bad.jsonl"), text).expect("writes");
        let refused = import(&at("bad.jsonl"), &at("copy"), NOW).expect_err(what);
        assert!(
            refused.en.contains(expected) && refused.en.contains("Nothing was imported"),
            "{what}: {refused}"
        );
        assert!(
            !refused.zh.is_empty() && !at("copy").exists() && !at("copy.part").exists(),
            "{what}"
        );
    }
}

/// A row that no program can read is not passed on as if it were one.
#[test]
fn a_row_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let rows = data(&at("data"));
    let store = Store::open(&at("data")).expect("opens");
    let task = rows.keys().find(|key| super::kind(key).name == "task").expect("a task");
    let mut batch = Batch::new();
    batch.put(task.clone(), vec![0x7f]);
    store.commit(batch, 0).expect("commits");
    drop(store);
    export(&at("data"), &at("export.jsonl"), NOW).expect("exports");
    let refused = import(&at("export.jsonl"), &at("copy"), NOW).expect_err("refused");
    assert!(refused.en.contains("use a newer kapok"), "{refused}");
}

#[test]
fn nothing_is_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    data(&at("data"));
    assert!(export(&at("nowhere"), &at("a.jsonl"), NOW).is_err());
    assert!(!at("nowhere").exists());
    export(&at("data"), &at("a.jsonl"), NOW).expect("exports");
    assert!(export(&at("data"), &at("a.jsonl"), NOW).is_err());
    assert!(import(&at("a.jsonl"), &at("data"), NOW).is_err());
    let _open = Store::open(&at("data")).expect("opens");
    let refused = export(&at("data"), &at("b.jsonl"), NOW).expect_err("locked");
    assert!(refused.en.contains("in use by another process"), "{refused}");
    assert!(!at("b.jsonl").exists() && !at("b.jsonl.part").exists());
}
