//! The commands as people and scripts call them.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

fn kapok(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapok"))
        .args(arguments)
        .output()
        .unwrap()
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const LEAVE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows/leave/leave.bpmn");

fn broken(folder: &Path) -> String {
    let file = folder.join("broken.bpmn");
    let text = fs::read_to_string(LEAVE).unwrap();
    fs::write(&file, text.replace("targetRef=\"approved\"", "targetRef=\"nowhere\"")).unwrap();
    file.display().to_string()
}

#[test]
fn check_says_what_is_wrong_and_exits_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let good = kapok(&["check", LEAVE, "--json"]);
    assert!(good.status.success());
    assert!(lines(&good.stdout).iter().all(|line| line["severity"] == "warning"));
    let broken = broken(folder.path());
    let bad = kapok(&["check", LEAVE, &broken, "--json"]);
    assert_eq!(bad.status.code(), Some(1));
    let errors: Vec<_> = lines(&bad.stdout)
        .into_iter()
        .filter(|line| line["severity"] == "error")
        .collect();
    assert!(!errors.is_empty());
    for error in errors {
        assert_eq!(error["file"], Value::from(broken.as_str()));
        assert!(error["rule"].is_string() && error["line"].is_u64(), "{error}");
        assert!(
            error["message"]["zh"].is_string() && error["message"]["en"].is_string(),
            "{error}"
        );
    }
    assert_eq!(kapok(&["check", "/no/such/file.bpmn"]).status.code(), Some(1));
}

#[test]
fn run_refuses_in_its_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let refused = kapok(&["run", &broken(folder.path()), "--json"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(lines(&refused.stdout).last().unwrap()["state"], "refused");
    assert!(!refused.stderr.is_empty());
    let nobody_waits = kapok(&["run", LEAVE, "--json", "--complete", "no-such-step"]);
    assert_eq!(nobody_waits.status.code(), Some(1));
    assert_eq!(lines(&nobody_waits.stdout).last().unwrap()["state"], "refused");
    for wrong in [["--advance", "tomorrow"], ["--var", "novalue"], ["--complete", "a={"]] {
        assert_eq!(
            kapok(&["run", LEAVE, wrong[0], wrong[1]]).status.code(),
            Some(1),
            "{wrong:?}"
        );
    }
}

#[test]
fn a_first_administrator_can_be_made_and_given_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let added = kapok(&["user", "add", "admin", "--administrator", "--data", &data]);
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    assert!(
        String::from_utf8(added.stdout).unwrap().trim().len() >= 20,
        "a password is printed"
    );
    let token = kapok(&["user", "token", "admin", "--data", &data]);
    assert!(String::from_utf8(token.stdout).unwrap().trim().len() >= 40);
    assert_eq!(
        kapok(&["user", "token", "nobody", "--data", &data]).status.code(),
        Some(1)
    );
    assert_eq!(
        kapok(&["user", "add", "b", "--role", "none", "--data", &data])
            .status
            .code(),
        Some(1)
    );
    // With the company's data, what a model names must be there.
    assert!(kapok(&["check", LEAVE, "--data", &data]).status.code().is_some());
}

#[test]
fn an_unknown_setting_stops_the_server_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kapok.toml");
    fs::write(&file, "[server]\nlistn = \"127.0.0.1:0\"\n").unwrap();
    let refused = kapok(&["serve", "--config", &file.display().to_string()]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said.contains("kapok.toml") && said.contains("line 2") && said.contains("listn"),
        "{said}"
    );
}
