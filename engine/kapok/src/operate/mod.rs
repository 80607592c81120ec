//! Looking after a folder of data: is it sound, and how it gets elsewhere.
//!
//! What goes wrong here is for the person who looks after it, so it is said in words.

mod attachments;
mod disk;
mod export;
mod folder;
pub(crate) mod format;
mod import;
pub(crate) mod keeper;
mod overview;
mod rows;
pub(crate) mod text;

use std::{fs, io, path::Path};

use kapok_protocol::Text;

pub use export::{Exported, export};
pub use folder::{Verified, backup, rebuild, restore, verify};
pub use import::{Imported, import};
pub use kapok_store::{Backup, Problem, StateFiles, Usage, Verification};
pub use kapok_tables::verify::{Finding, Report};
pub use overview::{OutboxCounts, Overview};

/// Refuses a folder that holds no data, before anything makes one there.
fn require_data(folder: &Path) -> Result<(), Text> {
    if folder.join("journal").is_dir() || folder.join("snapshots").is_dir() {
        return Ok(());
    }
    let folder = folder.display();
    Err(Text::new(
        format!("{folder} 不是数据目录：里面没有 journal。"),
        format!("{folder} is no folder of data: there is no journal in it."),
    ))
}

/// Refuses a folder in which something is.
fn require_empty(folder: &Path) -> Result<(), Text> {
    let entries = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().transpose(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    match entries {
        Ok(None) => Ok(()),
        Ok(Some(_)) => {
            let folder = folder.display();
            Err(Text::new(
                format!("{folder} 不是空目录。请换一个不存在或为空的目录。"),
                format!("{folder} is not empty: choose a folder that is not there yet, or an empty one."),
            ))
        }
        Err(error) => Err(text::io_text(folder, &error)),
    }
}

#[cfg(test)]
mod tests;
