//! Files that people attach to records.

mod naming;

pub(crate) use naming::check;
