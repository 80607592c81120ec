use std::sync::Arc;

use kapok_protocol::{Entity, Expression, Language, Text};
use rust_decimal::Decimal;

use super::Reader;
use crate::{
    NumberPattern,
    definition::{Choice, FieldKind, FileLimits, Function},
    document::Part,
};

/// The most choices of one field or dictionary.
pub(crate) const CHOICES: usize = 5_000;

impl Reader<'_> {
    /// What a field holds; `None` after a problem.
    pub(super) fn kind(&mut self, part: &Part<'_>, in_row: bool) -> Option<FieldKind> {
        let name = part.text("type")?;
        let multiple = part.flag("multiple");
        Some(match name {
            "text" => FieldKind::Text {
                max_length: self.size(part, "max_length", 200, 2_000),
            },
            "long-text" => FieldKind::LongText {
                max_length: self.size(part, "max_length", 10_000, 100_000),
            },
            "rich-text" => FieldKind::RichText {
                max_length: self.size(part, "max_length", 50_000, 200_000),
            },
            "number" => {
                let (min, max) = self.bounds(part);
                let scale = part.get("scale").map(|_| self.scale(part));
                FieldKind::Number { scale, min, max }
            }
            "decimal" => {
                let (min, max) = self.bounds(part);
                let scale = self.scale(part);
                FieldKind::Decimal { scale, min, max }
            }
            "money" => {
                let (min, max) = self.bounds(part);
                let currency = self.currency(part);
                FieldKind::Money { currency, min, max }
            }
            "date" => FieldKind::Date,
            "time" => FieldKind::Time,
            "date-time" => FieldKind::DateTime,
            "boolean" => FieldKind::Boolean,
            "choice" => self.choice(part, multiple)?,
            "tree-choice" => {
                let (dictionary, choices) = self.dictionary_of(part, true)?;
                FieldKind::TreeChoice {
                    choices,
                    dictionary,
                    multiple,
                }
            }
            "person" => FieldKind::Person { multiple },
            "department" => FieldKind::Department { multiple },
            "reference" => FieldKind::Reference {
                entity: Entity::new(self.needed(part, "entity")?),
                multiple,
            },
            "attachment" if !in_row => FieldKind::Attachment(self.files(part, 50 << 20)),
            "picture" if !in_row => FieldKind::Picture(self.files(part, 10 << 20)),
            "phone" => FieldKind::Phone,
            "email" => FieldKind::Email,
            "address" => {
                let found = part.get("dictionary").and_then(|_| self.dictionary_of(part, true));
                let (dictionary, choices) = found.map_or((None, Arc::default()), |(id, choices)| (Some(id), choices));
                FieldKind::Address { dictionary, choices }
            }
            "auto-number" if !in_row => {
                let pattern = self.needed(part, "pattern")?;
                match NumberPattern::parse(pattern) {
                    Ok(pattern) => FieldKind::AutoNumber { pattern },
                    Err(Text { zh, en }) => {
                        let at = part.get("pattern")?;
                        self.problem(&at, zh, en);
                        return None;
                    }
                }
            }
            "formula" => self.formula(part)?,
            "roll-up" if !in_row => self.roll_up(part)?,
            "lines" if !in_row => {
                let (columns, _) = self.fields(part, "columns", &[], true);
                if columns.is_empty() {
                    self.missing(part, "columns");
                }
                FieldKind::Lines { columns }
            }
            name => {
                let at = part.get("type")?;
                self.problem(
                    &at,
                    format!("类型“{name}”不能用在明细里。"),
                    format!("the type “{name}” cannot stand inside line items."),
                );
                return None;
            }
        })
    }

    fn choice(&mut self, part: &Part<'_>, multiple: bool) -> Option<FieldKind> {
        let own = self.choices(part, "choices");
        match (part.get("dictionary"), own.is_empty()) {
            (Some(_), true) => {
                let (dictionary, choices) = self.dictionary_of(part, false)?;
                Some(FieldKind::Choice {
                    choices,
                    dictionary: Some(dictionary),
                    multiple,
                })
            }
            (Some(at), false) => {
                self.problem(
                    &at,
                    "“choices”与“dictionary”只能写一个。",
                    "write either “choices” or “dictionary”, not both.",
                );
                None
            }
            (None, true) => {
                self.missing(part, "choices");
                None
            }
            (None, false) => Some(FieldKind::Choice {
                choices: own.into(),
                dictionary: None,
                multiple,
            }),
        }
    }

    /// The choices at a key, in order.
    pub(crate) fn choices(&mut self, part: &Part<'_>, key: &str) -> Vec<Choice> {
        let found = part.in_order(key);
        if found.len() > CHOICES {
            self.problem(
                part,
                format!("选项不能超过 {CHOICES} 个。"),
                format!("there are more than {CHOICES} choices."),
            );
        }
        found
            .into_iter()
            .map(|(id, choice)| Choice {
                id: id.to_owned(),
                label: choice.label(),
                parent: choice.string("parent"),
                disabled: choice.flag("disabled"),
            })
            .collect()
    }

    /// The dictionary a field names, with its entries where all dictionaries are known.
    fn dictionary_of(&mut self, part: &Part<'_>, tree: bool) -> Option<(String, Arc<[Choice]>)> {
        let id = self.needed(part, "dictionary")?;
        let Some(dictionaries) = self.dictionaries else {
            return Some((id.to_owned(), Arc::default()));
        };
        let at = part.get("dictionary")?;
        match dictionaries.get(id) {
            Some(dictionary) if dictionary.tree == tree => Some((id.to_owned(), dictionary.entries.clone())),
            Some(_) => {
                let (zh, en) = if tree {
                    ("不是树形字典", "is not a tree")
                } else {
                    (
                        "是树形字典，请用类型 tree-choice",
                        "is a tree: use the type tree-choice",
                    )
                };
                self.problem(&at, format!("字典“{id}”{zh}。"), format!("the dictionary “{id}” {en}."));
                None
            }
            None => {
                self.problem(
                    &at,
                    format!("字典“{id}”没有定义。"),
                    format!("the dictionary “{id}” is not declared."),
                );
                None
            }
        }
    }

    fn formula(&mut self, part: &Part<'_>) -> Option<FieldKind> {
        let text = self.needed(part, "expression")?;
        let result = self.needed(part, "result")?;
        let language = match part.text("language") {
            Some("feel") => Language::Feel,
            _ => Language::Rhai,
        };
        let result = match result {
            "text" => FieldKind::Text { max_length: 2_000 },
            "long-text" => FieldKind::LongText { max_length: 10_000 },
            "number" => FieldKind::Number {
                scale: part.get("scale").map(|_| self.scale(part)),
                min: None,
                max: None,
            },
            "decimal" => FieldKind::Decimal {
                scale: self.scale(part),
                min: None,
                max: None,
            },
            "money" => FieldKind::Money {
                currency: self.currency(part),
                min: None,
                max: None,
            },
            "date" => FieldKind::Date,
            "time" => FieldKind::Time,
            "date-time" => FieldKind::DateTime,
            _ => FieldKind::Boolean,
        };
        Some(FieldKind::Formula {
            expression: Expression {
                language,
                text: text.to_owned(),
            },
            result: Box::new(result),
        })
    }

    fn roll_up(&mut self, part: &Part<'_>) -> Option<FieldKind> {
        let entity = self.needed(part, "entity")?;
        let field = self.needed(part, "field")?;
        let function = function(self.needed(part, "function")?);
        let value = match function {
            Function::Count => None,
            _ => Some(self.needed(part, "value")?.to_owned()),
        };
        let is_picked = matches!(function, Function::First | Function::Last);
        if let Some(at) = part.get("by").filter(|_| !is_picked) {
            self.problem(&at, "“by”只用于 first 和 last。", "“by” is only for first and last.");
        }
        Some(FieldKind::RollUp {
            entity: Entity::new(entity),
            field: field.to_owned(),
            function,
            value,
            filter: part.filter("filter"),
            by: part.string("by").filter(|_| is_picked),
            // What the values are is known once all entities are.
            result: Box::new(FieldKind::Number {
                scale: None,
                min: None,
                max: None,
            }),
        })
    }

    fn needed<'d>(&mut self, part: &Part<'d>, key: &str) -> Option<&'d str> {
        let found = part.text(key);
        if found.is_none() {
            self.missing(part, key);
        }
        found
    }

    fn size(&mut self, part: &Part<'_>, key: &str, usual: usize, most: usize) -> usize {
        let Some(at) = part.get(key) else { return usual };
        match part.whole::<usize>(key).filter(|size| (1..=most).contains(size)) {
            Some(size) => size,
            None => {
                self.problem(
                    &at,
                    format!("“{key}”应在 1 到 {most} 之间。"),
                    format!("“{key}” must be between 1 and {most}."),
                );
                usual
            }
        }
    }

    fn files(&mut self, part: &Part<'_>, size: usize) -> FileLimits {
        FileLimits {
            max_files: self.size(part, "max_files", 20, 100),
            max_size: self.size(part, "max_size", size, 200 << 20) as u64,
        }
    }

    fn scale(&mut self, part: &Part<'_>) -> u32 {
        let Some(at) = part.get("scale") else { return 2 };
        match part.whole::<u32>("scale").filter(|scale| *scale <= 12) {
            Some(scale) => scale,
            None => {
                self.problem(&at, "小数位数应在 0 到 12 之间。", "“scale” must be between 0 and 12.");
                2
            }
        }
    }

    fn currency(&mut self, part: &Part<'_>) -> String {
        let currency = part.text("currency").unwrap_or("CNY");
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.problem(
                &part.get("currency").unwrap_or_else(|| part.clone()),
                format!("“{currency}”不是货币代码，例如 CNY。"),
                format!("“{currency}” is no currency such as CNY."),
            );
        }
        currency.to_owned()
    }

    fn bounds(&mut self, part: &Part<'_>) -> (Option<Decimal>, Option<Decimal>) {
        let bound = |key: &str| {
            part.number(key)
                .or_else(|| part.text(key)?.parse().ok())
                .map(|number| number.normalize())
        };
        let (min, max) = (bound("min"), bound("max"));
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            self.problem(
                part,
                format!("最小值 {min} 大于最大值 {max}。"),
                format!("the least value {min} is greater than the greatest, {max}."),
            );
        }
        (min, max)
    }
}

pub(super) fn function(name: &str) -> Function {
    match name {
        "sum" => Function::Sum,
        "min" => Function::Min,
        "max" => Function::Max,
        "first" => Function::First,
        "last" => Function::Last,
        _ => Function::Count,
    }
}
