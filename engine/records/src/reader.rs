//! From the sections of a definition file to definitions.

use std::{collections::BTreeMap, ops::Range};

use kapok_protocol::{Entity, Text, Value};
use rust_decimal::Decimal;
use toml::Spanned;

use crate::{
    DefinitionError, NumberPattern,
    definition::{Choice, EntityDefinition, Field, FieldKind, FileLimits, Section, Sort},
    document::{EntitySection, FieldSection, LabelSection, Scalar},
    validate::is_possible_default,
};

/// Turns sections into definitions and keeps what is wrong on the way.
pub(crate) struct Reader<'a> {
    pub(crate) file: &'a str,
    pub(crate) source: &'a str,
    pub(crate) errors: Vec<DefinitionError>,
}

impl Reader<'_> {
    pub(crate) fn line(&self, at: &Range<usize>) -> usize {
        self.source.bytes().take(at.start).filter(|byte| *byte == b'\n').count() + 1
    }

    pub(crate) fn error(&mut self, at: Range<usize>, text: Text) {
        let line = self.line(&at);
        self.errors.push(DefinitionError {
            file: self.file.to_owned(),
            line,
            text,
        });
    }

    pub(crate) fn entity(&mut self, id: Spanned<String>, section: EntitySection) -> EntityDefinition {
        let at = id.span();
        let name = id.into_inner();
        if !is_entity_id(&name) {
            self.error(
                at.clone(),
                Text::new(
                    format!("实体名“{name}”应为“插件.名称”，只用小写字母、数字和连字符。"),
                    format!(
                        "the entity “{name}” should be named plugin.name, in lower-case letters, digits and hyphens."
                    ),
                ),
            );
        }
        let sections = in_order(section.sections, |section| section.pos)
            .into_iter()
            .map(|(id, section)| Section {
                id,
                label: section.label,
            })
            .collect::<Vec<_>>();
        let fields = self.fields(section.fields, &sections, true);
        let columns = in_order(section.columns, |pos| *pos);
        let sort = section.sort.map(|sort| {
            let at = sort.span();
            (at, Sort::parse(sort.get_ref()))
        });
        let mentioned = std::iter::once((section.title.span(), section.title.get_ref().clone()))
            .chain(
                columns
                    .iter()
                    .map(|(column, _)| (column.span(), column.get_ref().clone())),
            )
            .chain(sort.iter().map(|(at, sort)| (at.clone(), sort.field.clone())));
        for (at, field) in mentioned {
            match fields.iter().find(|known| known.id == field) {
                None => self.error(
                    at,
                    Text::new(
                        format!("实体“{name}”没有字段“{field}”。"),
                        format!("the entity “{name}” has no field “{field}”."),
                    ),
                ),
                Some(Field {
                    kind: FieldKind::Lines { .. },
                    ..
                }) => self.error(
                    at,
                    Text::new(
                        format!("明细“{field}”不能用作标题、列或排序。"),
                        format!("the line items “{field}” cannot be a title, a column or an order."),
                    ),
                ),
                Some(_) => {}
            }
        }
        EntityDefinition {
            id: Entity::new(name),
            label: section.label,
            title: section.title.into_inner(),
            fields,
            sections,
            columns: columns.into_iter().map(|(column, _)| column.into_inner()).collect(),
            sort: sort.map(|(_, sort)| sort),
            disabled: Vec::new(),
            parent: section.parent,
            history: section.history.unwrap_or(true),
            kanban: section.kanban,
            calendar: section.calendar,
            tree: section.tree,
            unique: Vec::new(),
            duplicates: Vec::new(),
            indexes: Vec::new(),
            related: Vec::new(),
            views: Vec::new(),
            grants: BTreeMap::new(),
            field_rules: BTreeMap::new(),
        }
    }

    fn fields(
        &mut self,
        sections: BTreeMap<Spanned<String>, FieldSection>,
        parts: &[Section],
        lines_allowed: bool,
    ) -> Vec<Field> {
        in_order(sections, |field| field.pos)
            .into_iter()
            .filter_map(|(id, section)| self.field(id, section, parts, lines_allowed))
            .collect()
    }

    fn field(
        &mut self,
        id: Spanned<String>,
        mut section: FieldSection,
        parts: &[Section],
        lines_allowed: bool,
    ) -> Option<Field> {
        let at = id.span();
        let id = id.into_inner();
        if !is_field_id(&id) || RESERVED.contains(&id.as_str()) {
            self.error(
                at.clone(),
                Text::new(
                    format!("字段名“{id}”不能用：请用小写字母开头，只含小写字母、数字和下划线，且不是系统保留名。"),
                    format!("the field cannot be named “{id}”: begin with a lower-case letter, use only such letters, digits and underscores, and none of the system's names."),
                ),
            );
        }
        if let Some(part) = &section.section
            && !parts.iter().any(|known| known.id == *part.get_ref())
        {
            let name = part.get_ref().clone();
            self.error(
                part.span(),
                Text::new(
                    format!("表单没有名为“{name}”的部分。"),
                    format!("the form has no section “{name}”."),
                ),
            );
        }
        let kind = self.kind(&id, &mut section, lines_allowed)?;
        for (key, left) in section.left_over() {
            if left {
                let kind = section.kind.get_ref().clone();
                self.error(
                    at.clone(),
                    Text::new(
                        format!("字段“{id}”的类型 {kind} 没有“{key}”。"),
                        format!("the field “{id}” is a {kind}, which has no “{key}”."),
                    ),
                );
            }
        }
        let default = section.default.map(Value::from);
        if let Some(value) = &default
            && !is_possible_default(&kind, value, !lines_allowed)
        {
            self.error(
                at,
                Text::new(
                    format!("字段“{id}”不能以 {value} 作为默认值。"),
                    format!("the field “{id}” cannot begin as {value}."),
                ),
            );
        }
        Some(Field {
            read_only: section.read_only || matches!(kind, FieldKind::AutoNumber { .. }),
            unique: section.unique || matches!(kind, FieldKind::AutoNumber { .. }),
            id,
            label: section.label,
            kind,
            required: section.required,
            private: section.private,
            default,
            section: section.section.map(Spanned::into_inner),
        })
    }

    /// Takes from the section what its type needs; what is left there does not belong to it.
    fn kind(&mut self, id: &str, section: &mut FieldSection, lines_allowed: bool) -> Option<FieldKind> {
        let at = section.kind.span();
        Some(match section.kind.get_ref().as_str() {
            "text" => FieldKind::Text {
                max_length: section.max_length.take().unwrap_or(200),
            },
            "long-text" => FieldKind::LongText {
                max_length: section.max_length.take().unwrap_or(10_000),
            },
            "number" => FieldKind::Number {
                scale: section.scale.take(),
                min: self.bound(&at, section.min.take()),
                max: self.bound(&at, section.max.take()),
            },
            "rich-text" => FieldKind::RichText {
                max_length: section.max_length.take().unwrap_or(50_000),
            },
            "decimal" => FieldKind::Decimal {
                scale: section.scale.take().unwrap_or(2),
                min: self.bound(&at, section.min.take()),
                max: self.bound(&at, section.max.take()),
            },
            "money" => FieldKind::Money {
                currency: section.currency.take().unwrap_or_else(|| "CNY".to_owned()),
                min: self.bound(&at, section.min.take()),
                max: self.bound(&at, section.max.take()),
            },
            "date" => FieldKind::Date,
            "time" => FieldKind::Time,
            "date-time" => FieldKind::DateTime,
            "boolean" => FieldKind::Boolean,
            "choice" => {
                let choices = in_order(section.choices.take().unwrap_or_default(), |choice: &LabelSection| {
                    choice.pos
                });
                if choices.is_empty() {
                    self.error(at, missing(id, "choices"));
                }
                let choices = choices.into_iter().map(|(id, choice)| Choice {
                    id,
                    label: choice.label,
                    parent: None,
                    disabled: false,
                });
                FieldKind::Choice {
                    choices: choices.collect(),
                    dictionary: None,
                    multiple: section.multiple.take().unwrap_or_default(),
                }
            }
            "person" => FieldKind::Person {
                multiple: section.multiple.take().unwrap_or_default(),
            },
            "department" => FieldKind::Department {
                multiple: section.multiple.take().unwrap_or_default(),
            },
            "attachment" => FieldKind::Attachment(FileLimits {
                max_files: 20,
                max_size: 50 << 20,
            }),
            "picture" => FieldKind::Picture(FileLimits {
                max_files: 20,
                max_size: 10 << 20,
            }),
            "address" => FieldKind::Address {
                dictionary: None,
                choices: Vec::new(),
            },
            "reference" => {
                let Some(entity) = section.entity.take() else {
                    self.error(at, missing(id, "entity"));
                    return None;
                };
                FieldKind::Reference {
                    entity: Entity::new(entity),
                    multiple: section.multiple.take().unwrap_or_default(),
                }
            }
            "phone" => FieldKind::Phone,
            "email" => FieldKind::Email,
            "auto-number" => match section.pattern.take().as_deref().map(NumberPattern::parse) {
                Some(Ok(pattern)) => FieldKind::AutoNumber { pattern },
                Some(Err(text)) => {
                    self.error(at, text);
                    return None;
                }
                None => {
                    self.error(at, missing(id, "pattern"));
                    return None;
                }
            },
            "lines" if lines_allowed => {
                let columns = self.fields(section.columns.take().unwrap_or_default(), &[], false);
                if columns.is_empty() {
                    self.error(at, missing(id, "columns"));
                }
                FieldKind::Lines { columns }
            }
            unknown => {
                let text = Text::new(
                    format!("字段“{id}”的类型“{unknown}”不存在或不能用在这里。"),
                    format!("the field “{id}” has the type “{unknown}”, which does not exist or cannot stand here."),
                );
                self.error(at, text);
                return None;
            }
        })
    }

    fn bound(&mut self, at: &Range<usize>, bound: Option<Scalar>) -> Option<Decimal> {
        match bound? {
            Scalar::Whole(number) => Some(number.into()),
            Scalar::Text(text) if text.parse::<Decimal>().is_ok() => text.parse().ok(),
            _ => {
                self.error(
                    at.clone(),
                    Text::new(
                        "min 和 max 是数字，带小数时加引号。",
                        "min and max are numbers; quote them when they have a point.",
                    ),
                );
                None
            }
        }
    }
}

