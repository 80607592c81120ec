//! The engine runs what BPMN 2.0.2 describes: small models, each played through `kapok run` and compared with the trace
//! that the standard asks for, and a table of what those traces reach.
//!
//! `SUBJECT/MODEL.bpmn` is played by `SUBJECT/MODEL.txt` and by `SUBJECT/MODEL.CASE.txt`; how they are written is said in
//! `scenario.rs`. `UPDATE_EXPECTED=1` writes all that is expected anew; a review then shows what changed.

mod coverage;
mod reached;
mod scenario;
mod standard;
mod words;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use scenario::{Played, Scenario};

/// Where the table of what is reached is kept.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../model/BPMN.md");

#[test]
fn models_run_as_the_standard_says() {
    let played = play_all();
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = Vec::new();
    for (scenario, played) in &played {
        let text = played.text(scenario);
        if update {
            fs::write(&scenario.file, &text).unwrap();
        } else if text != scenario.text {
            wrong.push(format!("{}\n{}", scenario.name, difference(&scenario.text, &text)));
        }
    }
    assert!(wrong.is_empty(), "{} scenarios\n\n{}", wrong.len(), wrong.join("\n"));

    let table = coverage::table(&played);
    if update {
        fs::write(TABLE, &table).unwrap();
    }
    let kept = fs::read_to_string(TABLE).unwrap_or_default();
    assert!(kept == table, "{TABLE}\n{}", difference(&kept, &table));
    let missing = standard::missing(&coverage::reached(&played));
    assert!(missing.is_empty(), "no scenario reaches:\n{}", missing.join("\n"));
}

/// Every model has a scenario, and every scenario says what it shows.
#[test]
fn scenarios_belong_to_models() {
    let scenarios = scenarios();
    for scenario in &scenarios {
        assert!(scenario.model.exists(), "{} has no model", scenario.name);
        assert!(
            !scenario.title().is_empty(),
            "{} does not say what it shows",
            scenario.name
        );
    }
    for folder in folders() {
        for model in files(&folder, "bpmn") {
            let is_played = scenarios.iter().any(|scenario| scenario.model == model);
            assert!(is_played, "{} is played by no scenario", model.display());
        }
    }
}

/// Plays every scenario, as many at once as there are processors.
fn play_all() -> Vec<(Scenario, Played)> {
    let scenarios = scenarios();
    let next = Mutex::new(scenarios.iter());
    let done = Mutex::new(BTreeMap::new());
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let Some(scenario) = next.lock().unwrap().next() else {
                        return;
                    };
                    let played = scenario.play();
                    done.lock().unwrap().insert(scenario.name.clone(), played);
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    scenarios
        .into_iter()
        .filter_map(|scenario| {
            let played = done.remove(&scenario.name)?;
            Some((scenario, played))
        })
        .collect()
}

fn scenarios() -> Vec<Scenario> {
    let texts = folders().into_iter().flat_map(|folder| files(&folder, "txt"));
    let scenarios: Vec<_> = texts.map(Scenario::read).collect();
    assert!(!scenarios.is_empty(), "the scenarios are gone");
    scenarios
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bpmn");
    entries(&root).into_iter().filter(|path| path.is_dir()).collect()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let is_one = |path: &PathBuf| path.extension().is_some_and(|found| found == extension);
    entries(folder).into_iter().filter(is_one).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// What differs, line by line, between the first line that differs and the last one.
fn difference(kept: &str, now: &str) -> String {
    let (kept, now): (Vec<_>, Vec<_>) = (kept.lines().collect(), now.lines().collect());
    let same = kept.iter().zip(&now).take_while(|(kept, now)| kept == now).count();
    let (kept, now) = (&kept[same..], &now[same..]);
    let tail = kept.iter().rev().zip(now.iter().rev());
    let tail = tail.take_while(|(kept, now)| kept == now).count();
    let (kept, now) = (&kept[..kept.len() - tail], &now[..now.len() - tail]);
    let gone = kept.iter().map(|line| format!("  - {line}\n"));
    gone.chain(now.iter().map(|line| format!("  + {line}\n"))).collect()
}
