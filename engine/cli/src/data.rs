//! Opening a folder of data without letting anything happen in it.

use std::{path::Path, sync::Arc};

use kapok::{Clock, Kapok, ManualClock, SystemClock};

use crate::built_in;

/// Opens an engine whose clock stands still: no timer fires, no plugin is called, nothing is sent.
pub(crate) fn open_at_rest(folder: &Path) -> Result<Kapok, String> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let opened = Kapok::builder().clock(clock).plugins(built_in::plugins()).open(folder);
    opened.map_err(|error| format!("{}: {error}", folder.display()))
}