impl FieldSection {
    /// The keys that only some types have, and whether they are still there.
    fn left_over(&self) -> [(&'static str, bool); 9] {
        [
            ("max_length", self.max_length.is_some()),
            ("scale", self.scale.is_some()),
            ("min", self.min.is_some()),
            ("max", self.max.is_some()),
            ("currency", self.currency.is_some()),
            ("choices", self.choices.is_some()),
            ("entity", self.entity.is_some()),
            ("pattern", self.pattern.is_some()),
            ("columns", self.columns.is_some()),
        ]
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Bool(value) => value.into(),
            Scalar::Whole(number) => number.into(),
            Scalar::Text(text) => text.into(),
        }
    }
}

/// Names that every record has besides its fields.
pub(crate) const RESERVED: [&str; 7] = [
    "id",
    "version",
    "owner",
    "created_at",
    "created_by",
    "updated_at",
    "entity",
];

fn in_order<K: Ord, V>(entries: BTreeMap<K, V>, pos: impl Fn(&V) -> i64) -> Vec<(K, V)> {
    let mut entries: Vec<_> = entries.into_iter().collect();
    entries.sort_by_key(|(_, value)| pos(value));
    entries
}

fn is_entity_id(id: &str) -> bool {
    id.split_once('.')
        .is_some_and(|(plugin, name)| [plugin, name].into_iter().all(is_name))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_field_id(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_lowercase())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn missing(field: &str, key: &str) -> Text {
    Text::new(
        format!("字段“{field}”缺少“{key}”。"),
        format!("the field “{field}” needs “{key}”."),
    )
}
