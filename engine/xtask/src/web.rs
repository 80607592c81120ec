//! The web app in `designer`.

use crate::{place, run};

/// Installs what it is built of.
pub fn install() -> Result<(), String> {
    run::npm_install(&place::root().join("designer"))
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
