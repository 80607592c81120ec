//! Everything that has to pass before a change is taken, from an empty clone.

use std::{
    collections::BTreeSet,
    process::ExitCode,
    time::{Duration, Instant},
};

use StageResult::{Failed, NotRun, Passed};

use crate::{demo, mutants, needs, plugins, run, tidy, web};

/// How long the tests look that could look for ever. Each of them says what its variable means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// With every change: as the tests are by themselves.
    Quick,
    /// Now and then, on a machine that has the time.
    Deep,
}

/// What the deep profile sets.
const DEEP: [(&str, &str); 4] = [
    ("KAPOK_KILLS", "500"),
    ("KAPOK_DISK_POINTS", "50000"),
    ("KAPOK_POWER_POINTS", "3000"),
    ("KAPOK_SIM_CASES", "20000"),
];

type Work = fn(Profile) -> Result<(), String>;

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
        stage("tidy", &[], |_| tidy::tidy()),
        stage("browser", &[], |_| needs::browser()),
        stage("web install", &[], |_| web::install()),
        stage("web lint", &["web install"], |_| web::script("lint")),
        stage("web tests", &["web install"], |_| web::script("test")),
        stage("web build", &["web install"], |_| web::build()),
        stage("web pages", &["browser", "web build"], |_| web::script("test:pages")),
        stage("plugins", &[], |_| plugins::build()),
        stage("clippy", &[], |_| clippy()),
        stage("build", &["plugins"], |_| build()),
        stage("tests", &["build"], tests),
        stage("plugin in JavaScript", &["build"], |_| plugins::javascript()),
        stage("end to end", &["browser", "web build", "build"], |_| end_to_end()),
        // Others' crates are there by then.
        stage("mutants", &["tests"], mutants),
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

fn tests(profile: Profile) -> Result<(), String> {
    let mut cargo = run::cargo()?;
    cargo.args(["test", "--locked", "--workspace", "--no-fail-fast"]);
    if profile == Profile::Deep {
        cargo.envs(DEEP);
    }
    run::run(&mut cargo)
}

fn mutants(profile: Profile) -> Result<(), String> {
    match profile {
        Profile::Quick => mutants::quick(),
        Profile::Deep => mutants::named(&[]),
    }
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
pub fn test(profile: Profile) -> ExitCode {
    let results = run_all(&stages(), profile);
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
fn run_all(stages: &[Stage], profile: Profile) -> Vec<(&'static str, StageResult)> {
    let mut passed = BTreeSet::new();
    let mut results = Vec::new();
    for Stage { name, after, work } in stages {
        let result = if let Some(missing) = after.iter().find(|other| !passed.contains(*other)) {
            NotRun(missing)
        } else {
            println!("\n── {name}");
            let begin = Instant::now();
            match work(profile) {
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
            stage("good", &[], |_| Ok(())),
            stage("bad", &[], |_| Err("broken".into())),
            stage("needs bad", &["good", "bad"], |_| Ok(())),
            stage("needs what did not run", &["needs bad"], |_| Ok(())),
            stage("needs good", &["good"], |_| Ok(())),
        ];
        let told: Vec<_> = run_all(&stages, Profile::Quick)
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
