//! What an entity is: its fields, how they are laid out, and who may do what with its records.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Text, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{FieldAccess, NumberPattern};

/// One kind of record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntityDefinition {
    /// Its stable id, such as `quotes.quote`.
    pub id: Entity,
    /// What people call it.
    pub label: Text,
    /// The field that names a record in choosers and links.
    pub title: String,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// The parts of its form, in order.
    pub sections: Vec<Section>,
    /// The fields of its list, in order.
    pub columns: Vec<String>,
    /// How its list is sorted at first.
    pub sort: Option<Sort>,
    /// The reference field that names a record's parent: who may read that one may read the record.
    pub parent: Option<String>,
    /// What each role may do with its records.
    #[serde(skip)]
    pub grants: BTreeMap<String, Grants>,
    /// What each role may do with some of its fields, where that is less than everything.
    #[serde(skip)]
    pub field_rules: BTreeMap<String, BTreeMap<String, FieldAccess>>,
}

impl EntityDefinition {
    /// The field of this name.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }
}

/// One field of an entity, or one column of its line items.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// Its name in the record.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Whether a record needs a value here.
    pub required: bool,
    /// Whether only plugins and processes write it.
    pub read_only: bool,
    /// Whether no two records have the same value.
    pub unique: bool,
    /// Whether only those who may change the record (or whom it describes) read it.
    pub private: bool,
    /// What a new record begins with: a value, or a word such as `$today` or `$me`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The part of the form it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    Text {
        /// The most characters.
        max_length: usize,
    },
    /// Text of several lines.
    LongText {
        /// The most characters.
        max_length: usize,
    },
    /// A number.
    Number {
        /// Digits after the point; any number of them when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        scale: Option<u32>,
        /// The least value.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<Decimal>,
        /// The greatest value.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<Decimal>,
    },
    /// An amount of money, with two digits after the point.
    Money {
        /// ISO 4217, such as `CNY`.
        currency: String,
    },
    /// A calendar day.
    Date,
    /// A moment.
    DateTime,
    /// Yes or no.
    Boolean,
    /// One of a dictionary.
    Choice {
        /// The dictionary, in order.
        choices: Vec<Choice>,
    },
    /// A person.
    Person,
    /// A department.
    Department,
    /// Another record.
    Reference {
        /// Of which entity.
        entity: Entity,
        /// Whether there may be several; the value is then a list.
        multiple: bool,
    },
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A number given by the system when the record is first saved.
    AutoNumber {
        /// How it is made.
        pattern: NumberPattern,
    },
    /// Line items.
    Lines {
        /// Their columns, in order.
        columns: Vec<Field>,
    },
}

/// One entry of a dictionary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is stored.
    pub id: String,
    /// What people read.
    pub label: Text,
}

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its name.
    pub id: String,
    /// Its heading.
    pub label: Text,
}

/// How a list is sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sort {
    /// By which field.
    pub field: String,
    /// Whether the greatest comes first.
    pub descending: bool,
}

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
    /// Let somebody else see it or change it.
    Share,
    /// Make somebody else responsible for it.
    Transfer,
    /// Make many from a file.
    Import,
    /// Take many out in a file.
    Export,
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
    /// For whom it makes new ones; with `own` for oneself only.
    pub create: Level,
    /// Which it changes.
    pub update: Level,
    /// Which it removes.
    pub delete: Level,
    /// Which it shares with others.
    pub share: Level,
    /// Which it makes somebody else responsible for.
    pub transfer: Level,
    /// For whom it makes many from a file.
    pub import: Level,
    /// Which it takes out in a file, of those it sees.
    pub export: Level,
    /// Whether seeing a record's parent through this role is seeing the record.
    pub inherit: bool,
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
