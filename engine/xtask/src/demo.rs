//! Everything built, and a sample company served.

use std::{path::PathBuf, process::Command};

use crate::{place, plugins, run, web};

/// Serves the demo until it is interrupted. `--release` builds slowly what then runs fast; everything else goes to
/// `kapok serve`.
pub fn demo(arguments: &[String]) -> Result<(), String> {
    let (release, arguments): (Vec<&String>, Vec<&String>) =
        arguments.iter().partition(|argument| *argument == "--release");
    plugins::build()?;
    web::install()?;
    web::build()?;
    binary(!release.is_empty())?;
    let profile = if release.is_empty() { "debug" } else { "release" };
    let kapok = place::target()?
        .join(profile)
        .join("kapok")
        .with_extension(std::env::consts::EXE_EXTENSION);
    let mut serve = Command::new(kapok);
    serve
        .args(["serve", "--demo"])
        .args(arguments.into_iter().filter(|argument| *argument != "--"));
    become_it(serve)
}

/// Builds the `kapok` binary, with the plugins and the web app that were built before it.
pub fn binary(release: bool) -> Result<(), String> {
    let mut cargo = run::cargo()?;
    cargo.args(["build", "--locked", "--package", "kapok-cli"]);
    if release {
        cargo.arg("--release");
    }
    run::run(&mut cargo)
}

/// Where the binary is then.
pub fn built(release: bool) -> Result<PathBuf, String> {
    let profile = if release { "release" } else { "debug" };
    Ok(place::target()?
        .join(profile)
        .join("kapok")
        .with_extension(std::env::consts::EXE_EXTENSION))
}

/// Replaces this program, so that signals reach the server and its exit code is ours.
#[cfg(unix)]
fn become_it(mut command: Command) -> Result<(), String> {
    use std::os::unix::process::CommandExt;
    Err(format!("kapok cannot be started: {}", command.exec()))
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<(), String> {
    run::run(&mut command)
}
