//! The engine through its front door, with the plugins and the processes that ship. Time is moved by hand, so nothing
//! here sleeps.

mod backup;
mod by_hand;
mod cleaning;
mod clock;
mod closing;
mod crm;
mod definitions;
mod files;
mod full_disk;
mod grants;
mod import_lines;
mod imports;
mod once;
mod orders;
mod outbox;
mod people_import;
mod plugins;
mod power;
mod random;
mod record_work;
mod records;
mod requests;
mod rights;
mod roll_ups;
mod row_changes;
mod search;
mod story;
mod stuck;
mod support;
