//! Kapok: an embeddable workflow-and-rules engine.
//!
//! ```no_run
//! use kapok::Kapok;
//!
//! # fn main() -> Result<(), kapok::Error> {
//! let kapok = Kapok::open("data")?;
//! kapok.deploy(include_str!("../../../workflows/leave/leave.bpmn"))?;
//! let case = kapok.start("leave", [("days", 2)])?;
//! for task in kapok.tasks(case)? {
//!     println!("{} waits for {:?}", task.name, task.assignee);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! One loop: a command is *decided* by pure functions, *committed* by the one [`writer`], *projected* into what people
//! see, and the world *reacts* ([`react`]) with new commands. This crate is where the parts are put together; it is the
//! only one that knows them all.

mod backup;
mod bell;
mod builder;
mod clock;
mod company;
mod decisions;
mod definitions;
mod engine;
mod environment;
mod error;
mod evaluate;
mod explanation;
mod export;
mod external;
mod files;
mod grants;
mod handlers;
mod handles;
mod hints;
mod identity;
mod imports;
mod layers;
mod lists;
pub mod operate;
mod organisation;
mod outgoing;
mod people;
mod plugins;
mod project;
mod react;
mod rights;
mod saving;
mod seeing;
mod shared;
mod sign_in;
mod simulate;
mod spreadsheet;
mod views;
mod writer;

pub use backup::{BackupSettings, BackupStatus, DailyTime};
pub use builder::Builder;
pub use clock::{Clock, ManualClock, SystemClock};
pub use company::{Company, DEMO_PASSWORD, DemoPerson, Lines};
pub use decisions::{DecisionModel, decide};
pub use definitions::Deployed;
pub use engine::Kapok;
pub use error::{Conflict, Duplicate, Duplicates, Error, FieldConflict};
pub use explanation::{AccessReason, Explanation};
pub use export::{Export, ExportQuery, SheetFormat};
pub use external::{ExternalTask, TopicRequest, TopicView, Worker, WorkerFailure};
pub use files::StoredContent;
pub use grants::{Confirm, GrantView, GrantsView};
pub use handlers::HandlerCall;
pub use handles::{
    Administrator, BulkAction, BulkAnswer, CaseFilter, ConnectionView, DictionaryView, EntityView, FailedRow,
    FailureReason, FileContent, FoundRecord, FoundRecords, FrameAnswer, FrameCall, HandedOver, HistoryItem,
    ImportReport, ImportView, InboxPosition, InputView, LeavePreview, ListViewEntry, LoginFrom, Me, NamedIn, NewImport,
    NewShare, NewStandIn, OfferView, OutboxView, PeopleColumn, PeopleImport, PeopleImportOptions, PluginPlan,
    PluginWorkView, PreviewRow, RecordActor, RecordJobView, RecordSave, ReportTable, RequestTrial, ShareView, Staff,
    StandInView, Startable, StatisticsQuery, StatisticsRow, StatisticsView, SyncCounts, SyncItem, SyncReport, Taken,
    TakenAs, TaskCompletion, TotalValue, TotalView, TrashedView, TriedOutput, Upload, UploadedFile, ViewScope,
};
pub use hints::{Audience, Hint, HintKind};
pub use identity::{MatchedBy, Outside, SourceView};
pub use imports::{ImportMode, ImportOptions, OnDuplicate};
pub use kapok_model as model;
pub use kapok_notify as notify;
pub use kapok_plugin_host::{
    Aggregate, AggregateRow, Capabilities, ChannelFailure, ChannelMessage, InputType, Manifest, Measure, MessageKind,
    MessageWay, OutsideDepartment, OutsidePerson, Receipt, RecordAction, RecordQuery, ServiceFailure, SettingType,
    SignInFailure, TechnicalFailure,
};
pub use kapok_process::{self as process, Limits};
pub use kapok_protocol as protocol;
pub use kapok_records as records;
pub use kapok_search::{Group, Period};
pub use kapok_store::{self as store, Health};
pub use kapok_tables::{
    Definition, ImportCounts, ImportState, Receiver, RecordChange, RecordJobState, ShareLevel, Slice,
};
pub use layers::{DefinitionChange, DefinitionLayer, DefinitionPlan};
pub use lists::{ListQuery, RecordPage};
pub use organisation::{Named, PersonEntry};
pub use outgoing::{MailSettings, Outgoing, OutgoingSecret};
pub use plugins::{PluginOffer, PluginPackage, PluginSetting, PluginSource, PluginState};
pub use react::Retention;
pub use shared::Settings;
pub use sign_in::Secret;
pub use simulate::{Outcome, Simulation, Transition, check};
pub use spreadsheet::SheetKind;
pub use views::{
    AwaitedView, ElementView, HistoryView, IncidentView, InstanceDetail, InstanceView, RecordMay, RecordView,
    TaskDetail, TaskForm, TaskView, What, Who,
};
