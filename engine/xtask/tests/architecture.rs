//! Who may use whom. An edge that is not in the tables below is a mistake, or a decision that belongs into
//! `engine/ARCHITECTURE.md` in the same change.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

const PROTOCOL: &str = "kapok-protocol";

/// Each package of ours, and the packages of ours that it may use.
const OURS: [(&str, &[&str]); 24] = [
    (PROTOCOL, &[]),
    ("kapok-model", &[PROTOCOL]),
    ("kapok-rules", &[PROTOCOL]),
    ("kapok-records", &[PROTOCOL, "kapok-rules"]),
    ("kapok-process", &[PROTOCOL, "kapok-model"]),
    ("kapok-store", &[]),
    (
        "kapok-tables",
        &[PROTOCOL, "kapok-process", "kapok-records", "kapok-store"],
    ),
    // What a filter means is said in one place, and the index asks there.
    ("kapok-search", &[PROTOCOL, "kapok-rules", "kapok-records"]),
    ("kapok-plugin-host", &[PROTOCOL]),
    ("kapok-notify", &[PROTOCOL]),
    (
        "kapok",
        &[
            PROTOCOL,
            "kapok-model",
            "kapok-rules",
            "kapok-records",
            "kapok-process",
            "kapok-store",
            "kapok-tables",
            "kapok-search",
            "kapok-plugin-host",
            "kapok-notify",
        ],
    ),
    ("kapok-server", &["kapok"]),
    ("kapok-cli", &["kapok", "kapok-server"]),
    // Never the process engine: what it is compared with must not share a line with it.
    ("kapok-sim", &[PROTOCOL, "kapok-model", "kapok-store"]),
    ("kapok-xtask", &[]),
    ("kapok-plugin-sdk", &[]),
    ("kapok-plugin-quotes", &["kapok-plugin-sdk"]),
    ("kapok-plugin-sms-http", &["kapok-plugin-sdk"]),
    ("kapok-plugin-customers", &["kapok-plugin-sdk"]),
    ("kapok-plugin-tracking", &["kapok-plugin-sdk"]),
    ("kapok-plugin-wecom", &["kapok-plugin-sdk"]),
    ("kapok-plugin-hello", &["kapok-plugin-sdk"]),
    ("kapok-plugin-orders", &["kapok-plugin-sdk"]),
    ("kapok-example-embed", &["kapok"]),
];

/// What the pure crates may use of others. Nothing here reads a clock, waits, draws random numbers or does IO.
const PURE: [(&str, &[&str]); 5] = [
    (PROTOCOL, &["serde", "chrono", "rust_decimal"]),
    (
        "kapok-model",
        &["chrono", "croner", "petgraph", "quick-xml", "serde", "serde_json"],
    ),
    (
        "kapok-rules",
        &["rhai", "chrono", "rust_decimal", "serde_json", "quick-xml"],
    ),
    (
        "kapok-records",
        &["serde", "serde_json", "toml", "chrono", "rust_decimal", "ammonia"],
    ),
    ("kapok-process", &["chrono", "rust_decimal"]),
];

/// Others' crates that have one door into the product, or one for each format that needs them.
const DOORS: [(&str, &[&str]); 16] = [
    ("calamine", &["kapok"]),
    ("encoding_rs", &["kapok"]),
    ("rust_xlsxwriter", &["kapok"]),
    ("zip", &["kapok"]),
    ("sled", &["kapok-store"]),
    ("wasmtime", &["kapok-plugin-host"]),
    ("rhai", &["kapok-rules"]),
    ("lettre", &["kapok-notify"]),
    ("petgraph", &["kapok-model"]),
    ("croner", &["kapok-model"]),
    // BPMN in one, DMN in the other.
    ("quick-xml", &["kapok-model", "kapok-rules"]),
    ("minicbor", &["kapok-tables"]),
    ("tantivy", &["kapok-search"]),
    ("jieba-rs", &["kapok-search"]),
    ("pinyin", &["kapok-search"]),
    // To measure beside it, behind a feature.
    ("rusqlite", &["kapok-cli"]),
];

struct Package {
    name: String,
    folder: PathBuf,
    /// What it is built of; what only its tests use is free.
    uses: BTreeSet<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

fn packages() -> Vec<Package> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let package = |package: &Value| Package {
        name: text(&package["name"]),
        folder: Path::new(package["manifest_path"].as_str().unwrap())
            .parent()
            .unwrap()
            .to_owned(),
        uses: package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| text(&dependency["name"]))
            .collect(),
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn is_ours(name: &str) -> bool {
    name == "kapok" || name.starts_with("kapok-")
}

#[test]
fn packages_use_only_whom_they_may() {
    let ours: BTreeMap<_, _> = OURS.into();
    let pure: BTreeMap<_, _> = PURE.into();
    let doors: BTreeMap<_, _> = DOORS.into();
    let packages = packages();
    let mut wrong = Vec::new();
    for (name, _) in OURS {
        if !packages.iter().any(|package| package.name == name) {
            wrong.push(format!("{name} is in the table and not in the workspace"));
        }
    }
    for Package { name, uses, .. } in packages {
        let Some(allowed) = ours.get(name.as_str()) else {
            wrong.push(format!("{name} is not in the table"));
            continue;
        };
        for used in &uses {
            let used = used.as_str();
            let may = if is_ours(used) {
                allowed.contains(&used)
            } else {
                doors.get(used).is_none_or(|doors| doors.contains(&name.as_str()))
                    && pure.get(name.as_str()).is_none_or(|allowed| allowed.contains(&used))
            };
            if !may {
                wrong.push(format!("{name} must not use {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Clippy looks for its settings beside the manifest, so each pure crate has the same bans in a file of its own.
#[test]
fn pure_crates_ban_clocks_chance_and_io() {
    let bans = |folder: &Path| {
        let text = fs::read_to_string(folder.join("clippy.toml")).unwrap_or_default();
        text.split("# Of this crate alone")
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let folders: BTreeMap<_, _> = packages()
        .into_iter()
        .map(|package| (package.name, package.folder))
        .collect();
    let expected = bans(&folders[PROTOCOL]);
    assert!(expected.contains("std::time::SystemTime"), "the bans are gone");
    for (name, _) in PURE {
        assert_eq!(
            bans(&folders[name]),
            expected,
            "{name}/clippy.toml bans something else than the other pure crates"
        );
    }
}

/// The web app knows the HTTP API and the processes that ship with the product, never the engine's or plugins' files.
#[test]
fn the_web_app_reaches_no_engine_files() {
    let source = root().join("designer/src");
    let mut reached = Vec::new();
    for_each_file(&source, &mut |file| {
        let Ok(text) = fs::read_to_string(file) else { return };
        for path in text.split(['\'', '"', '`']).filter(|quoted| quoted.starts_with("../")) {
            let mut at = file.parent().unwrap().to_owned();
            for part in path.split('/') {
                if part == ".." {
                    at.pop();
                } else {
                    at.push(part);
                }
            }
            if !at.starts_with(root().join("designer")) && !at.starts_with(root().join("workflows")) {
                reached.push(format!("{} → {path}", file.display()));
            }
        }
    });
    assert!(reached.is_empty(), "{}", reached.join("\n"));
}

fn for_each_file(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_file(&path, visit)
        } else {
            visit(&path)
        }
    }
}
