use std::collections::BTreeMap;

use kapok_protocol::Text;
use serde::{Deserialize, Serialize};

/// A role that people have and permissions are given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role {
    /// Its stable code, such as `sales-manager`.
    pub code: String,
    /// What people call it.
    pub label: Text,
}

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// See it.
    Read,
    /// Make one.
    Create,
    /// Change it.
    Update,
    /// Remove it.
    Delete,
    /// Let somebody else see or change it.
    Share,
    /// Make somebody else responsible for it.
    Transfer,
    /// Make many from a file.
    Import,
    /// Take many out as a file.
    Export,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Share,
        Self::Transfer,
        Self::Import,
        Self::Export,
    ];
}

/// How far a permission reaches; each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Not at all.
    #[default]
    None,
    /// To one's own records.
    Own,
    /// To those shared with one.
    Shared,
    /// To those of everybody below one, at every level.
    Subordinates,
    /// To those of one's department.
    Department,
    /// To those of one's department and the departments below it.
    DepartmentTree,
    /// To all.
    All,
}

/// What a role may do with the records of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// Which it sees.
    pub read: Level,
    /// For whom it makes new ones: `own` for oneself only.
    pub create: Level,
    /// Which it changes.
    pub update: Level,
    /// Which it removes.
    pub delete: Level,
    /// Which it shares with others.
    pub share: Level,
    /// Which it hands over to others.
    pub transfer: Level,
    /// Whether it imports; every level but `none` allows it.
    pub import: Level,
    /// Which of those it sees it exports.
    pub export: Level,
    /// Whether seeing a record's parent through this role is seeing the record.
    pub inherit: bool,
    /// Whether seeing a record through this role is seeing the records below it.
    pub hand_down: bool,
    /// Whether it also sees the records that nobody is responsible for, as far as the entity shows those.
    pub unowned: bool,
}

impl Default for Grants {
    fn default() -> Self {
        Self {
            read: Level::None,
            create: Level::None,
            update: Level::None,
            delete: Level::None,
            share: Level::None,
            transfer: Level::None,
            import: Level::None,
            export: Level::None,
            inherit: true,
            hand_down: true,
            unowned: false,
        }
    }
}

impl Grants {
    /// What either of two allows, when two files say it of one role. What one of them does not hand down is not.
    #[must_use]
    pub fn united_with(self, other: Self) -> Self {
        Self {
            read: self.read.max(other.read),
            create: self.create.max(other.create),
            update: self.update.max(other.update),
            delete: self.delete.max(other.delete),
            share: self.share.max(other.share),
            transfer: self.transfer.max(other.transfer),
            import: self.import.max(other.import),
            export: self.export.max(other.export),
            inherit: self.inherit && other.inherit,
            hand_down: self.hand_down && other.hand_down,
            unowned: self.unowned || other.unowned,
        }
    }

    /// How far it reaches for an action.
    pub fn level(&self, action: Action) -> Level {
        match action {
            Action::Read => self.read,
            Action::Create => self.create,
            Action::Update => self.update,
            Action::Delete => self.delete,
            Action::Share => self.share,
            Action::Transfer => self.transfer,
            Action::Import => self.import,
            Action::Export => self.export,
        }
    }
}

/// What a role may do with one field of the records it sees; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldAccess {
    /// It is not there.
    Hidden,
    /// It is shown in part, such as the end of a telephone number.
    Masked,
    /// It is shown.
    Read,
    /// It is shown, and changed by those who may change the record.
    Edit,
}

/// What a role may do with the fields of an entity, by name. What is not named is as [`REST`] says, and `edit` when that is
/// not there either.
pub type FieldRule = BTreeMap<String, FieldAccess>;

/// Stands in a [`FieldRule`] for all fields that it does not name.
pub const REST: &str = "*";
