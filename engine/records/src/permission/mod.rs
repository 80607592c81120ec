//! Who may do what with which records: the one place that decides.
//!
//! [`Rights::reach`] says how far a viewer's rights go for an action, and [`Reach::admits`] whether a record lies within.
//! [`Rights::decide`] is exactly that, for one record, with what may be done with each field; a list asks for the reach
//! once and filters by it. So what a list shows and what a get allows cannot differ.
//!
//! # Where a right comes from
//!
//! - A **role** reaches the records of certain owners; the widest of the viewer's roles counts.
//! - A **grant** is what a process was confirmed when it was published: it reaches all records of an entity, and the fields
//!   that it names.
//! - A **share** reaches one record, for whoever may have the records of this kind shared with them: a level of at least
//!   `shared` for what it gives, reading or changing.
//! - An **open task** gives its handler reading of its record and of that record's parent, whatever the roles say.
//! - A record may **open** its parent, as long as its entity's condition holds of it: whoever reads it through a role or a
//!   share, and not only because of the parent, reads the parent. What is opened so hands down like anything that is read.
//! - A role may find records that **nobody is responsible for**: it sees the fields that their entity names, and nothing
//!   below them. They stand in a list of their own ([`Judge::of_unowned`]).
//! - A **parent** hands down: whoever may read it may read the record, unless the role through which they read it says
//!   `hand_down = false` for the parents or `inherit = false` for this kind of record. What a task opens above its own record is not handed down: who approves one
//!   quote need not see all others of that customer.
//!
//! A field is shown as widely as the widest of those shows it by itself: what a role hides in everybody's customers it
//! does not hide in a customer that is shared with the viewer.

mod explain;
mod fields;
mod grant;
mod mask;
mod opening;
mod reach;
mod viewer;

use kapok_protocol::{Entity, Record, RecordId};

pub use explain::Reason;
pub use fields::{Access, Judge};
pub use grant::{FieldSet, ProcessGrant, ProcessGrants};
pub use mask::masked;
pub use opening::opened_by;
pub use reach::{Inherited, Owners, Reach};
pub use viewer::{Circles, Sharing, Viewer};

use crate::{
    Catalogue,
    definition::{Action, EntityDefinition},
};

/// The role that sets the system up. It has no right to business data.
pub const ADMINISTRATOR: &str = "administrator";

/// The role that everybody has.
pub const EVERYONE: &str = "everyone";

/// Reads the records that a decision about another one depends on: its parents. One that cannot be read gives no right.
pub trait Records {
    /// A record.
    fn record(&self, entity: &Entity, id: RecordId) -> Option<Record>;
}

/// Knows no records: enough where nothing has a parent.
impl Records for () {
    fn record(&self, _: &Entity, _: RecordId) -> Option<Record> {
        None
    }
}

/// All that decisions about one viewer's rights depend on.
#[derive(Clone, Copy)]
pub struct Rights<'a> {
    /// Who asks.
    pub viewer: &'a Viewer,
    /// What kinds of records there are, and what roles may do with them.
    pub catalogue: &'a Catalogue,
    /// The parents of records.
    pub records: &'a dyn Records,
}

impl<'a> Rights<'a> {
    /// The rights of a viewer.
    pub fn new(viewer: &'a Viewer, catalogue: &'a Catalogue, records: &'a dyn Records) -> Self {
        Self {
            viewer,
            catalogue,
            records,
        }
    }

    /// Whether the viewer may do something with a record; without a record, whether it can be allowed at all (which for
    /// creating is the whole question).
    pub fn decide(&self, action: Action, entity: &EntityDefinition, record: Option<&Record>) -> Access {
        let judge = self.judge(action, entity);
        match record {
            Some(record) => judge.decide(record),
            None => judge.decide_in_general(),
        }
    }
}
