//! Everything that has to pass before a change is taken, from an empty clone.

use std::{
    collections::BTreeSet,
    process::ExitCode,
    time::{Duration, Instant},
};

use StageResult::{Failed, NotRun, Passed};

use crate::{demo, needs, plugins, run, tidy, web};

type Work = fn() -> Result<(), String>;

struct Stage {
    name: &'static str,
    /// It cannot run unless these have passed.
    after: &'static [&'static str],
    work: Work,
}

const fn stage(name: &'static str, after: &'static [&'static str], work: Work) -> Stage {
    Stage { name, after, work }
}

/// In this order: what is quick to fail comes first, and the binary is built after what it embeds.
fn stages() -> Vec<Stage> {
    let mut stages = vec![
        stage("tidy", &[], tidy::tidy),
        stage("browser", &[], needs::browser),
        stage("web install", &[], web::install),
        stage("web lint", &["web install"], || web::script("lint")),
        stage("web tests", &["web install"], || web::script("test")),
        stage("web build", &["web install"], web::build),
        stage("web pages", &["browser", "web build"], || web::script("test:pages")),
        stage("plugins", &[], plugins::build),
        stage("clippy", &[], clippy),
        stage("build", &["plugins"], build),
        stage("tests", &["build"], tests),
        stage("end to end", &["browser", "web build", "build"], end_to_end),
    ];
    stages.retain(|stage| match stage.name {
        "web pages" => web::has_script("test:pages"),
        "end to end" => web::has_script("e2e"),
        _ => true,
    });
    stages
}

fn clippy() -> Result<(), String> {
    let arguments = [
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ];
    run::run(run::cargo()?.args(arguments))
}

/// Tests and binary at once: built one after the other, they would want the same crates with other features.
fn build() -> Result<(), String> {
    run::run(run::cargo()?.args(["build", "--locked", "--workspace", "--all-targets"]))
}

fn tests() -> Result<(), String> {
    run::run(run::cargo()?.args(["test", "--locked", "--workspace", "--no-fail-fast"]))
}

/// Against the very binary that was built before.
fn end_to_end() -> Result<(), String> {
    run::run(
        run::npm()
            .args(["run", "--silent", "e2e"])
            .env("KAPOK_BIN", demo::built(false)?),
    )
}

/// Runs everything, and says what came of each stage.
pub fn test() -> ExitCode {
    let results = run_all(&stages());
    println!("\n── all stages");
    for (name, result) in &results {
        match result {
            Passed(took) => println!("passed   {name} ({})", time(*took)),
            Failed(took, why) => println!(
                "failed   {name} ({}): {}",
                time(*took),
                why.lines().next().unwrap_or_default()
            ),
            NotRun(missing) => println!("not run  {name}: {missing} did not pass"),
        }
    }
    let passed = results.iter().filter(|(_, result)| matches!(result, Passed(_))).count();
    let failed = results.len() - passed;
    println!("{passed} passed, {failed} failed");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

enum StageResult {
    Passed(Duration),
    Failed(Duration, String),
    /// The stage that it needed.
    NotRun(&'static str),
}

/// Runs every stage that can run, so that one failure does not hide another.
fn run_all(stages: &[Stage]) -> Vec<(&'static str, StageResult)> {
    let mut passed = BTreeSet::new();
    let mut results = Vec::new();
    for Stage { name, after, work } in stages {
        let result = if let Some(missing) = after.iter().find(|other| !passed.contains(*other)) {
            NotRun(missing)
        } else {
            println!("\n── {name}");
            let begin = Instant::now();
            match work() {
                Ok(()) => {
                    passed.insert(name);
                    Passed(begin.elapsed())
                }
                Err(why) => {
                    eprintln!("{why}");
                    Failed(begin.elapsed(), why)
                }
            }
        };
        results.push((*name, result));
    }
    results
}

fn time(took: Duration) -> String {
    let seconds = took.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_stops_only_what_needs_it() {
        let stages = [
            stage("good", &[], || Ok(())),
            stage("bad", &[], || Err("broken".into())),
            stage("needs bad", &["good", "bad"], || Ok(())),
            stage("needs what did not run", &["needs bad"], || Ok(())),
            stage("needs good", &["good"], || Ok(())),
        ];
        let told: Vec<_> = run_all(&stages)
            .into_iter()
            .map(|(_, result)| match result {
                Passed(_) => "passed".to_owned(),
                Failed(_, why) => why,
                NotRun(missing) => format!("needs {missing}"),
            })
            .collect();
        assert_eq!(told, ["passed", "broken", "needs bad", "needs needs bad", "passed"]);
    }
}
