//! `kapok bench` with numbers so small that its figures say nothing: they must be there, and be well-formed.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use serde_json::Value;

/// A folder on a real disk: a system's temporary folder may lie in memory, where the benchmark refuses to run.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn bench(folder: &PathBuf, arguments: &[&str]) -> (bool, Vec<String>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kapok"))
        .arg("bench")
        .args(arguments)
        .arg("--data")
        .arg(folder)
        .output()
        .expect("the program runs");
    let lines = String::from_utf8(output.stdout).expect("text");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (
        output.status.success(),
        lines.lines().map(str::to_owned).collect(),
        errors,
    )
}

#[test]
fn every_workload_gives_well_formed_lines() {
    let folder = folder("bench-workloads");
    let (succeeded, lines, errors) = bench(&folder, &["--json", "--instances", "20"]);
    assert!(succeeded, "{errors}");
    let lines: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let fields = ["limit", "n", "name", "p50_ms", "p99_ms", "unit", "value"];
    for line in &lines {
        let mut names: Vec<_> = line.as_object().expect("an object").keys().collect();
        names.sort();
        assert_eq!(names, fields, "{line}");
        let positive = |field: &str| line[field].as_f64().is_some_and(|number| number > 0.0);
        assert!(positive("n"), "{line}");
        assert!(line["unit"].is_string(), "{line}");
        // So few cases are no reason to make a snapshot.
        assert!(positive("value") || line["name"] == "disk.snapshots", "{line}");
        for time in ["p50_ms", "p99_ms", "limit"] {
            assert!(line[time].is_null() || positive(time), "{line}");
        }
    }
    // Plugins may not have been built.
    let workloads = [
        "straight-through",
        "straight-through-1",
        "human-steps",
        "inbox",
        "waiting",
        "timers",
        "decision-table",
        "disk",
        "http",
        "start",
    ];
    for workload in workloads {
        assert!(
            lines.iter().any(|line| line["name"] == workload),
            "{workload} is missing"
        );
    }
    for rate in [
        "straight-through",
        "straight-through-1",
        "human-steps",
        "decision-table",
    ] {
        let line = lines.iter().find(|line| line["name"] == rate).expect("seen above");
        assert!(
            line["p50_ms"].is_f64() && line["p99_ms"].is_f64() && line["limit"].is_f64(),
            "{line}"
        );
    }
    assert_eq!(
        fs::read_dir(&folder).expect("readable").count(),
        0,
        "something stays behind"
    );
}

#[test]
fn only_what_is_asked_for_runs() {
    let folder = folder("bench-only");
    let (succeeded, lines, _) = bench(&folder, &["--instances", "5", "--only", "decision-table"]);
    assert!(succeeded);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[1].starts_with("decision-table "), "{lines:?}");
    let (succeeded, lines, errors) = bench(&folder, &["--only", "no-such-thing"]);
    assert!(!succeeded && lines.is_empty());
    assert!(
        errors.contains("no-such-thing") && errors.contains("straight-through"),
        "{errors}"
    );
}

#[test]
fn every_curve_gives_well_formed_points() {
    let folder = folder("bench-curves");
    let (succeeded, lines, errors) = bench(&folder, &["--curves", "--json", "--instances", "10"]);
    assert!(succeeded, "{errors}");
    let lines: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let curves: BTreeSet<&str> = lines
        .iter()
        .map(|line| line["curve"].as_str().expect("a name"))
        .collect();
    assert_eq!(curves.len(), 10, "{curves:?}");
    for line in &lines {
        for field in ["processor_us", "p50_us", "p99_us"] {
            assert!(
                line[field].as_f64().is_some_and(|number| number > 0.0),
                "{field} of {line}"
            );
        }
    }
    assert_eq!(
        fs::read_dir(&folder).expect("readable").count(),
        0,
        "something stays behind"
    );
}

#[test]
fn a_long_run_says_from_time_to_time_how_it_goes() {
    let folder = folder("bench-minutes");
    let (succeeded, lines, errors) = bench(&folder, &["--minutes", "0.01", "--json"]);
    assert!(succeeded, "{errors}");
    assert!(!lines.is_empty());
    for line in lines {
        let line: Value = serde_json::from_str(&line).expect("JSON");
        for field in [
            "per_second",
            "p50_ms",
            "processor_us",
            "memory_mb",
            "journal_mb",
            "state_mb",
        ] {
            assert!(
                line[field].as_f64().is_some_and(|number| number > 0.0),
                "{field} of {line}"
            );
        }
    }
}
