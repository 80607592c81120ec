//! What a company's data is made of: entities with their fields, how they are laid out, and who may do what with them.

mod dictionary;
mod entity;
mod field;
mod field_kind;
mod page;
mod rights;
mod rules;
mod total;
mod view;

pub use dictionary::{Choice, Dictionary};
pub use entity::{EntityDefinition, Section};
pub use field::Field;
pub use field_kind::{FieldKind, FileLimits, Function};
pub use page::{ChartShape, Measure, Page, ShownRecords, Step, Widget, WidgetKind, Width};
pub use rights::{Action, FieldAccess, FieldRule, Grants, Level, REST, Role};
pub use rules::{DuplicateAction, DuplicateRule, IndexRule, UniqueRule};
pub use total::{NamedTotal, TotalPeriod};
pub use view::{Related, Sort, View, ViewKind};
