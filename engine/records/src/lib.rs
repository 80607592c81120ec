//! Records: what kinds there are, what makes one valid, and who may see it.
//!
//! Pure data and decisions: nothing here reads storage, a clock or a counter; what is needed is an argument. A plugin
//! declares its entities, roles and permissions in TOML ([`Definitions::parse`]); all of them together, with the system
//! entities (people, departments, roles are records like any other), are the [`Catalogue`]. A save is checked by
//! [`validate`] and, when somebody saved meanwhile, by [`conflicts`]. Every question about rights ends in one place,
//! [`Rights`]: `decide` asks it about one record, a list filters by `reach`, so a list never shows what a get refuses.
//!
//! # Values of fields
//!
//! A field without a value is absent from a stored record. Numbers and money are [`Value::Number`]; the currency of
//! money stands in its field's definition, so an amount is written where it is shown, not with every value. Dates are
//! `YYYY-MM-DD`, date-times RFC 3339 in UTC. Persons, departments and references are ids as decimal text; choices are
//! the key of the choice. Line items are a list of maps, each with an `id` that it keeps.
//!
//! [`Value::Number`]: kapok_protocol::Value::Number

mod catalogue;
mod conflict;
mod definition;
mod document;
mod error;
mod formula;
mod layers;
mod likeness;
mod number_pattern;
mod organisation;
mod permission;
mod present;
mod reading;
mod roll_up;
pub mod sheet;
mod unique;
mod upcast;
mod validate;
mod width;

pub use catalogue::{Catalogue, Change, DEEPEST, plan};
pub use conflict::{Conflict, conflicts};
pub use definition::{
    Action, ChartShape, Choice, Dictionary, DuplicateAction, DuplicateRule, EntityDefinition, Field, FieldAccess,
    FieldKind, FieldRule, FileLimits, Function, Grants, IndexRule, Level, Measure, NamedTotal, Page, Related, Role,
    Section, ShownRecords, Sort, Step, TotalPeriod, UniqueRule, View, ViewKind, Widget, WidgetKind, Width,
};
pub use error::DefinitionError;
pub use formula::Formulas;
pub use layers::{Definitions, Layer};
pub use likeness::likeness;
pub use number_pattern::NumberPattern;
pub use organisation::{Department, Member, Organisation, Structure};
pub use permission::{
    ADMINISTRATOR, Access, Circles, EVERYONE, FieldSet, Inherited, Judge, Owners, ProcessGrant, ProcessGrants, Reach,
    Reason, Records, Rights, Sharing, Viewer, masked, opened_by,
};
pub use present::{Shown, as_seen, as_value, values_of, visible_fields};
pub use roll_up::{Applied, Contribution, Counted, RollUp, RollUpState};
pub use unique::unique_keys;
pub use upcast::{erase_undeclared, upcast};
pub use validate::{Author, Fields, defaults, validate};

/// The entity of people.
pub const PERSON: &str = "system.person";
/// The entity of departments.
pub const DEPARTMENT: &str = "system.department";
/// The entity of roles.
pub const ROLE: &str = "system.role";
/// The entity of posts.
pub const POST: &str = "system.post";
/// The entity of stand-ins.
pub const STAND_IN: &str = "system.stand-in";
