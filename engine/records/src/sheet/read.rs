//! Text of a cell to the value of a field.

use kapok_protocol::{Text, Value};

use super::{Cells, LOOSE, SEPARATORS, choices::Known, moments, numbers};
use crate::{Fields, definition::FieldKind};

impl Cells<'_> {
    /// What a cell means in a field of this kind: a value to be submitted, which [`validate`](crate::validate) still checks;
    /// null when the cell is empty.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the cell.
    pub fn read(&self, kind: &FieldKind, text: &str) -> Result<Value, Text> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Value::Null);
        }
        if kind.is_multiple() {
            return self.several(kind, text);
        }
        self.one(kind, text)
    }

    fn one(&self, kind: &FieldKind, text: &str) -> Result<Value, Text> {
        match kind {
            FieldKind::Text { .. } => Ok(one_line(text).into()),
            FieldKind::LongText { .. }
            | FieldKind::RichText { .. }
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::AutoNumber { .. } => Ok(text.into()),
            FieldKind::Number { scale, .. } => numbers::number(text, None, *scale),
            FieldKind::Decimal { scale, .. } => numbers::number(text, None, Some(*scale)),
            FieldKind::Money { currency, .. } => numbers::number(text, Some(currency), Some(2)),
            FieldKind::Date => moments::date(text),
            FieldKind::Time => moments::time(text),
            FieldKind::DateTime => moments::date_time(text, self.utc_offset_minutes),
            FieldKind::Boolean => truth(text),
            FieldKind::Choice { choices, .. } | FieldKind::TreeChoice { choices, .. } => {
                self.known(choices).key(text).map(Value::from)
            }
            FieldKind::Person { .. } | FieldKind::Department { .. } | FieldKind::Reference { .. } => {
                self.pointed(kind, text)
            }
            FieldKind::Address { choices, dictionary } => {
                let regions = dictionary.as_ref().map(|_| self.known(choices));
                address(text, regions.as_deref())
            }
            FieldKind::Lines { .. } => lines(text),
            FieldKind::Attachment(_) | FieldKind::Picture(_) => Err(Text::new(
                "文件不能从表格导入，请在记录中上传。",
                "Files cannot come from a spreadsheet; add them in the record.",
            )),
            FieldKind::Formula { .. } | FieldKind::RollUp { .. } => Err(Text::new(
                "这个字段由系统计算，不能导入。",
                "This field is computed by the system and cannot be imported.",
            )),
        }
    }

    /// The whole cell may be one value; otherwise it is several.
    fn several(&self, kind: &FieldKind, text: &str) -> Result<Value, Text> {
        if let Ok(one) = self.one(kind, text) {
            return Ok(Value::List(vec![one]));
        }
        let mut values = Vec::new();
        let parts = |text: &'_ str, signs: &'static [char]| -> Vec<String> {
            let parts = text.split(signs).map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        };
        for part in parts(text, &SEPARATORS) {
            match self.one(kind, &part) {
                Ok(value) => values.push(value),
                Err(_) if part.contains(LOOSE) => {
                    for part in parts(&part, &LOOSE) {
                        values.push(self.one(kind, &part)?);
                    }
                }
                Err(reason) => return Err(reason),
            }
        }
        Ok(Value::List(values))
    }
}

fn one_line(text: &str) -> String {
    match text.contains(['\r', '\n']) {
        true => text
            .split(['\r', '\n'])
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        false => text.to_owned(),
    }
}

fn truth(text: &str) -> Result<Value, Text> {
    let text = text.to_lowercase();
    match text.as_str() {
        "是" | "对" | "有" | "真" | "√" | "✓" | "✔" | "true" | "yes" | "y" | "1" => Ok(true.into()),
        "否" | "错" | "无" | "假" | "×" | "✗" | "✘" | "false" | "no" | "n" | "0" => Ok(false.into()),
        _ => Err(Text::new(
            format!("“{text}”应为“是”或“否”。"),
            format!("“{text}” must be yes or no."),
        )),
    }
}

/// What stands between the parts of an address.
pub(super) const PART: char = '|';

/// `region | detail | postcode`, `region | detail`, or the detail alone.
fn address(text: &str, regions: Option<&Known>) -> Result<Value, Text> {
    let (region, rest) = text
        .split_once(PART)
        .map_or((None, text), |(region, rest)| (Some(region), rest));
    let (detail, postcode) = match region.and_then(|_| rest.rsplit_once(PART)) {
        Some((detail, postcode)) => (detail, Some(postcode)),
        None => (rest, None),
    };
    let mut address = Fields::new();
    let filled = |text: Option<&'_ str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    if let Some(region) = filled(region) {
        let region = match regions {
            Some(regions) => regions.key(&region)?.to_owned(),
            None => region,
        };
        address.insert("region".to_owned(), region.into());
    }
    for (name, part) in [("detail", Some(detail)), ("postcode", postcode)] {
        if let Some(part) = filled(part) {
            address.insert(name.to_owned(), one_line(&part).into());
        }
    }
    Ok(if address.is_empty() {
        Value::Null
    } else {
        Value::Map(address)
    })
}

fn lines(text: &str) -> Result<Value, Text> {
    let rows = serde_json::from_str::<Vec<Fields>>(text).map_err(|_| {
        Text::new(
            "明细应为 JSON 列表，例如 [{\"product\":\"A\",\"quantity\":2}]。",
            "Line items are a list in JSON, such as [{\"product\":\"A\",\"quantity\":2}].",
        )
    })?;
    Ok(Value::List(rows.into_iter().map(Value::Map).collect()))
}

/// A value as it is stored in a field of a kind.
///
/// # Errors
/// What is wrong with it, to be said after the field's label.
pub fn normal(kind: &FieldKind, value: &Value) -> Result<Value, Text> {
    crate::validate::normal_alone(kind, value)
}
