//! The web app in `designer`.

use std::fs;

use crate::{needs, place, run};

/// Installs what the lock file names, unless exactly that is there already.
pub fn install() -> Result<(), String> {
    needs::node()?;
    let designer = place::root().join("designer");
    let (lock, stamp) = (
        designer.join("package-lock.json"),
        designer.join("node_modules/.installed-from"),
    );
    let wanted = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run::run(run::npm().args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Builds it into `designer/dist`, from where the server's build takes it.
pub fn build() -> Result<(), String> {
    script("build")
}

/// Runs a script of its `package.json`.
pub fn script(name: &str) -> Result<(), String> {
    run::run(run::npm().args(["run", "--silent", name]))
}

/// Whether its `package.json` has this script.
pub fn has_script(name: &str) -> bool {
    // npm prints `undefined` or nothing for what is not there, as its version has it.
    let answer = run::output(run::npm().args(["pkg", "get", &format!("scripts.{name}"), "--json"]));
    answer.is_some_and(|answer| answer.trim().starts_with('"'))
}
