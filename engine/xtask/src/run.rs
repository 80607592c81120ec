//! Other programs, started in the workspace.

use std::{env, fs, path::Path, process::Command};

use crate::{needs, place};

/// A program to be started at the root of the workspace.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(place::root());
    // What `cargo run` says about this package would look like a change to the build scripts of others.
    for (name, _) in env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") || told == "CARGO_BIN_NAME" {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo, building into the folder that this program came from.
pub fn cargo() -> Result<Command, String> {
    let mut command = command(&env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command.env("CARGO_TARGET_DIR", place::target()?);
    Ok(command)
}

/// npm, in the web app's folder.
pub fn npm() -> Command {
    npm_in(&place::root().join("designer"))
}

/// npm, in a folder.
pub fn npm_in(folder: &Path) -> Command {
    let mut command = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder);
    command
}

/// Installs what the lock file of a folder names, unless exactly that is there already.
pub fn npm_install(folder: &Path) -> Result<(), String> {
    needs::node()?;
    let (lock, stamp) = (
        folder.join("package-lock.json"),
        folder.join("node_modules/.installed-from"),
    );
    let wanted = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run(npm_in(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Runs it to its end; anything but success is an error that says which command failed.
pub fn run(command: &mut Command) -> Result<(), String> {
    let shown = shown(command);
    let status = command
        .status()
        .map_err(|error| format!("`{shown}` cannot be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` failed ({status})"))
    }
}

/// What it printed, or nothing when it cannot be started or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program())
        .file_stem()
        .unwrap_or_default();
    let mut words = vec![program.to_string_lossy()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy()));
    words.join(" ")
}
