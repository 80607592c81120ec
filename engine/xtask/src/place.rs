//! Where things are.

use std::path::{Path, PathBuf};

/// The folder that holds the workspace.
pub fn root() -> &'static Path {
    // engine/xtask → engine → root
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own)
}

/// The folder that cargo builds into. This program lies in it, so whichever setting chose it is respected.
pub fn target() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("this program cannot find itself: {error}"))?;
    let folder = own.ancestors().nth(2).ok_or("this program was not started by cargo")?;
    Ok(folder.to_owned())
}
