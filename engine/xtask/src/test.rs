//! Everything that has to pass before a change is taken, from an empty clone.

use std::{
    collections::BTreeSet,
    process::ExitCode,
    time::{Duration, Instant},
};

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
        stage("tests", &["plugins"], tests),
        stage("binary", &["plugins", "web build"], || demo::binary(false)),
        stage("end to end", &["browser", "binary"], end_to_end),
    ];
    stages.retain(|stage| match stage.name {
        "web pages" => web::has_script("test:pages"),
        "end to end" => web::has_script("e2e"),
        _ => true,
    });
    stages
}

/// Against the very binary that was built before.
fn end_to_end() -> Result<(), String> {
    run::run(
        run::npm()
            .args(["run", "--silent", "e2e"])
            .env("KAPOK_BIN", demo::built(false)?),
    )
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

fn tests() -> Result<(), String> {
    run::run(run::cargo()?.args(["test", "--locked", "--workspace"]))
}

/// Runs every stage that can run, so that one failure does not hide another, and says what came of each.
pub fn test() -> ExitCode {
    let mut passed = BTreeSet::new();
    let mut lines = Vec::new();
    for Stage { name, after, work } in stages() {
        if let Some(missing) = after.iter().find(|other| !passed.contains(*other)) {
            lines.push(format!("not run  {name}: {missing} did not pass"));
            continue;
        }
        println!("\n── {name}");
        let begin = Instant::now();
        let outcome = work();
        let took = time(begin.elapsed());
        match outcome {
            Ok(()) => {
                passed.insert(name);
                lines.push(format!("passed   {name} ({took})"));
            }
            Err(why) => {
                eprintln!("{why}");
                lines.push(format!("failed   {name} ({took}): {why}"));
            }
        }
    }
    println!("\n── all stages\n{}", lines.join("\n"));
    let failed = lines.len() - passed.len();
    println!("{} passed, {failed} failed", passed.len());
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn time(took: Duration) -> String {
    let seconds = took.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
