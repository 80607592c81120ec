//! Importing records: a file of rows becomes records of one entity.
//!
//! The file is read once, when it is brought in, into a table that lies beside other files ([`table`]); nothing looks at the
//! file itself again. What a row would be as a record is found out by [`rows`], for a preview, for a dry run and for the
//! import alike. Then hundreds of records are saved in one command of the writer, with how far it has come in the same
//! commit, so an import survives the end of the program and stores no row twice ([`run`]). Who imports has the rights they
//! have otherwise: what they may not make, change or see, their file cannot.

mod allowed;
mod batch;
mod finish;
mod forget;
mod key;
mod lines;
mod names;
mod options;
mod rows;
mod run;
mod session;
mod table;

pub(crate) use forget::{UNDOABLE, forget};
pub(crate) use key::is_key;
pub(crate) use names::{NameCache, SeenNames};
pub(crate) use options::check as check_options;
pub use options::{ImportMode, ImportOptions, OnDuplicate};
pub(crate) use rows::{Asked, Examiner, RowKeys, ToSave, Verdict};
pub(crate) use run::{advance, run};
pub(crate) use table::{TableReader, write as write_table};

use kapok_protocol::{Refusal, RefusalKind};
use kapok_records::Field;

/// A reason with the name of the field it is about.
fn of_field(field: &Field, text: &kapok_protocol::Text) -> (Option<String>, kapok_protocol::Text) {
    let label = &field.label;
    let text = kapok_protocol::Text::new(
        format!("{}：{}", label.zh, text.zh),
        format!("{}: {}", label.en, text.en),
    );
    (Some(field.id.clone()), text)
}

fn refused(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Invalid, code, zh, en)
}
