//! Programs that may never end by themselves.

use std::{
    fs, io,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::failed;
use crate::run;

/// Whoever takes longer has lost its way, as a program with a mistake may.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How a program ended, and what it said.
pub(super) struct Ended {
    pub well: bool,
    pub said: String,
}

/// Runs it, and ends it with all that it started when it takes too long. What it says is kept in a file meanwhile.
pub(super) fn wait_for(command: &mut Command, said: &Path) -> Result<Ended, String> {
    let told = |error: io::Error| failed(said, &error);
    let file = fs::File::create(said).map_err(told)?;
    command.stdout(file.try_clone().map_err(told)?).stderr(file);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command
        .spawn()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    let begin = Instant::now();
    let status = loop {
        match child.try_wait().map_err(told)? {
            Some(status) => break Some(status),
            None if begin.elapsed() > PATIENCE => break None,
            None => thread::sleep(Duration::from_millis(50)),
        }
    };
    if status.is_none() {
        // All that it started is in its group.
        run::output(Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]));
        child.wait().map_err(told)?;
    }
    let said = fs::read(said).map_err(told)?;
    Ok(Ended {
        well: status.is_some_and(|status| status.success()),
        said: String::from_utf8_lossy(&said).into_owned(),
    })
}
