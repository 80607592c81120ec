//! Every shipped workflow plays its scenarios through `kapok run`.
//!
//! A scenario is a file `workflows/NAME/scenarios/CASE.txt`: lines that begin with `$` are arguments, the others are the
//! trace that must come. `KAPOK_UPDATE=1` writes the traces anew; a review then shows what changed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

#[test]
fn shipped_workflows_play_their_scenarios() {
    let workflows = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows");
    for folder in entries(&workflows) {
        let Some(model) = entries(&folder)
            .into_iter()
            .find(|file| file.extension().is_some_and(|ext| ext == "bpmn"))
        else {
            continue;
        };
        let scenarios = entries(&folder.join("scenarios"));
        assert!(!scenarios.is_empty(), "{} has no scenario", folder.display());
        for scenario in scenarios {
            play(&model, &scenario);
        }
    }
}

fn play(model: &Path, scenario: &Path) {
    let text = fs::read_to_string(scenario).unwrap();
    let arguments: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let run = Command::new(env!("CARGO_BIN_EXE_kapok"))
        .arg("run")
        .arg(model)
        .arg("--json")
        .args(&arguments)
        .output();
    let run = run.unwrap();
    let trace: Vec<String> = String::from_utf8(run.stdout).unwrap().lines().map(brief).collect();
    let head = arguments
        .iter()
        .map(|argument| format!("$ {argument}\n"))
        .collect::<String>();
    let played = format!("{head}\n{}\n", trace.join("\n"));
    if std::env::var_os("KAPOK_UPDATE").is_some() {
        fs::write(scenario, &played).unwrap();
    }
    let kept = fs::read_to_string(scenario).unwrap();
    assert_eq!(
        kept,
        played,
        "{}\n{}",
        scenario.display(),
        String::from_utf8_lossy(&run.stderr)
    );
}

/// A line of the trace in words: what people see of it, without ids.
fn brief(line: &str) -> String {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    if value.get("event").is_none() {
        return format!(
            "{} tasks {} incidents {}",
            text("state"),
            value["tasks"],
            value["incidents"]
        );
    }
    let data = if value["data"].is_null() {
        String::new()
    } else {
        format!(" {}", value["data"])
    };
    format!("{} {} {}{data}", text("at"), text("element"), text("event"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
