//! What must be on the machine besides Rust. What can be installed without asking is; for the rest a sentence says what
//! to do.

use std::process::Command;

use crate::run;

/// Node, new enough for the web app's tools.
pub fn node() -> Result<(), String> {
    let advice = "Install Node 20.19 or newer (https://nodejs.org), then try again.";
    let Some(version) = run::output(Command::new("node").arg("--version")) else {
        return Err(format!("Node is not there. {advice}"));
    };
    let mut numbers = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found >= (20, 19) {
        Ok(())
    } else {
        Err(format!("Node {} is too old. {advice}", version.trim()))
    }
}

/// The standard library for a compilation target, which rustup fetches.
pub fn wasm_target(target: &str) -> Result<(), String> {
    let installed = run::output(run::command("rustc").args(["--print", "target-libdir", "--target", target]));
    if installed.is_some_and(|folder| std::path::Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    run::run(run::command("rustup").args(["target", "add", target])).map_err(|why| {
        format!("Rust cannot build for {target}: {why}. Install that target of your Rust toolchain, then try again.")
    })
}

/// A browser and Chinese letters, which the tests of the pages need.
pub fn browser() -> Result<(), String> {
    let mut missing = Vec::new();
    if run::output(Command::new("chromium").arg("--version")).is_none() {
        missing.push("chromium");
    }
    if run::output(Command::new("fc-list").arg(":lang=zh")).is_none_or(|fonts| fonts.trim().is_empty()) {
        missing.push("fonts-noto-cjk");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("sudo apt-get install {}", missing.join(" "));
    let Some(root) = as_root() else {
        return Err(format!(
            "The tests of the pages need {}. On Debian: {by_hand}",
            missing.join(" and ")
        ));
    };
    let installed = run::run(root("apt-get").args(["update"])).and_then(|()| {
        run::run(
            root("apt-get")
                .args(["install", "--yes", "--no-install-recommends"])
                .args(&missing),
        )
    });
    installed.map_err(|why| {
        format!(
            "{why}. The tests of the pages need {}: {by_hand}",
            missing.join(" and ")
        )
    })
}

/// How to run something as root without anybody being asked, if that is allowed.
fn as_root() -> Option<fn(&str) -> Command> {
    if run::output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0") {
        return Some(unattended);
    }
    run::output(Command::new("sudo").args(["--non-interactive", "true"]))?;
    Some(|program| {
        let mut command = Command::new("sudo");
        command.args(["--non-interactive", "env", "DEBIAN_FRONTEND=noninteractive", program]);
        command
    })
}

fn unattended(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
