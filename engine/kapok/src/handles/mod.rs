//! Who may do what: a handle is a right.
//!
//! Nothing in the engine can be changed but through a handle, and a handle is only given to who may have it: [`Staff`]
//! to an active person, [`Administrator`] to staff with that role. Whoever serves people over a network holds the
//! engine in one place, hands out handles there, and cannot forget a check elsewhere.

mod administrator;
mod dictionaries;
mod files;
mod grants;
mod identity_links;
mod import_failures;
mod imports;
mod inbox;
mod layers;
mod leave_preview;
pub(crate) mod once;
mod organisation_sync;
mod people;
mod people_import;
mod plugin_admin;
mod plugin_frames;
mod plugin_offers;
mod plugin_pages;
mod record_history;
mod record_jobs;
mod record_trash;
mod request_trial;
mod shortcuts;
mod staff;
mod staff_cases;
mod staff_records;
mod staff_search;
mod staff_shares;
mod staff_tasks;
mod staff_totals;
mod taking;
mod views;

pub use administrator::{Administrator, OutboxView};
pub use dictionaries::DictionaryView;
pub use files::{FileContent, Upload, UploadedFile};
pub use identity_links::ConnectionView;
pub use import_failures::FailureReason;
pub use imports::{ImportView, NewImport, PreviewRow};
pub use inbox::InboxPosition;
pub use leave_preview::{LeavePreview, NamedIn};
pub use organisation_sync::{SyncCounts, SyncItem, SyncReport};
pub use people::{HandedOver, NewStandIn, StandInView};
pub use people_import::{
    FailedRow, ImportReport, LoginFrom, PeopleColumn, PeopleImport, PeopleImportOptions, Taken, TakenAs,
};
pub use plugin_admin::{PluginPlan, PluginWorkView};
pub use plugin_frames::{FrameAnswer, FrameCall};
pub use plugin_offers::{InputView, OfferView, ReportTable};
pub use record_history::{HistoryItem, RecordActor};
pub use record_jobs::RecordJobView;
pub use record_trash::{BulkAction, BulkAnswer, TrashedView};
pub use request_trial::{RequestTrial, TriedOutput};
pub use staff::{Me, Staff};
pub use staff_cases::{CaseFilter, Startable};
pub use staff_records::{EntityView, RecordSave};
pub(crate) use staff_records::{allow_change, allow_new};
pub use staff_search::{FoundRecord, FoundRecords, StatisticsQuery, StatisticsRow, StatisticsView};
pub(crate) use staff_shares::receiver_name;
pub use staff_shares::{NewShare, ShareView};
pub use staff_tasks::TaskCompletion;
pub use staff_totals::{TotalValue, TotalView};
pub use views::{ListViewEntry, ViewScope};
