//! The form of all rows, when a store is opened: what is newer is left alone, what is older is kept aside first.

use std::path::{Path, PathBuf};

use kapok_protocol::{Refusal, RefusalKind, Timestamp};
use kapok_store::{Batch, Store, View};
use kapok_tables::{DATA_FORMAT, Transaction, data_format};

use crate::Error;

/// Where a data folder keeps what it was before its rows got another form.
const BACKUPS: &str = "backups";

/// Refuses rows of a form that this program does not know.
pub(crate) fn require_known(view: &View) -> Result<(), Error> {
    match data_format(view)? {
        Some(found) if found > DATA_FORMAT => Err(newer(found).into()),
        _ => Ok(()),
    }
}

fn newer(found: u64) -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "data.newer-format",
        format!(
            "数据的格式为 {found}，本程序只认识到 {DATA_FORMAT}。未作任何更改；请使用写入它的较新版本，或恢复升级前的备份。"
        ),
        format!(
            "The data has form {found}, and this version knows up to {DATA_FORMAT}. Nothing was changed: use the newer \
             version that wrote it, or restore the backup from before the upgrade."
        ),
    )
}

/// Makes a backup of a folder whose rows have an older form, before anything is written in the present one. Answers where.
pub(crate) fn keep_older(store: &Store, folder: &Path) -> Result<Option<PathBuf>, Error> {
    let view = store.view();
    require_known(&view)?;
    match data_format(&view)? {
        Some(found) if found < DATA_FORMAT => {}
        _ => return Ok(None),
    }
    drop(view);
    let to = free_place(&folder.join(BACKUPS));
    kapok_store::backup(folder, &to).map_err(|error| {
        let to = to.display();
        Refusal::new(
            RefusalKind::Unavailable,
            "data.no-backup",
            format!(
                "升级前的备份 {to} 没有成功：{}。未作任何更改，旧版本仍可使用。",
                error.in_chinese()
            ),
            format!(
                "The backup before the upgrade, {to}, came to nothing: {error}. Nothing was changed: the older version \
                 can still be used."
            ),
        )
    })?;
    Ok(Some(to))
}

/// `before-format-2`, or the next name behind it: an upgrade may have been begun before.
fn free_place(folder: &Path) -> PathBuf {
    let name = format!("before-format-{DATA_FORMAT}");
    let mut names = (2..).map(|number| format!("{name}.{number}"));
    let mut place = folder.join(&name);
    while place.exists() {
        match names.next() {
            Some(next) => place = folder.join(next),
            None => break,
        }
    }
    place
}

/// Says in the store which form its rows have from now on.
pub(crate) fn settle(store: &Store, now: Timestamp) -> Result<(), Error> {
    let view = store.view();
    require_known(&view)?;
    if data_format(&view)? == Some(DATA_FORMAT) {
        return Ok(());
    }
    let mut tx = Transaction::new(&view);
    tx.set_data_format();
    let batch = Batch::from(tx.into_writes());
    drop(view);
    store.commit(batch, now.millis())?;
    Ok(())
}
