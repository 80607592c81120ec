//! The SDK and the contract, as the binary carries them, so that nobody needs a clone to write a plugin.

use std::{fs, path::Path};

include!(concat!(env!("OUT_DIR"), "/sdk.rs"));

/// The folder of a project that they are written to.
pub(super) const FOLDER: &str = ".kapok";

/// Writes them into a project, as far as they differ from what is there: what is untouched is not built again.
pub(super) fn write(project: &Path) -> Result<(), String> {
    let folder = project.join(FOLDER);
    for (name, text) in FILES {
        write_file(&folder.join(name), text)?;
    }
    let schema = format!("{:#}\n", kapok::records::Definitions::schema());
    write_file(&folder.join("plugin.schema.json"), &schema)
}

/// The versions of everything that the SDK is made of, for a project that has none of its own yet.
pub(super) fn lock_file() -> &'static str {
    LOCK
}

pub(super) fn write_file(path: &Path, text: &str) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(told)?;
    }
    fs::write(path, text).map_err(told)
}
