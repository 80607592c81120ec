//! A newcomer's road from `kapok plugin new` to an installed plugin, as `plugins/README.md` writes it down: what stands between its
//! first fences is run, line by line. Nothing is fetched, and what the workspace has built already is not built again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const KAPOK: &str = env!("CARGO_BIN_EXE_kapok");

fn road() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/README.md");
    let text = fs::read_to_string(&page).expect("the page");
    let block = text.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next());
    let lines: Vec<_> = block.expect("a road").lines().map(str::to_owned).collect();
    assert!(lines.len() > 4, "{lines:?}");
    lines
}

#[test]
fn the_road_that_is_written_down_leads_to_an_installed_plugin() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = Path::new(KAPOK).ancestors().nth(2).expect("the target folder");
    let mut at = folder.path().to_path_buf();
    let mut last = String::new();
    for line in road() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["cd", to] => at = at.join(to),
            ["kapok", arguments @ ..] => last = run(&at, target, arguments),
            _ => panic!("the road says `{line}`, which this does not know how to do"),
        }
    }
    assert!(
        last.lines()
            .any(|line| line.starts_with("parcels") && line.contains(" on")),
        "{last}"
    );
}

fn run(at: &PathBuf, target: &Path, arguments: &[&str]) -> String {
    let done = Command::new(KAPOK)
        .args(arguments)
        .current_dir(at)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .expect("runs");
    let (out, told) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    assert!(done.status.success(), "kapok {}:\n{out}\n{told}", arguments.join(" "));
    out.into_owned()
}

#[test]
fn a_wrong_name_is_refused_and_nothing_is_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let new = |name: &str| {
        let done = Command::new(KAPOK)
            .args(["plugin", "new", name])
            .current_dir(folder.path())
            .output();
        let done = done.expect("runs");
        (
            done.status.success(),
            String::from_utf8_lossy(&done.stderr).into_owned(),
        )
    };
    let (done, told) = new("My_Plugin");
    assert!(!done && told.contains("small letters"), "{told}");
    assert!(new("parcels").0);
    let (done, told) = new("parcels");
    assert!(!done && told.contains("there already"), "{told}");
}
