//! Who may do what: a handle is a right.
//!
//! Nothing in the engine can be changed but through a handle, and a handle is only given to who may have it: [`Staff`]
//! to an active person, [`Administrator`] to staff with that role. Whoever serves people over a network holds the
//! engine in one place, hands out handles there, and cannot forget a check elsewhere.

mod administrator;
mod inbox;
pub(crate) mod once;
mod staff;
mod staff_cases;
mod staff_records;
mod staff_search;
mod staff_shares;
mod staff_tasks;

pub use administrator::{Administrator, OutboxView};
pub use inbox::InboxPosition;
pub use staff::{Me, Staff};
pub use staff_cases::{CaseFilter, Startable};
pub use staff_records::{EntityView, RecordSave};
pub use staff_search::{FoundRecord, FoundRecords, StatisticsQuery, StatisticsRow, StatisticsView};
pub(crate) use staff_shares::receiver_name;
pub use staff_shares::{NewShare, ShareView};
pub use staff_tasks::TaskCompletion;
