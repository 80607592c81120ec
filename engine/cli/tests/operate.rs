//! The commands that look after a folder of data, as people and scripts call them.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

fn kapok(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapok"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The lines of a command that succeeds, or that finds something.
fn json(arguments: &[&str], code: i32) -> Vec<Value> {
    let output = kapok(&[arguments, &["--json"]].concat());
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{err}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder in which `data` holds an administrator.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let added = kapok(&["user", "add", "admin", "--administrator", "--data", &place.at("data")]);
        assert!(added.status.success(), "{}", text(&added.stderr));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn at(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }
}

fn last(lines: &[Value]) -> &Value {
    lines.last().expect("a line")
}

/// The newest segment of the journal in a folder.
fn segment(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder.join("journal")).unwrap();
    entries.map(|entry| entry.unwrap().path()).max().unwrap()
}

#[test]
fn data_goes_to_a_backup_and_back() {
    let place = Place::new();
    let [data, backup, copy] = ["data", "backup", "copy"].map(|name| place.at(name));
    let sound = json(&["verify", "--data", &data, "--deep"], 0);
    assert_eq!(last(&sound)["sound"], true);
    assert!(last(&sound)["rows"].as_u64().unwrap() > 0, "{sound:?}");
    let made = json(&["backup", "--data", &data, "--to", &backup], 0);
    assert_eq!(last(&made)["last"], last(&sound)["last"]);
    for deep in [&["--deep"][..], &[]] {
        let checked = json(&[&["verify", &backup], deep].concat(), 0);
        assert_eq!(
            (&last(&checked)["sound"], &last(&checked)["backup"]),
            (&true.into(), &true.into())
        );
    }
    let restored = json(&["restore", &backup, "--data", &copy], 0);
    assert_eq!(last(&restored)["last"], last(&made)["last"]);
    let hash = |folder: &str| last(&json(&["verify", "--data", folder, "--deep"], 0))["hash"].clone();
    assert!(hash(&copy).is_string());
    assert_eq!(hash(&copy), hash(&data));
    let rebuilt = json(&["rebuild", "--data", &copy], 0);
    assert_eq!(last(&rebuilt)["last"], last(&made)["last"]);
    assert_eq!(hash(&copy), hash(&data));

    // An earlier record, and one that is not there.
    let earlier = json(
        &["restore", &backup, "--data", &place.at("earlier"), "--to-seq", "1"],
        0,
    );
    assert_eq!(last(&earlier)["last"], 1);
    let behind = kapok(&["restore", &backup, "--data", &place.at("behind"), "--to-seq", "99999"]);
    assert_eq!(behind.status.code(), Some(1), "{}", text(&behind.stdout));
    // Nothing is written over.
    for arguments in [
        ["backup", "--data", &data, "--to", &copy],
        ["restore", &backup, "--data", &copy, "--json"],
    ] {
        assert_eq!(kapok(&arguments).status.code(), Some(1), "{arguments:?}");
    }
}

#[test]
fn data_goes_to_a_text_and_back() {
    let place = Place::new();
    let [data, file, copy] = ["data", "all.jsonl", "copy"].map(|name| place.at(name));
    let exported = json(&["export", "--data", &data, "--to", &file], 0);
    let imported = json(&["import", &file, "--data", &copy], 0);
    assert_eq!(last(&imported)["rows"], last(&exported)["rows"]);
    assert_eq!(last(&imported)["found"], 0);
    let hash = |folder: &str| last(&json(&["verify", "--data", folder, "--deep"], 0))["hash"].clone();
    assert_eq!(hash(&copy), hash(&data));
    // The administrator is there, and can be given a token.
    assert!(kapok(&["user", "token", "admin", "--data", &copy]).status.success());

    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 20]).unwrap();
    let cut = kapok(&["import", &file, "--data", &place.at("cut")]);
    assert_eq!(cut.status.code(), Some(1));
    assert!(text(&cut.stderr).contains("没有导入任何内容"), "{}", text(&cut.stderr));
    assert!(!place.path("cut").exists());
}

#[test]
fn what_is_damaged_is_found_and_left_as_it_is() {
    let place = Place::new();
    let [data, backup] = ["data", "backup"].map(|name| place.at(name));
    json(&["backup", "--data", &data, "--to", &backup], 0);
    for folder in [&data, &backup] {
        let file = segment(Path::new(folder));
        let mut bytes = fs::read(&file).unwrap();
        // Among the first records: what lies behind the last one is room.
        bytes[300] ^= 1;
        fs::write(&file, &bytes).unwrap();
        let found = json(&["verify", folder], 1);
        let name = file.file_name().unwrap().to_str().unwrap();
        let told = found.iter().any(|line| {
            line["file"].as_str().is_some_and(|file| file.contains(name)) && line["message"]["zh"].is_string()
        });
        assert!(told && found.len() > 1, "{found:?}");
        assert_eq!(last(&found)["sound"], false);
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
    let refused = kapok(&["restore", &backup, "--data", &place.at("copy")]);
    assert_eq!(refused.status.code(), Some(1));
    let nowhere = place.at("nowhere");
    for arguments in [
        &["verify", "--data", &nowhere][..],
        &["verify", &nowhere],
        &["backup", "--data", &nowhere, "--to", &place.at("b")],
        &["restore", &nowhere, "--data", &place.at("r")],
        &["rebuild", "--data", &nowhere],
        &["export", "--data", &nowhere, "--to", &place.at("e")],
        &["import", &nowhere, "--data", &place.at("i")],
    ] {
        let output = kapok(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
    assert!(
        !place.path("nowhere").exists(),
        "nobody makes a folder by looking at it"
    );
}

/// A server that is ended when the test is.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn while_a_server_runs_only_a_backup_is_made() {
    let place = Place::new();
    let data = place.at("data");
    json(&["export", "--data", &data, "--to", &place.at("before.jsonl")], 0);
    json(&["backup", "--data", &data, "--to", &place.at("before")], 0);
    let mut child = Command::new(env!("CARGO_BIN_EXE_kapok"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data", &data])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let _serving = Serving(child);
    let first = BufReader::new(out).lines().next().unwrap().unwrap();
    assert!(first.starts_with("Kapok: http://"), "{first}");

    let made = json(&["backup", "--data", &data, "--to", &place.at("beside")], 0);
    assert!(last(&made)["last"].as_u64().unwrap() > 0);
    json(&["verify", &place.at("beside"), "--deep"], 0);
    for arguments in [
        &["verify", "--data", &data][..],
        &["rebuild", "--data", &data],
        &["export", "--data", &data, "--to", &place.at("e.jsonl")],
        &["restore", &place.at("before"), "--data", &data],
        &["import", &place.at("before.jsonl"), "--data", &data],
    ] {
        let output = kapok(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains(&data) && said.contains(" / "), "{arguments:?}: {said}");
    }
}

#[test]
fn a_unit_is_printed() {
    let printed = kapok(&[
        "service",
        "install",
        "--print",
        "--data",
        "/srv/kapok",
        "--user",
        "wang",
    ]);
    let unit = text(&printed.stdout);
    assert!(printed.status.success());
    assert!(
        unit.contains("serve --data /srv/kapok\n") && unit.contains("User=wang\n"),
        "{unit}"
    );
    let refused = kapok(&["service", "install", "--print", "--user", "a b"]);
    assert_eq!(refused.status.code(), Some(1));
}
