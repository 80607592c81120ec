//! What people do with their to-dos.

pub(crate) mod approval;
pub(crate) mod assignment;
pub(crate) mod claim;
pub(crate) mod fields;
pub(crate) mod notice;
pub(crate) mod reminders;
pub(crate) mod to_do;
