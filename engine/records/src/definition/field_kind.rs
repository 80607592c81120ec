use std::sync::Arc;

use kapok_protocol::{Entity, Expression, Filter};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Choice, Field};
use crate::{DEPARTMENT, NumberPattern, PERSON};

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
    /// Text with headings, emphasis, lists and links: harmless HTML.
    RichText {
        /// The most characters, tags included.
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
    /// A number that is always shown with the same digits after the point, such as a rate or a weight.
    Decimal {
        /// Digits after the point.
        scale: u32,
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
        /// The least amount.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<Decimal>,
        /// The greatest amount.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<Decimal>,
    },
    /// A calendar day.
    Date,
    /// A time of day.
    Time,
    /// A moment.
    DateTime,
    /// Yes or no.
    Boolean,
    /// One of a list.
    Choice {
        /// The list, in order; that of the dictionary, if there is one.
        choices: Arc<[Choice]>,
        /// The dictionary that the choices come from.
        #[serde(skip_serializing_if = "Option::is_none")]
        dictionary: Option<String>,
        /// Whether there may be several; the value is then a list.
        multiple: bool,
    },
    /// One of a tree.
    TreeChoice {
        /// The entries of the dictionary, in order.
        choices: Arc<[Choice]>,
        /// The dictionary.
        dictionary: String,
        /// Whether there may be several; the value is then a list.
        multiple: bool,
    },
    /// A person.
    Person {
        /// Whether there may be several; the value is then a list.
        multiple: bool,
    },
    /// A department.
    Department {
        /// Whether there may be several; the value is then a list.
        multiple: bool,
    },
    /// Another record.
    Reference {
        /// Of which entity.
        entity: Entity,
        /// Whether there may be several; the value is then a list.
        multiple: bool,
    },
    /// Files.
    Attachment(FileLimits),
    /// Pictures.
    Picture(FileLimits),
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A postal address: a map of `region`, `detail` and `postcode`.
    Address {
        /// The tree that regions come from.
        #[serde(skip_serializing_if = "Option::is_none")]
        dictionary: Option<String>,
        /// Its entries, in order.
        choices: Arc<[Choice]>,
    },
    /// A number given by the system when the record is first saved.
    AutoNumber {
        /// How it is made.
        pattern: NumberPattern,
    },
    /// A value computed from the other fields whenever the record is saved.
    Formula {
        /// What it is.
        expression: Expression,
        /// What it holds.
        result: Box<FieldKind>,
    },
    /// A value computed from the records that name this one. It is not part of the record's fields: it stands in a row of
    /// its own, and a change of it is no new version of the record.
    RollUp {
        /// Whose records.
        entity: Entity,
        /// Their reference field that names this record.
        field: String,
        /// What is done with them.
        function: Function,
        /// The field of theirs that is summed or picked; none for `count`.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// Which of them.
        #[serde(skip_serializing_if = "Option::is_none")]
        filter: Option<Filter>,
        /// For `first` and `last`: the field that orders them.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// What it holds.
        result: Box<FieldKind>,
    },
    /// Line items.
    Lines {
        /// Their columns, in order.
        columns: Vec<Field>,
    },
}

/// How many files of what size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FileLimits {
    /// The most files.
    pub max_files: usize,
    /// The most bytes of one.
    pub max_size: u64,
}

/// How many values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    /// How many there are.
    Count,
    /// Their sum.
    Sum,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// That of the first record.
    First,
    /// That of the last record.
    Last,
}

impl FieldKind {
    /// The name it has in definitions.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::LongText { .. } => "long-text",
            Self::RichText { .. } => "rich-text",
            Self::Number { .. } => "number",
            Self::Decimal { .. } => "decimal",
            Self::Money { .. } => "money",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "date-time",
            Self::Boolean => "boolean",
            Self::Choice { .. } => "choice",
            Self::TreeChoice { .. } => "tree-choice",
            Self::Person { .. } => "person",
            Self::Department { .. } => "department",
            Self::Reference { .. } => "reference",
            Self::Attachment(_) => "attachment",
            Self::Picture(_) => "picture",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Address { .. } => "address",
            Self::AutoNumber { .. } => "auto-number",
            Self::Formula { .. } => "formula",
            Self::RollUp { .. } => "roll-up",
            Self::Lines { .. } => "lines",
        }
    }

    /// The entity whose records a field of this kind names.
    pub fn target(&self) -> Option<Entity> {
        match self {
            Self::Person { .. } => Some(Entity::new(PERSON)),
            Self::Department { .. } => Some(Entity::new(DEPARTMENT)),
            Self::Reference { entity, .. } => Some(entity.clone()),
            _ => None,
        }
    }

    /// Whether its value is a list of several.
    pub fn is_multiple(&self) -> bool {
        match self {
            Self::Choice { multiple, .. }
            | Self::TreeChoice { multiple, .. }
            | Self::Person { multiple }
            | Self::Department { multiple }
            | Self::Reference { multiple, .. } => *multiple,
            _ => false,
        }
    }

    /// The choices it offers.
    pub fn choices(&self) -> Option<&[Choice]> {
        match self {
            Self::Choice { choices, .. } | Self::TreeChoice { choices, .. } | Self::Address { choices, .. } => {
                Some(choices)
            }
            _ => None,
        }
    }

    /// The dictionary it takes them from.
    pub fn dictionary(&self) -> Option<&str> {
        match self {
            Self::Choice { dictionary, .. } | Self::Address { dictionary, .. } => dictionary.as_deref(),
            Self::TreeChoice { dictionary, .. } => Some(dictionary),
            _ => None,
        }
    }

    /// Whether the system computes it, so that nobody writes it.
    pub fn is_computed(&self) -> bool {
        matches!(
            self,
            Self::AutoNumber { .. } | Self::Formula { .. } | Self::RollUp { .. }
        )
    }

    /// The kind of its values: that of the result, for what is computed.
    pub fn of_values(&self) -> &Self {
        match self {
            Self::Formula { result, .. } | Self::RollUp { result, .. } => result,
            kind => kind,
        }
    }

    /// Whether its value can name a record.
    pub(crate) fn is_title(&self) -> bool {
        !matches!(
            self,
            Self::Lines { .. }
                | Self::Attachment(_)
                | Self::Picture(_)
                | Self::RichText { .. }
                | Self::Address { .. }
                | Self::RollUp { .. }
        ) && !self.is_multiple()
    }

    /// Whether a list can show it.
    pub(crate) fn is_column(&self) -> bool {
        !matches!(self, Self::Lines { .. })
    }

    /// Whether its values have an order.
    pub(crate) fn is_ordered(&self) -> bool {
        !self.is_multiple()
            && !matches!(
                self,
                Self::Lines { .. }
                    | Self::Attachment(_)
                    | Self::Picture(_)
                    | Self::RichText { .. }
                    | Self::LongText { .. }
                    | Self::Address { .. }
            )
    }

    /// Whether two records can be compared by it.
    pub(crate) fn is_key(&self) -> bool {
        self.is_ordered() && !matches!(self, Self::Boolean | Self::RollUp { .. })
    }

    /// Whether it can be added up.
    pub(crate) fn is_numeric(&self) -> bool {
        matches!(
            self.of_values(),
            Self::Number { .. } | Self::Decimal { .. } | Self::Money { .. }
        )
    }
}
